"""What a record explains follows from its prompt, and what was only supposed says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from timepoint_pro import Simulation
from timepoint_pro.exporters import export
from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.tasks.catalogue import TASKS
from timepoint_pro.exporters.tasks.causal_words import NEVER_PLAYED, PLAYED_SINCE
from timepoint_pro.exporters.tasks.example import Example
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore

SUPPOSED = "As the search supposed it: "
REASONS = {
    "news": r"had not known that|did not hold|Learning that",
    "goals": r"spoke for what|own side argued|spoke against what|against \w[\w ]*'s own side",
    "reaction": r"had said, and that weighed most|Being upheld|Being contradicted",
}


@pytest.fixture(scope="module")
def castaways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with RunStore(tmp_path_factory.mktemp("castaways") / "runs.db") as store:
        yield Simulation.from_template("castaway_colony_branching", seed=0, store=store, run_id="castaways").run()


def examples(run: Run, task: str) -> list[Example]:
    return list(TASKS[task](Source(run.store, run.run_id)))


def test_the_reason_of_a_transition_stands_in_its_prompt(mars: Run, castaways: Run) -> None:
    seen = dict.fromkeys(REASONS, 0)
    records = [one for run in (mars, castaways) for one in examples(run, "state_transition")]
    for record in (one for one in records if one.metadata["act"] == "listener"):
        event = record.prompt().rpartition("Event: ")[2]
        for why, words in REASONS.items():
            if re.search(words, record.answer.partition("Why: ")[2]):
                seen[why] += 1
                mark = {"news": "New to ", "goals": " leans: ", "reaction": " had last said: "}[why]
                assert mark in event, record.answer
        fact = re.search(r"had not known that '(.*)' \(", record.answer)
        if fact:
            assert f"'{fact[1]}'" in event.partition("New to ")[2]
    assert min(seen.values()) > 20


def test_nothing_is_called_new_to_somebody_who_heard_it_at_an_earlier_moment(mars: Run) -> None:
    order = [one.id for one in mars.timepoints]
    first: dict[tuple[str, str], str] = {}
    for one in sorted(mars.exposures, key=lambda one: one.at):
        first.setdefault((one.entity, mars.items[one.item].content.rstrip(".")), one.timepoint_id)
    news = 0
    for record in examples(mars, "state_transition"):
        found = re.search(r" New to [\w ]+ in it: (.*?')\. ", record.prompt())
        for fact in re.findall(r"'([A-Z].*?)'(?= and '|, '|$)", found[1]) if found else ():
            came = first.get((record.metadata["speaker"], fact))
            if came is not None:
                news += 1
                assert order.index(came) == order.index(record.metadata["timepoint_id"])
    assert news > 20


def test_energy_spent_on_speaking_agrees_with_the_change(mars: Run, castaways: Run) -> None:
    spoken = 0
    for run in (mars, castaways):
        for record in examples(run, "state_transition"):
            if record.metadata["act"] == "speaker":
                spoken += 1
                change = re.search(r"energy_budget=[\d.]+ \(-([\d.]+)\)", record.answer)
                cost = re.search(r"(\d+\.\d) points of energy", record.answer)
                assert change is not None
                assert cost is not None
                assert change[1] == cost[1]
    assert spoken > 20


def test_of_a_being_without_words_it_is_told_what_it_does(castaways: Run) -> None:
    dog = next(one for one in castaways.entities if one.kind == "animal")
    records = examples(castaways, "state_transition")
    shown = [one for one in records if f"Event: {dog.name}, in " in one.prompt()]
    assert shown
    assert not [one for one in records if re.search(rf"Event: {dog.name} \w+s", one.prompt())]
    own = [one for one in records if one.metadata["speaker"] == dog.id and one.metadata["act"] == "speaker"]
    assert own
    for record in own:
        assert not re.search(r"[Ss]aying|[Ss]peaking|words|said", record.answer)
    for record in shown:
        assert not re.search(r"how it was said|\btone\b", record.answer)
    assert not [one for one in records if f"{dog.name} had last said" in one.prompt()]


def test_records_of_a_search_say_that_they_are_suppositions(mars: Run) -> None:
    chosen = {path.path_id for path in mars.paths if path.chosen}
    searched = [one for one in examples(mars, "backward_causal") if one.metadata["act"] in ("chain", "step")]
    assert {one.metadata["path_id"] in chosen for one in searched} == {True, False}
    for record in searched:
        wanted, other = NEVER_PLAYED, PLAYED_SINCE
        if record.metadata["path_id"] in chosen:
            wanted, other = other, wanted
        assert any(words in record.prompt() for words in wanted)
        assert not any(words in record.prompt() for words in other)


def test_a_trace_names_nothing_that_its_prompt_does_not_tell(mars: Run, castaways: Run) -> None:
    for run in (mars, castaways):
        traces = [one for one in examples(run, "backward_causal") if one.metadata["act"] == "trace"]
        assert traces
        for record in traces:
            way = record.prompt().partition("The way there: ")[2]
            for moment, title in re.findall(r"goes back to (T[\w:]+), '([^']*)'", record.answer):
                assert f"{moment}, '{title}'" in way
            for known in re.findall(r"came up in it: (.*?)\.(?: |$)", record.answer):
                for what in re.findall(r"(.*?) \(from T[\w:]+\)(?:, | and |$)", known):
                    assert way.count(what) >= 2


def test_a_trace_of_a_portal_repeats_nothing_that_was_supposed_before_it_was_played(mars: Run) -> None:
    rows = mars.store.query("SELECT body FROM events WHERE type = 'EdgesDrawn'")
    stated = {
        edge["statement"].rstrip(".") for row in rows for edge in orjson.loads(row["body"])["edges"]
        if edge.get("statement")
    }  # fmt: skip
    assert stated
    for record in examples(mars, "backward_causal"):
        if record.metadata["act"] == "trace":
            assert not any(one in record.answer for one in stated)


def test_no_talk_is_said_to_have_brought_about_what_was_set_before_it(castaways: Run) -> None:
    decided = [one for one in examples(castaways, "backward_causal") if one.metadata["act"] == "decision"]
    moments = {one.metadata["timepoint_id"] for one in decided}
    assert {"T2", "T3:fire"} <= moments
    assert not moments & {"T2:boat", "T2:fire", "T2:settle"}
    for record in decided:
        question, options = re.search(r"The question was: (.*?) Options: (.*?)\. The talk: ", record.prompt()).groups()  # type: ignore[union-attr]
        assert "; " in options
        assert "What follows from the decision" not in question
        settled = re.search(r"Outcome: .*?(?:decided|agreed) to (.*?)\. The question was", record.prompt())
        assert settled is not None
        assert settled[1] in options.split("; ")


def test_paths_with_one_past_are_traced_once(castaways: Run) -> None:
    traces = [one for one in examples(castaways, "backward_causal") if one.metadata["act"] == "trace"]
    parts = [one.answer.partition(" goes back to ")[2] for one in traces]
    assert len(set(parts)) == len(parts)


def test_a_moment_that_no_intervention_reaches_is_told_once(castaways: Run) -> None:
    records = examples(castaways, "counterfactual")
    unmoved = [one for one in records if "does not reach it" in one.answer]
    assert len(unmoved) == 1
    for record in records:
        if record.metadata["act"] == "baseline":
            assert not re.search("changed|one change|set otherwise|intervention", record.sections[0].text())


def test_tdf_marks_what_a_search_supposed(mars: Run, castaways: Run, tmp_path: Path) -> None:
    export(mars, tmp_path / "portal", formats=["tdf"])
    document = orjson.loads((tmp_path / "portal" / "tdf_export.json").read_bytes())
    moments = [one for path in document["paths"] for one in path["moments"]]
    assert moments
    assert all(one["description"].startswith(SUPPOSED) for one in moments)
    planned = {row["timepoint_id"]: row for row in mars.store.query("SELECT * FROM timepoints")}
    for one in document["timepoints"]:
        row = planned[one["timepoint_id"]]
        was_planned = bool(row["description"]) and row["description"] != row["circumstance"]
        assert one["description"].startswith(SUPPOSED) == was_planned
    export(castaways, tmp_path / "branching", formats=["tdf"])
    assert SUPPOSED not in (tmp_path / "branching" / "tdf_export.json").read_text("utf-8")


def test_the_mood_of_the_others_stands_in_the_prompt_of_a_transition(mars: Run, castaways: Run) -> None:
    cited = 0
    for run in (mars, castaways):
        for record in examples(run, "state_transition"):
            if "the mood of the others" in record.answer:
                cited += 1
                assert re.search(r"The others' mood: valence [+-]?\d\.\d+, arousal \d\.\d+\. ", record.prompt())
    assert cited > 10


def test_a_counterfactual_makes_up_no_fact_and_tells_each_once(castaways: Run) -> None:
    told = 0
    for record in examples(castaways, "counterfactual"):
        out = re.findall(r"It comes out that '(.*?)'(?:\.| and ')", record.answer)
        told += len(out)
        assert [one for one in out if f'"{one}"' not in record.prompt()] == []
        assert len(set(out)) == len(out)
    assert told > 2


def test_a_decision_is_traced_to_every_turn_that_took_a_side(mars: Run, castaways: Run) -> None:
    decisions = 0
    for run in (mars, castaways):
        turns = {turn.turn_id: turn for dialog in run.dialogs for turn in dialog.turns}
        for record in examples(run, "backward_causal"):
            if record.metadata["act"] == "decision":
                decisions += 1
                moment = record.metadata["timepoint_id"]
                sides = [
                    one.turn_id for one in turns.values()
                    if one.turn_id.startswith(f"{moment}.") and one.act in ("propose", "support", "oppose", "concede")
                ]  # fmt: skip
                assert [one for one in sides if f"{one}: " not in record.answer] == []
    assert decisions > 5


def test_a_turn_answers_whoever_spoke_and_not_what_a_being_without_words_did_between(castaways: Run) -> None:
    names = {one.id: one.name for one in castaways.entities}
    beings = {one.id for one in castaways.entities if one.kind not in ("human", "ai")}
    between = 0
    for record in examples(castaways, "dialog_turn"):
        if record.metadata["speaker"] in beings:
            continue
        said = record.prompt().rpartition("Said so far: ")[2]
        for being in beings - set(record.metadata["addressed_to"]):
            between += f"{names[being]}: " in said
            assert f"responding to {names[being]}'s" not in record.prompt()
    assert between > 5
