"""Does a mechanism keep to the contract? It is held to it at every call of a whole run.

For authors of mechanisms: ``check_contract(RumourFatigue())`` in a test is enough. What is asked of a mechanism:

- it is a frozen attrs class, and its configuration survives the way into the database and back;
- its ``spec`` has a code, a name and a stage, and each facet that it brings is among those that it reads;
- ``start`` gives the same for the same template;
- at every call it gives the same events for the same world and the same draws and answers; leaves the world as it was;
  reads only the facets and emits only the events that it declares; and every event survives the log;
- it is called in every stage that it declares.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import attrs

from timepoint_pro.errors import MechanismError
from timepoint_pro.mechanisms.base import Context, Mechanism, Reply, Spec, Stage, Start
from timepoint_pro.records.codec import CONVERTER, Codec, dumps
from timepoint_pro.records.draws import Draws
from timepoint_pro.records.event import Event
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template


def check_contract(mechanism: Mechanism, template: Template | str = "convergence/simple", *, seed: int = 3) -> None:
    """Hold ``mechanism`` to the contract through a run of ``template`` with the built-in model.

    Args:
        mechanism: as it would be given to ``Simulation(mechanisms=[...])``.
        template: a ``Template``, or the name of one; it should give the mechanism something to do.
        seed: of the run.

    Raises:
        MechanismError: it does not keep the contract; the message says how.
    """
    from timepoint_pro.simulation import Simulation

    check_form(mechanism)
    watched = Checked(mechanism)
    made = Simulation.from_template if isinstance(template, str) else Simulation
    made(template, seed=seed, model="scripted", store=":memory:", mechanisms=[watched.as_mechanism]).run()  # type: ignore[arg-type]
    watched.check_stages()


def check_form(mechanism: Mechanism) -> None:
    """What can be told of a mechanism without running it.

    Raises:
        MechanismError: as ``check_contract``.
    """
    kind: Any = type(mechanism)
    spec = getattr(kind, "spec", None)
    if not isinstance(spec, Spec):
        raise MechanismError(kind.__name__, "has no class variable spec of type timepoint_pro.mechanisms.base.Spec")
    code = spec.code
    if not (code and spec.name and spec.stages):
        raise MechanismError(code or kind.__name__, "its spec needs a code, a name and at least one stage")
    if not attrs.has(kind) or kind.__setattr__ is object.__setattr__:
        raise MechanismError(code, f"{kind.__name__} is not frozen: decorate it with @attrs.frozen")
    plain: Any = CONVERTER.unstructure(mechanism)
    back: object = CONVERTER.structure(plain, kind)
    if back != mechanism:
        raise MechanismError(code, f"its configuration does not survive the database: {plain!r} becomes another one")


@attrs.frozen
class Checked:
    """Stands in for a mechanism and holds it to the contract at each call.

    Args:
        inner: the mechanism.
        calls: stages in which it was called so far.
    """

    inner: Mechanism
    calls: list[Stage] = attrs.field(factory=list, eq=False)

    @property
    def spec(self) -> Spec:
        """That of the mechanism."""
        return self.inner.spec

    @property
    def as_mechanism(self) -> Mechanism:
        """It, as a mechanism: its spec is an instance's, which the protocol does not foresee."""
        return cast("Mechanism", self)

    def start(self, template: Template, /) -> Start:
        """As the mechanism starts.

        Raises:
            MechanismError: it starts otherwise the second time, or brings a facet that it does not read.
        """
        first, again = self.inner.start(template), self.inner.start(template)
        self._require(first == again, "start gives something else the second time")
        strange = [type(one).__name__ for one in first.facets if type(one) not in self.spec.reads]
        self._require(not strange, f"brings the facet {', '.join(strange)}, which its spec does not read")
        return first

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        """The mechanism's events.

        Raises:
            MechanismError: it broke the contract in this call.
        """
        self.calls.append(ctx.stage)
        before = repr(world.facets())
        watched, noting = _Watched(world), _Noting(ctx)
        events = list(await self.inner(watched, noting))
        noting.replaying = True
        again = list(await self.inner(_Watched(world), noting))
        self._require(again == events, "gives another answer to the same world, draws and answers of the model")
        self._require(repr(world.facets()) == before, "changed the world that it was given")
        strange = sorted(kind.__name__ for kind in watched.seen - set(self.spec.reads))
        self._require(not strange, f"reads {', '.join(strange)}, which its spec does not declare")
        codec = Codec.of(self.spec.emits)
        for event in events:
            name = type(event).__name__
            self._require(type(event) in self.spec.emits, f"emits {name}, which its spec does not declare")
            self._require(codec.event(name, dumps(event)) == event, f"{event!r} does not survive the log")
        return events

    def check_stages(self) -> None:
        """Raises ``MechanismError`` where the mechanism declares a stage and was never called in it."""
        missed = sorted(set(self.spec.stages) - set(self.calls))
        self._require(not missed, f"declares {', '.join(one.name for one in missed)} and was never called there")

    def _require(self, kept: bool, fault: str) -> None:
        if not kept:
            raise MechanismError(self.spec.code, fault)


class _Watched(World):
    """A world that notes which facets are looked at."""

    __slots__ = ("seen",)

    def __init__(self, world: World) -> None:
        self._facets, self._routes = world._facets, world._routes
        self.seen: set[type] = set()

    def __getitem__(self, facet: Any, /) -> Any:
        self.seen.add(facet)
        return super().__getitem__(facet)

    def __contains__(self, facet: Any, /) -> bool:
        self.seen.add(facet)
        return super().__contains__(facet)


class _Noting:
    """A context that notes every number and answer, and gives the same ones again."""

    def __init__(self, inner: Context) -> None:
        self._inner = inner
        self._streams: dict[tuple[str, ...], list[float]] = {}
        self._again: dict[tuple[str, ...], _Replayed] = {}
        self._replies: list[Reply[Any]] = []
        self.replaying = False

    @property
    def stage(self) -> Stage:
        return self._inner.stage

    @property
    def attempt(self) -> int:
        return self._inner.attempt

    def rng(self, *key: str) -> Draws:
        numbers = self._streams.setdefault(key, [])
        if not self.replaying:
            return _Noted(self._inner.rng(*key), numbers)
        return self._again.setdefault(key, _Replayed(numbers))

    async def ask(self, prompt: Any, *key: str) -> Reply[Any]:
        if self.replaying:
            return self._replies.pop(0)
        reply = await self._inner.ask(prompt, *key)
        self._replies.append(reply)
        return reply


class _Noted(Draws):
    """Draws that are noted."""

    def __init__(self, inner: Draws, numbers: list[float]) -> None:
        self._source, self._numbers = inner, numbers

    def uniform(self) -> float:
        self._numbers.append(self._source.uniform())
        return self._numbers[-1]


class _Replayed(Draws):
    """The same draws once more."""

    def __init__(self, numbers: Sequence[float]) -> None:
        self._left = list(numbers)

    def uniform(self) -> float:
        return self._left.pop(0)
