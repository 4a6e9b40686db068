"""The graph by which runs are compared: moments, and the statements that were made or came up in them.

It is the run's causal graph with the knowledge edges unfolded. An edge leads from a moment to what first came up
in it, from a statement to each moment in which somebody was told it, and from a moment to those that follow from it.
What everybody sees at the beginning of a moment is part of the moment, not a statement of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import frozen

from timepoint_pro.evaluation.alignment import Node

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun

MOMENT, STATEMENT = "moment", "statement"


@frozen
class EventGraph:
    """A directed graph without loops and parallel edges.

    Args:
        name: the run's id.
        nodes: ids are unique.
        edges: pairs of ids of nodes.
    """

    name: str
    nodes: tuple[Node, ...]
    edges: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, edges: Iterable[tuple[str, str]], name: str = "") -> EventGraph:
        """A graph from its edges; a node's text is its id, and its place its rank among the ids in order."""
        known = frozenset(edges)
        ids = sorted({end for edge in known for end in edge})
        most = max(1, len(ids) - 1)
        return cls(name, tuple(Node(one, MOMENT, one, rank / most) for rank, one in enumerate(ids)), known)


def event_graph(run: StoredRun) -> EventGraph:
    """The graph of a run, finished or not."""
    moments = {moment.id: moment for moment in run.timepoints}
    ends = [moment.at for moment in run.timepoints]
    first, span = (ends[0], max(ends[-1] - ends[0], 1e-9)) if ends else (0.0, 1.0)

    def place(at: float) -> float:
        return min(1.0, max(0.0, (at - first) / span))

    places = {moment.id: place(moment.at) for moment in run.timepoints}
    nodes = [
        Node(one.id, MOMENT, f"{one.title} {one.circumstance}", places[one.id], f"{one.id}: {one.title}")
        for one in run.timepoints
    ]
    edges = {
        (source, target) for source, target in run.causal_graph.edges if source in moments and target in moments
    }
    seen: set[str] = set()
    # The table has the exposures of every branch.
    rows = run.store.iterate(
        "SELECT item_id, content, how, source, timepoint_id FROM exposure_events WHERE run_id = ? "
        "ORDER BY timestamp, exposure_id",
        (run.run_id,),
    )
    for row in rows:
        where, content = row["timepoint_id"], row["content"]
        moment = moments.get(where)
        if moment is not None and (row["source"] == "scene" or content in moment.circumstance):
            continue
        # A template may give a fact the id of a moment.
        statement = f"item {row['item_id']}"
        if statement not in seen:
            seen.add(statement)
            nodes.append(Node(statement, STATEMENT, content, places.get(where, 0.0)))
            if moment is not None and row["how"] != "told":
                edges.add((where, statement))
        if row["how"] == "told" and moment is not None:
            edges.add((statement, where))
    return EventGraph(run.run_id, tuple(nodes), frozenset(edge for edge in edges if edge[0] != edge[1]))
