"""From an outcome back to an origin: beam search over antecedents, with backtracking and relaxation.

A step fills one place of the story on every kept path: one call proposes candidates, one judges them all; the paths
are worked on at the same time, and so are the trials of candidates where the judge is shown any (``probing``). Score of
a candidate = weighted mean of plausibility, causal necessity, capability and precedent; score of a path = mean over its
moments. The best ``width`` paths go on, no antecedent twice among them. When every candidate of a step falls under the
threshold, the beam goes back to the latest step that had others in reserve (Lowerre 1976 for the beam; chronological
backtracking), ``backtracks`` times at most; after that the threshold is lowered by ``RELAX_STEP`` until the best
candidate passes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from attrs import frozen

from timepoint_pro.errors import UsageError
from timepoint_pro.modes.base import PlanContext
from timepoint_pro.modes.paths import (
    Antecedent,
    PathBacktracked,
    PathChosen,
    PathStepped,
    SearchBegun,
    SearchCutShort,
    ThresholdRelaxed,
    mean,
    rank,
)
from timepoint_pro.modes.premise import is_same_idea
from timepoint_pro.modes.probing import Probes
from timepoint_pro.prompts.base import Sampling
from timepoint_pro.prompts.planning import (
    AntecedentContext,
    MomentProposal,
    MomentView,
    ProposeAntecedents,
    ScenarioView,
    Score,
    ScoreAntecedents,
    ScoreContext,
    TrialOutcome,
)
from timepoint_pro.records.event import Event
from timepoint_pro.records.world import World

RELAX_STEP = 0.05
PROPOSING = Sampling(temperature=0.9, max_tokens=2400)
JUDGING_TOKENS = 900

Lineage = tuple[Antecedent, ...]


@frozen
class Weights:
    """What counts in a candidate's score: parts, each 0 or more; all zero counts as all equal."""

    plausibility: float = 0.35
    causal_necessity: float = 0.3
    entity_capability: float = 0.2
    historical_precedent: float = 0.15

    def total(self, score: Score) -> float:
        """The weighted mean of the parts, in [0, 1]."""
        parts = (
            (self.plausibility, score.plausibility), (self.causal_necessity, score.causal_necessity),
            (self.entity_capability, score.entity_capability), (self.historical_precedent, score.historical_precedent),
        )  # fmt: skip
        whole = sum(weight for weight, _ in parts)
        if whole <= 0:
            return round(sum(part for _, part in parts) / len(parts), 6)
        return round(sum(weight * part for weight, part in parts) / whole, 6)


@frozen
class Search:
    """One backward search.

    Args:
        scenario: as the planner sees it; questions not due are in it too.
        outcome: what to explain.
        places: for each place in story order, 0 to the one before the outcome, ids of the questions due there.
        order: places as they are explored.
        mode: name of the exploration.
        people: ids of those who face the outcome.
        width: paths kept. wanted: candidates a step. threshold: coherence in [0, 1].
        backtracks: at most so many. relaxes: whether the threshold may be lowered.
        weights: of the score. judge_temperature: in [0, 2].
        unit, unit_hours: the template's resolution.
        decided: (question id, option id) that the outcome comes to; empty ids where it says none.
        at_once: paths worked on at the same time, 1 or more.
        probes: how candidates are played forward for the judge; None: they are not.
    """

    scenario: ScenarioView
    outcome: str
    places: tuple[tuple[str, ...], ...]
    order: tuple[int, ...]
    mode: str
    people: tuple[str, ...]
    width: int
    wanted: int
    threshold: float
    backtracks: int
    relaxes: bool
    weights: Weights
    judge_temperature: float
    unit: str
    unit_hours: float
    decided: tuple[str, str] = ("", "")
    at_once: int = 4
    probes: Probes | None = None

    async def run(self, world: World, ctx: PlanContext) -> tuple[Event, ...]:
        """The record of the search in ``world``, from ``SearchBegun`` to ``PathChosen``.

        Raises:
            UsageError: nothing that leads to the outcome meets the threshold, and it may not be lowered.
            ModelError: a model gave no usable answer.
        """
        return await _Walk(self, world, ctx).run()

    def context(self, lineage: Sequence[Antecedent], place: int, tried: Sequence[str] = ()) -> AntecedentContext:
        """What a planner and a judge see at ``place``, with ``lineage`` settled before it and titles ``tried``."""
        steps = len(self.places)
        later = sorted((node for node in lineage if node.index > place), key=lambda node: node.index)
        earlier = [node for node in lineage if node.index < place]
        asked, option = self.decided
        end = MomentView("", self.outcome, "", asked, (), self.people, option)
        chain = (*(_view(node.proposal) for node in later), end)
        used = {node.proposal.question for node in lineage}
        return AntecedentContext(
            scenario=self.scenario,
            outcome=self.outcome,
            effect=chain[0],
            chain=chain[1:] if later else (),
            step=steps - place,
            steps=steps,
            wanted=self.wanted,
            unit=self.unit,
            unit_hours=self.unit_hours,
            index=place,
            questions=tuple(one for one in self.places[place] if one not in used),
            earlier=_view(max(earlier, key=lambda node: node.index).proposal) if earlier else None,
            tried=tuple(tried),
        )


