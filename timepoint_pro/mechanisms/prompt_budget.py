"""What the context of a turn holds at the speaker's level, and what it drops to keep within the level's tokens.

At ``trained`` what the speaker remembers is added (``memoirs``). Below ``dialog`` the context is put into few words,
and what all present know is left out where it says nothing of the matter: nobody has to be told it.

The length is that of ``prompts.dialog_size``. What is oldest goes first: of the
episodes remembered the turns that did not concern the speaker, then whole episodes; the moments that led here; turns of
the scene but for the last few. If that is not enough, the least pressing items go, down to ``LEAST_ITEMS``. State,
persona, the matter and the people present are never dropped.
"""

from __future__ import annotations

from timepoint_pro.mechanisms.memoirs import Memoirs, memory_of
from timepoint_pro.prompts.dialog import TERSE, KnownItem, Said, TurnContext
from timepoint_pro.prompts.dialog_size import CHARACTERS_PER_TOKEN, characters, of_history, of_item, of_turn
from timepoint_pro.prompts.dialog_terse import WHOLE
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.timepoint import key_of
from timepoint_pro.records.world import World
from timepoint_pro.templates.vocabulary import LEVELS

OFF_TOPIC = {"tensor_only": 0, "scene": 1, "graph": 3}
"""Items beside the matter that are shown, by level, where there is a matter."""

LEAST_TURNS = 4
LEAST_ITEMS = 3
TRAINED = LEVELS[-1]


def at_level(world: World, context: TurnContext, level: str, tokens: int) -> TurnContext:
    """``context`` with what it holds at ``level``, within ``tokens`` as far as that goes.

    Args:
        world: before the turn; a timepoint is open.
        context: of the turn, with the level's number of items.
        level: one of ``templates.vocabulary.LEVELS``.
        tokens: that its prompt may take.
    """
    if level == TRAINED and Memoirs in world:
        memory = memory_of(world, context)
        lived = tuple(f"{key_of(one.timepoint.id)}: " for one in world[Memoirs].scenes.get(context.speaker.id, ()))
        history = tuple(line for line in context.history if not line.startswith(lived)) if lived else context.history
        context = evolve(context, detail=level, memory=memory, history=history)
    elif level in TERSE:
        context = evolve(context, detail=level, knows=_telling(context, level), recent=_heard(context, level))
    elif level != context.detail:
        context = evolve(context, detail=level)
    return within(context, tokens)


def within(context: TurnContext, tokens: int) -> TurnContext:
    """``context`` with what is dropped to take ``tokens`` tokens, as far as that goes, and its size."""
    size = characters(context)
    excess = size - tokens * CHARACTERS_PER_TOKEN
    if excess <= 0:
        return evolve(context, size=size)
    memory = context.memory
    if memory is not None:
        room = max(0, memory.length - excess)
        excess -= memory.length - room
        memory = evolve(memory, room=room)
    history = list(context.history)
    while excess > 0 and history:
        excess -= of_history(history.pop(0))
    recent = list(context.recent)
    while excess > 0 and len(recent) > LEAST_TURNS:
        excess -= of_turn(recent.pop(0))
    knows = list(context.knows)
    while excess > 0 and len(knows) > LEAST_ITEMS:
        excess -= of_item(knows.pop())
    kept = {item.id for item in knows}
    withheld = tuple(one for one in context.inner.withheld if one in kept)
    cut = evolve(
        context, history=tuple(history), recent=tuple(recent), knows=tuple(knows), memory=memory,
        inner=evolve(context.inner, withheld=withheld),
    )  # fmt: skip
    shrunk = (len(cut.history), len(cut.recent), len(cut.knows)) < (
        len(context.history), len(context.recent), len(context.knows)
    )  # fmt: skip
    return within(cut, tokens) if shrunk and cut.detail in TERSE else evolve(cut, size=characters(cut))


def _heard(context: TurnContext, level: str) -> tuple[Said, ...]:
    """The turns of the scene, without the words of those that the prompt only names by what they did."""
    older, quotes = context.recent[: -WHOLE[level]], context.recent[-WHOLE[level] :]
    return (*[evolve(one, content="") for one in older], *quotes)


def _telling(context: TurnContext, level: str) -> tuple[KnownItem, ...]:
    """The items without those that say nothing of what is to be settled, but for a few that not all here know."""
    if context.matter is None:
        return context.knows
    topics = context.matter.topics
    aside = OFF_TOPIC[level]
    told = []
    for one in context.knows:
        on_topic = one.bearing or (one.handle and one.topic in topics)
        if on_topic or (not one.common and aside > 0):
            told.append(one)
            aside -= not on_topic
    return tuple(told)
