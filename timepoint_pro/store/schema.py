"""Tables of the database and how older databases become newer ones.

``events`` is the log and the only source; every other table but ``runs``, ``chunks``, ``llm_*``, ``queries`` and
``artifacts`` is made from it when a chunk is committed, for people who read with SQL. ``llm_attempts`` is the
call cache and the ledger of requests to models, one row a finished request, written at once. ``campaigns`` and
``campaign_runs`` hold what was planned together and what became of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from timepoint_pro.errors import StoreError

if TYPE_CHECKING:
    from sqlite_utils import Database

TABLES: dict[str, tuple[dict[str, type], tuple[str, ...]]] = {
    "runs": (
        {
            "run_id": str, "status": str, "cost_usd": float, "created_at": str, "updated_at": str, "template": str,
            "scenario": str, "temporal_mode": str, "seed": int, "model": str, "models": str, "cost_source": str,
            "token_count": int, "model_calls": int, "turns": int, "mechanisms": str, "parts": str,
            "training_safe": int, "generator": str, "template_json": str, "parent_run": str, "error": str,
        },
        ("run_id",),
    ),
    "chunks": ({"run_id": str, "chunk": str, "parent": str, "position": int}, ("run_id", "chunk")),
    "events": (
        {
            "run_id": str, "chunk": str, "seq": int, "event_id": str, "timepoint_id": str, "at": float,
            "beat": int, "mechanism": str, "type": str, "body": str,
        },
        ("run_id", "chunk", "seq"),
    ),
    "llm_calls": (
        {
            "run_id": str, "call_key": str, "chunk": str, "action": str, "model": str, "answer": str,
            "tokens_in": int, "tokens_out": int, "cost_usd": float, "cost_source": str, "attempts": int,
        },
        ("run_id", "call_key"),
    ),
    "llm_prompts": ({"run_id": str, "digest": str, "messages": str, "schema": str}, ("run_id", "digest")),
    "llm_attempts": (
        {
            "id": int, "run_id": str, "call_key": str, "attempt": int, "cache_key": bytes, "prompt": str,
            "action": str, "model": str, "answered_by": str, "backend": str, "seed": int, "sampling": str,
            "answer": str, "finish_reason": str, "fault": str, "tokens_in": int, "tokens_out": int,
            "tokens_thought": int, "cost_usd": float, "cost_source": str, "tries": int, "latency_ms": float,
            "response_id": str, "finished_at": str,
        },
        ("id",),
    ),
    "entities": (
        {
            "run_id": str, "entity_id": str, "position": int, "entity_type": str, "name": str, "role": str,
            "archetype": str, "tensor": str, "metadata": str,
        },
        ("run_id", "entity_id"),
    ),
    "timepoints": (
        {
            "run_id": str, "timepoint_id": str, "position": int, "timestamp": str, "ends_at": str, "path_id": str,
            "title": str, "description": str, "circumstance": str, "entities_present": str,
            "causal_antecedents": str, "importance": float, "scene": str, "question": str, "outcome": str,
        },
        ("run_id", "timepoint_id"),
    ),
    "dialogs": (
        {
            "run_id": str, "turn_id": str, "timepoint_id": str, "turn_index": int, "speaker": str, "content": str,
            "timestamp": str, "emotional_tone": str, "act": str, "tactic": str, "addressed_to": str,
            "knowledge_shared": str, "reply_to": str, "option": str, "uptake": str, "emotional_valence": float,
            "emotional_arousal": float, "energy_budget": float, "model": str, "call_key": str, "context": str,
        },
        ("run_id", "turn_id"),
    ),
    "causal_edges": (
        {"run_id": str, "source": str, "target": str, "type": str, "strength": float, "mechanism": str},
        ("run_id", "source", "target", "type", "mechanism"),
    ),
    "exposure_events": (
        {
            "run_id": str, "exposure_id": str, "entity_id": str, "item_id": str, "content": str, "how": str,
            "source": str, "timepoint_id": str, "timestamp": str, "confidence": float, "parents": str,
        },
        ("run_id", "exposure_id"),
    ),
    "states": (
        {
            "run_id": str, "timepoint_id": str, "entity_id": str, "emotional_valence": float,
            "emotional_arousal": float, "energy_budget": float, "tensor": str,
        },
        ("run_id", "timepoint_id", "entity_id"),
    ),
    "relationships": (
        {
            "run_id": str, "timepoint_id": str, "source": str, "target": str, "kind": str, "trust": float,
            "affinity": float, "power": float, "interactions": int,
        },
        ("run_id", "timepoint_id", "source", "target"),
    ),
    "paths": (
        {"run_id": str, "path_id": str, "score": float, "chosen": int, "body": str},
        ("run_id", "path_id"),
    ),
    "violations": (
        {
            "run_id": str, "violation_id": str, "timepoint_id": str, "rule": str, "severity": str,
            "entity_id": str, "explanation": str, "evidence": str,
        },
        ("run_id", "violation_id"),
    ),
    "queries": ({"run_id": str, "position": int, "entity": str, "answered_in": str}, ("run_id", "position")),
    "artifacts": (
        {"run_id": str, "path": str, "format": str, "sha256": str, "bytes": int, "created_at": str},
        ("run_id", "path"),
    ),
}  # fmt: skip


def _create_tables(database: Database) -> None:
    for name, (columns, key) in TABLES.items():
        foreign = [] if name == "runs" else [("run_id", "runs", "run_id")]
        not_null = {"run_id", "status", "created_at"} if name == "runs" else {"run_id"}
        pk = key[0] if len(key) == 1 else key
        database.table(name).create(columns, pk=pk, foreign_keys=foreign, not_null=not_null)
    database.table("dialogs").create_index(["run_id", "timepoint_id", "turn_index"])
    database.table("events").create_index(["run_id", "type"])
    database.table("llm_attempts").create_index(["cache_key"])
    database.table("llm_attempts").create_index(["run_id", "call_key"])


def _add_queries(database: Database) -> None:
    columns, key = TABLES["queries"]
    database.table("queries").create(
        columns, pk=key, foreign_keys=[("run_id", "runs", "run_id")], not_null={"run_id"}, if_not_exists=True
    )


CAMPAIGN_TABLES: dict[str, tuple[dict[str, type], tuple[str, ...]]] = {
    "campaigns": (
        {
            "campaign_id": str, "digest": str, "plan": str, "options": str, "status": str, "error": str,
            "planned": int, "running": int, "seconds": float, "created_at": str, "updated_at": str,
        },
        ("campaign_id",),
    ),
    "campaign_runs": (
        {
            "campaign_id": str, "position": int, "run_id": str, "template": str, "variation": int, "cell": str,
            "repeat": int, "seed": int, "status": str, "verdict": str, "duplicate_of": str, "error": str,
            "exit_code": int, "turns": int, "records": int, "cost_usd": float, "tokens": int, "sketch": bytes,
        },
        ("campaign_id", "position"),
    ),
}  # fmt: skip
"""Campaigns, and what became of their runs. A run's own rows do not know of them."""


