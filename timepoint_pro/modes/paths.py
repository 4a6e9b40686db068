"""The paths that a portal search found: every candidate with its scores, what was kept, and why one won."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from attrs import evolve, frozen

from timepoint_pro.prompts.planning import MomentProposal, Score, TrialOutcome
from timepoint_pro.records.event import Entry, Event

PIVOT_SHARE = 3
"""One pivot for so many moments of a path, at least one."""


@frozen
class Antecedent:
    """One judged candidate: a node of the search tree.

    Args:
        id: ``"A1"`` ... in order of discovery.
        parent: the node that was settled before it on its path; empty at the first.
        index: place in story order, from 0 at the origin.
        proposal: what was proposed.
        score: the judge's parts.
        total: their weighted mean, in [0, 1].
        trial: what came of it when it was played forward for the judge; None where it was not.
    """

    id: str
    parent: str
    index: int
    proposal: MomentProposal
    score: Score
    total: float
    trial: TrialOutcome | None = None


@frozen
class Divergence:
    """Where another path parts from this one: ``index`` is the latest place in story order at which they differ."""

    path: str
    index: int


@frozen
class Path:
    """A way from the origin to the outcome.

    Args:
        id: ``"P1"`` for the best, then ``"P2"`` ...
        nodes: node ids in story order, the origin first.
        score: mean of the nodes' totals, in [0, 1].
        divergences: where each other path parts from it.
        pivots: node ids of the moments without which the outcome would least have come about, in story order.
    """

    id: str
    nodes: tuple[str, ...]
    score: float
    divergences: tuple[Divergence, ...] = ()
    pivots: tuple[str, ...] = ()


@frozen
class SearchBegun(Event):
    """A search sets out. ``order``: places in story order, as they will be explored; ``mode``: how."""

    outcome: str
    mode: str
    order: tuple[int, ...]


@frozen
class PathStepped(Event):
    """The beam moved one place on.

    Args:
        index: the place, in story order.
        threshold: coherence that was asked for.
        candidates: all judged candidates of this step.
        kept: node ids that go on, best first.
    """

    index: int
    threshold: float
    candidates: tuple[Antecedent, ...]
    kept: tuple[str, ...]


@frozen
class PathBacktracked(Event):
    """All candidates for ``index`` fell short, so the beam went back and took up others.

    Args:
        index: the place that could not be filled.
        to: the place gone back to.
        candidates: those that fell short.
        abandoned: node ids given up.
        resumed: node ids taken up instead.
        best: highest total that was reached.
        threshold: what it would have had to reach.
    """

    index: int
    to: int
    candidates: tuple[Antecedent, ...]
    abandoned: tuple[str, ...]
    resumed: tuple[str, ...]
    best: float
    threshold: float


@frozen
class ThresholdRelaxed(Event):
    """No way was left that met the threshold at ``index``: it is lowered one step, for this place only."""

    index: int
    before: float
    after: float
    best: float


@frozen
class SearchCutShort(Event):
    """Nothing met the threshold at ``index`` and it may not be lowered: the paths end at what they have."""

    index: int
    candidates: tuple[Antecedent, ...]
    best: float
    threshold: float


@frozen
class PathChosen(Event):
    """The search is over. ``paths``: those kept, best first; the first one is played."""

    paths: tuple[Path, ...]
    reason: str


@frozen
class PathTaken(Event):
    """Another path than the one that won is played: ``path``, and ``reason`` in words."""

    path: str
    reason: str


@frozen
class CoherenceMarked(Event):
    """A played scene went another way than the next premise needs.

    Args:
        timepoint_id: the moment whose premise is at odds with what happened.
        after: the played moment.
        needed: option id that the premise needs.
        settled: option id that the scene settled on.
        reason: in words.
    """

    timepoint_id: str
    after: str
    needed: str
    settled: str
    reason: str


@frozen
class CauseRevised(Event):
    """A played scene went another way than its path supposes, and the next moment rests on another antecedent.

    Args:
        timepoint_id: the moment whose cause is another one now.
        after: the played moment.
        instead_of: node id of the antecedent that supposes another decision.
        node: node id of the one that agrees with what was decided.
        settled: option id that the scene settled on.
        score: the judge's parts for ``node``, given what came of the scene.
        total: their weighted mean, in [0, 1].
    """

    timepoint_id: str
    after: str
    instead_of: str
    node: str
    settled: str
    score: Score
    total: float


@frozen
class Paths:
    """All that a search found. ``chosen`` is the id of the path that is played; ``reason`` says why it won."""

    folds: ClassVar[tuple[type[Event], ...]] = (
        SearchBegun, PathStepped, PathBacktracked, ThresholdRelaxed, SearchCutShort, PathChosen, PathTaken,
        CoherenceMarked, CauseRevised,
    )  # fmt: skip

    outcome: str = ""
    mode: str = ""
    order: tuple[int, ...] = ()
    nodes: tuple[Antecedent, ...] = ()
    paths: tuple[Path, ...] = ()
    chosen: str = ""
    reason: str = ""
    backtracks: int = 0
    relaxations: tuple[ThresholdRelaxed, ...] = ()
    marks: tuple[CoherenceMarked, ...] = ()
    revised: tuple[CauseRevised, ...] = ()

    def fold(self, entry: Entry, /) -> Self:
        return self.after(entry.event)

    def after(self, event: Event) -> Self:
        """The paths as they stand after ``event``."""
        match event:
            case SearchBegun(outcome=outcome, mode=mode, order=order):
                return evolve(self, outcome=outcome, mode=mode, order=order)
            case PathStepped(candidates=found) | SearchCutShort(candidates=found):
                return evolve(self, nodes=self._with(found))
            case PathBacktracked(candidates=found):
                return evolve(self, nodes=self._with(found), backtracks=self.backtracks + 1)
            case ThresholdRelaxed() as relaxed:
                return evolve(self, relaxations=(*self.relaxations, relaxed))
            case PathChosen(paths=paths, reason=reason):
                return evolve(self, paths=paths, chosen=paths[0].id, reason=reason)
            case PathTaken(path=path, reason=reason):
                return evolve(self, chosen=path, reason=reason)
            case CoherenceMarked() as mark:
                return evolve(self, marks=(*self.marks, mark))
            case CauseRevised() as revised:
                return evolve(self, revised=(*self.revised, revised))
        return self

    def node(self, node_id: str) -> Antecedent:
        """The candidate of that id.

        Raises:
            LookupError: there is none.
        """
        for node in self.nodes:
            if node.id == node_id:
                return node
        raise LookupError(f"no candidate {node_id!r} in this search")

    @property
    def winner(self) -> tuple[Antecedent, ...]:
        """The moments of the path that is played, in story order; empty before the choice."""
        chosen = next((path for path in self.paths if path.id == self.chosen), None)
        return tuple(self.node(one) for one in chosen.nodes) if chosen is not None else ()

    def _with(self, found: Sequence[Antecedent]) -> tuple[Antecedent, ...]:
        known = {node.id for node in self.nodes}
        return (*self.nodes, *(node for node in found if node.id not in known))


def rank(lineages: Sequence[tuple[Antecedent, ...]]) -> tuple[tuple[Path, ...], str]:
    """The finished lineages as paths, best first, and why the first one won.

    Args:
        lineages: one or more; the nodes of each in order of exploration.
    """
    stories = [tuple(sorted(nodes, key=lambda node: node.index)) for nodes in lineages]
    stories.sort(key=lambda nodes: (-mean(nodes), nodes[-1].id))
    named = [(f"P{number}", nodes) for number, nodes in enumerate(stories, 1)]
    paths = tuple(
        Path(name, tuple(node.id for node in nodes), mean(nodes), _divergences(nodes, name, named), _pivots(nodes))
        for name, nodes in named
    )
    return paths, _why(stories)


def mean(nodes: Sequence[Antecedent]) -> float:
    """Score of a path: the mean of its nodes' totals, in [0, 1]."""
    return round(sum(node.total for node in nodes) / len(nodes), 6)


