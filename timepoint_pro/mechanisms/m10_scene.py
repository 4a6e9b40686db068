"""M10 scene: what is the room like, what is its mood, and how do feelings pass around in it?

Inputs: the moment's location, the hour (M14), the template's ``metadata.environment`` (keys: see ``places``),
    feelings (M6), energy (M14), trust, affinity and beliefs (M13), the turn just said (M11).
Units: valence in [-1, 1], arousal in [0, 1], energy in [0, 100], tension, noise and dispersion in [0, 1],
    temperature in degrees Celsius.

Formulas
    atmosphere   means over those present who feel; a crowd counts like log(1 + size) people [cal]. Dispersion is
                 the root mean square distance from the mean, of valence and internal arousal
    tension      at the opening .1 + .4*strain + .3*conflict + .15*importance + .1 in a confined space
                 + .15*max(0, -valence) [cal]: strain is the root mean square over pairs of the worst of trust and
                 affinity either way, where negative; conflict is how far beliefs in the question's options lie
                 apart (goals that cross show as such beliefs), 0 to 1
                 each turn adds what its tone and act do (tables below), scaled by the room left, and half of the
                 distance to the opening's value is gone after half an hour [cal]
    contagion    the absorption model (``formulas.contagion``; Bosse 2009) among those present. Expressiveness is
                 .3 + .7*extraversion, a fifth of it for those who do not speak; openness .5 + .5*agreeableness
                 (sign: Doherty 1997), times ``contagion_rate`` an hour [cal]

Stages: PERCEIVE emits ``SceneSet``; SETTLE ``AtmosphereMoved`` and, as changes that M6 folds, ``AffectStirred``.

Errors: ``TemplateError`` for a wrong ``environment``.

Example: ``SceneMechanism(contagion_rate=0.0)`` in ``Simulation(mechanisms=[...])`` keeps feelings to oneself.
"""

# ruff: noqa: RUF009 -- the defaults are immutable

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar, Self

from attrs import field, frozen, validators

from timepoint_pro.formulas import contagion
from timepoint_pro.mechanisms.base import Context, Spec, Stage, Start
from timepoint_pro.mechanisms.minds import AffectStirred, Minds
from timepoint_pro.mechanisms.places import CONFINED, Crowd, Places, places_of
from timepoint_pro.mechanisms.rhythm import Rhythm
from timepoint_pro.mechanisms.scene import AtmosphereMoved, Scene, SceneSet
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.timepoint import Timeline, Timepoint
from timepoint_pro.records.turn import Act, Floor, Tone, Turn
from timepoint_pro.records.units import arousal_shown, bounds
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

__all__ = ["AtmosphereMoved", "Scene", "SceneMechanism", "SceneSet", "Surroundings"]

TENSION_OF_TONE: dict[Tone, float] = {
    "warm": -0.04, "hopeful": -0.03, "calm": -0.05, "neutral": 0.0, "curious": -0.01, "urgent": 0.03,
    "worried": 0.02, "tense": 0.05, "frustrated": 0.05, "angry": 0.09, "sad": 0.0, "weary": -0.01,
}  # fmt: skip
TENSION_OF_ACT: dict[Act, float] = {
    "open": 0.0, "inform": 0.0, "answer": -0.01, "question": 0.0, "propose": 0.0, "support": -0.02, "oppose": 0.03,
    "concede": -0.05, "shift": 0.01, "close": -0.03,
}  # fmt: skip
RELAXATION_HALF_LIFE = 0.5
LISTENING_FACE = 0.2
PACKED = 4.0
"""People a square metre at which a crowd is felt in full."""

_SIGNED = bounds("emotional_valence")

Felt = tuple[str, float, float]
"""Entity, and the levels of valence and arousal that show, each in [0, 1]."""


@frozen
class Surroundings:
    """What the template says of places; it never changes in a run."""

    folds: ClassVar[tuple[type[Event], ...]] = ()

    places: Places = Places()

    def fold(self, _entry: Entry, /) -> Self:
        return self


