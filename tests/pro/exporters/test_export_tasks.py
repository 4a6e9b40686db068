"""The five tasks beside dialog_turn: what they say is what the log says, and nothing is given away."""

from __future__ import annotations

import json
import re
import runpy
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from timepoint_pro import Simulation
from timepoint_pro.exporters import export, training_examples
from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.tasks.catalogue import PAIRED, TASKS, WITHOUT
from timepoint_pro.exporters.tasks.example import METADATA, Example
from timepoint_pro.mechanisms.interventions import Intervention
from timepoint_pro.modes.paths import Paths
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.templates import Template
from timepoint_pro.templates.vocabulary import TASKS as NAMED

ROOT = Path(__file__).parents[3]
OTHERS = [task for task in TASKS if task != "dialog_turn"]
TYPES = {"string": str, "int64": int, "float64": float, "bool": bool}


def examples(run: Run, task: str) -> list[Example]:
    return list(TASKS[task](Source(run.store, run.run_id)))


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Run, Run]]:
    """A small run, and a fork of it in which Ines decides otherwise."""
    with RunStore(tmp_path_factory.mktemp("forked") / "runs.db") as store:
        base = Simulation.from_template("convergence/simple", seed=7, store=store, run_id="base").run()
        fork = base.fork(at="T1", intervention=Intervention.decision("ines", "tent"), run_id="fork")
        yield base, fork


@pytest.fixture(scope="module")
def all_of_them(mars: Run, forked: tuple[Run, Run]) -> Mapping[str, list[Example]]:
    """Examples of every task, of a portal run where that has some."""
    return {task: examples(forked[1] if task == "counterfactual" else mars, task) for task in TASKS}


def test_every_task_that_can_be_named_exists() -> None:
    assert set(TASKS) == set(NAMED) == set(WITHOUT)
    assert set(PAIRED) < set(TASKS)


@pytest.mark.parametrize("task", TASKS)
def test_records_have_one_schema_and_clean_words(all_of_them: Mapping[str, list[Example]], task: str) -> None:
    records = all_of_them[task]
    assert records
    for record in records:
        assert list(record.metadata) == list(METADATA)
        for key, kind in METADATA.items():
            if isinstance(kind, str):
                assert type(record.metadata[key]) is TYPES[kind], key
        assert record.metadata["task"] == task
        assert record.metadata["record_id"] == record.lineage["record_id"] == record.record_id
        for text in (record.prompt(), record.answer, record.rejected):
            assert not re.search(r"[{}]|\bNone\b(?! of)|  | ,|(?<!\.)\.\.(?!\.)|\n", text), text
        assert record.answer[:1].isupper() or record.answer[:1] in "'(\"" or record.answer[:2] == "k4"
    assert len({record.record_id for record in records}) == len(records)
    assert len({record.prompt() for record in records}) == len(records)


@pytest.mark.parametrize("task", OTHERS)
def test_reading_twice_gives_the_same_bytes(mars: Run, task: str) -> None:
    first, second = (json.dumps(list(training_examples(mars, [task]))) for _ in range(2))
    assert first == second


def test_a_transition_starts_from_the_state_of_the_turn_and_its_changes_add_up(mars: Run) -> None:
    states = {one.metadata["turn_id"]: one.metadata for one in examples(mars, "dialog_turn")}
    records = examples(mars, "state_transition")
    heard = [record.metadata["turn_id"] for record in records if record.metadata["act"] == "listener"]
    assert heard == list(states)
    assert 0 < len(records) - len(heard) < mars.turns
    for record in records:
        mine = record.metadata
        if mine["act"] == "speaker":
            spoken = states[mine["turn_id"]]
            assert mine["speaker"] == spoken["speaker"]
            assert mine["emotional_valence"] == pytest.approx(spoken["emotional_valence"], abs=2e-4)
            assert mine["emotional_arousal"] == pytest.approx(spoken["emotional_arousal"], abs=2e-4)
            assert mine["energy_budget"] == pytest.approx(spoken["energy_budget"], abs=0.02)
            feelings = re.findall(r"emotional_\w+=[-\d.]+\d \(([-+\d.]+)\)", record.answer)
            assert any(abs(float(change)) >= 0.01 for change in feelings)
        for name in ("emotional_valence", "emotional_arousal", "energy_budget"):
            before = float(re.search(rf"Before: .*?{name}=([-\d.]+\d)", record.prompt())[1])  # type: ignore[index]
            after, change = re.search(rf"{name}=([-\d.]+\d) \(([-+\d.]+)\)", record.answer).groups()  # type: ignore[union-attr]
            assert float(after) == pytest.approx(before + float(change), abs=1e-6)


