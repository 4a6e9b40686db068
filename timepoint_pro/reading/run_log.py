"""The log of one run: its chunks, the paths through them, and the world after any of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

import orjson
from attrs import define

from timepoint_pro.engine.loop import NextReleased, first_world
from timepoint_pro.engine.stored_journal import codec_of
from timepoint_pro.mechanisms.base import Mechanism
from timepoint_pro.modes.base import Mode
from timepoint_pro.modes.catalogue import mode_for
from timepoint_pro.modes.rounds import RoundBegun, round_key
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.world import World
from timepoint_pro.store.database import Store
from timepoint_pro.templates import Template

E = TypeVar("E", bound=Event)

START = "start"
"""Key of the chunk that stands before the first moment."""


@define(slots=False, eq=False)
class RunLog:
    """The log of a run, read from the database once.

    Args:
        store: the database.
        row: the run's row in ``runs``.
        mechanisms: those that the run was made with.
    """

    store: Store
    row: Mapping[str, Any]
    mechanisms: tuple[Mechanism, ...]

    @cached_property
    def template(self) -> Template:
        """The template as it was when the run was made."""
        return Template.from_dict(orjson.loads(self.row["template_json"]), source=self.row["run_id"])

    @cached_property
    def mode(self) -> Mode:
        """The mode that planned the run."""
        return mode_for(self.template, self.row["temporal_mode"])

    @cached_property
    def chunks(self) -> Mapping[str, tuple[Entry, ...]]:
        """Key of each chunk to its entries, in the order in which they were committed."""
        codec = codec_of(self.mechanisms, self.mode)
        chunks: dict[str, list[Entry]] = {key: [] for key in self.parents}
        for row in self.store.event_rows(self.row["run_id"]):
            chunks[row["chunk"]].append(codec.entry(row))
        return {key: tuple(entries) for key, entries in chunks.items()}

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """Key of each chunk to that of the chunk whose world it goes on from; empty for the first."""
        return dict(self.store.chunk_keys(self.row["run_id"]))

    @cached_property
    def first_world(self) -> World:
        """The world before anything happened."""
        return first_world(self.template, self.mechanisms, self.mode)

    def events(self, kind: type[E]) -> Iterator[E]:
        """The events of one kind, in the order of the log."""
        for entries in self.chunks.values():
            for entry in entries:
                if isinstance(entry.event, kind):
                    yield entry.event

    def lineage(self, last: str) -> tuple[str, ...]:
        """Keys of the chunks on the way to ``last``, the first one first."""
        keys = [last]
        while self.parents.get(keys[-1]):
            keys.append(self.parents[keys[-1]])
        return tuple(reversed(keys))

    def world_after(self, last: str) -> World:
        """The world after the chunk of that key."""
        world = self.first_world
        for key in self.lineage(last):
            world = world.fold(self.chunks.get(key, ()))
        return world

    @cached_property
    def last_world(self) -> World:
        """The world at the end of the main path."""
        return self.world_after(self.end or START)

    @cached_property
    def end(self) -> str:
        """Id of the last timepoint on the main path; empty where none was played.

        The main path follows the trunk, and where that ends the first branch.
        """
        chunks = self.chunks
        end, plan = "", next((key for key in chunks if key.startswith("plan")), "plan")
        while plan in chunks:
            released = [one.event.timepoints for one in chunks[plan] if isinstance(one.event, NextReleased)]
            begun = [one.event.number for one in chunks[plan] if isinstance(one.event, RoundBegun)]
            if begun and released and not released[0]:
                plan = round_key(begun[0])
                continue
            if not released or not released[0] or released[0][0] not in chunks:
                break
            end = released[0][0]
            plan = f"plan:{end}"
        return end
