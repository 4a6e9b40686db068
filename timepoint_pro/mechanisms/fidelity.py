"""Which level the template plans for a moment, which one the story calls for, and how a budget cuts both.

Plans. A fidelity template gives shares of the levels among a run's moments, coarse to fine, since stories come to a
head towards their end: the moment at share p of the run, p = (index + .5)/moments, gets the level at which the shares
add up to p of their sum. ``portal_pivots`` gives the two ends ``trained``, moments of importance ``PIVOT`` or more
``dialog``, and ``scene`` to what lies between.

Need, in [0, 1] [weights cal]: .4 where one can speak here, + .2*centrality + .2*importance + .2*q, with centrality that
of ``formulas.centrality`` (Bonacich 1972) in the network of ties and q = 1 - exp(-(asked + mentions/20 + held/40)/2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from timepoint_pro.formulas.centrality import eigenvector_centrality
from timepoint_pro.formulas.envelope import Adprs, Adsr
from timepoint_pro.mechanisms.resolution import DIALOG, GRAPH, SCENE, TENSOR_ONLY, TRAINED
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.templates import Template
from timepoint_pro.templates.kinds import instant
from timepoint_pro.templates.vocabulary import LEVELS

SHARES: dict[str, tuple[float, ...]] = {
    "minimalist": (0.70, 0.21, 0.0, 0.07, 0.0),
    "balanced": (0.33, 0.33, 0.20, 0.13, 0.0),
    "dramatic": (0.53, 0.27, 0.0, 0.13, 0.07),
    "max_quality": (0.0, 0.0, 0.0, 0.66, 0.33),
}
PIVOT = 0.7
TRAINED_NEED, GRAPH_NEED, SCENE_NEED = 0.85, 0.3, 0.15
NETWORK = 60
"""People up to whom centrality is that in the whole cast; in a larger one, that among those present."""

_HOURS = {
    "year": 8766.0, "quarter": 2191.5, "month": 730.5, "week": 168.0, "day": 24.0, "hour": 1.0,
    "minute": 1.0 / 60.0, "second": 1.0 / 3600.0,
}  # fmt: skip
_MS = 3_600_000.0


@frozen
class Fidelity:
    """What a template says of levels, in the form in which it is used.

    Args:
        moments: story moments planned.
        planning: ``"programmatic"``, ``"adaptive"`` or ``"hybrid"``.
        plan: name of the fidelity template.
        schedule: levels of the moments in turn, the last one for the rest; empty unless the budget's mode is ``user``.
        mode: of the token budget.
        budget: tokens for the run, or None.
        adsr: presence over the run, or None.
        adprs: presence as damped waves; people take them in turn.
    """

    moments: int
    planning: str
    plan: str
    schedule: tuple[int, ...]
    mode: str
    budget: int | None
    adsr: Adsr | None
    adprs: tuple[Adprs, ...]

    @classmethod
    def of(cls, template: Template, start: datetime) -> Fidelity:
        """As ``template`` says; ``start`` is the run's start time."""
        temporal, entities = template.temporal, template.entities
        given = (LEVELS.index(level) for level in temporal.custom_fidelity_schedule or ())
        shape = entities.envelope
        hours = template.moments * _HOURS[template.timepoints.resolution]
        waves = []
        for one in entities.adprs_envelopes or ():
            t0 = one.t0
            begin = (instant(t0) - start).total_seconds() * 1000.0 if isinstance(t0, str) else float(t0 or 0.0)
            waves.append(Adprs(one.A, one.D or hours * _MS, one.P, one.R, one.S, begin, one.baseline))
        return cls(
            moments=template.moments,
            planning=temporal.fidelity_planning_mode,
            plan=temporal.fidelity_template,
            schedule=tuple(given) if temporal.token_budget_mode == "user" else (),
            mode=temporal.token_budget_mode,
            budget=temporal.token_budget,
            adsr=None if shape is None else Adsr(shape.attack, shape.decay, shape.sustain, shape.release),
            adprs=tuple(waves),
        )

    def planned(self, index: int, importance: float) -> int:
        """The level that the template plans for the moment at ``index``."""
        if self.plan == "portal_pivots":
            if index in (0, self.moments - 1):
                return TRAINED
            return DIALOG if importance >= PIVOT else SCENE
        shares = SHARES[self.plan]
        place, reached = math.fsum(shares) * (min(index, self.moments - 1) + 0.5) / self.moments, 0.0
        for level, share in enumerate(shares):
            reached += share
            if place <= reached:
                return level
        return max(level for level, share in enumerate(shares) if share)

    def aimed(self, index: int, importance: float, need: float, speaks: bool) -> int:
        """The level of somebody present, before envelopes and budget."""
        if self.schedule:
            return self.schedule[min(index, len(self.schedule) - 1)]
        if self.planning == "programmatic":
            return self.planned(index, importance)
        if self.planning == "adaptive":
            return needed(need, speaks)
        return max(self.planned(index, importance), needed(need, speaks))

    def presence(self, index: int) -> float:
        """Intensity of everybody's presence in the moment at ``index``, in [0, 1]; 1 without an envelope."""
        if self.adsr is None:
            return 1.0
        return round(self.adsr.at(index / (self.moments - 1) if self.moments > 1 else 0.0), 6)

    def wave(self, place: int, at: float) -> tuple[float, int] | None:
        """Presence and level by the damped wave of the person at ``place`` in the cast, at story hour ``at``."""
        if not self.adprs:
            return None
        envelope = self.adprs[place % len(self.adprs)]
        return round(envelope.phi(at * _MS), 6), envelope.level(at * _MS)


