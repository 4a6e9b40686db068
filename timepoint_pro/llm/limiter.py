"""How many calls may be in flight at one endpoint and model, and when a failed one is sent again.

Additive increase, multiplicative decrease (Chiu and Jain 1989): the limit falls to three quarters at the first
refusal of a burst and grows by one for every 25 answers. A burst is every call sent before the last fall. Before
the first refusal the limit grows with every answer (slow start, Jacobson 1988); after a fall it climbs back
faster to just under the level that was refused, and probes from there. A refusal without ``Retry-After`` holds
all calls for a moment, that doubles while nothing is answered.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from attrs import define, evolve, field, frozen

from timepoint_pro.errors import ModelError
from timepoint_pro.llm.base import Backend, Completion, PassingError, Request

DECREASE = 0.75
ANSWERS_PER_STEP = 25
RECOVERY = 0.94
RECOVERY_ANSWERS = 2
START = 64
CEILING = 1000
SHORTEST_PAUSE_S = 0.02
LONGEST_PAUSE_S = 30.0
PATIENCE_S = 300.0
TRIES = {"overloaded": 40, "timeout": 3, "unreachable": 5, "dropped": 5, "server": 5, "garbled": 3}
"""How often one request is sent, by the kind of its last failure."""


@define
class Limiter:
    """Slots for calls in flight. Belongs to one event loop.

    Args:
        limit: how many at first, >= 1.
        ceiling: how many at most.
        clock: seconds, monotonic; the event loop's own where None.
    """

    limit: float = float(START)
    ceiling: int = CEILING
    clock: Callable[[], float] | None = None
    in_flight: int = field(init=False, default=0)
    most_in_flight: int = field(init=False, default=0)
    falls: int = field(init=False, default=0)
    _waiting: deque[asyncio.Future[None]] = field(init=False, factory=deque, repr=False)
    _paused_until: float = field(init=False, default=0.0)
    _fell_at: float = field(init=False, default=-1.0)
    _refused_level: float = field(init=False, default=0.0)
    _answers: int = field(init=False, default=0)
    _unanswered_falls: int = field(init=False, default=0)
    _alarm: asyncio.TimerHandle | None = field(init=False, default=None, repr=False)

    def now(self) -> float:
        """The time, in seconds since some fixed moment."""
        return self.clock() if self.clock is not None else asyncio.get_running_loop().time()

    async def acquire(self, *, again: bool = False) -> float:
        """Wait for a slot; the time at which it was given. A call that is sent again goes first."""
        now = self.now()
        if now < self._paused_until or self.in_flight >= int(self.limit) or (self._waiting and not again):
            turn = asyncio.get_running_loop().create_future()
            (self._waiting.appendleft if again else self._waiting.append)(turn)
            self._wake()
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self.release()
                raise
            return self.now()
        self._take()
        return now

    def release(self) -> None:
        """Give a slot back."""
        self.in_flight -= 1
        self._wake()

    def answered(self) -> None:
        """A call came back well: the limit grows a little."""
        self._unanswered_falls = 0
        self._answers += 1
        if self._answers >= self._answers_a_step():
            self._answers = 0
            self.limit = min(float(self.ceiling), self.limit + 1.0)

    def refused(self, sent_at: float, retry_after: float | None) -> None:
        """The server wants fewer calls: the limit falls once a burst, and for a while nothing is sent.

        Args:
            sent_at: when the call got its slot.
            retry_after: seconds that the server asks to wait; None where it does not say.
        """
        now = self.now()
        if sent_at > self._fell_at:
            self._refused_level = self.limit
            self.limit = max(1.0, self.limit * DECREASE)
            self._fell_at, self._answers = now, 0
            self.falls += 1
            pause = min(LONGEST_PAUSE_S, SHORTEST_PAUSE_S * float(2 ** min(self._unanswered_falls, 20)))
            self._paused_until = max(self._paused_until, now + pause)
            self._unanswered_falls += 1
        if retry_after is not None:
            self._paused_until = max(self._paused_until, now + retry_after)

    def _answers_a_step(self) -> int:
        if not self.falls:
            return 1
        return RECOVERY_ANSWERS if self.limit + 1 <= RECOVERY * self._refused_level else ANSWERS_PER_STEP

    def _take(self) -> None:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)

    def _wake(self) -> None:
        """Give free slots to those who wait, or set an alarm for the end of the pause."""
        if not self._waiting:
            return
        pause = self._paused_until - self.now()
        if pause > 0:
            if self._alarm is None:
                self._alarm = asyncio.get_running_loop().call_later(pause, self._end_pause)
            return
        while self._waiting and self.in_flight < int(self.limit):
            turn = self._waiting.popleft()
            if not turn.done():
                self._take()
                turn.set_result(None)

    def _end_pause(self) -> None:
        self._alarm = None
        self._wake()


@frozen
class Patient:
    """A backend around another: bounded calls in flight, and another try where a failure may pass.

    Args:
        backend: who answers.
        max_concurrency: calls in flight at most; None: found out while running.
        backoff_s: first wait in seconds before another try; it doubles each time, up to 30 s.
    """

    backend: Backend
    max_concurrency: int | None = None
    backoff_s: float = 0.5
    _limiters: dict[str, Limiter] = field(init=False, factory=dict, repr=False)

    @property
    def name(self) -> str:
        """That of the backend inside."""
        return self.backend.name

    def limiter(self, model: str) -> Limiter:
        """The limiter of one model."""
        limiter = self._limiters.get(model)
        if limiter is None:
            most = self.max_concurrency
            limiter = Limiter() if most is None else Limiter(float(min(START, most)), most)
            self._limiters[model] = limiter
        return limiter

    async def complete(self, request: Request, /) -> Completion:
        """Answer one request, sending it again where that may help.

        Raises:
            ModelError: when it failed for good, or too often, or the server asks for too long a wait.
        """
        limiter = self.limiter(request.model)
        tries = 0
        while True:
            sent_at = await limiter.acquire(again=tries > 0)
            tries += 1
            try:
                completion = await self.backend.complete(request)
            except PassingError as failure:
                failed = failure
                if failure.kind == "overloaded":
                    limiter.refused(sent_at, failure.retry_after)
            else:
                limiter.answered()
                return completion if tries == 1 else evolve(completion, tries=tries)
            finally:
                limiter.release()
            self._give_up_in_time(request, failed, tries)
            if failed.kind != "overloaded":  # else the limiter holds it
                await asyncio.sleep(self._wait(request, failed, tries))

    def _give_up_in_time(self, request: Request, failed: PassingError, tries: int) -> None:
        if failed.retry_after is not None and failed.retry_after > PATIENCE_S:
            raise ModelError(
                f"{failed}; it asks to wait {failed.retry_after:.0f} s, over {PATIENCE_S:.0f} s: resume the run then",
                model=request.model, kind=failed.kind, tries=tries,
            )  # fmt: skip
        if tries >= TRIES[failed.kind]:
            raise ModelError(
                f"{failed}; given up after {tries} tries. What was finished is kept: resume the run when it answers",
                model=request.model, kind=failed.kind, tries=tries, endpoint=failed.kind == "unreachable",
            )  # fmt: skip

    def _wait(self, request: Request, failed: PassingError, tries: int) -> float:
        """Seconds before another try. The spread comes from the seed, so that calls do not return all at once."""
        spread = 0.5 + ((request.seed * 2654435761 + tries * 40503) % 1000) / 1000.0
        return max(failed.retry_after or 0.0, min(30.0, self.backoff_s * float(2 ** (tries - 1))) * spread)

    async def aclose(self) -> None:
        """Let go of connections."""
        await self.backend.aclose()

