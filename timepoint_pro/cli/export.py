"""``timepoint export``: write runs to files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from timepoint_pro.cli.console import say, write_json
from timepoint_pro.cli.options import db_option, json_option, open_runs
from timepoint_pro.errors import UsageError
from timepoint_pro.evaluation.flaws import FLAWS
from timepoint_pro.templates.vocabulary import FORMATS, TASKS, TRAINERS

if TYPE_CHECKING:
    from timepoint_pro.run import Run

DATASETS = ("jsonl", "parquet")
"""Formats that hold several runs as one."""
Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def _shares(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, float] | None:
    shares = {}
    for value in values:
        name, _equals, share = value.partition("=")
        try:
            shares[name] = float(share)
        except ValueError:
            raise click.BadParameter(f"expected NAME=SHARE such as train=0.9, found {value!r}") from None
    return shares or None


def record_options(command: Decorated) -> Decorated:
    """Which training records, in which shape."""
    for option in reversed((
        click.option(
            "--trainer", type=click.Choice(TRAINERS), help="Shape of training records; else the template's."
        ),
        click.option(
            "--task", "tasks", type=click.Choice(TASKS), multiple=True, metavar="TASK",
            help=f"Training task: {', '.join(TASKS)}; can be repeated. The template's by default.",
        ),
        click.option(
            "--max-tokens", type=click.IntRange(min=1), metavar="N",
            help="Most tokens of a training record; the oldest context is dropped first.",
        ),
        click.option(
            "--tokenizer", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="tokenizer.json that counts them; else four bytes are taken for one.",
        ),
        click.option(
            "--split", "splits", multiple=True, metavar="NAME=SHARE", callback=_shares,
            help="Split by world, such as --split train=0.9 --split test=0.1; a run goes to one of them.",
        ),
        click.option(
            "--deduplicate", "deduplication_threshold", type=click.FloatRange(0, 1),
            metavar="SIMILARITY",
            help="Leave out records as similar as this to an earlier one of their task; 0 keeps even the turns that "
            "another branch, round or fork has word for word, which are left out by default.",
        ),
        click.option(
            "--leave-out", "flaws", type=click.Choice([*FLAWS]), multiple=True, metavar="FLAW",
            help=f"Leave out records that an audit would name: {', '.join(FLAWS)}; can be repeated.",
        ),
        click.option(
            "--edits", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Edit list, JSON Lines: records to drop, completions to replace.",
        ),
    )):  # fmt: skip
        command = option(command)
    return command


@click.command("export")
@click.argument("run_ids", metavar="RUN...", nargs=-1, required=True)
@click.option(
    "--format", "formats", type=click.Choice(FORMATS), multiple=True, metavar="FORMAT",
    help=f"{', '.join(FORMATS)}; can be repeated. What the template asks for by default.",
)  # fmt: skip
@record_options
@click.option(
    "--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
    help="Folder, instead of output/RUN. Several runs need it.",
)
@click.option("--force", is_flag=True, help="Replace files that are there already.")
@click.option(
    "--workers", type=click.IntRange(min=1), metavar="N",
    help="Processes that render the records of several runs; else one a core, up to 4, for large datasets.",
)  # fmt: skip
@db_option
@json_option
def command(
    run_ids: tuple[str, ...],
    formats: tuple[str, ...],
    trainer: str | None,
    tasks: tuple[str, ...],
    flaws: tuple[str, ...],
    out: Path | None,
    force: bool,
    workers: int | None,
    db: Path,
    as_json: bool,
    **selection: Any,
) -> None:
    """Write a run to files and list them; of several runs, their training data as one dataset.

    RUN is a run's id, or 'last' for the newest. A file that is there with the same bytes is left as it is; one with
    other bytes is replaced only with --force.

    \b
      timepoint export last --format jsonl --trainer trl --out data
      timepoint export last --format markdown --format tdf
      timepoint export run_1 run_2 run_3 --task dialog_turn --split train=0.9 --split test=0.1 --out data
    """
    if workers is not None and len(run_ids) == 1:
        raise UsageError("--workers: one run is written by one process; leave it out, or give several runs")
    with open_runs(db, writable=True) as store:
        runs = [store.load(run_id) for run_id in run_ids]
        unchanged: list[Path] = []
        options: dict[str, Any] = {
            **selection, "force": force, "keep": _filter(runs, flaws), "unchanged": unchanged.append,
        }  # fmt: skip
        options["trainer"] = trainer or runs[0].template.outputs.trainer_format
        files = _one(runs[0], formats, tasks, out, options) if len(runs) == 1 else _dataset(
            runs, formats, tasks, out, {**options, "workers": workers}
        )
    again = _told_again(files)
    if as_json:
        named = {"run_id": runs[0].run_id} if len(runs) == 1 else {"run_ids": [run.run_id for run in runs]}
        same = {"unchanged": [str(file) for file in unchanged]} if unchanged else {}
        twice = {"repeats": again} if again else {}
        write_json({**named, "files": [str(file) for file in files], **same, **twice})
        return
    for file in files:
        say(f"{file} (unchanged)" if file in unchanged else str(file))
    if again:
        counts = ", ".join(f"{count} of {task}" for task, count in again.items())
        say(f"left out, since another path says it already: {counts} (--deduplicate 0 keeps them)", err=True)


def _told_again(files: list[Any]) -> dict[str, int]:
    """How many records of each task were left out because another path has them: as the dataset's manifest says."""
    manifest = next((Path(file) for file in files if Path(file).name == "manifest.json"), None)
    if manifest is None:
        return {}
    tasks = json.loads(manifest.read_bytes())["tasks"]
    return {task: count["repeats"] for task, count in tasks.items() if count["repeats"]}


def _one(
    run: Run, formats: tuple[str, ...], tasks: tuple[str, ...], out: Path | None, options: dict[str, Any]
) -> list[Any]:
    from timepoint_pro.cli.playing import formats_asked, tasks_asked

    wanted = tasks or tasks_asked(run.template)
    return run.export(out, formats or formats_asked(run.template), tasks=wanted, **options)


def _dataset(
    runs: list[Run], formats: tuple[str, ...], tasks: tuple[str, ...], out: Path | None, options: dict[str, Any]
) -> list[Any]:
    from timepoint_pro.cli.playing import tasks_asked
    from timepoint_pro.exporters import export_runs

    if out is None:
        raise UsageError("several runs: give --out, the folder of their dataset")
    other = next((one for one in formats if one not in DATASETS), None)
    if other is not None:
        raise UsageError(f"--format {other}: it holds one run; of several runs {' and '.join(DATASETS)} can be written")
    wanted = tasks or tuple(dict.fromkeys(task for run in runs for task in tasks_asked(run.template)))
    return list(export_runs(runs, out, formats or DATASETS[:1], tasks=wanted, **options))


def _filter(runs: list[Run], flaws: tuple[str, ...]) -> Callable[..., bool] | None:
    if not flaws:
        return None
    from timepoint_pro.evaluation.quality import sound

    return sound(runs, flaws)