@frozen
class SceneMechanism:
    """M10 scene.

    Args:
        contagion_rate: how fast feelings are taken over, per hour, from one speaker of full expressiveness.
        amplification: share, in [0, 1], by which contagion reinforces what both feel instead of averaging.
    """

    spec: ClassVar[Spec] = Spec(
        code="M10",
        name="scene",
        stages=(Stage.PERCEIVE, Stage.SETTLE),
        reads=(Scene, Surroundings, Minds, Rhythm, Ties, Cast, Timeline, Floor),
        emits=(SceneSet, AtmosphereMoved, AffectStirred),
    )

    contagion_rate: float = field(default=6.0, validator=validators.ge(0.0))
    amplification: float = field(default=0.0, validator=[validators.ge(0.0), validators.le(1.0)])

    def start(self, template: Template, /) -> Start:
        """What the template says of places."""
        return Start(facets=(Scene(), Surroundings(places_of(template))))

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        """The room at the opening, or what a turn does to its mood."""
        timepoint = world[Timeline].current
        if ctx.stage is Stage.PERCEIVE:
            return (_opening(world, timepoint),)
        floor = world[Floor]
        turn = floor.last
        if turn is None:
            return ()
        scene, causes = world[Scene], (floor.last_entry,)
        felt = _felt(world[Minds], timepoint.present)
        change = round(_tension_change(scene, turn, floor.at), 6)
        moved = AtmosphereMoved(floor.at, change, *_mood(felt, scene.crowd), causes=causes)
        stirs = self._caught(world, felt, turn, floor.at - scene.at) if self.contagion_rate else ()
        return (moved, AffectStirred("contagion", stirs, causes=causes)) if stirs else (moved,)

    def _caught(
        self, world: World, felt: Sequence[Felt], turn: Turn, hours: float
    ) -> tuple[tuple[str, float, float], ...]:
        """What those present take over of each other's feelings while the turn is said."""
        cast, crowd = world[Cast], world[Scene].crowd
        people = []
        for name, _, _ in felt:
            behavior, face = cast[name].behavior, 1.0 if name == turn.speaker else LISTENING_FACE
            rate, amplification = self.contagion_rate, self.amplification
            people.append(_transmission(behavior.extraversion, behavior.agreeableness, face, rate, amplification))
        valences, arousals = [one for _, one, _ in felt], [one for _, _, one in felt]
        if crowd is not None:
            people.append(contagion.Transmission(min(1.0, crowd.density / PACKED), 0.0))
            valences.append((crowd.valence + 1.0) / 2.0)
            arousals.append((crowd.arousal + 1.0) / 2.0)
        hours = max(0.0, hours)
        by_valence = contagion.deltas(valences, people, hours)
        by_arousal = contagion.deltas(arousals, people, hours)
        # Levels in [0, 1] are half as long as the scales of the mind.
        caught = [
            (name, round(2.0 * valence, 6), round(2.0 * arousal, 6))
            for (name, _, _), valence, arousal in zip(felt, by_valence, by_arousal, strict=False)
        ]
        return tuple([one for one in caught if one[1] or one[2]])


