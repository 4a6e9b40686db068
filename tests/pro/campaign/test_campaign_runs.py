"""Playing campaigns: what is kept, when they stop, what failures and caps do; any way of playing is the same."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from small_campaigns import VARIED, campaign, exported, small

from timepoint_pro import Campaign, RunStore, Simulation
from timepoint_pro.campaign import CampaignProgress, campaigns, find_status
from timepoint_pro.campaign.worker import play_job
from timepoint_pro.errors import (
    BudgetReachedError,
    CampaignInterruptedError,
    ModelError,
    RunBusyError,
    StoreError,
    UsageError,
)
from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend


class Priced:
    """The built-in model at a price, as if it were remote; it may fail, and it says what it was asked."""

    name = "priced"

    def __init__(self, cost: float = 0.01, failing: frozenset[int] = frozenset()) -> None:
        self.cost, self.failing, self.asked = cost, failing, 0
        self._inner = ScriptedBackend()

    async def complete(self, request: Request, /) -> Completion:
        self.asked += 1
        await asyncio.sleep(0)
        if self.asked in self.failing:
            raise ModelError("the line is dead", model=request.model)
        found = await self._inner.complete(request)
        return Completion(value=found.value, text=found.text, tokens_in=1, tokens_out=1, cost_usd=self.cost)

    async def aclose(self) -> None:
        """Nothing is open."""


class Inline(Executor):
    """Plays what it is given at once, last in first out where ``hold`` says so; it may lose its first answers."""

    def __init__(self, lose: int = 0) -> None:
        self.lose, self.taken = lose, 0

    def submit(self, work: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.taken += 1
        result = work(*arguments, **named)
        if self.taken <= self.lose:
            future.set_exception(ConnectionError("the worker is gone"))
        else:
            future.set_result(result)
        return future


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Campaign, dict[str, bytes]]]:
    """A campaign that was played without a break, and its export. Only read it."""
    folder = tmp_path_factory.mktemp("played")
    made = campaign(folder / "runs.db")
    made.run()
    yield made, exported(made, folder / "out")
    made.store.close()


def test_every_run_of_the_plan_is_played_once(played: tuple[Campaign, dict[str, bytes]]) -> None:
    made, _files = played
    status = made.status()
    assert (status.status, status.planned, status.completed, status.kept, status.failed) == ("completed", 6, 6, 6, 0)
    runs = list(made.runs())
    assert [run.run_id for run in runs] == [f"{made.campaign_id}-{number:05d}" for number in range(6)]
    assert len({run.seed for run in runs}) == 6
    assert len({run.template.digest() for run in runs}) == 3
    assert status.turns == sum(run.turns for run in runs)


def test_a_run_of_it_is_the_same_alone(played: tuple[Campaign, dict[str, bytes]]) -> None:
    made, _files = played
    run = next(made.runs())
    alone = Simulation(run.template, seed=run.seed, store=":memory:").run()
    assert [turn.content for one in alone.dialogs for turn in one.turns] == [
        turn.content for one in run.dialogs for turn in one.turns
    ]


def test_again_there_is_nothing_left_to_do(played: tuple[Campaign, dict[str, bytes]]) -> None:
    made, _files = played
    told: list[CampaignProgress] = []
    again = campaign(made.store)
    assert again.campaign_id == made.campaign_id
    assert again.run(listener=told.append).completed == 6
    assert [one.kind for one in told] == ["started", "done"]
    assert told[-1].status == "completed"


@pytest.mark.parametrize("how", [{"concurrency": 1}, {"concurrency": 2, "executor": Inline()}], ids=["one", "executor"])
def test_any_way_of_playing_exports_the_same(
    played: tuple[Campaign, dict[str, bytes]], tmp_path: Path, how: dict[str, Any]
) -> None:
    made = campaign(tmp_path / "runs.db")
    assert made.run(**how).kept == 6
    assert exported(made, tmp_path / "out") == played[1]


def test_what_was_stopped_goes_on_and_exports_the_same(
    played: tuple[Campaign, dict[str, bytes]], tmp_path: Path
) -> None:
    made = campaign(tmp_path / "runs.db")

    async def stop_after(runs: int) -> None:
        ended = asyncio.Event()

        def listener(progress: CampaignProgress) -> None:
            if progress.kind == "run" and progress.completed >= runs:
                ended.set()

        playing = asyncio.create_task(made.arun(2, listener=listener))
        await ended.wait()
        playing.cancel()
        with pytest.raises(CampaignInterruptedError, match=f"timepoint campaign resume {made.campaign_id}"):
            await playing

    asyncio.run(stop_after(2))
    status = made.status()
    assert status.status == "interrupted"
    assert 2 <= status.completed < 6
    with RunStore(tmp_path / "runs.db") as store:
        again = Campaign.resume("last", store)
        assert again.run().completed == 6
        assert exported(again, tmp_path / "out") == played[1]


def test_enough_records_keep_the_same_runs_at_any_concurrency(tmp_path: Path) -> None:
    kept = []
    for concurrency in (1, 5):
        made = campaign(tmp_path / f"{concurrency}.db", repeats=3, records=25)
        status = made.run(concurrency)
        kept.append([run.run_id for run in made.runs()])
        assert status.status == "completed"
        assert 25 <= status.records < 25 + 20
        assert status.completed < 9 or status.surplus
    assert kept[0] == kept[1]
    more = campaign(tmp_path / "1.db", repeats=3, records=45)
    more.run()
    assert [run.run_id for run in more.runs()][: len(kept[0])] == kept[0]
    assert more.status().records >= 45


def test_near_duplicate_runs_are_dropped_and_counted(tmp_path: Path) -> None:
    tasks = {"count": 3, "strategies": ["vary_starting_conditions"], "deduplication_threshold": 0.05}
    made = campaign(tmp_path / "runs.db", repeats=1, variations=tasks)
    status = made.run()
    assert (status.completed, status.kept, status.duplicates) == (3, 1, 2)
    first = f"{made.campaign_id}-00000"
    assert [row["duplicate_of"] for row in made.rows()] == ["", first, first]
    assert [run.run_id for run in made.runs()] == [first]
    none = campaign(tmp_path / "runs.db", repeats=1, variations={**tasks, "deduplication_threshold": 0.95})
    assert none.run().duplicates == 0


def test_the_cells_of_a_grid_share_their_random_numbers(tmp_path: Path) -> None:
    made = campaign(tmp_path / "runs.db", variations=0, repeats=1, grid={"temporal.dramatic_tension": [0.2, 0.8]})
    made.run()
    one, other = made.runs()
    assert one.seed == other.seed
    assert one.template.temporal.dramatic_tension != other.template.temporal.dramatic_tension
    assert [turn.content for turn in one.dialogs[0].turns] == [turn.content for turn in other.dialogs[0].turns]


def test_time_stops_a_sitting_and_the_next_goes_on(tmp_path: Path) -> None:
    made = campaign(tmp_path / "runs.db", max_seconds=0.05)
    status = made.run(1)
    assert status.status == "stopped"
    assert status.completed < 6
    assert Campaign.resume("last", made.store, max_seconds=None).run().completed == 6


def test_a_failed_run_is_named_and_tried_again(tmp_path: Path) -> None:
    made = campaign(tmp_path / "runs.db", variations=0, repeats=3, backend=Priced(failing=frozenset({2})))
    status = made.run(1)
    assert (status.status, status.completed, status.failed) == ("failed", 2, 1)
    assert status.failures[0].run_id.endswith("-00000")
    assert "the line is dead" in status.failures[0].error
    again = campaign(made.store, variations=0, repeats=3, backend=Priced())
    assert again.run().completed == 3


def test_failures_in_a_row_stop_a_campaign(tmp_path: Path) -> None:
    dead = Priced(failing=frozenset(range(1000)))
    made = campaign(tmp_path / "runs.db", variations=0, repeats=50, backend=dead, failures=3)
    status = made.run(1)
    assert status.status == "failed"
    assert status.error.startswith("3 runs in a row failed, the last one with: the line is dead")
    assert status.failed == 3


@pytest.mark.parametrize("executor", [None, Inline()], ids=["here", "executor"])
def test_a_cap_on_the_whole_is_held_and_can_be_raised(tmp_path: Path, executor: Executor | None) -> None:
    def made(cap: float) -> Campaign:
        return campaign(tmp_path / "runs.db", variations=0, repeats=4, backend=Priced(0.01), max_cost_usd=cap)

    with pytest.raises(BudgetReachedError, match="cap of"):
        made(0.25).run(3, executor)
    status = made(0.25).status()
    assert status.status == "budget"
    spent = made(0.25).store.query("SELECT sum(cost_usd) AS spent FROM llm_attempts")[0]["spent"]
    assert 0.2 < spent <= 0.25 + 1e-9
    assert made(5.0).run(3, executor).completed == 4
    paid = made(5.0).store.query("SELECT count(*) AS n, count(DISTINCT cache_key) AS d FROM llm_attempts")[0]
    assert paid["n"] == paid["d"]


def test_a_cap_on_each_run_fails_that_run(tmp_path: Path) -> None:
    made = campaign(tmp_path / "runs.db", variations=0, repeats=2, backend=Priced(), run_max_cost_usd=0.03)
    status = made.run(1)
    assert (status.status, status.failed) == ("failed", 2)
    assert {one.status for one in status.failures} == {"budget"}


def test_the_same_request_of_two_runs_at_once_is_sent_once(tmp_path: Path) -> None:
    backend = Priced()
    grid = {"temporal.dramatic_tension": [0.2, 0.8]}
    made = campaign(tmp_path / "runs.db", variations=0, repeats=1, grid=grid, backend=backend)
    made.run(2)
    assert backend.asked == made.store.query("SELECT count(*) AS n FROM llm_calls")[0]["n"] / 2


def test_a_lost_worker_has_its_run_handed_out_again(
    played: tuple[Campaign, dict[str, bytes]], tmp_path: Path
) -> None:
    made = campaign(tmp_path / "runs.db")
    executor = Inline(lose=2)
    assert made.run(2, executor).completed == 6
    assert executor.taken == 8
    assert exported(made, tmp_path / "out") == played[1]
    assert campaign(tmp_path / "x.db", repeats=1).run(1, Inline(lose=4)).failures[0].error.startswith(
        "its worker was lost 4 times; ConnectionError"
    )


def test_a_broken_executor_says_so_and_the_campaign_goes_on(tmp_path: Path) -> None:
    class Broken(Inline):
        def submit(self, work: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
            if self.taken == 2:
                raise BrokenExecutor("a worker was killed")
            return super().submit(work, *arguments, **named)

    made = campaign(tmp_path / "runs.db")
    with pytest.raises(UsageError, match=r"a worker was killed.*start the campaign again"):
        made.run(1, Broken())
    assert made.run().completed == 6


def test_a_worker_needs_no_database_and_gives_the_run_back_whole(tmp_path: Path) -> None:
    class Seen(ThreadPoolExecutor):
        jobs: list[Any]

        def submit(self, work: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
            self.jobs.append(arguments[0])
            return super().submit(work, *arguments, **named)

    with Seen(1) as pool:
        pool.jobs = []
        made = campaign(tmp_path / "runs.db", repeats=1, variations=0, backend=Priced(), model="priced")
        made.run(1, pool)
    ended, parcel = play_job(pool.jobs[0])
    with RunStore(":memory:") as elsewhere:
        from timepoint_pro.store.parcels import unpack

        unpack(elsewhere, parcel)
        unpack(elsewhere, parcel)
        for table in ("events", "llm_attempts", "dialogs", "llm_prompts"):
            count = f"SELECT count(*) AS n FROM {table}"
            assert elsewhere.query(count) == made.store.query(count)
        with pytest.raises(StoreError, match="hold no run"):
            unpack(elsewhere, b"nonsense")
    assert ended.turns == made.status().turns


def test_a_campaign_is_played_by_one_process_at_a_time(tmp_path: Path) -> None:
    made = campaign(tmp_path / "runs.db")
    refused: list[str] = []

    def listener(progress: CampaignProgress) -> None:
        if progress.kind == "run" and not refused:
            assert find_status(made.store, made.campaign_id).status == "running"
            with pytest.raises(RunBusyError) as error:
                campaign(made.store).run()
            refused.append(str(error.value))

    made.run(listener=listener)
    assert f"campaign {made.campaign_id!r} is being played by process" in refused[0]


def test_an_id_stands_for_one_plan(tmp_path: Path) -> None:
    campaign(tmp_path / "runs.db", campaign_id="hall", repeats=1).run()
    with pytest.raises(UsageError, match=r"with another plan.*timepoint campaign resume hall"):
        campaign(tmp_path / "runs.db", campaign_id="hall", repeats=2).run()
    with RunStore(tmp_path / "runs.db") as store:
        assert [one.campaign_id for one in campaigns(store)] == ["hall"]
        with pytest.raises(StoreError, match=r"no campaign 'hal'.*did you mean 'hall'"):
            Campaign.resume("hal", store)


def test_a_deleted_run_is_played_again(tmp_path: Path) -> None:
    made = campaign(tmp_path / "runs.db", repeats=1)
    made.run()
    before = exported(made, tmp_path / "before")
    made.store.delete_run(f"{made.campaign_id}-00001")
    assert made.run().completed == 3
    assert exported(made, tmp_path / "after") == before


def test_a_full_database_is_one_clear_error_and_goes_on(
    played: tuple[Campaign, dict[str, bytes]], tmp_path: Path
) -> None:
    store = RunStore(tmp_path / "runs.db")
    store.make()
    pages = store.query("PRAGMA page_count")[0]["page_count"]
    store.query(f"PRAGMA max_page_count = {pages + 60}")
    with pytest.raises(StoreError, match=r"runs\.db: cannot .*the disk is full; make room, then resume"):
        campaign(store).run()
    store.close()
    made = campaign(tmp_path / "runs.db")
    made.store.check()
    assert made.run().completed == 6
    assert exported(made, tmp_path / "out") == played[1]


def test_a_database_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    made = campaign(tmp_path / "runs.db", repeats=1)
    made.run()
    made.store.close()
    with RunStore(tmp_path / "runs.db", read_only=True) as store:
        assert find_status(store, "last").completed == 3
        with pytest.raises(StoreError, match="read-only"):
            campaign(store, repeats=2).run()
        store.check()


def test_an_older_database_is_brought_up_to_date(tmp_path: Path) -> None:
    with RunStore(tmp_path / "runs.db") as store:
        store.make()
    with sqlite3.connect(tmp_path / "runs.db") as connection:
        connection.executescript("DROP TABLE campaign_runs; DROP TABLE campaigns; PRAGMA user_version = 2;")
    connection.close()
    with RunStore(tmp_path / "runs.db", read_only=True) as store:
        assert campaigns(store) == []
    assert campaign(tmp_path / "runs.db", repeats=1, variations=VARIED).run().completed == 3


def test_it_runs_inside_a_running_loop(tmp_path: Path) -> None:
    async def notebook() -> int:
        return Campaign(small(), store=tmp_path / "runs.db").run().completed

    assert asyncio.run(notebook()) == 1


@pytest.mark.parametrize("concurrency", [0, -1, 1.5, True])
def test_a_concurrency_that_is_none(tmp_path: Path, concurrency: Any) -> None:
    with pytest.raises(UsageError, match="concurrency"):
        campaign(tmp_path / "runs.db").run(concurrency)
