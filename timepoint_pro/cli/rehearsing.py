"""What ``timepoint run --dry-run`` shows: the first questions of a run, as a model would read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timepoint_pro.cli.console import say, write_json

if TYPE_CHECKING:
    from timepoint_pro.simulation import Simulation


def show_first_questions(simulation: Simulation, *, as_json: bool) -> None:
    """Write the first question of each action, in words, with the schema of its answer."""
    import orjson

    from timepoint_pro.estimate import first_questions

    questions = first_questions(simulation)
    if as_json:
        write_json([
            {
                "action": one.action, "model": one.model, "tokens": one.tokens_in,
                "messages": [{"role": message.role, "content": message.content} for message in one.messages],
                "schema": one.schema,
            }
            for one in questions
        ])  # fmt: skip
        return
    for one in questions:
        say(f"=== {one.action}, asked of {one.model}, about {one.tokens_in} tokens")
        for message in one.messages:
            say(f"--- {message.role}")
            say(message.content)
        say("--- schema of the answer")
        say(orjson.dumps(one.schema).decode())
        say()
    say("Nothing was sent and nothing was written. What comes later depends on the answers.")
