"""How much does somebody trust somebody, given what was experienced and how long ago?

Beta reputation with forgetting (Jøsang, Ismail 2002). r counts good and s bad experience, both fading:

    r <- lambda^dt * r + w+,    s <- lambda^dt * s + w-,    T = (r + 2*T0) / (r + s + 2)

T is in [0, 1]; T0 is the trust before any experience, a prior of strength 2 (T0 = .5 gives the beta
distribution's (r + 1)/(r + s + 2)). Bad experience weighs twice as much as good. Shown values are 2T - 1.

Ten good experiences, each after forgetting by .95, then one betrayal:

>>> ties = Reputation()
>>> for _ in range(10):
...     ties = ties.updated(retained=0.95, good=1.0)
>>> round(ties.trust, 3), round(ties.updated(retained=0.95, bad=BETRAYAL_WEIGHT).trust, 3)
(0.9, 0.742)
"""

from __future__ import annotations

from attrs import frozen

HALF_LIFE_DAYS = 60.0
"""After so many days an experience counts half."""
GOOD_WEIGHT = 1.0
BETRAYAL_WEIGHT = 2.0
"""w- where w+ is 1."""


def retention(days: float, half_life: float = HALF_LIFE_DAYS) -> float:
    """The share of experience, in (0, 1], that still counts after some days: lambda^dt = 2^(-days/half_life).

    >>> retention(60.0)
    0.5
    """
    return float(2.0 ** (-days / half_life))


def shown(trust: float) -> float:
    """Trust in [0, 1] on the shown scale [-1, 1]."""
    return 2.0 * trust - 1.0


def internal(shown_trust: float) -> float:
    """Shown trust in [-1, 1] on the scale [0, 1] of the formulas."""
    return (shown_trust + 1.0) / 2.0


@frozen
class Reputation:
    """What one person's experience with another amounts to; directed.

    Args:
        good: r, weighted good experience, >= 0.
        bad: s, weighted bad experience, >= 0.
        prior: T0, trust before any experience, in [0, 1].
    """

    good: float = 0.0
    bad: float = 0.0
    prior: float = 0.5

    @property
    def trust(self) -> float:
        """T, in [0, 1]."""
        return (self.good + 2.0 * self.prior) / (self.good + self.bad + 2.0)

    def trust_after(self, retained: float) -> float:
        """T, in [0, 1], once all but a share ``retained`` in [0, 1] of the experience is forgotten."""
        good = retained * self.good
        return (good + 2.0 * self.prior) / (good + retained * self.bad + 2.0)

    def updated(self, retained: float, good: float = 0.0, bad: float = 0.0) -> Reputation:
        """The reputation after forgetting, then one more experience.

        Args:
            retained: lambda^dt, in [0, 1], see `retention`.
            good: w+, >= 0.
            bad: w-, >= 0.
        """
        return Reputation(retained * self.good + good, retained * self.bad + bad, self.prior)
