"""A candidate antecedent before it is put into words, and how well facts connect to the effect."""

from __future__ import annotations

from attrs import frozen

from timepoint_pro.llm.scripted.planning_sight import Sight
from timepoint_pro.prompts.planning import AntecedentContext, FactView

OUTCOME = "outcome"
CONNECTED, BRIDGED, SAME_TOPIC, FRESH = 1.0, 0.5, 0.3, 0.3
FACTS_LOOKED_AT = 10


@frozen
class Draft:
    """A candidate before it is put into words.

    Args:
        kind: key of the device; its words for lists are the same.
        people: ids of those it needs, the one with the main part first.
        facts: ids of the facts that it rests on.
        rank: how well it connects, higher is better.
        name: for the title.
        tellings: the description in several wordings.
        cause: how it leads to the effect; ``{effect}`` stands for it.
        option: id of the option taken, where one is.
    """

    kind: str
    people: tuple[str, ...]
    facts: tuple[str, ...]
    rank: float
    name: str
    tellings: tuple[str, ...]
    cause: str
    option: str = ""


def targets(context: AntecedentContext) -> set[str]:
    """Ids of the facts that have to be led to; the outcome where the effect rests on none."""
    return set(context.effect.facts) if context.effect.facts else {OUTCOME}


def connection(sight: Sight, context: AntecedentContext, fact: FactView) -> float:
    """How well a fact connects to the effect: directly, by one other fact, by topic; fresh ones first."""
    wanted = targets(context)
    reached = set(fact.leads_to)
    rank = CONNECTED if reached & wanted else 0.0
    if not rank:
        beyond = {two for one in reached if (link := sight.fact(one)) is not None for two in link.leads_to}
        topics = {link.topic for one in wanted if (link := sight.fact(one)) is not None}
        rank = BRIDGED if beyond & wanted else SAME_TOPIC if fact.topic and fact.topic in topics else 0.0
    fresh = FRESH if fact.index == sight.index else 0.0
    return rank + fresh + 0.4 * fact.importance + 0.4 * sight.bears(fact)


def ranked_facts(sight: Sight, context: AntecedentContext) -> list[tuple[FactView, float]]:
    """The available facts that connect best, with their rank."""
    ranked = [(one, connection(sight, context, one)) for one in sight.available()]
    return sorted(ranked, key=lambda pair: (-pair[1], pair[0].id))[:FACTS_LOOKED_AT]
