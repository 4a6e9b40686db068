"""Do repeats of a run tell the same story?

The runs' graphs (``event_graph``) are aligned in pairs (``alignment``). For each pair:
    jaccard     |edges in both| / |edges in either|, in [0, 1]; undefined where neither graph has an edge
    shd         structural Hamming distance: pairs of nodes that are joined otherwise; a reversal counts 1
                (Tsamardinos, Brown, Aliferis 2006)
    tau         Kendall's tau-b of the order in time of what was matched, in [-1, 1] (Kendall 1945)
The score is the mean Jaccard similarity over all pairs, its 95 % interval a bootstrap over runs (Efron 1979; pairs
share runs, so pairs are not drawn). Chance: the second graph of every pair is rewired 200 times by swapping the
targets of two edges between nodes of the same kinds, which keeps every degree (Maslov, Sneppen 2002); z is the
score's distance from the mean of those scores, in their standard deviations. It is undefined, not 1, for graphs
without edges and for graphs that can only be rewired into themselves, such as a short chain.

Grades: A from .9, B from .8, C from .7, D from .5, else F. All random numbers come from one fixed key.

>>> ring = EventGraph.of([("a", "b"), ("b", "c"), ("c", "a")])
>>> same = convergence([ring, ring])
>>> same.jaccard, same.grade, same.pairs[0].shd
(1.0, 'A', 0)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from statistics import fmean, pstdev
from typing import TYPE_CHECKING

from attrs import frozen

from timepoint_pro.errors import UsageError
from timepoint_pro.evaluation.alignment import Node, align
from timepoint_pro.evaluation.event_graph import EventGraph, event_graph
from timepoint_pro.records.draws import Draws

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun

Edges = frozenset[tuple[str, str]]

REWIRINGS = 200
RESAMPLES = 1_000
GRADES = ((0.9, "A"), (0.8, "B"), (0.7, "C"), (0.5, "D"))
RANDOM_KEY = b"timepoint-pro evaluation convergence 1"
"""Every random number of this module comes from this key, so that the same runs give the same report."""

_SWAPS_AN_EDGE = 4
_NO_EDGES = "neither graph has an edge"
_ONE_WIRING = "the graphs have only one wiring with these degrees"


@frozen
class Comparison:
    """Two runs side by side; what is undefined is None. ``matched``: nodes that both have."""

    first: str
    second: str
    matched: int
    jaccard: float | None
    shd: int
    tau: float | None
    z: float | None


@frozen
class ContestedEdge:
    """An edge that some runs have and others have not; ``agreement`` is the share of runs that have it."""

    source: str
    target: str
    runs: tuple[str, ...]
    agreement: float


@frozen
class Convergence:
    """How alike runs are.

    Args:
        runs: their names.
        jaccard: mean over pairs, in [0, 1]; None where no graph has an edge.
        interval: 95 % bootstrap interval; None for fewer than three runs.
        grade: ``"A"`` to ``"F"``; empty where ``jaccard`` is None.
        shd: mean structural Hamming distance.
        tau: mean Kendall tau where it is defined; None where it never is.
        chance: mean Jaccard similarity after rewiring.
        z: see the module's text; None where it is undefined, and ``z_undefined`` says why.
        pairs: each pair of runs.
        edges: number of different edges in all runs.
        contested: those that not all runs have, the least agreed on first.
    """

    runs: tuple[str, ...]
    jaccard: float | None
    interval: tuple[float, float] | None
    grade: str
    shd: float
    tau: float | None
    chance: float | None
    z: float | None
    z_undefined: str
    pairs: tuple[Comparison, ...]
    edges: int
    contested: tuple[ContestedEdge, ...]


def convergence(graphs: Sequence[EventGraph]) -> Convergence:
    """Compare graphs with each other. The order in which they are given does not matter.

    Args:
        graphs: two or more.

    Raises:
        UsageError: for fewer than two.
    """
    if len(graphs) < 2:
        raise UsageError(f"convergence compares two runs or more, found {len(graphs)}; repeat the run with --repeat N")
    # By what they say, then by name: ids are made up anew for each run, and chance must not depend on them.
    graphs = sorted(graphs, key=lambda graph: (sorted(graph.edges), graph.name))
    draws = Draws(RANDOM_KEY)
    rewired = [rewirings(graph, REWIRINGS, draws) for graph in graphs]
    pairs: list[Comparison] = []
    scores: dict[tuple[int, int], float] = {}
    by_chance: list[list[float]] = []
    for i, j in combinations(range(len(graphs)), 2):
        compared, chances = _compare(graphs[i], graphs[j], rewired[j])
        pairs.append(compared)
        if compared.jaccard is not None:
            scores[i, j] = compared.jaccard
            by_chance.append(chances)
    score = fmean(scores.values()) if scores else None
    null = [fmean(column) for column in zip(*by_chance, strict=True)]
    z = _z(score, null)
    contested, edges = _contested(graphs, _central(len(graphs), scores))
    taus = [pair.tau for pair in pairs if pair.tau is not None]
    return Convergence(
        tuple(graph.name for graph in graphs), score, _interval(len(graphs), scores, draws),
        grade(score) if score is not None else "", fmean(pair.shd for pair in pairs), fmean(taus) if taus else None,
        fmean(null) if null else None, z, "" if z is not None else (_ONE_WIRING if null else _NO_EDGES),
        tuple(pairs), edges, contested,
    )  # fmt: skip


def converge(runs: Iterable[StoredRun]) -> Convergence:
    """Compare runs with each other; see ``convergence``.

    Raises:
        UsageError: for fewer than two.
    """
    return convergence([event_graph(run) for run in runs])


def grade(score: float) -> str:
    """The grade of a score in [0, 1].

    >>> [grade(score) for score in (0.9, 0.8, 0.7, 0.5, 0.49)]
    ['A', 'B', 'C', 'D', 'F']
    """
    return next((letter for least, letter in GRADES if score >= least), "F")


def shd(first: Edges, second: Edges) -> int:
    """Structural Hamming distance: pairs of nodes whose edges between them differ."""
    return len({frozenset(edge) for edge in first ^ second})


def tau_b(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Kendall's tau-b of two rankings of the same things; None where one of them has no order. O(n^2)."""
    agree = untied_first = untied_second = 0
    for (a, x), (b, y) in combinations(zip(first, second, strict=True), 2):
        one, other = (a > b) - (a < b), (x > y) - (x < y)
        agree += one * other
        untied_first += one != 0
        untied_second += other != 0
    return agree / math.sqrt(untied_first * untied_second) if untied_first and untied_second else None


