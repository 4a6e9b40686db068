"""Does state move language? Correlations of a speaker's state with what can be counted in the words that they say.

    valence     tone           (pleasant - unpleasant words) / words                       expected +
    arousal     pace           words a sentence                                            expected -
    arousal     exclamations   exclamation marks, and calls to hurry, a sentence           expected +
    energy      length         words                                                       expected +
    trust       agreement      marks of agreement less marks of doubt and disagreement     expected +
    archetype   tactic         how far archetypes argue differently

Effect sizes are Spearman's rank correlation (Spearman 1904) within speakers: each speaker's mean rank is taken off
both sides, so that a cheerful person who talks much is no proof. Archetype and tactic: Cramér's V (1946). Trust is
that in whoever is addressed or answered, or the mean of those present.

The 95 % interval is a bootstrap over runs (over moments where there are fewer than three runs), since turns of one
run depend on each other. The baseline shuffles the states among the turns of a speaker (tactics among the turns of
a moment), 200 times. A coupling is *shown* when its interval lies wholly on the expected side of zero and its effect
beyond 99 % of the shuffled ones; for V, when the interval lies wholly above 99 % of the shuffled ones. All random
numbers come from one fixed key.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from timepoint_pro.evaluation.lexicon import AGREEING, DOUBTING, HURRYING, PLEASANT, UNPLEASANT
from timepoint_pro.evaluation.samples import Sample
from timepoint_pro.evaluation.stories import one_line
from timepoint_pro.formulas.text import words
from timepoint_pro.records.draws import Draws

SHUFFLES = 200
RESAMPLES = 1_000
FEWEST = 30
"""Turns under which nothing is said of a coupling."""
MOST = 8_000
"""Turns that are looked at; of more, every second, third ... one."""
RANDOM_KEY = b"timepoint-pro evaluation coupling 1"
"""Every random number of this module comes from this key, so that the same turns give the same report."""

_TIE = re.compile(r"(?:Relationships: |; )([^;]+?) ([+-]?\d+\.\d+) trust")
_ANSWERED = re.compile(r"responding to (.+?)'s ")
_SENTENCE_END = re.compile(r"[.!?…]+(?:[\"'”’)]*)(?:\s|$)")
_LINKS: Mapping[str, tuple[str, str, int]] = {
    "valence": ("valence", "tone", 1),
    "arousal_pace": ("arousal", "pace", -1),
    "arousal_exclamations": ("arousal", "exclamations", 1),
    "energy": ("energy", "length", 1),
    "trust": ("trust", "agreement", 1),
}


@frozen
class Coupling:
    """One coupling of state and language.

    Args:
        name, state, feature: see the module's text.
        expected: sign of the effect, 1 or -1.
        turns: that were looked at.
        effect: in [-1, 1]; None where there are too few turns or one side never changes.
        interval: 95 % interval; None where ``effect`` is.
        shuffled: the effect that 99 % of the shuffles stay under, in the expected direction.
        shown: see the module's text.
    """

    name: str
    state: str
    feature: str
    expected: int
    turns: int
    effect: float | None
    interval: tuple[float, float] | None
    shuffled: float | None
    shown: bool

    def __str__(self) -> str:
        what = f"{self.state} and {self.feature}"
        if self.effect is None or self.interval is None or self.shuffled is None:
            return f"  {what:28} not applicable: too few turns, or one of them never changes"
        low, high = self.interval
        return (
            f"  {what:28} {self.effect:+.3f} ({low:+.3f} to {high:+.3f}), shuffled {self.shuffled:+.3f}: "
            f"{'shown' if self.shown else 'not shown'}"
        )


@frozen
class _Turn:
    run: str
    moment: str
    speaker: str
    archetype: str
    tactic: str
    numbers: Mapping[str, float]


@define
class Couplings:
    """Takes in records, and reports at the end. Records without state in their metadata are passed over."""

    turns: list[_Turn] = field(factory=list)
    _step: int = 1
    _seen: int = 0

    def add(self, sample: Sample) -> None:
        """One more record."""
        if self._seen % self._step == 0:
            turn = _turn(sample)
            if turn is None:
                return
            self.turns.append(turn)
            if len(self.turns) > MOST:
                self.turns, self._step = self.turns[::2], self._step * 2
        self._seen += 1

    def measured(self) -> tuple[Coupling, ...]:
        """The couplings in the order of the module's text."""
        draws = Draws(RANDOM_KEY)
        found = [_linked(name, self.turns, draws) for name in _LINKS]
        return (*found, _tactics(self.turns, draws))

    def report(self) -> dict[str, Any]:
        """The couplings as plain data, and in words under ``lines``."""
        found = self.measured()
        plain = [
            {
                "name": one.name, "state": one.state, "feature": one.feature, "expected": one.expected,
                "turns": one.turns, "effect": one.effect, "interval": one.interval, "shuffled": one.shuffled,
                "shown": one.shown,
            }
            for one in found
        ]  # fmt: skip
        head = "State and language (effect, 95 % interval, beside 99 % of shuffles)"
        return {"couplings": plain, "lines": [head, *map(str, found)]}


