"""Who or what a user means by a name, a handle or a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from timepoint_pro.errors import AmbiguousNameError, UnknownNameError
from timepoint_pro.records.entity import Entity
from timepoint_pro.records.knowledge import Item


def entity_id(entities: Sequence[Entity], name: str) -> str:
    """Id of the one with that id or unique name.

    Raises:
        UnknownNameError: nobody, or several.
    """
    ids = [one.id for one in entities]
    if name in ids:
        return name
    named = [one.id for one in entities if one.name == name]
    if len(named) == 1:
        return named[0]
    raise UnknownNameError("entity", name, list(dict.fromkeys([*ids, *(one.name for one in entities)])))


def item_id(items: Mapping[str, Item], words: str) -> str:
    """Id of the one with that id or handle, or of the only one to contain ``words``.

    Raises:
        AmbiguousNameError: several contain them.
        UnknownNameError: none does.
    """
    if words in items:
        return words
    folded = words.casefold()
    exact = [one.id for one in items.values() if folded in (one.handle.casefold(), one.content.casefold())]
    within = exact or [one.id for one in items.values() if folded in one.content.casefold()]
    if len(within) == 1:
        return within[0]
    if within:
        raise AmbiguousNameError("item", words, within)
    raise UnknownNameError("item", words, [one.handle or one.id for one in items.values()])
