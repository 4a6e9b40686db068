"""A run's place in the database, as the engine needs it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from timepoint_pro.engine.journal import Chunk
from timepoint_pro.engine.loop import ENGINE_EVENTS
from timepoint_pro.engine.projection import project
from timepoint_pro.mechanisms.base import Mechanism
from timepoint_pro.modes.base import Mode
from timepoint_pro.records.codec import Codec
from timepoint_pro.records.entity import EntityAsked
from timepoint_pro.records.event import Entry
from timepoint_pro.records.world import World
from timepoint_pro.store.database import Store
from timepoint_pro.store.queries import answer, pending


class StoredJournal:
    """Chunks of one run in the database (``engine.journal.Journal``).

    Args:
        store: the database.
        run_id: of a run that it holds.
        mechanisms, mode: whose events the log may hold.
    """

    def __init__(self, store: Store, run_id: str, mechanisms: Sequence[Mechanism], mode: Mode) -> None:
        self._store, self._run_id = store, run_id
        self._codec = codec_of(mechanisms, mode)
        self._kept: dict[str, tuple[Entry, ...]] = {}
        self._known = {key for key, _parent in store.chunk_keys(run_id)}

    def find(self, key: str) -> Sequence[Entry] | None:
        if key in self._kept:
            return self._kept[key]
        if key not in self._known:
            return None
        return [self._codec.entry(row) for row in self._store.event_rows(self._run_id, key)]

    def asked(self) -> Sequence[EntityAsked]:
        return pending(self._store, self._run_id)

    def commit(self, chunk: Chunk, world: World) -> None:
        rows, totals = project(self._run_id, chunk, world, self._store.run_totals(self._run_id))
        self._store.commit(self._run_id, chunk.key, chunk.parent, rows, totals)
        self._known.add(chunk.key)
        asked = [entry.event for entry in chunk.entries if isinstance(entry.event, EntityAsked)]
        answer(self._store, self._run_id, asked, chunk.key)
        if chunk.key.startswith("plan"):
            self._kept = {chunk.key: chunk.entries}


def codec_of(mechanisms: Iterable[Mechanism], mode: Mode) -> Codec:
    """Reads the log of a run with these mechanisms and mode."""
    types = dict.fromkeys((*ENGINE_EVENTS, *mode.emits))
    for mechanism in mechanisms:
        types.update(dict.fromkeys(mechanism.spec.emits))
    return Codec.of(types)
