"""How everybody was at each turn of a path: feeling, energy and trust, read from the log.

The values stand just before each turn, as the prompts and records have them, for everyone present and not only for
who speaks. Pure reading: the log is folded again, through the facets that hold state only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.rhythm import Rhythm
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.records.event import Entry
from timepoint_pro.records.timepoint import PresenceSet, TimepointOpened
from timepoint_pro.records.turn import TurnAdmitted, TurnProposed
from timepoint_pro.records.world import World

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun

Curve = tuple[float | None, ...]
"""One value a turn; None where somebody was not there."""

_STATE = (Minds, Rhythm, Ties)


@frozen
class Trajectory:
    """One path, turn by turn.

    Args:
        end: id of its last timepoint.
        turns: ids of the turns said on it, in order.
        speakers: who said each.
        starts: (timepoint id, number of turns before it) of each of its timepoints, in order.
        valence: by entity, in [-1, 1].
        arousal: by entity, in [0, 1].
        energy: by entity, in [0, 100].
        trust: by (one, other): how far the one trusts the other, in [-1, 1].
    """

    end: str
    turns: tuple[str, ...]
    speakers: tuple[str, ...]
    starts: tuple[tuple[str, int], ...]
    valence: Mapping[str, Curve]
    arousal: Mapping[str, Curve]
    energy: Mapping[str, Curve]
    trust: Mapping[tuple[str, str], Curve]


def trajectory(run: StoredRun, end: str = "") -> Trajectory:
    """How everybody was at each turn on the way to a timepoint.

    Args:
        run: a run, finished or not.
        end: id of a timepoint that was played; the last one of the main path when empty.

    Raises:
        UnknownNameError: no played timepoint has that id.
    """
    last = run.timepoint(end).id if end else run.end
    world = run.first_world()
    reading = _Reading(World([facet for kind in _STATE if (facet := world.find(kind)) is not None]))
    for key in run.lineage(last) if last else ():
        reading.chunk(key, run.log.get(key, ()))
    return reading.trajectory(last)


class _Reading:
    def __init__(self, world: World) -> None:
        self._world = world
        self._present: tuple[str, ...] = ()
        self._turns: list[tuple[str, str]] = []
        self._starts: list[tuple[str, int]] = []
        self._states: list[dict[str, tuple[float, float, float]]] = []
        self._trusts: list[dict[tuple[str, str], float]] = []

    def chunk(self, key: str, entries: tuple[Entry, ...]) -> None:
        """Fold one chunk, looking at the state wherever a turn is proposed that is then said."""
        waiting: list[Entry] = []
        proposed: tuple[str, str] | None = None
        for entry in entries:
            event = entry.event
            if isinstance(event, TimepointOpened):
                self._present = event.timepoint.present
                self._starts.append((event.timepoint.id, len(self._turns)))
            elif isinstance(event, PresenceSet):
                self._present = event.present
            elif isinstance(event, TurnProposed):
                self._world = self._world.fold(waiting)
                waiting = []
                proposed = event.turn.id, event.turn.speaker
            elif isinstance(event, TurnAdmitted) and proposed is not None:
                # What is folded between the two moves nothing: until a turn is admitted, the world stands still.
                self._turns.append(proposed)
                self._look()
            waiting.append(entry)
        self._world = self._world.fold(waiting)

    def _look(self) -> None:
        world, people = self._world, self._present
        minds, rhythm, ties = world.find(Minds), world.find(Rhythm), world.find(Ties)
        assert minds is not None
        assert rhythm is not None
        self._states.append({
            one: (round(minds.valence(one), 4), round(minds.arousal(one), 4), round(rhythm.energy(one), 2))
            for one in people
        })  # fmt: skip
        self._trusts.append({} if ties is None else {
            (one, other): round(ties.trust(one, other), 4) for one in people for other in people if one != other
        })  # fmt: skip

    def trajectory(self, end: str) -> Trajectory:
        """What was seen, as curves."""
        people = dict.fromkeys(one for state in self._states for one in state)
        pairs = dict.fromkeys(pair for trust in self._trusts for pair in trust)
        valence, arousal, energy = (
            {who: tuple(state[who][part] if who in state else None for state in self._states) for who in people}
            for part in range(3)
        )
        return Trajectory(
            end, tuple(turn for turn, _who in self._turns), tuple(who for _turn, who in self._turns),
            tuple(self._starts), valence, arousal, energy,
            {pair: tuple(trust.get(pair) for trust in self._trusts) for pair in pairs},
        )  # fmt: skip
