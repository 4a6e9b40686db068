"""M6 tensor state: how does everybody feel, and what moved them?

Inputs: the Big Five (cast), story time, the turn just said (M11), trust in its speaker and beliefs (M13),
    what was learned by it (M3).
Units: valence in [-1, 1]; arousal shown in [0, 1], internally in [-1, 1]; story time in hours. The latent
    values have no bounds, only what is shown is clipped; so steps of any size agree.

Formula: an exact Ornstein-Uhlenbeck step for each person and feeling (``formulas.diffusion``; Oravecz 2011;
    Kuppens 2010), plus impulses (``appraisal``):

    x' = mu + e^(-theta*dt)*(x - mu) + sigma*sqrt(1 - e^(-2*theta*dt))*z + impulses

    With each trait less .5, and neuroticism N, extraversion E [coefficients cal]:
    mu of valence     .1 + .3*E - .5*N         (signs: Costa, McCrae 1980)
    mu of arousal     -.1 + .4*N               (sign: Eysenck 1967)
    sigma             .25 * (1 + .6*N)         (sign: Eid, Diener 1999)
    half-life         valence 2 h, arousal .7 h, each * (1 + .5*N)     (sign: Suls, Green, Hillis 1998)

    Who was never seen before comes in as the process has them after a long time: N(mu, sigma).

Stages: PERCEIVE steps whoever is present from when they were last seen to now, and adds what the moment's
    circumstance is to them where it is good or bad (``Timepoint.valence``); SETTLE steps them over the
    turn and adds what it did to them. One ``AffectMoved`` each, holding changes. Other mechanisms stir feelings
    by ``AffectStirred`` (contagion, pain, surprise). Only kinds that feel have a mind here.

Errors: ``ValueError`` for a configuration out of range.

The TTM tensor of somebody is ``ttm.tensor_of(world, entity)``.

Example: ``TensorState(valence_half_life=4.0)`` in ``Simulation(mechanisms=[...])`` makes moods last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from attrs import field, frozen, validators

from timepoint_pro.formulas import diffusion
from timepoint_pro.mechanisms.agencies import Agencies
from timepoint_pro.mechanisms.appraisal import SPEAKING_RELIEF, Appraisal, circumstance_impulse
from timepoint_pro.mechanisms.base import Context, Spec, Stage, Start
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.minds import AffectMoved, AffectStirred, Mind, Minds, Temper
from timepoint_pro.mechanisms.reception import answered, news_in, reaction_of, side_of, told_by
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import Timeline
from timepoint_pro.records.turn import Floor, Turn
from timepoint_pro.records.units import bounds
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

__all__ = ["AffectMoved", "AffectStirred", "Mind", "Minds", "Temper", "TensorState"]

_SIGNED = bounds("emotional_valence")


@frozen
class TensorState:
    """M6 tensor state.

    Args:
        valence_half_life: hours after which half of a deviation is gone, for the average person.
        arousal_half_life: the same for arousal.
        sigma: stationary standard deviation of both, for the average person.
    """

    spec: ClassVar[Spec] = Spec(
        code="M6",
        name="tensor state",
        version=2,
        stages=(Stage.PERCEIVE, Stage.SETTLE),
        reads=(Minds, Timeline, Floor, Ties, Knowledge, Agencies),
        emits=(AffectMoved,),
    )

    valence_half_life: float = field(default=2.0, validator=validators.gt(0.0))
    arousal_half_life: float = field(default=0.7, validator=validators.gt(0.0))
    sigma: float = field(default=0.25, validator=validators.ge(0.0))

    def start(self, template: Template, /) -> Start:
        """Nobody has been seen yet."""
        return Start(facets=(Minds(self.valence_half_life, self.arousal_half_life, self.sigma),))

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        """How feelings went on until now, and what the turn did to them."""
        minds, present = world[Minds], world[Timeline].current.present
        feeling = [name for name in present if name in minds]
        if Agencies in world:
            feeling = [name for name in feeling if world[Agencies].feels(name)]
        if ctx.stage is Stage.PERCEIVE:
            opened = world[Timeline].current
            at, causes = opened.at, (minds.opening,)
            found = _Found(opened.valence) if opened.valence else None
            moves = [_move(name, minds.latent(name), at, ctx, found) for name in feeling]
        else:
            floor = world[Floor]
            if floor.last is None:
                return ()
            at, causes = floor.at, (floor.last_entry,)
            hearer = _Hearer(world, floor, floor.last)
            moves = [_move(name, minds.latent(name), at, ctx, hearer) for name in feeling]
        return (AffectMoved(at, tuple(moves), causes=causes),) if moves else ()


@frozen
class _Found:
    """What everybody finds as a moment opens."""

    valence: float

    def impulse(self, _name: str, mind: Mind) -> tuple[float, float, str]:
        """What it does to somebody who feels like ``mind``."""
        return (*circumstance_impulse(self.valence, _SIGNED.clip(mind.valence)), "circumstance")


class _Hearer:
    """One turn, as each of those present meets it."""

    def __init__(self, world: World, floor: Floor, turn: Turn) -> None:
        self._turn, self._at = turn, floor.at
        self._ties, self._knowledge = world[Ties], world[Knowledge]
        self._items = told_by(turn)
        self._appraisal = Appraisal(turn.tone, reaction_of(turn))
        before = answered(floor, turn)
        self._target = "" if before is None else before.speaker
        self._option, self._sign = side_of(turn, world[Timeline].current)

    def impulse(self, name: str, mind: Mind) -> tuple[float, float, str]:
        """What the turn does to ``name``, who feels like ``mind`` as it begins."""
        turn = self._turn
        if name == turn.speaker:
            return 0.0, SPEAKING_RELIEF, "speaking"
        return self._appraisal.impulse(
            _SIGNED.clip(mind.valence),
            _SIGNED.clip(mind.arousal),
            trust=self._ties.confidence(name, turn.speaker),
            addressed=not turn.addressed_to or name in turn.addressed_to,
            news=news_in(self._knowledge, self._items, turn.speaker, name, self._at) if self._items else 0.0,
            congruence=self._sign * self._ties.belief(name, self._option) if self._option else 0.0,
            concerned=name == self._target,
        )


def _move(
    name: str, mind: Mind, at: float, ctx: Context, met: _Hearer | _Found | None = None
) -> tuple[str, float, float, float, float, str]:
    """How ``name`` changes until ``at``: the process by itself, and what a turn or a circumstance does."""
    temper, hours = mind.temper, max(0.0, at - mind.at)
    one, other = ctx.rng(name, "innovation").normal_pair()
    valence = diffusion.step(mind.valence, temper.valence_mu, temper.valence_theta, temper.valence_sigma, hours, one)
    arousal = diffusion.step(mind.arousal, temper.arousal_mu, temper.arousal_theta, temper.arousal_sigma, hours, other)
    push, stir, why = (0.0, 0.0, "") if met is None else met.impulse(name, mind)
    return (
        name,
        round(valence - mind.valence + push, 6), round(arousal - mind.arousal + stir, 6),
        round(push, 6), round(stir, 6), why,
    )  # fmt: skip
