"""A template from a sentence: by pattern, and by a model that answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from timepoint_pro.drafting import drafted
from timepoint_pro.errors import AnswerError, TemplateError
from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.prompts.drafting import DraftTemplate
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template, check

ROLES = [
    (
        "emergency board meeting about a merger", "board room",
        ["chair", "chief executive", "finance director", "founder"],
    ),
    (
        "A mayor, two engineers and a reporter must decide whether to open the dam", "town hall",
        ["mayor", "engineer", "second engineer", "reporter"],
    ),
    ("Five jurors and a missing knife", "jury room", ["foreman", "shopkeeper", "engineer", "nurse", "student"]),
    (
        "A football club decides to sell its captain", "changing room",
        ["captain of the team", "coach", "manager of the club", "physician"],
    ),
    (
        "six people on Mars arguing over oxygen", "Mars",
        ["commander", "engineer", "physician", "scientist", "adviser"],
    ),
]  # fmt: skip

PHRASES = st.lists(st.sampled_from([
    "twelve", "99", "people", "mayor", "about", "whether to", "a", "the", "and", "{A}", "{}", "board", "'s", "over",
    "%s", "captain", "or not",
])).map(" ".join)  # fmt: skip
OUTLINE: dict[str, Any] = {
    "name": "The well",
    "scenario": "A well runs dry.",
    "location": "square",
    "resolution": "day",
    "people": [
        {
            "name": name, "role": role, "archetype": "engineer", "traits": ["dry"], "wants": ["find water"], "says": "",
            "age": 50,
        }
        for name, role in (("Ada Moor", "warden"), ("Ben Orr", "farmer"))
    ],
    "questions": [
        {
            "text": "Where do we dig?",
            "topics": ["water"],
            "courses": [
                {"label": "dig by the church", "noun": "the church", "supporters": ["Ada Moor"]},
                {"label": "dig by the mill", "noun": "the mill", "supporters": ["Ben Orr"]},
            ],
            "decides": "Ada Moor",
        }
    ],
    "facts": [
        {
            "statement": f"Fact {number} is so.", "handle": f"fact {number}", "topic": "water", "known_by": ["Ben Orr"],
            "question": 0, "supports": number % 2, "opposes": -1, "about": "",
        }
        for number in range(3)
    ],
}  # fmt: skip


class Answering:
    """A backend that gives prepared answers, the last one for ever, and keeps what it was asked."""

    name = "prepared"

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[Request] = []

    async def complete(self, request: Request, /) -> Completion:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return Completion(text=json.dumps(answer), model=self.name, tokens_in=1, tokens_out=1, cost_usd=0.0)

    async def aclose(self) -> None: ...


@pytest.mark.parametrize(("sentence", "location", "roles"), ROLES)
def test_a_sentence_is_read_for_occasion_roles_and_number(sentence: str, location: str, roles: list[str]) -> None:
    template = Template.from_description(sentence)
    assert template.location == location
    assert [one.role for one in template.roster.values()][: len(roles)] == roles
    assert check(template) == []


def test_what_it_is_about_and_what_is_to_be_decided_come_up() -> None:
    about = Template.from_description("emergency board meeting about a merger")
    assert "the merger" in about.questions[0].text
    decided = Template.from_description("school staff meeting on whether to ban phones")
    assert decided.questions[-1].text == "Do we ban phones?"
    assert decided.questions[-1].options[0].label == "ban phones"


def test_names_are_those_of_the_sentence_and_nobody_is_added() -> None:
    template = Template.from_description("Anna, Ben and Carla argue whether Ben stole the money")
    assert [one.display_name for one in template.roster.values()] == ["Anna", "Ben", "Carla"]
    assert template.questions[-1].text == "Is it so that Ben stole the money?"
    assert template.questions[-1].options[0].label == "hold that Ben stole the money"


def test_siblings_are_counted_and_of_one_surname_and_ages_in_order() -> None:
    sentence = "Three siblings in a lighthouse argue about who keeps the lamp when the coast guard closes it"
    template = Template.from_description(sentence)
    people = list(template.roster.values())
    assert [one.role for one in people] == ["eldest sibling", "middle sibling", "youngest sibling"]
    assert len({one.display_name.split()[-1] for one in people}) == 1
    ages = [one.body.age for one in people]
    assert ages == sorted(ages, reverse=True)
    assert len(set(ages)) == 3
    assert {tie.type for one in people for tie in one.relationships.values()} == {"sibling"}
    assert template.location == "lighthouse"
    assert template.questions[-1].text == "Who keeps the lamp?"
    assert people[0].display_name in template.questions[-1].options[0].label


def test_a_father_is_older_than_his_daughters() -> None:
    template = Template.from_description("A father and two daughters quarrel about how to split the farm")
    father, older, younger = (one.body.age for one in template.roster.values())
    assert father > older + 17 > younger + 17
    assert template.questions[-1].text == "How do we split the farm?"


@pytest.mark.parametrize(
    ("sentence", "people", "place", "question"),
    [
        ("A hospital board votes on closing the maternity ward", 4, "ward office", "closing the maternity ward"),
        ("Four violinists on a train argue over whether the conductor should be replaced", 4, "train",
         "Should the conductor be replaced?"),
        ("Captain Mora and Doctor Hale argue in Lisbon if the ship is safe", 2, "Lisbon", "Is the ship safe?"),
        ("Two lawyers and Anna must sign the treaty", 3, "jury room", "Do we sign the treaty?"),
        ("Maria Lopez and John Smith meet at the old mill to discuss a secret letter", 2, "old mill",
         "the secret letter"),
        ("10 miners in a collapsed mine argue about whether to dig", 10, "collapsed mine", "Do we dig?"),
    ],
)  # fmt: skip
def test_number_place_and_question_are_taken(sentence: str, people: int, place: str, question: str) -> None:
    template = Template.from_description(sentence)
    assert (template.people, template.location) == (people, place)
    assert question in template.questions[-1].text
    assert check(template) == []


def test_two_drafts_share_no_fact() -> None:
    sentences = ("Anna and Ben argue about the lamp", "Anna and Ben argue about the money", "a dry well")
    first, second, third = (
        {fact.statement for fact in Template.from_description(one).facts} for one in sentences
    )
    assert not first & second
    assert not first & third


def test_what_was_not_understood_is_told() -> None:
    made = drafted("Anna and Ben argue whether to sail before the ice comes")
    assert made.not_used == ("before the ice comes",)
    assert drafted("Anna and Ben argue whether to sail").not_used == ()
    assert drafted("a dry well", llm=Answering(OUTLINE)).not_used == ()


@pytest.mark.parametrize("sentence", ["three sisters and their father's will", "اجتماع طارئ حول دمج شركتين", "x"])
def test_a_draft_runs(sentence: str) -> None:
    template = Template.from_description(sentence)
    assert sentence[1:] in template.scenario_description
    run = Simulation(template, seed=3, store=":memory:").run()
    assert len(run.timepoints) == 3
    assert sum(len(dialog.turns) for dialog in run.dialogs) >= 12


def test_the_same_sentence_and_seed_draft_the_same() -> None:
    sentence = "strike vote at a car factory over the night shift"
    assert Template.from_description(sentence) == Template.from_description(sentence)
    assert Template.from_description(sentence, seed=1).roster != Template.from_description(sentence).roster


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=80) | PHRASES)
def test_any_sentence_gives_a_valid_template_or_is_refused(sentence: str) -> None:
    try:
        template = Template.from_description(sentence)
    except TemplateError:
        assert not sentence.split() or any(ord(letter) < 32 or ord(letter) == 127 for letter in sentence)
        return
    assert not [notice for notice in check(template) if notice.level == "error"]
    assert 2 <= template.people <= 12


@pytest.mark.parametrize("sentence", ["", "  \n", "x" * 2001])
def test_nothing_and_too_much_are_refused(sentence: str) -> None:
    with pytest.raises(TemplateError, match="1 to 2,000 characters"):
        Template.from_description(sentence)


def test_a_model_s_outline_becomes_a_template() -> None:
    backend = Answering(OUTLINE)
    template = Template.from_description("a dry well", llm=backend)
    assert isinstance(backend.asked[0].prompt, DraftTemplate)
    assert "a dry well" in backend.asked[0].messages[-1].content
    assert [one.display_name for one in template.roster.values()] == ["Ada Moor", "Ben Orr"]
    question = template.questions[0]
    assert (question.decides, question.leanings["ben_orr"]) == ("ada_moor", {"the_mill": 0.5})
    assert [fact.id for fact in template.facts if fact.handle] == ["fact_0", "fact_1", "fact_2"]
    assert check(template) == []


def test_a_model_that_names_strangers_is_asked_again() -> None:
    wrong = json.loads(json.dumps(OUTLINE))
    wrong["questions"][0]["decides"] = "Nobody Known"
    backend = Answering(wrong, OUTLINE)
    assert Template.from_description("a dry well", llm=backend).people == 2
    assert "Nobody Known" in backend.asked[1].repair[-1].content


def test_a_model_that_never_gives_an_outline_is_an_error() -> None:
    with pytest.raises(AnswerError):
        Template.from_description("a dry well", llm=Answering({"name": "x"}))


def test_it_works_inside_a_running_event_loop() -> None:
    async def inside() -> Template:
        return Template.from_description("a dry well")

    assert asyncio.run(inside()).people == 4
