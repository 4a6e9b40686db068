"""What the planners of all modes take from a template and from the world: the scenario as a value.

The view that a planner gets holds everything, secrets too: nobody in the story sees a plan. What of a plan may
reach a scene is decided in ``staging``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Self

from attrs import field, frozen

from timepoint_pro.errors import MechanismError
from timepoint_pro.mechanisms.knowledge import NOTHING, Knowledge
from timepoint_pro.mechanisms.m06_tensor_state import Minds
from timepoint_pro.mechanisms.prospects import Prospects
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.modes.readings import Readings, label
from timepoint_pro.modes.settlements import SceneSettled, Settlements, settled_words
from timepoint_pro.prompts.planning import (
    FactView,
    MomentProposal,
    MomentView,
    PersonView,
    QuantityView,
    QuestionView,
    ScenarioView,
    TensionView,
)
from timepoint_pro.records.entity import Cast, Entity
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.language import is_english
from timepoint_pro.records.timepoint import Option, Question, Timeline
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template
from timepoint_pro.templates.metadata import FactEntry, QuantityEntry, QuestionEntry
from timepoint_pro.templates.roster import RosterEntry

MOST_FACTS = 120
"""How many facts a planner is shown at most."""
MOST_PEOPLE = 40
MOST_TENSIONS = 8
MOST_PASSED = 12
MOST_EXPECTED = 2
STRAINED = 0.0
SPEAKING_KINDS = ("human", "ai")


@frozen
class Scenario:
    """The parts of a template that planning uses. See ``Template`` for their meaning."""

    description: str
    language: str
    location: str
    roster: Mapping[str, RosterEntry]
    facts: tuple[FactEntry, ...]
    questions: tuple[QuestionEntry, ...]
    quantities: tuple[QuantityEntry, ...]
    _stated: tuple[FactView, ...] = field(init=False, repr=False, eq=False)
    """The facts as a planner sees them while only their first holders know."""
    _put: tuple[QuestionView, ...] = field(init=False, repr=False, eq=False)
    """The questions as a planner sees them."""
    _disputed: tuple[QuestionEntry, ...] = field(init=False, repr=False, eq=False)
    """The questions on which more than one lean."""
    _common: tuple[str, ...] = field(init=False, repr=False, eq=False)
    """What everyone knows from the beginning."""

    @_stated.default
    def _state(self) -> tuple[FactView, ...]:
        return tuple(_stated(fact) for fact in self.facts)

    @_put.default
    def _put_questions(self) -> tuple[QuestionView, ...]:
        return tuple(_question(one) for one in self.questions)

    @_disputed.default
    def _may_be_disputed(self) -> tuple[QuestionEntry, ...]:
        return tuple(one for one in self.questions if len(one.leanings) > 1)

    @_common.default
    def _known_to_all(self) -> tuple[str, ...]:
        return tuple(fact.statement for fact in self.facts if fact.is_common and fact.is_initial)

    @classmethod
    def of(cls, template: Template) -> Self:
        """The scenario that ``template`` describes."""
        location = template.metadata.get("location")
        return cls(
            template.scenario_description,
            template.spoken_language,
            location if isinstance(location, str) else "",
            template.roster,
            template.facts,
            template.questions,
            tuple(template.quantities.values()),
        )

    def people(self, world: World) -> tuple[PersonView, ...]:
        """Everyone who may take part, in order of introduction, ``MOST_PEOPLE`` at most.

        Raises:
            MechanismError: nobody exists.
        """
        cast = world[Cast]
        if not cast.order:
            raise MechanismError("M17", "nobody exists to take part; introduce entities before the first plan")
        return tuple(
            _seen(cast[one], _mood(world, one), _expected(world, one)) for one in cast.order[:MOST_PEOPLE]
        )

    def view(
        self, world: World, asked: Iterable[str], index: int, within: Collection[str] | None = None
    ) -> ScenarioView:
        """What a planner sees before moment ``index``, without the questions already ``asked``.

        Args:
            world: the world between two moments.
            asked: ids of questions.
            index: place in story order.
            within: ids of those whose knowledge, feelings and ties it is bounded by: of all others it shows what
                the template says. None: everyone.
        """
        people = self.people(world)
        if within is not None:
            people = tuple(one if one.id in within else evolve(one, mood="", expects=()) for one in people)
        gone = set(asked)
        return ScenarioView(
            description=self.description,
            people=people,
            facts=self._facts_at(world, tuple(one.id for one in people), index, within),
            tensions=self._tensions(world, people, within),
            questions=tuple(one for one in self._put if one.id not in gone),
            circumstances=self._common,
            language=self.language,
            quantities=tuple(self._quantity(world, one) for one in self.quantities),
            location=self.location,
        )

    def question(self, question_id: str) -> Question | None:
        """The question of that id as a scene has it, or None."""
        for one in self.questions:
            if one.id == question_id:
                quoted = not is_english(self.language)
                options = tuple(
                    Option(option.id, option.label or option.id, option.noun, quoted) for option in one.options
                )
                return Question(one.id, one.text, options, one.topics, one.decides)
        return None

    def option(self, question_id: str, option_id: str) -> Option | None:
        """The option of that id as a scene has it, or None."""
        question = self.question(question_id)
        options = question.options if question is not None else ()
        return next((one for one in options if one.id == option_id), None)

    def public_words(self, people: Sequence[PersonView]) -> tuple[str, ...]:
        """Texts whose words everyone may use at any time."""
        options = (part for one in self.questions for option in one.options for part in (option.label, option.noun))
        questions = (text for one in self.questions for text in (one.text, *one.topics))
        return (
            self.description,
            self.location,
            *(text for one in people for text in (one.id, one.name, one.role)),
            *questions,
            *options,
            *(label(one) for one in self.quantities),
        )

    def moments(
        self, world: World, last: SceneSettled | None, proposals: Mapping[str, MomentProposal]
    ) -> tuple[MomentView, ...]:
        """The latest ``MOST_PASSED`` moments played on this path.

        Args:
            world: the world between two moments.
            last: settles the latest moment, where the world does not hold that yet.
            proposals: what planners proposed, by timepoint id.
        """
        cast = world[Cast]
        names = {one: cast[one].name for one in cast.order[:MOST_PEOPLE]}
        settlements = world[Settlements]
        views = []
        for moment in world[Timeline].passed[-MOST_PASSED:]:
            settled = last if last is not None and last.timepoint_id == moment.id else settlements.of(moment.id)
            by = names.get(settled.by, "") if settled is not None else ""
            views.append(MomentView(
                moment.id,
                moment.description or moment.circumstance,
                settled_words(moment, settled, by),
                moment.question.id if moment.question is not None else "",
                proposals[moment.id].facts if moment.id in proposals else (),
                moment.present,
                settled.option if settled is not None else "",
                moment.mechanism,
                moment.circumstance,
            ))  # fmt: skip
        return tuple(views)

    def _near(self, index: int) -> Sequence[int]:
        """Places of the facts that a planner of moment ``index`` is shown: all, or the ``MOST_FACTS`` nearest to it.

        Nearest are those that enter about then; of equally near ones the weightier. Their order is the template's.
        """
        if len(self.facts) <= MOST_FACTS:
            return range(len(self.facts))
        ranked = sorted(
            [(abs(one.index - index), -one.importance, place) for place, one in enumerate(self._stated)]
        )
        return sorted([place for _, _, place in ranked[:MOST_FACTS]])

    def _facts_at(
        self, world: World, people: tuple[str, ...], index: int, within: Collection[str] | None
    ) -> tuple[FactView, ...]:
        """The facts near moment ``index``, each with those of ``people`` who hold it by then."""
        knowledge = world.find(Knowledge)
        held = [
            (one, NOTHING if knowledge is None or (within is not None and one not in within) else knowledge.holds(one))
            for one in people
        ]
        seen = []
        for place in self._near(index):
            fact, is_common = self._stated[place], self.facts[place].is_common
            first = people if is_common else fact.holders
            if not is_common and knowledge is not None and fact.index <= index:
                first = tuple([one for one, mine in held if fact.id in mine or one in first])
            seen.append(fact if first == fact.holders else evolve(fact, holders=first))
        return tuple(seen)

    def _quantity(self, world: World, one: QuantityEntry) -> QuantityView:
        last = world[Readings].last.get(one.id)
        value = last[1] if last is not None else one.initial
        return QuantityView(
            one.id, label(one), one.unit, value, one.threshold, one.per_hour, one.topic, one.watched_by
        )

    def _tensions(
        self, world: World, people: Sequence[PersonView], within: Collection[str] | None
    ) -> tuple[TensionView, ...]:
        found = []
        for one in people[:12]:
            if within is not None and one.id not in within:
                continue
            for other in people[:12]:
                trust = None if one is other else self._trust(world, one.id, other.id)
                if trust is not None and trust < STRAINED:
                    found.append((round(trust, 3), one, other))
        worst = sorted(found, key=_shown_trust)[:MOST_TENSIONS]
        return tuple(TensionView(one.id, other.id, trust, self._crossing(one, other)) for trust, one, other in worst)

    def _trust(self, world: World, one: str, other: str) -> float | None:
        if Ties in world:
            ties = world[Ties]
            return ties.trust(one, other) if (one, other) in ties.pairs else None  # a stranger is trusted by 0
        member = self.roster.get(one)
        tie = member.relationships.get(other) if member is not None else None
        return tie.trust if tie is not None else None

    def _crossing(self, one: PersonView, other: PersonView) -> str:
        """What the two want that crosses: opposite leanings on a question first, else their first goals."""
        for question in self._disputed:
            mine, theirs = question.leanings.get(one.id, {}), question.leanings.get(other.id, {})
            if any(weight * theirs.get(option, 0.0) < 0 for option, weight in mine.items()):
                return f"They lean different ways on this: {question.text}"
        if one.goals and other.goals:
            return f"{one.name} wants to {one.goals[0]}; {other.name} wants to {other.goals[0]}."
        return ""


def allot(questions: Sequence[QuestionEntry], count: int) -> tuple[tuple[str, ...], ...]:
    """Which questions each of ``count`` moments is to turn on, by index.

    A question with ``at`` goes there; those without are spread evenly over the moments that have none, in order.
    A question set for a moment that the run does not have is left out.
    """
    places: list[list[str]] = [[] for _ in range(count)]
    free = []
    for question in questions:
        if question.at is None:
            free.append(question.id)
        elif question.at < count:
            places[question.at].append(question.id)
    empty = [place for place in places if not place] or places
    for number, question_id in enumerate(free):
        empty[min(len(empty) - 1, number * len(empty) // len(free))].append(question_id)
    return tuple(tuple(place) for place in places)


def _shown_trust(tie: tuple[float, PersonView, PersonView]) -> float:
    return tie[0]


def _stated(fact: FactEntry) -> FactView:
    """A fact with those who hold it at first, as the template names them."""
    bearing = tuple(
        (f"{question}/{option}", weight)
        for question, options in fact.bearing.items()
        for option, weight in options.items()
    )
    return FactView(
        fact.id, fact.statement, fact.handle, fact.topic, fact.importance, fact.known_by, fact.leads_to,
        fact.enters or 0, fact.subject, bearing,
    )  # fmt: skip


def _question(one: QuestionEntry) -> QuestionView:
    leanings = tuple(
        (entity, option, weight) for entity, options in one.leanings.items() for option, weight in options.items()
    )
    return QuestionView(
        one.id,
        one.text,
        one.topics,
        tuple((option.id, option.label or option.id) for option in one.options),
        one.decides,
        -1 if one.at is None else one.at,
        leanings,
    )


def _seen(one: Entity, mood: str, expects: tuple[str, ...]) -> PersonView:
    archetype = one.archetype.id if one.archetype is not None else ""
    return PersonView(one.id, one.name, one.kind, one.role, archetype, one.goals, mood, one.body.location, expects)


def _expected(world: World, entity: str) -> tuple[str, ...]:
    """What somebody looks forward to or fears beyond their goals (M15), the likeliest first."""
    if Prospects not in world:
        return ()
    stated = [one for one in world[Prospects].outlook(entity).expectations if one.of == "stated"]
    ranked = sorted(stated, key=lambda one: -one.probability)[:MOST_EXPECTED]
    return tuple(f"{'fears' if one.outcome < 0 else 'expects'} that {one.statement.rstrip('.')}" for one in ranked)


def _mood(world: World, entity: str) -> str:
    """A word for what somebody feels (the four quadrants of Russell 1980); empty where nothing marks it."""
    if Minds not in world:
        return ""
    valence, arousal = world[Minds].valence(entity), world[Minds].arousal(entity)
    if abs(valence) < 0.2 and abs(arousal - 0.5) < 0.2:
        return ""
    if valence >= 0:
        return "eager" if arousal >= 0.5 else "at ease"
    return "tense" if arousal >= 0.5 else "low"
