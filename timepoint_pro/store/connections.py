"""Connections to the file of a database: opened, known to be one of runs, brought up to date; errors in plain words."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from timepoint_pro.errors import StoreError
from timepoint_pro.store.schema import migrate

BUSY_MS = 30_000
MEMORY = ":memory:"

OWN_TABLES = frozenset(("runs", "chunks", "events"))
"""Tables by which a database is known to be one of runs."""


def opened(path: str, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection to a database that is known to be one of runs, and of this version where it is written to.

    Args:
        path: the file; ``":memory:"`` for none.
        read_only: never write, and never create.

    Raises:
        StoreError: when the file cannot be opened, is no database or one of something else, or is of a newer version;
            with ``read_only``, when it is not there.
    """
    with explained(path, "open"):
        connection = _connected(path, read_only)
        try:
            _recognise(path, connection, read_only)
            if not read_only:
                _prepare(connection)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def explained(path: str, doing: str) -> Iterator[None]:
    """Turn what SQLite and the file system say into one plain sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot {doing}: {plain(error)}") from error
    except OSError as error:
        raise StoreError(f"{path}: cannot {doing}: {error.strerror or error}") from error


def _connected(path: str, read_only: bool) -> sqlite3.Connection:
    if read_only:
        if not Path(path).is_file():
            raise StoreError(f"{path}: there is no database; 'timepoint run' makes one")
        return _reading(path)
    return sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False)


def _reading(path: str) -> sqlite3.Connection:
    """A connection that cannot write.

    In WAL mode a reader writes too, to the index beside the file. Where it may not, and no log stands beside the
    file that would have to be read, the file is opened as one that does not change.
    """
    file = Path(path).resolve()
    uri = f"{file.as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        log = file.with_name(f"{file.name}-wal")
        passing = "readonly" not in str(error) and "unable to open" not in str(error)
        if passing or not os.access(file, os.R_OK) or (log.exists() and log.stat().st_size):
            connection.close()
            raise
    else:
        return connection
    connection.close()
    return sqlite3.connect(f"{uri}&immutable=1", uri=True, isolation_level=None, check_same_thread=False)


def _recognise(path: str, connection: sqlite3.Connection, read_only: bool) -> None:
    """Refuse a database that something else has made, before anything is written to it."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    names = {str(name) for (name,) in found if not str(name).startswith("sqlite_")}
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if names and (version < 1 or not names >= OWN_TABLES):
        raise StoreError(
            f"{path}: is a database of something else ({len(names)} tables, such as {min(names)!r}); "
            "choose another --db"
        )
    if read_only and not names:
        raise StoreError(f"{path}: holds no runs, it is an empty database; 'timepoint run' fills it")


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    migrate(connection)


def plain(error: sqlite3.Error) -> str:
    """What SQLite says, in words that tell what to do."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return "another process is writing to it; try again when that is done"
    if "full" in text:
        return "the disk is full; make room, then resume"
    if "readonly" in text or "read-only" in text:
        return "it is read-only; change its permissions or choose another --db"
    if "not a database" in text:
        return "the file is not a SQLite database; choose another --db"
    if "unable to open" in text:
        return "the file or its folder cannot be opened; check that it exists and is yours to write"
    return text
