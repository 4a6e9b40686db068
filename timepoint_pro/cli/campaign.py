"""``timepoint campaign``: many runs that belong together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from timepoint_pro.cli.options import db_option, json_option, open_runs
from timepoint_pro.templates.vocabulary import MODES, STRATEGIES, TASKS, TRAINERS

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_FORMATS = ("jsonl", "parquet")


def stop_options(command: Decorated) -> Decorated:
    """``--records``, ``--task``, ``--max-cost``, ``--max-time``, ``--run-max-cost``: when a campaign stops."""
    for option in (
        click.option(
            "--run-max-cost", type=click.FloatRange(min=0, min_open=True), metavar="USD",
            help="Cap on the cost of each run; the template's by default.",
        ),
        click.option(
            "--max-time", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
            help="Stop after so many seconds; start it again to go on.",
        ),
        click.option(
            "--max-cost", type=click.FloatRange(min=0, min_open=True), metavar="USD",
            help="Stop, resumable, when all runs together have cost so many US dollars.",
        ),
        click.option(
            "--task", "tasks", type=click.Choice(TASKS), multiple=True,
            help="Training task whose records count and are exported; can be repeated.",
        ),
        click.option(
            "--records", type=click.IntRange(min=1), metavar="N",
            help="Stop when the runs have so many training records.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def playing_options(command: Decorated) -> Decorated:
    """How a campaign is played from the shell, and what it leaves."""
    for option in (
        click.option("--quiet", is_flag=True, help="No progress and no summary; only the campaign's id."),
        click.option("--json", "as_json", is_flag=True, help="Progress as JSON, one event a line, the status last."),
        click.option("--force", is_flag=True, help="Replace files that are there already."),
        click.option("--trainer", type=click.Choice(TRAINERS), default="instruct", show_default=True,
                     help="Shape of the training records."),
        click.option("--format", "formats", type=click.Choice(_FORMATS), multiple=True, default=("jsonl",),
                     show_default=True, help="Format of the dataset; can be repeated."),
        click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
                     help="Write the runs that are kept as one dataset into this folder."),
        click.option("--workers", type=click.IntRange(min=0), default=0, show_default=True, metavar="N",
                     help="Play in so many worker processes; 0: in this one."),
        click.option("--concurrency", type=click.IntRange(min=1), default=16, show_default=True, metavar="N",
                     help="Runs under way at once."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group("campaign")
def command() -> None:
    """Play many runs that belong together: templates, variations, repeats, grids of parameters.

    \b
      timepoint campaign run study.json --out dataset
      timepoint campaign run board_meeting vc_pitch_branching --variations 10 --repeat 2
      timepoint campaign status last
    """


@command.command("run", short_help="Play a campaign, or go on with it.")
@click.argument("sources", nargs=-1, required=True, metavar="FILE|TEMPLATE...")
@click.option("--id", "campaign_id", metavar="ID", help="Id of the campaign; made from what it is by default.")
@click.option("--variations", type=click.IntRange(min=0), metavar="N", help="Variations of each template.")
@click.option(
    "--strategy", "strategies", type=click.Choice(STRATEGIES), multiple=True,
    help="What is varied; can be repeated. The template's by default.",
)  # fmt: skip
@click.option(
    "--deduplicate", type=click.FloatRange(0.0, 1.0), metavar="SHARE",
    help="Drop a varied run whose words are as alike as this to an earlier one; 0 drops none.",
)  # fmt: skip
@click.option("--repeat", type=click.IntRange(min=1), metavar="N", help="Play everything so many times.")
@click.option(
    "--param", "parameters", multiple=True, metavar="PATH=V,V",
    help="Values at a JSON path of the templates; every combination is played. Can be repeated.",
)  # fmt: skip
@click.option("--seed", type=int, metavar="N", help="Seed from which those of the runs are derived.")
@click.option("--mode", type=click.Choice(MODES), help="Kind of time, instead of the templates'.")
@click.option("--model", metavar="ID", help="Model that speaks, as for 'timepoint run'.")
@click.option("--base-url", metavar="URL", help="Address of an OpenAI-compatible server.")
@click.option("--without", multiple=True, metavar="CODE", help="Leave out a mechanism; can be repeated.")
@stop_options
@playing_options
@db_option
def run(
    sources: tuple[str, ...], db: Path, out: Path | None, formats: tuple[str, ...], trainer: str, force: bool,
    as_json: bool, quiet: bool, concurrency: int, workers: int, **given: Any,
) -> None:  # fmt: skip
    """Play a campaign, or go on with it: the same command again goes on where it stopped.

    FILE is a campaign file; TEMPLATE is an id or a path, as for 'timepoint run'.
    """
    from timepoint_pro.cli.campaigning import play

    campaign = campaign_from(sources, db, **given)
    play(
        campaign, db=db, out=out, formats=formats, trainer=trainer, force=force, as_json=as_json, quiet=quiet,
        concurrency=concurrency, workers=workers,
    )  # fmt: skip


@command.command("resume", short_help="Go on with a campaign that is in the database.")
@click.argument("campaign_id", metavar="CAMPAIGN")
@click.option("--accept-changes", is_flag=True, help="Go on with runs although mechanisms or prompts have changed.")
@stop_options
@playing_options
@db_option
def resume(
    campaign_id: str, accept_changes: bool, db: Path, out: Path | None, formats: tuple[str, ...], trainer: str,
    force: bool, as_json: bool, quiet: bool, concurrency: int, workers: int, **given: Any,
) -> None:  # fmt: skip
    """Go on with a campaign that is in the database, by its id or 'last'; failed runs are tried again."""
    from timepoint_pro.campaign import Campaign
    from timepoint_pro.cli.campaigning import play

    campaign = Campaign.resume(campaign_id, open_runs(db, writable=True), **rules_from(given))
    play(
        campaign, db=db, out=out, formats=formats, trainer=trainer, force=force, as_json=as_json, quiet=quiet,
        concurrency=concurrency, workers=workers, accept_changes=accept_changes,
    )  # fmt: skip


@command.command("status", short_help="Say how a campaign stands: runs, failures, cost, time left.")
@click.argument("campaign_id", metavar="CAMPAIGN", default="last")
@db_option
@json_option
def status(campaign_id: str, db: Path, as_json: bool) -> None:
    """Say how a campaign stands: runs done, running, failed with reasons, cost, rate, time left."""
    from timepoint_pro.campaign import find_status
    from timepoint_pro.cli.campaigning import lines
    from timepoint_pro.cli.console import say, write_json

    with open_runs(db) as store:
        found = find_status(store, campaign_id)
    if as_json:
        write_json(found)
        return
    for text in lines(found):
        say(text)


@command.command("list")
@db_option
@json_option
def list_(db: Path, as_json: bool) -> None:
    """List the campaigns in the database, newest first."""
    from timepoint_pro.campaign import campaigns
    from timepoint_pro.cli.campaigning import show_statuses

    with open_runs(db) as store:
        show_statuses(campaigns(store), as_json=as_json)


def campaign_from(sources: tuple[str, ...], db: Path, **given: Any) -> Any:
    """A campaign from a campaign file or templates, and options.

    Raises:
        UsageError: when they cannot be used together.
    """
    from timepoint_pro.campaign import Campaign
    from timepoint_pro.campaign.document import is_campaign
    from timepoint_pro.errors import UsageError

    rules = rules_from(given)
    changes = {
        name: given[name]
        for name in ("campaign_id", "seed", "mode", "model", "base_url")
        if given.get(name) is not None
    }
    if given["without"]:
        changes["without"] = given["without"]
    if given["repeat"] is not None:
        changes["repeats"] = given["repeat"]
    if given["parameters"]:
        changes["grid"] = dict(parameter(one) for one in given["parameters"])
    varied = {
        name: value
        for name, value in (
            ("count", given["variations"]), ("strategies", list(given["strategies"]) or None),
            ("deduplication_threshold", given["deduplicate"]),
        )
        if value is not None
    }  # fmt: skip
    if varied:
        changes["variations"] = varied
    files = [one for one in sources if one.lower().endswith(".json") and is_campaign(one)]
    if files and len(sources) > 1:
        raise UsageError(f"{files[0]} is a campaign file and stands alone; put other templates into it")
    if files:
        return Campaign.from_file(files[0], store=db, **changes, **rules)
    return Campaign(list(sources), store=db, **changes, **rules)


def rules_from(given: dict[str, Any]) -> dict[str, Any]:
    """Stop rules from options; those that were not given are left out."""
    names = {
        "records": "records", "tasks": "tasks", "max_cost": "max_cost_usd", "max_time": "max_seconds",
        "run_max_cost": "run_max_cost_usd",
    }  # fmt: skip
    return {name: given[option] for option, name in names.items() if given.get(option) not in (None, ())}


def parameter(text: str) -> tuple[str, list[Any]]:
    """A path and its values from ``PATH=V,V``: a JSON list, or values with commas between; JSON each, else text.

    Raises:
        UsageError: when it is none.
    """
    import json

    from timepoint_pro.errors import UsageError

    path, equals, values = text.partition("=")
    if not path.strip() or not equals or not values.strip():
        raise UsageError(f"--param: expected PATH=VALUE,VALUE, found {text!r}")
    if values.lstrip().startswith("["):
        try:
            listed = json.loads(values)
        except ValueError:
            raise UsageError(f"--param: expected a JSON list after '=', found {values!r}") from None
        return path.strip(), list(listed)
    return path.strip(), [_value(one.strip()) for one in values.split(",")]


def _value(text: str) -> Any:
    import json

    try:
        return json.loads(text)
    except ValueError:
        return text
