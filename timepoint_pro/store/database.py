"""One SQLite file that holds runs: writing whole chunks, reading rows."""

from __future__ import annotations

import datetime
import os
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from timepoint_pro.errors import RunExistsError, RunNotFoundError, StoreError
from timepoint_pro.store.connections import MEMORY, explained, opened, plain
from timepoint_pro.store.lease import leased
from timepoint_pro.store.schema import TABLES, transaction

Rows = Mapping[str, Sequence[tuple[Any, ...]]]

_INSERT = {
    name: f"INSERT OR REPLACE INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    for name, (columns, _key) in TABLES.items()
}

_APPEND = {**_INSERT, "events": _INSERT["events"].replace(" OR REPLACE", "")}
"""A chunk's log is new: to look for what it might replace would cost a third of writing it."""


_TOTALS = (
    "SELECT mechanisms, models, training_safe, cost_usd, cost_source, token_count, model_calls, turns FROM runs "
    "WHERE run_id = ?"
)


def stamp() -> str:
    """The time now, ISO 8601 with Z; the environment's SOURCE_DATE_EPOCH (seconds) stands in for the clock.

    Raises:
        StoreError: when SOURCE_DATE_EPOCH is not a whole number.
    """
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    if fixed is None:
        now = datetime.datetime.now(datetime.UTC)
    elif fixed.isdigit():
        now = datetime.datetime.fromtimestamp(int(fixed), datetime.UTC)
    else:
        raise StoreError(f"SOURCE_DATE_EPOCH: expected whole seconds since 1970, found {fixed!r}")
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def new_run_id() -> str:
    """A run id that no other run has."""
    return f"run_{uuid.uuid4().hex[:12]}"


