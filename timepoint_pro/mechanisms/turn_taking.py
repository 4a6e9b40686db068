"""Who speaks next, without asking a model.

Somebody who was addressed answers. Otherwise those present select themselves by a softmax over what moves people
to speak (Sacks, Schegloff, Jefferson 1974; untold facts: Stasser and Taylor 1991, where the one before the last
speaker is the likeliest next).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from attrs import field, frozen, validators

from timepoint_pro.records.draws import Draws
from timepoint_pro.records.quick import quick

LEAST_PRESENCE = 0.05


@frozen
class Weights:
    """Weights of self-selection [cal]; each multiplies a quantity in [0, 1].

    Args:
        untold: has relevant facts that were not told yet.
        arousal: emotional arousal.
        extraversion: of the Big Five.
        before_last: spoke before the last speaker.
        just_spoke: was the last speaker (subtracted).
    """

    untold: float = field(default=1.5, validator=validators.ge(0.0))
    arousal: float = field(default=1.0, validator=validators.ge(0.0))
    extraversion: float = field(default=0.7, validator=validators.ge(0.0))
    before_last: float = field(default=1.2, validator=validators.ge(0.0))
    just_spoke: float = field(default=2.0, validator=validators.ge(0.0))


@quick
@frozen(weakref_slot=False)
class Candidate:
    """Somebody who could speak next. ``untold``, ``arousal``, ``extraversion`` and ``presence`` in [0, 1].

    Presence (M5's envelopes) scales what moves them to speak, and their chance; never below ``LEAST_PRESENCE``.
    """

    entity: str
    untold: float
    arousal: float
    extraversion: float
    presence: float = 1.0


def self_select(
    candidates: Sequence[Candidate], last: str, before_last: str, draws: Draws, weights: Weights | None = None
) -> str:
    """The entity that takes the floor when nobody was addressed.

    Args:
        candidates: those present who can speak, in a fixed order; at least one.
        last: who spoke last, empty at the start.
        before_last: who spoke before that.
        draws: one number is drawn.
        weights: of the softmax.
    """
    weights = weights or Weights()
    strengths = []
    for one in candidates:
        score = (
            weights.untold * one.untold + weights.arousal * one.arousal + weights.extraversion * one.extraversion
        )
        if one.entity == last:
            score -= weights.just_spoke
        elif one.entity == before_last:
            score += weights.before_last
        presence = max(LEAST_PRESENCE, one.presence)
        strengths.append(presence * math.exp(presence * score))
    return draws.weighted([one.entity for one in candidates], strengths)
