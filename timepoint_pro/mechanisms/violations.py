"""Broken constraints, and what the audit of a moment has to remember of it: M4's facets and events."""

from __future__ import annotations

import math
from typing import ClassVar, Literal, Self

from attrs import frozen
from immutables import Map

from timepoint_pro.mechanisms.minds import AffectMoved, AffectStirred
from timepoint_pro.mechanisms.rhythm import EnergySpent
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.quick import quick
from timepoint_pro.records.timepoint import Timepoint, TimepointClosed, TimepointOpened

Severity = Literal["hard", "soft"]


@frozen
class Violation:
    """A constraint that was broken.

    Args:
        rule: ``information``, ``presence``, ``repetition``, ``energy``, ``place``, ``schedule``, ``acyclic``
            (what the world demands), ``flow``, ``inertia`` (what is improbable).
        severity: ``hard`` contradicts the world, ``soft`` only strains belief.
        entity: who; empty where it is about a moment.
        timepoint_id: when.
        explanation: what happened and why it cannot be, in a sentence.
        evidence: ids of log entries, exposures or timepoints.
    """

    rule: str
    severity: Severity
    entity: str
    timepoint_id: str
    explanation: str
    evidence: tuple[str, ...] = ()


@frozen
class ViolationFound(Event):
    """A constraint was found broken."""

    violation: Violation


@frozen
class InertiaTested(Event):
    """How many steps of feeling a moment's audit tested, and how many of them it flagged."""

    tested: int
    flagged: int


@frozen
class Violations:
    """Every violation so far on this path, and the count of inertia tests."""

    folds: ClassVar[tuple[type[Event], ...]] = (ViolationFound, InertiaTested)

    found: tuple[Violation, ...] = ()
    tested: int = 0
    flagged: int = 0

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case ViolationFound(violation=violation):
                return evolve(self, found=(*self.found, violation))
            case InertiaTested(tested=tested, flagged=flagged):
                return evolve(self, tested=self.tested + tested, flagged=self.flagged + flagged)
        return self

    @property
    def inertia_rate(self) -> float:
        """Share, in [0, 1], of the tested steps that were flagged; to be held against the audit's ``alpha``."""
        return self.flagged / self.tested if self.tested else 0.0


@frozen
class Stay:
    """Where somebody was: the moment, the place, and story time in hours at which it ended."""

    timepoint_id: str
    location: str
    until: float


@quick
@frozen(weakref_slot=False)
class Watch:
    """What happened in the moment being played, and the ends of those before, for the audit.

    Args:
        channels: by entity, the ids and words of its declared channels, folded.
        stays: of each entity the stay that ends last.
        ends: story time of the end of each moment, in hours.
        felt: by entity, story time up to which its feelings were known before this moment.
        now: the moment being played.
        moved: what moved feelings in it, in order, each with its entry id.
        spent: energy spent in it, by entity, in points.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (
        TimepointOpened, TimepointClosed, AffectMoved, AffectStirred, EnergySpent,
    )  # fmt: skip

    channels: Map[str, frozenset[str]] = Map()
    stays: Map[str, Stay] = Map()
    ends: Map[str, float] = Map()
    felt: Map[str, float] = Map()
    now: Timepoint | None = None
    moved: tuple[tuple[str, AffectMoved | AffectStirred], ...] = ()
    spent: Map[str, float] = Map()

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case AffectMoved() | AffectStirred() as moved:
                moves = (*self.moved, (entry.id, moved))
                return type(self)(self.channels, self.stays, self.ends, self.felt, self.now, moves, self.spent)
            case EnergySpent(spent=spent):
                with self.spent.mutate() as sums:
                    for entity, change in spent:
                        sums[entity] = sums.get(entity, 0.0) + change
                    return evolve(self, spent=sums.finish())
            case TimepointOpened(timepoint=timepoint):
                return evolve(self, now=timepoint, moved=(), spent=Map())
            case TimepointClosed(at=at):
                return self._closed(at)
        return self

    def felt_until(self, entity: str) -> float:
        """Story time up to which ``entity``'s feelings were known before this moment; -inf if never."""
        return self.felt.get(entity, -math.inf)

    def connected(self, one: str, other: str) -> bool:
        """Whether a declared channel joins the two: one names the other, or both name the same."""
        mine, theirs = self.channels.get(one, frozenset()), self.channels.get(other, frozenset())
        return other.casefold() in mine or one.casefold() in theirs or not mine.isdisjoint(theirs)

    def _closed(self, at: float) -> Self:
        now = self.now
        if now is None:
            return self
        stays, felt = self.stays, self.felt
        for entity in now.present:
            last = stays.get(entity)
            if last is None or last.until <= at:
                stays = stays.set(entity, Stay(now.id, now.location, at))
        for _, event in self.moved:
            if isinstance(event, AffectMoved):
                for move in event.moves:
                    felt = felt.set(move[0], event.at)
        return evolve(self, now=None, stays=stays, felt=felt, ends=self.ends.set(now.id, at), moved=(), spent=Map())
