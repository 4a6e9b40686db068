"""Forward mode: each moment is proposed from what has happened."""

from __future__ import annotations

import itertools

import pytest
from attrs import evolve
from staged_modes import Run, forward, template, with_proposals

from timepoint_pro.modes.forward import Forward, MomentProposed
from timepoint_pro.prompts.planning import ProposeNext


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
