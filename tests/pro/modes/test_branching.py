"""Branching mode: a trunk and its branches, in one run."""

from __future__ import annotations

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staged_modes import document

from timepoint_pro.engine.progress import Progress
from timepoint_pro.errors import MechanismError
from timepoint_pro.evaluation.counterfactual import divergence
from timepoint_pro.mechanisms.interventions import Intervention
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template

POINT = {
    "timepoint": 1,
    "trigger": "The river rises by a metre overnight.",
    "branches": {
        "now": {"label": "inspect the wall at once"},
        "dry": {"label": "The keepers wait", "question": "inspect", "option": "later"},
        "storm": {"label": "A storm", "description": "A storm takes the road to the village."},
    },
}


def made(*points: object, people: int = 4, count: int = 3, **temporal: object) -> Template:
    base = document(people)
    base["temporal"] = {"mode": "branching", **temporal}
    base["timepoints"]["count"] = count
    base["metadata"]["branching_points"] = list(points)
    return Template.from_dict(base)


def simulate(template: Template, seed: int = 2, store: RunStore | None = None, **arguments: str) -> Run:
    return Simulation(template, seed=seed, store=store or RunStore(":memory:"), **arguments).run()  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def compared() -> Run:
    return simulate(made(POINT, enable_counterfactuals=True))


def test_each_branch_of_a_point_is_played_beside_the_trunk(compared: Run) -> None:
    branches = ("now", "dry", "storm")
    expected = ["T0", "T1", "T2", *(f"{key}:{branch}" for branch in branches for key in ("T1", "T2"))]
    assert sorted(one.id for one in compared.timepoints) == sorted(expected)
    assert {one.path for one in compared.timepoints} == {"main", *branches}
    assert compared.ends == tuple(one.id for one in compared.timepoints if one.key == "T2")
    for one in compared.timepoints:
        branch = one.id.partition(":")[2]
        assert one.antecedents == {
            0: (), 1: ("T0",), 2: (f"T1:{branch}" if branch else "T1",),
        }[one.index]  # fmt: skip
        if one.key == "T1":
            assert one.circumstance.startswith("The river rises by a metre overnight.")
    assert networkx.is_directed_acyclic_graph(compared.causal_graph)


def test_a_branch_is_a_decision_where_it_means_an_option_and_an_event_elsewhere(compared: Run) -> None:
    made_of = {one.branch: [(each.kind, each.option) for each in one.interventions] for one in compared.interventions}
    assert made_of == {
        "now": [("decision", "now")], "dry": [("decision", "later")], "storm": [("exposure", "")],
    }  # fmt: skip
    at = {one.id: one for one in compared.timepoints}
    assert "A storm takes the road to the village." in at["T1:storm"].circumstance
    item = compared.interventions[2].interventions[0].item
    assert item is not None
    holders = compared.who_knows(item.id, at="T2:storm")
    assert set(at["T1:storm"].present) <= set(holders)
    assert compared.who_knows(item.id) == ()
    assert [edge for edge in compared.causal_graph.edges if set(edge) & {"T1:now"} and "T1:dry" in edge] == []


def test_paths_tell_their_outcome_and_the_main_path_is_the_trunk(compared: Run) -> None:
    paths = {one.path_id: one for one in compared.paths}
    assert set(paths) == {"main", "now", "dry", "storm"}
    assert [one.path_id for one in compared.paths if one.chosen] == ["main"]
    assert paths["now"].details["outcome"]["inspect"] == "now"
    assert paths["dry"].details["outcome"]["inspect"] == "later"
    assert paths["dry"].details["label"] == "The keepers wait"
    assert paths["dry"].details["timepoints"] == ["T0", "T1:dry", "T2:dry"]
    assert paths["dry"].details["divergence_points"] == ["T1:dry"]
    assert all(0.0 <= one.score <= 1.0 for one in compared.paths)
    assert compared.state("ada").timepoint_id == "T2"
    assert compared.state("ada", at="T2:dry") != compared.state("ada")


def test_branches_are_compared_with_the_trunk(compared: Run) -> None:
    for branch in ("now", "dry", "storm"):
        found = divergence(compared, branch=branch)
        assert found.unexplained == ()
        assert found.branch == branch
        assert "T0" not in found.cone.timepoints


def test_without_counterfactuals_the_trunk_ends_at_its_last_point() -> None:
    later = {"timepoint": "T2", "branches": ["test the gate", "skip the test"]}
    run = simulate(made(POINT, later, count=4))
    assert {one.id for one in run.timepoints if one.path == "main"} == {"T0", "T1"}
    assert [one.path_id for one in run.paths if one.chosen] == ["test-the-gate"]
    assert run.state("ada").timepoint_id == "T3:test-the-gate"
    assert len(run.paths) == 5


def test_a_point_may_stand_at_a_day() -> None:
    run = simulate(made({"day": 2, "branches": {"storm": {"label": "A storm takes the road."}}}))
    assert [one.id for one in run.timepoints] == ["T0", "T1:storm", "T2:storm"]


@given(st.integers(1, 6), st.booleans(), st.integers(0, 3))
@settings(max_examples=5)
def test_branches_are_proposed_where_none_are_given(wanted: int, compares: bool, seed: int) -> None:
    run = simulate(made(path_count=wanted, enable_counterfactuals=compares, count=2), seed)
    branches = [one.branch for one in run.interventions]
    assert len(set(branches)) == len(branches) == wanted
    assert [one.interventions[0].kind for one in run.interventions][:2] == ["decision", "decision"][:wanted]
    ids = [one.id for one in run.timepoints]
    assert len(ids) == len(set(ids)) == 1 + wanted + compares
    entries = [entry.id for entries in run.log.values() for entry in entries]
    assert len(entries) == len(set(entries))
    assert sum(one.chosen for one in run.paths) == 1
    assert len(list(run.training_examples(deduplication_threshold=0))) == run.turns


def test_a_stopped_run_goes_on_to_the_same_branches() -> None:
    template = made(POINT)
    store = RunStore(":memory:")
    whole = simulate(template, store=store)
    for stop in (3, 25):
        turns = 0

        def crash(progress: Progress, stop: int = stop) -> None:
            nonlocal turns
            turns += progress.kind == "turn"
            if turns == stop:
                raise RuntimeError

        with pytest.raises(RuntimeError):
            Simulation(template, seed=2, store=store, run_id=f"stopped-{stop}").run(crash)
        again = Simulation.resume(f"stopped-{stop}", store).run()
        assert dict(again.log) == dict(whole.log)
        assert again.dialogs == whole.dialogs


def test_a_branch_can_be_forked(compared: Run) -> None:
    fork = compared.fork("T2:dry", Intervention.state("ada", valence=-1.0), branch="low")
    assert [one.id for one in fork.timepoints] == ["T0", "T1:dry", "T2:low"]
    assert [(one.path_id, one.chosen) for one in fork.paths] == [("low", True)]


def test_branching_without_m12_says_what_to_do() -> None:
    with pytest.raises(MechanismError, match="needs M12"):
        Simulation(made(POINT), store=":memory:", without=["M12"]).run()


def test_the_shipped_templates_branch() -> None:
    for name in ("castaway_colony_branching", "vc_pitch_branching"):
        template = Template.from_template(name)
        changed = template.with_changes({"timepoints.count": 3})
        run = simulate(changed, seed=1)
        assert len(run.interventions) == len(template.branching_points[0].branches)
        assert all(one.interventions[0].kind == "decision" for one in run.interventions)
        assert not run.violations
