"""What others make of the files: datasets, pandas and sqlite3 see the types that were written."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from timepoint_pro.exporters.dataset.trainers import TRAINERS
from timepoint_pro.exporters.tasks.catalogue import TASKS
from timepoint_pro.exporters.tasks.example import METADATA, Feature

pytestmark = [pytest.mark.trainers, pytest.mark.filterwarnings("default"), pytest.mark.timeout(1200)]


def declared(feature: Feature) -> Any:
    """A column's type as the datasets library writes it."""
    from datasets import List, Value

    if isinstance(feature, dict):
        return {key: declared(inner) for key, inner in feature.items()}
    if isinstance(feature, list):
        return List(declared(feature[0]))
    return Value(feature)


def test_fifty_thousand_records_keep_their_types(export: Path, tmp_path: Path) -> None:
    from datasets import Features, load_dataset

    columns = TRAINERS["instruct"].columns
    total, templates, modes = 0, set(), set()
    for task in TASKS:
        data = load_dataset(str(export), task, split="train", cache_dir=str(tmp_path))
        assert data.features == Features(declared(columns))
        with (export / f"{task}.jsonl").open(encoding="utf-8") as file:
            for row, line in zip(data, file, strict=True):
                assert row == json.loads(line)
                templates.add(row["metadata"]["template"])
                modes.add(row["metadata"]["temporal_mode"])
        total += len(data)
    assert total >= 50_000
    assert len(templates) == 5
    assert len(modes) >= 3


def test_empty_lists_and_empty_texts_are_among_them(export: Path) -> None:
    """Else the test above would prove less than it says."""
    with (export / "dialog_turn.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line)["metadata"] for line in file]
    assert any(row["knowledge_shared"] == [] for row in rows)
    assert any(row["knowledge_shared"] for row in rows)
    assert {row["frame"] == "" for row in rows} == {True, False}
    assert any(row["addressed_to"] == [] for row in rows)


def test_without_the_card_turns_are_guessed_right(export: Path, tmp_path: Path) -> None:
    """A file that was moved away from its README reads as it was written, where each list has an element somewhere."""
    from datasets import load_dataset

    data = load_dataset(
        "json", data_files=str(export / "dialog_turn.jsonl"), split="train", cache_dir=str(tmp_path)
    )
    assert dict(data.features) == {
        key: declared(feature) for key, feature in TRAINERS["instruct"].columns.items()
    }


def test_the_lineage_loads_too(few: list[Any], tmp_path: Path) -> None:
    """Absent parts (a model call where the library worded the record) are nulls, lists may be empty."""
    from datasets import load_dataset

    from timepoint_pro.exporters import export_runs

    export_runs(few, tmp_path / "out", tasks=TASKS)
    data = load_dataset(
        "json", data_files=str(tmp_path / "out" / "provenance.jsonl"), split="train", cache_dir=str(tmp_path / "cache")
    )
    calls = {row["task"]: row["model_call"] for row in data}
    assert calls["dialog_turn"]["model"] == "scripted"
    assert calls["provenance_qa"] is None or not any(calls["provenance_qa"].values())


def test_parquet_has_the_schema_that_is_declared(export: Path) -> None:
    import pyarrow as arrow
    from pyarrow import parquet

    wanted = {"string": arrow.string(), "int64": arrow.int64(), "float64": arrow.float64(), "bool": arrow.bool_()}
    for task in TASKS:
        table = parquet.read_table(export / f"{task}.parquet")
        metadata = table.schema.field("metadata").type
        for name, feature in METADATA.items():
            expected = wanted[feature] if isinstance(feature, str) else arrow.list_(wanted[str(feature[0])])
            assert metadata.field(name).type == expected
        with (export / f"{task}.jsonl").open(encoding="utf-8") as file:
            first = [json.loads(line) for _number, line in zip(range(50), file, strict=False)]
        assert table.slice(0, 50).to_pylist() == first


def test_pandas_reads_rows_tables_and_columns(few: list[Any], export: Path, tmp_path: Path) -> None:
    import pandas

    run = next(one for one in few if one.run_id == "run_mars_mission_portal")
    run.export(tmp_path, ["jsonl", "csv", "sqlite"])
    frame = pandas.read_json(tmp_path / "dialog_turn.jsonl", lines=True)
    assert list(frame.columns) == ["prompt", "completion", "metadata"]
    assert len(frame) == run.turns
    flat = pandas.json_normalize(frame["metadata"].tolist())
    assert flat["emotional_valence"].dtype == "float64"
    assert flat["training_safe"].dtype == "bool"
    dialogs = pandas.read_csv(tmp_path / "csv" / "dialogs.csv")
    assert len(dialogs) == run.turns
    assert dialogs["energy_budget"].dtype == "float64"
    assert len(pandas.read_parquet(export / "provenance_qa.parquet")) > 1000


def test_sqlite3_reads_the_tables_of_the_document(few: list[Any], tmp_path: Path) -> None:
    run = few[0]
    run.export(tmp_path, ["sqlite"])
    connection = sqlite3.connect(tmp_path / "run.db")
    try:
        rows = connection.execute("SELECT run_id, status, cost_usd, created_at FROM runs").fetchall()
        assert [row[:2] for row in rows] == [(run.run_id, "completed")]
        for table in ("entities", "timepoints", "dialogs", "causal_edges", "exposure_events"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0
    finally:
        connection.close()
