"""A run as TDF, the interchange format of the Timepoint suite, written as JSON Lines.

    python examples/convert_run_to_tdf.py
"""

from __future__ import annotations

from timepoint_pro import RunStore, Simulation
from timepoint_tdf import from_pro, write_tdf_jsonl


def main() -> None:
    store = RunStore("tdf_runs.db")
    run_id = Simulation.from_template("convergence/simple", seed=7, store=store).run().run_id

    # Convert Pro run to TDF
    tdf_data = from_pro(run_id, store)

    # Write to JSONL
    write_tdf_jsonl(tdf_data, "output.jsonl")

    print(f"{tdf_data.scenario}, {tdf_data.temporal_mode}: {len(tdf_data.timepoints)} timepoints")
    print("people:", ", ".join(entity.entity_id for entity in tdf_data.entities))
    print(f"turns: {sum(len(dialog.turns) for dialog in tdf_data.dialogs)}")


if __name__ == "__main__":
    main()


# Expected output:
#   convergence/simple, forward: 3 timepoints
#   people: ines, rob, marta
#   turns: 29
