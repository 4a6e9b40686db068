"""How present is an entity at a point of the run?

Two shapes, both with values in [0, 1].

**ADSR**, over the run's progress in [0, 1]: presence rises from 0 to 1 during the attack, falls to the
sustain level during the decay, stays, and falls to 0 during the release at the end. Attack, decay and release
are shares of the run; sustain is a level. Shares that sum to more than 1 are shortened in proportion.

**ADPRS**, over story time in milliseconds: with tau = progress within the duration D from t0,

    phi = clamp(baseline + S * e^(-alpha*tau) * sin(P*pi*tau), 0, 1),    alpha = -ln(A + eps)

baseline (1 - S)/2 by default. Before t0, and outside a duration, phi is the baseline. With a recurrence R > 0
the shape begins anew every R milliseconds. The fifths of phi are the five resolution levels.

>>> arc = Adsr(attack=0.2, decay=0.2, sustain=0.5, release=0.2)
>>> [round(arc.at(p), 2) for p in (0.0, 0.1, 0.2, 0.3, 0.5, 0.9, 1.0)]
[0.0, 0.5, 1.0, 0.75, 0.5, 0.25, 0.0]
>>> pulse = Adprs(asymptote=0.5, duration=3_600_000.0, period=1.0, spread=0.8)
>>> round(pulse.phi(0.0), 3), round(pulse.phi(1_800_000.0), 3), pulse.level(1_800_000.0)
(0.1, 0.666, 3)
"""

from __future__ import annotations

import math

from attrs import field, frozen

from timepoint_pro.errors import UsageError

LEVELS = 5
"""How many resolution levels phi is cut into."""
_EPSILON = 1e-6


def _share(value: float, name: str) -> None:
    if not 0.0 <= value <= 1.0:
        raise UsageError(f"envelope: {name}: expected a number in 0..1, found {value!r}")


@frozen
class Adsr:
    """Presence over the run's progress.

    Args:
        attack: share of the run, in [0, 1].
        decay: share of the run, in [0, 1].
        sustain: level, in [0, 1].
        release: share of the run, in [0, 1].

    Raises:
        UsageError: a value lies outside 0..1.
    """

    attack: float
    decay: float
    sustain: float
    release: float

    def __attrs_post_init__(self) -> None:
        for name in ("attack", "decay", "sustain", "release"):
            _share(getattr(self, name), name)

    def at(self, progress: float) -> float:
        """Presence, in [0, 1], at a share of the run in [0, 1]."""
        scale = max(1.0, self.attack + self.decay + self.release)
        attack, decay, release = self.attack / scale, self.decay / scale, self.release / scale
        if progress < attack:
            return progress / attack
        if progress < attack + decay:
            return 1.0 - (1.0 - self.sustain) * (progress - attack) / decay
        left = max(0.0, 1.0 - progress)
        return self.sustain * left / release if left < release else self.sustain


@frozen
class Adprs:
    """Presence over story time.

    Args:
        asymptote: A, what is left of the swing after one duration, in [0, 1].
        duration: D, milliseconds, positive.
        period: P, half waves within a duration, >= 0.
        recurrence: R, milliseconds from one beginning to the next, >= 0; 0 means once.
        spread: S, height of the swing, in [0, 1].
        t0: story time of the beginning, milliseconds.
        baseline: in [0, 1]; None means (1 - S)/2.

    Raises:
        UsageError: a value lies outside its range.
    """

    asymptote: float
    duration: float
    period: float
    recurrence: float = 0.0
    spread: float = 1.0
    t0: float = 0.0
    baseline: float | None = None
    resting: float = field(init=False)
    """phi outside of a swing, in [0, 1]."""

    def __attrs_post_init__(self) -> None:
        _share(self.asymptote, "A")
        _share(self.spread, "S")
        if self.baseline is not None:
            _share(self.baseline, "baseline")
        if not 0.0 < self.duration < math.inf:
            raise UsageError(f"envelope: D: expected milliseconds above 0, found {self.duration!r}")
        for name, found in (("P", self.period), ("R", self.recurrence)):
            if not 0.0 <= found < math.inf:
                raise UsageError(f"envelope: {name}: expected a number >= 0, found {found!r}")
        resting = (1.0 - self.spread) / 2.0 if self.baseline is None else self.baseline
        object.__setattr__(self, "resting", resting)

    def phi(self, at: float) -> float:
        """Presence, in [0, 1], at a story time in milliseconds."""
        elapsed = at - self.t0
        if elapsed < 0.0:
            return self.resting
        if self.recurrence > 0.0:
            elapsed %= self.recurrence
        tau = elapsed / self.duration
        if tau > 1.0:
            return self.resting
        alpha = -math.log(self.asymptote + _EPSILON)
        swing = self.spread * math.exp(-alpha * tau) * math.sin(self.period * math.pi * tau)
        return min(1.0, max(0.0, self.resting + swing))

    def level(self, at: float) -> int:
        """Resolution level 0 to 4 at a story time in milliseconds: the fifth in which phi lies."""
        return min(LEVELS - 1, int(self.phi(at) * LEVELS))
