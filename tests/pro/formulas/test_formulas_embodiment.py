from __future__ import annotations

from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.errors import UsageError
from timepoint_pro.formulas.embodiment import Slopes, burden, capacity

shares = st.floats(0.0, 1.0)
sleepiness = st.floats(1.0, 9.0)


def test_a_healthy_alert_body_leaves_the_mind_whole() -> None:
    assert capacity(0.0, 0.0, 5.0) == capacity(0.0, 0.0, 1.0) == 1.0


@pytest.mark.parametrize(
    ("pain", "illness", "kss", "z"),
    [(1.0, 0.0, 1.0, -0.45), (0.0, 1.0, 1.0, -0.4), (0.0, 0.0, 9.0, -1.0), (0.5, 0.5, 7.0, -0.925)],
)
def test_golden_values(pain: float, illness: float, kss: float, z: float) -> None:
    """z = -.45*pain - .4*illness - .25*max(0, KSS-5); capacity 2*Phi(z)."""
    assert burden(pain, illness, kss) == pytest.approx(z)
    assert capacity(pain, illness, kss) == pytest.approx(2.0 * NormalDist().cdf(z))


@given(shares, shares, sleepiness, shares, shares, sleepiness)
def test_more_burden_never_frees_the_mind(
    pain: float, illness: float, kss: float, more_pain: float, more_illness: float, more_kss: float
) -> None:
    light = capacity(min(pain, more_pain), min(illness, more_illness), min(kss, more_kss))
    heavy = capacity(max(pain, more_pain), max(illness, more_illness), max(kss, more_kss))
    assert 0.0 < heavy <= light <= 1.0


def test_slopes_have_an_effect() -> None:
    stoic = Slopes(pain=0.0)
    assert capacity(1.0, 0.0, 3.0, stoic) == 1.0
    assert capacity(0.0, 0.0, 6.0, Slopes(alert_kss=6.0)) == 1.0


def test_slopes_must_not_be_negative() -> None:
    with pytest.raises(UsageError, match="illness"):
        Slopes(illness=-0.1)
