"""How feelings drift, and what a turn does to them."""

from __future__ import annotations

import math
from statistics import correlation, fmean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staged_world import StagedRun, moment

from timepoint_pro.formulas.opinion import Opinion
from timepoint_pro.mechanisms.appraisal import TONE_PLACES, Appraisal, circumstance_impulse, surprise_impulse
from timepoint_pro.mechanisms.base import Stage
from timepoint_pro.mechanisms.knowledge import ItemStated, KnowledgeGained
from timepoint_pro.mechanisms.m06_tensor_state import AffectMoved, AffectStirred, Minds, TensorState
from timepoint_pro.mechanisms.m13_relationships import Relationships
from timepoint_pro.records.codec import Codec, dumps
from timepoint_pro.records.entity import Behavior, Bond, Entity
from timepoint_pro.records.knowledge import Exposure, Item
from timepoint_pro.records.timepoint import Option, Question
from timepoint_pro.records.turn import TONES, Turn
from timepoint_pro.templates import Template

CROWD = [f"p{n}" for n in range(3000)]
STILL = TensorState(sigma=0.0)


def played(hours: list[float], names: list[str], push: float = 0.0) -> StagedRun:
    """Average people who are seen at these hours; ``push`` is added to their valence at the first."""
    stage = StagedRun([TensorState(), Relationships()], [Entity(name, name) for name in names])
    for number, hour in enumerate(hours):
        stage.open(moment(number, hour, names))
        if number == 0:
            stage.fold("M12", AffectStirred("intervention", tuple((name, push, 0.0) for name in names)))
        stage.close()
    return stage


def valences(stage: StagedRun, names: list[str]) -> list[float]:
    return [stage.world[Minds].latent(name).valence for name in names]


def test_the_average_person_follows_the_golden_process() -> None:
    """Half-life 2 h: theta .3466, lag-1 h correlation .707, innovation sd .177 (mechanisms.md; Kuppens 2010)."""
    temper = Minds().temper_of(Behavior())
    assert temper.valence_theta == pytest.approx(0.3466, abs=5e-5)
    before, after = played([0.0], CROWD), played([0.0, 1.0], CROWD)
    first, second = valences(before, CROWD), valences(after, CROWD)
    assert stdev(first) == pytest.approx(0.25, abs=0.01)
    assert correlation(first, second) == pytest.approx(0.707, abs=0.03)
    kept = math.exp(-temper.valence_theta)
    innovations = [b - temper.valence_mu - kept * (a - temper.valence_mu) for a, b in zip(first, second, strict=True)]
    assert stdev(innovations) == pytest.approx(0.177, abs=0.007)


def test_six_steps_of_one_hour_are_one_step_of_six() -> None:
    """Step-size invariance, mean and variance, through the mechanism itself (mechanisms.md, M6)."""
    once = valences(played([0.0, 6.0], CROWD, push=2.0), CROWD)
    often = valences(played([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], CROWD, push=2.0), CROWD)
    expected = 0.1 + 2.0 * 2.0**-3
    assert fmean(once) == pytest.approx(expected, abs=0.02)
    assert fmean(often) == pytest.approx(fmean(once), abs=0.02)
    assert stdev(often) == pytest.approx(stdev(once), abs=0.012)


def test_whoever_is_absent_is_stepped_when_they_come_back() -> None:
    stage = StagedRun([TensorState(sigma=0.0), Relationships()], [Entity("ada", "Ada"), Entity("bo", "Bo")])
    stage.open(moment(0, 0.0))
    stage.fold("M12", AffectStirred("intervention", (("ada", 0.8, 0.0), ("bo", 0.8, 0.0))))
    stage.close()
    stage.open(moment(1, 2.0, ["ada"]))
    assert stage.world[Minds].valence("ada") == pytest.approx(0.5, abs=1e-6)
    assert stage.world[Minds].valence("bo") == pytest.approx(0.9)
    stage.close()
    stage.open(moment(2, 4.0))
    assert stage.world[Minds].valence("bo") == pytest.approx(stage.world[Minds].valence("ada"), abs=2e-6)


def test_temperament_sets_the_resting_state_with_the_cited_signs() -> None:
    """Costa, McCrae 1980; Eysenck 1967; Eid, Diener 1999; Suls, Green, Hillis 1998."""
    temper_of = Minds().temper_of
    average, outgoing, nervous = Behavior(), Behavior(extraversion=0.9), Behavior(neuroticism=0.9)
    assert temper_of(outgoing).valence_mu > temper_of(average).valence_mu > temper_of(nervous).valence_mu
    assert temper_of(nervous).arousal_mu > temper_of(average).arousal_mu
    assert temper_of(nervous).valence_sigma > temper_of(average).valence_sigma
    assert temper_of(nervous).valence_theta < temper_of(average).valence_theta


