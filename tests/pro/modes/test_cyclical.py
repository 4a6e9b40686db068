"""Cyclical mode: the five kinds, prophecies, loops that close, and time that is set back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staged_modes import document

from timepoint_pro import Intervention, RunStore, Simulation, Template
from timepoint_pro.engine.progress import Progress
from timepoint_pro.errors import TemplateError
from timepoint_pro.evaluation.storytelling import causal_loops, prophecies, resets
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.modes.layers import Layer
from timepoint_pro.modes.rounds import Rounds
from timepoint_pro.run import Run
from timepoint_pro.templates import check

FALL = {
    "id": "fall",
    "label": "the word about the dam",
    "statement": "The old dam will stand no third spring.",
    "known_by": ["*"],
    "fulfilled_by": "level/hold",
    "averted_by": "level/lower",
    "fulfilment": "The crest has sunk by a hand, and brown water runs over it.",
    "subversion": "The swallows nest under the crest, and it is dry.",
}
NOTE = {
    "id": "note",
    "label": "the unsigned slip",
    "statement": "A slip without a name says that the second bolt is hollow.",
    "topic": "gate",
    "known_by": ["ada"],
}


def made(moments: int = 4, cycle: dict[str, Any] | None = None, people: int = 3, **temporal: Any) -> Template:
    given = document(people)
    given["timepoints"]["count"] = moments
    given["temporal"] = {"mode": "cyclical", "cycle_length": 2, **temporal}
    given["metadata"]["cyclical_structure"] = cycle or {}
    for question in given["metadata"]["questions"]:
        question["at"] = {"level": 0, "inspect": 1}.get(question["id"], 9)
    return Template.from_dict(given)


def simulate(template: Template, seed: int = 3, **arguments: Any) -> Run:
    return Simulation(template, seed=seed, store=arguments.pop("store", ":memory:"), **arguments).run()


def asked(run: Run) -> list[str]:
    return [moment.question.id if moment.question is not None else "" for moment in run.timepoints]


def edges(run: Run) -> list[tuple[str, str]]:
    query = "SELECT source, target FROM causal_edges WHERE run_id = ? AND mechanism = 'loop'"
    rows = run.store.query(query, (run.run_id,))
    return [(row["source"], row["target"]) for row in rows]


@pytest.fixture(scope="module")
def bootstrap() -> Run:
    return simulate(made(4, {"kind": "causal_loop", "loops": [NOTE | {"sends": 3, "sender": "ada"}]}))


@pytest.fixture(scope="module")
def setback() -> Run:
    keeps = {"knowledge": ["ben"], "feelings": ["ben"], "relationships": False}
    return simulate(made(6, {"reset": True, "carry_over": keeps, "prophecies": [FALL]}, prophecy_accuracy=1.0))


def test_places_of_each_kind() -> None:
    assert [Layer("repeating", 3).at(index) for index in range(5)] == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]
    assert [Layer("oscillating", 3).at(index)[1] for index in range(9)] == [0, 1, 2, 2, 1, 0, 0, 1, 2]


def test_questions_places_and_variations_come_round() -> None:
    places = [{"label": "Thaw", "circumstance": "The ice has gone."}, {"label": "Rain", "location": "gallery"}]
    run = simulate(made(4, {"places": places, "variations": ["It is early.", "It is late."]}))
    assert asked(run) == ["level", "inspect", "level", "inspect"]
    first, rain, again, _ = run.timepoints
    assert first.circumstance.startswith("It is early. The ice has gone. ")
    assert again.circumstance.startswith("It is late. The ice has gone. ")
    assert first.circumstance.split(". ")[2:] != again.circumstance.split(". ")[2:]
    assert rain.location == "gallery"
    assert again.title.startswith("Thaw: ")
    frames = list(run.mode_frames.values())
    assert frames[2]["words"] == "Cyclical mode, repeating: round 2 of 2, place 1 of 2 (Thaw)."
    assert asked(simulate(made(4, {"returns": ["inspect"]}))) == ["level", "inspect", "", "inspect"]
    assert asked(simulate(made(4, {"returns": False}))) == ["level", "inspect", "", ""]


def test_a_spiral_rises_and_an_oscillation_turns_back() -> None:
    rising = [moment.importance for moment in simulate(made(6, {"kind": "spiral"})).timepoints]
    assert rising == [0.75, 0.75, 0.9, 0.9, 0.98, 0.98]
    steady = simulate(made(4, {"escalation": 0.1})).timepoints
    assert [moment.importance for moment in steady] == [0.75, 0.75, 0.85, 0.85]
    assert asked(simulate(made(4, {"kind": "oscillating"}))) == ["level", "inspect", "inspect", "level"]


def test_a_composite_cycle_stands_in_all_of_its_layers() -> None:
    layers = [
        {"id": "year", "length": 2},
        {"id": "moon", "kind": "oscillating", "places": ["new", "half", "full"]},
    ]
    run = simulate(made(5, {"kind": "composite", "layers": layers}))
    stood = [tuple((one["round"], one["place"]) for one in frame["layers"]) for frame in run.mode_frames.values()]
    assert stood == [
        ((1, 1), (1, 1)), ((1, 2), (1, 2)), ((2, 1), (1, 3)), ((2, 2), (2, 3)), ((3, 1), (2, 2)),
    ]  # fmt: skip
    named = [frame["layers"][1]["label"] for frame in run.mode_frames.values()]
    assert named == ["new", "half", "full", "full", "half"]
    plain = simulate(made(2, {"kind": "composite"}))
    assert [len(frame["layers"]) for frame in plain.mode_frames.values()] == [2, 2]


@pytest.mark.parametrize(("accuracy", "outcome"), [(0.0, "subverted"), (1.0, "fulfilled")])
def test_a_prophecy_that_must_fail_and_one_that_must_not(accuracy: float, outcome: str) -> None:
    run = simulate(made(3, {"prophecies": [FALL]}, prophecy_accuracy=accuracy))
    (found,) = prophecies(run)
    assert (found.outcome, found.spoken, found.shown) == (outcome, "T0", "T2")
    shown = str(FALL["fulfilment" if accuracy else "subversion"])
    other = str(FALL["subversion" if accuracy else "fulfilment"])
    assert shown in run.timepoints[2].circumstance
    assert all(other not in moment.circumstance for moment in run.timepoints)
    for moment in run.timepoints[:2]:
        assert shown not in moment.circumstance
    assert f"prophecy-fall-{outcome}" in {item.id for item in run.knows("ada", "T2")}


def test_a_prophecy_that_hangs_on_a_decision_says_whether_it_went_against_it() -> None:
    for true in (True, False):
        run = simulate(made(3, {"prophecies": [FALL | {"comes_true": true}]}))
        (found,) = prophecies(run)
        settled = run.store.query("SELECT body FROM events WHERE type = 'SceneSettled' AND timepoint_id = 'T0'")
        option = json.loads(settled[0]["body"])["option"]
        assert found.outcome == ("fulfilled" if true else "subverted")
        assert found.in_spite is (option != ("hold" if true else "lower"))


@given(st.integers(1, 7), st.integers(0, 7), st.integers(0, 10_000))
@settings(max_examples=5)
def test_the_share_of_prophecies_that_come_true_is_the_accuracy(count: int, true: int, seed: int) -> None:
    true = min(true, count)
    told = [{"id": f"p{number}", "statement": f"Sign number {number} will be seen."} for number in range(count)]
    run = simulate(made(1, {"prophecies": told}, prophecy_accuracy=true / count), seed)
    assert sum(one.outcome == "fulfilled" for one in prophecies(run)) == true


def test_a_bootstrap_loop_closes_and_has_no_other_origin(bootstrap: Run) -> None:
    (loop,) = causal_loops(bootstrap)
    assert (loop.sends, loop.receives, loop.closed, loop.by, loop.in_spite) == ("T3", "T0", True, ("ada",), False)
    assert edges(bootstrap) == [("T3", "T0")]
    why = bootstrap.why_knows("ada", "loop-note")
    roots = [(data["timepoint_id"], data["source"]) for _, data in why.nodes(data=True) if data["root"]]
    assert roots == [("T0", "loop")]
    graph: networkx.DiGraph[str] = networkx.DiGraph(bootstrap.causal_graph)
    assert not networkx.is_directed_acyclic_graph(graph)
    graph.remove_edge("T3", "T0")
    assert networkx.is_directed_acyclic_graph(graph)
    assert not bootstrap.violations


def test_a_loop_closes_by_a_decision_in_spite_of_it_or_not_at_all() -> None:
    sent = NOTE | {"sends": 2, "closes_with": "level/lower"}
    for otherwise in ("", "Somebody has sent the slip all the same."):
        # keepers who all want the level held send nothing
        base = made(4, {"kind": "causal_loop", "loops": [sent | {"otherwise": otherwise}]}).to_dict(defaults=False)
        level = base["metadata"]["questions"][0]
        level["leanings"] = {name: {"hold": 1.0, "lower": -1.0} for name in ("ada", "ben", "cora")}
        base["metadata"]["facts"] = [one for one in base["metadata"]["facts"] if one["id"] != "seep"]
        run = simulate(Template.from_dict(base))
        (loop,) = causal_loops(run)
        assert loop.closed is loop.in_spite is bool(otherwise)
        broken = [one for one in run.violations if one.rule == "acyclic"]
        assert len(broken) == (not otherwise)
        assert run.timepoints[3].circumstance.startswith("Somebody has sent the slip") is bool(otherwise)


def test_loops_without_a_statement_carry_causes_alone() -> None:
    run = simulate(made(3, {"kind": "causal_loop"}))
    assert edges(run) == [("T2", "T0")]
    assert [one.closed for one in causal_loops(run)] == [True]


def test_time_set_back_undoes_what_happened_save_what_is_carried_over(setback: Run) -> None:
    assert [moment.at for moment in setback.timepoints][::2] == [0.0, 0.0, 0.0]
    assert [moment.path for moment in setback.timepoints][::2] == ["main", "round-2", "round-3"]
    assert [moment.antecedents for moment in setback.timepoints][::2] == [(), (), ()]
    assert [one.number for one in resets(setback)] == [2, 3]
    (carried,) = resets(setback)[0].carried
    assert carried.entity == "ben"
    before = setback.world("T1")[Knowledge]
    taken: set[str] = {news.item.id for news in carried.news}
    assert taken == {
        item for item, held in before.holds("ben").items()
        if before.exposure(held.best).timepoint_id and before.item(item).category in ("fact", "revelation")
    }  # fmt: skip
    # At the start of the second round ben remembers, and ada holds only what she had at first or has just seen.
    opened = setback.store.query(
        "SELECT entity_id, item_id, source FROM exposure_events "
        "WHERE run_id = ? AND timepoint_id = 'T2' AND how != 'told'",
        (setback.run_id,),
    )
    assert taken <= {row["item_id"] for row in opened if row["entity_id"] == "ben"}
    assert not [row for row in opened if row["source"] == "round 1" and row["entity_id"] != "ben"]
    after = setback.world("T2")[Knowledge]
    assert not [one for one in after.log.values() if one.timepoint_id in ("T0", "T1")]
    assert carried.feelings
    assert not carried.ties
    assert setback.interventions[0].timepoint_id == "T2"


def test_each_round_after_a_reset_is_a_path_of_its_own(setback: Run, bootstrap: Run) -> None:
    paths = {one.path_id: one for one in setback.paths}
    assert [one.path_id for one in setback.paths if one.chosen] == ["round-3"], "the last one is not undone"
    assert {name: one.details["timepoints"] for name, one in paths.items()} == {
        "main": ["T0", "T1"], "round-2": ["T2", "T3"], "round-3": ["T4", "T5"],
    }  # fmt: skip
    assert {name: one.details["parent_path"] for name, one in paths.items()} == {
        "main": "", "round-2": "main", "round-3": "round-2",
    }  # fmt: skip
    assert paths["round-2"].details["divergence_points"] == ["T2"]
    for name, one in paths.items():
        settled = {
            moment.question.id for moment in setback.timepoints if moment.path == name and moment.question is not None
        }
        assert set(one.details["outcome"]) <= settled, "what another round settled is undone"
        assert 0.0 <= one.score <= 1.0
    shown = {one["path_id"]: one for one in setback.store.tdf_document(setback.run_id)["paths"]}
    assert {name: (one["label"], one["selected"]) for name, one in shown.items()} == {
        "main": ("round 1", False), "round-2": ("round 2", False), "round-3": ("round 3", True),
    }  # fmt: skip
    assert shown["round-2"]["timepoints"] == ["T2", "T3"]
    assert not bootstrap.paths, "without a reset there is one course of time"


def test_a_prophecy_and_the_last_round_outlast_the_reset(setback: Run) -> None:
    (found,) = prophecies(setback)
    assert (found.spoken, found.shown, found.outcome) == ("T0", "T5", "fulfilled")
    assert setback.end == "T5"
    assert setback.world()[Rounds].number == 3
    assert asked(setback) == ["level", "inspect"] * 3


def test_a_moment_of_a_later_round_can_be_forked(setback: Run) -> None:
    fork = setback.fork("T3", Intervention.state("ada", valence=-1.0), branch="low")
    assert [one.id for one in fork.timepoints] == ["T2", "T3:low", "T4", "T5"]


def test_records_and_exports_hold_the_frame(setback: Run, bootstrap: Run, tmp_path: Path) -> None:
    for name, run in (("setback", setback), ("bootstrap", bootstrap)):
        out = tmp_path / name
        tasks = ["dialog_turn", "provenance_qa", "knowledge_boundary"]
        run.export(out, formats=["jsonl", "tdf", "markdown"], tasks=tasks)
        for line in (out / "dialog_turn.jsonl").read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            assert record["metadata"]["frame"] == run.mode_frames[record["metadata"]["timepoint_id"]]["words"]
    document_ = json.loads((tmp_path / "bootstrap" / "tdf_export.json").read_text(encoding="utf-8"))
    loops = [one for one in document_["causal_graph"]["edges"] if one.get("mechanism") == "loop"]
    assert [(one["source"], one["target"]) for one in loops] == [("T3", "T0")]


def test_no_prompt_before_it_is_due_holds_what_a_prophecy_comes_to(setback: Run) -> None:
    for dialog in setback.dialogs[:-1]:
        rows = setback.store.query("SELECT context FROM dialogs WHERE timepoint_id = ?", (dialog.timepoint_id,))
        for row in rows:
            for text in (str(FALL["fulfilment"]), str(FALL["subversion"])):
                assert text not in row["context"]
    for moment in setback.timepoints[:-1]:
        assert str(FALL["fulfilment"]) not in moment.circumstance


@pytest.mark.parametrize("kind", ["bootstrap", "setback"])
def test_a_stopped_run_goes_on_to_the_same_rounds(kind: str, request: pytest.FixtureRequest) -> None:
    whole: Run = request.getfixturevalue(kind)
    store = RunStore(":memory:")
    for stop in range(1, whole.turns, 13):
        turns = 0

        def crash(progress: Progress, stop: int = stop) -> None:
            nonlocal turns
            turns += progress.kind == "turn"
            if turns == stop:
                raise RuntimeError

        with pytest.raises(RuntimeError):
            Simulation(whole.template, seed=3, store=store, run_id=f"stopped-{stop}").run(crash)
        again = Simulation.resume(f"stopped-{stop}", store).run()
        assert dict(again.log) == dict(whole.log)
        assert again.dialogs == whole.dialogs


CONFIGURATIONS = st.fixed_dictionaries(
    {
        "moments": st.integers(1, 6),
        "length": st.integers(1, 4),
        "kind": st.sampled_from(("repeating", "spiral", "causal_loop", "oscillating", "composite")),
        "reset": st.booleans(),
        "accuracy": st.floats(0, 1),
        "due": st.sampled_from((None, 0, 2, 99)),
        "resolution": st.sampled_from(("minute", "day", "quarter")),
        "loop": st.booleans(),
        "seed": st.integers(0, 10_000),
    }
)


@given(CONFIGURATIONS)
@settings(max_examples=8)
def test_causes_precede_effects_save_in_licensed_loops(config: dict[str, Any]) -> None:
    moments, length = config["moments"], config["length"]
    cycle: dict[str, Any] = {"kind": config["kind"], "reset": config["reset"]}
    cycle["prophecies"] = [FALL | {"due": config["due"]}]
    last = moments - 1
    start = last // length * length if config["reset"] else 0
    if config["loop"] and last > start:
        cycle["loops"] = [NOTE | {"sends": last, "receives": start}]
    template = made(moments, cycle, prophecy_accuracy=config["accuracy"], cycle_length=length).with_changes(
        {"timepoints.resolution": config["resolution"]}
    )
    run = simulate(template, config["seed"])
    at = {moment.id: moment.at for moment in run.timepoints}
    assert list(at) == [f"T{number}" for number in range(moments)]
    licensed = {(moment.id, earlier) for moment in run.timepoints for earlier in moment.loops}
    for source, target, data in run.causal_graph.edges(data=True):
        if (source, target) in licensed:
            assert data["mechanism"] == "loop"
            assert at[source] > at[target]
        else:
            assert at[source] < at[target]
    ids = [entry.id for entries in run.log.values() for entry in entries]
    assert len(ids) == len(set(ids))
    assert len({one.id for one in run.exposures}) == len(run.exposures)
    (found,) = prophecies(run)
    assert found.outcome in ("fulfilled", "subverted")
    due = min(last, last if config["due"] is None else config["due"])
    assert found.shown == f"T{due}"
    assert not [one for one in run.violations if one.severity == "hard"]


def test_a_loop_must_lead_back_within_the_run() -> None:
    for loop, reset in ((NOTE | {"sends": 9}, False), (NOTE | {"sends": 1, "receives": 1}, False), (NOTE, True)):
        with pytest.raises(TemplateError, match=r"cyclical_structure\.loops\[0\]"):
            simulate(made(4, {"loops": [loop], "reset": reset}))


def test_ids_that_name_nothing_are_told() -> None:
    for cycle in (
        {"returns": ["levle"]},
        {"carry_over": {"knowledge": ["bn"]}},
        {"prophecies": [FALL | {"fulfilled_by": "level/hodl"}]},
        {"loops": [NOTE | {"sender": "adda"}]},
        {"places": [{"id": "a"}, {"id": "a"}]},
    ):
        with pytest.raises(TemplateError, match="cyclical_structure"):
            made(4, cycle)


def test_what_does_not_fit_is_kept_and_not_read() -> None:
    template = made(2, {"kind": "sideways", "escalation": "much", "variations": ["One."], "own": 1})
    told = template.cyclical_structure
    assert (told.kind, told.escalation, told.variations) == ("repeating", None, ("One.",))
    assert {item.path.rpartition(".")[2] for item in template.unread} >= {"kind", "escalation"}
    assert template.metadata["cyclical_structure"]["kind"] == "sideways"


def test_what_never_comes_to_bear_is_told() -> None:
    told = [FALL | {"id": "late", "at": 7}, FALL | {"id": "early", "at": 2, "due": 1}, {"id": "mute"}]
    remarks = [one.message for one in check(made(4, {"prophecies": told})) if "prophecies" in one.path]
    assert [name in remark for name, remark in zip(("late", "early", "mute"), remarks, strict=True)] == [True] * 3
    run = simulate(made(4, {"prophecies": told}))
    assert [(one.id, one.shown) for one in prophecies(run)] == [("early", "T2")]


def test_any_template_can_go_round() -> None:
    run = simulate(Template.from_template("convergence/simple"), mode="cyclical")
    half = len(run.timepoints) // 2
    assert asked(run)[half:] == asked(run)[:half]


@pytest.mark.parametrize("name", ["elk_migration", "night_ferry"])
def test_the_shipped_templates_go_round(name: str) -> None:
    template = Template.from_template(name)
    run = simulate(template, 1)
    assert not run.violations
    assert len(run.timepoints) == template.moments
    assert all(one.outcome for one in prophecies(run))
    assert all(one.closed for one in causal_loops(run))
