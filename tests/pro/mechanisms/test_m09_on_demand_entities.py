"""Who comes into being beyond the roster, under which name, and who does not."""

from __future__ import annotations

import asyncio
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.errors import BudgetReachedError, TemplateError
from timepoint_pro.llm.scripted.population import describe, roles_of
from timepoint_pro.mechanisms.base import Reply, Stage
from timepoint_pro.mechanisms.catalogue import assemble
from timepoint_pro.mechanisms.m05_resolution import QueryDrivenResolution
from timepoint_pro.mechanisms.m09_on_demand_entities import OnDemandEntities, Origins, ReferenceRefused
from timepoint_pro.mechanisms.newcomers import Setting, rest_of
from timepoint_pro.mechanisms.references import fault_of, references_in
from timepoint_pro.mechanisms.violations import ViolationFound
from timepoint_pro.prompts.base import Sampling
from timepoint_pro.prompts.population import DescribeEntity, Newcomer
from timepoint_pro.records.codec import to_plain
from timepoint_pro.records.draws import Dice, Draws
from timepoint_pro.records.entity import Cast, Entity, EntityAsked, EntityIntroduced
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.knowledge import Item
from timepoint_pro.records.timepoint import News, PresenceSet, Timeline, Timepoint, TimepointOpened
from timepoint_pro.records.world import World
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template, load

COLONY = {"scenario_description": "Survivors of a shipwreck on an island.", "entities": {"count": 3}}
PAIR = (Entity("webb", "Ada Webb", role="captain"), Entity("bo", "Bo"))


class Answering:
    """A context whose model is the built-in one, or gives a fixed answer."""

    stage, attempt = Stage.PLAN, 0

    def __init__(self, answer: Newcomer | None = None) -> None:
        self.answer, self.asked = answer, []  # type: ignore[var-annotated]
        self.dice = Dice(1, "T0")

    def rng(self, *key: str) -> Draws:
        return self.dice.draws("M9", *key)

    async def ask(self, prompt: Any, *key: str) -> Reply[Any]:
        self.asked.append(prompt)
        found = self.answer or describe(prompt.context, Draws("/".join(key).encode()))
        assert prompt.check(found) is None
        return Reply(found, "call", "scripted")


def world_of(timepoint: Timepoint, asked: tuple[str, ...] = (), document: dict[str, Any] = COLONY) -> World:
    setting = Setting.of(Template.from_dict(document))
    events: list[Event] = [EntityIntroduced(one) for one in PAIR]
    events += [TimepointOpened(timepoint), *(EntityAsked(one) for one in asked)]
    world = World([Cast(), Timeline(), Origins(setting)])
    return fold(world, events, "engine")


def fold(world: World, events: list[Event], code: str = "M9") -> World:
    return world.fold([Entry(f"T0#{place}", "T0", 0.0, -1, code, event) for place, event in enumerate(events)])


def moment(**more: Any) -> Timepoint:
    return Timepoint("T0", "T0", 0, 0.0, **{"present": ("webb", "bo"), **more})


def played(world: World, mechanism: OnDemandEntities | None = None, context: Answering | None = None) -> list[Event]:
    return list(asyncio.run((mechanism or OnDemandEntities())(world, context or Answering())))


@given(st.integers(1, 120), st.sampled_from(["mars habitat crew", "trial before a court", "a street at noon"]))
def test_the_rest_is_as_many_as_counted_and_no_two_share_an_id_or_name(count: int, scenario: str) -> None:
    template = Template.from_dict({"scenario_description": scenario, "entities": {"count": count}})
    people = list(rest_of(template))
    assert len(people) == count
    assert len({one.id for one in people}) == len({one.name for one in people}) == count
    assert people == list(rest_of(template))
    assert {one.role for one in people} <= {role for role, _ in roles_of(scenario)}
    assert all(one.goals and one.archetype is not None and 0 < one.body.age < 100 for one in people)


def test_people_differ_in_calling_temper_and_way_of_arguing() -> None:
    people = list(rest_of(Template.from_dict({**COLONY, "entities": {"count": 60}})))
    assert len({one.role for one in people}) >= 8
    assert len({one.archetype.id for one in people if one.archetype}) >= 4
    assert len({one.behavior for one in people}) == 60
    assert len({one.traits for one in people}) >= 10


def test_kinds_follow_the_template_in_turn() -> None:
    document = {"scenario_description": "A farm.", "entities": {"count": 4, "types": ["human", "animal"]}}
    assert [one.kind for one in rest_of(Template.from_dict(document))] == ["human", "animal", "human", "animal"]


def test_a_run_without_a_roster_plays_with_made_up_people_and_their_cause() -> None:
    run = Simulation(Template.from_dict(COLONY), store=":memory:", seed=1).run()
    introduced = [one for one in run.log["start"] if isinstance(one.event, EntityIntroduced)]
    assert [one.mechanism for one in introduced] == ["M9"] * 3
    assert all("3 take part" in one.event.reason for one in introduced)
    assert run.status == "completed"
    assert "M9" in run.mechanisms


def test_a_numbered_holder_of_a_fact_is_made_up_under_that_id() -> None:
    fact = {"id": "key", "statement": "The side door of the hall has no lock.", "known_by": ["attendee_47"]}
    document = {
        "scenario_description": "A conference.", "entities": {"count": 50}, "timepoints": {"count": 2},
        "metadata": {"facts": [fact]},
    }  # fmt: skip
    run = Simulation(Template.from_dict(document), store=":memory:", seed=1).run()
    assert len(run.entities) == 50
    assert "key" in {one.id for one in run.knows("attendee_47")}
    document["entities"] = {"count": 40}
    with pytest.raises(TemplateError, match=r"known_by\[0\]"):
        Template.from_dict(document)


