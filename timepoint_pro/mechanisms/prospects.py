"""What everybody expects, fears, keeps back and returns to: the facet of M15 and its events."""

# ruff: noqa: RUF009 -- the defaults are immutable

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from attrs import frozen
from immutables import Map

from timepoint_pro.formulas.prospect import Expectancy
from timepoint_pro.mechanisms.outlooks import STRENGTH, Expectation, Memory, Plan, Stated
from timepoint_pro.records.entity import Entity, EntityIntroduced
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.timepoint import TimepointOpened

PROSPECTIVE_KINDS = ("human", "ai")
MEMORIES = 6
GOAL_STAKE, GOAL_DAYS = 0.3, 7.0


@frozen
class Formed:
    """One mind at the opening of a moment.

    Args:
        entity: whose.
        options: (``"question/option"``, words, probability, outcome) of the courses open here.
        anxiety: in [0, 1).
        fears: what weighs most, in words.
        withheld: ids of items kept back.
        suppressed: impulses kept down, in words.
        intends: plans whose time has come, in words.
        rumination: what they return to, in words; empty where nothing is pressing.
    """

    entity: str
    options: tuple[tuple[str, str, float, float], ...] = ()
    anxiety: float = 0.0
    fears: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    suppressed: tuple[str, ...] = ()
    intends: tuple[str, ...] = ()
    rumination: str = ""


@frozen
class Learned:
    """What a moment did to one mind.

    Args:
        entity: whose.
        bits: surprise at what came, 0 where nothing did.
        foreseen: 1 where the likeliest course was taken, -1 where another was, 0 where none was.
        goals: 1 where the outcome served them, -1 where it did not, 0 else.
        closed: statements that are expected no longer, since they came or their time has passed.
        loads: (topic, change of load).
        memory: the episode, where it stays.
    """

    entity: str
    bits: float = 0.0
    foreseen: int = 0
    goals: int = 0
    closed: tuple[str, ...] = ()
    loads: tuple[tuple[str, float], ...] = ()
    memory: Memory | None = None


@frozen
class ProspectsFormed(Event):
    """Those present look ahead."""

    at: float
    people: tuple[Formed, ...]


@frozen
class ProspectsLearned(Event):
    """Those present look back. ``course``: the ``"question/option"`` decided, empty where none was."""

    at: float
    course: str
    people: tuple[Learned, ...]


@frozen
class Outlook:
    """One mind.

    Args:
        expectations: stated ones and goals, in order; the courses of the moment are in ``formed``.
        secrets: ids of facts that the template has them keep back.
        impulses: that the template states.
        plans: contingency plans.
        loads: of each topic, in (0, 1]; what is on their mind.
        memories: episodes, the strongest first.
        foresight: how often the likeliest course was taken.
        formed: how the last moment that they were present in began for them.
    """

    expectations: tuple[Expectation, ...] = ()
    secrets: tuple[str, ...] = ()
    impulses: tuple[str, ...] = ()
    plans: tuple[Plan, ...] = ()
    loads: Map[str, float] = Map()
    memories: tuple[Memory, ...] = ()
    foresight: Expectancy = Expectancy()
    formed: Formed = Formed("")

    @classmethod
    def of(cls, stated: Stated) -> Outlook:
        """The mind that the template states."""
        return cls(
            stated.expectations, stated.secrets, stated.impulses, stated.plans, Map(stated.loads), stated.memories
        )

    def load(self, topic: str) -> float:
        """How much a topic is on their mind, in [0, 1]."""
        return self.loads.get(topic, 0.0)

    def recalled(self, topics: Iterable[str]) -> Memory | None:
        """The strongest episode that has to do with one of ``topics``."""
        wanted = frozenset(topics)
        return next((one for one in self.memories if one.topic and one.topic in wanted), None)


NOBODY = Outlook()


