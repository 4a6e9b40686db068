"""M7 causal chain: what led to this moment, and what of it can somebody refer to?

Inputs: the moment as planned (antecedents, claimed cause); what was learned and told in it (M3).
Output, at REFLECT: ``EdgesDrawn``, with the edges that end in the moment just played:
    temporal    from every antecedent; strength 1
    causal      the plan's claim: from every antecedent, with the claimed strength and kind; and to every earlier
                moment that a cyclical mode licenses as a loop
    knowledge   from a moment in which somebody came to hold what was told on in this one; strength is the highest
                confidence, in [0, 1], with which it arrived, mechanism the handle or id of the item
and what reached whom from moments that they did not see.

Facet ``Chain``: ``edges``, and ``history(limit, entity)``: the way here in words, for prompts. It holds the
circumstances of moments at which the entity was present, and, for others, the statements that reached it from there.
Descriptions, titles and causes are for the audience and never in it.

Errors: none. Example: ``world[Chain].history(6, "Webb")``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal, Self

from attrs import field, frozen, validators
from immutables import Map

from timepoint_pro.mechanisms.base import Context, Spec, Stage, Start
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.timepoint import Timeline, Timepoint, TimepointClosed, TimepointOpened, key_of
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

EdgeType = Literal["temporal", "knowledge", "causal"]

KEPT = 32
"""How many lines of history one entity has; older ones give way."""

LOOP = "loop"


@frozen
class Edge:
    """One arrow of the causal graph.

    Args:
        source: timepoint id, the earlier one save for licensed loops.
        target: timepoint id.
        type: see the module's text.
        strength: in [0, 1].
        mechanism: kind of cause in one or two words, or what was known.
        statement: the claimed cause in words, for the audience; empty where nothing is claimed.
        evidence: ids of exposures.
    """

    source: str
    target: str
    type: EdgeType
    strength: float = 1.0
    mechanism: str = ""
    statement: str = ""
    evidence: tuple[str, ...] = ()


@frozen
class EdgesDrawn(Event):
    """What leads to the moment just played.

    Args:
        edges: each (source, target, type, mechanism) once.
        reached: (entity, timepoint id, statement) of what came to somebody from a moment that they did not see.
    """

    edges: tuple[Edge, ...] = ()
    reached: tuple[tuple[str, str, str], ...] = ()


@frozen
class Line:
    """One line of somebody's history; ``seen``: they were there."""

    timepoint_id: str
    text: str
    seen: bool