def test_what_a_played_scene_refuted_is_no_link_of_the_chain(tmp_path: Path) -> None:
    with RunStore(tmp_path / "runs.db") as store:
        run = Simulation.from_template("mars_mission_portal", seed=0, store=store).run()
        paths = run.world()[Paths]
        assert paths.revised
        chain, *_others = [one for one in examples(run, "backward_causal") if one.metadata["act"] == "chain"]
        for one in paths.revised:
            agreed, refuted = paths.node(one.node).proposal.description, paths.node(one.instead_of).proposal.description
            assert agreed.rstrip(".") in chain.prompt() + chain.answer
            assert refuted.rstrip(".") not in chain.prompt() + chain.answer


def test_answers_about_knowledge_agree_with_the_exposures(mars: Run) -> None:
    names = {one.id: one.name for one in mars.entities}
    order = {one.id: place for place, one in enumerate(mars.timepoints)}
    held: dict[str, dict[str, Any]] = {}
    for exposure in sorted(mars.exposures, key=lambda one: one.at):
        held.setdefault(exposure.item, {}).setdefault(exposure.entity, exposure)
    kinds = Counter(one.metadata["act"] for one in examples(mars, "provenance_qa"))
    assert len(kinds) >= 8
    for record in examples(mars, "provenance_qa"):
        meta, first = record.metadata, held[record.metadata["knowledge_shared"][0]]
        answer, at = record.answer, meta["timepoint_id"]
        if meta["act"] == "told":
            exposure = first[meta["speaker"]]
            assert names[exposure.source] in answer
            assert (exposure.timepoint_id or "before the story") in answer
        elif meta["act"] == "saw":
            assert first[meta["speaker"]].source not in set(names) - {meta["speaker"]}
        elif meta["act"] == "who_knew":
            knew = {names[who] for who, one in first.items() if order.get(one.timepoint_id, -1) <= order[at]}
            listed = set() if answer.startswith("Nobody") else set(re.findall(r"(\w+) \((?:since|from)", answer))
            assert listed == knew
        elif meta["act"] == "did_know":
            one = first.get(meta["speaker"])
            before = one is not None and order.get(one.timepoint_id, -1) < order[at]
            assert answer.startswith("Yes" if before else "No")
        elif meta["act"] == "first":
            ways = [held["how"] for held in _exposed(mars, record)]
            assert "told" not in ways[:-1], "whoever was told comes after their teller"
        elif meta["act"] == "never":
            assert set(first) == {one["entity"] for one in _entities(mars, record)}


def _entities(run: Run, record: Example) -> list[dict[str, Any]]:
    return [{"entity": one["entity"]} for one in _exposed(run, record)]


def _exposed(run: Run, record: Example) -> list[dict[str, Any]]:
    log = {one.id: one for one in run.exposures}
    found = [log[one["exposure_id"]] for one in record.lineage["exposures"]]
    return [{"entity": one.entity, "how": one.how} for one in found]


def test_kinds_of_questions_are_balanced(mars: Run) -> None:
    answers = Counter(
        record.answer.split()[0].strip(".,") for record in examples(mars, "provenance_qa")
        if record.metadata["act"] == "did_know"
    )  # fmt: skip
    assert min(answers["Yes"], answers["No"]) * 3 >= max(answers["Yes"], answers["No"])


