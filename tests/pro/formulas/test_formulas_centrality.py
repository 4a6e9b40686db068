from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.formulas.centrality import eigenvector_centrality

Ties = dict[str, dict[str, float]]


def test_a_star_golden_values() -> None:
    """A star of n rays: the centre is the root of n times as central as a ray."""
    rays = [f"ray{i}" for i in range(4)]
    ties: Ties = {"centre": dict.fromkeys(rays, 1.0), **{ray: {"centre": 1.0} for ray in rays}}
    scores = eigenvector_centrality(ties)
    assert scores["centre"] == 1.0
    for ray in rays:
        assert scores[ray] == pytest.approx(0.5, abs=1e-6)


@given(st.lists(st.floats(0.1, 5.0), min_size=20, max_size=20))
def test_agrees_with_networkx_where_all_hold_together(weights: list[float]) -> None:
    people, given_weights = "abcde", iter(weights)
    ties = {u: {v: next(given_weights) for v in people if v != u} for u in people}
    graph = nx.DiGraph([(u, v, {"weight": w}) for u, row in ties.items() for v, w in row.items()])
    expected = nx.eigenvector_centrality(graph, max_iter=5000, tol=1e-12, weight="weight")
    largest = max(expected.values())
    scores = eigenvector_centrality(ties, iterations=2000)
    assert scores == pytest.approx({name: score / largest for name, score in expected.items()}, abs=1e-6)


def test_nobody_and_no_ties() -> None:
    assert eigenvector_centrality({}) == {}
    assert eigenvector_centrality({"ann": {}, "bob": {}}) == {"ann": 0.0, "bob": 0.0}
    assert eigenvector_centrality({"ann": {"bob": -0.5}}) == {"ann": 0.0, "bob": 0.0}


def test_who_is_tied_to_nobody_is_not_central() -> None:
    scores = eigenvector_centrality({"ann": {"bob": 1.0}, "bob": {"ann": 1.0}, "cat": {}})
    assert scores == {"ann": 1.0, "bob": 1.0, "cat": 0.0}


def test_parts_that_do_not_hang_together() -> None:
    clique = {u: {v: 1.0 for v in "abcd" if v != u} for u in "abcd"}
    scores = eigenvector_centrality({**clique, "x": {"y": 1.0}, "y": {"x": 1.0}})
    assert scores["a"] == scores["d"] == 1.0
    assert scores["x"] == scores["y"] < 1e-6


def test_a_chain_without_circle_has_a_result() -> None:
    scores = eigenvector_centrality({"ann": {"bob": 1.0}, "bob": {"cat": 1.0}})
    assert scores["cat"] == 1.0
    assert scores["ann"] < scores["bob"] < scores["cat"]


@given(st.dictionaries(st.sampled_from("abcdef"), st.dictionaries(st.sampled_from("abcdef"), st.floats(-1, 9))))
def test_always_in_range_and_independent_of_order(ties: Ties) -> None:
    scores = eigenvector_centrality(ties)
    assert all(0.0 <= score <= 1.0 for score in scores.values())
    backwards = {u: dict(reversed(row.items())) for u, row in reversed(ties.items())}
    assert list(eigenvector_centrality(backwards).items()) == list(scores.items())


def test_the_scale_of_weights_has_no_effect() -> None:
    ties = {"a": {"b": 1.0}, "b": {"a": 1.0, "c": 0.5}, "c": {"b": 0.5}}
    tiny = {u: {v: w * 1e-9 for v, w in row.items()} for u, row in ties.items()}
    assert eigenvector_centrality(tiny) == pytest.approx(eigenvector_centrality(ties), abs=1e-6)
