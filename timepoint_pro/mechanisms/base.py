"""The contract of a mechanism: a function from a world to new events.

A mechanism is a frozen attrs class whose fields are its configuration. It declares, in its ``spec``, the stages
in which the engine calls it, the facets that it reads and the events that it emits. It never keeps state,
draws random numbers only from the context, and reaches a model only by ``ctx.ask``.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar, Generic, Protocol, TypeVar

from attrs import frozen

from timepoint_pro.prompts.base import Prompt
from timepoint_pro.records.draws import Draws
from timepoint_pro.records.event import Event
from timepoint_pro.records.world import Facet, World
from timepoint_pro.templates import Template

R = TypeVar("R")


class Stage(IntEnum):
    """When a mechanism is called. ACT to SETTLE repeat once a dialog turn; the others run once a timepoint."""

    PLAN = 0
    PERCEIVE = 1
    DELIBERATE = 2
    ACT = 3
    VERIFY = 4
    LEARN = 5
    SETTLE = 6
    REFLECT = 7
    CHECK = 8


BEAT_STAGES = (Stage.ACT, Stage.VERIFY, Stage.LEARN, Stage.SETTLE)


@frozen
class Spec:
    """What a mechanism declares.

    Args:
        code: ``"M3"`` ... ``"M18"``, or a code of the user's own.
        name: the field's term in plain words.
        stages: when it is called.
        reads: facet types that it reads, its own included.
        emits: event types that it may emit.
        version: raised whenever the same world would give other events.
        order: place among the mechanisms of a stage, before that of the code: lower comes first.
    """

    code: str
    name: str
    stages: tuple[Stage, ...]
    reads: tuple[type[Facet], ...]
    emits: tuple[type[Event], ...]
    version: int = 1
    order: int = 0


@frozen
class Start:
    """What a mechanism brings to a new run: its facets as they stand before anything happened, and first events."""

    facets: tuple[Facet, ...] = ()
    events: tuple[Event, ...] = ()


@frozen
class Reply(Generic[R]):
    """A model's answer, checked; ``call`` is its key in the ledger, ``model`` who gave it, ``tokens`` what it took."""

    answer: R
    call: str
    model: str
    tokens: int = 0


class Context(Protocol):
    """The only impurity, handed in: random numbers and models."""

    @property
    def stage(self) -> Stage:
        """The stage in which the mechanism is called."""
        ...

    @property
    def attempt(self) -> int:
        """0, or higher when the turn of this beat is asked again."""
        ...

    def rng(self, *key: str) -> Draws:
        """Random numbers of this moment and mechanism under ``key`` (entity or pair, then purpose)."""
        ...

    async def ask(self, prompt: Prompt[R], *key: str) -> Reply[R]:
        """Ask a model. ``key`` tells this call from the mechanism's others at this moment.

        Raises:
            ModelError: when no model gave a usable answer.
            BudgetReachedError: when the call would pass the budget.
        """
        ...


class Mechanism(Protocol):
    """One of the catalogue, or the user's own."""

    spec: ClassVar[Spec]

    def start(self, template: Template, /) -> Start:
        """Facets and first events of a new run from ``template``."""
        ...

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        """The events that follow from ``world`` at ``ctx.stage``."""
        ...
