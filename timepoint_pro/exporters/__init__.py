"""Exports: every one is a projection of the run's log, written whole or not at all.

``export(run, out, formats)`` writes files and returns their paths; ``training_examples(run)`` yields the default
records without writing any.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timepoint_pro.errors import UnknownNameError, UsageError
from timepoint_pro.exporters.contract import Recorded, Settings, Source

if TYPE_CHECKING:
    from timepoint_pro.exporters.contract import Format

__all__ = ["DEFAULT_OUT", "FORMATS", "export", "training_examples"]

DEFAULT_OUT = "output"
FORMATS = ("jsonl", "json", "tdf", "sqlite", "csv", "parquet", "markdown", "fountain")
"""Every output format, by the name that ``--format`` takes."""


def export(
    run: Recorded,
    out: str | os.PathLike[str] | None = None,
    formats: Iterable[str] = ("jsonl",),
    *,
    trainer: str = "instruct",
    tasks: Iterable[str] = ("dialog_turn",),
    force: bool = False,
    max_tokens: int | None = None,
) -> list[Path]:
    """Write a run to files.

    All of them are written under temporary names first and get their own names together at the end. Each is
    entered in the table ``artifacts`` where the database can be written.

    Args:
        run: the run.
        out: the folder; ``output/{run_id}`` by default. Made when missing.
        formats: names of ``FORMATS``.
        trainer: shape of the training records: instruct, trl, openai, sharegpt, alpaca, axolotl or text.
        tasks: training tasks, one file each.
        force: replace files that are there already.
        max_tokens: most tokens of one training record, estimated at four bytes each; the oldest context is
            dropped first, the state never.

    Returns:
        The paths of the files, in the order of the formats.

    Raises:
        UnknownNameError: for a format, trainer or task that does not exist.
        UsageError: when nothing is asked for, or ``max_tokens`` is no positive whole number.
        MissingExtraError: for parquet without pyarrow.
        OutputExistsError: when a file is there already; nothing has been written then.
        DataError: when a file cannot be written.
    """
    from timepoint_pro.exporters.files import Outbox, safe_name

    settings = _settings(trainer, tasks, max_tokens)
    chosen = _chosen(formats)
    source = Source(run.store, run.run_id)
    folder = Path(out) if out is not None else Path(DEFAULT_OUT) / safe_name(source.run_id)
    outbox = Outbox(folder, force=force)
    with outbox:
        outbox.expect(name for _label, one in chosen for name in one.names(source, settings))
        for outbox.format, one in chosen:
            one.write(source, settings, outbox)
    _record(source, outbox)
    return [one.path for one in outbox.written]


def training_examples(
    run: Recorded, tasks: Iterable[str] = ("dialog_turn",), *, trainer: str = "instruct"
) -> Iterator[dict[str, Any]]:
    """Training records as an export would write them, one at a time, task by task.

    Args:
        run: the run.
        tasks: training tasks.
        trainer: shape of the records.

    Raises:
        UnknownNameError: for a task or trainer that does not exist.
        DataError: when the run's tables are incomplete.
    """
    from timepoint_pro.exporters.trainers import TRAINERS
    from timepoint_pro.exporters.training import TASKS

    settings = _settings(trainer, tasks, None)
    source = Source(run.store, run.run_id)
    shape = TRAINERS[settings.trainer]
    return (shape.record(example) for task in settings.tasks for example in TASKS[task](source))


def _settings(trainer: str, tasks: Iterable[str], max_tokens: int | None) -> Settings:
    from timepoint_pro.exporters.trainers import TRAINERS
    from timepoint_pro.exporters.training import TASKS

    if trainer not in TRAINERS:
        raise UnknownNameError("trainer format", trainer, TRAINERS)
    wanted = _names("tasks", tasks, "training task", TASKS)
    if max_tokens is not None and (not isinstance(max_tokens, int) or isinstance(max_tokens, bool) or max_tokens < 1):
        raise UsageError(f"max_tokens: expected a whole number above 0, found {max_tokens!r}")
    return Settings(trainer, wanted, max_tokens)


def _names(argument: str, given: Iterable[str], kind: str, known: Iterable[str]) -> tuple[str, ...]:
    if isinstance(given, str):
        raise UsageError(f"{argument}: expected several names, found the text {given!r}; put it in a list")
    wanted = tuple(dict.fromkeys(given))
    for name in wanted:
        if name not in known:
            raise UnknownNameError(kind, name, known)
    if not wanted:
        raise UsageError(f"{argument}: expected at least one of {', '.join(known)}")
    return wanted


def _chosen(formats: Iterable[str]) -> Sequence[tuple[str, Format]]:
    """The formats asked for, in order. Training data in two encodings is one dataset."""
    wanted = _names("formats", formats, "output format", FORMATS)
    encodings = tuple(name for name in wanted if name in ("jsonl", "parquet"))
    if "parquet" in encodings:
        from timepoint_pro.exporters.parquet import require_pyarrow

        require_pyarrow()
    known = _formats(encodings)
    return [(name, known[name]) for name in wanted if name not in encodings[1:]]


def _formats(encodings: tuple[str, ...]) -> Mapping[str, Format]:
    from timepoint_pro.exporters.dataset import dataset
    from timepoint_pro.exporters.narrative import MARKDOWN
    from timepoint_pro.exporters.screenplay import FOUNTAIN
    from timepoint_pro.exporters.sqlite import SQLITE
    from timepoint_pro.exporters.tables import CSV
    from timepoint_pro.exporters.tdf import JSON, TDF

    return {
        **dict.fromkeys(encodings, dataset(encodings)),
        "json": JSON, "tdf": TDF, "sqlite": SQLITE, "csv": CSV, "markdown": MARKDOWN, "fountain": FOUNTAIN,
    }  # fmt: skip


def _record(source: Source, outbox: Any) -> None:
    """Enter the files in the run's ``artifacts``; a database opened to be read stays as it is."""
    from timepoint_pro.store.database import stamp

    if source.store.read_only:
        return
    now = stamp()
    rows = [
        (source.run_id, os.path.abspath(one.path), one.format, one.sha256, one.bytes, now) for one in outbox.written
    ]
    source.store.insert({"artifacts": rows})
