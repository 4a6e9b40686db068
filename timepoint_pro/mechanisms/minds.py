"""How everybody feels: the facet of M6 and its events."""

from __future__ import annotations

import math
from typing import ClassVar, Self

from attrs import frozen
from immutables import Map

from timepoint_pro.formulas import diffusion
from timepoint_pro.records.entity import Behavior, EntityIntroduced
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.quick import quick
from timepoint_pro.records.timepoint import TimepointOpened
from timepoint_pro.records.units import arousal_shown, bounds

_SIGNED = bounds("emotional_valence")

FEELING_KINDS = ("human", "animal", "kami")


@frozen
class AffectMoved(Event):
    """Time passed, and a turn may have been heard.

    Args:
        at: story time in hours up to which the feelings are now known.
        moves: (entity, change of valence, change of arousal, impulse in the former, impulse in the latter,
            main reason of the impulse). The impulses are part of the changes; arousal on the internal scale.
    """

    at: float
    moves: tuple[tuple[str, float, float, float, float, str], ...]


@frozen
class AffectStirred(Event):
    """Something besides a turn's meaning moved feelings.

    Args:
        reason: in a word (``"contagion"``, ``"pain"``, ``"surprise"``, ``"intervention"``).
        moves: (entity, change of valence, change of arousal on the internal scale).
    """

    reason: str
    moves: tuple[tuple[str, float, float], ...]


@frozen
class Temper:
    """The process that somebody's feelings follow: mu, theta (per hour), sigma; arousal on the internal scale."""

    valence_mu: float
    arousal_mu: float
    valence_theta: float
    arousal_theta: float
    valence_sigma: float
    arousal_sigma: float


@quick
@frozen(weakref_slot=False)
class Mind:
    """What somebody feels underneath, without bounds, as known at story time ``at`` (-inf: never yet)."""

    valence: float
    arousal: float
    at: float
    temper: Temper


@quick
@frozen(weakref_slot=False)
class Minds:
    """Everybody's feelings.

    Args:
        valence_half_life, arousal_half_life: hours, of the average person.
        sigma: stationary standard deviation of the average person.
        minds: by entity.
        opening: log entry by which the present moment opened.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (EntityIntroduced, TimepointOpened, AffectMoved, AffectStirred)

    valence_half_life: float = 2.0
    arousal_half_life: float = 0.7
    sigma: float = 0.25
    minds: Map[str, Mind] = Map()
    opening: str = ""

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case AffectMoved(at=at, moves=moves):
                with self.minds.mutate() as changed:
                    for name, valence, arousal, _, _, _ in moves:
                        mind = self.latent(name)
                        changed[name] = Mind(mind.valence + valence, mind.arousal + arousal, at, mind.temper)
                    return self._with(changed.finish())
            case AffectStirred(moves=stirs):
                with self.minds.mutate() as changed:
                    for name, valence, arousal in stirs:
                        mind = self.latent(name)
                        changed[name] = Mind(
                            mind.valence + valence, mind.arousal + arousal, mind.at, mind.temper
                        )
                    return self._with(changed.finish())
            case EntityIntroduced(entity=entity):
                if entity.kind not in FEELING_KINDS:
                    return self
                return evolve(self, minds=self.minds.set(entity.id, self._newcomer(entity.behavior)))
            case TimepointOpened():
                return evolve(self, opening=entry.id)
        return self

    def __contains__(self, entity: object) -> bool:
        return entity in self.minds

    def latent(self, entity: str) -> Mind:
        """What ``entity`` feels underneath; at rest where nothing is known of them."""
        mind = self.minds.get(entity)
        return self._newcomer(Behavior()) if mind is None else mind

    def valence(self, entity: str) -> float:
        """emotional_valence, in [-1, 1]; 0 for what has no feelings."""
        mind = self.minds.get(entity)
        return 0.0 if mind is None else _SIGNED.clip(mind.valence)

    def arousal(self, entity: str) -> float:
        """emotional_arousal, in [0, 1]; .5 for what has no feelings."""
        mind = self.minds.get(entity)
        return 0.5 if mind is None else arousal_shown(mind.arousal)

    def temper_of(self, behavior: Behavior) -> Temper:
        """The process of somebody with these traits; coefficients and their sources stand in M6's text."""
        outgoing, nervous = behavior.extraversion - 0.5, behavior.neuroticism - 0.5
        slowness, sigma = 1.0 + 0.5 * nervous, self.sigma * (1.0 + 0.6 * nervous)
        return Temper(
            valence_mu=0.1 + 0.3 * outgoing - 0.5 * nervous,
            arousal_mu=-0.1 + 0.4 * nervous,
            valence_theta=diffusion.theta_from_half_life(self.valence_half_life * slowness),
            arousal_theta=diffusion.theta_from_half_life(self.arousal_half_life * slowness),
            valence_sigma=sigma,
            arousal_sigma=sigma,
        )

    def _with(self, minds: Map[str, Mind]) -> Self:
        # Five times as fast as evolve, twice a beat.
        return type(self)(self.valence_half_life, self.arousal_half_life, self.sigma, minds, self.opening)

    def _newcomer(self, behavior: Behavior) -> Mind:
        temper = self.temper_of(behavior)
        return Mind(temper.valence_mu, temper.arousal_mu, -math.inf, temper)
