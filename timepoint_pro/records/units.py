"""The scales of state: which values a quantity takes, what they mean, and how a tensor packs them.

Every quantity has bounds in its own unit (valence in [-1, 1], energy in [0, 100] ...). Conversions to and
from [0, 1] are linear and do not clip, so that they invert each other to less than 1e-9; clipping is a step
of its own. The TTM tensor is three vectors of such shares, ordered as `CONTEXT`, `BIOLOGY` and `BEHAVIOR`.

>>> to01("emotional_valence", -0.4), from01("energy_budget", 0.72), clip("trust", 1.7)
(0.3, 72.0, 1.0)
>>> words_for("emotional_valence", -0.4), words_for("energy_budget", 20)
('uneasy', 'drained')
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import frozen

from timepoint_pro.errors import DataError, UnknownNameError


@frozen
class Bounds:
    """The range of a quantity, in its own unit.

    Args:
        low: least value.
        high: greatest value, above ``low``.
    """

    low: float
    high: float

    def clip(self, value: float) -> float:
        """The value itself, or the bound that it passes."""
        return self.low if value < self.low else self.high if value > self.high else value

    def to01(self, value: float) -> float:
        """The value on a scale where low is 0 and high is 1; not clipped."""
        return (value - self.low) / (self.high - self.low)

    def from01(self, share: float) -> float:
        """The value at a share of the range; the inverse of `to01`."""
        return self.low + share * (self.high - self.low)

    def holds(self, value: float) -> bool:
        """Whether the value lies in the range; NaN does not."""
        return self.low <= value <= self.high


_UNIT = Bounds(0.0, 1.0)
_SIGNED = Bounds(-1.0, 1.0)

CONTEXT: Final = ("knowledge", "valence", "arousal", "energy", "confidence", "patience", "risk", "social")
"""Components of the context vector, in order."""
BIOLOGY: Final = ("age", "pain", "illness", "fatigue")
"""Components of the biology vector, in order."""
BEHAVIOR: Final = (
    "openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism",
    "assertiveness", "vocabulary_richness", "novelty_seeking",
)
"""Components of the behaviour vector, in order; the first five are the Big Five."""
BIG_FIVE: Final = BEHAVIOR[:5]

QUANTITIES: Final[Mapping[str, Bounds]] = {
    **dict.fromkeys((*CONTEXT, *BIOLOGY, *BEHAVIOR), _UNIT),
    "valence": _SIGNED,
    "emotional_valence": _SIGNED,
    "emotional_arousal": _UNIT,
    "energy": Bounds(0.0, 100.0),
    "energy_budget": Bounds(0.0, 100.0),
    "age": Bounds(0.0, 100.0),
    "trust": _SIGNED,
    "affinity": _SIGNED,
    "power": _SIGNED,
    "tension": _UNIT,
    "formality": _UNIT,
    "capacity": _UNIT,
    "anxiety": _UNIT,
    "kss": Bounds(1.0, 9.0),
    "arousal_latent": _SIGNED,
}
"""The bounds of every quantity of state. Age is in years, may pass its bound, and is a share of a century."""


def bounds(quantity: str) -> Bounds:
    """The bounds of a quantity.

    Raises:
        UnknownNameError: no quantity of that name.
    """
    try:
        return QUANTITIES[quantity]
    except KeyError:
        raise UnknownNameError("quantity", quantity, QUANTITIES) from None


def clip(quantity: str, value: float) -> float:
    """A quantity's value within its bounds."""
    return bounds(quantity).clip(value)


def to01(quantity: str, value: float) -> float:
    """A quantity's value as a share of its range, see `Bounds.to01`."""
    return bounds(quantity).to01(value)


def from01(quantity: str, share: float) -> float:
    """A quantity's value from a share of its range, see `Bounds.from01`."""
    return bounds(quantity).from01(share)


def arousal_shown(latent: float) -> float:
    """Arousal in [0, 1] from the latent one, whose range [-1, 1] it clips and maps linearly."""
    return _UNIT.clip((latent + 1.0) / 2.0)


