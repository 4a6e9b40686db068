"""An intervention that touches two of six people: nothing changes for the other four."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from staged_modes import document

from timepoint_pro.evaluation.comparison import compare
from timepoint_pro.evaluation.counterfactual import divergence
from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.mechanisms.interventions import Intervention
from timepoint_pro.prompts.planning import NextMoment, ProposeNext
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template

PAIR, REST = ("ada", "ben"), ("cora", "dev", "elif", "finn")
INTERVENTIONS = (
    Intervention.decision("ada", "skip"),
    Intervention.state("ada", valence=-1.0, arousal=1.0, energy=5.0),
    Intervention.exposure("ben", "A wave has taken the boat house."),
    Intervention.relationship("ada", "ben", trust=-0.9),
)


class Groups(ScriptedBackend):
    """The built-in model, which brings the pair and the rest together by turns."""

    def __init__(self) -> None:
        self.asked: list[ProposeNext] = []

    async def complete(self, request: Request, /) -> Completion:
        answer = await super().complete(request)
        if not isinstance(request.prompt, ProposeNext):
            return answer
        self.asked.append(request.prompt)
        context = request.prompt.context
        people = context.company or (PAIR, REST)[context.index % 2]
        return evolve(answer, value=NextMoment(evolve(answer.value.moment, people=people)))


def template() -> Template:
    base: dict[str, Any] = document(6)
    base["temporal"] = {"mode": "forward"}
    base["timepoints"]["count"] = 6
    questions = base["metadata"]["questions"]
    for question, decides in zip(questions, ("ada", "finn", "ada"), strict=True):
        question["decides"] = decides
    questions.append(
        {
            "id": "road",
            "text": "Do we close the road?",
            "topics": ["road"],
            "decides": "cora",
            "at": 3,
            "options": [{"id": "close", "label": "close the road"}, {"id": "open", "label": "leave the road open"}],
        }
    )
    return Template.from_dict(base)


@pytest.fixture(scope="module")
def whole() -> Run:
    return Simulation(template(), seed=3, store=RunStore(":memory:"), backend=Groups(), model="scripted").run()


def test_people_are_told_nothing_by_way_of_the_planner(whole: Run) -> None:
    asking = Groups()
    Simulation(template(), seed=3, store=":memory:", backend=asking, model="scripted").run()
    bounded = [one.context for one in asking.asked if one.context.company]
    assert {one.index for one in bounded} == {2, 3, 4, 5}
    for context in bounded:
        here = set(context.company)
        assert all(here & set(moment.people) for moment in context.passed)
        assert len(context.passed) < context.index
        assert all(tie.one in here for tie in context.scenario.tensions)
        assert all(not one.mood for one in context.scenario.people if one.id not in here)
    assert [one.present for one in whole.timepoints][2:] == [PAIR, REST, PAIR, REST]


@pytest.mark.parametrize("intervention", INTERVENTIONS, ids=lambda one: one.kind)
def test_the_other_four_are_identical(whole: Run, intervention: Intervention) -> None:
    fork = whole.fork("T2", intervention, branch="b", backend=Groups(), model="scripted")
    found = divergence(whole, fork)
    assert {one.entity for one in found.cone.entities} == set(PAIR)
    assert found.unexplained == ()
    for key in ("T3", "T5"):
        before, after = _spoken(whole, key), _spoken(fork, f"{key}:b")
        assert before == after != []
        assert _events(whole, key) == _events(fork, f"{key}:b")
    for who in REST:
        assert _state(whole, who) == _state(fork, who)
    sides = {row.key: row.same for row in compare(whole, fork).moments}
    assert sides["T0"]
    assert sides["T1"]
    assert sides["T3"]
    assert sides["T5"]
    assert {one.entity for one in compare(whole, fork).people if one.same} == set(REST)


def _state(run: Run, who: str) -> tuple[Any, ...]:
    """A person's state but for one value of the tensor: what they know as a share of all that anybody knows."""
    state = run.state(who)
    tensor = state.tensor
    shown = state.valence, state.arousal, state.energy, state.knows
    return (*shown, tensor.context[1:], tensor.biology, tensor.behavior)


def _spoken(run: Run, at: str) -> list[tuple[Any, ...]]:
    (dialog,) = (one for one in run.dialogs if one.timepoint_id == at)
    return [
        (one.speaker, one.content, one.tone, one.tactic, one.shared, one.valence, one.arousal, one.energy)
        for one in dialog.turns
    ]


IDENTITY = ("ResolutionSet", "EdgesDrawn", "KnowledgeGained", "TimepointOpened")
"""Events that hold ids of the path, or how much each person counts in the whole network."""


def _events(run: Run, at: str) -> list[str]:
    """What the log holds of a moment, without the branch in its ids."""
    kept = (one.event for one in run.log[at] if type(one.event).__name__ not in IDENTITY)
    return [repr(event).replace(":b", "") for event in kept]
