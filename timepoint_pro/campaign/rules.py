"""When a campaign stops, and what its runs may cost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from attrs import asdict, frozen

from timepoint_pro.campaign.ended import ONE_A_TURN
from timepoint_pro.errors import UnknownNameError, UsageError

FAILURES_IN_A_ROW = 10


@frozen
class Rules:
    """When a campaign stops before its plan is through. A new sitting may have others.

    Args:
        records: stop when the runs kept have so many training records, >= 1.
        tasks: training tasks whose records count.
        max_cost_usd: cap on the cost of all runs together, in US dollars; held while calls are in flight.
        max_seconds: stop a sitting after so many seconds; the campaign goes on from there the next time.
        run_max_cost_usd: cap on the cost of each run; the template's by default.
        failures: stop when so many runs in a row have failed, >= 1.

    Raises:
        UsageError: for a value out of range.
        UnknownNameError: for a task that does not exist.
    """

    records: int | None = None
    tasks: tuple[str, ...] = ONE_A_TURN
    max_cost_usd: float | None = None
    max_seconds: float | None = None
    run_max_cost_usd: float | None = None
    failures: int = FAILURES_IN_A_ROW

    def __attrs_post_init__(self) -> None:
        for name in ("records", "failures"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
                raise UsageError(f"{name}: expected a whole number from 1 on, found {value!r}")
        for name in ("max_cost_usd", "max_seconds", "run_max_cost_usd"):
            value = getattr(self, name)
            wrong = isinstance(value, bool) or not isinstance(value, (int, float))
            if value is not None and (wrong or not math.isfinite(value) or value <= 0):
                raise UsageError(f"{name}: expected a number above 0, found {value!r}")
        from timepoint_pro.exporters.tasks.catalogue import TASKS

        for task in self.tasks:
            if task not in TASKS:
                raise UnknownNameError("training task", task, TASKS)
        if not self.tasks or len(set(self.tasks)) < len(self.tasks):
            raise UsageError(f"tasks: expected one training task or more, each once, found {list(self.tasks)}")

    def to_plain(self) -> dict[str, Any]:
        """As JSON; ``from_plain`` gives it back."""
        return {**asdict(self), "tasks": list(self.tasks)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Rules:
        """The rules that ``to_plain`` gave."""
        return cls(**{**plain, "tasks": tuple(plain["tasks"])})
