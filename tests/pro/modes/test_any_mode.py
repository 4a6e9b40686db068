"""Any template in any mode: what the mode lacks is derived from the template, or the error says what is missing."""

from __future__ import annotations

from typing import Any

import pytest
from staged_modes import document

from timepoint_pro.errors import TemplateError, UnknownNameError
from timepoint_pro.modes.catalogue import MODES, derived_for, in_mode
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template

SIMPLE = "convergence/simple"


@pytest.mark.parametrize("mode", sorted(MODES))
@pytest.mark.parametrize("name", [SIMPLE, "mars_mission_portal", "castaway_colony_branching"])
def test_shipped_templates_take_every_mode(name: str, mode: str) -> None:
    template = in_mode(Template.from_template(name), mode)
    assert template.temporal.mode == mode
    assert Simulation(template).mode.name == mode
    if name == SIMPLE:
        store = RunStore(":memory:")
        run = Simulation.from_template(name, mode=mode, seed=3, store=store).run()
        assert run.status == "completed"
        assert run.mode == mode
        assert run.turns
        assert not [one for one in run.violations if one.severity == "hard"]
        assert run.template == template


def bare(**metadata: Any) -> Template:
    return Template.from_dict({"scenario_description": "Two people wait.", "metadata": metadata})


def test_a_portal_ends_in_what_the_last_question_comes_to() -> None:
    base = document()
    base["temporal"] = {"mode": "forward"}
    for fact in base["metadata"]["facts"]:
        fact.pop("leads_to")
    base["metadata"]["questions"][2].update({"decides": "ben", "leanings": {"ben": {"skip": 0.4, "test": -0.1}}})
    facts = base["metadata"]["facts"]
    facts[3]["bearing"] = {"gate": {"skip": 0.5}}
    made = in_mode(Template.from_dict(base), "portal")
    assert made.temporal.portal_description == "Ben has decided to skip the test."
    assert made.portal["decided"] == {"gate": "skip"}
    assert made.temporal.backward_steps == 4
    assert [fact.leads_to for fact in made.facts if fact.leads_to] == [("outcome",)]
    assert next(fact for fact in made.facts if fact.leads_to).statement == facts[3]["statement"]
    run = Simulation(made, seed=1, store=":memory:").run()
    *before, last = run.timepoints
    assert last.circumstance.endswith("Ben has decided to skip the test.")
    assert last.question is None
    assert "gate" in [one.question.id for one in before if one.question]
    assert not any("decided to skip the test" in one.circumstance for one in before)


def test_a_scene_that_decides_otherwise_than_the_outcome_says_is_overtaken() -> None:
    outcomes = set()
    for option in ("lower", "hold"):
        base = document(backward_steps=1, portal_description="The lake is settled.")
        base["metadata"]["portal"] = {"decided": {"level": option}}
        run = Simulation(Template.from_dict(base), seed=1, store=":memory:").run()
        marks = [one.event for one in run.log["plan:T0"] if type(one.event).__name__ == "CoherenceMarked"]
        outcomes.add(len(marks))
        assert [(mark.timepoint_id, mark.needed) for mark in marks] in ([], [("T1", option)])
    assert outcomes == {0, 1}


def test_without_questions_a_drifting_quantity_passes_its_threshold() -> None:
    tank = {"label": "water in the tank", "unit": "litres", "initial": 900, "threshold": 200, "per_hour": -6}
    still = {"label": "pressure", "initial": 1.0, "threshold": 2.0}
    made = in_mode(bare(quantitative_tracking={"pressure": still, "tank": tank}), "portal")
    assert made.temporal.portal_description == "The water in the tank has gone below 200 litres."
    with pytest.raises(TemplateError, match="neither a question nor a quantity") as error:
        in_mode(bare(quantitative_tracking={"pressure": still}), "portal")
    assert [one.path for one in error.value.problems] == ["$.temporal.portal_description"]


def test_what_the_template_states_stays() -> None:
    mars = Template.from_template("mars_mission_portal")
    assert derived_for(mars, "portal") == {}
    assert in_mode(mars, "portal") is mars
    assert in_mode(mars, "forward").timepoints.count == mars.moments
    stated = bare().with_changes({"temporal.portal_description": "The lamp goes out.", "temporal.backward_steps": 2})
    made = in_mode(stated, "portal")
    assert (made.temporal.portal_description, made.temporal.backward_steps) == ("The lamp goes out.", 2)
    off = bare().with_changes({"temporal.enable_counterfactuals": False})
    assert not in_mode(off, "branching").temporal.enable_counterfactuals
    assert in_mode(bare(), "branching").temporal.enable_counterfactuals


@pytest.mark.parametrize(
    ("decided", "where"),
    [
        ("skip", "$.metadata.portal.decided"),
        ({"nothing": "skip"}, "$.metadata.portal.decided"),
        ({"gate": "paint"}, "$.metadata.portal.decided.gate"),
    ],
)
def test_a_decided_outcome_is_checked(decided: object, where: str) -> None:
    base = document()
    base["metadata"]["portal"] = {"decided": decided}
    with pytest.raises(TemplateError) as error:
        Simulation(Template.from_dict(base))
    assert error.value.problems[0].path == where


def test_an_unknown_mode_is_named() -> None:
    with pytest.raises(UnknownNameError, match="forwards"):
        Simulation(bare(), mode="forwards")


def test_a_run_in_another_mode_can_be_resumed_and_forked() -> None:
    store = RunStore(":memory:")
    played = 0

    def stop(progress: Any) -> None:
        nonlocal played
        played += progress.kind == "closed"
        if played == 2:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        Simulation.from_template(SIMPLE, mode="portal", seed=3, store=store, run_id="stopped").run(stop)
    whole = Simulation.from_template(SIMPLE, mode="portal", seed=3, store=store, run_id="whole").run()
    assert dict(Simulation.resume("stopped", store).run().log) == dict(whole.log)
