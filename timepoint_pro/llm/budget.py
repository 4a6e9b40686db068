"""The cap on what a run, or a whole campaign, may cost, held while calls are in flight."""

from __future__ import annotations

import asyncio
from collections import deque

from attrs import define, field

from timepoint_pro.errors import BudgetReachedError

ROUNDING_USD = 1e-9
"""Sums of many small costs are allowed so much error."""


@define
class Budget:
    """What was spent and what is set aside for calls in flight. Belongs to one event loop.

    A call sets an estimate aside before it is sent: the dearest of its kind (model and action) so far, or its cost
    by the price table before there was one. When that would pass the cap it waits for the calls in flight, which
    mostly cost less than was set aside; when none is left it is refused. Where no price is known either, one call
    of a kind goes ahead and the others wait for what it cost. So a run passes its cap by no more than the
    estimates of the calls in flight were short.

    Args:
        limit_usd: the cap; None for none.
        spent_usd: what the run has cost so far.
        dearest: highest cost of a call so far, by (model, action).
        whose: what the cap is of, for the message.
        remedy: how to go on, for the message.
        reached: whether a call was refused.
    """

    limit_usd: float | None = None
    spent_usd: float = 0.0
    dearest: dict[tuple[str, str], float] = field(factory=dict, repr=False)
    whose: str = "the run"
    remedy: str = "resume it with a higher --max-cost"
    reached: bool = field(init=False, default=False)
    reserved_usd: float = field(init=False, default=0.0)
    _in_flight: int = field(init=False, default=0)
    _ahead: set[tuple[str, str]] = field(init=False, factory=set, repr=False)
    _waiting: deque[asyncio.Future[None]] = field(init=False, factory=deque, repr=False)

    async def reserve(self, kind: tuple[str, str], listed: float | None) -> float:
        """Set aside what a call may cost, in US dollars; the amount.

        Args:
            kind: model and action.
            listed: most that it may cost by the price table; None where no price is known.

        Raises:
            BudgetReachedError: when that would pass the cap and nothing is in flight.
        """
        if self.limit_usd is None:
            return 0.0
        while True:
            known = self.dearest.get(kind, listed)
            estimate = known or 0.0
            if known is None and kind in self._ahead:
                await self._change()
            elif not self._too_much(estimate):
                break
            elif self._in_flight:
                await self._change()
            else:
                self.reached = True
                raise BudgetReachedError(
                    f"{self.whose} has cost ${self.spent_usd:.4f} of its cap of ${self.limit_usd:.4f}, and the next "
                    f"call may cost ${estimate:.4f}; what was finished is kept: {self.remedy}",
                    spent=self.spent_usd, limit=self.limit_usd,
                )  # fmt: skip
        if known is None:
            self._ahead.add(kind)
        self.reserved_usd += estimate
        self._in_flight += 1
        return estimate

    def settle(self, kind: tuple[str, str], reserved: float, cost: float | None) -> None:
        """A call is over: what was set aside for it becomes what it cost; None when it was never answered."""
        self.spent_usd += cost or 0.0
        if self.limit_usd is None:
            return
        if cost is not None:
            self.dearest[kind] = max(cost, self.dearest.get(kind, 0.0))
        self._ahead.discard(kind)
        self._in_flight -= 1
        self.reserved_usd = self.reserved_usd - reserved if self._in_flight else 0.0
        waiting, self._waiting = self._waiting, deque()
        for turn in waiting:
            if not turn.done():
                turn.set_result(None)

    async def _change(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        await turn

    def _too_much(self, estimate: float) -> bool:
        assert self.limit_usd is not None
        wanted = self.spent_usd + self.reserved_usd + estimate
        return wanted > self.limit_usd + ROUNDING_USD or self.spent_usd >= self.limit_usd > 0
