"""A template of one short scene, and campaigns of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from timepoint_pro import Campaign, Template
from timepoint_pro.templates import load

VARIED = {"count": 3, "strategies": ["vary_personalities", "vary_outcomes"], "deduplication_threshold": 0.9}


def small() -> Template:
    """The village hall on its first evening."""
    template = load("convergence/simple")
    return template.with_changes({"world_id": "hall", "timepoints.count": 1})


def campaign(store: Any, **arguments: Any) -> Campaign:
    """Six runs of it, unless ``arguments`` say otherwise."""
    return Campaign(small(), **{"repeats": 2, "variations": VARIED, "store": store, **arguments})


def exported(made: Campaign, folder: Path) -> dict[str, bytes]:
    """Its export, by the name of the file."""
    made.export(folder)
    return {one.name: one.read_bytes() for one in sorted(folder.iterdir())}


def main() -> None:
    """Plays the campaign in a process that the tests may kill: DATABASE [RUN]; with RUN that run alone."""
    database, *run_id = sys.argv[1:]
    if run_id:
        from timepoint_pro import Simulation

        Simulation.resume(run_id[0], database).run()
    else:
        campaign(database, repeats=4, campaign_id="killed").run()


if __name__ == "__main__":
    main()
