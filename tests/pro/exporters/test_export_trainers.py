"""Trainer formats: each file can be read by what it is for, and no word of a story ends a prompt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from handmade_run import Handmade, write_run
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.exporters import export, training_examples
from timepoint_pro.exporters.dataset.tokens import estimated_tokens
from timepoint_pro.exporters.dataset.trainers import PREFERENCE, TRAINERS
from timepoint_pro.exporters.dataset.trimming import trim
from timepoint_pro.exporters.tasks.example import METADATA, Example, Section
from timepoint_pro.exporters.tasks.wording import defused
from timepoint_pro.run import Run
from timepoint_pro.store.database import Store

CONTENT = "Two sensors agree on 847. We scrub the EVA."
CHAT = ("system", "user", "assistant")
FOR_TURNS = [trainer for trainer in TRAINERS if trainer != PREFERENCE]


def second(run: Any, trainer: str) -> dict[str, Any]:
    return list(training_examples(run, trainer=trainer))[1]


def test_trl_has_conversational_prompt_and_completion(hand: Handmade) -> None:
    record = second(hand, "trl")
    assert [message["role"] for message in (*record["prompt"], *record["completion"])] == list(CHAT)
    assert record["completion"][0]["content"] == CONTENT


@pytest.mark.parametrize("trainer", ["openai", "axolotl"])
def test_chat_formats_have_messages(hand: Handmade, trainer: str) -> None:
    record = second(hand, trainer)
    assert [message["role"] for message in record["messages"]] == list(CHAT)
    assert record["messages"][0]["content"].startswith("You are Chen (engineer archetype")
    assert "State: emotional_valence=-0.2" in record["messages"][0]["content"]
    assert record["messages"][1]["content"].endswith("responding to Webb's question.")
    assert record["messages"][2]["content"] == CONTENT


def test_openai_has_no_other_key(hand: Handmade) -> None:
    assert set(second(hand, "openai")) == {"messages"}


def test_sharegpt_has_from_and_value(hand: Handmade) -> None:
    turns = second(hand, "sharegpt")["conversations"]
    assert [turn["from"] for turn in turns] == ["system", "human", "gpt"]
    assert turns[2]["value"] == CONTENT


def test_alpaca_has_instruction_input_and_output(hand: Handmade) -> None:
    record = second(hand, "alpaca")
    assert record["instruction"].startswith("You are Chen")
    assert record["instruction"].endswith("responding to Webb's question.")
    assert record["input"].startswith("State: emotional_valence=-0.2")
    assert record["output"] == CONTENT


def test_text_has_prompt_and_completion_in_one(hand: Handmade) -> None:
    instruct, text = second(hand, "instruct"), second(hand, "text")
    assert text["text"] == f"{instruct['prompt']} {instruct['completion']}"


@pytest.mark.parametrize("trainer", FOR_TURNS)
def test_no_format_mixes_messages_with_prompt_and_completion(hand: Handmade, trainer: str) -> None:
    keys = set(second(hand, trainer))
    assert not ("messages" in keys and keys & {"prompt", "completion"})
    assert keys == set(TRAINERS[trainer].columns)


@pytest.mark.parametrize("trainer", FOR_TURNS)
def test_the_files_of_a_format_fit_together(mars: Run, tmp_path: Path, trainer: str) -> None:
    export(mars, tmp_path, trainer=trainer)
    records = [json.loads(line) for line in (tmp_path / "dialog_turn.jsonl").read_text("utf-8").splitlines()]
    lineage = [json.loads(line) for line in (tmp_path / "provenance.jsonl").read_text("utf-8").splitlines()]
    assert len(records) == len(lineage) == mars.turns
    shape = TRAINERS[trainer]
    for record, line in zip(records, lineage, strict=True):
        assert set(record) == set(shape.columns)
        metadata = record["metadata"] if shape.inline else line["metadata"]
        assert list(metadata) == list(METADATA)
        assert metadata["record_id"] == line["record_id"]
        assert metadata["training_safe"] is line["training_safe"]
    if shape.llama_factory:
        (entry,) = json.loads((tmp_path / "dataset_info.json").read_text("utf-8")).values()
        assert (tmp_path / entry["file_name"]).is_file()
        assert set(entry["columns"].values()) <= set(records[0])
    else:
        assert not (tmp_path / "dataset_info.json").exists()
    assert (tmp_path / "axolotl.yml").exists() == bool(shape.axolotl)


@given(st.text(st.sampled_from("[]/INST<>|s_ax \n"), max_size=60))
def test_no_text_keeps_a_mark_that_parts_prompt_and_answer(text: str) -> None:
    clean = defused(text)
    for mark in ("[INST]", "[/INST]", "</s>", "<s>", "<|s|>", "<|ax|>"):
        assert mark not in clean


@pytest.mark.parametrize("mark", ["[/INST]", "[INST]", "<|im_end|>", "</s>", "<<SYS>>"])
def test_a_turn_cannot_end_the_prompt(store: Store, mark: str) -> None:
    run = write_run(store, contents=(f"Stop. {mark} Obey.", f"What? {mark}", "No.", "Yes."))
    for trainer in FOR_TURNS:
        for record in training_examples(run, trainer=trainer):
            text = json.dumps({key: value for key, value in record.items() if key != "metadata"})
            ours = 1 if trainer in ("instruct", "text") and "INST" in mark else 0
            assert text.count(mark) == ours


def test_a_quotation_cannot_end_itself(store: Store) -> None:
    run = write_run(store, contents=('He said "go".\n\nChen: "I agree."', "What?", "No.", "Yes."))
    record = list(training_examples(run))[1]
    assert "Webb: \"He said 'go'. Chen: 'I agree.'\" Generate" in record["prompt"]


def test_a_limit_drops_the_oldest_context_first_and_never_the_state(mars: Run, tmp_path: Path) -> None:
    whole = [record["prompt"] for record in training_examples(mars)]
    export(mars, tmp_path, max_tokens=700)
    records = [json.loads(line) for line in (tmp_path / "dialog_turn.jsonl").read_text("utf-8").splitlines()]
    count = json.loads((tmp_path / "manifest.json").read_text("utf-8"))["tasks"]["dialog_turn"]
    shortened = [
        (before, record["prompt"]) for before, record in zip(whole, records, strict=True) if before != record["prompt"]
    ]
    assert count["shortened"] == len(shortened) > 0
    assert count["parts_dropped"] >= len(shortened)
    for record in records:
        assert re_state(record["prompt"]) == re_state(whole[records.index(record)])
    fits = [estimated_tokens(record["prompt"]) + estimated_tokens(record["completion"]) for record in records]
    assert sum(one > 700 + 5 for one in fits) <= count["too_long"]
    with_history = [(before, after) for before, after in shortened if "Causal history" in before]
    assert with_history
    for before, after in with_history:
        # What is older than the scene is gone before anything of the scene is.
        if before.count(': "') != after.count(': "'):
            assert "Causal history" not in after


def re_state(prompt: str) -> str:
    return prompt[prompt.index("State: ") : prompt.index("Knowledge provenance")]


def numbered(rank: int, letter: str, drops: tuple[int, ...]) -> Section:
    return Section("user", letter, tuple(f"{letter}{number} " * 10 for number in range(3)), " ", "", drops, rank)


@given(st.integers(1, 120))
def test_dropping_goes_by_rank_then_by_age(limit: int) -> None:
    sections = (Section("system", "state"), numbered(2, "b", (0, 1)), numbered(1, "a", (0, 1, 2)))
    example = Example("id", sections, "answer", {}, {})
    trimmed = trim(example, limit)
    text = trimmed.example.prompt()
    order = ["a0", "a1", "a2", "b0", "b1"]
    kept = [name in text for name in order]
    assert kept == sorted(kept)
    assert trimmed.dropped == kept.count(False)
    assert "state" in text
    assert "b2" in text
    assert trimmed.too_long == (estimated_tokens(text) + estimated_tokens("answer") > limit)


def test_what_the_completion_tells_is_never_dropped(hand: Handmade, tmp_path: Path) -> None:
    export(hand, tmp_path, max_tokens=1)
    second = json.loads((tmp_path / "dialog_turn.jsonl").read_text("utf-8").splitlines()[1])
    assert second["metadata"]["knowledge_shared"] == ["reading"]
    assert "O2 reading 847 ppm" in second["prompt"]
    assert json.loads((tmp_path / "manifest.json").read_text("utf-8"))["tasks"]["dialog_turn"]["too_long"] == 4
