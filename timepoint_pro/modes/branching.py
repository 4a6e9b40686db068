"""Branching mode: a trunk, and what would have come of it if a moment had begun otherwise.

The trunk is planned like a forward run. At a branching point the moment is played several times from the same world:
once for each branch, with an intervention at its start (M12), and, with ``enable_counterfactuals``, once as it is, so
that the branches have a trunk to be compared with. Each path then goes on by itself. Branches share the moment's key,
so they draw the same random numbers; their ids bear the branch: T3 on the trunk, ``T3:boat`` on a branch, and
``T4:boat`` after it.

A branch of ``metadata.branching_points`` is, in this order,
    a decision    where it names an ``option``, or its label or id is an option of the moment's question (its
                  ``question``, where it names one); by ``entity``, else by who decides, else by who is there first
    an event      its ``description`` (or label), which everyone present witnesses
``trigger`` is witnessed on every path. A point stands at its ``timepoint`` (index or id), else at the first moment of
its ``day`` (1: that of the start), else at the middle. Without branching points ``path_count`` branches are proposed at
the first question from the middle on: every option of it, then facts that only some hold told to everyone, the
weightiest first, then people who stay away.

Only the trunk branches. Without ``enable_counterfactuals`` it ends at its last branching point, and the main path goes
on with the first branch there.

Events: those of forward mode, ``InterventionSet`` for each branch, and ``PathEnded`` at the end of each path.

Example: ``Branching.from_template(Template.from_template("castaway_colony_branching"))``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, ClassVar, Self

from attrs import evolve, field, frozen, validators

from timepoint_pro.errors import MechanismError
from timepoint_pro.mechanisms.base import Context, Start
from timepoint_pro.mechanisms.interventions import (
    EVERYONE,
    Intervention,
    Knowable,
    described,
    intervened,
    resolved,
    slug,
)
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.m12_counterfactual_branching import Interventions, InterventionSet
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.modes.base import Plan
from timepoint_pro.modes.forward import Forward, story_length
from timepoint_pro.modes.premise import whole
from timepoint_pro.modes.scenario import allot
from timepoint_pro.modes.settlements import SceneSettled, Settlements
from timepoint_pro.modes.staging import fact_item
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import BRANCH_MARK, Question, Timeline, Timepoint, TimepointPlanned
from timepoint_pro.records.world import Facet, World
from timepoint_pro.templates import Template
from timepoint_pro.templates.metadata import BranchEntry, BranchingPoint

TRUNK = "main"
_ODD = re.compile(r"[^\w.-]+")
LEAST_THERE = 3
"""People who must be present before one is proposed to stay away."""


@frozen
class PathEnded(Event):
    """A path has come to its end.

    Args:
        path: its id.
        label: in a few words; empty for the trunk.
        parent: the path from which it parted; empty for the trunk.
        parted: id of its first moment of its own; empty for the trunk.
        timepoints: ids of all its moments, in story order.
        settled: (question id, option id) of every question settled on it, in order.
        wellbeing: mean over those who feel of valence, as a share of its range, in [0, 1].
        is_main: whether it is the main path: the trunk, or the first branch of a trunk that ends.
    """

    path: str
    label: str
    parent: str
    parted: str
    timepoints: tuple[str, ...]
    settled: tuple[tuple[str, str], ...]
    wellbeing: float
    is_main: bool


@frozen
class Branching:
    """A trunk with branches.

    Args:
        forward: plans the moments of every path.
        points: branching points of the template.
        count: branches to propose where there are none, 1 at least.
        counterfactuals: whether the trunk goes on beside its branches.
    """

    name: ClassVar[str] = "branching"
    version: ClassVar[int] = 2
    emits: ClassVar[tuple[type[Event], ...]] = (*Forward.emits, InterventionSet, PathEnded)
    reads: ClassVar[tuple[type[Facet], ...]] = (*Forward.reads, Interventions, Knowledge, Minds)

    forward: Forward
    points: tuple[BranchingPoint, ...] = ()
    count: int = field(default=3, validator=validators.ge(1))
    counterfactuals: bool = False

    @classmethod
    def from_template(cls, template: Template, /) -> Self:
        """The mode as the template's ``temporal`` and ``metadata.branching_points`` configure it."""
        points = tuple(one for one in template.branching_points if one.branches)
        temporal = template.temporal
        return cls(Forward.from_template(template), points, temporal.path_count, temporal.enable_counterfactuals)

    @classmethod
    def defaults(cls, template: Template, /) -> Mapping[str, Any]:
        """Branches that are compared with the trunk, and as many moments as a portal plays."""
        compared = "temporal.enable_counterfactuals" not in template.given
        return {**story_length(template), **({"temporal.enable_counterfactuals": True} if compared else {})}

    def start(self, template: Template, /) -> Start:
        """The facets that plans are kept in."""
        return self.forward.start(template)

    async def plan(self, world: World, ctx: Context, /) -> Plan:
        """The next moment of this path, several times over where it branches.

        Raises:
            MechanismError: M12 is not in the run.
            ModelError: no model gave a usable proposal.
        """
        if Interventions not in world:
            raise MechanismError("M17", "branching needs M12, which was left out; leave it in, or use another mode")
        plan = await self.forward.plan(world, ctx)
        if not plan.next:
            return Plan((*plan.events, _ended(world, plan)))
        moment = plan.next[0]
        if world[Timeline].branch:
            return plan
        point = self._point(world, moment)
        if point is None:
            return plan
        trunk = evolve(moment, circumstance=f"{whole(point.trigger)} {moment.circumstance}".strip())
        branches = list(self._branches(world, trunk, point))
        goes_on = self.counterfactuals or self._waits(trunk) or not branches
        if not goes_on:
            branches[0] = branches[0][0], evolve(branches[0][1], is_main=True)
        planned = [event for one, planned in branches for event in (TimepointPlanned(one), planned)]
        kept = tuple(event for event in plan.events if not isinstance(event, TimepointPlanned))
        released = (*((trunk,) if goes_on else ()), *(one for one, _ in branches))
        return Plan((*kept, TimepointPlanned(trunk, causes=world[Settlements].causes), *planned), released)

    def _point(self, world: World, moment: Timepoint) -> BranchingPoint | None:
        """The branching point at which this moment of the trunk stands, with its branches; None elsewhere."""
        if self.points:
            return next((one for one in self.points if self._place(one, world, moment)), None)
        return BranchingPoint() if moment.index == self._turning_point else None

    @property
    def _turning_point(self) -> int:
        """Index of the moment at which branches are proposed: the first with a question, from the middle on."""
        total = self.forward.total
        places = allot(self.forward.scenario.questions, total)
        return next((index for index in range(total // 2, total) if places[index]), total // 2)

    def _place(self, point: BranchingPoint, world: World, moment: Timepoint) -> bool:
        if point.timepoint is not None:
            return point.timepoint in (moment.index, moment.id, str(moment.index))
        if point.day is not None:
            begins = (point.day - 1.0) * 24.0
            passed = world[Timeline].passed
            return moment.at >= begins and not (passed and passed[-1].at >= begins)
        return moment.index == self.forward.total // 2

    def _waits(self, moment: Timepoint) -> bool:
        """Whether a later point needs the trunk."""
        places = [one.timepoint for one in self.points if isinstance(one.timepoint, int)]
        names = [one.timepoint for one in self.points if isinstance(one.timepoint, str)]
        later = {f"T{index}" for index in range(moment.index + 1, self.forward.total)}
        days = [one.day for one in self.points if one.timepoint is None and one.day is not None]
        return (
            any(moment.index < place < self.forward.total for place in places)
            or any(name in later for name in names)
            or any((day - 1.0) * 24.0 > moment.at for day in days)
        )

    def _branches(
        self, world: World, moment: Timepoint, point: BranchingPoint
    ) -> Iterator[tuple[Timepoint, InterventionSet]]:
        """The moment as each branch begins it, with what is set there."""
        knowable = self._knowable(world, moment)
        if point.branches:
            made = [(_authored(one, knowable), one) for one in point.branches]
        else:
            proposed = islice(self._proposed(world, moment), self.count)
            made = [([one], BranchEntry()) for one in proposed]
        used: set[str] = set()
        for interventions, entry in made:
            wanted = tuple(
                resolved(one, evolve(knowable, questions=_first(one.question, knowable.questions)))
                for one in interventions
            )
            said = " ".join(described(one, knowable.people) for one in wanted)
            name = _free(_ODD.sub("-", entry.id) or slug(wanted), used)
            branch = evolve(moment, id=f"{moment.key}{BRANCH_MARK}{name}", path=name)
            branch = intervened(branch, wanted, knowable.people)
            label = whole(entry.label or said)
            branch = evolve(branch, title=label.rstrip("."), description=f"{branch.description} {label}".strip())
            yield branch, InterventionSet(branch.id, name, moment.path, entry.label or said, wanted)

    def _knowable(self, world: World, moment: Timepoint) -> Knowable:
        """What branches may mean: those who exist (those present first), facts, and the moment's question first."""
        cast, scenario = world[Cast], self.forward.scenario
        own = (moment.question,) if moment.question is not None else ()
        asked = {one.id for one in own}
        others = (scenario.question(one.id) for one in scenario.questions if one.id not in asked)
        return Knowable(
            {one: cast[one] for one in dict.fromkeys((*moment.present, *cast.order)) if one in cast},
            {fact.id: fact_item(fact) for fact in scenario.facts},
            (*own, *(one for one in others if one is not None)),
        )

    def _proposed(self, world: World, moment: Timepoint) -> Iterator[Intervention]:
        """Interventions at ``moment``, the most telling first, without end of use before ``count`` of them."""
        cast, knowledge, question = world[Cast], world[Knowledge], moment.question
        speaking = [one for one in moment.present if cast[one].kind in ("human", "ai")]
        if question is not None and speaking:
            who = question.decides or speaking[0]
            for option in question.options:
                yield evolve(Intervention.decision(who, option.id), question=question.id)
        held = {one: knowledge.holds(one) for one in moment.present}
        private = [
            fact for fact in self.forward.scenario.facts
            if (fact.enters or 0) <= moment.index and not all(fact.id in held[one] for one in speaking)
        ]  # fmt: skip
        for fact in sorted(private, key=lambda one: (-one.importance, one.id)):
            yield Intervention.exposure(EVERYONE, fact.id)
        if len(speaking) >= LEAST_THERE:
            for one in speaking:
                yield Intervention.presence(one, False)


def _authored(entry: BranchEntry, knowable: Knowable) -> list[Intervention]:
    """What a branch of the template sets: a decision where it means an option, and what it describes."""
    named = entry.extra.get("question")
    questions = [one for one in knowable.questions if one.id == named] or knowable.questions[:1]
    said = (entry.extra.get("option"), entry.label, entry.id)
    meaning = evolve(knowable, questions=questions)
    found = next((meant for word in said if isinstance(word, str) and word and (meant := meaning.option(word))), None)
    happens = [Intervention.exposure(EVERYONE, entry.description)] if entry.description.strip() else []
    if found is None:
        return happens or [Intervention.exposure(EVERYONE, entry.label or entry.id)]
    question, option = found
    decider = entry.extra.get("entity") or question.decides or next(iter(knowable.people))
    return [evolve(Intervention.decision(str(decider), option.id), question=question.id), *happens]


def _first(question: str, questions: Sequence[Question]) -> tuple[Question, ...]:
    """The questions, the one of that id first."""
    return tuple(sorted(questions, key=lambda one: one.id != question)) if question else tuple(questions)


def _free(name: str, used: set[str]) -> str:
    number, free = 1, name
    while free in used:
        number += 1
        free = f"{name}-{number}"
    used.add(free)
    return free


def _ended(world: World, plan: Plan) -> PathEnded:
    timeline, made = world[Timeline], world[Interventions].made
    parting = made[-1] if made and timeline.branch else None
    scenes = [*world[Settlements].scenes, *(one for one in plan.events if isinstance(one, SceneSettled))]
    settled = {one.question: one.option for one in scenes if one.option}
    return PathEnded(
        timeline.branch or TRUNK,
        parting.label if parting is not None else "",
        parting.parent if parting is not None else "",
        parting.timepoint_id if parting is not None else "",
        tuple(one.id for one in timeline.passed),
        tuple(settled.items()),
        wellbeing(world),
        parting is None or parting.is_main,
    )


def wellbeing(world: World) -> float:
    """How those who feel fare: mean valence as a share of its range, in [0, 1]; .5 where nobody feels."""
    minds = world[Minds]
    values = [minds.valence(one) for one in world[Cast].order if one in minds]
    return round((1.0 + sum(values) / len(values)) / 2.0, 6) if values else 0.5
