"""The built-in model's dialog turns: what they do, what they may never say, and how state shapes them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from itertools import combinations, pairwise
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from timepoint_pro.llm.base import Request
from timepoint_pro.llm.scripted import ScriptedBackend, speak
from timepoint_pro.llm.scripted.grammar import SINGULAR_BIT, SLOTS, library
from timepoint_pro.llm.scripted.person import call_name, spoken
from timepoint_pro.llm.scripted.word_forms import is_plural, topic_noun
from timepoint_pro.prompts.base import Sampling
from timepoint_pro.prompts.dialog import (
    DialogTurn,
    Feeling,
    Inner,
    KnownItem,
    Matter,
    OpenQuestion,
    OptionView,
    Persona,
    Relation,
    Said,
    Setting,
    TurnAnswer,
    TurnContext,
)
from timepoint_pro.records.archetypes import ARCHETYPES
from timepoint_pro.records.draws import Draws
from timepoint_pro.records.entity import Behavior, Voice
from timepoint_pro.records.turn import ACTS, TACTICS, TONES
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import load

PRESENT = (("webb", "Webb", "mission commander"), ("chen", "Chen", "flight engineer"), ("okafor", "Okafor", "doctor"))
OPTIONS = (
    OptionView("go", "go ahead with the walk", "the walk", 0.1),
    OptionView("scrub", "call off the walk", "a cancellation", 0.5),
)
MATTER = Matter("eva", "Do we go out today?", OPTIONS, ("air", "weather"), "webb")


def item(name: str, content: str, **changes: Any) -> KnownItem:
    """A held item with everything that a test does not care about filled in."""
    values: dict[str, Any] = {
        "category": "fact", "handle": f"the {name} report", "topic": "air", "subject": "", "importance": 0.6,
        "bearing": (), "how": "initial", "source": "witnessed", "source_name": "witnessed", "timepoint_id": "T0",
        "confidence": 0.95, "common": False,
    }  # fmt: skip
    return KnownItem(id=name, content=content, **(values | changes))


def said(number: int, speaker: str, content: str, act: Any, **changes: Any) -> Said:
    """A turn heard before."""
    values: dict[str, Any] = {"tactic": "statement", "tone": "neutral", "addressed_to": (), "shared": (), "option": ""}
    return Said(f"T1.{number}", speaker, speaker.capitalize(), content, act, **(values | changes))


def context(**changes: Any) -> TurnContext:
    """Chen's turn, third in a scene of three people, with nothing asked and nothing proposed."""
    recent = changes.pop("recent", (said(1, "webb", "Do we go out today?", "open"),))
    speaker = changes.pop("speaker", "chen")
    present = changes.pop("present", PRESENT)
    trust = changes.pop("trust", 0.0)
    archetype = changes.pop("archetype", "engineer")
    voice = changes.pop("voice", Voice())
    name, role = next((name, role) for one, name, role in present if one == speaker)
    persona = Persona(speaker, name, role, "human", ARCHETYPES.get(archetype), (), (), Behavior(), voice)
    base: dict[str, Any] = {
        "speaker": persona,
        "feeling": Feeling(0.0, 0.45, 80.0, 1.0, 0.0, 0.45),
        "setting": Setting(
            "T1", "2026-03-01T08:00:00Z", 8.0, "morning", 1.0, "lab", "", "", 0.3, 0.0, 0.4, 70.0, "", present
        ),
        "matter": MATTER,
        "knows": (),
        "relations": tuple(
            Relation(one, name, role, "colleague", trust, 0.0, 0.0, 1) for one, name, role in present if one != speaker
        ),
        "position": max(len(recent), 1), "limit": 12, "words": 30, "closing": False, "history": (), "arc": (),
        "recent": recent, "questions": (), "answering": "", "told": (), "inner": Inner(),
    }  # fmt: skip
    return TurnContext(**(base | changes))


def turn(given_context: TurnContext, seed: int = 0) -> TurnAnswer:
    return speak(given_context, Draws(str(seed).encode()))


def turns(given_context: TurnContext, count: int = 40) -> list[TurnAnswer]:
    return [turn(given_context, seed) for seed in range(count)]


def asked(content: str, addressed: tuple[str, ...] = ("chen",), asker: str = "webb") -> dict[str, Any]:
    """Changes of a context in which a question is open."""
    question = OpenQuestion("T1.1", asker, asker.capitalize(), addressed, content, "", "")
    return {
        "recent": (said(1, asker, content, "question", addressed_to=addressed),),
        "questions": (question,),
        "answering": "T1.1" if "chen" in addressed else "",
    }


PRESSURE = item(
    "pressure", "The pressure in the lock fell by two percent overnight.", bearing=(("scrub", 0.6), ("go", -0.5))
)
STORM = item("storm", "A storm will pass forty kilometres to the north.", topic="weather", bearing=(("go", 0.4),))


