"""The world at one moment: immutable slices (facets), each the fold of the log entries that it declares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, TypeVar

from timepoint_pro.records.event import Entry, Event


class Facet(Protocol):
    """One immutable slice of the world, owned by one mechanism or shared by all (cast, timeline, floor).

    ``folds`` declares the event types that move it. ``fold`` is pure, costs what changed and never what has
    happened before, and accepts those types whoever emits them.
    """

    folds: ClassVar[tuple[type[Event], ...]]

    def fold(self, entry: Entry, /) -> Self:
        """The slice after ``entry``, whose event is of a declared type."""
        ...


F = TypeVar("F", bound=Facet)

Routes = Mapping[type[Event], tuple[type[Facet], ...]]


class _Facets(dict[type[Any], Any]):
    """The facets of a world by type; one that is not there is explained."""

    def __missing__(self, facet: type[Any]) -> Any:
        raise KeyError(f"the world has no facet {facet.__name__}; its mechanism is not in this run")


class World:
    """An immutable mapping from facet type to facet: ``world[Knowledge]`` is what everyone knows now."""

    # Facets are looked up some two hundred times a dialog turn: ``world[...]`` and ``in`` are the dict's own methods,
    # kept in slots, and so cost a third of what methods that pass the question on to it do.
    __slots__ = ("__contains__", "__getitem__", "_facets", "_routes")

    if TYPE_CHECKING:
        def __getitem__(self, facet: type[F], /) -> F: ...
        def __contains__(self, facet: type[Facet], /) -> bool: ...

    def __init__(self, facets: Iterable[Facet]) -> None:
        held = _Facets({type(facet): facet for facet in facets})
        routes: dict[type[Event], tuple[type[Facet], ...]] = {}
        for kind, facet in held.items():
            for event_type in facet.folds:
                routes[event_type] = (*routes.get(event_type, ()), kind)
        self._hold(held, routes)

    def _hold(self, facets: _Facets, routes: Routes) -> None:
        self._facets, self._routes = facets, routes
        self.__getitem__ = facets.__getitem__  # type: ignore[method-assign]
        self.__contains__ = facets.__contains__  # type: ignore[method-assign]

    def find(self, facet: type[F], /) -> F | None:
        """The facet of that type; None where its mechanism is not in this run."""
        found: F | None = self._facets.get(facet)
        return found

    def __repr__(self) -> str:
        return f"World({', '.join(sorted(kind.__name__ for kind in self._facets))})"

    def facets(self) -> tuple[Facet, ...]:
        """All facets, in the order in which the world was built."""
        return tuple(self._facets.values())

    def fold(self, entries: Iterable[Entry], /) -> World:
        """The world after ``entries``, in order. An entry reaches only the facets that declare its type."""
        facets = _Facets(self._facets)
        routes = self._routes
        for entry in entries:
            for kind in routes.get(type(entry.event), ()):
                facets[kind] = facets[kind].fold(entry)
        world = World.__new__(World)
        world._hold(facets, routes)
        return world
