"""A stage for modes: a small template, and a run whose scenes are closed by a chosen option."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from attrs import evolve, field, frozen

from timepoint_pro.llm.scripted.planning import answer as scripted
from timepoint_pro.mechanisms.base import Reply, Stage
from timepoint_pro.modes.base import Mode
from timepoint_pro.modes.catalogue import mode_for
from timepoint_pro.prompts.base import Prompt
from timepoint_pro.records.draws import Dice, Draws
from timepoint_pro.records.entity import Cast, Entity, EntityIntroduced
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.timepoint import Timeline, Timepoint, TimepointClosed, TimepointOpened
from timepoint_pro.records.turn import Floor, SceneEnded, Turn, TurnAdmitted, TurnProposed
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

Answer = Callable[[Prompt[Any], Draws], Any]

PEOPLE = ("ada", "ben", "cora", "dev", "elif", "finn", "gus", "hana")


def document(people: int = 4, **temporal: Any) -> dict[str, Any]:
    """A template about a dam: ``people`` who keep it, five facts that lead to its failure, three questions."""
    names = PEOPLE[:people]
    last = names[-1]
    return {
        "scenario_description": "A few people keep an old dam above a village through a wet spring.",
        "world_id": "dam",
        "timepoints": {"count": 4, "start_time": "2030-04-01T08:00:00Z", "resolution": "day"},
        "temporal": {
            "mode": "portal",
            "portal_description": "The spillway gate jams and the lower village is flooded.",
            "backward_steps": 4,
            **temporal,
        },
        "metadata": {
            "location": "control room",
            "entity_roster": {
                name: {
                    "role": "keeper",
                    "goals": ["keep the lake full for the summer", "stay within the budget"],
                    "relationships": {
                        other: {"trust": -0.3 if other == last else 0.2} for other in names if other != name
                    },
                }
                for name in names
            },
            "facts": [
                {
                    "id": "seep",
                    "statement": "Water seeps through the left wing wall at four litres a minute.",
                    "handle": "the seep",
                    "topic": "wall",
                    "known_by": [last],
                    "leads_to": ["crack"],
                    "importance": 0.7,
                    "bearing": {"level": {"lower": 0.6, "hold": -0.5}},
                },
                {
                    "id": "grease",
                    "statement": "The gate bearings were last greased eleven years ago.",
                    "handle": "the grease record",
                    "topic": "gate",
                    "known_by": [names[0]],
                    "leads_to": ["stiff"],
                },
                {
                    "id": "crack",
                    "statement": "A hairline crack runs down from the crest to the gallery.",
                    "handle": "the hairline crack",
                    "topic": "wall",
                    "known_by": [names[0]],
                    "enters": 1,
                    "leads_to": ["outcome"],
                    "bearing": {"inspect": {"now": 0.6, "later": -0.6}},
                },
                {
                    "id": "stiff",
                    "statement": "The gate motor drew double its rated current on the last test.",
                    "handle": "the motor current",
                    "topic": "gate",
                    "known_by": [last],
                    "enters": 2,
                    "leads_to": ["outcome"],
                    "importance": 0.9,
                },
                {
                    "id": "rain",
                    "statement": "Ninety millimetres of rain are forecast for the weekend.",
                    "handle": "the rain forecast",
                    "topic": "weather",
                    "known_by": ["*"],
                    "enters": 3,
                    "leads_to": ["outcome"],
                },
            ],
            "questions": [
                {
                    "id": "level",
                    "text": "Do we lower the lake?",
                    "topics": ["wall"],
                    "decides": names[0],
                    "at": 0,
                    "options": [
                        {"id": "lower", "label": "lower the lake", "noun": "a lower lake"},
                        {"id": "hold", "label": "hold the level", "noun": "the present level"},
                    ],
                    "leanings": {names[0]: {"hold": 0.5, "lower": -0.4}, last: {"lower": 0.6}},
                },
                {
                    "id": "inspect",
                    "text": "When do we inspect the wall?",
                    "topics": ["wall"],
                    "decides": last,
                    "at": 1,
                    "options": [
                        {"id": "now", "label": "inspect the wall at once"},
                        {"id": "later", "label": "wait for the dry season"},
                    ],
                },
                {
                    "id": "gate",
                    "text": "Do we test the gate?",
                    "topics": ["gate"],
                    "at": 2,
                    "options": [{"id": "test", "label": "test the gate"}, {"id": "skip", "label": "skip the test"}],
                },
            ],
            "quantitative_tracking": {
                "lake": {
                    "label": "lake level",
                    "unit": "m",
                    "initial": 41.0,
                    "threshold": 42.0,
                    "per_hour": 0.02,
                    "noise": 0.01,
                    "topic": "wall",
                    "watched_by": [last],
                }
            },
        },
    }


def template(people: int = 4, **temporal: Any) -> Template:
    """The dam, as a template."""
    return Template.from_dict(document(people, **temporal))


@frozen
class Asked:
    """A context that answers by a function and remembers every prompt with its key."""

    dice: Dice
    answer: Answer
    calls: list[tuple[tuple[str, ...], Prompt[Any]]]
    stage: Stage = Stage.PLAN
    attempt: int = 0

    def rng(self, *key: str) -> Draws:
        return self.dice.draws("M17", *key)

    async def ask(self, prompt: Prompt[Any], *key: str) -> Reply[Any]:
        await asyncio.sleep(0)
        self.calls.append((key, prompt))
        given = self.answer(prompt, self.dice.draws("M17", "ask", *key))
        assert prompt.check(given) is None, prompt.check(given)
        return Reply(given, "/".join(key), "staged")


@frozen
class Played:
    """What came of a run: the world at its end, the log, and the calls."""

    world: World
    log: tuple[Entry, ...]
    calls: tuple[tuple[tuple[str, ...], Prompt[Any]], ...]

    @property
    def moments(self) -> tuple[Timepoint, ...]:
        return self.world[Timeline].passed

    def events(self, kind: type[Event]) -> list[Any]:
        return [entry.event for entry in self.log if isinstance(entry.event, kind)]


@frozen
class Run:
    """Plays a template's moments with a mode, each scene closed by ``choose``'s option (empty: left open)."""

    template: Template
    seed: int = 0
    answer: Answer = scripted
    choose: Callable[[Timepoint], str] = field(default=lambda moment: moment.question.options[0].id)
    scene_hours: float = 0.05

    def play(self) -> Played:
        mode: Mode = mode_for(self.template)
        calls: list[tuple[tuple[str, ...], Prompt[Any]]] = []
        log: list[Entry] = []
        world = World((Timeline(), Cast(), Floor(), *mode.start(self.template).facets))

        def fold(world: World, timepoint_id: str, events: Sequence[Event]) -> World:
            entries = [
                Entry(f"{timepoint_id}#{len(log) + number}", timepoint_id, 0.0, -1, "M17", event)
                for number, event in enumerate(events)
            ]
            log.extend(entries)
            return world.fold(entries)

        members = [
            EntityIntroduced(Entity(one.id, one.display_name, one.acts_as, one.role, goals=one.goals))
            for one in self.template.roster.values()
        ]
        world = fold(world, "start", members)
        key = "plan"
        while True:
            plan = asyncio.run(mode.plan(world, Asked(Dice(self.seed, key), self.answer, calls)))
            world = fold(world, key, plan.events)
            if not plan.next:
                return Played(world, tuple(log), tuple(calls))
            (moment,) = plan.next
            option = self.choose(moment) if moment.question is not None else ""
            turn = Turn(f"{moment.id}.1", moment.present[0], "Then it is settled.", act="close", option=option)
            said = (TurnProposed(turn, "c"), TurnAdmitted(turn.id, 3.0)) if option else ()
            closed = TimepointClosed(moment.id, moment.at + self.scene_hours, len(said) // 2, "said")
            world = fold(world, moment.id, (TimepointOpened(moment), *said, SceneEnded("said"), closed))
            key = f"plan:{moment.id}"


def forward(base: Template, **timepoints: Any) -> Template:
    """The same template in forward mode."""
    changes = {f"timepoints.{name}": value for name, value in timepoints.items()}
    return base.with_changes({"temporal.mode": "forward", **changes})


def with_proposals(change: Callable[[Any], Any]) -> Answer:
    """The built-in planner, with every proposal changed by ``change``."""
    from timepoint_pro.prompts.planning import Antecedents, NextMoment

    def answer(prompt: Prompt[Any], draws: Draws) -> Any:
        given = scripted(prompt, draws)
        if isinstance(given, NextMoment):
            return NextMoment(change(given.moment))
        if isinstance(given, Antecedents):
            return evolve(given, candidates=tuple(change(one) for one in given.candidates))
        return given

    return answer
