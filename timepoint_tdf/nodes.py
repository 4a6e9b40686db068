"""The base of the document's classes: typed fields, unknown keys kept, absent values left out.

A node that was read remembers which keys its source had and in what order, so that writing it again yields
the same JSON; one that was constructed writes its required fields and those that hold something.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final, TypeVar, cast

import attrs
from attrs import field, frozen
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn

from timepoint_tdf.codec import to_plain

N = TypeVar("N", bound="Node")

JSON_KEY: Final = "json_key"
"""Field metadata: the key in JSON where it differs from the attribute's name."""


@frozen
class Node:
    """One JSON object of a document.

    Args:
        extra: keys that this version does not know, from other producers; written back as they came. A null
            among them means absent, as JSON-LD has it, and is left out.
    """

    extra: Mapping[str, Any] = field(factory=dict, kw_only=True)
    _keys: tuple[str, ...] | None = field(default=None, init=False, eq=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data of this object: a deep copy, with the keys in the order of its source."""
        given = self._keys or ()
        written: dict[str, Any] = {}
        for name, key, required in _fields_of(cast(Hashable, type(self))):
            value = getattr(self, name)
            if value is None or (not required and value in ((), {}) and key not in given):
                continue
            written[key] = _plain(value)
        for name, value in self.extra.items():
            if value is not None:
                written[name] = _without_nulls(to_plain(value))
        return {name: written[name] for name in given if name in written} | written


@functools.cache
def _fields_of(cls: Hashable) -> tuple[tuple[str, str, bool], ...]:
    """A node's own fields: the attribute, its JSON key, and whether it is required."""
    own = (found for found in attrs.fields(cast("type[Node]", cls)) if found.name not in ("extra", "_keys"))
    return tuple(
        (found.name, found.metadata.get(JSON_KEY, found.name), found.default is attrs.NOTHING)
        for found in own
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Node):
        return value.to_dict()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return to_plain(value)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value if item is not None]
    return value


def _as_it_is(value: Any, _: object) -> Any:
    return value


def _converter() -> Converter:
    # The schema has checked the types, and a number must keep the form that it came in.
    converter = Converter(detailed_validation=False)
    for scalar in (str, int, float, bool):
        converter.register_structure_hook(scalar, _as_it_is)
    converter.register_structure_hook_factory(_is_node, functools.partial(_structure_node, converter))
    return converter


def _is_node(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, Node)


def _structure_node(converter: Converter, cls: type[N]) -> Callable[[Mapping[str, Any], Any], N]:
    typed = make_dict_structure_fn(cls, converter)
    names = {key: name for name, key, _ in _fields_of(cast(Hashable, cls))}

    def structure(data: Mapping[str, Any], _: Any) -> N:
        present = {key: value for key, value in data.items() if value is not None}
        values = {names[key]: value for key, value in present.items() if key in names}
        values["extra"] = {key: value for key, value in present.items() if key not in names}
        node = typed(values, cls)
        object.__setattr__(node, "_keys", tuple(present))
        return node

    return structure


_CONVERTER: Final = _converter()


def structure_node(cls: type[N], data: Mapping[str, Any]) -> N:
    """Build a node from plain JSON data that its schema has accepted."""
    return _CONVERTER.structure(data, cls)
