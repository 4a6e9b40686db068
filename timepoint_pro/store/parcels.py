"""A run as bytes: its log, its model calls and the tables made from them, for a database on another machine.

A parcel is compressed JSON of the run's rows, table by table in the order in which they were written. Taking one in
replaces what the database holds of that run, so that the same parcel twice is the same as once.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import orjson

from timepoint_pro.errors import StoreError
from timepoint_pro.store.database import Store
from timepoint_pro.store.schema import TABLES

FORMAT = 1
_FAST = 1
"""zlib's level: a higher one takes five times as long for a tenth less."""
_BYTES = {
    table: tuple(place for place, kind in enumerate(columns.values()) if kind is bytes)
    for table, (columns, _key) in TABLES.items()
}
_INSERT = {
    table: f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    for table, (columns, _key) in TABLES.items()
}


def pack(store: Store, run_id: str) -> bytes:
    """The run as a parcel.

    Raises:
        RunNotFoundError: when there is no such run.
    """
    found = str(store.run_row(run_id)["run_id"])
    tables = {table: rows for table in TABLES if (rows := list(_rows(store, table, found)))}
    return zlib.compress(orjson.dumps({"format": FORMAT, "run_id": found, "tables": tables}), _FAST)


def unpack(store: Store, parcel: bytes) -> str:
    """Put the run of a parcel into the database, in place of what it holds of it; the run's id.

    Raises:
        StoreError: for bytes that are no parcel of this version, or when they cannot be written.
    """
    content = _content(parcel)
    run_id, tables = content["run_id"], content["tables"]
    with store.writing("take in a run") as connection:
        if connection.execute("SELECT 1 FROM runs WHERE run_id = ?", (run_id,)).fetchone():
            for table in reversed(TABLES):
                connection.execute(f"DELETE FROM {table} WHERE run_id = ?", (run_id,))
        for table, rows in tables.items():
            connection.executemany(_INSERT[table], _restored(table, rows))
    return str(run_id)


def _rows(store: Store, table: str, run_id: str) -> Iterator[list[Any]]:
    columns, places = TABLES[table][0], _BYTES[table]
    for row in store.iterate(
        f"SELECT {', '.join(columns)} FROM {table} WHERE run_id = ? ORDER BY rowid", (run_id,)
    ):
        values = list(row.values())
        for place in places:
            values[place] = None if values[place] is None else values[place].hex()
        yield values


def _restored(table: str, rows: list[list[Any]]) -> Iterator[list[Any]]:
    places = _BYTES[table]
    for values in rows:
        for place in places:
            values[place] = None if values[place] is None else bytes.fromhex(values[place])
        if table == "llm_attempts":
            values[0] = None  # the number is the database's own
        yield values


def _content(parcel: bytes) -> dict[str, Any]:
    try:
        content = orjson.loads(zlib.decompress(parcel))
    except (zlib.error, orjson.JSONDecodeError) as error:
        raise StoreError(f"a worker sent bytes that hold no run: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT or set(content["tables"]) - set(TABLES):
        raise StoreError("a worker sent a run of another version; install the same timepoint-pro on all machines")
    return content
