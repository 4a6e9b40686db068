"""Killed at any moment a campaign goes on, asks nothing again that was kept, and exports the same."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from small_campaigns import campaign, exported

from timepoint_pro import RunStore

PLAY = Path(__file__).with_name("small_campaigns.py")
ROOT = Path(__file__).parents[3]


def test_sigkill_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    chance = random.Random(3)
    database = tmp_path / "runs.db"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    logs: dict[tuple[str, str, int], str] = {}
    for _ in range(4):
        process = subprocess.Popen([sys.executable, str(PLAY), str(database)], env=environment)
        begun = time.monotonic()
        while process.poll() is None and not database.exists() and time.monotonic() - begun < 20:
            time.sleep(0.01)
        time.sleep(0.1 + 0.5 * chance.random())
        process.send_signal(signal.SIGKILL)
        process.wait()
        with RunStore(database) as store:
            store.check()
            for row in store.query("SELECT run_id, chunk, seq, body FROM events"):
                assert logs.setdefault((row["run_id"], row["chunk"], row["seq"]), row["body"]) == row["body"]
    with RunStore(database) as store:
        made = campaign(store, repeats=4, campaign_id="killed")
        assert made.run().completed == 12
        for (run_id, chunk, seq), body in logs.items():
            sql = "SELECT body FROM events WHERE run_id = ? AND chunk = ? AND seq = ?"
            assert store.query(sql, (run_id, chunk, seq)) == [{"body": body}]
        whole = campaign(tmp_path / "whole.db", repeats=4, campaign_id="killed")
        whole.run()
        assert exported(made, tmp_path / "killed") == exported(whole, tmp_path / "whole")


def test_two_processes_on_one_database(tmp_path: Path) -> None:
    database = tmp_path / "runs.db"
    with RunStore(database) as store:
        store.make()
    process = subprocess.Popen(
        [sys.executable, str(PLAY), str(database)], env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    made = campaign(database, campaign_id="other")
    assert made.run().completed == 6
    assert process.wait(timeout=60) == 0
    made.store.check()
    counts = {row["status"]: row["n"] for row in made.store.query("SELECT status, count(*) n FROM runs GROUP BY 1")}
    assert counts == {"completed": 18}


def test_worker_processes_export_the_same(tmp_path: Path) -> None:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    here, there = campaign(tmp_path / "here.db", repeats=1), campaign(tmp_path / "there.db", repeats=1)
    here.run()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert there.run(3, pool).completed == 3
    assert exported(there, tmp_path / "there") == exported(here, tmp_path / "here")
