"""Playing a campaign in this process: many runs on one event loop, one database, one limiter, one cache."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from timepoint_pro.campaign.ended import BUDGET, COMPLETED, FAILED, Ended, completed, ended_by
from timepoint_pro.campaign.plan import Item
from timepoint_pro.campaign.sitting import DRAINED, Sitting
from timepoint_pro.campaign.worker import without_mode
from timepoint_pro.engine.progress import Progress
from timepoint_pro.errors import (
    BudgetReachedError,
    RunBusyError,
    RunExistsError,
    RunInterruptedError,
    StoreError,
    TimepointError,
)
from timepoint_pro.simulation import Simulation


async def play_here(
    sitting: Sitting, arguments: Mapping[str, Any], concurrency: int, *, accept_changes: bool = False
) -> None:
    """Play what is left of a campaign, so many runs at once, until it is through or stops.

    Args:
        sitting: the campaign.
        arguments: as for ``Simulation``, the same for all runs.
        concurrency: runs under way at once, >= 1.
        accept_changes: go on with runs that have begun although mechanisms or prompts have changed.

    Raises:
        StoreError: when the database cannot be written; nothing else stops all runs.
    """
    items = sitting.todo()
    most = min(concurrency, len(sitting.plan))
    players = [
        asyncio.create_task(_player(sitting, items, arguments, accept_changes=accept_changes)) for _ in range(most)
    ]
    halt = asyncio.create_task(sitting.halt.wait())
    try:
        left: set[asyncio.Task[Any]] = set(players)
        while left and (not sitting.halt.is_set() or sitting.why in DRAINED):
            done, _pending = await asyncio.wait(
                left if sitting.halt.is_set() else {*left, halt}, return_when=asyncio.FIRST_COMPLETED
            )
            left -= done
            for player in done - {halt}:
                player.result()
    finally:
        halt.cancel()
        for player in players:
            player.cancel()
        await asyncio.gather(halt, *players, return_exceptions=True)
    for player in players:
        if not player.cancelled() and (error := player.exception()) is not None:
            raise error


async def _player(
    sitting: Sitting, items: Iterator[Item], arguments: Mapping[str, Any], *, accept_changes: bool
) -> None:
    """Play one run after the other."""
    for item in items:
        try:
            ended = await _play(sitting, item, arguments, accept_changes=accept_changes)
        except (RunInterruptedError, asyncio.CancelledError):
            sitting.given_up(item)
            return
        sitting.ended(item, ended)
        # The built-in model never waits: without this nothing else on the loop would get its turn.
        await asyncio.sleep(0)


async def _play(
    sitting: Sitting, item: Item, arguments: Mapping[str, Any], *, accept_changes: bool
) -> Ended:
    """Play a run, or what is left of it."""
    store, run_id = sitting.store, sitting.run_id(item)
    try:
        found = store.query("SELECT status, seed FROM runs WHERE run_id = ?", (run_id,))
        if found and found[0]["seed"] != item.seed:
            return ended_by(RunExistsError(run_id), FAILED, store, run_id)
        if not found or found[0]["status"] != COMPLETED:
            given = {"max_cost_usd": sitting.rules.run_max_cost_usd, **arguments}
            if found:
                simulation = Simulation.resume(run_id, store, accept_changes=accept_changes, **without_mode(given))
            else:
                template = sitting.plan.template_of(item)
                simulation = Simulation(template, seed=item.seed, store=store, run_id=run_id, **given)
            await simulation.arun(_turns(sitting), shared=sitting.shared)
        return completed(store, run_id, sitting.wanted)
    except RunInterruptedError:
        raise
    except BudgetReachedError as error:
        return ended_by(error, BUDGET, store, run_id)
    except RunBusyError as error:
        return ended_by(error, FAILED, store, run_id)
    except StoreError:
        raise
    except TimepointError as error:
        return ended_by(error, FAILED, store, run_id)
    # A defect that one run meets is kept as its reason; it must not take the others with it.
    except Exception as error:  # noqa: BLE001
        return ended_by(error, FAILED, store, run_id)


def _turns(sitting: Sitting) -> Any:
    def listener(progress: Progress) -> None:
        if progress.kind == "turn":
            sitting.turn()

    return listener
