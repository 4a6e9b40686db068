"""Training records as values: what every task yields and every trainer format renders.

A task is a function from a run to examples. To add one, write a module with such a function and enter it in
``TASKS``; trainers, cards, manifests and provenance need no change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from attrs import evolve, frozen

from timepoint_pro.exporters.backward_causal import backward_chains
from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.counterfactual import NONE_FOUND, counterfactuals
from timepoint_pro.exporters.dialog_turn import dialog_turns
from timepoint_pro.exporters.example import Example, Section
from timepoint_pro.exporters.knowledge_boundary import knowledge_boundaries
from timepoint_pro.exporters.provenance_qa import provenance_questions
from timepoint_pro.exporters.state_transition import state_transitions

Task = Callable[[Source], Iterator[Example]]

TASKS: Mapping[str, Task] = {
    "dialog_turn": dialog_turns,
    "state_transition": state_transitions,
    "backward_causal": backward_chains,
    "counterfactual": counterfactuals,
    "provenance_qa": provenance_questions,
    "knowledge_boundary": knowledge_boundaries,
}
"""Every training task by name."""

PAIRED = ("backward_causal", "counterfactual", "knowledge_boundary")
"""Tasks some of whose examples have a rejected answer: the trainer ``preference`` takes those and no others."""

WITHOUT: Mapping[str, str] = {
    "dialog_turn": "nobody speaks in this run",
    "state_transition": "nobody speaks in this run",
    "backward_causal": "no moment of this run has a cause in another, and none settles a question",
    "counterfactual": NONE_FOUND,
    "provenance_qa": "nobody comes to know anything in this run",
    "knowledge_boundary": "nobody speaks in this run",
}
"""Why a task has no records, where it has none."""

BYTES_PER_TOKEN = 4.0
"""Average of UTF-8 bytes in a token, for the estimate of a record's length [cal]."""


@frozen
class Trimmed:
    """An example fitted to a limit: how many parts were dropped, and whether it is still too long."""

    example: Example
    dropped: int
    too_long: bool


def estimated_tokens(text: str) -> float:
    """About how many tokens ``text`` has: its UTF-8 bytes by ``BYTES_PER_TOKEN``."""
    return len(text.encode()) / BYTES_PER_TOKEN


def trim(example: Example, max_tokens: int) -> Trimmed:
    """``example`` within ``max_tokens``, prompt and completion together, as far as its context can be dropped.

    What is oldest goes first: the causal history from its beginning, then what was said from its beginning,
    then the knowledge that comes to mind last. The state, the question and what the completion itself tells or
    answers never go.
    """
    over = estimated_tokens(example.prompt()) + estimated_tokens(example.completion) - max_tokens
    if over <= 0:
        return Trimmed(example, 0, False)
    dropped = 0
    kept: list[Section | None] = list(example.sections)
    for place in sorted(range(len(kept)), key=lambda place: example.sections[place].rank):
        section = example.sections[place]
        gone: set[int] = set()
        for index in section.drops:
            if over <= 0:
                break
            gone.add(index)
            over -= estimated_tokens(section.items[index] + section.joint)
        if gone:
            dropped += len(gone)
            kept[place] = section.without(gone)
    return Trimmed(evolve(example, sections=tuple([one for one in kept if one is not None])), dropped, over > 0)
