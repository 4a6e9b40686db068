"""Forks: what an intervention sets, what it reaches, and that all else is the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two_rooms import HALL, LAB, Rounds, document

from timepoint_pro.engine.progress import Progress
from timepoint_pro.errors import RunExistsError, UnknownNameError, UsageError
from timepoint_pro.evaluation.counterfactual import causal_cone, divergence
from timepoint_pro.mechanisms.interventions import Intervention, Knowable, resolved
from timepoint_pro.mechanisms.knowledge import Knowledge, KnowledgeGained
from timepoint_pro.mechanisms.m12_counterfactual_branching import InterventionSet
from timepoint_pro.mechanisms.minds import AffectMoved, Minds
from timepoint_pro.mechanisms.rhythm import Rested, Rhythm
from timepoint_pro.mechanisms.ties import BondSet, Ties
from timepoint_pro.modes import catalogue
from timepoint_pro.modes.settlements import Settlements
from timepoint_pro.records.entity import Entity
from timepoint_pro.records.timepoint import Option, Question
from timepoint_pro.records.world import World
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template

SHARED = ("events", "llm_calls", "dialogs", "timepoints", "exposure_events", "states", "relationships")


@pytest.fixture(scope="module")
def rooms() -> Iterator[Run]:
    """A run of the two rooms, whose plan nothing that happens can change."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "MODES", {**catalogue.MODES, Rounds.name: Rounds})
        yield Simulation(Template.from_dict(document()), seed=5, store=":memory:", run_id="rooms").run()


@pytest.fixture(scope="module")
def hall() -> Run:
    """A run of the shipped village hall."""
    return Simulation.from_template("convergence/simple", seed=4, store=":memory:", run_id="hall").run()


SHARE = st.floats(-1.0, 1.0).map(lambda value: round(value, 3))
ONE = st.sampled_from(LAB)
INTERVENTIONS = st.one_of(
    st.builds(Intervention.decision, ONE, st.sampled_from(["lower", "hold the level", "leave the dam to itself"])),
    st.builds(lambda who, value: Intervention.state(who, valence=value, energy=50 + 40 * value), ONE, SHARE),
    st.builds(Intervention.exposure, ONE, st.sampled_from(["seep", "The valley road is closed from tonight."])),
    st.builds(lambda who: Intervention.presence(who, False), ONE),
    st.builds(lambda trust: Intervention.relationship("ben", "ada", trust=trust), SHARE),
)


@given(st.lists(INTERVENTIONS, min_size=1, max_size=2))
@settings(max_examples=12)
def test_what_lies_outside_the_cone_is_identical(rooms: Run, interventions: list[Intervention]) -> None:
    fork = rooms.fork("T2", interventions)
    found = divergence(rooms, fork)
    assert {one.entity for one in found.cone.entities} <= set(LAB)
    assert {one.entity for one in found.cone.entities}
    assert set(found.cone.timepoints) <= {f"T2:{found.branch}", f"T4:{found.branch}"}
    assert found.unexplained == ()
    said = {dialog.timepoint_id.partition(":")[0]: dialog.turns for dialog in fork.dialogs}
    for dialog in rooms.dialogs:
        if dialog.participants == HALL:
            again = said[dialog.timepoint_id]
            assert [(one.speaker, one.content) for one in dialog.turns] == [(one.speaker, one.content) for one in again]
    assert not {item for who, item in (*found.learned, *found.missed) if who in HALL}


@given(st.sampled_from(["T0", "T1", "T3", "T5"]), INTERVENTIONS)
@settings(max_examples=6)
def test_ids_are_unique_the_graph_has_no_loop_and_the_prefix_is_shared(
    rooms: Run, at: str, intervention: Intervention
) -> None:
    fork = rooms.fork(at, intervention)
    branch = fork.interventions[0].branch
    expected = [one.id if one.index < int(at[1:]) else f"{one.key}:{branch}" for one in rooms.timepoints]
    assert [one.id for one in fork.timepoints] == expected
    assert all(set(one.antecedents) <= set(expected) for one in fork.timepoints)
    assert networkx.is_directed_acyclic_graph(fork.causal_graph)
    entries = [entry.id for entries in fork.log.values() for entry in entries]
    exposures = [one.id for one in fork.exposures]
    turns = [one.turn_id for dialog in fork.dialogs for one in dialog.turns]
    for ids in (entries, exposures, turns):
        assert len(set(ids)) == len(ids)
    assert fork.seed == rooms.seed
    assert fork.parent_run == rooms.run_id
    for moment in rooms.timepoints[: int(at[1:])]:
        assert fork.log[moment.id] == rooms.log[moment.id]


