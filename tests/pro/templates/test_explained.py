"""What is said of a template before it runs, and how much it may take."""

from __future__ import annotations

from typing import Any

import pytest

from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template, estimate, explain


def template(**changes: Any) -> Template:
    return Template.from_dict({"scenario_description": "x"}).with_changes(changes)


def said(**changes: Any) -> str:
    return "\n".join(explain(template(**changes)))


def test_an_empty_template_is_told_what_it_lacks() -> None:
    lines = said()
    for words in ("forward mode", "5 moments", "4 take part: 4 made up by the run", "no facts", "no questions"):
        assert words in lines


def test_people_facts_and_questions_are_counted() -> None:
    lines = said(**{
        "metadata.entity_roster": {"Ada": {"role": "warden"}, "Ben": {}},
        "metadata.facts": [
            {"statement": "A.", "known_by": ["Ada"]}, {"statement": "B.", "known_by": ["*"]},
            {"statement": "C.", "known_by": ["Ada"], "enters": 1, "bearing": {"q": {"a": 0.5}}},
        ],
        "metadata.questions": [
            {"id": "q", "text": "Go?", "at": 1, "decides": "Ada", "options": [{"id": "a", "label": "go"}, {"id": "b"}]}
        ],
    })  # fmt: skip
    assert "2 take part: Ada (warden), Ben (human)" in lines
    assert "3 facts: 2 from the start (1 known to everyone), 1 that come up later; 2 known to one person only" in lines
    assert "Ben knows nothing of their own" in lines
    assert "moment 1: Go? (go / b; Ada decides; 1 fact bears on it)" in lines


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"temporal.mode": "portal", "temporal.portal_description": "The end."}, "outcome: The end."),
        ({"temporal.mode": "branching", "temporal.path_count": 2}, "parts in the middle, 2 ways"),
        ({"temporal.custom_temporal_steps": [1.5, 2]}, "in steps of 1.5, 2 "),
        ({"language": "ar"}, "language ar: a text model is asked to speak it"),
        ({"language": "ja"}, "in English sentences"),
        ({"outputs.formats": ["tdf"]}, "writes tdf"),
    ],
)
def test_what_is_particular_is_said(changes: dict[str, Any], words: str) -> None:
    assert words in said(**changes)


@pytest.mark.parametrize("language", ["en", "en-GB", "EN"])
def test_english_needs_no_word(language: str) -> None:
    assert "language" not in said(language=language)


def test_the_estimate_counts_what_each_mode_plays() -> None:
    assert estimate(template(**{"timepoints.count": 3})) == (33, 36)
    branching = {"temporal.mode": "branching", "timepoints.count": 4}
    points = [{"timepoint": 2, "branches": ["a", "b"]}]
    assert estimate(template(**branching, **{"metadata.branching_points": points})) == (88, 96)
    assert estimate(template(**branching, **{"temporal.path_count": 3})) == (110, 120)
    assert estimate(template(**{"temporal.mode": "portal", "temporal.backward_steps": 2})) == (33, 45)


def test_the_estimate_is_near_what_a_run_has() -> None:
    hall = Template.from_template("convergence/simple")
    run = Simulation(hall, seed=5, store=":memory:").run()
    turns, calls = estimate(hall)
    assert 0.6 * turns <= run.turns <= 1.4 * turns
    assert 0.6 * calls <= run.cost.calls <= 1.4 * calls