def test_somebody_present_who_does_not_exist_comes_into_being_with_a_cause() -> None:
    world = world_of(moment(present=("webb", "attendee_47")))
    events = played(world)
    assert [type(one) for one in events] == [EntityIntroduced]
    made = events[0]
    assert isinstance(made, EntityIntroduced)
    assert made.entity.id == "attendee_47"
    assert made.entity.role in dict(roles_of("island castaway"))
    assert "those present in T0" in made.reason
    assert made.causes == (world[Origins].opening,)
    assert played(fold(world, events)) == []


def test_references_are_found_where_they_stand() -> None:
    news = News(Item("k1", "The well is dry."), ("*", "bo", "runner_2"))
    found = references_in(
        moment(circumstance="Dr. Lena Fischer and Captain Webb wait; attendee_12 asks for water.", news=(news,)),
        fold(World([Cast()]), [EntityIntroduced(one) for one in PAIR])[Cast],
        ("Ada Webb", "bo", "the night porter"),
    )
    assert [(one.text, one.source) for one in found] == [
        ("runner_2", "those who learn the news of T0"),
        ("attendee_12", "the circumstance of T0"),
        ("Dr. Lena Fischer", "the circumstance of T0"),
        ("the night porter", "a question of the user's"),
    ]


def test_a_name_and_a_calling_in_the_words_are_kept() -> None:
    events = played(world_of(moment(circumstance="Dr. Lena Fischer comes in."), ("night_porter",)))
    people = [one.entity for one in events if isinstance(one, EntityIntroduced)]
    assert [(one.id, one.name, one.role) for one in people if one.role == "doctor"] == [
        ("dr_lena_fischer", "Dr. Lena Fischer", "doctor")
    ]
    assert [one.role for one in people if one.id == "night_porter"] == ["night porter"]


@pytest.mark.parametrize("text", ["", "../etc", "x" * 70, "<b>", "\n"])
def test_what_is_no_name_is_refused_and_taken_off_the_list(text: str) -> None:
    assert fault_of(text)
    context = Answering()
    world = world_of(moment(present=("webb", text, "bo")))
    events = played(world, context=context)
    assert [type(one) for one in events] == [ReferenceRefused, ViolationFound, PresenceSet]
    assert isinstance(events[1], ViolationFound)
    assert events[1].violation.rule == "existence"
    after = fold(world, events)
    assert after[Timeline].current.present == ("webb", "bo")
    assert context.asked == []


def test_a_model_may_say_that_the_scenario_cannot_hold_them_and_is_asked_once() -> None:
    context = Answering(Newcomer(False, "no dragon lives on this island"))
    world = world_of(moment(), ("the dragon",))
    events = played(world, context=context)
    assert [type(one) for one in events] == [ReferenceRefused, ViolationFound]
    assert isinstance(events[1], ViolationFound)
    assert "no dragon lives" in events[1].violation.explanation
    again = fold(fold(world, events), [TimepointOpened(moment()), EntityAsked("the dragon")], "engine")
    assert played(again, context=context) == []
    assert len(context.asked) == 1


def test_no_more_than_most_come_into_being() -> None:
    present = ("webb", *(f"guest_{number}" for number in range(1, 5)))
    events = played(world_of(moment(present=present)), OnDemandEntities(most=3))
    assert [type(one) for one in events].count(EntityIntroduced) == 3
    assert isinstance(events[-1], PresenceSet)
    assert events[-1].present == present[:-1]


def test_the_prompt_bounds_and_checks_its_answer() -> None:
    setting = Setting.of(Template.from_dict(COLONY))
    context = setting.context("guest_1", "those present in T0", PAIR, {"ada webb", "bo"})
    prompt = DescribeEntity(Sampling(), context)
    good = describe(context, Draws(b"1"))
    assert prompt.check(good) is None
    plain = {"archetype": "", **to_plain(good), "kind": "human"}
    jsonschema.validate(plain, prompt.schema())
    text = "\n".join(one.content for one in prompt.messages())
    assert "guest_1" in text
    assert "Ada Webb, captain" in text
    assert "shipwreck" in text
    taken = Newcomer(True, "a guest", "Bo", goals=("stay",))
    assert "somebody else bears" in (prompt.check(taken) or "")
    assert "goals is empty" in (prompt.check(Newcomer(True, "a guest", "Cy")) or "")
    assert "kind is 'ghost'" in (prompt.check(Newcomer(True, "a guest", "Cy", "ghost", goals=("stay",))) or "")
    assert "reason is empty" in (prompt.check(Newcomer(False, " ")) or "")


def test_a_question_about_nobody_is_answered_when_the_run_goes_on() -> None:
    store = RunStore(":memory:")
    template = load("convergence/simple").with_changes(
        {"temporal.token_budget_mode": "hard", "temporal.token_budget": 9000}
    )
    with pytest.raises(BudgetReachedError):
        Simulation(template, seed=4, store=store, run_id="capped").run()
    assert store.load("capped").ask_about("the caretaker") is None
    more = [QueryDrivenResolution(token_budget=10**6)]
    run = Simulation.resume("capped", store, mechanisms=more, accept_changes=True).run()
    made = [
        one.event for entries in run.log.values() for one in entries
        if isinstance(one.event, EntityIntroduced) and one.mechanism == "M9"
    ]  # fmt: skip
    assert len(made) == 1
    assert "a question of the user's" in made[0].reason
    assert run.entities[-1] == made[0].entity


def test_m9_comes_before_m5_among_those_that_plan() -> None:
    ordered = sorted(assemble(), key=lambda one: one.spec.order)
    plan = [one.spec.code for one in ordered if Stage.PLAN in one.spec.stages]
    assert plan.index("M9") < plan.index("M5")
