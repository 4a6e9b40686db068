"""Candidates of a portal that are played forward for the judge."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import frozen
from staged_modes import document

from timepoint_pro.errors import MechanismError
from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.routing import assign
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.llm.scripted.planning import answer as scripted
from timepoint_pro.mechanisms.base import Context, Spec, Stage, Start
from timepoint_pro.modes.forward import Forward
from timepoint_pro.modes.paths import Antecedent, Paths
from timepoint_pro.prompts.dialog import DialogTurn
from timepoint_pro.prompts.planning import ScoreAntecedents, TrialOutcome
from timepoint_pro.records.draws import Draws
from timepoint_pro.records.event import Event
from timepoint_pro.records.world import World
from timepoint_pro.run import Run
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template


class Listening(ScriptedBackend):
    """The built-in model, which remembers what it was asked."""

    def __init__(self) -> None:
        self.prompts: list[Any] = []

    async def complete(self, request: Request, /) -> Completion:
        self.prompts.append(request.prompt)
        return await super().complete(request)


def template(**temporal: Any) -> Template:
    given = {
        "use_simulation_judging": True, "backward_steps": 2, "path_count": 2, "candidate_antecedents_per_step": 3,
        "coherence_threshold": 0.2, **temporal,
    }  # fmt: skip
    return Template.from_dict(document(4, **given))


def simulate(made: Template, backend: ScriptedBackend | None = None) -> Run:
    return Simulation(made, seed=4, store=":memory:", backend=backend or Listening(), model="scripted").run()


def nodes(run: Run) -> tuple[Antecedent, ...]:
    return run.world()[Paths].nodes


def test_the_judge_sees_what_came_of_each_candidate() -> None:
    listening = Listening()
    run = simulate(template(), listening)
    judged = [one.context for one in listening.prompts if isinstance(one, ScoreAntecedents)]
    assert judged
    assert all(len(one.trials) == len(one.candidates) for one in judged)
    assert [node.trial for node in nodes(run)] == [one for context in judged for one in context.trials]
    for node in nodes(run):
        assert node.trial is not None
        assert node.trial.moments == 2
        assert 0.0 <= node.trial.wellbeing <= 1.0
        assert 0.0 <= node.trial.tension <= 1.0
        assert node.trial.said
        assert node.proposal.question in dict(node.trial.settled)
    words = next(one for one in listening.prompts if isinstance(one, ScoreAntecedents)).messages()[1].content
    assert "Played forward for a trial" in words
    assert judged[0].trials[0].said[-1] in words


def test_nothing_of_a_trial_is_kept_but_its_calls() -> None:
    run, without = simulate(template()), simulate(template(use_simulation_judging=False))
    assert [one.id for one in run.timepoints] == ["T0", "T1", "T2"]
    assert set(run.log) == set(without.log)
    assert run.cost.calls > without.cost.calls
    rows = run.store.query("SELECT call_key FROM llm_calls WHERE run_id = ? AND call_key LIKE '%trial%'", (run.run_id,))
    keys = [row["call_key"] for row in rows]
    assert len(keys) == len(set(keys)) > 0
    assert not any("trial" in entry.id for entries in run.log.values() for entry in entries)


def test_no_scene_of_a_trial_holds_the_outcome() -> None:
    listening = Listening()
    made = template()
    run = simulate(made, listening)
    told = [one for one in listening.prompts if isinstance(one, DialogTurn)]
    assert len(told) > run.turns
    for prompt in told[: len(told) - run.turns]:
        words = " ".join(message.content for message in prompt.messages())
        assert "lower village is flooded" not in words
        assert "spillway gate jams" not in words.casefold()


@pytest.mark.parametrize(("steps", "moments"), [(1, 1), (3, 3)])
def test_a_trial_lasts_as_many_moments_as_the_template_says(steps: int, moments: int) -> None:
    run = simulate(template(simulation_forward_steps=steps, simulation_include_dialog=False))
    assert {node.trial.moments for node in nodes(run) if node.trial} == {moments}


def test_a_silent_trial_asks_for_no_turn() -> None:
    run, loud = simulate(template(simulation_include_dialog=False)), simulate(template())
    assert all(node.trial is not None and node.trial.said == () for node in nodes(run))
    assert run.cost.calls < loud.cost.calls
    assert run.turns


def test_a_trial_has_no_more_people_than_the_template_says() -> None:
    listening = Listening()
    run = simulate(template(simulation_max_entities=2), listening)
    told = [one.context for one in listening.prompts if isinstance(one, DialogTurn)]
    trials = told[: len(told) - run.turns]
    assert trials
    assert {len(one.relations) for one in trials} == {1}
    assert max(len(one.relations) for one in told[len(trials) :]) > 1


def test_like_candidates_share_a_trial_where_the_template_says_so() -> None:
    shared, each = simulate(template(path_count=3)), simulate(template(path_count=3, simulation_cache_results=False))
    assert shared.cost.calls < each.cost.calls


def test_trials_move_the_scores_and_the_same_seed_gives_the_same() -> None:
    run, again = simulate(template()), simulate(template())
    assert nodes(run) == nodes(again)
    moved = [node.score for node in nodes(run)] != [node.score for node in nodes(simulate(_plain()))]
    assert moved


def _plain() -> Template:
    return template(use_simulation_judging=False)


def test_what_came_of_a_candidate_speaks_for_or_against_it() -> None:
    listening = Listening()
    simulate(template(), listening)
    prompt = next(
        one for one in listening.prompts
        if isinstance(one, ScoreAntecedents) and any(each.option for each in one.context.candidates)
    )  # fmt: skip
    number, candidate = next((n, one) for n, one in enumerate(prompt.context.candidates) if one.option)
    scores = []
    for option in (candidate.option, "", "something else"):
        trials = tuple(TrialOutcome(1, ((one.question, option),)) for one in prompt.context.candidates)
        changed = ScoreAntecedents(prompt.sampling, type(prompt.context)(
            prompt.context.situation, prompt.context.candidates, trials
        ))  # fmt: skip
        scores.append(scripted(changed, Draws(b"one")).scores[number].plausibility)
    assert scores[0] > scores[1] > scores[2]


def test_the_judge_is_the_model_that_the_template_names() -> None:
    made = template(judge_model="deepseek/deepseek-r1")
    assert assign(made, None, None, {}).chain("PORTAL_PATH_SCORING") == ("deepseek/deepseek-r1",)
    assert assign(made, None, None, {}).chain("PORTAL_BACKWARD_REASONING") == ("scripted",)
    assert assign(made, "scripted", None, {}).chain("PORTAL_PATH_SCORING") == ("scripted",)
    forward = made.with_changes({"temporal.mode": "forward"})
    assert assign(forward, None, None, {}).chain("PORTAL_PATH_SCORING") == ("scripted",)


@frozen
class Prying:
    """A mechanism that asks for a trial."""

    spec = Spec("X1", "prying", (Stage.CHECK,), (), ())

    def start(self, _template: Template, /) -> Start:
        return Start()

    async def __call__(self, world: World, ctx: Context, /) -> tuple[Event, ...]:
        await ctx.probe(Forward.from_template(template()), "x")  # type: ignore[attr-defined]
        return ()


def test_only_a_mode_may_probe() -> None:
    made = Template.from_template("convergence/simple").with_changes({"timepoints.count": 1})
    with pytest.raises(MechanismError, match="only a mode can"):
        Simulation(made, store=":memory:", mechanisms=[Prying()]).run()
