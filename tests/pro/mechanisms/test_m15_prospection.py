"""What people expect and fear, what they keep back, and what stays with them."""

from __future__ import annotations

import math
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staged_world import StagedRun, moment

from timepoint_pro.errors import TemplateError
from timepoint_pro.formulas import prospect
from timepoint_pro.mechanisms.base import Stage
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.m03_knowledge_provenance import KnowledgeProvenance
from timepoint_pro.mechanisms.m06_tensor_state import AffectStirred, TensorState
from timepoint_pro.mechanisms.m10_scene import SceneMechanism
from timepoint_pro.mechanisms.m11_dialog import Dialog
from timepoint_pro.mechanisms.m13_relationships import Relationships
from timepoint_pro.mechanisms.m14_circadian import Circadian
from timepoint_pro.mechanisms.m15_prospection import Prospection
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.prospects import Outlook, Prospects, ProspectsFormed, ProspectsLearned
from timepoint_pro.records.entity import Behavior, Bond, Entity
from timepoint_pro.records.timepoint import Option, Question
from timepoint_pro.records.turn import Turn
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template

SELL = Question("sell", "Do we sell?", (Option("yes", "sell", "a sale"), Option("no", "stay", "staying")), ("house",))
FACTS: list[dict[str, Any]] = [
    {"id": "roof", "statement": "The roof of the house will not last the winter.", "handle": "the roof",
     "topic": "house", "known_by": ["ada"], "bearing": {"sell": {"yes": 0.2, "no": -0.4}}},
    {"id": "debt", "statement": "Ada owes the bank nine thousand.", "handle": "the nine thousand", "topic": "money",
     "subject": "ada", "known_by": ["ada"], "bearing": {"sell": {"no": -0.1}}},
    {"id": "well", "statement": "The well gives clean water.", "handle": "the well", "topic": "house",
     "known_by": ["bo"]},
]  # fmt: skip


def template(config: Any = None, lean: float = 1.0) -> Template:
    return Template.from_dict(
        {
            "scenario_description": "A house.",
            "metadata": {
                "entity_roster": {"ada": {"name": "Ada"}, "bo": {"name": "Bo"}},
                "facts": FACTS,
                "questions": [
                    {"id": "sell", "text": SELL.text, "topics": ["house"],
                     "leanings": {"ada": {"no": lean, "yes": -0.6}},
                     "options": [{"id": "yes", "noun": "a sale"}, {"id": "no", "noun": "staying"}]},
                ],
                "prospection_config": config or {},
            },
        }
    )  # fmt: skip


def people(trust: float = 0.0, agreeableness: float = 0.5, **more: Any) -> tuple[Entity, ...]:
    ada = Entity("ada", "Ada", behavior=Behavior(agreeableness=agreeableness), bonds=(Bond("bo", trust=trust),), **more)
    return ada, Entity("bo", "Bo")


def staged(config: Any = None, cast: tuple[Entity, ...] | None = None, lean: float = 1.0, **settings: Any) -> StagedRun:
    source, knowledge = template(config, lean), KnowledgeProvenance()
    mechanisms = [
        knowledge, TensorState(sigma=0.0), SceneMechanism(), Dialog(), Relationships(), Circadian(),
        Prospection(**settings),
    ]  # fmt: skip
    stage = StagedRun(mechanisms, cast or people(), source)
    stage.fold("M3", *knowledge.start(source).events)
    return stage


def look_ahead(stage: StagedRun, number: int = 0, question: Question | None = SELL, **more: Any) -> list[Any]:
    stage.open(moment(number, 2.0 * number, question=question, **more))
    return stage.stage(Stage.DELIBERATE)


def settle(stage: StagedRun, option: str = "no", number: int = 0) -> list[Any]:
    stage.say(Turn(f"T{number}.1", "bo", "That is how we do it, then.", "close", option=option))
    events = stage.stage(Stage.REFLECT)
    stage.close()
    return events


def mind(stage: StagedRun, entity: str = "ada") -> Outlook:
    return stage.world[Prospects].outlook(entity)


def test_golden_weights_and_surprise_reach_feelings() -> None:
    """w(.1) = .186 for gains, .170 for losses, w(.5) = .421 for gains (Tversky, Kahneman 1992)."""
    found = [prospect.weight_gain(0.1), prospect.weight_loss(0.1), prospect.weight_gain(0.5)]
    assert [round(one, 3) for one in found] == [0.186, 0.170, 0.421]
    stage = staged(surprise_gain=2.0)
    look_ahead(stage)
    chance = next(one.probability for one in stage.world[Prospects].expectations("ada") if one.comes_with == "sell/no")
    events = settle(stage)
    learned = next(one for one in events if isinstance(one, ProspectsLearned))
    assert learned.course == "sell/no"
    assert learned.people[0].bits == pytest.approx(-math.log2(chance), abs=1e-5)
    moves = {move[0]: move for one in events if isinstance(one, AffectStirred) for move in one.moves}
    assert moves["ada"][1] > 0.0
    assert moves["ada"][2] > 0.0


