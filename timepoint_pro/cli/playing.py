"""Playing a simulation from the shell: progress, how to resume what stopped, exports, the summary at the end."""

from __future__ import annotations

from collections.abc import Container, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from timepoint_pro.cli.console import page_width, say, warn, write_json
from timepoint_pro.cli.failures import report
from timepoint_pro.cli.options import db_words
from timepoint_pro.cli.progress import watching
from timepoint_pro.errors import (
    BudgetReachedError,
    ModelError,
    OutputExistsError,
    RunInterruptedError,
    TimepointError,
)

if TYPE_CHECKING:
    from timepoint_pro.run import Run
    from timepoint_pro.simulation import Simulation
    from timepoint_pro.templates import Template


def play(
    simulation: Simulation, *, db: Path, out: Path | None, force: bool, as_json: bool, quiet: bool, hints: str = ""
) -> None:
    """Run it, export what its template asks for, and show what it was.

    Args:
        simulation: with a run id.
        db: the database, for the commands that are suggested.
        out: folder of the exports; by default ``output/RUN``.
        force: replace files that are there already.
        as_json: write the summary as JSON.
        quiet: no progress; of the summary only the run's id, unless ``as_json``.
        hints: options of a suggested ``timepoint resume`` besides ``--db``.

    Raises:
        click.exceptions.Exit: when it stopped, after lines that say why and how to go on.
        TimepointError: when the files cannot be written, after a line that says how to export the complete run.
    """
    run, files = played(simulation, db=db, out=out, force=force, quiet=quiet, hints=hints)
    _conclude(run, files, db=db, as_json=as_json, quiet=quiet)


def played(
    simulation: Simulation, *, db: Path, out: Path | None, force: bool, quiet: bool, hints: str = ""
) -> tuple[Run, list[Path]]:
    """Run it and export what its template asks for; the run and its files. Arguments and errors as for `play`."""
    run_id = simulation.run_id
    resume = f"go on with: timepoint resume {run_id}{db_words(db)}{hints}"
    try:
        with watching(simulation.template.moments, quiet=quiet) as listener:
            run = simulation.run(listener)
    except RunInterruptedError as stop:
        # Not raised on: its own message cannot know where the database is.
        say(f"interrupted; {resume}", err=True)
        raise click.exceptions.Exit(stop.exit_code) from None
    except (ModelError, BudgetReachedError) as error:
        report(error)
        say(resume, err=True)
        raise click.exceptions.Exit(error.exit_code) from None
    try:
        return run, _export(run, out, force)
    except TimepointError as error:
        other = " --out DIR" if isinstance(error, OutputExistsError) else ""
        say(f"the run is complete and kept; write it with: timepoint export {run_id}{other}{db_words(db)}", err=True)
        raise


def formats_asked(template: Template) -> list[str]:
    """What a run of this template writes: its ``outputs.formats``, by default training data and TDF.

    ``outputs.export_ml_dataset`` adds training data, ``outputs.generate_narrative_exports`` the narratives.
    """
    from timepoint_pro.exporters import FORMATS

    outputs = template.outputs
    asked = list(outputs.formats) if "outputs.formats" in template.given else ["jsonl", "tdf"]
    if outputs.export_ml_dataset:
        asked.append("jsonl")
    if outputs.generate_narrative_exports:
        asked.extend(outputs.narrative_export_formats)
    return _known(asked, FORMATS, "output format")


def tasks_asked(template: Template) -> list[str]:
    """The training tasks of the template, ``outputs.tasks``."""
    from timepoint_pro.exporters.tasks.catalogue import TASKS

    return _known(template.outputs.tasks, TASKS, "training task")


def _known(asked: Iterable[str], known: Container[str], kind: str) -> list[str]:
    """What can be written; the rest is named in one warning."""
    names = list(dict.fromkeys(asked))
    unknown = [repr(name) for name in names if name not in known]
    if unknown:
        warn(f"the template asks for {kind}{'s' if len(unknown) > 1 else ''} {', '.join(unknown)}; "
             "nothing is written for it in this version")
    return [name for name in names if name in known]


def _export(run: Run, out: Path | None, force: bool) -> list[Path]:
    formats = formats_asked(run.template)
    if not formats:
        return []
    trainer, tasks = run.template.outputs.trainer_format, tasks_asked(run.template)
    return run.export(out, formats, trainer=trainer, tasks=tasks, force=force)


def _conclude(run: Run, files: list[Path], *, db: Path, as_json: bool, quiet: bool) -> None:
    from timepoint_pro.reading.summary_text import WIDTH, summary_text

    if as_json:
        write_json(run.summary(files))
    elif quiet:
        say(run.run_id)
    else:
        say(summary_text(run.summary(files), page_width(WIDTH)))
        for place in _uploaded(run):
            say(f"Uploaded: {place}")
        say()
        say("Next")
        say(f"  timepoint show last{db_words(db)}")
        say(f"  timepoint show last --knowledge {_somebody(run)}{db_words(db)}")
        say(f"  timepoint export last --format tdf --out DIR{db_words(db)}")


def _uploaded(run: Run) -> list[str]:
    """Where the run's training data were uploaded to."""
    rows = run.store.query("SELECT path FROM artifacts WHERE run_id = ? AND format = 'oxen'", (run.run_id,))
    return [row["path"] for row in rows]


def _somebody(run: Run) -> str:
    import shlex

    return shlex.quote(run.entities[0].name) if run.entities else "ENTITY"
