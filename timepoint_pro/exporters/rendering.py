"""Records of one run and task as the lines of their files: what a process of its own does for a large dataset.

``python -m timepoint_pro.exporters.rendering`` reads its jobs as one JSON object from its standard input and answers
on its standard output in frames: a head (``HEAD``: length of the records, length of the lineage), then both. A head of
``END`` and a length closes a job; what follows is its counts as JSON. A job that fails ends the process: whoever asked
for it finds out why by doing it again.
"""

from __future__ import annotations

import os
import struct
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from queue import Queue
from threading import Thread
from typing import Any

import orjson
from attrs import asdict, field, frozen

from timepoint_pro.collector import collector_slowed
from timepoint_pro.errors import TimepointError
from timepoint_pro.exporters.contract import Settings, Source
from timepoint_pro.exporters.example import Example
from timepoint_pro.exporters.selection import Edit, Selection, TaskCount
from timepoint_pro.exporters.trainers import TRAINERS, Trainer
from timepoint_pro.exporters.training import TASKS
from timepoint_pro.store.database import Store

HEAD = struct.Struct("<QQ")
END = (1 << 64) - 1
PART = 1 << 18
"""Bytes after which lines are handed on."""
AHEAD = 24
"""Most parts that wait to be read: how far a process runs ahead, 6 MiB."""


@frozen
class Part:
    """Some lines: of the file of records, of ``provenance.jsonl``."""

    records: bytes
    lineage: bytes


@frozen
class Counts:
    """What became of the records of one run and task.

    Args:
        task: the counts.
        models: records by the models whose text entered them.
        met: record ids that the edit list names and that were there.
    """

    task: TaskCount = field(factory=TaskCount)
    models: Counter[str] = field(factory=Counter)
    met: set[str] = field(factory=set)

    def count(self, example: Example) -> None:
        """Count a record that is written."""
        self.task.records += 1
        self.task.training_safe += example.lineage["training_safe"]
        for used in example.lineage["models"]:
            self.models[used["model"]] += 1

    def to_json(self) -> bytes:
        """As the last frame of a job holds it."""
        return orjson.dumps({"task": asdict(self.task), "models": self.models, "met": sorted(self.met)})

    @classmethod
    def from_json(cls, text: bytes) -> Counts:
        """Read what ``to_json`` wrote."""
        found = orjson.loads(text)
        return cls(TaskCount(**found["task"]), Counter(found["models"]), set(found["met"]))


def lineage_line(example: Example, trainer: Trainer) -> bytes:
    """The line of ``provenance.jsonl`` of one record."""
    line = example.lineage if trainer.inline else {**example.lineage, "metadata": example.metadata}
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def rendered(source: Source, task: str, settings: Settings) -> Iterator[Part | Counts]:
    """The lines of one run and task in parts, then their counts.

    Raises:
        TimepointError: what the task raises.
    """
    trainer, selection, counts = TRAINERS[settings.trainer], Selection(settings), Counts()
    records: list[bytes] = []
    lineage: list[bytes] = []
    size = 0
    for example in selection.of(TASKS[task](source), counts.task):
        counts.count(example)
        line = orjson.dumps(trainer.record(example), option=orjson.OPT_APPEND_NEWLINE)
        beside = lineage_line(example, trainer)
        records.append(line)
        lineage.append(beside)
        size += len(line) + len(beside)
        if size >= PART:
            yield Part(b"".join(records), b"".join(lineage))
            records, lineage, size = [], [], 0
    if records:
        yield Part(b"".join(records), b"".join(lineage))
    counts.met.update(selection.met)
    yield counts


def request(jobs: list[tuple[str, str, str]], settings: Settings) -> bytes:
    """What a process is told to do: jobs of task, database and run id, in their order."""
    edits = {name: (edit.action, edit.completion) for name, edit in settings.edits.items()}
    told = {"jobs": jobs, "trainer": settings.trainer, "max_tokens": settings.max_tokens, "edits": edits}
    return orjson.dumps(told)


def answer(told: Mapping[str, Any], write: Callable[[bytes], None]) -> None:
    """Do the jobs of a request, in frames."""
    edits = {name: Edit(*edit) for name, edit in told["edits"].items()}
    settings = Settings(told["trainer"], max_tokens=told["max_tokens"], edits=edits)
    opened, store = "", None
    try:
        for task, path, run_id in told["jobs"]:
            if store is None or path != opened:
                if store is not None:
                    store.close()
                opened, store = path, Store(path, read_only=True)
            for one in rendered(Source(store, run_id), task, settings):
                if isinstance(one, Part):
                    write(HEAD.pack(len(one.records), len(one.lineage)) + one.records + one.lineage)
                else:
                    text = one.to_json()
                    write(HEAD.pack(END, len(text)) + text)
    finally:
        if store is not None:
            store.close()


def _serve() -> int:
    """Answer the request on standard input; a thread writes, so that rendering goes on while nobody reads."""
    told = orjson.loads(sys.stdin.buffer.read())
    waiting: Queue[bytes | None] = Queue(AHEAD)
    writer = Thread(target=_write, args=(waiting, sys.stdout.fileno()))
    writer.start()
    failed = 0
    with collector_slowed():
        try:
            answer(told, waiting.put)
        except TimepointError:
            failed = 1
        finally:
            waiting.put(None)
            writer.join()
    return failed


def _write(waiting: Queue[bytes | None], file: int) -> None:
    while (frame := waiting.get()) is not None:
        rest = memoryview(frame)
        while rest:
            try:
                rest = rest[os.write(file, rest) :]
            except BrokenPipeError:
                # Whoever asked is gone.
                os._exit(1)


if __name__ == "__main__":
    sys.exit(_serve())
