"""Training data as a dataset: a file a task (and split), their lineage, a card, a manifest, framework settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from itertools import chain
from typing import Any, Generic, TypeVar

import orjson
from attrs import asdict, define, field

from timepoint_pro.collector import collector_slowed
from timepoint_pro.exporters.contract import Format, Settings, Source
from timepoint_pro.exporters.dataset.card import card
from timepoint_pro.exporters.dataset.processes import Renderer, rendering, shares, worker_count
from timepoint_pro.exporters.dataset.rendering import Counts, Part, lineage_line, rendered
from timepoint_pro.exporters.dataset.repeats import worlds
from timepoint_pro.exporters.dataset.selection import Selection, TaskCount
from timepoint_pro.exporters.dataset.splits import ONLY, split_of, world_of
from timepoint_pro.exporters.dataset.trainers import TRAINERS, Trainer
from timepoint_pro.exporters.files import Outbox, Sink, safe_name
from timepoint_pro.exporters.tasks.catalogue import TASKS, WITHOUT
from timepoint_pro.exporters.tasks.example import Example
from timepoint_pro.llm.registry import load_registry

PROVENANCE, CARD, MANIFEST = "provenance.jsonl", "README.md", "manifest.json"
LLAMA_FACTORY, AXOLOTL = "dataset_info.json", "axolotl.yml"

RowType = TypeVar("RowType")
Writing = AbstractContextManager[Callable[[RowType], None]]
"""A file to write rows to."""

Files = dict[str, dict[str, str]]
"""File name by task and split."""


@define
class Summary:
    """What was written: counts by task, records by split, files, and how many records each model's text entered."""

    tasks: dict[str, TaskCount] = field(factory=dict)
    splits: Counter[str] = field(factory=Counter)
    files: Files = field(factory=dict)
    models: Counter[str] = field(factory=Counter)


def dataset(encodings: tuple[str, ...]) -> Format:
    """The format that writes training data in these encodings, ``"jsonl"`` or ``"parquet"`` or both."""

    def write(source: Source, settings: Settings, out: Outbox) -> None:
        write_dataset([source], settings, out, encodings)

    return Format(lambda _source, settings: dataset_names(settings, encodings), write)


def dataset_names(settings: Settings, encodings: tuple[str, ...]) -> tuple[str, ...]:
    """Every file that a dataset can have. Those of tasks without records are not written."""
    trainer = TRAINERS[settings.trainer]
    splits = [name for name, _share in settings.splits] or [""]
    return (
        *(_name(task, split, one) for task in settings.tasks for split in splits for one in encodings),
        PROVENANCE, CARD, MANIFEST,
        *((LLAMA_FACTORY,) if trainer.llama_factory else ()),
        *((AXOLOTL,) if trainer.axolotl else ()),
    )  # fmt: skip


def write_dataset(
    sources: Sequence[Source], settings: Settings, out: Outbox, encodings: tuple[str, ...], workers: int | None = 1
) -> None:
    """Write the training data of one run or several as one dataset, one record at a time.

    Args:
        sources: the runs, at least one.
        settings: what is wanted.
        out: where the files go.
        encodings: ``"jsonl"`` or ``"parquet"`` or both.
        workers: processes that render, as far as ``processes.worker_count`` allows; 1 for this one alone.

    Raises:
        UsageError: for a number of workers below 1.
    """
    trainer = TRAINERS[settings.trainer]
    before = len(out.written)
    told_twice = worlds(sources, settings.deduplication_threshold)
    processes = worker_count(sources, settings, encodings, workers, told_twice)
    summary, selection = Summary(), Selection(settings, told_twice)
    sides = [split_of(world_of(source), settings.splits) if settings.splits else "" for source in sources]
    with collector_slowed(), out.file(PROVENANCE) as lineage:
        if processes > 1:
            _write_rendered(sources, sides, settings, out, processes, summary, selection, lineage)
        else:
            _write_examples(sources, sides, settings, out, encodings, summary, selection, lineage)
    for task, count in summary.tasks.items():
        if not count.records:
            count.reason = _reason(task, count)
    facts = _facts(sources, sides, settings, summary, selection)
    _describe(sources[0], settings, trainer, facts, summary.files, out, encodings)
    facts["files"] = [
        {"path": one.path.name, "sha256": one.sha256, "bytes": one.bytes}
        for one in sorted(out.written[before:], key=lambda one: one.path.name)
    ]
    out.text(MANIFEST, orjson.dumps(facts, option=orjson.OPT_INDENT_2).decode() + "\n")


