"""Large datasets on more than one core: processes render the lines of whole runs, this one writes them in order."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import IO

from attrs import frozen

from timepoint_pro.errors import DataError, UsageError
from timepoint_pro.exporters.contract import Settings, Source
from timepoint_pro.exporters.rendering import END, HEAD, Counts, Part, rendered, request
from timepoint_pro.exporters.tokens import estimated_tokens
from timepoint_pro.exporters.trainers import TRAINERS
from timepoint_pro.exporters.training import TASKS

LARGE = 4_000
"""Turns from which on processes are worth their start (.4 s each)."""
MOST = 4
"""Most processes that are started unless more are asked for: each takes about 50 MiB."""


@frozen
class Job:
    """One run of one task, and which process renders it."""

    task: str
    source: Source
    worker: int


def worker_count(
    sources: Sequence[Source], settings: Settings, encodings: tuple[str, ...], asked: int | None
) -> int:
    """How many processes render: 1 is this one alone.

    Records that are compared with each other, passed to a function or counted by a tokenizer stay in this process, and
    so do Parquet and databases in memory.

    Args:
        sources: the runs.
        settings: what is wanted.
        encodings: ``"jsonl"`` or ``"parquet"`` or both.
        asked: number of processes; None for one a core when there are ``LARGE`` turns or more.

    Raises:
        UsageError: unless ``asked`` is a whole number above 0.
    """
    if asked is not None and (not isinstance(asked, int) or isinstance(asked, bool) or asked < 1):
        raise UsageError(f"workers: expected a whole number above 0, found {asked!r}")
    most = min(len(sources), min(_cores(), MOST) if asked is None else asked)
    if most < 2 or not _separable(sources, settings, encodings):
        return 1
    if asked is None and sum(map(_turns, sources)) < LARGE:
        return 1
    return most


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _separable(sources: Sequence[Source], settings: Settings, encodings: tuple[str, ...]) -> bool:
    ours = __package__ + "."
    return (
        encodings == ("jsonl",)
        and settings.keep is None
        and settings.deduplication_threshold is None
        and settings.tokens is estimated_tokens
        # A task or trainer that a program has entered is not there in another process.
        and all(TASKS[task].__module__.startswith(ours) for task in settings.tasks)
        and TRAINERS[settings.trainer].row.__module__.startswith(ours)
        and all(os.path.isfile(source.store.path) for source in sources)
        and bool(sys.executable)
        and not getattr(sys, "frozen", False)
    )


def _turns(source: Source) -> int:
    found = source.store.first("SELECT count(*) FROM dialogs WHERE run_id = ?", (source.run_id,))
    return int(found[0]) if found else 0


def assigned(sources: Sequence[Source], tasks: Sequence[str], workers: int) -> list[Job]:
    """Every task of every run in the order of the files, each given to the process with the fewest turns so far."""
    load = [0] * workers
    turns = [_turns(source) for source in sources]
    jobs = []
    for task in tasks:
        for source, size in zip(sources, turns, strict=True):
            worker = load.index(min(load))
            load[worker] += size + 1
            jobs.append(Job(task, source, worker))
    return jobs


class Renderers:
    """Processes that render jobs, each its own in their order."""

    def __init__(self, processes: Sequence[subprocess.Popen[bytes]], settings: Settings) -> None:
        self._processes, self._settings = processes, settings

    def parts(self, job: Job) -> Iterator[Part | Counts]:
        """The lines of a job in parts, then its counts. Jobs must be asked for in the order of their files.

        Raises:
            TimepointError: what rendering raised.
            DataError: when the process ended otherwise.
        """
        pipe = self._processes[job.worker].stdout
        assert pipe is not None
        while True:
            first, second = HEAD.unpack(self._read(pipe, HEAD.size, job))
            if first == END:
                yield Counts.from_json(self._read(pipe, second, job))
                return
            yield Part(self._read(pipe, first, job), self._read(pipe, second, job))

    def _read(self, pipe: IO[bytes], size: int, job: Job) -> bytes:
        found = pipe.read(size)
        if len(found) < size:
            raise self._failed(job)
        return found

    def _failed(self, job: Job) -> DataError:
        """Raises what the job raises here too; else returns what can be said of the process."""
        code = self._processes[job.worker].wait()
        for _one in rendered(Source(job.source.store, job.source.run_id), job.task, self._settings):
            pass
        return DataError(
            f"run {job.source.run_id!r}, task {job.task}: the process that rendered it ended with {code}; "
            f"export again with workers=1 (--workers 1)"
        )


@contextmanager
def rendering(jobs: Sequence[Job], workers: int, settings: Settings) -> Iterator[Renderers]:
    """Start the processes; leaving the block ends them."""
    with ExitStack() as stack:
        processes = []
        for _worker in range(workers):
            processes.append(_started())
            stack.callback(_ended, processes[-1])
        for worker, process in enumerate(processes):
            own = [
                (job.task, os.path.abspath(job.source.store.path), job.source.run_id)
                for job in jobs if job.worker == worker
            ]  # fmt: skip
            assert process.stdin is not None
            try:
                process.stdin.write(request(own, settings))
                process.stdin.close()
            except BrokenPipeError:
                # It is gone already: the first read from it says so.
                continue
        yield Renderers(processes, settings)


def _started() -> subprocess.Popen[bytes]:
    # -P and this path: the package that is imported here, whatever stands in the present folder. A group of its own,
    # so that Ctrl-C reaches this process alone, which then ends the others.
    path = os.pathsep.join([one for one in sys.path if one])
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", f"{__package__}.rendering"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}, process_group=0,
        )  # fmt: skip
    except OSError as error:
        raise DataError(
            f"{sys.executable}: cannot be started ({error.strerror or error}); export with workers=1 (--workers 1)"
        ) from error


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                continue
    process.wait()
