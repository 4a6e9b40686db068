"""Statistics over runs: golden values, what must hold for any numbers, and that planted effects are found."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timepoint_pro import Simulation
from timepoint_pro.campaign.sweep import sweep
from timepoint_pro.errors import UsageError
from timepoint_pro.evaluation.outcomes import Outcome, outcome
from timepoint_pro.evaluation.statistics import Effect, sensitivity, statistics, wilson
from timepoint_pro.templates import load


def made(values: Sequence[float], **more: float) -> list[Outcome]:
    return [Outcome(f"r{number}", {}, {"y": value, **more}, {}) for number, value in enumerate(values)]


def people(rows: Sequence[Sequence[float]]) -> list[Outcome]:
    return [
        Outcome(f"r{r}", {}, {}, {f"p{e}": {"y": value} for e, value in enumerate(row)}) for r, row in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("count", "runs", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, table I: 81/263, 15/148, 0/20, 1/29.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_of_shares_are_those_of_the_literature(count: int, runs: int, low: float, high: float) -> None:
    assert wilson(count, runs) == pytest.approx((low, high), abs=1e-4)


def test_components_of_a_table_worked_by_hand() -> None:
    """Runs 1 2 3, persons a b: means 2 4 6 and 3 5, grand 4; mean squares 8, 6 and 0."""
    (found,) = statistics(people([[1, 3], [3, 5], [5, 7]])).components
    assert (found.between_people, found.between_runs, found.rest) == pytest.approx((2.0, 4.0, 0.0))


@settings(max_examples=50)
@given(st.lists(st.lists(st.floats(-10, 10), min_size=3, max_size=3), min_size=2, max_size=6))
def test_components_are_no_less_than_nothing_and_shift_nothing(rows: list[list[float]]) -> None:
    (found,) = statistics(people(rows)).components
    (moved,) = statistics(people([[value + 5.0 for value in row] for row in rows])).components
    for name in ("between_people", "between_runs", "rest"):
        assert getattr(found, name) >= 0.0
        assert getattr(moved, name) == pytest.approx(getattr(found, name), abs=1e-6)


def test_components_are_recovered_from_many_runs() -> None:
    chance = random.Random(5)
    persons = [chance.gauss(0, 2) for _ in range(30)]
    rows = []
    for _ in range(200):
        shift = chance.gauss(0, 1)
        rows.append([shift + person + chance.gauss(0, 0.5) for person in persons])
    (found,) = statistics(people(rows)).components
    assert found.between_runs == pytest.approx(1.0, rel=0.25)
    assert found.rest == pytest.approx(0.25, rel=0.1)
    assert found.between_people == pytest.approx(4.0, rel=0.6)


def test_the_interval_of_a_mean_holds_it_about_as_often_as_it_says() -> None:
    chance = random.Random(1)
    held = 0
    for _ in range(40):
        interval = statistics(made([chance.gauss(0, 1) for _ in range(20)])).numbers[0].interval
        assert interval is not None
        held += interval[0] <= 0.0 <= interval[1]
    assert 34 <= held <= 40


def test_two_runs_have_no_interval_and_one_no_deviation() -> None:
    assert statistics(made([1.0, 2.0])).numbers[0].interval is None
    assert statistics(made([1.0])).numbers[0].sd is None
    with pytest.raises(UsageError, match="one run or more"):
        statistics([])


def effect(found: Sequence[Effect], measure: str) -> Effect:
    return next(one for one in found if one.measure == measure)


def test_a_planted_effect_is_found_and_noise_is_not() -> None:
    chance = random.Random(11)
    values = [1.0, 2.0, 3.0] * 20
    blocks = [number // 3 for number in range(60)]
    found = [
        Outcome(f"r{n}", {}, {"moved": 2.0 * value + chance.gauss(0, 1), "noise": noise, "still": 4.0}, {})
        for n, (value, noise) in enumerate(zip(values, [chance.gauss(0, 1) for _ in values], strict=True))
    ]
    effects = sensitivity("$.x", values, blocks, found)
    moved, noise, still = (effect(effects, name) for name in ("moved", "noise", "still"))
    assert (moved.p, effects[0]) == (0.001, moved)
    assert moved.slope == pytest.approx(2.0, abs=0.3)
    assert moved.share > 0.5
    assert noise.p > 0.05
    assert (still.share, still.p) == (0.0, 1.0)
    assert [level.runs for level in moved.levels] == [20, 20, 20]


def test_p_is_small_by_chance_as_often_as_it_says() -> None:
    chance = random.Random(4)
    small = 0
    for _ in range(20):
        values = [0, 1] * 8
        (found,) = sensitivity("$.x", values, range(16), made([chance.gauss(0, 1) for _ in values]))
        small += found.p <= 0.1
    assert small <= 6


def test_true_and_one_are_two_values() -> None:
    (found,) = sensitivity("$.x", [True, 1, True, 1], [0, 0, 1, 1], made([1.0, 2.0, 1.0, 2.0]))
    assert ([level.value for level in found.levels], found.slope) == ([True, 1], None)
    with pytest.raises(UsageError, match="two values or more"):
        sensitivity("$.x", [1, 1], [0, 1], made([1.0, 2.0]))


def test_outcomes_are_what_the_run_says() -> None:
    run = Simulation.from_template("convergence/simple", seed=3, store=":memory:").run()
    found, summary = outcome(run), run.summary()
    assert found.decisions == {
        run.template.questions[number].id: one.option for number, one in enumerate(summary.decisions)
    }
    assert found.numbers["turns"] == run.turns
    for who in ("ines", "rob", "marta"):
        assert found.people[who]["valence"] == pytest.approx(run.state(who).valence, abs=1e-3)
        assert found.people[who]["turns"] == sum(turn.speaker == who for one in run.dialogs for turn in one.turns)
    ties = [one.trust for one in run.relationships]
    assert found.numbers["trust"] == pytest.approx(sum(ties) / len(ties), abs=1e-3)


def test_the_main_path_of_branches_counts() -> None:
    run = Simulation.from_template("vc_pitch_branching", seed=3, store=":memory:").run()
    on_all = sum(len(one.turns) for one in run.dialogs)
    assert 0 < outcome(run).numbers["turns"] < on_all


def test_a_sweep_finds_what_decides() -> None:
    hall = load("convergence/simple").with_changes({"world_id": "hall", "timepoints.count": 1})
    path = "metadata.questions[0].leanings.ines.hold"
    found = sweep(hall, {path: [-0.9, 0.9]}, repeats=6, store=":memory:")
    assert found.status.completed == 12
    decided = effect(found.effects[f"$.{path}"], "concert = hold")
    assert decided.levels[0].mean < decided.levels[1].mean
    assert decided.p < 0.05
    assert found.statistics.decisions[0].question == "concert"
