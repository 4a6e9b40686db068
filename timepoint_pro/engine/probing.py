"""Trials: moments that a mode has played in order to plan, of which nothing is kept but the calls.

A trial goes on from the world of the plan, with the run's own mechanisms, models and random numbers, in a log that is
thrown away. Its calls are accounted for with those of the plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from timepoint_pro.engine.journal import Chunk
from timepoint_pro.llm.ledger import Call
from timepoint_pro.mechanisms.base import Stage
from timepoint_pro.modes.base import Planner
from timepoint_pro.records.entity import EntityAsked
from timepoint_pro.records.event import Entry
from timepoint_pro.records.world import World

if TYPE_CHECKING:
    from timepoint_pro.engine.loop import Engine

class Scratch:
    """A journal (``engine.journal.Journal``) that lasts as long as a trial; ``calls`` is where its calls go."""

    def __init__(self, calls: list[Call]) -> None:
        self._kept: dict[str, tuple[Entry, ...]] = {}
        self._calls = calls

    def find(self, key: str) -> Sequence[Entry] | None:
        return self._kept.get(key)

    def asked(self) -> Sequence[EntityAsked]:
        return ()

    def commit(self, chunk: Chunk, world: World) -> None:
        self._kept[chunk.key] = chunk.entries
        self._calls.extend(chunk.calls)


@frozen
class Probing:
    """Plays trials from one world.

    Args:
        engine: of the run.
        world: the world of the plan.
        calls: of the plan; a trial adds its own.
    """

    engine: Engine
    world: World
    calls: list[Call]

    async def __call__(self, planner: Planner, branch: str, silent: bool) -> World:
        """The world after the last of ``planner``'s moments on ``branch``; ``silent``: nobody speaks in them."""
        mechanisms = self.engine.mechanisms
        if silent:
            mechanisms = tuple(one for one in mechanisms if Stage.ACT not in one.spec.stages)
        engine = evolve(
            self.engine, mechanisms=mechanisms, mode=planner, journal=Scratch(self.calls), listener=None
        )  # fmt: skip
        fresh = [facet for facet in planner.start(self.engine.template).facets if type(facet) not in self.world]
        return await engine.go_on(World((*self.world.facets(), *fresh)), "start", f"plan:{branch}")
