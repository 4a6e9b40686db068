"""Portal mode: from a fixed outcome back to an origin, then forward again as people live it.

The search (``portal_search``) finds paths from ``temporal.portal_description`` back over ``backward_steps`` moments.
The best one is laid out in story order: T0 is the origin, T(n-1) the last antecedent, Tn the outcome itself, in which
people face it. It is played from T0 on, so that knowledge and state flow with time. Scenes are told their own
circumstance only: never the outcome, a later premise, or a fact that some of those present do not hold.

After each played moment the next premise is checked against what was settled. Where they are at odds, a
``CoherenceMarked`` records it, and the next circumstance says openly that the decision did not hold, and why.

Times: with a portal year (and an origin), moments are spread between the two by their proposed lengths; else steps
follow the resolution.

Example: ``Portal.from_template(Template.from_template("mars_mission_portal"))``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar, Self

from attrs import evolve, field, frozen, validators

from timepoint_pro.errors import Problem, TemplateError
from timepoint_pro.mechanisms.base import Context, Start
from timepoint_pro.modes.base import Plan
from timepoint_pro.modes.clock import Clock, span
from timepoint_pro.modes.paths import (
    Antecedent,
    CoherenceMarked,
    PathBacktracked,
    PathChosen,
    Paths,
    PathStepped,
    SearchBegun,
    SearchCutShort,
    ThresholdRelaxed,
)
from timepoint_pro.modes.portal_search import Search, Weights, order_of
from timepoint_pro.modes.premise import CircumstanceCut, whole
from timepoint_pro.modes.readings import QuantityRead, Readings
from timepoint_pro.modes.scenario import Scenario, allot
from timepoint_pro.modes.settlements import SceneSettled, Settlements, course, settlement
from timepoint_pro.modes.staging import Staging
from timepoint_pro.prompts.planning_text import MOST_PRESENT
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import Question, Timeline, Timepoint, TimepointPlanned
from timepoint_pro.records.world import Facet, World
from timepoint_pro.templates import Template
from timepoint_pro.templates.sections import Temporal

OUTCOME_IMPORTANCE = 0.95
SHORT_WORDS = 9
OVERTAKEN = (
    "{who} had second thoughts about the decision {settled} and told everyone so; what is done now is {needed}.",
    "The decision {settled} could not be carried out as it was meant, so {who} changed it openly: now it is {needed}.",
    "The decision {settled} found too little support among the rest, and {who} gave way: now it is {needed}.",
)
"""Why a decision did not hold, in public; ``who`` is whoever took it."""


@frozen
class Portal:
    """From an outcome back to an origin, and forward again.

    Args:
        scenario: of the template.
        clock: the run's.
        temporal: the template's ``temporal`` section, for the search.
        span: hours from the origin to the portal, where the template states both; else None.
        unit: the template's resolution, in words.
    """

    name: ClassVar[str] = "portal"
    version: ClassVar[int] = 1
    emits: ClassVar[tuple[type[Event], ...]] = (
        SceneSettled, SearchBegun, PathStepped, PathBacktracked, ThresholdRelaxed, SearchCutShort, PathChosen,
        QuantityRead, CircumstanceCut, CoherenceMarked, TimepointPlanned,
    )  # fmt: skip
    reads: ClassVar[tuple[type[Facet], ...]] = (Timeline, Cast, Settlements, Paths, Readings)

    scenario: Scenario
    clock: Clock
    temporal: Temporal
    outcome: str = field(validator=validators.min_len(1))
    span: float | None = None
    unit: str = "day"

    @classmethod
    def from_template(cls, template: Template, /) -> Self:
        """The mode as the template's ``temporal`` configures it.

        Raises:
            TemplateError: the template does not say what the portal ends in.
        """
        outcome = whole(template.temporal.portal_description or "")
        if not outcome:
            found = "null" if template.temporal.portal_description is None else "blank text"
            problem = Problem("$.temporal.portal_description", "the outcome that portal mode works back from", found)
            raise TemplateError(template.id, [problem])
        return cls(
            Scenario.of(template), Clock.of(template), template.temporal, outcome, span(template),
            template.timepoints.resolution,
        )  # fmt: skip

    def start(self, _template: Template, /) -> Start:
        """The facets that plans are kept in."""
        return Start((Settlements(), Paths(), Readings()))

    async def plan(self, world: World, ctx: Context, /) -> Plan:
        """The whole path at first, then one moment after the other; none when all were played.

        Raises:
            UsageError: nothing that leads to the outcome is coherent enough, and the threshold may not be lowered.
            ModelError: a model gave no usable answer.
        """
        if not world[Paths].chosen:
            found = await self._search(world, ctx).run(ctx)
            paths = world[Paths]
            for event in found:
                paths = paths.after(event)
            moments, staged = self._lay_out(world, ctx, paths)
            planned = tuple(TimepointPlanned(moment) for moment in moments)
            return Plan((*found, *staged, *planned), moments[:1])
        settled = settlement(world)
        events: tuple[Event, ...] = (settled,) if settled is not None else ()
        latest = {moment.id: moment for moment in world[Timeline].planned}
        waiting = sorted(latest.values(), key=lambda moment: moment.index)
        if not waiting:
            return Plan(events)
        moment, marks = self._meet(world, waiting[0], settled)
        if moment != waiting[0]:
            events = (*events, *marks, TimepointPlanned(moment, causes=world[Settlements].causes))
        return Plan(events, (moment,))

    def _search(self, world: World, ctx: Context) -> Search:
        temporal, steps = self.temporal, self.temporal.backward_steps
        places = allot(self.scenario.questions, steps + 1)[:steps]
        view = self.scenario.view(world, (), 0)
        draws = ctx.rng("order")
        order = order_of(temporal.exploration_mode, steps, temporal.oscillation_complexity_threshold, draws)
        return Search(
            scenario=view,
            outcome=self.outcome,
            places=places,
            order=order,
            mode=temporal.exploration_mode,
            people=tuple(one.id for one in view.people[:MOST_PRESENT]),
            width=temporal.path_count,
            wanted=temporal.candidate_antecedents_per_step,
            threshold=temporal.coherence_threshold,
            backtracks=temporal.max_backtrack_depth,
            relaxes=temporal.portal_relaxation_enabled,
            weights=Weights(
                temporal.llm_scoring_weight, temporal.causal_necessity_weight, temporal.entity_capability_weight,
                temporal.historical_precedent_weight,
            ),
            judge_temperature=temporal.judge_temperature,
            unit=self.unit,
            unit_hours=self.clock.unit,
        )  # fmt: skip

    def _lay_out(self, world: World, ctx: Context, paths: Paths) -> tuple[tuple[Timepoint, ...], tuple[Event, ...]]:
        """The chosen path in story order with the outcome last, and what is recorded on the way."""
        nodes = paths.winner
        view = self.scenario.view(world, (), 0)
        stage = Staging(self.scenario, view.people, view.facts, self.clock, self.outcome)
        times = self._times([node.proposal.hours for node in nodes])
        readings = dict(world[Readings].last.items())
        unseen = [one.id for one in view.people]
        moments: list[Timepoint] = []
        events: list[Event] = []
        for index, at in enumerate(times):
            moment, recorded = self._moment(stage, ctx, nodes, index, at, unseen, readings, paths.chosen)
            unseen = [one for one in unseen if one not in moment.present]
            moments.append(moment)
            events.extend(recorded)
        return tuple(moments), tuple(events)

    def _moment(
        self, stage: Staging, ctx: Context, nodes: Sequence[Antecedent], index: int, at: float,
        unseen: Sequence[str], readings: dict[str, tuple[float, float]], path: str,
    ) -> tuple[Timepoint, tuple[Event, ...]]:  # fmt: skip
        """The moment at ``index``; the one after the last node is the outcome."""
        last = index == len(nodes)
        proposal = None if last else nodes[index].proposal
        before = nodes[index - 1] if index else None
        question = self._question(nodes, index)
        decides = question.decides if question is not None else ""
        proposed = [one.id for one in stage.people] if proposal is None else proposal.people
        present = stage.attendance(proposed, decides, unseen, len(nodes) + 1 - index)
        moment_id = f"T{index}"
        cut: tuple[Event, ...] = ()
        if proposal is None:
            title, description, circumstance = shortened(self.outcome), self.outcome, self.outcome
            importance = OUTCOME_IMPORTANCE
        else:
            guard = stage.guard(present, index, [node.proposal for node in nodes[index + 1 :]])
            circumstance, cut = stage.circumstance(moment_id, proposal.circumstance, guard, present, question)
            title = stage.title(proposal.title, guard, question)
            description = whole(proposal.description)
            importance = round(0.4 + 0.5 * nodes[index].score.causal_necessity, 3)
        news, read = stage.news(index, at, present, circumstance, question, readings, ctx)
        moment = Timepoint(
            id=moment_id,
            key=moment_id,
            index=index,
            at=at,
            antecedents=(f"T{index - 1}",) if index else (),
            path=path,
            title=title,
            description=description,
            circumstance=circumstance,
            present=present,
            location=self.scenario.location,
            question=question,
            importance=importance,
            news=news,
            cause=whole(before.proposal.cause) if before is not None else "",
            mechanism=before.proposal.mechanism if before is not None else "",
            strength=round(before.score.causal_necessity, 3) if before is not None else 0.5,
        )
        return moment, (*cut, *read)

    def _question(self, nodes: Sequence[Antecedent], index: int) -> Question | None:
        """The question of the moment at ``index``, each one once a run."""
        used = {node.proposal.question for node in nodes}
        if index < len(nodes):
            mine = nodes[index].proposal.question
            due = allot(self.scenario.questions, self.temporal.backward_steps + 1)[nodes[index].index]
            spare = [one for one in due if one not in used]
            before = {node.proposal.question for node in nodes[:index]}
            chosen = mine if mine and mine not in before else next(iter(spare), "")
        else:
            due = allot(self.scenario.questions, self.temporal.backward_steps + 1)[-1]
            chosen = next((one for one in due if one not in used), "")
        return self.scenario.question(chosen)

    def _times(self, hours: Sequence[float]) -> list[float]:
        """Story times of the moments and of the outcome, increasing, in hours since the start."""
        steps = [self.clock.step(index, length) for index, length in enumerate(hours, 1)]
        scale = self.span / sum(steps) if self.span is not None else 1.0
        times = [0.0]
        passed = 0.0
        for index, step in enumerate(steps, 1):
            passed += step * scale
            if self.span is not None and index == len(steps) and self.span > times[-1]:
                times.append(round(self.span, 6))
            else:
                times.append(self.clock.settle(passed, times[-1]))
        return times

    def _meet(
        self, world: World, moment: Timepoint, settled: SceneSettled | None
    ) -> tuple[Timepoint, tuple[Event, ...]]:
        """The next moment as it can be played after what happened, and the mark where the two are at odds."""
        timeline = world[Timeline]
        if moment.at <= timeline.until:
            moment = evolve(moment, at=self.clock.settle(timeline.until, timeline.until))
        node = next(iter(world[Paths].winner[len(timeline.passed) - 1 :]), None)
        if settled is None or node is None or not settled.option or not node.proposal.option:
            return moment, ()
        taken = self.scenario.option(settled.question, settled.option)
        needed = self.scenario.option(settled.question, node.proposal.option)
        if any(mark.timepoint_id == moment.id for mark in world[Paths].marks):
            return moment, ()
        if node.proposal.question != settled.question or taken is None or needed is None or taken == needed:
            return moment, ()
        mark = CoherenceMarked(
            timepoint_id=moment.id,
            after=settled.timepoint_id,
            needed=needed.id,
            settled=taken.id,
            reason=f"rests on the decision {course(needed)}, and {settled.timepoint_id} decided {course(taken)}",
            causes=world[Settlements].causes,
        )
        cast = world[Cast]
        who = cast[settled.by].name if settled.by in cast else "they"
        said = OVERTAKEN[len(world[Paths].marks) % len(OVERTAKEN)]
        said = whole(said.format(who=who, settled=course(taken), needed=course(needed).removeprefix("for ")))
        return evolve(moment, circumstance=f"{said} {moment.circumstance}"), (mark,)


def position(timepoint: Timepoint, template: Template) -> str:
    """Where a moment stands in its portal, in words for exported records: "T3 of 5, working backward from: ..."."""
    outcome = shortened(whole(template.temporal.portal_description or ""))
    return f"{timepoint.key} of {template.temporal.backward_steps}, working backward from: {_inside(outcome)}"


def shortened(outcome: str) -> str:
    """The outcome's first clause, ``SHORT_WORDS`` words at most, without a full stop."""
    clause = re.split(r"[:;.!?]\s|,\s(?:and|but|because|so|when|while|after|as)\s", outcome.strip())[0]
    words = clause.rstrip(".!?").split()
    return " ".join(words[:SHORT_WORDS]) + (" ..." if len(words) > SHORT_WORDS else "")


def _inside(clause: str) -> str:
    """A clause as it stands inside a sentence: an article or other small word loses its capital."""
    first, _, rest = clause.partition(" ")
    small = ("The", "A", "An", "All", "Nobody", "Everyone", "Both", "Two", "Three", "Four", "No", "In", "After")
    return f"{first.lower()} {rest}" if first in small and rest else clause

