"""Those before whom a directorial story is played: what they know, what each scene shows them, what is left loose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from attrs import field, frozen

from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.modes.irony import shown
from timepoint_pro.modes.settlements import Settlements
from timepoint_pro.modes.stagecraft import AudienceLearned, CurtainFallen, Stagecraft
from timepoint_pro.modes.staging import fact_item
from timepoint_pro.records.knowledge import Item
from timepoint_pro.records.timepoint import Timeline
from timepoint_pro.records.world import World
from timepoint_pro.templates.metadata import FactEntry


@frozen
class Audience:
    """The audience of a run.

    Args:
        told: ids of facts that it knows from the start.
        facts: of the template, by id.
    """

    told: tuple[str, ...] = ()
    facts: Mapping[str, FactEntry] = field(factory=dict, repr=False)

    @classmethod
    def of(cls, told: Sequence[str], facts: Iterable[FactEntry]) -> Self:
        """The audience that knows ``told`` of ``facts`` from the start."""
        return cls(tuple(told), {one.id: one for one in facts})

    def knows(self, world: World, *more: str) -> dict[str, Item]:
        """What it knows so far, by id, and ``more`` beside it (ids)."""
        knowledge = world.find(Knowledge)
        stated = knowledge.items if knowledge is not None else {}
        items = {}
        for group in ((*self.told, *world[Stagecraft].audience), more):
            for one in sorted(group):
                if one in self.facts:
                    items[one] = fact_item(self.facts[one])
                elif one in stated:
                    items[one] = stated[one]
        return items

    def learned(self, world: World) -> tuple[AudienceLearned, ...]:
        """What the scene just played showed to it and it did not know; nothing twice."""
        passed, craft, knowledge = world[Timeline].passed, world[Stagecraft], world.find(Knowledge)
        if knowledge is None or not passed or passed[-1].id in craft.measured:
            return ()
        last = passed[-1]
        scene = craft.scenes.get(last.id) or craft.scenes.get(last.key)
        if scene is None:
            return ()
        seen = shown(knowledge, last.present, scene.focalization, scene.point_of_view)
        fresh = tuple(one for one in seen if one not in craft.audience and one not in self.told)
        return (AudienceLearned(last.id, fresh, causes=world[Settlements].causes),)


def curtain(world: World, known: Mapping[str, Item]) -> CurtainFallen:
    """What the audience knows of the questions asked, and nobody who decided one of them ever learned."""
    knowledge = world.find(Knowledge)
    loose: list[str] = []
    for item in known.values():
        asked = [one for one in world[Timeline].passed if one.question is not None and one.question.decides]
        concerned = {
            one.question.decides for one in asked
            if one.question is not None and any(name.startswith(f"{one.question.id}/") for name, _ in item.bearing)
        }  # fmt: skip
        if concerned and knowledge is not None and not any(item.id in knowledge.holds(one) for one in concerned):
            loose.append(item.id)
    return CurtainFallen(tuple(loose), causes=world[Settlements].causes)
