from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.errors import UsageError
from timepoint_pro.formulas.schedule import Constraint, between, check


def test_the_commuters_of_the_paper_can_keep_their_times() -> None:
    """Dechter, Meiri, Pearl (1991), example 1.1 as a simple problem: John drives 30-40, Fred carpools 40-50 minutes."""
    minutes = [
        *between("seven", "john leaves", 10, 20), *between("john leaves", "john arrives", 30, 40),
        *between("fred leaves", "john arrives", 10, 20), *between("fred leaves", "fred arrives", 40, 50),
        *between("seven", "fred arrives", 60, 70),
    ]  # fmt: skip
    verdict = check(minutes)
    assert verdict.consistent
    for constraint in minutes:
        gap = verdict.times[constraint.later] - verdict.times[constraint.earlier]
        assert gap <= constraint.most + 1e-6
    assert min(verdict.times.values()) == 0.0


def test_a_contradiction_is_named_as_a_circle() -> None:
    plan = [
        *between("leave", "arrive", 3.0, 5.0, "the road takes at least 3 h"),
        *between("leave", "meeting", None, 2.0, "the meeting is within 2 h"),
        *between("arrive", "meeting", 0.0, None, "the meeting is after the arrival"),
        *between("meeting", "dinner", 1.0, 4.0),
    ]
    verdict = check(plan)
    assert not verdict.consistent
    assert {c.reason for c in verdict.cycle} == {
        "the road takes at least 3 h", "the meeting is within 2 h", "the meeting is after the arrival",
    }  # fmt: skip
    assert verdict.excess == pytest.approx(1.0)
    assert verdict.times == {}


def test_equal_gaps_that_do_not_divide_evenly_are_no_contradiction() -> None:
    third = 1.0 / 3.0
    plan = [c for a, b in (("a", "b"), ("b", "c"), ("c", "d")) for c in between(a, b, third, third)]
    assert check([*plan, *between("a", "d", 1.0, 1.0)]).consistent
    assert not check([*plan, *between("a", "d", 1.001, 1.001)]).consistent


def test_a_moment_before_itself() -> None:
    verdict = check([Constraint("a", "a", -1.0)])
    assert verdict.cycle == (Constraint("a", "a", -1.0),)
    assert verdict.excess == 1.0


def test_nothing_demanded() -> None:
    assert check([]).consistent
    assert check([Constraint("a", "b", math.inf)]).times == {"a": 0.0, "b": 0.0}


@pytest.mark.parametrize("bound", [math.nan, -math.inf])
def test_a_bound_must_be_a_number(bound: float) -> None:
    with pytest.raises(UsageError, match="'a' to 'b'"):
        check([Constraint("a", "b", bound)])


names = st.sampled_from("abcdef")
constraints = st.builds(Constraint, names, names, st.integers(-6, 10).map(float))


@given(st.lists(constraints, max_size=25))
def test_the_verdict_proves_itself(plan: list[Constraint]) -> None:
    verdict = check(plan)
    if verdict.consistent:
        for c in plan:
            assert verdict.times[c.later] - verdict.times[c.earlier] <= c.most
        return
    assert sum(c.most for c in verdict.cycle) == -verdict.excess < 0.0
    assert all(c in plan for c in verdict.cycle)
    following = [*verdict.cycle[1:], verdict.cycle[0]]
    for one, other in zip(verdict.cycle, following, strict=True):
        assert one.later == other.earlier
    assert len({c.earlier for c in verdict.cycle}) == len(verdict.cycle)


@given(st.lists(st.floats(-5, 5), min_size=6, max_size=6), st.lists(st.tuples(names, names), max_size=20))
def test_what_actually_happened_is_always_consistent(times: list[float], pairs: list[tuple[str, str]]) -> None:
    at = dict(zip("abcdef", times, strict=True))
    plan = [c for a, b in pairs for c in between(a, b, at[b] - at[a], at[b] - at[a])]
    assert check(plan).consistent
