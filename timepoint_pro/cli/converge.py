"""``timepoint converge``: how alike runs are."""

from __future__ import annotations

from pathlib import Path

import click

from timepoint_pro.cli.console import say, warn, write_json
from timepoint_pro.cli.options import db_option, json_option, open_runs
from timepoint_pro.errors import UsageError


@click.command("converge")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option(
    "--min-score", type=click.FloatRange(0.0, 1.0), metavar="SHARE",
    help="Exit with 1 under this score; else the templates' convergence.min_acceptable_score, where it is enabled.",
)  # fmt: skip
@db_option
@json_option
@click.pass_context
def command(ctx: click.Context, runs: tuple[str, ...], min_score: float | None, db: Path, as_json: bool) -> None:
    """Compare two runs or more: how much of what happened, and of who was told what where, do they share?

    RUN is a run's id, or 'last' for the newest.

    \b
      timepoint converge roof_1 roof_2 roof_3
    """
    from timepoint_pro.cli.repeating import reaches, shortfall, show
    from timepoint_pro.evaluation.convergence import converge

    with open_runs(db) as store:
        loaded = {run.run_id: run for run in (store.load(one) for one in runs)}
        if len(loaded) < 2:
            raise UsageError("converge compares two runs or more; name another one ('timepoint runs' lists them)")
        templates = sorted({run.template_id for run in loaded.values()})
        if len(templates) > 1:
            warn(f"these runs are of different templates: {', '.join(templates)}")
        asked = [run.template.convergence for run in loaded.values()]
        enabled = [one.min_acceptable_score for one in asked if one.enabled]
        least = min_score if min_score is not None else max(enabled, default=None)
        found = converge(loaded.values())
    passed = reaches(found, least)
    if as_json:
        write_json({"convergence": found, "min_acceptable_score": least, "passed": passed})
    else:
        show(found, least)
    if not passed:
        say(shortfall(found, least), err=True)
        ctx.exit(1)