def _divergences(
    nodes: Sequence[Antecedent], name: str, named: Sequence[tuple[str, tuple[Antecedent, ...]]]
) -> tuple[Divergence, ...]:
    mine = {node.index: node.id for node in nodes}
    found = []
    for other, others in named:
        theirs = {node.index: node.id for node in others}
        differing = [index for index in mine if theirs.get(index) != mine[index]]
        if other != name and differing:
            found.append(Divergence(other, max(differing)))
    return tuple(found)


def _pivots(nodes: Sequence[Antecedent]) -> tuple[str, ...]:
    wanted = max(1, len(nodes) // PIVOT_SHARE)
    ranked = sorted(nodes, key=lambda node: (-node.score.causal_necessity, -node.total, node.index))[:wanted]
    return tuple(node.id for node in nodes if node in ranked)


def _why(stories: Sequence[Sequence[Antecedent]]) -> str:
    best = stories[0]
    if len(stories) == 1:
        return f"the only path that was left, with a mean score of {mean(best):.3f}"
    gaps = [
        (_part(best, part) - _part(stories[1], part), words)
        for part, words in (
            ("plausibility", "plausibility"), ("causal_necessity", "causal necessity"),
            ("entity_capability", "capability of the people"), ("historical_precedent", "precedent"),
        )
    ]  # fmt: skip
    gap, words = max(gaps)
    lead = f"the highest mean score, {mean(best):.3f} against {mean(stories[1]):.3f} of the next"
    return f"{lead}; most ahead in {words} (by {gap:.3f})" if gap > 0 else f"{lead}, level in every part"


def _part(nodes: Sequence[Antecedent], part: str) -> float:
    return float(sum(getattr(node.score, part) for node in nodes) / len(nodes))
