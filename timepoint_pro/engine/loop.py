"""The engine: folds the log into a world, calls the mechanisms stage by stage, commits each moment.

It is the only caller of mechanisms and modes. One moment goes::

    TimepointOpened
    PLAN        one mechanism after the other, each seeing what the last one did
    PERCEIVE    from here on, all mechanisms of a stage see the same world
    DELIBERATE
      ACT       \\
      VERIFY     | a beat: one dialog turn, until somebody ends the scene
      LEARN      |
      SETTLE    /
    REFLECT
    CHECK
    TimepointClosed, commit

then the mode is asked what comes next. Several moments at once are branches: each goes on from the same world.
Moments beside one another on one path are played at the same time, each from the world before the first of them.
Where the mode sets time back (``RoundBegun``), the path ends; another begins from the world before the first moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

from attrs import field, frozen

from timepoint_pro.engine.ahead import Ahead
from timepoint_pro.engine.branches import on_branch
from timepoint_pro.engine.journal import Journal
from timepoint_pro.engine.open_chunk import OpenChunk
from timepoint_pro.engine.probing import Probing
from timepoint_pro.errors import MechanismError
from timepoint_pro.llm.gateway import Gateway
from timepoint_pro.mechanisms.base import Mechanism, Stage, Start
from timepoint_pro.modes.base import Planner
from timepoint_pro.modes.rounds import RoundBegun, round_key
from timepoint_pro.records.draws import Dice
from timepoint_pro.records.entity import Cast, EntityAsked, EntityIntroduced
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.timepoint import (
    Timeline,
    Timepoint,
    TimepointClosed,
    TimepointOpened,
    TimepointPlanned,
)
from timepoint_pro.records.turn import Floor, SceneEnded, TurnAdmitted, TurnProposed, TurnRefused
from timepoint_pro.records.world import Facet, World
from timepoint_pro.templates import Template

ENGINE = "engine"
SILENT_BEATS = 1000


@frozen
class NextReleased(Event):
    """The mode's answer to what comes next.

    Args:
        timepoints: ids of planned moments; none when this path is done.
        beside: ids of those that are released later and played from this world.
    """

    timepoints: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


ENGINE_EVENTS = (
    EntityIntroduced, EntityAsked, TimepointPlanned, TimepointOpened, TimepointClosed, NextReleased,
    TurnProposed, TurnAdmitted, TurnRefused, SceneEnded,
)  # fmt: skip

Listener = Callable[[Entry, World], None]


def code_order(code: str) -> tuple[int, str]:
    """Sort key of mechanism codes: M3 before M10, a user's own codes last by name."""
    return (int(code[1:]), "") if code[:1] == "M" and code[1:].isdigit() else (1000, code)


def in_order(mechanisms: Iterable[Mechanism]) -> tuple[Mechanism, ...]:
    """``mechanisms`` by code."""
    return tuple(sorted(mechanisms, key=lambda one: code_order(one.spec.code)))


def first_world(template: Template, mechanisms: Iterable[Mechanism], mode: Planner) -> World:
    """The world before anything happened: every facet as its mechanism brings it."""
    return _world_of(mode.start(template), *(one.start(template) for one in in_order(mechanisms)))


def _world_of(*starts: Start) -> World:
    facets: list[Facet] = [Cast(), Timeline(), Floor()]
    for start in starts:
        facets.extend(start.facets)
    return World(facets)


@frozen
class Player:
    """A mechanism with what the engine asks of its spec at every call."""

    mechanism: Mechanism
    code: str
    emits: frozenset[type[Event]]


