from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.formulas.reputation import (
    BETRAYAL_WEIGHT,
    HALF_LIFE_DAYS,
    Reputation,
    internal,
    retention,
    shown,
)


def after_ten_good(prior: float = 0.5) -> Reputation:
    reputation = Reputation(prior=prior)
    for _ in range(10):
        reputation = reputation.updated(0.95, good=1.0)
    return reputation


def test_golden_values() -> None:
    """Jøsang, Ismail (2002): lambda .95 a step, ten good .900, then one betrayal .742."""
    good = after_ten_good()
    assert good.trust == pytest.approx(0.900, abs=5e-4)
    assert good.updated(0.95, bad=BETRAYAL_WEIGHT).trust == pytest.approx(0.742, abs=5e-4)


def test_the_prior_is_the_trust_before_experience_and_fades_with_it() -> None:
    assert Reputation(prior=0.65).trust == pytest.approx(0.65)
    assert Reputation(8.0, 0.0, prior=0.0).trust == pytest.approx(0.8)
    assert after_ten_good(0.9).trust > after_ten_good(0.1).trust


def test_half_life() -> None:
    assert retention(HALF_LIFE_DAYS) == pytest.approx(0.5)
    assert retention(0.0) == 1.0
    assert retention(10.0) * retention(20.0) == pytest.approx(retention(30.0))
    assert retention(7.0, half_life=7.0) == pytest.approx(0.5)


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 5), st.floats(0.01, 5))
def test_trust_stays_in_range_and_moves_with_experience(
    good: float, bad: float, prior: float, retained: float, more: float, worse: float
) -> None:
    past = Reputation(good, bad, prior)
    idle = past.updated(retained)
    assert 0.0 <= past.updated(retained, bad=worse).trust <= idle.trust + 1e-12
    assert idle.trust - 1e-12 <= past.updated(retained, good=more).trust <= 1.0 + 1e-12


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 1))
def test_forgetting_returns_to_the_prior(good: float, bad: float, prior: float) -> None:
    past = Reputation(good, bad, prior)
    assert past.updated(0.0).trust == pytest.approx(prior)
    assert abs(past.updated(0.5).trust - prior) <= abs(past.trust - prior) + 1e-12


@given(
    st.floats(0, 50), st.floats(0, 50), st.floats(0, 1), st.floats(0, 1)
)
def test_trust_after_forgetting_is_that_of_what_is_left(good: float, bad: float, prior: float, kept: float) -> None:
    reputation = Reputation(good, bad, prior)
    assert reputation.trust_after(kept) == reputation.updated(kept).trust


@given(st.floats(-1.0, 1.0))
def test_shown_trust_inverts(trust: float) -> None:
    assert shown(internal(trust)) == pytest.approx(trust, abs=1e-12)
    assert shown(0.65) == pytest.approx(0.3)