def _opening(world: World, timepoint: Timepoint) -> SceneSet:
    cast, rhythm = world[Cast], world[Rhythm]
    places, location = world[Surroundings].places, timepoint.location
    if not location and timepoint.present and timepoint.present[0] in cast:
        location = cast[timepoint.present[0]].body.location
    place, crowd = places.at(location, rhythm.daylight(timepoint.at))
    felt = _felt(world[Minds], timepoint.present)
    valence, arousal, dispersion = _mood(felt, crowd)
    energy = math.fsum([rhythm.energy(name) for name, _, _ in felt]) / len(felt) if felt else 100.0
    tension = (
        0.1
        + 0.4 * _strain(world[Ties], timepoint.present)
        + 0.3 * _conflict(world[Ties], timepoint)
        + 0.15 * timepoint.importance
        + (0.1 if place.confinement == CONFINED else 0.0)
        + 0.15 * max(0.0, -valence)
    )
    causes = (world[Scene].opening,)
    return SceneSet(
        timepoint.at, place, crowd, round(min(1.0, tension), 6), valence, arousal, round(energy, 6), dispersion,
        causes=causes,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _transmission(
    extraversion: float, agreeableness: float, face: float, rate: float, amplification: float
) -> contagion.Transmission:
    # Kept, since the same few are asked for every beat.
    return contagion.Transmission((0.3 + 0.7 * extraversion) * face, rate * (0.5 + 0.5 * agreeableness), amplification)


def _felt(minds: Minds, present: Sequence[str]) -> list[Felt]:
    """Those present who feel, and what shows of it."""
    felt = []
    for name in present:
        if name in minds:
            mind = minds.latent(name)
            felt.append((name, (_SIGNED.clip(mind.valence) + 1.0) / 2.0, arousal_shown(mind.arousal)))
    return felt


def _mood(felt: Sequence[Felt], crowd: Crowd | None) -> tuple[float, float, float]:
    """Mean valence in [-1, 1], mean arousal in [0, 1], and dispersion in [0, 1]; 6 decimals."""
    total, own = float(len(felt)), 0.0
    valences, arousals = math.fsum([one for _, one, _ in felt]), math.fsum([one for _, _, one in felt])
    weight = 0.0 if crowd is None else math.log1p(crowd.size)
    if crowd is not None:
        total += weight
        valences += weight * (crowd.valence + 1.0) / 2.0
        arousals += weight * (crowd.arousal + 1.0) / 2.0
    if not total:
        return 0.0, 0.5, 0.0
    valence, arousal = valences / total, arousals / total
    square = math.fsum([(v - valence) ** 2 + (a - arousal) ** 2 for _, v, a in felt])
    if crowd is not None:
        off = ((crowd.valence + 1.0) / 2.0 - valence) ** 2 + ((crowd.arousal + 1.0) / 2.0 - arousal) ** 2
        own = weight * (off + crowd.spread / 2.0)
    # Twice the distances on [0, 1] are those on the scales of the mind; half of their squares' sum is the mean.
    dispersion = math.sqrt(2.0 * (square + own) / total)
    return round(2.0 * valence - 1.0, 6), round(arousal, 6), round(min(1.0, dispersion), 6)


def _strain(ties: Ties, present: Sequence[str]) -> float:
    """How bad the ties among those present are, in [0, 1]; neutral and good ones count 0."""
    square, pairs = 0.0, 0
    for place, one in enumerate(present):
        for other in present[place + 1 :]:
            worst = min(
                ties.trust(one, other), ties.trust(other, one), ties.affinity(one, other), ties.affinity(other, one)
            )
            square += min(0.0, worst) ** 2
            pairs += 1
    return math.sqrt(square / pairs) if pairs else 0.0


def _conflict(ties: Ties, timepoint: Timepoint) -> float:
    """How far apart beliefs in the question's options lie, in [0, 1]: the widest of them."""
    question, widest = timepoint.question, 0.0
    if question is None or not timepoint.present:
        return 0.0
    for option in question.options:
        beliefs = [ties.belief(name, f"{question.id}/{option.id}") for name in timepoint.present]
        widest = max(widest, (max(beliefs) - min(beliefs)) / 2.0)
    return widest


def _tension_change(scene: Scene, turn: Turn, at: float) -> float:
    push = TENSION_OF_TONE[turn.tone] + TENSION_OF_ACT[turn.act]
    room = 1.0 - scene.tension if push > 0.0 else scene.tension
    gone = 1.0 - math.exp2(-max(0.0, at - scene.at) / RELAXATION_HALF_LIFE)
    return push * room + gone * (scene.resting_tension - scene.tension)
