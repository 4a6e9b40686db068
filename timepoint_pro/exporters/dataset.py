"""A run's training data as a dataset: a file a task, their lineage, a card, a manifest, framework settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import orjson
from attrs import asdict, define, field

from timepoint_pro.exporters.card import card
from timepoint_pro.exporters.contract import Format, Settings, Source
from timepoint_pro.exporters.example import Example
from timepoint_pro.exporters.files import Outbox, safe_name
from timepoint_pro.exporters.trainers import TRAINERS, Trainer
from timepoint_pro.exporters.training import TASKS, trim
from timepoint_pro.llm.registry import load_registry

PROVENANCE, CARD, MANIFEST = "provenance.jsonl", "README.md", "manifest.json"
LLAMA_FACTORY, AXOLOTL = "dataset_info.json", "axolotl.yml"

WriteRow = Callable[[dict[str, Any]], None]


@define
class TaskCount:
    """What was written for one task: records, those fit for training any model, and what a limit did to them."""

    records: int = 0
    training_safe: int = 0
    shortened: int = 0
    parts_dropped: int = 0
    too_long: int = 0


@define
class Summary:
    """What was written: counts by task, and how many records each model's text entered."""

    tasks: dict[str, TaskCount] = field(factory=dict)
    models: Counter[str] = field(factory=Counter)


def dataset(encodings: tuple[str, ...]) -> Format:
    """The format that writes training data in these encodings, ``"jsonl"`` or ``"parquet"`` or both."""

    def names(_source: Source, settings: Settings) -> tuple[str, ...]:
        trainer = TRAINERS[settings.trainer]
        return (
            *(f"{task}.{encoding}" for task in settings.tasks for encoding in encodings),
            PROVENANCE, CARD, MANIFEST,
            *((LLAMA_FACTORY,) if trainer.llama_factory else ()),
            *((AXOLOTL,) if trainer.axolotl else ()),
        )  # fmt: skip

    def write(source: Source, settings: Settings, out: Outbox) -> None:
        _write(source, settings, out, encodings)

    return Format(names, write)


def _write(source: Source, settings: Settings, out: Outbox, encodings: tuple[str, ...]) -> None:
    trainer = TRAINERS[settings.trainer]
    before = len(out.written)
    summary = Summary()
    with out.file(PROVENANCE) as lineage:
        for task in settings.tasks:
            count = summary.tasks[task] = TaskCount()
            with ExitStack() as stack:
                rows = [stack.enter_context(_rows(out, f"{task}.{one}", one, trainer)) for one in encodings]
                for example in _fitted(TASKS[task](source), settings.max_tokens, count):
                    _count(example, count, summary)
                    record = trainer.record(example)
                    for write in rows:
                        write(record)
                    lineage.write(_lineage(example, trainer))
    _describe(source, settings, trainer, summary, out, encodings)
    manifest = _manifest(source, settings, summary)
    manifest["files"] = [
        {"path": one.path.name, "sha256": one.sha256, "bytes": one.bytes}
        for one in sorted(out.written[before:], key=lambda one: one.path.name)
    ]
    out.text(MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2).decode() + "\n")


def _rows(out: Outbox, name: str, encoding: str, trainer: Trainer) -> AbstractContextManager[WriteRow]:
    if encoding == "parquet":
        from timepoint_pro.exporters.parquet import parquet_rows

        return parquet_rows(out, name, trainer.columns)
    return _json_rows(out, name)


@contextmanager
def _json_rows(out: Outbox, name: str) -> Iterator[WriteRow]:
    with out.file(name) as sink:
        write, dumps, newline = sink.write, orjson.dumps, orjson.OPT_APPEND_NEWLINE
        yield lambda record: write(dumps(record, option=newline))


def _fitted(examples: Iterator[Example], max_tokens: int | None, count: TaskCount) -> Iterator[Example]:
    if max_tokens is None:
        yield from examples
        return
    for example in examples:
        trimmed = trim(example, max_tokens)
        count.shortened += trimmed.dropped > 0
        count.parts_dropped += trimmed.dropped
        count.too_long += trimmed.too_long
        yield trimmed.example


def _count(example: Example, count: TaskCount, summary: Summary) -> None:
    count.records += 1
    count.training_safe += example.lineage["training_safe"]
    for used in example.lineage["models"]:
        summary.models[used["model"]] += 1


def _lineage(example: Example, trainer: Trainer) -> bytes:
    line = example.lineage if trainer.inline else {**example.lineage, "metadata": example.metadata}
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _describe(
    source: Source, settings: Settings, trainer: Trainer, summary: Summary, out: Outbox, encodings: tuple[str, ...]
) -> None:
    """The card, and what LLaMA-Factory and Axolotl have to be told."""
    files = {task: f"{task}.{encodings[0]}" for task in settings.tasks}
    facts = _manifest(source, settings, summary)
    out.text(CARD, card(source, trainer, facts, files))
    if trainer.llama_factory:
        entries = {
            safe_name(f"{source.run_id}_{task}"): {"file_name": file, **trainer.llama_factory}
            for task, file in files.items()
        }
        out.text(LLAMA_FACTORY, orjson.dumps(entries, option=orjson.OPT_INDENT_2).decode() + "\n")
    if trainer.axolotl:
        kind = "parquet" if encodings[0] == "parquet" else "json"
        entries_text = "".join(f"  - path: {file}\n    ds_type: {kind}\n{trainer.axolotl}" for file in files.values())
        out.text(AXOLOTL, f"datasets:\n{entries_text}")


def _manifest(source: Source, settings: Settings, summary: Summary) -> dict[str, Any]:
    """What was exported, as plain data: the run, the settings, counts by task, models with their licences."""
    registry = load_registry()
    row = source.row
    return {
        "run_id": source.run_id,
        "generator": row["generator"],
        "template": row["template"],
        "template_sha256": source.template_sha256,
        "temporal_mode": row["temporal_mode"],
        "seed": row["seed"],
        "mechanisms": list(source.mechanisms),
        "trainer": settings.trainer,
        "max_tokens": settings.max_tokens,
        "tasks": {task: asdict(count) for task, count in summary.tasks.items()},
        "models": [
            {"model": model, "license": registry.license_of(model), "records": records}
            for model, records in sorted(summary.models.items())
        ],
        "training_safe": all(count.training_safe == count.records for count in summary.tasks.values()),
    }
