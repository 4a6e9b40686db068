"""Events and values as plain JSON data and back, by one converter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args, get_origin

import orjson
from attrs import frozen
from cattrs import Converter

from timepoint_pro.errors import DataError
from timepoint_pro.records.event import Entry, Event

CONVERTER = Converter(omit_if_default=True, unstruct_collection_overrides={tuple: list})
_LOG = Converter(omit_if_default=True, unstruct_collection_overrides={tuple: list})


def _holds_primitives(kind: Any) -> bool:
    """Whether ``kind`` is a tuple of strings and numbers, or of such tuples: JSON takes it as it is."""
    if get_origin(kind) is not tuple:
        return False
    return all(one in (str, int, float, bool, Ellipsis) or _holds_primitives(one) for one in get_args(kind))


def _as_it_is(value: Any) -> Any:
    return value


_LOG.register_unstructure_hook_func(_holds_primitives, _as_it_is)


def event_body(event: Event) -> str:
    """The JSON of an event as the log keeps it; fields at their default are left out."""
    return orjson.dumps(_LOG.unstructure(event)).decode()


def to_plain(value: Any) -> Any:
    """``value`` (an attrs instance) as dicts, lists, strings and numbers; fields at their default are left out."""
    return CONVERTER.unstructure(value)


def dumps(value: Any) -> str:
    """``value`` as one line of JSON with sorted keys."""
    return orjson.dumps(CONVERTER.unstructure(value), option=orjson.OPT_SORT_KEYS).decode()


@frozen
class Codec:
    """Reads log entries back. ``types`` maps the names of event types to the types.

    Args:
        types: every event type that a run's mechanisms and mode may emit.
    """

    types: dict[str, type[Event]]

    @classmethod
    def of(cls, types: Iterable[type[Event]]) -> Codec:
        """A codec of these event types.

        Raises:
            ValueError: when two different types have one name.
        """
        known: dict[str, type[Event]] = {}
        for kind in types:
            if known.setdefault(kind.__name__, kind) is not kind:
                raise ValueError(f"two event types are named {kind.__name__}: rename one")
        return cls(known)

    def event(self, name: str, body: str) -> Event:
        """The event of type ``name`` from its JSON.

        Raises:
            KeyError: for a type that no mechanism of this run emits.
        """
        return CONVERTER.structure(orjson.loads(body), self.types[name])

    def entry(self, row: dict[str, Any]) -> Entry:
        """A log entry from its row in the ``events`` table.

        Raises:
            DataError: for an event of a mechanism that is not here.
        """
        if row["type"] not in self.types:
            raise DataError(
                f"{row['event_id']}: the run has an event {row['type']} of mechanism {row['mechanism']}, which is not "
                "among the mechanisms here; give it by mechanisms=[...], or install the package that publishes it"
            )
        return Entry(
            id=row["event_id"],
            timepoint_id=row["timepoint_id"],
            at=row["at"],
            beat=row["beat"],
            mechanism=row["mechanism"],
            event=self.event(row["type"], row["body"]),
        )
