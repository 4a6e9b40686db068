"""How people stand to one another, and what each is for and against: the facet of M13 and its events."""

# ruff: noqa: RUF009 -- the defaults are immutable

from __future__ import annotations

from typing import ClassVar, Self

from attrs import frozen
from immutables import Map

from timepoint_pro.formulas.reputation import HALF_LIFE_DAYS, Reputation, internal, retention, shown
from timepoint_pro.records.entity import Bond, EntityIntroduced
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.quick import quick
from timepoint_pro.records.timepoint import TimepointOpened

HELD = 0.3
"""How far from zero a belief must be to count as an opinion."""

FRESH = 1.0
"""Hours within which nothing is forgotten when trust is read: with the usual half-life it would be .05 %."""

NEUTRAL_KIND = "acquaintance"
INVERSE_KINDS = {
    "mentor": "mentee", "boss": "report", "manager": "report", "commander": "subordinate",
    "superior": "subordinate", "employer": "employee", "teacher": "student", "parent": "child",
    "doctor": "patient", "landlord": "tenant",
}  # fmt: skip
"""Kinds of relationship that read otherwise from the other side; every other kind reads the same."""

_INVERSE = {**{low: high for high, low in INVERSE_KINDS.items()}, **INVERSE_KINDS}


@frozen
class TiesMoved(Event):
    """A turn was evidence of what people are to each other, and moved opinions.

    Args:
        at: story time in hours.
        moves: (of whom, about whom, good evidence, bad evidence, change of affinity, interactions).
        opinions: (``"question/option"``, whose, change of belief, whether they spoke out themselves).
    """

    at: float
    moves: tuple[tuple[str, str, float, float, float, int], ...] = ()
    opinions: tuple[tuple[str, str, float, bool], ...] = ()


@frozen
class BondSet(Event):
    """From now on ``entity`` stands to ``bond.other`` like this; evidence so far no longer counts."""

    entity: str
    bond: Bond


@quick
@frozen(weakref_slot=False)
class Tie:
    """One direction of a relationship.

    Args:
        kind: in words.
        affinity: liking, in [-1, 1].
        power: of the one over the other, in [-1, 1].
        reputation: evidence for and against trusting the other, as it stood at time ``at``, and the prior.
        at: story time of the last evidence, in hours.
        interactions: turns that one addressed to the other, or that answered the other.
    """

    kind: str = NEUTRAL_KIND
    affinity: float = 0.0
    power: float = 0.0
    reputation: Reputation = Reputation()
    at: float = 0.0
    interactions: int = 0


@frozen
class Opinion:
    """Where somebody stands on an option: -1 against, +1 for.

    Args:
        belief: now, in [-1, 1].
        innate: where they set out from, to which they stay attached.
        spoken: whether they have spoken out themselves.
    """

    belief: float = 0.0
    innate: float = 0.0
    spoken: bool = False


@frozen
class Contradiction:
    """Two people hold opposite opinions of a matter.

    Args:
        matter: ``"question/option"``, or an item id.
        for_it, against_it: entity ids.
        gap: distance of their beliefs, in (0, 2].
    """

    matter: str
    for_it: str
    against_it: str
    gap: float


STRANGER = Tie()
UNDECIDED = Opinion()


