"""Whole runs: the same again, interrupted and resumed, from inside a running event loop."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from timepoint_pro.engine.progress import Progress
from timepoint_pro.errors import (
    RunDivergedError,
    RunExistsError,
    RunInterruptedError,
    StoreError,
    TemplateError,
    UsageError,
)
from timepoint_pro.mechanisms.m11_dialog import Dialog
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template

TEMPLATES = ("mars_mission_portal", "board_meeting", "convergence/simple")
TABLES = ("events", "llm_calls", "entities", "timepoints", "dialogs", "causal_edges", "exposure_events", "states",
          "relationships", "paths", "violations")  # fmt: skip


def content(store: RunStore, run_id: str) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the database about a run, but its id and the store's stamps."""
    return {
        table: sorted(
            tuple(value for name, value in row.items() if name != "run_id")
            for row in store.iterate(f"SELECT * FROM {table} WHERE run_id = ?", (run_id,))
        )
        for table in TABLES
    }


def simulate(name: str, store: RunStore | str = ":memory:", seed: int = 4, **arguments: object) -> Run:
    return Simulation.from_template(name, seed=seed, store=store, **arguments).run()  # type: ignore[arg-type]


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_same_seed_gives_the_same_run_and_another_seed_another(name: str) -> None:
    store = RunStore(":memory:")
    first, again, other = (simulate(name, store, seed).run_id for seed in (4, 4, 5))
    assert content(store, first) == content(store, again)
    assert content(store, first)["dialogs"] != content(store, other)["dialogs"]


def test_the_order_of_hashing_does_not_show() -> None:
    script = (
        "from timepoint_pro.simulation import Simulation; import hashlib\n"
        "run = Simulation.from_template('mars_mission_portal', seed=4, store=':memory:').run()\n"
        "rows = [r['body'] for r in run.store.event_rows(run.run_id)]\n"
        "rows += [r['context'] for r in run.store.query('SELECT context FROM dialogs ORDER BY turn_id')]\n"
        "print(hashlib.sha256('\\n'.join(rows).encode()).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": number}, check=True,
            capture_output=True, text=True,
        ).stdout
        for number in ("1", "2", "3")
    }  # fmt: skip
    assert len(digests) == 1


class Crash(Exception):
    """Stands for anything that ends a process."""


@pytest.mark.parametrize("name", ["mars_mission_portal", "convergence/simple"])
def test_a_run_that_stopped_anywhere_goes_on_to_the_same_end(name: str) -> None:
    store = RunStore(":memory:")
    whole = simulate(name, store)
    for stop in range(1, whole.turns, 7):
        turns = 0

        def crash(progress: Progress, stop: int = stop) -> None:
            nonlocal turns
            turns += progress.kind == "turn"
            if turns == stop:
                raise Crash

        simulation = Simulation.from_template(name, seed=4, store=store, run_id=f"stopped-at-{stop}")
        with pytest.raises(Crash):
            simulation.run(crash)
        assert store.run_row(f"stopped-at-{stop}")["status"] == "failed"
        resumed = Simulation.resume(f"stopped-at-{stop}", store).run()
        assert resumed.status == "completed"
        assert content(store, resumed.run_id) == content(store, whole.run_id)


def test_a_killed_process_leaves_a_run_that_can_be_read_and_resumed(tmp_path: Path) -> None:
    database = tmp_path / "runs.db"
    script = (
        "import sys; from timepoint_pro.simulation import Simulation\n"
        f"Simulation.from_template('mars_mission_portal', seed=4, store={str(database)!r}, run_id='killed').run(\n"
        "    lambda p: print(p.kind, flush=True))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    closed = 0
    for line in process.stdout:
        closed += line.strip() == "closed"
        if closed == 2:
            break
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=20)
    process.stdout.close()
    store = RunStore(database)
    store.check()
    before = store.load("killed")
    assert 1 <= len(before.timepoints) < 6
    assert before.turns == len(store.query("SELECT 1 FROM dialogs"))
    resumed = Simulation.resume("killed", store).run()
    whole = simulate("mars_mission_portal", store)
    assert content(store, "killed") == content(store, whole.run_id)
    assert resumed.turns == whole.turns


