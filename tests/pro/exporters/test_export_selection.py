"""Datasets of several runs, splits by world, edits, the filter, near-duplicates and preference pairs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from handmade_run import Handmade, write_run
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.errors import DataError, UsageError
from timepoint_pro.exporters import export, export_runs
from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.dataset.splits import split_of, world_of
from timepoint_pro.run import Run
from timepoint_pro.store.database import Store

SPLITS = {"train": 0.5, "test": 0.5}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return found


def edit_list(path: Path, *edits: object) -> Path:
    path.write_text("".join(json.dumps(edit) + "\n" for edit in edits), "utf-8")
    return path


def test_several_runs_make_one_dataset_split_by_world(store: Store, tmp_path: Path) -> None:
    runs = [write_run(store, f"run_{number}") for number in range(8)]
    paths = export_runs(runs, tmp_path / "a", splits=SPLITS)
    sides = {name: lines(tmp_path / "a" / f"dialog_turn.{name}.jsonl") for name in SPLITS}
    worlds = {name: {record["metadata"]["run_id"] for record in records} for name, records in sides.items()}
    assert worlds["train"]
    assert worlds["test"]
    assert not worlds["train"] & worlds["test"]
    assert sum(map(len, sides.values())) == 8 * 4
    lineage = lines(tmp_path / "a" / "provenance.jsonl")
    assert [one["run_id"] for one in lineage[::4]] == [run.run_id for run in runs]
    facts = manifest(tmp_path / "a")
    assert {one["run_id"]: one["split"] for one in facts["runs"]} == {
        world: name for name, found in worlds.items() for world in found
    }
    assert facts["splits"]["test"]["worlds"] == len(worlds["test"])
    card = (tmp_path / "a" / "README.md").read_text("utf-8")
    assert "  - split: test\n    path: dialog_turn.test.jsonl\n" in card
    assert "from 8 runs" in card
    export_runs(runs, tmp_path / "b", splits=SPLITS)
    assert [(tmp_path / "b" / path.name).read_bytes() for path in paths] == [path.read_bytes() for path in paths]


def test_a_fork_stays_in_the_world_of_its_parent(store: Store) -> None:
    write_run(store, "parent")
    write_run(store, "child")
    store.change("UPDATE runs SET parent_run = 'parent' WHERE run_id = 'child'")
    assert world_of(Source(store, "child")) == world_of(Source(store, "parent")) == "parent"


@given(st.text(max_size=12), st.floats(0.05, 0.95))
def test_a_larger_share_only_takes_worlds_over(world: str, share: float) -> None:
    names = [split_of(world, (("train", part), ("test", 1.0 - part))) for part in (share, min(1.0, share + 0.04))]
    assert names != ["train", "test"]


def test_shares_come_out_as_asked() -> None:
    found = [split_of(f"run_{number}", (("train", 0.8), ("test", 0.2))) for number in range(2000)]
    # Binomial, n = 2000, p = .2: standard deviation 18.
    assert abs(found.count("test") - 400) < 72


@pytest.mark.parametrize(
    ("splits", "words"),
    [({"train": 0.5}, "add up to 1"), ({"a/b": 1.0}, "'a/b'"), ({"train": 1.5, "test": -0.5}, "splits['train']")],
)
def test_wrong_shares_are_refused(hand: Handmade, tmp_path: Path, splits: dict[str, float], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        export(hand, tmp_path / "out", splits=splits)
    assert words in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_no_runs_and_a_run_twice_are_refused(hand: Handmade, tmp_path: Path) -> None:
    for runs in ([], [hand, hand]):
        with pytest.raises(UsageError, match="runs: expected runs of different ids"):
            export_runs(runs, tmp_path)


def test_edits_drop_and_replace_and_are_reported(hand: Handmade, tmp_path: Path) -> None:
    edits = edit_list(
        tmp_path / "edits.jsonl",
        {"record_id": "run_hand:dialog_turn:T0.1", "action": "drop"},
        {"record_id": "run_hand:dialog_turn:T0.2", "action": "replace", "completion": "We stay in."},
        {"record_id": "run_hand:dialog_turn:T9.9", "action": "drop"},
    )
    export(hand, tmp_path / "out", edits=edits)
    assert lines(tmp_path / "out" / "dialog_turn.jsonl")[0]["completion"] == "We stay in."
    edited = [one.get("edited", False) for one in lines(tmp_path / "out" / "provenance.jsonl")]
    assert edited == [True, False, False]
    facts = manifest(tmp_path / "out")
    count = facts["tasks"]["dialog_turn"]
    assert (count["records"], count["edits_dropped"], count["edits_replaced"]) == (3, 1, 1)
    assert facts["edits"] == {"listed": 3, "unused": ["run_hand:dialog_turn:T9.9"]}


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ("drop", "record_id"),
        ({"record_id": "a", "action": "keep"}, "action: expected 'drop' or 'replace', found 'keep'"),
        ({"record_id": "a", "action": "replace"}, "completion: expected the new text"),
        ({"record_id": "a", "action": "drop", "why": "dull"}, "'why'"),
    ],
)
def test_a_wrong_edit_is_refused_with_its_line(hand: Handmade, tmp_path: Path, edit: object, words: str) -> None:
    path = edit_list(tmp_path / "edits.jsonl", {"record_id": "b", "action": "drop"}, edit)
    with pytest.raises(DataError) as caught:
        export(hand, tmp_path / "out", edits=path)
    assert f"{path}, line 2" in str(caught.value)
    assert words in str(caught.value)


def test_a_filter_sees_records_and_leaves_out(hand: Handmade, tmp_path: Path) -> None:
    export(hand, tmp_path, keep=lambda record: record["metadata"]["speaker"] == "chen")
    assert {one["metadata"]["speaker"] for one in lines(tmp_path / "dialog_turn.jsonl")} == {"chen"}
    assert manifest(tmp_path)["tasks"]["dialog_turn"]["filtered"] == 3


def test_near_duplicates_are_left_out(store: Store, tmp_path: Path) -> None:
    runs = [write_run(store, "one"), write_run(store, "two")]
    export_runs(runs, tmp_path, deduplication_threshold=0.9)
    assert manifest(tmp_path)["tasks"]["dialog_turn"]["near_duplicates"] == 4
    assert {one["metadata"]["run_id"] for one in lines(tmp_path / "dialog_turn.jsonl")} == {"one"}


def test_preference_pairs_have_two_different_answers(mars: Run, tmp_path: Path) -> None:
    export(mars, tmp_path, trainer="preference", tasks=["knowledge_boundary", "backward_causal"])
    for task in ("knowledge_boundary", "backward_causal"):
        records = lines(tmp_path / f"{task}.jsonl")
        assert records
        for record in records:
            assert set(record) == {"prompt", "chosen", "rejected", "metadata"}
            assert record["rejected"]
            assert record["chosen"] != record["rejected"]
        assert manifest(tmp_path)["tasks"][task]["without_pair"] > 0


def test_tasks_without_pairs_are_refused_as_preferences(hand: Handmade, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'dialog_turn' has no rejected answers"):
        export(hand, tmp_path, trainer="preference")
