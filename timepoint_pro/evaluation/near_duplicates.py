"""Which texts say nearly the same as an earlier one?

Two texts are near-duplicates when the Jaccard similarity of their sets of 3-word shingles reaches a threshold t
(Broder 1997; shingles as in ``formulas.text``). The search is exact: texts of similarity t or more have one of
the first |A| - ceil(t |A|) + 1 shingles in common, in any order that is the same for both (prefix filter:
Chaudhuri, Ganti, Kaushik 2006), and only pairs that meet there are compared. The rarest shingles stand first;
how often each occurs is counted again, in a sample, whenever the index has grown fourfold.

A text without words is a near-duplicate of nothing.

>>> texts = ["the valve is open again", "we leave at dawn", "The valve is open, again!"]
>>> [(pair.first, pair.second, pair.similarity) for pair in near_duplicates(texts, 0.9)]
[(0, 2, 1.0)]
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from attrs import define, field, frozen

from timepoint_pro.errors import UsageError
from timepoint_pro.formulas.text import shingles

R = TypeVar("R")

_FIRST_COUNT = 512
_GROWTH = 4
_COUNTED = 8_192
# Shares are multiplied with whole numbers, and the product may come out a hair above the whole number that it is.
_HAIR = 1e-9


@frozen
class Pair:
    """Two texts that are alike: their numbers, from 0 in the order of reading, and their similarity in [t, 1]."""

    first: int
    second: int
    similarity: float


class NearDuplicateIndex:
    """Texts by their rarest shingles. Memory: eight bytes a shingle, and the index.

    Args:
        threshold: Jaccard similarity from which on two texts are alike, in (0, 1].

    Raises:
        UsageError: for a threshold outside (0, 1].
    """

    def __init__(self, threshold: float) -> None:
        if not 0.0 < threshold <= 1.0:
            raise UsageError(f"threshold: expected a similarity above 0 and up to 1, found {threshold!r}")
        self.threshold = threshold
        self._held: list[array[int]] = []
        # A shingle of one text has its number alone, since a million lists of one weigh on the collector.
        self._postings: dict[int, int | list[int]] = {}
        self._latest: tuple[frozenset[int], list[int]] = (frozenset(), [])
        self._counts: dict[int, int] = {}
        self._count_at = _FIRST_COUNT

    def __len__(self) -> int:
        return len(self._held)

    def add(self, own: frozenset[int]) -> int:
        """Take in a text by its shingles; returns its number."""
        number = len(self._held)
        self._held.append(array("Q", own))
        self._post(number, own)
        if number + 1 >= self._count_at:
            self._count_at *= _GROWTH
            self._order_anew()
        return number

    def matches(self, own: frozenset[int]) -> Iterator[tuple[int, float]]:
        """Numbers of the texts that are alike, ascending, each with its similarity."""
        size, threshold = len(own), self.threshold
        if not size:
            return
        least, most = math.ceil(threshold * size - _HAIR), math.floor(size / threshold + _HAIR)
        candidates: set[int] = set()
        for shingle in self._prefix(own):
            posting = self._postings.get(shingle)
            if posting is not None:
                candidates.update((posting,) if isinstance(posting, int) else posting)
        for number in sorted(candidates):
            other = self._held[number]
            if least <= len(other) <= most:
                common = len(own.intersection(other))
                similarity = common / (size + len(other) - common)
                if similarity >= threshold:
                    yield number, similarity

    def _post(self, number: int, own: frozenset[int]) -> None:
        for shingle in self._prefix(own):
            posting = self._postings.setdefault(shingle, number)
            if not isinstance(posting, int):
                posting.append(number)
            elif posting != number:
                self._postings[shingle] = [posting, number]

    def _prefix(self, own: frozenset[int]) -> list[int]:
        """The rarest shingles of a text, as many as two texts that are alike must share one of."""
        if self._latest[0] is own:
            return self._latest[1]
        length = len(own) - math.ceil(self.threshold * len(own) - _HAIR) + 1 if own else 0
        counts = self._counts
        rare = sorted([one for one in own if one not in counts])
        if len(rare) < length:
            rare += sorted((one for one in own if one in counts), key=lambda one: (counts[one], one))
        self._latest = own, rare[:length]
        return self._latest[1]

    def _order_anew(self) -> None:
        """Count shingles in a sample of the texts, and index all of them by what is rare now."""
        step = -(-len(self._held) // _COUNTED)
        counted: Counter[int] = Counter()
        for held in self._held[::step]:
            counted.update(held)
        self._counts = {shingle: count for shingle, count in counted.items() if count > 1}
        self._postings, self._latest = {}, (frozenset(), [])
        for number, held in enumerate(self._held):
            self._post(number, frozenset(held))


def near_duplicates(texts: Iterable[str], threshold: float) -> Iterator[Pair]:
    """Every pair of texts that are alike, ordered by the later one, then by the earlier one.

    Args:
        texts: any number, read once.
        threshold: Jaccard similarity of 3-word shingles, in (0, 1].

    Raises:
        UsageError: for a threshold outside (0, 1].
    """
    return _pairs(texts, NearDuplicateIndex(threshold))


def _pairs(texts: Iterable[str], index: NearDuplicateIndex) -> Iterator[Pair]:
    for second, text in enumerate(texts):
        own = shingles(text)
        for first, similarity in index.matches(own):
            yield Pair(first, second, similarity)
        index.add(own)


@define
class FilterReport:
    """What a filter has done so far.

    Args:
        read: records read.
        kept: records let through.
        dropped: (number of the record dropped, number of the kept record that it repeats, similarity).
    """

    read: int = 0
    kept: int = 0
    dropped: list[tuple[int, int, float]] = field(factory=list)


@define(slots=False)
class NearDuplicateFilter(Generic[R]):
    """Records without those that repeat an earlier one; iterate over it. ``report`` fills as it is read."""

    records: Iterable[R]
    text: Callable[[R], str]
    index: NearDuplicateIndex
    report: FilterReport = field(factory=FilterReport)

    def __iter__(self) -> Iterator[R]:
        numbers: list[int] = []
        for record in self.records:
            number, own = self.report.read, shingles(self.text(record))
            self.report.read += 1
            found = next(self.index.matches(own), None)
            if found is not None:
                self.report.dropped.append((number, numbers[found[0]], found[1]))
                continue
            self.index.add(own)
            numbers.append(number)
            self.report.kept += 1
            yield record


def filter_near_duplicates(
    records: Iterable[R], threshold: float, *, text: Callable[[R], str]
) -> NearDuplicateFilter[R]:
    """Let through the records that are no near-duplicate of one let through before: the first wins.

    Args:
        records: any number, read once, as the result is iterated over.
        threshold: Jaccard similarity of 3-word shingles, in (0, 1].
        text: what of a record is compared.

    Raises:
        UsageError: for a threshold outside (0, 1].

    >>> alike = filter_near_duplicates(["go now", "we stay here", "Go now."], 0.9, text=str)
    >>> list(alike), alike.report.dropped
    (['go now', 'we stay here'], [(2, 0, 1.0)])
    """
    return NearDuplicateFilter(records, text, NearDuplicateIndex(threshold))
