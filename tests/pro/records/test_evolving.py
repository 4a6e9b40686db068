"""Copies of frozen values: the same as attrs makes, and a clear error for a wrong name."""

from __future__ import annotations

import attrs
import pytest
from attrs import field, frozen

from timepoint_pro.records.event import Event
from timepoint_pro.records.evolving import evolve


@frozen
class Shelf:
    label: str
    books: int = 0
    _key: str = "k"
    seen: dict[str, int] = field(factory=dict, init=False, eq=False)


def test_a_copy_is_what_attrs_makes() -> None:
    shelf = Shelf("upper", 3, "secret")
    changed = evolve(shelf, books=4, key="other")
    assert changed == attrs.evolve(shelf, books=4, key="other") == Shelf("upper", 4, "other")
    assert shelf == Shelf("upper", 3, "secret")


def test_what_no_constructor_takes_is_made_anew() -> None:
    shelf = Shelf("upper")
    shelf.seen["title"] = 1
    assert evolve(shelf, books=1).seen == {}


def test_a_wrong_name_is_refused() -> None:
    with pytest.raises(TypeError, match="Shelf has no field colour"):
        evolve(Shelf("upper"), colour="red")


def test_a_class_with_arguments_by_name_only_is_refused() -> None:
    @frozen
    class Noted(Event):
        text: str = ""

    with pytest.raises(TypeError, match=r"by name only; copy it with attrs\.evolve"):
        evolve(Noted("here"), text="there")