def rows(run: Run, table: str, timepoints: set[str]) -> list[dict[str, Any]]:
    found = run.store.query(f"SELECT * FROM {table} WHERE run_id = ?", (run.run_id,))
    place = "chunk" if table in ("events", "llm_calls") else "timepoint_id"
    left_out = ("run_id", "cost_usd", "cost_source")
    kept = ({key: one[key] for key in one if key not in left_out} for one in found if one[place] in timepoints)
    return sorted(kept, key=repr)


def test_only_calls_after_the_fork_are_made_and_a_fork_is_complete_by_itself(hall: Run) -> None:
    fork = hall.fork("T2", Intervention.state("Rob", valence=-0.6), run_id="sad-rob", branch="sad")
    own = fork.store.query("SELECT count(*) AS n FROM llm_calls WHERE run_id = 'sad-rob' AND chunk IN (?, ?)",
                           ("T2:sad", "plan:T2:sad"))[0]["n"]  # fmt: skip
    assert fork.row["model_calls"] >= own > 0
    assert fork.row["model_calls"] < hall.row["model_calls"] / 2
    assert fork.status == "completed"
    for table in SHARED:
        assert rows(fork, table, {"T0", "T1"}) == rows(hall, table, {"T0", "T1"})
    assert fork.turns == sum(len(one.turns) for one in fork.dialogs)
    assert len(list(fork.training_examples())) == fork.turns
    assert [one.id for one in fork.entities] == [one.id for one in hall.entities]
    stored = fork.store.query("SELECT exposure_id FROM exposure_events WHERE run_id = 'sad-rob'")
    assert {one["exposure_id"] for one in stored} == {one.id for one in fork.exposures}
    assert "M12" in fork.mechanisms
    assert "M12" not in hall.mechanisms
    assert fork.row["cost_usd"] == 0.0


def test_a_fork_is_exported_in_every_format(hall: Run, tmp_path: Any) -> None:
    fork = hall.fork("T1", Intervention.presence("Marta", False), branch="without-marta")
    files = fork.export(tmp_path / "out", formats=["jsonl", "tdf", "sqlite", "csv", "markdown", "fountain"])
    assert all(one.stat().st_size for one in files if one.is_file())


@pytest.fixture(scope="module")
def set_otherwise(hall: Run) -> Run:
    """One fork with something of every kind."""
    wanted = (
        Intervention.state("rob", valence=-0.75, arousal=0.9, energy=22.0),
        Intervention.relationship("Marta", "Ines", trust=-0.8, power=0.4),
        Intervention.exposure("Marta", "the beams over the stage are rotten"),
        Intervention.decision("Ines", "fetch tent"),
    )
    return hall.fork("T1", wanted)


def test_an_intervention_is_in_the_log_as_events_of_the_facets_themselves(set_otherwise: Run) -> None:
    branch = set_otherwise.interventions[0].branch
    emitted = [one.event for one in set_otherwise.log[f"T1:{branch}"] if one.mechanism == "M12"]
    kinds = [type(one) for one in emitted]
    assert {KnowledgeGained, AffectMoved, Rested, BondSet} <= set(kinds)
    known = {entry.id for entries in set_otherwise.log.values() for entry in entries}
    assert all(one.causes and set(one.causes) <= known for one in emitted)
    planned = [entry for entry in set_otherwise.log["plan:T0"] if isinstance(entry.event, InterventionSet)]
    assert [entry.mechanism for entry in planned] == ["M12"]


def at_the_start(run: Run, timepoint_id: str) -> World:
    """The world once M12 has set everything."""
    entries = run.log[timepoint_id]
    last = max(number for number, entry in enumerate(entries) if entry.mechanism == "M12")
    before = dict(run.store.chunk_keys(run.run_id))[timepoint_id]
    return run.world(before.removeprefix("plan:")).fold(run.log[before]).fold(entries[: last + 1])


