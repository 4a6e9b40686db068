"""The five ways to vary a template: who people are, where things lead, what is known, who stands how, how it starts.

A variation is a template of its own, made from the first one by small changes of numbers that it states. All of them
are drawn under the campaign's seed and the variation's number, so variation 7 is the same in every campaign of that
seed, whatever else is varied. Sizes are calibrated: large enough that people speak and decide otherwise, small enough
that it stays the same scenario.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from attrs import asdict

from timepoint_pro.mechanisms.temperament import behavior_of
from timepoint_pro.records.draws import Dice
from timepoint_pro.templates import Template
from timepoint_pro.templates.vocabulary import EVERYONE

Changes = dict[str, Any]
Strategy = Callable[[Template, Dice], Changes]

TRAIT_SPREAD = 0.2
"""Standard deviation of what is added to a trait in [0, 1] [cal]."""
TIE_SPREAD = 0.25
"""Standard deviation of what is added to trust, affinity and power in [-1, 1] [cal]."""
TILT = 0.5
"""Most by which everybody's leaning to the favoured option of a question rises [cal]."""
HANDED_ON = 0.4
"""Probability that a fact that somebody knows from the start is known by another person instead [cal]."""
CONFIDENCE_SPREAD = 0.1
BODY_SPREAD = 0.12
QUANTITY_SPREAD = 0.15
"""Standard deviation of a tracked number's start, as a share of its distance from its threshold [cal]."""
HOURS = 3
"""Most hours by which the story begins earlier or later [cal]."""


def varied(template: Template, number: int, strategies: Sequence[str], seed: int) -> Template:
    """A variation of a template.

    Args:
        template: what is varied.
        number: of the variation, from 1; 0 is the template itself.
        strategies: names of ``STRATEGIES``, applied in this order.
        seed: of the campaign.

    Raises:
        TemplateError: when the result cannot be used.
    """
    if not number:
        return template
    for name in dict.fromkeys(strategies):
        changes = STRATEGIES[name](template, Dice(seed, f"variation {number} {name}"))
        template = template.with_changes(changes) if changes else template
    return template


def idle_strategies(template: Template, strategies: Sequence[str]) -> tuple[str, ...]:
    """Strategies that find nothing in this template that they could vary."""
    return tuple(
        name for name in dict.fromkeys(strategies) if not STRATEGIES[name](template, Dice(0, f"variation 1 {name}"))
    )


def _personalities(template: Template, dice: Dice) -> Changes:
    """Everybody's qualities move: from what the template states, else from what its words for them suggest."""
    changes: Changes = {}
    for who, entry in template.roster.items():
        draws = dice.draws(who)
        suggested = asdict(behavior_of(entry.personality_traits, entry.traits, dice.draws(who, "temperament")))
        for quality, value in {**suggested, **entry.traits}.items():
            changes[_member(who, "traits", quality)] = _within(value + TRAIT_SPREAD * draws.normal(), 0.0, 1.0)
    return changes


def _outcomes(template: Template, dice: Dice) -> Changes:
    """For every question one option is favoured: everybody leans to it more, and to the others less."""
    changes: Changes = {}
    for index, question in enumerate(template.questions):
        draws = dice.draws(question.id)
        favoured = draws.choice([option.id for option in question.options])
        tilt = TILT * (0.5 + 0.5 * draws.uniform())
        for who in template.roster:
            leaning = question.leanings.get(who, {})
            for option in question.options:
                shift = tilt if option.id == favoured else -0.5 * tilt
                path = f"metadata.questions[{index}].leanings[{_quoted(who)}][{_quoted(option.id)}]"
                changes[path] = _within(leaning.get(option.id, 0.0) + shift, -1.0, 1.0)
    return changes


