"""What is an uncertain outcome worth to somebody, how anxious does it make, and how surprising was what came?

Cumulative prospect theory (Tversky, Kahneman 1992). Outcomes x lie in [-1, 1], probabilities p in [0, 1]:

    v(x) = x^.88 for gains, -2.25 * (-x)^.88 for losses
    w(p) = p^g / (p^g + (1-p)^g)^(1/g),    g = .61 for gains, .69 for losses

    anxiety = 1 - exp(-sum of w(p)*|v(x)| / (1 + .05*days)), over the losses that are expected

Expectations learn beta-binomially; surprise is -log2 p, in bits.

>>> round(weight_gain(0.1), 3), round(weight_loss(0.1), 3), round(weight_gain(0.5), 3)
(0.186, 0.17, 0.421)
>>> round(anxiety([(0.3, -0.8, 2.0), (0.6, 0.5, 1.0)]), 3)
0.423
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from attrs import frozen

CURVATURE = 0.88
LOSS_AVERSION = 2.25
GAMMA_GAIN = 0.61
GAMMA_LOSS = 0.69
DISTANCE_PER_DAY = 0.05
"""How much a day of distance weakens a feared outcome."""
MOST_SURPRISE_BITS = 10.0
"""Surprise at the impossible: a probability below 1/1024 counts as that."""


def value(outcome: float) -> float:
    """Felt value of an outcome in [-1, 1]: within [-2.25, 1], steeper for losses."""
    if outcome >= 0.0:
        return float(outcome**CURVATURE)
    return float(-LOSS_AVERSION * (-outcome) ** CURVATURE)


def weight(probability: float, gamma: float) -> float:
    """Decision weight, in [0, 1], of a probability in [0, 1].

    Args:
        probability: p.
        gamma: curvature of the weighting, in (.28, 1]; 1 leaves p as it is.
    """
    for_it, against = probability**gamma, (1.0 - probability) ** gamma
    return float(for_it / (for_it + against) ** (1.0 / gamma))


def weight_gain(probability: float) -> float:
    """Decision weight of a gain's probability."""
    return weight(probability, GAMMA_GAIN)


def weight_loss(probability: float) -> float:
    """Decision weight of a loss's probability."""
    return weight(probability, GAMMA_LOSS)


def prospect(probability: float, outcome: float) -> float:
    """Felt value of one outcome that is expected with a probability: w(p)*v(x)."""
    return weight(probability, GAMMA_GAIN if outcome >= 0.0 else GAMMA_LOSS) * value(outcome)


def anxiety(expectations: Iterable[tuple[float, float, float]]) -> float:
    """How anxious the expected losses make, in [0, 1); 0 where none is expected.

    Args:
        expectations: of each its probability in [0, 1], outcome in [-1, 1], and days until then, >= 0.
    """
    burden = 0.0
    for probability, outcome, days in expectations:
        if outcome < 0.0:
            burden -= prospect(probability, outcome) / (1.0 + DISTANCE_PER_DAY * days)
    return -math.expm1(-burden)


def surprise(probability: float) -> float:
    """Bits of surprise when something this probable comes true: -log2 p, at most `MOST_SURPRISE_BITS`."""
    if probability >= 1.0:
        return 0.0
    return min(MOST_SURPRISE_BITS, -math.log2(probability)) if probability > 0.0 else MOST_SURPRISE_BITS


@frozen
class Expectancy:
    """A probability that learns from what happens: a beta distribution.

    Args:
        came: pseudo-count of times that it came true, > 0.
        failed: pseudo-count of times that it did not, > 0.
    """

    came: float = 1.0
    failed: float = 1.0

    @classmethod
    def of(cls, probability: float, strength: float = 2.0) -> Expectancy:
        """The expectancy of a stated probability in [0, 1], worth ``strength`` observations."""
        return cls(probability * strength, (1.0 - probability) * strength)

    @property
    def probability(self) -> float:
        """The mean, in [0, 1]."""
        return self.came / (self.came + self.failed)

    def seen(self, came_true: bool) -> Expectancy:
        """The expectancy after one observation."""
        if came_true:
            return Expectancy(self.came + 1.0, self.failed)
        return Expectancy(self.came, self.failed + 1.0)
