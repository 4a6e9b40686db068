from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.formulas.contagion import Transmission, deltas

shares = st.floats(0.0, 1.0)


@st.composite
def rooms(draw: st.DrawFn, amplified: bool = False) -> tuple[list[float], list[Transmission], list[list[float]]]:
    size = draw(st.integers(1, 7))
    part = shares if amplified else st.just(0.0)
    people = [
        Transmission(draw(shares), draw(st.floats(0.0, 50.0)), draw(part), draw(shares)) for _ in range(size)
    ]
    levels = draw(st.lists(shares, min_size=size, max_size=size))
    row = st.lists(shares, min_size=size, max_size=size)
    return levels, people, [draw(row) for _ in range(size)]


@given(rooms(), st.floats(0.0, 100.0), st.booleans())
def test_without_amplification_levels_stay_within_the_hull(
    room: tuple[list[float], list[Transmission], list[list[float]]], hours: float, equal: bool
) -> None:
    """Bosse (2009): absorption only averages."""
    levels, people, channels = room
    moved = [q + d for q, d in zip(levels, deltas(levels, people, hours, None if equal else channels), strict=True)]
    assert min(levels) - 1e-9 <= min(moved)
    assert max(moved) <= max(levels) + 1e-9


@given(rooms(amplified=True), st.floats(0.0, 100.0))
def test_with_amplification_levels_stay_in_range(
    room: tuple[list[float], list[Transmission], list[list[float]]], hours: float
) -> None:
    levels, people, channels = room
    for level, change in zip(levels, deltas(levels, people, hours, channels), strict=True):
        assert -1e-9 <= level + change <= 1.0 + 1e-9


@given(rooms(amplified=True), st.floats(0.0, 10.0))
def test_equal_channels_are_the_same_as_none(
    room: tuple[list[float], list[Transmission], list[list[float]]], hours: float
) -> None:
    levels, people, _ = room
    ones = [[1.0] * len(levels)] * len(levels)
    assert deltas(levels, people, hours) == pytest.approx(deltas(levels, people, hours, ones), abs=1e-6)


def test_one_step_golden_value() -> None:
    """Sender .8, openness .5 an hour, one hour: the gap closes by 1 - e^-.4."""
    changes = deltas([0.2, 0.7], [Transmission(0.0, 0.5), Transmission(0.8, 0.5)], 1.0)
    assert changes == pytest.approx([(1.0 - math.exp(-0.4)) * 0.5, 0.0])


def test_amplification_spirals_past_the_hull() -> None:
    upward = Transmission(1.0, 1.0, amplification=1.0, bias=1.0)
    downward = Transmission(1.0, 1.0, amplification=1.0, bias=0.0)
    assert all(change > 0.0 for change in deltas([0.6, 0.6], [upward, upward], 0.5))
    assert all(change < 0.0 for change in deltas([0.6, 0.6], [downward, downward], 0.5))


def test_nobody_moves_alone_unheard_or_closed() -> None:
    open_minded, closed, mute = Transmission(1.0, 1.0), Transmission(1.0, 0.0), Transmission(0.0, 1.0)
    assert deltas([0.4], [open_minded], 1.0) == [0.0]
    assert deltas([0.4, 0.9], [closed, closed], 1.0) == [0.0, 0.0]
    assert deltas([0.4, 0.9], [mute, mute], 1.0) == [0.0, 0.0]
    assert deltas([], [], 1.0) == []


def test_a_closed_channel_carries_nothing() -> None:
    people = [Transmission(1.0, 1.0)] * 3
    changes = deltas([0.0, 0.5, 1.0], people, 0.1, [[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    assert changes[0] == pytest.approx(-math.expm1(-0.1) * 0.5)
    assert changes[1] == pytest.approx(0.0)
