"""Files that appear under their names only when all of them are complete and on disk."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from attrs import frozen

from timepoint_pro.errors import DataError, OutputExistsError, UsageError

BUFFER = 1 << 20
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


@frozen
class Written:
    """One finished file: its path, the format that it belongs to, its SHA-256 in hex, its size in bytes."""

    path: Path
    format: str
    sha256: str
    bytes: int


class Sink:
    """A file being written: counts and digests what goes through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest = file, hashlib.sha256()
        self.bytes = 0

    def write(self, data: bytes) -> None:
        """Append ``data``."""
        self._file.write(data)
        self._digest.update(data)
        self.bytes += len(data)

    @property
    def sha256(self) -> str:
        """SHA-256, in hex, of what was written so far."""
        return self._digest.hexdigest()


class Outbox:
    """A set of files for one folder, all or nothing.

    Each is written under a temporary name in the folder where it will stand. Leaving the ``with`` block gives
    them their names; leaving it by an error removes them.

    Args:
        folder: where they go; made when missing.
        force: replace files that are there already. Without it a file that is there with the same bytes is left as it
            is, and one with other bytes is an error.

    Raises:
        DataError: when the folder cannot be written.
    """

    def __init__(self, folder: Path, *, force: bool = False) -> None:
        self.folder, self.force = folder, force
        self.format = ""
        self.unchanged: list[Path] = []
        self._waiting: list[tuple[Path, Written]] = []
        self._temporary: list[Path] = []

    def expect(self, names: Iterable[str]) -> None:
        """Check, before anything is written, that these files may be.

        Raises:
            DataError: when one of them is there and is not a regular file.
        """
        for name in names:
            path = self.folder / name
            if (path.is_symlink() or path.exists()) and not path.is_file():
                raise DataError(f"{path}: is not a regular file; give another --out")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._publish()
        finally:
            for path in self._temporary:
                path.unlink(missing_ok=True)

    @property
    def written(self) -> tuple[Written, ...]:
        """The files finished so far, in the order in which they were."""
        return tuple(one for _temporary, one in self._waiting)

    @contextmanager
    def file(self, name: str) -> Iterator[Sink]:
        """A file to write to. ``name`` is a path below the folder."""
        with self.draft(name) as temporary, _explained(temporary), temporary.open("xb", BUFFER) as raw:
            sink = Sink(raw)
            yield sink
            raw.flush()
            os.fsync(raw.fileno())
            self._waiting.append((temporary, Written(self.folder / name, self.format, sink.sha256, sink.bytes)))

    @contextmanager
    def foreign(self, name: str) -> Iterator[Path]:
        """A temporary path at which some other library writes the file ``name``."""
        with self.draft(name) as temporary:
            yield temporary
            with _explained(temporary), temporary.open("rb+") as raw:
                digest, size = hashlib.sha256(), 0
                while block := raw.read(1 << 20):
                    digest.update(block)
                    size += len(block)
                os.fsync(raw.fileno())
            self._waiting.append((temporary, Written(self.folder / name, self.format, digest.hexdigest(), size)))

    @contextmanager
    def draft(self, name: str) -> Iterator[Path]:
        """A temporary path beside the place of ``name``; removed when the outbox is left, unless it was published."""
        final = self.folder / name
        with _explained(final):
            final.parent.mkdir(parents=True, exist_ok=True)
        temporary = final.with_name(f".{secrets.token_hex(8)}.tmp")
        self._temporary.append(temporary)
        yield temporary

    def text(self, name: str, content: str) -> None:
        """Write a whole text file in UTF-8."""
        with self.file(name) as sink:
            sink.write(content.encode())

    def _publish(self) -> None:
        self.expect(str(one.path.relative_to(self.folder)) for _temporary, one in self._waiting)
        if not self.force:
            for _temporary, one in self._waiting:
                with _explained(one.path):
                    if one.path.is_symlink() or one.path.exists():
                        if _digest(one.path) != one.sha256:
                            raise OutputExistsError(one.path)
                        self.unchanged.append(one.path)
        folders = set()
        for temporary, one in self._waiting:
            if one.path in self.unchanged:
                continue
            with _explained(one.path):
                _take_name(temporary, one.path, self.force)
            folders.add(one.path.parent)
        for folder in sorted(folders):
            _sync_folder(folder)


def _digest(path: Path) -> str:
    with path.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()


def safe_name(name: str) -> str:
    """``name`` as one part of a path: anything but ASCII letters, digits, ``-``, ``_`` and inner dots is %-encoded.

    Raises:
        UsageError: when it is empty.
    """
    if not name:
        raise UsageError("a file name cannot be empty; give --out")
    parts = [mark if mark in _SAFE else "".join(f"%{byte:02X}" for byte in mark.encode()) for mark in name]
    if parts[0] == ".":
        parts[0] = "%2E"
    return "".join(parts)[:200]


def _take_name(temporary: Path, final: Path, force: bool) -> None:
    if force:
        temporary.replace(final)
        return
    try:
        # Unlike a rename, a link fails when another process has put a file there meanwhile.
        os.link(temporary, final)
    except FileExistsError as error:
        raise OutputExistsError(final) from error
    except OSError:
        # A file system without links (FAT, some network shares).
        if final.exists():
            raise OutputExistsError(final) from None
        temporary.replace(final)


def _sync_folder(folder: Path) -> None:
    # Some systems cannot open or sync a folder; the files themselves are on disk already.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what the file system says into one plain sentence."""
    try:
        yield
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror or error}); give another --out") from error
