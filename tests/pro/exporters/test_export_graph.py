"""The causal graph with its state matrices, as readers of each format see it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import networkx
import pytest
from handmade_run import Handmade
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.exporters import export
from timepoint_pro.exporters.documents.graph import COLUMNS, causal_graph, graphml, node_link
from timepoint_pro.records.units import BEHAVIOR, BIOLOGY, CONTEXT
from timepoint_pro.run import Run


def test_every_state_of_the_run_has_its_row(mars: Run) -> None:
    graph = causal_graph(mars)
    assert (*CONTEXT, *BIOLOGY, *BEHAVIOR) == COLUMNS
    nodes = list(graph)
    states = graph.graph["states"]
    assert list(states) == [one.id for one in mars.entities]
    for entity, matrix in states.items():
        assert len(matrix) == len(nodes)
        for node, row in zip(nodes, matrix, strict=True):
            if row is not None:
                tensor = mars.state(entity, at=node).tensor
                assert row == pytest.approx([*tensor.context, *tensor.biology, *tensor.behavior])
    assert any(row is not None for matrix in states.values() for row in matrix)


def test_nodes_and_edges_are_those_of_the_run(mars: Run) -> None:
    graph = causal_graph(mars)
    assert set(mars.causal_graph.edges) == set(networkx.DiGraph(graph).edges)
    assert {kind for _one, _other, kind in graph.edges(data="type")} == {"temporal", "knowledge", "causal"}
    assert [graph.nodes[one.id]["title"] for one in mars.timepoints] == [one.title for one in mars.timepoints]


def test_node_link_data_come_back(mars: Run, tmp_path: Path) -> None:
    (path,) = mars.export(tmp_path, ["graph"])
    back = networkx.node_link_graph(json.loads(path.read_text()), edges="edges")
    graph = causal_graph(mars)
    assert networkx.utils.graphs_equal(back, graph)
    assert back.graph == graph.graph
    assert node_link(back) == node_link(graph)


def test_graphml_comes_back(mars: Run, tmp_path: Path) -> None:
    (path,) = mars.export(tmp_path, ["graphml"])
    back = networkx.read_graphml(path, force_multigraph=True)
    graph = causal_graph(mars)
    assert list(back) == list(graph)
    assert back.number_of_edges() == graph.number_of_edges()
    for entity, matrix in graph.graph["states"].items():
        shown = [back.nodes[node].get(f"state.{entity}") for node in back]
        assert [None if one is None else json.loads(one) for one in shown] == matrix


@given(st.text(max_size=30))
def test_no_word_of_a_story_breaks_the_xml(words: str) -> None:
    graph = networkx.MultiDiGraph(title=words, states={words: [[0.5]]})
    graph.add_node("T0", title=words)
    back = networkx.read_graphml(io.BytesIO(graphml(graph).encode()))
    assert list(back) == ["T0"]


def test_a_run_without_states_has_empty_rows(hand: Handmade, tmp_path: Path) -> None:
    files = export(hand, tmp_path, ["graph", "graphml"])
    assert [path.name for path in files] == ["causal_graph.json", "causal_graph.graphml"]
    assert networkx.read_graphml(files[1])
