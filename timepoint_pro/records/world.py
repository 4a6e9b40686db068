"""The world at one moment: immutable slices (facets), each the fold of the log entries that it declares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Protocol, Self, TypeVar

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


class World:
    """An immutable mapping from facet type to facet: ``world[Knowledge]`` is what everyone knows now."""

    __slots__ = ("_facets", "_routes")

    def __init__(self, facets: Iterable[Facet]) -> None:
        self._facets: dict[type[Any], Any] = {type(facet): facet for facet in facets}
        routes: dict[type[Event], tuple[type[Facet], ...]] = {}
        for kind, facet in self._facets.items():
            for event_type in facet.folds:
                routes[event_type] = (*routes.get(event_type, ()), kind)
        self._routes: Routes = routes

    def __getitem__(self, facet: type[F], /) -> F:
        try:
            found: F = self._facets[facet]
        except KeyError:
            raise KeyError(f"the world has no facet {facet.__name__}; its mechanism is not in this run") from None
        return found

    def find(self, facet: type[F], /) -> F | None:
        """The facet of that type; None where its mechanism is not in this run."""
        found: F | None = self._facets.get(facet)
        return found

    def __contains__(self, facet: type[Facet], /) -> bool:
        return facet in self._facets

    def __repr__(self) -> str:
        return f"World({', '.join(sorted(kind.__name__ for kind in self._facets))})"

    def facets(self) -> tuple[Facet, ...]:
        """All facets, in the order in which the world was built."""
        return tuple(self._facets.values())

    def fold(self, entries: Iterable[Entry], /) -> World:
        """The world after ``entries``, in order. An entry reaches only the facets that declare its type."""
        facets = dict(self._facets)
        routes = self._routes
        for entry in entries:
            for kind in routes.get(type(entry.event), ()):
                facets[kind] = facets[kind].fold(entry)
        world = World.__new__(World)
        world._facets = facets
        world._routes = routes
        return world
