"""What a mode plans, as it reads on the branch that the path is on.

Modes name moments by their keys (``"T4"``). On a branch the engine adds it to the ids (``"T4:delay"``), in what is
planned and wherever a plan's events name a moment of this path; so no mode has to know of branches.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from attrs import evolve

from timepoint_pro.modes.base import Plan
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import BRANCH_MARK, Timeline, Timepoint, TimepointPlanned


def on_branch(plan: Plan, timeline: Timeline) -> Plan:
    """``plan`` with the ids of the branch that ``timeline`` is on; the same plan on a trunk.

    Args:
        plan: of the mode.
        timeline: of the world that it was made from.
    """
    branch = timeline.branch
    if not branch:
        return plan
    here = {one.key: one.id for one in timeline.passed}
    fresh = [event.timepoint for event in plan.events if isinstance(event, TimepointPlanned)]
    here.update({one.key: _id(one, branch) for one in (*fresh, *plan.next)})
    following = tuple(_moved(one, branch, here) for one in plan.next)
    events = tuple(_renamed(event, branch, here) for event in plan.events)
    planned = {event.timepoint.id for event in events if isinstance(event, TimepointPlanned)}
    missing = tuple(TimepointPlanned(one) for one in following if one.id not in planned)
    return Plan((*events, *missing), following, tuple(_moved(one, branch, here) for one in plan.beside))


def _id(moment: Timepoint, branch: str) -> str:
    return f"{moment.key}{BRANCH_MARK}{branch}" if moment.id == moment.key else moment.id


def _moved(moment: Timepoint, branch: str, here: Mapping[str, str]) -> Timepoint:
    """The moment on ``branch``; one that has its own branch already stays as it is."""
    if moment.id != moment.key:
        return moment
    return evolve(
        moment,
        id=_id(moment, branch),
        path=branch,
        antecedents=tuple(here.get(one, one) for one in moment.antecedents),
        loops=tuple(here.get(one, one) for one in moment.loops),
    )


def _renamed(event: Event, branch: str, here: Mapping[str, str]) -> Event:
    if isinstance(event, TimepointPlanned):
        return evolve(event, timepoint=_moved(event.timepoint, branch, here))
    named: dict[str, Any] = {
        field.name: here[getattr(event, field.name)]
        for field in attrs.fields(type(event))
        if field.name in ("timepoint_id", "after") and getattr(event, field.name) in here
    }
    return evolve(event, **named) if named else event
