"""An event loop whose clock jumps to the next thing that is due: waiting takes no time, and nothing else takes any."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from timepoint_pro.llm.base import Completion, PassingError, Request
from timepoint_pro.llm.limiter import Patient
from timepoint_pro.prompts.base import Prompt

T = TypeVar("T")


class _Jumping(selectors.DefaultSelector):
    """Never waits; what would have been waited is added to the clock."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout:
            self.now += timeout
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.jumping = _Jumping()
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.now


def ticked(work: Coroutine[Any, Any, T]) -> T:
    """What ``work`` comes to, on a loop with such a clock. Its timers are the only things that take time."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(work)


class Capped:
    """A backend that answers after a while, and refuses at once what comes while it has enough to do."""

    name = "capped"

    def __init__(self, cap: int, latency_s: float, retry_after_s: float | None = None) -> None:
        self.cap, self.latency_s, self.retry_after_s = cap, latency_s, retry_after_s
        self.running = self.refused = 0

    async def complete(self, request: Request, /) -> Completion:
        if self.running >= self.cap:
            self.refused += 1
            raise PassingError("too many at once", kind="overloaded", retry_after=self.retry_after_s)
        self.running += 1
        try:
            await asyncio.sleep(self.latency_s * (0.9 + 0.2 * (request.seed * 2654435761 % 1000) / 1000))
        finally:
            self.running -= 1
        return Completion("{}")

    async def aclose(self) -> None:
        """Nothing is open."""


def seconds_of_storm(answering: Capped, prompts: Sequence[Prompt[Any]], wanted: int) -> float:
    """Seconds on such a clock until all prompts are answered, ``wanted`` of them asked at once."""

    async def run() -> float:
        slots, patient = asyncio.Semaphore(wanted), Patient(answering)

        async def one(number: int, prompt: Prompt[Any]) -> None:
            async with slots:
                await patient.complete(Request(prompt, "m", number))

        await asyncio.gather(*(one(number, prompt) for number, prompt in enumerate(prompts)))
        return asyncio.get_running_loop().time()

    return ticked(run())
