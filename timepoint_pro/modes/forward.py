"""Forward mode: what comes next follows from what has happened.

Before each moment the planner is asked, with everything that was played and settled so far, what happens next;
nothing is planned further ahead. ``before_count`` moments lead up to the ``count`` main ones, ``after_count``
follow them; the run's start time is that of the first.

Nothing reaches people by way of the planner. Where a moment brings together people who were at none of some earlier
moment, it is asked for again, for them alone: with the moments that one of them was at, and with what they themselves
know and feel. So an event that has not come to them changes nothing that they live through.

Events: ``SceneSettled`` for the moment just played, then ``MomentProposed``, readings, a ``CircumstanceCut`` where the
proposal gave too much away, ``TimepointPlanned``.

Example: ``Forward.from_template(Template.from_template("board_meeting"))``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from attrs import evolve, field, frozen, validators
from immutables import Map

from timepoint_pro.mechanisms.base import Context, Start
from timepoint_pro.modes.base import Plan
from timepoint_pro.modes.clock import Clock
from timepoint_pro.modes.premise import CircumstanceCut, whole
from timepoint_pro.modes.readings import QuantityRead, Readings
from timepoint_pro.modes.scenario import Scenario, allot
from timepoint_pro.modes.settlements import SceneSettled, Settlements, settlement
from timepoint_pro.modes.staging import Staging
from timepoint_pro.prompts.base import Sampling
from timepoint_pro.prompts.planning import MomentProposal, NextContext, ProposeNext
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.timepoint import Question, Timeline, Timepoint, TimepointPlanned
from timepoint_pro.records.world import Facet, World
from timepoint_pro.templates import Template

ASKED = Sampling(temperature=0.8, max_tokens=700)
LEAD_UP, MAIN, AFTERMATH = 0.4, 0.6, 0.45
WITH_QUESTION = 0.15


@frozen
class MomentProposed(Event):
    """What the planner proposed for a moment, before it was staged."""

    timepoint_id: str
    proposal: MomentProposal


@frozen
class Proposals:
    """What planners proposed on this path, by timepoint id."""

    folds: ClassVar[tuple[type[Event], ...]] = (MomentProposed,)

    made: Map[str, MomentProposal] = Map()

    def fold(self, entry: Entry, /) -> Self:
        event = entry.event
        assert isinstance(event, MomentProposed)
        return evolve(self, made=self.made.set(event.timepoint_id, event.proposal))


@frozen
class Forward:
    """Causes precede effects; each moment is proposed from the state of the world.

    Args:
        scenario: of the template.
        clock: the run's.
        before, count, after: moments that lead up, main moments (1 at least), moments that follow.
        unit: the template's resolution, in words.
        first: index of the first moment.
        most: most people in a moment; None for as many as scenes take.
    """

    name: ClassVar[str] = "forward"
    version: ClassVar[int] = 2
    emits: ClassVar[tuple[type[Event], ...]] = (
        SceneSettled, MomentProposed, QuantityRead, CircumstanceCut, TimepointPlanned,
    )  # fmt: skip
    reads: ClassVar[tuple[type[Facet], ...]] = (Timeline, Cast, Settlements, Proposals, Readings)

    scenario: Scenario
    clock: Clock
    count: int = field(default=5, validator=validators.ge(1))
    before: int = field(default=0, validator=validators.ge(0))
    after: int = field(default=0, validator=validators.ge(0))
    unit: str = "hour"
    first: int = field(default=0, validator=validators.ge(0))
    most: int | None = None

    @classmethod
    def from_template(cls, template: Template, /) -> Self:
        """The mode as the template's ``timepoints`` configure it."""
        moments = template.timepoints
        return cls(
            Scenario.of(template), Clock.of(template), moments.count, moments.before_count, moments.after_count,
            moments.resolution,
        )  # fmt: skip

    @classmethod
    def defaults(cls, template: Template, /) -> Mapping[str, Any]:
        """As many moments as a portal plays, where the template gives no count of its own."""
        return story_length(template)

    def start(self, _template: Template, /) -> Start:
        """The facets that plans are kept in."""
        return Start((Settlements(), Proposals(), Readings()))

    async def plan(self, world: World, ctx: Context, /) -> Plan:
        """The next moment, proposed from what has happened; none when all were played.

        Raises:
            ModelError: when no model gave a usable proposal.
        """
        settled = settlement(world)
        events: tuple[Event, ...] = (settled,) if settled is not None else ()
        index = self.first + len(world[Timeline].passed)
        if index >= self.total:
            return Plan(events)
        context = self._context(world, settled, index)
        proposal = (await ctx.ask(ProposeNext(ASKED, context), "next")).answer.moment
        question = self._question(context, proposal)
        present = self._company(context, proposal, question)
        if any(set(present).isdisjoint(moment.present) for moment in world[Timeline].passed):
            context = self._within(context, world, present, question)
            proposal = (await ctx.ask(ProposeNext(ASKED, context), "next", "within")).answer.moment
        moment, staged = self._stage(world, ctx, context, proposal, present, question)
        planned = TimepointPlanned(moment, causes=world[Settlements].causes)
        return Plan((*events, *staged, planned), (moment,))

    @property
    def total(self) -> int:
        """How many moments the run has."""
        return self.before + self.count + self.after

    def _context(self, world: World, settled: SceneSettled | None, index: int) -> NextContext:
        passed = self.scenario.moments(world, settled, world[Proposals].made)
        asked = tuple(one.question.id for one in world[Timeline].passed if one.question is not None)
        due = [one for place in allot(self.scenario.questions, self.total)[self.first : index + 1] for one in place]
        seen = {one for moment in world[Timeline].passed for one in moment.present}
        view = self.scenario.view(world, asked, index)
        return NextContext(
            scenario=view,
            passed=passed,
            index=index,
            count=self.total,
            unit=self.unit,
            unit_hours=self.clock.unit,
            asked=asked,
            questions=tuple(reversed([one for one in due if one not in asked])),
            unseen=tuple(one.id for one in view.people if one.id not in seen),
            step_hours=self.clock.step(index, self.clock.unit) if index and self.clock.steps else None,
        )

    def _within(
        self, context: NextContext, world: World, present: tuple[str, ...], question: Question | None
    ) -> NextContext:
        """The context as those ``present`` live in it: with what one of them was at, and what they know and feel."""
        here = set(present)
        return evolve(
            context,
            scenario=self.scenario.view(world, context.asked, context.index, here),
            passed=tuple(moment for moment in context.passed if not here.isdisjoint(moment.people)),
            questions=(question.id,) if question is not None else (),
            company=present,
        )

    def _question(self, context: NextContext, proposal: MomentProposal) -> Question | None:
        chosen = proposal.question or next(iter(context.questions), "")
        return self.scenario.question(chosen) if chosen in context.questions else None

    def _company(
        self, context: NextContext, proposal: MomentProposal, question: Question | None
    ) -> tuple[str, ...]:
        decides = question.decides if question is not None else ""
        left = self.total - context.index
        return self._staging(context).attendance(proposal.people, decides, context.unseen, left)

    def _staging(self, context: NextContext) -> Staging:
        return Staging(self.scenario, context.scenario.people, context.scenario.facts, self.clock, most=self.most)

    def _stage(
        self, world: World, ctx: Context, context: NextContext, proposal: MomentProposal, present: tuple[str, ...],
        question: Question | None,
    ) -> tuple[Timepoint, tuple[Event, ...]]:  # fmt: skip
        """The moment that a proposal makes, and what is recorded on the way."""
        timeline, index = world[Timeline], context.index
        moment_id = f"T{index}"
        stage = self._staging(context)
        at = 0.0
        if timeline.passed:
            before = timeline.passed[-1].at
            step = self.clock.step(index, proposal.hours)
            at = self.clock.settle(before + step, max(before, timeline.until))
        guard = stage.guard(present, index)
        circumstance, cut = stage.circumstance(moment_id, proposal.circumstance, guard, present, question)
        readings = dict(world[Readings].last.items())
        news, read = stage.news(index, at, present, circumstance, question, readings, ctx)
        moment = Timepoint(
            id=moment_id,
            key=moment_id,
            index=index,
            at=at,
            antecedents=tuple(one.id for one in timeline.passed[-1:]),
            title=stage.title(proposal.title, guard, question),
            description=whole(proposal.description),
            circumstance=circumstance,
            present=present,
            location=self.scenario.location,
            question=question,
            importance=self._importance(index, question is not None),
            news=news,
            cause=whole(proposal.cause),
            mechanism=proposal.mechanism,
        )
        return moment, (MomentProposed(moment_id, proposal), *cut, *read)

    def _importance(self, index: int, has_question: bool) -> float:
        base = LEAD_UP if index < self.before else MAIN if index < self.before + self.count else AFTERMATH
        return round(base + (WITH_QUESTION if has_question else 0.0), 3)


def story_length(template: Template) -> dict[str, int]:
    """The count of moments for a template of a portal that gives none: its steps and the outcome."""
    if template.temporal.mode != "portal" or "timepoints.count" in template.given:
        return {}
    return {"timepoints.count": template.moments}
