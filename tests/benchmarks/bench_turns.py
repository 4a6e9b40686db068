"""CPU a dialog turn with the scripted model, its flatness over a long run, bytes of log and model calls a turn.

    python tests/benchmarks/bench_turns.py [--turns 2000] [--runs 5]

The flatness figure divides the mean CPU time a turn of the last tenth of the moments by that of the first tenth,
each moment's time being the smallest of all runs. Beside it stands the number of Python function calls a turn in the
same two tenths, which does not depend on the machine's mood.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable

from scenario import big_template

from timepoint_pro.engine.progress import Progress
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template

SMALL_PLAYS = 10


class Meter:
    """Reads a counter at the end of each moment."""

    def __init__(self, counter: Callable[[], float]) -> None:
        self.counter, self.last = counter, counter()
        self.spent: list[float] = []
        self.turns: list[int] = []
        self._so_far = 0

    def __call__(self, progress: Progress) -> None:
        if progress.kind == "closed":
            now = self.counter()
            self.spent.append(now - self.last)
            self.turns.append(progress.turns - self._so_far)
            self.last, self._so_far = now, progress.turns


def play(template: Template, meter: Meter) -> Simulation:
    store = RunStore(":memory:")
    simulation = Simulation(template, seed=1, store=store)
    simulation.run(meter)
    return simulation


def count_calls(template: Template) -> Meter:
    calls = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        if event == "call":
            calls += 1

    meter = Meter(lambda: calls)
    sys.setprofile(note)
    try:
        play(template, meter)
    finally:
        sys.setprofile(None)
    return meter


def tenths(values: list[float], turns: list[int]) -> tuple[float, float]:
    size = max(1, len(values) // 10)
    return sum(values[:size]) / sum(turns[:size]), sum(values[-size:]) / sum(turns[-size:])


def each_tenth(values: list[float], turns: list[int]) -> list[float]:
    size = max(1, len(values) // 10)
    starts = range(0, size * 10, size)
    return [sum(values[one : one + size]) / sum(turns[one : one + size]) for one in starts]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--turns", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    for people in (4, 10):
        small = Template.from_dict(big_template(people, 20))
        plays = list(timed(small, SMALL_PLAYS))
        best = min(sum(meter.spent) / sum(meter.turns) for meter in plays)
        print(f"{people} present: {best * 1e3:.3f} ms CPU a turn, best of {SMALL_PLAYS} plays; "
              f"{sum(smallest(plays)) / sum(plays[0].turns) * 1e3:.3f} ms with each moment's smallest")
    log_and_calls()
    moments = asked.turns // 10
    template = Template.from_dict(big_template(6, moments))
    meters = list(timed(template, asked.runs))
    first, last = tenths(smallest(meters), meters[0].turns)
    print(f"{sum(meters[0].turns)} turns, minimum of {asked.runs} runs: first tenth {first * 1e3:.3f} ms a turn, "
          f"last tenth {last * 1e3:.3f} ms, ratio {last / first:.3f}")
    course = each_tenth(smallest(meters), meters[0].turns)
    print(f"each tenth: {', '.join(f'{one * 1e3:.2f}' for one in course)} ms a turn")
    counted = count_calls(template)
    early, late = tenths(counted.spent, counted.turns)
    print(f"function calls a turn: first tenth {early:.0f}, last tenth {late:.0f}, ratio {late / early:.3f}")


def smallest(plays: list[Meter]) -> list[float]:
    """The smallest time of each moment: what the same work takes when nothing else is in its way."""
    return [min(column) for column in zip(*(meter.spent for meter in plays), strict=True)]


def timed(template: Template, runs: int) -> list[Meter]:
    meters = []
    for _ in range(runs):
        meter = Meter(time.process_time)
        play(template, meter)
        meters.append(meter)
    return meters


def log_and_calls() -> None:
    for name in ("mars_mission_portal", "board_meeting", "convergence/simple"):
        store = RunStore(":memory:")
        bytes_a_turn, calls_a_turn, planning = [], [], []
        for seed in range(5):
            run = Simulation.from_template(name, seed=seed, store=store).run()
            size = store.query(
                "SELECT sum(length(body) + length(event_id) + length(type)) AS n FROM events WHERE run_id = ?",
                (run.run_id,),
            )[0]["n"]
            rows = store.query(
                "SELECT action, sum(attempts) AS n FROM llm_calls WHERE run_id = ? GROUP BY action", (run.run_id,)
            )
            asked = {row["action"]: row["n"] for row in rows}
            bytes_a_turn.append(size / run.turns)
            calls_a_turn.append(asked.pop("DIALOG_SYNTHESIS") / run.turns)
            planning.append(sum(asked.values()))
        print(
            f"{name}: log {statistics.fmean(bytes_a_turn) / 1024:.2f} KiB a turn, "
            f"{statistics.fmean(calls_a_turn):.3f} dialog calls a turn, "
            f"{statistics.fmean(planning):.1f} planning calls a run"
        )


if __name__ == "__main__":
    main()
