"""How well a candidate explains its effect, judged by structure: the built-in planner's scores.

plausibility: does a way of ``leads_to`` run from the candidate's facts to the effect's, are the people there, have
the facts come in, does whoever decides lean that way. causal_necessity: what share of the ways into the effect
runs through the candidate, and what share of the ways into the outcome began with it. entity_capability: do those
present hold its facts, and may they decide.
historical_precedent: is the moment in its usual order and kind on this path. Noise of +-NOISE keeps equals apart.
Where candidates were played forward, what came of one moves its plausibility (did it settle as it needs) and its
necessity (was what it rests on told to those who lacked it, if it needs that, or kept, if it needs that).
"""

from __future__ import annotations

from collections.abc import Iterable

from timepoint_pro.llm.scripted.planning_draft import OUTCOME, targets
from timepoint_pro.llm.scripted.planning_sight import Sight
from timepoint_pro.prompts.planning import (
    AntecedentContext,
    FactView,
    MomentProposal,
    Score,
    ScoreContext,
    TrialOutcome,
)
from timepoint_pro.records.draws import Draws

NOISE = 0.03
TAKEN = 0.12
"""What a decision that was taken adds to necessity: without it things would have stayed open [cal]."""

SPREAD = 0.1
"""What it adds to necessity that everything which led to the outcome came of it [cal]."""

TRIED = 0.2
"""How far a trial can move a part of the score: half of this up, or half down [cal]."""

SILENT = ("withheld warning", "unread sign", "split knowledge", "deferral", "drift")
"""Kinds of cause that work because something is not said."""

DIRECT, BRIDGED, SAME_TOPIC, LOOSE = 1.0, 0.7, 0.45, 0.15


def judge(context: ScoreContext, draws: Draws) -> tuple[Score, ...]:
    """One score a candidate, in order."""
    situation = context.situation
    sight = Sight.of(situation.scenario, situation.index, situation.questions)
    trials = context.trials or (None,) * len(context.candidates)
    return tuple(
        _score(sight, situation, one, tried, "what happened" if context.played else "a trial", draws)
        for one, tried in zip(context.candidates, trials, strict=True)
    )


def _score(
    sight: Sight, situation: AntecedentContext, candidate: MomentProposal, tried: TrialOutcome | None, source: str,
    draws: Draws,
) -> Score:  # fmt: skip
    facts = tuple(fact for one in candidate.facts if (fact := sight.fact(one)) is not None)
    way = _way(sight, situation, facts)
    share = _share(sight, situation, facts)
    held = _held(facts, candidate)
    decides = sight.decider
    may_decide = 1.0 if not candidate.question or not decides or decides in candidate.people else 0.0
    in_time = all(fact.index <= situation.index for fact in facts)
    pull = sight.leaning(decides, candidate.option) if candidate.option and decides else 0.0
    kinds = [moment.mechanism for moment in (situation.effect, *situation.chain)]
    topics = {fact.topic for one in situation.effect.facts if (fact := sight.fact(one)) is not None}
    on_topic = any(fact.topic in topics for fact in facts) or (not topics and bool(facts))
    plausibility = 0.25 + 0.4 * way + 0.15 * held + 0.15 * pull + 0.1 * len(set(candidate.people)) / 4.0
    necessity = 0.2 + 0.35 * way + 0.4 * share + SPREAD * _spread(situation, facts)
    necessity += TAKEN if candidate.option else 0.0
    capability = 0.3 + 0.35 * held + 0.3 * may_decide
    precedent = 0.4 + 0.25 * on_topic + 0.2 * _in_order(situation, facts) - 0.12 * kinds.count(candidate.mechanism)
    if not in_time:
        plausibility, necessity = 0.3 * plausibility, 0.3 * necessity
    reason = _reason(way, share, held, may_decide, in_time)
    if tried is not None:
        borne, course = _borne_out(candidate, tried), _on_course(candidate, tried)
        plausibility += TRIED * (borne - 0.5)
        necessity += TRIED * (course - 0.5)
        verdict = "bears it out" if borne + course > 1.0 else "speaks against it" if borne + course < 1.0 else "is even"
        reason = f"{reason}; {source} {verdict}"
    return Score(
        _noisy(plausibility, draws), _noisy(necessity, draws), _noisy(capability, draws), _noisy(precedent, draws),
        reason,
    )  # fmt: skip