class TestWhatATurnDoes:
    def test_an_answer_tells_the_held_item_on_the_topic_asked_for(self) -> None:
        for answer in turns(context(knows=(STORM, PRESSURE), **asked("Chen, what do we have on the air side?"))):
            assert answer.act == "answer"
            assert "pressure" in answer.knowledge_shared
            assert "fell by two percent" in answer.content

    def test_a_question_to_everyone_is_answered_by_who_can(self) -> None:
        answer = turn(context(knows=(PRESSURE,), **asked("Who has something on the air side?", ())))
        assert answer.act == "answer"
        assert answer.knowledge_shared == ("pressure",)

    def test_who_holds_nothing_says_so(self) -> None:
        for answer in turns(context(**asked("Chen, what do we have on the air side?"))):
            assert answer.act == "answer"
            assert answer.knowledge_shared == ()
            assert any(device.startswith("no_answer") for device in answer.devices)

    def test_a_withheld_item_is_kept_back_when_asked_for(self) -> None:
        given_context = context(
            knows=(PRESSURE,), inner=Inner(withheld=("pressure",)), **asked("Chen, what do we have on the air side?")
        )
        for answer in turns(given_context):
            assert answer.knowledge_shared == ()
            assert answer.tactic == "deflection"
            assert "pressure" not in answer.content

    def test_asked_where_they_stand_people_name_their_course(self) -> None:
        for answer in turns(context(**asked("Chen, where do you stand?"))):
            assert (answer.act, answer.option) == ("answer", "scrub")

    def test_asked_for_a_course_whose_name_holds_that_of_another_people_speak_of_the_one_asked_for(self) -> None:
        options = (OptionView("guilty", "find guilty", "guilty", -0.5), OptionView("not", "find not guilty", "", 0.6))
        matter = evolve(MATTER, options=options, topics=(), decides="webb")
        for answer in turns(context(matter=matter, **asked("Chen, would you find not guilty?"))):
            assert (answer.act, answer.option) == ("answer", "not")

    def test_a_proposal_is_taken_up_before_anything_new(self) -> None:
        matter = evolve(MATTER, options=(evolve(OPTIONS[0], lean=-0.4, proposed_by="webb"), OPTIONS[1]))
        recent = (said(1, "webb", "I say we go ahead with the walk.", "propose", option="go"),)
        for answer in turns(context(matter=matter, recent=recent, knows=(STORM, PRESSURE))):
            assert (answer.act, answer.option) == ("oppose", "go")
            assert answer.knowledge_shared == ("pressure",), "evidence against it, and not the fact that favours it"

    def test_a_proposal_that_suits_is_supported(self) -> None:
        matter = evolve(MATTER, options=(OPTIONS[0], evolve(OPTIONS[1], proposed_by="webb")))
        recent = (said(1, "webb", "I say we call off the walk.", "propose", option="scrub"),)
        assert {(one.act, one.option) for one in turns(context(matter=matter, recent=recent))} == {("support", "scrub")}

    def test_a_refusal_meets_evidence(self) -> None:
        matter = evolve(MATTER, options=(OPTIONS[0], evolve(OPTIONS[1], proposed_by="chen", supporters=("chen",))))
        recent = (
            said(1, "chen", "Let's call off the walk.", "propose", option="scrub"),
            said(2, "webb", "I'm against a cancellation.", "oppose", option="scrub", addressed_to=("chen",)),
        )
        for answer in turns(context(matter=matter, recent=recent, knows=(PRESSURE,), answering="T1.2")):
            assert answer.act == "oppose"
            assert answer.knowledge_shared == ("pressure",)

    def test_a_fact_told_to_ones_face_is_not_passed_over(self) -> None:
        slip = item("slip", "Chen missed the second reading on Tuesday.", subject="chen", common=True)
        heard = said(1, "webb", "You missed the second reading.", "inform", addressed_to=("chen",), shared=("slip",))
        for answer in turns(context(knows=(slip, STORM), recent=(heard,), told=("slip",), answering="T1.1")):
            assert any(device.startswith("owned") for device in answer.devices)
            assert "the slip report" in answer.content.casefold()

    def test_strong_leanings_hold_and_weak_ones_give_way(self) -> None:
        def acts(lean: float, other: float) -> set[str]:
            options = (
                evolve(OPTIONS[0], lean=other, supporters=("webb",), proposed_by="webb"),
                evolve(OPTIONS[1], lean=lean, proposed_by="chen", supporters=("chen",)),
            )
            recent = (
                said(1, "chen", "Let's call off the walk.", "propose", option="scrub"),
                said(2, "webb", "I'm against a cancellation.", "oppose", option="scrub", addressed_to=("chen",)),
            )
            return {one.act for one in turns(context(matter=evolve(MATTER, options=options), recent=recent))}

        assert acts(0.9, -0.6) == {"oppose"}
        assert acts(0.2, 0.15) == {"concede"}

    def test_a_proposal_that_its_proposer_has_left_is_supported_by_nobody(self) -> None:
        options = (
            evolve(OPTIONS[0], proposed_by="webb", supporters=("webb",), lean=0.4),
            evolve(OPTIONS[1], proposed_by="webb", supporters=("webb",), lean=0.3),
        )
        recent = (
            said(1, "webb", "I say we go ahead with the walk.", "propose", option="go"),
            said(2, "webb", "Then let's call off the walk instead.", "propose", option="scrub"),
        )
        given_context = context(matter=evolve(MATTER, options=options), recent=recent)
        assert all(one.option == "scrub" for one in turns(given_context) if one.act == "support")

    def test_who_leaves_a_course_for_another_gives_it_up_in_words(self) -> None:
        options = (
            evolve(OPTIONS[0], lean=0.2, supporters=("chen",), proposed_by="chen"),
            evolve(OPTIONS[1], lean=0.6, supporters=("webb",), proposed_by="webb"),
        )
        recent = (
            said(1, "chen", "I say we go ahead with the walk.", "propose", option="go"),
            said(2, "webb", "Let's call off the walk.", "propose", option="scrub"),
        )
        for answer in turns(context(matter=evolve(MATTER, options=options), recent=recent)):
            assert (answer.act, answer.option) == ("concede", "scrub")

    def test_a_decider_keeps_to_their_course_or_says_that_they_have_turned(self) -> None:
        options = (
            evolve(OPTIONS[0], lean=0.1, supporters=("webb",), proposed_by="webb"),
            evolve(OPTIONS[1], lean=0.7, supporters=("chen", "okafor"), proposed_by="chen"),
        )
        recent = (
            said(1, "webb", "I say we go ahead with the walk.", "propose", option="go"),
            said(2, "chen", "Let's call off the walk.", "propose", option="scrub", shared=("pressure",)),
            said(3, "okafor", "I'm with you.", "support", option="scrub"),
        )
        matter = evolve(MATTER, options=options)
        closing: dict[str, Any] = {
            "speaker": "webb", "closing": True, "matter": matter, "position": 11, "recent": recent
        }
        for answer in turns(context(**closing)):
            assert answer.option == "go", "nothing that was told speaks for the other course"
        heard = evolve(PRESSURE, common=True)
        for answer in turns(context(**closing, knows=(heard,), told=("pressure",))):
            assert answer.option == "scrub"
            assert any(device.startswith("decide_turned") for device in answer.devices)

    def test_who_sums_up_for_another_course_than_their_own_says_so(self) -> None:
        options = (
            evolve(OPTIONS[0], lean=0.1, supporters=("chen",), proposed_by="chen"),
            evolve(OPTIONS[1], lean=0.4, supporters=("webb", "okafor"), proposed_by="webb"),
        )
        recent = (
            said(1, "chen", "I say we go ahead with the walk.", "propose", option="go"),
            said(2, "webb", "Let's call off the walk.", "propose", option="scrub", shared=("pressure",)),
            said(3, "okafor", "I'm with you.", "support", option="scrub"),
        )
        matter = evolve(MATTER, options=options, decides="")
        for answer in turns(context(closing=True, matter=matter, position=11, recent=recent)):
            assert answer.option == "scrub"
            assert any(device.startswith("agree_turned") for device in answer.devices)

    def test_who_goes_against_the_greater_number_says_so(self) -> None:
        options = (
            evolve(OPTIONS[0], lean=0.9),
            evolve(OPTIONS[1], lean=-0.6, supporters=("chen", "okafor"), proposed_by="chen"),
        )
        closing = context(speaker="webb", closing=True, matter=evolve(MATTER, options=options), position=11)
        for answer in turns(closing):
            assert answer.option == "go"
            assert any(device.startswith("decide_alone") for device in answer.devices)

    def test_nobody_is_told_their_own_decision(self) -> None:
        settled = item("settled", "Webb decided to open bed two.", category="decision", subject="webb", topic="")
        pair = context(present=PRESENT[:2], knows=(settled,), matter=None)
        assert all("settled" not in answer.knowledge_shared for answer in turns(pair))
        three = context(knows=(settled,), matter=None)
        told = [answer for answer in turns(three) if "settled" in answer.knowledge_shared]
        assert told
        assert all(answer.addressed_to != ("webb",) for answer in told)

    def test_thanks_are_given_once_a_turn(self) -> None:
        options = (OPTIONS[0], evolve(OPTIONS[1], supporters=("chen", "okafor"), proposed_by="chen"))
        glad = Feeling(0.9, 0.4, 90.0, 1.0, 0.9, 0.4)
        closing = context(
            speaker="webb", closing=True, matter=evolve(MATTER, options=options), position=11, feeling=glad, words=80,
            knows=(evolve(PRESSURE, common=True),), told=("pressure",),
        )  # fmt: skip
        lines = [answer.content.casefold() for answer in turns(closing, 120)]
        assert any("thank you" in line or "m glad" in line for line in lines)
        assert all(line.count("thank you") + line.count("m glad") < 2 for line in lines)

    def test_a_course_in_another_script_is_quoted(self) -> None:
        options = (
            OptionView("none", "今年は出さない", "出品の見送り", 0.7, "webb", ("webb",)),
            OptionView("all", "すべて出す", "", -0.3),
        )
        recent = (said(1, "webb", "...", "propose", option="none"),)
        for answer in turns(context(matter=evolve(MATTER, options=options), recent=recent)):
            for text in ("今年は出さない", "出品の見送り"):
                assert answer.content.count(text) == answer.content.count(f'"{text}"')

    def test_the_first_turn_opens_with_the_question_to_settle(self) -> None:
        for answer in turns(context(recent=(), position=0, knows=(PRESSURE,))):
            assert answer.act == "open"
            assert "o we go out today?" in answer.content

    def test_who_decides_closes_with_the_decision(self) -> None:
        options = (OPTIONS[0], evolve(OPTIONS[1], supporters=("chen", "okafor"), proposed_by="chen"))
        given_context = context(speaker="webb", closing=True, matter=evolve(MATTER, options=options), position=11)
        for answer in turns(given_context):
            assert (answer.act, answer.option) == ("close", "scrub")
            assert answer.new_statements == ("Webb decided to call off the walk.",)

    def test_a_draw_stays_open_where_nobody_decides(self) -> None:
        options = (
            evolve(OPTIONS[0], lean=0.3, supporters=("webb",)),
            evolve(OPTIONS[1], lean=0.3, supporters=("okafor",)),
        )
        matter = evolve(MATTER, options=options, decides="")
        answer = turn(context(closing=True, matter=matter, position=11))
        assert (answer.act, answer.option, answer.new_statements) == ("close", "", ())

    def test_with_nothing_left_the_turn_is_short(self) -> None:
        recent = (
            said(1, "webb", "What have you heard, Okafor?", "question", addressed_to=("okafor",)),
            said(2, "okafor", "Nothing new. And you, Webb?", "question", addressed_to=("webb",)),
            said(3, "webb", "That was all.", "inform"),
        )
        answer = turn(context(matter=None, recent=recent))
        assert answer.act == "close"
        assert len(answer.content.split()) < 14

    def test_what_was_told_is_not_told_again(self) -> None:
        told = evolve(PRESSURE, common=True)
        for answer in turns(context(knows=(told, STORM), told=("pressure",))):
            assert "pressure" not in answer.knowledge_shared
            assert "fell by two percent" not in answer.content


