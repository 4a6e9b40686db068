"""What could have led here: the built-in planner's candidates, one device a kind of cause.

A device finds in the scenario where its kind of cause could lie (who holds a fact that somebody else would need,
whose aims cross, what drifts) and drafts a moment from it. The drafts that connect best to the effect go out,
kinds that the path or this answer has not had yet first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from timepoint_pro.llm.scripted.planning_aims import (
    crossed_purposes,
    decision,
    deferral,
    discounted_warning,
    pressure,
    talk,
)
from timepoint_pro.llm.scripted.planning_draft import Draft
from timepoint_pro.llm.scripted.planning_settings import circumstance, title
from timepoint_pro.llm.scripted.planning_sight import Sight, said
from timepoint_pro.llm.scripted.planning_signs import (
    drift,
    split_knowledge,
    starting_point,
    unread_sign,
    withheld_warning,
)
from timepoint_pro.prompts.planning import AntecedentContext, MomentProposal
from timepoint_pro.records.draws import Draws

KIND_ON_PATH, KIND_IN_ANSWER, REPEATED_FACT, REWORDED, TRIED = 1.2, 3.0, 1.2, 2.0, 3.0
"""What counts against a draft, in units of rank: variety first, then how well it connects [cal]."""

JITTER = 0.7
EFFECTS = {
    "withheld warning": "the silence that follows",
    "unread sign": "the next sign that nobody reads",
    "split knowledge": "the two halves that nobody puts together",
    "discounted warning": "the warning that finds no belief",
    "decision": "the choice that follows",
    "crossed purposes": "the quarrel that follows",
    "drift": "the slow change that follows",
    "deferral": "the delay that follows",
    "pressure": "the haste that follows",
    "starting point": "what comes of it",
    "solitude": "the hours alone",
    "talk": "the talk that leads nowhere",
}
"""Each kind of cause as a noun phrase, for what it is the effect of."""


def propose_antecedents(context: AntecedentContext, draws: Draws) -> tuple[MomentProposal, ...]:
    """``context.wanted`` different antecedents of the effect, fewer only where the scenario has no more to give."""
    sight = Sight.of(context.scenario, context.index, context.questions)
    drafts = [draft for device in DEVICES for draft in device(sight, context)]
    if len(drafts) < context.wanted:
        drafts.extend(talk(sight, context))
    ranked = [(draft, draft.rank + JITTER * draws.uniform()) for draft in drafts]
    chosen: list[MomentProposal] = []
    kinds = [moment.mechanism for moment in (context.effect, *context.chain)]
    if context.earlier is not None:
        kinds.append(context.earlier.mechanism)
    used = [fact for moment in (context.effect, *context.chain) for fact in moment.facts]
    tried = set(context.tried)
    turn = draws.index(64)
    while ranked and len(chosen) < context.wanted:
        costs = [
            rank
            - KIND_ON_PATH * kinds.count(draft.kind)
            - KIND_IN_ANSWER * sum(one.mechanism == draft.kind for one in chosen)
            - REPEATED_FACT * sum(map(used.count, draft.facts))
            for draft, rank in ranked
        ]
        tellings = [_untold(draft, turn, tried) for draft, _ in ranked]
        scores = [cost - (0.0 if fresh else TRIED) for cost, (_, fresh) in zip(costs, tellings, strict=True)]
        place = max(range(len(ranked)), key=lambda number: (scores[number], -number))
        draft, rank = ranked.pop(place)
        telling = tellings[place][0]
        chosen.append(_worded(sight, context, draft, telling, draws))
        tried.add(telling)
        if any(other not in tried for other in draft.tellings):
            ranked.append((draft, rank - REWORDED))
        used.extend(draft.facts)
    return tuple(chosen)


def _worded(
    sight: Sight, context: AntecedentContext, draft: Draft, telling: str, draws: Draws
) -> MomentProposal:
    told = [one.circumstance for one in (context.effect, *context.chain, context.earlier) if one is not None]
    people = sight.company(draft.people, context.index)
    return MomentProposal(
        title=title(sight, draft.name),
        description=telling,
        circumstance=circumstance(sight, draft.kind, draft.people, told, draws),
        people=people,
        question=sight.question.id if sight.question is not None else "",
        facts=draft.facts,
        hours=round(context.unit_hours * (0.7 + 0.6 * draws.uniform()), 4),
        cause=said(draft.cause.format(effect=_effect(sight, context))),
        mechanism=draft.kind,
        option=draft.option,
    )


def _untold(draft: Draft, turn: int, tried: set[str]) -> tuple[str, bool]:
    """A wording of the draft that has not been proposed yet, and whether there is one."""
    count = len(draft.tellings)
    for step in range(count):
        telling = draft.tellings[(turn + step) % count]
        if telling not in tried:
            return telling, True
    return draft.tellings[turn % count], False


def _effect(sight: Sight, context: AntecedentContext) -> str:
    """The effect as a noun phrase."""
    effect = context.effect
    for question in context.scenario.questions:
        for option, label in question.options:
            if effect.option and (question.id, option) == (effect.asked, effect.option):
                return f"the decision to {sight.deed(label)}"
    return EFFECTS.get(effect.mechanism, "what follows") if effect.mechanism else "the outcome"


DEVICES: tuple[Callable[[Sight, AntecedentContext], Iterator[Draft]], ...] = (
    withheld_warning, unread_sign, split_knowledge, discounted_warning, decision, crossed_purposes, drift, deferral,
    pressure, starting_point,
)  # fmt: skip