class _Walk:
    """The state of one search: the beam and the reserve of each step so far, and what was recorded."""

    def __init__(self, search: Search, world: World, ctx: PlanContext) -> None:
        self._search, self._world, self._ctx = search, world, ctx
        self._gate = asyncio.Semaphore(search.at_once)
        self._events: list[Event] = [SearchBegun(search.outcome, search.mode, search.order)]
        self._beams: list[list[Lineage]] = [[()]]
        self._reserves: list[list[Lineage]] = [[]]
        self._short: dict[int, list[Lineage]] = {}
        self._count = 0
        self._rounds = 0
        self._left = search.backtracks
        self._titles: list[str] = []

    async def run(self) -> tuple[Event, ...]:
        search = self._search
        while len(self._beams) <= len(search.order):
            place = search.order[len(self._beams) - 1]
            found = await self._expand(place)
            passing = [lineage for lineage in found if lineage[-1].total >= search.threshold]
            if passing:
                self._keep(place, search.threshold, found, passing)
            elif not self._backtrack(place, found) and not self._relax(place, found):
                break
        paths, reason = rank(self._beams[-1])
        return (*self._events, PathChosen(paths, reason))

    async def _expand(self, place: int) -> list[Lineage]:
        """Every judged continuation of the beam at ``place``, in the order of the beam and of the proposals."""
        contexts = [self._search.context(lineage, place, self._titles) for lineage in self._beams[-1]]
        self._rounds += 1
        keys = [str(number) for number in range(len(contexts))]
        judged = await asyncio.gather(*(
            self._judged(context, lineage, key)
            for context, lineage, key in zip(contexts, self._beams[-1], keys, strict=True)
        ))  # fmt: skip
        found: list[Lineage] = []
        for lineage, candidates in zip(self._beams[-1], judged, strict=True):
            for proposal, score, trial in candidates:
                self._count += 1
                parent = lineage[-1].id if lineage else ""
                total = self._search.weights.total(score)
                node = Antecedent(f"A{self._count}", parent, place, proposal, score, total, trial)
                found.append((*lineage, node))
                self._titles.append(proposal.title)
        return found

    async def _judged(
        self, context: AntecedentContext, lineage: Lineage, key: str
    ) -> list[tuple[MomentProposal, Score, TrialOutcome | None]]:
        place, attempt = str(context.index), str(self._rounds)
        async with self._gate:
            proposed = await self._ctx.ask(ProposeAntecedents(PROPOSING, context), "propose", place, attempt, key)
            candidates = proposed.answer.candidates[: context.wanted]
            trials = await self._tried(context.index, candidates, lineage, f"{attempt}-{key}")
            sampling = Sampling(temperature=self._search.judge_temperature, max_tokens=JUDGING_TOKENS)
            prompt = ScoreAntecedents(sampling, ScoreContext(context, candidates, trials))
            scored = await self._ctx.ask(prompt, "judge", place, attempt, key)
        return list(zip(candidates, scored.answer.scores, trials or [None] * len(candidates), strict=True))

    async def _tried(
        self, place: int, candidates: Sequence[MomentProposal], lineage: Lineage, key: str
    ) -> tuple[TrialOutcome, ...]:
        """What comes of each candidate, all played at the same time; nothing where the judge does without."""
        probes = self._search.probes
        if probes is None:
            return ()
        later = [node.proposal for node in lineage if node.index > place]
        return tuple(await asyncio.gather(*(
            probes.tried(self._world, self._ctx, place, one, later, f"trial-{key}-{number}")
            for number, one in enumerate(candidates)
        )))  # fmt: skip

    def _keep(self, place: int, threshold: float, found: list[Lineage], passing: list[Lineage]) -> None:
        kept, spare = choose(passing, self._search.width)
        candidates = tuple(lineage[-1] for lineage in found)
        self._events.append(PathStepped(place, threshold, candidates, tuple(one[-1].id for one in kept)))
        self._beams.append(kept)
        self._reserves.append(spare)

    def _backtrack(self, place: int, found: list[Lineage]) -> bool:
        """Go back to the latest step with a reserve; False when there is none, or no backtracking left."""
        level = next((one for one in range(len(self._reserves) - 1, 0, -1) if self._reserves[one]), 0)
        if not level or self._left < 1:
            return False
        self._left -= 1
        self._short.setdefault(place, []).extend(found)
        resumed, spare = choose(self._reserves[level], self._search.width)
        self._events.append(PathBacktracked(
            index=place,
            to=self._search.order[level - 1],
            candidates=tuple(lineage[-1] for lineage in found),
            abandoned=tuple(lineage[-1].id for lineage in self._beams[level]),
            resumed=tuple(lineage[-1].id for lineage in resumed),
            best=max(lineage[-1].total for lineage in found),
            threshold=self._search.threshold,
        ))  # fmt: skip
        del self._beams[level:], self._reserves[level:]
        self._beams.append(resumed)
        self._reserves.append(spare)
        return True

    def _relax(self, place: int, found: list[Lineage]) -> bool:
        """Lower the threshold at ``place`` until the best candidate passes; False when it may not be lowered.

        What fell short there before backtracking counts too: it may be better than what came of going back.
        """
        fallen = [*self._short.get(place, ()), *found]
        best = max(lineage[-1].total for lineage in fallen)
        threshold = self._search.threshold
        if not self._search.relaxes:
            if len(self._beams) == 1:
                raise UsageError(
                    f"no antecedent of the outcome reaches coherence {threshold:g} (the best has {best:g}); lower "
                    "$.temporal.coherence_threshold, or set $.temporal.portal_relaxation_enabled"
                )
            candidates = tuple(lineage[-1] for lineage in found)
            self._events.append(SearchCutShort(place, candidates, best, threshold))
            return False
        while threshold > best:
            lower = max(0.0, round(threshold - RELAX_STEP, 6))
            self._events.append(ThresholdRelaxed(place, threshold, lower, best))
            threshold = lower
        self._keep(place, threshold, found, [one for one in fallen if one[-1].total >= threshold])
        return True


def choose(lineages: Sequence[Lineage], width: int) -> tuple[list[Lineage], list[Lineage]]:
    """The best ``width`` lineages, none of which ends in the same antecedent as another, and the rest.

    Best first, by mean score, then by order of discovery.
    """
    ranked = sorted(lineages, key=lambda lineage: (-mean(lineage), int(lineage[-1].id[1:])))
    kept: list[Lineage] = []
    spare: list[Lineage] = []
    for lineage in ranked:
        text = lineage[-1].proposal.description
        repeats = any(is_same_idea(text, other[-1].proposal.description) for other in kept)
        (spare if repeats or len(kept) >= width else kept).append(lineage)
    return kept, spare


def _view(proposal: MomentProposal) -> MomentView:
    return MomentView(
        "", proposal.description, "", proposal.question, proposal.facts, proposal.people, proposal.option,
        proposal.mechanism, proposal.circumstance,
    )  # fmt: skip