def features(completion: str) -> dict[str, float]:
    """What is counted in the words of a turn.

    >>> features("Good, we are safe! Hurry.")["exclamations"]
    1.0
    """
    said = words(completion)
    count = max(1, len(said))
    sentences = max(1, len(_SENTENCE_END.findall(completion)))
    folded = f" {' '.join(said)} "
    return {
        "tone": (sum(word in PLEASANT for word in said) - sum(word in UNPLEASANT for word in said)) / count,
        "pace": len(said) / sentences,
        "exclamations": (completion.count("!") + _marks(folded, HURRYING)) / sentences,
        "length": float(len(said)),
        "agreement": float(_marks(folded, AGREEING) - _marks(folded, DOUBTING)),
    }


def _marks(folded: str, phrases: Sequence[str]) -> int:
    return sum(folded.count(f" {phrase} ") for phrase in phrases)


def _turn(sample: Sample) -> _Turn | None:
    data = sample.metadata or {}
    state = [data.get(name) for name in ("emotional_valence", "emotional_arousal", "energy_budget")]
    if not all(isinstance(one, (int, float)) for one in state) or data.get("task", "dialog_turn") != "dialog_turn":
        return None
    numbers = dict(zip(("valence", "arousal", "energy"), map(float, state), strict=True))  # type: ignore[arg-type]
    trust = _trust(one_line(sample.prompt), data.get("addressed_to"))
    if trust is not None:
        numbers["trust"] = trust
    names = ("run_id", "timepoint_id", "speaker", "archetype", "tactic")
    run, moment, speaker, archetype, tactic = (str(data.get(name, "")) for name in names)
    return _Turn(run, moment, speaker, archetype, tactic, {**numbers, **features(sample.completion)})


def _trust(prompt: str, addressed: Any) -> float | None:
    """Trust in the one who is addressed or answered, else the mean of those present; None where no prompt says it."""
    ties = {_folded(name): float(value) for name, value in _TIE.findall(prompt)}
    if isinstance(addressed, list) and len(addressed) == 1 and _folded(str(addressed[0])) in ties:
        return ties[_folded(str(addressed[0]))]
    answered = _ANSWERED.search(prompt)
    if answered and _folded(answered[1]) in ties:
        return ties[_folded(answered[1])]
    return sum(ties.values()) / len(ties) if ties else None


def _folded(name: str) -> str:
    """A name and the id that is made from it are the same."""
    return name.casefold().replace("_", " ")


def _linked(name: str, turns: Sequence[_Turn], draws: Draws) -> Coupling:
    state, feature, expected = _LINKS[name]
    used = [turn for turn in turns if state in turn.numbers]
    nothing = Coupling(name, state, feature, expected, len(used), None, None, None, False)
    if len(used) < FEWEST:
        return nothing
    xs = _within(used, _ranks([turn.numbers[state] for turn in used]))
    ys = _within(used, _ranks([turn.numbers[feature] for turn in used]))
    effect = _correlation([_sums(xs, ys, range(len(used)))])
    if effect is None:
        return nothing
    parts = [_sums(xs, ys, group) for group in _clusters(used)]
    interval = _bootstrap(lambda drawn: _correlation([parts[one] for one in drawn]), len(parts), draws)
    speakers = _groups(used, lambda turn: (turn.run, turn.speaker))
    shuffled = []
    everything = range(len(used))
    for _ in range(SHUFFLES):
        mixed = _shuffled(xs, speakers, draws)
        shuffled.append(expected * (_correlation([_sums(mixed, ys, everything)]) or 0.0))
    bound = expected * sorted(shuffled)[int(0.99 * SHUFFLES)]
    clear = interval is not None and (interval[0] > 0 if expected > 0 else interval[1] < 0)
    return Coupling(name, state, feature, expected, len(used), effect, interval, bound,
                    clear and expected * effect > expected * bound)  # fmt: skip


