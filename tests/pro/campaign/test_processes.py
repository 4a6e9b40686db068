"""Worker processes that play many runs at once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from small_campaigns import campaign, exported

from timepoint_pro.campaign import CampaignProgress
from timepoint_pro.campaign.processes import Processes, WorkerLostError
from timepoint_pro.errors import RunNotFoundError, UsageError
from timepoint_pro.llm.shared import Shared

sys.path.append(str(Path(__file__).parents[1] / "llm"))

from serving import Served


async def napping(shared: Shared, seconds: float) -> tuple[int, int]:
    """Sleeps; its process, and the number of naps there at once."""
    shared.in_flight += 1
    await asyncio.sleep(seconds)
    return os.getpid(), shared.in_flight


async def failing(_shared: Shared) -> None:
    raise UsageError("told to fail")


async def failing_oddly(_shared: Shared) -> None:
    raise RunNotFoundError("run_1", ["run_2"])


@pytest.mark.parametrize("workers", [0, -1, 1.5])
def test_a_number_of_processes_is_whole_and_above_0(workers: Any) -> None:
    with pytest.raises(UsageError, match="workers: expected a whole number above 0"):
        Processes(workers)


def test_a_process_has_several_things_under_way() -> None:
    with Processes(2) as pool:
        naps = [pool.begin(napping, 0.5) for _ in range(8)]
        found = [nap.result(timeout=60) for nap in naps]
        assert pool.submit(sum, [1, 2]).result(timeout=60) == 3
        with pytest.raises(UsageError, match="told to fail"):
            pool.begin(failing).result(timeout=60)
        with pytest.raises(RunNotFoundError, match="run_1"):
            pool.begin(failing_oddly).result(timeout=60)
        with pytest.raises(RuntimeError, match="ZeroDivisionError"):
            pool.submit(divmod, 1, 0).result(timeout=60)
    assert sorted(count for _process, count in found) == [4] * 8
    assert len({process for process, _count in found}) == 2
    with pytest.raises(RuntimeError, match="have ended"):
        pool.submit(sum, [1])


def test_a_process_that_dies_fails_what_it_had_and_is_replaced() -> None:
    with Processes(1) as pool:
        process, _count = pool.begin(napping, 0.0).result(timeout=60)
        naps = [pool.begin(napping, 600.0) for _ in range(3)]
        os.kill(process, signal.SIGKILL)
        for nap in naps:
            with pytest.raises(WorkerLostError, match=str(process)):
                nap.result(timeout=60)
        assert pool.begin(napping, 0.0).result(timeout=60)[0] != process


def test_what_cannot_be_sent_back_is_an_error_and_nobody_waits_for_it() -> None:
    with Processes(1) as pool:
        with pytest.raises(RuntimeError, match="cannot be sent back: TypeError"):
            pool.submit(threading.Lock).result(timeout=60)
        assert pool.submit(os.getpid).result(timeout=60) != os.getpid()


def test_leaving_by_an_error_does_not_wait() -> None:
    began = time.monotonic()
    naps: list[Future[tuple[int, int]]] = []
    with pytest.raises(UsageError, match="told to fail"):
        _left_by_an_error(naps)
    with pytest.raises(WorkerLostError):
        naps[0].result(timeout=60)
    assert time.monotonic() - began < 60


def _left_by_an_error(naps: list[Future[tuple[int, int]]]) -> None:
    with Processes(1) as pool:
        naps.append(pool.begin(napping, 600.0))
        pool.begin(failing).result(timeout=60)


def test_a_killed_process_loses_and_doubles_nothing(tmp_path: Path) -> None:
    made, here = campaign(tmp_path / "there.db", repeats=4), campaign(tmp_path / "here.db", repeats=4)
    with Processes(2) as pool:
        victim = pool.submit(os.getpid).result(timeout=60)
        killed: list[int] = []

        def listener(progress: CampaignProgress) -> None:
            if progress.kind == "run" and progress.completed == 2 and not killed:
                killed.append(victim)
                os.kill(victim, signal.SIGKILL)

        status = made.run(6, pool, listener)
    assert killed
    assert (status.status, status.completed, status.failed) == ("completed", 12, 0)
    assert made.store.query("SELECT count(*) AS n FROM runs") == [{"n": 12}]
    made.store.check()
    here.run()
    assert exported(made, tmp_path / "there") == exported(here, tmp_path / "here")


def test_runs_wait_for_a_server_together(tmp_path: Path) -> None:
    """Two processes have six runs in flight, and export what one process does."""
    with Served() as server:
        server.control(latency=0.05)
        asked = {"model": "test/one", "base_url": server.url, "repeats": 2}
        there, here = campaign(tmp_path / "there.db", **asked), campaign(tmp_path / "here.db", **asked)
        with Processes(2) as pool:
            assert there.run(6, pool).completed == 6
        assert server.stats()["most_running"] > 2
        calls = server.requests
        here.run()
        assert server.requests == 2 * calls
    assert exported(there, tmp_path / "there") == exported(here, tmp_path / "here")


def test_a_campaign_that_stops_keeps_what_its_processes_have_asked(tmp_path: Path) -> None:
    """Stopped in the middle of all runs and played to its end, it asks nothing twice that was answered."""
    with Served() as server:
        server.control(latency=0.3)
        asked = {"model": "test/one", "base_url": server.url, "repeats": 2, "campaign_id": "stopped"}
        made = campaign(tmp_path / "there.db", **asked, max_seconds=2.5)
        kept: list[str] = []
        with Processes(2) as pool:
            while len(kept) < 6:
                assert made.run(6, pool).status == "stopped"
                kept = [row["response_id"] for row in made.store.query("SELECT response_id FROM llm_attempts")]
            while made.run(6, pool).status == "stopped":
                pass
        answered = server.stats()["answered"]
        assert {answered[one] for one in kept} == {1}
        here = campaign(tmp_path / "here.db", **asked)
        here.run()
    assert exported(made, tmp_path / "there") == exported(here, tmp_path / "here")


def test_what_is_interrupted_says_so() -> None:
    with Processes(1) as pool:
        pool.begin(napping, 0.0).result(timeout=60)
        nap = pool.begin(napping, 600.0)
        pool.interrupt()
        with pytest.raises(RuntimeError, match="cancelled before it was done"):
            nap.result(timeout=60)
        assert pool.submit(sum, [1, 2]).result(timeout=60) == 3
