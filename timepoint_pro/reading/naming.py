"""What a user means by an item's id, its handle or a few words of it."""

from __future__ import annotations

from collections.abc import Mapping

from timepoint_pro.errors import AmbiguousNameError, UnknownNameError
from timepoint_pro.records.knowledge import Item

ADVICE = "'timepoint show RUN --knowledge ENTITY' lists what somebody knows"


def item_id(items: Mapping[str, Item], words: str) -> str:
    """Id of the one with that id or handle, or of the only one with ``words`` in its content, else in its handle.

    Raises:
        AmbiguousNameError: several contain them.
        UnknownNameError: none does.
    """
    if words in items:
        return words
    folded = words.casefold()
    exact = [one.id for one in items.values() if folded in (one.handle.casefold(), one.content.casefold())]
    within = (
        exact
        or [one.id for one in items.values() if folded in one.content.casefold()]
        or [one.id for one in items.values() if folded in one.handle.casefold()]
    )
    if len(within) == 1:
        return within[0]
    handles = [one.handle.casefold() for one in items.values()]
    names = {
        one.id: one.handle if one.handle and handles.count(one.handle.casefold()) == 1 else one.id
        for one in items.values()
    }
    if within:
        raise AmbiguousNameError("item", words, [names[one] for one in within])
    # What was only said has no name but the digest of its words, which nobody types.
    named = [name for one, name in names.items() if name != one]
    raise UnknownNameError("item", words, named or names.values(), ADVICE)
