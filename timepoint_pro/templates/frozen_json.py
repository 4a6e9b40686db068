"""JSON values that cannot change: objects become ``FrozenMap``, lists become tuples."""

from __future__ import annotations

from typing import Any, NoReturn


class FrozenMap(dict[str, Any]):
    """A JSON object that cannot be changed. It keeps its order, equals the like dict, pickles and hashes.

    ``dict(frozen)`` gives a copy that can be changed at its top level, ``thaw`` one that can be throughout.
    """

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a template cannot be changed; make another by Template.with_changes({path: value})")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[FrozenMap], tuple[dict[str, Any]]]:
        return FrozenMap, (dict(self),)

    def __repr__(self) -> str:
        return dict.__repr__(self)


EMPTY = FrozenMap()


def thaw(value: Any) -> Any:
    """The same JSON value in plain dicts and lists, sharing nothing with the frozen one."""
    if isinstance(value, dict):
        return {key: thaw(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [thaw(inner) for inner in value]
    return value
