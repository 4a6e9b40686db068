"""What cyclical mode records: where each moment stands in its cycles, prophecies and loops and what came of them."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from attrs import evolve, frozen
from immutables import Map

from timepoint_pro.records.codec import to_plain
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.timepoint import News, TimepointClosed

Outcome = Literal["fulfilled", "subverted"]


@frozen
class LayerPlace:
    """Where a moment stands in one cycle: ``round`` and ``place`` from 1, ``length`` in moments, the place's label."""

    kind: str
    round: int
    place: int
    length: int
    label: str = ""


@frozen
class MomentPlaced(Event):
    """Where a moment stands.

    Args:
        timepoint_id: the moment.
        kind: of the whole cycle.
        rounds: how many rounds of the first layer the run has, begun ones counted.
        layers: its place in each cycle, the one that sets the questions first.
        prophecies: ids of those that are spoken and still open.
        loops: ids of the moments of which it is a cause, licensed.
        words: the frame, as exported records may carry it.
    """

    timepoint_id: str
    kind: str
    rounds: int
    layers: tuple[LayerPlace, ...]
    prophecies: tuple[str, ...]
    loops: tuple[str, ...]
    words: str


@frozen
class ProphecyWilled(Event):
    """Whether a prophecy will come true: drawn before the first moment, and told to nobody."""

    prophecy: str
    comes_true: bool


@frozen
class ProphecySpoken(Event):
    """Something is foretold at the start of a moment. ``known_by``: entity ids, or ``*``."""

    prophecy: str
    timepoint_id: str
    statement: str
    known_by: tuple[str, ...]


@frozen
class ProphecySettled(Event):
    """What came of a prophecy.

    Args:
        prophecy: its id.
        timepoint_id: the moment at whose start it shows.
        outcome: ``"fulfilled"`` or ``"subverted"``.
        in_spite: whether it went that way although the decision that it hangs on was the other one.
        option: ``"question/option"`` as it was settled; empty where it hangs on no decision, or none was taken.
    """

    prophecy: str
    timepoint_id: str
    outcome: Outcome
    in_spite: bool = False
    option: str = ""


@frozen
class LoopSettled(Event):
    """What came of a causal loop.

    Args:
        loop: its id.
        sends, receives: timepoint ids: the later moment, and the earlier one of which it is a cause.
        closed: whether what arrived there was sent.
        by: entity ids of those who could send it.
        in_spite: whether it was sent although another decision was taken.
        reason: in words.
    """

    loop: str
    sends: str
    receives: str
    closed: bool
    by: tuple[str, ...]
    in_spite: bool
    reason: str


@frozen
class Carried:
    """What somebody takes along over a reset.

    Args:
        entity: who.
        news: what they know of the round before, as news for them alone, by item id.
        feelings: valence in [-1, 1] and arousal in [0, 1]; empty: as at the start.
        ties: (other, trust, affinity) in [-1, 1] towards those whom they have met.
    """

    entity: str
    news: tuple[News, ...] = ()
    feelings: tuple[float, ...] = ()
    ties: tuple[tuple[str, float, float], ...] = ()


@frozen
class RoundBegun(Event):
    """Time was set back: a round begins from the world before the first one.

    Args:
        number: of the round, from 2.
        after: id of the last moment before it.
        carried: what is taken along, by those who take anything.
        willed: of every prophecy, whether it will come true.
        prophecies: (id, outcome) of those that are settled.
    """

    number: int
    after: str
    carried: tuple[Carried, ...]
    willed: tuple[tuple[str, bool], ...] = ()
    prophecies: tuple[tuple[str, Outcome], ...] = ()


def round_key(number: int) -> str:
    """Key of the chunk that plans the first moment of a round after time was set back."""
    return f"plan:round-{number}"


def round_name(number: int) -> str:
    """The path of that round."""
    return f"round-{number}"


@frozen
class Rounds:
    """The facet of cyclical mode.

    Args:
        placed: where each moment of this path stands, by timepoint id.
        willed: whether each prophecy will come true.
        spoken: ids of the prophecies that were spoken, in order.
        settled: outcome of each prophecy that is settled.
        loops: what came of each loop, in order.
        number: of the round since time was set back last; 1 where it never was.
        resets: what was carried over, each time.
        over: story time in hours at which all moments so far are over.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (
        MomentPlaced, ProphecyWilled, ProphecySpoken, ProphecySettled, LoopSettled, RoundBegun, TimepointClosed,
    )  # fmt: skip

    placed: Map[str, MomentPlaced] = Map()
    willed: Map[str, bool] = Map()
    spoken: tuple[str, ...] = ()
    settled: Map[str, Outcome] = Map()
    loops: tuple[LoopSettled, ...] = ()
    number: int = 1
    resets: tuple[RoundBegun, ...] = ()
    over: float = 0.0

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case MomentPlaced(timepoint_id=timepoint_id) as placed:
                return evolve(self, placed=self.placed.set(timepoint_id, placed))
            case ProphecyWilled(prophecy=prophecy, comes_true=comes_true):
                return evolve(self, willed=self.willed.set(prophecy, comes_true))
            case ProphecySpoken(prophecy=prophecy):
                return self if prophecy in self.spoken else evolve(self, spoken=(*self.spoken, prophecy))
            case ProphecySettled(prophecy=prophecy, outcome=outcome):
                return evolve(self, settled=self.settled.set(prophecy, outcome))
            case LoopSettled() as loop:
                return evolve(self, loops=(*self.loops, loop))
            case RoundBegun(number=number, willed=willed, prophecies=prophecies) as begun:
                return evolve(
                    self, number=number, resets=(*self.resets, begun), willed=self.willed.update(dict(willed)),
                    settled=self.settled.update(dict(prophecies)),
                )  # fmt: skip
            case TimepointClosed(at=at):
                return evolve(self, over=max(self.over, at))
        return self

    def frame(self, timepoint_id: str, key: str = "") -> dict[str, Any] | None:
        """The frame of a moment as plain data; None where it has none. ``key``: the moment's, for branches."""
        placed = self.placed.get(timepoint_id) or self.placed.get(key)
        if placed is None:
            return None
        plain: dict[str, Any] = to_plain(placed)
        return {name: value for name, value in plain.items() if name not in ("timepoint_id", "causes")}
