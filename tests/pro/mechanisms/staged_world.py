"""A world with a few mechanisms in it, and the engine's part played by hand: for tests of single mechanisms."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from timepoint_pro.mechanisms.base import Mechanism, Reply, Stage
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.records.draws import Dice, Draws
from timepoint_pro.records.entity import Cast, Entity, EntityIntroduced
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.timepoint import Timeline, Timepoint, TimepointClosed, TimepointOpened
from timepoint_pro.records.turn import Floor, Turn, TurnAdmitted, TurnProposed
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template


class StagedContext:
    """A context without models."""

    def __init__(self, stage: Stage, code: str, dice: Dice) -> None:
        self.stage, self.attempt, self._code, self._dice = stage, 0, code, dice

    def rng(self, *key: str) -> Draws:
        return self._dice.draws(self._code, *key)

    async def ask(self, prompt: object, *key: str) -> Reply[object]:
        raise AssertionError("these mechanisms ask no model")


class StagedRun:
    """Plays moments for some mechanisms; ``world`` is the world now, ``log`` every event that was folded."""

    def __init__(
        self, mechanisms: Sequence[Mechanism], people: Sequence[Entity], template: Template | None = None, seed: int = 0
    ) -> None:
        self.mechanisms, self.seed = mechanisms, seed
        template = template or Template(scenario_description="A meeting.")
        facets = [facet for one in mechanisms for facet in one.start(template).facets]
        if not any(isinstance(facet, Knowledge) for facet in facets):
            facets.append(Knowledge())
        self.world = World([Cast(), Timeline(), Floor(), *facets])
        self.log: list[Event] = []
        self.dice = Dice(seed, "start")
        for one in people:
            self.fold("engine", EntityIntroduced(one))

    def fold(self, code: str, *events: Event) -> None:
        first = len(self.log)
        self.log.extend(events)
        at = self.world[Floor].at
        self.world = self.world.fold(
            [Entry(f"e#{first + n}", "T", at, -1, code, event) for n, event in enumerate(events)]
        )

    def open(self, timepoint: Timepoint) -> list[Event]:
        self.dice = Dice(self.seed, timepoint.key)
        self.fold("engine", TimepointOpened(timepoint))
        return self.stage(Stage.PERCEIVE)

    def close(self) -> None:
        timepoint, floor = self.world[Timeline].current, self.world[Floor]
        self.fold("engine", TimepointClosed(timepoint.id, floor.at, floor.spoken, "done"))

    def emitted(self, stage: Stage) -> list[tuple[str, Sequence[Event]]]:
        """What each mechanism says to the world as it is; nothing folds."""
        return [
            (one.spec.code, asyncio.run(self._called(one, stage)))
            for one in self.mechanisms
            if stage in one.spec.stages
        ]

    async def _called(self, mechanism: Mechanism, stage: Stage) -> Sequence[Event]:
        return await mechanism(self.world, StagedContext(stage, mechanism.spec.code, self.dice))

    def stage(self, stage: Stage) -> list[Event]:
        events = []
        for code, found in self.emitted(stage):
            events.extend([(code, event) for event in found])
        for code, event in events:
            self.fold(code, event)
        return [event for _, event in events]

    def say(self, turn: Turn, seconds: float = 12.0, *, learn: Sequence[Event] = ()) -> list[Event]:
        self.fold("M11", TurnProposed(turn, "call"))
        self.fold("M4", TurnAdmitted(turn.id, seconds))
        self.fold("M3", *learn)
        self.stage(Stage.LEARN)
        return self.stage(Stage.SETTLE)


def moment(number: int = 0, at: float = 0.0, present: Sequence[str] = ("ada", "bo"), **more: object) -> Timepoint:
    return Timepoint(f"T{number}", f"T{number}", number, at, present=tuple(present), **more)  # type: ignore[arg-type]
