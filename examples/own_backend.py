"""A model of your own behind the simulation: any object with a name, ``complete`` and ``aclose``.

This one answers in the least words that fit. A real one would send ``request.messages`` to wherever it runs and give
the answer back as text, which is then checked against ``request.schema`` and asked for again where it does not fit.
What is not dialogue (planning, scoring, made-up people) it leaves to the built-in model.

    python examples/own_backend.py
"""

from __future__ import annotations

import json

from timepoint_pro import Simulation
from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.prompts.dialog import DialogTurn


class Terse:
    """Everybody says the next thing that they know and have not told."""

    name = "example/terse"

    def __init__(self) -> None:
        self.built_in = ScriptedBackend()
        self.asked = 0

    async def complete(self, request: Request, /) -> Completion:
        prompt = request.prompt
        if not isinstance(prompt, DialogTurn):
            return await self.built_in.complete(request)
        self.asked += 1
        context = prompt.context
        said = " ".join(turn.content for turn in context.recent)
        fresh = [one for one in context.knows if one.content not in said and one.id not in context.inner.withheld]
        answer = {
            "content": f"{fresh[0].content}" if fresh else f"That was all from me. Turn {self.asked}.",
            "act": "close" if context.closing else "inform" if fresh else "answer",
            "tactic": "statement",
            "tone": "calm",
            "addressed_to": [],
            "knowledge_shared": [one.id for one in fresh[:1]],
            "option": "",
        }
        text = json.dumps(answer)
        words = sum(len(message.content.split()) for message in request.messages)
        return Completion(text=text, model=self.name, tokens_in=words, tokens_out=len(text.split()), cost_usd=0.0)

    async def aclose(self) -> None:
        """Nothing is open."""


def main() -> None:
    backend = Terse()
    run = Simulation.from_template("convergence/simple", seed=7, store=":memory:", backend=backend).run()
    for turn in run.dialogs[0].turns[:4]:
        print(f"{turn.speaker}: {turn.content}")
    print("status:", run.status)
    print("models:", ", ".join(run.models))
    # A model that the registry does not know is not held to be safe to train on.
    print("training-safe:", run.training_safe)


if __name__ == "__main__":
    main()


# Expected output:
#   rob: Water came through the roof of the hall above the stage twice this week.
#   marta: Eighty-four tickets are sold, and the church next door seats sixty.
#   rob: Rob can patch the roof in a day if it stays dry.
#   marta: Ines, Rob and Marta met in the village hall at 17:00 on 2 March.
#   status: completed
#   models: example/terse, scripted
#   training-safe: False
