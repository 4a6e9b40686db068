"""Large datasets on more than one core: processes render whole runs beside this one, which puts the files together.

Each process writes the lines of its share to files of its own. This process renders the first share, and then copies
theirs behind it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import accumulate, pairwise
from pathlib import Path

import orjson
from attrs import frozen

from timepoint_pro.errors import DataError, UsageError
from timepoint_pro.exporters.contract import Settings, Source
from timepoint_pro.exporters.dataset.rendering import Report, rendered, request
from timepoint_pro.exporters.dataset.repeats import grouped
from timepoint_pro.exporters.dataset.selection import Selection
from timepoint_pro.exporters.dataset.tokens import estimated_tokens
from timepoint_pro.exporters.dataset.trainers import TRAINERS
from timepoint_pro.exporters.files import Outbox
from timepoint_pro.exporters.tasks.catalogue import TASKS

LARGE = 4_000
"""Turns from which on processes are worth their start (.4 s each)."""
AHEAD = 2_500
"""Turns that are rendered while another process starts."""
COPIED = 1 << 20
"""Bytes that are copied at once."""
MOST = 4
"""Most processes that are started unless more are asked for: each takes about 50 MiB."""


@frozen
class Share:
    """Runs that one process renders, next to each other in the order of the files, each with its split."""

    sources: tuple[Source, ...]
    sides: tuple[str, ...]


def worker_count(
    sources: Sequence[Source], settings: Settings, encodings: tuple[str, ...], asked: int | None,
    worlds: Mapping[str, str],
) -> int:  # fmt: skip
    """How many processes render: 1 is this one alone.

    Records that are compared with each other, passed to a function or counted by a tokenizer stay in this process, and
    so do Parquet and databases in memory.

    Args:
        sources: the runs.
        settings: what is wanted.
        encodings: ``"jsonl"`` or ``"parquet"`` or both.
        asked: number of processes; None for one a core when there are ``LARGE`` turns or more.
        worlds: those of the runs in which something may be told twice; runs of one world are not parted.

    Raises:
        UsageError: unless ``asked`` is a whole number above 0.
    """
    if asked is not None and (not isinstance(asked, int) or isinstance(asked, bool) or asked < 1):
        raise UsageError(f"workers: expected a whole number above 0, found {asked!r}")
    most = min(len(grouped(sources, worlds)), min(_cores(), MOST) if asked is None else asked)
    if most < 2 or not _separable(sources, settings, encodings):
        return 1
    if asked is None and sum(map(_turns, sources)) < LARGE:
        return 1
    return most


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _separable(sources: Sequence[Source], settings: Settings, encodings: tuple[str, ...]) -> bool:
    ours = __name__.partition(".")[0] + "."
    return (
        encodings == ("jsonl",)
        and settings.keep is None
        and not settings.deduplication_threshold
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


def shares(
    sources: Sequence[Source], sides: Sequence[str], workers: int, worlds: Mapping[str, str]
) -> list[Share]:
    """The runs in as many shares as there are processes, of about as many turns each; none is empty.

    The first is that of this process, which need not be started, and so gets the more turns.

    Args:
        sources: the runs.
        sides: the split of each.
        workers: number of shares, from 1; at most as many as there are groups of runs that may be parted.
        worlds: those of the runs in which something may be told twice; runs of one world are not parted.
    """
    ends = list(accumulate(_turns(source) + 1 for source in sources))
    groups = list(accumulate(grouped(sources, worlds)))
    each = max(0.0, (ends[-1] - AHEAD) / workers)
    borders = [0]
    for left in range(workers - 1, 0, -1):
        goal = ends[-1] - left * each
        # Something on this side of the border, and something for each share behind it.
        places = [place for place in groups[: len(groups) - left] if place > borders[-1]]
        borders.append(min(places, key=lambda place: abs(ends[place - 1] - goal)))
    borders.append(len(ends))
    return [Share(tuple(sources[one:other]), tuple(sides[one:other])) for one, other in pairwise(borders)]


class Renderer:
    """A process that renders a share."""

    def __init__(
        self, process: subprocess.Popen[bytes], share: Share, settings: Settings, worlds: Mapping[str, str],
        place: Outbox,
    ) -> None:  # fmt: skip
        self._process, self._share, self._settings = process, share, settings
        self._worlds = {one.run_id: worlds[one.run_id] for one in share.sources if one.run_id in worlds}
        self._drafts = ExitStack()
        self._records = {side: self._draft(place) for side in dict.fromkeys(share.sides)}
        self._lineage = self._draft(place)
        self._read: dict[Path, int] = {}

    def _draft(self, place: Outbox) -> Path:
        return self._drafts.enter_context(place.draft("part"))

    def start(self) -> None:
        """Tell the process what to do."""
        runs = [
            (os.path.abspath(source.store.path), source.run_id, side)
            for source, side in zip(self._share.sources, self._share.sides, strict=True)
        ]
        records = {side: os.path.abspath(path) for side, path in self._records.items()}
        pipe = self._process.stdin
        assert pipe is not None
        # One that is gone already is missed when it should report.
        with suppress(BrokenPipeError):
            pipe.write(request(runs, self._settings, self._worlds, records, os.path.abspath(self._lineage)))
            pipe.flush()

    def report(self, task: str) -> Report:
        """Wait until a task is done. Tasks must be asked for in their order.

        Raises:
            TimepointError: what rendering raised.
            DataError: when the process ended otherwise.
        """
        pipe = self._process.stdout
        assert pipe is not None
        line = pipe.readline()
        if not line.endswith(b"\n"):
            raise self._failed(task)
        if line.startswith(b'{"failed":'):
            raise DataError(f"{orjson.loads(line)['failed']}; give another --out")
        return Report.from_json(line)

    def records(self, side: str, size: int) -> Iterator[bytes]:
        """The next ``size`` bytes of the records of a split, in parts."""
        return self._parts(self._records[side], size)

    def lineage(self, size: int) -> Iterator[bytes]:
        """The next ``size`` bytes of the lines of ``provenance.jsonl``, in parts."""
        return self._parts(self._lineage, size)

    def _parts(self, path: Path, size: int) -> Iterator[bytes]:
        begun = self._read.get(path, 0)
        self._read[path] = begun + size
        with path.open("rb") as file:
            file.seek(begun)
            while size:
                part = file.read(min(size, COPIED))
                if not part:
                    raise DataError(f"{path}: {size} bytes of it are gone; export again with workers=1 (--workers 1)")
                size -= len(part)
                yield part

    def _failed(self, task: str) -> DataError:
        """Raises what the share raises here too; else returns what can be said of the process."""
        code = self._process.wait()
        selection = Selection(self._settings, self._worlds)
        for source in self._share.sources:
            for _one in rendered(Source(source.store, source.run_id), task, self._settings, selection):
                pass
        return DataError(
            f"task {task}, runs {self._share.sources[0].run_id!r} to {self._share.sources[-1].run_id!r}: the process "
            f"that rendered them ended with {code}; export again with workers=1 (--workers 1)"
        )


@contextmanager
def rendering(
    parts: Sequence[Share], settings: Settings, worlds: Mapping[str, str], out: Outbox
) -> Iterator[list[Renderer]]:
    """Start a process for each share; leaving the block ends them.

    What they write stands beside the files of ``out`` under temporary names, until ``out`` is left.
    """
    with ExitStack() as stack:
        renderers = []
        for share in parts:
            process = _started()
            stack.callback(_ended, process)
            renderers.append(Renderer(process, share, settings, worlds, out))
            renderers[-1].start()
        yield renderers


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
