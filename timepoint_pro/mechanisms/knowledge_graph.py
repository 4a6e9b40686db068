"""Why does somebody know something, who else does, and how did it spread? Answers from exposures alone.

Pure functions over the exposures of one path of a run. Times are story hours. Edges of the graph run from the
exposure that was rested on to the one that rests on it, so that the roots come first.

>>> from timepoint_pro.records.knowledge import Exposure
>>> seen = Exposure("x:T1:0", "Chen", "leak", "witnessed", "instrument", "T1", 2.0, 0.975)
>>> told = Exposure("x:T1:1", "Webb", "leak", "told", "Chen", "T1", 2.1, 0.88, parents=("x:T1:0",))
>>> list(why_knows([seen, told], "Webb", "leak", at=3.0).edges)
[('x:T1:0', 'x:T1:1')]
>>> who_knows([seen, told], "leak", at=2.05)
('Chen',)
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import frozen

from timepoint_pro.records.knowledge import Exposure

if TYPE_CHECKING:
    import networkx


@frozen
class Arrival:
    """One step of an item's way.

    Args:
        at: story time in hours.
        entity: who came to hold it.
        source: from whom, or by which channel.
        how: the way.
        confidence: expectation of their opinion, in [0, 1].
        holders: how many held it from then on.
    """

    at: float
    entity: str
    source: str
    how: str
    confidence: float
    holders: int


def why_knows(exposures: Iterable[Exposure], entity: str, item: str, at: float = math.inf) -> networkx.DiGraph[str]:
    """How ``entity`` came to hold ``item``: every exposure that leads there, back to the roots.

    Args:
        exposures: of one path of a run, in any order.
        entity: whose knowledge.
        item: item id.
        at: story hour, inclusive; later exposures do not count.

    Returns:
        A directed acyclic graph of exposure ids. Node attributes: entity, item, how, source, timepoint_id, at,
        confidence, and ``root``, true where the path begins. Empty where ``entity`` does not hold the item then.

    O(exposures).
    """
    import networkx

    known = {exposure.id: exposure for exposure in exposures if exposure.at <= at}
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    waiting = [one.id for one in known.values() if one.entity == entity and one.item == item]
    while waiting:
        exposure = known[waiting.pop()]
        if exposure.id in graph and "entity" in graph.nodes[exposure.id]:
            continue
        graph.add_node(
            exposure.id, entity=exposure.entity, item=exposure.item, how=exposure.how, source=exposure.source,
            timepoint_id=exposure.timepoint_id, at=exposure.at, confidence=exposure.confidence,
            root=not exposure.parents,
        )  # fmt: skip
        for parent in exposure.parents:
            graph.add_edge(parent, exposure.id)
            waiting.append(parent)
    return graph


def who_knows(exposures: Iterable[Exposure], item: str, at: float = math.inf) -> tuple[str, ...]:
    """Ids of those who hold ``item`` at story hour ``at``, in the order in which they came to."""
    return tuple(dict.fromkeys(one.entity for one in _of_item(exposures, item) if one.at <= at))


def spread(exposures: Iterable[Exposure], item: str) -> tuple[Arrival, ...]:
    """How ``item`` spread: each exposure in order of story time, with the number of holders after it."""
    holders: set[str] = set()
    steps = []
    for one in _of_item(exposures, item):
        holders.add(one.entity)
        steps.append(Arrival(one.at, one.entity, one.source, one.how, one.confidence, len(holders)))
    return tuple(steps)


def _of_item(exposures: Iterable[Exposure], item: str) -> list[Exposure]:
    """Exposures to one item by story time; Python's sort keeps those of one time in the order given."""
    return sorted((one for one in exposures if one.item == item), key=lambda one: one.at)
