"""Forward mode: each moment is proposed from what has happened."""

from __future__ import annotations

import itertools

import pytest
from attrs import evolve
from staged_modes import Run, document, forward, template, with_proposals

from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.modes.forward import Forward, MomentProposed
from timepoint_pro.prompts.base import Sampling
from timepoint_pro.prompts.planning import NextContext, ProposeNext
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template


def test_one_call_a_moment_and_nothing_is_planned_ahead() -> None:
    played = Run(forward(template())).play()
    assert len(played.calls) == len(played.moments) == 4
    for index, (_, prompt) in enumerate(played.calls):
        assert isinstance(prompt, ProposeNext)
        assert [moment.timepoint_id for moment in prompt.context.passed] == [f"T{n}" for n in range(index)]
        assert prompt.context.index == index


def test_counts_before_and_after_add_up_and_shape_importance() -> None:
    made = forward(template(), before_count=2, count=3, after_count=1)
    moments = Run(made).play().moments
    assert len(moments) == Forward.from_template(made).total == 6
    main = moments[3].importance
    assert moments[5].importance < main
    assert moments[0].importance < moments[2].importance


def test_the_planner_hears_how_the_last_question_was_settled() -> None:
    for option, words in (("lower", "Ada decided to lower the lake."), ("hold", "Ada decided to hold the level.")):
        played = Run(
            forward(template()), choose=lambda moment, option=option: option if moment.index == 0 else ""
        ).play()
        assert played.calls[1][1].context.passed[0].settled == words
        assert words.rstrip(".") in played.moments[1].circumstance


def test_the_question_of_a_moment_is_the_one_that_is_due_even_if_the_model_gives_none() -> None:
    change = with_proposals(lambda one: evolve(one, question="", option=""))
    moments = Run(forward(template()), answer=change).play().moments
    assert [moment.question and moment.question.id for moment in moments] == ["level", "inspect", "gate", None]


def test_what_was_proposed_is_kept() -> None:
    played = Run(forward(template())).play()
    proposed = {event.timepoint_id: event.proposal for event in played.events(MomentProposed)}
    assert list(proposed) == [moment.id for moment in played.moments]
    assert all(proposed[moment.id].description in moment.description for moment in played.moments)


@pytest.mark.parametrize(
    ("resolution", "low", "high"),
    [
        ("minute", 0.5 / 60, 1.6 / 60),
        ("hour", 0.5, 1.6),
        ("day", 12, 40),
        ("week", 84, 260),
        ("year", 4380, 13160),
    ],
)
def test_steps_follow_the_resolution(resolution: str, low: float, high: float) -> None:
    made = forward(template(), resolution=resolution, count=5)
    moments = Run(made, seed=8, scene_hours=0.001).play().moments
    gaps = [after.at - before.at for before, after in itertools.pairwise(moments)]
    assert all(low <= gap <= high for gap in gaps)
    assert len(set(gaps)) > 1


def test_days_keep_waking_hours() -> None:
    made = forward(template(), resolution="day", count=12)
    hours = [(8.0 + moment.at) % 24 for moment in Run(made, seed=3).play().moments]
    assert all(7.0 <= hour <= 21.0 for hour in hours)
    assert all(hour * 2 == int(hour * 2) for hour in hours)


def test_fixed_steps_are_kept() -> None:
    made = forward(template(), resolution="hour", count=4).with_changes({"temporal.custom_temporal_steps": [2, 5]})
    assert [moment.at for moment in Run(made).play().moments] == [0.0, 2.0, 7.0, 12.0]


def test_a_moment_never_begins_before_the_last_one_is_over() -> None:
    made = forward(template(), resolution="second", count=4)
    moments = Run(made, scene_hours=0.2).play().moments
    assert all(after.at > before.at + 0.2 for before, after in itertools.pairwise(moments))


class Listening(ScriptedBackend):
    """The built-in model, which remembers what its planner was shown."""

    def __init__(self) -> None:
        self.shown: list[NextContext] = []

    async def complete(self, request: Request, /) -> Completion:
        if isinstance(request.prompt, ProposeNext):
            self.shown.append(request.prompt.context)
        return await super().complete(request)


def test_a_moment_without_a_question_grows_from_what_people_want_and_expect() -> None:
    base = document(3)
    base["temporal"] = {"mode": "forward"}
    base["timepoints"]["count"] = 2
    base["metadata"]["questions"] = []
    base["metadata"]["facts"] = []
    for member in base["metadata"]["entity_roster"].values():
        member["relationships"] = {}
    base["metadata"]["quantitative_tracking"]["lake"]["watched_by"] = ["ben"]
    base["metadata"]["prospection_config"] = {
        "ada": {"expects": [{"statement": "the gate holds through the spring", "value": 0.7}]},
        "cora": {"fears": ["the road washes out"]},
    }
    listening = Listening()
    made = Template.from_dict(base)
    run = Simulation(made, seed=1, store=":memory:", backend=listening, model="scripted").run()
    people = {one.id: one for one in listening.shown[0].scenario.people}
    assert people["ada"].expects == ("expects that the gate holds through the spring",)
    assert people["cora"].expects == ("fears that the road washes out",)
    assert people["ada"].goals
    words = ProposeNext(Sampling(), listening.shown[0]).messages()[1].content
    assert "Cora, keeper; wants to keep the lake full for the summer" in words
    assert "fears that the road washes out" in words
    assert "lake level: 41 m" in words
    assert "the gate holds through the spring" in run.timepoints[0].description
    assert all("go over where things stand" not in one.description for one in run.timepoints)
    readings = [news.item.content for one in run.timepoints for news in one.news if news.source == "instrument"]
    assert all(one.startswith("The lake level is 4") for one in readings)
    strained = base["metadata"]["entity_roster"]["ada"]["relationships"]
    strained["ben"] = {"trust": -0.6}
    tense = Simulation(Template.from_dict(base), seed=1, store=":memory:").run()
    assert "Ada has little trust in Ben" in tense.timepoints[0].description
