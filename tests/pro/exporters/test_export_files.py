"""Files: whole or not at all, never over another one, the same bytes twice, and recorded."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from handmade_run import Handmade, write_run

from timepoint_pro.errors import DataError, MissingExtraError, OutputExistsError, UnknownNameError, UsageError
from timepoint_pro.exporters import FORMATS, export
from timepoint_pro.exporters.files import Outbox, safe_name
from timepoint_pro.exporters.tasks.catalogue import PAIRED, TASKS
from timepoint_pro.exporters.tasks.described import ABOUT, COLUMNS
from timepoint_pro.exporters.tasks.example import METADATA
from timepoint_pro.run import Run
from timepoint_pro.store.database import Store

LIGHT = tuple(name for name in FORMATS if name != "parquet")


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_default_folder_is_named_after_the_run(
    hand: Handmade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    paths = export(hand)
    assert {path.parent for path in paths} == {Path("output/run_hand")}
    assert [path.name for path in paths if path.suffix == ".jsonl"] == ["dialog_turn.jsonl", "provenance.jsonl"]
    assert all(path.is_file() for path in paths)


@pytest.mark.parametrize("name", ["../../etc", "a/b", "..", ".hidden", "nul\x00l", "läuft", "-rf"])
def test_a_run_id_is_one_part_of_a_path(name: str) -> None:
    part = safe_name(name)
    assert part == os.path.basename(part)
    assert not part.startswith(".")
    assert part.isascii()
    assert part.isprintable()


def test_every_format_gives_its_files(hand: Handmade, tmp_path: Path) -> None:
    paths = export(hand, tmp_path / "out", LIGHT)
    assert sorted(str(path.relative_to(tmp_path / "out")) for path in paths) == sorted(files_below(tmp_path / "out"))
    assert {path.name for path in paths} >= {
        "dialog_turn.jsonl", "provenance.jsonl", "README.md", "manifest.json", "data_export.json", "tdf_export.json",
        "run.db", "dialogs.csv", "narrative.md", "screenplay.fountain",
    }  # fmt: skip


def test_two_exports_have_the_same_bytes(hand: Handmade, tmp_path: Path) -> None:
    export(hand, tmp_path / "one", LIGHT)
    export(hand, tmp_path / "two", LIGHT)
    assert files_below(tmp_path / "one") == files_below(tmp_path / "two")


def test_two_databases_give_the_same_bytes(store: Store, tmp_path: Path) -> None:
    write_run(store, "run_other")
    run = write_run(store)
    with Store(tmp_path / "second.db") as second:
        export(write_run(second), tmp_path / "two", LIGHT)
    export(run, tmp_path / "one", LIGHT)
    one, two = files_below(tmp_path / "one"), files_below(tmp_path / "two")
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_nothing_is_overwritten_and_nothing_written_beside_it(hand: Handmade, tmp_path: Path) -> None:
    (tmp_path / "narrative.md").write_text("mine")
    with pytest.raises(OutputExistsError, match=r"narrative\.md exists already"):
        export(hand, tmp_path, ["jsonl", "markdown"])
    assert files_below(tmp_path).keys() - {"runs.db", "runs.db-wal", "runs.db-shm"} == {"narrative.md"}
    assert (tmp_path / "narrative.md").read_text() == "mine"


def test_the_same_bytes_are_left_as_they_are(hand: Handmade, tmp_path: Path) -> None:
    written = export(hand, tmp_path / "out", LIGHT)
    before = {path: path.stat().st_mtime_ns for path in written}
    same: list[Path] = []
    assert export(hand, tmp_path / "out", LIGHT, unchanged=same.append) == written
    assert same == written
    assert {path: path.stat().st_mtime_ns for path in written} == before


def test_force_replaces(hand: Handmade, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "narrative.md").write_text("old")
    export(hand, tmp_path / "out", ["markdown"], force=True)
    assert (tmp_path / "out" / "narrative.md").read_text("utf-8").startswith("# hand/made")


def test_a_folder_in_the_way_is_never_replaced(hand: Handmade, tmp_path: Path) -> None:
    (tmp_path / "narrative.md").mkdir()
    with pytest.raises(DataError, match="not a regular file"):
        export(hand, tmp_path, ["markdown"], force=True)


def test_a_failure_in_the_middle_leaves_no_file(
    hand: Handmade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = TASKS["dialog_turn"]

    def breaks(source: Any) -> Iterator[Any]:
        examples = whole(source)
        yield next(examples)
        raise RuntimeError("power cut")

    monkeypatch.setattr("timepoint_pro.exporters.dataset.writing.TASKS", {"dialog_turn": breaks})
    with pytest.raises(RuntimeError, match="power cut"):
        export(hand, tmp_path / "out", ["tdf", "jsonl"])
    assert files_below(tmp_path / "out") == {}
    assert hand.store.query("SELECT * FROM artifacts") == []


def test_a_failure_under_force_keeps_the_old_file(
    hand: Handmade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(hand, tmp_path / "out", ["markdown"])
    before = files_below(tmp_path / "out")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DataError, match="No space left on device"):
        export(hand, tmp_path / "out", ["markdown"], force=True)
    assert files_below(tmp_path / "out") == before


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    def race() -> None:
        with Outbox(tmp_path) as outbox:
            outbox.expect(["a.txt"])
            outbox.text("a.txt", "ours")
            (tmp_path / "a.txt").write_text("theirs")

    with pytest.raises(OutputExistsError):
        race()
    assert files_below(tmp_path) == {"a.txt": b"theirs"}


def test_a_folder_that_cannot_be_written_is_named(hand: Handmade, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="give another"):
        export(hand, tmp_path / "file" / "out")


def test_files_are_recorded_with_digest_and_size(hand: Handmade, tmp_path: Path) -> None:
    paths = export(hand, tmp_path / "out", ["jsonl", "tdf"])
    rows = {row["path"]: row for row in hand.store.query("SELECT * FROM artifacts WHERE run_id = 'run_hand'")}
    assert set(rows) == {str(path.resolve()) for path in paths}
    for path in paths:
        row, data = rows[str(path.resolve())], path.read_bytes()
        assert (row["sha256"], row["bytes"]) == (hashlib.sha256(data).hexdigest(), len(data))
        assert row["format"] == ("tdf" if path.name == "tdf_export.json" else "jsonl")


def test_a_database_opened_to_be_read_stays_as_it_is(mars: Run, tmp_path: Path) -> None:
    assert mars.store.read_only
    assert mars.export(tmp_path, ["json"]) == [tmp_path / "data_export.json"]
    assert mars.store.query("SELECT * FROM artifacts") == []


def test_the_manifest_has_the_digest_of_every_file_of_the_dataset(hand: Handmade, tmp_path: Path) -> None:
    export(hand, tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    found = files_below(tmp_path / "out")
    del found["manifest.json"]
    assert {one["path"]: one["sha256"] for one in manifest["files"]} == {
        name: hashlib.sha256(data).hexdigest() for name, data in found.items()
    }
    assert manifest["tasks"]["dialog_turn"]["records"] == 4
    assert manifest["models"] == [{"model": "scripted", "license": "Apache-2.0", "records": 4}]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"formats": ["jsonll"]}, UnknownNameError, "did you mean 'jsonl'"),
        ({"formats": []}, UsageError, "at least one of jsonl, json, tdf"),
        ({"formats": "jsonl"}, UsageError, "put it in a list"),
        ({"trainer": "trll"}, UnknownNameError, "did you mean 'trl'"),
        ({"tasks": ["dialog"]}, UnknownNameError, "dialog_turn"),
        ({"max_tokens": 0}, UsageError, "above 0"),
        ({"max_tokens": True}, UsageError, "above 0"),
    ],
)
def test_wrong_arguments_are_named(
    hand: Handmade, tmp_path: Path, arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        export(hand, tmp_path / "out", **arguments)
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is not None, reason="pyarrow is installed")
def test_parquet_without_pyarrow_says_what_to_install(hand: Handmade, tmp_path: Path) -> None:
    with pytest.raises(MissingExtraError, match=r"timepoint-pro\[parquet\]"):
        export(hand, tmp_path / "out", ["tdf", "parquet"])
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="needs pyarrow")
def test_parquet_has_the_rows_of_jsonl(hand: Handmade, tmp_path: Path) -> None:
    parquet = importlib.import_module("pyarrow.parquet")
    export(hand, tmp_path / "out", ["jsonl", "parquet"])
    rows = parquet.read_table(tmp_path / "out" / "dialog_turn.parquet").to_pylist()
    lines = (tmp_path / "out" / "dialog_turn.jsonl").read_text("utf-8").splitlines()
    assert rows == [json.loads(line) for line in lines]


def test_the_card_declares_features_licence_and_files(hand: Handmade, tmp_path: Path) -> None:
    export(hand, tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    front, body = card.split("---\n")[1:3]
    assert "license: apache-2.0\n" in front
    assert "    path: dialog_turn.jsonl\n" in front
    assert "    - name: mechanisms\n      list: string\n" in front
    assert "    - name: emotional_valence\n      dtype: float64\n" in front
    assert "| dialog_turn | `dialog_turn.jsonl` | 4 | 4 | 0 | 0 |" in body
    assert "no language model wrote them" in body


def test_a_card_with_a_licence_that_the_hub_does_not_know_says_other(store: Store, tmp_path: Path) -> None:
    run = write_run(store, models=("scripted", "qwen/qwq-32b", "scripted", "scripted"))
    export(run, tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "license: other\n" in card
    assert "Not every licence admits training any model" in card
    assert "| dialog_turn | `dialog_turn.jsonl` | 4 | 1 | 0 | 0 |" in card


def test_the_card_describes_each_task_and_gives_the_shared_columns_once(mars: Run, tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    tasks = ["state_transition", "provenance_qa", "knowledge_boundary"]
    export(mars, tmp_path / "out", tasks=tasks)
    front, body = (tmp_path / "out" / "README.md").read_text("utf-8").split("---\n", 2)[1:]
    assert front.count("- name: emotional_valence") == 1
    infos = yaml.safe_load(front)["dataset_info"]
    assert [one["config_name"] for one in infos] == tasks
    assert all(one["features"] == infos[0]["features"] for one in infos)
    assert {one["name"] for one in infos[0]["features"]} == {"prompt", "completion", "metadata"}
    told = body.partition("## Tasks")[2].partition("## Fields")[0]
    assert re.findall(r"- \*\*(\w+)\*\*", told) == tasks
    assert "counterfactual" not in told
    assert "licences that allow training any model" in body
    assert "fit to train" not in body


def test_every_task_and_column_is_described() -> None:
    assert list(ABOUT) == list(TASKS)
    assert {task for task, about in ABOUT.items() if about.rejected} == set(PAIRED)
    assert sorted(name for names in COLUMNS for name in names.split(", ")) == sorted(METADATA)
