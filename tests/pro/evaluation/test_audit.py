"""The audit passes what is sound, and finds each thing that is planted."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from timepoint_pro.errors import DataError, UnknownNameError, UsageError
from timepoint_pro.evaluation.audit import AuditReport, audit
from timepoint_pro.exporters.dataset.trainers import TRAINERS
from timepoint_pro.formulas.text import distinct_in_window, jaccard, shingles
from timepoint_pro.run import Run

Record = dict[str, Any]


@pytest.fixture(scope="module")
def records(mars: Run) -> list[Record]:
    return list(mars.training_examples())


def changed(records: list[Record], number: int, change: Callable[[Record], None]) -> list[Record]:
    copied = copy.deepcopy(records)
    change(copied[number])
    return copied


def failed(report: AuditReport) -> set[str]:
    return {one.name for one in report.failed}


def test_what_the_product_makes_is_sound(mars: Run, board: Run, records: list[Record]) -> None:
    for source in (mars, board, records):
        report = audit(source, thresholds={"max_duplicates": 0.05, "min_training_safe": 1.0, "max_constants": 0})
        assert report.passed, str(report)
        for name in ("invalid", "empty", "truncated", "leak_future", "leak_absent", "contradictions"):
            assert report.findings[name].value == 0.0, name
    knowledge = audit(mars).findings["leak_knowledge"]
    assert (knowledge.value, knowledge.of) == (0.0, mars.turns)
    assert audit(records).findings["leak_knowledge"].value is None


def test_an_export_is_judged_with_its_provenance(mars: Run, tmp_path: Path) -> None:
    mars.export(tmp_path / "out")
    assert audit(tmp_path / "out").findings["leak_knowledge"].to_dict() | {"examples": []} == {
        "measure": "leak_knowledge", "value": 0.0, "count": 0, "of": mars.turns, "note": "", "examples": [],
    }  # fmt: skip
    file = tmp_path / "out" / "dialog_turn.jsonl"
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    lines[4]["metadata"]["knowledge_shared"] = ["never_heard_of"]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    found = audit(tmp_path / "out")
    assert failed(found) == {"max_leaks"}
    assert "line 5: " in found.findings["leak_knowledge"].examples[0]
    assert "tells never_heard_of at T0" in found.findings["leak_knowledge"].examples[0]
    file.write_text("\n".join(map(json.dumps, lines[1:])), encoding="utf-8")
    assert "max_invalid" in failed(audit(file))


@pytest.mark.parametrize("trainer", [name for name in TRAINERS if name != "preference"])
def test_every_shape_is_read(mars: Run, trainer: str) -> None:
    report = audit(mars.training_examples(trainer=trainer))
    assert report.passed, str(report)
    assert report.about["records"] == mars.turns
    assert (report.about["of_this_library"] == mars.turns) is TRAINERS[trainer].inline
    assert report.about["lengths"]["completion_words"]["min"] >= 1
    if not TRAINERS[trainer].inline:
        assert report.findings["contradictions"].value is None


def test_of_preferences_the_chosen_answer_is_judged() -> None:
    question = [{"role": "user", "content": "Say it."}]
    records = [
        {"prompt": question, "chosen": [{"role": "assistant", "content": "It."}], "rejected": []},
        {"prompt": "Say it.", "chosen": "", "rejected": "It."},
    ]
    report = audit(records)
    assert report.findings["empty"].examples == ["records line 2: no completion"]


def test_a_text_of_a_later_moment_is_a_leak(mars: Run, records: list[Record]) -> None:
    later = mars.timepoints[3].circumstance

    def plant(record: Record) -> None:
        record["prompt"] = record["prompt"].replace("Context:", f"They say: {later} Context:")

    report = audit(changed(records, 0, plant))
    assert failed(report) == {"max_leaks"}
    assert "what everybody sees at T3 stands in a prompt of T0" in report.findings["leak_future"].examples[0]


def test_the_outcome_may_stand_in_the_frame_alone(mars: Run) -> None:
    records = list(mars.training_examples())
    for record in records:
        frame = record["metadata"]["frame"]
        longer = frame.replace("the mission fails", "the whole mission fails on the ninth day")
        record["prompt"] = record["prompt"].replace(frame, longer)
        record["metadata"]["frame"] = longer
    assert audit(records).passed

    def plant(record: Record) -> None:
        record["prompt"] = record["prompt"].replace("Context:", "The whole mission fails on the ninth day. Context:")

    report = audit(changed(records, 1, plant))
    assert failed(report) == {"max_leaks"}
    assert report.findings["leak_future"].count == 1


def test_somebody_absent_is_not_spoken_to(board: Run) -> None:
    records = list(board.training_examples())
    there = {moment.id: set(moment.present) for moment in board.timepoints}
    number, absent = next(
        (number, entity)
        for number, record in enumerate(records)
        for entity in sorted(one.id for one in board.entities)
        if entity not in there[record["metadata"]["timepoint_id"]]
    )

    def address(record: Record) -> None:
        record["metadata"]["addressed_to"] = [absent]

    def call(record: Record) -> None:
        record["completion"] = f"What do you say, {board.entity(absent).name}?"

    for plant in (address, call):
        report = audit(changed(records, number, plant))
        assert failed(report) == {"max_leaks"}
        assert report.findings["leak_absent"].count == 1


def test_what_the_speaker_does_not_hold_is_a_leak(mars: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    records = list(mars.training_examples())
    first = records[0]["metadata"]
    held = {one.id for one in mars.knows(first["speaker"])}
    unheld = next(item for item in mars.items.values() if item.id not in held and item.content.count(" ") > 5)

    class Tampered:
        run_id, store, template = mars.run_id, mars.store, mars.template

        def __init__(self, records: list[Record]) -> None:
            self.training_examples = lambda: records

    def tell(record: Record) -> None:
        record["metadata"]["knowledge_shared"] = [unheld.id]

    def say(record: Record) -> None:
        record["completion"] = f"I tell you: {unheld.content}"

    assert audit(Tampered(records)).passed  # type: ignore[arg-type]
    for plant in (tell, say):
        report = audit(Tampered(changed(records, 0, plant)))  # type: ignore[arg-type]
        assert failed(report) == {"max_leaks"}
        assert unheld.id in report.findings["leak_knowledge"].examples[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("emotional_valence=", "emotional_valence=-0.99, was=", "emotional_valence"),
        ("energy_budget=", "energy_budget=3", "energy_budget"),
        (" archetype, ", "ish archetype, ", "archetype"),
    ],
)
def test_a_prompt_that_contradicts_its_metadata(records: list[Record], old: str, new: str, said: str) -> None:
    def plant(record: Record) -> None:
        text = record["prompt"].replace(old, new, 1)
        record["prompt"] = text.replace("-0.99, was=", "-0.99, emotional_arousal=0.1, energy_budget=1, was=")

    report = audit(changed(records, 2, plant))
    assert failed(report) == {"max_contradictions"}
    assert f"records line 3: {said}" in report.findings["contradictions"].examples[0]


def test_a_canary_is_found_where_it_sings(records: list[Record]) -> None:
    def plant(record: Record) -> None:
        record["completion"] += " CANARY-77"

    planted = changed(records, 3, plant)
    assert audit(planted).findings["canary"].value is None
    assert audit(records, canaries=["CANARY-77"]).passed
    report = audit(planted, canaries=["CANARY-77"])
    assert failed(report) == {"max_leaks"}
    assert "line 4: holds 'CANARY-77'" in report.findings["canary"].examples[0]


def test_the_schema_of_metadata_is_kept(records: list[Record]) -> None:
    def untyped(record: Record) -> None:
        record["metadata"]["emotional_valence"] = "low"

    def missing(record: Record) -> None:
        del record["metadata"]["tactic"]

    def more(record: Record) -> None:
        record["notes"] = "an extra column"

    for plant, said in ((untyped, "emotional_valence: expected float64"), (missing, "without tactic"), (more, "notes")):
        report = audit(changed(records, 5, plant))
        assert "max_invalid" in failed(report)
        assert said in report.findings["invalid"].examples[0]


def test_texts_that_are_empty_or_cut_off_are_counted() -> None:
    records = [
        {"prompt": "Say it.", "completion": " "},
        {"prompt": "", "completion": "Fine."},
        {"prompt": "Say it.", "completion": "And then we went to the"},
        {"prompt": "[INST] Say it.", "completion": "Done."},
        {"prompt": "Say it.", "completion": "Done."},
    ]
    report = audit(records, thresholds={"max_truncated": 0.1})
    assert failed(report) == {"max_empty", "max_truncated"}
    assert (report.findings["empty"].value, report.findings["truncated"].value) == (0.4, 0.4)


def test_fields_that_never_change_are_named_and_those_of_the_run_are_not() -> None:
    records = [
        {"prompt": f"q{n}", "completion": f"a{n}.", "metadata": {"mood": "calm", "nr": n, "seed": 1}}
        for n in range(100)
    ]
    report = audit(records, thresholds={"max_constants": 0})
    assert failed(report) == {"max_constants"}
    assert report.findings["constants"].examples == ["metadata.mood: is 'calm' in 100% of the records"]
    for n in range(6):
        records[n]["metadata"] = {"mood": "glad", "nr": n, "seed": 1}
    assert audit(records, thresholds={"max_constants": 0}).passed


def test_repeats_are_counted_once_each(records: list[Record]) -> None:
    report = audit([*records, *records[:7]], thresholds={"max_duplicates": 0.001, "max_record_duplicates": 0.001})
    assert failed(report) == {"max_duplicates", "max_record_duplicates"}
    alone = audit(records)
    assert report.findings["duplicates"].count == alone.findings["duplicates"].count + 7
    assert report.findings["record_duplicates"].count == alone.findings["record_duplicates"].count + 7


def test_a_repeat_is_named_with_its_file_and_with_the_earlier_record(tmp_path: Path) -> None:
    said = "We leave at dawn, with the two boats and all of the water."
    first = [{"prompt": f"What then, {n}?", "completion": f"Number {n} is another thing."} for n in range(3)]
    (tmp_path / "a.jsonl").write_text(
        "".join(json.dumps(one) + "\n" for one in [*first, {"prompt": "And now?", "completion": said}]), "utf-8"
    )
    (tmp_path / "b.jsonl").write_text(json.dumps({"prompt": "And now?", "completion": said}) + "\n", "utf-8")
    report = audit(tmp_path)
    assert report.findings["duplicates"].examples == ["b.jsonl line 1: says nearly what a.jsonl line 4 says"]
    assert report.findings["record_duplicates"].examples == ["b.jsonl line 1: is nearly a.jsonl line 4"]


def test_findings_of_a_run_are_named_by_the_ids_of_its_records(mars: Run) -> None:
    turn = next(iter(mars.training_examples()))
    report = audit(mars, canaries=[turn["completion"]])
    found = report.findings["canary"].examples
    assert found
    assert all(one.startswith(f"{mars.run_id}:dialog_turn:T") for one in found)


def test_what_is_called_constant_agrees_with_what_has_one_value(mars: Run) -> None:
    report = audit(mars)
    constants = report.findings["constants"]
    assert constants.count == 0
    alone = [name for name, shares in report.about["balance"].items() if shares["evenness"] is None]
    assert {"license", "model", "temporal_mode"} <= set(alone)
    lines = [line for line in str(report).splitlines() if "only one value" in line]
    assert len(lines) == len(alone)
    assert all("of the whole run, so not counted above" in line for line in lines)
    assert f"0 of {constants.of} fields that can vary within a run" in str(report)
    speakers = [{"prompt": f"{n}?", "completion": f"{n}.", "metadata": {"speaker": "A", "nr": n}} for n in range(100)]
    assert audit(speakers).findings["constants"].count == 1


def test_the_estimate_of_whole_records_is_near_the_exact_count(mars: Run, board: Run) -> None:
    records = [*mars.training_examples(), *board.training_examples()]
    sets = [shingles(f"{one['prompt']} {one['completion']}") for one in records]
    near = [n for n, own in enumerate(sets) if any(jaccard(own, other) >= 0.9 for other in sets[:n])]
    found = audit(records).findings["record_duplicates"].count
    assert abs(found - len(near)) <= 0.05 * len(records)


def test_distinct_n_is_that_of_the_formula() -> None:
    texts = ["the cat sat on the mat again", "the cat sat on the sofa", "a dog came in"]
    report = audit([{"prompt": "x", "completion": text} for text in texts])
    for n in (1, 2, 3):
        assert report.findings[f"distinct_{n}"].value == pytest.approx(distinct_in_window(texts, n, 1000))


def test_metadata_of_others_is_not_guessed_at() -> None:
    records = [{"prompt": f"Question {n}?", "completion": f"Answer {n}."} for n in range(30)]
    report = audit(records)
    assert report.passed
    for name in ("leak_knowledge", "leak_future", "leak_absent", "contradictions", "training_safe", "constants"):
        assert report.findings[name].value is None
        assert report.findings[name].reason
    judged = audit(records, thresholds={"min_training_safe": 1.0})
    assert failed(judged) == {"min_training_safe"}
    assert "not applicable" in str(judged.failed[0])


def test_balance_and_lengths(records: list[Record]) -> None:
    about = audit(records).about
    speakers = about["balance"]["speaker"]
    assert sum(speakers["shares"].values()) == pytest.approx(1.0, abs=0.001)
    assert 0 < speakers["evenness"] <= 1
    assert about["balance"]["task"] == {"values": 1, "evenness": None, "shares": {"dialog_turn": 1.0}}
    assert about["mechanisms"]["M11"] == 1.0
    counts = sorted(len(one["completion"].split()) for one in records)
    spread = about["lengths"]["completion_words"]
    assert (spread["min"], spread["max"]) == (counts[0], counts[-1])
    assert spread["median"] in (counts[(len(counts) - 1) // 2], counts[len(counts) // 2])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no training record"),
        (b"\n\n", "holds no training record"),
        (b'{"prompt": "a", "compl', "line 1: not JSON: unexpected end of data"),
        (b'\xff\xfe{"a": 1}', "line 1: not UTF-8: byte 1 is 0xff"),
        (b"[1, 2]", "line 1: expected an object a line, found a list"),
        (b"PK\x03\x04 rubbish", "line 1: not JSON"),
        (b'{"question": "a"}', "found the keys 'question'"),
        (b'{"prompt": {"a": 1}, "completion": "b"}', "prompt: expected text or a list of messages, found an object"),
        (b'{"prompt": "a"}', "completion: missing"),
        (b'{"messages": [{"role": "user", "content": 3}]}', "messages[0]: expected 'role' and 'content' as text"),
        (b'{"messages": [{"role": "user", "content": "x"}]}', "expected an answer of the assistant at the end"),
        (b'{"text": "a", "metadata": 7}', "metadata: expected an object, found a number"),
        (b'{"a":' * 2000, "line 1: not JSON"),
    ],
)
def test_rubbish_is_named_with_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "data.jsonl"
    file.write_bytes(content)
    with pytest.raises(DataError, match="holds no training record") as caught:
        audit(file)
    assert message in str(caught.value)
    file.write_bytes(b'{"prompt": "Say it.", "completion": "It."}\n' + content)
    report = audit(file)
    assert report.about["records"] == 1
    if content.strip():
        assert failed(report) == {"max_invalid"}
        assert message.replace("line 1", "line 2") in report.findings["invalid"].examples[0]


def test_a_huge_line_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("timepoint_pro.evaluation.samples.LONGEST_LINE", 2048)
    file = tmp_path / "data.jsonl"
    good = '{"prompt": "Say it.", "completion": "It."}'
    file.write_text(f'\ufeff{good}\n{{"prompt": "{"x" * 9000}"}}\n{good}\n', encoding="utf-8")
    report = audit(file)
    assert report.about["records"] == 2
    assert "data.jsonl line 2: longer than" in report.findings["invalid"].examples[0]


def test_metadata_of_any_form_is_survived() -> None:
    strange: list[Any] = [None, 3, [], {}, "x", [1], {"a": [None]}, True]
    ours = {"record_id": 1, "turn_id": [], "speaker": {}, "task": "dialog_turn", "run_id": None}
    records = [
        {"prompt": "Say it.", "completion": "It.", "metadata": {**ours, "addressed_to": one, "mechanisms": one,
         "knowledge_shared": one, "frame": one, "emotional_valence": one, "timepoint_id": one}}
        for one in strange
    ]  # fmt: skip
    report = audit(records, coupling=True)
    assert "max_invalid" in failed(report)
    assert str(report)
    json.dumps(report.to_dict())


def test_thresholds_that_mean_nothing_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'max_leaks'"):
        audit([{"prompt": "a", "completion": "b."}], thresholds={"max_leak": 0.0})
    for bound in (-0.1, 1.5, float("nan"), True, "0"):
        with pytest.raises(UsageError, match="max_leaks: expected a number from 0 up to 1"):
            audit([{"prompt": "a", "completion": "b."}], thresholds={"max_leaks": bound})  # type: ignore[dict-item]


def test_what_json_cannot_hold_is_named() -> None:
    with pytest.raises(DataError, match="record 2: expected what JSON can hold"):
        audit([{"prompt": "a", "completion": "b."}, {"prompt": {1, 2}}])
