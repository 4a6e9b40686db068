"""A run to TDF, to a file, back, and the same again: nothing is lost on the way, and a broken file is refused.

    python examples/tdf_round_trip.py
"""

from __future__ import annotations

from pathlib import Path

from timepoint_pro import RunStore, Simulation
from timepoint_tdf import TDFError, from_pro, read_tdf_jsonl, write_tdf_jsonl


def main() -> None:
    store = RunStore(":memory:")
    runs = [
        Simulation.from_template(template, seed=7, store=store).run().run_id
        for template in ("convergence/simple", "mars_mission_portal")
    ]
    documents = [from_pro(run_id, store) for run_id in runs]
    write_tdf_jsonl(documents, "both.jsonl")
    again = list(read_tdf_jsonl("both.jsonl"))
    print("documents:", len(again))
    print("the same:", again == documents)
    for document in again:
        told = [one for one in document.exposure_events if one.how == "told"]
        print(f"{document.temporal_mode}: {len(document.causal_graph.edges)} causal edges, {len(told)} tellings")

    text = Path("both.jsonl").read_text(encoding="utf-8")
    Path("broken.jsonl").write_text(text.replace('"temporal_mode":"portal"', '"temporal_mode":7'), encoding="utf-8")
    try:
        list(read_tdf_jsonl("broken.jsonl"))
    except TDFError as error:
        print("broken:", type(error).__name__)


if __name__ == "__main__":
    main()


# Expected output:
#   documents: 2
#   the same: True
#   forward: 4 causal edges, 22 tellings
#   portal: 18 causal edges, 83 tellings
#   broken: TDFReadError
