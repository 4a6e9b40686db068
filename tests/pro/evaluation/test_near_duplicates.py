"""The near-duplicate search finds what comparing everything with everything finds."""

from __future__ import annotations

import doctest
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timepoint_pro.errors import UsageError
from timepoint_pro.evaluation import near_duplicates as module
from timepoint_pro.evaluation.near_duplicates import filter_near_duplicates, near_duplicates
from timepoint_pro.formulas.text import jaccard, shingles

THRESHOLDS = st.sampled_from([0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0])
# Few words, so that texts share much, in texts of very different length.
TEXTS = st.lists(st.lists(st.sampled_from("abcd"), max_size=24).map(" ".join), max_size=24)


def brute_force(texts: list[str], threshold: float) -> set[tuple[int, int, float]]:
    sets = [shingles(text) for text in texts]
    found = ((a, b, jaccard(sets[a], sets[b])) for a, b in combinations(range(len(sets)), 2))
    return {(a, b, similarity) for a, b, similarity in found if similarity >= threshold}


@settings(max_examples=150)
@given(texts=TEXTS, threshold=THRESHOLDS, first_count=st.sampled_from([1, 2, 5, 512]))
def test_the_search_is_exact(texts: list[str], threshold: float, first_count: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_FIRST_COUNT", first_count)
        found = [(pair.first, pair.second, pair.similarity) for pair in near_duplicates(texts, threshold)]
    assert set(found) == brute_force(texts, threshold)
    assert found == sorted(found, key=lambda pair: (pair[1], pair[0]))


@settings(max_examples=100)
@given(texts=TEXTS, threshold=THRESHOLDS)
def test_the_filter_keeps_the_first_of_those_alike(texts: list[str], threshold: float) -> None:
    alike = filter_near_duplicates(enumerate(texts), threshold, text=lambda record: record[1])
    kept = [number for number, _text in alike]
    expected: list[int] = []
    for number, text in enumerate(texts):
        if all(jaccard(shingles(text), shingles(texts[other])) < threshold for other in expected):
            expected.append(number)
    assert kept == expected
    report = alike.report
    assert (report.read, report.kept) == (len(texts), len(kept))
    assert sorted([*kept, *(dropped for dropped, _first, _similarity in report.dropped)]) == list(range(len(texts)))
    for dropped, first, similarity in report.dropped:
        assert first in kept
        assert similarity == jaccard(shingles(texts[dropped]), shingles(texts[first])) >= threshold


def test_it_stays_exact_when_the_order_of_the_index_changes() -> None:
    """More texts than the first count, all with one long phrase in common."""
    phrase = "the committee met in the long room above the harbour and heard"
    texts = [f"{phrase} witness {n % 260} on matter {n % 7} at length" for n in range(700)]
    found = {(pair.first, pair.second, pair.similarity) for pair in near_duplicates(texts, 0.7)}
    assert found == brute_force(texts, 0.7)
    assert found


def test_texts_are_read_one_at_a_time() -> None:
    read: list[int] = []

    def texts() -> object:
        for number in range(1000):
            read.append(number)
            yield "the same words again"

    first = next(near_duplicates(texts(), 0.9))  # type: ignore[arg-type]
    assert (first.first, first.second) == (0, 1)
    assert len(read) == 2


def test_texts_without_words_repeat_nothing() -> None:
    assert list(near_duplicates(["", "...", ""], 0.5)) == []


@pytest.mark.parametrize("threshold", [0.0, -0.5, 1.01, float("nan")])
def test_a_threshold_that_means_nothing_is_refused_at_once(threshold: float) -> None:
    with pytest.raises(UsageError, match="threshold: expected a similarity above 0 and up to 1"):
        near_duplicates(["a"], threshold)
    with pytest.raises(UsageError, match="threshold"):
        filter_near_duplicates(["a"], threshold, text=str)


def test_the_examples_in_the_module_are_true() -> None:
    assert doctest.testmod(module).failed == 0
