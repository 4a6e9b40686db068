from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.formulas.text import (
    POSTINGS_KEPT,
    ShingleIndex,
    distinct,
    distinct_in_window,
    jaccard,
    shingles,
    words,
)

VOCABULARY = [f"word{i}" for i in range(3000)]
WEIGHTS = [1.0 / (i + 2) for i in range(3000)]


def texts_of(count: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    return [" ".join(draw.choices(VOCABULARY, WEIGHTS, k=30)) for _ in range(count)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hold on - 847 ppm?", ["hold", "on", "847", "ppm"]),
        ("We can’t; WE CAN'T.", ["we", "can't", "we", "can't"]),
        ("'quoted' snake_case", ["quoted", "snake", "case"]),
        ("Élan vital, cafe\u0301", ["élan", "vital", "café"]),
        ("氧气不足。", ["氧", "气", "不", "足"]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("산소가 부족하다", ["산소가", "부족하다"]),
        ("O2 is 足りない", ["o2", "is", "足", "り", "な", "い"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("ที่", ["ที่"]),
        ("шум — ШУМ", ["шум", "шум"]),
        ("ＡＢＣ", ["abc"]),
        ("... !? 😀", []),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text())
def test_words_are_stable_under_joining(text: str) -> None:
    found = words(text)
    assert all(found)
    assert words(" ".join(found)) == found


def test_shingles_do_not_depend_on_the_process() -> None:
    code = "from timepoint_pro.formulas.text import shingles; import sys; "
    code += "sys.stdout.write(repr(sorted(shingles('the valve is open again'))))"
    found = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert found == {repr(sorted(shingles("the valve is open again")))}


def test_shingles_count_and_keep_order() -> None:
    assert len(shingles("one two three four five")) == 3
    assert shingles("one two three") != shingles("three two one")
    assert shingles("Yes.") == shingles("yes") != shingles("no")
    assert shingles("yes yes") != shingles("yes")
    assert shingles("") == frozenset()
    assert all(0 <= shingle < 2**64 for shingle in shingles("one two three four five"))


def test_jaccard() -> None:
    assert jaccard(frozenset({1, 2, 3}), frozenset({2, 3, 4})) == 0.5
    assert jaccard(frozenset(), frozenset()) == 0.0
    assert jaccard(frozenset({1}), frozenset({1})) == 1.0


def test_distinct_golden_values() -> None:
    """Li (2016): different n-grams over all."""
    assert distinct(["a b a b"], 1) == 0.5
    assert distinct(["a b a b"], 2) == pytest.approx(2 / 3)
    assert distinct(["a", "b"], 2) == 1.0
    assert distinct([], 1) == 1.0


def test_distinct_in_a_window_is_that_of_the_worst_window() -> None:
    texts = ["all other things", "now said once", *["same words here"] * 4]
    assert distinct_in_window(texts, 1, 100) == distinct(texts, 1)
    assert distinct_in_window(texts, 1, 6) == 0.5
    assert distinct_in_window(texts[:2], 1, 3) == 1.0
    assert distinct_in_window([], 2, 10) == 1.0


def test_an_index_finds_the_repeated_text() -> None:
    index = ShingleIndex()
    for text in ("the oxygen reading is far above the limit", "we leave at dawn with both rovers", "yes"):
        index = index.add(text)
    assert len(index) == 3
    assert index.nearest("We leave at dawn, with both rovers!") == (1, 1.0)
    number, similarity = index.nearest("we leave at dawn with both rovers now") or (-1, 0.0)
    assert number == 1
    assert similarity == pytest.approx(5 / 6)
    assert index.nearest("Yes.") == (2, 1.0)
    assert index.nearest("nothing of this was said") is None
    assert index.nearest("") is None


def test_adding_leaves_the_old_index_as_it_was() -> None:
    first = ShingleIndex().add("one two three four")
    second = first.add("five six seven eight")
    assert (len(first), len(second)) == (1, 2)
    assert first.nearest("five six seven eight") is None
    assert second.nearest("five six seven eight") == (1, 1.0)


def test_of_equal_texts_the_first_is_named() -> None:
    index = ShingleIndex().add("again and again").add("again and again")
    assert index.nearest("again and again") == (0, 1.0)


def test_shingles_at_hand_serve_as_well_as_text() -> None:
    index = ShingleIndex().add(shingles("the valve is open")).add("so is the door")
    assert index.nearest(shingles("the valve is open")) == (0, 1.0)


def test_the_index_agrees_with_comparing_all() -> None:
    index, sets = ShingleIndex(), []
    for text in texts_of(150, seed=4):
        index, sets = index.add(text), [*sets, shingles(text)]
    for old in texts_of(150, seed=4)[::10]:
        changed = " ".join([*old.split()[5:], "word2999", "word2998"])
        own = shingles(changed)
        expected = max(range(150), key=lambda i, own=own: jaccard(own, sets[i]))
        assert index.nearest(changed) == (expected, jaccard(own, sets[expected]))


def test_a_common_phrase_does_not_grow_the_work() -> None:
    index = ShingleIndex()
    for i in range(10 * POSTINGS_KEPT):
        index = index.add(f"as I said before number{i} end{i} last{i}")
    assert max(len(posting) for posting in index.postings.values()) == POSTINGS_KEPT
    assert index.nearest("as I said before number3 end3 last3") == (3, 1.0)


def test_cost_stays_flat_over_two_thousand_turns() -> None:
    """About 50 us a turn for shingles, nearest and add; the bound leaves room for a busy machine."""

    def cost(index: ShingleIndex, text: str) -> float:
        best = float("inf")
        for _ in range(30):
            began = time.perf_counter()
            for _ in range(5):
                own = shingles(text)
                index.nearest(own)
                index.add(own)
            best = min(best, (time.perf_counter() - began) / 5)
        return best

    probe, *texts = texts_of(2001, seed=7)
    index, early = ShingleIndex(), 0.0
    for i, text in enumerate(texts):
        if i == 100:
            early = cost(index, probe)
        index = index.add(text)
    late = cost(index, probe)
    assert late < 500e-6
    assert late < 5 * early
