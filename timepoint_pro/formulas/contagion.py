"""How do the feelings of those present pull on one another?

The absorption model of emotion contagion (Bosse, Duell, Memon, Treur, van der Wal 2009) and its extension by
amplification (the same authors, contagion spirals, 2009). Of B on A, with B's expressiveness e, the channel c
between them and A's openness o:

    strength  g_BA = e_B * c_BA * o_A,    G_A = sum over B of g_BA
    absorbed  q*_A = sum over B of g_BA * q_B / G_A
    aim_A = (1 - h_A) * q*_A + h_A * (b_A * up_A + (1 - b_A) * down_A)
            up_A = 1 - (1 - q*_A)(1 - q_A),    down_A = q*_A * q_A
    dq_A/dt = G_A * (aim_A - q_A)

h is amplification and b its bias upward, each in [0, 1]. The step is exact for neighbours that hold still:
the gap to the aim closes by 1 - e^(-G*dt), never past it; so without amplification (h = 0) all values stay
within the convex hull of the values before. Levels are in [0, 1] where anybody amplifies; without
amplification any scale will do. G is a rate per hour.

>>> open_minded = Transmission(expressiveness=1.0, openness=1.0)
>>> [round(change, 3) for change in deltas([0.0, 1.0], [open_minded, open_minded], hours=0.1)]
[0.095, -0.095]
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from attrs import frozen


@frozen
class Transmission:
    """How one person sends and receives feelings.

    Args:
        expressiveness: how strongly it shows, in [0, 1].
        openness: how readily others' feelings are taken over, per hour, >= 0.
        amplification: share of the pull that reinforces instead of averaging, in [0, 1].
        bias: share of that reinforcement that goes upward, in [0, 1].
    """

    expressiveness: float
    openness: float
    amplification: float = 0.0
    bias: float = 0.5


def deltas(
    levels: Sequence[float],
    people: Sequence[Transmission],
    hours: float,
    channels: Sequence[Sequence[float]] | None = None,
) -> list[float]:
    """The change of everybody's level over some hours, to be added to whatever else moves it.

    O(n) with equal channels, else O(n^2).

    Args:
        levels: n levels of one feeling.
        people: n transmissions, in the same order.
        hours: length of the step, >= 0.
        channels: n x n, ``channels[a][b]`` in [0, 1] is how well a perceives b; None: everybody equally, 1.
    """
    shown = [person.expressiveness for person in people]
    total = sum(shown)
    total_level = math.fsum(e * q for e, q in zip(shown, levels, strict=True))
    changes = []
    for i, person in enumerate(people):
        level = levels[i]
        if channels is None:
            strength, weighted = total - shown[i], total_level - shown[i] * level
        else:
            strength = weighted = 0.0
            for j, (e, c) in enumerate(zip(shown, channels[i], strict=True)):
                if j != i:
                    strength += e * c
                    weighted += e * c * levels[j]
        changes.append(_change(level, strength, weighted, person, hours))
    return changes


def _change(level: float, strength: float, weighted: float, person: Transmission, hours: float) -> float:
    rate = strength * person.openness
    if strength <= 1e-12 or rate == 0.0:
        return 0.0
    aim = weighted / strength
    if person.amplification > 0.0:
        upward, downward = 1.0 - (1.0 - aim) * (1.0 - level), aim * level
        reinforced = person.bias * upward + (1.0 - person.bias) * downward
        aim += person.amplification * (reinforced - aim)
    return -math.expm1(-rate * hours) * (aim - level)