def arousal_latent(shown: float) -> float:
    """Latent arousal in [-1, 1] from the shown one in [0, 1]."""
    return 2.0 * shown - 1.0


@frozen
class Tensor:
    """The TTM tensor: one entity's state in twenty numbers, each a share of its quantity's range.

    Args:
        context: 8 values in [0, 1], see `CONTEXT`.
        biology: 4 values in [0, 1], see `BIOLOGY`; age may pass 1.
        behavior: 8 values in [0, 1], see `BEHAVIOR`.
    """

    context: tuple[float, ...]
    biology: tuple[float, ...]
    behavior: tuple[float, ...]

    @classmethod
    def of(cls, state: Mapping[str, float]) -> Tensor:
        """The tensor of a state in natural units.

        Args:
            state: a value for each name in `CONTEXT`, `BIOLOGY` and `BEHAVIOR` (valence in [-1, 1], energy in
                [0, 100], age in years, the others in [0, 1]); other names are left out.

        Raises:
            DataError: a name is missing.
        """
        missing = [name for name in (*CONTEXT, *BIOLOGY, *BEHAVIOR) if name not in state]
        if missing:
            raise DataError(f"tensor: the state lacks {', '.join(missing)}; give a value for each")
        return cls(_packed(CONTEXT, state), _packed(BIOLOGY, state), _packed(BEHAVIOR, state))

    def state(self) -> dict[str, float]:
        """The state in natural units, by name; the inverse of `of`."""
        names, shares = (*CONTEXT, *BIOLOGY, *BEHAVIOR), (*self.context, *self.biology, *self.behavior)
        return {name: QUANTITIES[name].from01(share) for name, share in zip(names, shares, strict=True)}

    def to_dict(self) -> dict[str, list[float]]:
        """The tensor as TDF writes it."""
        return {
            "context_vector": list(self.context),
            "biology_vector": list(self.biology),
            "behavior_vector": list(self.behavior),
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Tensor:
        """The tensor of a TDF document.

        Raises:
            DataError: a vector is missing, of another length, or holds something that is not a finite number.
        """
        return cls(
            _vector(document, "context_vector", len(CONTEXT)),
            _vector(document, "biology_vector", len(BIOLOGY)),
            _vector(document, "behavior_vector", len(BEHAVIOR)),
        )


def _packed(names: Iterable[str], state: Mapping[str, float]) -> tuple[float, ...]:
    return tuple([QUANTITIES[name].to01(state[name]) for name in names])


def _vector(document: Mapping[str, Any], key: str, length: int) -> tuple[float, ...]:
    found = document.get(key)
    if not isinstance(found, list | tuple) or len(found) != length:
        raise DataError(f"tensor.{key}: expected a list of {length} numbers, found {found!r}")
    for i, value in enumerate(found):
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise DataError(f"tensor.{key}[{i}]: expected a finite number, found {value!r}")
    return tuple([float(value) for value in found])


_Bands = tuple[tuple[float, ...], tuple[str, ...]]


def _bands(edges: tuple[float, ...], phrases: str) -> _Bands:
    """The phrases from the least value to the greatest, and the values at which the next one begins."""
    return edges, tuple(phrases.split(", "))


_FIFTHS = (0.2, 0.4, 0.6, 0.8)
_BURDEN = (0.05, 0.25, 0.5, 0.75)
_BOND = (-0.6, -0.25, -0.05, 0.15, 0.45, 0.75)
_VALENCE = _bands(
    (-0.75, -0.5, -0.2, -0.05, 0.15, 0.4, 0.7),
    "anguished, distressed, uneasy, a little flat, even-tempered, content, cheerful, elated",
)
_AROUSAL = _bands((0.15, 0.35, 0.55, 0.7, 0.85), "still, calm, attentive, stirred, keyed up, frantic")
_ENERGY = _bands((10.0, 30.0, 50.0, 70.0, 88.0), "spent, drained, tired, steady, fresh, full of energy")
_LEVELS: Final[Mapping[str, _Bands]] = {
    "valence": _VALENCE,
    "emotional_valence": _VALENCE,
    "arousal": _AROUSAL,
    "emotional_arousal": _AROUSAL,
    "energy": _ENERGY,
    "energy_budget": _ENERGY,
    "confidence": _bands(
        (0.15, 0.4, 0.6, 0.8, 0.95), "disbelieving, doubtful, unsure, fairly sure, confident, certain"
    ),
    "knowledge": _bands(_FIFTHS, "uninformed, sketchily informed, informed, well informed, expert"),
    "patience": _bands(
        (0.15, 0.35, 0.6, 0.85), "out of patience, impatient, fairly patient, patient, unhurried"
    ),
    "risk": _bands(_FIFTHS, "averse to risk, cautious, measured, bold, reckless"),
    "social": _bands(_FIFTHS, "withdrawn, reserved, approachable, sociable, gregarious"),
    "trust": _bands(_BOND, "hostile, distrustful, wary, neutral, trusting, loyal, devoted"),
    "affinity": _bands(_BOND, "repelled, averse, cool, indifferent, warm, fond, attached"),
    "power": _bands(
        (-0.5, -0.15, 0.15, 0.5), "subordinate, deferential, on a level, influential, dominant"
    ),
    "tension": _bands(
        (0.15, 0.35, 0.6, 0.8), "relaxed, slightly strained, tense, very tense, at breaking point"
    ),
    "formality": _bands(_FIFTHS, "intimate, casual, businesslike, formal, ceremonial"),
    "capacity": _bands(
        (0.2, 0.45, 0.7, 0.9), "barely able to think, foggy, slowed, slightly dulled, clear-headed"
    ),
    "anxiety": _bands((0.1, 0.3, 0.55, 0.8), "untroubled, concerned, worried, anxious, terrified"),
    "pain": _bands(_BURDEN, "free of pain, sore, hurting, in strong pain, in agony"),
    "illness": _bands(_BURDEN, "healthy, under the weather, unwell, ill, gravely ill"),
    "fatigue": _bands((0.15, 0.35, 0.6, 0.85), "rested, a little tired, weary, worn out, exhausted"),
    "kss": _bands(
        (2.5, 4.5, 6.0, 7.5), "wide awake, alert, neither alert nor sleepy, sleepy, fighting sleep"
    ),
    "age": _bands(
        (13.0, 20.0, 35.0, 60.0, 75.0), "very young, adolescent, young, middle-aged, ageing, old"
    ),
    "openness": _bands(_FIFTHS, "set in habits, conventional, open-minded, curious, hungry for ideas"),
    "conscientiousness": _bands(_FIFTHS, "careless, easygoing, orderly, diligent, meticulous"),
    "extraversion": _bands(_FIFTHS, "solitary, quiet, balanced in company, outgoing, exuberant"),
    "agreeableness": _bands(_FIFTHS, "antagonistic, blunt, fair-minded, kind, self-effacing"),
    "neuroticism": _bands(_FIFTHS, "unshakeable, composed, sensitive, high-strung, volatile"),
    "assertiveness": _bands(_FIFTHS, "submissive, hesitant, self-assured, assertive, domineering"),
    "vocabulary_richness": _bands(_FIFTHS, "monosyllabic, plain-spoken, articulate, eloquent, erudite"),
    "novelty_seeking": _bands(
        _FIFTHS, "wedded to routine, settled, willing to try, adventurous, thrill-seeking"
    ),
}


def words_for(quantity: str, value: float) -> str:
    """A value as a plain adjective phrase that fits "is ...": valence -0.4 is "uneasy", energy 20 "drained".

    Args:
        quantity: a name in `QUANTITIES` that people have words for (all but ``arousal_latent``).
        value: in the quantity's own unit; beyond its bounds the outermost phrase serves.

    Raises:
        UnknownNameError: no phrases for a quantity of that name.
    """
    try:
        edges, phrases = _LEVELS[quantity]
    except KeyError:
        raise UnknownNameError("quantity", quantity, _LEVELS) from None
    return phrases[bisect_right(edges, value)]
