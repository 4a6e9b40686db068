"""What a scene may be told of its own premise: a circumstance without the outcome, the future or a secret.

A circumstance reaches prompts, so it is checked sentence by sentence against what must not reach them: the
outcome of a portal, the premises of later moments, and facts that only some of those present hold. Words that
everyone may know (the scenario, names, questions and their options, common facts) do not count. A sentence
gives something away when it holds

- a token of the forbidden text that only a name or a number would be (capitals inside a sentence, digits),
- the handle of a fact that not all present hold, or
- at least two (one for an outcome that has only one), and at least ``SHARE_WORDS`` of, the forbidden text's own
  content words [cal], or
- ``QUOTED`` words in a row of the outcome or of such a fact.

Such a sentence is cut; where nothing is left, a plain circumstance made from names and the question stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import ClassVar, Self

from attrs import evolve, frozen

from timepoint_pro.records.event import Event

SHARE_WORDS = 0.4
SAME_IDEA = 0.8
QUOTED = 6
CACHED_TEXTS = 16_384
SUFFIXES = ("ations", "ation", "ures", "ure", "ings", "ing", "edly", "ied", "ies", "ed", "es", "ly", "s", "e")
COMMON_WORDS = frozenset((
    "a", "about", "after", "again", "against", "all", "also", "always", "am", "among", "an", "and", "another",
    "any", "are", "around", "as", "ask", "at", "away", "back", "be", "because", "been", "before", "begin", "being",
    "between", "both", "but", "by", "call", "can", "cannot", "come", "could", "day", "decide", "did", "do", "does",
    "down", "each", "either", "end", "enough", "even", "ever", "every", "everyone", "far", "few", "first", "for",
    "forward", "from", "further", "get", "give", "go", "goes", "had", "half", "has", "have", "he", "held", "her",
    "here", "hers", "him", "his", "hold", "hour", "how", "if", "in", "into", "is", "it", "its", "itself", "just",
    "keep", "know", "last", "later", "least", "left", "less", "let", "like", "little", "long", "made", "make",
    "many", "matter", "may", "meet", "meeting", "might", "minute", "moment", "month", "more", "morning", "most",
    "much", "must", "need", "neither", "never", "new", "next", "night", "no", "nobody", "none", "nor", "not",
    "nothing", "now", "of", "off", "old", "on", "once", "one", "only", "open", "or", "other", "others", "our",
    "out", "over", "own", "part", "people", "place", "point", "put", "question", "rather", "same", "say", "second",
    "see", "seem", "set", "settle", "several", "she", "should", "since", "so", "some", "something", "soon", "still",
    "such", "table", "take", "talk", "tell", "than", "that", "the", "their", "them", "then", "there", "these",
    "they", "thing", "think", "this", "those", "though", "three", "through", "time", "to", "together", "today",
    "too", "turn", "two", "under", "until", "up", "us", "use", "very", "wait", "want", "was", "way", "we", "week",
    "well", "were", "what", "when", "where", "whether", "which", "while", "who", "whole", "whom", "whose", "why",
    "will", "with", "within", "without", "word", "work", "would", "year", "yes", "yet", "you", "your",
))  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=\S)")


@frozen
class CircumstanceCut(Event):
    """Part of a proposed circumstance was left out because it gave something away.

    Args:
        timepoint_id: the moment.
        kept: the circumstance as it stands now.
        because: ``"outcome"``, ``"later premise"`` or ``"private fact"``, each once, in that order.
        sentences: how many sentences were cut.
    """

    timepoint_id: str
    kept: str
    because: tuple[str, ...]
    sentences: int


@frozen
class Guard:
    """Words that must not show, and words that may.

    Args:
        public: stems that everyone may know.
        secrets: pairs of kind (see ``CircumstanceCut.because``) and forbidden text.
        marks: texts of later scenes that may be met halfway, but whose names and numbers must not show.
        handles: handles, folded, of facts that not all present hold.
    """

    public: frozenset[str]
    secrets: tuple[tuple[str, str], ...] = ()
    handles: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    KINDS: ClassVar[tuple[str, ...]] = ("outcome", "later premise", "private fact")

    @classmethod
    def of(cls, public: Iterable[str]) -> Self:
        """A guard that lets the words of ``public`` pass and forbids nothing yet."""
        return cls(frozenset().union(*map(_every_stem, public)))

    def forbidding(self, kind: str, texts: Iterable[str]) -> Self:
        """The guard with more forbidden texts."""
        return evolve(self, secrets=(*self.secrets, *((kind, text) for text in texts if text)))

    def marking(self, texts: Iterable[str]) -> Self:
        """The guard with more texts of which only names and numbers must not show."""
        return evolve(self, marks=(*self.marks, *(text for text in texts if text)))

    def hiding(self, handles: Iterable[str]) -> Self:
        """The guard with more handles that must not be named."""
        return evolve(self, handles=(*self.handles, *(handle.casefold() for handle in handles if handle)))

    def reasons(self, sentence: str) -> tuple[str, ...]:
        """What ``sentence`` gives away, as kinds in the order of ``KINDS``; empty when it may be shown."""
        shown = _Shown(sentence, self.public)
        # Most texts share no word that carries meaning with the sentence, and so give nothing away.
        found: set[str] = set()
        for kind, secret in self.secrets:
            stems = _stems(secret)
            if not stems.isdisjoint(shown.stems) and kind not in found and self._tells(shown, kind, secret, stems):
                found.add(kind)
        if any(not _named(text).isdisjoint(shown.own) for text in self.marks):
            found.add("later premise")
        if any(f" {_spaced(handle)} " in shown.folded for handle in self.handles):
            found.add("private fact")
        return tuple(kind for kind in self.KINDS if kind in found)

    def clear(self, text: str) -> tuple[str, tuple[str, ...], int]:
        """``text`` without the sentences that give something away, why they went, and how many."""
        kept: list[str] = []
        because: set[str] = set()
        parts = sentences(text)
        for sentence in parts:
            reasons = self.reasons(sentence)
            because.update(reasons)
            if not reasons:
                kept.append(sentence)
        return " ".join(kept), tuple(kind for kind in self.KINDS if kind in because), len(parts) - len(kept)

    def _tells(self, shown: _Shown, kind: str, secret: str, stems: frozenset[str]) -> bool:
        """Whether a sentence gives ``secret`` away, whose words have these ``stems``."""
        if kind != "later premise" and shown.quotes(_runs(secret)):
            return True
        shared = len(stems & shown.own)
        if not shared:
            return False
        if not _named(secret).isdisjoint(shown.own):
            return True
        kinds = len(stems - self.public)
        least = min(2, kinds) if kind == "outcome" else 2
        return shared >= least and shared >= SHARE_WORDS * kinds


class _Shown:
    """A sentence as the texts that it must not give away are held against it.

    Args:
        sentence: its words.
        public: stems that everyone may know.
    """

    def __init__(self, sentence: str, public: frozenset[str]) -> None:
        self.stems = _every_stem(sentence)
        self.own = self.stems - public
        """The stems that not everyone may know."""
        words = _WORD.findall(sentence.casefold())
        self.folded = f" {' '.join(words)} "
        self._runs = frozenset(_in_a_row(words, QUOTED))

    def quotes(self, runs: tuple[str, ...]) -> bool:
        """Whether one of ``runs`` (see ``_runs``) stands in the sentence."""
        if len(runs) == 1:  # it may be shorter than ``QUOTED`` words
            return runs[0] in self.folded
        return not self._runs.isdisjoint(runs)


@lru_cache(maxsize=4096)
def _every_stem(text: str) -> frozenset[str]:
    """Stems of all words of a text."""
    return frozenset(map(stem, _WORD.findall(text)))


@lru_cache(maxsize=CACHED_TEXTS)
def _stems(text: str) -> frozenset[str]:
    """Stems of the words that carry a text."""
    return frozenset(word for word, _named in _content_words(text))


@lru_cache(maxsize=CACHED_TEXTS)
def _named(text: str) -> frozenset[str]:
    """Stems of those of its words that look like names or numbers."""
    return frozenset(word for word, named in _content_words(text) if named)


@lru_cache(maxsize=CACHED_TEXTS)
def _content_words(text: str) -> tuple[tuple[str, bool], ...]:
    """Stems of the words that carry a text, and whether each looks like a name or a number there."""
    found = []
    for sentence in sentences(text):
        for place, word in enumerate(_WORD.findall(sentence)):
            if len(word) < 2 or word.casefold() in COMMON_WORDS:
                continue
            named = any(mark.isdigit() for mark in word) or word[1:] != word[1:].lower()
            found.append((stem(word), named or (place > 0 and word[0].isupper())))
    return tuple(found)


@lru_cache(maxsize=CACHED_TEXTS)
def _runs(secret: str) -> tuple[str, ...]:
    """Every run of ``QUOTED`` words of the secret, folded; the whole of it where it is shorter."""
    words = _spaced(secret.casefold()).split()
    return _in_a_row(words, min(QUOTED, len(words))) if words else ()


def _in_a_row(words: Sequence[str], length: int) -> tuple[str, ...]:
    """Every run of ``length`` words, between spaces; none where there are fewer words."""
    return tuple([f" {' '.join(words[at : at + length])} " for at in range(len(words) - length + 1)])


@lru_cache(maxsize=CACHED_TEXTS)
def _spaced(text: str) -> str:
    """The words of a text with one space between them."""
    return " ".join(_WORD.findall(text))


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The word folded and without its commonest endings, so that "fails" meets "failure"."""
    folded = word.casefold().removesuffix("'s").removesuffix("’s")
    for suffix in SUFFIXES:
        if folded.endswith(suffix) and len(folded) - len(suffix) >= 3:
            rest = folded[: -len(suffix)]
            return rest[:-1] if len(rest) > 3 and rest[-1] == rest[-2] else rest
    return folded


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, in order, trimmed."""
    return tuple(part.strip() for part in _SENTENCE.split(text) if part.strip())


def whole(text: str) -> str:
    """The text as one or more whole sentences: a capital first, a full stop last."""
    trimmed = " ".join(text.split())
    if not trimmed:
        return ""
    ended = trimmed if trimmed[-1] in ".!?…\"”。！？؟" else f"{trimmed}."
    return ended[0].upper() + ended[1:]


def is_statement(sentence: str) -> bool:
    """Whether a sentence can stand as something known: four words or more, and not a question."""
    return len(_WORD.findall(sentence)) >= 4 and not sentence.rstrip("\"'”’)").endswith("?")


def words_of(text: str) -> frozenset[str]:
    """The words of a text, folded."""
    return frozenset(word.casefold() for word in _WORD.findall(text))


def listed(names: Sequence[str]) -> str:
    """The names as a list in words: "Webb, Chen and Okafor"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def is_same_idea(text: str, other: str) -> bool:
    """Whether two descriptions tell the same: four fifths of their content words in common (Jaccard 1901) [cal]."""
    one, two = _content(text), _content(other)
    return len(one & two) >= SAME_IDEA * len(one | two)


def _content(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in _WORD.findall(text) if word.casefold() not in COMMON_WORDS)
