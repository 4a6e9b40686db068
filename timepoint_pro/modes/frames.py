"""Frames: where a moment stands in its mode's own terms, for the tables and exports made from the log."""

from __future__ import annotations

from typing import Any

from timepoint_pro.modes.rounds import Rounds
from timepoint_pro.modes.stagecraft import Stagecraft
from timepoint_pro.records.timepoint import Timepoint
from timepoint_pro.records.world import World


def frame_of(world: World, timepoint: Timepoint) -> dict[str, Any] | None:
    """The frame of a played moment as plain data, ``words`` among it; None in modes that give none."""
    for facet in (world.find(Stagecraft), world.find(Rounds)):
        if facet is not None:
            return facet.frame(timepoint.id, timepoint.key)
    return None
