"""Dramatic irony: what the audience knows and a character does not (Pfister 1988), computed from M3.

The audience knows what the template says it knows from the start; whatever was said, or seen by all, in a scene that
was played; and, by focalization (Genette 1980), what is in the mind that the scene is seen through: that of the point
of view (internal), of everyone present (zero), of nobody (external).

What counts is what bears on the moment: facts that speak for an option of its question or are of its topics, or, where
it has none, facts of importance ``WEIGHTY`` or more. A character's irony is the share, weighted by importance, that
they do not hold of what the audience knows and bears; a scene's is the mean over those present who can know. 0 where
the audience knows nothing that bears.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from attrs import frozen

from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.records.knowledge import Item
from timepoint_pro.records.timepoint import News, Question
from timepoint_pro.templates.vocabulary import EVERYONE

WEIGHTY = 0.6
INTERNAL, ZERO, EXTERNAL = "internal", "zero", "external"


@frozen
class Gap:
    """What one character lacks.

    Args:
        entity: who.
        irony: in [0, 1].
        unknown: ids of the items, the weightiest first.
    """

    entity: str
    irony: float
    unknown: tuple[str, ...]


def bears(item: Item, question: Question | None) -> bool:
    """Whether an item has to do with what a moment turns on."""
    if question is None:
        return item.importance >= WEIGHTY
    prefix = f"{question.id}/"
    return item.topic in question.topics or any(option.startswith(prefix) for option, _weight in item.bearing)


def gaps(
    known: Mapping[str, Item], held: Mapping[str, Collection[str]], question: Question | None
) -> tuple[Gap, ...]:
    """What each character lacks of what the audience knows.

    Args:
        known: what the audience knows, by id.
        held: ids of what each of those present holds.
        question: of the moment.
    """
    bearing = sorted((one for one in known.values() if bears(one, question)), key=lambda one: (-one.importance, one.id))
    whole = sum(one.importance for one in bearing)
    found = []
    for entity, holding in held.items():
        lacking = [one for one in bearing if one.id not in holding]
        share = sum(one.importance for one in lacking) / whole if whole else 0.0
        found.append(Gap(entity, round(share, 6), tuple(one.id for one in lacking)))
    return tuple(found)


def mean_irony(found: Sequence[Gap]) -> float:
    """The irony of a scene, in [0, 1]; 0 where nobody is there."""
    return round(sum(one.irony for one in found) / len(found), 6) if found else 0.0


def holdings(knowledge: Knowledge, present: Iterable[str], news: Sequence[News]) -> dict[str, frozenset[str]]:
    """What each of those present holds once the news of the moment have reached them."""
    held = {}
    for entity in present:
        fresh = (one.item.id for one in news if entity in one.holders or EVERYONE in one.holders)
        held[entity] = frozenset((*knowledge.holds(entity), *fresh))
    return held


def shown(knowledge: Knowledge, present: Sequence[str], view: str, point_of_view: str) -> tuple[str, ...]:
    """Ids, sorted, of what the scene just played showed to the audience.

    Args:
        knowledge: as it stands at the end of the scene.
        present: entity ids of those who were there.
        view: focalization.
        point_of_view: entity id, where it is internal.
    """
    seen = {item for _teller, item in knowledge.told_here}
    seen.update(knowledge.exposure(one).item for one in knowledge.here if knowledge.exposure(one).how == "witnessed")
    minds = present if view == ZERO else (point_of_view,) if view == INTERNAL else ()
    for entity in minds:
        seen.update(knowledge.holds(entity))
    return tuple(sorted(seen))
