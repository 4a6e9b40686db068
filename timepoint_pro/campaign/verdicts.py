"""Which completed runs a campaign keeps: judged in the order of the plan, whatever the order in which they end.

So a campaign keeps the same runs on one machine or many, and after any number of kills.
"""

from __future__ import annotations

from typing import Any

from timepoint_pro.campaign.ended import COMPLETED, Twins
from timepoint_pro.campaign.plan import Item, Plan
from timepoint_pro.run_store import RunStore

KEPT, DUPLICATE, SURPLUS = "kept", "duplicate", "surplus"

Row = dict[str, Any]


class Verdicts:
    """Judges runs.

    Args:
        plan: of the campaign.
        store: the database.
        records: how many records are wanted; None for as many as come.
    """

    def __init__(self, plan: Plan, store: RunStore, records: int | None = None) -> None:
        self._plan, self._store, self._wanted = plan, store, records
        self._waiting: dict[int, tuple[Item, Row]] = {}
        self._twins: dict[tuple[int, str], Twins] = {}
        self.judged = 0
        """Runs judged: all those before this position."""
        self.records = 0
        """Records in those that are kept."""
        self.duplicates = 0

    @property
    def enough(self) -> bool:
        """Whether as many records as are wanted are in the runs kept."""
        return self._wanted is not None and self.records >= self._wanted

    def take(self, item: Item, row: Row) -> list[Row]:
        """Note how a run ended; the rows that can be judged now, each with its ``verdict``."""
        self._waiting[item.position] = item, row
        judged = []
        while self.judged in self._waiting:
            found, one = self._waiting.pop(self.judged)
            self._judge(found, one)
            judged.append(one)
            self.judged += 1
        return judged

    def rest(self) -> list[Row]:
        """Judge what waits for runs that have not ended, as if those were not: the sitting is over."""
        judged = [row for _position, (_item, row) in sorted(self._waiting.items())]
        for _position, (item, row) in sorted(self._waiting.items()):
            self._judge(item, row)
        self._waiting.clear()
        return judged

    def _judge(self, item: Item, row: Row) -> None:
        row["verdict"], row["duplicate_of"] = "", ""
        if row["status"] != COMPLETED:
            return
        if self.enough:
            row["verdict"] = SURPLUS
            return
        threshold = self._plan.varying[item.template].threshold
        if threshold and self._plan.varying[item.template].count:
            if item.group not in self._twins:
                self._twins[item.group] = Twins(self._store, threshold)
            row["duplicate_of"] = self._twins[item.group].twin(row["run_id"], row["sketch"] or b"")
        if row["duplicate_of"]:
            row["verdict"] = DUPLICATE
            self.duplicates += 1
        else:
            row["verdict"] = KEPT
            self.records += row["records"]
