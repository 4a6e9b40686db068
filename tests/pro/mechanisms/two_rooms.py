"""Six people in two rooms who never meet, on a fixed plan: what happens in one room is no business of the other."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from attrs import frozen

from timepoint_pro.mechanisms.base import Context, Start
from timepoint_pro.modes.base import Plan
from timepoint_pro.modes.scenario import Scenario
from timepoint_pro.records.event import Event
from timepoint_pro.records.knowledge import Item, item_id
from timepoint_pro.records.timepoint import News, Timeline, Timepoint, TimepointPlanned
from timepoint_pro.records.world import Facet, World
from timepoint_pro.templates import Template

LAB, HALL = ("ada", "ben"), ("cora", "dev", "elif", "finn")
ROOMS = (LAB, HALL)
COUNT = 6


@frozen
class Rounds:
    """The two rooms in turn, a day apart; each has its own matter, and what is seen there."""

    name: ClassVar[str] = "directorial"
    version: ClassVar[int] = 1
    emits: ClassVar[tuple[type[Event], ...]] = (TimepointPlanned,)
    reads: ClassVar[tuple[type[Facet], ...]] = (Timeline,)

    scenario: Scenario

    @classmethod
    def from_template(cls, template: Template, /) -> Self:
        return cls(Scenario.of(template))

    def start(self, _template: Template, /) -> Start:
        return Start()

    async def plan(self, world: World, ctx: Context, /) -> Plan:
        passed = world[Timeline].passed
        index = len(passed)
        if index >= COUNT:
            return Plan()
        present = ROOMS[index % 2]
        said = f"The {('lab', 'hall')[index % 2]} clock shows day {index}, and the door is shut."
        seen = News(Item(item_id(said), said, importance=0.2), present, "witnessed", "scene", 1.0)
        moment = Timepoint(
            id=f"T{index}", key=f"T{index}", index=index, at=24.0 * index,
            antecedents=tuple(one.id for one in passed[-1:]), circumstance=said, present=present,
            location=("lab", "hall")[index % 2], question=self.scenario.question(("level", "gate")[index % 2]),
            max_turns=5, news=(seen,),
        )  # fmt: skip
        return Plan((TimepointPlanned(moment),), (moment,))


def document() -> dict[str, Any]:
    """The template of the two rooms."""
    people = (*LAB, *HALL)
    return {
        "scenario_description": "Six people keep an old dam from two rooms.",
        "world_id": "rooms",
        "timepoints": {"count": COUNT, "start_time": "2030-04-01T09:00:00Z", "resolution": "day"},
        "temporal": {"mode": "directorial"},
        "metadata": {
            "entity_roster": {
                one: {"role": "keeper", "relationships": {other: {"trust": 0.1} for other in people if other != one}}
                for one in people
            },
            "facts": [
                {"id": "seep", "statement": "Water seeps through the left wing wall.", "handle": "the seep",
                 "topic": "wall", "known_by": ["ada"], "bearing": {"level": {"lower": 0.5}}},
                {"id": "motor", "statement": "The gate motor drew double its rated current.",
                 "handle": "the motor current", "topic": "gate", "known_by": ["cora"],
                 "bearing": {"gate": {"test": 0.5}}},
                {"id": "budget", "statement": "The budget ends in June.", "handle": "the budget", "topic": "money",
                 "known_by": ["dev", "ben"]},
            ],
            "questions": [
                {"id": "level", "text": "Do we lower the lake?", "topics": ["wall"], "decides": "ada",
                 "options": [{"id": "lower", "label": "lower the lake", "noun": "a lower lake"},
                             {"id": "hold", "label": "hold the level", "noun": "the present level"}]},
                {"id": "gate", "text": "Do we test the gate?", "topics": ["gate"],
                 "options": [{"id": "test", "label": "test the gate"}, {"id": "skip", "label": "skip the test"}]},
            ],
        },
    }  # fmt: skip
