"""Campaign: many runs that belong together, played to the end however often they are stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import orjson

from timepoint_pro.campaign.arguments import (
    SETTINGS,
    TemplateLike,
    checked_id,
    examine,
    grid_of,
    rules_of,
    templates_of,
    varying_of,
    whole,
)
from timepoint_pro.campaign.ended import INTERRUPTED, RUNNING
from timepoint_pro.campaign.local import play_here
from timepoint_pro.campaign.plan import MOST_RUNS, Plan
from timepoint_pro.campaign.rules import Rules
from timepoint_pro.campaign.sitting import Listener, Sitting
from timepoint_pro.campaign.status import CampaignStatus, status_of
from timepoint_pro.campaign.verdicts import KEPT
from timepoint_pro.engine.threads import finished
from timepoint_pro.errors import BudgetReachedError, CampaignInterruptedError, UsageError
from timepoint_pro.llm.base import Backend
from timepoint_pro.mechanisms.base import Mechanism
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import DEFAULT_STORE
from timepoint_pro.store.campaigns import (
    campaign_row,
    campaign_rows,
    campaign_run_rows,
    enter_campaign,
    has_campaigns,
    no_campaign,
    update_campaign,
)
from timepoint_pro.store.lease import leased

if TYPE_CHECKING:
    from concurrent.futures import Executor

CONCURRENCY = 16
"""Runs under way at once by default."""


class Campaign:
    """Many runs: templates, each with its variations and grid cells, several times over.

    What it is follows from its arguments alone: made again with the same ones, it is the same campaign, and goes on
    where it was.

    Args:
        templates: one template or several: ids, paths, documents or ``Template`` values.
        repeats: how often each is played, with other seeds, >= 1.
        variations: how many variations of each template, or ``{"count", "strategies", "deduplication_threshold"}`` as
            in a template; by default what the template says where its ``variations.enabled`` is true, else none.
        grid: values by JSON path into the templates; every combination is played.
        seed: a whole number; that of each run is derived from it.
        mode, model, base_url, without, mechanisms, backend: as for ``Simulation``, the same for all runs.
        store: a ``RunStore``, or the path of the database.
        campaign_id: its id; made from the arguments by default.
        rules: stop rules, as arguments of ``Rules``: ``records``, ``tasks``, ``max_cost_usd``, ``max_seconds``,
            ``run_max_cost_usd``, ``failures``.

    Raises:
        UsageError: when an argument cannot be used.
        TemplateError: when a template cannot, or a path of the grid leads nowhere.
    """

    def __init__(
        self,
        templates: TemplateLike | Iterable[TemplateLike],
        *,
        repeats: int = 1,
        variations: int | Mapping[str, Any] | None = None,
        grid: Mapping[str, Sequence[Any]] | None = None,
        seed: int = 0,
        mode: str | None = None,
        model: str | None = None,
        base_url: str | None = None,
        without: Iterable[str] = (),
        mechanisms: Iterable[Mechanism] = (),
        backend: Backend | None = None,
        store: RunStore | str | PathLike[str] = DEFAULT_STORE,
        campaign_id: str | None = None,
        **rules: Any,
    ) -> None:
        found = templates_of(templates)
        settings = {"mode": mode, "model": model, "base_url": base_url, "without": list(without)}
        plan = Plan(
            found, tuple(varying_of(one, variations) for one in found), grid_of(grid), whole("repeats", repeats, 1),
            whole("seed", seed), settings,
        )  # fmt: skip
        self._prepare(plan, rules_of(rules), store, campaign_id, tuple(mechanisms), backend)
        self.notices = examine(self.plan, self._arguments())

    notices: tuple[str, ...] = ()
    """What can be said of the plan before it is played: parameters and strategies without effect."""

    def _prepare(
        self, plan: Plan, rules: Rules, store: RunStore | str | PathLike[str], campaign_id: str | None,
        mechanisms: tuple[Mechanism, ...], backend: Backend | None,
    ) -> None:  # fmt: skip
        if len(plan) > MOST_RUNS:
            raise UsageError(f"a campaign has at most {MOST_RUNS} runs, and this one would have {len(plan)}")
        self.plan, self.rules = plan, rules
        self._digest = plan.digest()
        self.campaign_id = f"campaign-{self._digest[:10]}" if campaign_id is None else checked_id(campaign_id)
        self._given_store = store
        self._opened: RunStore | None = store if isinstance(store, RunStore) else None
        self._mechanisms, self._backend = mechanisms, backend

    @classmethod
    def from_file(cls, path: str | PathLike[str], **changes: Any) -> Self:
        """The campaign that a JSON file describes; see docs/campaigns.md.

        Args:
            path: the file.
            changes: arguments that take the place of the file's.

        Raises:
            TemplateError: when the file cannot be read, or describes none.
        """
        from timepoint_pro.campaign.document import arguments_from

        return cls(**{**arguments_from(path), **changes})

    @classmethod
    def resume(
        cls,
        campaign_id: str,
        store: RunStore | str | PathLike[str] = DEFAULT_STORE,
        *,
        mechanisms: Iterable[Mechanism] = (),
        backend: Backend | None = None,
        **rules: Any,
    ) -> Self:
        """A campaign that is in the database, with its plan and its stop rules.

        Args:
            campaign_id: its id; ``"last"`` for the newest.
            store: where it is.
            mechanisms, backend: as it was given.
            rules: stop rules that take the place of those it had.

        Raises:
            StoreError: when there is no such campaign.
        """
        kept = store if isinstance(store, RunStore) else RunStore(store)
        row = _row(kept, campaign_id)
        campaign = cls.__new__(cls)
        before = Rules.from_plain(orjson.loads(row["options"])).to_plain()
        plan = Plan.from_plain(orjson.loads(row["plan"]))
        campaign._prepare(
            plan, rules_of({**before, **rules}), kept, row["campaign_id"], tuple(mechanisms), backend
        )
        return campaign

    @property
    def store(self) -> RunStore:
        """The database; opened, and made, when it is first needed."""
        if self._opened is None:
            assert not isinstance(self._given_store, RunStore)
            self._opened = RunStore(self._given_store)
        return self._opened

    def __len__(self) -> int:
        """How many runs it plans."""
        return len(self.plan)

    def __repr__(self) -> str:
        names = ", ".join(one.id for one in self.plan.templates)
        return f"Campaign({self.campaign_id!r}, {len(self)} runs of {names})"

    def run(
        self,
        concurrency: int = CONCURRENCY,
        executor: Executor | None = None,
        listener: Listener | None = None,
        *,
        accept_changes: bool = False,
    ) -> CampaignStatus:
        """Play what is left of it. Works inside a running event loop (a notebook) too.

        Runs that fail are noted with their reasons, and tried again by the next call.

        Args:
            concurrency: runs under way at once, >= 1.
            executor: who plays them: any ``concurrent.futures.Executor``; this process without one.
            listener: is told of progress.
            accept_changes: go on with runs that have begun although mechanisms or prompts have changed.

        Returns:
            How it stands.

        Raises:
            BudgetReachedError: when the cap on its cost is reached; what was finished is kept.
            CampaignInterruptedError: when the user stopped it; likewise.
            RunBusyError: when another process is playing it.
            StoreError: when the database cannot be written, or holds another campaign of that id.
            UsageError: when ``concurrency`` is out of range, or the executor cannot play runs.
        """
        return finished(self.arun(concurrency, executor, listener, accept_changes=accept_changes))

    async def arun(
        self,
        concurrency: int = CONCURRENCY,
        executor: Executor | None = None,
        listener: Listener | None = None,
        *,
        accept_changes: bool = False,
    ) -> CampaignStatus:
        """``run`` for callers that await. Raises the same errors."""
        if not isinstance(concurrency, int) or isinstance(concurrency, bool) or concurrency < 1:
            raise UsageError(f"concurrency: expected a whole number from 1 on, found {concurrency!r}")
        self.store.make()
        with leased(self.store.path, self.campaign_id, "campaign"):
            self._enter()
            sitting = Sitting(self.campaign_id, self.plan, self.rules, self.store, listener)
            await self._sit(sitting, concurrency, executor, accept_changes)
        if sitting.why == "budget":
            budget = sitting.shared.budget
            raise BudgetReachedError(sitting.error, spent=budget.spent_usd, limit=budget.limit_usd or 0.0)
        return self.status()

    async def _sit(
        self, sitting: Sitting, concurrency: int, executor: Executor | None, accept_changes: bool
    ) -> None:
        """Play until the plan is through, a rule stops it, or the user does."""
        arguments, clock = self._arguments(), None
        if self.rules.max_seconds is not None:
            clock = asyncio.get_running_loop().call_later(self.rules.max_seconds, sitting.stop, "time")
        sitting.tell("started")
        try:
            if executor is None:
                await play_here(sitting, arguments, concurrency, accept_changes=accept_changes)
            else:
                from timepoint_pro.campaign.remote import Driver

                await Driver(sitting, executor, arguments, concurrency, accept_changes).play()
        except (KeyboardInterrupt, asyncio.CancelledError) as stop:
            sitting.stop(INTERRUPTED, "stopped by the user")
            sitting.close()
            raise CampaignInterruptedError(self.campaign_id) from stop
        finally:
            if clock is not None:
                clock.cancel()
            await sitting.shared.aclose()
            if self._backend is not None:
                await self._backend.aclose()
        sitting.close()

    def status(self) -> CampaignStatus:
        """How it stands, also while another process plays it.

        Raises:
            StoreError: when it was never begun.
        """
        return status_of(self.store, _row(self.store, self.campaign_id))

    def runs(self) -> Iterator[Run]:
        """The runs that are kept, in the order of the plan, one at a time."""
        for row in self.rows():
            if row["verdict"] == KEPT:
                yield self.store.load(row["run_id"], self._mechanisms)

    def rows(self) -> Iterator[dict[str, Any]]:
        """What became of each run that has begun, in the order of the plan: columns of ``campaign_runs``."""
        return campaign_run_rows(self.store, self.campaign_id)

    def export(self, out: str | PathLike[str], formats: Iterable[str] = ("jsonl",), **options: Any) -> list[Path]:
        """Write the training data of the runs kept as one dataset; see ``exporters.export_runs``."""
        from timepoint_pro.exporters import export_runs

        options.setdefault("tasks", self.rules.tasks)
        return export_runs(self.runs(), out, formats, **options)

    def _arguments(self) -> dict[str, Any]:
        """Arguments for ``Simulation``, the same for all runs."""
        settings = {name: self.plan.settings[name] for name in SETTINGS}
        return {**settings, "mechanisms": self._mechanisms, "backend": self._backend}

    def _enter(self) -> None:
        """Enter the campaign in the database, or find it there.

        Raises:
            UsageError: when its id belongs to another one.
        """
        options = orjson.dumps(self.rules.to_plain()).decode()
        row = campaign_row(self.store, self.campaign_id)
        if row is None:
            plan = orjson.dumps(self.plan.to_plain()).decode()
            enter_campaign(self.store, {
                "campaign_id": self.campaign_id, "digest": self._digest, "plan": plan, "options": options,
                "status": RUNNING, "planned": len(self.plan),
            })  # fmt: skip
            return
        if row["digest"] != self._digest:
            raise UsageError(
                f"campaign {self.campaign_id!r} is in this database with another plan (templates, variations, grid, "
                "repeats, seed or settings); choose another id, or go on with it: "
                f"timepoint campaign resume {self.campaign_id}"
            )
        update_campaign(self.store, self.campaign_id, status=RUNNING, error=None, options=options, running=0)


def find_status(store: RunStore, campaign_id: str) -> CampaignStatus:
    """How the campaign of that id stands; ``"last"`` is the newest. The database may be open for reading only.

    Raises:
        StoreError: when there is no such campaign.
    """
    return status_of(store, _row(store, campaign_id))


def campaigns(store: RunStore) -> list[CampaignStatus]:
    """How the campaigns in a database stand, newest first."""
    return [status_of(store, row) for row in campaign_rows(store)] if has_campaigns(store) else []


def _row(store: RunStore, campaign_id: str) -> dict[str, Any]:
    """The row of a campaign.

    Raises:
        StoreError: when there is none.
    """
    known = has_campaigns(store)
    row = campaign_row(store, campaign_id) if known else None
    if row is None:
        raise no_campaign(campaign_id, [one["campaign_id"] for one in campaign_rows(store)] if known else [])
    return row
