"""``timepoint delete``: remove a run."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from timepoint_pro.cli.console import say
from timepoint_pro.cli.options import db_option, open_runs, run_argument
from timepoint_pro.errors import UsageError


@click.command("delete")
@run_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@db_option
@click.pass_context
def command(ctx: click.Context, run_id: str, yes: bool, db: Path) -> None:
    """Remove a run from the database, with all that was said in it. Exported files stay.

    RUN is a run's id, or 'last' for the newest.
    """
    with open_runs(db, writable=True) as store:
        row = store.run_row(run_id)
        what = f"run {row['run_id']} ({row['template']}, {row['turns']} turns, {row['status']})"
        if not yes and not _confirmed(what):
            say("nothing was deleted", err=True)
            ctx.exit(1)
        store.delete_run(row["run_id"])
    say(f"deleted {what}")


def _confirmed(what: str) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("delete asks before it removes a run, and there is no terminal to ask on; give --yes")
    try:
        return click.confirm(f"Delete {what}?", err=True)
    except click.Abort:
        raise KeyboardInterrupt from None