class TestNouns:
    @pytest.mark.parametrize(
        ("topic", "phrase"),
        [
            ("cash", "the cash"), ("the winter", "the winter"), ("EVA", "the EVA"), ("bed four", "bed four"),
            ("crew health", "crew health"), ("medical", "the medical side"), ("資金", "資金"),
        ],
    )  # fmt: skip
    def test_a_topic_is_a_noun_phrase(self, topic: str, phrase: str) -> None:
        assert topic_noun(topic) == phrase

    @pytest.mark.parametrize(
        ("phrase", "plural"),
        [
            ("Brennecke's terms", True), ("the antibiotic and a pressor", True), ("the dead in the wire", True),
            ("the two that walk in circles", True), ("the bank's letter", False), ("a list of names", False),
            ("opening bed two", False),
        ],
    )  # fmt: skip
    def test_number_goes_by_the_head_of_the_phrase(self, phrase: str, plural: bool) -> None:
        assert is_plural(phrase) is plural

    def test_a_frame_with_a_singular_verb_is_kept_from_a_plural(self) -> None:
        frames = [frame for moves in library().values() for pool in moves.values() for frame in pool]
        means = [frame for frame in frames if "{h} means" in frame.text]
        assert means
        assert all(frame.needs & SINGULAR_BIT["h"] for frame in means)


