"""What holds in every mode: times, ids, people, questions, determinism, and what circumstances may say."""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from staged_modes import PEOPLE, Asked, Run, document, forward, template, with_proposals

from timepoint_pro.errors import MechanismError, TemplateError, UnknownNameError
from timepoint_pro.llm.scripted.planning import answer as scripted
from timepoint_pro.modes.catalogue import MODES, mode_for
from timepoint_pro.modes.premise import CircumstanceCut
from timepoint_pro.modes.readings import QuantityRead
from timepoint_pro.modes.scenario import allot
from timepoint_pro.modes.settlements import SceneSettled
from timepoint_pro.records.codec import Codec, dumps
from timepoint_pro.records.draws import Dice
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.timepoint import Timeline, TimepointPlanned
from timepoint_pro.records.turn import Floor
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template
from timepoint_pro.templates.vocabulary import MODES as NAMES

RESOLUTIONS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
CONFIGURATIONS = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(("forward", "portal")),
        "people": st.integers(1, len(PEOPLE)),
        "moments": st.integers(1, 6),
        "resolution": st.sampled_from(RESOLUTIONS),
        "exploration_mode": st.sampled_from(("reverse_chronological", "oscillating", "adaptive", "random")),
        "path_count": st.integers(1, 3),
        "seed": st.integers(0, 10_000),
        "start": st.sampled_from(("2030-04-01T08:00:00Z", "2030-04-01T23:40:00Z", None)),
        "portal_year": st.sampled_from((None, 2031, 2045)),
    }
)


def configured(config: dict[str, object]) -> Template:
    base = template(
        config["people"],
        backward_steps=config["moments"],
        exploration_mode=config["exploration_mode"],
        path_count=config["path_count"],
        portal_year=config["portal_year"],
    )
    return base.with_changes(
        {
            "temporal.mode": config["mode"],
            "timepoints.count": config["moments"],
            "timepoints.resolution": config["resolution"],
            "timepoints.start_time": config["start"],
        }
    )


@given(CONFIGURATIONS)
@settings(max_examples=40)
def test_moments_follow_one_another_and_are_whole(config: dict[str, object]) -> None:
    made = configured(config)
    played = Run(made, seed=config["seed"]).play()
    moments = played.moments
    expected = config["moments"] + (config["mode"] == "portal")
    assert [moment.id for moment in moments] == [f"T{number}" for number in range(expected)]
    assert [moment.index for moment in moments] == list(range(expected))
    assert moments[0].at == 0.0
    earlier: set[str] = set()
    for before, moment in zip((None, *moments), moments, strict=False):
        assert before is None or moment.at > before.at
        assert set(moment.antecedents) <= earlier
        assert len(moment.antecedents) == (0 if before is None else 1)
        assert 0.0 <= moment.importance <= 1.0
        assert moment.circumstance[0].isupper()
        assert moment.circumstance[-1] in ".?!"
        earlier.add(moment.id)
    planned = {event.timepoint.id for event in played.events(TimepointPlanned)}
    assert planned == {moment.id for moment in moments}


@given(CONFIGURATIONS)
@settings(max_examples=30)
def test_people_are_present_and_everyone_appears(config: dict[str, object]) -> None:
    made = configured(config)
    moments = Run(made, seed=config["seed"]).play().moments
    people = set(made.roster)
    for moment in moments:
        assert min(2, len(people)) <= len(moment.present) <= 6
        assert len(set(moment.present)) == len(moment.present)
        assert set(moment.present) <= people
        if moment.question is not None and moment.question.decides:
            assert moment.question.decides in moment.present
    if len(people) <= 3 * len(moments):
        assert {one for moment in moments for one in moment.present} == people


@given(CONFIGURATIONS)
@settings(max_examples=30)
def test_each_question_comes_once_and_in_order(config: dict[str, object]) -> None:
    made = configured(config)
    moments = Run(made, seed=config["seed"]).play().moments
    asked = [moment.question.id for moment in moments if moment.question is not None]
    due = [one.id for one in made.questions if one.at < len(moments)]
    assert asked == due
    for question in made.questions:
        if question.at < len(moments):
            assert moments[question.at].question.id == question.id


def test_the_same_seed_gives_the_same_log_and_another_seed_another() -> None:
    for made in (template(), forward(template())):
        first, again, other = (repr(Run(made, seed=seed).play().log) for seed in (5, 5, 6))
        assert first == again
        assert first != other


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_log_does_not_hang_on_hash_order(hash_seed: str) -> None:
    code = (
        "from staged_modes import Run, template, forward\n"
        "print([Run(made, seed=3).play().log for made in (template(), forward(template()))])\n"
    )
    here = Path(__file__).parent
    path = os.pathsep.join((str(here), str(here.parents[2])))
    env = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": path}
    printed = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()
    assert printed == repr([Run(made, seed=3).play().log for made in (template(), forward(template()))])