def test_time_does_not_undo_what_was_set(hall: Run) -> None:
    fork = hall.fork("T1", Intervention.state("rob", valence=-0.75, arousal=0.9))
    [stepped] = [
        one.event for one in fork.log["T1:rob-state"]
        if one.mechanism == "M6" and one.beat < 0 and isinstance(one.event, AffectMoved)
    ]  # fmt: skip
    moves = {name: (valence, arousal) for name, valence, arousal, *_impulses in stepped.moves}
    assert moves["rob"] == (0.0, 0.0)
    assert moves["ines"] != (0.0, 0.0)


def test_values_hold_at_the_start_of_the_moment(set_otherwise: Run) -> None:
    moment = next(one for one in set_otherwise.timepoints if one.key == "T1")
    world = at_the_start(set_otherwise, moment.id)
    assert world[Minds].valence("rob") == pytest.approx(-0.75, abs=1e-5)
    assert world[Minds].arousal("rob") == pytest.approx(0.9, abs=1e-5)
    assert world[Rhythm].energy("rob") == pytest.approx(22.0, abs=0.01)
    assert world[Ties].trust("marta", "ines") == pytest.approx(-0.8, abs=1e-6)
    assert world[Ties].power("marta", "ines") == 0.4
    assert world[Ties].affinity("marta", "ines") == set_otherwise.world("T0")[Ties].affinity("marta", "ines")
    told, decided = (one.item for one in set_otherwise.interventions[0].interventions[2:])
    assert told is not None
    assert decided is not None
    assert told.content == "The beams over the stage are rotten."
    assert told.id in world[Knowledge].holds("marta")
    assert told.id not in world[Knowledge].holds("rob")
    assert world[Knowledge].common(decided.id, moment.present)
    assert decided.content == "Ines decided to fetch the tent on Friday."


def test_a_decision_stands(set_otherwise: Run, hall: Run) -> None:
    moment = next(one for one in set_otherwise.timepoints if one.key == "T1")
    assert moment.question is not None
    assert [one.id for one in moment.question.options] == ["tent"]
    assert moment.circumstance.endswith("Ines decided to fetch the tent on Friday.")
    settled = {one.question: one.option for one in hall.world("T2")[Settlements].scenes}
    other = next(one.id for one in QUESTION.options if one.id != settled["stage"])
    found = divergence(hall, hall.fork("T1", Intervention.decision("Ines", other)))
    assert ("stage", settled["stage"], other) in found.decisions
    assert found.unexplained == ()
    assert {change[0] for change in found.states} == {"ines", "rob", "marta"}


ENTITY = Entity("ines", "Ines")
QUESTION = Question(
    "stage", "Where?",
    (
        Option("hold", "go on in the hall with the stage lights off", "the hall"),
        Option("tent", "fetch the tent on Friday", "the tent"),
        Option("later", "put the concert off by a week", "another date"),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "option"),
    [
        ("tent", "tent"), ("the tent", "tent"), ("fetch tent", "tent"), ("To fetch the tent on Friday", "tent"),
        ("put the concert off", "later"), ("sell the hall", ""), ("the", ""),
    ],
)  # fmt: skip
def test_words_mean_the_option_that_holds_them_all(said: str, option: str) -> None:
    found = resolved(Intervention.decision("Ines", said), Knowable({"ines": ENTITY}, {}, (QUESTION,)))
    assert (found.option, found.question) == (option, "stage" if option else "")
    assert found.item is not None
    assert found.item.content.startswith("Ines decided to ")
    assert bool(found.item.bearing) == bool(option)


@pytest.mark.parametrize("energy", [0.0, 35.0, 100.0])
def test_energy_is_set_as_far_as_the_hour_allows(hall: Run, energy: float) -> None:
    fork = hall.fork("T2", Intervention.state("Ines", energy=energy))
    [rested] = [one.event for one in fork.log[fork.timepoints[-1].id] if one.mechanism == "M12"]
    reached = at_the_start(fork, fork.timepoints[-1].id)[Rhythm].energy("ines")
    assert isinstance(rested, Rested)
    assert reached == pytest.approx(energy, abs=0.01) or energy > reached > 60.0


