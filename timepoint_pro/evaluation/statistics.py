"""How do the outcomes of many runs spread, and what moves them?

    share       of the runs that settled a question so; its interval is Wilson's (1927), right for few runs too
    mean        its 95 % interval is a percentile bootstrap over runs (Efron 1979)
    components  of the variance of a number y of person e in run r, as random effects of a two-way layout without
                replication: y = m + run_r + person_e + rest (Searle, Casella, McCulloch 1992, ch. 4); estimated by
                the mean squares, negative estimates set to 0
    sensitivity of a measure to a parameter: the share of its variance that lies between the parameter's values, with
                the means at each value. p is that of a permutation test (Fisher 1935): the values are dealt out anew
                among the runs with the same random numbers; the measure of it is the variance of the means.

All random numbers come from one fixed key, so that the same runs give the same figures.

>>> wilson(0, 10)
(0.0, 0.2775)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from statistics import fmean, pvariance, stdev
from typing import Any

from attrs import frozen

from timepoint_pro.errors import UsageError
from timepoint_pro.evaluation.outcomes import Outcome
from timepoint_pro.records.draws import Draws

RANDOM_KEY = b"timepoint-pro evaluation statistics 1"
MOST_DRAWN = 200_000
"""Numbers that a bootstrap draws at most; it makes fewer resamples of more runs."""
RESAMPLES = (200, 1_000)
PERMUTATIONS = 999
Z95 = 1.959963984540054

Interval = tuple[float, float]


@frozen
class Share:
    """How many runs settled a question so: ``share`` in [0, 1], with its 95 % interval."""

    option: str
    runs: int
    share: float
    interval: Interval


@frozen
class Decisions:
    """What became of a question over runs; ``open`` is the option of those that left it open."""

    question: str
    runs: int
    shares: tuple[Share, ...]


@frozen
class Spread:
    """A number over runs: mean with 95 % interval (None for fewer than three runs), standard deviation between runs."""

    measure: str
    runs: int
    mean: float
    interval: Interval | None
    sd: float | None


@frozen
class Components:
    """Components of the variance of a person's number: between persons, between runs, and the rest."""

    measure: str
    people: int
    runs: int
    between_people: float
    between_runs: float
    rest: float


@frozen
class Statistics:
    """Outcomes over runs. ``components`` leaves out people who are not in every run, and is empty for under two."""

    runs: int
    decisions: tuple[Decisions, ...]
    numbers: tuple[Spread, ...]
    components: tuple[Components, ...]


@frozen
class Level:
    """A measure where the parameter has one value."""

    value: Any
    runs: int
    mean: float
    interval: Interval | None


@frozen
class Effect:
    """How a measure depends on a parameter.

    Args:
        parameter: its JSON path.
        measure: a number of the run, or ``"question = option"``, whose mean is a share of the runs.
        levels: one a value, in the order given.
        share: of the measure's variance that lies between the values, in [0, 1]; 0 where it does not vary.
        p: probability of as much by chance, in (0, 1].
        slope: change of the measure for one unit of the parameter (least squares); None where values are no numbers.
    """

    parameter: str
    measure: str
    levels: tuple[Level, ...]
    share: float
    p: float
    slope: float | None


def statistics(found: Sequence[Outcome]) -> Statistics:
    """Outcomes over runs.

    Args:
        found: outcomes of runs, at least one.

    Raises:
        UsageError: for none.
    """
    if not found:
        raise UsageError("statistics: expected the outcomes of one run or more, found none")
    draws = Draws(RANDOM_KEY)
    questions = sorted({question for one in found for question in one.decisions})
    names = list(dict.fromkeys(name for one in found for name in one.numbers))
    numbers = [(name, [one.numbers[name] for one in found if name in one.numbers]) for name in names]
    return Statistics(
        len(found), tuple(_decisions(question, found) for question in questions),
        tuple(_spread(name, values, draws) for name, values in numbers), _components(found),
    )  # fmt: skip


def sensitivity(
    parameter: str, values: Sequence[Any], blocks: Sequence[Hashable], found: Sequence[Outcome]
) -> tuple[Effect, ...]:
    """How every measure depends on a parameter, the surest effects first.

    Args:
        parameter: its JSON path.
        values: the parameter's value in each run.
        blocks: what runs of the same random numbers have in common, one a run.
        found: outcomes of the runs, as many as values and blocks.

    Raises:
        UsageError: unless there are two values or more.
    """
    order = list(dict.fromkeys(map(_key, values)))
    if len(order) < 2 or not len(values) == len(blocks) == len(found):
        raise UsageError(f"sensitivity to {parameter}: expected runs with two values or more, found {len(order)}")
    draws = Draws(RANDOM_KEY + parameter.encode(errors="surrogatepass"))
    labels = [order.index(_key(value)) for value in values]
    shown = [values[labels.index(number)] for number in range(len(order))]
    deals = _deals(labels, blocks, draws)
    names = list(dict.fromkeys(name for one in found for name in one.measures))
    effects = [
        _effect(parameter, name, shown, labels, [one.measures.get(name, 0.0) for one in found], deals, draws)
        for name in names
    ]
    return tuple(sorted(effects, key=lambda one: (one.p, -one.share, one.measure)))


