"""What is usable of a plan that has a fault: an option that belongs to another question is left out, a moment with one
person gets company, and of several candidates those without a fault are taken.

A list of candidates is a request for choice. Where one of five cannot be used, asking for all five again costs as much
as the first time and may spoil the other four.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from timepoint_pro.llm.structured import Fault, judge_value, values_in
from timepoint_pro.prompts.base import Message, Prompt
from timepoint_pro.prompts.planning import Antecedents, NextMoment, ProposeAntecedents, ProposeNext

LEAST_CHOICE = 2
"""So many candidates must be usable, where that many are wanted; else all are asked for again. At last one will do."""


def usable_part(
    prompt: Prompt[Any], text: str, schema: Mapping[str, Any], instructions: tuple[Message, ...], *, last: bool = False
) -> NextMoment | Antecedents | None:
    """What of the plan in ``text`` passes every check; None where that is too little, or no plan was asked for.

    Args:
        prompt: the question.
        text: the answer, without thoughts.
        schema: JSON Schema of the answer.
        instructions: the messages that were sent, for noticing an echo.
        last: whether the model will not be asked again.
    """
    if isinstance(prompt, ProposeNext):
        moments = [one["moment"] for one in values_in(text) if isinstance(one.get("moment"), dict)]
        outcome = _judged(prompt, {"moment": moments[-1]}, schema, instructions) if moments else None
        return outcome if isinstance(outcome, NextMoment) else None
    if isinstance(prompt, ProposeAntecedents):
        listed = [one["candidates"] for one in values_in(text) if isinstance(one.get("candidates"), list)]
        kept = _choice(prompt, listed[-1], schema, instructions) if listed else Antecedents(())
        return kept if len(kept.candidates) >= (1 if last else min(LEAST_CHOICE, prompt.context.wanted)) else None
    return None


def with_own_option(proposal: Mapping[str, Any], prompt: ProposeNext | ProposeAntecedents) -> dict[str, Any]:
    """``proposal`` without an option that is none of its question."""
    asked = [one for one in prompt.context.scenario.questions if one.id == proposal.get("question")]
    own = any(option == proposal.get("option") for one in asked for option, _ in one.options)
    return {**proposal, "option": proposal["option"] if own else ""}


def with_company(proposal: Mapping[str, Any], prompt: ProposeNext | ProposeAntecedents) -> dict[str, Any]:
    """``proposal`` with two people where it names one, or one twice: who decides its question, who holds its facts."""
    given, scenario = proposal.get("people"), prompt.context.scenario
    people = list(dict.fromkeys([one for one in given if isinstance(one, str)])) if isinstance(given, list) else []
    if len(people) != 1:
        return dict(proposal)
    named = proposal.get("facts")
    facts = frozenset(one for one in named if isinstance(one, str)) if isinstance(named, list) else frozenset()
    likely = [one.decides for one in scenario.questions if one.id == proposal.get("question")]
    likely += [holder for one in scenario.facts if one.id in facts for holder in one.holders]
    known = [one.id for one in scenario.people]
    people += [one for one in dict.fromkeys((*likely, *known)) if one in known and one not in people][:1]
    return {**proposal, "people": people}


def _choice(
    prompt: ProposeAntecedents, proposals: list[Any], schema: Mapping[str, Any], instructions: tuple[Message, ...]
) -> Antecedents:
    part, wanted = schema["properties"]["candidates"], prompt.context.wanted
    alone = {**schema, "properties": {"candidates": {**part, "minItems": 1, "maxItems": 1}}}
    kept = Antecedents(())
    for proposal in proposals[:wanted]:
        answer = _judged(prompt, {"candidates": [proposal]}, alone, instructions)
        if not isinstance(answer, Antecedents):
            continue
        more = evolve(kept, candidates=(*kept.candidates, *answer.candidates))
        if prompt.check(more) is None:  # two that are the same idea count once
            kept = more
    return kept


def _judged(
    prompt: ProposeNext | ProposeAntecedents, value: dict[str, Any], schema: Mapping[str, Any],
    instructions: tuple[Message, ...],
) -> Any | Fault:  # fmt: skip
    """The answer of one proposal, with an option of its own question only and with company."""

    def mended(proposal: Any) -> Any:
        return with_company(with_own_option(proposal, prompt), prompt) if isinstance(proposal, dict) else proposal

    whole = {name: list(map(mended, part)) if isinstance(part, list) else mended(part) for name, part in value.items()}
    return judge_value(prompt, whole, schema, instructions)
