"""Plays or resumes a run against the test server in a process that the tests may kill.

    play.py start|resume DB RUN_ID BASE_URL TEMPLATE [SEED]
"""

from __future__ import annotations

import sys

from timepoint_pro import Simulation


def main() -> None:
    what, database, run_id, base_url, template, *seed = sys.argv[1:]
    if what == "start":
        simulation = Simulation.from_template(
            template, seed=int(seed[0]) if seed else 7, model="test/one", base_url=base_url, store=database,
            run_id=run_id,
        )  # fmt: skip
    else:
        simulation = Simulation.resume(run_id, database)
    simulation.run()


if __name__ == "__main__":
    main()
