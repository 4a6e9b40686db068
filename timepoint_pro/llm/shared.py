"""What the runs of one event loop have in common: requests under way, a cap on them all, connections, counts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from attrs import define, field

from timepoint_pro.llm.budget import Budget

if TYPE_CHECKING:
    from timepoint_pro.llm.base import Backend

Endpoint = tuple[str, float, int | None]


@define
class Shared:
    """What gateways share. Belongs to one event loop.

    Args:
        budget: cap on the cost of all runs together; none by default.
        under_way: requests that are being answered, by cache key: the same one is not sent twice at once.
        connections: backends with their limiters by address, time-out and most calls in flight.
        in_flight: requests sent and not answered yet.
        calls: requests answered.
        tokens: read and written in them.
    """

    budget: Budget = field(factory=Budget)
    under_way: dict[bytes, asyncio.Future[None]] = field(factory=dict, repr=False)
    connections: dict[Endpoint, Backend] = field(factory=dict, repr=False)
    in_flight: int = field(init=False, default=0)
    calls: int = field(init=False, default=0)
    tokens: int = field(init=False, default=0)

    async def enter(self, kind: tuple[str, str], listed: float | None) -> float:
        """A request is about to be sent: set aside what it may cost, in US dollars; the amount.

        Raises:
            BudgetReachedError: when that would pass the cap on all runs.
        """
        reserved = await self.budget.reserve(kind, listed)
        self.in_flight += 1
        return reserved

    def leave(self, kind: tuple[str, str], reserved: float, cost: float | None, tokens: int) -> None:
        """A request is over; its cost in US dollars, None when it was never answered."""
        self.in_flight -= 1
        self.calls += cost is not None
        self.tokens += tokens
        self.budget.settle(kind, reserved, cost)

    def count(self, cost: float, tokens: int) -> None:
        """A request was answered at once, by a model in this process."""
        self.calls += 1
        self.tokens += tokens
        self.budget.spent_usd += cost

    async def aclose(self) -> None:
        """Let go of connections."""
        for backend in self.connections.values():
            await backend.aclose()
        self.connections.clear()
