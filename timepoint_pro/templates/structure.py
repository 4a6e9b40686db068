"""Kinds that hold others (lists, objects, sections), and ``Section``, the base of the model's classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import attrs
from attrs import frozen

from timepoint_pro.templates.frozen_json import FrozenMap
from timepoint_pro.templates.kinds import IDENTIFIER, Identifier, JsonObject, Kind, Schema
from timepoint_pro.templates.reading import Reading, checked_name, freeze, join, quoted, shown

KIND = "kind"
CLOSED: Schema = {"additionalProperties": False}
MISSPELT = 0.8
"""Likeness, in [0, 1], from which a key that would be kept for others looks like a known one misspelt."""


def key(kind: Kind, default: Any = attrs.NOTHING) -> Any:
    """A field of a ``Section``: what it takes, and its default."""
    return attrs.field(default=default, metadata={KIND: kind})


@frozen(repr=False)
class Section:
    """Base of the model's classes: its arguments are read by the fields' kinds, as if from a document."""

    def __attrs_post_init__(self) -> None:
        into = Reading()
        for name, field in keys_of(type(self)).items():
            given = getattr(self, name)
            if given is field.default:
                continue
            value = field.metadata[KIND].read(given, f"$.{name}", into)
            if value is not given:
                object.__setattr__(self, name, value)  # frozen for everyone else
        into.finish(type(self).__name__)

    def __repr__(self) -> str:
        fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(type(self))
        stated = ((field, getattr(self, field.name)) for field in fields if field.init)
        shown = ", ".join(f"{field.name}={value!r}" for field, value in stated if value != field.default)
        return f"{type(self).__name__}({shown})"


_KEYS: dict[type[Section], Mapping[str, attrs.Attribute[Any]]] = {}


def keys_of(model: type[Section]) -> Mapping[str, attrs.Attribute[Any]]:
    """The fields of a section that are keys of the document, by name."""
    if model not in _KEYS:
        _KEYS[model] = {field.name: field for field in attrs.fields(model) if KIND in field.metadata}
    return _KEYS[model]


class Nullable:
    """The kind, or null."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.members = (("", kind),)

    def fits(self, value: object) -> bool:
        return value is None or self.kind.fits(value)

    def read(self, value: object, path: str, into: Reading) -> Any:
        return None if value is None else self.kind.read(value, path, into)

    def schema(self) -> Schema:
        return {"anyOf": [self.kind.schema(), {"type": "null"}]}

    def describe(self) -> str:
        return f"{self.kind.describe()}, or null"


class OneOf:
    """The first of several kinds whose JSON type is the value's."""

    def __init__(self, *kinds: Kind) -> None:
        self.kinds = kinds
        self.members = tuple(("", kind) for kind in kinds)

    def fits(self, value: object) -> bool:
        return any(kind.fits(value) for kind in self.kinds)

    def read(self, value: object, path: str, into: Reading) -> Any:
        for kind in self.kinds:
            if kind.fits(value):
                return kind.read(value, path, into)
        into.problem(path, self.describe(), shown(value))
        return None

    def schema(self) -> Schema:
        return {"anyOf": [kind.schema() for kind in self.kinds]}

    def describe(self) -> str:
        return ", or ".join(kind.describe() for kind in self.kinds)


class ListOf:
    """A list, read into a tuple; ``least``: how many items it needs."""

    def __init__(self, item: Kind, *, least: int = 0) -> None:
        self.item, self.least = item, least
        self.members = (("[]", item),)

    def fits(self, value: object) -> bool:
        return isinstance(value, (list, tuple))

    def read(self, value: object, path: str, into: Reading) -> tuple[Any, ...] | None:
        if not isinstance(value, (list, tuple)) or len(value) < self.least:
            into.problem(path, self.describe(), shown(value))
            return None
        return tuple(self.item.read(inner, join(path, index), into) for index, inner in enumerate(value))

    def schema(self) -> Schema:
        bound = {"minItems": self.least} if self.least else {}
        return {"type": "array", "items": self.item.schema()} | bound

    def describe(self) -> str:
        amount = f"a list of at least {self.least}" if self.least else "a list"
        return f"{amount}, each {self.item.describe()}"


class MapOf:
    """An object with ids for keys; ``named``: each item is told its key as its ``id``."""

    def __init__(self, item: Kind, *, named: bool = False) -> None:
        self.item, self.named = item, named
        self.members = ((".*", item),)

    def fits(self, value: object) -> bool:
        return isinstance(value, dict)

    def read(self, value: object, path: str, into: Reading) -> FrozenMap | None:
        if not isinstance(value, dict):
            into.problem(path, self.describe(), shown(value))
            return None
        items: dict[str, Any] = {}
        for name, inner in value.items():
            if not checked_name(name, path, into):
                continue
            if Identifier().read(name, f"{path} (a key)", into) is None:
                continue
            item = self.item.read(inner, join(path, name), into)
            items[name] = attrs.evolve(item, id=name) if self.named and item is not None else item
        return FrozenMap(items)

    def schema(self) -> Schema:
        names = {"pattern": IDENTIFIER}
        return {"type": "object", "propertyNames": names, "additionalProperties": self.item.schema()}

    def describe(self) -> str:
        return f"an object of ids, each with {self.item.describe()}"