@frozen
class Ties:
    """Every relationship, directed, and the opinions that people have of the options before them.

    Evidence is forgotten with story time. It is kept as it stood when it last changed and decays when it is
    read, so that nothing has to be done for pairs that do not meet.

    Args:
        half_life: of evidence, in days.
        pairs: of (one, other).
        opinions: of each ``"question/option"``, by entity.
        now: story time in hours of what was folded last.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (TimepointOpened, EntityIntroduced, BondSet, TiesMoved)

    half_life: float = HALF_LIFE_DAYS
    pairs: Map[tuple[str, str], Tie] = Map()
    opinions: Map[str, Map[str, Opinion]] = Map()
    now: float = 0.0

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case TiesMoved() as moved:
                return self._moved(moved)
            case TimepointOpened(timepoint=timepoint):
                return evolve(self, now=timepoint.at)
            case EntityIntroduced(entity=entity):
                pairs = self.pairs
                for bond in entity.bonds:
                    pairs = _bonded(pairs, entity.id, bond, self.now)
                return evolve(self, pairs=pairs)
            case BondSet(entity=name, bond=bond):
                return evolve(self, pairs=_bonded(self.pairs, name, bond, self.now, restate=True))
        return self

    def tie(self, one: str, other: str) -> Tie:
        """How ``one`` stands to ``other``, its evidence as it stood at ``tie.at``; neutral where unknown."""
        return self.pairs.get((one, other), STRANGER)

    def confidence(self, one: str, other: str) -> float:
        """How far ``one`` trusts ``other``, in [0, 1]: the expectation of the beta distribution."""
        return self.confidence_of(self.pairs.get((one, other), STRANGER))

    def confidence_of(self, tie: Tie) -> float:
        """``confidence`` by a tie that is at hand."""
        reputation, hours = tie.reputation, self.now - tie.at
        if hours <= FRESH or not (reputation.good or reputation.bad):
            return reputation.trust
        return reputation.trust_after(retention(hours / 24.0, self.half_life))

    def trust(self, one: str, other: str) -> float:
        """How far ``one`` trusts ``other``, in [-1, 1]; 0 is neutral."""
        return shown(self.confidence(one, other))

    def affinity(self, one: str, other: str) -> float:
        """How much ``one`` likes ``other``, in [-1, 1]."""
        return self.tie(one, other).affinity

    def power(self, one: str, other: str) -> float:
        """Power of ``one`` over ``other``, in [-1, 1]."""
        return self.tie(one, other).power

    def kind(self, one: str, other: str) -> str:
        """What ``other`` is to ``one``, in words."""
        return self.tie(one, other).kind

    def interactions(self, one: str, other: str) -> int:
        """How many turns ``one`` and ``other`` have addressed to each other."""
        return self.tie(one, other).interactions

    def known_pairs(self) -> tuple[tuple[str, str], ...]:
        """Every (one, other) about whom something is known, sorted."""
        return tuple(sorted(self.pairs))

    def opinion(self, entity: str, option: str) -> Opinion:
        """Where ``entity`` stands on ``"question/option"``; undecided where nothing is known."""
        return self.opinions.get(option, Map()).get(entity, UNDECIDED)

    def belief(self, entity: str, option: str) -> float:
        """How far ``entity`` is for ``"question/option"``, in [-1, 1]."""
        return self.opinion(entity, option).belief

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Every pair that holds opposite opinions of an option, the widest gap of each option first."""
        found = []
        for option in sorted(self.opinions):
            beliefs = {name: opinion.belief for name, opinion in sorted(self.opinions[option].items())}
            found.extend(opposed(option, beliefs, HELD))
        return tuple(found)

    def _moved(self, event: TiesMoved) -> Self:
        pairs, opinions = self.pairs, self.opinions
        if event.moves:
            with pairs.mutate() as changed:
                for one, other, good, bad, affinity, met in event.moves:
                    tie = changed.get((one, other), STRANGER)
                    reputation = tie.reputation
                    if good or bad:
                        kept = retention((event.at - tie.at) / 24.0, self.half_life)
                        reputation = reputation.updated(kept, good, bad)
                    since = event.at if good or bad else tie.at
                    liked, count = _within(tie.affinity + affinity), tie.interactions + met
                    changed[one, other] = Tie(tie.kind, liked, tie.power, reputation, since, count)
                pairs = changed.finish()
        for option, name, change, spoken in event.opinions:
            of_option = opinions.get(option, Map())
            before = of_option.get(name, UNDECIDED)
            belief = _within(before.belief + change)
            innate = belief if spoken and not before.spoken else before.innate
            after = Opinion(belief, innate, spoken or before.spoken)
            opinions = opinions.set(option, of_option.set(name, after))
        return type(self)(self.half_life, pairs, opinions, event.at)


def opposed(matter: str, beliefs: dict[str, float], held: float) -> list[Contradiction]:
    """The pairs of ``beliefs`` (in [-1, 1], by entity) that contradict each other, the widest gap first.

    Args:
        matter: what the beliefs are about.
        beliefs: by entity.
        held: least distance from zero of a belief that counts.
    """
    pro = [(name, value) for name, value in sorted(beliefs.items()) if value >= held]
    contra = [(name, value) for name, value in sorted(beliefs.items()) if value <= -held]
    found = [
        Contradiction(matter, one, other, round(high - low, 6)) for one, high in pro for other, low in contra
    ]
    return sorted(found, key=_by_gap)


def _by_gap(contradiction: Contradiction) -> tuple[float, str, str]:
    return -contradiction.gap, contradiction.for_it, contradiction.against_it


def _within(value: float) -> float:
    return -1.0 if value < -1.0 else min(value, 1.0)


def _bonded(
    pairs: Map[tuple[str, str], Tie], one: str, bond: Bond, now: float, *, restate: bool = False
) -> Map[tuple[str, str], Tie]:
    """``pairs`` with the stated bond; the other side, where unknown, takes its kind and the opposite power."""
    met = pairs.get((one, bond.other), STRANGER).interactions if restate else 0
    prior = Reputation(prior=internal(bond.trust))
    stated = Tie(bond.kind, bond.affinity, bond.power, prior, now, met)
    pairs = pairs.set((one, bond.other), stated)
    if (bond.other, one) not in pairs:
        mirrored = Tie(_INVERSE.get(bond.kind, bond.kind), power=-bond.power, at=now)
        pairs = pairs.set((bond.other, one), mirrored)
    return pairs
