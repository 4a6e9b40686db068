"""What the gateway costs, next to a bare loop of the same SDK on the same transport and server in the same run.

    python -m tests.benchmarks.bench_gateway [all|many|few|hits|kills|storm|malformed] ...

Every figure is printed with its bound. Needs a quiet machine with two cores: the server gets one, the caller the rest.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import orjson

SUPPORT = Path(__file__).parents[1] / "pro" / "llm"
ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(SUPPORT)]

from asking import MODEL, backend, store_in  # noqa: E402
from play import Simulation  # noqa: E402
from questions import ask  # noqa: E402
from serving import Served  # noqa: E402
from ticking import Capped, seconds_of_storm, ticked  # noqa: E402

from timepoint_pro import RunStore  # noqa: E402
from timepoint_pro.errors import ModelError  # noqa: E402
from timepoint_pro.llm import openai_compatible  # noqa: E402
from timepoint_pro.llm.base import Completion, Request  # noqa: E402
from timepoint_pro.llm.gateway import Gateway, Route  # noqa: E402
from timepoint_pro.llm.ledger import Call  # noqa: E402
from timepoint_pro.llm.scripted import ScriptedBackend  # noqa: E402
from timepoint_pro.prompts.base import Prompt  # noqa: E402

LATENCY_S = 0.05
TRANSPORTS = ("httpx", "aiohttp")
ROUNDS = 2
STORM_LATENCY_S = 0.25
"""Long enough that the cap bounds the throughput, and not the processor."""
PLAY = SUPPORT / "play.py"


def say(name: str, value: float, bound: str = "", unit: str = "") -> None:
    print(f"{name:76} {value:10.3f} {unit:6} {bound}", flush=True)


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Wall seconds, CPU seconds of this process, and the result."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - wall, time.process_time() - cpu, result


def sdk_client(transport: str, url: str, width: int) -> Any:
    """The SDK on one of its transports, with room for ``width`` connections."""
    import openai

    timeout = openai.Timeout(60.0)
    limits = type(openai.DEFAULT_CONNECTION_LIMITS)(max_connections=width, max_keepalive_connections=width)
    kind = openai.DefaultAioHttpClient if transport == "aiohttp" else openai.DefaultAsyncHttpxClient
    http = kind(timeout=timeout, limits=limits)
    return openai.AsyncOpenAI(api_key="none", base_url=url, max_retries=0, timeout=timeout, http_client=http)


def bare(server: Served, prompts: list[Prompt[Any]], width: int, transport: str) -> None:
    """The same calls by the SDK alone."""

    async def run() -> None:
        client = sdk_client(transport, server.url, width)
        slots = asyncio.Semaphore(width)

        async def one(number: int, prompt: Prompt[Any]) -> None:
            async with slots:
                reply = await client.chat.completions.create(
                    model=MODEL, messages=[{"role": m.role, "content": m.content} for m in prompt.messages()],
                    seed=number, temperature=0.7, top_p=1.0, max_tokens=512, frequency_penalty=0, presence_penalty=0,
                    response_format={"type": "json_schema", "json_schema": {"name": "Ask", "schema": prompt.schema()}},
                )  # fmt: skip
            assert reply.choices[0].message.content

        await asyncio.gather(*(one(number, prompt) for number, prompt in enumerate(prompts)))
        await client.close()

    asyncio.run(run())


def through_gateway(
    server: Served, prompts: list[Prompt[Any]], width: int, folder: Path, *, backoff_s: float = 0.5
) -> list[Call | BaseException]:
    """The same calls through gateway, limiter, cache and ledger."""
    store, cache = store_in(folder)
    answering = backend(server, timeout=60.0, most=width)
    object.__setattr__(answering, "backoff_s", backoff_s)
    gateway = Gateway(lambda _action: [Route(answering, MODEL)], cache)

    async def run() -> list[Call | BaseException]:
        asked = (gateway.ask(prompt, f"T0/{number}", number) for number, prompt in enumerate(prompts))
        calls = await asyncio.gather(*asked, return_exceptions=True)
        await answering.aclose()
        return calls

    calls = asyncio.run(run())
    store.close()
    return calls


def compare(server: Served, folder: Path, count: int, width: int) -> None:
    """Wall and CPU of ``count`` calls, ``width`` at once, on both transports, next to the bare loop on the same one.

    All four in turn, ``ROUNDS`` times; the best of each. The ratios are of the same round, the middle one.
    """
    prompts: list[Prompt[Any]] = [ask(f"subject {number}") for number in range(count)]
    server.reset()
    alone_s = seconds_of_one(server)
    server.control(latency=LATENCY_S)
    taken: dict[tuple[str, str], list[tuple[float, float]]] = {}
    before = server.cpu_s
    for turn in range(ROUNDS):
        for transport in TRANSPORTS:
            taken.setdefault((transport, "bare"), []).append(
                timed(lambda transport=transport: bare(server, prompts, width, transport))[:2]
            )
            into = folder / f"{count}-{width}-{turn}-{transport}"
            into.mkdir()
            with sending_by(transport):
                wall, cpu, calls = timed(lambda into=into: through_gateway(server, prompts, width, into))
            assert all(isinstance(call, Call) for call in calls)
            taken.setdefault((transport, "ours"), []).append((wall, cpu))
    served_s = (server.cpu_s - before) / (count * ROUNDS * 2 * len(TRANSPORTS))
    ideal = count * LATENCY_S / width
    name = f"N={count} at {width}"
    say(f"{name}: the server's own time for a call, CPU", 1e3 * served_s, "", "ms")
    say(f"{name}: the same, one call at a time and no latency, wall", 1e3 * alone_s, "", "ms")
    for transport in TRANSPORTS:
        plain, ours = taken[transport, "bare"], taken[transport, "ours"]
        for who, times in (("bare loop", plain), ("gateway", ours)):
            wall, cpu = map(min, zip(*times, strict=True))
            say(f"{name}, {transport}: wall, {who}", wall, f"{wall / ideal:.2f} x ideal (<= 1.15 at 16)", "s")
            say(f"{name}, {transport}: CPU a call, {who}", 1e3 * cpu / count, "", "ms")
        for place, what in enumerate(("wall", "CPU")):
            ratio = median(own[place] / other[place] for own, other in zip(ours, plain, strict=True))
            say(f"{name}, {transport}: {what} / bare loop", ratio, "<= 1.5")
        cpu = min(cpu for _wall, cpu in ours)
        alone = seconds_on_two_cores(count, width, cpu / count, served_s)
        say(f"{name}, {transport}: wall by these CPU times, each side on a core of its own", alone / ideal, "x ideal")


def seconds_on_two_cores(count: int, width: int, client_s: float, server_s: float) -> float:
    """Wall of so many calls by what each takes of the processor here and there, where nothing else wants it.

    On a clock that only waiting moves: a call holds each core twice, before and after the server's latency.
    """

    async def run() -> float:
        slots, here, there = asyncio.Semaphore(width), asyncio.Lock(), asyncio.Lock()

        async def one() -> None:
            async with slots:
                await held(here, client_s / 2)
                await held(there, server_s / 2)
                await asyncio.sleep(LATENCY_S)
                await held(there, server_s / 2)
                await held(here, client_s / 2)

        await asyncio.gather(*(one() for _ in range(count)))
        return asyncio.get_running_loop().time()

    return ticked(run())


async def held(core: asyncio.Lock, seconds: float) -> None:
    async with core:
        await asyncio.sleep(seconds)


def seconds_of_one(server: Served) -> float:
    """Wall seconds of one request over a plain socket, the server told to answer at once."""
    server.control(latency=0.0)
    question = ask("the weather")
    body = orjson.dumps({
        "model": MODEL, "messages": [{"role": m.role, "content": m.content} for m in question.messages()],
        "response_format": {"type": "json_schema", "json_schema": {"name": "Ask", "schema": question.schema()}},
    })  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    times = []
    for _ in range(100):
        began = time.perf_counter()
        connection.request("POST", "/v1/chat/completions", body, {"content-type": "application/json"})
        connection.getresponse().read()
        times.append(time.perf_counter() - began)
    connection.close()
    return median(times)


@contextmanager
def sending_by(transport: str) -> Iterator[None]:
    """The product on one transport, whichever are installed."""
    found = openai_compatible.has_aiohttp
    openai_compatible.has_aiohttp = lambda: transport == "aiohttp"  # type: ignore[assignment]
    try:
        yield
    finally:
        openai_compatible.has_aiohttp = found


class Recorder:
    """The built-in model as if it were remote: its prompts are kept, its answers cached."""

    name = "recorder"

    def __init__(self) -> None:
        self.prompts: list[Prompt[Any]] = []
        self._inner = ScriptedBackend()

    async def complete(self, request: Request, /) -> Completion:
        self.prompts.append(request.prompt)
        return await self._inner.complete(request)

    async def aclose(self) -> None:
        """Nothing is open."""


def hits(server: Served, folder: Path) -> None:
    """One answer from the cache: a small prompt, and the dialog turns of a real run."""
    recorder = Recorder()
    run = Simulation.from_template("mars_mission_portal", seed=7, backend=recorder, store=RunStore(folder / "hits.db"))
    run.run()
    turns = [one for one in recorder.prompts if type(one).__name__ == "DialogTurn"]
    small: list[Prompt[Any]] = [ask(f"subject {number}") for number in range(200)]
    server.reset()
    through_gateway(server, small, 16, folder)
    _, cache = store_in(folder)
    of_recorder = Gateway(lambda _action: [Route(recorder, "recorder")], cache)
    asyncio.run(_ask(of_recorder, turns, len(turns)))
    silent = Gateway(lambda _action: [Route(_Silent(), MODEL)], cache)
    for name, gateway, prompts in (("small prompt", silent, small), ("dialog turn of a run", of_recorder, turns)):
        say(f"cache hit, {name}", 1e6 * _seconds_a_hit(gateway, prompts), "<= 150", "us")
    wording = min(timed(lambda: [(one.messages(), one.schema()) for one in turns])[1] for _ in range(100)) / len(turns)
    say("  of which the dialog turn is put in words", 1e6 * wording, "", "us")


class _Silent:
    """A backend that must not be asked."""

    name = "compatible"

    async def complete(self, request: Request, /) -> Completion:
        raise ModelError(f"asked for {request.model} although the answer is kept")

    async def aclose(self) -> None:
        """Nothing is open."""


async def _ask(gateway: Gateway, prompts: list[Prompt[Any]], places: int) -> None:
    for number, prompt in enumerate(prompts):
        await gateway.ask(prompt, f"T0/{number % places}", number % places)


def _seconds_a_hit(gateway: Gateway, prompts: list[Prompt[Any]]) -> float:
    """CPU seconds of a hit: the best of many passes, each short enough to find the machine quiet."""

    async def passes() -> float:
        best = float("inf")
        for _ in range(100):
            began = time.process_time()
            await _ask(gateway, prompts, len(prompts))
            best = min(best, (time.process_time() - began) / len(prompts))
        return best

    found = gateway.found
    best = asyncio.run(passes())
    assert gateway.found - found == 100 * len(prompts)
    return best


def storm(server: Served, folder: Path) -> None:
    """Far more calls wanted than the server takes, against the throughput with exactly its cap."""
    prompts: list[Prompt[Any]] = [ask(f"subject {number}") for number in range(1500)]
    server.reset()
    server.control(latency=STORM_LATENCY_S)
    walls: dict[str, float] = {}
    for turn in range(2):
        for name, cap, width in (("at the cap", None, 32), ("storm", 32, 256)):
            server.control(cap=cap)
            into = folder / f"storm-{width}-{turn}"
            into.mkdir()
            wall, _, calls = timed(lambda into=into, width=width: through_gateway(server, prompts, width, into))
            assert all(isinstance(call, Call) for call in calls)
            walls[name] = min(wall, walls.get(name, wall))
    counts = server.stats()["counts"]
    say("429 storm (cap 32, 256 wanted): refusals a call", counts.get("over cap", 0) / (2 * len(prompts)), "")
    say("429 storm: calls a second at the cap", len(prompts) / walls["at the cap"], "128 at best")
    say("429 storm: throughput / throughput at the cap", walls["at the cap"] / walls["storm"], ">= 0.90")
    answering = Capped(32, STORM_LATENCY_S)
    seconds = seconds_of_storm(answering, prompts, 256)
    ideal = len(prompts) * STORM_LATENCY_S / answering.cap
    say("429 storm, on a clock that only waiting moves: throughput / cap", ideal / seconds, ">= 0.90")
    say("  refusals a call", answering.refused / len(prompts))


def malformed(server: Served, folder: Path) -> None:
    """A fifth of the answers is broken."""
    prompts: list[Prompt[Any]] = [ask(f"subject {number}") for number in range(1000)]
    server.reset()
    server.control(faults=[{"kind": "malformed", "share": 0.2}])
    calls = through_gateway(server, prompts, 64, folder)
    good = [call for call in calls if isinstance(call, Call)]
    say("20 % malformed: recovered", len(good) / len(calls), ">= 0.99")
    say("20 % malformed: requests a call", sum(call.attempts for call in good) / len(good), "1.25 expected")


def kills(server: Served, folder: Path) -> None:
    """Twenty SIGKILLs at random moments of runs; then no kept call may have been asked again."""
    chance = random.Random(7)
    server.reset()
    server.control(latency=0.02)
    database = folder / "killed.db"
    kept: dict[str, int] = {}
    killed = runs = 0
    while killed < 20:
        runs += 1
        run_id, what, done = f"run_{runs}", "start", False
        while not done and killed < 20:
            arguments = [sys.executable, str(PLAY), what, str(database), run_id, server.url, "mars_mission_portal"]
            if what == "start":
                arguments.append(str(runs))
            before = server.stats()["counts"].get("answers", 0)
            environ = {**os.environ, "PYTHONPATH": str(ROOT)}
            process = subprocess.Popen(arguments, env=environ)
            more = chance.randint(1, 14)
            while process.poll() is None and server.stats()["counts"].get("answers", 0) < before + more:
                time.sleep(0.005)
            time.sleep(chance.random() * 0.03)
            done = process.poll() is not None
            process.kill()
            process.wait()
            killed += not done
            what = "resume"
            answered = server.stats()["answered"]
            with RunStore(database) as store:
                for row in store.query("SELECT response_id FROM llm_attempts"):
                    kept.setdefault(row["response_id"], answered[row["response_id"]])
                if not store.query("SELECT 1 FROM runs WHERE run_id = ?", (run_id,)):
                    what = "start"
        if not done:
            Simulation.resume(run_id, database).run()
    answered = server.stats()["answered"]
    repeated = sum(answered[one] - count for one, count in kept.items())
    say("random SIGKILLs", killed, "20")
    say("calls kept when killed", len(kept), "")
    say("kept calls asked again", repeated, "0")


PARTS: dict[str, Callable[[Served, Path], None]] = {
    "many": lambda server, folder: compare(server, folder, 4000, 500),
    "few": lambda server, folder: compare(server, folder, 2000, 16),
    "hits": hits,
    "kills": kills,
    "storm": storm,
    "malformed": malformed,
}


def apart(server: Served) -> None:
    """Give the server a core of its own, where there is one to give: the kernel often lets both wait for the same."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) > 1:
        os.sched_setaffinity(server.pid, cores[-1:])
        os.sched_setaffinity(0, cores[:-1])
    print(f"server on core {cores[-1]}, caller on {cores[:-1]}" if len(cores) > 1 else "server and caller on one core")


def main(wanted: list[str]) -> None:
    with Served() as server:
        apart(server)
        for name, part in PARTS.items():
            if not wanted or name in wanted or "all" in wanted:
                with tempfile.TemporaryDirectory() as folder:
                    part(server, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
