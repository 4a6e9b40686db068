"""The words of the planning prompts, and what their answers may hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from timepoint_pro.prompts.base import Message
from timepoint_pro.prompts.planning_views import (
    AntecedentContext,
    MomentProposal,
    MomentView,
    NextContext,
    ScenarioView,
    ScoreContext,
    TrialOutcome,
)
from timepoint_pro.records.timepoint import key_of

MOST_PRESENT = 6
RULES = (
    "Use only people, facts and questions of the scenario, by their ids where ids are asked for. "
    "`description` is for the audience and may say what nobody present knows. `circumstance` is read to everyone "
    "present: one or two whole sentences about what all of them can see or have just been told, never a fact that "
    "only some of them hold, never anything that happens later. The circumstance is how things stand before anybody "
    "opens their mouth: it never says who speaks, asks, answers or decides in this moment, what is said, or what comes "
    "of it; the people do that themselves. Write in {language}. Answer with JSON only."
)
PLANNER = (
    "You plan the scenes of a simulation. What you propose follows from what has happened so far: from decisions "
    "that were taken, from facts that have come in, from goals that cross. Be specific; never use a placeholder."
)
BACKWARD = (
    "You explain an outcome backward, one moment at a time. For a given effect you propose different antecedents, "
    "each a concrete moment that could have led to it: a decision, a warning that was not passed on, a sign that "
    "nobody put together, a slow drift. No two of them may be the same idea in other words."
)
JUDGE = (
    "You judge how well candidate antecedents explain an effect. Score each part from 0 to 1: `plausibility` (would "
    "these people do that), `causal_necessity` (would the effect fail to come about without it), `entity_capability` "
    "(do those present know and command enough), `historical_precedent` (have such moments gone that way). "
    "Use the whole range. Answer with JSON only, one score a candidate, in their order."
)


def next_messages(context: NextContext) -> tuple[Message, ...]:
    """The question for the next moment, in words."""
    user = [scenario_words(context.scenario)]
    if context.passed:
        user.append("So far:\n" + "\n".join(_moment_line(moment) for moment in context.passed))
    user.append(
        f"Propose moment {context.index + 1} of {context.count}. "
        f"`hours` is the story time since the moment before, about {context.unit_hours:g} (one {context.unit})."
    )
    user.append(_question_line(context.questions))
    if context.direction is not None:
        user.append(f"{context.direction.words} At most {context.direction.most} people are present.")
    if context.company:
        user.append(f"Present are {', '.join(context.company)}, and nobody else. They know of no other moment.")
    elif context.unseen:
        user.append(f"Not present in any moment so far: {', '.join(context.unseen)}.")
    return (Message("system", f"{PLANNER} {_rules(context.scenario)}"), Message("user", "\n\n".join(user)))


def antecedent_messages(context: AntecedentContext) -> tuple[Message, ...]:
    """The question for the antecedents of an effect, in words."""
    user = [situation_words(context)]
    user.append(
        f"Propose {context.wanted} antecedents of the effect, for place {context.index} in story order (0 is the "
        f"origin, {context.steps} the outcome). `hours` is the story time from the antecedent to the next moment, "
        f"about {context.unit_hours:g} (one {context.unit}). `cause` says how it leads to the effect."
    )
    user.append(_question_line(context.questions))
    if context.tried:
        user.append("Already proposed, so propose others: " + "; ".join(context.tried[-24:]) + ".")
    return (Message("system", f"{BACKWARD} {_rules(context.scenario)}"), Message("user", "\n\n".join(user)))


def score_messages(context: ScoreContext) -> tuple[Message, ...]:
    """The question for the scores of candidates, in words."""
    listed = "\n".join(
        f"{number}. {one.title}: {one.description} Present: {', '.join(one.people)}. {one.cause}"
        for number, one in enumerate(context.candidates, 1)
    )
    user = f"{situation_words(context.situation)}\n\nCandidates:\n{listed}"
    if context.trials and context.played:
        user += (
            f"\n\nThe moment has been played by now, and came to this: {_tried(context.trials[0])} "
            "Score each candidate by how well it explains the effect after that."
        )
    elif context.trials:
        tried = "\n".join(f"{number}. {_tried(one)}" for number, one in enumerate(context.trials, 1))
        user += f"\n\nPlayed forward for a trial, they came to this:\n{tried}"
    return (Message("system", JUDGE), Message("user", user))


def situation_words(context: AntecedentContext) -> str:
    """What planner and judge of a backward step both see."""
    parts = [scenario_words(context.scenario), f"The outcome: {context.outcome}"]
    if context.chain:
        parts.append("From the effect to the outcome:\n" + "\n".join(_moment_line(moment) for moment in context.chain))
    parts.append(f"The effect to explain: {context.effect.statement}")
    if context.earlier is not None:
        parts.append(f"Before the antecedent this has happened: {context.earlier.statement}")
    return "\n\n".join(parts)


def scenario_words(scenario: ScenarioView) -> str:
    """The scenario in words, a paragraph a part."""
    names = {person.id: person.name for person in scenario.people}
    parts = [f"Scenario: {scenario.description}"]
    if scenario.circumstances:
        parts.append("Everyone knows:\n" + "\n".join(f"- {line}" for line in scenario.circumstances))
    parts.append("People:\n" + "\n".join(
        f"- {one.id}: {one.name}, {one.role or one.kind}"
        + (f"; wants to {'; to '.join(one.goals)}" if one.goals else "") + (f"; now {one.mood}" if one.mood else "")
        + "".join(f"; {line}" for line in one.expects)
        for one in scenario.people
    ))  # fmt: skip
    if scenario.facts:
        parts.append("Facts (id, moment of entry, holders):\n" + "\n".join(
            f"- {one.id} ({one.index}; {', '.join(one.holders) or 'nobody yet'}): {one.statement}"
            + (f" Leads to {', '.join(one.leads_to)}." if one.leads_to else "")
            for one in scenario.facts
        ))  # fmt: skip
    if scenario.questions:
        parts.append("Questions:\n" + "\n".join(
            f"- {one.id}: {one.text} Options: {'; '.join(f'{option} = {label}' for option, label in one.options)}."
            + (f" {names.get(one.decides, one.decides)} decides." if one.decides else "")
            for one in scenario.questions
        ))  # fmt: skip
    if scenario.tensions:
        parts.append("Tensions:\n" + "\n".join(
            f"- {names.get(one.one, one.one)} towards {names.get(one.other, one.other)}: "
            f"trust {one.trust:+.2f}. {one.over}"
            for one in scenario.tensions
        ))  # fmt: skip
    if scenario.quantities:
        parts.append("Quantities:\n" + "\n".join(
            f"- {one.label}: {one.value:g} {one.unit}"
            + (f", threshold {one.threshold:g}" if one.threshold is not None else "") + f", {one.per_hour:+g} an hour"
            for one in scenario.quantities
        ))  # fmt: skip
    return "\n\n".join(parts)


def proposal_schema(scenario: ScenarioView, questions: Sequence[str], longest: float) -> dict[str, Any]:
    """JSON Schema of one proposal: ids are bound to those that there are."""
    options = sorted({option for one in scenario.questions if one.id in questions for option, _ in one.options})
    text = {"type": "string", "minLength": 1, "maxLength": 600}
    properties: dict[str, Any] = {
        "title": {"type": "string", "minLength": 1, "maxLength": 100},
        "description": text,
        "circumstance": text,
        "people": {
            "type": "array",
            "items": {"enum": [person.id for person in scenario.people]},
            "minItems": min(2, len(scenario.people)),
            "maxItems": MOST_PRESENT,
        },
        "question": {"enum": ["", *questions]},
        "facts": {"type": "array", "items": {"enum": [fact.id for fact in scenario.facts]}, "maxItems": 6},
        "hours": {"type": "number", "exclusiveMinimum": 0, "maximum": longest},
        "cause": {"type": "string", "maxLength": 400},
        "mechanism": {"type": "string", "maxLength": 40},
        "option": {"enum": ["", *options]},
    }
    if not scenario.facts:
        properties["facts"] = {"type": "array", "maxItems": 0}
    return _object(properties)


def next_schema(context: NextContext) -> dict[str, Any]:
    """JSON Schema of the answer to ``ProposeNext``."""
    return _object({"moment": proposal_schema(context.scenario, context.questions, 4 * context.unit_hours)})


def antecedent_schema(context: AntecedentContext) -> dict[str, Any]:
    """JSON Schema of the answer to ``ProposeAntecedents``."""
    item = proposal_schema(context.scenario, context.questions, 4 * context.unit_hours)
    return _object({"candidates": _exactly(item, context.wanted)})


def score_schema(context: ScoreContext) -> dict[str, Any]:
    """JSON Schema of the answer to ``ScoreAntecedents``."""
    part = {"type": "number", "minimum": 0, "maximum": 1}
    names = ("plausibility", "causal_necessity", "entity_capability", "historical_precedent")
    item = _object({**dict.fromkeys(names, part), "reason": {"type": "string", "maxLength": 200}})
    return _object({"scores": _exactly(item, len(context.candidates))})


def proposal_fault(proposal: MomentProposal, scenario: ScenarioView, questions: Sequence[str]) -> str | None:
    """What is wrong with one proposal, in words for the model; None when nothing is."""
    people = {person.id for person in scenario.people}
    strangers = [one for one in proposal.people if one not in people]
    if strangers:
        return f"people has {', '.join(strangers)}; only {', '.join(sorted(people))} exist"
    if len(set(proposal.people)) < min(2, len(people)):
        return "people needs at least two different ids"
    if not (proposal.title.strip() and proposal.description.strip() and proposal.circumstance.strip()):
        return "title, description and circumstance must not be empty"
    if proposal.question and proposal.question not in questions:
        return f"question {proposal.question!r} is not open to this moment; give one of {list(questions)} or \"\""
    facts = {fact.id for fact in scenario.facts}
    if not facts.issuperset(proposal.facts):
        return f"facts has ids that do not exist: {', '.join(one for one in proposal.facts if one not in facts)}"
    if not proposal.hours > 0:
        return "hours must be above 0"
    options = {option for one in scenario.questions if one.id == proposal.question for option, _ in one.options}
    if proposal.option and proposal.option not in options:
        return f"option {proposal.option!r} is not an option of question {proposal.question!r}"
    return None


def _tried(trial: TrialOutcome) -> str:
    """What came of one candidate."""
    parts = [*trial.words, *trial.said]
    if trial.told:
        parts.append(f"Facts that were told: {', '.join(trial.told)}.")
    mood = f"Tension at the end {trial.tension:.2f}, wellbeing {trial.wellbeing:.2f}."
    return f"{trial.moments} moments. {' '.join((*parts, mood))}"


def _rules(scenario: ScenarioView) -> str:
    return RULES.format(language="English" if scenario.language == "en" else f"the language {scenario.language!r}")


def _question_line(questions: Sequence[str]) -> str:
    if not questions:
        return "No question is due; leave `question` and `option` empty."
    due = f"The moment should turn on question {questions[0]}"
    return f"{due}, or on one of {', '.join(questions[1:])}." if len(questions) > 1 else f"{due}."


def _moment_line(moment: MomentView) -> str:
    name = f"{key_of(moment.timepoint_id)}: " if moment.timepoint_id else ""
    settled = f" {moment.settled}" if moment.settled else ""
    return f"- {name}{moment.statement}{settled}"


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _exactly(item: dict[str, Any], count: int) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": count, "maxItems": count}
