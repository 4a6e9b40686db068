"""Who may feel, know, move and speak, and in which voice: the facet of M16 and its event.

Kinds differ in what minds they are taken to have: Agency (to plan, to act) and Experience (to feel) are two things
(Gray, Gray, Wegner 2007). The values of agency are calibrated; their order is that of the study, with institutions
after Knobe and Prinz (2008): a corporation acts and does not feel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal, Self

from attrs import frozen
from immutables import Map

from timepoint_pro.records.entity import Cast, Entity, EntityIntroduced
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.timepoint import TimepointOpened
from timepoint_pro.records.world import World

VoiceKind = Literal["speech", "behaviour", "environment", "collective"]

ADAPTIVE = 4
"""Level from which on whatever may speak takes in what is said, and comes forward with use."""

TOP = 6


@frozen
class Capabilities:
    """What one kind of being can do. It never exceeds its mask.

    Args:
        level: animism level from which on it takes turns.
        feels, knows, moves: whether it has feelings, learns from what is said, goes from place to place.
        voice: ``"speech"``; or narrated in the third person, by what it does (``"behaviour"``), by what happens
            around it (``"environment"``), or as the mood of many (``"collective"``).
        agency: how far it is taken to act by itself, in [0, 1].
        speaks: whether it takes turns at the level of the run.
    """

    level: int
    feels: bool
    knows: bool
    moves: bool
    voice: VoiceKind
    agency: float
    speaks: bool = False

    @property
    def argues(self) -> bool:
        """Whether it takes turns in words of its own."""
        return self.speaks and self.voice == "speech"


MASKS: Mapping[str, Capabilities] = {
    "human": Capabilities(0, True, True, True, "speech", 0.9),
    "animal": Capabilities(1, True, True, True, "behaviour", 0.4),
    "building": Capabilities(1, False, False, False, "environment", 0.1),
    "object": Capabilities(2, False, False, False, "environment", 0.1),
    "vehicle": Capabilities(2, False, False, True, "environment", 0.2),
    "environment": Capabilities(2, False, False, False, "environment", 0.3),
    "abstract": Capabilities(3, False, False, False, "collective", 0.1),
    "institution": Capabilities(3, False, True, False, "collective", 0.6),
    "kami": Capabilities(5, True, True, False, "environment", 0.8),
    "ai": Capabilities(6, False, True, False, "speech", 0.5),
}


def capabilities_of(kind: str, level: int, without: frozenset[str] = frozenset(), own_level: int = 0) -> Capabilities:
    """What a being of ``kind`` can do in a run of animism ``level``.

    Args:
        kind: an entity type; an unknown one counts as an object.
        level: 0 to 6.
        without: those of ``"feels"``, ``"knows"``, ``"moves"`` that this one lacks although its kind has them.
        own_level: the level from which on this one takes turns, where that is above its kind's.
    """
    mask = MASKS.get(kind, MASKS["object"])
    least = max(mask.level, own_level)
    speaks = level >= least
    return Capabilities(
        least,
        mask.feels and "feels" not in without,
        (mask.knows or (level >= ADAPTIVE and speaks)) and "knows" not in without,
        mask.moves and "moves" not in without,
        mask.voice,
        mask.agency,
        speaks,
    )


@frozen
class BeingsStirred(Event):
    """Those present that are not people make themselves felt.

    Args:
        at: story time in hours.
        presence: (entity, how likely it is to be noticed, in [0, 1]).
    """

    at: float
    presence: tuple[tuple[str, float], ...]


@frozen
class Agencies:
    """What everybody and everything can do.

    Args:
        level: animism level of the run, 0 to 6.
        limits: (entity, own level, what it lacks) where the template narrows a kind's mask.
        able: capabilities by entity.
        presence: of those that are narrated, as in ``BeingsStirred``.
        scenes: in how many moments each of them has been felt.
        opening: log entry by which the present moment opened.
        deaf: entities that learn nothing from what is said.
        mute: entities that take no turns in words of their own.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (EntityIntroduced, TimepointOpened, BeingsStirred)

    level: int = 0
    limits: tuple[tuple[str, int, frozenset[str]], ...] = ()
    able: Map[str, Capabilities] = Map()
    presence: tuple[tuple[str, float], ...] = ()
    scenes: Map[str, int] = Map()
    opening: str = ""
    deaf: frozenset[str] = frozenset()
    mute: frozenset[str] = frozenset()

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case BeingsStirred(presence=presence):
                scenes = self.scenes.update({one: self.scenes.get(one, 0) + 1 for one, _ in presence})
                return evolve(self, presence=presence, scenes=scenes)
            case TimepointOpened():
                return evolve(self, presence=(), opening=entry.id)
            case EntityIntroduced(entity=entity):
                able = self._of(entity)
                deaf = self.deaf if able.knows else self.deaf | {entity.id}
                mute = self.mute if able.argues else self.mute | {entity.id}
                return evolve(self, able=self.able.set(entity.id, able), deaf=deaf, mute=mute)
        return self

    def of(self, entity: str) -> Capabilities:
        """What ``entity`` can do; a human's, where nobody of that id was introduced."""
        return self.able.get(entity) or capabilities_of("human", self.level)

    def feels(self, entity: str) -> bool:
        """Whether ``entity`` has feelings."""
        return self.of(entity).feels

    def knows(self, entity: str) -> bool:
        """Whether ``entity`` learns from what is said before it."""
        return entity not in self.deaf

    def speaks(self, entity: str) -> bool:
        """Whether ``entity`` takes turns, in whatever voice."""
        return self.of(entity).speaks

    def argues(self, entity: str) -> bool:
        """Whether ``entity`` takes turns in words of its own."""
        return entity not in self.mute

    def _of(self, entity: Entity) -> Capabilities:
        own = next(((level, lacks) for one, level, lacks in self.limits if one == entity.id), (0, frozenset()))
        return capabilities_of(entity.kind, self.level, own[1], own[0])


def takes_turns(world: World, entity: str) -> bool:
    """Whether ``entity`` takes turns in words of its own: by M16, else by its kind alone."""
    if Agencies in world:
        return world[Agencies].argues(entity)
    return world[Cast][entity].kind in ("human", "ai")


def takes_in(world: World, present: Iterable[str]) -> tuple[str, ...]:
    """Those of ``present`` who learn from what is said: by M16, else by their kind alone."""
    members = world[Cast].members
    here = tuple([one for one in present if one in members])
    if Agencies in world:
        deaf = world[Agencies].deaf
        return here if deaf.isdisjoint(here) else tuple([one for one in here if one not in deaf])
    return tuple(one for one in here if MASKS.get(members[one].kind, MASKS["object"]).knows)
