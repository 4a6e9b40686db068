"""A moment opened into sub-moments: arrival, opening, exchange, decision, aftermath (M7, vertical expansion).

They share the moment's place in the chain: its antecedents are theirs, and what follows from it follows from them. The
three in the middle are the scene itself, parted by what its turns do. Arrival and aftermath lie in the time between
scenes, where feelings are fixed at both ends: as the last scene left them, and as the next one found them. Between
two fixed ends an Ornstein-Uhlenbeck process is a bridge (``formulas.diffusion``)::

    mean      mu + [(x0-mu)*sinh(theta*(T-t)) + (xT-mu)*sinh(theta*t)]/sinh(theta*T)
    variance  2*sigma^2*sinh(theta*t)*sinh(theta*(T-t))/sinh(theta*T)

With one end free (somebody never seen before, or not again) it is the free process, which runs alike in both directions
of time. Nothing is learned in arrival and aftermath: they add no exposures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from attrs import frozen

from timepoint_pro.formulas import diffusion
from timepoint_pro.mechanisms.minds import Mind, Temper
from timepoint_pro.records.draws import Draws
from timepoint_pro.records.turn import Turn
from timepoint_pro.records.units import arousal_shown, bounds

Phase = Literal["arrival", "opening", "exchange", "decision", "aftermath"]

MARGIN = 0.5
"""Hours that arrival lies before a scene and aftermath after it; half of the time to the next scene where that is less
[cal]."""

_SIGNED = bounds("emotional_valence")


@frozen
class SubMoment:
    """A part of a moment.

    Args:
        id: ``"T2/arrival"``.
        timepoint_id: the moment.
        phase: which part.
        at: story time of its start, in hours.
        antecedents: ids of the moments that it follows from: those of the moment.
        turns: ids of the turns said in it.
        feelings: (entity, emotional_valence in [-1, 1], emotional_arousal in [0, 1]) of those present at its start.
        drawn: whether the feelings are drawn from the process; False: as the log has them.
    """

    id: str
    timepoint_id: str
    phase: Phase
    at: float
    antecedents: tuple[str, ...]
    turns: tuple[str, ...]
    feelings: tuple[tuple[str, float, float], ...]
    drawn: bool


def parted(turns: Sequence[Turn]) -> dict[Phase, tuple[Turn, ...]]:
    """The turns of a scene by phase, each phase in one piece; an empty one is left out.

    The opening lasts until somebody takes a side, at most for a third of the turns and at least for one. The decision
    is what comes from the first closing turn on.
    """
    if not turns:
        return {}
    end = next((place for place, turn in enumerate(turns) if turn.act == "close" and place), len(turns))
    sides = next((place for place, turn in enumerate(turns) if turn.option), len(turns))
    first = min(end, max(1, min(sides, len(turns) // 3)))
    parts: dict[Phase, tuple[Turn, ...]] = {
        "opening": tuple(turns[:first]), "exchange": tuple(turns[first:end]), "decision": tuple(turns[end:]),
    }  # fmt: skip
    return {phase: said for phase, said in parts.items() if said}


def margin(hours: float) -> float:
    """How far from a scene its arrival or aftermath lies, in hours, with ``hours`` to the neighbouring scene."""
    return min(MARGIN, max(0.0, hours) / 2.0)


def felt_between(before: Mind | None, after: Mind | None, at: float, draws: Draws) -> tuple[float, float]:
    """Valence and arousal, as shown, at story hour ``at`` between two known states; None where an end is free.

    Raises:
        ValueError: neither end is known.
    """
    known = after if after is not None else before
    if known is None:
        raise ValueError("felt_between: expected a state before or after, found neither")
    temper = known.temper
    start = before if before is not None and math.isfinite(before.at) else None
    one, other = draws.normal_pair()
    valence = _between(temper, start, after, at, one, is_arousal=False)
    arousal = _between(temper, start, after, at, other, is_arousal=True)
    return _SIGNED.clip(valence), arousal_shown(arousal)


def _between(
    temper: Temper, before: Mind | None, after: Mind | None, at: float, z: float, *, is_arousal: bool
) -> float:
    mu, theta, sigma = (
        (temper.arousal_mu, temper.arousal_theta, temper.arousal_sigma) if is_arousal
        else (temper.valence_mu, temper.valence_theta, temper.valence_sigma)
    )  # fmt: skip
    ends = [(one.arousal if is_arousal else one.valence, one.at) for one in (before, after) if one is not None]
    if not ends:
        return mu + sigma * z
    if len(ends) == 1 or ends[1][1] <= ends[0][1]:
        value, when = ends[-1]
        return diffusion.step(value, mu, theta, sigma, abs(at - when), z)
    (x0, begin), (x_end, end) = ends
    place = min(end, max(begin, at)) - begin
    return diffusion.bridge_step(x0, x_end, mu, theta, sigma, place, end - begin, z)
