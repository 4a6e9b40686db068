"""Random numbers: what they depend on, and what they must not depend on."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.records.draws import Dice, Draws

KEYS = st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=3).map(tuple)


@given(st.integers(), st.text(max_size=8), KEYS)
def test_the_same_key_draws_the_same_numbers(seed: int, moment: str, key: tuple[str, ...]) -> None:
    one, other = Dice(seed, moment).draws(*key), Dice(seed, moment).draws(*key)
    assert [one.uniform() for _ in range(5)] == [other.uniform() for _ in range(5)]


@given(KEYS, KEYS)
def test_a_stream_does_not_notice_other_streams(key: tuple[str, ...], other: tuple[str, ...]) -> None:
    alone = Dice(1, "T1")
    expected = [alone.draws(*key).uniform() for _ in range(4)]
    beside = Dice(1, "T1")
    found = []
    for _ in range(4):
        if other != key:
            beside.draws(*other).uniform()
        found.append(beside.draws(*key).uniform())
    assert found == expected


@pytest.mark.parametrize(("seed", "moment", "key"), [(2, "T1", "Webb"), (1, "T2", "Webb"), (1, "T1", "Chen")])
def test_seed_moment_and_key_each_change_the_numbers(seed: int, moment: str, key: str) -> None:
    assert Dice(seed, moment).draws(key).uniform() != Dice(1, "T1").draws("Webb").uniform()


def test_asking_again_goes_on_with_the_stream() -> None:
    dice = Dice(1, "T1")
    assert dice.draws("Webb").uniform() != dice.draws("Webb").uniform()


def test_numbers_are_pinned_for_good() -> None:
    """A change here changes every run that was ever made."""
    draws = Dice(7, "T3").draws("M6", "Webb", "innovation")
    assert [round(draws.uniform(), 12) for _ in range(3)] == PINNED


PINNED = [0.744017313739, 0.994683837213, 0.237744687806]


def test_uniform_and_normal_have_their_moments() -> None:
    draws = Draws(b"moments")
    uniforms = [draws.uniform() for _ in range(20_000)]
    assert min(uniforms) >= 0.0
    assert max(uniforms) < 1.0
    assert statistics.fmean(uniforms) == pytest.approx(0.5, abs=0.01)
    normals = [draws.normal() for _ in range(20_000)]
    assert statistics.fmean(normals) == pytest.approx(0.0, abs=0.03)
    assert statistics.pstdev(normals) == pytest.approx(1.0, abs=0.03)


def test_a_pair_of_normals_is_two_independent_ones() -> None:
    draws = Draws(b"pairs")
    pairs = [draws.normal_pair() for _ in range(10_000)]
    for side in zip(*pairs, strict=True):
        assert statistics.fmean(side) == pytest.approx(0.0, abs=0.04)
        assert statistics.pstdev(side) == pytest.approx(1.0, abs=0.03)
    assert statistics.correlation(*zip(*pairs, strict=True)) == pytest.approx(0.0, abs=0.04)


def test_weighted_choice_follows_the_weights() -> None:
    draws = Draws(b"weights")
    counts = {"a": 0, "b": 0, "c": 0}
    for _ in range(6_000):
        counts[draws.weighted(["a", "b", "c"], [1.0, 0.0, 3.0])] += 1
    assert counts["b"] == 0
    assert counts["c"] / counts["a"] == pytest.approx(3.0, rel=0.15)


@given(st.lists(st.integers(), max_size=12), st.binary(max_size=8))
def test_shuffling_keeps_the_items(items: list[int], key: bytes) -> None:
    assert sorted(Draws(key).shuffled(items)) == sorted(items)


def test_an_empty_choice_says_so() -> None:
    with pytest.raises(ValueError, match="size must be at least 1"):
        Draws(b"x").index(0)
