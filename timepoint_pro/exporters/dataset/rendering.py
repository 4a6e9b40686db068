"""Records of one run and task as the lines of their files: what a process of its own does for a large dataset.

``python -m timepoint_pro.exporters.dataset.rendering`` reads one line of JSON from its standard input: the runs and
tasks of its share, and the files that it writes their lines to. When a task is done it answers with one line of JSON:
a ``Report``. It ends when its standard input does, and removes its files then: whoever asked for them has read them or
is gone. A share that fails ends the process: whoever asked for it finds out why by doing it again.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from threading import Thread
from typing import IO, Any

import orjson
from attrs import asdict, field, frozen

from timepoint_pro.collector import collector_slowed
from timepoint_pro.errors import TimepointError
from timepoint_pro.exporters.contract import Settings, Source
from timepoint_pro.exporters.dataset.edits import Edit
from timepoint_pro.exporters.dataset.selection import Selection, TaskCount
from timepoint_pro.exporters.dataset.trainers import TRAINERS, Trainer
from timepoint_pro.exporters.tasks.catalogue import TASKS
from timepoint_pro.exporters.tasks.example import Example
from timepoint_pro.store.database import Store

PART = 1 << 18
"""Bytes after which lines are handed on."""


@frozen
class Part:
    """Some lines: of the file of records, of ``provenance.jsonl``."""

    records: bytes
    lineage: bytes


@frozen
class Counts:
    """What became of the records of one task.

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
        task, lineage = self.task, example.lineage
        task.records += 1
        task.training_safe += lineage["training_safe"]
        for used in lineage["models"]:
            self.models[used["model"]] += 1

    def add(self, more: Counts) -> None:
        """Add the counts of other records of the task."""
        self.task.add(more.task)
        self.models.update(more.models)
        self.met.update(more.met)


@frozen
class Side:
    """What a process has written of one task for one split: bytes of lines, and records."""

    bytes: int
    records: int


@frozen
class Report:
    """What a process says of a task that it has done.

    Args:
        sides: by the split, in the order of their first records; ``""`` without splits.
        lineage: bytes of the lines of ``provenance.jsonl``.
        counts: of all records of its share.
    """

    sides: Mapping[str, Side]
    lineage: int
    counts: Counts

    def to_json(self) -> bytes:
        """As the process answers it."""
        counts = self.counts
        told = {
            "sides": {name: asdict(side) for name, side in self.sides.items()}, "lineage": self.lineage,
            "task": asdict(counts.task), "models": counts.models, "met": sorted(counts.met),
        }  # fmt: skip
        return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)

    @classmethod
    def from_json(cls, text: bytes) -> Report:
        """Read what ``to_json`` wrote."""
        told = orjson.loads(text)
        counts = Counts(TaskCount(**told["task"]), Counter(told["models"]), set(told["met"]))
        return cls({name: Side(**side) for name, side in told["sides"].items()}, told["lineage"], counts)


def lineage_line(example: Example, trainer: Trainer) -> bytes:
    """The line of ``provenance.jsonl`` of one record."""
    line = example.lineage if trainer.inline else {**example.lineage, "metadata": example.metadata}
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def rendered(source: Source, task: str, settings: Settings, selection: Selection) -> Iterator[Part | Counts]:
    """The lines of one run and task in parts, then their counts.

    Args:
        source: the run.
        task: the task.
        settings: what is wanted.
        selection: what is left out; the same for all runs, which must come in their order.

    Raises:
        TimepointError: what the task raises.
    """
    trainer, counts = TRAINERS[settings.trainer], Counts()
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


def request(
    runs: Sequence[tuple[str, str, str]], settings: Settings, worlds: Mapping[str, str], records: Mapping[str, str],
    lineage: str,
) -> bytes:  # fmt: skip
    """What a process is told to do, as one line.

    Args:
        runs: database, run id and split of each run, in their order.
        settings: what is wanted.
        worlds: those of the runs in which something may be told twice.
        records: path of the file for each split; those that no record comes for are not made.
        lineage: path of the file for the lines of ``provenance.jsonl``.
    """
    edits = {name: (edit.action, edit.completion) for name, edit in settings.edits.items()}
    told = {
        "runs": runs, "worlds": worlds, "tasks": settings.tasks, "records": records, "lineage": lineage,
        "trainer": settings.trainer, "max_tokens": settings.max_tokens, "edits": edits,
    }  # fmt: skip
    return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)


def answer(told: Mapping[str, Any], say: Callable[[bytes], object]) -> None:
    """Do what a request says, and report on each task.

    Raises:
        TimepointError: what a task raises.
        OSError: when a file cannot be written.
    """
    edits = {name: Edit(*edit) for name, edit in told["edits"].items()}
    settings = Settings(told["trainer"], max_tokens=told["max_tokens"], edits=edits)
    selection = Selection(settings, told["worlds"])
    with ExitStack() as stack:
        files: dict[str, IO[bytes]] = {}
        stores: dict[str, Store] = {}
        lineage = stack.enter_context(open(told["lineage"], "xb"))
        for task in told["tasks"]:
            sides: dict[str, Side] = {}
            counts, traced = Counts(), 0
            for path, run_id, side in told["runs"]:
                if path not in stores:
                    stores[path] = stack.enter_context(Store(path, read_only=True))
                for one in rendered(Source(stores[path], run_id), task, settings, selection):
                    before = sides.get(side, _NOTHING)
                    if isinstance(one, Counts):
                        counts.add(one)
                        if one.task.records:
                            sides[side] = Side(before.bytes, before.records + one.task.records)
                        continue
                    if side not in files:
                        files[side] = stack.enter_context(open(told["records"][side], "xb"))
                    files[side].write(one.records)
                    lineage.write(one.lineage)
                    sides[side] = Side(before.bytes + len(one.records), before.records)
                    traced += len(one.lineage)
            for file in (lineage, *files.values()):
                file.flush()
            say(Report(sides, traced, counts).to_json())


_NOTHING = Side(0, 0)


def _serve() -> int:
    """Answer the request on standard input."""
    told = orjson.loads(sys.stdin.buffer.readline())
    watch = Thread(target=_watch, args=((*told["records"].values(), told["lineage"]),), daemon=True)
    watch.start()
    with collector_slowed():
        try:
            answer(told, _say)
        except TimepointError:
            return 1
        except OSError as error:
            _say(orjson.dumps({"failed": f"{error.filename or told['lineage']}: {error.strerror or error}"}) + b"\n")
            return 1
    # Whoever asked still reads the files, and may be killed before it has.
    watch.join()
    return 0


def _say(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def _watch(files: Sequence[str]) -> None:
    """End with whoever asked. Reading by the system's call holds no lock that the end of this process waits for."""
    while os.read(sys.stdin.fileno(), 1):
        continue
    for file in files:
        try:
            os.unlink(file)
        except OSError:
            continue
    os._exit(1)


if __name__ == "__main__":
    sys.exit(_serve())
