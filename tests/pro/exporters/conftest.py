from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from handmade_run import Handmade, write_run

from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.store.database import Store

EPOCH = "1772800000"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    with Store(tmp_path / "runs.db") as opened:
        yield opened


@pytest.fixture
def hand(store: Store) -> Handmade:
    return write_run(store)


@pytest.fixture(scope="session")
def mars(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A whole run of a shipped portal template by the built-in model."""
    path = tmp_path_factory.mktemp("mars") / "runs.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", EPOCH)
        run = Simulation.from_template("mars_mission_portal", seed=7, store=path, run_id="run_mars").run()
        run.store.close()
        with RunStore(path, read_only=True) as store:
            yield store.load("run_mars")
