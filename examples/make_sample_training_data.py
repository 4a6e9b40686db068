"""Writes examples/sample_training_data.jsonl anew: training records of a portal run, as an export writes them.

    python examples/make_sample_training_data.py
"""

from __future__ import annotations

import json
from pathlib import Path

from timepoint_pro import Simulation

RECORDS = 20
FILE = Path(__file__).with_name("sample_training_data.jsonl")


def sample() -> str:
    """The sample as JSON Lines: ``RECORDS`` dialog turns, evenly spread over the run."""
    run = Simulation.from_template(
        "mars_mission_portal", seed=7, model="scripted", store=":memory:", run_id="run_sample"
    ).run()
    records = list(run.training_examples(tasks=["dialog_turn"]))
    chosen = records[:: max(1, len(records) // RECORDS)][:RECORDS]
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in chosen)


if __name__ == "__main__":
    FILE.write_text(sample(), encoding="utf-8")