def _knowledge(template: Template, dice: Dice) -> Changes:
    """Facts pass to other people, and are known more or less surely. What is about somebody stays with them."""
    changes: Changes = {}
    people = [who for who, entry in template.roster.items() if entry.acts_as in ("human", "ai")]
    for index, fact in enumerate(template.view.facts):
        draws = dice.draws(fact.id or str(index))
        moves, shift = draws.uniform() < HANDED_ON, CONFIDENCE_SPREAD * draws.normal()
        others = [who for who in people if who not in fact.known_by]
        changes[f"metadata.facts[{index}].confidence"] = _within(fact.confidence + shift, 0.3, 1.0)
        movable = [who for who in fact.known_by if who not in (EVERYONE, fact.subject) and who in people]
        if moves and movable and others:
            leaving, taking = draws.choice(movable), draws.choice(others)
            holders = [taking if who == leaving else who for who in fact.known_by]
            changes[f"metadata.facts[{index}].known_by"] = holders
    return changes


def _relationships(template: Template, dice: Dice) -> Changes:
    """Trust, affinity and power move, each way by itself; strangers remain strangers."""
    changes: Changes = {}
    for who, entry in template.roster.items():
        for other, tie in entry.relationships.items():
            draws = dice.draws(who, other)
            for name, value in (("trust", tie.trust), ("affinity", tie.affinity), ("power", tie.power)):
                path = _member(who, "relationships", other, name)
                changes[path] = _within(value + TIE_SPREAD * draws.normal(), -1.0, 1.0)
    return changes


def _starting_conditions(template: Template, dice: Dice) -> Changes:
    """Bodies are fresher or more worn, tracked numbers start elsewhere, the story begins earlier or later."""
    changes: Changes = {}
    for who, entry in template.roster.items():
        draws = dice.draws(who)
        for name, value in (("fatigue", entry.body.fatigue), ("pain", entry.body.pain)):
            shift = BODY_SPREAD * draws.normal()
            changes[_member(who, "body", name)] = _within(value + (abs(shift) if not value else shift), 0.0, 1.0)
    stated = template.metadata.get("quantitative_tracking")
    for name, quantity in template.quantities.items():
        scale = abs((quantity.threshold if quantity.threshold is not None else 0.0) - quantity.initial)
        start = quantity.initial + QUANTITY_SPREAD * scale * dice.draws("quantity", name).normal()
        changes[_quantity_path(stated, name)] = round(start, 4)
    begins = template.timepoints.start_time
    if begins is not None:
        shift = dice.draws("start").index(2 * HOURS + 1) - HOURS
        changes["timepoints.start_time"] = _later(str(begins), shift)
    return changes


STRATEGIES: Mapping[str, Strategy] = MappingProxyType({
    "vary_personalities": _personalities,
    "vary_outcomes": _outcomes,
    "vary_knowledge": _knowledge,
    "vary_relationships": _relationships,
    "vary_starting_conditions": _starting_conditions,
})
"""Name of a strategy to what it changes: values by JSON path."""


def _member(who: str, *names: str) -> str:
    return f"metadata.entity_roster[{_quoted(who)}]" + "".join(f"[{_quoted(name)}]" for name in names)


def _quantity_path(stated: Any, name: str) -> str:
    """Where the template states the start of a tracked number: in an object or a list, bare or as ``initial``."""
    if isinstance(stated, Mapping):
        path = f"metadata.quantitative_tracking[{_quoted(name)}]"
        return path if not isinstance(stated[name], Mapping) else f"{path}.initial"
    index = next(place for place, one in enumerate(stated) if isinstance(one, Mapping) and name in one.values())
    return f"metadata.quantitative_tracking[{index}].initial"


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _within(value: float, low: float, high: float) -> float:
    return round(min(high, max(low, value)), 4)


def _later(begins: str, hours: int) -> str:
    moment = datetime.datetime.fromisoformat(begins.replace("Z", "+00:00"))
    try:
        moved = moment + datetime.timedelta(hours=hours)
    except OverflowError:
        moved = moment
    return moved.isoformat().replace("+00:00", "Z")
