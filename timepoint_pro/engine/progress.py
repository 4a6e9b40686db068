"""What a user may want to see while a run goes on, told from its log entries."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from timepoint_pro.engine.loop import Listener
from timepoint_pro.llm.gateway import Gateway
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Entry
from timepoint_pro.records.timepoint import Timeline, TimepointClosed, TimepointOpened
from timepoint_pro.records.turn import Floor, TurnAdmitted
from timepoint_pro.records.world import World


@frozen
class Progress:
    """Something that a user may want to see while a run goes on.

    Args:
        kind: ``"timepoint"``, ``"turn"``, ``"closed"`` or ``"done"``.
        timepoint_id: where.
        title: of the timepoint.
        turn: number of the turn in its scene, from 1; 0 outside.
        speaker: display name; empty outside a turn.
        content: the words said, or how the scene ended.
        turns: turns so far in the run.
        planned: timepoints planned so far.
        played: timepoints played so far.
        cost_usd: cost so far.
    """

    kind: str
    timepoint_id: str = ""
    title: str = ""
    turn: int = 0
    speaker: str = ""
    content: str = ""
    turns: int = 0
    planned: int = 0
    played: int = 0
    cost_usd: float = 0.0


def watching(listener: Callable[[Progress], None], gateway: Gateway, turns: int, played: int) -> Listener:
    """Turn log entries into progress, counting on from what a resumed run has already."""

    def watch(entry: Entry, world: World) -> None:
        nonlocal turns, played
        event = entry.event
        if not isinstance(event, (TimepointOpened, TurnAdmitted, TimepointClosed)):
            return
        timeline, floor = world[Timeline], world[Floor]
        now = timeline.now or timeline.passed[-1]
        planned = len(timeline.planned) + len(timeline.passed) + (timeline.now is not None)
        kind, turn, speaker, content = "timepoint", 0, "", now.circumstance
        if isinstance(event, TurnAdmitted) and floor.last is not None:
            turns += 1
            kind, turn, content = "turn", floor.spoken, floor.last.content
            speaker = world[Cast][floor.last.speaker].name
        elif isinstance(event, TimepointClosed):
            played += 1
            kind, content = "closed", now.ending(event.reason)
        listener(
            Progress(kind, now.id, now.title, turn, speaker, content, turns, planned, played, gateway.spent_usd)
        )

    return watch
