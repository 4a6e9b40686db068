"""TDF, the data export, SQLite and CSV: other programs read what is in them."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from handmade_run import Handmade, write_run
from hypothesis import given
from hypothesis import strategies as st

import timepoint_tdf
from timepoint_pro.exporters import export
from timepoint_pro.exporters.documents.markup import csv_text
from timepoint_pro.exporters.documents.tdf import data_export, tdf_document
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.store.database import Store


def test_the_document_passes_the_schema_and_comes_back_unchanged(mars: Run, hand: Handmade) -> None:
    for run in (mars, hand):
        document = tdf_document(run)
        timepoint_tdf.validate_document(document)
        future = timepoint_tdf.RenderedFuture.from_dict(document)
        assert future.to_dict() == document


def test_a_store_gives_the_document_to_from_pro(mars: Run) -> None:
    future = timepoint_tdf.from_pro(mars.run_id, mars.store)
    assert [one.timepoint_id for one in future.timepoints] == [one.id for one in mars.timepoints]
    assert sum(len(dialog.turns) for dialog in future.dialogs) == mars.turns
    assert future.provenance.mechanisms == mars.mechanisms
    assert {path.path_id for path in future.paths} == {path.path_id for path in mars.paths}
    (chosen,) = [path for path in future.paths if path.selected]
    assert chosen.timepoints == tuple(one.id for one in mars.timepoints[:-1])
    assert set(chosen.pivots) <= set(chosen.timepoints)


def test_ids_in_the_document_lead_somewhere(mars: Run) -> None:
    document = tdf_document(mars)
    people = {one["entity_id"] for one in document["entities"]}
    moments = {one["timepoint_id"] for one in document["timepoints"]}
    exposures = {one["exposure_id"] for one in document["exposure_events"]}
    nodes = {one["id"] for one in document["causal_graph"]["nodes"]}
    assert all({edge["source"], edge["target"]} <= nodes for edge in document["causal_graph"]["edges"])
    for moment in document["timepoints"]:
        assert set(moment["entities_present"]) <= people
        assert set(moment["causal_antecedents"]) <= moments
        assert {state["entity_id"] for state in moment["states"]} <= people
    assert all(set(one.get("parents", ())) <= exposures for one in document["exposure_events"])
    assert all({one["source"], one["target"]} <= people for one in document["relationships"])


def test_provenance_comes_from_the_run_and_not_from_the_clock(hand: Handmade, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tdf_document(hand)["provenance"]
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert tdf_document(hand)["provenance"] == first
    assert first["generated_at"] == "2026-03-06T12:26:40Z"
    assert first["template_sha256"] == "ab" * 32
    assert first["models"] == [
        {"model": "scripted", "license": "Apache-2.0", "actions": ["DIALOG_SYNTHESIS", "TEMPORAL_REASONING"]}
    ]
    assert (first["generator"], first["version"], first["seed"]) == ("timepoint-pro", "0.1.0", 7)
    assert (first["cost_usd"], first["cost_source"], first["token_count"]) == (0.25, "provider", 1200)


def test_the_digest_of_the_log_follows_the_log_alone(hand: Handmade) -> None:
    first = tdf_document(hand)["provenance"]["log_sha256"]
    hand.store.insert({"artifacts": [("run_hand", "x", "tdf", "00", 1, "now")]})
    assert tdf_document(hand)["provenance"]["log_sha256"] == first
    with sqlite3.connect(hand.store.path) as connection:
        connection.execute("UPDATE events SET body = '{}' WHERE chunk = 'T1' AND type = 'TurnAdmitted'")
    assert tdf_document(hand)["provenance"]["log_sha256"] != first


def test_the_same_run_in_two_databases_is_the_same_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1772800000")
    texts = []
    for name in ("one.db", "two.db"):
        simulation = Simulation.from_template("convergence/simple", seed=3, store=tmp_path / name, run_id="run_same")
        run = simulation.run()
        (path,) = run.export(tmp_path / name.removesuffix(".db"), ["tdf"])
        texts.append(path.read_bytes())
    assert texts[0] == texts[1]
    (document,) = timepoint_tdf.read_tdf_jsonl(tmp_path / "one" / "tdf_export.json")
    assert isinstance(document, timepoint_tdf.RenderedFuture)


def test_the_data_export_has_the_users_keys(hand: Handmade) -> None:
    exported = data_export(hand)
    assert list(exported) == ["run_id", "entities", "dialogs", "causal_edges", "metadata"]
    assert exported["metadata"] == {
        "mechanisms": ["M3", "M4", "M6", "M7", "M10", "M11", "M13", "M14", "M17", "M18"], "temporal_mode": "portal",
        "cost_usd": 0.25, "token_count": 1200,
    }  # fmt: skip
    assert exported["causal_edges"] == [{"source": "T0", "target": "T1", "type": "temporal", "strength": 1.0}]
    assert [len(dialog["turns"]) for dialog in exported["dialogs"]] == [3, 1]
    json.dumps(exported, allow_nan=False)


@pytest.mark.parametrize(
    ("left_out", "key", "gone"),
    [
        ("include_dialogs", "dialogs", []),
        ("include_relationships", "relationships", None),
        ("include_knowledge_flow", "exposure_events", None),
    ],
)
def test_the_template_may_leave_parts_out(store: Store, tmp_path: Path, left_out: str, key: str, gone: Any) -> None:
    assert tdf_document(write_run(store, "run_full"))[key]
    run = write_run(store, outputs={left_out: False})
    assert tdf_document(run).get(key) == gone
    export(run, tmp_path / "out", ["csv"])
    assert not (tmp_path / "out" / "csv" / f"{key}.csv").exists()


def test_the_copy_holds_this_run_alone_and_loads(mars: Run, store: Store, tmp_path: Path) -> None:
    write_run(store, "run_other")
    run = write_run(store)
    (path,) = export(run, tmp_path / "out", ["sqlite"])
    assert [one.name for one in path.parent.iterdir()] == ["run.db"]
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT run_id, status, cost_usd, created_at FROM runs").fetchall() == [
            ("run_hand", "completed", 0.25, "2026-03-06T12:26:40Z")
        ]
    with RunStore(path, read_only=True) as copy:
        assert tdf_document(Handmade(copy, "run_hand")) == tdf_document(run)
    (path,) = mars.export(tmp_path / "mars", ["sqlite"])
    with RunStore(path) as copy:
        assert copy.load("last").turns == mars.turns
        assert copy.load("last").dialogs == mars.dialogs


def test_tables_as_csv_have_the_rows_of_the_database(hand: Handmade, tmp_path: Path) -> None:
    export(hand, tmp_path / "out", ["csv"])
    with (tmp_path / "out" / "csv" / "dialogs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["turn_id"] for row in rows] == ["T0.1", "T0.2", "T0.3", "T1.1"]
    assert rows[0]["content"] == "The reading is at 847. What did you measure?"
    assert float(rows[0]["emotional_valence"]) == -0.2
    assert "context" not in rows[0]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_story_is_a_formula(store: Store, tmp_path: Path, start: str) -> None:
    hostile = f'{start}HYPERLINK("http://x","y"), "quoted"\nnext line'
    run = write_run(store, contents=(hostile, "a", "b", "c"), names=(hostile, "Chen"))
    export(run, tmp_path / "out", ["csv"])
    with (tmp_path / "out" / "csv" / "dialogs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4
    assert rows[0]["content"] == f"'{hostile}"
    for path in (tmp_path / "out" / "csv").iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell.startswith(start) and not _is_number(cell)]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@given(st.text())
def test_a_cell_loses_nothing(text: str) -> None:
    assert csv_text(text).removeprefix("'") == text.removeprefix("'")
    assert csv_text(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}