class TestPerson:
    @pytest.mark.parametrize(
        ("statement", "subject", "speaker", "addressee", "expected"),
        [
            ("Chen has found a crack.", "Chen", "Chen", "", "I have found a crack"),
            ("Chen, Webb and Reyes decided to wait.", "", "Chen", "", "Webb, Reyes and I decided to wait"),
            ("Chen and Reyes decided to wait.", "", "Chen", "", "Reyes and I decided to wait"),
            ("Two of those whom Chen called would stay.", "", "Chen", "", "Two of those whom I called would stay"),
            (
                "Chen is sure that he has time and wants more.",
                "Chen",
                "Chen",
                "",
                "I am sure that I have time and want more",
            ),
            ("Chen has found a crack.", "Chen", "Webb", "Chen", "You have found a crack"),
            ("Daniel Osei's contract pays him twice.", "Daniel Osei", "Daniel Osei", "", "My contract pays me twice"),
            ("Okafor gave Webb three questions.", "Okafor", "Webb", "Okafor", "You gave me three questions"),
            ("Chen took ten calls and remembers two.", "Chen", "Chen", "", "I took ten calls and remember two"),
            ("Chen carries the spare key.", "Chen", "Chen", "", "I carry the spare key"),
            ("The key hangs by the door.", "", "Chen", "Webb", "The key hangs by the door"),
            ("Der Druck fiel über Nacht.", "", "Chen", "", "Der Druck fiel über Nacht"),
            ("It lasts as long as Chen is there.", "", "Chen", "", "It lasts as long as I am there"),
            ("Nobody is as tired as Chen.", "", "Chen", "", "Nobody is as tired as me"),
            ("小林 美咲は大学で酵母を研究した。", "小林 美咲", "小林 美咲", "", "小林 美咲は大学で酵母を研究した"),
        ],
    )
    def test_statements_turn(self, statement: str, subject: str, speaker: str, addressee: str, expected: str) -> None:
        assert spoken(statement, subject, speaker, addressee) == expected

    def test_a_fact_about_the_speaker_is_told_in_the_first_person(self) -> None:
        fact = item("slip", "Chen missed the second reading on Tuesday.", subject="chen")
        for answer in turns(context(knows=(fact,), **asked("Chen, what do we have on the air side?"))):
            assert "I missed the second reading" in answer.content
            assert "Chen missed" not in answer.content

    @pytest.mark.parametrize(
        ("name", "expected"),
        [("Webb", "Webb"), ("Sarah Okafor", "Sarah"), ("Dr. Ana Ruiz", "Dr. Ruiz"), ("attendee_47", "attendee_47"),
         ("The Committee", "The Committee"), ("Sun-mi Park", "Sun-mi"), ("李 明", "李 明")],
    )  # fmt: skip
    def test_names(self, name: str, expected: str) -> None:
        assert call_name(name) == expected