@frozen
class Chain:
    """M7's facet.

    Args:
        edges: all edges on this path, oldest first.
        lines: history of each entity, oldest first.
        now: the moment being played.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (TimepointOpened, EdgesDrawn, TimepointClosed)

    edges: tuple[Edge, ...] = ()
    lines: Map[str, tuple[Line, ...]] = Map()
    now: Timepoint | None = None

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case TimepointOpened(timepoint=timepoint):
                return evolve(self, now=timepoint)
            case EdgesDrawn(edges=edges, reached=reached):
                lines = self.lines
                for entity, timepoint_id, text in reached:
                    lines = _with_line(lines, entity, Line(timepoint_id, text, seen=False))
                return evolve(self, edges=(*self.edges, *edges), lines=lines)
            case TimepointClosed():
                return self._closed()
        return self

    def history(self, limit: int, entity: str | None = None) -> tuple[str, ...]:
        """The way here in words, oldest first, as ``"T1: circumstance"`` or ``"T1 (heard of): statement"``.

        Args:
            limit: how many lines at most, the latest.
            entity: whose; None: what everyone now present saw, and so may be shown to any of them.
        """
        if limit < 1:
            return ()
        if entity is not None:
            return tuple(_words(line) for line in self.lines.get(entity, ())[-limit:])
        present = self.now.present if self.now is not None else ()
        if not present:
            return ()
        others = [frozenset(self.lines.get(one, ())) for one in present[1:]]
        shared = [
            line for line in self.lines.get(present[0], ()) if line.seen and all(line in other for other in others)
        ]
        return tuple(_words(line) for line in shared[-limit:])

    def _closed(self) -> Self:
        now, lines = self.now, self.lines
        if now is None:
            return self
        for entity in now.present if now.circumstance else ():
            lines = _with_line(lines, entity, Line(now.id, now.circumstance, seen=True))
        return evolve(self, lines=lines, now=None)


@frozen
class CausalChain:
    """M7.

    Args:
        least_confidence: knowledge that arrived with less confidence than this, in [0, 1], draws no edge.
    """

    spec: ClassVar[Spec] = Spec(
        code="M7",
        name="causal chain",
        stages=(Stage.REFLECT,),
        reads=(Chain, Knowledge, Timeline),
        emits=(EdgesDrawn,),
    )

    least_confidence: float = field(default=0.0, validator=[validators.ge(0.0), validators.le(1.0)])

    def start(self, template: Template, /) -> Start:
        """Nothing has led to anything yet."""
        return Start(facets=(Chain(),))

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        """The edges that end in the moment just played."""
        timepoint, knowledge = world[Timeline].current, world[Knowledge]
        edges = [*_planned(timepoint), *_known(timepoint, knowledge, self.least_confidence)]
        reached = tuple(_reached(world[Timeline], knowledge))
        if not edges and not reached:
            return ()
        causes = (knowledge.opened,) if knowledge.opened else ()
        return (EdgesDrawn(tuple(edges), reached, causes=causes),)


def _planned(timepoint: Timepoint) -> Iterator[Edge]:
    """Temporal edges, and the causal ones that the plan claims."""
    antecedents = tuple(dict.fromkeys(timepoint.antecedents))
    for source in antecedents:
        yield Edge(source, timepoint.id, "temporal")
    if timepoint.cause or timepoint.mechanism:
        for source in antecedents:
            yield Edge(source, timepoint.id, "causal", timepoint.strength, timepoint.mechanism, timepoint.cause)
    for earlier in dict.fromkeys(timepoint.loops):
        yield Edge(timepoint.id, earlier, "causal", timepoint.strength, LOOP)


def _known(timepoint: Timepoint, knowledge: Knowledge, least: float) -> Iterator[Edge]:
    """One edge for each earlier moment and what was told on from it here."""
    crossing: dict[tuple[str, str], dict[str, float]] = {}
    for exposure_id in knowledge.here:
        exposure = knowledge.exposure(exposure_id)
        for parent_id in exposure.parents:
            parent = knowledge.log.get(parent_id)
            if parent is not None:
                label = knowledge.item(parent.item).handle or parent.item
                _cross(crossing, timepoint, parent.timepoint_id, label, exposure_id, exposure.confidence)
    for teller, item in knowledge.told_here:
        holding = knowledge.holds(teller).get(item)
        if holding is not None:
            best = knowledge.exposure(holding.best)
            label = knowledge.item(item).handle or item
            _cross(crossing, timepoint, best.timepoint_id, label, best.id, best.confidence)
    for (source, label), found in crossing.items():
        strength = max(found.values())
        if strength >= least:
            yield Edge(source, timepoint.id, "knowledge", strength, label, evidence=tuple(found))


def _cross(
    crossing: dict[tuple[str, str], dict[str, float]],
    timepoint: Timepoint,
    source: str,
    label: str,
    exposure_id: str,
    confidence: float,
) -> None:
    if source and source != timepoint.id:
        crossing.setdefault((source, label), {})[exposure_id] = confidence


def _reached(timeline: Timeline, knowledge: Knowledge) -> Iterator[tuple[str, str, str]]:
    """What was told here to people who were not at the moment from which the teller had it."""
    present = {moment.id: moment.present for moment in timeline.passed}
    known: set[tuple[str, str, str]] = set()
    for exposure_id in knowledge.here:
        exposure = knowledge.exposure(exposure_id)
        for parent_id in exposure.parents:
            parent = knowledge.log.get(parent_id)
            if parent is None or exposure.entity in present.get(parent.timepoint_id, (exposure.entity,)):
                continue
            line = (exposure.entity, parent.timepoint_id, knowledge.item(parent.item).content)
            if line not in known:
                known.add(line)
                yield line


def _with_line(lines: Map[str, tuple[Line, ...]], entity: str, line: Line) -> Map[str, tuple[Line, ...]]:
    return lines.set(entity, (*lines.get(entity, ())[1 - KEPT :], line))


def _words(line: Line) -> str:
    # The branch stays out: nobody in it can tell that there are others, and untouched prompts stay the same.
    key = key_of(line.timepoint_id)
    return f"{key}: {line.text}" if line.seen else f"{key} (heard of): {line.text}"