def _borne_out(candidate: MomentProposal, tried: TrialOutcome) -> float:
    """Whether the trial settled as the candidate needs: 1, 0, or .5 where it needs nothing or nothing was settled."""
    taken = dict(tried.settled).get(candidate.question, "")
    return 0.5 if not candidate.option or not taken else float(taken == candidate.option)


def _on_course(candidate: MomentProposal, tried: TrialOutcome) -> float:
    """Share of the candidate's facts that stayed untold, where it rests on silence; that were told, elsewhere."""
    if not candidate.facts:
        return 0.5
    told = sum(one in tried.told for one in candidate.facts) / len(candidate.facts)
    return 1.0 - told if candidate.mechanism in SILENT else told


def _way(sight: Sight, situation: AntecedentContext, facts: Iterable[FactView]) -> float:
    """How directly the best of ``facts`` leads to the effect, in [0, 1]."""
    wanted = targets(situation)
    topics = {fact.topic for one in wanted if (fact := sight.fact(one)) is not None}
    best = 0.0 if situation.scenario.facts else SAME_TOPIC
    for fact in facts:
        if fact.id in wanted:
            best = max(best, SAME_TOPIC)
            continue
        reached, steps = set(fact.leads_to), 0
        while reached and not reached & wanted and steps < len(situation.scenario.facts):
            reached = {two for one in reached if (link := sight.fact(one)) is not None for two in link.leads_to}
            steps += 1
        if reached & wanted:
            best = max(best, DIRECT if not steps else BRIDGED)
        best = max(best, SAME_TOPIC if fact.topic in topics or sight.bears(fact) >= 0.5 else LOOSE)
    return best


def _share(sight: Sight, situation: AntecedentContext, facts: Iterable[FactView]) -> float:
    """What share of the facts that lead straight to the effect, by importance, the candidate rests on, in [0, 1]."""
    wanted = targets(situation)
    leading = [
        one for one in situation.scenario.facts if set(one.leads_to) & wanted and one.index <= situation.index
    ]  # fmt: skip
    whole = sum(one.importance for one in leading)
    mine = {fact.id for fact in facts}
    return sum(one.importance for one in leading if one.id in mine) / whole if whole else 0.0


def _spread(situation: AntecedentContext, facts: Iterable[FactView]) -> float:
    """What share of the facts that lead straight to the outcome, by importance, comes of the candidate's, in [0, 1].

    A common cause of all of them has 1: without it none of the ways into the outcome would have opened.
    """
    known = {one.id: one for one in situation.scenario.facts}
    waiting, after = [two for fact in facts for two in fact.leads_to], set[str]()
    while waiting:
        one = waiting.pop()
        if one not in after and one in known:
            after.add(one)
            waiting.extend(known[one].leads_to)
    last = [one for one in situation.scenario.facts if OUTCOME in one.leads_to]
    whole = sum(one.importance for one in last)
    return sum(one.importance for one in last if one.id in after) / whole if whole else 0.0


def _held(facts: tuple[FactView, ...], candidate: MomentProposal) -> float:
    """Share of the facts that somebody present holds; .5 where the candidate rests on none."""
    if not facts:
        return 0.5
    return sum(bool(set(fact.holders) & set(candidate.people)) for fact in facts) / len(facts)


def _in_order(situation: AntecedentContext, facts: tuple[FactView, ...]) -> float:
    """How near the story's place the newest fact came in: 1 at the place itself, less for older ones, in [0, 1]."""
    if not facts:
        return 0.3
    return max(0.0, 1.0 - 0.3 * (situation.index - max(fact.index for fact in facts)))


def _noisy(value: float, draws: Draws) -> float:
    return round(min(1.0, max(0.0, value + NOISE * (2.0 * draws.uniform() - 1.0))), 3)


def _reason(way: float, share: float, held: float, may_decide: float, in_time: bool) -> str:
    if not in_time:
        return "rests on something that has not come in yet"
    if not may_decide:
        return "whoever decides is not there"
    if way >= DIRECT:
        return "leads straight to the effect" + (", and little else does" if share >= 0.5 else "")
    if way >= BRIDGED:
        return "leads to the effect by way of something else"
    if held < 0.5:
        return "nobody present holds what it rests on"
    return "touches the effect without leading to it" if way >= SAME_TOPIC else "has little to do with the effect"
