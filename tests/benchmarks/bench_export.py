"""Writing dialog_turn records: python tests/benchmarks/bench_export.py [RECORDS]

Three runs are played and entered again under other ids until there are enough turns. CPU time of this process, the
best of three; peak memory of a process that only exports.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from timepoint_pro.exporters import export_runs
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
    """Export everything three times and print what it took."""
    with RunStore(path, read_only=True) as store:
        runs = [store.load(row["run_id"]) for row in reversed(store.runs())]
        turns = store.query("SELECT count(*) AS turns FROM dialogs")[0]["turns"]
        best = float("inf")
        for _attempt in range(3):
            with tempfile.TemporaryDirectory() as folder:
                started = time.process_time()
                export_runs(runs, folder, tasks=["dialog_turn"])
                best = min(best, time.process_time() - started)
    # Not getrusage: its peak is that of the parent process where that one was larger.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(f"{turns} records: {best / turns * 1e6:.0f} us CPU a record, {best:.1f} s, peak {peak:.0f} MiB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as place:
            database = Path(place) / "runs.db"
            fill(database, int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
            subprocess.run([sys.executable, __file__, "--measure", str(database)], check=True)
