from __future__ import annotations

from pathlib import Path

import pytest
from served import TOKEN
from starlette.testclient import TestClient

from timepoint_pro.server import application
from timepoint_pro.simulation import Simulation

LOCAL = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two completed runs; ``run_b`` is the newest."""
    path = tmp_path_factory.mktemp("served") / "runs.db"
    Simulation.from_template("mars_mission_portal", seed=7, store=path, run_id="run_a").run()
    Simulation.from_template("convergence/simple", seed=1, store=path, run_id="run_b").run()
    return path


@pytest.fixture(scope="session")
def client(database: Path) -> TestClient:
    return TestClient(application(database), base_url=LOCAL, raise_server_exceptions=False)


@pytest.fixture(scope="session")
def guarded(database: Path) -> TestClient:
    """The same interface as others reach it, with a token."""
    return TestClient(application(database, token=TOKEN, local_only=False), base_url="http://box.example:8000")