@settings(max_examples=30)
@given(st.floats(-1, 1))
def test_courses_have_probabilities_that_sum_to_one_and_own_leaning_raises_its_course(lean: float) -> None:
    stage = staged(lean=lean)
    look_ahead(stage)
    options = {course: chance for course, _, chance, _ in mind(stage).formed.options}
    assert math.fsum(options.values()) == pytest.approx(1.0, abs=1e-5)
    stronger = staged(lean=min(1.0, lean + 0.5))
    look_ahead(stronger)
    after = {course: chance for course, _, chance, _ in mind(stronger).formed.options}
    assert after["sell/no"] >= options["sell/no"]


def test_what_others_have_shown_moves_what_is_expected() -> None:
    stage = staged()
    look_ahead(stage)
    before = mind(stage).formed.options[0][2]
    stage.say(Turn("T0.1", "bo", "I say that we sell the house.", "propose", option="yes"))
    stage.close()
    look_ahead(stage, 1)
    assert mind(stage).formed.options[0][2] > before


def test_less_trust_and_less_agreeableness_keep_back_more() -> None:
    def kept(trust: float, agreeableness: float) -> tuple[str, ...]:
        stage = staged(cast=people(trust, agreeableness))
        look_ahead(stage)
        return mind(stage).formed.withheld

    assert kept(0.6, 0.9) == ()
    assert set(kept(-0.5, 0.2)) == {"roof", "debt"}
    assert len(kept(0.0, 0.4)) >= len(kept(0.4, 0.4))


def test_common_ground_cannot_be_kept_back() -> None:
    stage = staged(cast=people(-0.6, 0.1))
    look_ahead(stage)
    stage.say(Turn("T0.1", "ada", "The roof of the house will not last the winter.", shared=("roof",)))
    stage.close()
    look_ahead(stage, 1)
    assert "roof" not in mind(stage).formed.withheld
    assert "roof" in stage.world[Knowledge].holds("bo")


def test_a_secret_is_kept_until_its_plan_comes_due() -> None:
    plans = [{"if": "well", "then": "debt"}, {"if": "well", "then": "ask Bo to stay"}]
    config = {"ada": {"withholds": ["debt"], "plans": plans}}
    stage = staged(config, people(0.3, 0.9))
    look_ahead(stage)
    assert mind(stage).formed.withheld == ("debt",)
    assert mind(stage).formed.intends == ()
    stage.say(Turn("T0.1", "bo", "The well gives clean water.", shared=("well",)))
    stage.close()
    look_ahead(stage, 1)
    assert mind(stage).formed.withheld == ()
    assert mind(stage).formed.intends == ("ask Bo to stay",)


def test_what_is_kept_back_weighs_until_it_comes_out_and_decays_once_it_is_spoken_of() -> None:
    stage = staged({"ada": {"withholds": ["debt"]}}, (*people(0.0, 0.9)[:1], Entity("bo", "Bo")))
    loads = []
    for number in range(20):
        look_ahead(stage, number, None)
        if not mind(stage).formed.withheld:
            break
        stage.stage(Stage.REFLECT)
        loads.append(mind(stage).load("money"))
        stage.close()
    assert loads == sorted(loads)
    assert 0.85 <= loads[-1] <= 1.0
    assert number < 19
    assert "money" in mind(stage).formed.rumination
    stage.say(Turn(f"T{number}.1", "ada", "Ada owes the bank nine thousand.", shared=("debt",)))
    stage.stage(Stage.REFLECT)
    assert mind(stage).load("money") == pytest.approx(loads[-1] / 2, abs=1e-5)


def test_fears_make_anxious_and_anxiety_stirs() -> None:
    def anxiety(probability: float, days: float) -> float:
        stage = staged({"ada": {"fears": [{"statement": "that it floods", "probability": probability, "days": days}]}})
        look_ahead(stage, question=None)
        return stage.world[Prospects].anxiety("ada")

    assert anxiety(0.2, 1) < anxiety(0.8, 1)
    assert anxiety(0.8, 100) < anxiety(0.8, 1)
    stage = staged({"ada": {"fears": ["that it floods"]}})
    before = stage.world[Minds]
    look_ahead(stage)
    after = stage.world[Minds]
    assert after.arousal("ada") > before.arousal("ada")
    assert after.valence("ada") < before.valence("ada") - 0.05
    assert mind(stage).formed.fears == ("that it floods", "that it comes to a sale")


