"""Bodies: what they undergo, how that goes on, and what it leaves of the mind."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staged_world import StagedRun, moment

from timepoint_pro.errors import TemplateError
from timepoint_pro.mechanisms.base import Stage
from timepoint_pro.mechanisms.bodies import Bodies, BodiesChanged, ConditionBegan
from timepoint_pro.mechanisms.conditions import KINDS, Condition
from timepoint_pro.mechanisms.inner import capacity_of, items_in_mind
from timepoint_pro.mechanisms.m06_tensor_state import AffectStirred, TensorState
from timepoint_pro.mechanisms.m08_embodied_states import EmbodiedStates
from timepoint_pro.mechanisms.m10_scene import SceneMechanism
from timepoint_pro.mechanisms.m11_dialog import Dialog, breath
from timepoint_pro.mechanisms.m13_relationships import Relationships
from timepoint_pro.mechanisms.m14_circadian import Circadian, EnergySpent
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.ttm import state_of
from timepoint_pro.records.entity import Body, Entity
from timepoint_pro.records.timepoint import Option, Question
from timepoint_pro.records.turn import Turn
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template

PAIR = (Entity("ada", "Ada"), Entity("bo", "Bo"))
ROSTER = {"ada": {"name": "Ada"}, "bo": {"name": "Bo"}}
DRESS = Question("dress", "Do we dress it?", (Option("yes", "dress the wound"), Option("no", "wait")))


def template(constraints: object = None, **metadata: object) -> Template:
    question = {"id": "dress", "text": DRESS.text, "options": [{"id": "yes"}, {"id": "no"}]}
    return Template.from_dict(
        {
            "scenario_description": "A place.",
            "timepoints": {"start_time": "2026-01-01T15:00:00Z"},
            "metadata": {
                "entity_roster": ROSTER, "questions": [question], "embodied_constraints": constraints or {}, **metadata,
            },
        }
    )  # fmt: skip


def staged(source: Template | None = None, people: tuple[Entity, ...] = PAIR) -> StagedRun:
    source, embodied = source or template(), EmbodiedStates()
    mechanisms = [TensorState(sigma=0.0), embodied, SceneMechanism(), Dialog(), Relationships(), Circadian()]
    stage = StagedRun(mechanisms, people, source)
    stage.fold("M8", *embodied.start(source).events)
    return stage


def hurt(stage: StagedRun, severity: float, kind: str = "pain", **more: object) -> None:
    stage.fold("M12", ConditionBegan("ada", kind, Condition(kind, severity, **more)))  # type: ignore[arg-type]


def bodies(stage: StagedRun) -> Bodies:
    return stage.world[Bodies]


def test_golden_capacity_of_pain_illness_and_sleepiness() -> None:
    """2*Phi(-.45*pain - .4*illness - .25*max(0, KSS - 5)) (mechanisms.md, M8)."""
    stage = staged(people=(Entity("ada", "Ada", body=Body(pain=1.0)), Entity("bo", "Bo", body=Body(illness=0.5))))
    assert bodies(stage).capacity("ada", 3.0) == pytest.approx(0.6527, abs=1e-4)
    assert bodies(stage).capacity("bo", 8.0) == pytest.approx(0.3421, abs=1e-4)
    assert bodies(stage).capacity("nobody", 5.0) == 1.0


@settings(max_examples=40)
@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(sorted(KINDS)), st.floats(1, 9))
def test_a_worse_body_never_leaves_more_of_the_mind(less: float, more: float, kind: str, kss: float) -> None:
    less, more = sorted((less, more))
    milder = Bodies().having("ada", kind, Condition(kind, less))
    worse = Bodies().having("ada", kind, Condition(kind, more))
    assert 0.0 < worse.capacity("ada", kss) <= milder.capacity("ada", kss) <= 1.0
    assert worse.capacity("ada", min(9.0, kss + 1.0)) <= worse.capacity("ada", kss)
    for quantity in (worse.pain, worse.illness, worse.fatigue, worse.cold, worse.hunger, worse.isolation):
        assert 0.0 <= quantity("ada") <= 1.0


def test_treated_conditions_heal_by_half_lives_and_untreated_ones_worsen() -> None:
    stage = staged()
    hurt(stage, 0.8, "injury", heals=6.0)
    stage.fold("M12", ConditionBegan("bo", "injury", Condition("injury", 0.2, worsens=6.0, treated=False)))
    for number, at in enumerate((0.0, 6.0)):
        stage.open(moment(number, at))
        stage.stage(Stage.DELIBERATE)
    assert bodies(stage).severity("ada", "injury") == pytest.approx(0.4, abs=1e-5)
    assert bodies(stage).severity("bo", "injury") == pytest.approx(0.6, abs=1e-5)


@settings(max_examples=25)
@given(st.floats(0, 1), st.floats(0.5, 50), st.floats(0.5, 50), st.booleans())
def test_time_in_one_step_or_in_two_changes_a_body_alike(
    severity: float, first: float, second: float, treated: bool
) -> None:
    condition = Condition("injury", severity, heals=9.0, worsens=7.0, treated=treated)
    halfway = severity + condition.change(first)
    after = halfway + Condition("injury", halfway, heals=9.0, worsens=7.0, treated=treated).change(second)
    assert after == pytest.approx(severity + condition.change(first + second), abs=1e-9)
    assert 0.0 <= after <= 1.0


def test_the_template_says_what_begins_when_and_a_decision_treats_it() -> None:
    stage = staged(template({"ada": {"injury": {"severity": 0.5, "begins": 1, "treated": "dress/yes"}, "hunger": 0.3}}))
    assert bodies(stage).hunger("ada") == 0.3
    assert bodies(stage).pain("ada") == pytest.approx(0.03)
    stage.open(moment(0, 0.0))
    stage.stage(Stage.DELIBERATE)
    assert bodies(stage).severity("ada", "injury") == 0.0
    stage.close()
    stage.open(moment(1, 1.0, question=DRESS))
    spent = [one for one in stage.stage(Stage.DELIBERATE) if isinstance(one, EnergySpent)]
    assert bodies(stage).severity("ada", "injury") == 0.5
    assert dict(spent[0].spent)["ada"] > 1.0
    assert not bodies(stage).of("ada")["injury"].treated
    stage.say(Turn("T1.1", "bo", "We dress the wound now.", "close", option="yes"))
    stage.stage(Stage.REFLECT)
    assert bodies(stage).of("ada")["injury"].treated


def test_pain_stirs_and_darkens_those_who_feel_it() -> None:
    stage = staged()
    hurt(stage, 0.7)
    stage.open(moment())
    before = stage.world[Minds]
    (stirred,) = [one for one in stage.stage(Stage.DELIBERATE) if isinstance(one, AffectStirred)]
    assert stirred.reason == "pain"
    assert [one[0] for one in stirred.moves] == ["ada"]
    after = stage.world[Minds]
    assert after.arousal("ada") > before.arousal("ada")
    assert after.valence("ada") < before.valence("ada")
    assert after.arousal("bo") == before.arousal("bo")


def test_a_cold_place_cools_and_a_warm_one_warms_again() -> None:
    places = {"places": {"ice field": {"temperature": -28}, "hut": {"temperature": 20}}}
    stage = staged(template(environment=places))
    levels = []
    for number, place in enumerate(("ice field", "ice field", "hut")):
        stage.open(moment(number, 3.0 * number, location=place))
        stage.stage(Stage.DELIBERATE)
        levels.append(bodies(stage).cold("ada"))
        stage.close()
    assert 0.3 < levels[0] < levels[1] <= 1.0
    assert levels[2] < levels[0]
    assert "cold" in bodies(stage).words("ada")


def test_isolation_heals_in_company_and_worsens_alone() -> None:
    def after(present: tuple[str, ...]) -> float:
        stage = staged(template({"ada": {"isolation": {"severity": 0.5, "treated": False}}}))
        for number in range(2):
            stage.open(moment(number, 6.0 * number, present))
            stage.stage(Stage.DELIBERATE)
        return bodies(stage).isolation("ada")

    assert after(("ada", "bo")) < 0.5 < after(("ada",))


def test_capacity_lowers_breath_items_confidence_and_patience() -> None:
    stage = staged()
    stage.open(moment())
    ada = PAIR[0]
    words, before = breath(stage.world, ada, 12), state_of(stage.world, "ada")
    hurt(stage, 1.0)
    after = state_of(stage.world, "ada")
    assert breath(stage.world, ada, 12) < words
    assert after["confidence"] < before["confidence"]
    assert after["patience"] < before["patience"]
    assert after["pain"] == 1.0
    assert items_in_mind(16, capacity_of(stage.world, "ada")) < 16 == items_in_mind(16, 1.0)
    assert items_in_mind(3, 0.1) == 3


def test_what_a_body_does_stands_in_words() -> None:
    stage = staged(template({"ada": {"injury": {"severity": 0.7, "name": "a torn knee"}, "hunger": 0.1}}))
    assert bodies(stage).words("ada", 7.2) == "a torn knee (badly injured), a little hungry, fighting sleep"
    assert bodies(stage).words("bo") == ""


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        ({"ada": {"injry": 0.4}}, "did you mean 'injury'"),
        ({"ada": {"injury": 1.4}}, r"embodied_constraints\.ada\.injury\.severity: expected a number from 0 to 1"),
        ({"ada": {"injury": [{"severity": 0.2}, {"name": "cut"}]}}, r"injury\[1\]\.severity"),
        ({"ada": {"pain": {"severity": 0.2, "treated": "dress/yess"}}}, "did you mean 'dress/yes'"),
        ({"ada": {"pain": {"severity": 0.2, "begins": -1}}}, r"pain\.begins: expected the index"),
    ],
)
def test_a_condition_that_cannot_be_read_is_named_with_its_path(constraints: object, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        EmbodiedStates().start(template(constraints))


def test_other_words_under_the_open_key_are_left_alone() -> None:
    source = template({"gravity": "a third", "ada": {"spacesuit": True}, "nobody": {"injury": 9}})
    assert EmbodiedStates().start(source).events == ()


def test_the_ward_speaks_shorter_with_its_bodies_than_without_them() -> None:
    def told(without: tuple[str, ...]) -> list[int]:
        run = Simulation.from_template("hospital_crisis", seed=2, store=":memory:", without=without).run()
        words = [len(turn.content.split()) for dialog in run.dialogs for turn in dialog.turns
                 if turn.speaker in ("samuel_brenner", "nadia_farouk")]  # fmt: skip
        return [sum(words), len(words)]

    (with_words, with_turns), (words, turns) = told(()), told(("M8",))
    assert with_words / with_turns < words / turns


def test_changes_are_deltas_and_bounded() -> None:
    start = Bodies().having("ada", "pain", Condition("pain", 0.9))
    assert start.changed(BodiesChanged(1.0, (("ada", "pain", 0.5),))).pain("ada") == 1.0
    assert start.changed(BodiesChanged(1.0, (("ada", "pain", -2.0),))).pain("ada") == 0.0
