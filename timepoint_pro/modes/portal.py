"""Portal mode: from a fixed outcome back to an origin, then forward again as people live it.

The search (``portal_search``) finds paths from ``temporal.portal_description`` back over ``backward_steps`` moments.
The best one is laid out in story order (``portal_layout``) and played from its origin T0 on, so that knowledge and
state flow with time. Scenes are told their own circumstance only: never the outcome, a later premise, or a fact that
some of those present do not hold. The other paths are kept with their scores; each can be played in a run of its own.

With ``use_simulation_judging`` the judge also sees what came of each candidate when it was played forward
(``probing``).

After each played moment the next premise is checked against what was settled. Where they are at odds, the next moment
is given another antecedent of the search as its cause, one that agrees with what was decided (``portal_revision``,
``CauseRevised``). Where there is none, a ``CoherenceMarked`` records it, and the next circumstance says openly that the
decision did not hold, and why.
``metadata.portal.decided`` names what the outcome says is decided, an option by question; a scene that settles one of
them otherwise is at odds with it.

Example: ``Portal.from_template(Template.from_template("mars_mission_portal"))``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from attrs import evolve, frozen

from timepoint_pro.errors import Problem, TemplateError
from timepoint_pro.mechanisms.base import Context, Start
from timepoint_pro.modes.base import Drawing, Plan, PlanContext
from timepoint_pro.modes.clock import Clock, span
from timepoint_pro.modes.exploration import order_of
from timepoint_pro.modes.forward import Forward
from timepoint_pro.modes.outcome import COHERENCE, derived
from timepoint_pro.modes.paths import (
    CauseRevised,
    CoherenceMarked,
    PathBacktracked,
    PathChosen,
    Paths,
    PathStepped,
    PathTaken,
    SearchBegun,
    SearchCutShort,
    ThresholdRelaxed,
)
from timepoint_pro.modes.portal_layout import Layout, shortened
from timepoint_pro.modes.portal_revision import Revision
from timepoint_pro.modes.portal_search import Search, Weights
from timepoint_pro.modes.premise import CircumstanceCut, whole
from timepoint_pro.modes.probing import Probes
from timepoint_pro.modes.readings import QuantityRead, Readings
from timepoint_pro.modes.scenario import Scenario
from timepoint_pro.modes.settlements import SceneSettled, Settlements, course, settlement
from timepoint_pro.prompts.planning_text import MOST_PRESENT
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Event
from timepoint_pro.records.naming import known_as
from timepoint_pro.records.timepoint import Option, Timeline, Timepoint, TimepointPlanned
from timepoint_pro.records.world import Facet, World
from timepoint_pro.templates import Template
from timepoint_pro.templates.sections import Temporal

MOST_STEPS = 1000
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
        layout: lays out paths.
        temporal: the template's ``temporal`` section, for the search.
        unit: the template's resolution, in words.
    """

    name: ClassVar[str] = "portal"
    version: ClassVar[int] = 3
    emits: ClassVar[tuple[type[Event], ...]] = (
        SceneSettled, SearchBegun, PathStepped, PathBacktracked, ThresholdRelaxed, SearchCutShort, PathChosen,
        PathTaken, QuantityRead, CircumstanceCut, CoherenceMarked, CauseRevised, TimepointPlanned,
    )  # fmt: skip
    reads: ClassVar[tuple[type[Facet], ...]] = (Timeline, Cast, Settlements, Paths, Readings)

    layout: Layout
    temporal: Temporal
    unit: str = "day"

    @classmethod
    def from_template(cls, template: Template, /) -> Self:
        """The mode as the template's ``temporal`` configures it.

        Raises:
            TemplateError: the template does not say what the portal ends in, or it says that something is decided
                which none of its questions can come to.
        """
        outcome = whole(template.temporal.portal_description or "")
        if not outcome:
            found = "null" if template.temporal.portal_description is None else "blank text"
            problem = Problem("$.temporal.portal_description", "the outcome that portal mode works back from", found)
            raise TemplateError(template.id, [problem])
        steps, scenario = template.temporal.backward_steps, Scenario.of(template)
        layout = Layout(
            scenario, Clock.of(template), outcome, steps, span(template), _decided(template),
            template.temporal.portal_valence,
        )  # fmt: skip
        return cls(layout, template.temporal, template.timepoints.resolution)

    @classmethod
    def defaults(cls, template: Template, /) -> Mapping[str, Any]:
        """An outcome where the template names none (``outcome``), and a step for each of its moments.

        Raises:
            TemplateError: nothing in the template leads to an outcome.
        """
        found = derived(template)
        if "temporal.backward_steps" not in template.given:
            found["temporal.backward_steps"] = min(template.moments, MOST_STEPS)
        if "temporal.coherence_threshold" not in template.given:
            found["temporal.coherence_threshold"] = COHERENCE
        return found

    def start(self, _template: Template, /) -> Start:
        """The facets that plans are kept in."""
        return Start((Settlements(), Paths(), Readings()))

    async def plan(self, world: World, ctx: PlanContext, /) -> Plan:
        """The whole path at first, then one moment after the other; none when all were played.

        Raises:
            UsageError: nothing that leads to the outcome is coherent enough, and the threshold may not be lowered.
            ModelError: a model gave no usable answer.
        """
        if not world[Paths].chosen:
            found = await self._search(world, ctx).run(world, ctx)
            paths = world[Paths]
            for event in found:
                paths = paths.after(event)
            laid_out = self._laid_out(world, ctx, paths)
            return Plan((*found, *laid_out.events), laid_out.next)
        settled = settlement(world)
        events: tuple[Event, ...] = (settled,) if settled is not None else ()
        latest = {moment.id: moment for moment in world[Timeline].planned}
        waiting = sorted(latest.values(), key=lambda moment: moment.index)
        if not waiting:
            return Plan(events)
        moment, marks = await self._meet(world, ctx, waiting[0], settled)
        if moment != waiting[0]:
            events = (*events, *marks, TimepointPlanned(moment, causes=world[Settlements].causes))
        return Plan(events, (moment,))

    def realise(self, world: World, ctx: Drawing, path: str) -> Plan:
        """The plan that plays another path than the one that won.

        Args:
            world: after the search, before anything was played.
            ctx: for the chance part of readings.
            path: id of the path.

        Raises:
            UnknownNameError: the search kept no such path.
        """
        paths = world[Paths]
        wanted = known_as("path", path, [one.id for one in paths.paths])
        taken = PathTaken(wanted, f"asked for; {paths.paths[0].id} won by {paths.reason}")
        laid_out = self._laid_out(world, ctx, paths.after(taken))
        return Plan((taken, *laid_out.events), laid_out.next)

    def _laid_out(self, world: World, ctx: Drawing, paths: Paths) -> Plan:
        moments, staged = self.layout.lay_out(world, ctx, paths.winner, paths.chosen)
        return Plan((*staged, *(TimepointPlanned(moment) for moment in moments)), moments[:1])

    def _search(self, world: World, ctx: Context) -> Search:
        temporal, steps = self.temporal, self.temporal.backward_steps
        view = self.layout.scenario.view(world, (), 0)
        draws = ctx.rng("order")
        order = order_of(temporal.exploration_mode, steps, temporal.oscillation_complexity_threshold, draws)
        return Search(
            scenario=view,
            outcome=self.layout.outcome,
            decided=next(iter(self.layout.decided), ("", "")),
            places=self.layout.places,
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
            unit_hours=self.layout.clock.unit,
            at_once=temporal.max_parallel_workers,
            probes=self._probes(),
        )  # fmt: skip

    def _probes(self) -> Probes | None:
        temporal = self.temporal
        if not temporal.use_simulation_judging:
            return None
        layout = self.layout
        forward = Forward(layout.scenario, layout.clock, unit=self.unit, most=temporal.simulation_max_entities)
        return Probes(
            forward, layout.outcome, temporal.simulation_forward_steps, temporal.simulation_include_dialog,
            temporal.simulation_cache_results,
        )  # fmt: skip

    async def _meet(
        self, world: World, ctx: PlanContext, moment: Timepoint, settled: SceneSettled | None
    ) -> tuple[Timepoint, tuple[Event, ...]]:
        """The next moment as it can be played after what happened, and the record of where the two did not agree."""
        timeline, paths = world[Timeline], world[Paths]
        if moment.at <= timeline.until:
            clock = self.layout.clock
            moment = evolve(moment, at=clock.settle(timeline.until, timeline.until))
        met = {one.timepoint_id for one in paths.marks} | {one.timepoint_id for one in paths.revised}
        if settled is None or not settled.option or moment.id in met:
            return moment, ()
        node = next(iter(paths.winner[len(timeline.passed) - 1 :]), None)
        fixed = dict(self.layout.decided).get(settled.question, "")
        supposed = node.proposal.option if node is not None and node.proposal.question == settled.question else ""
        taken = self.layout.scenario.option(settled.question, settled.option)
        needed = self.layout.scenario.option(settled.question, fixed or supposed)
        if taken is None or needed is None or taken == needed:
            return moment, ()
        if node is not None and not fixed:
            revision = Revision(self._search(world, ctx), frozenset(fact.id for fact in self.layout.scenario.facts))
            revised = await revision.revised(world, ctx, moment, node, settled)
            if revised is not None:
                moment, record = revised
                return moment, (evolve(record, causes=world[Settlements].causes),)
        return self._overtaken(world, moment, settled, needed, taken)

    def _overtaken(
        self, world: World, moment: Timepoint, settled: SceneSettled, needed: Option, taken: Option
    ) -> tuple[Timepoint, tuple[Event, ...]]:
        """The next moment with a circumstance that says how the decision came to be another, and the mark."""
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


