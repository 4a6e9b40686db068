"""M14 circadian: what hour is it for whom, how awake are they, and what does an effort cost them?

Inputs: the template's start time and ``metadata.circadian_config`` (keys: see ``sleep_schedule``), story
    time, the turn just said (M11), arousal (M6).
Units: story time in hours since the run's start; clock hours on a dial of 24 parts a local day; energy in
    [0, 100]; sleepiness KSS in [1, 9].

Formulas: alertness by the three-process model (``formulas.sleep``: Borbély 1982; Daan 1984; Ingre 2014;
    defaults of FIPS, Wilson 2020). Then

    energy     100*(9 - KSS)/8 - exertion, never below 0
    speaking   .03 a word * (.5 + arousal) * penalty        listening  .08 a turn * penalty   [cal]
    penalty    1.0 at the best hour of the inner clock, 1.5 twelve hours from it
    rest       exertion halves with every 2 hours between moments [cal]

    Between moments everybody keeps their hours. Who is present in a moment that falls into their night was
    woken for it (with sleep inertia), unless they were up within the last hour. Fatigue of the body at the
    start counts as exertion, 50 points at the most [cal].

Stages: PERCEIVE emits ``Rested`` (what the hours since somebody was last up did), SETTLE ``EnergySpent``.

Errors: ``TemplateError`` for a wrong ``circadian_config``; ``MechanismError`` for a time after the year 9999.

Example: ``Circadian(model=INGRE_5C, rest_half_life=1.0)`` in ``Simulation(mechanisms=[...])``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from attrs import field, frozen, validators

from timepoint_pro.formulas import sleep
from timepoint_pro.mechanisms.base import Context, Spec, Stage, Start
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.rhythm import EnergySpent, Rested, Rhythm, Vigil
from timepoint_pro.mechanisms.sleep_schedule import circadian_of, start_of
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import Timeline
from timepoint_pro.records.turn import Floor
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

__all__ = ["Circadian", "EnergySpent", "Rested", "Rhythm", "Vigil"]


@frozen
class Circadian:
    """M14 circadian.

    Args:
        model: constants of the three-process model; ``INGRE_5C`` is the other published set.
        word_cost: points of energy a spoken word at arousal .5 and the best hour.
        listening_cost: points of energy a turn of somebody else's.
        rest_half_life: hours between moments that halve exertion.
    """

    spec: ClassVar[Spec] = Spec(
        code="M14",
        name="circadian rhythm",
        stages=(Stage.PERCEIVE, Stage.SETTLE),
        reads=(Rhythm, Minds, Timeline, Floor),
        emits=(Rested, EnergySpent),
    )

    model: sleep.ThreeProcess = sleep.FIPS
    word_cost: float = field(default=0.03, validator=validators.ge(0.0))
    listening_cost: float = field(default=0.08, validator=validators.ge(0.0))
    rest_half_life: float = field(default=2.0, validator=validators.gt(0.0))

    def start(self, template: Template, /) -> Start:
        """The hour at which the run starts, and the hours that people keep."""
        start = start_of(template)
        place, habits = circadian_of(template, start)
        return Start(facets=(Rhythm(start=start, place=place, habits=habits, model=self.model),))

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        """What the hours between moments restored, or what a turn cost."""
        return self._rest(world) if ctx.stage is Stage.PERCEIVE else self._spend(world)

    def _rest(self, world: World) -> Sequence[Event]:
        rhythm, timepoint = world[Rhythm], world[Timeline].current
        people = []
        for name in timepoint.present:
            vigil = rhythm.vigil(name)
            level, woke = rhythm.roused(vigil)
            rested = vigil.exertion * (2.0 ** (-(rhythm.now - vigil.since) / self.rest_half_life) - 1.0)
            people.append((name, round(level, 6), round(woke, 6), round(rested, 6)))
        return (Rested(timepoint.at, tuple(people), causes=(rhythm.opening,)),)

    def _spend(self, world: World) -> Sequence[Event]:
        floor, rhythm, minds = world[Floor], world[Rhythm], world[Minds]
        turn = floor.last
        if turn is None:
            return ()
        spent = []
        for name in world[Timeline].current.present:
            cost = self.listening_cost
            if name == turn.speaker:
                cost = self.word_cost * len(turn.content.split()) * (0.5 + minds.arousal(name))
            vigil = rhythm.vigil(name)
            body_hour = rhythm.body_hour(vigil)
            cost *= vigil.rhythm.model.circadian_penalty(body_hour)
            spent.append((name, round(min(cost, rhythm.energy(name)), 6)))
        return (EnergySpent(floor.at, tuple(spent), causes=(floor.last_entry,)),)
