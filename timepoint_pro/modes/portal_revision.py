"""What the next premise of a portal rests on where a scene was settled otherwise than its path supposes.

The search judged several antecedents of the same effect at every place, and not all of them suppose the same decision.
When a scene decides otherwise than the one on the played path, those that agree with what was decided are judged once
more, this time with what in fact came of the moment. The best of them takes the place of the first as the cause of the
next moment, if it still reaches the coherence that its place was searched with. Only the cause is replaced: the scene
was played without any sight of it, and the next moment happens as it was laid out.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from timepoint_pro.modes.base import PlanContext
from timepoint_pro.modes.paths import Antecedent, CauseRevised, Paths
from timepoint_pro.modes.portal_search import JUDGING_TOKENS, Search
from timepoint_pro.modes.premise import whole
from timepoint_pro.modes.probing import LAST_WORDS
from timepoint_pro.modes.settlements import SceneSettled, settled_words
from timepoint_pro.prompts.base import Sampling
from timepoint_pro.prompts.planning import ScoreAntecedents, ScoreContext, TrialOutcome
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.timepoint import Timeline, Timepoint
from timepoint_pro.records.turn import Floor
from timepoint_pro.records.world import World


@frozen
class Revision:
    """Looks for another cause of the next moment.

    Args:
        search: as it found the path.
        facts: ids of the scenario's facts.
    """

    search: Search
    facts: frozenset[str]

    async def revised(
        self, world: World, ctx: PlanContext, moment: Timepoint, node: Antecedent, settled: SceneSettled
    ) -> tuple[Timepoint, CauseRevised] | None:
        """The next moment with another cause, and the record of it; None where no antecedent agrees.

        Args:
            world: after the scene that settled otherwise.
            ctx: of the plan.
            moment: the next one, as it was laid out.
            node: of the played path, at the place of that scene.
            settled: how the scene ended.

        Raises:
            ModelError, BudgetReachedError: as ``ctx.ask``.
        """
        paths = world[Paths]
        others = _agreeing(paths, node, settled)
        if not others:
            return None
        before = [one for one in paths.winner if _explored(paths, one.index) < _explored(paths, node.index)]
        context = ScoreContext(
            self.search.context(before, node.index),
            tuple(one.proposal for one in others),
            (self._happened(world, settled),) * len(others),
            played=True,
        )
        sampling = Sampling(temperature=self.search.judge_temperature, max_tokens=JUDGING_TOKENS)
        judged = await ctx.ask(ScoreAntecedents(sampling, context), "judge", str(node.index), "revised")
        totals = [self.search.weights.total(score) for score in judged.answer.scores]
        place = max(range(len(others)), key=lambda number: (totals[number], -number))
        best, score = others[place], judged.answer.scores[place]
        if totals[place] < self._asked_for(paths, node.index):
            return None
        cause = whole(best.proposal.cause)
        record = CauseRevised(moment.id, settled.timepoint_id, node.id, best.id, settled.option, score, totals[place])
        mechanism, strength = best.proposal.mechanism, round(score.causal_necessity, 3)
        return evolve(moment, cause=cause, mechanism=mechanism, strength=strength), record

    def _asked_for(self, paths: Paths, place: int) -> float:
        """The coherence that candidates for ``place`` had to reach, in [0, 1]."""
        return min([self.search.threshold, *(one.after for one in paths.relaxations if one.index == place)])

    def _happened(self, world: World, settled: SceneSettled) -> TrialOutcome:
        """What came of the scene that was just played."""
        cast, turns = world[Cast], world[Floor].turns
        by = cast[settled.by].name if settled.by in cast else ""
        words = settled_words(world[Timeline].passed[-1], settled, by)
        told = {item for turn in turns for item in turn.shared} & self.facts
        return TrialOutcome(
            moments=1,
            settled=((settled.question, settled.option),),
            words=(words,) if words else (),
            told=tuple(sorted(told)),
            said=tuple(f"{cast[turn.speaker].name}: {turn.content}" for turn in turns[-LAST_WORDS:]),
        )


def _agreeing(paths: Paths, node: Antecedent, settled: SceneSettled) -> Sequence[Antecedent]:
    """The other antecedents that were judged for the same effect and suppose no other decision, best first.

    None where what comes after the place was found from ``node`` and rests on it.
    """
    if _explored(paths, node.index + 1) > _explored(paths, node.index):
        return ()
    found = [
        one for one in paths.nodes
        if (one.index, one.parent) == (node.index, node.parent) and one.id != node.id
        and (not one.proposal.option or (one.proposal.question, one.proposal.option) == _taken(settled))
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.total, int(one.id[1:])))


def _taken(settled: SceneSettled) -> tuple[str, str]:
    return settled.question, settled.option


def _explored(paths: Paths, place: int) -> int:
    """How early the search came to a place; the outcome, which it began with, before every other."""
    return paths.order.index(place) if place in paths.order else -1
