"""The contract of a mode (M17): how a run's story moments come about.

A mode is a frozen attrs class, configured from the template. The engine asks it for a plan at the start of a
path and again after each played moment; what it knows between two calls stands in facets that its own events
move. It reaches models and random numbers only by the context, like a mechanism.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, Self

from attrs import frozen

from timepoint_pro.mechanisms.base import Context, Start
from timepoint_pro.records.draws import Draws
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
        beside: moments that are planned now and released later, and that nothing in ``next`` has a bearing on: they
            are played from the same world and at the same time.
    """

    events: tuple[Event, ...] = ()
    next: tuple[Timepoint, ...] = ()
    beside: tuple[Timepoint, ...] = ()


class Drawing(Protocol):
    """The part of a context that only draws."""

    def rng(self, *key: str) -> Draws:
        """Random numbers of this moment under ``key``."""
        ...


class Planner(Protocol):
    """Anything that plans moments: a mode, or a part of one that is played for a trial.

    Attributes:
        name: as ``temporal.mode`` in a template writes it.
        version: raised whenever the same world would give another plan.
        emits: event types that plans may hold.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    emits: ClassVar[tuple[type[Event], ...]]

    def start(self, template: Template, /) -> Start:
        """Facets and first events of a new run from ``template``."""
        ...

    async def plan(self, world: World, ctx: PlanContext, /) -> Plan:
        """What comes next on this path.

        Raises:
            ModelError: when no model gave a usable plan.
        """
        ...


class PlanContext(Context, Protocol):
    """What a planner is handed: random numbers, models, and trials."""

    async def probe(self, planner: Planner, branch: str, *, silent: bool = False) -> World:
        """The world that comes of playing ``planner``'s moments from here. Nothing of it is kept but its calls.

        Args:
            planner: plans the moments; its first ones bear the branch in their ids.
            branch: tells this trial from others of the same plan.
            silent: whether nobody speaks.

        Raises:
            ModelError, BudgetReachedError: as ``ask``.
        """
        ...


class Mode(Planner, Protocol):
    """One of the five strategies of M17. ``reads``: facet types that plans are made from, where the world has them."""

    reads: ClassVar[tuple[type[Facet], ...]]

    @classmethod
    def from_template(cls, template: Template, /) -> Self:
        """The mode as ``template`` configures it.

        Raises:
            TemplateError: when the template lacks what this mode cannot do without.
        """
        ...

    @classmethod
    def defaults(cls, template: Template, /) -> Mapping[str, Any]:
        """What ``template``, written for another mode, lacks for this one: value by path.

        The paths are those of ``Template.with_changes``. What the template states stays as it is, so a key stands
        here only where it states none; empty where it has all that the mode can use.

        Raises:
            TemplateError: the mode cannot do without something that nothing in the template leads to.
        """
        ...
