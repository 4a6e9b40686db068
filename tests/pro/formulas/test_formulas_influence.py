from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from timepoint_pro.errors import UsageError
from timepoint_pro.formulas import influence

FRIEDKIN_WEIGHTS = [
    [0.220, 0.120, 0.360, 0.300],
    [0.147, 0.215, 0.344, 0.294],
    [0.000, 0.000, 1.000, 0.000],
    [0.090, 0.178, 0.446, 0.286],
]
FRIEDKIN_FIRST = [25.0, 25.0, 75.0, 85.0]


def test_fixed_point_of_the_published_group() -> None:
    """Friedkin, Johnsen: four people, susceptibility 1 - own weight, from 25, 25, 75, 85 to 60, 60, 75, 75."""
    susceptibility = [1.0 - FRIEDKIN_WEIGHTS[i][i] for i in range(4)]
    settled = influence.fixed_point(FRIEDKIN_WEIGHTS, susceptibility, FRIEDKIN_FIRST)
    assert settled == pytest.approx([60.0, 60.0, 75.0, 75.0], abs=0.05)


def test_fixed_point_by_hand() -> None:
    """y1 = .5*y2 + .5, y2 = .5*y1."""
    settled = influence.fixed_point([[0.0, 1.0], [1.0, 0.0]], [0.5, 0.5], [1.0, 0.0])
    assert settled == pytest.approx([2 / 3, 1 / 3])


@st.composite
def groups(draw: st.DrawFn) -> tuple[list[list[float]], list[float], list[float]]:
    size = draw(st.integers(1, 6))
    row = st.lists(st.floats(0.0, 1.0), min_size=size, max_size=size)
    weights = influence.row_stochastic([draw(row) for _ in range(size)])
    susceptibility = draw(st.lists(st.floats(0.0, 0.95), min_size=size, max_size=size))
    return weights, susceptibility, draw(row)


@given(groups())
def test_the_fixed_point_is_fixed_and_rounds_lead_to_it(
    group: tuple[list[list[float]], list[float], list[float]],
) -> None:
    weights, susceptibility, first = group
    settled = influence.fixed_point(weights, susceptibility, first)
    assert influence.step(settled, weights, susceptibility, first) == pytest.approx(settled, abs=1e-9)
    opinions = first
    for _ in range(500):
        opinions = influence.step(opinions, weights, susceptibility, first)
    assert opinions == pytest.approx(settled, abs=1e-6)
    assert min(first) - 1e-9 <= min(settled)
    assert max(settled) <= max(first) + 1e-9


def test_who_holds_to_the_first_opinion_never_moves() -> None:
    assert influence.step([0.1, 0.9], [[0.0, 1.0], [1.0, 0.0]], [0.0, 1.0], [0.3, 0.9]) == [0.3, 0.1]


def test_bounded_confidence_listens_only_nearby() -> None:
    """Hegselmann, Krause (2002): equal weights, two camps more than the bound apart do not meet."""
    opinions = [0.0, 0.1, 0.9, 1.0]
    weights = influence.within_confidence([[1.0] * 4] * 4, opinions, 0.2)
    assert weights == [[0.5, 0.5, 0, 0], [0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5], [0, 0, 0.5, 0.5]]
    moved = influence.step(opinions, weights, [1.0] * 4, opinions)
    assert moved == pytest.approx([0.05, 0.05, 0.95, 0.95])


def test_a_wide_bound_changes_nothing() -> None:
    weights = influence.within_confidence(FRIEDKIN_WEIGHTS, FRIEDKIN_FIRST, 60.0)
    for row, original in zip(weights, FRIEDKIN_WEIGHTS, strict=True):
        assert row == pytest.approx(original)


def test_who_hears_nobody_listens_to_itself() -> None:
    assert influence.row_stochastic([[0.0, 0.0], [1.0, 3.0]]) == [[1.0, 0.0], [0.25, 0.75]]


@given(st.lists(st.lists(st.floats(-5, 5), min_size=4, max_size=4), min_size=3, max_size=3))
def test_elimination_solves_its_system(rows: list[list[float]]) -> None:
    matrix, right = [row[:3] for row in rows], [row[3] for row in rows]
    (a, b, c), (d, e, f), (g, h, i) = matrix
    assume(abs(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)) > 0.1)
    solution = influence.solve(matrix, right)
    for row, value in zip(matrix, right, strict=True):
        assert sum(x * y for x, y in zip(row, solution, strict=True)) == pytest.approx(value, abs=1e-6)


def test_elimination_pivots() -> None:
    assert influence.solve([[0.0, 1.0], [1.0, 0.0]], [2.0, 3.0]) == [3.0, 2.0]


def test_a_group_without_anchor_has_no_single_fixed_point() -> None:
    with pytest.raises(UsageError, match="susceptibility"):
        influence.fixed_point([[0.0, 1.0], [1.0, 0.0]], [1.0, 1.0], [1.0, 0.0])


def test_nobody() -> None:
    assert influence.fixed_point([], [], []) == []
