"""Which items do these words name or repeat? An index of handles and contents, read in O(words of the text)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from attrs import frozen
from immutables import Map, MapMutation

from timepoint_pro.formulas.text import words
from timepoint_pro.mechanisms.knowledge import ItemStated
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.knowledge import Item

RUN = 4
"""How many words in a row make one piece of a content."""

VERBATIM = 0.6
"""Share of an item's pieces from which on a text counts as repeating it [cal]."""

KEPT = 16
"""How many items are filed under one run of words; further ones are filed without it."""

KEPT_HANDLES = 64
"""How many handles are filed under one word; older ones give way."""

DETERMINERS = frozenset(
    ("the", "a", "an", "this", "that", "these", "those", "our", "your", "my", "his", "her", "its", "their")
)


@frozen
class Handle:
    """A handle in folded words, the place in it of the word that it is filed under, and its item."""

    words: tuple[str, ...]
    anchor: int
    item: str


@frozen
class Phrases:
    """Handles and contents of all items, filed so that a text finds those that it holds.

    A handle is filed under that of its words that fewest others are filed under, a content under each of its runs
    of ``RUN`` words.

    Args:
        handles: by filing word.
        pieces: item ids, by run of words.
        sizes: under how many runs each item is filed.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (ItemStated,)

    handles: Map[str, tuple[Handle, ...]] = Map()
    pieces: Map[str, tuple[str, ...]] = Map()
    sizes: Map[str, int] = Map()

    def fold(self, entry: Entry, /) -> Self:
        event = entry.event
        assert isinstance(event, ItemStated)
        return self.having(event.item)

    def having(self, *items: Item) -> Self:
        """The index with ``items`` in it; those that are in it already stay as they are."""
        handles, pieces, sizes = self.handles.mutate(), self.pieces.mutate(), self.sizes.mutate()
        for item in items:
            if item.id in sizes:
                continue
            size = 0
            for run in _runs(folded(item.content)):
                filed = pieces.get(run, ())
                # A run that so many contents share tells none of them from the others.
                if len(filed) < KEPT:
                    pieces[run] = (*filed, item.id)
                    size += 1
            phrase = _bare(folded(item.handle))
            if phrase:
                anchor = _rarest(phrase, handles)
                known = handles.get(phrase[anchor], ())
                handles[phrase[anchor]] = (*known[1 - KEPT_HANDLES :], Handle(phrase, anchor, item.id))
            sizes[item.id] = size
        return type(self)(handles.finish(), pieces.finish(), sizes.finish())

    def named(self, text: list[str]) -> dict[tuple[str, ...], list[str]]:
        """The handles that stand in ``text`` as whole phrases, each with the items that it names.

        Args:
            text: folded words (``folded``).
        """
        found: dict[tuple[str, ...], list[str]] = {}
        filed = self.handles.get
        for place, word in enumerate(text):
            for handle in filed(word, ()):
                start = place - handle.anchor
                if start >= 0 and tuple(text[start : start + len(handle.words)]) == handle.words:
                    items = found.setdefault(handle.words, [])
                    if handle.item not in items:
                        items.append(handle.item)
        return found

    def repeated(self, text: list[str]) -> dict[str, float]:
        """The items whose content ``text`` repeats almost word for word, with the share of it, best first.

        Args:
            text: folded words (``folded``).
        """
        hits: dict[str, int] = {}
        filed = self.pieces.get
        for run in _runs(text):
            for item in filed(run, ()):
                hits[item] = hits.get(item, 0) + 1
        shares = [(count / self.sizes[item], item) for item, count in hits.items()]
        repeated = sorted((-share, item) for share, item in shares if share >= VERBATIM)
        return {item: -share for share, item in repeated}


def folded(text: str) -> list[str]:
    """The words of a text, folded, without the possessive ending."""
    return [word[:-2] if word.endswith("'s") else word for word in words(text)]


def holds_phrase(text: Iterable[str], phrase: tuple[str, ...]) -> bool:
    """Whether ``phrase`` stands in the folded words of ``text`` as a whole."""
    line = f" {' '.join(text)} "
    return f" {' '.join(phrase)} " in line


def _bare(phrase: list[str]) -> tuple[str, ...]:
    """A handle without the determiners before it: ``"the coolant leak"`` and ``"a coolant leak"`` name the same."""
    start = next((place for place, word in enumerate(phrase) if word not in DETERMINERS), len(phrase))
    return tuple(phrase[start:])


def _rarest(phrase: tuple[str, ...], handles: MapMutation[str, tuple[Handle, ...]]) -> int:
    """Place of the word that fewest handles are filed under; of equal ones the longest, then the first."""
    return min(range(len(phrase)), key=lambda place: (len(handles.get(phrase[place], ())), -len(phrase[place])))


def _runs(text: list[str]) -> list[str]:
    """Each run of words once; a shorter text is one run."""
    if len(text) < RUN:
        return [" ".join(text)] if text else []
    rows = zip(text, text[1:], text[2:], text[3:], strict=False)
    return list(dict.fromkeys([f"{a} {b} {c} {d}" for a, b, c, d in rows]))