WORDS = st.sampled_from(["amber", "basalt", "cobalt", "dune", "ember", "flint", "garnet", "heron", "indigo", "jade"])
NAMES = (
    "Webb",
    "Sarah Okafor",
    "attendee_47",
    "李明",
    "O'Neill",
    "The Committee of Works",
    "Dr Ruiz",
    "x",
    "Ann",
    "Bo",
    "Cy",
    "Di",
)


@st.composite
def contexts(draw: st.DrawFn) -> TurnContext:
    """Contexts of many shapes: with and without matter, handles, topics, bearings, questions, proposals."""
    count = draw(st.integers(2, 12))
    present = tuple((f"p{number}", NAMES[number], "") for number in range(count))
    option_ids = ("go", "scrub")
    items = []
    for number, word in enumerate(draw(st.lists(WORDS, unique=True, max_size=6))):
        bare = draw(st.booleans())
        items.append(
            item(
                f"k{number}", f"The {word}zq vault holds {number + 3} crates of {word}zq.",
                handle="" if bare else f"the {word}qx ledger",
                topic="" if bare else draw(st.sampled_from(["air", "weather"])),
                subject=draw(st.sampled_from(["", "p0", "p1"])), common=draw(st.booleans()),
                bearing=() if bare else ((draw(st.sampled_from(option_ids)), draw(st.floats(-1, 1))),),
                how=draw(st.sampled_from(["initial", "told", "inferred"])), confidence=draw(st.floats(0.3, 1.0)),
                source=draw(st.sampled_from(["briefing", "instrument", "message", "p1", "stranger"])),
            )
        )  # fmt: skip
    told = tuple(one.id for one in items if draw(st.booleans()))
    withheld = tuple(one.id for one in items if one.id not in told and not one.common and draw(st.booleans()))
    noun = draw(st.sampled_from(["", "the walk", "two stages"]))
    options = tuple(
        OptionView(
            one, label, noun, draw(st.floats(-1, 1)), draw(st.sampled_from(["", "p0", "p1"])),
            draw(st.sampled_from([(), ("p1",), ("p0",)])), draw(st.sampled_from([(), ("p1",)])),
        )
        for one, label in zip(option_ids, ("go ahead", "Call it off"), strict=True)
    )  # fmt: skip
    matter = draw(
        st.sampled_from(
            [
                None,
                Matter("q", "What is there to say?", (), (), ""),
                Matter("q", "Do we go out?", options, ("air", "weather"), draw(st.sampled_from(["", "p0", "p1"]))),
            ]
        )
    )
    act = draw(st.sampled_from(ACTS))
    content = draw(st.sampled_from(["What about the air side?", "Where do you stand?", "I'm against it.", "So be it!"]))
    addressed = draw(st.sampled_from([(), ("p0",)]))
    last = Said(
        "T1.1",
        "p1",
        present[1][1],
        content,
        act,
        "statement",
        "neutral",
        addressed,
        told[:1],
        draw(st.sampled_from(["", *option_ids])),
    )
    question = OpenQuestion("T1.1", "p1", present[1][1], addressed, content, "", "")
    position = draw(st.integers(0, 11))
    return context(
        speaker="p0", present=present, archetype=draw(st.sampled_from([*sorted(ARCHETYPES), ""])),
        trust=draw(st.floats(-1, 1)), knows=tuple(items), told=told, inner=Inner(withheld=withheld), matter=matter,
        recent=(last,) if position else (), questions=(question,) if position and act == "question" else (),
        position=position, closing=draw(st.booleans()), words=draw(st.integers(6, 50)),
        feeling=Feeling(
            draw(st.floats(-1, 1)), draw(st.floats(0, 1)), draw(st.floats(0, 100)), draw(st.floats(0, 1)),
            draw(st.floats(-1, 1)), draw(st.floats(0, 1)),
        ),
        attempt=draw(st.integers(0, 3)),
    )  # fmt: skip


