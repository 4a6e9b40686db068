"""Words of time in what is told on another day than it was made."""

from __future__ import annotations

import re

import pytest

from timepoint_pro.llm.scripted.redating import redated
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import load

WEDNESDAY = "2026-03-04T09:00:00"
PULSE = "Okafor measured a resting pulse of 96 on Reyes this morning, and it was 61 a month ago."


@pytest.mark.parametrize(
    ("statement", "days", "told"),
    [
        (PULSE, 0, PULSE),
        (PULSE, 1, PULSE.replace("this morning", "yesterday morning")),
        (PULSE, 3, PULSE.replace("this morning", "on Wednesday morning")),
        (PULSE, 9, PULSE.replace("this morning", "on the morning of 4 March")),
        ("The alarm sounded last night.", 1, "The alarm sounded the night before last."),
        ("The alarm sounded last night.", 2, "The alarm sounded on Tuesday night."),
        ("The alarm sounded last night.", 20, "The alarm sounded on the night of 3 March."),
        ("Brenner wrote a dose tonight that Ruth had to correct.", 1,
         "Brenner wrote a dose last night that Ruth had to correct."),
        ("The source told Lindner today that it was him.", 1, "The source told Lindner yesterday that it was him."),
        ("A dent was not there yesterday.", 1, "A dent was not there the day before yesterday."),
        ("Yesterday the pump failed.", 4, "On Tuesday the pump failed."),
        ("Four people asked him this week whether to leave.", 3, "Four people asked him this week whether to leave."),
        ("Four people asked him this week whether to leave.", 7, "Four people asked him last week whether to leave."),
        ("Four people asked him this week whether to leave.", 16,
         "Four people asked him in the week of 2 March whether to leave."),
        ("The CO2 left in the air is 918 ppm at 07:22 on 5 March, 118 ppm above the threshold of 800 ppm.", 1,
         "The CO2 left in the air was 918 ppm at 07:22 on 5 March, 118 ppm above the threshold of 800 ppm."),
        ("The limit is 800 ppm.", 3, "The limit is 800 ppm."),
        ("Chen calibrated the sensor nine days ago.", 2, "Chen calibrated the sensor eleven days ago."),
        ("Chen calibrated the sensor nine days ago.", 9, "Chen calibrated the sensor 18 days ago."),
    ],
)  # fmt: skip
def test_a_word_that_looks_back_is_put_as_of_the_day_of_telling(statement: str, days: int, told: str) -> None:
    assert redated(statement, 0.0, 24.0 * days, WEDNESDAY) == told


@pytest.mark.parametrize(
    "statement",
    [
        "Two buses with lifts are free tonight and booked from tomorrow on.",
        "The guides have a drill in that valley tonight.",
        "The loop takes forty-four minutes this week.",
        "A man by the stairs has a pill for tonight and none for tomorrow.",
        "Lindner said today that the ship sails next week.",
        "The scrubber fan now draws 90 watts more than at landing.",
    ],
)
def test_what_grammar_does_not_make_safe_stays_as_it_is(statement: str) -> None:
    assert redated(statement, 0.0, 72.0, WEDNESDAY) == statement


def test_a_night_is_one_until_five_in_the_morning() -> None:
    statement = "Brenner wrote a dose tonight."
    assert redated(statement, 0.0, 5.5, "2026-03-04T23:00:00") == statement
    assert redated(statement, 0.0, 6.5, "2026-03-04T23:00:00") == "Brenner wrote a dose last night."


def test_without_a_calendar_nothing_changes() -> None:
    assert redated(PULSE, 0.0, 48.0, "") == PULSE


def test_in_a_run_the_pulse_is_of_this_morning_only_on_its_own_day() -> None:
    found = {True: 0, False: 0}
    for seed in range(8):
        run = Simulation(load("showcase/mars_mission_portal"), seed=seed).run()
        for dialog in run.dialogs:
            day = int(dialog.timepoint_id.removeprefix("T"))
            for turn in dialog.turns:
                if re.search(r"pulse of 96 on (?:Reyes|me|you)", turn.content):
                    own_day = day == 3
                    assert ("this morning" in turn.content) == own_day, turn.content
                    found[own_day] += 1
        assert run.item("okafor_reyes_pulse").content == PULSE, "the statement itself is not altered"
    assert min(found.values()) > 0
