"""A run is played by one process at a time, and a killed one leaves nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from small_campaigns import small

from timepoint_pro import RunStore, Simulation
from timepoint_pro.errors import RunBusyError
from timepoint_pro.store.lease import is_leased, leased

HOLD = """
import sys
from timepoint_pro.store.lease import leased
with leased(sys.argv[1], "one"):
    print("held", flush=True)
    sys.stdin.read()
"""


def holding(database: Path) -> subprocess.Popen[str]:
    """A process that holds the lease of ``one`` until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_another_process_is_refused_and_told_who_plays(tmp_path: Path) -> None:
    database = tmp_path / "runs.db"
    with RunStore(database) as store:
        Simulation(small(), store=store, run_id="one").run()
        process = holding(database)
        assert is_leased(str(database), "one")
        with pytest.raises(RunBusyError, match=rf"run 'one' is being played by process {process.pid}; wait"):
            Simulation.resume("one", store).run()
        with pytest.raises(RunBusyError):
            store.delete_run("one")
        assert Simulation(small(), store=store, run_id="two").run().status == "completed"
        process.communicate()
        assert Simulation.resume("one", store).run().status == "completed"


def test_a_killed_process_loses_its_leases(tmp_path: Path) -> None:
    database = tmp_path / "runs.db"
    process = holding(database)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not is_leased(str(database), "one")
    with leased(str(database), "one"):
        assert is_leased(str(database), "one")


def test_one_process_holds_a_lease_once(tmp_path: Path) -> None:
    database = str(tmp_path / "runs.db")
    with leased(database, "one"), leased(database, "two"):
        with pytest.raises(RunBusyError):
            leased(database, "one").__enter__()
        link = tmp_path / "link.db"
        link.symlink_to(tmp_path / "runs.db")
        with pytest.raises(RunBusyError):
            leased(str(link), "one").__enter__()
    assert not is_leased(database, "one")


def test_letting_one_lease_go_keeps_the_others(tmp_path: Path) -> None:
    database = str(tmp_path / "runs.db")
    asks = f"from timepoint_pro.store.lease import is_leased; print(is_leased({database!r}, 'one'))"
    with leased(database, "one"):
        with leased(database, "two"):
            assert is_leased(database, "two")
        done = subprocess.run([sys.executable, "-c", asks], check=True, capture_output=True, text=True)
        assert done.stdout == "True\n"


def test_a_database_in_memory_has_no_leases() -> None:
    with leased(":memory:", "one"), leased(":memory:", "one"):
        assert not is_leased(":memory:", "one")
