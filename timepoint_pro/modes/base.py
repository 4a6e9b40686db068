"""The contract of a mode (M17): how a run's story moments come about.

A mode is a frozen attrs class, configured from the template. The engine asks it for a plan at the start of a
path and again after each played moment; what it knows between two calls stands in facets that its own events
move. It reaches models and random numbers only by the context, like a mechanism.
"""

from __future__ import annotations

from typing import ClassVar, Protocol, Self

from attrs import frozen

from timepoint_pro.mechanisms.base import Context, Start
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import Timepoint
from timepoint_pro.records.world import Facet, World
from timepoint_pro.templates import Template


@frozen
class Plan:
    """What a mode decided.

    Args:
        events: what to fold and commit first; each new moment is among them as ``TimepointPlanned``.
        next: the moments to play from here: one, or several for branches that go on side by side; none when
            this path is done.
    """

    events: tuple[Event, ...] = ()
    next: tuple[Timepoint, ...] = ()


class Mode(Protocol):
    """One of the five strategies of M17.

    Attributes:
        name: as ``temporal.mode`` in a template writes it.
        version: raised whenever the same world would give another plan.
        emits: event types that plans may hold.
        reads: facet types that plans are made from, where the world has them.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    emits: ClassVar[tuple[type[Event], ...]]
    reads: ClassVar[tuple[type[Facet], ...]]

    @classmethod
    def from_template(cls, template: Template, /) -> Self:
        """The mode as ``template`` configures it.

        Raises:
            TemplateError: when the template lacks what this mode cannot do without.
        """
        ...

    def start(self, template: Template, /) -> Start:
        """Facets and first events of a new run from ``template``."""
        ...

    async def plan(self, world: World, ctx: Context, /) -> Plan:
        """What comes next on this path.

        Raises:
            ModelError: when no model gave a usable plan.
        """
        ...