@frozen
class Engine:
    """Plays one run.

    Args:
        template: what is simulated.
        cast: those who exist at the start.
        mechanisms: of any order; the engine sorts them by code.
        mode: plans the moments.
        gateway: the way to models.
        journal: where chunks are kept, and found again on resuming.
        seed: of the original run.
        listener: is told every entry once it is folded, with the world after it.
    """

    template: Template
    cast: tuple[EntityIntroduced, ...]
    mechanisms: tuple[Mechanism, ...] = field(converter=in_order)
    mode: Planner
    gateway: Gateway
    journal: Journal
    seed: int = 0
    listener: Listener | None = None
    _stages: Mapping[Stage, tuple[Player, ...]] = field(init=False, repr=False, eq=False)

    @_stages.default
    def _assign(self) -> Mapping[Stage, tuple[Player, ...]]:
        ordered = sorted(self.mechanisms, key=lambda one: one.spec.order)
        players = [Player(one, one.spec.code, frozenset(one.spec.emits)) for one in ordered]
        return {stage: tuple(one for one in players if stage in one.mechanism.spec.stages) for stage in Stage}

    async def run(self) -> World:
        """Play the run to its end, going on from what the journal holds; the last world of its main path."""
        world = self._start()
        return await self.go_on(world, "start", self._first_plan())

    def _start(self) -> World:
        mode_start = self.mode.start(self.template)
        starts = [(one.spec, one.start(self.template)) for one in self.mechanisms]
        world = _world_of(mode_start, *(start for _, start in starts))
        kept = self.journal.find("start")
        if kept is not None:
            return world.fold(kept)
        chunk = OpenChunk("start", "", "", Dice(self.seed, "start"), self.gateway)
        world = self._fold(chunk, world, ENGINE, self.cast, frozenset((EntityIntroduced,)))
        world = self._fold(chunk, world, "M17", mode_start.events, frozenset(self.mode.emits))
        for spec, start in starts:
            world = self._fold(chunk, world, spec.code, start.events, frozenset(spec.emits))
        self.journal.commit(chunk.finished(), world)
        return world

    async def go_on(self, world: World, parent: str, plan_key: str) -> World:
        """Follow one path to its end; branches grow at the same time from the world at which they part."""
        async with Ahead(self.journal, self._play) as ahead:
            return await self._follow(world, parent, plan_key, ahead)

    async def _follow(self, world: World, parent: str, plan_key: str, ahead: Ahead) -> World:
        begun: RoundBegun | None = None
        while True:
            world = await self._plan(world, plan_key, parent, begun)
            following = self._released(world, plan_key)
            begun = None if following else self._set_back(plan_key)
            if begun is not None:
                world, parent, plan_key = self._start(), "start", round_key(begun.number)
                continue
            if not following:
                return world
            if len(following) > 1:
                return await self._branch(world, plan_key, following)
            timepoint = following[0]
            ahead.expect(self._beside(world, plan_key), world)
            world = await self._moment(world, timepoint, plan_key, ahead)
            parent, plan_key = timepoint.id, f"plan:{timepoint.id}"

    def _beside(self, world: World, plan_key: str) -> list[Timepoint]:
        """Moments that are released later and played from this world."""
        entries = self.journal.find(plan_key) or ()
        ids = {name for one in entries if isinstance(one.event, NextReleased) for name in one.event.beside}
        return [one for one in world[Timeline].planned if one.id in ids]

    async def _branch(self, world: World, parent: str, following: Sequence[Timepoint]) -> World:
        gate = asyncio.Semaphore(self.template.temporal.max_parallel_workers)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._branch_path(world, parent, one, gate)) for one in following]
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return tasks[0].result()

    async def _branch_path(self, world: World, parent: str, timepoint: Timepoint, gate: asyncio.Semaphore) -> World:
        async with gate:
            world = await self._moment(world, timepoint, parent)
            return await self.go_on(world, timepoint.id, f"plan:{timepoint.id}")

    def _first_plan(self) -> str:
        """Key of the first plan: that of a round, in a fork that begins after time was set back."""
        if self.journal.find("plan") is None:
            for number in range(2, self.template.moments + 1):
                if self.journal.find(round_key(number)) is not None:
                    return round_key(number)
        return "plan"

    def _set_back(self, plan_key: str) -> RoundBegun | None:
        """The round that begins from the world before the first moment, where the plan of that key set time back."""
        entries = self.journal.find(plan_key) or ()
        return next((one.event for one in entries if isinstance(one.event, RoundBegun)), None)

    async def _plan(self, world: World, key: str, parent: str, begun: RoundBegun | None = None) -> World:
        kept = self.journal.find(key)
        if kept is not None:
            return world.fold(kept)
        timeline = world[Timeline]
        moment = f"plan:{timeline.passed[-1].key}" if timeline.passed else key
        chunk = OpenChunk(key, parent, parent if parent != "start" else "", Dice(self.seed, moment), self.gateway)
        chunk.at = timeline.until
        chunk.prober = Probing(self, world, chunk.calls)
        if begun is not None:
            world = self._fold(chunk, world, "M17", (begun,), frozenset((RoundBegun,)))
        plan = on_branch(await self.mode.plan(world, chunk.context("M17")), timeline)
        world = self._fold(chunk, world, "M17", plan.events, frozenset(self.mode.emits))
        released = NextReleased(tuple(one.id for one in plan.next), tuple(one.id for one in plan.beside))
        world = self._fold(chunk, world, ENGINE, (released,), frozenset((NextReleased,)))
        self.journal.commit(chunk.finished(), world)
        return world

    def _released(self, world: World, plan_key: str) -> list[Timepoint]:
        entries = self.journal.find(plan_key)
        assert entries is not None
        ids = [one for entry in entries if isinstance(entry.event, NextReleased) for one in entry.event.timepoints]
        planned = {timepoint.id: timepoint for timepoint in world[Timeline].planned}
        missing = [one for one in ids if one not in planned]
        if missing:
            raise MechanismError("M17", f"released {missing[0]} without a TimepointPlanned event for it")
        return [planned[one] for one in ids]

    async def _moment(
        self, world: World, timepoint: Timepoint, parent: str, ahead: Ahead | None = None
    ) -> World:
        kept = self.journal.find(timepoint.id)
        if kept is not None:
            return world.fold(kept)
        chunk = await ahead.played(timepoint) if ahead is not None else None
        if chunk is not None:
            world = world.fold(chunk.entries)
        else:
            chunk, world = await self._play(world, timepoint, self.journal.asked())
        chunk.parent = parent
        self.journal.commit(chunk.finished(), world)
        return world

    async def _play(
        self, world: World, timepoint: Timepoint, asked: Sequence[EntityAsked] = ()
    ) -> tuple[OpenChunk, World]:
        """A moment played from ``world``: its chunk, not committed yet, and the world after it."""
        chunk = OpenChunk(timepoint.id, "", timepoint.id, Dice(self.seed, timepoint.key), self.gateway)
        chunk.at = timepoint.at
        opening: tuple[Event, ...] = (TimepointOpened(timepoint), *asked)
        world = self._fold(chunk, world, ENGINE, opening, frozenset((TimepointOpened, EntityAsked)))
        world = await self._in_turn(chunk, world, Stage.PLAN)
        for stage in (Stage.PERCEIVE, Stage.DELIBERATE):
            world = await self._stage(chunk, world, stage)
        world = await self._beats(chunk, world)
        for stage in (Stage.REFLECT, Stage.CHECK):
            world = await self._stage(chunk, world, stage)
        floor = world[Floor]
        closed = TimepointClosed(timepoint.id, floor.at, floor.spoken, floor.ended)
        return chunk, self._fold(chunk, world, ENGINE, (closed,), frozenset((TimepointClosed,)))

    async def _beats(self, chunk: OpenChunk, world: World) -> World:
        """ACT to SETTLE, one beat a turn, until the scene ends."""
        chunk.beat = 0
        while self._stages[Stage.ACT] and not world[Floor].ended:
            chunk.attempt = world[Floor].attempt
            chunk.at = world[Floor].at
            world = await self._stage(chunk, world, Stage.ACT)
            if world[Floor].proposed is not None:
                world = await self._stage(chunk, world, Stage.VERIFY)
                world = self._admit_unjudged(chunk, world)
            if world[Floor].attempt:
                continue
            chunk.attempt = 0
            chunk.at = world[Floor].at
            if world[Floor].last is not None:
                for stage in (Stage.LEARN, Stage.SETTLE):
                    world = await self._stage(chunk, world, stage)
            chunk.beat += 1
            if chunk.beat - world[Floor].spoken > SILENT_BEATS:
                raise MechanismError("M11", f"{chunk.key} has {SILENT_BEATS} silent beats and does not end")
        chunk.beat = -1
        return world

    def _admit_unjudged(self, chunk: OpenChunk, world: World) -> World:
        """Without a mechanism that verifies (an ablation), what is proposed is said."""
        turn = world[Floor].proposed
        if turn is None:
            return world
        seconds = len(turn.content.split()) / 150.0 * 60.0 + 2.0
        admitted = TurnAdmitted(turn.id, seconds, causes=(world[Floor].proposed_entry,))
        return self._fold(chunk, world, ENGINE, (admitted,), frozenset((TurnAdmitted,)))

    async def _stage(self, chunk: OpenChunk, world: World, stage: Stage) -> World:
        """All mechanisms of a stage see the same world; what they emit folds afterwards, in order of code."""
        chunk.stage = stage
        before = len(chunk.entries)
        for player in self._stages[stage]:
            for event in await player.mechanism(world, chunk.context(player.code)):
                chunk.stamp(player.code, event, player.emits)
        return self._settle(chunk, world, before)

    async def _in_turn(self, chunk: OpenChunk, world: World, stage: Stage) -> World:
        """The mechanisms of a stage one after the other, each seeing what the last one did."""
        chunk.stage = stage
        for player in self._stages[stage]:
            events = await player.mechanism(world, chunk.context(player.code))
            world = self._fold(chunk, world, player.code, events, player.emits)
        return world

    def _fold(
        self, chunk: OpenChunk, world: World, code: str, events: Sequence[Event], allowed: frozenset[type[Event]]
    ) -> World:
        before = len(chunk.entries)
        for event in events:
            chunk.stamp(code, event, allowed)
        return self._settle(chunk, world, before)

    def _settle(self, chunk: OpenChunk, world: World, before: int) -> World:
        fresh = chunk.entries[before:]
        if not fresh:
            return world
        world = world.fold(fresh)
        if self.listener is not None:
            for entry in fresh:
                self.listener(entry, world)
        return world
