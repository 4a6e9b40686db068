"""Are the records of all shipped templates fit to train on? python tests/benchmarks/bench_templates.py [SEED]

Every shipped template is played once with the built-in model, the dialog_turn records of all runs are exported as one
dataset, as they are by default, and audited together. Whole numbers are counts; near-duplicates are a share.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from timepoint_pro.evaluation.audit import audit
from timepoint_pro.exporters import export_runs
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import available

NONE = (
    "leak_knowledge", "leak_future", "leak_absent", "contradictions", "empty", "invalid", "constants",
)  # fmt: skip
"""Measures of which there must be none."""
MOST = 0.01
"""Share of near-duplicate completions that must not be reached."""


def main(seed: int) -> None:
    """Play, export, audit, print."""
    with tempfile.TemporaryDirectory() as place, RunStore(Path(place) / "runs.db") as store:
        names = [one.id for one in available()]
        runs = [
            Simulation.from_template(name, seed=seed, store=store, run_id=f"run_{number}").run()
            for number, name in enumerate(names)
        ]
        folder = Path(place) / "data"
        export_runs(runs, folder, tasks=["dialog_turn"])
        count = json.loads((folder / "manifest.json").read_bytes())["tasks"]["dialog_turn"]
        report = audit(folder)
        print(f"{len(runs)} templates, seed {seed}: {count['records']} records, {count['repeats']} repeats left out")
        for name in NONE:
            found = report.findings[name]
            print(f"{name:16} {found.count} of {found.of}{' ' + found.reason if found.reason else ''}   aim 0")
            for example in found.examples:
                print(f"    {example}")
        alike = report.findings["duplicates"]
        print(f"{'duplicates':16} {alike.count} of {alike.of}, {alike.count / alike.of:.2%}   aim under {MOST:.0%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
