from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.formulas import prospect

shares = st.floats(0.0, 1.0)


def test_weighting_golden_values() -> None:
    """Tversky, Kahneman (1992): gamma .61 for gains, .69 for losses."""
    assert prospect.weight_gain(0.1) == pytest.approx(0.186, abs=5e-4)
    assert prospect.weight_loss(0.1) == pytest.approx(0.170, abs=5e-4)
    assert prospect.weight_gain(0.5) == pytest.approx(0.421, abs=5e-4)


def test_losses_loom_larger() -> None:
    assert prospect.value(-0.5) == pytest.approx(-2.25 * prospect.value(0.5))
    assert (prospect.value(0.0), prospect.value(1.0), prospect.value(-1.0)) == (0.0, 1.0, -2.25)


@given(shares, shares, st.sampled_from([0.61, 0.69, 1.0]))
def test_weights_are_monotone_between_fixed_ends(p: float, q: float, gamma: float) -> None:
    assert (prospect.weight(0.0, gamma), prospect.weight(1.0, gamma)) == (0.0, 1.0)
    low, high = sorted((p, q))
    assert 0.0 <= prospect.weight(low, gamma) <= prospect.weight(high, gamma) + 1e-12 <= 1.0 + 1e-9


@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_values_are_monotone(x: float, y: float) -> None:
    low, high = sorted((x, y))
    assert prospect.value(low) <= prospect.value(high)


def test_prospect_weighs_gains_and_losses_apart() -> None:
    assert prospect.prospect(0.1, 1.0) == pytest.approx(0.186, abs=5e-4)
    assert prospect.prospect(0.1, -1.0) == pytest.approx(-2.25 * 0.170, abs=2e-3)


def test_anxiety_golden_value() -> None:
    """One certain full loss today: 1 - e^-2.25; in twenty days half the burden."""
    assert prospect.anxiety([(1.0, -1.0, 0.0)]) == pytest.approx(1.0 - math.exp(-2.25))
    assert prospect.anxiety([(1.0, -1.0, 20.0)]) == pytest.approx(1.0 - math.exp(-1.125))


def test_gains_make_nobody_anxious() -> None:
    assert prospect.anxiety([]) == 0.0
    assert prospect.anxiety([(0.9, 1.0, 0.0)]) == 0.0


@given(st.lists(st.tuples(shares, st.floats(-1.0, 1.0), st.floats(0.0, 1000.0)), max_size=6), shares)
def test_another_fear_never_calms(expected: list[tuple[float, float, float]], p: float) -> None:
    before = prospect.anxiety(expected)
    assert 0.0 <= before <= prospect.anxiety([*expected, (p, -0.5, 3.0)]) <= 1.0


def test_surprise() -> None:
    assert prospect.surprise(1.0) == 0.0
    assert prospect.surprise(0.25) == pytest.approx(2.0)
    assert prospect.surprise(0.0) == prospect.surprise(1e-9) == prospect.MOST_SURPRISE_BITS


def test_expectancies_learn() -> None:
    expectancy = prospect.Expectancy.of(0.8, strength=10.0)
    assert expectancy.probability == pytest.approx(0.8)
    assert expectancy.seen(False).probability == pytest.approx(8 / 11)
    assert expectancy.seen(True).probability == pytest.approx(9 / 11)
    assert prospect.Expectancy().seen(True).probability == pytest.approx(2 / 3)
