"""What sets a scene is true before anybody has spoken, and still reads right when the scene is over; and its times."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import datetime

import pytest

from timepoint_pro.llm.scripted import planning_directed, planning_next, planning_settings
from timepoint_pro.llm.scripted.planning_sight import Sight
from timepoint_pro.modes.clock import Clock
from timepoint_pro.modes.premise import words_of
from timepoint_pro.modes.scenario import SPEAKING_KINDS
from timepoint_pro.modes.staging import DEICTIC
from timepoint_pro.prompts.planning import PersonView, QuestionView, ScenarioView
from timepoint_pro.records.draws import Dice
from timepoint_pro.run import Run
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template

PLAYED = ("jury_room", "shrine", "mars_mission_portal", "orchestra_strike")
LINES = (
    *itertools.chain.from_iterable(planning_settings.OPENINGS.values()),
    *itertools.chain.from_iterable(planning_directed.OPENINGS.values()),
    *planning_settings.LED, *planning_settings.AGREED, *planning_settings.LEFT_OPEN,
    *planning_settings.WITHOUT_QUESTION, *planning_next.FIRST_OPENINGS, *planning_next.AFTER_DECISION,
    *planning_next.AFTER_OPEN, *planning_next.PLAIN_OPENINGS,
)  # fmt: skip
FORESEEN = frozenset(("opens", "speaks", "asks", "begins", "back", "ago", "again", "yesterday"))
"""Words that tell what is only seen in the scene, who was there before, or a distance in time."""


@pytest.fixture(scope="module", params=PLAYED)
def run(request: pytest.FixtureRequest) -> Run:
    return Simulation.from_template(request.param, seed=0, store=":memory:").run()


def seen(leanings: Mapping[str, float]) -> Sight:
    """People with a question before them, leaning so far to its first option."""
    question = QuestionView(
        "stay", "Do we stay?", ("camp",), (("stay", "stay"), ("go", "go")), "", 0,
        tuple((one, "stay", weight) for one, weight in leanings.items()),
    )  # fmt: skip
    people = tuple(PersonView(one, one.title(), "human", "", "", (), "") for one in leanings)
    return Sight.of(ScenarioView("", people, (), (), (question,), ()), 0, ("stay",))


@pytest.mark.parametrize("line", LINES)
def test_every_line_belongs_to_its_own_moment(line: str) -> None:
    assert not DEICTIC.isdisjoint(words_of(line.replace("{", "").replace("}", "")))


ROUNDS = frozenset((*itertools.chain.from_iterable(planning_directed.OPENINGS.values()), *planning_settings.LEFT_OPEN))
"""Lines that come only where something has been before."""


@pytest.mark.parametrize("line", [line for line in LINES if line not in ROUNDS])
def test_no_line_says_who_speaks_or_came_back_or_how_long_ago_it_was(line: str) -> None:
    assert FORESEEN.isdisjoint(words_of(line))


def test_what_is_witnessed_of_a_meeting_names_everyone_who_was_there(run: Run) -> None:
    people = {one.id: one for one in run.entities}
    found = [
        (moment, news.item.content)
        for moment in run.timepoints
        for news in moment.news
        if news.source == "scene" and " met in the " in news.item.content
    ]
    assert found
    for moment, content in found:
        speaking = [people[one].name for one in moment.present if people[one].kind in SPEAKING_KINDS]
        assert all(name in content for name in speaking)


def test_the_way_here_tells_no_distance_that_goes_stale(run: Run) -> None:
    assert not any(" ago" in moment.circumstance.casefold() for moment in run.timepoints)


def test_a_question_is_said_to_be_left_open_only_when_it_was() -> None:
    sight = seen({"ada": 0.9, "ben": -0.4})
    draws = Dice(3, "T0").draws("lines")
    fresh = {planning_settings.closing(sight, {"lead": "Ada"}, (), draws) for _ in range(200)}
    known = {planning_settings.closing(sight, {"lead": "Ada"}, (), draws, left_open=True) for _ in range(200)}
    again = {line.format(topic="camp") for line in planning_settings.LEFT_OPEN}
    assert not fresh & again
    assert known >= again


@pytest.mark.parametrize(
    ("leanings", "pair"),
    [
        ({"ada": 0.9, "ben": 0.8, "cy": -0.7}, {"ada", "cy"}),
        ({"ada": 0.2, "ben": -0.9, "cy": 0.4}, {"ben", "cy"}),
        ({"ada": 0.3, "ben": 0.3, "cy": 0.2}, set()),
    ],
)
def test_those_at_odds_are_those_who_lean_furthest_apart(leanings: Mapping[str, float], pair: set[str]) -> None:
    sight = seen(leanings)
    assert set(sight.furthest(tuple(leanings))) == pair


def clock(**circadian: object) -> Clock:
    made = Template.from_template("convergence/simple").with_changes({"metadata.circadian_config": circadian})
    return Clock.of(made)


def test_where_local_time_is_utc_one_time_is_told() -> None:
    assert clock().stamp(0.0) == "2026-03-02 17:00"
    assert clock().stamp(30.5) == "2026-03-03 23:30"


def test_local_time_stands_before_utc_where_they_differ() -> None:
    # 24 hours after 17:00 a clock of 24.66 hours a day has gone round 24/24.66 of its dial: 16:21.
    assert clock(day_length_hours=24.66).stamp(24.0) == "2026-03-03 16:21 local (17:00 UTC)"


@pytest.mark.parametrize(
    ("offset", "shown", "told"),
    [
        (10, "2026-03-03 03:00 local (2026-03-02 17:00 UTC)", "at 03:00 on 3 March"),
        (-9.5, "2026-03-02 07:30 local (17:00 UTC)", "at 07:30 on 2 March"),
        (14, "2026-03-03 07:00 local (2026-03-02 17:00 UTC)", "at 07:00 on 3 March"),
        (-14, "2026-03-02 03:00 local (17:00 UTC)", "at 03:00 on 2 March"),
    ],
)
def test_the_date_is_that_of_the_place(offset: float, shown: str, told: str) -> None:
    made = clock(utc_offset=offset)
    assert made.stamp(0.0) == shown
    assert made.says(0.0) == told


def test_the_summary_tells_the_time_that_the_people_know(run: Run) -> None:
    made = Clock.of(run.template)
    for moment, shown in zip(run.timepoints, run.summary().moments, strict=True):
        hour = made.says(moment.at).split()[1]
        assert f" {hour}" in shown.when
        datetime.strptime(shown.when[:16], "%Y-%m-%d %H:%M")
