"""Who takes part: people, animals, buildings, institutions, and what they are like."""

from __future__ import annotations

from typing import ClassVar, Self

from attrs import evolve, frozen
from immutables import Map

from timepoint_pro.records.event import Entry, Event

BIG_FIVE = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")


@frozen
class Behavior:
    """Lasting dispositions, each in [0, 1] with .5 the average person: the Big Five, then three of speech."""

    openness: float = 0.5
    conscientiousness: float = 0.5
    extraversion: float = 0.5
    agreeableness: float = 0.5
    neuroticism: float = 0.5
    assertiveness: float = 0.5
    vocabulary_richness: float = 0.5
    novelty_seeking: float = 0.5

    def vector(self) -> tuple[float, ...]:
        """The eight values in the order of the TTM behaviour vector."""
        return (
            self.openness, self.conscientiousness, self.extraversion, self.agreeableness,
            self.neuroticism, self.assertiveness, self.vocabulary_richness, self.novelty_seeking,
        )  # fmt: skip


@frozen
class Body:
    """The body at the start of a run: age in years; pain, illness, fatigue in [0, 1]; where it is."""

    age: float = 35.0
    pain: float = 0.0
    illness: float = 0.0
    fatigue: float = 0.0
    location: str = ""


@frozen
class Voice:
    """How somebody talks, as the template states it."""

    sentence_length: str = ""
    verbal_tics: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()
    disagreement_style: str = ""
    specificity_anchors: tuple[str, ...] = ()
    speech_examples: tuple[str, ...] = ()


@frozen
class Archetype:
    """A way of arguing. The ten built-in ones and a template's own have the same shape.

    Args:
        id: for example ``"military_commander"``.
        tactics: argument tactics in order of preference (``"data_argument"``, ``"authority_appeal"`` ...).
        disagreement: how it disagrees, as short descriptions.
        vocabulary: words and turns of phrase that mark it.
    """

    id: str
    tactics: tuple[str, ...]
    disagreement: tuple[str, ...]
    vocabulary: tuple[str, ...]


@frozen
class Bond:
    """A directed relationship as the template states it: trust and affinity in [-1, 1], power in [-1, 1]."""

    other: str
    kind: str = "colleague"
    trust: float = 0.0
    affinity: float = 0.0
    power: float = 0.0


@frozen
class Entity:
    """One participant. ``id`` is kept as the template writes it; ``name`` is for display."""

    id: str
    name: str
    kind: str = "human"
    role: str = ""
    archetype: Archetype | None = None
    traits: tuple[str, ...] = ()
    behavior: Behavior = Behavior()
    body: Body = Body()
    voice: Voice = Voice()
    goals: tuple[str, ...] = ()
    bonds: tuple[Bond, ...] = ()
    state_variables: tuple[str, ...] = ()


@frozen
class EntityIntroduced(Event):
    """Somebody exists from now on: from the roster, or generated on demand with its reason."""

    entity: Entity
    reason: str = "roster"


@frozen
class EntityAsked(Event):
    """The user asked about somebody, by id or name, ``times`` times since the last moment."""

    entity: str
    times: int = 1


@frozen
class Cast:
    """Everyone who exists, in order of introduction."""

    folds: ClassVar[tuple[type[Event], ...]] = (EntityIntroduced,)

    members: Map[str, Entity] = Map()
    order: tuple[str, ...] = ()

    def fold(self, entry: Entry, /) -> Self:
        event = entry.event
        assert isinstance(event, EntityIntroduced)
        member = event.entity
        order = self.order if member.id in self.members else (*self.order, member.id)
        return evolve(self, members=self.members.set(member.id, member), order=order)

    def __getitem__(self, entity_id: str) -> Entity:
        return self.members[entity_id]

    def __contains__(self, entity_id: object) -> bool:
        return entity_id in self.members
