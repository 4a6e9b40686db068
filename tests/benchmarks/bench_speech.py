"""How much the scripted model repeats itself: near-duplicate turns within a run, and distinct-2 in 1,000 tokens.

    python tests/benchmarks/bench_speech.py [--seeds 200] [TEMPLATE ...]

A pair of turns of one run is a near-duplicate at Jaccard similarity of their word-3-grams >= .9 or >= .7.
"""

from __future__ import annotations

import argparse
import statistics
from itertools import combinations

from timepoint_pro.formulas.text import distinct_in_window, jaccard, shingles
from timepoint_pro.simulation import Simulation

TEMPLATES = ("mars_mission_portal", "board_meeting", "convergence/simple")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("templates", nargs="*", default=TEMPLATES)
    parser.add_argument("--seeds", type=int, default=200)
    asked = parser.parse_args()
    for name in asked.templates:
        pairs = alike = near = runs_with_near = turns = 0
        variety: list[float] = []
        for seed in range(asked.seeds):
            run = Simulation.from_template(name, seed=seed, store=":memory:").run()
            texts = [turn.content for dialog in run.dialogs for turn in dialog.turns]
            found = [jaccard(one, other) for one, other in combinations([shingles(text) for text in texts], 2)]
            turns += len(texts)
            pairs += len(found)
            alike += sum(similarity >= 0.7 for similarity in found)
            near += sum(similarity >= 0.9 for similarity in found)
            runs_with_near += any(similarity >= 0.9 for similarity in found)
            variety.append(distinct_in_window(texts, 2, 1000))
        print(
            f"{name}: {asked.seeds} runs, {turns / asked.seeds:.1f} turns a run; pairs at >= .9: {near} "
            f"(in {runs_with_near} runs), at >= .7: {alike} of {pairs} ({100 * alike / pairs:.3f} %); "
            f"distinct-2 in 1,000 tokens: least {min(variety):.3f}, mean {statistics.fmean(variety):.3f}"
        )


if __name__ == "__main__":
    main()
