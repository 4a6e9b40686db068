from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.errors import UsageError
from timepoint_pro.formulas.envelope import Adprs, Adsr

shares = st.floats(0.0, 1.0)
HOUR = 3_600_000.0


def test_adsr_passes_its_corners() -> None:
    arc = Adsr(0.1, 0.2, 0.6, 0.3)
    assert [arc.at(p) for p in (0.0, 0.05, 0.1, 0.3, 0.5, 0.7, 0.85, 1.0)] == pytest.approx(
        [0.0, 0.5, 1.0, 0.6, 0.6, 0.6, 0.3, 0.0]
    )


def test_adsr_without_attack_or_release_is_there_at_once_and_to_the_end() -> None:
    arc = Adsr(0.0, 0.0, 0.8, 0.0)
    assert (arc.at(0.0), arc.at(0.5), arc.at(1.0)) == (0.8, 0.8, 0.8)


def test_adsr_shortens_shares_that_do_not_fit() -> None:
    arc = Adsr(1.0, 0.5, 0.5, 0.5)
    assert [arc.at(p) for p in (0.25, 0.5, 0.75, 0.875, 1.0)] == pytest.approx([0.5, 1.0, 0.5, 0.25, 0.0])


@given(shares, shares, shares, shares, shares)
def test_adsr_stays_in_range(attack: float, decay: float, sustain: float, release: float, at: float) -> None:
    assert 0.0 <= Adsr(attack, decay, sustain, release).at(at) <= 1.0


def test_adprs_golden_values() -> None:
    """phi = baseline + S*e^(-alpha*tau)*sin(P*pi*tau): A .5 at the middle leaves the root of .5."""
    pulse = Adprs(asymptote=0.5, duration=HOUR, period=1.0, spread=0.8)
    assert pulse.phi(HOUR / 2) == pytest.approx(0.1 + 0.8 * math.sqrt(0.5), abs=1e-5)
    assert pulse.phi(0.0) == pulse.phi(-5.0) == pulse.phi(2 * HOUR) == pytest.approx(0.1)


def test_adprs_recurs() -> None:
    once = Adprs(0.5, HOUR, 1.0, spread=0.8, t0=HOUR)
    again = Adprs(0.5, HOUR, 1.0, recurrence=3 * HOUR, spread=0.8, t0=HOUR)
    assert again.phi(4.5 * HOUR) == pytest.approx(again.phi(1.5 * HOUR)) == pytest.approx(once.phi(1.5 * HOUR))
    assert once.phi(4.5 * HOUR) == pytest.approx(0.1)
    assert again.phi(3.0 * HOUR) == pytest.approx(0.1)


def test_adprs_levels_are_the_fifths() -> None:
    flat = [Adprs(0.5, HOUR, 0.0, baseline=b, spread=0.0) for b in (0.0, 0.19, 0.2, 0.5, 0.79, 0.8, 1.0)]
    assert [shape.level(0.0) for shape in flat] == [0, 0, 1, 2, 3, 4, 4]


@given(shares, st.floats(1.0, 1e12), st.floats(0, 20), st.floats(0, 1e12), shares, st.floats(-1e12, 1e12))
def test_adprs_stays_in_range(a: float, d: float, p: float, r: float, s: float, at: float) -> None:
    shape = Adprs(a, d, p, recurrence=r, spread=s)
    assert 0.0 <= shape.phi(at) <= 1.0
    assert shape.level(at) in range(5)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: Adsr(1.2, 0.1, 0.5, 0.1), "attack"),
        (lambda: Adsr(0.2, 0.1, math.nan, 0.1), "sustain"),
        (lambda: Adprs(1.5, HOUR, 1.0), "A"),
        (lambda: Adprs(0.5, 0.0, 1.0), "D"),
        (lambda: Adprs(0.5, HOUR, -1.0), "P"),
        (lambda: Adprs(0.5, HOUR, 1.0, recurrence=-1.0), "R"),
        (lambda: Adprs(0.5, HOUR, 1.0, spread=2.0), "S"),
        (lambda: Adprs(0.5, HOUR, 1.0, baseline=-1.0), "baseline"),
    ],
)
def test_a_value_out_of_range_is_named(make: Callable[[], object], name: str) -> None:
    with pytest.raises(UsageError, match=f"envelope: {name}: expected"):
        make()
