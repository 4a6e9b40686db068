"""Candidates played forward for a trial, so that a judge sees what comes of them and not only how they read.

A trial opens with the candidate's own moment, staged as the portal would, at its place in story order and with all
facts that have entered by then; what follows is planned forward, as if nobody knew the effect. People stand as they do
at the start of the run. Nothing of a trial enters the log but the record of what came of it (``TrialOutcome``).

Trials of one place draw the same random numbers, so they differ by their candidates.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import ClassVar

from attrs import evolve, field, frozen

from timepoint_pro.mechanisms.base import Start
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.scene import Scene
from timepoint_pro.modes.base import Plan, PlanContext
from timepoint_pro.modes.forward import Forward
from timepoint_pro.modes.premise import whole
from timepoint_pro.modes.readings import Readings
from timepoint_pro.modes.settlements import Settlements, settled_words
from timepoint_pro.modes.staging import Staging
from timepoint_pro.prompts.planning import MomentProposal, TrialOutcome
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import BRANCH_MARK, Timeline, Timepoint, TimepointPlanned
from timepoint_pro.records.turn import Floor
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

LAST_WORDS = 3


@frozen
class Trial:
    """Plans a candidate's moment, and what follows it.

    Args:
        forward: plans what follows; its first moment is the candidate's place, its count the moments in all.
        proposal: the candidate.
        later: what is known to come after it, which its scene must not hold.
        outcome: of the portal, which no scene of the trial may hold.
        branch: of the trial's ids.
    """

    name: ClassVar[str] = "trial"
    version: ClassVar[int] = 1
    emits: ClassVar[tuple[type[Event], ...]] = Forward.emits

    forward: Forward
    proposal: MomentProposal
    later: tuple[MomentProposal, ...]
    outcome: str
    branch: str

    def start(self, template: Template, /) -> Start:
        """The facets that plans are kept in."""
        return self.forward.start(template)

    async def plan(self, world: World, ctx: PlanContext, /) -> Plan:
        """The candidate's moment first, then as forward mode."""
        if world[Timeline].passed:
            return await self.forward.plan(world, ctx)
        forward, index = self.forward, self.forward.first
        view = forward.scenario.view(world, (), index)
        stage = Staging(forward.scenario, view.people, view.facts, forward.clock, self.outcome, forward.most)
        question = forward.scenario.question(self.proposal.question)
        decides = question.decides if question is not None else ""
        present = stage.attendance(self.proposal.people, decides, (), 1)
        guard = stage.guard(present, index, self.later)
        moment_id = f"T{index}{BRANCH_MARK}{self.branch}"
        circumstance, cut = stage.circumstance(moment_id, self.proposal.circumstance, guard, present, question)
        at = forward.clock.settle(index * forward.clock.unit, 0.0) if index else 0.0
        news, read = stage.news(index, at, present, circumstance, question, dict(world[Readings].last.items()), ctx)
        moment = Timepoint(
            id=moment_id,
            key=f"T{index}",
            index=index,
            at=at,
            path=self.branch,
            title=stage.title(self.proposal.title, guard, question),
            description=whole(self.proposal.description),
            circumstance=circumstance,
            present=present,
            location=forward.scenario.location,
            question=question,
            news=(*stage.entering(1, index - 1), *news),
        )
        return Plan((*cut, *read, TimepointPlanned(moment)), (moment,))


@frozen
class Probes:
    """How candidates are tried.

    Args:
        forward: configured for the template.
        outcome: of the portal.
        moments: that a trial lasts, the candidate's own counted; 1 or more.
        dialog: whether people speak in it.
        shared: whether like candidates share one trial: those of one place, with the same people, question and facts.
    """

    forward: Forward
    outcome: str
    moments: int
    dialog: bool = True
    shared: bool = True
    _made: dict[tuple[object, ...], asyncio.Task[TrialOutcome]] = field(factory=dict, init=False, repr=False, eq=False)

    async def tried(
        self, world: World, ctx: PlanContext, place: int, proposal: MomentProposal, later: Sequence[MomentProposal],
        branch: str,
    ) -> TrialOutcome:  # fmt: skip
        """What comes of a candidate.

        Args:
            world: from which it is played.
            ctx: of the plan.
            place: of the candidate in story order.
            proposal: the candidate.
            later: what its path holds after it.
            branch: tells the trial from others of this search.

        Raises:
            ModelError, BudgetReachedError: as ``ctx.ask``.
        """
        forward = evolve(self.forward, first=place, before=0, count=place + self.moments, after=0)
        trial = Trial(forward, proposal, tuple(later), self.outcome, branch)
        if not self.shared:
            return await self._play(world, ctx, trial)
        alike = (place, tuple(sorted(proposal.people)), proposal.question, tuple(sorted(proposal.facts)))
        if alike not in self._made:
            self._made[alike] = asyncio.ensure_future(self._play(world, ctx, trial))
        return await self._made[alike]

    async def _play(self, world: World, ctx: PlanContext, trial: Trial) -> TrialOutcome:
        after = await ctx.probe(trial, trial.branch, silent=not self.dialog)
        return seen(world, after, [fact.id for fact in self.forward.scenario.facts])


def seen(before: World, after: World, facts: Collection[str]) -> TrialOutcome:
    """What a trial came to, read off the worlds before and after it; of ``facts``, by their ids."""
    cast, scenes = after[Cast], after[Settlements]
    words = []
    for moment in after[Timeline].passed:
        settled = scenes.of(moment.id)
        by = cast[settled.by].name if settled is not None and settled.by in cast else ""
        words.append(settled_words(moment, settled, by))
    return TrialOutcome(
        moments=len(after[Timeline].passed),
        settled=tuple((one.question, one.option) for one in scenes.scenes),
        words=tuple(one for one in words if one),
        told=_told(before, after, facts),
        said=tuple(f"{cast[turn.speaker].name}: {turn.content}" for turn in after[Floor].turns[-LAST_WORDS:]),
        wellbeing=_wellbeing(after),
        tension=round(after[Scene].tension, 6) if Scene in after else 0.0,
    )


def _told(before: World, after: World, facts: Collection[str]) -> tuple[str, ...]:
    """Ids of the facts that somebody came to hold by being told."""
    if Knowledge not in after:
        return ()
    known, held = before[Knowledge], after[Knowledge]
    found = {
        item for one in after[Cast].order for item, holding in held.holds(one).items()
        if item in facts and item not in known.holds(one) and held.exposure(holding.best).how == "told"
    }  # fmt: skip
    return tuple(sorted(found))


def _wellbeing(world: World) -> float:
    if Minds not in world:
        return 0.5
    minds = world[Minds]
    values = [minds.valence(one) for one in world[Cast].order if one in minds]
    return round((1.0 + sum(values) / len(values)) / 2.0, 6) if values else 0.5
