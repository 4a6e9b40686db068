"""What the engine needs of a database: chunks committed whole, and found again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from timepoint_pro.llm.ledger import Call
from timepoint_pro.records.entity import EntityAsked
from timepoint_pro.records.event import Entry
from timepoint_pro.records.world import World


@frozen
class Chunk:
    """The log of one story moment, or of one round of planning: committed in one transaction.

    Args:
        key: ``"start"``, ``"plan"``, ``"plan:T2"`` or the timepoint's id; unique in the run.
        parent: key of the chunk whose world it goes on from; empty for the first.
        entries: its log entries, in order.
        calls: the model calls made for it, in order of key.
    """

    key: str
    parent: str
    entries: tuple[Entry, ...]
    calls: tuple[Call, ...]


class Journal(Protocol):
    """Where a run's chunks are kept."""

    def find(self, key: str) -> Sequence[Entry] | None:
        """Entries of a committed chunk, None where there is none."""
        ...

    def asked(self) -> Sequence[EntityAsked]:
        """What the user asked about entities since the last moment that was committed, by entity."""
        ...

    def commit(self, chunk: Chunk, world: World) -> None:
        """Keep ``chunk`` for good, all or nothing. ``world`` is the world after it."""
        ...
