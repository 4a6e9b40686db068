"""Modes: every shipped template in every mode, small worlds with a known answer, and the calls of a portal.

    python -m tests.benchmarks.bench_modes [templates|worlds|calls] ... [--worlds 100]

``templates`` prints a line for each template and mode: seconds, moments, paths, turns, broken constraints, or why it
does not run; ``worlds`` how often a portal finds a planted common cause, beside a judge by lot; ``calls`` the model
calls of a portal on a test server that takes 50 ms, and a trace of the calls in flight beside the independent work.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "pro" / "llm"), str(ROOT / "tests" / "pro" / "modes")]

from asking import MODEL, backend  # noqa: E402
from serving import Served  # noqa: E402
from small_worlds import RandomScorer, found, planted  # noqa: E402

from timepoint_pro.errors import TimepointError  # noqa: E402
from timepoint_pro.llm.base import Completion, Request  # noqa: E402
from timepoint_pro.modes.catalogue import MODES  # noqa: E402
from timepoint_pro.modes.paths import PathStepped  # noqa: E402
from timepoint_pro.run import Run  # noqa: E402
from timepoint_pro.simulation import Simulation  # noqa: E402
from timepoint_pro.templates import Template, available  # noqa: E402

LATENCY_S = 0.05
MOST_SECONDS = 20.0


def templates() -> None:
    print(f"{'template':28} {'mode':12} {'s':>5} {'moments':>7} {'paths':>5} {'turns':>5} {'broken':>6}")
    slowest = 0.0
    for name in sorted(one.id for one in available()):
        for mode in MODES:
            started = time.perf_counter()
            try:
                run = Simulation.from_template(name, mode=mode, store=":memory:").run()
            except TimepointError as error:
                print(f"{name.rpartition('/')[2]:28} {mode:12} {error}")
                continue
            seconds = time.perf_counter() - started
            slowest = max(slowest, seconds)
            paths = len(run.ends)
            print(
                f"{name.rpartition('/')[2]:28} {mode:12} {seconds:5.1f} {len(run.timepoints):7} {paths:5} "
                f"{run.turns:5} {len(run.violations):6}", flush=True,
            )  # fmt: skip
    print(f"slowest: {slowest:.1f} s (bound {MOST_SECONDS:.0f} s)")


def worlds(count: int) -> None:
    judged = by_lot = 0
    for seed in range(count):
        world = planted(seed)
        template = Template.from_dict(world.document)
        judged += found(Simulation(template, seed=seed, store=":memory:").run(), world.cause)
        lot = Simulation(template, seed=seed, store=":memory:", backend=RandomScorer(), model="scripted").run()
        by_lot += found(lot, world.cause)
    print(f"{count} worlds: the winner rests on the common cause in {judged}, with a judge by lot in {by_lot}")


class Tracing:
    """A backend that writes down when each request was in flight."""

    def __init__(self, inner: Any) -> None:
        self._inner, self.spans = inner, []
        self.name, self.cached = inner.name, True

    async def complete(self, request: Request, /) -> Completion:
        span = [type(request.prompt).__name__, time.perf_counter(), 0.0]
        self.spans.append(span)
        try:
            return await self._inner.complete(request)
        finally:
            span[2] = time.perf_counter()

    async def aclose(self) -> None:
        await self._inner.aclose()


def calls() -> None:
    document = Template.from_template("mars_mission_portal").with_changes(
        {"temporal.backward_steps": 5, "temporal.candidate_antecedents_per_step": 3, "temporal.path_count": 3}
    )
    scripted = Simulation(document, seed=7, store=":memory:").run()
    print(f"built-in model: {scripted.cost.calls} calls, {len(scripted.timepoints)} scenes, {scripted.turns} turns")
    with Served() as server:
        server.control(latency=LATENCY_S)
        tracing = Tracing(backend(server))
        run = Simulation(document, seed=7, store=":memory:", backend=tracing, model=MODEL).run()
        _report(run, tracing)
        trials = Tracing(backend(server))
        changes = {
            "temporal.use_simulation_judging": True, "temporal.simulation_forward_steps": 1,
            "temporal.simulation_include_dialog": True, "temporal.simulation_cache_results": False,
        }  # fmt: skip
        Simulation(document.with_changes(changes), seed=7, store=":memory:", backend=trials, model=MODEL).run()
        print(f"with trials: {len(trials.spans)} calls, {_most(trials.spans, 'DialogTurn')} turns in flight at most "
              "(9 = 3 paths of 3 candidates)")


def _report(run: Run, tracing: Tracing) -> None:
    spans = tracing.spans
    print(f"test server: {len(spans)} calls, {len(run.timepoints)} scenes, {run.turns} turns (bound 100 calls)")
    steps = [one.event for one in run.log["plan"] if isinstance(one.event, PathStepped)]
    planning = [span for span in spans if span[0] in ("ProposeAntecedents", "ScoreAntecedents")]
    print(f"{'step':>4} {'paths to go on from':>20} {'in flight at most':>18} {'ms':>6}")
    place, width = 0, 1
    for number, step in enumerate(steps, 1):
        chunk = planning[place : place + 2 * width]
        lasted = max(span[2] for span in chunk) - min(span[1] for span in chunk)
        print(f"{number:4} {width:20} {_most(chunk):18} {1000 * lasted:6.0f}")
        place, width = place + 2 * width, len(step.kept)
    talk = [span for span in spans if span[0] == "DialogTurn"]
    print(f"turns: each follows from the one before, {_most(talk)} in flight")


def _most(spans: list[list[Any]], kind: str = "") -> int:
    """The most spans that overlap."""
    edges = sorted(
        edge for name, start, end in spans if not kind or name == kind for edge in ((start, 1), (end, -1))
    )
    most = now = 0
    for _, step in edges:
        now += step
        most = max(most, now)
    return most


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", choices=("templates", "worlds", "calls", []), default=[])
    parser.add_argument("--worlds", type=int, default=100)
    asked = parser.parse_args()
    for part in asked.parts or ("templates", "worlds", "calls"):
        {"templates": templates, "worlds": lambda: worlds(asked.worlds), "calls": calls}[part]()


if __name__ == "__main__":
    main()
