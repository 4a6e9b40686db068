"""Playing a campaign on any ``concurrent.futures.Executor``: worker processes, or machines by way of Dask.

Runs go out as values and come back as parcels; the driver alone writes to the database, one run a transaction. A run
whose worker died is handed out again, from where the database has it, and taking one in replaces what was there: so
nothing is doubled.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any

from attrs import define, field

from timepoint_pro.campaign.ended import BUDGET, COMPLETED, FAILED, Ended, completed
from timepoint_pro.campaign.plan import Item
from timepoint_pro.campaign.processes import Processes
from timepoint_pro.campaign.sitting import DRAINED, Sitting
from timepoint_pro.campaign.worker import Job, play_among, play_job
from timepoint_pro.errors import TimepointError, UsageError
from timepoint_pro.store.parcels import pack, unpack
from timepoint_pro.templates import Template

TRIES = 4
"""How often a run is handed out whose worker died."""

Played = tuple[Ended, bytes]


@define
class _Out:
    """A run that is out with a worker.

    Args:
        item: the run.
        tries: how often it was handed out.
        alone: whether it may use up all that is left of the campaign's cap.
        own_cap: whether its own cap on cost is nearer than what it was allotted.
        allotted: most that it may add to the cost, in US dollars; None without a cap on the campaign.
    """

    item: Item
    tries: int = 1
    alone: bool = False
    own_cap: bool = False
    allotted: float | None = None


@define
class Driver:
    """Hands runs out and takes them in.

    The cap on the campaign's cost is allotted: a run gets an equal part of what is left for each run out at once. When
    one has used its part up, the runs go out one at a time from then on, each with all that is left.

    Args:
        sitting: the campaign.
        executor: who plays the runs; the caller's to close.
        arguments: as for ``Simulation``, the same for all runs; they must pickle.
        window: runs out at once, >= 1.
        accept_changes: go on with runs that have begun although mechanisms or prompts have changed.
    """

    sitting: Sitting
    executor: Executor
    arguments: Mapping[str, Any]
    window: int
    accept_changes: bool = False
    _out: dict[asyncio.Future[Played], _Out] = field(init=False, factory=dict)
    _short: deque[Item] = field(init=False, factory=deque)

    async def play(self) -> None:
        """Play what is left of the campaign until it is through or stops.

        Raises:
            StoreError: when the database cannot be written.
            UsageError: when the executor is broken, or cannot take runs.
        """
        items, sitting = self.sitting.todo(), self.sitting
        halt = asyncio.ensure_future(sitting.halt.wait())
        try:
            while True:
                self._fill(items)
                if not self._out or (sitting.halt.is_set() and sitting.why not in DRAINED):
                    break
                waiting: set[asyncio.Future[Any]] = {*self._out}
                if not sitting.halt.is_set():
                    waiting.add(halt)
                done, _pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for future in done - {halt}:
                    self._back(future)
        finally:
            halt.cancel()
            await self._call_back()
            for item in (*(one.item for one in self._out.values()), *self._short):
                sitting.given_up(item)
            self._out.clear()

    def _fill(self, items: Iterator[Item]) -> None:
        """Hand runs out until so many are out."""
        while len(self._out) < self.window and not self.sitting.halt.is_set():
            if self._short:
                item = self._short.popleft()
            elif (following := next(items, None)) is not None:
                item = following
            else:
                return
            self._hand_out(_Out(item))

    def _hand_out(self, out: _Out) -> None:
        sitting, item = self.sitting, out.item
        store, run_id = sitting.store, sitting.run_id(item)
        found = store.query("SELECT status, cost_usd FROM runs WHERE run_id = ?", (run_id,))
        if found and found[0]["status"] == COMPLETED:
            sitting.ended(item, completed(store, run_id, sitting.wanted))
            return
        try:
            template = sitting.plan.template_of(item)
        except TimepointError as error:
            sitting.ended(item, Ended(FAILED, str(error), error.exit_code))
            return
        cap = self._cap(out, template, float(found[0]["cost_usd"] or 0.0) if found else 0.0)
        job = Job(
            run_id, template.to_dict(defaults=False), item.seed, {"max_cost_usd": cap, **self.arguments},
            pack(store, run_id) if found else None, self.accept_changes, sitting.wanted,
        )  # fmt: skip
        try:
            future = asyncio.wrap_future(self._submitted(job))
        except (BrokenExecutor, RuntimeError) as error:
            sitting.given_up(item)
            raise _broken(error) from error
        self._out[future] = out

    def _submitted(self, job: Job) -> Future[Played]:
        """A run in the hands of a worker; our own processes play several at once."""
        if isinstance(self.executor, Processes):
            return self.executor.begin(play_among, job)
        return self.executor.submit(play_job, job)

    def _cap(self, out: _Out, template: Template, spent_usd: float) -> float | None:
        """Most that a run may cost in all, in US dollars; ``spent_usd`` of it before."""
        run_cap = self.sitting.rules.run_max_cost_usd
        own = template.max_cost_usd if run_cap is None else run_cap
        budget = self.sitting.shared.budget
        if budget.limit_usd is None:
            return own
        handed = sum(one.allotted or 0.0 for one in self._out.values())
        out.alone = self.window == 1
        out.allotted = max(0.0, budget.limit_usd - budget.spent_usd - handed) / max(1, self.window - len(self._out))
        out.own_cap = own is not None and own <= spent_usd + out.allotted
        return own if out.own_cap else max(1e-9, spent_usd + out.allotted)

    def _back(self, future: asyncio.Future[Played]) -> None:
        """Take a run in, or hand it out again when its worker died."""
        out, sitting = self._out.pop(future), self.sitting
        error = None if future.cancelled() else future.exception()
        if isinstance(error, BrokenExecutor):
            sitting.given_up(out.item)
            raise _broken(error) from error
        if future.cancelled() or error is not None:
            self._lost(out, error)
            return
        ended, parcel = future.result()
        if parcel:
            unpack(sitting.store, parcel)
        sitting.brought(ended)
        if ended.status == BUDGET and out.allotted is not None and not out.own_cap:
            if out.alone:
                sitting.shared.budget.reached = True
            else:
                self.window = 1
                self._short.append(out.item)
                return
        sitting.ended(out.item, ended)

    async def _call_back(self) -> None:
        """Give up what is out. Processes of our own are asked for what they have: its calls are paid for."""
        if isinstance(self.executor, Processes) and self._out:
            self.executor.interrupt()
            for future in (await asyncio.wait(self._out))[0]:
                if not future.cancelled() and future.exception() is None and (parcel := future.result()[1]):
                    unpack(self.sitting.store, parcel)
        for future in self._out:
            future.cancel()

    def _lost(self, out: _Out, error: BaseException | None) -> None:
        if out.tries < TRIES:
            self._hand_out(_Out(out.item, out.tries + 1))
            return
        why = f"its worker was lost {out.tries} times" + (f"; {type(error).__name__}: {error}" if error else "")
        self.sitting.ended(out.item, Ended(FAILED, why, 1))


def _broken(error: BaseException) -> UsageError:
    return UsageError(
        f"the executor cannot play runs any more ({type(error).__name__}: {error}); what came back is kept: "
        "start the campaign again with a new one"
    )
