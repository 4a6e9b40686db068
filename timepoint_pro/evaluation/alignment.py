"""Which node of one graph is which node of another? Nodes of one kind are matched by their words and their time.

The similarity of two nodes is half that of their words and half that of their times [cal]: words by the Dice
coefficient of their sets (Dice 1945), times by 1 - |difference of their place in the story, 0 to 1|. The matching
of greatest total similarity is found by the Hungarian method with shortest augmenting paths (Kuhn 1955; Jonker,
Volgenant 1987), O(n^3); a pair whose words are less alike than ``LEAST_WORDS`` stays unmatched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

from attrs import frozen

from timepoint_pro.formulas.text import words

WORDS_WEIGHT = 0.5
LEAST_WORDS = 0.25
"""Dice coefficient of two nodes' words under which they are different things [cal]."""


@frozen
class Node:
    """A node of a run's graph.

    Args:
        id: unique in its graph.
        kind: ``"moment"`` or ``"statement"`` in graphs of runs; only nodes of one kind are matched.
        text: what it is about.
        place: in story time, from 0 (the beginning) to 1 (the end).
        label: what a reader is shown; empty: the text.
    """

    id: str
    kind: str
    text: str
    place: float
    label: str = ""


def align(first: Sequence[Node], second: Sequence[Node]) -> dict[str, str]:
    """Ids of ``first`` with the id of ``second`` that each one is, for those that have a counterpart.

    Nodes of the same kind and words are matched first, in order of time, so that only what differs costs more.
    """
    found: dict[str, str] = {}
    for kind in sorted({node.kind for node in first} & {node.kind for node in second}):
        ours = [node for node in first if node.kind == kind]
        theirs = [node for node in second if node.kind == kind]
        found.update(_same(ours, theirs))
        taken = set(found.values())
        ours, theirs = [one for one in ours if one.id not in found], [one for one in theirs if one.id not in taken]
        found.update(_alike(ours, theirs))
    return found


def _same(ours: Sequence[Node], theirs: Sequence[Node]) -> dict[str, str]:
    """Those whose words are the same, the first with the first."""
    known = _by_words(theirs)
    return {node.id: known[key].id for key, node in _by_words(ours).items() if key in known}


def _by_words(nodes: Sequence[Node]) -> dict[tuple[tuple[str, ...], int], Node]:
    counters: dict[tuple[str, ...], count[int]] = {}
    named = {}
    for node in sorted(nodes, key=lambda node: (node.place, node.id)):
        text = tuple(words(node.text))
        named[text, next(counters.setdefault(text, count()))] = node
    return named


def _alike(ours: Sequence[Node], theirs: Sequence[Node]) -> dict[str, str]:
    if not ours or not theirs:
        return {}
    if len(ours) > len(theirs):
        return {one: other for other, one in _alike(theirs, ours).items()}
    own = [frozenset(words(node.text)) for node in ours]
    other = [frozenset(words(node.text)) for node in theirs]
    said = [[_dice(a, b) for b in other] for a in own]
    total = [
        [
            WORDS_WEIGHT * said[i][j] + (1.0 - WORDS_WEIGHT) * (1.0 - abs(a.place - b.place))
            if said[i][j] >= LEAST_WORDS
            else 0.0
            for j, b in enumerate(theirs)
        ]
        for i, a in enumerate(ours)
    ]
    matched = assign([[-value for value in row] for row in total])
    return {ours[i].id: theirs[j].id for i, j in matched.items() if said[i][j] >= LEAST_WORDS}


def _dice(first: frozenset[str], second: frozenset[str]) -> float:
    size = len(first) + len(second)
    return 2.0 * len(first & second) / size if size else 1.0


def assign(cost: Sequence[Sequence[float]]) -> Mapping[int, int]:
    """The column of each row in the assignment of least total cost.

    Args:
        cost: rows of one length, at most as many as columns.

    >>> assign([[4.0, 1.0, 3.0], [2.0, 0.0, 5.0]])
    {0: 1, 1: 0}

    Raises:
        ValueError: for more rows than columns.
    """
    rows, columns = len(cost), len(cost[0]) if cost else 0
    if rows > columns:
        raise ValueError(f"expected at most as many rows as columns, found {rows} rows and {columns} columns")
    # Potentials of rows and columns, and the row of each column; index 0 stands for "none".
    row_potential, column_potential = [0.0] * (rows + 1), [0.0] * (columns + 1)
    row_of = [0] * (columns + 1)
    for row in range(1, rows + 1):
        row_of[0] = row
        column, came_from = _augment(cost, row_potential, column_potential, row_of)
        while column:
            row_of[column] = row_of[came_from[column]]
            column = came_from[column]
    return dict(sorted((row_of[column] - 1, column - 1) for column in range(1, columns + 1) if row_of[column]))


def _augment(
    cost: Sequence[Sequence[float]], row_potential: list[float], column_potential: list[float], row_of: list[int]
) -> tuple[int, list[int]]:
    """The free column that is nearest from the row at column 0, and the way to it."""
    columns = len(column_potential)
    slack, came_from, reached = [float("inf")] * columns, [0] * columns, [False] * columns
    column = 0
    while row_of[column]:
        reached[column] = True
        row, nearest, step = row_of[column], 0, float("inf")
        for other in range(1, columns):
            if reached[other]:
                continue
            reduced = cost[row - 1][other - 1] - row_potential[row] - column_potential[other]
            if reduced < slack[other]:
                slack[other], came_from[other] = reduced, column
            if slack[other] < step:
                step, nearest = slack[other], other
        for other in range(columns):
            if reached[other]:
                row_potential[row_of[other]] += step
                column_potential[other] -= step
            else:
                slack[other] -= step
        column = nearest
    return column, came_from
