"""The timeline with its branches or searched paths, and the causal graph: where each moment and edge stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from attrs import frozen

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun
    from timepoint_pro.records.timepoint import Timepoint

LEFT, TOP = 70.0, 34.0
NAMED = 215.0
"""The left margin where lanes have names."""
LANE, FLAT_LANE = 92.0, 84.0
ROOM, WIDE, TIGHT, NARROW = 1000.0, 172.0, 92.0, 58.0
"""Pixels that a picture had best fit into, and those from one column to the next: most, least, and without titles."""
TITLED = 14
"""Columns up to which moments have their titles under them; in a longer story a title shows when pointed at."""
LINE, LETTER = 22, 7.6
"""Letters in a line of a lane's name, an ideograph counting two; pixels that a letter of a title takes at most."""
ARC = 46.0
EDGES_DRAWN = 160


@frozen
class Node:
    """A moment in a picture. ``scene``: its number in the report, -1 for one that was considered and not played."""

    label: str
    title: str
    lines: tuple[str, ...]
    x: float
    y: float
    scene: int
    note: str


@frozen
class Link:
    """An edge in a picture, as an SVG path; ``kind`` is a class of the style sheet; ``width`` in pixels."""

    kind: str
    path: str
    words: str
    width: float = 1.6


@frozen
class Drawing:
    """A picture: ``lanes`` are (y, lines of the name, note)."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    lanes: tuple[tuple[float, tuple[str, ...], str], ...]
    width: float
    height: float
    left_out: int = 0


@frozen
class Edge:
    """An edge of the causal graph, for the table."""

    source: str
    target: str
    kind: str
    strength: float
    mechanisms: str


class _Plan:
    """Columns by place in story order, lanes by path."""

    def __init__(self, run: StoredRun, lane: float, *, titled: bool, named: bool) -> None:
        self.lane, self.left = lane, NAMED if named else LEFT
        self.moments = run.timepoints
        indices = sorted({one.index for one in self.moments})
        self.column = {index: place for place, index in enumerate(indices)}
        self.lanes: dict[str, int] = {}
        for one in self.moments:
            self.lanes.setdefault(one.path, len(self.lanes))
        self.titled = titled and len(indices) <= TITLED
        fitting = (ROOM - self.left - WIDE / 2 - 20) / max(1, len(indices) - 1)
        self.step = min(WIDE, max(TIGHT, fitting)) if len(indices) <= TITLED else NARROW

    def x(self, index: int) -> float:
        return self.left + self.column.get(index, index) * self.step

    def y(self, path: str) -> float:
        return TOP + self.lanes[path] * self.lane

    def node(self, moment: Timepoint, scene: int) -> Node:
        return Node(
            moment.id, moment.title, self.lines(moment.title), self.x(moment.index), self.y(moment.path), scene, ""
        )

    def lines(self, title: str) -> tuple[str, ...]:
        """A title as it stands under its moment."""
        return _wrapped(title, 3, int(self.step / LETTER)) if self.titled else ()

    @property
    def width(self) -> float:
        return self.left + max(0, len(self.column) - 1) * self.step + WIDE / 2 + 20


def timeline(run: StoredRun, scenes: Mapping[str, int]) -> Drawing:
    """The moments in story order, a lane for each path; in portal mode also the paths that were not played."""
    several = len({one.path for one in run.timepoints}) > 1
    plan = _Plan(run, LANE, titled=True, named=several or bool(run.paths))
    at = {one.id: one for one in plan.moments}
    nodes = [plan.node(one, scenes[one.id]) for one in plan.moments]
    links = []
    for one in plan.moments:
        for before in (at[name] for name in one.antecedents if name in at):
            kind = "trunk" if before.path == one.path else "branch"
            links.append(Link(kind, _way(plan, before, one), f"{before.id} → {one.id}"))
        for loop in (at[name] for name in one.loops if name in at):
            links.append(Link("loop", _arc(plan, one, loop, -1), f"{one.id} leads back to {loop.id}"))
    labels = {path.path_id: path for path in run.paths}
    names = []
    for lane in plan.lanes:
        details = labels[lane].details if lane in labels else {}
        score = f"score {labels[lane].score:.2f}" if lane in labels else ""
        name = str(details.get("label") or _lane_name(lane, run.mode)) if several or score else ""
        names.append((plan.y(lane), _wrapped(name), score))
    if run.mode == "portal":
        _considered(run, plan, nodes, links, names)
    return Drawing(tuple(nodes), tuple(links), tuple(names), plan.width, TOP + LANE * len(names))


def causal_graph(run: StoredRun, scenes: Mapping[str, int]) -> tuple[Drawing, tuple[Edge, ...]]:
    """What led to what: edges in time, by cause, and by knowledge carried over; the strongest are drawn."""
    edges = _edges(run)
    several = len({one.path for one in run.timepoints}) > 1
    plan = _Plan(run, FLAT_LANE, titled=False, named=several)
    at = {one.id: one for one in plan.moments}
    drawable = [one for one in edges if one.source in at and one.target in at]
    drawn = sorted(drawable, key=lambda one: (one.kind != "temporal", -one.strength))[:EDGES_DRAWN]
    links = tuple(_edge(plan, at, one) for one in drawn)
    lanes = tuple((plan.y(lane), _wrapped(_lane_name(lane, run.mode)), "") for lane in plan.lanes) if several else ()
    nodes = tuple(plan.node(one, scenes[one.id]) for one in plan.moments)
    height = TOP + FLAT_LANE * len(plan.lanes)
    return Drawing(nodes, links, lanes, plan.width, height, len(drawable) - len(drawn)), edges


def _edges(run: StoredRun) -> tuple[Edge, ...]:
    """The edges of the graph, those of one kind between two moments as one, as strong as the strongest of them."""
    rows = run.store.query(
        "SELECT source, target, type, strength, mechanism FROM causal_edges WHERE run_id = ? ORDER BY rowid",
        (run.run_id,),
    )
    found: dict[tuple[str, str, str], tuple[float, dict[str, None]]] = {}
    for row in rows:
        key = row["source"], row["target"], row["type"]
        strength, names = found.get(key, (0.0, {}))
        item = run.items.get(row["mechanism"])
        name = row["mechanism"] if item is None else item.handle or item.content
        found[key] = max(strength, row["strength"]), {**names, **({name: None} if name else {})}
    return tuple(Edge(*key, strength, "; ".join(names)) for key, (strength, names) in found.items())


def _edge(plan: _Plan, at: Mapping[str, Timepoint], edge: Edge) -> Link:
    source, target = at[edge.source], at[edge.target]
    words = f"{edge.source} → {edge.target}, {edge.kind}, strength {edge.strength:.2f}"
    if edge.mechanisms:
        words += f": {edge.mechanisms}"
    if edge.kind == "temporal":
        return Link(edge.kind, _way(plan, source, target), words)
    path = _arc(plan, source, target, -1 if edge.kind == "causal" else 1)
    return Link(edge.kind, path, words, round(0.6 + 2.2 * edge.strength, 2))


def _considered(
    run: StoredRun, plan: _Plan, nodes: list[Node], links: list[Link],
    lanes: list[tuple[float, tuple[str, ...], str]],
) -> None:
    """Add the paths of a portal search that were kept and not played. A moment that two of them share stands once."""
    end = max(plan.moments, key=lambda one: one.index, default=None)
    if end is None:
        return
    place: dict[str, tuple[float, float]] = {}
    played = next((path for path in run.paths if path.chosen), None)
    for moment in played.details.get("moments", ()) if played is not None else ():
        place[moment["id"]] = plan.x(moment["index"]), plan.y(end.path)
    outcome = plan.x(end.index), plan.y(end.path)
    for path in (one for one in run.paths if not one.chosen):
        y = TOP + LANE * len(lanes)
        lanes.append((y, (f"{path.path_id}, not played",), f"score {path.score:.2f}"))
        for moment in path.details.get("moments", ()):
            if moment["id"] not in place:
                place[moment["id"]] = plan.x(moment["index"]), y
                nodes.append(_candidate(plan, moment, y))
        stations = [*(place[moment["id"]] for moment in path.details.get("moments", ())), outcome]
        for one, other in pairwise(stations):
            if y in (one[1], other[1]):
                links.append(Link("considered", _bend(one, other), f"considered on {path.path_id}"))


def _candidate(plan: _Plan, moment: Mapping[str, Any], y: float) -> Node:
    proposal = moment["proposal"]
    note = f"{proposal['description']} Judged {moment['total']:.2f}: {moment['score']['reason']}."
    return Node(moment["id"], proposal["title"], plan.lines(proposal["title"]), plan.x(moment["index"]), y, -1, note)


def _way(plan: _Plan, one: Timepoint, other: Timepoint) -> str:
    return _bend((plan.x(one.index), plan.y(one.path)), (plan.x(other.index), plan.y(other.path)))


def _bend(one: tuple[float, float], other: tuple[float, float]) -> str:
    (x1, y1), (x2, y2) = one, other
    if y1 == y2:
        return f"M{x1:g} {y1:g}L{x2:g} {y2:g}"
    middle = (x1 + x2) / 2
    return f"M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"


def _arc(plan: _Plan, one: Timepoint, other: Timepoint, side: int) -> str:
    """An arc above (-1) or below (1) the line between two moments."""
    x1, y1, x2, y2 = plan.x(one.index), plan.y(one.path), plan.x(other.index), plan.y(other.path)
    height = side * min(ARC, 14 + 8 * abs(x2 - x1) / plan.step)
    return f"M{x1:g} {y1:g}C{x1 + (x2 - x1) / 4:g} {y1 + height:g} {x2 - (x2 - x1) / 4:g} {y2 + height:g} {x2:g} {y2:g}"


def _lane_name(path: str, mode: str) -> str:
    if path == "main" and mode == "branching":
        return "trunk"
    return f"{path}, played" if mode == "portal" else path


def _wrapped(title: str, lines: int = 2, width: int = LINE) -> tuple[str, ...]:
    """A title in at most so many lines, cut with an ellipsis; text without spaces is cut where a line is full."""
    found: list[str] = [""]
    for word in _words(title, width):
        joined = f"{found[-1]}{word}" if _ideographic(word) else f"{found[-1]} {word}".strip()
        if not found[-1] or _width(joined) <= width:
            found[-1] = joined
        else:
            found.append(word)
    if len(found) > lines:
        kept = found[lines - 1]
        while _width(kept) > width - 1:
            kept = kept[:-1]
        found = [*found[: lines - 1], f"{kept.rstrip(' ,.;:')}…"]
    return tuple(one for one in found if one)


def _words(title: str, width: int) -> Iterable[str]:
    for word in title.split():
        if _ideographic(word):
            yield from word
        else:
            yield from (word[start : start + width] for start in range(0, len(word), width))


def _ideographic(word: str) -> bool:
    return any(east_asian_width(letter) in "WF" for letter in word)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def scene_numbers(moments: Sequence[Timepoint]) -> dict[str, int]:
    """The number by which the report names each played moment."""
    return {one.id: number for number, one in enumerate(moments)}
