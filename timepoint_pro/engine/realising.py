"""Where a run that plays another path of a portal parts from its parent: after the search, before its first moment.

The search is shared, with all that it found; the layout of the path that won is replaced by that of the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from attrs import frozen

from timepoint_pro.engine.forking import Fork
from timepoint_pro.engine.journal import Chunk
from timepoint_pro.engine.loop import ENGINE, NextReleased
from timepoint_pro.errors import UsageError
from timepoint_pro.modes.base import Drawing, Plan
from timepoint_pro.modes.paths import PathChosen
from timepoint_pro.records.draws import Dice, Draws
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.world import World

PLAN, CODE = "plan", "M17"


@runtime_checkable
class Realising(Protocol):
    """A mode that can play another path than the one that it chose."""

    def realise(self, world: World, ctx: Drawing, path: str, /) -> Plan:
        """The plan that plays ``path``."""
        ...


@frozen
class Drawn:
    """Random numbers of a plan (``modes.base.Drawing``)."""

    dice: Dice

    def rng(self, *key: str) -> Draws:
        return self.dice.draws(CODE, *key)


def realised(mode: object, log: Mapping[str, Sequence[Entry]], first: World, seed: int, path: str) -> Fork:
    """The run that plays ``path`` of a search, before it is played.

    Args:
        mode: of the run that searched.
        log: its log, by chunk.
        first: its world before anything happened.
        seed: of the run.
        path: id of a path that the search kept.

    Raises:
        UsageError: the run has found no paths.
        UnknownNameError: the search kept no such path.
    """
    planned = log.get(PLAN, ())
    end = next((place for place, one in enumerate(planned) if isinstance(one.event, PathChosen)), -1)
    if end < 0 or not isinstance(mode, Realising):
        raise UsageError("path: the run has found no paths to choose from; only portal mode searches for any")
    kept = tuple(planned[: end + 1])
    world = first.fold(log["start"]).fold(kept)
    plan = mode.realise(world, Drawn(Dice(seed, PLAN)), path)
    released = NextReleased(tuple(one.id for one in plan.next))
    added: list[tuple[str, Event]] = [*((CODE, event) for event in plan.events), (ENGINE, released)]
    last = kept[-1]
    entries = tuple(
        Entry(f"{PLAN}#{len(kept) + number}", last.timepoint_id, last.at, -1, code, event)
        for number, (code, event) in enumerate(added)
    )
    chunks = (Chunk("start", "", tuple(log["start"]), ()), Chunk(PLAN, "start", (*kept, *entries), ()))
    return Fork(chunks, plan.next[0], (), (PLAN,), world.fold(entries))
