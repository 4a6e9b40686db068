"""The run alone in a database of its own: the same tables, nothing of other runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from timepoint_pro.errors import DataError
from timepoint_pro.exporters.contract import Format, Settings, Source
from timepoint_pro.exporters.files import Outbox
from timepoint_pro.store.schema import TABLES, migrate, transaction

FILE = "run.db"
BATCH = 5_000
LEFT_OUT = ("artifacts",)
"""Tables that stay empty: they speak of files elsewhere on the machine."""


def _write(source: Source, _settings: Settings, out: Outbox) -> None:
    with out.foreign(FILE) as path:
        _copy(source, path)


def _copy(source: Source, path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        migrate(connection)
        with transaction(connection):
            for table, (columns, _key) in TABLES.items():
                if table not in LEFT_OUT:
                    _copy_table(source, connection, table, tuple(columns))
    except sqlite3.Error as error:
        raise DataError(f"{path.parent / FILE}: cannot be written ({error}); give another --out") from error
    finally:
        connection.close()


def _copy_table(source: Source, connection: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> None:
    names = ", ".join(columns)
    insert = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"
    rows = source.store.iterate(f"SELECT {names} FROM {table} WHERE run_id = ? ORDER BY rowid", (source.run_id,))
    for batch in _batches(rows):
        connection.executemany(insert, batch)


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[tuple[Any, ...]]]:
    batch: list[tuple[Any, ...]] = []
    for row in rows:
        batch.append(tuple(row.values()))
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


SQLITE = Format(lambda _source, _settings: (FILE,), _write)