class Store:
    """The database file.

    Args:
        path: the file. One that is not there reads as a database without runs; the first write makes it, with its
            folders. ``":memory:"`` keeps nothing.
        read_only: never write, and never create.

    Raises:
        StoreError: when the file cannot be opened, is no database or one of something else, or is of a newer version;
            with ``read_only``, when it is not there.
    """

    def __init__(self, path: str | os.PathLike[str], *, read_only: bool = False) -> None:
        self.path = os.fspath(path)
        self.read_only = read_only
        self._stand_in: sqlite3.Connection | None = None
        if read_only or self._there():
            self._connection = opened(self.path, read_only=self.read_only)
        else:
            self._connection = self._stand_in = opened(MEMORY)

    def make(self) -> None:
        """Make the file where it is missing, without runs. Every write does so by itself.

        Raises:
            StoreError: when it cannot be made.
        """
        if self._connection is self._stand_in:
            with explained(self.path, "open"):
                Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            self._connection = opened(self.path, read_only=self.read_only)

    def _there(self) -> bool:
        return self.path == MEMORY or Path(self.path).exists()

    def _read(self) -> sqlite3.Connection:
        """The connection to read from: the file's, as soon as there is one, whoever has made it."""
        if self._connection is self._stand_in and self._there():
            self._connection = opened(self.path, read_only=self.read_only)
        return self._connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction. It makes the file where that is missing."""
        self.make()
        with transaction(self._connection):
            yield self._connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        if self._stand_in is not None:
            self._stand_in.close()

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows of a SELECT as dicts."""
        return list(self.iterate(sql, values))

    def iterate(self, sql: str, values: Sequence[Any] = ()) -> Iterator[dict[str, Any]]:
        """Rows of a SELECT as dicts, one at a time."""
        with explained(self.path, "read"):
            cursor = self._read().execute(sql, values)
            names = [column[0] for column in cursor.description]
            for row in cursor:
                yield dict(zip(names, row, strict=True))

    def tuples(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a SELECT as tuples: for the many rows of a small part."""
        try:
            rows: list[tuple[Any, ...]] = self._read().execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: cannot read: {plain(error)}") from error
        return rows

    def first(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """First row of a SELECT as a tuple; None where there is none."""
        try:
            row: tuple[Any, ...] | None = self._read().execute(sql, values).fetchone()
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: cannot read: {plain(error)}") from error
        return row

    def change(self, sql: str, values: Sequence[Any] = ()) -> None:
        """One UPDATE or DELETE, as a transaction of its own."""
        with explained(self.path, "write"), self._transaction() as connection:
            connection.execute(sql, values)

    def run_row(self, run_id: str) -> dict[str, Any]:
        """The row of a run; ``"last"`` is the newest.

        Raises:
            RunNotFoundError: when there is no such run.
        """
        if run_id == "last":
            rows = self.query("SELECT * FROM runs ORDER BY rowid DESC LIMIT 1")
        else:
            rows = self.query("SELECT * FROM runs WHERE run_id = ?", (run_id,))
        if not rows:
            known = [row["run_id"] for row in self.query("SELECT run_id FROM runs")]
            raise RunNotFoundError(run_id, known, "" if self._there() else self.path)
        return rows[0]

    def run_totals(self, run_id: str) -> dict[str, Any]:
        """What the chunks of a run have come to so far: the columns of its row that ``commit`` changes."""
        return self.query(_TOTALS, (run_id,))[0]

    def add_run(self, row: Mapping[str, Any]) -> None:
        """Enter a new run. ``created_at`` and ``updated_at`` are stamped here.

        Raises:
            RunExistsError: when its id is taken.
        """
        now = stamp()
        full = {**dict.fromkeys(TABLES["runs"][0]), **row, "created_at": now, "updated_at": now}
        with explained(self.path, "add a run"), self._transaction() as connection:
            taken = connection.execute("SELECT 1 FROM runs WHERE run_id = ?", (row["run_id"],)).fetchone()
            if taken:
                raise RunExistsError(str(row["run_id"]))
            connection.execute(_INSERT["runs"], tuple(full[column] for column in TABLES["runs"][0]))

    def add_fork(
        self,
        row: Mapping[str, Any],
        chunks: Sequence[tuple[str, str]],
        own: Sequence[str],
        moments: Sequence[str],
        rows: Rows,
    ) -> None:
        """Enter a new run that shares the beginning of ``row["parent_run"]``, all in one transaction.

        What the shared chunks led to is copied as it stands, so that the new run is complete by itself. Its model
        calls are named again and cost nothing: the parent has paid for them.

        Args:
            row: of the new run.
            chunks: (key, parent) of those that it begins with, in order.
            own: keys of those of which the log stands in ``rows``.
            moments: ids of the timepoints among them.
            rows: table name to full rows: what differs from the parent.

        Raises:
            RunExistsError: when its id is taken.
        """
        now, run_id, parent = stamp(), row["run_id"], row["parent_run"]
        full = {**dict.fromkeys(TABLES["runs"][0]), **row, "created_at": now, "updated_at": now}
        keys = [key for key, _parent in chunks]
        copied = [key for key in keys if key not in own]
        copies: list[tuple[str, str, Sequence[str]]] = [
            ("events", _among("chunk", copied), copied),
            ("llm_calls", _among("chunk", keys), keys),
            *(
                (table, _among("timepoint_id", moments), moments)
                for table in ("timepoints", "dialogs", "states", "relationships", "violations")
            ),
            ("exposure_events", _among("timepoint_id", ["", *moments]), ["", *moments]),
            ("causal_edges", f"{_among('source', moments)} AND {_among('target', moments)}", [*moments, *moments]),
        ]
        with explained(self.path, "add a run"), self._transaction() as connection:
            if connection.execute("SELECT 1 FROM runs WHERE run_id = ?", (run_id,)).fetchone():
                raise RunExistsError(str(run_id))
            connection.execute(_INSERT["runs"], tuple(full[column] for column in TABLES["runs"][0]))
            lines = [(run_id, key, before, position) for position, (key, before) in enumerate(chunks)]
            connection.executemany(_INSERT["chunks"], lines)
            for table, where, values in copies:
                taken = {"run_id": "?", "cost_usd": "0.0", "cost_source": "'parent run'"}
                names = list(TABLES[table][0])
                shown = ", ".join(taken.get(name, name) for name in names)
                connection.execute(
                    f"INSERT INTO {table} ({', '.join(names)}) SELECT {shown} FROM {table} "
                    f"WHERE run_id = ? AND {where} ORDER BY rowid",
                    (run_id, parent, *values),
                )
            for table, extra in rows.items():
                connection.executemany(_INSERT[table], extra)

    def update_run(self, run_id: str, **columns: Any) -> None:
        """Change columns of a run; ``updated_at`` is stamped here."""
        changed = {**columns, "updated_at": stamp()}
        names = ", ".join(f"{name} = ?" for name in changed)
        with explained(self.path, "update a run"), self._transaction() as connection:
            connection.execute(f"UPDATE runs SET {names} WHERE run_id = ?", (*changed.values(), run_id))

    def commit(self, run_id: str, chunk: str, parent: str, rows: Rows, totals: Mapping[str, Any]) -> None:
        """Write one chunk whole: its log, its calls, the tables made from them, and the run's totals.

        Args:
            run_id: the run.
            chunk: key of the chunk.
            parent: key of the chunk before.
            rows: table name to full rows, in the column order of ``schema.TABLES``.
            totals: columns of ``runs`` that it changes.

        Raises:
            StoreError: when it cannot be written; then nothing of it is.
        """
        names = ", ".join(f"{name} = ?" for name in totals)
        with explained(self.path, f"keep {chunk!r} of {run_id}"), self._transaction() as connection:
            position = connection.execute("SELECT count(*) FROM chunks WHERE run_id = ?", (run_id,)).fetchone()[0]
            connection.execute(_INSERT["chunks"], (run_id, chunk, parent, position))
            for table, lines in rows.items():
                connection.executemany(_APPEND[table], lines)
            if totals:
                connection.execute(
                    f"UPDATE runs SET {names}, updated_at = ? WHERE run_id = ?", (*totals.values(), stamp(), run_id)
                )

    @contextmanager
    def writing(self, doing: str) -> Iterator[sqlite3.Connection]:
        """One transaction of several statements: committed whole, or not at all.

        Args:
            doing: what it does, for the message (``"add a run"``).

        Raises:
            StoreError: when it cannot be written; then nothing of it is.
        """
        with explained(self.path, doing), self._transaction() as connection:
            yield connection

    def insert(self, rows: Rows) -> None:
        """Write rows of any tables in one transaction."""
        with explained(self.path, "write"), self._transaction() as connection:
            for table, lines in rows.items():
                connection.executemany(_INSERT[table], lines)

    def delete_run(self, run_id: str) -> None:
        """Remove a run and all that hangs on it.

        Raises:
            RunNotFoundError: when there is no such run.
            RunBusyError: when a process is playing it.
        """
        found = str(self.run_row(run_id)["run_id"])
        with leased(self.path, found), explained(self.path, "delete a run"), self._transaction() as connection:
            for table in reversed(TABLES):
                connection.execute(f"DELETE FROM {table} WHERE run_id = ?", (found,))

    def chunk_keys(self, run_id: str) -> list[tuple[str, str]]:
        """(key, parent) of a run's chunks, in the order in which they were committed."""
        rows = self.query("SELECT chunk, parent FROM chunks WHERE run_id = ? ORDER BY position", (run_id,))
        return [(row["chunk"], row["parent"]) for row in rows]

    def event_rows(self, run_id: str, chunk: str | None = None) -> Iterable[dict[str, Any]]:
        """Rows of the log, of one chunk or of all."""
        if chunk is None:
            return self.iterate(
                "SELECT events.* FROM events JOIN chunks USING (run_id, chunk) WHERE run_id = ? ORDER BY position, seq",
                (run_id,),
            )
        return self.iterate("SELECT * FROM events WHERE run_id = ? AND chunk = ? ORDER BY seq", (run_id, chunk))

    def check(self) -> None:
        """Let SQLite check the file.

        Raises:
            StoreError: when it is damaged.
        """
        found = [str(next(iter(row.values()))) for row in self.query("PRAGMA integrity_check")]
        if found != ["ok"]:
            raise StoreError(f"{self.path}: the database is damaged: {'; '.join(found[:3])}")


def _among(column: str, values: Sequence[str]) -> str:
    """A condition that ``column`` is one of ``values``, which are bound in their order."""
    return f"{column} IN ({', '.join('?' * len(values))})"
