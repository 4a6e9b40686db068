"""``timepoint compare``: timelines side by side."""

from __future__ import annotations

from pathlib import Path

import click

from timepoint_pro.cli.console import page_width, say, warn, write_json
from timepoint_pro.cli.options import db_option, json_option, open_runs


@click.command("compare")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@db_option
@json_option
def command(runs: tuple[str, ...], db: Path, as_json: bool) -> None:
    """Show timelines side by side: where they part, what each person did, felt and knew differently.

    RUN is a run's id, or 'last' for the newest. Of several runs the main paths are compared; of a single run that
    has branches, its paths.

    \b
      timepoint compare roof later
      timepoint compare castaway
    """
    from timepoint_pro.evaluation.comparison import compare
    from timepoint_pro.evaluation.comparison_text import WIDTH, comparison_text

    with open_runs(db) as store:
        loaded = list({run.run_id: run for run in (store.load(one) for one in runs)}.values())
        templates = sorted({run.template_id for run in loaded})
        if len(templates) > 1:
            warn(f"these runs are of different templates: {', '.join(templates)}")
        found = compare(*loaded)
        if as_json:
            write_json(found)
        else:
            say(comparison_text(found, page_width(WIDTH)))