def wilson(count: int, runs: int) -> Interval:
    """95 % interval of a share (Wilson 1927), rounded to four digits."""
    share, square = count / runs, Z95 * Z95
    middle = (share + square / (2 * runs)) / (1 + square / runs)
    half = Z95 * math.sqrt(share * (1 - share) / runs + square / (4 * runs * runs)) / (1 + square / runs)
    return round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)


def bootstrap(values: Sequence[float], draws: Draws) -> Interval | None:
    """95 % percentile interval of the mean; None for fewer than three values."""
    size = len(values)
    if size < 3:
        return None
    count = min(RESAMPLES[1], max(RESAMPLES[0], MOST_DRAWN // size))
    means = sorted(fmean([values[draws.index(size)] for _ in range(size)]) for _ in range(count))
    return means[int(0.025 * count)], means[min(count - 1, int(0.975 * count))]


def _decisions(question: str, found: Sequence[Outcome]) -> Decisions:
    settled = [one.decisions[question] for one in found if question in one.decisions]
    counts: dict[str, int] = {}
    for option in settled:
        counts[option] = counts.get(option, 0) + 1
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    shares = tuple(
        Share(option or "open", count, count / len(settled), wilson(count, len(settled))) for option, count in ordered
    )
    return Decisions(question, len(settled), shares)


def _spread(name: str, values: Sequence[float], draws: Draws) -> Spread:
    sd = stdev(values) if len(values) > 1 else None
    return Spread(name, len(values), fmean(values), bootstrap(values, draws), sd)


def _components(found: Sequence[Outcome]) -> tuple[Components, ...]:
    people = [who for who in found[0].people if all(who in one.people for one in found)]
    if len(people) < 2 or len(found) < 2:
        return ()
    names = list(found[0].people[people[0]])
    return tuple(_layout(name, [[one.people[who][name] for who in people] for one in found]) for name in names)


def _layout(measure: str, rows: Sequence[Sequence[float]]) -> Components:
    """Components of a table with one row a run and one column a person."""
    runs, people = len(rows), len(rows[0])
    grand = fmean(value for row in rows for value in row)
    by_run = [fmean(row) for row in rows]
    by_person = [fmean(column) for column in zip(*rows, strict=True)]
    between_runs = people * sum((mean - grand) ** 2 for mean in by_run) / (runs - 1)
    between_people = runs * sum((mean - grand) ** 2 for mean in by_person) / (people - 1)
    rest = sum(
        (value - by_run[r] - by_person[e] + grand) ** 2 for r, row in enumerate(rows) for e, value in enumerate(row)
    ) / ((runs - 1) * (people - 1))
    return Components(
        measure, people, runs, max(0.0, (between_people - rest) / runs), max(0.0, (between_runs - rest) / people), rest
    )


def _deals(labels: Sequence[int], blocks: Sequence[Hashable], draws: Draws) -> list[list[int]]:
    """The labels dealt out anew, within each block; over all runs where no block has two."""
    places: dict[Hashable, list[int]] = {}
    for place, block in enumerate(blocks):
        places.setdefault(block, []).append(place)
    groups = list(places.values())
    if all(len(group) < 2 for group in groups):
        groups = [list(range(len(labels)))]
    deals = []
    for _ in range(PERMUTATIONS):
        dealt = list(labels)
        for group in groups:
            for place, label in zip(group, draws.shuffled([labels[one] for one in group]), strict=True):
                dealt[place] = label
        deals.append(dealt)
    return deals


def _effect(
    parameter: str, measure: str, shown: Sequence[Any], labels: Sequence[int], values: Sequence[float],
    deals: Sequence[Sequence[int]], draws: Draws,
) -> Effect:  # fmt: skip
    pairs = list(zip(values, labels, strict=True))
    grouped = [[value for value, label in pairs if label == one] for one in range(len(shown))]
    levels = tuple(
        Level(value, len(group), fmean(group), bootstrap(group, draws))
        for value, group in zip(shown, grouped, strict=True)
    )
    total = pvariance(values)
    between = _between(values, len(shown))
    observed = between(labels)
    share = min(1.0, observed / total) if total > 1e-15 else 0.0
    as_much = sum(between(dealt) >= observed - 1e-12 for dealt in deals) if share else len(deals)
    return Effect(parameter, measure, levels, share, (1 + as_much) / (1 + len(deals)), _slope(shown, labels, values))


def _between(values: Sequence[float], levels: int) -> Callable[[Sequence[int]], float]:
    """The variance that lies between the levels, for labels in any order."""
    grand, size = fmean(values), len(values)
    shifted = [value - grand for value in values]

    def between(labels: Sequence[int]) -> float:
        sums, counts = [0.0] * levels, [0] * levels
        for label, value in zip(labels, shifted, strict=True):
            sums[label] += value
            counts[label] += 1
        return math.fsum(one * one / count for one, count in zip(sums, counts, strict=True) if count) / size

    return between


def _slope(shown: Sequence[Any], labels: Sequence[int], values: Sequence[float]) -> float | None:
    if any(isinstance(one, bool) or not isinstance(one, (int, float)) for one in shown):
        return None
    places = [float(shown[label]) for label in labels]
    middle, grand = fmean(places), fmean(values)
    spread = sum((place - middle) ** 2 for place in places)
    return sum((p - middle) * (v - grand) for p, v in zip(places, values, strict=True)) / spread if spread else None


def _key(value: Any) -> str:
    """Values of JSON told apart: true is not 1."""
    return f"{type(value).__name__} {value!r}"
