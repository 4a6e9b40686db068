"""Kinds of the open part: shapes with several spellings, and shapes that are only read where they fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from timepoint_pro.templates.frozen_json import EMPTY, FrozenMap
from timepoint_pro.templates.kinds import Number, Schema
from timepoint_pro.templates.reading import Reading, freeze, join, shown
from timepoint_pro.templates.structure import MapOf, OneOf, Part

WEIGHT = Number(-1, 1)
BEARINGS = MapOf(OneOf(WEIGHT, MapOf(WEIGHT)))


class Bearing:
    """Option ids with weights, or question ids with such objects."""

    def fits(self, value: object) -> bool:
        return isinstance(value, dict)

    def read(self, value: object, path: str, into: Reading) -> Any:
        return BEARINGS.read(value, path, into)

    def schema(self) -> Schema:
        return BEARINGS.schema()

    def describe(self) -> str:
        return "{question id: {option id: a number from -1 to 1}}, or {option id: a number from -1 to 1}"


class Branches:
    """Branches by id, or a list of them; in a list a bare text is both id and label."""

    def __init__(self, item: Part) -> None:
        self.item = item
        self.members = ((".*", item),)

    def fits(self, value: object) -> bool:
        return isinstance(value, (dict, list, tuple))

    def read(self, value: object, path: str, into: Reading) -> tuple[Any, ...] | None:
        if isinstance(value, dict):
            named = MapOf(self.item).read(value, path, into) or EMPTY
            return tuple(evolve(item, id=name) for name, item in named.items() if item is not None)
        if not isinstance(value, (list, tuple)):
            into.problem(path, self.describe(), shown(value))
            return None
        return tuple(self._listed(item, join(path, index), index, into) for index, item in enumerate(value))

    def _listed(self, item: object, path: str, index: int, into: Reading) -> Any:
        if isinstance(item, str):
            item = {"id": item, "label": item}
        branch = self.item.read(item, path, into)
        return branch if branch is None or branch.id else evolve(branch, id=f"branch_{index + 1}")

    def schema(self) -> Schema:
        item = self.item.schema()
        listed = {
            "type": "array",
            "items": {"anyOf": [item, MapOf(self.item).schema()["propertyNames"] | TEXT]},
        }
        return {"anyOf": [MapOf(self.item).schema(), listed]}

    def describe(self) -> str:
        return "{id: branch}, or a list of branches"


TEXT: Schema = {"type": "string"}


class LooseObject:
    """An object whose content stays open; anything else is kept and not read."""

    def fits(self, value: object) -> bool:
        return True

    def read(self, value: object, path: str, into: Reading) -> FrozenMap:
        kept = freeze(value, path, into)
        if isinstance(kept, FrozenMap):
            return kept
        into.skip(path, why=f"it is read where it is an object; this is {shown(value)}")
        return EMPTY

    def schema(self) -> Schema:
        return {}

    def describe(self) -> str:
        return "an object"


class LooseText:
    """Text that is not blank; anything else is kept and not read."""

    def fits(self, value: object) -> bool:
        return True

    def read(self, value: object, path: str, into: Reading) -> str:
        kept = freeze(value, path, into)
        if isinstance(kept, str) and kept.strip():
            return kept
        if kept != "":
            into.skip(path, why=f"it is read where it is text; this is {shown(value)}")
        return ""

    def schema(self) -> Schema:
        return {}

    def describe(self) -> str:
        return "text"


class Named:
    """Objects by id. A list of ids, or of objects with an ``id``, serves as well; the rest is not read."""

    def fits(self, value: object) -> bool:
        return True

    def read(self, value: object, path: str, into: Reading) -> FrozenMap:
        kept = freeze(value, path, into)
        if isinstance(kept, FrozenMap):
            pairs = [(join(path, name), name, item) for name, item in kept.items()]
        elif isinstance(kept, tuple):
            pairs = [(join(path, index), naming(item), item) for index, item in enumerate(kept)]
        else:
            into.skip(path, why=f"it is read where it is {self.describe()}; this is {shown(value)}")
            return EMPTY
        named: dict[str, FrozenMap] = {}
        for place, name, item in pairs:
            if name and isinstance(item, (FrozenMap, str)):
                named[name] = item if isinstance(item, FrozenMap) else FrozenMap(description=item)
            else:
                into.skip(place, why="it is read where it is an object with an id")
        return FrozenMap(named)

    def schema(self) -> Schema:
        return {}

    def describe(self) -> str:
        return "an object of ids, each with an object, or a list of objects with an id"


def naming(item: object) -> str:
    """What a listed item calls itself: its text, or its id or name; empty where it has none."""
    if isinstance(item, str):
        return item
    if isinstance(item, Mapping):
        for word in ("id", "entity_id", "name"):
            if isinstance(item.get(word), str):
                return str(item[word])
    return ""


class Quantities:
    """Tracked numbers by id, or a list of them. An entry without a numeric ``initial`` is not read."""

    def __init__(self, item: Part) -> None:
        self.item = item
        self.members = ((".*", item),)

    def fits(self, value: object) -> bool:
        return True

    def read(self, value: object, path: str, into: Reading) -> Any:
        if isinstance(value, (list, tuple)):
            entries = [(join(path, index), naming(item), item) for index, item in enumerate(value)]
        elif isinstance(value, dict):
            entries = [(join(path, name), name, item) for name, item in value.items() if isinstance(name, str)]
        else:
            into.skip(path, why=f"it is read where it is {self.describe()}; this is {shown(value)}")
            return EMPTY
        tracked: dict[str, Any] = {}
        for place, name, item in entries:
            if isinstance(item, (int, float)) and Number().fits(item):
                item = {"initial": item}
            if name and (isinstance(item, self.item.model) or Number().fits(field(item, "initial"))):
                tracked[name] = self._named(item, place, name, into)
            else:
                freeze(item, place, into)
                into.skip(place, why="a quantity is tracked where it has an id and a number as 'initial'")
        return FrozenMap(tracked)

    def _named(self, item: object, place: str, name: str, into: Reading) -> Any:
        content = {word: inner for word, inner in item.items() if word != "id"} if isinstance(item, dict) else item
        entry = self.item.read(content, place, into)
        return entry if entry is None else evolve(entry, id=name)

    def schema(self) -> Schema:
        return {}

    def describe(self) -> str:
        return "an object of ids, each with a quantity"


def field(item: object, name: str) -> object:
    """The member of an object; None where there is none, or no object."""
    return item.get(name) if isinstance(item, dict) else None