def _decided(template: Template) -> tuple[tuple[str, str], ...]:
    """``metadata.portal.decided``: option by question.

    Raises:
        TemplateError: it is no such object, or names a question or an option that there is not.
    """
    where = "$.metadata.portal.decided"
    stated = template.portal.get("decided", {})
    if not isinstance(stated, Mapping):
        raise TemplateError(template.id, [Problem(where, "an object: option id by question id", repr(stated))])
    options = {one.id: [option.id for option in one.options] for one in template.questions}
    for question, option in stated.items():
        if question not in options:
            known = ", ".join(options) or "the template has none"
            raise TemplateError(template.id, [Problem(where, f"ids of questions ({known})", repr(question))])
        if option not in options[question]:
            known = ", ".join(options[question])
            raise TemplateError(template.id, [Problem(f"{where}.{question}", f"one of {known}", repr(option))])
    return tuple((question, str(option)) for question, option in stated.items())


def _inside(clause: str) -> str:
    """A clause as it stands inside a sentence: an article or other small word loses its capital."""
    first, _, rest = clause.partition(" ")
    small = ("The", "A", "An", "All", "Nobody", "Everyone", "Both", "Two", "Three", "Four", "No", "In", "After")
    return f"{first.lower()} {rest}" if first in small and rest else clause

