"""Runs that the tests of this folder read."""

from __future__ import annotations

import pytest

from timepoint_pro.run import Run
from timepoint_pro.simulation import Simulation


@pytest.fixture(scope="session")
def mars() -> Run:
    """A portal run; only read it."""
    return Simulation.from_template("mars_mission_portal", seed=7, store=":memory:", run_id="mars").run()


@pytest.fixture(scope="session")
def board() -> Run:
    """A forward run in which not everybody is always there; only read it."""
    return Simulation.from_template("board_meeting", seed=1, store=":memory:", run_id="board").run()
