"""Time, memory and growth with a crowd: 8 people who talk beside a background that nobody looks at.

    python tests/benchmarks/bench_crowd.py [--crowd 1000] [--moments 100] [--shown 12]

Plays the same forward run without and with the crowd and prints seconds, CPU a turn, peak memory and how the levels are
spread at the end. The crowd is made by M9 from ``entities.count`` and starts at ``tensor_only``.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import resource
import time

from scenario import big_template

from timepoint_pro.mechanisms.resolution import Resolution
from timepoint_pro.records.entity import Cast
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template
from timepoint_pro.templates.vocabulary import LEVELS

TALKERS = 8


def crowded(crowd: int, moments: int) -> Template:
    document = big_template(TALKERS, moments)
    document["entities"] = {"count": TALKERS + crowd, "initial_resolution": "tensor_only"}
    return Template.from_dict(document)


def play(crowd: int, moments: int) -> tuple[Run, float, float]:
    simulation = Simulation(crowded(crowd, moments), seed=1, store=RunStore(":memory:"))
    wall, cpu = time.perf_counter(), time.process_time()
    run = simulation.run()
    return run, time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--crowd", type=int, default=992)
    parser.add_argument("--moments", type=int, default=100)
    parser.add_argument("--shown", type=int, default=0, help="functions to list from a profile of the crowded run")
    asked = parser.parse_args()
    for crowd in (0, asked.crowd):
        run, wall, cpu = play(crowd, asked.moments)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
        print(f"{TALKERS} + {crowd} entities, {asked.moments} moments, {run.turns} turns: {wall:.2f} s, "
              f"{cpu / max(1, run.turns) * 1e3:.3f} ms CPU a turn, peak memory {peak:.0f} MiB")
        world = run.world()
        resolution = world[Resolution]
        spread = dict.fromkeys(LEVELS, 0)
        for one in world[Cast].order:
            spread[resolution.level(one)] += 1
        print("levels at the end: " + ", ".join(f"{count} {level}" for level, count in spread.items() if count))
    if asked.shown:
        profile = cProfile.Profile()
        profile.runcall(play, asked.crowd, asked.moments)
        pstats.Stats(profile).sort_stats("cumulative").print_stats(asked.shown)


if __name__ == "__main__":
    main()
