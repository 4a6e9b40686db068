"""The task dialog_turn: the prompt is what the speaker had before them, and nothing else."""

from __future__ import annotations

import json
import math
import re
import sqlite3
from typing import Any

import pytest
from handmade_run import LATER, OUTCOME, Handmade, write_run

from timepoint_pro.errors import DataError, UnknownNameError
from timepoint_pro.exporters import training_examples
from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.dataset.rendering import lineage_line
from timepoint_pro.exporters.dataset.trainers import TRAINERS
from timepoint_pro.exporters.tasks.dialog_turn import dialog_turns
from timepoint_pro.exporters.tasks.example import METADATA, Example
from timepoint_pro.run import Run
from timepoint_pro.store.database import Store

OURS = "scripted"
TYPES = {"string": str, "int64": int, "float64": float, "bool": bool}


def examples(run: Any) -> list[Example]:
    return list(dialog_turns(Source(run.store, run.run_id)))


def test_a_record_has_the_parts_of_the_users_second_example(hand: Handmade) -> None:
    record = list(training_examples(hand))[2]
    assert record["prompt"] == (
        "[INST] You are Webb (military_commander archetype, crew; decisive, loyal). Goals: bring them home. "
        'Voice: short sentences; says "Copy.". '
        "State: emotional_valence=-0.2, emotional_arousal=0.6, energy_budget=72. "
        "Knowledge provenance: 'Threshold 800 ppm' (briefing T0, confidence 0.97, known to all here), "
        "'O2 reading 847 ppm' (learned from Chen at T0, confidence 0.9). "
        "Relationships: Chen +0.3 trust, +0.5 power (colleague, crew). "
        "Causal history: Sensor alert → Disagreement with Chen → Current timepoint (T0). "
        f"{record['metadata']['frame']} "
        "Context: Sunday 2026-03-01, late afternoon, 16:20 (circadian penalty 1.0), habitat, artificial light, "
        "confined space "
        "(atmosphere: tension 0.7, valence -0.1, arousal 0.5, energy 60). "
        "Situation: The air smells of dust. "
        "To settle: Do we go out? Options: go out (you lean -0.4, proposed by Webb, for it: Webb); "
        "scrub the EVA (you lean +0.5). Webb decides. "
        "Character arc: 2 prior data_arguments dismissed by the others. "
        'Said so far: Webb: "The reading is at 847. What did you measure?" '
        'Chen: "Two sensors agree on 847. We scrub the EVA." '
        "Generate your next dialog turn responding to Chen's objection to the walk. [/INST]"
    )
    assert record["completion"] == "No. The window closes today."
    assert record["metadata"]["frame"].startswith("Portal mode: T0 of 1, working backward from")


def test_metadata_has_every_key_of_one_type_in_every_record(hand: Handmade, mars: Run) -> None:
    records = [*training_examples(hand), *training_examples(mars)]
    assert len(records) == 4 + mars.turns
    for record in records:
        assert list(record["metadata"]) == list(METADATA)
        for key, kind in METADATA.items():
            value = record["metadata"][key]
            if isinstance(kind, list):
                assert isinstance(value, list)
                assert all(isinstance(one, str) for one in value)
            else:
                assert type(value) is TYPES[str(kind)], key
        # Arrow's JSON reader would rewrite a column of times.
        assert not re.search(r"\d{4}-\d\d-\d\dT", json.dumps(record["metadata"]))
        assert all(math.isfinite(value) for value in record["metadata"].values() if isinstance(value, float))
    ids = [record["metadata"]["record_id"] for record in records]
    assert len(set(ids)) == len(ids)


def test_metadata_has_the_users_keys_with_their_values(hand: Handmade) -> None:
    metadata = list(training_examples(hand))[2]["metadata"]
    assert metadata["mechanisms"] == ["M3", "M4", "M6", "M7", "M10", "M11", "M13", "M14", "M17", "M18"]
    expected = {
        "timepoint_id": "T0", "speaker": "webb", "archetype": "military_commander", "mechanism": "M11",
        "temporal_mode": "portal", "emotional_valence": -0.2, "emotional_arousal": 0.6, "energy_budget": 72.0,
        "training_safe": True, "run_id": "run_hand", "turn_id": "T0.3", "model": "scripted", "license": "Apache-2.0",
        "task": "dialog_turn", "tactic": "data_argument", "act": "inform", "uptake": "dismissed",
        "template": "hand/made", "seed": 7,
    }  # fmt: skip
    assert {key: metadata[key] for key in expected} == expected


def test_mechanisms_are_those_whose_work_stands_in_the_record(hand: Handmade) -> None:
    first, *_others = training_examples(hand)
    assert "Causal history" not in first["prompt"]
    assert "M7" not in first["metadata"]["mechanisms"]
    assert "M15" not in first["metadata"]["mechanisms"]


def test_only_what_the_speaker_has_in_mind_is_shown_as_known(mars: Run) -> None:
    contexts = {
        row["turn_id"]: json.loads(row["context"])
        for row in mars.store.query("SELECT turn_id, context FROM dialogs WHERE run_id = ?", (mars.run_id,))
    }
    contents = {
        row["item_id"]: row["content"]
        for row in mars.store.query("SELECT item_id, content FROM exposure_events WHERE run_id = ?", (mars.run_id,))
    }
    for example in examples(mars):
        shown = next(one for one in example.sections if one.head == "Knowledge provenance: ")
        held = {contents[known[0]].rstrip(".") for known in contexts[example.metadata["turn_id"]]["knows"]}
        told = [re.match(r"'(.*)' \(", item) for item in shown.items]
        assert all(one is not None and one.group(1) in held for one in told)


