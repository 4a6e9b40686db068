"""What levels by need save, against a run in earnest with everybody at one level, and whether anything is lost by it.

    python tests/benchmarks/bench_resolution.py [castaway_colony_branching] [--seeds 5] [--levels] [--set PATH=VALUE]

For each seed the template is played as it is and once more with everybody at ``trained``; printed are the share of
rendered prompt tokens saved, and of each side turns and what the audit measures, as mean and range over the seeds. Last
comes the difference of the two, seed by seed, with a bootstrap interval of its mean: a drop that excludes zero is one.
``--levels``: the same figures with everybody at each of the five levels instead, and tokens a prompt.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from timepoint_pro.evaluation.resolution import Side, UniformComparison, compare_with_uniform, side_of
from timepoint_pro.evaluation.statistics import bootstrap
from timepoint_pro.mechanisms.m05_resolution import QueryDrivenResolution
from timepoint_pro.records.draws import Draws
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template
from timepoint_pro.templates.vocabulary import LEVELS

SHOWN = (
    "duplicates", "record_duplicates", "distinct_1", "distinct_2", "distinct_3", "leak_knowledge", "leak_future",
    "leak_absent", "contradictions", "invalid", "empty", "truncated", "constants",
)  # fmt: skip


def spread(values: Sequence[float], digits: int = 3) -> str:
    return f"{sum(values) / len(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def measured(side: Side) -> Mapping[str, float]:
    return {"turns": float(side.turns), **{name: side.audit[name] for name in SHOWN if name in side.audit}}


def by_need(template: Template, seeds: int) -> None:
    found: list[UniformComparison] = []
    spoken: Counter[str] = Counter()
    deciding: Counter[str] = Counter()
    for seed in range(1, seeds + 1):
        run = Simulation(template, seed=seed, store=":memory:").run()
        levels = {(timepoint, entity): level for timepoint, entity, level in run.resolution_report().levels}
        spoken.update(levels[dialog.timepoint_id, turn.speaker] for dialog in run.dialogs for turn in dialog.turns)
        deciders = ((one.id, one.question.decides) for one in run.timepoints if one.question is not None)
        deciding.update(levels[place] for place in deciders if place in levels)
        found.append(compare_with_uniform(run))
        print(f"seed {seed}: {found[-1].run.tokens} prompt tokens against {found[-1].uniform.tokens}, "
              f"{found[-1].saved:.1%} saved", flush=True)
    print(f"\n{template.id}, seeds 1 to {seeds}: saved {spread([one.saved for one in found])}")
    for words, counts in (("turns by the speaker's level", spoken), ("moments by the level of who decides", deciding)):
        total = max(1, sum(counts.values()))
        print(f"{words}: " + ", ".join(f"{counts[one] / total:.0%} {one}" for one in LEVELS if counts[one]))
    for name, side in (("by need", [one.run for one in found]), ("trained", [one.uniform for one in found])):
        print(f"tokens a turn, {name}: {spread([one.tokens / one.turns for one in side], 0)}")
    print(f"\n{'':18}{'by need':>28}{'trained':>28}{'difference, 95 % interval':>32}")
    own, other = [measured(one.run) for one in found], [measured(one.uniform) for one in found]
    for name in own[0]:
        gaps = [one[name] - two[name] for one, two in zip(own, other, strict=True)]
        print(f"{name:18}{spread([one[name] for one in own]):>28}{spread([one[name] for one in other]):>28}"
              f"{between(gaps):>32}")


def between(gaps: Sequence[float]) -> str:
    mean, interval = sum(gaps) / len(gaps), bootstrap(gaps, Draws(b"bench resolution"))
    return f"{mean:+.3f}" if interval is None else f"{mean:+.3f} ({interval[0]:+.3f} to {interval[1]:+.3f})"


def each_level(template: Template, seeds: int) -> None:
    print(f"{template.id}, seeds 1 to {seeds}: mean (range)")
    for level in LEVELS:
        given = {"store": ":memory:", "mechanisms": [QueryDrivenResolution(uniform=level)]}
        sides = [side_of(Simulation(template, seed=seed, **given).run()) for seed in range(1, seeds + 1)]
        print(f"\n{level}: tokens a turn {spread([one.tokens / one.turns for one in sides], 0)}, longest prompt "
              f"{max(one.longest for one in sides)}")
        rows = [measured(one) for one in sides]
        print("  " + "; ".join(f"{name} {spread([one[name] for one in rows])}" for name in list(rows[0])[:6]))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("template", nargs="?", default="castaway_colony_branching")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--levels", action="store_true")
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE")
    asked = parser.parse_args()
    changes: dict[str, Any] = {}
    for one in asked.set:
        path, _, value = one.partition("=")
        changes[path] = json.loads(value)
    template = Template.from_template(asked.template).with_changes(changes)
    (each_level if asked.levels else by_need)(template, asked.seeds)


if __name__ == "__main__":
    main()
