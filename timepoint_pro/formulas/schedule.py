"""Can a set of demands on times be met, and if not, which of them contradict one another?

The Simple Temporal Network (Dechter, Meiri, Pearl 1991). Moments are variables; each constraint bounds the
difference of two: later - earlier <= most, in hours. The network is consistent exactly when its distance
graph has no cycle of negative length. Bellman-Ford finds either times that meet all constraints or such a
cycle, which is the explanation. O(V*E).

>>> plan = [*between("leave", "arrive", 3.0, 5.0), *between("leave", "meeting", 0.0, 2.0)]
>>> plan += between("arrive", "meeting", 0.0, None)
>>> check(plan).consistent
False
>>> [(c.earlier, c.later, c.most) for c in check(plan).cycle]
[('arrive', 'leave', -3.0), ('leave', 'meeting', 2.0), ('meeting', 'arrive', -0.0)]
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from attrs import field, frozen

from timepoint_pro.errors import UsageError

# Hours are counted in whole millionths, rounded in favour of the constraint: sums stay exact, so that
# rounding alone can never make a contradiction.
_PARTS_PER_HOUR = 1_000_000


@frozen
class Constraint:
    """later - earlier <= most.

    Args:
        earlier: name of a moment.
        later: name of a moment.
        most: hours; negative where ``later`` must come before ``earlier``.
        reason: where the demand comes from, in words, for the explanation.
    """

    earlier: str
    later: str
    most: float
    reason: str = ""


@frozen
class Verdict:
    """Whether the constraints can be met.

    Args:
        times: hours of every moment, the first at 0, where they can; else empty.
        cycle: the contradicting constraints in a circle, each beginning where the last one ended; empty where
            there is no contradiction.
        excess: hours by which the circle overshoots, > 0 where there is one, else 0.
    """

    times: dict[str, float] = field(factory=dict)
    cycle: tuple[Constraint, ...] = ()
    excess: float = 0.0

    @property
    def consistent(self) -> bool:
        """Whether all constraints can be met."""
        return not self.cycle


def between(
    earlier: str, later: str, least: float | None, most: float | None, reason: str = ""
) -> tuple[Constraint, ...]:
    """The constraints of least <= later - earlier <= most, in hours; None leaves a side open."""
    constraints = []
    if least is not None:
        constraints.append(Constraint(later, earlier, -least, reason))
    if most is not None:
        constraints.append(Constraint(earlier, later, most, reason))
    return tuple(constraints)


def check(constraints: Iterable[Constraint]) -> Verdict:
    """Times that meet all constraints, or constraints that contradict one another.

    A difference below a millionth of an hour (3.6 ms) a constraint is no contradiction.

    Args:
        constraints: in any order; the order decides which of several contradictions is named. An infinite
            ``most`` demands nothing.

    Raises:
        UsageError: a bound is not a number or minus infinity.
    """
    given = tuple(constraints)
    names = sorted({name for c in given for name in (c.earlier, c.later)})
    edges = [(c.earlier, c.later, _parts(c), c) for c in given if c.most != math.inf]
    # Beginning every moment at 0 stands for a source with an edge of length 0 to each.
    distance = dict.fromkeys(names, 0)
    came_by: dict[str, Constraint] = {}
    changed: str | None = None
    for _ in range(len(names) + 1):
        changed = None
        for start, end, length, constraint in edges:
            reached = distance[start] + length
            if reached < distance[end]:
                distance[end] = reached
                came_by[end] = constraint
                changed = end
        if changed is None:
            break
    if changed is not None:
        cycle = _cycle(changed, came_by, len(names))
        return Verdict({}, cycle, -sum(c.most for c in cycle))
    begin = min(distance.values(), default=0)
    return Verdict({name: (distance[name] - begin) / _PARTS_PER_HOUR for name in names})


def _parts(constraint: Constraint) -> int:
    if not math.isfinite(constraint.most):
        raise UsageError(
            f"schedule: {constraint.earlier!r} to {constraint.later!r}: expected a number of hours, "
            f"found {constraint.most!r}"
        )
    return math.ceil(constraint.most * _PARTS_PER_HOUR)


def _cycle(start: str, came_by: dict[str, Constraint], size: int) -> tuple[Constraint, ...]:
    """The negative cycle above a moment that still changed after as many rounds as there are moments."""
    for _ in range(size):
        start = came_by[start].earlier
    found: list[Constraint] = []
    at = start
    while not found or at != start:
        found.append(came_by[at])
        at = came_by[at].earlier
    found.reverse()
    return _from_least(found)


def _from_least(cycle: Sequence[Constraint]) -> tuple[Constraint, ...]:
    """The same circle, beginning at its first moment by name, so that equal circles read alike."""
    first = min(range(len(cycle)), key=lambda i: cycle[i].earlier)
    return (*cycle[first:], *cycle[:first])