def test_a_full_database_says_so_and_the_run_goes_on_when_there_is_room(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs.db")
    store.make()
    store.query("PRAGMA max_page_count = 75")
    with pytest.raises(StoreError, match="disk is full"):
        simulate("mars_mission_portal", store, run_id="full")
    store.close()
    with RunStore(tmp_path / "runs.db") as roomy:
        roomy.check()
        assert roomy.run_row("full")["status"] != "completed"
        Simulation.resume("full", roomy).run()
        whole = simulate("mars_mission_portal", roomy)
        assert content(roomy, "full") == content(roomy, whole.run_id)


def test_a_database_that_is_none_is_left_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, and dear to somebody\n")
    with pytest.raises(StoreError, match="not a SQLite database"):
        simulate("convergence/simple", str(file))
    assert file.read_text() == "not a database, and dear to somebody\n"


def test_an_interrupt_says_how_to_go_on(tmp_path: Path) -> None:
    database = tmp_path / "runs.db"
    script = (
        "from timepoint_pro.simulation import Simulation\n"
        f"Simulation.from_template('mars_mission_portal', seed=4, store={str(database)!r}, run_id='stopped').run(\n"
        "    lambda p: print(p.kind, flush=True))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=20)
    if process.returncode == 0:
        pytest.skip("the run was over before the signal came")
    assert "timepoint resume stopped" in err
    store = RunStore(database)
    assert store.run_row("stopped")["status"] == "interrupted"
    assert Simulation.resume("stopped", store).run().status == "completed"


def test_a_cancelled_run_is_marked_and_resumes() -> None:
    store = RunStore(":memory:")

    async def cancel_early() -> None:
        simulation = Simulation.from_template("convergence/simple", store=store, run_id="cancelled")
        task = asyncio.create_task(simulation.arun(lambda progress: task.cancel() if progress.turns == 3 else None))
        await task

    try:
        asyncio.run(cancel_early())
    except (RunInterruptedError, asyncio.CancelledError):
        assert store.run_row("cancelled")["status"] == "interrupted"
    assert Simulation.resume("cancelled", store).run().status == "completed"


def test_resuming_a_complete_run_changes_nothing_of_it(tmp_path: Path) -> None:
    with RunStore(tmp_path / "runs.db") as store:
        simulate("convergence/simple", store, run_id="whole")
        before = store.run_row("whole")
        again = Simulation.resume("whole", store).run()
        assert again.status == "completed"
        assert store.run_row("whole") == before


def test_a_resume_with_other_parts_is_refused_by_name_unless_accepted() -> None:
    store = RunStore(":memory:")
    run = simulate("convergence/simple", store)
    with pytest.raises(RunDivergedError, match="M11"):
        Simulation.resume(run.run_id, store, mechanisms=[Dialog(max_turns=5)])
    accepted = Simulation.resume(run.run_id, store, mechanisms=[Dialog(max_turns=5)], accept_changes=True)
    assert accepted.run().status == "completed"


def test_runs_work_inside_a_running_event_loop() -> None:
    async def notebook_cell() -> Run:
        return simulate("convergence/simple")

    outside, inside = simulate("convergence/simple"), asyncio.run(notebook_cell())
    assert [turn for dialog in inside.dialogs for turn in dialog.turns] == [
        turn for dialog in outside.dialogs for turn in dialog.turns
    ]


def test_streaming_tells_every_turn_and_ends_with_done() -> None:
    async def collect() -> list[Progress]:
        simulation = Simulation.from_template("convergence/simple", store=":memory:")
        return [progress async for progress in simulation.stream()]

    progress = asyncio.run(collect())
    turns = [one for one in progress if one.kind == "turn"]
    assert progress[-1].kind == "done"
    assert progress[-1].turns == len(turns) > 5
    assert all(one.content for one in turns)
    assert {one.speaker for one in turns} <= {"Ines", "Rob", "Marta"}


def test_a_run_id_is_taken_once() -> None:
    store = RunStore(":memory:")
    simulate("convergence/simple", store, run_id="mine")
    with pytest.raises(RunExistsError, match="mine"):
        simulate("convergence/simple", store, run_id="mine")


@pytest.mark.parametrize("seed", ["7", 1.5, None, True])
def test_a_seed_is_a_whole_number(seed: object) -> None:
    with pytest.raises(UsageError, match="seed"):
        Simulation.from_template("convergence/simple", seed=seed)


def test_nothing_is_written_for_a_template_that_cannot_be_used(tmp_path: Path) -> None:
    database = tmp_path / "metadata" / "runs.db"
    with pytest.raises(TemplateError):
        Simulation({"scenario_description": "x", "entities": {"count": 0}}, store=database).run()
    assert not database.parent.exists()


def test_a_hundred_moments_stay_flat_in_stack_and_time() -> None:
    template = Template.from_template("convergence/simple").with_changes({"timepoints.count": 100})
    started = time.process_time()
    run = Simulation(template, store=":memory:").run()
    assert len(run.timepoints) == 100
    assert time.process_time() - started < 60
