"""Looking into a database that is not there leaves no file; whoever writes makes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from timepoint_pro import Campaign, RunStore, Simulation
from timepoint_pro.errors import RunNotFoundError, StoreError


def test_a_look_leaves_nothing_behind(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "typo.db"
    with RunStore(file) as store:
        assert store.runs() == []
        assert store.query("SELECT count(*) AS n FROM events") == [{"n": 0}]
        for look in (store.load, store.data_export, store.tdf_document, store.delete_run):
            with pytest.raises(RunNotFoundError, match=r"no run 'last': .*typo\.db: there is no database"):
                look("last")
    for begin in (
        lambda: Simulation.resume("run_1", file),
        lambda: Simulation.fork("run_1", file, at="T1", intervention=()),
        lambda: Simulation.realise("run_1", file, path="P2"),
        lambda: Campaign.resume("hall", file),
    ):
        with pytest.raises(StoreError):
            begin()
    assert list(tmp_path.iterdir()) == []


def test_a_simulation_makes_its_database_and_its_folders(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "er" / "runs.db"
    simulation = Simulation.from_template("convergence/simple", seed=1, store=file, run_id="hall")
    assert not file.exists()
    simulation.run()
    with RunStore(file, read_only=True) as store:
        assert [row["run_id"] for row in store.runs()] == ["hall"]


def test_a_store_that_looked_before_there_was_a_file_writes_to_the_file(tmp_path: Path) -> None:
    file = tmp_path / "runs.db"
    with RunStore(file) as store:
        assert store.runs() == []
        Simulation.from_template("convergence/simple", seed=1, store=store, run_id="hall").run()
        assert store.load("hall").turns
    with RunStore(file, read_only=True) as again:
        assert again.load("hall").turns


def test_what_another_has_written_meanwhile_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "runs.db"
    with RunStore(file) as early:
        assert early.runs() == []
        Simulation.from_template("convergence/simple", seed=1, store=file, run_id="hall").run()
        assert [row["run_id"] for row in early.runs()] == ["hall"]
        early.delete_run("hall")
    with RunStore(file, read_only=True) as late:
        assert late.runs() == []


def test_a_database_can_be_made_without_runs(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "runs.db"
    with RunStore(file) as store:
        store.make()
        store.make()
    with RunStore(file, read_only=True) as store:
        assert store.runs() == []


def test_a_folder_that_cannot_be_made_is_named_when_something_is_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with RunStore(tmp_path / "file" / "runs.db") as store, pytest.raises(StoreError, match=r"runs\.db: cannot "):
        store.make()
