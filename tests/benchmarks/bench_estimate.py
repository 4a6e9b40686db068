"""How far an estimate is off: its calls against those of whole runs by the tests' server.

    python -m tests.benchmarks.bench_estimate [TEMPLATE] ... [--seeds 3]

The server's model closes a scene where the prompt tells it to, and never before. A repair or a turn that is asked for
again counts as a call of the run.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
SUPPORT = ROOT / "tests" / "pro" / "llm"
sys.path[:0] = [str(ROOT), str(SUPPORT)]

from serving import Served  # noqa: E402

from timepoint_pro import Simulation  # noqa: E402
from timepoint_pro.templates import available  # noqa: E402

MODEL = "test/one"
WITHIN = 0.25


def compare(template: str, seed: int, served: Served) -> tuple[int, int, float]:
    """Estimated calls, calls of the run, and CPU seconds of the estimate."""
    given = {"seed": seed, "model": MODEL, "base_url": served.url, "store": ":memory:"}
    simulation = Simulation.from_template(template, **given)
    began = time.process_time()
    estimated = simulation.estimate().calls
    seconds = time.process_time() - began
    before = served.requests
    simulation.run()
    return estimated, served.requests - before, seconds


def main() -> None:
    arguments = sys.argv[1:]
    seeds = 3
    if "--seeds" in arguments:
        place = arguments.index("--seeds")
        seeds = int(arguments[place + 1])
        del arguments[place : place + 2]
    outside, single, together, slow = 0, [], [], []
    with Served() as served:
        for template in arguments or [one.id for one in available()]:
            found = [compare(template, seed, served) for seed in range(1, seeds + 1)]
            ratios = [estimated / calls for estimated, calls, _seconds in found]
            single += ratios
            together.append(sum(one[0] for one in found) / sum(one[1] for one in found))
            slow.append(max(one[2] for one in found))
            off = [ratio for ratio in ratios if abs(ratio - 1.0) > WITHIN]
            outside += len(off)
            shown = ", ".join(f"{one[0]}/{one[1]} = {ratio:.2f}" for one, ratio in zip(found, ratios, strict=True))
            print(f"{template:44} {shown}{'  <- outside' if off else ''}", flush=True)
    print(f"single runs outside of .75 to 1.25: {outside} of {len(single)}; {min(single):.2f} to {max(single):.2f}")
    print(f"each template's seeds together: {min(together):.2f} to {max(together):.2f} (aim .75 to 1.25)")
    print(f"CPU of an estimate: {min(slow):.1f} to {max(slow):.1f} s")


if __name__ == "__main__":
    main()
