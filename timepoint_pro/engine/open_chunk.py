"""A chunk in the making, mostly one story moment: its dice, its log so far, the context handed to each mechanism."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from timepoint_pro.engine.journal import Chunk
from timepoint_pro.errors import MechanismError
from timepoint_pro.llm.gateway import Gateway
from timepoint_pro.llm.ledger import Call
from timepoint_pro.mechanisms.base import Reply, Stage
from timepoint_pro.modes.base import Planner
from timepoint_pro.prompts.base import Prompt
from timepoint_pro.records.draws import Dice, Draws
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.world import World

R = TypeVar("R")

ASKS_A_YIELD = 8

Prober = Callable[[Planner, str, bool], Awaitable[World]]
"""Plays a planner's moments under a branch, silently or not, and gives the world that comes of it."""


class OpenChunk:
    """Collects the entries and calls of one chunk until it is finished.

    Args:
        key: the chunk's key.
        parent: key of the chunk before.
        timepoint_id: the story moment that entries belong to.
        dice: random numbers of the moment.
        gateway: the way to models.
    """

    def __init__(self, key: str, parent: str, timepoint_id: str, dice: Dice, gateway: Gateway) -> None:
        self.key, self.parent, self.timepoint_id = key, parent, timepoint_id
        self.dice, self.gateway = dice, gateway
        self.entries: list[Entry] = []
        self.calls: list[Call] = []
        self.prober: Prober | None = None
        self.stage = Stage.PLAN
        self.attempt = 0
        self.beat = -1
        self.at = 0.0
        self._asked: dict[str, int] = {}
        self._since_yield = 0

    def context(self, code: str) -> ChunkContext:
        """The context of mechanism ``code`` in this moment.

        Made anew each time: kept here, it and the chunk would hold each other, with all prompts and entries, until the
        collector of cycles passes.
        """
        return ChunkContext(self, code)

    def stamp(self, code: str, event: Event, allowed: frozenset[type[Event]]) -> Entry:
        """Give ``event`` its identity and place in the log.

        Raises:
            MechanismError: when ``code`` does not declare to emit events of this type.
        """
        if type(event) not in allowed:
            raise MechanismError(code, f"emitted {type(event).__name__}, which its spec does not declare")
        entry = Entry(f"{self.key}#{len(self.entries)}", self.timepoint_id, self.at, self.beat, code, event)
        self.entries.append(entry)
        return entry

    def call_key(self, code: str, key: tuple[str, ...]) -> str:
        """Key of the next call of ``code`` under ``key``: calls of one key are numbered."""
        place = "/".join((self.key, code, *key))
        number = self._asked.get(place, 0)
        self._asked[place] = number + 1
        return f"{place}/{number}"

    def due_to_yield(self) -> bool:
        """Whether the event loop should have a turn: a model that answers at once would else never let it."""
        self._since_yield = (self._since_yield + 1) % ASKS_A_YIELD
        return self._since_yield == 0

    def finished(self) -> Chunk:
        """The finished chunk. Calls are in order of key, whatever order they came back in."""
        calls = tuple(sorted(self.calls, key=lambda call: call.key))
        return Chunk(self.key, self.parent, tuple(self.entries), calls)


class ChunkContext:
    """``mechanisms.base.Context`` for one mechanism in one moment; ``modes.base.PlanContext`` where a mode plans."""

    __slots__ = ("_chunk", "_code")

    def __init__(self, chunk: OpenChunk, code: str) -> None:
        self._chunk, self._code = chunk, code

    @property
    def stage(self) -> Stage:
        return self._chunk.stage

    @property
    def attempt(self) -> int:
        return self._chunk.attempt

    def rng(self, *key: str) -> Draws:
        chunk = self._chunk
        if chunk.attempt:
            return chunk.dice.draws(self._code, *key, f"attempt {chunk.attempt}")
        return chunk.dice.draws(self._code, *key)

    async def ask(self, prompt: Prompt[R], *key: str) -> Reply[R]:
        chunk = self._chunk
        # A backend that never waits would keep the loop from delivering Ctrl-C and from passing progress on.
        if chunk.due_to_yield():
            await asyncio.sleep(0)
        place = chunk.call_key(self._code, key)
        seed = int(chunk.dice.draws(self._code, *key, "model").uniform() * 2**53)
        call = await chunk.gateway.ask(prompt, place, seed)
        chunk.calls.append(call)
        return Reply(call.answer, place, call.model, call.tokens_in + call.tokens_out)

    async def probe(self, planner: Planner, branch: str, *, silent: bool = False) -> World:
        prober = self._chunk.prober
        if prober is None:
            raise MechanismError(self._code, "asks for a trial while a moment is played; only a mode can, as it plans")
        return await prober(planner, branch, silent)
