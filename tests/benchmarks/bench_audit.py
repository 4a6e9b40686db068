"""Time and memory of an audit: records of real length, made from real ones by exchanging words.

    python tests/benchmarks/bench_audit.py [--records 100000] [--coupling RUNS]

With ``--coupling N`` it plays N runs of the built-in model instead and prints whether state moves language.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import orjson

from timepoint_pro.evaluation.audit import audit
from timepoint_pro.records.draws import Draws
from timepoint_pro.simulation import Simulation


def played(runs: int) -> list[dict[str, Any]]:
    simulations = (Simulation.from_template("mars_mission_portal", seed=seed, store=":memory:") for seed in range(runs))
    return [record for simulation in simulations for record in simulation.run().training_examples()]


def varied(records: int, file: Path) -> None:
    """Records of ``played`` over and over, in new runs and partly in new words; the state stays."""
    real, draws = played(5), Draws(b"bench audit")
    with file.open("wb") as out:
        for number in range(records):
            record = real[number % len(real)]
            run = f"run_{number // len(real)}"
            head, mark, rest = record["prompt"].partition("Said so far:")
            knows, ties, further = head.partition(" Relationships:")
            metadata = {**record["metadata"], "run_id": run, "record_id": f"{run}:{number}"}
            said = mark + exchanged(rest.removesuffix(" [/INST]"), 3, draws) + " [/INST]" if mark else ""
            prompt = exchanged(knows, 5, draws, keep=80) + ties + further + said
            row = {"prompt": prompt, "completion": exchanged(record["completion"], 3, draws), "metadata": metadata}
            out.write(orjson.dumps(row) + b"\n")


def exchanged(text: str, every: int, draws: Draws, keep: int = 0) -> str:
    words = text.split(" ")
    for place in range(keep, len(words) - 1, every):
        words[place] = f"w{draws.index(20_000)}"
    return " ".join(words)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--coupling", type=int, default=0, metavar="RUNS")
    asked = parser.parse_args()
    if asked.coupling:
        report = audit(played(asked.coupling), coupling=True)
        print("\n".join(report.about["coupling"]["lines"]))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "records.jsonl"
        varied(asked.records, file)
        wall, cpu = time.perf_counter(), time.process_time()
        report = audit(file)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(report)
        print(f"{asked.records} records, {file.stat().st_size / 2**20:.0f} MiB: {wall:.1f} s, {cpu:.1f} s CPU, "
              f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