def needed(need: float, speaks: bool) -> int:
    """The level that a need in [0, 1] calls for: who speaks gets ``dialog`` at least."""
    if speaks:
        return TRAINED if need >= TRAINED_NEED else DIALOG
    return GRAPH if need >= GRAPH_NEED else SCENE if need >= SCENE_NEED else TENSOR_ONLY


def need_of(speaks: bool, centrality: float, importance: float, asked: int, mentions: int, held: int) -> float:
    """How much somebody present is needed, in [0, 1]."""
    queries = 1.0 - math.exp(-(asked + mentions / 20.0 + held / 40.0) / 2.0)
    return round(0.4 * speaks + 0.2 * centrality + 0.2 * importance + 0.2 * queries, 6)


def centralities(ties: Ties | None, people: Sequence[str]) -> dict[str, float]:
    """Eigenvector centrality of ``people``, in [0, 1], in the network of their ties; 0 where there are no ties.

    The weight of a tie is the trust in it, in [0, 1], more with every turn between the two.
    """
    if ties is None:
        return dict.fromkeys(people, 0.0)
    weights: dict[str, dict[str, float]] = {}
    for one in people:
        row = weights[one] = {}
        for other in people:
            if one != other and (one, other) in ties.pairs:
                row[other] = ties.confidence(one, other) * (1.0 + math.log1p(ties.interactions(one, other)))
    return eigenvector_centrality(weights)


def fitted(
    levels: Sequence[int], needs: Sequence[float], costs: Sequence[float], allowance: float, turns: int
) -> list[int]:
    """``levels`` lowered, the least needed first, until ``turns`` evenly shared turns fit ``allowance`` tokens.

    Args:
        levels: of those who speak, by place.
        needs: of the same, in [0, 1].
        costs: tokens of a turn, by level.
        allowance: tokens for the moment.
        turns: that it is expected to have.
    """
    lowered = list(levels)
    order = sorted(range(len(levels)), key=lambda place: (needs[place], place))

    def cost() -> float:
        return turns * sum(costs[level] for level in lowered) / max(1, len(lowered))

    while cost() > allowance and any(level > TENSOR_ONLY for level in lowered):
        finest = max(lowered)
        place = next(place for place in order if lowered[place] == finest)
        lowered[place] -= 1
    return lowered
