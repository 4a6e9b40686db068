"""Moments of one path that are played at the same time as an earlier one, since nothing in it has a bearing on them.

Such a moment is played from the world in which it was planned, whenever that happens, so that a resumed run comes out
the same; its log entries take their place when it is released.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Self

from timepoint_pro.engine.journal import Journal
from timepoint_pro.engine.open_chunk import OpenChunk
from timepoint_pro.records.timepoint import Timepoint
from timepoint_pro.records.world import World

Play = Callable[[World, Timepoint], Awaitable[tuple[OpenChunk, World]]]


class Ahead:
    """The moments of one path that were planned beside another, and those of them that are being played.

    Args:
        journal: what it holds is not played again.
        play: plays a moment from a world, without committing it.
    """

    def __init__(self, journal: Journal, play: Play) -> None:
        self._journal, self._play = journal, play
        self._waiting: dict[str, tuple[Timepoint, World]] = {}
        self._tasks: dict[str, asyncio.Task[tuple[OpenChunk, World]]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def expect(self, moments: Sequence[Timepoint], world: World) -> None:
        """These were planned beside the moment that comes next, in ``world``."""
        self._waiting.update({one.id: (one, world) for one in moments})

    async def played(self, timepoint: Timepoint) -> OpenChunk | None:
        """The chunk of a moment that was planned beside another; None for any other, which is played as usual.

        Whatever else is waiting begins to be played.
        """
        for name, (one, world) in self._waiting.items():
            if name not in self._tasks and self._journal.find(name) is None:
                self._tasks[name] = asyncio.ensure_future(self._play(world, one))
        if timepoint.id not in self._waiting:
            return None
        self._waiting.pop(timepoint.id)
        chunk, _world = await self._tasks.pop(timepoint.id)
        return chunk
