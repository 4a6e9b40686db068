"""A database with one finished run, and the command line in this process."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from command_line import SETTINGS, Timepoint

from timepoint_pro.cli.group import commands
from timepoint_pro.simulation import Simulation


@pytest.fixture(scope="session")
def mars_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that holds ``mars``, a run of the Mars template with seed 7. Only read it."""
    db = tmp_path_factory.mktemp("mars") / "runs.db"
    Simulation.from_template("mars_mission_portal", seed=7, store=db, run_id="mars").run()
    return db


@pytest.fixture
def timepoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Timepoint:
    """Calls ``timepoint`` with these arguments, in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(SETTINGS):
            monkeypatch.delenv(name)

    def call(*arguments: str | Path) -> Result:
        return CliRunner().invoke(commands, [str(one) for one in arguments], prog_name="timepoint")

    return call

