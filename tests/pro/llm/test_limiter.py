"""Calls in flight: falls once a burst, grows by one for 25 answers, waits as long as it is told."""

from __future__ import annotations

import asyncio
import time

import pytest
from asking import ask_all, backend
from questions import ask
from serving import Served
from ticking import Capped, seconds_of_storm

from timepoint_pro.errors import ModelError
from timepoint_pro.llm.chat_reply import retry_after
from timepoint_pro.llm.limiter import Limiter


def test_the_limit_falls_once_a_burst() -> None:
    now = [0.0]
    limiter = Limiter(100.0, 200, clock=lambda: now[0])
    now[0] = 1.0
    for _ in range(10):
        limiter.refused(sent_at=0.5, retry_after=None)
    assert limiter.limit == 75.0
    limiter.refused(sent_at=1.5, retry_after=None)
    assert limiter.limit == 56.25


def test_the_limit_grows_fast_at_first_then_by_one_for_25_answers() -> None:
    limiter = Limiter(40.0, 44, clock=lambda: 1.0)
    limiter.answered()
    assert limiter.limit == 41.0
    limiter.refused(sent_at=0.0, retry_after=None)
    assert limiter.limit == 30.75
    for _ in range(7 * 2):
        limiter.answered()
    assert limiter.limit == 37.75, "back to just under what was refused"
    for _ in range(2 + 24):
        limiter.answered()
    assert limiter.limit == 38.75
    for _ in range(1000):
        limiter.answered()
    assert limiter.limit == 44.0


def test_never_more_in_flight_than_the_limit_and_nobody_is_forgotten() -> None:
    limiter = Limiter(3.0, 3)
    done = 0

    async def work(number: int) -> None:
        nonlocal done
        await limiter.acquire(again=number % 3 == 0)
        await asyncio.sleep(0.001 * (number % 4))
        limiter.release()
        done += 1

    async def run() -> None:
        tasks = [asyncio.create_task(work(number)) for number in range(60)]
        await asyncio.sleep(0.003)
        for task in tasks[20:30]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(run())
    assert done == 50
    assert limiter.most_in_flight == 3
    assert limiter.in_flight == 0


def test_a_pause_holds_all_calls(server: Served) -> None:
    server.faults("429", retry_after=1)
    started = time.monotonic()
    calls, _ = ask_all(backend(server, most=1), [ask("fog"), ask("ships")])
    assert len(calls) == 2
    assert time.monotonic() - started >= 1.0
    assert server.requests == 3


def test_too_long_a_wait_is_an_error_that_says_so(server: Served) -> None:
    server.faults("429", retry_after=4000)
    with pytest.raises(ModelError, match="asks to wait 4000 s"):
        ask_all(backend(server), [ask()])


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 1970 00:01:40 GMT"}, 90.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
    ],
)
def test_retry_after_as_number_and_as_date(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, now=lambda: 10.0) == seconds


def test_a_storm_of_429_settles_near_the_cap(server: Served) -> None:
    server.control(cap=8, latency=0.05)
    answering = backend(server, most=64)
    calls, _ = ask_all(answering, [ask(f"ship {number}") for number in range(150)])
    assert len(calls) == 150
    assert all(call.attempts == 1 for call in calls)
    assert server.stats()["counts"]["over cap"] < 900, "64 at once all along: over a thousand"
    assert server.stats()["most_running"] == 8


@pytest.mark.parametrize(
    ("cap", "latency_s", "retry_after_s"), [(32, 0.25, None), (8, 0.05, None), (32, 4.0, 1.0), (100, 1.0, None)]
)
def test_a_storm_of_429_leaves_nine_tenths_of_what_the_server_can_do(
    cap: int, latency_s: float, retry_after_s: float | None
) -> None:
    """On a clock that only waiting moves: what the limiter itself costs, whatever else the machine does."""
    answering, prompts = Capped(cap, latency_s, retry_after_s), [ask()] * 1500
    seconds = seconds_of_storm(answering, prompts, 256)
    assert len(prompts) * latency_s / cap / seconds >= 0.9
    assert 0 < answering.refused < len(prompts) / 5
