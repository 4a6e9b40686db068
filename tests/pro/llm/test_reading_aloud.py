"""What a reader of scenes stumbles over: names, numbers, reasons that are none, and claims about who knew what."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from test_scripted_dialog import MATTER, OPTIONS, context, item, said, turns

from timepoint_pro.llm.scripted.person import as_object, familiar, spoken
from timepoint_pro.llm.scripted.reading import Reading, namesakes
from timepoint_pro.llm.scripted.word_forms import is_plural
from timepoint_pro.modes.readings import reading_words
from timepoint_pro.prompts.dialog import Matter, OptionView, TurnContext
from timepoint_pro.templates.metadata import QuantityEntry

BOARD = (("hale", "Margaret Hale", "chair"), ("osei", "Daniel Osei", "chief executive"), ("raman", "Priya Raman", ""))
SINCE_LONG = ("while", "before today", "beginning", "at the start", "no secret")


class TestNames:
    def test_somebody_elses_first_name_is_not_left_before_an_i(self) -> None:
        assert spoken("Jun Mori is licensed to sign.", "Jun Mori", "Haruko Mori", "") == "Jun Mori is licensed to sign"
        assert spoken("The office told Jun Mori to wait.", "", "Haruko Mori", "") == "The office told Jun Mori to wait"
        assert spoken("Haruko Mori's well was dry, and Mori knew it.", "", "Haruko Mori", "") == (
            "My well was dry, and I knew it"
        )
        assert spoken("Dr Mori is sure.", "", "Haruko Mori", "") == "I am sure"

    def test_who_is_there_is_called_as_one_calls_them(self) -> None:
        called = (("Daniel Osei", "Daniel"), ("Samuel Brenner", "Samuel"))
        assert familiar("Osei had dinner with Corvane's chief.", called) == "Daniel had dinner with Corvane's chief."
        assert familiar("Samuel Brenner wrote a dose.", called) == "Samuel wrote a dose."
        assert familiar("Ama Osei had dinner.", called) == "Ama Osei had dinner."

    def test_in_a_turn_the_others_present_have_their_first_names(self) -> None:
        held = item("dinner", "Osei had dinner with Corvane's chief executive.", subject="osei")
        given = context(speaker="raman", present=BOARD, knows=(held,), matter=None, recent=())
        told = [one for one in turns(given, 60) if one.knowledge_shared]
        assert told
        for one in told:
            assert "Osei" not in one.content
            assert "Daniel had dinner" in one.content or "you had dinner" in one.content.casefold()

    def test_two_of_one_last_name_are_not_mixed_up(self) -> None:
        family = (("haruko", "Haruko Mori", ""), ("jun", "Jun Mori", ""), ("aya", "Aya Sato", ""))
        assert namesakes(family) == {"haruko", "jun"}
        assert namesakes(BOARD) == frozenset()


    def test_a_course_with_somebodys_name_is_theirs_in_their_mouth(self) -> None:
        assert as_object("let Paul Hasek go on", "Paul Hasek", 0) == "let me go on"
        assert as_object("test Viktor's account first", "Viktor Reuss", 0) == "test my account first"
        assert as_object("let Paul go on", "Paul Hasek", 1) == "let you go on"
        assert as_object("cut to the blackout", "Paul Hasek", 0) == "cut to the blackout"
        options = (OptionView("on", "let Chen go on", "Chen", 0.8), OptionView("off", "stop the play", "a stop", -0.4))
        matter = Matter("lead", "Who plays tonight?", options, ("house",), "webb")
        for one in turns(context(matter=matter), 80):
            assert "let Chen" not in one.content
            assert "Chen" not in one.content, "nobody speaks of themselves by name"

    def test_the_third_verb_of_a_list_is_the_speakers_too(self) -> None:
        assert spoken("Chen has an offer, waits only to hear of it, and has until Monday.", "Chen", "Chen", "") == (
            "I have an offer, wait only to hear of it, and have until Monday"
        )


@pytest.mark.parametrize(
    ("phrase", "plural"),
    [
        ("the plates", True), ("the fourteen of fifty", True), ("the two in a thousand", True), ("the gas", False),
        ("the bad news", False), ("the wet bed", False), ("the lens", False), ("the seven holes", True),
    ],
)  # fmt: skip
def test_number_of_a_noun_phrase(phrase: str, plural: bool) -> None:
    assert is_plural(phrase) == plural


def test_no_turn_says_it_of_several_things() -> None:
    handle = "the plates"
    news = item("plates", "The plates were wiped before noon.", handle=handle, how="told", source="webb", common=True)
    heard = said(1, "webb", "The plates were wiped before noon.", "inform", shared=("plates",))
    given = context(knows=(news,), recent=(heard,), told=("plates",))
    for one in turns(given, 120):
        for wrong in ("it is: the plates", "there is the plates", "the plates is", "the plates was"):
            assert wrong not in one.content.casefold()


def closing(*held: Any) -> TurnContext:
    recent = tuple(said(n, "okafor", one.content, "inform", shared=(one.id,)) for n, one in enumerate(held, 1))
    return context(speaker="webb", knows=held, recent=recent, told=tuple(one.id for one in held), closing=True)


class TestLastWords:
    def test_what_has_nothing_to_do_with_the_matter_is_no_reason_for_the_decision(self) -> None:
        dinner = item("dinner", "Chen had dinner alone.", handle="the dinner", common=True)
        crack = item("crack", "The seal has a crack.", handle="the crack", common=True, bearing=(("scrub", 0.6),))
        for one in turns(closing(dinner, crack)):
            assert "the dinner" not in one.content.casefold()
        assert any("the crack" in one.content.casefold() for one in turns(closing(dinner, crack)))

    def test_two_reasons_for_it_are_not_set_against_each_other(self) -> None:
        crack = item("crack", "The seal has a crack.", handle="the crack", common=True, bearing=(("scrub", 0.6),))
        wind = item("wind", "The wind rises.", handle="the wind", common=True, bearing=(("scrub", 0.5),))
        for one in turns(closing(crack, wind)):
            words = one.content.casefold()
            assert not ("the crack" in words and "the wind" in words and ("weighs more" in words or "other" in words))


class TestSince:
    def test_nobody_claims_to_have_known_for_long_what_has_only_come_in(self) -> None:
        for moment, is_long in (("T1", False), ("", True)):
            held = item("board", "The board meets on Friday.", source="briefing", timepoint_id=moment, topic="")
            given = context(knows=(held,), matter=None, recent=())
            told = [one.content for one in turns(given, 80) if one.knowledge_shared]
            assert told
            assert any(any(cue in one for cue in SINCE_LONG) for one in told) == is_long

    def test_what_one_is_oneself_is_not_said_to_have_been_given(self) -> None:
        job = {"source": "briefing", "timepoint_id": "", "topic": ""}
        held = item("job", "Chen answers for the scrubber.", **job)
        for one in turns(context(knows=(held,), matter=None, recent=()), 80):
            assert "given at the start" not in one.content


def test_a_fact_helps_nobodys_side_before_they_have_taken_one() -> None:
    news = item("crack", "The seal has a crack.", handle="the crack", how="told", source="webb", common=True,
                bearing=(("scrub", 0.9),))  # fmt: skip
    heard = said(1, "webb", "The seal has a crack.", "inform", shared=("crack",))
    options = tuple(evolve(one, lean=0.9 if one.id == "scrub" else -0.5) for one in OPTIONS)
    given = context(knows=(news,), recent=(heard,), told=("crack",), matter=evolve(MATTER, options=options))
    assert not any(Reading(given).stood.values())
    for one in turns(given, 120):
        for claim in ("helps my side", "points the same way", "one more on the same side"):
            assert claim not in one.content


def test_what_is_counted_has_no_tenths() -> None:
    counted = QuantityEntry(id="appeals", label="number of appeals", initial=38, threshold=200)
    measured = QuantityEntry(id="level", label="lake level", initial=41, threshold=42, unit="m")
    assert reading_words(counted, 97.4, "at 08:00")[0] == (
        "The number of appeals is 97 at 08:00, 103 below the threshold of 200."
    )
    assert "41.6 m" in reading_words(measured, 41.6, "at 08:00")[0]


def test_an_older_reading_is_no_news_beside_a_newer_one() -> None:
    older = item("older", "The lake level is 41 m at 08:00 on 1 April, 1 m below the threshold of 42 m.", since=0.0)
    newer = item("newer", "The lake level is 43 m at 08:00 on 3 April, 1 m above the threshold of 42 m.", since=48.0)
    other = item("other", "The river level is 12 m at 08:00 on 1 April.", since=0.0)
    view = Reading(context(knows=(older, newer, other)))
    assert {one.id for one in view.shareable} == {"newer", "other"}
    assert {one.id for one in Reading(context(knows=(older, other))).shareable} == {"older", "other"}


def test_who_is_alone_with_a_course_gives_way_more_often_than_who_is_not() -> None:
    options = (
        OptionView("go", "go ahead with the walk", "the walk", 0.55, "chen", ("chen",), ("okafor",)),
        OptionView("scrub", "call off the walk", "a cancellation", 0.1, "webb", ("webb", "okafor")),
    )
    matter = evolve(MATTER, options=options)
    stood = said(1, "chen", "I say we go ahead with the walk.", "propose", option="go")
    against = said(3, "okafor", "I can't go along with the walk.", "oppose", option="go", addressed_to=("chen",))
    together = (stood, said(2, "webb", "I'd call off the walk.", "support", option="scrub"), against)
    backed = (stood, said(2, "webb", "I'd go ahead with the walk too.", "support", option="go"), against)
    gave = {
        name: sum(one.act == "concede" for one in turns(context(matter=matter, recent=recent, trust=0.3), 40))
        for name, recent in (("alone", (*together, evolve(against, turn_id="T1.4", option="go"))), ("backed", backed))
    }
    assert gave["backed"] == 0
    assert gave["alone"] > 0
