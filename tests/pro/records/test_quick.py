"""Values with the quick constructor: made, compared, copied and guarded as attrs does it."""

from __future__ import annotations

import copy
import inspect
import pickle

import attrs
import pytest
from attrs import field, frozen
from attrs.exceptions import FrozenInstanceError

from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.quick import quick


@frozen
class Plain:
    label: str
    books: int = 0
    _key: str = "k"
    read: list[str] = field(factory=list)
    seen: dict[str, int] = field(factory=dict, init=False, eq=False)


@quick
@frozen(weakref_slot=False)
class Shelf:
    label: str
    books: int = 0
    _key: str = "k"
    read: list[str] = field(factory=list)
    seen: dict[str, int] = field(factory=dict, init=False, eq=False)


@quick
@frozen
class Noted(Event):
    text: str
    times: int = 1


def test_it_takes_the_arguments_and_defaults_that_attrs_would() -> None:
    assert attrs.asdict(Shelf("a", 2, "x", ["b"])) == attrs.asdict(Plain("a", 2, "x", ["b"]))
    assert attrs.asdict(Shelf(label="a", key="x")) == attrs.asdict(Plain(label="a", key="x"))
    assert repr(Shelf("a")) == repr(Plain("a")).replace("Plain", "Shelf")
    own, others = inspect.signature(Shelf), inspect.signature(Plain)
    assert list(own.parameters) == list(others.parameters)
    for wrong in (lambda: Shelf(), lambda: Shelf("a", 1, "k", [], {}), lambda: Shelf("a", colour="red")):  # type: ignore[call-arg]
        with pytest.raises(TypeError, match=r"__init__\(\)"):
            wrong()


def test_defaults_that_are_made_are_made_for_each() -> None:
    one, other = Shelf("a"), Shelf("a")
    one.read.append("b")
    one.seen["b"] = 1
    assert (other.read, other.seen) == ([], {})


def test_it_is_frozen_once_made() -> None:
    for value in (Shelf("a"), Noted("a"), Entry("T0#0", "T0", 0.0, 0, "M3", Noted("a"))):
        assert type(value).__name__ in ("Shelf", "Noted", "Entry")
        for one in attrs.fields(type(value)):
            with pytest.raises(FrozenInstanceError):
                setattr(value, one.name, None)
        with pytest.raises(FrozenInstanceError):
            del value.__class__


def test_it_is_equal_hashed_and_copied_like_any_other() -> None:
    note = Noted("a", causes=("T0#0",))
    assert note == Noted("a", 1, causes=("T0#0",)) != Noted("a")
    assert len({note, Noted("a", 1, causes=("T0#0",))}) == 1
    assert isinstance(note, Event)
    assert attrs.evolve(note, times=2) == Noted("a", 2, causes=("T0#0",))
    shelf = evolve(Shelf("a"), books=4)
    assert shelf == Shelf("a", 4)
    assert pickle.loads(pickle.dumps(shelf)) == copy.copy(shelf) == copy.deepcopy(shelf) == shelf
    with pytest.raises(FrozenInstanceError):
        copy.copy(shelf).books = 5  # type: ignore[misc]


def test_what_it_cannot_make_is_refused() -> None:
    def positive(_value: object, _field: object, number: int) -> None:
        assert number > 0

    with pytest.raises(TypeError, match="Checked converts, checks or completes its fields"):
        @quick
        @frozen(weakref_slot=False)
        class Checked:
            number: int = field(validator=positive)

    with pytest.raises(TypeError, match="define it with weakref_slot=False"):
        quick(Plain)

    with pytest.raises(TypeError, match="double: its default needs the instance"):
        @quick
        @frozen(weakref_slot=False)
        class Derived:
            number: int
            double: int = field(init=False, default=attrs.Factory(lambda self: 2 * self.number, takes_self=True))
