from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.formulas.memory import FLOOR_HOURS, KEPT_USES, Trace, activation, recall


def trace_of(times: list[float]) -> Trace:
    trace = Trace.begun(times[0])
    for at in times[1:]:
        trace = trace.used(at)
    return trace


@pytest.mark.parametrize(("age", "expected"), [(1.0, 0.993), (24.0, 0.736), (168.0, 0.197)])
def test_recall_golden_values(age: float, expected: float) -> None:
    """Anderson, Lebiere (1998): one use, tau -2, s .4, d .5."""
    assert recall(activation([age])) == pytest.approx(expected, abs=5e-4)
    assert Trace.begun(10.0).recall(10.0 + age) == pytest.approx(expected, abs=5e-4)


def test_ages_have_a_floor_of_one_minute() -> None:
    assert activation([0.0]) == activation([FLOOR_HOURS]) == Trace.begun(5.0).activation(5.0)
    assert math.isfinite(Trace.begun(5.0).activation(4.0))


def test_what_was_never_used_is_never_recalled() -> None:
    assert activation([]) == -math.inf
    assert recall(-math.inf) == 0.0


@given(st.lists(st.floats(0.0, 500.0), min_size=1, max_size=KEPT_USES), st.floats(0.0, 5000.0))
def test_few_uses_are_exact(times: list[float], gap: float) -> None:
    now = max(times) + gap
    exact = activation(now - at for at in times)
    assert trace_of(times).activation(now) == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize("count", [8, 20, 100, 1000])
def test_petrov_error_for_regular_uses(count: int) -> None:
    """Petrov (2006): for uses about evenly spread the hybrid stays within a few hundredths of B."""
    times = [3.0 * i for i in range(count)]
    now = times[-1] + 2.0
    exact = activation(now - at for at in times)
    assert trace_of(times).activation(now) == pytest.approx(exact, abs=0.03)


@given(st.lists(st.floats(0.05, 48.0), min_size=KEPT_USES + 1, max_size=60), st.floats(0.05, 500.0))
def test_petrov_error_for_uneven_uses(gaps: list[float], rest: float) -> None:
    times, at = [], 0.0
    for gap in gaps:
        at += gap
        times.append(at)
    now = at + rest
    exact = activation(now - at for at in times)
    approximate = trace_of(times).activation(now)
    assert approximate == pytest.approx(exact, abs=0.6)
    assert recall(approximate) == pytest.approx(recall(exact), abs=0.02)


def test_a_trace_does_not_grow() -> None:
    trace = trace_of([float(i) for i in range(3000)])
    assert len(trace.recent) == KEPT_USES
    assert (trace.count, trace.first) == (3000, 0.0)


def test_uses_at_one_moment_stay_finite() -> None:
    trace = trace_of([1.0] * 20)
    assert trace.activation(25.0) == pytest.approx(activation([24.0] * 20))


def test_a_use_out_of_order_is_put_in_its_place() -> None:
    late = Trace.begun(10.0).used(20.0).used(5.0)
    assert late == Trace((5.0, 10.0, 20.0), 3, 5.0)


@given(st.floats(0.0, 1000.0), st.floats(0.1, 1000.0))
def test_recall_falls_with_time_and_rises_with_use(gap: float, more: float) -> None:
    trace = Trace.begun(0.0)
    assert trace.recall(gap + more) <= trace.recall(gap)
    assert trace.used(gap).recall(gap + more) > trace.recall(gap + more)


def test_rehearsal_equals_uses_one_by_one() -> None:
    slow = Trace.begun(3.0)
    for i in range(1, 53):
        slow = slow.used(3.0 + 168.0 * i)
    assert Trace.begun(3.0).rehearsed(3.0 + 168.0 * 52) == slow


def test_rehearsal_keeps_a_mind_over_years() -> None:
    learned, now = Trace.begun(0.0), 24.0 * 365 * 10
    assert learned.recall(now) < 0.05
    assert learned.rehearsed(now).recall(now) > 0.5


def test_no_rehearsal_within_a_short_gap() -> None:
    trace = Trace.begun(0.0)
    assert trace.rehearsed(167.0) is trace
    assert trace.rehearsed(-5.0) is trace
