"""A small engine for the tests of M3, M4 and M7: it opens moments, says turns, and folds what follows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from timepoint_pro.mechanisms.base import Mechanism, Stage
from timepoint_pro.records.draws import Dice, Draws
from timepoint_pro.records.entity import Cast, Entity, EntityIntroduced
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.timepoint import Timeline, Timepoint, TimepointClosed, TimepointOpened, TimepointPlanned
from timepoint_pro.records.turn import Floor, Turn, TurnAdmitted, TurnProposed
from timepoint_pro.records.world import Facet, World
from timepoint_pro.templates import Template


class Moment:
    """The context of a call."""

    def __init__(self, stage: Stage, dice: Dice, attempt: int = 0) -> None:
        self.stage, self.attempt = stage, attempt
        self._dice = dice

    def rng(self, *key: str) -> Draws:
        return self._dice.draws(*key)


class Story:
    """A run in the making. ``entries`` is its log."""

    def __init__(
        self,
        mechanisms: Sequence[Mechanism],
        people: Iterable[str | Entity],
        template: Template | None = None,
        facets: Iterable[Facet] = (),
    ) -> None:
        self.mechanisms = mechanisms
        self.entries: list[Entry] = []
        template = template or Template(scenario_description="A test.")
        starts = [mechanism.start(template) for mechanism in mechanisms]
        own = [facet for start in starts for facet in start.facets]
        self.world = World([Cast(), Timeline(), Floor(), *own, *facets])
        self.place, self.dice = "start", Dice(7, "start")
        self.fold(EntityIntroduced(one if isinstance(one, Entity) else Entity(one, one.capitalize())) for one in people)
        for mechanism, start in zip(mechanisms, starts, strict=True):
            self.fold(start.events, mechanism.spec.code)

    def fold(self, events: Iterable[Event], code: str = "engine") -> list[Entry]:
        timeline = self.world[Timeline]
        moment = timeline.now.id if timeline.now is not None else ""
        fresh = [
            Entry(f"{self.place}#{len(self.entries) + number}", moment, self.world[Floor].at, 0, code, event)
            for number, event in enumerate(events)
        ]
        self.entries += fresh
        self.world = self.world.fold(fresh)
        return fresh

    def stage(self, stage: Stage) -> list[Event]:
        """Call every mechanism of ``stage`` on the same world, then fold; the events."""
        called = []
        for mechanism in self.mechanisms:
            if stage in mechanism.spec.stages:
                context: Any = Moment(stage, self.dice, self.world[Floor].attempt)
                events = asyncio.run(_called(mechanism, self.world, context))
                assert all(type(event) in mechanism.spec.emits for event in events)
                called.append((mechanism.spec.code, events))
        return [entry.event for code, events in called for entry in self.fold(events, code)]

    def open(self, timepoint: Timepoint) -> None:
        self.place, self.dice = timepoint.id, Dice(7, timepoint.key)
        self.fold([TimepointPlanned(timepoint), TimepointOpened(timepoint)])
        self.stage(Stage.PERCEIVE)

    def propose(self, turn: Turn) -> list[Event]:
        """What VERIFY makes of ``turn``."""
        self.fold([TurnProposed(turn, "call", self.world[Floor].attempt)])
        return self.stage(Stage.VERIFY)

    def say(self, turn: Turn, seconds: float = 10.0) -> list[Event]:
        """Say ``turn`` unjudged; what LEARN makes of it."""
        self.fold([TurnProposed(turn, "call"), TurnAdmitted(turn.id, seconds)])
        return self.stage(Stage.LEARN)

    def close(self) -> list[Event]:
        """Reflect, check, close; what was emitted."""
        events = [*self.stage(Stage.REFLECT), *self.stage(Stage.CHECK)]
        floor, now = self.world[Floor], self.world[Timeline].current
        self.fold([TimepointClosed(now.id, floor.at, floor.spoken, "test")])
        return events

    def events(self, kind: type[Event]) -> list[Any]:
        return [entry.event for entry in self.entries if type(entry.event) is kind]


async def _called(mechanism: Mechanism, world: World, context: Any) -> Sequence[Event]:
    return await mechanism(world, context)