class TestWhatATurnMayNeverSay:
    @settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
    @given(contexts(), st.integers(0, 10**6))
    def test_nothing_leaks(self, given_context: TurnContext, seed: int) -> None:
        answer = turn(given_context, seed)
        words = answer.content.casefold()
        held = {one.id: one for one in given_context.knows}
        for one in given_context.knows:
            open_ground = one.common or one.id in given_context.told or one.id in answer.knowledge_shared
            if one.id in given_context.inner.withheld or not open_ground:
                token = one.content.split()[1].casefold()
                assert token not in words
                assert not one.handle or one.handle.casefold() not in words
        for shared in answer.knowledge_shared:
            assert shared in held
            assert shared not in given_context.inner.withheld
            assert shared not in given_context.told
            assert held[shared].content.split()[1].casefold() in words

    @settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
    @given(contexts(), st.integers(0, 10**6))
    def test_every_turn_is_clean_english_and_well_formed(self, given_context: TurnContext, seed: int) -> None:
        answer = turn(given_context, seed)
        content = answer.content
        assert content.strip() == content
        assert content
        assert content[-1] in ".!?…"
        assert not content[0].islower() or content.split()[0].strip(",.?!") in NAMES
        assert not re.search(
            r"[{}]|  | [,.;:!?]|[,;:][,.;:!?]|\?\.|!\.|(?<!\.)\.\.(?!\.)|\ba a\b|\bthe the\b", content
        ), content
        assert answer.act in ACTS
        assert answer.tone in TONES
        assert answer.tactic in TACTICS
        present = {one for one, _, _ in given_context.setting.present}
        assert set(answer.addressed_to) <= present - {"p0"}
        options = {option.id for option in given_context.matter.options} if given_context.matter else set()
        assert answer.option in options | {""}
        assert answer.devices

    @settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
    @given(contexts(), st.integers(0, 10**6))
    def test_the_same_request_gives_the_same_turn(self, given_context: TurnContext, seed: int) -> None:
        assert turn(given_context, seed) == turn(given_context, seed)

    def test_what_the_voice_guide_forbids_is_not_said(self) -> None:
        plain = [one.content.casefold() for one in turns(context(knows=(PRESSURE,)), 80)]
        assert any("you should all hear" in one or "on the table" in one or "keep" in one for one in plain)
        never = ("you should all hear", "on the table", "keep")
        voice = Voice(never_says=never)
        for answer in turns(context(knows=(PRESSURE,), voice=voice), 80):
            assert not any(phrase in answer.content.casefold() for phrase in never)

    def test_a_speech_example_serves_once_and_names_nobody_absent(self) -> None:
        voice = Voice(speech_examples=("Haste is a tool.", "Ask Kowalski, he knows.", "It read 912 that day."))
        heard = turns(context(knows=(PRESSURE,), voice=voice), 120)
        text = " ".join(one.content for one in heard)
        assert "Haste is a tool." in text
        assert "Kowalski" not in text
        assert "912" not in text
        spent = context(knows=(PRESSURE,), voice=voice, used={"say:chen:0": 1})
        assert all("Haste is a tool." not in one.content for one in turns(spent, 120))


class TestChoice:
    def test_the_least_used_frame_wins(self) -> None:
        given_context = context(knows=(PRESSURE,), **asked("Chen, what do we have on the air side?"))
        for seed in range(30):
            first = turn(given_context, seed)
            worn = dict.fromkeys(first.devices, 40)
            second = turn(evolve(given_context, used=worn, used_by_speaker=worn), seed)
            assert not set(first.devices) & set(second.devices)

    def test_frames_of_a_move_wear_evenly(self) -> None:
        used: dict[str, int] = {}
        for seed in range(80):
            answer = turn(context(knows=(PRESSURE,), used=dict(used), used_by_speaker=dict(used)), seed)
            for device in answer.devices:
                used[device] = used.get(device, 0) + 1
        usual = [frame for frame in library()[""]["tell"] if not frame.tags and not frame.plain]
        times = [used.get(frame.id, 0) for frame in usual]
        assert min(times) >= 1
        assert max(times) - min(times) <= 1

    def test_an_opening_heard_lately_is_avoided(self) -> None:
        given_context = context(knows=(PRESSURE,), **asked("Chen, what do we have on the air side?"))
        for seed in range(30):
            start = " ".join(turn(given_context, seed).content.casefold().split()[:3])
            again = turn(evolve(given_context, openings=(start,)), seed)
            assert " ".join(again.content.casefold().split()[:3]) != start

    def test_a_lawyer_an_engineer_and_a_commander_differ(self) -> None:
        matter = evolve(MATTER, options=(evolve(OPTIONS[0], lean=-0.6, proposed_by="webb"), OPTIONS[1]))
        recent = (said(1, "webb", "I say we go ahead with the walk.", "propose", option="go"),)
        own = {}
        for archetype in ("lawyer", "engineer", "military_commander"):
            heard = turns(context(matter=matter, recent=recent, archetype=archetype), 30)
            assert any(device.startswith(archetype) for one in heard for device in one.devices)
            own[archetype] = {one.content for one in heard}
        assert not own["lawyer"] & own["engineer"]
        assert not own["engineer"] & own["military_commander"]


