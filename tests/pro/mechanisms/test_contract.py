"""What every mechanism keeps to, each checked at every call of a whole run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import attrs
import pytest

from timepoint_pro.errors import MechanismError, UnknownNameError
from timepoint_pro.evaluation.contract import Checked, check_contract, check_form
from timepoint_pro.mechanisms.base import Context, Mechanism, Spec, Stage, Start
from timepoint_pro.mechanisms.catalogue import BUILT_IN, assemble, built_in
from timepoint_pro.mechanisms.m14_circadian import Circadian
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import PresenceSet, Timeline
from timepoint_pro.records.world import World
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template
from timepoint_pro.templates.vocabulary import MECHANISM_NAMES, mechanism_words

DOCS = Path(__file__).parents[3] / "docs" / "mechanisms"


@pytest.fixture(scope="module")
def checked() -> list[Checked]:
    mechanisms = [Checked(one) for one in built_in()]
    own = [one.as_mechanism for one in mechanisms]
    Simulation.from_template("convergence/simple", seed=3, mechanisms=own, store=":memory:").run()
    portal = Template.from_template("mars_mission_portal").with_changes({"temporal.backward_steps": 2})
    Simulation(portal, seed=3, mechanisms=own, store=":memory:").run()
    return mechanisms


def test_the_codes_are_put_in_words_by_their_own_names() -> None:
    assert {one.spec.code: one.spec.name for one in built_in()}.items() <= MECHANISM_NAMES.items()
    assert mechanism_words(("M3", "RUMOUR", "M13")) == "M3 knowledge provenance, RUMOUR, M13 relationships"


def test_a_code_is_left_out_however_it_is_written() -> None:
    assert assemble(without=["m9"]) == assemble(without=["M9"])
    assert "M9" not in {one.spec.code for one in assemble(without=["m9"])}


def test_every_mechanism_keeps_the_contract_in_every_stage_that_it_declares(checked: list[Checked]) -> None:
    for one in checked:
        one.check_stages()
        assert set(one.calls) == set(one.spec.stages), one.spec.code


@pytest.mark.parametrize("mechanism", built_in(), ids=lambda one: one.spec.code)
def test_mechanisms_are_frozen_documented_and_known_by_their_code(mechanism: Mechanism) -> None:
    check_form(mechanism)
    module, name = BUILT_IN[mechanism.spec.code]
    assert type(mechanism).__name__ == name
    page = DOCS / f"{module}.md"
    assert page.is_file(), f"{mechanism.spec.code} has no page {page.name}"
    text = page.read_text(encoding="utf-8")
    kind: Any = type(mechanism)
    for field in attrs.fields(kind):
        assert f"`{field.name}`" in text, f"{page.name} does not name the setting {field.name}"


def test_an_own_mechanism_replaces_the_built_in_one_of_its_code() -> None:
    changed = Circadian(word_cost=0.1)
    assert next(one for one in assemble([changed]) if one.spec.code == "M14") is changed


def test_leaving_out_what_is_not_there_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="M33"):
        assemble(without=["M33"])


@attrs.frozen
class Quiet:
    """A mechanism that does nothing; the ones below each break one rule."""

    spec: ClassVar[Spec] = Spec("X1", "quiet", (Stage.CHECK,), (), ())

    def start(self, template: Template, /) -> Start:
        return Start()

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        return ()


class Loose(Quiet):
    """Not frozen."""

    __setattr__ = object.__setattr__


@attrs.frozen
class Peeking(Quiet):
    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        return (PresenceSet("T0", ()),) if world[Timeline].now is None else ()


@attrs.frozen
class Undeclared(Quiet):
    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        return (PresenceSet("T0", ()),)


@attrs.frozen
class Counting(Quiet):
    seen: list[int] = attrs.field(factory=list, eq=False)
    spec: ClassVar[Spec] = Spec("X1", "counting", (Stage.CHECK,), (), (PresenceSet,))

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        self.seen.append(1)
        return (PresenceSet(str(len(self.seen)), ()),)


@attrs.frozen
class Idle(Quiet):
    spec: ClassVar[Spec] = Spec("X1", "idle", (), (), ())


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (Loose(), "not frozen"), (Peeking(), "reads Timeline"), (Undeclared(), "emits PresenceSet"),
        (Counting(), "another answer"), (Idle(), "at least one stage"),
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_what_breaks_the_contract_is_named(broken: Mechanism, fault: str) -> None:
    template = Template.from_template("convergence/simple").with_changes({"timepoints.count": 1})
    check_contract(Quiet(), template)
    with pytest.raises(MechanismError, match=fault):
        check_contract(broken, template)
