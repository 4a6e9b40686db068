"""The built-in planner: candidates that differ, scores by structure, next moments that follow."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve
from cattrs import Converter
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from timepoint_pro.errors import UsageError
from timepoint_pro.llm.scripted.planning import answer
from timepoint_pro.prompts.base import Prompt, Sampling
from timepoint_pro.prompts.planning import (
    AntecedentContext,
    Antecedents,
    FactView,
    MomentProposal,
    MomentView,
    NextContext,
    NextMoment,
    PersonView,
    ProposeAntecedents,
    ProposeNext,
    QuantityView,
    QuestionView,
    ScenarioView,
    Score,
    ScoreAntecedents,
    ScoreContext,
    Scores,
    TensionView,
)
from timepoint_pro.records.draws import Draws

SAMPLING = Sampling()

PEOPLE = (
    PersonView("nora", "Nora", "human", "captain", "executive", ("arrive before the strike",), ""),
    PersonView("olaf", "Olaf", "human", "engineer", "engineer", ("spare the old engine",), "tense"),
    PersonView("pia", "Pia", "human", "purser", "", ("keep the passengers calm",), ""),
    PersonView("quin", "Quin", "human", "cook", "", (), ""),
)
FACTS = (
    FactView(
        "oil",
        "The oil pressure falls by a tenth every hour.",
        "the oil pressure",
        "engine",
        0.8,
        ("olaf",),
        ("heat",),
        0,
        "",
        (("speed/full", -0.7), ("speed/half", 0.6)),
    ),
    FactView(
        "storm",
        "A storm front stands across the shorter route.",
        "the storm front",
        "weather",
        0.6,
        ("nora",),
        ("late",),
        0,
    ),
    FactView(
        "heat", "The after bearing is too hot to touch.", "the hot bearing", "engine", 0.9, ("quin",), ("outcome",), 2
    ),
    FactView(
        "late",
        "The ship is four hours behind its plan.",
        "the four hours",
        "schedule",
        0.5,
        ("nora", "pia"),
        ("outcome",),
        2,
    ),
    FactView(
        "strike",
        "The harbour goes on strike at midnight.",
        "the strike",
        "schedule",
        0.7,
        ("nora", "olaf", "pia", "quin"),
        (),
        0,
    ),
)
QUESTIONS = (
    QuestionView(
        "route",
        "Which way do we go?",
        ("weather",),
        (("short", "take the short route"), ("long", "go around")),
        "nora",
        0,
    ),
    QuestionView(
        "speed",
        "How fast do we go?",
        ("engine",),
        (("full", "go on at full speed"), ("half", "slow down to half speed")),
        "nora",
        1,
        (("nora", "full", 0.6), ("olaf", "half", 0.7), ("olaf", "full", -0.6)),
    ),
)
SCENARIO = ScenarioView(
    "An old ferry crosses a strait on a winter evening.",
    PEOPLE,
    FACTS,
    (TensionView("nora", "olaf", -0.4, ""),),
    QUESTIONS,
    (FACTS[4].statement,),
    quantities=(QuantityView("oil", "oil pressure", "bar", 3.1, 2.0, -0.1, "engine", ("olaf",)),),
    location="bridge",
)
OUTCOME = MomentView("", "The engine stops in the strait.", "", "", (), ("nora", "olaf"))


def situation(**changes: Any) -> AntecedentContext:
    base = AntecedentContext(
        scenario=SCENARIO,
        outcome=OUTCOME.statement,
        effect=OUTCOME,
        chain=(),
        step=1,
        steps=3,
        wanted=5,
        unit="hour",
        unit_hours=1.0,
        index=2,
        questions=("speed",),
    )
    return evolve(base, **changes)


def draws(seed: int) -> Draws:
    return Draws(str(seed).encode())


def proposed(context: AntecedentContext, seed: int = 0) -> tuple[MomentProposal, ...]:
    prompt = ProposeAntecedents(SAMPLING, context)
    given: Antecedents = answer(prompt, draws(seed))
    assert prompt.check(given) is None
    return given.candidates


def judged(candidates: tuple[MomentProposal, ...], context: AntecedentContext, seed: int = 0) -> tuple[Score, ...]:
    prompt = ScoreAntecedents(SAMPLING, ScoreContext(context, candidates))
    given: Scores = answer(prompt, draws(seed))
    assert prompt.check(given) is None
    return given.scores


def mean(score: Score) -> float:
    return (score.plausibility + score.causal_necessity + score.entity_capability + score.historical_precedent) / 4


@given(seed=st.integers(0, 10_000), wanted=st.integers(1, 9), index=st.integers(0, 3))
@settings(max_examples=60)
def test_as_many_candidates_as_wanted_and_no_two_alike(seed: int, wanted: int, index: int) -> None:
    candidates = proposed(situation(wanted=wanted, index=index), seed)
    assert len(candidates) == wanted
    assert len({one.description for one in candidates}) == wanted
    if index > 0 and wanted <= 5:
        assert len({one.mechanism for one in candidates}) >= wanted - 1
    for one in candidates:
        assert one.question == "speed"
        assert one.hours > 0
        assert len(set(one.people)) >= 2
        assert "nora" in one.people
        assert one.cause
        assert all(fact.index <= index for fact in FACTS if fact.id in one.facts)


@given(seed=st.integers(0, 10_000), index=st.integers(0, 3))
@settings(max_examples=40)
def test_circumstances_hold_nothing_private(seed: int, index: int) -> None:
    for one in proposed(situation(wanted=9, index=index), seed):
        for fact in FACTS[:4]:
            assert fact.handle not in f"{one.circumstance} {one.title}"
            assert fact.statement not in one.circumstance
        assert OUTCOME.statement not in one.circumstance


@given(seed=st.integers(0, 2_000), index=st.integers(0, 2))
@settings(max_examples=40)
def test_texts_are_whole_sentences_without_gaps(seed: int, index: int) -> None:
    for one in proposed(situation(wanted=9, index=index), seed):
        for text in (one.description, one.circumstance, one.cause):
            assert text[0].isupper()
            assert text[-1] in ".?!"
            assert not {"{", "}", "  ", "..", ".,", " ."} & {text[i : i + n] for n in (1, 2) for i in range(len(text))}


def test_what_was_tried_or_lies_on_the_path_is_not_proposed_again_first() -> None:
    first = proposed(situation())
    again = proposed(situation(tried=tuple(one.description for one in first)))
    assert not {one.description for one in first} & {one.description for one in again}
    mechanism = first[0].mechanism
    chain = tuple(evolve(OUTCOME, mechanism=mechanism, statement=str(number)) for number in range(3))
    assert mechanism not in [one.mechanism for one in proposed(situation(effect=chain[0], chain=chain[1:]))]


@given(seed=st.integers(0, 5_000))
@settings(max_examples=30)
def test_the_judge_prefers_what_leads_to_the_effect(seed: int) -> None:
    straight = MomentProposal(
        "a", "The bearing runs hot and Quin keeps it to himself.", "c", ("nora", "quin"), "speed", ("heat",)
    )
    roundabout = evolve(straight, description="Olaf says nothing of the oil.", people=("nora", "olaf"), facts=("oil",))
    unrelated = evolve(straight, description="The strike is talked over.", facts=("strike",))
    scores = judged((straight, roundabout, unrelated), situation(), seed)
    assert mean(scores[0]) > mean(scores[1]) > mean(scores[2])
    assert scores[0].causal_necessity > scores[1].causal_necessity > scores[2].causal_necessity


@given(seed=st.integers(0, 5_000))
@settings(max_examples=20)
def test_the_judge_weighs_people_and_time(seed: int) -> None:
    able = MomentProposal("a", "d", "c", ("nora", "quin"), "speed", ("heat",))
    nobody_knows = evolve(able, people=("nora", "pia"))
    nobody_decides = evolve(able, people=("quin", "pia"))
    scores = judged((able, nobody_knows, nobody_decides), situation(), seed)
    assert scores[0].entity_capability > scores[1].entity_capability
    assert scores[0].entity_capability > scores[2].entity_capability
    too_early = judged((able,), situation(index=1), seed)[0]
    assert too_early.plausibility < 0.5 < scores[0].plausibility
    assert "not come in" in too_early.reason


@given(seed=st.integers(0, 2_000))
@settings(max_examples=20)
def test_the_judge_never_reads_names(seed: int) -> None:
    renamed = {"nora": "Zed", "olaf": "Vic", "pia": "Uma", "quin": "Tao"}
    people = tuple(evolve(one, name=renamed[one.id], role="") for one in PEOPLE)
    other = situation(scenario=evolve(SCENARIO, people=people))
    candidates = proposed(situation(), seed)
    reworded = tuple(evolve(one, title="x", description=f"Number {n}.") for n, one in enumerate(candidates))
    assert judged(candidates, situation(), seed) == judged(reworded, other, seed)


def test_a_repeated_kind_has_less_precedent() -> None:
    one = MomentProposal("a", "d", "c", ("nora", "quin"), "speed", ("heat",), mechanism="drift")
    chain = (evolve(OUTCOME, mechanism="drift"), evolve(OUTCOME, mechanism="drift"))
    fresh = judged((one,), situation())[0]
    stale = judged((one,), situation(chain=chain))[0]
    assert stale.historical_precedent < fresh.historical_precedent - 0.15


def upcoming(**changes: Any) -> NextContext:
    base = NextContext(SCENARIO, (), 0, 3, "hour", 1.0, (), ("route",), ("nora", "olaf", "pia", "quin"))
    return evolve(base, **changes)


def next_of(context: NextContext, seed: int = 0) -> MomentProposal:
    prompt = ProposeNext(SAMPLING, context)
    given: NextMoment = answer(prompt, draws(seed))
    assert prompt.check(given) is None
    return given.moment


def test_the_next_moment_takes_up_the_question_and_those_it_needs() -> None:
    moment = next_of(upcoming())
    assert moment.question == "route"
    assert "nora" in moment.people
    assert "take the short route" in moment.description
    assert not any(fact.handle in moment.circumstance for fact in FACTS[:4])


@given(seed=st.integers(0, 2_000))
@settings(max_examples=20)
def test_the_next_moment_follows_from_the_last_decision(seed: int) -> None:
    told = MomentView(
        "T0", "They chose.", "Nora decided to go around.", "route", (), ("nora", "olaf"), "long", "", "They met."
    )
    moment = next_of(upcoming(passed=(told,), index=1, asked=("route",), questions=("speed",)), seed)
    assert "Nora decided to go around" in moment.circumstance
    assert "Nora decided to go around" in moment.cause
    assert moment.mechanism == "decision"
    opened = evolve(told, settled="The question was left open.", option="")
    moment = next_of(upcoming(passed=(opened,), index=1, asked=("route",), questions=("speed",)), seed)
    assert "go around" not in moment.circumstance
    assert moment.mechanism == "open question"


def test_new_facts_come_in_with_their_moment() -> None:
    moment = next_of(upcoming(index=2, questions=("speed",)))
    assert set(moment.facts) == {"heat", "late"}
    assert "has learned of the hot bearing" in moment.description


def test_no_wording_comes_twice_in_a_row() -> None:
    passed: tuple[MomentView, ...] = ()
    for index in range(5):
        moment = next_of(upcoming(passed=passed, index=index, count=6, questions=()), index)
        closing = moment.circumstance.split(". ")[-1]
        assert index > 2 or not any(closing in one.circumstance for one in passed)
        passed = (
            *passed,
            MomentView(f"T{index}", moment.description, "", "", (), moment.people, circumstance=moment.circumstance),
        )


BARE = ScenarioView("Two people wait.", PEOPLE[2:], (), (), (), ())


@pytest.mark.parametrize(
    "scenario",
    [
        BARE,
        evolve(BARE, people=PEOPLE[3:]),
        evolve(BARE, facts=(FactView("k1", "Mission timeline", "", "", 0.5, ("pia",), (), 0),)),
        evolve(BARE, people=(evolve(PEOPLE[0], kind="building"), evolve(PEOPLE[1], kind="animal"))),
    ],
)
def test_a_scenario_with_next_to_nothing_still_gets_plans(scenario: ScenarioView) -> None:
    candidates = proposed(situation(scenario=scenario, questions=(), wanted=2))
    assert len(candidates) == 2
    assert len(judged(candidates, situation(scenario=scenario, questions=()))) == 2
    assert next_of(upcoming(scenario=scenario, questions=(), unseen=())).circumstance


def prompts() -> list[Prompt[Any]]:
    chain = (MomentView("", "The bearing ran hot.", "", "", ("heat",), ("quin",)), OUTCOME)
    stepped = situation(
        effect=chain[0],
        chain=chain[1:],
        tried=("Something else.",),
        earlier=MomentView("", "They left port.", "", "", (), ()),
    )
    return [
        ProposeNext(
            SAMPLING, upcoming(passed=(MomentView("T0", "They met.", "It was left open.", "route", (), ("nora",)),))
        ),
        ProposeAntecedents(SAMPLING, situation()),
        ProposeAntecedents(SAMPLING, stepped),
        ScoreAntecedents(SAMPLING, ScoreContext(stepped, proposed(stepped))),
    ]


@pytest.mark.parametrize("prompt", prompts(), ids=lambda prompt: type(prompt).__name__)
def test_answers_meet_the_schema_and_prompts_say_what_they_ask(prompt: Prompt[Any]) -> None:
    schema = prompt.schema()
    Draft202012Validator.check_schema(schema)
    plain = json.loads(json.dumps(Converter().unstructure(answer(prompt, draws(1)))))
    Draft202012Validator(schema).validate(plain)
    assert Converter().structure(plain, prompt.answer_type) == answer(prompt, draws(1))
    system, user = prompt.messages()
    assert (system.role, user.role) == ("system", "user")
    assert "JSON" in system.content
    for person in PEOPLE:
        assert person.name in user.content
    assert SCENARIO.description in user.content
    if not isinstance(prompt, ProposeNext):
        assert OUTCOME.statement in user.content


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"people": ("nora", "zoe")}, "people has zoe"),
        ({"people": ("nora", "nora")}, "at least two"),
        ({"circumstance": " "}, "must not be empty"),
        ({"question": "route"}, "not open to this moment"),
        ({"facts": ("oil", "gold")}, "do not exist: gold"),
        ({"hours": 0.0}, "above 0"),
        ({"option": "long"}, "not an option"),
    ],
)
def test_faults_of_a_proposal_are_named(change: dict[str, Any], complaint: str) -> None:
    context = situation()
    good = proposed(context)
    prompt = ProposeAntecedents(SAMPLING, context)
    assert complaint in (prompt.check(Antecedents((good[0], evolve(good[1], **change)))) or "")


def test_faults_of_lists_are_named() -> None:
    context = situation()
    good = proposed(context)
    prompt = ProposeAntecedents(SAMPLING, context)
    assert "empty" in (prompt.check(Antecedents(())) or "")
    assert "same description" in (prompt.check(Antecedents((good[0], good[0]))) or "")
    judge = ScoreAntecedents(SAMPLING, ScoreContext(context, good))
    score = Score(0.5, 0.5, 0.5, 0.5, "r")
    assert "exactly 5" in (judge.check(Scores((score,))) or "")
    assert "score 5" in (judge.check(Scores((score,) * 4 + (evolve(score, plausibility=1.5),))) or "")


def test_another_kind_of_prompt_is_refused() -> None:
    with pytest.raises(UsageError, match="does not answer Prompt"):
        answer(Prompt(SAMPLING), draws(0))
