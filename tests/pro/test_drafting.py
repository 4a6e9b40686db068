"""A template from a sentence: by pattern, and by a model that answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
        "six people on Mars arguing over oxygen", "habitat",
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


@settings(max_examples=40, deadline=4000, suppress_health_check=[HealthCheck.too_slow])
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
