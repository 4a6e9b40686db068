"""Measures of a data set, each taking in one record at a time in bounded memory, near-duplicates apart."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field

from timepoint_pro.evaluation.near_duplicates import NearDuplicateIndex
from timepoint_pro.evaluation.samples import Sample
from timepoint_pro.evaluation.stories import one_line
from timepoint_pro.exporters.tasks.example import METADATA
from timepoint_pro.formulas.text import shingles, words

BYTES_PER_TOKEN = 4.0
"""Average of UTF-8 bytes in a token, for estimates [cal]."""
WINDOW = 1_000
"""Words of a window for distinct-n."""
NEAR = 0.9
"""Jaccard similarity from which on two texts count as near-duplicates."""
CONSTANT = 0.95
"""Share of records with one value from which on a field counts as constant."""
RUN_LEVEL = frozenset(
    ("mechanism", "temporal_mode", "training_safe", "run_id", "model", "license", "task", "frame", "path_id",
     "template", "seed")
)  # fmt: skip
"""Fields of the metadata that are the same in all records of a run, and so no fault where they are constant."""
MAY_BE_ALONE = frozenset(("timepoint_id", "mechanisms"))
"""Fields that vary with the moment rather than with the turn."""

_OURS = frozenset(("record_id", "turn_id", "speaker", "task", "run_id"))
_TYPES: Mapping[str, type] = {"string": str, "int64": int, "float64": float, "bool": bool}
_EXPECTED = tuple(
    (name, _TYPES[feature], None) if isinstance(feature, str) else (name, list, _TYPES[str(feature[0])])
    for name, feature in METADATA.items() if not isinstance(feature, dict)
)  # fmt: skip
# Of each field the type, and of lists that of their elements.
_CLOSED = tuple(".!?…\"'”’)]}*»。！？」』")
_STATE = re.compile(
    r"emotional_valence=(-?\d+(?:\.\d+)?), emotional_arousal=(-?\d+(?:\.\d+)?), energy_budget=(-?\d+(?:\.\d+)?)"
)
_NUMBERS = (("emotional_valence", 0.0051), ("emotional_arousal", 0.0051), ("energy_budget", 0.501))
_ARCHETYPE = re.compile(r"You are .+? \((\S+) archetype")
_MOMENT = re.compile(r"→ Current timepoint \(([^()]+)\)")
# Characters of the middle word of a shingle that is looked at, and how few of those do not suffice.
_SAMPLED, _FEW = 7, 7
_WORD_BITS = 21
_QUOTE, _STOP = "'", ". "
# Parts of texts that are held, and the longest of them: some thirty megabytes.
_HELD, _LONG = 1 << 15, 400


def is_ours(metadata: Mapping[str, Any] | None) -> bool:
    """Whether metadata is that of a record of this library, complete or not."""
    return metadata is not None and metadata.keys() >= _OURS


def is_a_turn(metadata: Mapping[str, Any] | None) -> bool:
    """Whether a record is one of this library's where somebody speaks out of their own state and knowledge."""
    return is_ours(metadata) and metadata is not None and metadata["task"] == "dialog_turn"


def wrong_metadata(metadata: Mapping[str, Any]) -> str:
    """What is wrong with the metadata of a record of this library; empty when it keeps its schema."""
    if metadata.keys() != METADATA.keys():
        missing, unknown = sorted(METADATA.keys() - metadata.keys()), sorted(metadata.keys() - METADATA.keys())
        wrong = (("without", missing), ("unknown", unknown))
        parts = [f"{what} {', '.join(names)}" for what, names in wrong if names]
        return f"metadata: {'; '.join(parts)}"
    for name, kind, element in _EXPECTED:
        value = metadata[name]
        if type(value) is not kind or (element is not None and {*map(type, metadata[name])} - {element}):
            feature = METADATA[name]
            return f"metadata.{name}: expected {feature if isinstance(feature, str) else 'a list of texts'}"
    return ""


