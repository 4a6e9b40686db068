"""A run played in memory with the built-in model in the place of every other, which keeps what was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
from attrs import define, evolve, field, frozen

from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.prompts.base import Message
from timepoint_pro.prompts.dialog import WITH_WORDS, DialogTurn, TurnAnswer
from timepoint_pro.records.codec import to_plain

CHARACTERS_A_TOKEN = 4
MESSAGE_TOKENS = 4
"""What the marks around a message come to."""


@frozen
class Question:
    """One question of a rehearsal, as a model would read it.

    Args:
        action: name of the ``ActionType``.
        model: who would be asked.
        messages: in words.
        schema: JSON Schema of the answer.
        tokens_in, tokens_out: about so many, at four characters a token.
        round: number of the moment of asking; questions of one round are asked at once.
    """

    action: str
    model: str
    messages: tuple[Message, ...] = field(repr=False)
    schema: Mapping[str, Any] = field(repr=False)
    tokens_in: int
    tokens_out: int
    round: int


@define
class Rehearsal:
    """A backend that lets the built-in model answer, and keeps what was asked.

    Args:
        agreeing: everybody stands for the first option of what is to be settled and asks nothing, so that scenes end as
            soon as they can. The built-in model's own people argue, and most of their scenes take their time.
    """

    agreeing: bool = False
    questions: list[Question] = field(init=False, factory=list)
    _inner: ScriptedBackend = field(init=False, factory=ScriptedBackend)
    _round: int = field(init=False, default=0)
    _open: bool = field(init=False, default=False)

    @property
    def name(self) -> str:
        """What it is called in the rehearsal's records."""
        return "rehearsal"

    async def complete(self, request: Request, /) -> Completion:
        """Answer one request."""
        number = self._number()
        completion = await self._inner.complete(request)
        if self.agreeing and isinstance(request.prompt, DialogTurn):
            completion = evolve(completion, value=_agreed(request.prompt, completion.value))
        read = sum(MESSAGE_TOKENS + len(one.content) // CHARACTERS_A_TOKEN for one in request.messages)
        written = 1 + len(orjson.dumps(to_plain(completion.value))) // CHARACTERS_A_TOKEN
        self.questions.append(
            Question(
                request.prompt.action.value, request.model, request.messages, request.schema, read, written, number
            )
        )
        # Whoever asks at once with this one gets to ask before any answer comes.
        await asyncio.sleep(0)
        self._open = False
        return evolve(completion, tokens_in=read, tokens_out=written, cost_usd=None)

    async def aclose(self) -> None:
        """Nothing is open."""

    def _number(self) -> int:
        if not self._open:
            self._round += 1
            self._open = True
        return self._round


def _agreed(prompt: DialogTurn, answer: TurnAnswer) -> TurnAnswer:
    """``answer`` as one that speaks for the first option, to everybody; a closing turn as it is."""
    matter, speaks = prompt.context.matter, prompt.context.speaker.kind in WITH_WORDS
    if answer.act == "close" or matter is None or not speaks:
        return answer
    return evolve(answer, act="support", option=matter.options[0].id, addressed_to=())
