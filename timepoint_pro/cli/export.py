"""``timepoint export``: write a run to files."""

from __future__ import annotations

from pathlib import Path

import click

from timepoint_pro.cli.console import say, write_json
from timepoint_pro.cli.options import db_option, json_option, open_runs, run_argument
from timepoint_pro.templates.vocabulary import FORMATS, TASKS, TRAINERS


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
            tasks=tasks or tasks_asked(run.template), max_tokens=max_tokens, force=force,
        )  # fmt: skip
    if as_json:
        write_json({"run_id": run.run_id, "files": [str(file) for file in files]})
        return
    for file in files:
        say(str(file))