def test_a_newcomer_does_not_change_what_others_draw() -> None:
    pair, trio = Entity("ada", "Ada"), Entity("bo", "Bo")
    alone = StagedRun([TensorState(), Relationships()], [pair, trio])
    joined = StagedRun([TensorState(), Relationships()], [pair, trio, Entity("cy", "Cy")])
    alone.open(moment(0, 0.0, ["ada", "bo"]))
    joined.open(moment(0, 0.0, ["cy", "ada", "bo"]))
    for name in ("ada", "bo"):
        assert alone.world[Minds].latent(name) == joined.world[Minds].latent(name)


def spoken(turn: Turn, *, trust: float = 0.0, leanings: dict[str, float] | None = None) -> dict[str, tuple[float, ...]]:
    """The impulses of ``turn``, said to "bo" (addressed) while "cy" overhears, without chance; by entity."""
    people = [
        Entity("ada", "Ada"), Entity("bo", "Bo", bonds=(Bond("ada", trust=trust),)),
        Entity("cy", "Cy", bonds=(Bond("ada", trust=trust),)),
    ]  # fmt: skip
    question = {"id": "q", "text": "Go?", "options": [{"id": "go"}, {"id": "stay"}], "leanings": {"bo": leanings or {}}}
    roster = {person.id: {} for person in people}
    metadata = {"questions": [question], "entity_roster": roster}
    template = Template(scenario_description="Three people.", metadata=metadata)
    stage = StagedRun([STILL, Relationships()], people, template)
    asked = Question("q", "Go?", (Option("go", "go"), Option("stay", "stay")))
    stage.open(moment(0, 0.0, ["ada", "bo", "cy"], question=asked))
    first = Turn("T0.1", "bo", "I am not sure.", addressed_to=("ada",))
    stage.say(first)
    moved = next(event for event in stage.say(turn) if isinstance(event, AffectMoved))
    return {name: (valence, arousal) for name, _, _, valence, arousal, _ in moved.moves}


def test_an_angry_turn_hurts_the_trusting_addressee_most() -> None:
    angry = Turn("T0.2", "ada", "Enough.", tone="angry", addressed_to=("bo",))
    trusting, wary = spoken(angry, trust=0.8), spoken(angry, trust=-0.8)
    assert trusting["bo"][0] < wary["bo"][0] < 0 < wary["bo"][1]
    assert trusting["bo"][0] < trusting["cy"][0] < 0


def test_support_lifts_and_opposition_hurts_the_one_it_answers() -> None:
    by_act = {
        act: spoken(Turn("T0.2", "ada", "Well.", act=act, reply_to="T0.1", addressed_to=("bo",)))
        for act in ("support", "oppose", "shift", "inform")
    }
    assert by_act["support"]["bo"][0] > 0 == by_act["inform"]["bo"][0]
    assert by_act["oppose"]["bo"][0] < by_act["shift"]["bo"][0] < 0
    assert by_act["oppose"]["bo"][1] > 0
    assert by_act["oppose"]["cy"] == (0.0, 0.0)


def test_speaking_for_what_the_listener_wants_is_pleasant() -> None:
    turn = Turn("T0.2", "ada", "We go.", act="propose", option="go")
    assert spoken(turn, leanings={"go": 0.8})["bo"][0] > 0 > spoken(turn, leanings={"go": -0.8})["bo"][0]
    against = Turn("T0.2", "ada", "We do not.", act="oppose", option="go")
    assert spoken(against, leanings={"go": -0.8})["bo"][0] > 0


def test_speaking_relieves_the_speaker() -> None:
    assert spoken(Turn("T0.2", "ada", "So be it."))["ada"] == (0.0, -0.02)


def test_news_arouses_the_one_to_whom_it_is_new() -> None:
    stage = StagedRun([STILL, Relationships()], [Entity(name, name) for name in ("ada", "bo", "cy")])
    stage.open(moment(0, 0.0, ["ada", "bo", "cy"]))
    at = stage.world[Minds].latent("bo").at + 12.0 / 3600.0
    news = KnowledgeGained(
        at, (Exposure("x", "bo", "k1", "told", "ada", "T0", at, 0.9),), (Opinion(0.9, 0.0, 0.1),), "ada", ("k1",)
    )
    stated = ItemStated(Item("k1", "It leaks.", importance=0.9))
    events = stage.say(Turn("T0.1", "ada", "It leaks.", shared=("k1",)), learn=(stated, news))
    impulses = {name: (arousal, why) for name, _, _, _, arousal, why in events[0].moves}  # type: ignore[attr-defined]
    assert impulses["bo"][0] > 0.03
    assert impulses["bo"][1] == "news"
    assert impulses["cy"] == (0.0, "")


