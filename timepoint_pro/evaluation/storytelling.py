"""What directorial and cyclical runs come to: what the audience learned, prophecies, causal loops, resets.

Pure functions over a run's log. What is settled after the last moment counts, which no moment's world holds yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

from attrs import frozen

from timepoint_pro.modes.rounds import (
    LoopSettled,
    Outcome,
    ProphecySettled,
    ProphecySpoken,
    RoundBegun,
)
from timepoint_pro.modes.stagecraft import AudienceLearned, CurtainFallen
from timepoint_pro.records.event import Event

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun

E = TypeVar("E", bound=Event)


@frozen
class Prophecy:
    """A prophecy as it was spoken, and what came of it.

    Args:
        id: its id.
        statement: what was foretold.
        spoken: id of the moment at whose start it was.
        outcome: ``"fulfilled"`` or ``"subverted"``; empty while it is open.
        shown: id of the moment at whose start that showed; empty while it is open.
        in_spite: whether it went that way although people decided the other way.
    """

    id: str
    statement: str
    spoken: str
    outcome: Outcome | str = ""
    shown: str = ""
    in_spite: bool = False


def prophecies(run: StoredRun) -> tuple[Prophecy, ...]:
    """Every prophecy that was spoken, in that order."""
    ends = {one.prophecy: one for one in _happened(run, ProphecySettled)}
    found: dict[str, Prophecy] = {}
    for one in _happened(run, ProphecySpoken):
        end = ends.get(one.prophecy)
        outcome = (end.outcome, end.timepoint_id, end.in_spite) if end is not None else ("", "", False)
        found.setdefault(one.prophecy, Prophecy(one.prophecy, one.statement, one.timepoint_id, *outcome))
    return tuple(found.values())


def causal_loops(run: StoredRun) -> tuple[LoopSettled, ...]:
    """What came of each licensed loop, in the order in which they were to close."""
    return tuple(_happened(run, LoopSettled))


def resets(run: StoredRun) -> tuple[RoundBegun, ...]:
    """Each setting back of time, with what was carried over."""
    # Each stands twice: in the plan that ends a round, and in the one that begins the next.
    return tuple({one.number: one for one in _happened(run, RoundBegun)}.values())


def audience(run: StoredRun) -> dict[str, str]:
    """What the audience learned, by item id: the id of the moment that showed it. What it knew before is not listed."""
    return {item: one.timepoint_id for one in _happened(run, AudienceLearned) for item in one.items}


def loose_ends(run: StoredRun) -> tuple[str, ...]:
    """Ids of what the audience knows and those whom it concerned never learned; empty while the run goes on."""
    return tuple(item for one in _happened(run, CurtainFallen) for item in one.loose)


def _happened(run: StoredRun, kind: type[E]) -> Iterator[E]:
    """The events of one type, in the order of the log."""
    for entries in run.log.values():
        for entry in entries:
            if isinstance(entry.event, kind):
                yield entry.event
