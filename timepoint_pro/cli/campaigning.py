"""Playing a campaign from the shell: progress, exports, how it stands, the exit code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from timepoint_pro.cli.campaign_progress import duration, watching
from timepoint_pro.cli.console import say, warn, write_json
from timepoint_pro.cli.failures import report
from timepoint_pro.cli.options import db_words
from timepoint_pro.errors import BudgetReachedError, CampaignInterruptedError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from timepoint_pro.campaign import Campaign, CampaignStatus
    from timepoint_pro.templates import Template

FAILED = 4
SHOWN = 5


def play(
    campaign: Campaign, *, db: Path, out: Path | None, formats: tuple[str, ...], trainer: str, force: bool,
    as_json: bool, quiet: bool, concurrency: int, workers: int, accept_changes: bool = False,
) -> CampaignStatus:  # fmt: skip
    """Play what is left of a campaign, export it where ``out`` says so, and show how it stands.

    Args:
        campaign: what is played.
        db: the database, for the commands that are suggested.
        out: folder of the dataset; None writes none.
        formats: of the dataset.
        trainer: shape of its records.
        force: replace files that are there already.
        as_json: events as JSON lines on stdout, the status as the last one.
        quiet: no progress; of the result only the campaign's id.
        concurrency: runs under way at once.
        workers: worker processes; 0 plays in this one.
        accept_changes: as for ``Campaign.run``.

    Raises:
        click.exceptions.Exit: when it stopped, or runs failed, after lines that say why and how to go on.
    """
    status = played(
        campaign, db=db, quiet=quiet, events=as_json, concurrency=concurrency, workers=workers,
        accept_changes=accept_changes,
    )  # fmt: skip
    files = _export(campaign, status, out, formats, trainer, force=force)
    conclude(status, files, as_json=as_json, quiet=quiet)
    if status.status == "failed":
        say(f"error: {status.error or f'{status.failed} runs failed'}", err=True)
        say(_resume(campaign, db), err=True)
        raise click.exceptions.Exit(_code(campaign))
    return status


def played(
    campaign: Campaign, *, db: Path, quiet: bool, events: bool, concurrency: int, workers: int,
    accept_changes: bool = False,
) -> CampaignStatus:  # fmt: skip
    """Play what is left of a campaign; how it stands. Arguments and errors as for ``play``."""
    for notice in campaign.notices:
        warn(notice)
    try:
        with watching(quiet=quiet, events=events) as listener, _pool(workers) as executor:
            return campaign.run(concurrency, executor, listener, accept_changes=accept_changes)
    except CampaignInterruptedError as stop:
        say(f"interrupted; {_resume(campaign, db)}", err=True)
        raise click.exceptions.Exit(stop.exit_code) from None
    except BudgetReachedError as error:
        report(error)
        say(f"{_resume(campaign, db)} --max-cost USD", err=True)
        raise click.exceptions.Exit(error.exit_code) from None


def _resume(campaign: Campaign, db: Path) -> str:
    return f"go on with: timepoint campaign resume {campaign.campaign_id}{db_words(db)}"


def play_templates(
    templates: list[Template], *, variations: int | None, repeat: int | None, campaign_id: str | None,
    max_cost: float | None, db: Path, out: Path | None, force: bool, as_json: bool, quiet: bool, **given: Any,
) -> None:  # fmt: skip
    """Play templates as a campaign, and write what they ask for as one dataset.

    Args:
        templates: what is played.
        variations: of each; None for what the templates say.
        repeat: how often each is played; 0: as often as the first template's ``convergence.run_count`` says.
        campaign_id: its id; made from what it is when None.
        max_cost: cap on all runs together, in US dollars.
        out: folder of the dataset; by default ``output/CAMPAIGN``.
        db, force, as_json, quiet: as for ``play``.
        given: arguments of ``Campaign``.
    """
    from timepoint_pro.campaign import CONCURRENCY, Campaign
    from timepoint_pro.cli.playing import tasks_asked
    from timepoint_pro.exporters import DEFAULT_OUT

    first = templates[0]
    count = 1 if repeat is None else repeat or first.convergence.run_count
    campaign = Campaign(
        templates, variations=variations, repeats=count, campaign_id=campaign_id, max_cost_usd=max_cost, store=db,
        tasks=tuple(dict.fromkeys(task for one in templates for task in tasks_asked(one))), **given,
    )  # fmt: skip
    play(
        campaign, db=db, out=out or Path(DEFAULT_OUT) / campaign.campaign_id, formats=("jsonl",),
        trainer=first.outputs.trainer_format, force=force, as_json=as_json, quiet=quiet, concurrency=CONCURRENCY,
        workers=0,
    )  # fmt: skip


def conclude(status: CampaignStatus, files: list[Path], *, as_json: bool, quiet: bool) -> None:
    """Show how a campaign stands."""
    if as_json:
        import attrs
        import orjson

        plain = {"kind": "status", **attrs.asdict(status), "files": [str(one) for one in files]}
        click.echo(orjson.dumps(plain).decode())
    elif quiet:
        say(status.campaign_id)
    else:
        for text in lines(status):
            say(text)
        for file in files:
            say(f"  {file}")


def lines(status: CampaignStatus) -> list[str]:
    """How a campaign stands, in words."""
    about = f"{status.campaign_id}: {status.status}"
    if status.error:
        about += f" ({status.error})"
    counts = [f"{status.completed} of {status.planned} runs completed", f"{status.running} running"]
    for count, name in (
        (status.failed, "failed"), (status.duplicates, "dropped as duplicates"), (status.surplus, "beyond the records"),
    ):
        if count:
            counts.append(f"{count} {name}")
    left = f", {duration(status.left_s)} left" if status.left_s else ""
    found = [
        about,
        f"  {', '.join(counts)}",
        f"  {status.kept} kept, with {status.records} records; {status.turns} turns, {status.tokens} tokens, "
        f"${status.cost_usd:.4f}",
        f"  {duration(status.seconds)} of work, {status.rate:.2f} runs a second{left}",
    ]
    found.extend(f"  {one.run_id} {one.status}: {one.error}" for one in status.failures[:SHOWN])
    if len(status.failures) > SHOWN:
        found.append("  and more (--json lists them)")
    return found


def show_statuses(found: list[CampaignStatus], *, as_json: bool) -> None:
    """A table of campaigns, or a list of objects."""
    from timepoint_pro.cli.console import table

    if as_json:
        write_json(found)
        return
    if not found:
        say("no campaigns in this database", err=True)
        return
    rows = [
        [one.campaign_id, one.status, f"{one.completed}/{one.planned}", str(one.failed), f"${one.cost_usd:.4f}"]
        for one in found
    ]
    table(("CAMPAIGN", "STATUS", "RUNS", "FAILED", "COST"), rows)


def _export(
    campaign: Campaign, status: CampaignStatus, out: Path | None, formats: tuple[str, ...], trainer: str, *, force: bool
) -> list[Path]:
    if out is None or not status.kept:
        return []
    return campaign.export(out, formats, trainer=trainer, force=force)


def _code(campaign: Campaign) -> int:
    """The exit code of the first run that failed."""
    return next((row["exit_code"] for row in campaign.rows() if row["status"] == "failed"), FAILED) or FAILED


@contextmanager
def _pool(workers: int) -> Iterator[Executor | None]:
    """Worker processes while the block lasts; None for none."""
    if not workers:
        yield None
        return
    from timepoint_pro.campaign.processes import Processes

    with Processes(workers) as executor:
        yield executor
