"""Where does a feeling drift, how far does it scatter, and how improbable is a jump?

The Ornstein-Uhlenbeck process (Uhlenbeck, Ornstein 1930; for affect Kuppens 2010, Oravecz 2011), stepped
exactly, so that one step of six hours and six steps of one hour have the same mean and variance:

    x' = mu + e^(-theta*dt) * (x - mu) + sigma * sqrt(1 - e^(-2*theta*dt)) * z,    z ~ N(0, 1)

x, mu and sigma share one unit; theta is a rate per hour (> 0); dt is in hours (>= 0). sigma is the
**stationary** standard deviation: how far x scatters around mu when nothing is known of its past.

Between two fixed moments, T hours apart, the process is a bridge:

    mean      mu + [(x0-mu)*sinh(theta*(T-t)) + (xT-mu)*sinh(theta*t)] / sinh(theta*T)
    variance  2*sigma^2 * sinh(theta*t) * sinh(theta*(T-t)) / sinh(theta*T)

With a half-life of two hours and sigma .25:

>>> theta = theta_from_half_life(2.0)
>>> round(theta, 4), round(correlation(theta, 1.0), 3), round(sd(theta, 0.25, 1.0), 3)
(0.3466, 0.707, 0.177)
>>> round(bridge_variance(theta, 0.25, 2.0, 4.0), 4)
0.0375
"""

from __future__ import annotations

import math

from timepoint_pro.errors import UsageError

_LN2 = math.log(2.0)
_SQRT2 = math.sqrt(2.0)


def theta_from_half_life(half_life: float) -> float:
    """The rate of return, per hour, at which half of a deviation is gone after ``half_life`` hours.

    Raises:
        UsageError: the half-life is not a positive, finite number.
    """
    if not 0.0 < half_life < math.inf:
        raise UsageError(f"half_life: expected a positive number of hours, found {half_life!r}")
    return _LN2 / half_life


def mean(x: float, mu: float, theta: float, dt: float) -> float:
    """Expected value dt hours after x."""
    return mu + math.exp(-theta * dt) * (x - mu)


def sd(theta: float, sigma: float, dt: float) -> float:
    """Standard deviation of the value dt hours after a known one; sigma for large dt."""
    return sigma * math.sqrt(-math.expm1(-2.0 * theta * dt))


def step(x: float, mu: float, theta: float, sigma: float, dt: float, z: float) -> float:
    """The value dt hours after x.

    Args:
        x: the value now.
        mu: the value to which it returns.
        theta: rate of return, per hour.
        sigma: stationary standard deviation.
        dt: hours.
        z: a standard normal draw.
    """
    return mean(x, mu, theta, dt) + sd(theta, sigma, dt) * z


def correlation(theta: float, dt: float) -> float:
    """Correlation, in (0, 1], of two values dt hours apart."""
    return math.exp(-theta * dt)


def deviation(before: float, after: float, mu: float, theta: float, sigma: float, dt: float) -> float:
    """A change as a z-score: how many standard deviations ``after`` lies from what was expected.

    Without scatter (dt or sigma 0) it is 0 for no deviation, else infinite with its sign.
    """
    gap = after - mean(before, mu, theta, dt)
    spread = sd(theta, sigma, dt)
    if spread > 0.0:
        return gap / spread
    return 0.0 if gap == 0.0 else math.copysign(math.inf, gap)


def improbability(before: float, after: float, mu: float, theta: float, sigma: float, dt: float) -> float:
    """Two-sided p, in [0, 1]: the chance that the process alone would go at least this far.

    A check that flags p < alpha has false alarms at the rate alpha.
    """
    return chance(deviation(before, after, mu, theta, sigma, dt))


def chance(z: float) -> float:
    """Two-sided p, in [0, 1], of a deviation of ``z`` standard deviations."""
    return math.erfc(abs(z) / _SQRT2)


def bridge_mean(x0: float, x_end: float, mu: float, theta: float, t: float, duration: float) -> float:
    """Expected value t hours after x0, when the value ``duration`` hours after x0 is ``x_end``.

    Args:
        t: hours, in [0, duration].
        duration: hours, positive.
    """
    left, right = _sinh_ratio(theta, duration - t, duration), _sinh_ratio(theta, t, duration)
    return mu + (x0 - mu) * left + (x_end - mu) * right


def bridge_variance(theta: float, sigma: float, t: float, duration: float) -> float:
    """Variance t hours into a bridge of ``duration`` hours; 0 at both ends."""
    # The positive exponents of the three hyperbolic sines cancel, so none is ever formed.
    before, after = math.expm1(-2.0 * theta * t), math.expm1(-2.0 * theta * (duration - t))
    return sigma * sigma * before * after / -math.expm1(-2.0 * theta * duration)


def bridge_step(
    x0: float, x_end: float, mu: float, theta: float, sigma: float, t: float, duration: float, z: float
) -> float:
    """A value drawn t hours into a bridge; the next draw goes from there to the same end.

    Args:
        x0, x_end: the fixed values at both ends.
        mu, theta, sigma: the process, as in `step`.
        t: hours after x0, in [0, duration].
        duration: hours between the ends, positive.
        z: a standard normal draw.
    """
    spread = math.sqrt(bridge_variance(theta, sigma, t, duration))
    return bridge_mean(x0, x_end, mu, theta, t, duration) + spread * z


def _sinh_ratio(theta: float, part: float, whole: float) -> float:
    """sinh(theta*part) / sinh(theta*whole) for 0 <= part <= whole, without overflow."""
    return (
        math.exp(theta * (part - whole))
        * math.expm1(-2.0 * theta * part)
        / math.expm1(-2.0 * theta * whole)
    )