@given(st.sampled_from(TONES), st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 1))
def test_no_tone_draws_a_listener_past_its_place(tone: str, valence: float, arousal: float, trust: float) -> None:
    appraisal, place = Appraisal(tone), TONE_PLACES[tone]  # type: ignore[index,arg-type]
    for _ in range(40):
        push, stir, _ = appraisal.impulse(valence, arousal, trust=trust, addressed=True)
        for change, before, aim in ((push, valence, place[0]), (stir, arousal, place[1])):
            assert change == 0.0 or (abs(aim - before - change) <= abs(aim - before) and change * aim > 0)
        valence, arousal = valence + push, arousal + stir


@settings(max_examples=30)
@given(st.lists(st.floats(-3, 3), min_size=1, max_size=6))
def test_what_is_felt_has_no_bounds_and_what_shows_has(pushes: list[float]) -> None:
    stage = StagedRun([STILL], [Entity("ada", "Ada")])
    for push in pushes:
        stage.fold("M12", AffectStirred("intervention", (("ada", push, push),)))
    minds = stage.world[Minds]
    assert minds.latent("ada").valence == pytest.approx(0.1 + math.fsum(pushes))
    assert -1.0 <= minds.valence("ada") <= 1.0
    assert 0.0 <= minds.arousal("ada") <= 1.0


def test_buildings_feel_nothing() -> None:
    stage = StagedRun([TensorState(), Relationships()], [Entity("ada", "Ada"), Entity("hall", "Hall", kind="building")])
    moved = stage.open(moment(0, 0.0, ["ada", "hall"]))[0]
    assert [name for name, *_ in moved.moves] == ["ada"]  # type: ignore[attr-defined]
    assert stage.world[Minds].valence("hall") == 0.0
    assert "hall" not in stage.world[Minds]


def test_surprise_is_felt_in_bits_and_by_what_it_means() -> None:
    assert surprise_impulse(1.0, -1.0) == (0.0, 0.0)
    mild, strong = surprise_impulse(0.5, -1.0), surprise_impulse(0.125, -1.0)
    assert strong == pytest.approx((3 * mild[0], 3 * mild[1]))
    assert surprise_impulse(0.5, 1.0)[0] > 0


def test_it_says_the_same_twice_leaves_the_world_alone_and_names_its_cause() -> None:
    def fresh() -> StagedRun:
        stage = StagedRun([TensorState(), Relationships()], [Entity("ada", "Ada"), Entity("bo", "Bo")], seed=7)
        stage.open(moment())
        return stage

    one, other = fresh(), fresh()
    before = one.world[Minds]
    turn = Turn("T0.1", "ada", "Good morning to you.", tone="warm")
    assert one.say(turn) == other.say(turn)
    assert before == fresh().world[Minds]
    assert one.log == other.log
    moved = [event for event in one.log if isinstance(event, AffectMoved)]
    assert moved[0].causes == ("e#2",)
    assert moved[1].causes == ("e#5",)
    for event in moved:
        assert Codec.of([AffectMoved]).event("AffectMoved", dumps(event)) == event


def test_a_silent_beat_moves_nobody() -> None:
    stage = StagedRun([TensorState(), Relationships()], [Entity("ada", "Ada"), Entity("bo", "Bo")])
    stage.open(moment())
    assert stage.stage(Stage.SETTLE) == []


@pytest.mark.parametrize("wrong", [{"valence_half_life": 0.0}, {"arousal_half_life": -1.0}, {"sigma": -0.1}])
def test_a_configuration_out_of_range_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        TensorState(**wrong)


@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_a_circumstance_moves_towards_what_it_is_and_stays_on_the_scale(circumstance: float, valence: float) -> None:
    push, stir = circumstance_impulse(circumstance, valence)
    assert push * circumstance >= 0.0
    assert -1.0 <= valence + push <= 1.0
    assert stir == pytest.approx(0.3 * abs(circumstance))


def test_a_bad_circumstance_has_its_golden_value() -> None:
    assert circumstance_impulse(-0.8, 0.1) == pytest.approx((-0.4, 0.24))
    assert circumstance_impulse(0.5, 0.6) == pytest.approx((0.1, 0.15))