def test_plans_hold_only_declared_events_and_survive_the_codec() -> None:
    for made in (template(coherence_threshold=0.97), forward(template())):
        mode = mode_for(made)
        played = Run(made, seed=1, choose=lambda moment: moment.question.options[-1].id).play()
        codec = Codec.of(mode.emits)
        plans = [entry for entry in played.log if entry.timepoint_id.startswith("plan")]
        assert plans
        for entry in plans:
            assert type(entry.event) in mode.emits
            assert codec.event(type(entry.event).__name__, dumps(entry.event)) == entry.event


@pytest.mark.parametrize("mode", ["portal", "forward"])
def test_news_are_facts_when_they_enter_readings_and_what_is_witnessed(mode: str) -> None:
    made = template().with_changes({"temporal.mode": mode})
    moments = Run(made, seed=2).play().moments
    entered = {news.item.id: (moment.index, news.holders) for moment in moments for news in moment.news}
    assert entered["crack"] == (1, ("ada",))
    assert entered["stiff"] == (2, ("dev",))
    assert entered["rain"] == (3, ("*",))
    assert "seep" not in entered
    for moment in moments:
        seen = [news for news in moment.news if news.how == "witnessed" and news.source == "scene"]
        assert [news.holders for news in seen] == [moment.present]
        assert seen[0].item.content.endswith((".", "?", "!"))
        readings = [news for news in moment.news if news.item.content.startswith("The lake level is")]
        assert [news.holders for news in readings] == [("dev",)]
        assert readings[0].item.handle.endswith(" m reading")
        assert "the threshold of 42 m" in readings[0].item.content


def test_readings_drift_from_the_last_one() -> None:
    played = Run(forward(template(), count=6), seed=4).play()
    readings = played.events(QuantityRead)
    assert [event.at for event in readings] == [moment.at for moment in played.moments]
    assert readings[0].value == 41.0
    for before, after in itertools.pairwise(readings):
        hours = after.at - before.at
        assert abs(after.value - before.value - 0.02 * hours) < 6 * 0.01 * hours**0.5
        assert after.value - before.value != 0.02 * hours


def test_a_scene_that_was_not_settled_is_recorded_as_open() -> None:
    settled = Run(forward(template()), choose=lambda moment: "").play().events(SceneSettled)
    assert [(event.timepoint_id, event.option) for event in settled] == [("T0", ""), ("T1", ""), ("T2", "")]
    assert "left open" in Run(forward(template()), choose=lambda moment: "").play().calls[1][1].messages()[1].content


@pytest.mark.parametrize("mode", ["portal", "forward"])
@pytest.mark.parametrize(
    "leak",
    [
        "Everyone has heard about the seep.",
        "Water seeps through the left wing wall, four litres a minute.",
        "The gate motor drew double its rated current.",
    ],
)
def test_a_circumstance_that_tells_a_private_fact_is_cut_and_recorded(mode: str, leak: str) -> None:
    made = template().with_changes({"temporal.mode": mode})
    change = with_proposals(lambda one: evolve(one, circumstance=f"{leak} The lamps are on in the control room."))
    played = Run(made, answer=change).play()
    for moment in played.moments[: made.timepoints.count]:
        assert leak not in moment.circumstance
        assert "The lamps are on" in moment.circumstance
    assert all("private fact" in event.because for event in played.events(CircumstanceCut))


def test_a_circumstance_with_nothing_left_becomes_a_plain_one() -> None:
    change = with_proposals(lambda one: evolve(one, circumstance="Everyone has heard about the seep."))
    moments = Run(forward(template()), answer=change).play().moments
    assert moments[0].circumstance.startswith("Ada")
    assert "control room" in moments[0].circumstance
    assert moments[0].question.text not in moments[0].circumstance


def test_questions_without_a_place_are_spread_over_the_free_moments() -> None:
    made = document()
    for question, place in zip(made["metadata"]["questions"], (None, 2, None), strict=True):
        question["at"] = place
    assert allot(Template.from_dict(made).questions, 5) == (("level",), (), ("inspect",), ("gate",), ())


def test_every_mode_that_a_template_may_name_is_there() -> None:
    assert set(MODES) == set(NAMES)
    with pytest.raises(UnknownNameError, match="did you mean 'forward'"):
        mode_for(template(), "foward")
    assert mode_for(template(), "forward").name == "forward"


def test_a_portal_without_an_outcome_is_a_template_error() -> None:
    with pytest.raises(TemplateError, match=r"\$.temporal.portal_description"):
        mode_for(template(portal_description=None))


def test_a_plan_needs_people() -> None:
    made = forward(template())
    mode = mode_for(made)
    world = World((Timeline(), Cast(), Floor(), *mode.start(made).facets))
    with pytest.raises(MechanismError, match="nobody exists"):
        asyncio.run(mode.plan(world, Asked(Dice(0, "plan"), scripted, [])))


@pytest.mark.parametrize("mode", ["portal", "forward"])
def test_a_circumstance_does_not_repeat_the_question(mode: str) -> None:
    for seed in range(4):
        moments = Run(template().with_changes({"temporal.mode": mode}), seed=seed).play().moments
        told = [moment.circumstance for moment in moments]
        assert len(set(told)) == len(told)
        for moment in moments[:-1]:
            if moment.question is not None:
                assert moment.question.text not in moment.circumstance
                assert moment.question.options[0].label not in moment.circumstance or "decided" in moment.circumstance
