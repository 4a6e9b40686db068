"""What everybody's body undergoes: the facet of M8 and its events."""

from __future__ import annotations

from typing import ClassVar, Self

from attrs import field, frozen
from immutables import Map

from timepoint_pro.formulas import embodiment
from timepoint_pro.mechanisms.conditions import KINDS, Condition, Stated
from timepoint_pro.records.entity import EntityIntroduced
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.timepoint import TimepointOpened

EMBODIED_KINDS = ("human", "animal")
FELT = 0.08
"""Severity from which on something is spoken of."""

SLEEPY = ((8.0, "hardly able to stay awake"), (7.0, "fighting sleep"), (6.0, "sleepy"))
"""Sleepiness KSS, and words for somebody who has reached it (after Åkerstedt, Gillberg 1990)."""


@frozen
class ConditionBegan(Event):
    """A body undergoes something from now on; one of the same key is replaced."""

    entity: str
    key: str
    condition: Condition


@frozen
class ConditionTreated(Event):
    """Somebody's condition is cared for from now on."""

    entity: str
    key: str


@frozen
class BodiesChanged(Event):
    """Time passed for everybody's body.

    Args:
        at: story time in hours.
        changes: (entity, key, change of severity).
        sleepiness: (entity, KSS) of those present.
    """

    at: float
    changes: tuple[tuple[str, str, float], ...]
    sleepiness: tuple[tuple[str, float], ...] = ()


@frozen
class Bodies:
    """Everybody's body.

    Args:
        stated: what the template foresees.
        slopes: what each burden costs the mind.
        conditions: by entity, then by key.
        sleepiness: KSS at the opening of the last moment in which somebody was present.
        at: story time of what was folded last.
        opening: log entry by which the present moment opened.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (
        EntityIntroduced, TimepointOpened, ConditionBegan, ConditionTreated, BodiesChanged,
    )  # fmt: skip

    stated: tuple[Stated, ...] = ()
    slopes: embodiment.Slopes = embodiment.SLOPES
    conditions: Map[str, Map[str, Condition]] = Map()
    sleepiness: Map[str, float] = Map()
    at: float = 0.0
    opening: str = ""
    _capacities: dict[tuple[str, float], float] = field(factory=dict, init=False, repr=False, eq=False)
    """Capacity by entity and KSS, as far as it was asked for."""

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case BodiesChanged() as changed:
                return self.changed(changed)
            case TimepointOpened():
                return evolve(self, opening=entry.id)
            case ConditionBegan(entity=entity, key=key, condition=condition):
                return self.having(entity, key, condition)
            case ConditionTreated(entity=entity, key=key):
                known = self.of(entity).get(key)
                return self if known is None else self.having(entity, key, evolve(known, treated=True))
            case EntityIntroduced(entity=entity):
                body, here = entity.body, self
                for key, severity in (("pain", body.pain), ("illness", body.illness), ("fatigue", body.fatigue)):
                    if severity:
                        heals = KINDS[key].heals if key == "fatigue" else 0.0
                        here = here.having(entity.id, key, Condition(key, severity, heals=heals))
                return here
        return self

    def having(self, entity: str, key: str, condition: Condition) -> Self:
        """These bodies with one condition more, or another one."""
        return evolve(self, conditions=self.conditions.set(entity, self.of(entity).set(key, condition)))

    def changed(self, event: BodiesChanged) -> Self:
        """These bodies after time has passed."""
        conditions = self.conditions
        for entity, key, change in event.changes:
            mine = conditions.get(entity, Map())
            before = mine.get(key) or Condition(key, 0.0, heals=KINDS[key].heals)
            after = evolve(before, severity=min(1.0, max(0.0, before.severity + change)))
            conditions = conditions.set(entity, mine.set(key, after))
        return evolve(self, conditions=conditions, sleepiness=self.sleepiness.update(event.sleepiness), at=event.at)

    def of(self, entity: str) -> Map[str, Condition]:
        """Conditions of ``entity`` by key. Iterates in no particular order."""
        return self.conditions.get(entity, Map())

    def severity(self, entity: str, kind: str) -> float:
        """The worst of ``entity``'s conditions of a kind, in [0, 1]."""
        return max((one.severity for one in self.of(entity).values() if one.kind == kind), default=0.0)

    def pain(self, entity: str) -> float:
        """Pain of any origin, in [0, 1]: 1 - product of (1 - part), as for causes that act by themselves."""
        return self._joined(entity, 0)

    def illness(self, entity: str) -> float:
        """Illness of any origin, in [0, 1]."""
        return self._joined(entity, 1)

    def fatigue(self, entity: str) -> float:
        """Fatigue of the body, in [0, 1]; sleepiness is apart."""
        return self._joined(entity, 2)

    def cold(self, entity: str) -> float:
        """How far ``entity`` has cooled down, in [0, 1]."""
        return self.severity(entity, "cold")

    def hunger(self, entity: str) -> float:
        """Hunger, in [0, 1]."""
        return self.severity(entity, "hunger")

    def isolation(self, entity: str) -> float:
        """How much ``entity`` has been alone, in [0, 1]."""
        return self.severity(entity, "isolation")

    def capacity(self, entity: str, kss: float | None = None) -> float:
        """Cognitive capacity, in (0, 1]; 1 for a sound and rested body.

        Args:
            entity: whose.
            kss: sleepiness now, in [1, 9]; None: as it was when the moment opened.
        """
        sleepiness = self.sleepiness.get(entity, 1.0) if kss is None else kss
        found = self._capacities.get((entity, sleepiness))
        if found is None:
            found = embodiment.capacity(self.pain(entity), self.illness(entity), sleepiness, self.slopes)
            self._capacities[entity, sleepiness] = found
        return found

    def words(self, entity: str, kss: float = 1.0) -> str:
        """What a body does to somebody, in words; empty for a sound and rested one."""
        mine = sorted(self.of(entity).items(), key=_worst)
        parts = []
        for _, one in mine:
            if one.severity >= FELT:
                degree = "badly " if one.severity > 0.6 else "a little " if one.severity < 0.25 else ""
                words = KINDS[one.kind].words
                parts.append(f"{one.name} ({degree}{words})" if one.name else f"{degree}{words}")
        parts.extend([words for least, words in SLEEPY if kss >= least][:1])
        return ", ".join(parts)

    def _joined(self, entity: str, place: int) -> float:
        left = 1.0
        for _, one in sorted(self.of(entity).items()):
            kind = KINDS[one.kind]
            left *= 1.0 - one.severity * (kind.pain, kind.illness, kind.fatigue)[place]
        return 1.0 - left


def _worst(pair: tuple[str, Condition]) -> tuple[float, str]:
    return -pair[1].severity, pair[0]