def test_what_was_expected_is_closed_by_what_comes() -> None:
    expects = [
        {"statement": "that they stay", "probability": 0.1, "value": 0.9, "comes_with": "sell/no"},
        {"statement": "that they sell", "probability": 0.9, "value": -0.9, "comes_with": "sell/yes"},
        {"statement": "that the well is foul", "probability": 0.5, "value": -0.5, "comes_with": "well"},
    ]
    stage = staged({"ada": {"expects": expects}})
    look_ahead(stage)
    events = settle(stage)
    learned = next(one for one in events if isinstance(one, ProspectsLearned)).people[0]
    assert learned.closed == ("that they stay", "that they sell")
    assert learned.bits == pytest.approx(-math.log2(0.1), abs=1e-5)
    assert [one.statement for one in mind(stage).expectations] == ["that the well is foul"]


def test_goals_learn_beta_binomially_from_what_is_decided() -> None:
    stage = staged(cast=people(goals=("keep the house",)))
    look_ahead(stage)
    (goal,) = mind(stage).expectations
    assert goal.statement == "failing to keep the house"
    assert goal.probability == pytest.approx(0.4)
    settle(stage, "yes")
    assert mind(stage).expectations[0].probability == pytest.approx((0.8 + 1.0) / 3.0)
    look_ahead(stage, 1)
    settle(stage, "no", 1)
    assert mind(stage).expectations[0].probability == pytest.approx(1.8 / 4.0)


def test_remarkable_moments_stay_the_strongest_first_and_come_back_by_topic() -> None:
    stage = staged({"ada": {"remembers": [{"text": "the year of the flood", "topic": "house"}]}})
    for number in range(9):
        look_ahead(stage, number, importance=0.9)
        settle(stage, "no", number)
    memories = mind(stage).memories
    assert len(memories) == 6
    assert memories[0].text == "the year of the flood"
    assert [one.strength for one in memories] == sorted((one.strength for one in memories), reverse=True)
    look_ahead(stage, 9)
    assert mind(stage).formed.rumination.endswith("the year of the flood")


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"fear": ["rain"]}, "did you mean 'fears'"),
        ({"withholds": ["rof"]}, "did you mean 'roof'"),
        ({"withholds": "roof"}, "withholds: expected a list"),
        ({"expects": [{"statement": "rain", "value": 3}]}, r"expects\[0\]\.value: expected a number from -1 to 1"),
        ({"expects": [{"value": 0.3}]}, r"expects\[0\]\.statement: expected text"),
        ({"plans": [{"if": "sell/maybe", "then": "roof"}]}, r'the id of a fact, or "question/option"'),
        ({"plans": ["run"]}, r"plans\[0\]: expected an object"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_path(told: Any, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        Prospection().start(template({"ada": told}))


def test_other_words_under_the_open_key_are_left_alone() -> None:
    source = template({"horizon": "a year", "nobody": {"withholds": 3}, "ada": {"colour": "blue"}})
    assert Prospection().start(source).events == ()


def test_the_case_is_told_otherwise_without_prospects_and_alike_with_the_same_seed() -> None:
    def played(without: tuple[str, ...] = ()) -> list[str]:
        run = Simulation.from_template("detective", seed=4, store=":memory:", without=without).run()
        return [turn.content for dialog in run.dialogs for turn in dialog.turns]

    first = played()
    assert first == played()
    assert first != played(("M15",))


def test_nothing_kept_back_is_told_in_the_scene_in_which_it_is_kept() -> None:
    run = Simulation.from_template("detective", seed=4, store=":memory:").run()
    rows = run.store.query("SELECT timepoint_id, body FROM events WHERE type = 'ProspectsFormed'")
    kept = {
        (row["timepoint_id"], one["entity"]): set(one.get("withheld", ()))
        for row in rows
        for one in orjson.loads(row["body"])["people"]
    }
    assert sum(map(len, kept.values())) > 5
    for dialog in run.dialogs:
        for turn in dialog.turns:
            assert not kept[dialog.timepoint_id, turn.speaker] & set(turn.shared)


def test_formed_prospects_hold_only_what_their_owner_recalls() -> None:
    stage = staged(cast=people(-0.6, 0.1))
    (formed, *_) = [one for one in look_ahead(stage) if isinstance(one, ProspectsFormed)]
    for one in formed.people:
        assert set(one.withheld) <= set(stage.world[Knowledge].holds(one.entity))