def _write_examples(
    sources: Sequence[Source], sides: Sequence[str], settings: Settings, out: Outbox, encodings: tuple[str, ...],
    summary: Summary, selection: Selection, lineage: Sink,
) -> None:  # fmt: skip
    trainer = TRAINERS[settings.trainer]
    for task in settings.tasks:
        counts = Counts()
        summary.tasks[task] = counts.task
        with ExitStack() as stack:
            rows = _Rows(stack, partial(_files, out, task, encodings, trainer))
            side = [""]
            for example in selection.of(_examples(task, sources, sides, side), counts.task):
                counts.count(example)
                summary.splits[side[0]] += 1
                rows.write(side[0], trainer.record(example))
                lineage.write(lineage_line(example, trainer))
            summary.files[task] = {split or ONLY: _name(task, split, encodings[0]) for split in rows.splits}
        summary.models.update(counts.models)


def _write_rendered(
    sources: Sequence[Source], sides: Sequence[str], settings: Settings, out: Outbox, workers: int,
    summary: Summary, selection: Selection, lineage: Sink,
) -> None:  # fmt: skip
    """The same in lines, with the help of other processes."""
    own, *others = shares(sources, sides, workers, selection.worlds)
    with rendering(others, settings, selection.worlds, out) as renderers:
        for task in settings.tasks:
            counts = Counts()
            summary.tasks[task] = counts.task
            with ExitStack() as stack:
                rows = _Rows(stack, partial(_line_files, out, task))
                for source, side in zip(own.sources, own.sides, strict=True):
                    for one in rendered(Source(source.store, source.run_id), task, settings, selection):
                        if isinstance(one, Part):
                            rows.write(side, one.records)
                            lineage.write(one.lineage)
                        else:
                            counts.add(one)
                            summary.splits[side] += one.task.records
                for renderer in renderers:
                    _take(renderer, task, rows, counts, summary, lineage)
                summary.files[task] = {split or ONLY: _name(task, split, "jsonl") for split in rows.splits}
            summary.models.update(counts.models)
            selection.met.update(counts.met)


def _take(
    renderer: Renderer, task: str, rows: _Rows[bytes], counts: Counts, summary: Summary, lineage: Sink
) -> None:
    report = renderer.report(task)
    for side, size in report.sides.items():
        for part in renderer.records(side, size.bytes):
            rows.write(side, part)
        summary.splits[side] += size.records
    for part in renderer.lineage(report.lineage):
        lineage.write(part)
    counts.add(report.counts)


def _examples(task: str, sources: Sequence[Source], sides: Sequence[str], side: list[str]) -> Iterator[Example]:
    """The examples of every run; ``side`` holds the split of the one that is read."""
    for source, split in zip(sources, sides, strict=True):
        side[0] = split
        # A source keeps what it has read: a fresh one a task and run keeps memory bounded by one run.
        yield from TASKS[task](Source(source.store, source.run_id))


class _Rows(Generic[RowType]):
    """The files of one task, each opened with its first record: a task without records has no file."""

    def __init__(self, stack: ExitStack, files: Callable[[str], list[Writing[RowType]]]) -> None:
        self._stack, self._files = stack, files
        self._open: dict[str, list[Callable[[RowType], None]]] = {}

    @property
    def splits(self) -> list[str]:
        """The splits that have records, in the order of their first."""
        return list(self._open)

    def write(self, split: str, record: RowType) -> None:
        """Append a record, or the lines of several, to the files of its split."""
        rows = self._open.get(split)
        if rows is None:
            rows = self._open[split] = [self._stack.enter_context(one) for one in self._files(split)]
        for write in rows:
            write(record)


def _name(task: str, split: str, encoding: str) -> str:
    return f"{task}.{split}.{encoding}" if split else f"{task}.{encoding}"


def _files(
    out: Outbox, task: str, encodings: tuple[str, ...], trainer: Trainer, split: str
) -> list[Writing[dict[str, Any]]]:
    return [_rows(out, _name(task, split, one), one, trainer) for one in encodings]


