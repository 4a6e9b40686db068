"""The room and its mood: the facet of M10 and its events."""

from __future__ import annotations

from typing import ClassVar, Self

from attrs import frozen

from timepoint_pro.mechanisms.places import Crowd, Environment
from timepoint_pro.mechanisms.rhythm import EnergySpent
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.quick import quick
from timepoint_pro.records.timepoint import TimepointOpened


@frozen
class SceneSet(Event):
    """Where the moment is, and the mood in which it begins.

    Args:
        at: story time in hours.
        place: location, lighting, confinement in words; temperature in degrees Celsius; noise in [0, 1].
        crowd: who stands around besides those present by name, if anybody.
        tension: in [0, 1].
        valence, arousal, energy: means over those present, in [-1, 1], [0, 1] and [0, 100].
        dispersion: how far their feelings lie apart, in [0, 1].
    """

    at: float
    place: Environment
    crowd: Crowd | None
    tension: float
    valence: float
    arousal: float
    energy: float
    dispersion: float


@frozen
class AtmosphereMoved(Event):
    """The mood of the room went on.

    Args:
        at: story time in hours.
        tension: change of tension.
        valence, arousal, dispersion: as the turn found them.
    """

    at: float
    tension: float
    valence: float
    arousal: float
    dispersion: float


@quick
@frozen(weakref_slot=False)
class Scene:
    """The room as those in it see it, and its mood.

    Args:
        location, lighting, confinement: words; empty where unknown.
        temperature: degrees Celsius.
        noise: in [0, 1].
        tension: in [0, 1].
        resting_tension: where tension goes when nobody says anything, in [0, 1].
        valence, arousal, energy: means over those present, in [-1, 1], [0, 1] and [0, 100]; energy is that of
            the opening less what was spent since.
        dispersion: root mean square distance of their feelings from the mean, in [0, 1].
        crowd: who stands around, if anybody.
        at: story time in hours of what was folded last.
        opening: log entry by which the moment opened.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (TimepointOpened, SceneSet, AtmosphereMoved, EnergySpent)

    location: str = ""
    lighting: str = ""
    temperature: float = 21.0
    confinement: str = ""
    noise: float = 0.0
    tension: float = 0.0
    resting_tension: float = 0.0
    valence: float = 0.0
    arousal: float = 0.5
    energy: float = 100.0
    dispersion: float = 0.0
    crowd: Crowd | None = None
    at: float = 0.0
    opening: str = ""

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case AtmosphereMoved() as moved:
                return evolve(
                    self,
                    at=moved.at,
                    tension=min(1.0, max(0.0, self.tension + moved.tension)),
                    valence=moved.valence,
                    arousal=moved.arousal,
                    dispersion=moved.dispersion,
                )
            case SceneSet(place=place) as scene:
                return evolve(
                    self,
                    location=place.location,
                    lighting=place.lighting,
                    temperature=place.temperature,
                    confinement=place.confinement,
                    noise=place.noise,
                    tension=scene.tension,
                    resting_tension=scene.tension,
                    valence=scene.valence,
                    arousal=scene.arousal,
                    energy=scene.energy,
                    dispersion=scene.dispersion,
                    crowd=scene.crowd,
                    at=scene.at,
                )
            case EnergySpent(spent=spent):
                mean = sum([cost for _, cost in spent]) / len(spent) if spent else 0.0
                return evolve(self, energy=max(0.0, self.energy - mean))
            case TimepointOpened():
                return evolve(self, opening=entry.id)
        return self
