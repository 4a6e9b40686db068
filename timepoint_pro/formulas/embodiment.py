"""How much of the mind does the body leave free?

    z = -.45*pain - .4*illness - .25*max(0, KSS - 5),    capacity = 2*Phi(z)

Pain and illness in [0, 1], sleepiness KSS in [1, 9]; Phi is the normal distribution's. Capacity is in (0, 1],
1 for a healthy and alert body, and falls with each of the three. The slope of pain follows the effect sizes
of pain on cognition (Berryman 2013); the other two are calibrated.

>>> round(capacity(0.0, 0.0, 3.0), 3), round(capacity(1.0, 0.0, 3.0), 3), round(capacity(1.0, 0.5, 8.0), 3)
(1.0, 0.653, 0.162)
"""

from __future__ import annotations

import math

from attrs import fields, frozen

from timepoint_pro.errors import UsageError

_SQRT2 = math.sqrt(2.0)


@frozen
class Slopes:
    """What each burden of the body costs, in standard deviations.

    Args:
        pain: at full pain.
        illness: at full illness.
        sleepiness: for each step of KSS above ``alert_kss``.
        alert_kss: the sleepiness up to which nothing is lost.

    Raises:
        UsageError: a slope is negative.
    """

    pain: float = 0.45
    illness: float = 0.4
    sleepiness: float = 0.25
    alert_kss: float = 5.0

    def __attrs_post_init__(self) -> None:
        for slot in fields(Slopes):
            found = getattr(self, slot.name)
            if not found >= 0.0:
                raise UsageError(f"embodiment: {slot.name}: expected a number >= 0, found {found!r}")


SLOPES = Slopes()


def burden(pain: float, illness: float, kss: float, slopes: Slopes = SLOPES) -> float:
    """z, never positive: how far below its best the body holds the mind, in standard deviations.

    Args:
        pain: in [0, 1].
        illness: in [0, 1].
        kss: sleepiness, in [1, 9].
        slopes: what each costs.
    """
    drowsy = max(0.0, kss - slopes.alert_kss)
    return -(slopes.pain * pain + slopes.illness * illness + slopes.sleepiness * drowsy)


def capacity(pain: float, illness: float, kss: float, slopes: Slopes = SLOPES) -> float:
    """Cognitive capacity, in (0, 1]; arguments as in `burden`."""
    # 2*Phi(z) is the complementary error function of -z over the root of 2.
    return math.erfc(-burden(pain, illness, kss, slopes) / _SQRT2)
