"""What every mechanism keeps to, each checked at every call of a whole run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

from timepoint_pro.errors import UnknownNameError
from timepoint_pro.mechanisms.base import Context, Mechanism, Reply, Spec, Stage, Start
from timepoint_pro.mechanisms.catalogue import BUILT_IN, assemble, built_in
from timepoint_pro.records.codec import CONVERTER, Codec, dumps
from timepoint_pro.records.draws import Draws
from timepoint_pro.records.event import Event
from timepoint_pro.records.world import World
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template

DOCS = Path(__file__).parents[3] / "docs" / "mechanisms"


class Watched(World):
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


class Noting:
    """A context that notes every number and answer, and gives the same ones again."""

    def __init__(self, inner: Context) -> None:
        self.inner = inner
        self.stage, self.attempt = inner.stage, inner.attempt
        self.streams: dict[tuple[str, ...], list[float]] = {}
        self.replies: list[Reply[Any]] = []
        self.replaying = False

    def rng(self, *key: str) -> Draws:
        numbers = self.streams.setdefault(key, [])
        return Replayed(list(numbers)) if self.replaying else Noted(self.inner.rng(*key), numbers)  # type: ignore[return-value]

    async def ask(self, prompt: Any, *key: str) -> Reply[Any]:
        if self.replaying:
            return self.replies.pop(0)
        reply = await self.inner.ask(prompt, *key)
        self.replies.append(reply)
        return reply


class Noted(Draws):
    def __init__(self, inner: Draws, numbers: list[float]) -> None:
        self.inner, self.numbers = inner, numbers

    def uniform(self) -> float:
        self.numbers.append(self.inner.uniform())
        return self.numbers[-1]


class Replayed(Draws):
    def __init__(self, numbers: list[float]) -> None:
        self.numbers = numbers

    def uniform(self) -> float:
        return self.numbers.pop(0)


@attrs.frozen
class Checked:
    """Stands in for a mechanism and holds it to the contract at each call."""

    inner: Mechanism
    calls: list[Stage] = attrs.field(factory=list, eq=False)

    @property
    def spec(self) -> Spec:
        return self.inner.spec

    def start(self, template: Template, /) -> Start:
        first, again = self.inner.start(template), self.inner.start(template)
        assert first == again, f"{self.spec.code}: start differs from call to call"
        return first

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        self.calls.append(ctx.stage)
        before = repr(world.facets())
        watched, noting = Watched(world), Noting(ctx)
        events = list(await self.inner(watched, noting))
        noting.replaying = True
        again = list(await self.inner(Watched(world), noting))
        assert again == events, f"{self.spec.code}: another answer to the same world"
        assert repr(world.facets()) == before, f"{self.spec.code}: changed the world"
        strange = {kind.__name__ for kind in watched.seen - set(self.spec.reads)}
        assert not strange, f"{self.spec.code}: reads {strange}, which its spec does not declare"
        codec = Codec.of(self.spec.emits)
        for event in events:
            assert type(event) in self.spec.emits
            assert codec.event(type(event).__name__, dumps(event)) == event, f"{event} does not survive the log"
        return events


@pytest.fixture(scope="module")
def checked() -> list[Checked]:
    mechanisms = [Checked(one) for one in built_in()]
    Simulation.from_template("convergence/simple", seed=3, mechanisms=mechanisms, store=":memory:").run()  # type: ignore[arg-type]
    Simulation.from_template("mars_mission_portal", seed=3, mechanisms=mechanisms, store=":memory:").run()  # type: ignore[arg-type]
    return mechanisms


def test_every_mechanism_keeps_the_contract_in_every_stage_that_it_declares(checked: list[Checked]) -> None:
    for one in checked:
        assert set(one.calls) == set(one.spec.stages), one.spec.code


@pytest.mark.parametrize("mechanism", built_in(), ids=lambda one: one.spec.code)
def test_configuration_survives_a_round_trip(mechanism: Mechanism) -> None:
    plain = CONVERTER.unstructure(mechanism)
    assert CONVERTER.structure(plain, type(mechanism)) == mechanism


@pytest.mark.parametrize("mechanism", built_in(), ids=lambda one: one.spec.code)
def test_mechanisms_are_frozen_documented_and_known_by_their_code(mechanism: Mechanism) -> None:
    spec = mechanism.spec
    assert attrs.has(type(mechanism))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        mechanism.version = 2  # type: ignore[attr-defined]
    module, name = BUILT_IN[spec.code]
    assert type(mechanism).__name__ == name
    page = DOCS / f"{module}.md"
    assert page.is_file(), f"{spec.code} has no page {page.name}"
    text = page.read_text(encoding="utf-8")
    for field in attrs.fields(type(mechanism)):
        assert f"`{field.name}`" in text, f"{page.name} does not name the setting {field.name}"


def test_an_own_mechanism_replaces_the_built_in_one_of_its_code() -> None:
    own = next(one for one in built_in() if one.spec.code == "M14")
    changed = attrs.evolve(own)
    assert next(one for one in assemble([changed]) if one.spec.code == "M14") is changed


def test_leaving_out_what_is_not_there_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="M33"):
        assemble(without=["M33"])
