"""The built-in model ``scripted``: deterministic, offline, free.

It answers from a prompt's structured context, never from its rendered text. Dialog turns go through a discourse
plan (``discourse``), then through words (``voice``); ``population`` makes up people; everything else is answered by
``planning``. Its frames are English; the statements of a template stay in the language in which they are written.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.prompts.dialog import DialogTurn, TurnAnswer, TurnContext
from timepoint_pro.prompts.dialog_size import estimated_tokens
from timepoint_pro.prompts.population import DescribeEntity
from timepoint_pro.records.draws import Draws

NAME = "scripted"
_CHARS_PER_TOKEN = 4
HEARD_TWICE = 2
"""From this attempt on, a turn that was refused is given up for another one."""


class ScriptedBackend:
    """The backend of the model ``scripted``. It keeps no state: a request's answer follows from the request alone."""

    name = NAME
    cached = False

    async def complete(self, request: Request, /) -> Completion:
        """Answer one request.

        Token counts are estimates: characters over four for the answer, and for the question what a text model would
        have read.

        Raises:
            TypeError: for a prompt type that the model does not know.
        """
        prompt = request.prompt
        draws = Draws(f"{NAME}\x1f{request.seed}\x1f{request.attempt}".encode())
        if isinstance(prompt, DialogTurn):
            turn = speak(prompt.context, draws)
            read = estimated_tokens(prompt.context)
            said = 1 + len(turn.content) // _CHARS_PER_TOKEN
            return Completion(value=turn, model=NAME, tokens_in=read, tokens_out=said, cost_usd=0.0)
        if isinstance(prompt, DescribeEntity):
            from timepoint_pro.llm.scripted import population

            value: Any = population.describe(prompt.context, draws)
        else:
            from timepoint_pro.llm.scripted import planning

            value = planning.answer(prompt, draws)
        return Completion(value=value, model=NAME, tokens_out=1 + len(str(value)) // _CHARS_PER_TOKEN, cost_usd=0.0)

    async def aclose(self) -> None:
        """Nothing is open."""


def speak(context: TurnContext, draws: Draws) -> TurnAnswer:
    """The next turn of ``context``'s speaker."""
    return _parts()(context, draws)


@cache
def _parts() -> Callable[[TurnContext, Draws], TurnAnswer]:
    """The way from context to words; its modules and their phrases load at first use."""
    from timepoint_pro.llm.scripted.animate import SPEECH_KINDS, among_people, narrate, noticing
    from timepoint_pro.llm.scripted.discourse import elsewhere, plan_turn
    from timepoint_pro.llm.scripted.manner import Manner
    from timepoint_pro.llm.scripted.reading import Reading
    from timepoint_pro.llm.scripted.voice import Voice

    def spoken(context: TurnContext, draws: Draws) -> TurnAnswer:
        if context.speaker.kind not in SPEECH_KINDS:
            return narrate(context, draws)
        view = Reading(among_people(context))
        plan = plan_turn(view, draws)
        voice = Voice(view, plan, Manner(view, plan, draws), draws)
        answer = voice.answer()
        if voice.worn or context.attempt >= HEARD_TWICE:
            plan = elsewhere(view, plan, draws)
            answer = Voice(view, plan, Manner(view, plan, draws), draws).answer()
        return noticing(context, answer, draws)

    return spoken
