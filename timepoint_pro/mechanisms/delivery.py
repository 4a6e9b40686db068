"""How long and how freely somebody speaks, from their state and dispositions (M11)."""

from __future__ import annotations

from timepoint_pro.mechanisms.inner import capacity_of
from timepoint_pro.mechanisms.rhythm import Rhythm
from timepoint_pro.prompts.base import Sampling
from timepoint_pro.prompts.dialog import TurnContext
from timepoint_pro.records.entity import Entity
from timepoint_pro.records.turn import Floor
from timepoint_pro.records.world import World

FIELDS_ROOM, WORD_ROOM = 200, 4
"""Tokens of an answer for its fields and the ids in them, and for each word that the speaker has breath for. An answer
that is cut off is asked for again, whole; room that is not used costs nothing."""


def breath(world: World, entity: Entity, limit: int) -> int:
    """How many words the speaker has breath for."""
    energy = world[Rhythm].energy(entity.id)
    words = 10.0 + 26.0 * energy / 100.0 * capacity_of(world, entity.id) + 8.0 * entity.behavior.extraversion
    if 2 * world[Floor].spoken > limit:
        words *= 0.75
    return max(6, round(words))


def sampling_of(context: TurnContext) -> Sampling:
    """Sampling parameters from the speaker's state and dispositions."""
    feeling, behavior = context.feeling, context.speaker.behavior
    temperature = 0.55 + 0.35 * feeling.arousal + 0.2 * behavior.openness - 0.15 * (1.0 - feeling.energy / 100.0)
    return Sampling(
        temperature=round(min(1.2, max(0.3, temperature + 0.1 * context.attempt)), 3),
        top_p=0.95,
        max_tokens=FIELDS_ROOM + WORD_ROOM * context.words,
        frequency_penalty=round(0.2 + 0.5 * behavior.novelty_seeking, 3),
        presence_penalty=round(0.1 + 0.4 * behavior.openness, 3),
    )