def contradictions(sample: Sample) -> list[str]:
    """Where a prompt of this library says something else than its metadata."""
    data, prompt = sample.metadata or {}, sample.prompt
    found = []
    state = _STATE.search(prompt)
    for said, (name, tolerance) in zip(state.groups() if state else (), _NUMBERS, strict=False):
        value = data.get(name)
        if isinstance(value, (int, float)) and not abs(float(said) - value) <= tolerance:
            found.append(f"{name} is {said} in the prompt, {value} in the metadata")
    for pattern, name in ((_ARCHETYPE, "archetype"), (_MOMENT, "timepoint_id")):
        said_word = pattern.search(prompt)
        if said_word and said_word[1] != data.get(name):
            found.append(f"{name} is {said_word[1]} in the prompt, {data.get(name)} in the metadata")
    frame = str(data.get("frame", ""))
    if frame and frame not in prompt and one_line(frame) not in one_line(prompt):
        found.append("the frame of the metadata does not stand in the prompt")
    return found


def is_truncated(sample: Sample) -> bool:
    """Whether a text seems cut off: no closing mark at its end, or an instruction without its end."""
    completion = sample.completion.rstrip()
    opened = "[INST]" in sample.prompt and "[/INST]" not in sample.prompt
    return opened or (bool(completion) and not completion.endswith(_CLOSED))


@define
class Spread:
    """Counts of whole numbers, for means and quantiles."""

    counts: Counter[int] = field(factory=Counter)

    def add(self, value: int) -> None:
        """One more value."""
        self.counts[value] += 1

    def summary(self) -> dict[str, float]:
        """Least, median, mean, 95th percentile and greatest; nothing where there is no value."""
        total = sum(self.counts.values())
        if not total:
            return {}
        ordered = sorted(self.counts.items())
        mean = sum(value * count for value, count in ordered) / total
        return {
            "min": ordered[0][0], "median": _quantile(ordered, 0.5 * total), "mean": round(mean, 2),
            "p95": _quantile(ordered, 0.95 * total), "max": ordered[-1][0],
        }  # fmt: skip


def _quantile(ordered: Iterable[tuple[int, int]], rank: float) -> int:
    reached = 0
    for value, count in ordered:
        reached, rank = value, rank - count
        if rank <= 0:
            break
    return reached


def balance(counts: Mapping[str, int]) -> dict[str, Any]:
    """Shares, the most frequent first, and their evenness: entropy over that of equal shares (Pielou 1966)."""
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    entropy = -sum(count / total * math.log(count / total) for _name, count in ordered if count)
    return {
        "values": len(ordered),
        "evenness": round(entropy / math.log(len(ordered)), 4) if len(ordered) > 1 else None,
        "shares": {name: round(count / total, 4) for name, count in ordered[:24]},
    }


@define
class Distinct:
    """Distinct-1, -2 and -3 in windows of ``WINDOW`` words: their means over the windows, and their least values."""

    held: list[list[str]] = field(factory=list)
    count: int = 0
    windows: list[tuple[float, float, float]] = field(factory=list)

    def add(self, text: str) -> None:
        """One more text. One that does not fit into a window goes on in the next."""
        own = words(text)
        while own:
            room = WINDOW - self.count
            self.held.append(own[:room])
            self.count += len(own[:room])
            own = own[room:]
            if self.count >= WINDOW:
                self._close()

    def _close(self) -> None:
        one, two, three = (_different(self.held, n) for n in (1, 2, 3))
        self.windows.append((one, two, three))
        self.held, self.count = [], 0

    def values(self) -> tuple[tuple[float, float], ...] | None:
        """(mean, least) of each n; None where there are no words. What fills no window counts where nothing does."""
        if not self.windows and self.count:
            self._close()
        if not self.windows:
            return None
        columns = list(zip(*self.windows, strict=True))
        return tuple((sum(column) / len(column), min(column)) for column in columns)


