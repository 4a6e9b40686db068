"""How likely is it that somebody recalls something, given when it was used?

ACT-R's base-level learning (Anderson, Lebiere 1998): with the age t of every use, in hours,

    activation  B = ln(sum of t^-d)
    recall      P = 1 / (1 + exp((tau - B)/s))

decay d = .5, threshold tau = -2, noise s = .4. Ages have a floor of one minute, so that a use at this very
moment stays finite. A `Trace` does not grow with the history: it keeps the last few uses and approximates
the rest (Petrov 2006) by uses spread evenly between the first one and the oldest one that is kept:

    tail = (n - k) * (t_n^(1-d) - t_k^(1-d)) / ((1 - d) * (t_n - t_k))

Times are story hours from any origin, the same for all.

>>> [round(recall(activation([age])), 3) for age in (1.0, 24.0, 168.0)]
[0.993, 0.736, 0.197]
>>> trace = Trace.begun(0.0).used(10.0)
>>> trace.recall(12.0) > Trace.begun(0.0).recall(12.0)
True
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from attrs import frozen

DECAY = 0.5
"""d, without unit."""
THRESHOLD = -2.0
"""tau: the activation at which recall is even."""
NOISE = 0.4
"""s: the spread of activation."""
FLOOR_HOURS = 1.0 / 60.0
"""The youngest age that counts, in hours."""
KEPT_USES = 5
"""How many of the last uses a trace keeps exactly."""
REHEARSAL_HOURS = 168.0
"""How often something of importance comes to mind by itself over a long gap, in hours."""


def activation(ages: Iterable[float], decay: float = DECAY) -> float:
    """Base-level activation B from the age of every use, exactly.

    Args:
        ages: hours since each use; ages below one minute count as one minute.
        decay: d, in (0, 1).

    Returns:
        B, or minus infinity where nothing was ever used.
    """
    total = 0.0
    for age in ages:
        total += max(age, FLOOR_HOURS) ** -decay
    return math.log(total) if total > 0.0 else -math.inf


def recall(activated: float, threshold: float = THRESHOLD, noise: float = NOISE) -> float:
    """Probability of recall, in [0, 1], at an activation.

    Args:
        activated: B, see `activation`.
        threshold: tau, on the scale of B.
        noise: s, positive.
    """
    exponent = (threshold - activated) / noise
    return 1.0 / (1.0 + math.exp(exponent)) if exponent < 700.0 else 0.0


@frozen
class Trace:
    """The uses of one item by one mind, in bounded space.

    Args:
        recent: story hours of the last uses, oldest first, at most `KEPT_USES`.
        count: how many uses there were in all.
        first: story hour of the first use.
    """

    recent: tuple[float, ...]
    count: int
    first: float

    @classmethod
    def begun(cls, at: float) -> Trace:
        """The trace of something learned at a story hour."""
        return cls((at,), 1, at)

    def used(self, at: float) -> Trace:
        """The trace after one more use.

        Args:
            at: story hour, normally not before the last use.
        """
        recent = self.recent
        ordered = (*recent, at) if at >= recent[-1] else tuple(sorted((*recent, at)))
        return Trace(ordered[-KEPT_USES:], self.count + 1, min(self.first, at))

    def rehearsed(self, until: float, every: float = REHEARSAL_HOURS) -> Trace:
        """The trace after regular rehearsal since the last use, whatever the length of the gap.

        Args:
            until: story hour up to which it was rehearsed, inclusive.
            every: hours between rehearsals, positive.
        """
        last = self.recent[-1]
        times = math.floor((until - last) / every + 1e-9)
        if times < 1:
            return self
        added = tuple(last + every * i for i in range(max(1, times - KEPT_USES + 1), times + 1))
        return Trace((*self.recent, *added)[-KEPT_USES:], self.count + times, self.first)

    def activation(self, now: float, decay: float = DECAY) -> float:
        """Activation B at a story hour, by Petrov's (2006) approximation; exact up to `KEPT_USES` uses.

        Args:
            now: story hour; uses after it count as just made.
            decay: d, in (0, 1).
        """
        total = 0.0
        for at in self.recent:
            total += max(now - at, FLOOR_HOURS) ** -decay
        older = self.count - len(self.recent)
        if older > 0:
            total += older * self._mean_strength(now, decay)
        return math.log(total)

    def _mean_strength(self, now: float, decay: float) -> float:
        """The mean of t^-d over ages spread evenly between the oldest kept use and the first one."""
        near = max(now - self.recent[0], FLOOR_HOURS)
        far = max(now - self.first, FLOOR_HOURS)
        # Where both ages are nearly one, the quotient of differences loses its digits.
        if far - near < 1e-6 * far:
            return float(near**-decay)
        power = 1.0 - decay
        return float((far**power - near**power) / (power * (far - near)))

    def recall(self, now: float, threshold: float = THRESHOLD, noise: float = NOISE) -> float:
        """Probability of recall, in [0, 1], at a story hour."""
        return recall(self.activation(now), threshold, noise)
