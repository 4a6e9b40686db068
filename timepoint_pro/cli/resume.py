"""``timepoint resume``: go on with a run that stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from timepoint_pro.cli.options import (
    db_option,
    max_cost_option,
    model_options,
    open_runs,
    output_options,
    run_argument,
)


@click.command("resume")
@run_argument
@click.option(
    "--accept-changes", is_flag=True,
    help="Go on although mechanisms, prompts or the model have changed since, and record it.",
)  # fmt: skip
@model_options
@max_cost_option
@click.option("--without", multiple=True, metavar="CODE", help="As it was given to 'timepoint run'; can be repeated.")
@output_options
@db_option
def command(
    run_id: str,
    accept_changes: bool,
    model: str | None,
    base_url: str | None,
    max_cost: float | None,
    without: tuple[str, ...],
    db: Path,
    **output: Any,
) -> None:
    """Go on with a run that was interrupted, failed or reached its budget.

    RUN is a run's id, or 'last' for the newest. Finished timepoints are kept; the one that was being played is
    played again. A complete run is only exported again. Another --model needs --accept-changes.
    """
    from timepoint_pro.cli.playing import play
    from timepoint_pro.simulation import Simulation

    arguments: dict[str, Any] = {"without": without, "max_cost_usd": max_cost}
    # What is not given here stays as it was.
    given = {"model": model, "base_url": base_url}
    arguments.update({name: value for name, value in given.items() if value is not None})
    with open_runs(db, writable=True) as store:
        simulation = Simulation.resume(run_id, store, accept_changes=accept_changes, **arguments)
        play(simulation, db=db, hints="".join(f" --without {code}" for code in without), **output)