def _different(texts: Iterable[list[str]], n: int) -> float:
    """Distinct-n (Li 2016) of texts in words: as ``formulas.text.distinct``, which reads the words itself."""
    grams = [gram for text in texts for gram in zip(*(text[place:] for place in range(n)), strict=False)]
    return len(set(grams)) / len(grams) if grams else 1.0


@define
class Repeats:
    """Near-duplicates among completions, exactly; and among whole records, estimated.

    Whole records are compared by about a tenth of the 3-word shingles of prompt and completion: those whose middle
    word has seven characters (sampling by value: Broder 1997), and that no quotation mark or full stop breaks up.
    """

    _completions: _Places = field(factory=lambda: _Places())
    _records: _Places = field(factory=lambda: _Places())
    _sketches: _Sketches = field(factory=lambda: _Sketches())

    def add(self, place: str, prompt: str, completion: str) -> tuple[str, str, int]:
        """Take in a record that stands at ``place``.

        Returns:
            The place of the earlier record whose completion its own nearly repeats, that of the one that the whole of
            it nearly repeats (each empty where there is none), and how many words its prompt has.
        """
        own, words_of_prompt = self._sketches.of(prompt, completion)
        return self._completions.enter(place, shingles(completion)), self._records.enter(place, own), words_of_prompt


@define
class _Places:
    """An index of texts, with the places where those that were kept stand."""

    index: NearDuplicateIndex = field(factory=lambda: NearDuplicateIndex(NEAR))
    places: list[str] = field(factory=list)

    def enter(self, place: str, own: frozenset[int]) -> str:
        """The place of the first text that is nearly this one; else empty, and this one is kept."""
        found = next(self.index.matches(own), None)
        if found is not None:
            return self.places[found[0]]
        self.index.add(own)
        self.places.append(place)
        return ""


@define
class _Sketches:
    """Samples of the shingles of texts. What stands between quotation marks comes up in many prompts: it is held."""

    _numbers: _Numbers = field(factory=lambda: _Numbers())
    _held: dict[str, tuple[tuple[int, ...], int]] = field(factory=dict)

    def of(self, prompt: str, completion: str) -> tuple[frozenset[int], int]:
        """The sample of a record, and how many words its prompt has."""
        sample: set[int] = set()
        count, inside = 0, False
        for part in prompt.split(_QUOTE):
            own, length = self._held.get(part) or self._part(part)
            sample.update(own)
            # A quotation mark inside of a word, as in "don't", has made two of it.
            count += length - (inside and not part[:1].isspace() and length > 0)
            inside = length > 0 and not part[-1].isspace()
        for part in completion.split(_QUOTE):
            sample.update((self._held.get(part) or self._part(part))[0])
        if len(sample) <= _FEW:
            # A text that has too few of them is looked at whole.
            whole = [*prompt.split(), *completion.split()]
            sample = set(self._shingles(whole, range(len(whole))))
        return frozenset(sample), count

    def _part(self, part: str) -> tuple[tuple[int, ...], int]:
        if len(part) > _LONG and _STOP in part:
            pieces = [self._held.get(piece) or self._part(piece) for piece in part.split(_STOP)]
            return tuple(number for own, _length in pieces for number in own), sum(length for _own, length in pieces)
        found = part.split()
        places = [place for place, size in enumerate(map(len, found)) if size == _SAMPLED]
        made = tuple(self._shingles(found, places)), len(found)
        if len(self._held) >= _HELD:
            self._held.clear()
        if len(part) <= _LONG:
            self._held[part] = made
        return made

    def _shingles(self, found: Sequence[str], places: Iterable[int]) -> Iterator[int]:
        before, after, numbers = ["", *found], [*found, ""], self._numbers
        bits, twice = _WORD_BITS, 2 * _WORD_BITS
        return (
            numbers[before[place]] << twice | numbers[found[place]] << bits | numbers[after[place + 1]]
            for place in places
        )


class _Numbers(dict[str, int]):
    """Words with their numbers, in the order in which they came first; of ``_WORD_BITS`` bits, then from 0 again."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self) & ((1 << _WORD_BITS) - 1)
        return number
