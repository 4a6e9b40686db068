"""What records name by id, looked up in the run's tables: people, handles, exposures with their roots.

People and handles are few and held; exposures grow with a run, so that only those asked for lately are held.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import orjson
from attrs import define, field, frozen

from timepoint_pro.errors import DataError
from timepoint_pro.exporters.contract import Source
from timepoint_pro.llm.scripted.animate import SPEECH_KINDS

REMEMBERED = 4_096

_COLUMNS = "exposure_id, item_id, content, how, source, timepoint_id, confidence, parents"
_EXPOSURE = f"SELECT {_COLUMNS} FROM exposure_events WHERE run_id = ? AND exposure_id = ?"
_EXPOSURES = f"SELECT {_COLUMNS} FROM exposure_events WHERE run_id = ? AND exposure_id BETWEEN ? AND ?"
_HELD = """
WITH RECURSIVE way(chunk) AS (
    SELECT chunk FROM chunks WHERE run_id = ? AND chunk = ?
    UNION SELECT c.parent FROM chunks AS c JOIN way ON c.run_id = ? AND c.chunk = way.chunk WHERE c.parent IS NOT NULL
)
SELECT exposure_id FROM exposure_events
WHERE run_id = ? AND entity_id = ? AND item_id = ? AND timestamp <= ?
    AND (timepoint_id = '' OR timepoint_id IN (SELECT chunk FROM way))
ORDER BY timestamp, exposure_id LIMIT 1
"""


@frozen
class Person:
    """An entity as records name it. ``details`` is its open metadata: traits, goals, body, voice."""

    id: str
    name: str
    kind: str
    role: str
    archetype: str
    details: Mapping[str, Any]


def answers(person: Person) -> bool:
    """Whether somebody has words of their own; of other beings it is told what they do."""
    return person.kind in SPEECH_KINDS


@frozen
class Origin:
    """An exposure. ``shown`` is it as a line of provenance shows it, with the ids of its roots."""

    content: str
    parents: tuple[str, ...]
    shown: dict[str, Any]


@define(slots=False)
class Lookups:
    """The tables of one run, by id.

    Raises:
        DataError: from every look-up, when the run's tables lack what its dialogs name.
    """

    source: Source
    _origins: dict[str, Origin] = field(factory=dict, init=False)
    _read_ahead: dict[str, tuple[Any, ...]] = field(factory=dict, init=False)

    @cached_property
    def people(self) -> Mapping[str, Person]:
        """Everyone in the run, by id, in order of introduction."""
        return {
            row["entity_id"]: Person(
                row["entity_id"], row["name"] or row["entity_id"], row["entity_type"], row["role"] or "",
                row["archetype"] or "", orjson.loads(row["metadata"] or "{}"),
            )
            for row in self.source.rows("entities", "position, entity_id")
        }  # fmt: skip

    @cached_property
    def handles(self) -> Mapping[str, str]:
        """Items that have a handle, with it."""
        return {item["id"]: item["handle"] for item in self._items if item.get("handle")}

    @cached_property
    def statements(self) -> Mapping[str, str]:
        """What each item says."""
        return {item["id"]: item["content"] for item in self._items}

    @cached_property
    def bearings(self) -> Mapping[str, frozenset[str]]:
        """The questions that each item bears on, by its id; an item that bears on none is left out."""
        return {
            item["id"]: frozenset(name.partition("/")[0] for name, weight in item["bearing"] if weight)
            for item in self._items if item.get("bearing")
        }  # fmt: skip

    @property
    def _items(self) -> Iterator[dict[str, Any]]:
        """Every item as it was stated. Read anew each time: what is kept of them is small."""
        rows = self.source.store.iterate(
            "SELECT body FROM events WHERE run_id = ? AND type = 'ItemStated'", (self.source.run_id,)
        )
        return (orjson.loads(row["body"])["item"] for row in rows)

    def person(self, entity_id: str) -> Person:
        """The entity of that id."""
        found = self.people.get(entity_id)
        if found is None:
            raise self._missing("entities", entity_id)
        return found

    def name(self, entity_id: str) -> str:
        """Display name of an entity; any other word stands for itself."""
        found = self.people.get(entity_id)
        return entity_id if found is None else found.name

    def prepare(self, place: str) -> None:
        """Read the exposures of a moment (or of ``"start"``) at once: their ids begin alike, ``x:{place}:``.

        Only a saving: what it does not find is read when it is asked for.
        """
        if len(self._read_ahead) >= REMEMBERED:
            self._read_ahead.clear()
        first = f"x:{place}:"
        rows = self.source.store.tuples(_EXPOSURES, (self.source.run_id, first, f"{first}\uffff"))
        self._read_ahead.update([(row[0], row) for row in rows])

    def origin(self, exposure_id: str) -> Origin:
        """The exposure of that id, with the roots of its paths."""
        found = self._origins.get(exposure_id)
        if found is None:
            found = self._read(exposure_id)
            if found.parents:
                found.shown["roots"] = self._roots(found.parents)
            if len(self._origins) >= REMEMBERED:
                self._origins.clear()
            self._origins[exposure_id] = found
        return found

    def made(self, origin: Origin) -> str:
        """When what an exposure rests on was first known, ISO 8601: words such as "last night" hang on that day."""
        roots = origin.shown["roots"]
        marks = ", ".join("?" * len(roots))
        row = self.source.store.first(
            f"SELECT min(timestamp) FROM exposure_events WHERE run_id = ? AND exposure_id IN ({marks})",
            (self.source.run_id, *roots),
        )
        assert row is not None
        return str(row[0])

    def held(self, entity_id: str, item_id: str, at: str, timestamp: str) -> Origin | None:
        """How somebody first came to hold an item on the way of the story to a moment; None where they do not.

        Args:
            entity_id: who.
            item_id: what.
            at: id of the moment.
            timestamp: until when, ISO 8601.
        """
        run_id = self.source.run_id
        row = self.source.store.first(_HELD, (run_id, at, run_id, run_id, entity_id, item_id, timestamp))
        return None if row is None else self.origin(row[0])

    def _roots(self, parents: tuple[str, ...]) -> list[str]:
        """Where the paths to ``parents`` begin, sorted. An exposure that is held knows its own roots already."""
        roots: set[str] = set()
        seen: set[str] = set()
        waiting = list(parents)
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            held = self._origins.get(one)
            if held is not None:
                roots.update(held.shown["roots"])
                continue
            above = self._read(one).parents
            if above:
                waiting.extend(above)
            else:
                roots.add(one)
        return sorted(roots)

    def _read(self, exposure_id: str) -> Origin:
        ahead = self._read_ahead.get(exposure_id)
        if ahead is not None:
            return _origin(ahead)
        row = self.source.store.first(_EXPOSURE, (self.source.run_id, exposure_id))
        if row is None:
            raise self._missing("exposure_events", exposure_id)
        return _origin(row)

    def _missing(self, table: str, name: str) -> DataError:
        return DataError(
            f"run {self.source.run_id!r}: its dialogs name {name!r}, which its table {table} does not hold; "
            f"the database is incomplete, so export a complete copy of the run instead"
        )


def _origin(row: tuple[Any, ...]) -> Origin:
    """An exposure from its row, in the order of ``_COLUMNS``; as its own root until its parents are looked at."""
    exposure_id, item, content, how, source, at, confidence, parents = row
    shown = {
        "exposure_id": exposure_id, "item_id": item, "how": how, "source": source, "timepoint_id": at,
        "confidence": confidence, "roots": [exposure_id],
    }  # fmt: skip
    return Origin(content, () if parents == "[]" else tuple(orjson.loads(parents)), shown)