class Part:
    """A class of keys. Closed: another key is a problem. ``open``: it is kept, and null means the default.

    A class with a field ``extra`` gets the other keys there. Without one, or where they look misspelt, they are noted
    as unread.
    """

    def __init__(self, model: type[Section], *, open: bool = False) -> None:
        self.model, self.open = model, open

    def fits(self, value: object) -> bool:
        return isinstance(value, (dict, self.model))

    def read(self, value: object, path: str, into: Reading) -> Any:
        if isinstance(value, self.model):
            return value
        if not isinstance(value, dict):
            into.problem(path, self.describe(), shown(value))
            return None
        before = len(into.problems)
        arguments = self.arguments(value, path, into)
        return self.model(**arguments) if len(into.problems) == before else None

    def arguments(self, value: Mapping[Any, Any], path: str, into: Reading) -> dict[str, Any]:
        """The values of the model's fields, as far as the document gives them."""
        known = keys_of(self.model)
        arguments: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        for name, inner in value.items():
            if not checked_name(name, path, into):
                continue
            if name in known:
                if not (self.open and inner is None):
                    arguments[name] = known[name].metadata[KIND].read(inner, join(path, name), into)
            elif self.open:
                extra[name] = inner
            else:
                into.problem(
                    join(path, name),
                    "a known key",
                    f"the unknown key {quoted(name)}",
                    into.guess(name, known),
                )
        arguments |= self._keep(extra, path, into)
        for name in missing(known, arguments):
            into.problem(join(path, name), known[name].metadata[KIND].describe(), "nothing; it is required")
        return arguments

    def _keep(self, extra: Mapping[str, Any], path: str, into: Reading) -> dict[str, Any]:
        known = keys_of(self.model)
        kept = any(field.name == "extra" for field in attrs.fields(self.model))
        for name in extra:
            meant = into.guess(name, [word for word in known if word not in extra])
            if not kept or (meant and SequenceMatcher(None, name, meant).ratio() >= MISSPELT):
                into.skip(join(path, name), meant)
        return {"extra": freeze(dict(extra), path, into)} if kept else {}

    def schema(self) -> Schema:
        known = keys_of(self.model)
        required = list(missing(known, ()))
        properties = {name: self._member(name).schema() for name in known}
        schema: Schema = {"type": "object", "properties": properties}
        return schema | ({"required": required} if required else {}) | ({} if self.open else CLOSED)

    def _member(self, name: str) -> Kind:
        field = keys_of(self.model)[name]
        kind: Kind = field.metadata[KIND]
        return Nullable(kind) if self.open and field.default is not attrs.NOTHING else kind

    def describe(self) -> str:
        return "an object"


def missing(known: Mapping[str, attrs.Attribute[Any]], given: Sequence[str] | Mapping[str, Any]) -> Iterator[str]:
    """The required keys that are not among the given ones."""
    return (name for name, field in known.items() if field.default is attrs.NOTHING and name not in given)


class OpenPart:
    """An open object that is kept whole; ``part`` says which of its keys are read, and how."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.members = (("", part),)

    def fits(self, value: object) -> bool:
        return isinstance(value, dict)

    def read(self, value: object, path: str, into: Reading) -> Any:
        return JsonObject().read(value, path, into)

    def schema(self) -> Schema:
        return self.part.schema()

    def describe(self) -> str:
        return "an object, open to further keys"


def walk(kind: Kind, path: str = "") -> Iterator[tuple[str, attrs.Attribute[Any]]]:
    """Every key below a kind, by a pattern in which ``*`` stands for any id and ``[]`` for any item."""
    if isinstance(kind, Part):
        for name, field in keys_of(kind.model).items():
            inner = f"{path}.{name}" if path else name
            yield inner, field
            yield from walk(field.metadata[KIND], inner)
    for suffix, inside in getattr(kind, "members", ()):
        yield from walk(inside, path + suffix)


def stated(kind: Kind, value: object, path: str = "$", pattern: str = "") -> Iterator[tuple[str, str]]:
    """The keys that a document states, each by its JSON path and by its pattern as in ``walk``."""
    if isinstance(kind, Part) and isinstance(value, dict):
        for name, field in keys_of(kind.model).items():
            if name in value:
                place, inner = join(path, name), f"{pattern}.{name}" if pattern else name
                yield place, inner
                yield from stated(field.metadata[KIND], value[name], place, inner)
    for suffix, inside in getattr(kind, "members", ()):
        if not suffix:
            yield from stated(inside, value, path, pattern)
        elif isinstance(value, dict) and suffix == ".*":
            for name, item in value.items():
                yield from stated(inside, item, join(path, name), pattern + suffix)
        elif isinstance(value, (list, tuple)):
            for index, item in enumerate(value):
                yield from stated(inside, item, join(path, index), pattern + suffix)
