"""Convergence of runs: golden cases of graphs, the alignment, and runs of the built-in model."""

from __future__ import annotations

import doctest
from itertools import permutations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from timepoint_pro.errors import UsageError
from timepoint_pro.evaluation import alignment
from timepoint_pro.evaluation import convergence as module
from timepoint_pro.evaluation.alignment import Node, align, assign
from timepoint_pro.evaluation.convergence import converge, convergence, rewirings, shd, tau_b
from timepoint_pro.evaluation.event_graph import EventGraph, event_graph
from timepoint_pro.records.draws import Draws
from timepoint_pro.run import Run
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template

EDGES = st.sets(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")).filter(lambda e: e[0] != e[1]))


def random_graph(key: str, nodes: int = 14, share: float = 0.2) -> EventGraph:
    """A graph in which each edge is there by chance."""
    draws = Draws(key.encode())
    names = [f"n{number:02}" for number in range(nodes)]
    edges = [(a, b) for a in names for b in names if a != b and draws.uniform() < share]
    return evolve(EventGraph.of(edges, key), nodes=tuple(Node(one, "moment", one, 0.5) for one in names))


def test_a_graph_with_itself_agrees_wholly() -> None:
    graph = random_graph("one")
    found = convergence([graph, graph])
    assert (found.jaccard, found.shd, found.grade) == (1.0, 0, "A")
    assert found.z is not None
    assert found.z > 5
    assert found.contested == ()


def test_random_graphs_agree_as_by_chance() -> None:
    scores = [convergence([random_graph(f"a{n}"), random_graph(f"b{n}")]).z for n in range(8)]
    assert all(z is not None and abs(z) < 3.5 for z in scores)
    assert abs(sum(z for z in scores if z is not None) / len(scores)) < 1.0


def test_graphs_without_edges_have_no_score() -> None:
    nothing = EventGraph("none", (Node("a", "moment", "a", 0.0),), frozenset())
    found = convergence([nothing, nothing, nothing])
    assert (found.jaccard, found.grade, found.z, found.chance, found.interval) == (None, "", None, None, None)
    assert found.z_undefined == "neither graph has an edge"


def test_a_short_chain_has_no_z() -> None:
    chain = EventGraph.of([("a", "b"), ("b", "c")])
    found = convergence([chain, chain])
    assert (found.jaccard, found.z) == (1.0, None)
    assert found.z_undefined == "the graphs have only one wiring with these degrees"


def test_one_graph_is_compared_with_nothing() -> None:
    with pytest.raises(UsageError, match="two runs or more, found 1"):
        convergence([random_graph("one")])


def test_a_reversal_counts_one() -> None:
    assert shd(frozenset({("a", "b"), ("b", "c")}), frozenset({("b", "a"), ("b", "c")})) == 1
    assert shd(frozenset({("a", "b")}), frozenset({("b", "c")})) == 2
    assert shd(frozenset(), frozenset()) == 0


def test_kendall_tau_b() -> None:
    assert tau_b([1, 2, 3, 4], [1, 2, 3, 4]) == 1.0
    assert tau_b([1, 2, 3, 4], [4, 3, 2, 1]) == -1.0
    assert tau_b([1, 1, 1], [1, 2, 3]) is None
    # Ties in both, worked by hand: 4 pairs agree, none disagree; 5 untied in each ranking.
    assert tau_b([1, 2, 2, 3], [1, 2, 3, 3]) == pytest.approx(4 / 5)


@settings(max_examples=60)
@given(edges=EDGES)
def test_rewiring_keeps_every_degree(edges: set[tuple[str, str]]) -> None:
    graph = EventGraph.of(edges)
    for wired in rewirings(graph, 3, Draws(b"test")):
        assert len(wired) == len(edges)
        assert all(source != target for source, target in wired)
        for end in (0, 1):
            assert sorted(edge[end] for edge in wired) == sorted(edge[end] for edge in edges)


@settings(max_examples=80)
@given(first=EDGES, second=EDGES)
def test_scores_stay_in_range_and_do_not_depend_on_the_order(
    first: set[tuple[str, str]], second: set[tuple[str, str]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "REWIRINGS", 3)
        one = convergence([EventGraph.of(first), EventGraph.of(second)])
        other = convergence([EventGraph.of(second), EventGraph.of(first)])
    assert (one.jaccard, one.shd, one.tau) == (other.jaccard, other.shd, other.tau)
    expected = len(first & second) / len(first | second) if first | second else None
    assert one.jaccard == expected
    assert one.edges - len(one.contested) == len(first & second)


@settings(max_examples=60)
@given(cost=st.lists(st.lists(st.floats(0, 1), min_size=5, max_size=5), min_size=1, max_size=5))
def test_the_assignment_costs_least(cost: list[list[float]]) -> None:
    chosen = assign(cost)
    least = min(sum(cost[i][j] for i, j in enumerate(columns)) for columns in permutations(range(5), len(cost)))
    assert sorted(chosen) == list(range(len(cost)))
    assert len(set(chosen.values())) == len(cost)
    assert sum(cost[i][j] for i, j in chosen.items()) == pytest.approx(least)


def test_nodes_are_matched_by_kind_words_and_time() -> None:
    ours = [
        Node("a", "moment", "The board meets about the merger", 0.0),
        Node("b", "moment", "The board meets about the merger again", 1.0),
        Node("c", "statement", "The merger is off", 0.5),
    ]
    theirs = [
        Node("x", "moment", "About the merger the board meets once again", 1.0),
        Node("y", "moment", "The board meets for the merger", 0.0),
        Node("z", "moment", "The merger is off", 0.5),
        Node("w", "statement", "Nobody has read the letter", 0.5),
    ]
    assert align(ours, theirs) == {"a": "y", "b": "x"}
    assert align(theirs, ours) == {"y": "a", "x": "b"}


def simple(seed: int, template: Template | None = None) -> Run:
    chosen = template or Template.from_template("convergence/simple")
    return Simulation(chosen, seed=seed, store=":memory:", run_id=f"simple_{seed}").run()


def scrambled(seed: int) -> Template:
    """The template with its facts in other moments and other hands, and its questions in another order."""
    draws = Draws(f"scramble {seed}".encode())
    template = Template.from_template("convergence/simple")
    metadata = template.to_dict()["metadata"]
    facts, questions = metadata["facts"], metadata["questions"]
    for entries, name in ((facts, "enters"), (facts, "known_by"), (questions, "at")):
        for entry, value in zip(entries, draws.shuffled([entry[name] for entry in entries]), strict=True):
            entry[name] = value
    return template.with_changes({"metadata.facts": facts, "metadata.questions": questions})


def test_repeats_of_a_template_converge_and_scrambled_ones_do_not() -> None:
    found = converge([simple(seed) for seed in range(5)])
    assert found.jaccard is not None
    assert found.interval is not None
    assert 0.7 <= found.jaccard <= 0.98
    assert found.interval[0] <= found.jaccard <= found.interval[1]
    assert found.z is not None
    assert found.z > 3
    assert len(found.pairs) == 10
    assert all(0 < edge.agreement < 1 and len(edge.runs) == round(edge.agreement * 5) for edge in found.contested)
    apart = converge([simple(seed, scrambled(seed)) for seed in range(5)])
    assert apart.jaccard is not None
    assert apart.jaccard < 0.5


def test_the_same_runs_give_the_same_report() -> None:
    assert converge([simple(0), simple(1)]) == converge([simple(0), simple(1)])


def test_the_order_of_the_runs_changes_nothing() -> None:
    runs = [simple(seed) for seed in range(3)]
    assert converge(runs) == converge([runs[2], runs[0], runs[1]])


def test_the_graph_of_a_run_has_what_was_told_where() -> None:
    run = simple(0)
    graph = event_graph(run)
    ids = {node.id for node in graph.nodes}
    assert {moment.id for moment in run.timepoints} <= ids
    assert ("T0", "T1") in graph.edges
    told = {(f"item {one.item}", one.timepoint_id) for one in run.exposures if one.how == "told"}
    assert told
    assert told <= graph.edges
    assert all(source in ids and target in ids for source, target in graph.edges)
    assert all(0 <= node.place <= 1 for node in graph.nodes)


@pytest.mark.parametrize("tested", [module, alignment])
def test_the_examples_in_the_modules_are_true(tested: object) -> None:
    assert doctest.testmod(tested).failed == 0  # type: ignore[arg-type]
