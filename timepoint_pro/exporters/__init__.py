"""Exports: every one is a projection of the run's log, written whole or not at all.

``export(run, out, formats)`` writes files and returns their paths; ``training_examples(run)`` yields the default
records without writing any.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timepoint_pro.errors import UnknownNameError, UsageError
from timepoint_pro.exporters.contract import Recorded, Settings, Source

if TYPE_CHECKING:
    from timepoint_pro.exporters.contract import Format
    from timepoint_pro.exporters.files import Outbox

__all__ = ["DEFAULT_OUT", "FORMATS", "OWN_FORMATS", "export", "export_runs", "training_examples"]

DEFAULT_OUT = "output"
FORMATS = ("jsonl", "json", "tdf", "sqlite", "csv", "parquet", "markdown", "fountain", "graph", "graphml")
"""Every output format of the library, by the name that ``--format`` takes."""
OWN_FORMATS: dict[str, Format] = {}
"""Formats from outside the library, by name: enter one here, and ``export`` takes it like those of ``FORMATS``."""
ENCODINGS = ("jsonl", "parquet")
"""Formats of training data."""


def export(
    run: Recorded,
    out: str | os.PathLike[str] | None = None,
    formats: Iterable[str] = ("jsonl",),
    *,
    trainer: str = "instruct",
    tasks: Iterable[str] = ("dialog_turn",),
    force: bool = False,
    max_tokens: int | None = None,
    splits: Mapping[str, float] | None = None,
    deduplication_threshold: float | None = None,
    edits: str | os.PathLike[str] | None = None,
    keep: Callable[[Mapping[str, Any]], bool] | None = None,
    tokenizer: str | os.PathLike[str] | None = None,
    unchanged: Callable[[Path], object] | None = None,
) -> list[Path]:
    """Write a run to files.

    All of them are written under temporary names first and get their own names together at the end. Each is
    entered in the table ``artifacts`` where the database can be written.

    Args:
        run: the run.
        out: the folder; ``output/{run_id}`` by default. Made when missing.
        formats: names of ``FORMATS`` and ``OWN_FORMATS``.
        trainer: shape of the training records: instruct, trl, openai, sharegpt, alpaca, axolotl or text.
        tasks: training tasks, one file each.
        force: replace files that are there already. Without it a file that is there with the same bytes is left as it
            is, and one with other bytes is an error.
        max_tokens: most tokens of one training record; the oldest context is dropped first, the state never.
        splits: names of splits with their shares, such as ``{"train": 0.9, "test": 0.1}``. A run and its forks go to
            one of them, by the digest of the run's id.
        deduplication_threshold: what is told twice. By default a turn or a transition is left out that an earlier one
            of the same speaker repeats, word for word, on another path of its world: a branch, a round, a fork. A
            number in (0, 1] leaves out besides every record whose words are as similar as this to an earlier one of
            its task: Jaccard similarity of 3-word shingles. 0 leaves out none.
        edits: path of an edit list, JSON Lines of ``{"record_id", "action": "drop" | "replace", "completion"}``.
        keep: called with each training record (``prompt``, ``completion``, ``metadata``); false leaves it out.
        tokenizer: path of a ``tokenizer.json`` that counts the tokens; without it four bytes are taken for one.
        unchanged: called with the path of each file that was left as it is.

    Returns:
        The paths of the files, in the order of the formats. A task without records has no file; the manifest says why.

    Raises:
        UnknownNameError: for a format, trainer or task that does not exist.
        UsageError: when nothing is asked for, or an option is out of its range.
        MissingExtraError: for parquet without pyarrow, a tokenizer without the package ``tokenizers``.
        OutputExistsError: when a file is there already and says something else; nothing has been written then.
        DataError: when a file cannot be written, or the edit list cannot be read.
    """
    from timepoint_pro.exporters.files import Outbox, safe_name

    settings = _settings(trainer, tasks, max_tokens, splits, deduplication_threshold, edits, keep, tokenizer)
    chosen = _chosen(formats)
    source = Source(run.store, run.run_id)
    folder = Path(out) if out is not None else Path(DEFAULT_OUT) / safe_name(source.run_id)
    outbox = Outbox(folder, force=force)
    with outbox:
        outbox.expect(name for _label, one in chosen for name in one.names(source, settings))
        for outbox.format, one in chosen:
            one.write(source, settings, outbox)
    _record(source, outbox)
    _tell(unchanged, outbox)
    return [one.path for one in outbox.written]


def export_runs(
    runs: Iterable[Recorded],
    out: str | os.PathLike[str],
    formats: Iterable[str] = ("jsonl",),
    *,
    trainer: str = "instruct",
    tasks: Iterable[str] = ("dialog_turn",),
    force: bool = False,
    max_tokens: int | None = None,
    splits: Mapping[str, float] | None = None,
    deduplication_threshold: float | None = None,
    edits: str | os.PathLike[str] | None = None,
    keep: Callable[[Mapping[str, Any]], bool] | None = None,
    tokenizer: str | os.PathLike[str] | None = None,
    unchanged: Callable[[Path], object] | None = None,
    workers: int | None = None,
) -> list[Path]:
    """Write the training data of several runs as one dataset: one file a task, and split where there are splits.

    Records are read from the databases one at a time, run after run, so that memory does not grow with the runs. The
    options are those of ``export``.

    Args:
        runs: the runs, of one database or several.
        out: the folder.
        formats: ``"jsonl"`` or ``"parquet"`` or both.
        workers: processes that render records; the files are the same with any number. By default one a core, at most
            4, from 4,000 turns on, else this process alone. This process does the work alone, too, for Parquet, for
            ``keep``, ``tokenizer`` and a ``deduplication_threshold`` above 0, and for databases in memory. A run and
            its forks are never parted.

    Returns:
        The paths of the files.

    Raises:
        UsageError: for no runs, a run given twice, any other format, or ``workers`` below 1; else as ``export``.
    """
    from timepoint_pro.exporters.dataset.writing import dataset_names, write_dataset
    from timepoint_pro.exporters.files import Outbox

    settings = _settings(trainer, tasks, max_tokens, splits, deduplication_threshold, edits, keep, tokenizer)
    encodings = _names("formats", formats, "dataset format", ENCODINGS)
    if "parquet" in encodings:
        from timepoint_pro.exporters.dataset.parquet import require_pyarrow

        require_pyarrow()
    sources = [Source(run.store, run.run_id) for run in runs]
    ids = [source.run_id for source in sources]
    if not ids or len(set(ids)) < len(ids):
        twice = next((one for one in ids if ids.count(one) > 1), None)
        found = f"{twice!r} twice; record ids would repeat" if twice else "none"
        raise UsageError(f"runs: expected runs of different ids, found {found}")
    outbox = Outbox(Path(out), force=force)
    with outbox:
        outbox.expect(dataset_names(settings, encodings))
        outbox.format = encodings[0]
        write_dataset(sources, settings, outbox, encodings, workers)
    _tell(unchanged, outbox)
    return [one.path for one in outbox.written]


def _tell(unchanged: Callable[[Path], object] | None, outbox: Outbox) -> None:
    if unchanged is None:
        return
    for path in outbox.unchanged:
        unchanged(path)


def training_examples(
    run: Recorded, tasks: Iterable[str] = ("dialog_turn",), *, trainer: str = "instruct",
    deduplication_threshold: float | None = None,
) -> Iterator[dict[str, Any]]:
    """Training records as an export would write them, one at a time, task by task.

    Args:
        run: the run.
        tasks: training tasks.
        trainer: shape of the records.
        deduplication_threshold: what is told twice, as for ``export``: by default a turn or a transition that another
            path has already is left out; 0 leaves out none.

    Raises:
        UnknownNameError: for a task or trainer that does not exist.
        UsageError: for a threshold out of its range.
        DataError: when the run's tables are incomplete.
    """
    from timepoint_pro.exporters.dataset.repeats import worlds
    from timepoint_pro.exporters.dataset.selection import Selection, TaskCount
    from timepoint_pro.exporters.dataset.trainers import TRAINERS
    from timepoint_pro.exporters.tasks.catalogue import TASKS

    settings = _settings(trainer, tasks, deduplication_threshold=deduplication_threshold)
    source = Source(run.store, run.run_id)
    shape, selection = TRAINERS[settings.trainer], Selection(settings, worlds([source], deduplication_threshold))
    return (
        shape.record(example)
        for task in settings.tasks
        for example in selection.of(TASKS[task](source), TaskCount())
    )


def _settings(
    trainer: str,
    tasks: Iterable[str],
    max_tokens: int | None = None,
    splits: Mapping[str, float] | None = None,
    deduplication_threshold: float | None = None,
    edits: str | os.PathLike[str] | None = None,
    keep: Callable[[Mapping[str, Any]], bool] | None = None,
    tokenizer: str | os.PathLike[str] | None = None,
) -> Settings:
    from timepoint_pro.exporters.dataset.edits import read_edits
    from timepoint_pro.exporters.dataset.splits import checked
    from timepoint_pro.exporters.dataset.tokens import tokens_by
    from timepoint_pro.exporters.dataset.trainers import PREFERENCE, TRAINERS
    from timepoint_pro.exporters.tasks.catalogue import PAIRED, TASKS

    if trainer not in TRAINERS:
        raise UnknownNameError("trainer format", trainer, TRAINERS)
    wanted = _names("tasks", tasks, "training task", TASKS)
    if max_tokens is not None and (not isinstance(max_tokens, int) or isinstance(max_tokens, bool) or max_tokens < 1):
        raise UsageError(f"max_tokens: expected a whole number above 0, found {max_tokens!r}")
    if trainer == PREFERENCE and not set(wanted) <= set(PAIRED):
        alone = next(task for task in wanted if task not in PAIRED)
        raise UsageError(
            f"trainer {PREFERENCE!r}: the task {alone!r} has no rejected answers; tasks that have: {', '.join(PAIRED)}"
        )
    threshold = deduplication_threshold
    if threshold is not None and (isinstance(threshold, bool) or not 0.0 <= threshold <= 1.0):
        raise UsageError(f"deduplication_threshold: expected a similarity from 0 to 1, found {threshold!r}")
    listed = read_edits(edits) if edits is not None else {}
    limit: dict[str, Any] = {}
    if tokenizer is not None:
        if max_tokens is None:
            raise UsageError("tokenizer: it counts what max_tokens bounds; give max_tokens too")
        limit = {"tokens": tokens_by(tokenizer), "counted_by": Path(tokenizer).name}
    return Settings(trainer, wanted, max_tokens, checked(splits), threshold, listed, keep, **limit)


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
    wanted = _names("formats", formats, "output format", (*FORMATS, *OWN_FORMATS))
    encodings = tuple(name for name in wanted if name in ("jsonl", "parquet"))
    if "parquet" in encodings:
        from timepoint_pro.exporters.dataset.parquet import require_pyarrow

        require_pyarrow()
    known = _formats(encodings)
    return [(name, known[name]) for name in wanted if name not in encodings[1:]]


def _formats(encodings: tuple[str, ...]) -> Mapping[str, Format]:
    from timepoint_pro.exporters.dataset.writing import dataset
    from timepoint_pro.exporters.documents.graph import GRAPHML, NODE_LINK
    from timepoint_pro.exporters.documents.narrative import MARKDOWN
    from timepoint_pro.exporters.documents.screenplay import FOUNTAIN
    from timepoint_pro.exporters.documents.sqlite import SQLITE
    from timepoint_pro.exporters.documents.tables import CSV
    from timepoint_pro.exporters.documents.tdf import JSON, TDF

    return {
        **OWN_FORMATS,
        **dict.fromkeys(encodings, dataset(encodings)),
        "json": JSON, "tdf": TDF, "sqlite": SQLITE, "csv": CSV, "markdown": MARKDOWN, "fountain": FOUNTAIN,
        "graph": NODE_LINK, "graphml": GRAPHML,
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
