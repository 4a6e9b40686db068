"""Writing dialog_turn records: python tests/benchmarks/bench_export.py [RECORDS]

Three runs are played and entered again under other ids until there are enough turns. CPU time of all
processes and wall time, the best of two; peak memory of all processes of a program that only exports.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from timepoint_pro.exporters import export_runs
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.store.schema import TABLES

STORIES = ("mars_mission_portal", "board_meeting", "hospital_crisis")
LEFT_OUT = ("artifacts", "llm_attempts", "llm_prompts")


def fill(path: Path, records: int) -> None:
    """A database with at least so many turns."""
    with RunStore(path) as store:
        for seed, name in enumerate(STORIES):
            Simulation.from_template(name, seed=seed, store=store, run_id=f"run_{seed}").run()
        ids = [row["run_id"] for row in store.runs()]
        turns = store.query("SELECT count(*) AS turns FROM dialogs")[0]["turns"]
        for number in range(-(-records // turns) - 1):
            for run_id in ids:
                copy(store, run_id, f"{run_id}_{number}")


def copy(store: RunStore, run_id: str, copy_id: str) -> None:
    """Enter a run again under another id."""
    rows = {}
    for table, (columns, _key) in TABLES.items():
        if table not in LEFT_OUT:
            held = store.query(f"SELECT {', '.join(columns)} FROM {table} WHERE run_id = ?", (run_id,))
            rows[table] = [tuple({**row, "run_id": copy_id}[name] for name in columns) for row in held]
    store.insert(rows)


def measure(path: Path) -> None:
    """Export everything by one process and by one a core, twice each, and print what the better attempt took."""
    with RunStore(path, read_only=True) as store:
        runs = [store.load(row["run_id"]) for row in reversed(store.runs())]
        turns = store.query("SELECT count(*) AS turns FROM dialogs")[0]["turns"]
        for workers in (1, None):
            attempts = [attempt(runs, workers) for _number in range(2)]
            cpu, wall, peak = (min(values) for values in zip(*attempts, strict=True))
            print(
                f"{turns} records, {workers or 'default'} worker(s): {cpu / turns * 1e6:.0f} us CPU a record, "
                f"{cpu:.1f} s CPU, {wall:.1f} s wall, peak {peak:.0f} MiB", flush=True,
            )  # fmt: skip


def attempt(runs: list[Run], workers: int | None) -> tuple[float, float, float]:
    """CPU seconds of all processes, wall seconds, and the peak of the memory of all of them together in MiB."""
    with tempfile.TemporaryDirectory() as folder, watched() as peak:
        before, started = os.times(), time.perf_counter()
        export_runs(runs, folder, tasks=["dialog_turn"], workers=workers)
        wall, after = time.perf_counter() - started, os.times()
    return sum(after[:4]) - sum(before[:4]), wall, peak[0]


@contextmanager
def watched() -> Iterator[list[float]]:
    """Look at the memory of this process and its children twenty times a second; pages that they share count twice."""
    peak, done = [0.0], threading.Event()

    def look() -> None:
        while not done.wait(0.05):
            ids = [str(os.getpid()), *Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()]
            peak[0] = max(peak[0], sum(map(resident, ids)))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def resident(process: str) -> float:
    """Resident memory of a process in MiB; 0 when it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return int((status.partition("VmRSS:")[2].split() or ["0"])[0]) / 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as place:
            database = Path(place) / "runs.db"
            fill(database, int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
            subprocess.run([sys.executable, __file__, "--measure", str(database)], check=True)
