"""``timepoint oxen``: training data under version control."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from timepoint_pro.cli.console import say, write_json
from timepoint_pro.cli.options import db_option, json_option, open_runs

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def place_options(command: Decorated) -> Decorated:
    """``--repo``, ``--host``, ``--local``: which repository."""
    for option in (
        click.option(
            "--local", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
            help="A local Oxen repository instead; nothing is sent.",
        ),
        click.option("--host", metavar="URL", help="Server; else TIMEPOINT_OXEN_HOST, else https://hub.oxen.ai."),
        click.option(
            "--repo", "repository", metavar="NAMESPACE/NAME",
            help="Repository; else TIMEPOINT_OXEN_REPOSITORY, else the key's own timepoint-pro-training-data.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group("oxen")
def command() -> None:
    """Keep training data under version control with Oxen. Needs the extra [oxen].

    With OXEN_API_KEY set, a completed run whose template says "export_ml_dataset": true is uploaded by itself, where
    the licences of its models admit training any model.
    """


@command.command("push")
@click.argument("run_ids", metavar="RUN...", nargs=-1, required=True)
@place_options
@db_option
@json_option
def push_command(
    run_ids: tuple[str, ...], repository: str | None, host: str | None, local: Path | None, db: Path, as_json: bool
) -> None:
    """Commit the training data of runs, each to its folder runs/RUN. It can be repeated.

    RUN is a run's id, or 'last' for the newest.

    \b
      timepoint oxen push last
      timepoint oxen push run_1 run_2 --local training-data
    """
    from timepoint_pro.exporters.oxen import push

    done = []
    with open_runs(db, writable=True) as store:
        for run_id in run_ids:
            one = push(store.load(run_id), repository=repository, host=host, local=local)
            done.append(one)
            if not as_json:
                what = f"commit {one.commit}" if one.commit else "there already"
                say(f"{one.run_id}: {one.where}, {one.place}, {what}")
    if as_json:
        write_json(done)


@command.command("log")
@click.option(
    "--filter", "filters", multiple=True, metavar="KEY=VALUE",
    help="Only uploads of which this holds, such as 'temporal_mode=portal' or 'cost_usd<0.50'; can be repeated.",
)  # fmt: skip
@place_options
@json_option
def log_command(
    filters: tuple[str, ...], repository: str | None, host: str | None, local: Path | None, as_json: bool
) -> None:
    """List the uploads, newest first.

    \b
      timepoint oxen log --filter "temporal_mode=portal" --filter "cost_usd<0.50"
    """
    from timepoint_pro.exporters.oxen import history

    commits = history(filters, repository=repository, host=host, local=local)
    if as_json:
        write_json([
            {"id": one.id, "message": one.message, "author": one.author, "timestamp": one.timestamp, **one.trailers}
            for one in commits
        ])  # fmt: skip
        return
    for one in commits:
        said = "  ".join(f"{key}={value}" for key, value in one.trailers.items() if key != "run_id")
        say(f"{one.id[:12]}  {one.timestamp[:19]}  {one.title}")
        if said:
            say(f"    {said}")