def rewirings(graph: EventGraph, count: int, draws: Draws) -> list[Edges]:
    """Random graphs in which every node keeps its degrees, to and from each kind of node; no loops, no parallels."""
    kinds = {node.id: node.kind for node in graph.nodes}
    edges = sorted(graph.edges)
    classes: dict[tuple[str, str], list[int]] = {}
    for index, (source, target) in enumerate(edges):
        classes.setdefault((kinds[source], kinds[target]), []).append(index)
    partners = [classes[kinds[source], kinds[target]] for source, target in edges]
    held, made = set(edges), []
    for _ in range(count):
        for _ in range(_SWAPS_AN_EDGE * len(edges)):
            index = draws.index(len(edges))
            _swap(edges, held, index, draws.choice(partners[index]))
        made.append(frozenset(held))
    return made


def _swap(edges: list[tuple[str, str]], held: set[tuple[str, str]], one: int, other: int) -> None:
    (a, b), (c, d) = edges[one], edges[other]
    if a == d or c == b or (a, d) in held or (c, b) in held:
        return
    held -= {(a, b), (c, d)}
    held |= {(a, d), (c, b)}
    edges[one], edges[other] = (a, d), (c, b)


def _compare(first: EventGraph, second: EventGraph, rewired: Sequence[Edges]) -> tuple[Comparison, list[float]]:
    """A pair, and its Jaccard similarities by chance."""
    found = align(first.nodes, second.nodes)
    ours = _renamed(first.edges, found)
    jaccard = _jaccard(ours, second.edges)
    chances = [] if jaccard is None else [_jaccard(ours, other) or 0.0 for other in rewired]
    places = {node.id: node.place for node in second.nodes}
    matched = [(node.place, places[found[node.id]]) for node in first.nodes if node.id in found]
    tau = tau_b([one for one, _ in matched], [other for _, other in matched])
    compared = Comparison(
        first.name, second.name, len(found), jaccard, shd(ours, second.edges), tau, _z(jaccard, chances)
    )
    return compared, chances


def _renamed(edges: Edges, names: Mapping[str, str]) -> Edges:
    """Edges under the other graph's ids; nodes that it has not get a name that no id can be."""
    return frozenset((names.get(a, f"\0{a}"), names.get(b, f"\0{b}")) for a, b in edges)


def _jaccard(first: Edges, second: Edges) -> float | None:
    either = len(first | second)
    return len(first & second) / either if either else None


def _z(score: float | None, null: Sequence[float]) -> float | None:
    spread = pstdev(null) if null else 0.0
    return (score - fmean(null)) / spread if score is not None and spread > 1e-12 else None


def _interval(runs: int, scores: Mapping[tuple[int, int], float], draws: Draws) -> tuple[float, float] | None:
    """Percentile interval over resamples of the runs; a run is never compared with itself."""
    if runs < 3 or not scores:
        return None
    means = []
    for _ in range(RESAMPLES):
        drawn = sorted(draws.index(runs) for _ in range(runs))
        values = [scores[pair] for pair in combinations(drawn, 2) if pair in scores]
        if values:
            means.append(fmean(values))
    means.sort()
    return means[int(0.025 * len(means))], means[min(len(means) - 1, int(0.975 * len(means)))]


def _central(runs: int, scores: Mapping[tuple[int, int], float]) -> int:
    """The run that is most like the others."""
    total = [sum(score for pair, score in scores.items() if run in pair) for run in range(runs)]
    return total.index(max(total))


def _contested(graphs: Sequence[EventGraph], central: int) -> tuple[tuple[ContestedEdge, ...], int]:
    """Edges that not all graphs have, in the names of the central graph; and the number of all edges."""
    frame: list[Node] = list(graphs[central].nodes)
    having: dict[tuple[str, str], list[int]] = {edge: [central] for edge in graphs[central].edges}
    for number, graph in enumerate(graphs):
        if number == central:
            continue
        found = align(graph.nodes, frame)
        for node in graph.nodes:
            if node.id not in found:
                found[node.id] = f"\0{len(frame)}"
                frame.append(Node(found[node.id], node.kind, node.text, node.place, node.label))
        for source, target in graph.edges:
            having.setdefault((found[source], found[target]), []).append(number)
    texts = {node.id: node.label or node.text for node in frame}
    contested = [
        ContestedEdge(
            texts[source], texts[target], tuple(graphs[run].name for run in sorted(runs)), len(runs) / len(graphs)
        )
        for (source, target), runs in having.items()
        if len(runs) < len(graphs)
    ]
    return tuple(sorted(contested, key=lambda one: (one.agreement, one.source, one.target, one.runs))), len(having)
