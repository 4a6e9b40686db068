"""Datasets rendered by several processes: the same bytes, the same errors, nothing left behind."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from timepoint_pro.errors import DataError, UsageError
from timepoint_pro.exporters import export_runs
from timepoint_pro.exporters.contract import Settings, Source
from timepoint_pro.exporters.dataset import processes
from timepoint_pro.exporters.dataset.processes import Renderer, rendering, shares, worker_count
from timepoint_pro.exporters.files import Outbox
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation

TASKS = ("dialog_turn", "counterfactual", "knowledge_boundary")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Run]]:
    path = tmp_path_factory.mktemp("several") / "runs.db"
    with RunStore(path) as store:
        for seed in range(3):
            Simulation.from_template("convergence/simple", seed=seed, store=store, run_id=f"run_{seed}").run()
        yield [store.load(f"run_{seed}") for seed in range(3)]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that an export started."""
    found: list[subprocess.Popen[bytes]] = []
    start = processes._started

    def noted() -> subprocess.Popen[bytes]:
        found.append(start())
        return found[-1]

    monkeypatch.setattr(processes, "_started", noted)
    return found


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_any_number_of_processes_writes_the_same_files(
    runs: list[Run], started: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    turn = runs[0].store.query("SELECT turn_id FROM dialogs WHERE run_id = 'run_0'")[0]["turn_id"]
    edits = tmp_path / "edits.jsonl"
    edits.write_text(
        f'{{"record_id": "run_0:dialog_turn:{turn}", "action": "drop"}}\n{{"record_id": "none", "action": "drop"}}\n'
    )
    options: dict[str, Any] = {
        "tasks": TASKS, "trainer": "openai", "max_tokens": 300, "edits": edits, "splits": {"train": 0.5, "test": 0.5},
    }  # fmt: skip
    export_runs(runs, tmp_path / "one", workers=1, **options)
    assert not started
    export_runs(runs, tmp_path / "two", workers=2, **options)
    assert len(started) == 1
    export_runs(runs, tmp_path / "three", workers=3, **options)
    assert len(started) == 3
    assert written(tmp_path / "one") == written(tmp_path / "two") == written(tmp_path / "three")
    assert all(process.returncode is not None for process in started)


def test_what_cannot_be_parted_is_written_by_this_process(
    runs: list[Run], started: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    export_runs(runs, tmp_path / "few")
    export_runs(runs, tmp_path / "filtered", workers=2, keep=lambda _record: True)
    export_runs(runs, tmp_path / "compared", workers=2, deduplication_threshold=0.9)
    assert not started


def test_what_a_record_raises_is_raised_here_and_nothing_is_left(runs: list[Run], tmp_path: Path) -> None:
    path = tmp_path / "broken.db"
    with RunStore(path) as store:
        for seed in range(2):
            Simulation.from_template("convergence/simple", seed=seed, store=store, run_id=f"run_{seed}").run()
        store.change("DELETE FROM entities WHERE run_id = ?", ("run_1",))
        with pytest.raises(DataError, match=r"'run_1': its dialogs name .* table entities does not hold"):
            export_runs([store.load("run_0"), store.load("run_1")], tmp_path / "out", workers=2)
    assert list((tmp_path / "out").iterdir()) == []


def _rendering(sources: list[Source], out: Outbox) -> AbstractContextManager[list[Renderer]]:
    return rendering(shares(sources, [""] * 3, 2, {})[1:], Settings(), {}, out)


def test_a_process_that_is_killed_is_named(
    runs: list[Run], started: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    sources = [Source(run.store, run.run_id) for run in runs]
    with Outbox(tmp_path / "out") as out, _rendering(sources, out) as renderers:
        for process in started:
            process.kill()
            process.wait()
        with pytest.raises(DataError, match="ended with -9; export again with workers=1"):
            renderers[0].report("dialog_turn")


def test_what_a_process_cannot_write_is_said_and_nothing_is_left(
    runs: list[Run], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nowhere = tmp_path / "nowhere" / "part"
    monkeypatch.setattr(Renderer, "_draft", lambda *_any: nowhere)
    with pytest.raises(DataError, match=f"{nowhere}: No such file or directory; give another --out"):
        export_runs(runs, tmp_path / "out", workers=2)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_whoever_is_killed_leaves_no_process_and_no_part_behind(runs: list[Run], tmp_path: Path) -> None:
    script = (
        "import os, signal\n"
        "from timepoint_pro.exporters import export_runs\n"
        "from timepoint_pro.exporters.dataset import processes\n"
        "from timepoint_pro.run_store import RunStore\n"
        "start = processes._started\n"
        "def started():\n"
        "    process = start()\n"
        "    print(process.pid, flush=True)\n"
        "    return process\n"
        "processes._started = started\n"
        "def report(self, task):\n"
        "    self._process.stdout.readline()\n"
        "    print(*[path.name for path in (*self._records.values(), self._lineage)], flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "processes.Renderer.report = report\n"
        f"with RunStore({runs[0].store.path!r}) as store:\n"
        f"    runs = [store.load(f'run_{{seed}}') for seed in range(3)]\n"
        f"    export_runs(runs, {str(tmp_path / 'out')!r}, tasks={TASKS!r}, workers=2)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert killed.returncode == -9, killed.stderr
    pid, parts = killed.stdout.splitlines()
    for _wait in range(400):
        gone = not Path(f"/proc/{pid}").exists() or "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
        if gone:
            break
        time.sleep(0.05)
    assert gone
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert not left & set(parts.split())
    assert all(name.startswith(".") and name.endswith(".tmp") for name in left)


def test_every_process_has_its_share(runs: list[Run]) -> None:
    sources = [Source(run.store, run.run_id) for run in runs]
    for workers in (1, 2, 3):
        parts = shares(sources, ["a", "b", "a"], workers, {})
        assert len(parts) == workers
        assert [one.run_id for part in parts for one in part.sources] == [run.run_id for run in runs]
        assert [side for part in parts for side in part.sides] == ["a", "b", "a"]
        assert all(part.sources for part in parts)


def test_shares_are_of_about_as_many_turns_each(runs: list[Run], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_turns", lambda _source: 9)
    monkeypatch.setattr(processes, "AHEAD", 0)
    sources = [Source(runs[0].store, f"run_{number}") for number in range(40)]
    assert sizes(sources, 4) == [10, 10, 10, 10]
    monkeypatch.setattr(processes, "AHEAD", 100)
    assert sizes(sources, 2) == [25, 15]


def test_runs_of_one_world_have_the_same_process(runs: list[Run], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_turns", lambda _source: 9)
    monkeypatch.setattr(processes, "AHEAD", 0)
    sources = [Source(runs[0].store, f"run_{number}") for number in range(8)]
    forks = {f"run_{number}": "a" for number in range(3, 7)}
    assert sizes(sources, 2, forks) == [3, 5]
    assert sizes(sources, 4, forks) == [2, 1, 4, 1]
    apart = {"run_0": "a", "run_7": "a"}
    assert worker_count(sources, Settings(), ("jsonl",), 4, forks) == 4
    assert worker_count(sources, Settings(), ("jsonl",), 4, apart) == 1


def sizes(sources: list[Source], workers: int, worlds: dict[str, str] | None = None) -> list[int]:
    return [len(part.sources) for part in shares(sources, [""] * len(sources), workers, worlds or {})]


@pytest.mark.parametrize("workers", [0, -1, 1.5, True, "2"])
def test_a_number_of_processes_is_whole_and_above_0(runs: list[Run], workers: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="workers: expected a whole number above 0"):
        export_runs(runs, tmp_path, workers=workers)
