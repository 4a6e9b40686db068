"""What the database holds of a run in tables of its own, as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from timepoint_pro.reading.values import Path, SpokenTurn, Violation, spoken_turn
from timepoint_pro.store.database import Store

if TYPE_CHECKING:
    import networkx


def spoken(store: Store, run_id: str) -> Mapping[str, tuple[SpokenTurn, ...]]:
    """The turns of each timepoint in which anybody spoke, by its id."""
    turns: dict[str, list[SpokenTurn]] = {}
    rows = store.iterate("SELECT * FROM dialogs WHERE run_id = ? ORDER BY timepoint_id, turn_index", (run_id,))
    for row in rows:
        turns.setdefault(row["timepoint_id"], []).append(spoken_turn(row))
    return {timepoint: tuple(said) for timepoint, said in turns.items()}


def violations(store: Store, run_id: str) -> Iterator[Violation]:
    """Broken constraints, in order."""
    for row in store.query("SELECT * FROM violations WHERE run_id = ? ORDER BY rowid", (run_id,)):
        yield Violation(
            row["violation_id"], row["rule"], row["severity"], row["entity_id"], row["timepoint_id"],
            row["explanation"], tuple(orjson.loads(row["evidence"])),
        )  # fmt: skip


def paths(store: Store, run_id: str) -> Iterator[Path]:
    """Paths that the mode considered, best first."""
    rows = store.query("SELECT * FROM paths WHERE run_id = ? ORDER BY chosen DESC, score DESC, path_id", (run_id,))
    for row in rows:
        yield Path(row["path_id"], row["score"], bool(row["chosen"]), orjson.loads(row["body"]))


def frames(store: Store, run_id: str) -> Mapping[str, Mapping[str, Any]]:
    """Where each moment stands in its mode's own terms, by timepoint id; without those of which it says nothing."""
    rows = store.query("SELECT timepoint_id, scene FROM timepoints WHERE run_id = ?", (run_id,))
    scenes = {row["timepoint_id"]: orjson.loads(row["scene"] or "{}") for row in rows}
    return {one: scene["frame"] for one, scene in scenes.items() if "frame" in scene}


def add_edges(graph: networkx.DiGraph[str], store: Store, run_id: str) -> None:
    """Add the causal edges of a run: ``types`` are all kinds of an edge, ``type`` is that of the strongest."""
    rows = store.query("SELECT * FROM causal_edges WHERE run_id = ? ORDER BY rowid", (run_id,))
    for row in rows:
        known = graph.get_edge_data(row["source"], row["target"])
        types = (*known["types"], row["type"]) if known else (row["type"],)
        if known is None or row["strength"] > known["strength"]:
            graph.add_edge(
                row["source"], row["target"], type=row["type"], types=types,
                strength=row["strength"], mechanism=row["mechanism"],
            )  # fmt: skip
        else:
            known["types"] = types