def test_nothing_of_the_future_enters_a_record(hand: Handmade) -> None:
    *present, last = examples(hand)
    for example in present:
        words = f"{example.prompt()} {example.completion}"
        assert LATER not in words
        assert "only the audience" not in words
    assert LATER in last.prompt()


def test_the_outcome_stands_in_the_frame_alone(hand: Handmade, mars: Run) -> None:
    for example in examples(hand):
        frame = example.metadata["frame"]
        assert "loses its last radio" in frame
        assert example.prompt().count(frame) == 1
        assert "radio" not in example.prompt().replace(frame, "")
    outcome = str(mars.template.temporal.portal_description)
    last = mars.timepoints[-1].id
    for example in examples(mars):
        without = example.prompt().replace(example.metadata["frame"], "")
        if example.metadata["timepoint_id"] != last:
            assert outcome.split(":")[0].casefold() not in without.casefold()
            assert not re.search(r"mission fails|gives up the surface", without)


def test_other_modes_have_no_frame(store: Store) -> None:
    run = write_run(store, mode="forward")
    for record in training_examples(run):
        assert record["metadata"]["frame"] == ""
        assert "Portal mode" not in record["prompt"]
        assert OUTCOME[:20] not in record["prompt"]


def test_what_everyone_sees_is_said_once(store: Store) -> None:
    run = write_run(store, circumstance="O2 reading 847 ppm.")
    third = list(training_examples(run))[2]
    assert third["prompt"].count("O2 reading 847 ppm") == 1
    assert "Situation: O2 reading 847 ppm." in third["prompt"]


def test_the_language_of_the_scene_is_asked_for_where_it_is_not_english(store: Store) -> None:
    run = write_run(store, language="fr", models=("test/one", "scripted", "test/one", "test/one"))
    asked = [record["prompt"].endswith("Speak fr. [/INST]") for record in training_examples(run)]
    assert asked == [True, False, True, True], "the built-in model's sentences are English"


def written(example: Example) -> dict[str, Any]:
    """The line of provenance of an example."""
    line: dict[str, Any] = json.loads(lineage_line(example, TRAINERS["instruct"]))
    return line


def test_lineage_names_events_exposures_roots_call_and_licences(hand: Handmade) -> None:
    lineage = written(examples(hand)[2])
    assert lineage["record_id"] == "run_hand:dialog_turn:T0.3"
    assert lineage["events"] == ["T0#5", "T0#6", "T0#4"]
    assert [(one["exposure_id"], one["how"], one["roots"]) for one in lineage["exposures"]] == [
        ("x:start:1", "initial", ["x:start:1"]),
        ("x:T0:0", "told", ["x:start:0"]),
    ]
    assert lineage["heard"] == ["T0.1", "T0.2"]
    assert lineage["model_call"] == {
        "key": "T0/M11/turn/2", "action": "DIALOG_SYNTHESIS", "model": "scripted", "license": "Apache-2.0",
        "tokens_in": 300, "tokens_out": 40, "cost_usd": 0.01, "cost_source": "provider", "attempts": 1,
    }  # fmt: skip
    assert lineage["models"] == [{"model": "scripted", "license": "Apache-2.0"}]
    assert lineage["template_sha256"] == "ab" * 32


def test_roots_go_back_to_what_was_witnessed(mars: Run) -> None:
    parents = {
        row["exposure_id"]: json.loads(row["parents"])
        for row in mars.store.query("SELECT exposure_id, parents FROM exposure_events WHERE run_id = ?", (mars.run_id,))
    }

    def roots(one: str) -> set[str]:
        return set().union(*(roots(parent) for parent in parents[one])) if parents[one] else {one}

    shown = {one["exposure_id"]: one["roots"] for example in examples(mars) for one in written(example)["exposures"]}
    assert any(parents[one] for one in shown)
    for exposure, found in shown.items():
        assert found == sorted(roots(exposure))


@pytest.mark.parametrize(
    ("models", "planner", "safe"),
    [
        ((OURS,) * 4, OURS, [True, True, True, True]),
        ((OURS, "meta-llama/llama-3.1-8b-instruct", OURS, OURS), OURS, [True, False, False, False]),
        ((OURS,) * 4, "qwen/qwq-32b", [False, False, False, False]),
        ((OURS, OURS, OURS, "nobody/knows-this"), "deepseek/deepseek-chat", [True, True, True, False]),
    ],
)
def test_one_unsafe_model_spoils_every_record_that_its_text_can_reach(
    store: Store, models: tuple[str, str, str, str], planner: str, safe: list[bool]
) -> None:
    records = list(training_examples(write_run(store, models=models, planner=planner)))
    assert [record["metadata"]["training_safe"] for record in records] == safe
    assert [record["metadata"]["model"] for record in records] == list(models)
    if "nobody/knows-this" in models:
        assert records[3]["metadata"]["license"] == "unknown"


def test_records_come_in_story_order_and_as_asked(mars: Run) -> None:
    spoken = [turn.turn_id for dialog in mars.dialogs for turn in dialog.turns]
    assert [record["metadata"]["turn_id"] for record in mars.training_examples(tasks=["dialog_turn"])] == spoken


def test_an_unknown_task_or_trainer_is_refused_at_once(hand: Handmade) -> None:
    with pytest.raises(UnknownNameError, match="dialog_turn"):
        training_examples(hand, ["dialog_turns"])
    with pytest.raises(UnknownNameError, match="sharegpt"):
        training_examples(hand, trainer="shareGPT")


def test_an_incomplete_database_is_named(hand: Handmade) -> None:
    with sqlite3.connect(hand.store.path) as connection:
        connection.execute("DELETE FROM exposure_events WHERE exposure_id = 'x:T0:0'")
    with pytest.raises(DataError, match="'x:T0:0', which its table exposure_events does not hold"):
        list(training_examples(hand))