def test_presence_changes_who_is_there_and_who_witnesses(hall: Run) -> None:
    fork = hall.fork("T1", Intervention.presence("Marta", False))
    moment = fork.timepoints[1]
    assert moment.id == "T1:marta-absent"
    assert "marta" not in moment.present
    assert "Marta is not there." in moment.circumstance
    assert all("marta" not in news.holders for news in moment.news if news.how == "witnessed")
    assert not [one for one in fork.dialogs[1].turns if one.speaker == "marta"]


def test_a_fork_that_stopped_goes_on_to_the_same_end(hall: Run) -> None:
    intervention = Intervention.decision("Ines", "later")
    whole = hall.fork("T1", intervention)
    for stop in (2, 9):
        turns = 0

        def crash(progress: Progress, stop: int = stop) -> None:
            nonlocal turns
            turns += progress.kind == "turn"
            if turns == stop:
                raise RuntimeError

        name = f"stopped-{stop}"
        simulation = Simulation.fork(hall.run_id, hall.store, at="T1", intervention=intervention, fork_id=name)
        with pytest.raises(RuntimeError):
            simulation.run(crash)
        again = Simulation.resume(name, hall.store).run()
        assert again.log == whole.log
        assert again.dialogs == whole.dialogs


def test_a_fork_can_be_forked(hall: Run) -> None:
    first = hall.fork("T1", Intervention.decision("Ines", "later"), branch="later")
    second = first.fork("T2:later", Intervention.state("Marta", arousal=1.0), branch="upset")
    assert [one.id for one in second.timepoints] == ["T0", "T1:later", "T2:upset"]
    assert second.timepoints[2].antecedents == ("T1:later",)
    assert second.parent_run == first.run_id
    assert [one.branch for one in second.interventions] == ["later", "upset"]


def test_a_portal_forks_without_searching_again() -> None:
    run = Simulation.from_template("mars_mission_portal", seed=4, store=RunStore(":memory:")).run()
    fork = run.fork("T4", Intervention.state(run.timepoints[4].present[0], energy=5.0))
    assert [one.key for one in fork.timepoints] == [one.key for one in run.timepoints]
    assert fork.paths == run.paths
    assert divergence(run, fork).unexplained == ()
    actions = {row["action"] for row in fork.store.query(
        "SELECT action FROM llm_calls WHERE run_id = ? AND chunk LIKE '%:%:%'", (fork.run_id,))}  # fmt: skip
    assert not {one for one in actions if one.startswith("PORTAL")}


def test_what_cannot_be_forked_says_why(hall: Run) -> None:
    state = Intervention.state("Rob", valence=0.0)
    with pytest.raises(UnknownNameError, match="timepoint 'T9'"):
        hall.fork("T9", state)
    with pytest.raises(UnknownNameError, match="did you mean 'Rob'"):
        hall.fork("T1", Intervention.state("Robb", valence=0.0))
    with pytest.raises(UsageError, match="at least one"):
        hall.fork("T1", [])
    with pytest.raises(UsageError, match="cannot be the id"):
        hall.fork("T1", state, branch="a b")
    with pytest.raises(RunExistsError):
        hall.fork("T1", state, run_id="hall")
    with pytest.raises(UsageError, match="run_id"):
        hall.fork("T1", state, run_id="last")
    with pytest.raises(UsageError, match="without M12"):
        hall.fork("T1", state, without=["M12"])
    with pytest.raises(UsageError, match="nothing is set otherwise"):
        causal_cone(hall, hall)
    with pytest.raises(UnknownNameError, match="branch"):
        divergence(hall, branch="nowhere")
    with pytest.raises(UsageError, match="compare a run with its fork"):
        causal_cone(hall)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Intervention.state("Rob"), "nothing is set"),
        (lambda: Intervention.state("Rob", valence=1.5), "from -1 to 1, found 1.5"),
        (lambda: Intervention.state("Rob", energy=float("nan")), "from 0 to 100"),
        (lambda: Intervention.relationship("Rob", "Ines"), "nothing is set"),
        (lambda: Intervention.decision("Rob", "  "), "expected words"),
        (lambda: Intervention.exposure("Rob", ""), "expected words"),
    ],
)
def test_an_intervention_that_means_nothing_is_refused(make: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        make()
