"""A new database is the one that all migrations lead to, whichever version they begin with."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from timepoint_pro.errors import StoreError
from timepoint_pro.run_store import RunStore
from timepoint_pro.store.schema import MIGRATIONS, migrate

Schema = list[tuple[str, str, str, str]]


def made(file: Path) -> None:
    with RunStore(file) as store:
        store.make()


def schema_of(connection: sqlite3.Connection) -> tuple[int, Schema]:
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    return version, sorted((str(kind), str(name), str(table), str(sql)) for kind, name, table, sql in rows)


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_an_older_database_becomes_what_a_new_one_is(tmp_path: Path, version: int) -> None:
    file = tmp_path / "new.db"
    made(file)
    older = sqlite3.connect(":memory:", isolation_level=None)
    for migration in MIGRATIONS[:version]:
        migration(Database(older))
    older.execute(f"PRAGMA user_version = {version}")
    migrate(older)
    assert schema_of(older) == schema_of(sqlite3.connect(file))
    assert schema_of(older)[0] == len(MIGRATIONS)


def test_a_database_that_is_up_to_date_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    made(file)
    before = file.read_bytes()
    made(file)
    assert file.read_bytes() == before


def test_a_chunk_that_is_committed_twice_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "new.db")
    store.add_run({"run_id": "r", "status": "running", "turns": 0})
    row = ("r", "start", 0, "start#0", "", 0.0, -1, "engine", "NextReleased", "{}")
    store.commit("r", "start", "", {"events": [row]}, {"turns": 1})
    again = (*row[:-1], '{"timepoints": ["T9"]}')
    with pytest.raises(StoreError, match="cannot keep 'start' of r"):
        store.commit("r", "start", "", {"events": [again]}, {"turns": 2})
    assert [one["body"] for one in store.event_rows("r", "start")] == ["{}"]
    assert store.run_totals("r")["turns"] == 1
