from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fence_story import fence

from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    with RunStore(tmp_path / "runs.db") as opened:
        yield opened


@pytest.fixture
def run(store: RunStore) -> Run:
    return Simulation(fence(), store=store, run_id="run_fence", seed=3).run()
