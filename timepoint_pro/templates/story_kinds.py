"""Kinds of the parts of ``metadata`` that some modes read: sections that take what fits, and lists with ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from attrs import evolve

from timepoint_pro.templates.frozen_json import FrozenMap
from timepoint_pro.templates.kinds import Schema
from timepoint_pro.templates.reading import Reading, freeze, join, shown
from timepoint_pro.templates.structure import MapOf, Part


class Forgiving:
    """A class of keys in an open part. What does not fit is kept in the document, noted, and not read."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.members = (("", part),)

    def fits(self, value: object) -> bool:
        return True

    def read(self, value: object, path: str, into: Reading) -> Any:
        if isinstance(value, self.part.model):
            return value
        kept = freeze(value, path, into)
        if not isinstance(kept, FrozenMap):
            into.skip(path, why=f"it is read where it is an object; this is {shown(value)}")
            return self.part.model()
        fitting: dict[str, Any] = {}
        for name, inner in kept.items():
            trial = Reading()
            self.part.arguments({name: inner}, path, trial)
            if trial.problems:
                first = trial.problems[0]
                into.skip(join(path, name), why=f"it is read where {first.path} is {first.expected}")
            else:
                fitting[name] = inner
        return self.part.read(fitting, path, into)

    def schema(self) -> Schema:
        return {}

    def describe(self) -> str:
        return "an object"


class Listing:
    """Objects by id, or a list of them; a bare text is the label of one. Without an id, one is made from ``word``."""

    def __init__(self, item: Part, word: str) -> None:
        self.item, self.word = item, word
        self.members = ((".*", item),)

    def fits(self, value: object) -> bool:
        return isinstance(value, (Mapping, list, tuple))

    def read(self, value: object, path: str, into: Reading) -> tuple[Any, ...] | None:
        if isinstance(value, Mapping):
            pairs = [(join(path, name), name, inner) for name, inner in value.items()]
        elif isinstance(value, (list, tuple)):
            pairs = [(join(path, index), "", inner) for index, inner in enumerate(value)]
        else:
            into.problem(path, self.describe(), shown(value))
            return None
        read = []
        for number, (place, name, inner) in enumerate(pairs, 1):
            section = self.item.read({"label": inner} if isinstance(inner, str) else _plain(inner), place, into)
            if section is not None:
                read.append(evolve(section, id=name or section.id or f"{self.word}_{number}"))
        return tuple(read)

    def schema(self) -> Schema:
        text: Schema = {"type": "string"}
        item = {"anyOf": [self.item.schema(), text]}
        return {"anyOf": [MapOf(self.item).schema(), {"type": "array", "items": item}]}

    def describe(self) -> str:
        return f"{{id: {self.word}}}, or a list of them, each an object or a label"


class Texts:
    """Texts as a list; one alone counts as a list of it."""

    def fits(self, value: object) -> bool:
        return isinstance(value, (str, list, tuple))

    def read(self, value: object, path: str, into: Reading) -> tuple[str, ...] | None:
        several = (value,) if isinstance(value, str) else value
        if not isinstance(several, (list, tuple)) or not all(isinstance(one, str) for one in several):
            into.problem(path, self.describe(), shown(value))
            return None
        return tuple(one for one in several if one.strip())

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}

    def describe(self) -> str:
        return "text, or a list of texts"


class Choosing:
    """``true`` for all, ``false`` for none, or a list of ids."""

    def fits(self, value: object) -> bool:
        return isinstance(value, (bool, str, list, tuple))

    def read(self, value: object, path: str, into: Reading) -> tuple[str, ...] | None:
        if isinstance(value, bool):
            return ("*",) if value else ()
        return Texts().read(value, path, into)

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "boolean"}, Texts().schema()]}

    def describe(self) -> str:
        return "true, false, or a list of ids"


def _plain(value: Any) -> Any:
    """A frozen object as the dict that a section is read from."""
    return dict(value) if isinstance(value, Mapping) and not attrs.has(type(value)) else value