def _line_files(out: Outbox, task: str, split: str) -> list[Writing[bytes]]:
    return [_lines(out, _name(task, split, "jsonl"))]


def _rows(out: Outbox, name: str, encoding: str, trainer: Trainer) -> Writing[dict[str, Any]]:
    if encoding == "parquet":
        from timepoint_pro.exporters.dataset.parquet import parquet_rows

        return parquet_rows(out, name, trainer.columns)
    return _json_rows(out, name)


@contextmanager
def _lines(out: Outbox, name: str) -> Iterator[Callable[[bytes], None]]:
    with out.file(name) as sink:
        yield sink.write


@contextmanager
def _json_rows(out: Outbox, name: str) -> Iterator[Callable[[dict[str, Any]], None]]:
    with out.file(name) as sink:
        write, dumps, newline = sink.write, orjson.dumps, orjson.OPT_APPEND_NEWLINE
        yield lambda record: write(dumps(record, option=newline))


def _reason(task: str, count: TaskCount) -> str:
    if count.edits_dropped or count.filtered or count.without_pair or count.repeats:
        return "edits, the filter or the shape left none"
    return WITHOUT.get(task, "nothing in this run gives rise to one")


def _describe(
    source: Source, settings: Settings, trainer: Trainer, facts: Mapping[str, Any], files: Files, out: Outbox,
    encodings: tuple[str, ...],
) -> None:  # fmt: skip
    """The card, and what LLaMA-Factory and Axolotl have to be told."""
    out.text(CARD, card(source, trainer, facts, files))
    first = settings.splits[0][0] if settings.splits else ONLY
    if trainer.llama_factory:
        entries = {
            safe_name("_".join((facts.get("run_id") or "runs", task, *([split] if settings.splits else ())))): {
                "file_name": file, **trainer.llama_factory,
            }
            for task, named in files.items() for split, file in named.items()
        }  # fmt: skip
        out.text(LLAMA_FACTORY, orjson.dumps(entries, option=orjson.OPT_INDENT_2).decode() + "\n")
    if trainer.axolotl:
        kind = "parquet" if encodings[0] == "parquet" else "json"
        taken = chain.from_iterable(
            (file for split, file in named.items() if split == first) for named in files.values()
        )
        entries_text = "".join(f"  - path: {file}\n    ds_type: {kind}\n{trainer.axolotl}" for file in taken)
        out.text(AXOLOTL, f"datasets:\n{entries_text}" if entries_text else "datasets: []\n")


def _facts(
    sources: Sequence[Source], sides: Sequence[str], settings: Settings, summary: Summary, selection: Selection
) -> dict[str, Any]:
    """What was exported, as plain data: the runs, the settings, counts by task, models with their licences."""
    registry = load_registry()
    alone = _of_run(sources[0]) if len(sources) == 1 else {}
    worlds = Counter({world_of(source): side for source, side in zip(sources, sides, strict=True)}.values())
    return {
        **alone,
        "generator": sources[0].row["generator"],
        **({} if alone else {"runs": [
            {**_of_run(source), **({"split": side} if side else {})}
            for source, side in zip(sources, sides, strict=True)
        ]}),
        "trainer": settings.trainer,
        "max_tokens": settings.max_tokens,
        **({"tokens_counted_by": settings.counted_by} if settings.max_tokens is not None else {}),
        "deduplication_threshold": settings.deduplication_threshold,
        "splits": {
            name: {"share": share, "worlds": worlds[name], "records": summary.splits[name]}
            for name, share in settings.splits
        },
        "edits": {"listed": len(settings.edits), "unused": selection.unused},
        "tasks": {task: asdict(count) for task, count in summary.tasks.items()},
        "models": [
            {"model": model, "license": registry.license_of(model), "records": records}
            for model, records in sorted(summary.models.items())
        ],
        "training_safe": all(count.training_safe == count.records for count in summary.tasks.values()),
    }  # fmt: skip


def _of_run(run: Source) -> dict[str, Any]:
    # A source of its own: what it reads goes with it, so that memory does not grow with the number of runs.
    source = Source(run.store, run.run_id)
    row = source.row
    return {
        "run_id": source.run_id,
        "template": row["template"],
        "template_sha256": source.template_sha256,
        "temporal_mode": row["temporal_mode"],
        "seed": row["seed"],
        "mechanisms": list(source.mechanisms),
    }