def word_set(*lines: str) -> set[str]:
    return set(" ".join(lines).split())


PLEASANT = word_set(
    "glad good happy gladly hopeful hope like grateful thank thanks appreciate friends kind well believe easier",
    "spirits help",
)
UNPLEASANT = word_set(
    "worried worries afraid uneasy bad wish sorry sadly troubles fear angry hate regret hurts pity tired frustrated",
    "sad worse nothing frankly wearing annoys furious scares",
)
CHALLENGE = (
    "prove", "says who", "you'd have us", "you'd like us", "whatever you make", "don't tell me", "defend", "straight",
    "for once", "hear me out", "i'll say it once", "don't buy", "so you say", "really,", "left something out",
    "not like it", "kept", "you haven't told", "or do you prefer", "don't often agree", "you've been pushing",
    "easy for you",
)  # fmt: skip


def scene_contexts(**state: Any) -> dict[str, TurnContext]:
    """One context for each act that most turns do, in a given state."""
    proposed = evolve(MATTER, options=(evolve(OPTIONS[0], lean=-0.5, proposed_by="webb"), OPTIONS[1]))
    favoured = evolve(MATTER, options=(OPTIONS[0], evolve(OPTIONS[1], proposed_by="webb")))
    proposal = (said(1, "webb", "I say we go ahead with the walk.", "propose", option="go", addressed_to=("chen",)),)
    other = (said(1, "webb", "I say we call off the walk.", "propose", option="scrub", addressed_to=("chen",)),)
    ready = tuple(said(n, "webb" if n % 2 else "okafor", "I see.", "inform") for n in range(1, 8))
    return {
        "answer": context(knows=(PRESSURE,), **asked("Chen, what do we have on the air side?"), **state),
        "oppose": context(matter=proposed, recent=proposal, **state),
        "support": context(matter=favoured, recent=other, **state),
        "inform": context(knows=(PRESSURE, STORM), **state),
        "question": context(**state),
        "propose": context(recent=ready, **state),
    }


def texts(act: str, **state: Any) -> list[str]:
    return [one.content for one in turns(scene_contexts(**state)[act], 150) if one.act == act]


def rate(lines: Iterable[str], words: set[str]) -> float:
    found = [sum(word in words for word in re.findall(r"[a-z']+", line.casefold())) for line in lines]
    return sum(found) / max(1, len(found))


ACTS_MEASURED = ("answer", "oppose", "support", "inform", "question", "propose")


@pytest.mark.parametrize("act", ACTS_MEASURED)
class TestStateShapesLanguage:
    def test_valence_moves_the_evaluative_words(self, act: str) -> None:
        low = texts(act, feeling=Feeling(-0.7, 0.5, 80.0, 1.0, -0.7, 0.5))
        high = texts(act, feeling=Feeling(0.7, 0.5, 80.0, 1.0, 0.7, 0.5))
        tone = [rate(lines, PLEASANT) - rate(lines, UNPLEASANT) for lines in (low, high)]
        assert tone[1] - tone[0] > 0.15

    def test_arousal_brings_exclamation(self, act: str) -> None:
        calm = texts(act, feeling=Feeling(0.0, 0.2, 80.0, 1.0, 0.0, 0.2))
        stirred = texts(act, feeling=Feeling(0.0, 0.9, 80.0, 1.0, 0.0, 0.9))
        marks = [sum(line.count("!") for line in lines) / len(lines) for lines in (calm, stirred)]
        assert marks[1] > marks[0] + 0.2

    def test_energy_brings_length_and_its_lack_pauses(self, act: str) -> None:
        spent = texts(act, feeling=Feeling(0.0, 0.4, 12.0, 1.0, 0.0, 0.4), words=11)
        fresh = texts(act, feeling=Feeling(0.0, 0.4, 95.0, 1.0, 0.0, 0.4), words=36)
        assert sum("..." in line for line in spent) > sum("..." in line for line in fresh) + 8
        if act not in ("answer", "question"):
            assert sum(len(line.split()) for line in spent) / len(spent) < sum(
                len(line.split()) for line in fresh
            ) / len(fresh)

    def test_distrust_brings_challenge(self, act: str) -> None:
        wary = texts(act, trust=-0.8)
        close = texts(act, trust=0.8)
        marks = [
            sum(any(cue in line.casefold() for cue in CHALLENGE) for line in lines) / len(lines)
            for lines in (wary, close)
        ]
        assert marks[0] > marks[1]


