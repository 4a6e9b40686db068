"""One sitting of a campaign: what is left to do, what ended, when to stop. Who plays the runs stands elsewhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

from attrs import asdict, evolve

from timepoint_pro.campaign.ended import BUDGET, COMPLETED, FAILED, INTERRUPTED, RUNNING, Ended, Wanted
from timepoint_pro.campaign.plan import Item, Plan, cell_text
from timepoint_pro.campaign.progress import CampaignProgress
from timepoint_pro.campaign.rules import Rules
from timepoint_pro.campaign.verdicts import Verdicts
from timepoint_pro.llm.budget import Budget
from timepoint_pro.llm.shared import Shared
from timepoint_pro.run_store import RunStore
from timepoint_pro.store.campaigns import campaign_run_rows, campaign_sums, forget_lost, keep_runs, update_campaign

Listener = Callable[[CampaignProgress], None]

DRAINED = ("budget",)
"""Why a campaign stops while its calls in flight are waited for: they are paid for."""
TOLD_S = 0.1
"""Least time between two tellings of turns, in seconds."""
_SPENT = """
WITH mine AS (SELECT run_id FROM campaign_runs WHERE campaign_id = ?)
SELECT max(
    (SELECT coalesce(sum(cost_usd), 0) FROM runs WHERE run_id IN (SELECT run_id FROM mine)),
    (SELECT coalesce(sum(cost_usd), 0) FROM llm_attempts WHERE run_id IN (SELECT run_id FROM mine))
) AS spent
"""


class Sitting:
    """The state of a campaign while somebody plays it.

    Args:
        campaign_id: its id; it is in the database.
        plan: its runs.
        rules: when to stop.
        store: the database.
        listener: is told of progress.
    """

    def __init__(
        self, campaign_id: str, plan: Plan, rules: Rules, store: RunStore, listener: Listener | None = None
    ) -> None:
        self.campaign_id, self.plan, self.rules, self.store = campaign_id, plan, rules, store
        self._listener = listener
        self.wanted = Wanted(
            rules.tasks if rules.records is not None else Wanted().tasks,
            any(one.threshold and one.count for one in plan.varying),
        )
        self.halt = asyncio.Event()
        self._owner = asyncio.current_task()
        self.why, self.error, self.exit_code = "", "", 0
        self._began = self._told = time.monotonic()
        self._before = float(store.query(
            "SELECT seconds FROM campaigns WHERE campaign_id = ?", (campaign_id,)
        )[0]["seconds"])  # fmt: skip
        forget_lost(store, campaign_id)
        self._verdicts = Verdicts(plan, store, rules.records)
        self._done = self._judge_anew()
        sums = campaign_sums(store, campaign_id)
        self._completed, self._failed, self._failed_in_a_row = int(sums["completed"]), 0, 0
        self._first = self._completed
        self._turns = self.running = 0
        self.shared = Shared(Budget(
            rules.max_cost_usd, self._spent(), whose="the campaign", remedy="go on with a higher cap",
        ))  # fmt: skip

    def run_id(self, item: Item) -> str:
        """Id of a run."""
        return f"{self.campaign_id}-{item.position:05d}"

    def todo(self) -> Iterator[Item]:
        """The runs that are not completed, in order, until the campaign stops; each is noted as begun."""
        for item in self.plan.items():
            if self._stopping:
                return
            if item.position not in self._done:
                self.running += 1
                row = self._row(item, Ended(RUNNING))
                keep_runs(self.store, [row], self.campaign_id, running=self.running, seconds=self._seconds)
                yield item

    def ended(self, item: Item, ended: Ended) -> None:
        """Note how a run ended, judge what can be judged, and see whether the campaign stops.

        Raises:
            StoreError: when that cannot be written.
        """
        self.running -= 1
        row = self._row(item, ended)
        rows = {one["position"]: one for one in (row, *self._verdicts.take(item, row))}
        keep_runs(self.store, rows.values(), self.campaign_id, running=self.running, seconds=self._seconds)
        if ended.status == COMPLETED:
            self._completed += 1
            self._failed_in_a_row = 0
        elif ended.status in (FAILED, BUDGET):
            self._failed += 1
            self._failed_in_a_row += ended.status == FAILED
        self._consider(ended)
        self.tell("run", self.run_id(item), ended.status, ended.error)

    def given_up(self, item: Item) -> None:
        """A run was stopped from outside; it goes on in another sitting."""
        self.running -= 1
        keep_runs(
            self.store, [self._row(item, Ended(INTERRUPTED))], self.campaign_id, running=self.running,
            seconds=self._seconds,
        )  # fmt: skip

    def stop(self, why: str, error: str = "", exit_code: int = 0) -> None:
        """Let the campaign stop: no run begins any more.

        Args:
            why: ``"records"``, ``"time"``, ``"budget"``, ``"failures"`` or ``"interrupted"``.
            error: what to say of it.
            exit_code: of that error.
        """
        if not self.halt.is_set():
            self.why, self.error, self.exit_code = why, error, exit_code
            self.halt.set()

    def turn(self) -> None:
        """A turn was spoken.

        Raises:
            CancelledError: when the campaign stops. The built-in model never waits, so that nothing else could stop
                its runs in the middle.
        """
        self._turns += 1
        if self.rules.max_seconds is not None and time.monotonic() - self._began >= self.rules.max_seconds:
            self.stop("time")
        if self._stopping and self.why not in DRAINED:
            raise asyncio.CancelledError
        if self._listener is not None and time.monotonic() - self._told >= TOLD_S:
            self.tell("turn")

    def brought(self, ended: Ended) -> None:
        """A run came back from a worker: what was counted there."""
        self._turns += ended.turns
        self.shared.tokens += ended.tokens
        self.shared.budget.spent_usd = self._spent()

    def tell(self, kind: str, run_id: str = "", status: str = "", error: str = "") -> None:
        """Tell the listener where the campaign stands."""
        if self._listener is None:
            return
        self._told = time.monotonic()
        seconds = self._told - self._began
        here = self._completed - self._first
        rate = here / seconds if seconds > 0 else 0.0
        shared = self.shared
        self._listener(CampaignProgress(
            kind, self.campaign_id, len(self.plan), self._completed, self._failed, self._verdicts.duplicates,
            self.running, self._turns, shared.calls, shared.in_flight, shared.tokens, self._verdicts.records,
            shared.budget.spent_usd, seconds, rate, self._left(rate), run_id, status, error,
        ))  # fmt: skip

    def close(self) -> str:
        """Note how the campaign stands after this sitting; its status."""
        if (rest := self._verdicts.rest()):
            keep_runs(self.store, rest, self.campaign_id, running=0)
        if self.why in ("budget", "interrupted", "failures"):
            status = FAILED if self.why == "failures" else self.why
        elif self._failed:
            status = FAILED
        elif self._verdicts.enough or self._completed == len(self.plan):
            status = COMPLETED
        else:
            status = "stopped"
        update_campaign(
            self.store, self.campaign_id, status=status, error=self.error or None, running=0, seconds=self._seconds
        )
        self.tell("done", status=status, error=self.error)
        return status

    @property
    def _stopping(self) -> bool:
        return self.halt.is_set() or (self._owner is not None and self._owner.cancelling() > 0)

    def _spent(self) -> float:
        """What the campaign has cost so far, in US dollars, unfinished runs included."""
        found = self.store.query(_SPENT, (self.campaign_id,))
        return float(found[0]["spent"])

    @property
    def _seconds(self) -> float:
        return round(self._before + time.monotonic() - self._began, 3)

    def _consider(self, ended: Ended) -> None:
        if self._verdicts.enough:
            self.stop("records")
        elif ended.status == BUDGET and self.shared.budget.reached:
            self.stop("budget", ended.error, ended.exit_code)
        elif self._failed_in_a_row >= self.rules.failures:
            text = f"{self._failed_in_a_row} runs in a row failed, the last one with: {ended.error}"
            self.stop("failures", text, ended.exit_code)

    def _left(self, rate: float) -> float | None:
        """Seconds until the plan is through or the records suffice."""
        if rate <= 0.0:
            return None
        runs = float(len(self.plan) - self._completed)
        if self.rules.records is not None and self._verdicts.records:
            a_run = self._verdicts.records / max(1, self._completed)
            runs = min(runs, max(0.0, self.rules.records - self._verdicts.records) / a_run)
        return runs / rate

    def _judge_anew(self) -> set[int]:
        """Judge what ended in earlier sittings, as if it ended now; the positions of what is completed."""
        rows = campaign_run_rows(self.store, self.campaign_id, f"status = '{COMPLETED}'")
        done: set[int] = set()
        before: dict[int, tuple[str, str]] = {}
        changed = []
        items = self.plan.items()
        for row in rows:
            item = next(one for one in items if one.position == row["position"])
            before[row["position"]] = row["verdict"], row["duplicate_of"]
            # What stands behind a gap waits until the gap is filled.
            for one in self._verdicts.take(item, row):
                if (one["verdict"], one["duplicate_of"]) != before.pop(one["position"]):
                    changed.append(one)
            done.add(row["position"])
        if changed:
            keep_runs(self.store, changed, self.campaign_id, running=0)
        if self._verdicts.enough:
            self.stop("records")
        return done

    def _row(self, item: Item, ended: Ended) -> dict[str, Any]:
        plain = asdict(evolve(ended))
        return {
            "campaign_id": self.campaign_id, "position": item.position, "run_id": self.run_id(item),
            "template": self.plan.templates[item.template].id, "variation": item.variation,
            "cell": cell_text(item.cell), "repeat": item.repeat, "seed": item.seed, "verdict": "", "duplicate_of": "",
            **plain,
        }  # fmt: skip
