"""What do people come to believe who listen to one another and keep something of their first opinion?

Friedkin, Johnsen (1990). With opinions y in [0, 1] (any scale works), first opinions y0, the weight W[i][j]
that i gives to j (rows sum to 1), and susceptibility L[i] in [0, 1]:

    y' = L*W*y + (I - L)*y0,    fixed point (I - L*W)^-1 * (I - L) * y0

Bounded confidence (Hegselmann, Krause 2002): i listens only to those whose opinion lies within a distance of
its own, itself included; the weights of the others are spread over those that remain.

Two people who give all weight to each other and are half susceptible meet a third of the way:

>>> [round(y, 4) for y in fixed_point([[0, 1], [1, 0]], [0.5, 0.5], [1.0, 0.0])]
[0.6667, 0.3333]
"""

from __future__ import annotations

from collections.abc import Sequence

from timepoint_pro.errors import UsageError

Matrix = Sequence[Sequence[float]]


def row_stochastic(weights: Matrix) -> list[list[float]]:
    """Weights whose rows sum to 1; who gives weight to nobody listens to itself.

    Args:
        weights: n x n, each >= 0.
    """
    rows = []
    for i, row in enumerate(weights):
        total = sum(row)
        if total > 0.0:
            rows.append([weight / total for weight in row])
        else:
            rows.append([1.0 if j == i else 0.0 for j in range(len(row))])
    return rows


def within_confidence(weights: Matrix, opinions: Sequence[float], bound: float) -> list[list[float]]:
    """The weights under bounded confidence (Hegselmann, Krause 2002), rows summing to 1.

    Args:
        weights: n x n, each >= 0.
        opinions: n values.
        bound: the largest distance at which somebody is still listened to, on the opinions' scale, >= 0.
    """
    kept = [
        [weight if abs(opinions[j] - opinions[i]) <= bound else 0.0 for j, weight in enumerate(row)]
        for i, row in enumerate(weights)
    ]
    return row_stochastic(kept)


def step(
    opinions: Sequence[float], weights: Matrix, susceptibility: Sequence[float], first: Sequence[float]
) -> list[float]:
    """Opinions after one round of influence.

    Args:
        opinions: y, n values now.
        weights: W, n x n, rows summing to 1.
        susceptibility: L, n values in [0, 1]; 0 never moves.
        first: y0, n first opinions.
    """
    moved = []
    for i, row in enumerate(weights):
        heard = 0.0
        for weight, opinion in zip(row, opinions, strict=True):
            heard += weight * opinion
        moved.append(susceptibility[i] * heard + (1.0 - susceptibility[i]) * first[i])
    return moved


def fixed_point(weights: Matrix, susceptibility: Sequence[float], first: Sequence[float]) -> list[float]:
    """The opinions that a round no longer changes.

    Args:
        weights: W, n x n, rows summing to 1.
        susceptibility: L, n values in [0, 1].
        first: y0, n first opinions.

    Raises:
        UsageError: there is no single fixed point, as in a group of which nobody holds to a first opinion.
    """
    size = len(first)
    system = [
        [(1.0 if i == j else 0.0) - susceptibility[i] * weights[i][j] for j in range(size)]
        for i in range(size)
    ]
    return solve(system, [(1.0 - susceptibility[i]) * first[i] for i in range(size)])


def solve(matrix: Matrix, right: Sequence[float]) -> list[float]:
    """x of matrix * x = right, by Gaussian elimination with partial pivoting. O(n^3).

    Args:
        matrix: n x n.
        right: n values.

    Raises:
        UsageError: the matrix is singular.
    """
    size = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda i: abs(rows[i][column]))
        if abs(rows[pivot][column]) < 1e-12:
            raise UsageError(
                f"influence: the {size} x {size} system has no single solution (column {column} depends on "
                "the others); lower the susceptibility of one member of every closed group below 1"
            )
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column]
        for below in rows[column + 1 :]:
            factor = below[column] / head[column]
            if factor != 0.0:
                for k in range(column, size + 1):
                    below[k] -= factor * head[k]
    solution = [0.0] * size
    for i in range(size - 1, -1, -1):
        known = sum(rows[i][j] * solution[j] for j in range(i + 1, size))
        solution[i] = (rows[i][size] - known) / rows[i][i]
    return solution
