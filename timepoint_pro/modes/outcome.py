"""What a portal works back from, where a template of another mode says nothing of an outcome.

It is how the last question of the template comes out: settled for the option that whoever decides leans to, else the
one that most lean to, else the one that most facts speak for. Facts that speak for that option lead to the outcome.
Without questions it is the first tracked quantity that drifts towards its threshold, past that threshold; facts of
its topic lead there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timepoint_pro.errors import Problem, TemplateError
from timepoint_pro.modes.readings import label, measure
from timepoint_pro.modes.settlements import course
from timepoint_pro.records.language import is_english
from timepoint_pro.records.timepoint import Option
from timepoint_pro.templates import Template
from timepoint_pro.templates.metadata import FactEntry, OptionEntry, QuantityEntry, QuestionEntry

OUTCOME = "outcome"
COHERENCE = 0.5
"""Threshold of a derived portal: its facts seldom say what they lead to, so candidates score less [cal]."""


def derived(template: Template) -> dict[str, Any]:
    """The changes that give ``template`` an outcome to work back from; empty where it names one.

    Raises:
        TemplateError: it has neither a question nor a quantity that drifts towards a threshold.
    """
    if (template.temporal.portal_description or "").strip():
        return {}
    question = last_question(template)
    if question is not None:
        option = _option(template, question)
        taken = Option(option.id, option.label or option.id, option.noun, not is_english(template.spoken_language))
        who = template.roster[question.decides].display_name if question.decides in template.roster else ""
        leading = [fact for fact in template.facts if fact.bearing.get(question.id, {}).get(option.id, 0.0) > 0]
        return {
            "temporal.portal_description": f"{f'{who} has' if who else 'All of them have'} decided {course(taken)}.",
            "metadata.portal.decided": {question.id: option.id},
            **_leads(template, leading),
        }
    quantity = next((one for one in template.quantities.values() if _drifts(one)), None)
    if quantity is not None and quantity.threshold is not None:
        side = "above" if quantity.threshold > quantity.initial else "below"
        limit = measure(quantity.threshold, quantity.unit)
        return {
            "temporal.portal_description": f"The {label(quantity)} has gone {side} {limit}.",
            **_leads(template, [fact for fact in template.facts if fact.topic and fact.topic == quantity.topic]),
        }
    wanted = (
        "the outcome that portal mode works back from; the template has neither a question nor a quantity that drifts "
        "towards a threshold to take one from"
    )
    raise TemplateError(template.id, [Problem("$.temporal.portal_description", wanted, "null")])


def last_question(template: Template) -> QuestionEntry | None:
    """The question that is due last; of those without a place the last one listed. None without questions."""
    numbered = list(enumerate(template.questions))
    if not numbered:
        return None
    return max(numbered, key=lambda pair: (-1 if pair[1].at is None else pair[1].at, pair[0]))[1]


def _option(template: Template, question: QuestionEntry) -> OptionEntry:
    """The option that it most likely comes to; the first of equals."""

    def weight(option: OptionEntry) -> tuple[float, float, float]:
        own = question.leanings.get(question.decides, {}).get(option.id, 0.0)
        others = sum(one.get(option.id, 0.0) for one in question.leanings.values())
        facts = sum(
            fact.importance * fact.bearing.get(question.id, {}).get(option.id, 0.0) for fact in template.facts
        )
        return round(own, 6), round(others, 6), round(facts, 6)

    return max(question.options, key=weight)


def _drifts(quantity: QuantityEntry) -> bool:
    return quantity.threshold is not None and (quantity.threshold - quantity.initial) * quantity.per_hour > 0


def _leads(template: Template, leading: list[FactEntry]) -> dict[str, Any]:
    """``leads_to`` of the facts that lead to the outcome, where the template says of no fact what it leads to."""
    if any(fact.leads_to for fact in template.facts):
        return {}
    statements = {fact.statement for fact in leading}
    return dict(_placed(template, statements))


def _placed(template: Template, statements: set[str]) -> Iterator[tuple[str, list[str]]]:
    for number, fact in enumerate(template.view.facts):
        if fact.statement in statements:
            yield f"metadata.facts[{number}].leads_to", [OUTCOME]
