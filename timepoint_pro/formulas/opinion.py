"""How sure is somebody of a statement, and how does hearsay change that?

Subjective logic (Jøsang 2016, "Subjective Logic"). An opinion on a statement holds belief b, disbelief d
and uncertainty u, each in [0, 1] with b + d + u = 1, and a base rate a in [0, 1]: the probability that is
assumed where nothing is known.

- expectation: E = b + a*u
- trust discounting, by trust T in [0, 1]: (T*b, T*d, 1 - T*(b + d)); b never rises, u never falls,
  while E moves towards a and may rise
- cumulative fusion of independent reports, with k = u1 + u2 - u1*u2:
  b = (b1*u2 + b2*u1)/k, d = (d1*u2 + d2*u1)/k, u = u1*u2/k; two dogmatic opinions (u1 = u2 = 0) average

Something heard from a witness, then told on twice by people who are trusted at .8:

>>> heard = Opinion(0.95, 0.0, 0.05)
>>> round(heard.expectation, 3)
0.975
>>> round(heard.discount(0.8).expectation, 3), round(heard.discount(0.8).discount(0.8).expectation, 3)
(0.88, 0.804)
"""

from __future__ import annotations

from attrs import frozen


@frozen
class Opinion:
    """An opinion (b, d, u, a) on one statement.

    Args:
        b: belief, in [0, 1].
        d: disbelief, in [0, 1].
        u: uncertainty, in [0, 1]; b + d + u = 1.
        a: base rate, in [0, 1].
    """

    b: float
    d: float
    u: float
    a: float = 0.5

    @property
    def expectation(self) -> float:
        """The probability, in [0, 1], at which the statement is held true: b + a*u."""
        return self.b + self.a * self.u

    def discount(self, trust: float) -> Opinion:
        """This opinion as it reaches somebody who trusts its holder (Jøsang 2016, trust discounting).

        Args:
            trust: in [0, 1]; 1 takes the opinion over, 0 leaves nothing but the base rate.
        """
        belief, disbelief = trust * self.b, trust * self.d
        return Opinion(belief, disbelief, 1.0 - (belief + disbelief), self.a)

    def fuse(self, other: Opinion) -> Opinion:
        """Both opinions as one (Jøsang 2016, cumulative fusion), for sources that share no root.

        The base rates are weighted by certainty; where both opinions are dogmatic, everything is averaged.
        """
        total = self.u + other.u - self.u * other.u
        if total == 0.0:
            return Opinion(
                (self.b + other.b) / 2, (self.d + other.d) / 2, 0.0, (self.a + other.a) / 2
            )
        # Ratios first: a product of two tiny uncertainties would lose its digits.
        mine, theirs = other.u / total, self.u / total
        return Opinion(
            self.b * mine + other.b * theirs,
            self.d * mine + other.d * theirs,
            self.u * mine,
            _fused_base_rate(self, other),
        )

    def surer(self, other: Opinion) -> Opinion:
        """The opinion of lower uncertainty, this one when equal: for reports that share a root."""
        return other if other.u < self.u else self


def _fused_base_rate(first: Opinion, second: Opinion) -> float:
    if first.a == second.a:
        return first.a
    certain_first, certain_second = second.u * (1.0 - first.u), first.u * (1.0 - second.u)
    total = certain_first + certain_second
    if total == 0.0:
        return (first.a + second.a) / 2
    return first.a * (certain_first / total) + second.a * (certain_second / total)


def opinion_of(confidence: float, uncertainty: float = 0.05, base_rate: float = 0.5) -> Opinion:
    """The opinion whose expectation is a stated confidence.

    Near 0 and 1 the uncertainty is lowered as far as the confidence demands, to keep b and d from below 0.

    Args:
        confidence: in [0, 1].
        uncertainty: the uncertainty wished for, in [0, 1].
        base_rate: in (0, 1).

    >>> opinion_of(0.975)
    Opinion(b=0.95, d=0.0, u=0.05, a=0.5)
    """
    u = min(uncertainty, confidence / base_rate, (1.0 - confidence) / (1.0 - base_rate))
    b = max(0.0, confidence - base_rate * u)
    d = max(0.0, 1.0 - u - b)
    return Opinion(b, d, u, base_rate)
