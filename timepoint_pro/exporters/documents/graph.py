"""The causal graph with everyone's state at each moment, for models that are conditioned on it.

Nodes are the moments, and whatever else an edge names; edges are temporal, knowledge or causal, each with its strength.
The state of an entity is a matrix: one row a node, in the order of the nodes, and one column a component of the state
tensor (M6), each the share of its quantity's range. A row is null where the entity has no state there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from timepoint_pro.exporters.contract import Format, Recorded, Settings, Source
from timepoint_pro.exporters.files import Outbox
from timepoint_pro.records.units import BEHAVIOR, BIOLOGY, CONTEXT

if TYPE_CHECKING:
    import networkx

NODE_LINK_FILE, GRAPHML_FILE = "causal_graph.json", "causal_graph.graphml"
COLUMNS = (*CONTEXT, *BIOLOGY, *BEHAVIOR)
"""Columns of a state matrix."""
_VECTORS = ("context", "biology", "behavior")
# What XML 1.0 cannot hold at all, not even escaped.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def causal_graph(run: Recorded) -> networkx.MultiDiGraph[str]:
    """The graph of a run.

    Attributes of the graph: run_id, template, temporal_mode, seed, state_columns, entities, and ``states``, the matrix
    of each entity. Of a node: type, title, timestamp, position, path_id, importance, entities_present, outcome. Of an
    edge: type, strength, mechanism.

    Raises:
        RunNotFoundError: when there is no such run.
    """
    import networkx

    source = Source(run.store, run.run_id)
    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for row in source.rows("timepoints", "position, timepoint_id"):
        graph.add_node(
            row["timepoint_id"], type="timepoint", title=row["title"] or "", timestamp=row["timestamp"] or "",
            position=row["position"], path_id=row["path_id"] or "", importance=float(row["importance"] or 0.0),
            entities_present=orjson.loads(row["entities_present"]), outcome=row["outcome"] or "",
        )  # fmt: skip
    for row in source.rows("causal_edges", "source, target, type, mechanism"):
        for end in (row["source"], row["target"]):
            if end not in graph:
                graph.add_node(end, type="event")
        graph.add_edge(
            row["source"], row["target"], type=row["type"], strength=float(row["strength"] or 0.0),
            mechanism=row["mechanism"] or "",
        )  # fmt: skip
    entities = [row["entity_id"] for row in source.rows("entities", "position, entity_id")]
    graph.graph.update({
        **{name: source.row[name] for name in ("run_id", "template", "temporal_mode", "seed")},
        "state_columns": list(COLUMNS), "entities": entities, "states": _states(source, list(graph), entities),
    })  # fmt: skip
    return graph


def node_link(graph: networkx.MultiDiGraph[str]) -> dict[str, Any]:
    """The graph as node-link data, which ``networkx.node_link_graph(data, edges="edges")`` reads."""
    import networkx

    data: dict[str, Any] = networkx.node_link_data(graph, edges="edges")
    return data


def graphml(graph: networkx.MultiDiGraph[str]) -> str:
    """The graph as GraphML, which has scalars alone: a node's state is ``state.ENTITY``, its row as JSON; lists are
    JSON too. Characters that XML cannot hold become U+FFFD."""
    import networkx
    from networkx.readwrite.graphml import generate_graphml

    flat: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    states: Mapping[str, list[list[float] | None]] = graph.graph["states"]
    for place, node in enumerate(graph):
        rows = {f"state.{entity}": matrix[place] for entity, matrix in states.items() if matrix[place] is not None}
        flat.add_node(_xml(node), **_scalars({**graph.nodes[node], **rows}))
    for one, other, key in graph.edges(keys=True):
        flat.add_edge(_xml(one), _xml(other), **_scalars(graph.edges[one, other, key]))
    flat.graph.update(_scalars({key: value for key, value in graph.graph.items() if key != "states"}))
    return "\n".join(generate_graphml(flat)) + "\n"


def _states(
    source: Source, nodes: list[str], entities: list[str]
) -> dict[str, list[list[float] | None]]:
    places = {node: place for place, node in enumerate(nodes)}
    matrices: dict[str, list[list[float] | None]] = {entity: [None] * len(nodes) for entity in entities}
    for row in source.rows("states", "timepoint_id, entity_id"):
        vectors = orjson.loads(row["tensor"] or "{}")
        values = [value for name in _VECTORS for value in vectors.get(name, ())]
        if len(values) == len(COLUMNS) and row["entity_id"] in matrices and row["timepoint_id"] in places:
            matrices[row["entity_id"]][places[row["timepoint_id"]]] = values
    return matrices


def _scalars(values: Mapping[str, Any]) -> dict[str, Any]:
    return {_xml(key): _scalar(value) for key, value in values.items()}


def _scalar(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return _xml(orjson.dumps(value).decode())
    return _xml(value) if isinstance(value, str) else value


def _xml(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


def _writer(name: str, render: Callable[[networkx.MultiDiGraph[str]], bytes]) -> Format:
    def write(source: Source, _settings: Settings, out: Outbox) -> None:
        with out.file(name) as sink:
            sink.write(render(causal_graph(source)))

    return Format(lambda _source, _settings: (name,), write)


NODE_LINK = _writer(NODE_LINK_FILE, lambda graph: orjson.dumps(node_link(graph), option=orjson.OPT_APPEND_NEWLINE))
GRAPHML = _writer(GRAPHML_FILE, lambda graph: graphml(graph).encode())
