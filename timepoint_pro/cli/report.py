"""``timepoint report``: a run, or two side by side, as one HTML file."""

from __future__ import annotations

from pathlib import Path

import click

from timepoint_pro.cli.console import say, write_json
from timepoint_pro.cli.options import db_option, json_option, open_runs, run_argument


@click.command("report")
@run_argument
@click.argument("other_id", metavar="[RUN2]", required=False)
@click.option(
    "--out", metavar="FILE", type=click.Path(path_type=Path),
    help="The file, instead of output/RUN/report.html.",
)
@click.option("--force", is_flag=True, help="Replace FILE where it is there already.")
@db_option
@json_option
def command(run_id: str, other_id: str | None, out: Path | None, force: bool, db: Path, as_json: bool) -> None:
    """Write a run, or two side by side, as one HTML file to read in a browser.

    RUN is a run's id, or 'last' for the newest. The file holds everything that it shows and loads nothing.

    \b
      timepoint report last
      timepoint report last --out story.html
      timepoint report first second --out both.html
    """
    from timepoint_pro.report import write_report

    with open_runs(db) as store:
        run = store.load(run_id)
        other = store.load(other_id) if other_id is not None else None
        path = write_report(run, out, other=other, force=force)
        ids = [one.run_id for one in (run, other) if one is not None]
    if as_json:
        write_json({"runs": ids, "path": str(path), "bytes": path.stat().st_size})
    else:
        say(str(path))