@frozen
class Prospects:
    """Everybody's outlook.

    Args:
        minds: by entity.
        courses: every ``"question/option"`` decided on this path.
        opening: log entry by which the present moment opened.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (
        EntityIntroduced, TimepointOpened, ProspectsFormed, ProspectsLearned,
    )  # fmt: skip

    minds: Map[str, Outlook] = Map()
    courses: tuple[str, ...] = ()
    opening: str = ""

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case ProspectsFormed(people=people):
                minds = self.minds.update({one.entity: evolve(self.outlook(one.entity), formed=one) for one in people})
                return evolve(self, minds=minds)
            case ProspectsLearned(course=course, people=people):
                minds = self.minds.update({one.entity: _learned(self.outlook(one.entity), one) for one in people})
                courses = (*self.courses, course) if course and course not in self.courses else self.courses
                return evolve(self, minds=minds, courses=courses)
            case EntityIntroduced(entity=entity):
                if entity.kind not in PROSPECTIVE_KINDS:
                    return self
                mind = self.outlook(entity.id)
                kept = tuple(one for one in mind.expectations if one.of != "goal")
                hoped = evolve(mind, expectations=(*kept, *_goals(entity, entry.at)))
                return evolve(self, minds=self.minds.set(entity.id, hoped))
            case TimepointOpened():
                return evolve(self, opening=entry.id)
        return self

    def outlook(self, entity: str) -> Outlook:
        """All that ``entity`` has in mind; an empty one where nothing is known."""
        return self.minds.get(entity, NOBODY)

    def expectations(self, entity: str) -> tuple[Expectation, ...]:
        """What ``entity`` expects: stated, of their goals, and of the courses open in the moment."""
        mind = self.outlook(entity)
        courses = tuple(
            Expectation(words, Expectancy.of(probability, STRENGTH), outcome, 0.0, 0.0, course, "question")
            for course, words, probability, outcome in mind.formed.options
        )
        return (*mind.expectations, *courses)

    def anxiety(self, entity: str) -> float:
        """In [0, 1), as at the opening of the last moment that ``entity`` was present in."""
        return self.outlook(entity).formed.anxiety

    def withheld(self, entity: str) -> tuple[str, ...]:
        """Ids of the items that ``entity`` keeps back."""
        return self.outlook(entity).formed.withheld

    def memories(self, entity: str) -> tuple[Memory, ...]:
        """Episodes, the strongest first."""
        return self.outlook(entity).memories


def _goals(entity: Entity, at: float) -> tuple[Expectation, ...]:
    """Each goal as something that may fail; the stake is shared among them."""
    if not entity.goals:
        return ()
    stake = GOAL_STAKE / len(entity.goals)
    return tuple(
        Expectation(_failure(goal), Expectancy.of(0.4, STRENGTH), -stake, GOAL_DAYS, at, "", "goal")
        for goal in entity.goals
    )  # fmt: skip


def _failure(goal: str) -> str:
    """What it is to fail a goal, in words after "fears": what it wants kept from happening comes to pass."""
    words = goal.strip().rstrip(".").removeprefix("to ")
    for before, after in (("not ", "coming to "), ("never ", "coming to "), ("have no ", "seeing some ")):
        if words.startswith(before):
            return after + words.removeprefix(before).removeprefix("to ")
    return f"failing to {words}"


def _learned(mind: Outlook, learned: Learned) -> Outlook:
    expectations = tuple(
        evolve(one, chance=one.chance.seen(learned.goals < 0)) if one.of == "goal" and learned.goals else one
        for one in mind.expectations
        if one.statement not in learned.closed
    )
    loads = mind.loads
    for topic, change in learned.loads:
        load = min(1.0, max(0.0, loads.get(topic, 0.0) + change))
        loads = loads.set(topic, load)
    memories = mind.memories
    if learned.memory is not None:
        memories = tuple(sorted((*memories, learned.memory), key=_strength, reverse=True)[:MEMORIES])
    foresight = mind.foresight.seen(learned.foreseen > 0) if learned.foreseen else mind.foresight
    return evolve(mind, expectations=expectations, loads=loads, memories=memories, foresight=foresight)


def _strength(memory: Memory) -> float:
    return memory.strength
