"""What the user asked about entities of a run, kept until a moment has taken note of it."""

from __future__ import annotations

from collections.abc import Iterable

from timepoint_pro.records.entity import EntityAsked
from timepoint_pro.store.database import Store


def note(store: Store, run_id: str, entity: str) -> None:
    """Keep a question about ``entity``.

    Raises:
        StoreError: the database cannot be written.
    """
    store.change(
        "INSERT INTO queries (run_id, position, entity, answered_in) "
        "SELECT ?, coalesce(max(position), 0) + 1, ?, '' FROM queries WHERE run_id = ?",
        (run_id, entity, run_id),
    )


def pending(store: Store, run_id: str) -> tuple[EntityAsked, ...]:
    """The questions that no committed moment has taken note of, one event an entity, in order of the first."""
    rows = store.query(
        "SELECT entity, count(*) AS times FROM queries WHERE run_id = ? AND answered_in = '' "
        "GROUP BY entity ORDER BY min(position)",
        (run_id,),
    )
    return tuple(EntityAsked(row["entity"], row["times"]) for row in rows)


def answer(store: Store, run_id: str, events: Iterable[EntityAsked], chunk: str) -> None:
    """Record that ``chunk`` has taken note of these questions; later ones about the same entity stay."""
    for event in events:
        store.change(
            "UPDATE queries SET answered_in = ? WHERE run_id = ? AND position IN (SELECT position FROM queries "
            "WHERE run_id = ? AND entity = ? AND answered_in = '' ORDER BY position LIMIT ?)",
            (chunk, run_id, run_id, event.entity, event.times),
        )


def times_asked(store: Store, run_id: str, entity: str) -> int:
    """How often the user has asked about ``entity``."""
    found = store.query("SELECT count(*) AS n FROM queries WHERE run_id = ? AND entity = ?", (run_id, entity))
    return int(found[0]["n"])