def test_nobody_is_asked_what_they_know_and_no_question_gives_the_answer_away(mars: Run) -> None:
    topics = {one.id: one.topic for one in mars.items.values()}
    handles = {one.handle.casefold(): one.id for one in mars.items.values() if one.handle}
    records = examples(mars, "knowledge_boundary")
    controls = [one for one in records if one.metadata["act"] == "inform"]
    assert 0.2 < len(controls) / len(records) < 0.45
    answers = [one.answer for one in records]
    assert len(set(answers)) == len(answers)
    for record in records:
        prompt = record.prompt()
        assert "Portal mode" not in prompt
        if record.rejected:
            assert record.rejected.rstrip(".") not in prompt
        if record.metadata["tactic"] == "topic":
            about = [one for one in handles if one in record.sections[-1].text().casefold()]
            known = mars.state(record.metadata["speaker"], record.metadata["timepoint_id"]).knows
            assert topics[handles[max(about, key=len)]] not in {topics[one] for one in known}


def test_later_moments_never_enter_a_question_at_the_boundary(mars: Run) -> None:
    later = {one.id: one for one in mars.timepoints}
    for record in examples(mars, "knowledge_boundary"):
        now = later[record.metadata["timepoint_id"]]
        for one in mars.timepoints:
            if one.index > now.index:
                assert one.circumstance not in record.prompt()


def test_a_chain_goes_back_from_the_outcome_in_order(mars: Run) -> None:
    records = examples(mars, "backward_causal")
    kinds = Counter(one.metadata["act"] for one in records)
    assert set(kinds) == {"chain", "step", "choice", "trace", "decision"}
    search = mars.world()[Paths]
    revised = {one.instead_of: search.node(one.node).proposal.description for one in search.revised}
    paths = {
        path.path_id: [
            (path.chosen and revised.get(one["id"])) or one["proposal"]["description"]
            for one in path.details["moments"]
        ]
        for path in mars.paths
    }
    for record in records:
        assert record.metadata["frame"] in record.prompt()
        if record.metadata["act"] == "chain":
            titles = [one.split(".")[0] for one in paths[record.metadata["path_id"]]]
            places = [record.answer.index(title) for title in reversed(titles)]
            assert all(earlier < later for earlier, later in pairwise(places))


def test_a_choice_names_the_best_candidate_first(mars: Run) -> None:
    for record in examples(mars, "backward_causal"):
        if record.metadata["act"] == "choice":
            scores = [float(one) for one in re.findall(r"\b0\.\d\d(?= \(|;|\.$|\. Then|$)", record.answer)]
            first = re.search(r"score (0\.\d\d)", record.answer)
            assert first is not None
            assert float(first[1]) == max([float(first[1]), *scores])
            assert record.rejected[:3] in record.prompt()


def test_a_fork_gives_both_courses_as_a_pair(forked: tuple[Run, Run]) -> None:
    _base, fork = forked
    found = {one.metadata["act"]: one for one in examples(fork, "counterfactual")}
    assert set(found) == {"timeline", "baseline", "moment"}
    assert found["timeline"].completion == found["baseline"].rejected
    assert found["timeline"].rejected == found["baseline"].completion
    assert "fetch the tent" in found["timeline"].completion
    assert "Intervention: " in found["timeline"].prompt()
    assert "Intervention: " not in found["baseline"].prompt()


def test_a_run_of_one_path_has_no_counterfactual_and_says_why(forked: tuple[Run, Run], tmp_path: Path) -> None:
    paths = export(forked[0], tmp_path, tasks=["counterfactual", "provenance_qa"])
    assert "counterfactual.jsonl" not in {path.name for path in paths}
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert manifest["tasks"]["counterfactual"]["reason"] == WITHOUT["counterfactual"]
    assert WITHOUT["counterfactual"] in (tmp_path / "README.md").read_text("utf-8")
    assert "config_name: counterfactual" not in (tmp_path / "README.md").read_text("utf-8")


