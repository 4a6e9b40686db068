"""M8 embodied states: what does the body leave of the mind?

Inputs: ``metadata.embodied_constraints`` (shape: see ``conditions``), the body at the start (roster), story time,
    the room's temperature (M10), sleepiness (M14), what was decided (M11).
Units: pain, illness, fatigue, cold, hunger, isolation and severity in [0, 1]; temperature in degrees Celsius;
    capacity in (0, 1]; hours of story time.

Formulas
    capacity    2*Phi(-.45*pain - .4*illness - .25*max(0, KSS - 5))  (``formulas.embodiment``; Berryman 2013)
    pain        1 - product of (1 - part of each condition); illness and fatigue likewise (parts: ``conditions.KINDS``)
    healing     once treated, severity halves with every ``heals`` hours; untreated, half of the way to 1 is gone with
                every ``worsens`` hours [cal]
    cold        goes to (12 - temperature)/40, in [0, 1], halving the distance every .75 h; of the hours between two
                moments the last one counts as spent here [cal]
    isolation   heals in company, worsens alone
    pain moves  arousal by .4*pain*(1 - arousal), internal scale, and valence by -.2*pain*(1 + valence)/2; isolation
                moves valence by -.15*isolation [cal; sign of pain: Rainville 2005]
    fatigue     that a new condition brings costs 50 points of energy at full fatigue, as M14 has it for the start

What capacity does is done by those who read it: M11 gives fewer words and fewer items to somebody of less, and what
they hold is held less surely; the TTM tensor has less confidence and patience.

Stages: DELIBERATE lets time pass for every body; REFLECT has decisions bring or treat conditions. Events:
    ``ConditionBegan``, ``ConditionTreated``, ``BodiesChanged``, ``AffectStirred`` (M6), ``EnergySpent`` (M14).

Errors: ``TemplateError`` for a condition that cannot be read.

Example: ``EmbodiedStates(pain_arousal=0.0)`` in ``Simulation(mechanisms=[...])``: pain no longer stirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from attrs import field, frozen, validators

from timepoint_pro.formulas.embodiment import SLOPES, Slopes
from timepoint_pro.mechanisms.base import Context, Spec, Stage, Start
from timepoint_pro.mechanisms.bodies import (
    EMBODIED_KINDS,
    Bodies,
    BodiesChanged,
    ConditionBegan,
    ConditionTreated,
)
from timepoint_pro.mechanisms.conditions import KINDS, stated_conditions
from timepoint_pro.mechanisms.minds import AffectStirred, Minds
from timepoint_pro.mechanisms.rhythm import FATIGUE_EXERTION, EnergySpent, Rhythm
from timepoint_pro.mechanisms.scene import Scene
from timepoint_pro.mechanisms.speech import Speech
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import Timeline
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

__all__ = ["Bodies", "BodiesChanged", "ConditionBegan", "ConditionTreated", "EmbodiedStates"]

MILD_CELSIUS = 12.0
COLD_SPAN = 40.0
COLD_HALF_LIFE = 0.75
HERE_BEFORE = 1.0
"""Hours before a moment that whoever is present has spent in its place, at most [cal]."""

LEAST = 1e-4
PAIN_VALENCE = 0.2
ISOLATION_VALENCE = 0.15


@frozen
class EmbodiedStates:
    """M8 embodied states.

    Args:
        slopes: what pain, illness and sleepiness cost, in standard deviations.
        pain_arousal: change of arousal (internal scale) that full pain brings at the opening of a moment, >= 0.
        mild: degrees Celsius from which on nobody cools down.
    """

    spec: ClassVar[Spec] = Spec(
        code="M8",
        name="embodied states",
        stages=(Stage.DELIBERATE, Stage.REFLECT),
        reads=(Bodies, Cast, Timeline, Scene, Rhythm, Minds, Speech),
        emits=(ConditionBegan, ConditionTreated, BodiesChanged, AffectStirred, EnergySpent),
    )

    slopes: Slopes = SLOPES
    pain_arousal: float = field(default=0.4, validator=validators.ge(0.0))
    mild: float = MILD_CELSIUS

    def start(self, template: Template, /) -> Start:
        """What the template says of bodies, and the conditions that are there from the start."""
        stated = stated_conditions(template)
        first = tuple(
            ConditionBegan(one.entity, one.key, one.condition)
            for one in stated
            if one.begins == 0 and not one.begins_by
        )
        return Start(facets=(Bodies(stated, self.slopes),), events=first)

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        """What time does to bodies and bodies to feelings, or what a decision does to bodies."""
        return self._pass(world) if ctx.stage is Stage.DELIBERATE else _decided(world)

    def _pass(self, world: World) -> Sequence[Event]:
        bodies, timepoint = world[Bodies], world[Timeline].current
        causes = (bodies.opening,) if bodies.opening else ()
        brought: list[ConditionBegan | ConditionTreated] = []
        for one in bodies.stated:
            if one.begins == timepoint.index and timepoint.index and not one.begins_by:
                brought.append(ConditionBegan(one.entity, one.key, one.condition, causes=causes))
            if one.treated == timepoint.index and not one.treated_by:
                brought.append(ConditionTreated(one.entity, one.key, causes=causes))
        changed = self._changed(world, causes)
        aged = after = bodies.changed(changed)
        for event in brought:
            if isinstance(event, ConditionBegan):
                after = after.having(event.entity, event.key, event.condition)
        return (changed, *brought, *_spent(world, aged, after, causes), *self._stirred(world, after, causes))

    def _changed(self, world: World, causes: tuple[str, ...]) -> BodiesChanged:
        bodies, timepoint, rhythm, cast = world[Bodies], world[Timeline].current, world[Rhythm], world[Cast]
        hours = max(0.0, timepoint.at - bodies.at)
        embodied = [one for one in timepoint.present if one in cast and cast[one].kind in EMBODIED_KINDS]
        in_company = len(embodied) > 1
        changes = []
        for entity in sorted(bodies.conditions):
            for key, condition in sorted(bodies.of(entity).items()):
                if condition.kind == "cold" and entity in embodied:
                    continue
                if condition.kind == "isolation" and entity in embodied:
                    kind = KINDS["isolation"]
                    towards = condition.severity * (2.0 ** (-hours / kind.heals) - 1.0)
                    change = towards if in_company else condition.change(hours)
                else:
                    change = condition.change(hours)
                changes.append((entity, key, change))
        goal = min(1.0, max(0.0, (self.mild - world[Scene].temperature) / COLD_SPAN))
        share = 1.0 - 2.0 ** (-min(HERE_BEFORE, hours or HERE_BEFORE) / COLD_HALF_LIFE)
        for entity in embodied:
            changes.append((entity, "cold", (goal - bodies.cold(entity)) * share))
        kept = tuple((entity, key, round(change, 6)) for entity, key, change in changes if abs(change) > LEAST)
        sleepiness = tuple((one, round(rhythm.kss(one), 6)) for one in embodied)
        return BodiesChanged(timepoint.at, kept, sleepiness, causes=causes)

    def _stirred(self, world: World, bodies: Bodies, causes: tuple[str, ...]) -> list[Event]:
        minds = world[Minds]
        by_pain, by_isolation = [], []
        for entity in world[Timeline].current.present:
            if entity not in minds:
                continue
            pain, alone = bodies.pain(entity), bodies.isolation(entity)
            if pain > LEAST:
                room = 1.0 - minds.arousal(entity)
                sink = (1.0 + minds.valence(entity)) / 2.0
                push = round(-PAIN_VALENCE * pain * sink, 6)
                by_pain.append((entity, push, round(self.pain_arousal * pain * room, 6)))
            if alone > LEAST:
                by_isolation.append((entity, round(-ISOLATION_VALENCE * alone, 6), 0.0))
        events: list[Event] = []
        for reason, moves in (("pain", by_pain), ("isolation", by_isolation)):
            if moves:
                events.append(AffectStirred(reason, tuple(moves), causes=causes))
        return events


def _spent(world: World, before: Bodies, after: Bodies, causes: tuple[str, ...]) -> tuple[EnergySpent, ...]:
    """The energy that the fatigue of new conditions takes from those present."""
    rhythm, timepoint = world[Rhythm], world[Timeline].current
    spent = []
    for entity in timepoint.present:
        more = after.fatigue(entity) - before.fatigue(entity)
        if more > LEAST:
            spent.append((entity, round(min(rhythm.energy(entity), FATIGUE_EXERTION * more), 6)))
    return (EnergySpent(timepoint.at, tuple(spent), causes=causes),) if spent else ()


def _decided(world: World) -> Sequence[Event]:
    """The conditions that the scene's decision brings or has treated."""
    bodies, question = world[Bodies], world[Timeline].current.question
    if question is None or Speech not in world or not world[Speech].settled:
        return ()
    course, causes = f"{question.id}/{world[Speech].settled}", (bodies.opening,)
    events: list[Event] = []
    for one in bodies.stated:
        if one.begins_by == course:
            events.append(ConditionBegan(one.entity, one.key, one.condition, causes=causes))
        if one.treated_by == course and one.key in bodies.of(one.entity):
            events.append(ConditionTreated(one.entity, one.key, causes=causes))
    return tuple(events)
