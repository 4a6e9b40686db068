"""A campaign on Dask workers, one of which is killed in the middle."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from small_campaigns import campaign, exported

from timepoint_pro.campaign import CampaignProgress

distributed = pytest.importorskip("distributed")

pytestmark = [pytest.mark.dask, pytest.mark.filterwarnings("ignore")]


def test_a_killed_worker_loses_and_doubles_nothing(tmp_path: Path) -> None:
    made = campaign(tmp_path / "runs.db", repeats=4)
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        workers = sorted(client.run(os.getpid).values())
        killed: list[int] = []

        def listener(progress: CampaignProgress) -> None:
            if progress.kind == "run" and progress.completed == 3 and not killed:
                killed.append(workers[0])
                os.kill(workers[0], signal.SIGKILL)

        status = made.run(4, client.get_executor(pure=False), listener)
    assert killed
    assert (status.status, status.completed, status.failed) == ("completed", 12, 0)
    assert made.store.query("SELECT count(*) AS n FROM runs") == [{"n": 12}]
    made.store.check()
    here = campaign(tmp_path / "here.db", repeats=4)
    here.run()
    assert exported(made, tmp_path / "there") == exported(here, tmp_path / "here")
