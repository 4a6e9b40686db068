"""Courses of a template in another language, as English sentences name them."""

from __future__ import annotations

import re

import pytest

from timepoint_pro import Run, Simulation
from timepoint_pro.modes.settlements import course
from timepoint_pro.records.language import is_english
from timepoint_pro.records.timepoint import Option
from timepoint_pro.templates import load


@pytest.fixture(scope="module")
def foreign() -> Run:
    """A run of a template that is said to be in another language; its words can stay as they are."""
    template = load("showcase/board_meeting").with_changes({"language": "de"})
    return Simulation(template, seed=2, store=":memory:").run()


def test_language_tags() -> None:
    assert [is_english(tag) for tag in ("en", "en-GB", "EN_us", "enm", "de", "ja")] == [True] * 3 + [False] * 3


def test_in_another_language_a_course_is_quoted_wherever_it_is_named(foreign: Run) -> None:
    labels = [option.label for one in foreign.timepoints if one.question for option in one.question.options]
    texts = [turn.content for dialog in foreign.dialogs for turn in dialog.turns]
    texts += [one.circumstance for one in foreign.timepoints]
    texts += [item.content for item in foreign.items.values() if " decided " in item.content]
    named = 0
    for text in texts:
        for label in labels:
            for found in re.finditer(re.escape(label), text):
                assert text[found.start() - 1] + text[found.end()] == '""', text
                named += 1
    assert named > 20
    assert any(" decided " in item.content for item in foreign.items.values())


def test_a_decision_is_one_statement_whoever_words_it(foreign: Run) -> None:
    decided = [item.content for item in foreign.items.values() if " decided " in item.content]
    assert len(decided) <= len([one for one in foreign.timepoints if one.question is not None])


def test_a_decision_is_reported_without_its_now() -> None:
    assert course(Option("tell", "tell the daughter now")) == "to tell the daughter"
    assert course(Option("tell", "tell her now", "telling her")) == "for telling her"
    assert course(Option("dann", "jetzt gehen", quoted=True)) == 'for "jetzt gehen"'
