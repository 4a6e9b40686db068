"""Portal mode: beam search back from an outcome, then the winner forward from its origin."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from staged_modes import Run, template, with_proposals

from timepoint_pro.errors import UsageError
from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.llm.scripted.planning import answer as scripted
from timepoint_pro.modes.exploration import order_of
from timepoint_pro.modes.paths import (
    Antecedent,
    CauseRevised,
    CoherenceMarked,
    PathBacktracked,
    PathChosen,
    Paths,
    PathStepped,
    SearchBegun,
    SearchCutShort,
    ThresholdRelaxed,
    mean,
)
from timepoint_pro.modes.portal import position, shortened
from timepoint_pro.modes.portal_search import Weights, choose
from timepoint_pro.modes.premise import CircumstanceCut, is_same_idea, whole
from timepoint_pro.prompts.base import Prompt
from timepoint_pro.prompts.planning import (
    MomentProposal,
    ProposeAntecedents,
    Score,
    ScoreAntecedents,
    Scores,
)
from timepoint_pro.records.draws import Dice, Draws
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import load

PARTS = ("plausibility", "causal_necessity", "entity_capability", "historical_precedent")


def scoring(rate: Any) -> Any:
    """The built-in planner with scores by ``rate(context, place of the candidate)``."""

    def answer(prompt: Prompt[Any], draws: Draws) -> Any:
        if not isinstance(prompt, ScoreAntecedents):
            return scripted(prompt, draws)
        values = [rate(prompt.context.situation, place) for place in range(len(prompt.context.candidates))]
        return Scores(tuple(Score(value, value, value, value, "set") for value in values))

    return answer


def test_the_beam_keeps_the_best() -> None:
    made = template(path_count=3, candidate_antecedents_per_step=5, coherence_threshold=0.0)
    played = Run(made, answer=scoring(lambda at, place: (place * 37 + at.index * 11) % 17 / 17)).play()
    known: dict[str, Antecedent] = {}
    for event in played.events(PathStepped):
        known.update({node.id: node for node in event.candidates})
        scores = sorted((mean(_lineage(known, node.id)) for node in event.candidates), reverse=True)
        kept = [mean(_lineage(known, one)) for one in event.kept]
        texts = [known[one].proposal.description for one in event.kept]
        assert len(set(texts)) == len(texts)
        assert kept == sorted(kept, reverse=True)
        assert kept[0] == scores[0]
        dropped = [
            node
            for node in event.candidates
            if node.id not in event.kept and not any(is_same_idea(node.proposal.description, text) for text in texts)
        ]
        assert all(mean(_lineage(known, node.id)) <= kept[-1] for node in dropped)
    paths = played.world[Paths]
    assert paths.paths[0].score == max(path.score for path in paths.paths)
    assert paths.chosen == "P1"
    assert [node.index for node in paths.winner] == [0, 1, 2, 3]


def _lineage(known: dict[str, Antecedent], node_id: str) -> tuple[Antecedent, ...]:
    nodes = [known[node_id]]
    while nodes[0].parent:
        nodes.insert(0, known[nodes[0].parent])
    return tuple(nodes)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 5)), min_size=1, max_size=20), st.integers(1, 6))
def test_choose_takes_the_best_of_each_idea(rated: list[tuple[float, int]], width: int) -> None:
    ideas = ("river rises", "bridge closes", "pump stops", "letter lost", "guard sleeps", "road floods")
    score = Score(0.5, 0.5, 0.5, 0.5, "")
    lineages = [
        (Antecedent(f"A{number}", "", 0, MomentProposal("t", ideas[idea], "c", ()), score, total),)
        for number, (total, idea) in enumerate(rated, 1)
    ]
    kept, spare = choose(lineages, width)
    best = sorted({idea: max(t for t, i in rated if i == idea) for _, idea in rated}.values(), reverse=True)
    assert [round(one[-1].total, 6) for one in kept] == [round(total, 6) for total in best[:width]]
    assert len(kept) + len(spare) == len(lineages)


@given(st.tuples(*[st.floats(0, 1)] * 4), st.tuples(*[st.floats(0, 1)] * 4))
def test_the_total_is_a_weighted_mean(weights: tuple[float, ...], parts: tuple[float, ...]) -> None:
    total = Weights(*weights).total(Score(*parts, "r"))
    assert min(parts) - 1e-6 <= total <= max(parts) + 1e-6


def test_weights_decide_what_counts() -> None:
    score = Score(1.0, 0.0, 0.5, 0.25, "r")
    assert Weights(1, 0, 0, 0).total(score) == 1.0
    assert Weights(0, 1, 0, 0).total(score) == 0.0
    assert Weights(0, 0, 0, 0).total(score) == 0.4375
    assert Weights(0.35, 0.3, 0.2, 0.15).total(score) == pytest.approx(0.4875)


def test_the_template_s_weights_reach_the_scores() -> None:
    keys = ("llm_scoring_weight", "causal_necessity_weight", "entity_capability_weight", "historical_precedent_weight")
    for key, part in zip(keys, PARTS, strict=True):
        weights = {name: float(name == key) for name in keys}
        paths = Run(template(coherence_threshold=0.0, **weights)).play().world[Paths]
        assert all(node.total == pytest.approx(getattr(node.score, part)) for node in paths.nodes)


@pytest.mark.parametrize("mode", ["reverse_chronological", "oscillating", "adaptive", "random"])
@pytest.mark.parametrize("width", [1, 3])
def test_at_most_two_calls_a_step_and_kept_path(mode: str, width: int) -> None:
    played = Run(template(exploration_mode=mode, path_count=width, coherence_threshold=0.0)).play()
    steps = played.events(PathStepped)
    bound = 2 * (1 + sum(len(event.kept) for event in steps[:-1]))
    searching = [prompt for key, prompt in played.calls if key[-1] != "revised"]
    assert len(searching) == bound <= 2 * width * 4
    assert len(played.calls) - bound == len(played.events(CauseRevised)) + len(played.events(CoherenceMarked))
    proposals = [prompt for prompt in searching if isinstance(prompt, ProposeAntecedents)]
    assert len(proposals) * 2 == len(searching)
    assert len({key for key, _ in played.calls}) == len(played.calls)


def test_explorations_take_different_orders() -> None:
    draws = Dice(1, "x").draws("order")
    assert order_of("reverse_chronological", 5, 10, draws) == (4, 3, 2, 1, 0)
    assert order_of("oscillating", 5, 10, draws) == (4, 0, 3, 1, 2)
    assert order_of("adaptive", 5, 10, draws) == (4, 3, 2, 1, 0)
    assert order_of("adaptive", 5, 5, draws) == (4, 0, 3, 1, 2)
    random = {order_of("random", 5, 10, draws) for _ in range(20)}
    assert len(random) > 5
    assert all(sorted(order) == [0, 1, 2, 3, 4] for order in random)
    played = Run(template(exploration_mode="oscillating")).play()
    assert played.events(SearchBegun)[0].order == (3, 0, 2, 1) == tuple(one.index for one in played.events(PathStepped))
    bridged = [prompt.context for _, prompt in played.calls if isinstance(prompt, ProposeAntecedents)]
    assert bridged[-1].earlier is not None
    assert bridged[-1].effect.statement != bridged[-1].outcome


def test_it_goes_back_when_all_candidates_fall_short() -> None:
    """At place 2 the best way on is a dead end at place 1; what was in reserve is not."""
    dead: set[str] = set()

    def rate(at: Any, place: int) -> float:
        if at.index == 2:
            return 0.9 - 0.05 * place
        if at.index == 1 and (not dead or at.effect.statement in dead):
            dead.add(at.effect.statement)
            return 0.1
        return 0.8

    made = template(path_count=1, coherence_threshold=0.6, max_backtrack_depth=3)
    played = Run(made, answer=scoring(rate)).play()
    (went_back,) = played.events(PathBacktracked)
    assert (went_back.index, went_back.to, went_back.best, went_back.threshold) == (1, 2, 0.1, 0.6)
    assert went_back.resumed
    assert not set(went_back.resumed) & set(went_back.abandoned)
    assert not played.events(ThresholdRelaxed)
    paths = played.world[Paths]
    assert paths.backtracks == 1
    assert went_back.resumed[0] in {node.id for node in paths.winner}
    assert went_back.abandoned[0] not in {node.id for node in paths.winner}
    assert {node.id for node in went_back.candidates} <= {node.id for node in paths.nodes}


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_backtracking_is_bounded_and_then_the_threshold_is_relaxed(depth: int) -> None:
    def rate(at: Any, place: int) -> float:
        return 0.42 if at.index == 1 else 0.8

    made = template(path_count=1, coherence_threshold=0.6, max_backtrack_depth=depth)
    played = Run(made, answer=scoring(rate)).play()
    assert len(played.events(PathBacktracked)) == depth
    relaxed = played.events(ThresholdRelaxed)
    assert [(event.before, event.after) for event in relaxed] == [(0.6, 0.55), (0.55, 0.5), (0.5, 0.45), (0.45, 0.4)]
    assert {event.index for event in relaxed} == {1}
    assert len(played.moments) == 5


def test_without_relaxation_the_path_ends_where_coherence_ends() -> None:
    def rate(at: Any, place: int) -> float:
        return 0.1 if at.index == 1 else 0.8

    made = template(portal_relaxation_enabled=False, max_backtrack_depth=0, coherence_threshold=0.6)
    played = Run(made, answer=scoring(rate)).play()
    assert played.events(SearchCutShort)[0].index == 1
    assert [moment.id for moment in played.moments] == ["T0", "T1", "T2"]
    assert not played.events(ThresholdRelaxed)


def test_an_outcome_that_nothing_leads_to_is_refused_where_the_threshold_stands() -> None:
    made = template(portal_relaxation_enabled=False, coherence_threshold=0.9)
    with pytest.raises(UsageError, match=r"reaches coherence 0.9 \(the best has 0.2\).*portal_relaxation_enabled"):
        Run(made, answer=scoring(lambda at, place: 0.2)).play()


def test_all_paths_are_kept_with_divergences_pivots_and_a_reason() -> None:
    played = Run(template(path_count=3, coherence_threshold=0.0), seed=3).play()
    paths = played.world[Paths]
    assert [path.id for path in paths.paths] == ["P1", "P2", "P3"]
    for path in paths.paths:
        assert path.score == mean([paths.node(one) for one in path.nodes])
        assert set(path.pivots) <= set(path.nodes)
        assert path.pivots
        for divergence in path.divergences:
            other = next(one for one in paths.paths if one.id == divergence.path)
            assert path.nodes[divergence.index] != other.nodes[divergence.index]
            assert path.nodes[divergence.index + 1 :] == other.nodes[divergence.index + 1 :]
        necessity = [paths.node(one).score.causal_necessity for one in path.nodes]
        assert paths.node(path.pivots[0]).score.causal_necessity == max(necessity)
    assert f"{paths.paths[0].score:.3f} against {paths.paths[1].score:.3f}" in played.events(PathChosen)[0].reason
    with pytest.raises(LookupError):
        paths.node("A999")


def test_the_winner_is_laid_out_forward_with_the_outcome_last() -> None:
    made = template()
    played = Run(made, seed=6).play()
    winner = played.world[Paths].winner
    assert [moment.description for moment in played.moments[:-1]] == [node.proposal.description for node in winner]
    assert played.moments[-1].circumstance == made.temporal.portal_description
    for node, moment in zip(winner, played.moments[1:], strict=True):
        assert moment.cause == node.proposal.cause
        assert moment.mechanism == node.proposal.mechanism
        assert moment.strength == pytest.approx(node.score.causal_necessity, abs=1e-3)


def test_years_are_spread_between_origin_and_portal() -> None:
    made = template(origin_year=2030, portal_year=2036).with_changes({"timepoints.start_time": None})
    moments = Run(made).play().moments
    hours = (6 * 365 + 1) * 24.0
    assert moments[-1].at == hours
    gaps = [after.at - before.at for before, after in itertools.pairwise(moments)]
    assert all(hours / 12 < gap < hours / 2 for gap in gaps)


CANARY = "Quillfeather"


@pytest.mark.parametrize("where", ["title", "description", "circumstance", "outcome"])
@given(seed=st.integers(0, 500), turn=st.integers(0, 3))
@settings(max_examples=8)
def test_no_circumstance_or_news_holds_the_outcome_or_a_later_premise(where: str, seed: int, turn: int) -> None:
    """A model that spills what comes at place ``turn``, everywhere it can, is cut in every earlier scene."""
    spill = f"Word has it that {CANARY} comes next."
    made = template()
    if where == "outcome":
        made = template(portal_description=f"The gate jams and {CANARY} floods the lower village.")

    def answer(prompt: Prompt[Any], draws: Draws) -> Any:
        given = scripted(prompt, draws)
        if not isinstance(prompt, ProposeAntecedents):
            return given
        changed = []
        for one in given.candidates:
            told = evolve(one, circumstance=f"{one.circumstance} {spill}", title=f"{one.title} with {CANARY}")
            if prompt.context.index == turn and where != "outcome":
                told = evolve(told, **{where: f"{getattr(told, where)} {spill}"})
            changed.append(told)
        return evolve(given, candidates=tuple(changed))

    played = Run(made, seed=seed, answer=answer).play()
    secret_at = len(played.moments) - 1 if where == "outcome" else turn
    for moment in played.moments[:secret_at]:
        assert CANARY not in moment.circumstance
        assert CANARY not in moment.title
        assert all(CANARY not in news.item.content for news in moment.news)
    cuts = played.events(CircumstanceCut)
    assert {event.timepoint_id for event in cuts} >= {f"T{index}" for index in range(secret_at)}
    assert all(CANARY not in event.kept for event in cuts[:secret_at])


@pytest.mark.parametrize(
    "spill",
    [
        "By then the lower village is flooded and the gate is jammed.",
        "The spillway gate jams and the lower village is flooded.",
        "Nobody here expects that the spillway might jam one day and flood them.",
    ],
)
def test_the_outcome_in_other_words_is_cut_too(spill: str) -> None:
    change = with_proposals(lambda one: evolve(one, circumstance=f"The lamps are on in the control room. {spill}"))
    played = Run(template(), answer=change, choose=lambda moment: "").play()
    for moment in played.moments[:-1]:
        assert moment.circumstance == "The lamps are on in the control room."
    assert all("outcome" in event.because for event in played.events(CircumstanceCut))


def test_the_built_in_planner_is_never_cut() -> None:
    for seed in range(6):
        assert not Run(template(), seed=seed).play().events(CircumstanceCut)


def test_a_decision_against_the_path_is_marked_and_the_next_scene_says_so() -> None:
    def decided(one: MomentProposal) -> MomentProposal:
        return evolve(one, option="hold") if one.question == "level" else one

    def choose_option(moment: Any) -> str:
        return "lower" if moment.question.id == "level" else moment.question.options[0].id

    played = Run(template(), answer=with_proposals(decided), choose=choose_option).play()
    mark = next(event for event in played.events(CoherenceMarked) if event.after == "T0")
    assert (mark.timepoint_id, mark.needed, mark.settled) == ("T1", "hold", "lower")
    assert "hold the level" in mark.reason
    assert "the decision to lower the lake" in played.moments[1].circumstance
    assert "to hold the level" in played.moments[1].circumstance
    assert played.world[Paths].marks[0] == mark
    kept = Run(
        template(), answer=with_proposals(decided), choose=lambda moment: {"level": "hold"}.get(moment.question.id, "")
    ).play()
    assert not [event for event in kept.events(CoherenceMarked) if event.after == "T0"]
    assert "The decision to" not in kept.moments[1].circumstance


def test_after_another_decision_the_next_moment_rests_on_an_antecedent_that_agrees_with_it() -> None:
    def decided(one: MomentProposal) -> MomentProposal:
        sets_level = one.question == "level" and one.mechanism == "decision"
        return evolve(one, option="hold" if sets_level else "")

    def choose_option(moment: Any) -> str:
        return "lower" if moment.question.id == "level" else moment.question.options[0].id

    revised = marked = 0
    for seed in range(24):
        planned = Run(template(), seed=seed, answer=with_proposals(decided), choose=lambda _moment: "").play()
        played = Run(template(), seed=seed, answer=with_proposals(decided), choose=choose_option).play()
        paths, marks = played.world[Paths], played.events(CoherenceMarked)
        assert planned.world[Paths].winner == paths.winner, "the search has no sight of what was decided"
        for event in played.events(CauseRevised):
            before, after = paths.node(event.instead_of), paths.node(event.node)
            assert (before.proposal.option, after.proposal.option) == ("hold", "")
            assert (before.index, before.parent) == (after.index, after.parent), "both lead to the same next moment"
            moment = next(one for one in played.moments if one.id == event.timepoint_id)
            assert (moment.cause, moment.mechanism) == (whole(after.proposal.cause), after.proposal.mechanism)
            assert moment.circumstance == next(one for one in planned.moments if one.id == moment.id).circumstance
            assert "happened" in event.score.reason
            assert event.timepoint_id not in {mark.timepoint_id for mark in marks}
        supposing = [node for node in paths.winner if node.proposal.option]
        assert len(supposing) == len(played.events(CauseRevised)) + len(marks)
        revised, marked = revised + len(played.events(CauseRevised)), marked + len(marks)
    assert revised >= 3


def test_no_other_antecedent_takes_its_place_where_none_is_coherent_enough() -> None:
    def decided(one: MomentProposal) -> MomentProposal:
        return evolve(one, option="hold" if one.question == "level" and one.mechanism == "decision" else "")

    def answer(prompt: Any, draws: Any) -> Any:
        given = with_proposals(decided)(prompt, draws)
        if getattr(prompt.context, "played", False):
            return evolve(given, scores=tuple(Score(0.0, 0.0, 0.0, 0.0, "not after this") for _ in given.scores))
        return given

    marks = 0
    for seed in range(24):
        played = Run(
            template(), seed=seed, answer=answer,
            choose=lambda moment: "lower" if moment.question.id == "level" else moment.question.options[0].id,
        ).play()  # fmt: skip
        assert not played.events(CauseRevised)
        marks += len(played.events(CoherenceMarked))
    assert marks >= 3


def test_a_planned_moment_waits_for_the_scene_before_it() -> None:
    made = template().with_changes({"timepoints.resolution": "second"})
    moments = Run(made, scene_hours=0.1).play().moments
    assert all(after.at > before.at + 0.1 for before, after in itertools.pairwise(moments))


def test_position_in_words() -> None:
    made = template(
        portal_description="The mission fails: life support gives out, and the crew leaves.", backward_steps=5
    )
    moment = Run(made).play().moments[3]
    assert position(moment, made) == "T3 of 5, working backward from: the mission fails"


@pytest.mark.parametrize(
    ("outcome", "short"),
    [
        ("Mission fails due to life support failure.", "Mission fails due to life support failure"),
        ("The bank closes, and three hundred people lose their work.", "The bank closes"),
        ("One two three four five six seven eight nine ten eleven", "One two three four five six seven eight nine ..."),
    ],
)
def test_an_outcome_in_short(outcome: str, short: str) -> None:
    assert shortened(outcome) == short


class Counting(ScriptedBackend):
    """The built-in model, which takes its time and remembers how many plans it was asked for at once."""

    def __init__(self) -> None:
        self.now = self.most = 0

    async def complete(self, request: Request, /) -> Completion:
        plans = isinstance(request.prompt, (ProposeAntecedents, ScoreAntecedents))
        self.now += plans
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0.002 * plans)
            return await super().complete(request)
        finally:
            self.now -= plans


@pytest.mark.parametrize(("workers", "at_once"), [(1, 1), (2, 2), (4, 3)])
def test_paths_are_asked_for_together(workers: int, at_once: int) -> None:
    made = template(path_count=3, coherence_threshold=0.0, max_parallel_workers=workers, backward_steps=3)
    counting = Counting()
    run = Simulation(made, seed=2, store=":memory:", backend=counting, model="scripted").run()
    assert counting.most == at_once
    assert run.dialogs == Simulation(made, seed=2, store=":memory:").run().dialogs


def test_planners_are_told_that_a_circumstance_holds_no_speech() -> None:
    played = Run(template()).play()
    proposing = [prompt for _, prompt in played.calls if isinstance(prompt, ProposeAntecedents)]
    assert proposing
    for prompt in proposing:
        rules = prompt.messages()[0].content
        assert "`circumstance`" in rules
        assert "never says who speaks" in rules
        assert "what is said" in rules


@pytest.mark.parametrize(("valence", "sign"), [(-0.8, -1), (0.8, 1)])
def test_what_the_outcome_is_to_people_moves_them_when_it_comes_and_not_before(valence: float, sign: int) -> None:
    def felt(of: float) -> dict[str, list[tuple[float, float]]]:
        template = load("mars_mission_portal").with_changes({"temporal.portal_valence": of})
        run = Simulation(template, seed=3, store=":memory:").run()
        found: dict[str, list[tuple[float, float]]] = {}
        for row in run.store.query("SELECT * FROM dialogs ORDER BY timepoint_id, turn_index"):
            state = row["emotional_valence"], row["emotional_arousal"]
            found.setdefault(row["timepoint_id"], []).append(state)
        return found

    indifferent, moved = felt(0.0), felt(valence)
    last = max(moved)
    assert {one: moved[one] for one in moved if one != last} == {
        one: indifferent[one] for one in indifferent if one != last
    }
    (before, calm), (after, stirred) = indifferent[last][0], moved[last][0]
    assert sign * (after - before) > 0.15
    assert 0.1 < stirred - calm <= 0.12  # half of .3 * .8, the internal scale being twice as long, less what has faded
