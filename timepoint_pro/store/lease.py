"""Who plays a run: one process at a time holds its lease, and loses it when it ends, however it ends.

A lease is a lock on one byte of a file beside the database (``runs.db-leases``), at the place that the digest of the
run's id gives. The operating system takes the locks of a process that ends, killed ones too, so a crash leaves nothing
behind that would have to be cleared away. SQLite locks its own file by the same means: leases hold wherever the
database is safe. On a system without such locks (``fcntl``) only the runs of one process are kept apart.
"""

from __future__ import annotations

import os
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

from attrs import define, field

from timepoint_pro.errors import RunBusyError, StoreError

try:
    import fcntl
except ImportError:  # pragma: no cover - not on this system
    fcntl = None  # type: ignore[assignment]

SUFFIX = "-leases"
_PLACES = 2**62
_LINUX_FLOCK = "hhqqi0q"
"""``struct flock`` of 64-bit Linux: type, whence, start, length, process."""


@define
class _Leases:
    """The leases that this process holds beside one database."""

    path: str
    descriptor: int | None = None
    held: set[str] = field(factory=set)

    def open(self) -> int | None:
        """The file, opened where it is not.

        Raises:
            StoreError: when it cannot be made.
        """
        if self.descriptor is None and fcntl is not None:
            try:
                self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            except OSError as error:
                raise StoreError(f"{self.path}: cannot open the file of leases: {error.strerror or error}") from error
        return self.descriptor

    def close(self) -> None:
        """Let go of the file when nothing is held: closing it drops every lock that the process has on it."""
        if not self.held and self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


_GUARD = threading.Lock()
_OPEN: dict[tuple[int, str], _Leases] = {}
# Locks belong to a process, not to an object in it: so does this record of them. The key names the process, since a
# forked child has a copy of the record without the locks.


@contextmanager
def leased(database: str, name: str, what: str = "run") -> Iterator[None]:
    """Hold the lease of a run, or of a campaign, while the block lasts. A database in memory has no leases.

    Args:
        database: path of the database.
        name: its id.
        what: ``"run"`` or ``"campaign"``.

    Raises:
        RunBusyError: when another process, or another task of this one, holds it.
        StoreError: when the file of leases cannot be made.
    """
    if database == ":memory:":
        yield
        return
    leases, key = _leases(database), f"{what}/{name}"
    with _GUARD:
        if key in leases.held:
            raise RunBusyError(name, os.getpid(), what)
        descriptor = leases.open()
        if not _lock(descriptor, key):
            holder = _holder(descriptor, key)
            leases.close()
            raise RunBusyError(name, holder, what)
        leases.held.add(key)
    try:
        yield
    finally:
        with _GUARD:
            leases.held.discard(key)
            _unlock(leases.descriptor, key)
            leases.close()


def is_leased(database: str, name: str, what: str = "run") -> bool:
    """Whether some process holds the lease, this one included. Arguments as for ``leased``.

    Raises:
        StoreError: when the file of leases cannot be read.
    """
    if database == ":memory:" or not os.path.exists(os.path.realpath(database) + SUFFIX):
        return False
    leases, key = _leases(database), f"{what}/{name}"
    with _GUARD:
        if key in leases.held:
            return True
        descriptor = leases.open()
        free = _lock(descriptor, key)
        if free:
            _unlock(descriptor, key)
        leases.close()
        return not free


def _leases(database: str) -> _Leases:
    path = os.path.realpath(database) + SUFFIX
    with _GUARD:
        return _OPEN.setdefault((os.getpid(), path), _Leases(path))


def _place(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") % _PLACES


def _lock(descriptor: int | None, name: str) -> bool:
    if descriptor is None:
        return True
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _place(name))
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:
        raise StoreError(f"cannot take the lease of {name}: {error.strerror or error}") from error
    return True


def _unlock(descriptor: int | None, name: str) -> None:
    if descriptor is not None:
        fcntl.lockf(descriptor, fcntl.LOCK_UN, 1, _place(name))


def _holder(descriptor: int | None, name: str) -> int | None:
    """Process id of the holder, where the system tells it."""
    if descriptor is None or sys.platform != "linux" or struct.calcsize("P") != 8:
        return None
    asked = struct.pack(_LINUX_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, _place(name), 1, 0)
    found = struct.unpack(_LINUX_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, asked))
    return int(found[4]) if found[0] != fcntl.F_UNLCK and found[4] > 0 else None
