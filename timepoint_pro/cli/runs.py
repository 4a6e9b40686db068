"""``timepoint runs``: what is in the database."""

from __future__ import annotations

from pathlib import Path

import click

from timepoint_pro.cli.console import say, table, write_json
from timepoint_pro.cli.options import db_option, json_option, open_runs


@click.command("runs")
@db_option
@json_option
def command(db: Path, as_json: bool) -> None:
    """List the runs, newest first: template, mode, seed, model, status, turns and cost."""
    with open_runs(db) as store:
        found = store.runs()
    if as_json:
        write_json(found)
        return
    if not found:
        say("no runs in this database", err=True)
        return
    rows = [
        (
            row["run_id"], row["status"], row["template"], row["temporal_mode"], str(row["seed"]), row["model"],
            str(row["turns"]), f"{row['cost_usd']:.4f}", row["created_at"],
        )
        for row in found
    ]  # fmt: skip
    table(("RUN", "STATUS", "TEMPLATE", "MODE", "SEED", "MODEL", "TURNS", "COST USD", "CREATED"), rows)
