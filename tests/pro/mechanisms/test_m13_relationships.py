"""Trust, liking and belief, as turns move them."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staged_world import StagedRun, moment

from timepoint_pro.formulas.influence import fixed_point
from timepoint_pro.formulas.opinion import Opinion
from timepoint_pro.mechanisms.knowledge import ItemStated, Knowledge, KnowledgeGained
from timepoint_pro.mechanisms.m13_relationships import (
    BondSet,
    Relationships,
    Ties,
    TiesMoved,
    contradictions,
    shared_knowledge,
)
from timepoint_pro.records.codec import Codec, dumps
from timepoint_pro.records.entity import Behavior, Bond, Entity
from timepoint_pro.records.knowledge import Exposure, Item
from timepoint_pro.records.timepoint import Option, Question
from timepoint_pro.records.turn import Turn
from timepoint_pro.templates import Template

GO = Question("q", "Go?", (Option("go", "go"), Option("stay", "stay")))
NAMES = ("ada", "bo", "cy")


def staged(
    *, bonds: dict[str, tuple[Bond, ...]] | None = None, leanings: dict[str, dict[str, float]] | None = None,
    mechanism: Relationships | None = None, behavior: Behavior | None = None,
) -> StagedRun:  # fmt: skip
    behavior = behavior or Behavior()
    people = [Entity(name, name, bonds=(bonds or {}).get(name, ()), behavior=behavior) for name in NAMES]
    question = {"id": "q", "text": "Go?", "options": [{"id": "go"}, {"id": "stay"}], "leanings": leanings or {}}
    metadata = {"questions": [question], "entity_roster": {name: {} for name in NAMES}}
    template = Template(scenario_description="Three.", metadata=metadata)
    stage = StagedRun([mechanism or Relationships()], people, template)
    stage.open(moment(0, 0.0, NAMES, question=GO))
    return stage


def turn(number: int, speaker: str, **more: object) -> Turn:
    return Turn(f"T0.{number}", speaker, "Some words.", **more)  # type: ignore[arg-type]


def test_the_template_is_a_prior_and_unknown_pairs_are_neutral() -> None:
    ties = staged(bonds={"ada": (Bond("bo", "mentor", 0.3, 0.2, 0.5),)}).world[Ties]
    assert ties.trust("ada", "bo") == pytest.approx(0.3)
    assert (ties.kind("ada", "bo"), ties.affinity("ada", "bo"), ties.power("ada", "bo")) == ("mentor", 0.2, 0.5)
    assert (ties.kind("bo", "ada"), ties.trust("bo", "ada"), ties.power("bo", "ada")) == ("mentee", 0.0, -0.5)
    assert (ties.trust("bo", "cy"), ties.affinity("bo", "cy"), ties.interactions("bo", "cy")) == (0.0, 0.0, 0)
    assert ties.known_pairs() == (("ada", "bo"), ("bo", "ada"))


def test_what_the_other_side_states_stands() -> None:
    bonds = {"ada": (Bond("bo", "rival", -0.4, power=0.2),), "bo": (Bond("ada", "colleague", 0.6, power=0.1),)}
    ties = staged(bonds=bonds).world[Ties]
    assert (ties.kind("ada", "bo"), ties.kind("bo", "ada")) == ("rival", "colleague")
    assert (ties.trust("bo", "ada"), ties.power("bo", "ada")) == (pytest.approx(0.6), 0.1)


def test_golden_reputation_ten_good_then_a_betrayal() -> None:
    """Jøsang, Ismail 2002: lambda .95 a step, forget then add: ten good .900, one betrayal .742 (mechanisms.md)."""
    step = 1.0
    half_life_days = -step / 24.0 / log2(0.95)
    stage = staged(mechanism=Relationships(half_life_days=half_life_days))
    for number in range(10):
        stage.fold("M13", TiesMoved(number * step, (("ada", "bo", 1.0, 0.0, 0.0, 1),)))
    assert stage.world[Ties].confidence("ada", "bo") == pytest.approx(0.9, abs=5e-4)
    stage.fold("M13", TiesMoved(10 * step, (("ada", "bo", 0.0, 2.0, 0.0, 1),)))
    assert stage.world[Ties].confidence("ada", "bo") == pytest.approx(0.742, abs=5e-4)


def test_evidence_fades_in_story_time_back_to_the_prior() -> None:
    stage = staged(bonds={"ada": (Bond("bo", trust=-0.2),)})
    stage.fold("M13", TiesMoved(0.0, (("ada", "bo", 2.0, 0.0, 0.0, 1),)))
    fresh = stage.world[Ties].trust("ada", "bo")
    stage.close()
    stage.open(moment(1, 60.0 * 24.0, NAMES))
    half = stage.world[Ties].trust("ada", "bo")
    stage.close()
    stage.open(moment(2, 3000.0 * 24.0, NAMES))
    assert fresh == pytest.approx(2 * (2 + 0.8) / 4 - 1)
    assert half == pytest.approx(2 * (1 + 0.8) / 3 - 1)
    assert stage.world[Ties].trust("ada", "bo") == pytest.approx(-0.2, abs=1e-9)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0, 500), st.floats(0, 3), st.floats(0, 3), st.floats(-1, 1)), max_size=8))
def test_whatever_happens_trust_and_liking_stay_in_bounds(happened: list[tuple[float, float, float, float]]) -> None:
    stage, at = staged(bonds={"ada": (Bond("bo", trust=0.9, affinity=0.9),)}), 0.0
    for hours, good, bad, affinity in happened:
        at += hours
        stage.fold("M13", TiesMoved(at, (("ada", "bo", good, bad, affinity, 1),)))
        ties = stage.world[Ties]
        assert -1.0 <= ties.trust("ada", "bo") <= 1.0
        assert -1.0 <= ties.affinity("ada", "bo") <= 1.0
    assert stage.world[Ties].interactions("ada", "bo") == len(happened)


def test_being_upheld_builds_trust_and_being_dismissed_costs_more() -> None:
    after = {}
    for act in ("support", "oppose", "shift", "inform"):
        stage = staged()
        stage.say(turn(1, "bo"))
        stage.say(turn(2, "ada", act=act, reply_to="T0.1"))
        after[act] = stage.world[Ties]
    assert after["support"].trust("bo", "ada") > 0 == after["inform"].trust("bo", "ada")
    assert after["shift"].trust("bo", "ada") < after["oppose"].trust("bo", "ada") < 0
    assert -after["shift"].trust("bo", "ada") > after["support"].trust("bo", "ada")
    assert after["support"].trust("ada", "bo") == 0 == after["support"].trust("cy", "ada")
    assert after["support"].interactions("ada", "bo") == after["support"].interactions("bo", "ada") == 1
    assert after["support"].interactions("cy", "ada") == 0


def told(stage: StagedRun, opinion: Opinion, *, before: bool) -> Ties:
    """Ties after "ada" told "bo" an item, which "bo" held already where ``before``."""
    at = 12.0 / 3600.0
    item = Item("k1", "The pump leaks.", importance=0.8)
    earlier = Exposure("x0", "bo", "k1", "initial", "briefing", "T0", 0.0, 0.5)
    heard = Exposure("x1", "bo", "k1", "told", "ada", "T0", at, 0.8)
    exposures = (earlier, heard) if before else (heard,)
    gained = KnowledgeGained(at, exposures, (opinion,) * len(exposures), "ada", ("k1",), (), ("ada", "bo"))
    stage.say(turn(1, "ada", shared=("k1",), addressed_to=("bo",)), learn=(ItemStated(item), gained))
    return stage.world[Ties]


def test_news_builds_trust_and_old_news_does_not() -> None:
    sure = Opinion(0.9, 0.0, 0.1)
    assert told(staged(), sure, before=False).trust("bo", "ada") > 0.05
    assert told(staged(), sure, before=True).trust("bo", "ada") == 0.0


def test_telling_somebody_what_they_hold_to_be_untrue_costs_trust() -> None:
    assert told(staged(), Opinion(0.05, 0.9, 0.05), before=True).trust("bo", "ada") < -0.1


def test_going_back_on_ones_word_costs_trust_unless_it_is_owned_up_to() -> None:
    trust = {}
    for act in ("oppose", "concede"):
        stage = staged()
        stage.say(turn(1, "ada", act="propose", option="go" if act == "oppose" else "stay"))
        if act == "concede":
            stage.say(turn(2, "ada", act="oppose", option="go"))
        stage.say(turn(3, "ada", act=act, option="go"))
        trust[act] = stage.world[Ties].trust("cy", "ada")
    assert trust["oppose"] < -0.1
    assert trust["concede"] == 0.0


def test_tone_moves_liking_of_the_addressee_most() -> None:
    stage = staged()
    stage.say(turn(1, "ada", tone="warm", addressed_to=("bo",)))
    ties = stage.world[Ties]
    assert ties.affinity("bo", "ada") > ties.affinity("cy", "ada") > 0 == ties.affinity("ada", "bo")


def test_who_hears_a_proposal_moves_towards_it_by_trust() -> None:
    stage = staged(bonds={"bo": (Bond("ada", trust=0.8),), "cy": (Bond("ada", trust=-0.8),)})
    stage.say(turn(1, "ada", act="propose", option="go"))
    ties = stage.world[Ties]
    assert ties.belief("ada", "q/go") == pytest.approx(0.75)
    assert ties.belief("bo", "q/go") > ties.belief("cy", "q/go") > 0 == ties.belief("bo", "q/stay")


def test_repeated_advocacy_ends_at_the_fixed_point_of_friedkin_and_johnsen() -> None:
    """(I - L*W)^-1 (I - L) y0 (Friedkin, Johnsen 1990), with a speaker who does not move."""
    stage = staged(leanings={"bo": {"go": -0.6}})
    for number in range(40):
        stage.say(turn(number, "ada", act="propose", option="go"))
    weight = 0.3 * 0.5
    expected = fixed_point([[1.0, 0.0], [weight, 1.0 - weight]], [0.0, 0.65], [0.75, -0.6])[1]
    assert stage.world[Ties].belief("bo", "q/go") == pytest.approx(expected, abs=1e-4)


def test_the_agreeable_are_easier_to_persuade() -> None:
    def moved(agreeableness: float) -> float:
        stage = staged(behavior=Behavior(agreeableness=agreeableness))
        stage.say(turn(1, "ada", act="propose", option="go"))
        return stage.world[Ties].belief("bo", "q/go")

    assert moved(0.9) > moved(0.1) > 0


def test_opposite_opinions_are_listed_for_options_and_items() -> None:
    stage = staged(leanings={"ada": {"go": 0.8}, "bo": {"go": -0.5}, "cy": {"go": 0.1}})
    item = Item("k1", "The pump leaks.")
    exposures = tuple(Exposure(f"x{name}", name, "k1", "initial", "briefing", "T0", 0.0, 0.5) for name in ("ada", "bo"))
    views = (Opinion(0.9, 0.0, 0.1), Opinion(0.0, 0.9, 0.1))
    stage.fold("M3", ItemStated(item), KnowledgeGained(0.0, exposures, views))
    found = contradictions(stage.world)
    assert [(one.matter, one.for_it, one.against_it) for one in found] == [("q/go", "ada", "bo"), ("k1", "ada", "bo")]
    assert found[0].gap == pytest.approx(1.3)
    assert stage.world[Ties].contradictions == found[:1]
    assert shared_knowledge(stage.world[Knowledge], "ada", "bo") == ("k1",)
    assert shared_knowledge(stage.world[Knowledge], "ada", "cy") == ()


def test_an_intervention_restates_a_bond() -> None:
    stage = staged(bonds={"ada": (Bond("bo", trust=0.8),)})
    stage.fold("M13", TiesMoved(0.0, (("ada", "bo", 0.0, 3.0, -0.5, 2),)))
    stage.fold("M12", BondSet("ada", Bond("bo", "rival", -0.5, -0.3)))
    ties = stage.world[Ties]
    assert (ties.kind("ada", "bo"), ties.trust("ada", "bo")) == ("rival", pytest.approx(-0.5))
    assert (ties.affinity("ada", "bo"), ties.interactions("ada", "bo")) == (-0.3, 2)


def test_it_says_the_same_twice_and_names_its_cause() -> None:
    def played() -> StagedRun:
        stage = staged()
        stage.say(turn(1, "bo", act="propose", option="go", tone="hopeful"))
        stage.say(turn(2, "ada", act="oppose", option="go", reply_to="T0.1", tone="tense"))
        return stage

    one, other = played(), played()
    assert one.log == other.log
    assert one.world[Ties] == other.world[Ties]
    moved = [event for event in one.log if isinstance(event, TiesMoved)]
    assert [event.causes for event in moved] == [("e#5",), ("e#8",)]
    assert Codec.of([TiesMoved]).event("TiesMoved", dumps(moved[1])) == moved[1]


@pytest.mark.parametrize("wrong", [{"half_life_days": 0.0}, {"persuasion": 1.5}, {"bad_weight": -1.0}])
def test_a_configuration_out_of_range_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Relationships(**wrong)
