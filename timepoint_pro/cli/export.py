"""``timepoint export``: write a run to files."""

from __future__ import annotations

from pathlib import Path

import click

from timepoint_pro.cli.console import say, write_json
from timepoint_pro.cli.options import db_option, json_option, open_runs, run_argument
from timepoint_pro.templates.vocabulary import FORMATS, TASKS, TRAINERS


def _shares(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, float] | None:
    shares = {}
    for value in values:
        name, _equals, share = value.partition("=")
        try:
            shares[name] = float(share)
        except ValueError:
            raise click.BadParameter(f"expected NAME=SHARE such as train=0.9, found {value!r}") from None
    return shares or None


@click.command("export")
@run_argument
@click.option(
    "--format", "formats", type=click.Choice(FORMATS), multiple=True, metavar="FORMAT",
    help=f"{', '.join(FORMATS)}; can be repeated. What the template asks for by default.",
)  # fmt: skip
@click.option(
    "--trainer", type=click.Choice(TRAINERS), help="Shape of training records (format jsonl); else the template's."
)
@click.option(
    "--task", "tasks", type=click.Choice(TASKS), multiple=True, metavar="TASK",
    help=f"Training task (format jsonl): {', '.join(TASKS)}; can be repeated. The template's by default.",
)  # fmt: skip
@click.option(
    "--max-tokens", type=click.IntRange(min=1), metavar="N",
    help="Most tokens of a training record, by an estimate; the oldest context is dropped first.",
)  # fmt: skip
@click.option(
    "--split", "splits", multiple=True, metavar="NAME=SHARE", callback=_shares,
    help="Split training records by world, such as --split train=0.9 --split test=0.1; a run goes to one of them.",
)
@click.option(
    "--deduplicate", "threshold", type=click.FloatRange(0, 1, min_open=True), metavar="SIMILARITY",
    help="Leave out training records as similar as this to an earlier one of their task.",
)
@click.option(
    "--edits", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Edit list, JSON Lines: records to drop, completions to replace.",
)
@click.option(
    "--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="Folder, instead of output/RUN."
)
@click.option("--force", is_flag=True, help="Replace files that are there already.")
@db_option
@json_option
def command(
    run_id: str,
    formats: tuple[str, ...],
    trainer: str | None,
    tasks: tuple[str, ...],
    max_tokens: int | None,
    splits: dict[str, float] | None,
    threshold: float | None,
    edits: Path | None,
    out: Path | None,
    force: bool,
    db: Path,
    as_json: bool,
) -> None:
    """Write a run to files and list them.

    RUN is a run's id, or 'last' for the newest.

    \b
      timepoint export last --format jsonl --trainer trl --out data
      timepoint export last --format markdown --format tdf
    """
    from timepoint_pro.cli.playing import formats_asked, tasks_asked

    with open_runs(db, writable=True) as store:
        run = store.load(run_id)
        files = run.export(
            out, formats or formats_asked(run.template), trainer=trainer or run.template.outputs.trainer_format,
            tasks=tasks or tasks_asked(run.template), max_tokens=max_tokens, force=force, splits=splits,
            deduplication_threshold=threshold, edits=edits,
        )  # fmt: skip
    if as_json:
        write_json({"run_id": run.run_id, "files": [str(file) for file in files]})
        return
    for file in files:
        say(str(file))
