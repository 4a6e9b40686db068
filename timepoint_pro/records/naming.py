"""Who or what is meant by a name that somebody typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from timepoint_pro.errors import AmbiguousNameError, UnknownNameError
from timepoint_pro.records.entity import Entity


def known_as(kind: str, name: str, known: Iterable[str], advice: str = "") -> str:
    """The name in ``known`` that is spelled so; where none is, the only one that differs in capitals alone.

    Args:
        kind: what is looked up, in words (``"timepoint"``).
        name: as it was typed.
        known: the names there are.
        advice: where more than a few names can be seen, in words.

    Raises:
        AmbiguousNameError: several differ from it in capitals alone.
        UnknownNameError: none is spelled so.
    """
    names = list(dict.fromkeys(known))
    if name in names:
        return name
    folded = name.strip().casefold()
    alike = [one for one in names if one.casefold() == folded]
    if len(alike) == 1:
        return alike[0]
    if alike:
        raise AmbiguousNameError(kind, name, alike)
    raise UnknownNameError(kind, name, names, advice)


def entity_id(entities: Sequence[Entity], name: str) -> str:
    """Id of who has that id or name; capitals count only where they tell two apart.

    Raises:
        AmbiguousNameError: several have that name.
        UnknownNameError: nobody has.
    """
    if any(one.id == name for one in entities):
        return name
    folded = name.strip().casefold()
    fits = (
        [one.id for one in entities if one.name == name]
        or [one.id for one in entities if folded in (one.id.casefold(), one.name.casefold())]
    )  # fmt: skip
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise AmbiguousNameError("entity", name, fits)
    ids = [one.id for one in entities if one.id.casefold() != one.name.casefold()]
    raise UnknownNameError("entity", name, [*(one.name for one in entities), *ids], "'timepoint show RUN' names them")
