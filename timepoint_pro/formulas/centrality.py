"""Who stands at the centre of a network of relationships?

Eigenvector centrality (Bonacich 1972): somebody is central whom central people hold to. With the weight
w(u, v) that u gives to v, centrality x solves lambda * x_v = sum over u of x_u * w(u, v), for the largest
lambda. Power iteration on the weights plus the identity, which has the same eigenvectors and does not swing.

>>> ties = {"ann": {"bob": 1.0}, "bob": {"ann": 1.0, "cat": 0.5}, "cat": {"bob": 0.5}}
>>> scores = eigenvector_centrality(ties)
>>> {name: round(score, 3) for name, score in scores.items()}
{'ann': 0.894, 'bob': 1.0, 'cat': 0.447}
"""

from __future__ import annotations

from collections.abc import Mapping

ITERATIONS = 200
TOLERANCE = 1e-9


def eigenvector_centrality(
    ties: Mapping[str, Mapping[str, float]], iterations: int = ITERATIONS, tolerance: float = TOLERANCE
) -> dict[str, float]:
    """Centrality of everybody, in [0, 1], the most central at 1, sorted by name.

    Never fails: nobody gives an empty result, a network without ties gives 0 for all, and parts that do not
    hang together are compared by the strength of their ties, the weaker ones near 0. In a network without
    circles, which has no such eigenvector, the result is that of ``iterations`` rounds. O(iterations * ties).

    Args:
        ties: ``ties[u][v]``, the weight that u gives to v; weights of 0 or less count as no tie, and v needs
            no entry of its own.
        iterations: most rounds, >= 1.
        tolerance: stops when no score moves by more.
    """
    names = sorted({*ties, *(other for row in ties.values() for other in row)})
    number = {name: i for i, name in enumerate(names)}
    heaviest = max((weight for row in ties.values() for weight in row.values()), default=0.0)
    if heaviest <= 0.0:
        return dict.fromkeys(names, 0.0)
    # One scale for the weights, so that the identity neither drowns them nor is drowned.
    given: list[list[tuple[int, float]]] = [[] for _ in names]
    for name in names:
        for other, weight in ties.get(name, {}).items():
            if weight > 0.0:
                given[number[other]].append((number[name], weight / heaviest))
    scores = [1.0] * len(names)
    for _ in range(iterations):
        moved = []
        for score, row in zip(scores, given, strict=True):
            for u, weight in row:
                score += scores[u] * weight
            moved.append(score)
        largest = max(moved)
        moved = [score / largest for score in moved]
        shift = max([abs(new - old) for new, old in zip(moved, scores, strict=True)])
        scores = moved
        if shift <= tolerance:
            break
    tied = {end for v, row in enumerate(given) for u, _ in row for end in (u, v)}
    return {name: scores[i] if i in tied else 0.0 for i, name in enumerate(names)}
