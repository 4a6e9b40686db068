"""What modes share that steer moments of a story told forward: asking for one, and staging it as they want it."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, field, frozen, validators

from timepoint_pro.mechanisms.base import Context
from timepoint_pro.modes.clock import Clock
from timepoint_pro.modes.forward import ASKED, MomentProposed, Proposals
from timepoint_pro.modes.premise import whole
from timepoint_pro.modes.readings import Readings
from timepoint_pro.modes.scenario import SPEAKING_KINDS, Scenario, allot
from timepoint_pro.modes.settlements import SceneSettled
from timepoint_pro.modes.staging import Staging
from timepoint_pro.prompts.planning import (
    Direction,
    FactView,
    MomentProposal,
    NextContext,
    PersonView,
    ProposeNext,
)
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import News, Question, Timeline, Timepoint
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

TALKING = 4
"""People who talk in a moment, before those without words are counted."""


@frozen
class Wanted:
    """One moment as a mode wants it.

    Args:
        index: place in story order.
        key: of the moment.
        direction: for the planner.
        questions: ids of the questions that it may turn on, the one that is due first.
        people: ids of those who may take part; empty: everyone.
        first: ids of those who must.
        location: where; empty: the template's place.
        given: what everyone present witnesses besides, whole sentences.
        secrets: what its circumstance must not tell.
        news: what becomes known at its start besides the template's.
        last_row: ids of the moments that it follows from.
        after: story time in hours that it must come after.
        at: story time in hours, where that is settled; None: by the clock.
        importance: in [0, 1].
        max_turns: 0 for the dialog mechanism's own limit.
    """

    index: int
    key: str
    direction: Direction
    questions: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    location: str = ""
    given: str = ""
    secrets: tuple[str, ...] = ()
    news: tuple[News, ...] = ()
    last_row: tuple[str, ...] = ()
    after: float = 0.0
    at: float | None = None
    importance: float = 0.5
    max_turns: int = 0


@frozen
class Steering:
    """Asks for moments and stages them.

    Args:
        scenario: of the template.
        clock: the run's.
        total: how many moments the run has.
        unit: the template's resolution, in words.
    """

    scenario: Scenario
    clock: Clock
    total: int = field(validator=validators.ge(1))
    unit: str = "hour"

    @classmethod
    def of(cls, template: Template) -> Steering:
        """As the template's ``timepoints`` say."""
        moments = template.timepoints
        total = moments.before_count + moments.count + moments.after_count
        return cls(Scenario.of(template), Clock.of(template), total, moments.resolution)

    @property
    def places(self) -> tuple[tuple[str, ...], ...]:
        """Ids of the questions that each moment is to turn on, by index."""
        return allot(self.scenario.questions, self.total)

    def company(self, world: World, wanted: Wanted) -> tuple[str, ...]:
        """Who is present: those wanted first, whoever decides, who has something new to bring, and others by turns."""
        view = self.scenario.view(world, (), wanted.index)
        people = tuple(one for one in view.people if not wanted.people or one.id in wanted.people)
        able = [one.id for one in people if one.kind in SPEAKING_KINDS] or [one.id for one in people]
        fresh = sorted((one for one in view.facts if one.index == wanted.index), key=lambda one: -one.importance)
        bringing = [holder for fact in fresh for holder in fact.holders[:1] if holder in able]
        silent = [one.id for one in people if one.id not in able]
        turned = [*_from(able, wanted.index)[:TALKING], *_from(silent, wanted.index), *_from(able, wanted.index)]
        proposed = (*wanted.first, *bringing, *turned)
        names = {one.id for one in people}
        seen = {one for moment in world[Timeline].passed for one in moment.present}
        unseen = [one.id for one in people if one.id not in seen]
        question = self.question(wanted)
        decides = question.decides if question is not None else ""
        return self._staging(wanted, people, view.facts).attendance(
            [one for one in proposed if one in names], decides, unseen, self.total - wanted.index
        )

    def entering(self, world: World, index: int) -> tuple[News, ...]:
        """The template's facts that enter at moment ``index``, as news."""
        view = self.scenario.view(world, (), index)
        return Staging(self.scenario, view.people, view.facts, self.clock).entering(index, index)

    def question(self, wanted: Wanted) -> Question | None:
        """What the moment turns on: the first of the questions that it may."""
        return self.scenario.question(wanted.questions[0]) if wanted.questions else None

    async def ask(
        self, world: World, ctx: Context, wanted: Wanted, present: tuple[str, ...], settled: SceneSettled | None
    ) -> MomentProposal:
        """The planner's proposal for a moment with these ``present``.

        Raises:
            ModelError: when no model gave a usable one.
        """
        context = self._context(world, wanted, present, settled)
        return (await ctx.ask(ProposeNext(ASKED, context), "next", wanted.key)).answer.moment

    def stage(
        self, world: World, ctx: Context, wanted: Wanted, present: tuple[str, ...], proposal: MomentProposal,
        readings: dict[str, tuple[float, float]],
    ) -> tuple[Timepoint, tuple[Event, ...]]:  # fmt: skip
        """The moment that a proposal makes under these wishes, and what is recorded on the way.

        Args:
            world: the world between two moments.
            ctx: for the chance part of readings.
            wanted: the wishes.
            present: who is there.
            proposal: the planner's.
            readings: last reading of each quantity, moved on here.
        """
        view = self.scenario.view(world, (), wanted.index)
        question, stage = self.question(wanted), self._staging(wanted, view.people, view.facts)
        at = self._at(world, wanted, proposal) if wanted.at is None else wanted.at
        guard = stage.guard(present, wanted.index).forbidding("outcome", wanted.secrets)
        circumstance, cut = stage.circumstance(wanted.key, proposal.circumstance, guard, present, question)
        circumstance = f"{whole(wanted.given)} {circumstance}".strip()
        news, read = stage.news(wanted.index, at, present, circumstance, question, readings, ctx)
        moment = Timepoint(
            id=wanted.key,
            key=wanted.key,
            index=wanted.index,
            at=at,
            antecedents=wanted.last_row,
            title=stage.title(proposal.title, guard, question),
            description=whole(proposal.description),
            circumstance=circumstance,
            present=present,
            location=wanted.location or self.scenario.location,
            question=question,
            importance=round(min(1.0, max(0.0, wanted.importance)), 3),
            max_turns=wanted.max_turns,
            news=(*wanted.news, *news),
            cause=whole(proposal.cause),
            mechanism=proposal.mechanism,
        )
        return moment, (MomentProposed(wanted.key, proposal), *cut, *read)

    def _context(
        self, world: World, wanted: Wanted, present: tuple[str, ...], settled: SceneSettled | None
    ) -> NextContext:
        """What the planner of a moment sees: what one of those present was at, and what they know."""
        here = frozenset(present)
        asked = tuple(one.question.id for one in world[Timeline].passed if one.question is not None)
        view = self.scenario.view(world, [one for one in asked if one not in wanted.questions], wanted.index, here)
        passed = self.scenario.moments(world, settled, world[Proposals].made)
        return NextContext(
            scenario=evolve(view, location=wanted.location or view.location),
            passed=tuple(one for one in passed if not here.isdisjoint(one.people)),
            index=wanted.index,
            count=self.total,
            unit=self.unit,
            unit_hours=self.clock.unit,
            asked=asked,
            questions=wanted.questions[:1],
            company=present,
            direction=wanted.direction,
        )

    def _staging(self, wanted: Wanted, people: Sequence[PersonView], facts: Sequence[FactView]) -> Staging:
        scenario = evolve(self.scenario, location=wanted.location or self.scenario.location)
        return Staging(scenario, tuple(people), tuple(facts), self.clock, most=wanted.direction.most)

    def _at(self, world: World, wanted: Wanted, proposal: MomentProposal) -> float:
        """Story time of the moment: a step after the last one, and after all of them are over."""
        passed = world[Timeline].passed
        if not passed:
            return 0.0
        step = self.clock.step(wanted.index, proposal.hours)
        return self.clock.settle(passed[-1].at + step, max(wanted.after, passed[-1].at))


def _from(people: Sequence[str], index: int) -> list[str]:
    """The same in turns: the list from another place at each moment."""
    turn = index % len(people) if people else 0
    return [*people[turn:], *people[:turn]]


def readings_of(world: World) -> dict[str, tuple[float, float]]:
    """The last reading of each quantity, to be moved on."""
    return dict(world[Readings].last.items())
