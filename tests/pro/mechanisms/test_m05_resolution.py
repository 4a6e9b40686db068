"""Levels, what they do to prompts, and what a token budget does to levels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from timepoint_pro.errors import BudgetReachedError, UnknownNameError, UsageError
from timepoint_pro.evaluation.resolution import compare_with_uniform
from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.mechanisms import fidelity
from timepoint_pro.mechanisms.m05_resolution import QueryDrivenResolution
from timepoint_pro.mechanisms.prompt_budget import LEAST_ITEMS, LEAST_TURNS, within
from timepoint_pro.mechanisms.resolution import (
    BUDGETS,
    DIALOG,
    ITEMS,
    TENSOR_ONLY,
    TRAINED,
    Grain,
    Resolution,
    ResolutionSet,
)
from timepoint_pro.mechanisms.turn_taking import Candidate, self_select
from timepoint_pro.prompts.dialog import DialogTurn, TurnContext
from timepoint_pro.prompts.dialog_size import estimated_tokens
from timepoint_pro.records.draws import Draws
from timepoint_pro.records.entity import EntityAsked
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.timepoint import Timepoint, TimepointOpened
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template, load
from timepoint_pro.templates.vocabulary import LEVELS


class Listening(ScriptedBackend):
    """The built-in model, keeping every context that it was shown."""

    def __init__(self) -> None:
        self.contexts: list[TurnContext] = []

    async def complete(self, request: Request, /) -> Completion:
        if isinstance(request.prompt, DialogTurn):
            self.contexts.append(request.prompt.context)
        return await super().complete(request)


def play(changes: dict[str, object] | None = None, **arguments: object) -> Run:
    template = load("convergence/simple").with_changes(changes or {})
    arguments = {"seed": 4, "store": ":memory:", **arguments}
    return Simulation(template, **arguments).run()  # type: ignore[arg-type]


def levels_of(run: Run) -> list[ResolutionSet]:
    return [one.event for entries in run.log.values() for one in entries if isinstance(one.event, ResolutionSet)]


def folded(facet: Resolution, *events: Event) -> Resolution:
    for number, event in enumerate(events):
        facet = facet.fold(Entry(f"T0#{number}", "T0", 0.0, -1, "M5", event))
    return facet


def opened(number: int) -> TimepointOpened:
    return TimepointOpened(Timepoint(f"T{number}", f"T{number}", number, float(number)))


def test_budgets_and_items_by_level_as_documented() -> None:
    facet = Resolution(initial=Map({name: rank for rank, name in enumerate(LEVELS)}))
    assert [facet.budget(name) for name in LEVELS] == [200, 800, 1500, 3000, 5000]
    assert [facet.items(name) for name in LEVELS] == [5, 8, 12, 16, 20]


def test_who_is_not_used_sinks_and_who_is_asked_about_rises() -> None:
    facet = folded(Resolution(disuse=2), opened(0), ResolutionSet((Grain("ada", "dialog", 0.8),)))
    assert facet.level("ada") == "dialog"
    seen = []
    for number in range(1, 8):
        facet = folded(facet, opened(number))
        seen.append(facet.level("ada"))
    assert seen == ["dialog", "graph", "graph", "scene", "scene", "tensor_only", "tensor_only"]
    lifted = [folded(facet, EntityAsked("ada", times)).level("ada") for times in (1, 2, 3, 6)]
    assert lifted == ["graph", "graph", "dialog", "trained"]


@given(st.sampled_from(sorted(fidelity.SHARES)), st.integers(20, 200))
def test_a_plan_keeps_its_shares_and_never_gets_coarser(name: str, moments: int) -> None:
    plan = fidelity.Fidelity(moments, "programmatic", name, (), "soft", None, None, ())
    levels = [plan.planned(index, 0.5) for index in range(moments)]
    assert levels == sorted(levels)
    for level, share in enumerate(fidelity.SHARES[name]):
        assert abs(levels.count(level) / moments - share) <= 0.01 + 1.5 / moments


def test_portal_pivots_go_by_place_and_importance() -> None:
    plan = fidelity.Fidelity(5, "programmatic", "portal_pivots", (), "soft", None, None, ())
    levels = [LEVELS[plan.planned(index, weight)] for index, weight in enumerate((0.2, 0.5, 0.8, 0.5, 0.2))]
    assert levels == ["trained", "scene", "dialog", "scene", "trained"]


needs = st.floats(0.0, 1.0)


@given(st.booleans(), needs, needs, needs, needs, st.integers(0, 50), st.integers(0, 50), st.integers(0, 200))
def test_need_is_bounded_and_grows_with_each_of_its_parts(
    decides: bool, untold: float, central: float, stake: float, weight: float, asked: int, mentions: int, held: int
) -> None:
    base = fidelity.need_of(decides, untold, central, stake, weight, (asked, mentions, held))
    assert 0.0 <= base.need <= 1.0
    assert 0.0 <= base.seen <= 1.0
    more = fidelity.need_of(decides, untold, central, stake, weight, (asked + 1, mentions, held))
    assert (more.need, more.seen) >= (base.need, base.seen)
    assert fidelity.need_of(decides, untold + 0.1, central, stake, weight, (asked, mentions, held)).need > base.need
    assert fidelity.need_of(True, untold, central, stake, weight, (asked, mentions, held)).need >= base.need


@given(st.lists(needs, min_size=2, max_size=9), st.integers(0, 3))
def test_the_most_needed_speak_at_dialog_and_nobody_less_needed_is_shown_more_finely(
    values: list[float], silent: int
) -> None:
    found = {f"p{number}": value for number, value in enumerate(values)}
    speakers = [name for name in found if int(name[1:]) >= silent]
    levels = fidelity.needed({name: fidelity.Need(value) for name, value in found.items()}, speakers)
    assert set(levels) == set(found)
    for one in speakers:
        for other in speakers:
            assert levels[one] >= levels[other] or found[one] <= found[other]
    assert sum(levels[name] >= DIALOG for name in speakers) >= min(2, len(speakers))
    assert all(levels[name] < DIALOG for name in found if name not in speakers)
    seen = fidelity.needed({name: fidelity.Need(value, 0.95) for name, value in found.items()}, speakers)
    assert seen == {name: TRAINED if level == DIALOG else level for name, level in levels.items()}


@given(
    st.lists(st.tuples(st.integers(0, 4), needs), min_size=1, max_size=8), st.floats(0.0, 40_000.0), st.integers(1, 20)
)
def test_a_budget_only_lowers_and_only_as_far_as_it_must(
    people: list[tuple[int, float]], allowance: float, turns: int
) -> None:
    before, costs = [level for level, _ in people], [0.5 * most for most in BUDGETS]
    after = fidelity.fitted(before, [need for _, need in people], costs, allowance, turns)
    assert all(new <= old for new, old in zip(after, before, strict=True))
    cost = turns * sum(costs[level] for level in after) / len(after)
    assert cost <= allowance or set(after) == {TENSOR_ONLY}
    if turns * sum(costs[level] for level in before) / len(before) <= allowance:
        assert after == before


def test_eigenvector_centrality_counts_trust_and_meetings() -> None:
    run = Simulation.from_template("board_meeting", seed=2, store=":memory:").run()
    from timepoint_pro.mechanisms.ties import Ties

    people = [one.id for one in run.entities]
    found = fidelity.centralities(run.world()[Ties], people)
    assert max(found.values()) == pytest.approx(1.0)
    assert len(set(found.values())) > 2
    assert fidelity.centralities(None, people) == dict.fromkeys(people, 0.0)


@pytest.fixture(scope="module")
def contexts() -> list[TurnContext]:
    backend = Listening()
    Simulation.from_template("board_meeting", seed=5, store=":memory:", backend=backend).run()
    return backend.contexts


def test_the_estimate_is_near_the_rendered_length(contexts: list[TurnContext]) -> None:
    for context in contexts:
        rendered = sum(len(one.content) for one in DialogTurn(None, context).messages()) // 4  # type: ignore[arg-type]
        assert estimated_tokens(context) == pytest.approx(rendered, rel=0.2)



@given(st.data())
def test_a_prompt_is_cut_to_its_tokens_oldest_first(contexts: list[TurnContext], data: st.DataObject) -> None:
    context = data.draw(st.sampled_from(contexts))
    tokens = data.draw(st.integers(100, 3000))
    cut = within(context, tokens)
    least = len(cut.knows) <= LEAST_ITEMS and len(cut.recent) <= LEAST_TURNS and not cut.history
    assert estimated_tokens(cut) <= tokens + 1 or least
    assert cut.recent == context.recent[len(context.recent) - len(cut.recent) :]
    assert cut.knows == context.knows[: len(cut.knows)]
    assert cut.history == context.history[len(context.history) - len(cut.history) :]
    assert (cut.feeling, cut.speaker, cut.matter, cut.setting) == (
        context.feeling, context.speaker, context.matter, context.setting,
    )  # fmt: skip
    if estimated_tokens(context) <= tokens:
        assert cut == context


ORDINARY = {"temporal.fidelity_planning_mode": "adaptive", "entities.initial_resolution": "scene"}


def test_who_decides_speaks_at_dialog_and_those_at_the_edge_with_fewer_words_and_items() -> None:
    template = load("castaway_colony_branching").with_changes({**ORDINARY, "temporal.token_budget": None})
    backend = Listening()
    run = Simulation(template, seed=2, mode="forward", store=":memory:", backend=backend).run()
    levels = {
        (timepoint.id, grain.entity): grain.level
        for timepoint, event in zip(run.timepoints, levels_of(run), strict=True) for grain in event.grains
    }  # fmt: skip
    deciding = [(one.id, one.question.decides) for one in run.timepoints if one.question is not None]
    assert deciding
    assert all(LEVELS.index(levels[one]) >= DIALOG for one in deciding)
    spoken = {levels[one.setting.timepoint_id, one.speaker.id] for one in backend.contexts}
    assert {"dialog", "scene"} <= spoken
    for context in backend.contexts:
        level = levels[context.setting.timepoint_id, context.speaker.id]
        assert context.detail == level
        assert len(context.knows) <= ITEMS[LEVELS.index(level)]
        assert (context.recollection is not None) == (level == "trained")


def test_at_first_nobody_is_shown_more_coarsely_than_the_template_starts_them() -> None:
    coarse = play({**ORDINARY})
    fine = play({**ORDINARY, "entities.initial_resolution": "dialog"})
    assert {grain.level for grain in levels_of(fine)[0].grains} == {"dialog"}
    assert any(grain.level == "graph" for event in levels_of(coarse) for grain in event.grains)


def test_a_programmatic_plan_gives_short_prompts_to_early_moments() -> None:
    backend = Listening()
    changes = {"temporal.fidelity_planning_mode": "programmatic", "temporal.fidelity_template": "minimalist"}
    run = play(changes, backend=backend)
    assert [event.grains[0].level for event in levels_of(run)] == ["tensor_only", "tensor_only", "scene"]
    first = [one for one in backend.contexts if one.setting.timepoint_id == run.timepoints[0].id]
    assert max(len(one.knows) for one in first) <= ITEMS[TENSOR_ONLY]
    assert run.resolution_report().tokens < play().resolution_report().tokens


def test_a_schedule_of_the_users_own_is_followed_and_holds_on() -> None:
    schedule = {"temporal.token_budget_mode": "user", "temporal.custom_fidelity_schedule": ["graph", "trained"]}
    assert [event.grains[0].level for event in levels_of(play(schedule))] == ["graph", "trained", "trained"]


def test_hard_stops_and_resumes_with_a_higher_budget() -> None:
    store = RunStore(":memory:")
    changes = {"temporal.token_budget_mode": "hard", "temporal.token_budget": 9000}
    with pytest.raises(BudgetReachedError, match="token_budget") as reached:
        play(changes, store=store, run_id="capped")
    assert reached.value.exit_code == 5
    assert store.load("capped").status == "budget"
    more = [QueryDrivenResolution(token_budget=10**6)]
    resumed = Simulation.resume("capped", store, mechanisms=more, accept_changes=True).run()
    whole = play({"temporal.token_budget_mode": "hard", "temporal.token_budget": 10**6})
    assert resumed.status == "completed"
    said = [[turn.content for turn in dialog.turns] for dialog in resumed.dialogs]
    assert said == [[turn.content for turn in dialog.turns] for dialog in whole.dialogs]


@pytest.mark.parametrize(("mode", "warned"), [("soft", True), ("max", False)])
def test_soft_says_once_that_the_budget_is_passed_and_max_does_not(mode: str, warned: bool) -> None:
    run = play({"temporal.token_budget_mode": mode, "temporal.token_budget": 1000})
    found = [one for one in run.violations if one.rule == "budget"]
    assert len(found) == int(warned)
    assert all(one.severity == "soft" and "1000" in one.explanation for one in found)


@pytest.mark.parametrize("mode", ["adaptive", "orchestrator"])
def test_a_tight_budget_lowers_levels_and_takes_fewer_tokens(mode: str) -> None:
    tight = play({"temporal.token_budget_mode": mode, "temporal.token_budget": 6000})
    loose = play({"temporal.token_budget_mode": mode, "temporal.token_budget": 10**7})
    assert loose.resolution_report().spent == play().resolution_report().spent
    assert sum(event.lowered for event in levels_of(tight)) > 0 == sum(event.lowered for event in levels_of(loose))
    spent = [run.resolution_report().tokens / run.turns for run in (tight, loose)]
    assert spent[0] < 0.8 * spent[1], "tokens a turn: how many turns a scene has is chance"
    assert tight.turns > 0


def test_an_envelope_scales_levels_and_self_selection() -> None:
    shape = {"attack": 0.0, "decay": 0.0, "sustain": 1.0, "release": 1.0}
    run = play({"entities.envelope": shape})
    presences = [event.grains[0].presence for event in levels_of(run)]
    assert presences == sorted(presences, reverse=True)
    assert presences[0] == 1.0
    assert presences[-1] == 0.0
    assert levels_of(run)[-1].grains[0].level == "tensor_only"
    pair = [Candidate("ada", 0.5, 0.5, 0.5), Candidate("bo", 0.5, 0.5, 0.5, presence=0.1)]
    chosen = [self_select(pair, "", "", Draws(str(number).encode())) for number in range(300)]
    assert chosen.count("ada") > 240


def test_below_dialog_a_damped_wave_keeps_people_silent() -> None:
    quiet = {"A": 0.5, "D": 1000.0, "P": 1.0, "R": 0.0, "S": 0.2, "t0": 0, "baseline": 0.3}
    run = play({"entities.adprs_envelopes": [quiet]})
    assert run.turns == 0
    assert {grain.level for event in levels_of(run) for grain in event.grains} == {"scene"}
    loud = {**quiet, "baseline": 0.9}
    spoken = play({"entities.adprs_envelopes": [loud, loud, quiet]})
    silent = spoken.entities[2].id
    assert spoken.turns > 0
    assert silent not in {turn.speaker for dialog in spoken.dialogs for turn in dialog.turns}


def test_the_report_adds_up() -> None:
    run = Simulation.from_template("castaway_colony_branching", mode="forward", seed=3, store=":memory:").run()
    report = run.resolution_report()
    assert sum(report.cells.values()) == len(run.entities) * len(run.timepoints)
    assert len(report.levels) == sum(len(one.present) for one in run.timepoints)
    assert 0 < report.tokens <= report.same_turns_at_trained < report.whole_cast_at_trained
    assert report.saved == pytest.approx(1 - report.tokens / report.same_turns_at_trained)
    assert report.saved_of_cast > 0.4
    assert report.calls >= run.turns
    assert "M5" in run.mechanisms


def test_questions_are_recorded_and_lift_whom_they_are_about() -> None:
    store = RunStore(":memory:")
    changes = {"temporal.token_budget_mode": "hard", "temporal.token_budget": 9000}
    with pytest.raises(BudgetReachedError):
        play(changes, store=store, run_id="capped")
    run = store.load("capped")
    who = run.entities[0]
    portraits = [run.ask_about(who.name) for _ in range(6)]
    assert [one.asked for one in portraits if one is not None] == [1, 2, 3, 4, 5, 6]
    more = [QueryDrivenResolution(token_budget=10**6)]
    resumed = Simulation.resume("capped", store, mechanisms=more, accept_changes=True).run()
    assert resumed.world()[Resolution].rank(who.id) == TRAINED
    later = [one.event for entries in resumed.log.values() for one in entries if isinstance(one.event, EntityAsked)]
    assert later == [EntityAsked(who.id, 6)]
    with pytest.raises(UnknownNameError):
        resumed.ask_about("nobody of that name")


def test_without_m5_the_run_plays_and_has_nothing_to_report() -> None:
    run = play(without=["M5"])
    assert run.turns > 0
    assert "M5" not in run.mechanisms
    with pytest.raises(UsageError, match="M5"):
        run.resolution_report()


def test_levels_need_five_rising_numbers() -> None:
    with pytest.raises(ValueError, match="budgets: expected five rising numbers"):
        QueryDrivenResolution(budgets=(5, 4, 3, 2, 1))


def test_a_crowd_in_the_background_stays_at_its_level_without_events() -> None:
    crowd = {"entities": {"count": 200, "initial_resolution": "tensor_only"}, "timepoints": {"count": 2}}
    run = Simulation(
        Template.from_dict({"scenario_description": "A market square.", **crowd}), store=":memory:", seed=1
    ).run()
    assert len(run.entities) == 200
    assert sum(len(event.grains) for event in levels_of(run)) <= 12
    report = run.resolution_report()
    assert report.cells["tensor_only"] > 380


def test_a_second_run_at_one_level_is_played_in_earnest() -> None:
    run = play()
    found = compare_with_uniform(run)
    levels = {one.level for one in found_levels(run)}
    assert found.level == "trained"
    assert levels != {"trained"}
    assert found.run.tokens <= found.uniform.tokens
    assert found.saved == pytest.approx(1 - found.run.tokens / found.uniform.tokens)
    assert set(found.run.audit) == set(found.uniform.audit)
    assert found.uniform.turns > 0
    coarse = compare_with_uniform(run, "tensor_only")
    assert coarse.uniform.tokens < found.uniform.tokens
    with pytest.raises(UsageError, match="without M5"):
        compare_with_uniform(play(without=["M5"]))


def found_levels(run: Run) -> list[Grain]:
    return [
        grain for entries in run.log.values() for entry in entries if isinstance(entry.event, ResolutionSet)
        for grain in entry.event.grains
    ]  # fmt: skip


def test_who_is_below_the_speaking_level_is_computed_and_asked_for_nothing() -> None:
    changes: dict[str, object] = {"temporal.fidelity_planning_mode": "programmatic"}
    spoken = play(changes, mechanisms=[QueryDrivenResolution(speaks_from="dialog")])
    levels = {one.id: spoken.world(one.id)[Resolution].level(one.present[0]) for one in spoken.timepoints}
    silent = {one for one, level in levels.items() if LEVELS.index(level) < DIALOG}
    assert silent
    assert silent.isdisjoint(dialog.timepoint_id for dialog in spoken.dialogs)
    asked = spoken.store.query("SELECT DISTINCT chunk FROM llm_calls WHERE action = 'DIALOG_SYNTHESIS'")
    assert silent.isdisjoint(row["chunk"] for row in asked)
    first, last = spoken.timepoints[0], spoken.timepoints[-1]
    assert spoken.state(first.present[0], first.id).valence != spoken.state(first.present[0], last.id).valence
    assert play(changes).turns > spoken.turns
