"""What words is a text made of, and which earlier text does it repeat?

Words are folded (NFKC, lower case). Scripts that set spaces give their words; scripts that do not (Han, kana,
Thai, Lao, Khmer, Burmese) give one word a character with its marks, so that the measures work for them too.

A *shingle* is three words in a row, held as a number of 64 bits that is the same in every process (Broder
1997 for shingles and their Jaccard similarity |A and B| / |A or B|). Distinct-n is the share of different
n-grams among all (Li 2016).

>>> words("Don't re-open valve 7!")
["don't", 're', 'open', 'valve', '7']
>>> words("水位上升")
['水', '位', '上', '升']
>>> index = ShingleIndex().add("the oxygen reading is above the limit").add("we leave at dawn")
>>> index.nearest("The oxygen reading is above the limit.")
(0, 1.0)
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from zlib import crc32

from attrs import field, frozen
from immutables import Map

_ASCII_WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")
# Scripts written without spaces between words.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
# Marks that belong to the letter before them; the re module does not count them as word characters.
_UNSPACED_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3"
    "\u3099\u309a"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0980-\u0983\u09bc-\u09cd"
    "\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd"
    "\u0c00-\u0c04\u0c3e-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u0d81-\u0d83\u0dca-\u0ddf"
)
_ANY_WORD = re.compile(
    rf"(?=[{_UNSPACED}])\w[{_UNSPACED_MARKS}]*"
    rf"|[^\W_{_UNSPACED}](?:[^\W_{_UNSPACED}]|[{_MARKS}]|'(?=[^\W_{_UNSPACED}]))*"
)
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u02bc": "'", "\uff07": "'"})
_MASK = (1 << 64) - 1
# Odd multipliers of 64 bits, one a position, so that order counts.
_FIRST, _SECOND, _THIRD = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F
POSTINGS_KEPT = 16
"""How many of the latest texts an index remembers for one shingle while it looks for candidates."""
FOUND_FROM = 0.6
"""Jaccard similarity from which on an index finds a repeated text for certain."""
_CANDIDATES = 6
_RANK = 1 << 40


def words(text: str) -> list[str]:
    """The words of a text, folded, in order. O(length)."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    folded = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).lower()
    return _ANY_WORD.findall(folded)


@lru_cache(maxsize=64)
def shingles(text: str) -> frozenset[int]:
    """The 3-word shingles of a text; a text of one or two words is one shingle, an empty one has none."""
    codes = [crc32(word.encode()) for word in words(text)]
    if len(codes) < 3:
        if not codes:
            return frozenset()
        codes += [0] * (3 - len(codes))
    return frozenset(
        [
            (a * _FIRST + b * _SECOND + c * _THIRD) & _MASK
            for a, b, c in zip(codes, codes[1:], codes[2:], strict=False)
        ]
    )


def jaccard(first: frozenset[int], second: frozenset[int]) -> float:
    """Similarity of two sets, in [0, 1]; 0 where both are empty, since nothing is shared."""
    common = len(first & second)
    return common / (len(first) + len(second) - common) if common else 0.0


def distinct(texts: Iterable[str], n: int) -> float:
    """Distinct-n (Li 2016): different n-grams over all of the texts, in [0, 1]; 1.0 where there are none.

    Args:
        texts: the texts of the window that is measured; no n-gram crosses from one to the next.
        n: words an n-gram, >= 1.

    >>> distinct(["we go now", "we go home"], 2)
    0.75
    """
    total, seen = 0, set()
    for text in texts:
        tokens = words(text)
        for i in range(len(tokens) - n + 1):
            seen.add(tuple(tokens[i : i + n]))
            total += 1
    return len(seen) / total if total else 1.0


def distinct_in_window(texts: Sequence[str], n: int, window: int) -> float:
    """The least distinct-n in any run of ``window`` words, which makes collections of different size comparable.

    Windows start every half window; shorter collections are one window. 1.0 where there is no n-gram.

    Args:
        texts: in order; no n-gram crosses from one to the next.
        n: words an n-gram, >= 1.
        window: words a window, >= n.
    """
    grams: list[tuple[str, ...] | None] = []
    for text in texts:
        tokens = words(text)
        grams += [tuple(tokens[i : i + n]) if i + n <= len(tokens) else None for i in range(len(tokens))]
    least = 1.0
    for start in range(0, max(1, len(grams) - window + 1), max(1, window // 2)):
        held = [gram for gram in grams[start : start + window] if gram is not None]
        if held:
            least = min(least, len(set(held)) / len(held))
    return least


@lru_cache(maxsize=64)
def prefix(own: frozenset[int]) -> tuple[int, ...]:
    """The shingles by which a text is found: the smallest |A| - ceil(t |A|) + 1 of them, t being ``FOUND_FROM``.

    Two sets of Jaccard similarity t or more have one of these in common (Chaudhuri, Ganti, Kaushik 2006).
    """
    return tuple(sorted(own)[: len(own) - math.ceil(FOUND_FROM * len(own)) + 1])


@frozen
class ShingleIndex:
    """Texts by their shingles, to find the one that a new text repeats.

    Immutable: `add` returns a new index that shares its parts with the old one. Texts are numbered from 0 in
    the order of their addition. Both operations cost O(length of the text), whatever the number of texts.
    """

    postings: Map[int, tuple[int, ...]] = field(factory=Map)
    held: Map[int, frozenset[int]] = field(factory=Map)

    def __len__(self) -> int:
        return len(self.held)

    def add(self, text: str | frozenset[int]) -> ShingleIndex:
        """The index with one more text, or with a text's shingles where they are at hand."""
        own = shingles(text) if isinstance(text, str) else text
        number = len(self.held)
        with self.postings.mutate() as changed:
            for shingle in prefix(own):
                earlier = changed.get(shingle)
                changed[shingle] = (number,) if earlier is None else (*earlier[1 - POSTINGS_KEPT :], number)
            postings = changed.finish()
        return ShingleIndex(postings, self.held.set(number, own))

    def nearest(
        self, text: str | frozenset[int], among: Callable[[int], bool] | None = None
    ) -> tuple[int, float] | None:
        """The number of the most similar text and its Jaccard similarity; None where nothing near is found.

        ``among`` says of a number whether its text counts; None: all do.

        A text of similarity ``FOUND_FROM`` or more is found for certain; one further off may be missed. Of equally
        similar texts the first counts. Only the `POSTINGS_KEPT` latest texts of a shingle are
        looked at, so that a common phrase does not lead through the whole history; the similarity is exact.
        """
        own = shingles(text) if isinstance(text, str) else text
        found: list[int] = []
        find = self.postings.get
        for shingle in prefix(own):
            posting = find(shingle)
            if posting is not None:
                found += posting
        if not found:
            return None
        # One whole number a text, that sorts by most shared, then by first added.
        ranked = sorted([number - shared * _RANK for number, shared in Counter(found).items()])[:_CANDIDATES]
        best, similarity = -1, 0.0
        for rank in ranked:
            number = rank % _RANK
            similar = jaccard(own, self.held[number])
            nearer = similar > similarity or (similar == similarity and number < best)
            if nearer and (among is None or among(number)):
                best, similarity = number, similar
        return None if best < 0 else (best, similarity)
