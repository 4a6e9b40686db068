"""How well a candidate explains its effect, judged by structure: the built-in planner's scores.

plausibility: does a way of ``leads_to`` run from the candidate's facts to the effect's, are the people there, have
the facts come in, does whoever decides lean that way. causal_necessity: what share of the ways into the effect
runs through the candidate. entity_capability: do those present hold its facts, and may they decide.
historical_precedent: is the moment in its usual order and kind on this path. Noise of +-NOISE keeps equals apart.
"""

from __future__ import annotations

from collections.abc import Iterable

from timepoint_pro.llm.scripted.planning_draft import targets
from timepoint_pro.llm.scripted.planning_sight import Sight
from timepoint_pro.prompts.planning import AntecedentContext, FactView, MomentProposal, Score, ScoreContext
from timepoint_pro.records.draws import Draws

NOISE = 0.03
TAKEN = 0.12
"""What a decision that was taken adds to necessity: without it things would have stayed open [cal]."""

DIRECT, BRIDGED, SAME_TOPIC, LOOSE = 1.0, 0.7, 0.45, 0.15


def judge(context: ScoreContext, draws: Draws) -> tuple[Score, ...]:
    """One score a candidate, in order."""
    situation = context.situation
    sight = Sight.of(situation.scenario, situation.index, situation.questions)
    return tuple(_score(sight, situation, one, draws) for one in context.candidates)


def _score(sight: Sight, situation: AntecedentContext, candidate: MomentProposal, draws: Draws) -> Score:
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
    necessity = 0.2 + 0.35 * way + 0.4 * share + (TAKEN if candidate.option else 0.0)
    capability = 0.3 + 0.35 * held + 0.3 * may_decide
    precedent = 0.4 + 0.25 * on_topic + 0.2 * _in_order(situation, facts) - 0.12 * kinds.count(candidate.mechanism)
    if not in_time:
        plausibility, necessity = 0.3 * plausibility, 0.3 * necessity
    return Score(
        _noisy(plausibility, draws), _noisy(necessity, draws), _noisy(capability, draws), _noisy(precedent, draws),
        _reason(way, share, held, may_decide, in_time),
    )  # fmt: skip


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
