"""A played moment opened into its sub-moments (M7), from the log: no model is asked and nothing is written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from attrs import define, field

from timepoint_pro.evaluation.playback import steps
from timepoint_pro.mechanisms.expansion import Phase, SubMoment, felt_between, margin, parted
from timepoint_pro.mechanisms.minds import AffectMoved, Mind, Minds
from timepoint_pro.records.draws import Dice
from timepoint_pro.records.event import Entry
from timepoint_pro.records.timepoint import Timeline, Timepoint, TimepointClosed, TimepointOpened
from timepoint_pro.records.turn import Floor, Turn, TurnAdmitted
from timepoint_pro.records.world import World

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun

CODE = "M7"


def expand(run: StoredRun, timepoint_id: str) -> tuple[SubMoment, ...]:
    """The sub-moments of a played moment, in order: those of the scene only where somebody spoke.

    The same run gives the same: draws hang on its seed and the moment.

    Args:
        run: the run.
        timepoint_id: id of a moment that was played.

    Raises:
        UnknownNameError: no played moment has that id.
    """
    seen = _Seen(run.timepoint(timepoint_id).id, run.parents)
    for before, entry, after in steps(run):
        seen.take_in(before, entry, after)
    return tuple(_sub_moments(seen, Dice(run.seed, seen.moment.key)))


@define
class _Seen:
    """What the log says of one moment and of the feelings on both sides of it.

    Args:
        wanted: id of the moment.
        parents: parent of each chunk.
        planned: the moment, once it has opened; with those present when its feelings were first moved.
        earlier: feelings as the moments before left them.
        opening: feelings as the moment found them, by entity.
        later: feelings as the next moment found them in which somebody is present, by entity.
        said: each admitted turn with its story time and the world before it.
        closed: the world at its end.
        until: story time of its end.
        before: story time of the end of the moment before; None for the first one.
        next_at: story time of the moment after; None for the last one.
    """

    wanted: str
    parents: Mapping[str, str]
    planned: list[Timepoint] = field(factory=list)
    earlier: dict[str, Mind] = field(factory=dict)
    opening: dict[str, Mind] = field(factory=dict)
    later: dict[str, Mind] = field(factory=dict)
    said: list[tuple[Turn, float, World]] = field(factory=list)
    closed: list[World] = field(factory=list)
    until: float = 0.0
    before: float | None = None
    next_at: float | None = None

    @property
    def moment(self) -> Timepoint:
        """The moment."""
        return self.planned[-1]

    def take_in(self, before: World, entry: Entry, after: World) -> None:
        """Learn from one entry of the log."""
        if entry.timepoint_id == self.wanted:
            self._here(before, entry, after)
        elif self.closed and self._follows(entry.timepoint_id):
            self._after(entry, after)

    def _here(self, before: World, entry: Entry, after: World) -> None:
        match entry.event:
            case TimepointOpened(timepoint=timepoint):
                self.planned.append(timepoint)
                self.before = before[Timeline].until if before[Timeline].passed else None
            case AffectMoved(moves=moves) if not self.opening:
                for name in [move[0] for move in moves]:
                    self.earlier[name] = before[Minds].latent(name)
                    self.opening[name] = after[Minds].latent(name)
            case TurnAdmitted():
                turn = before[Floor].proposed
                if turn is not None:
                    self.said.append((turn, before[Floor].at, before))
            case TimepointClosed(at=at):
                self.closed.append(before)
                self.until = at

    def _after(self, entry: Entry, after: World) -> None:
        if isinstance(entry.event, TimepointOpened) and self.next_at is None:
            self.next_at = entry.event.timepoint.at
        if isinstance(entry.event, AffectMoved):
            for name in [move[0] for move in entry.event.moves]:
                self.later.setdefault(name, after[Minds].latent(name))

    def _follows(self, moment: str) -> bool:
        """Whether ``moment`` was played after the wanted one, on a path through it."""
        key = moment
        while key and key != self.wanted:
            key = self.parents.get(key, "")
        return bool(key)


def _sub_moments(seen: _Seen, dice: Dice) -> Iterable[SubMoment]:
    moment = seen.moment
    arrival = moment.at - margin(moment.at - seen.before if seen.before is not None else math.inf)
    felt = [
        (name, *felt_between(seen.earlier.get(name), mind, arrival, dice.draws(CODE, name, "arrival")))
        for name, mind in seen.opening.items()
    ]
    yield _part(seen, "arrival", arrival, (), felt, drawn=True)
    parts = parted([turn for turn, _, _ in seen.said])
    begun = {turn.id: (at, world) for turn, at, world in seen.said}
    for phase, turns in parts.items():
        at, world = begun[turns[0].id]
        yield _part(seen, phase, at, [one.id for one in turns], _felt(seen, world), drawn=False)
    after = seen.until + margin(seen.next_at - seen.until if seen.next_at is not None else math.inf)
    left = seen.closed[-1][Minds]
    felt = [
        (name, *felt_between(left.latent(name), seen.later.get(name), after, dice.draws(CODE, name, "aftermath")))
        for name in seen.opening
    ]
    yield _part(seen, "aftermath", after, (), felt, drawn=True)


def _felt(seen: _Seen, world: World) -> list[tuple[str, float, float]]:
    minds = world[Minds]
    return [(name, minds.valence(name), minds.arousal(name)) for name in seen.opening]


def _part(
    seen: _Seen, phase: Phase, at: float, turns: Iterable[str], felt: Iterable[tuple[str, float, float]], *, drawn: bool
) -> SubMoment:
    rounded = tuple((name, round(valence, 4), round(arousal, 4)) for name, valence, arousal in felt)
    antecedents = seen.moment.antecedents
    return SubMoment(
        f"{seen.wanted}/{phase}", seen.wanted, phase, round(at, 6), antecedents, tuple(turns), rounded, drawn
    )