def test_the_sample_is_what_the_product_makes() -> None:
    made = runpy.run_path(str(ROOT / "examples" / "make_sample_training_data.py"))["sample"]()
    kept = (ROOT / "examples" / "sample_training_data.jsonl").read_text("utf-8")
    assert kept == made, "refresh it: python examples/make_sample_training_data.py"
    records = [json.loads(line) for line in kept.splitlines()]
    assert len(records) == 20
    assert {one["metadata"]["temporal_mode"] for one in records} == {"portal"}


@pytest.fixture(scope="module")
def shrine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A run with beings that are no people."""
    with RunStore(tmp_path_factory.mktemp("shrine") / "runs.db") as store:
        yield Simulation.from_template("shrine", seed=0, store=store, run_id="shrine").run()


def test_answers_about_who_knew_account_for_everyone_that_the_prompt_names(shrine: Run) -> None:
    records = [one for one in examples(shrine, "provenance_qa") if one.metadata["act"] in ("never", "who_knew")]
    assert {one.metadata["act"] for one in records} == {"never", "who_knew"}
    beings = {one.name for one in shrine.entities if one.kind != "human"}
    named_ever: set[str] = set()
    for record in records:
        named = re.search(r"People: (.*?)\. Statements:", record.prompt())[1].split(", ")  # type: ignore[index]
        named_ever.update(named)
        if not record.answer.startswith("Nobody"):
            assert [one for one in named if one not in record.answer] == []
    assert named_ever & beings


def test_meetings_are_dated_by_the_local_clock_that_people_go_by(tmp_path: Path) -> None:
    template = json.loads((ROOT / "timepoint_pro/templates/library/showcase/roadshow.json").read_text("utf-8"))
    template["metadata"].setdefault("circadian_config", {})["utc_offset"] = 5
    with RunStore(tmp_path / "runs.db") as store:
        run = Simulation(Template.from_dict(template), seed=0, store=store, run_id="far").run()
        stated = store.query("SELECT DISTINCT content FROM exposure_events")
        told = (re.search(r"met in .* (at \d\d:\d\d.*?)\.?$", one["content"]) for one in stated)
        met = {found[1] for found in told if found}
        asked_of = [one.prompt() for one in examples(run, "knowledge_boundary")]
        missed = [one for one in asked_of if re.search("sat together without|talk between|at the meeting of", one)]
    assert missed
    for prompt in missed:
        asked = prompt.rpartition("Situation:")[2]
        assert any(time in asked for time in met)
        assert not re.search(r"\d{4}-\d\d-\d\d", asked)


def test_a_word_of_time_in_a_prompt_has_the_day_that_it_hangs_on(mars: Run) -> None:
    dated = [
        found for one in examples(mars, "dialog_turn")
        for found in re.findall(r"last night[^']*' \([^)]*, of (\d{4}-\d\d-\d\d), confidence", one.prompt())
    ]  # fmt: skip
    assert dated
    days = {row["timestamp"][:10] for row in mars.store.query("SELECT timestamp FROM timepoints")}
    assert set(dated) <= days
    for one in examples(mars, "dialog_turn"):
        assert re.search(r"Context: \w+day \d{4}-\d\d-\d\d, ", one.prompt())


def test_what_was_decided_in_fact_is_no_counterfactual(forked: tuple[Run, Run], tmp_path: Path) -> None:
    base, _fork = forked
    rows = base.store.query(
        "SELECT timepoint_id, question, outcome FROM timepoints WHERE run_id = 'base' AND outcome LIKE 'settled: %'"
    )
    moment, question, outcome = next(
        (row["timepoint_id"], found, row["outcome"].removeprefix("settled: "))
        for row in rows if (found := json.loads(row["question"])).get("decides")
    )  # fmt: skip
    decision = Intervention.decision(question["decides"], outcome)
    same = base.fork(at=moment, intervention=decision, run_id="same")
    assert examples(same, "counterfactual") == []
    export(same, tmp_path, tasks=["counterfactual"])
    reason = json.loads((tmp_path / "manifest.json").read_bytes())["tasks"]["counterfactual"]["reason"]
    assert "decide what was decided without them" in reason