def _tactics(turns: Sequence[_Turn], draws: Draws) -> Coupling:
    used = [turn for turn in turns if turn.archetype and turn.tactic]
    pairs = [(turn.archetype, turn.tactic) for turn in used]
    nothing = Coupling("archetype", "archetype", "tactic", 1, len(used), None, None, None, False)
    effect = cramers_v(Counter(pairs)) if len(used) >= FEWEST else None
    if effect is None:
        return nothing
    parts = [Counter(pairs[one] for one in group) for group in _clusters(used)]

    def resampled(drawn: Sequence[int]) -> float | None:
        total: Counter[tuple[str, str]] = Counter()
        for one in drawn:
            total.update(parts[one])
        return cramers_v(total)

    interval = _bootstrap(resampled, len(parts), draws, RESAMPLES // 4)
    moments = _groups(used, lambda turn: (turn.run, turn.moment))
    tactics = [turn.tactic for turn in used]
    shuffled = []
    for _ in range(SHUFFLES):
        mixed = _shuffled(tactics, moments, draws)
        drawn = Counter((turn.archetype, tactic) for turn, tactic in zip(used, mixed, strict=True))
        shuffled.append(cramers_v(drawn) or 0.0)
    bound = sorted(shuffled)[int(0.99 * SHUFFLES)]
    shown = interval is not None and interval[0] > bound
    return Coupling("archetype", "archetype", "tactic", 1, len(used), effect, interval, bound, shown)


def cramers_v(table: Mapping[tuple[str, str], int]) -> float | None:
    """Cramér's V of a table of counts, corrected for bias (Bergsma 2013), in [0, 1]; None for one row or column.

    >>> round(cramers_v({("a", "x"): 20, ("b", "y"): 20}), 6)
    1.0
    """
    total = sum(table.values())
    rows, columns = Counter[str](), Counter[str]()
    for (row, column), count in table.items():
        rows[row] += count
        columns[column] += count
    if len(rows) < 2 or len(columns) < 2:
        return None
    phi2 = sum(count * count / (rows[row] * columns[column]) for (row, column), count in table.items()) - 1.0
    freedom = (len(rows) - 1) * (len(columns) - 1) / (total - 1)
    least = min(size - (size - 1) ** 2 / (total - 1) for size in (len(rows), len(columns))) - 1.0
    return min(1.0, math.sqrt(max(0.0, phi2 - freedom) / least)) if least > 0 else None


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1, ties sharing their mean."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in range(start, end + 1):
            ranks[order[place]] = (start + end) / 2.0 + 1.0
        start = end + 1
    return ranks


def _groups(turns: Sequence[_Turn], key: Any) -> list[list[int]]:
    groups: defaultdict[Any, list[int]] = defaultdict(list)
    for number, turn in enumerate(turns):
        groups[key(turn)].append(number)
    return list(groups.values())


def _within(turns: Sequence[_Turn], values: Sequence[float]) -> list[float]:
    """Values less their speaker's mean. A speaker is known by name over all runs."""
    left = [0.0] * len(values)
    for group in _groups(turns, lambda turn: turn.speaker):
        mean = sum(values[one] for one in group) / len(group)
        for one in group:
            left[one] = values[one] - mean
    return left


def _clusters(turns: Sequence[_Turn]) -> list[list[int]]:
    """Turns by run, or by moment where there are fewer than three runs."""
    runs = _groups(turns, lambda turn: turn.run)
    return runs if len(runs) >= 3 else _groups(turns, lambda turn: (turn.run, turn.moment))


def _sums(xs: Sequence[float], ys: Sequence[float], group: Sequence[int]) -> tuple[float, float, float]:
    return (
        math.fsum(xs[one] * xs[one] for one in group),
        math.fsum(ys[one] * ys[one] for one in group),
        math.fsum(xs[one] * ys[one] for one in group),
    )


def _correlation(parts: Sequence[tuple[float, float, float]]) -> float | None:
    """Correlation from sums of squares and products of values whose mean is zero."""
    xx, yy, xy = (math.fsum(column) for column in zip(*parts, strict=True))
    return xy / math.sqrt(xx * yy) if xx > 1e-9 and yy > 1e-9 else None


def _bootstrap(
    measure: Any, clusters: int, draws: Draws, resamples: int = RESAMPLES
) -> tuple[float, float] | None:
    if clusters < 3:
        return None
    values = []
    for _ in range(resamples):
        value = measure([draws.index(clusters) for _ in range(clusters)])
        if value is not None:
            values.append(value)
    values.sort()
    if not values:
        return None
    return values[int(0.025 * len(values))], values[min(len(values) - 1, int(0.975 * len(values)))]


def _shuffled(values: Sequence[Any], groups: Sequence[Sequence[int]], draws: Draws) -> list[Any]:
    """Values exchanged within groups."""
    mixed = list(values)
    for group in groups:
        for place, other in zip(group, draws.shuffled(group), strict=True):
            mixed[place] = values[other]
    return mixed
