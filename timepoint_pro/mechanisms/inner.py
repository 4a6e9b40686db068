"""What shapes a voice and is not said: what the body leaves of the mind, what the mind keeps to itself."""

from __future__ import annotations

from timepoint_pro.mechanisms.bodies import Bodies
from timepoint_pro.mechanisms.prospects import Prospects
from timepoint_pro.mechanisms.rhythm import Rhythm
from timepoint_pro.prompts.dialog import Inner, KnownItem, Relation
from timepoint_pro.records.entity import Entity
from timepoint_pro.records.world import World

GUARDED_TRUST = -0.3
FEWEST_ITEMS = 4


def capacity_of(world: World, entity: str) -> float:
    """Cognitive capacity now, in (0, 1]; 1 where M8 is not in the run."""
    return world[Bodies].capacity(entity, world[Rhythm].kss(entity)) if Bodies in world else 1.0


def items_in_mind(items: int, capacity: float) -> int:
    """How many of ``items`` somebody of that capacity keeps in mind."""
    return max(min(items, FEWEST_ITEMS), round(items * capacity))


def inner_of(
    world: World, knows: tuple[KnownItem, ...], relations: tuple[Relation, ...], entity: Entity
) -> Inner:
    """What shapes the voice unsaid: the outlook of M15; without it, one keeps back what is about oneself before
    somebody whom one does not trust."""
    body = world[Bodies].words(entity.id, world[Rhythm].kss(entity.id)) if Bodies in world else ""
    if Prospects not in world:
        guarded = any(tie.trust < GUARDED_TRUST for tie in relations)
        about_self = tuple(item.id for item in knows if guarded and item.subject == entity.id and not item.common)
        return Inner(withheld=about_self, body=body)
    formed = world[Prospects].outlook(entity.id).formed
    kept = frozenset(formed.withheld)
    means = f"means to {formed.intends[0].removeprefix('to ')}" if formed.intends else ""
    return Inner(
        withheld=tuple(item.id for item in knows if item.id in kept and not item.common),
        suppressed=formed.suppressed,
        fears=formed.fears,
        rumination="; ".join(part for part in (formed.rumination, means) if part),
        body=body,
    )
