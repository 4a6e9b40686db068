from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.formulas.opinion import Opinion, opinion_of

shares = st.floats(0.0, 1.0)


@st.composite
def opinions(draw: st.DrawFn) -> Opinion:
    uncertainty = draw(shares)
    belief = (1.0 - uncertainty) * draw(shares)
    return Opinion(belief, max(0.0, 1.0 - uncertainty - belief), uncertainty, draw(shares))


def assert_is_opinion(opinion: Opinion) -> None:
    for part in (opinion.b, opinion.d, opinion.u, opinion.a):
        assert -1e-12 <= part <= 1.0 + 1e-12
    assert math.isclose(opinion.b + opinion.d + opinion.u, 1.0, abs_tol=1e-9)


def test_retelling_golden_values() -> None:
    """Jøsang (2016), trust discounting at T = .8 over three retellings."""
    opinion, expected = Opinion(0.95, 0.0, 0.05), []
    for _ in range(4):
        expected.append(round(opinion.expectation, 3))
        opinion = opinion.discount(0.8)
    assert expected == [0.975, 0.880, 0.804, 0.743]


def test_fusion_of_two_equal_reports_golden_values() -> None:
    """k = .2 + .2 - .04 = .36; b = 2*.8*.2/.36; u = .04/.36."""
    fused = Opinion(0.8, 0.0, 0.2).fuse(Opinion(0.8, 0.0, 0.2))
    assert fused.b == pytest.approx(0.8889, abs=1e-4)
    assert fused.u == pytest.approx(0.1111, abs=1e-4)


def test_two_dogmatic_opinions_average() -> None:
    assert Opinion(1.0, 0.0, 0.0).fuse(Opinion(0.0, 1.0, 0.0)) == Opinion(0.5, 0.5, 0.0)


def test_a_dogmatic_opinion_outweighs_an_uncertain_one() -> None:
    assert Opinion(0.0, 1.0, 0.0).fuse(Opinion(0.9, 0.0, 0.1)) == Opinion(0.0, 1.0, 0.0)


def test_a_vacuous_report_changes_nothing() -> None:
    known = Opinion(0.6, 0.1, 0.3)
    fused = known.fuse(Opinion(0.0, 0.0, 1.0))
    assert (fused.b, fused.d, fused.u) == pytest.approx((known.b, known.d, known.u))


def test_base_rates_of_vacuous_opinions_average() -> None:
    assert Opinion(0.0, 0.0, 1.0, 0.2).fuse(Opinion(0.0, 0.0, 1.0, 0.6)).a == pytest.approx(0.4)


@given(opinions(), shares)
def test_discounting_never_raises_belief_or_lowers_uncertainty(opinion: Opinion, trust: float) -> None:
    told = opinion.discount(trust)
    assert_is_opinion(told)
    assert told.b <= opinion.b + 1e-12
    assert told.u >= opinion.u - 1e-12


@given(opinions(), opinions())
def test_fusion_stays_an_opinion_and_does_not_depend_on_order(first: Opinion, second: Opinion) -> None:
    one, other = first.fuse(second), second.fuse(first)
    assert_is_opinion(one)
    assert (one.b, one.d, one.u, one.a) == pytest.approx((other.b, other.d, other.u, other.a), abs=1e-9)
    assert one.u <= min(first.u, second.u) + 1e-12


def test_the_surer_report_is_kept_and_ties_keep_the_first() -> None:
    sure, unsure = Opinion(0.8, 0.1, 0.1), Opinion(0.5, 0.1, 0.4)
    assert unsure.surer(sure) is sure
    assert sure.surer(unsure) is sure
    assert sure.surer(Opinion(0.1, 0.8, 0.1)) is sure


@given(shares, shares, st.floats(0.01, 0.99))
def test_an_opinion_of_a_confidence_expects_it(confidence: float, uncertainty: float, base: float) -> None:
    opinion = opinion_of(confidence, uncertainty, base)
    assert_is_opinion(opinion)
    assert opinion.expectation == pytest.approx(confidence, abs=1e-9)
    assert opinion.u <= uncertainty