def _add_campaigns(database: Database) -> None:
    for name, (columns, key) in CAMPAIGN_TABLES.items():
        foreign = [] if name == "campaigns" else [("campaign_id", "campaigns", "campaign_id")]
        database.table(name).create(
            columns, pk=key[0] if len(key) == 1 else key, foreign_keys=foreign, not_null={"campaign_id"},
            if_not_exists=True,
        )  # fmt: skip
    database.table("campaign_runs").create_index(["run_id"], if_not_exists=True)


MIGRATIONS: tuple[Callable[[Database], None], ...] = (_create_tables, _add_queries, _add_campaigns)
"""One function a version. A migration and the new version number are one transaction."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to the present version.

    Raises:
        StoreError: when it is of a newer version than this library knows.
    """
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise StoreError(
            f"the database is of version {version}, this library knows up to {len(MIGRATIONS)}: "
            "install a newer timepoint-pro, or use another database"
        )
    if version == 0:
        statements = _newest()
        with transaction(connection):
            if _version(connection) == 0:
                for statement in statements:
                    connection.execute(statement)
    _step_by_step(connection)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _step_by_step(connection: sqlite3.Connection) -> None:
    if _version(connection) == len(MIGRATIONS):
        return
    # sqlite-utils takes pandas with it where that is installed: half a second that a database in use does without.
    from sqlite_utils import Database

    database = Database(connection)
    for number in range(_version(connection), len(MIGRATIONS)):
        with transaction(connection):
            if _version(connection) == number:
                MIGRATIONS[number](database)
                connection.execute(f"PRAGMA user_version = {number + 1}")


@cache
def _newest() -> tuple[str, ...]:
    """The statements that make an empty database one of the present version, as the migrations leave it.

    The migrations look at the database between their steps, which takes ten times as long; so a process that makes many
    databases, such as one that rehearses runs in memory, goes through them once.
    """
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        _step_by_step(connection)
        made = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").fetchall()
    finally:
        connection.close()
    return (*(str(sql) for (sql,) in made), f"PRAGMA user_version = {len(MIGRATIONS)}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction: committed whole, or not at all. ``connection`` is in autocommit mode."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