class TestGrammar:
    def test_there_are_many_frames_and_no_two_alike(self) -> None:
        frames = [frame for moves in library().values() for pool in moves.values() for frame in pool if not frame.plain]
        assert len(frames) > 800
        assert len({frame.id for frame in frames}) == len(frames)
        texts_seen = [(frame.id.rpartition(".")[0], frame.text) for frame in frames]
        assert len(set(texts_seen)) == len(texts_seen)

    def test_every_frame_ends_its_sentence_and_uses_known_slots(self) -> None:
        for moves in library().values():
            for pool in moves.values():
                for frame in pool:
                    assert frame.text[-1] in ".!?" or frame.text.endswith(("{q}", "{Q}")), frame
                    assert {slot[0].lower() + slot[1:] for slot in frame.slots} <= set(SLOTS), frame

    def test_every_archetype_has_its_own_voice(self) -> None:
        for archetype in ARCHETYPES:
            moves = library()[archetype]
            assert {"open", "propose", "support", "oppose", "hold", "concede", "decide"} <= set(moves)


class TestBackend:
    def test_it_answers_a_request_with_a_value_and_costs_nothing(self) -> None:
        backend = ScriptedBackend()
        request = Request(DialogTurn(Sampling(), context(knows=(PRESSURE,))), "scripted", seed=5)
        first = asyncio.run(backend.complete(request))
        assert first == asyncio.run(backend.complete(request))
        assert isinstance(first.value, TurnAnswer)
        assert (backend.name, first.model, first.cost_usd) == ("scripted", "scripted", 0.0)
        assert first.tokens_out >= len(first.value.content) // 4
        assert first.tokens_in > 0
        asyncio.run(backend.aclose())

    def test_seed_and_attempt_each_change_the_draws(self) -> None:
        prompt = DialogTurn(Sampling(), context(knows=(PRESSURE, STORM)))
        said_by = {
            asyncio.run(ScriptedBackend().complete(Request(prompt, "scripted", seed, attempt))).value.content
            for seed in range(4)
            for attempt in range(3)
        }
        assert len(said_by) > 6


@pytest.mark.parametrize(
    ("name", "people", "facts", "questions", "moments"),
    [
        ("showcase/mars_mission_portal", 4, 22, 5, 6),
        ("showcase/board_meeting", 5, 22, 4, 5),
        ("convergence/simple", 3, 6, 3, 3),
    ],
)
class TestTemplates:
    def test_it_is_complete(self, name: str, people: int, facts: int, questions: int, moments: int) -> None:
        template = load(name)
        assert len(template.roster) == people
        assert len(template.facts) >= facts
        assert len(template.questions) >= questions
        portal = template.temporal.mode == "portal"
        assert (template.temporal.backward_steps + 1 if portal else template.timepoints.count) == moments
        assert {fact.enters or 0 for fact in template.facts} == set(range(moments)), "news with every scene"
        assert {question.at for question in template.questions} == set(range(moments))
        for fact in template.facts:
            if fact.handle:
                assert fact.topic
                assert fact.known_by
                assert fact.statement.endswith(".")
        trusts = [bond.trust for one in template.roster.values() for bond in one.relationships.values()]
        assert min(trusts) < 0 < max(trusts)
        for question in template.questions:
            assert 2 <= len(question.options) <= 3
            assert all(option.label and option.noun for option in question.options)
            bearing = [fact for fact in template.facts if question.id in fact.bearing]
            assert len(bearing) >= 3, "a question that facts speak to"

    def test_a_run_reads_fresh(self, name: str, people: int, facts: int, questions: int, moments: int) -> None:
        run = Simulation.from_template(name, seed=7, store=":memory:").run()
        turns_said = [one for dialog in run.dialogs for one in dialog.turns]
        assert len(turns_said) >= 5 * moments
        shingles = [word_shingles(one.content) for one in turns_said]
        alike = [len(a & b) / len(a | b) for a, b in combinations(shingles, 2) if a | b]
        assert max(alike) < 0.9
        assert sum(value >= 0.7 for value in alike) < 0.02 * len(alike)
        words = re.findall(r"[\w']+", " ".join(one.content for one in turns_said).casefold())[:1000]
        assert len(set(pairwise(words))) / (len(words) - 1) > 0.65
        acts = {one.act for one in turns_said}
        assert {"open", "inform", "answer", "question", "propose", "support", "close"} <= acts
        openings = [" ".join(one.content.casefold().split()[:3]) for one in turns_said]
        assert len(set(openings)) > 0.8 * len(openings)


def word_shingles(content: str) -> set[tuple[str, str, str]]:
    words = re.findall(r"[\w']+", content.casefold())
    return set(zip(words, words[1:], words[2:], strict=False))


def test_no_fact_gives_the_end_of_the_mission_away() -> None:
    for fact in load("showcase/mars_mission_portal").facts:
        assert not re.search(r"\b(mission fails?|gives? up|abandon\w*|evacuat\w*|lost mission)\b", fact.statement), fact
