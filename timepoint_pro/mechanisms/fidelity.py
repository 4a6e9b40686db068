"""Which level the template plans for a moment, which one the story calls for, and how a budget cuts both.

Plans. A fidelity template gives shares of the levels among a run's moments, coarse to fine, since stories come to a
head towards their end: the moment at share p of the run, p = (index + .5)/moments, gets the level at which the shares
add up to p of their sum. ``portal_pivots`` gives the two ends ``trained``, moments of importance ``PIVOT`` or more
``dialog``, and ``scene`` to what lies between.

Need, in [0, 1], of somebody present [weights cal]: .3 where they decide the question + .2*u + .2*c + .1*stake
+ .1*importance + .1*q. u = 1 - exp(-2*sum |bearing|) over what they recall, have aired nowhere and what bears on the
question; c their centrality (``formulas.centrality``, Bonacich 1972) in the network of ties; stake the strength of
their leaning; q = 1 - exp(-(asked + mentions/20 + held/40)/2).

Level by need, of those who can speak [cal]: the ``CARRIERS`` most needed, and everyone from ``DIALOG_NEED``, at
``dialog``, of these who was looked at again and again (q from ``TRAINED_SEEN``) at ``trained``; the others at ``graph``
from ``GRAPH_NEED``, else ``scene``. Whoever was not present
before begins no lower than where the template starts them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from attrs import frozen

from timepoint_pro.formulas.centrality import eigenvector_centrality
from timepoint_pro.formulas.envelope import Adprs, Adsr
from timepoint_pro.mechanisms.dialog_context import Agenda
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.resolution import DIALOG, GRAPH, ITEMS, SCENE, TENSOR_ONLY, TRAINED, Resolution
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.knowledge import bearing_on
from timepoint_pro.records.timepoint import Question, Timeline
from timepoint_pro.records.world import World
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
DIALOG_NEED, GRAPH_NEED = 0.45, 0.25
TRAINED_SEEN = 0.9
SILENT_GRAPH, SILENT_SCENE = 0.15, 0.05
"""The same for those who take no turns: from which need they are at ``graph`` and at ``scene``."""
CARRIERS = 2
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

    def aimed(self, index: int, importance: float, wanted: int) -> int:
        """The level of somebody present whose need calls for ``wanted``, before envelopes and budget."""
        if self.schedule:
            return self.schedule[min(index, len(self.schedule) - 1)]
        if self.planning == "programmatic":
            return self.planned(index, importance)
        if self.planning == "adaptive":
            return wanted
        return max(self.planned(index, importance), wanted)

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


@frozen
class Need:
    """How much somebody is needed, and how much they were looked at so far (q), both in [0, 1]."""

    need: float
    seen: float = 0.0


def needed(needs: Mapping[str, Need], speakers: Collection[str]) -> dict[str, int]:
    """The level that each need calls for; ``speakers`` are those who can take turns."""
    ranked = sorted(speakers, key=lambda one: (-needs[one].need, one))
    carriers = ranked[:CARRIERS]
    return {
        one: _spoken(need, one in carriers) if one in speakers else _silent(need.need) for one, need in needs.items()
    }


def _spoken(need: Need, carries: bool) -> int:
    if carries or need.need >= DIALOG_NEED:
        return TRAINED if need.seen >= TRAINED_SEEN else DIALOG
    return GRAPH if need.need >= GRAPH_NEED else SCENE


def _silent(need: float) -> int:
    return GRAPH if need >= SILENT_GRAPH else SCENE if need >= SILENT_SCENE else TENSOR_ONLY


def need_of(
    decides: bool, untold: float, centrality: float, stake: float, importance: float, queries: tuple[int, int, int]
) -> Need:
    """How much somebody present is needed.

    Args:
        decides: the question is theirs to decide.
        untold: sum of what bears on the question, is recalled and was aired nowhere, as |bearing|, >= 0.
        centrality, stake, importance: in [0, 1].
        queries: how often the user asked about them, they spoke or were addressed, and how many items they hold.
    """
    asked, mentions, held = queries
    looked_at = 1.0 - math.exp(-(asked + mentions / 20.0 + held / 40.0) / 2.0)
    news = 1.0 - math.exp(-2.0 * untold)
    need = 0.3 * decides + 0.2 * news + 0.2 * centrality + 0.1 * stake + 0.1 * importance + 0.1 * looked_at
    return Need(round(need, 6), looked_at)


def needs_of(world: World, speakers: Collection[str]) -> dict[str, Need]:
    """Need of everyone present in the moment that is open."""
    timepoint, resolution, cast, knowledge = world[Timeline].current, world[Resolution], world[Cast], world[Knowledge]
    network = cast.order if len(cast.order) <= NETWORK else timepoint.present
    central = centralities(world.find(Ties), network)
    found = {}
    for one in timepoint.present:
        queries = resolution.asked.get(one, 0), resolution.mentions.get(one, 0), len(knowledge.holds(one))
        question = timepoint.question if one in speakers else None
        found[one] = need_of(
            question is not None and question.decides == one,
            0.0 if question is None else _untold(knowledge, one, timepoint.at, question),
            central.get(one, 0.0),
            0.0 if question is None else _stake(world, one, question),
            timepoint.importance, queries,
        )  # fmt: skip
    return found


def _untold(knowledge: Knowledge, entity: str, at: float, question: Question) -> float:
    """What ``entity`` recalls that bears on ``question`` and that was aired nowhere, as a sum of |bearing|."""
    bearings = (
        bearing_on(knowledge.item(one.item).bearing, question.id)
        for one in knowledge.recallable(entity, at, ITEMS[DIALOG], question.topics) if not one.aired
    )  # fmt: skip
    return math.fsum(max((abs(weight) for _option, weight in bearing), default=0.0) for bearing in bearings)


def _stake(world: World, entity: str, question: Question) -> float:
    """How strongly ``entity`` leans before anybody argues, in [0, 1]."""
    agenda = world.find(Agenda)
    if agenda is None:
        return 0.0
    leanings = (agenda.prior.get((entity, f"{question.id}/{one.id}"), 0.0) for one in question.options)
    return max(map(abs, leanings), default=0.0)


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
            tie = ties.pairs.get((one, other)) if one != other else None
            if tie is not None:
                row[other] = ties.confidence_of(tie) * (1.0 + math.log1p(tie.interactions))
    return eigenvector_centrality(weights)


def fitted(
    levels: Sequence[int], needs: Sequence[float], costs: Sequence[float], allowance: float, turns: int
) -> list[int]:
    """``levels`` lowered until ``turns`` evenly shared turns fit ``allowance`` tokens.

    The least needed go first, down to ``scene``, so that who carries the moment keeps their level longest; below it
    only when nobody is above.

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
        floor = SCENE if max(lowered) > SCENE else TENSOR_ONLY
        lowered[next(place for place in order if lowered[place] > floor)] -= 1
    return lowered
