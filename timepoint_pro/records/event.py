"""What happened: events, and the log entries that give each its place.

An event says what changed and names, in ``causes``, the entries that it follows from. It has no identity of
its own: the engine stamps it into an ``Entry`` when it folds it, so that a mechanism stays a pure function.
"""

from __future__ import annotations

from attrs import field, frozen

from timepoint_pro.records.quick import quick


@frozen
class Event:
    """Root of all events. A subclass is a frozen attrs class whose fields are plain data.

    Args:
        causes: ids of the log entries that this event follows from, in order, without repeats.
    """

    causes: tuple[str, ...] = field(default=(), kw_only=True)


@quick
@frozen(weakref_slot=False)
class Entry:
    """One line of the log: an event, with its identity and place.

    Args:
        id: unique in the run, ``"{timepoint_id}#{n}"`` with n counted from 0 inside the timepoint.
        timepoint_id: the story moment in which it was emitted.
        at: story time in hours since the run's start time.
        beat: dialog turn of the scene, from 0; -1 outside the beats.
        mechanism: code of the emitter (``"M3"``; ``"M17"`` for a mode; ``"M12"`` for an intervention).
        event: what happened.
    """

    id: str
    timepoint_id: str
    at: float
    beat: int
    mechanism: str
    event: Event
