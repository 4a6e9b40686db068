"""What happens next: the built-in planner's proposal for a forward run.

It starts from what the last scene settled or left open, takes up the question that is due, and brings in what has
come in since and who stands against whom.
"""

from __future__ import annotations

from collections.abc import Sequence

from timepoint_pro.llm.scripted.planning_directed import directed
from timepoint_pro.llm.scripted.planning_settings import closing, title, unheard
from timepoint_pro.llm.scripted.planning_sight import Sight, named, said
from timepoint_pro.prompts.planning import FactView, MomentProposal, MomentView, NextContext
from timepoint_pro.records.draws import Draws

JITTER = 0.5

FIRST_OPENINGS = (
    "{lead} has called them together today",
    "It was {lead} who wanted all of them here today",
    "{lead} is here now, and so is everyone else who was asked to come",
)
AFTER_DECISION = (
    "Before this, {settled}, and today that has to be lived with",
    "Before this, {settled}, and there is more to settle now",
    "Before this, {settled}, and now it goes on from there",
    "Before this, {settled}, and now somebody has to act on it",
    "Before this, {settled}, and that is where it stands now",
)
AFTER_OPEN = (
    "The question before this one was left open",
    "What was left open before this has not gone away",
    "What had to be settled before this has not been settled yet",
)
PLAIN_OPENINGS = (
    "There is time for this today",
    "It goes on today from where it stopped before",
    "There is an hour for it now",
)


def propose_next(context: NextContext, draws: Draws) -> MomentProposal:
    """The next moment, from what has happened."""
    sight = Sight.of(context.scenario, context.index, context.questions)
    last = context.passed[-1] if context.passed else None
    fresh = tuple(one for one in sight.available() if one.index == context.index)
    people = _people(sight, context, fresh)
    facts = _facts(sight, fresh, draws)
    return MomentProposal(
        title=title(sight, _name(sight, last)),
        description=_description(sight, context, people, facts, last),
        circumstance=_circumstance(sight, context, people, last, draws),
        people=people,
        question=sight.question.id if sight.question is not None else "",
        facts=tuple(one.id for one in facts),
        hours=round(context.unit_hours * (0.75 + 0.5 * draws.uniform()), 4),
        cause=_cause(sight, last),
        mechanism=_mechanism(last, fresh),
    )


def _people(sight: Sight, context: NextContext, fresh: tuple[FactView, ...]) -> tuple[str, ...]:
    """Who decides, who has something new to bring, who has not been seen yet, and who has a stake."""
    if context.company:
        return context.company
    holders = [one for fact in sorted(fresh, key=lambda fact: -fact.importance) for one in sight.keepers(fact)[:1]]
    unseen = [one for one in context.unseen if one in sight.speakers][:2]
    return sight.company((sight.decider, *holders[:3], *unseen), context.index)


def _facts(sight: Sight, fresh: tuple[FactView, ...], draws: Draws) -> tuple[FactView, ...]:
    """What the moment rests on: what has just come in, else what bears most on the question."""
    weighed = [
        (sight.bears(one) + 0.5 * one.importance + JITTER * draws.uniform(), one) for one in fresh or sight.available()
    ]
    return tuple(one for _, one in sorted(weighed, key=lambda pair: (-pair[0], pair[1].id))[:2])


def _circumstance(
    sight: Sight, context: NextContext, people: tuple[str, ...], last: MomentView | None, draws: Draws
) -> str:
    """How the last scene ended, as far as everyone knows, and what it is about now."""
    words = {"lead": sight.name(sight.decider or people[0]), "settled": _settled(sight, last)}
    told = [moment.circumstance for moment in context.passed]
    left_open = _left_open(sight, context)
    if context.direction is not None:
        return directed(sight, context.direction.manner, words, told, draws, left_open=left_open)
    openings: Sequence[str]
    if last is None:
        openings = FIRST_OPENINGS
    elif words["settled"]:
        openings = AFTER_DECISION
    else:
        openings = AFTER_OPEN if last.settled else PLAIN_OPENINGS
    return said(unheard(openings, words, told, draws), closing(sight, words, told, draws, left_open=left_open))


def _left_open(sight: Sight, context: NextContext) -> bool:
    """Whether the question was put to them before, and no moment since has settled it."""
    question = sight.question
    asked = [one.option for one in context.passed if question is not None and one.asked == question.id]
    return bool(asked) and not asked[-1]


def _description(
    sight: Sight, context: NextContext, people: tuple[str, ...], facts: tuple[FactView, ...], last: MomentView | None
) -> str:
    parts = [last.settled] if last is not None and last.settled and last.option else []
    for fact in facts:
        keepers = sight.keepers(fact)
        who = named([sight.name(one) for one in keepers[:2]])
        several = len(keepers) > 1
        handle = sight.handle(fact)
        if fact.index == context.index > 0:
            heard = "have learned" if several else "has learned"
        else:
            heard = "know" if several else "knows"
        parts.extend((f"{who} {heard} of {handle}", sight.statement(fact)))
    crossing = _crossing(sight, people)
    if crossing:
        parts.append(crossing)
    elif sight.question is None:
        parts.extend(_ahead(sight, people))
    if sight.question is not None:
        whether = sight.whether()
        parts.append(f"It is time to say {whether}" if whether else f"Open is this: {sight.question.text}")
    return said(*parts) or said(f"{named([sight.name(one) for one in people])} go over where things stand")


def _crossing(sight: Sight, people: tuple[str, ...]) -> str:
    """The two present who lean furthest apart on the question, with what they want."""
    if sight.question is None:
        return ""
    pair = sight.furthest(people)
    if not pair:
        return ""
    one, other = pair
    option = max(
        (option for option, _ in sight.question.options),
        key=lambda option: abs(sight.leaning(one, option) - sight.leaning(other, option)),
    )
    if sight.leaning(one, option) < sight.leaning(other, option):
        one, other = other, one
    label = sight.deed(dict(sight.question.options)[option])
    if not sight.whether():
        return f"{sight.name(one)} and {sight.name(other)} stand furthest apart"
    return f"{sight.name(one)} would {label}, {sight.name(other)} would not"


def _ahead(sight: Sight, people: tuple[str, ...]) -> list[str]:
    """What moves those present where nothing has to be decided: a strained tie, what they expect, what they want."""
    for tie in sight.scenario.tensions:
        if tie.one in people and tie.other in people and tie.over:
            return [f"{sight.name(tie.one)} has little trust in {sight.name(tie.other)}", tie.over]
    there = [one for one in sight.scenario.people if one.id in people]
    expects = [f"{one.name} {one.expects[0]}" for one in there if one.expects]
    wants = [f"{one.name} wants to {sight.goals(one.id)[0]}" for one in there if sight.goals(one.id)]
    return (expects or wants)[:2]


def _settled(sight: Sight, last: MomentView | None) -> str:
    """What the last scene settled, as a clause inside a sentence; empty where it settled nothing."""
    if last is None or not last.option or not last.settled:
        return ""
    clause = last.settled.rstrip(".")
    for words, agreed in (("They decided to ", "it was agreed to "), ("They decided for ", "it was agreed on ")):
        if clause.startswith(words):
            return f"{agreed}{clause.removeprefix(words)}"
    return clause


def _cause(sight: Sight, last: MomentView | None) -> str:
    if last is None:
        question = sight.question
        return said(f"It begins with a question that is due: {question.text}") if question is not None else ""
    if last.option and last.settled:
        return said(f"{last.settled.rstrip('.')}, and what that leaves undone has to be dealt with")
    if last.settled:
        return "The last question was left open, and events do not wait for it."
    return "It follows from where the last talk stopped."


def _mechanism(last: MomentView | None, fresh: tuple[FactView, ...]) -> str:
    if last is not None and last.option:
        return "decision"
    if last is not None and last.settled:
        return "open question"
    return "new facts" if fresh and last is not None else "course of events"


def _name(sight: Sight, last: MomentView | None) -> str:
    if sight.decider:
        return f"{sight.name(sight.decider)} has to choose"
    if sight.question is not None:
        return "a choice for all of them"
    return "where things stand" if last is None or not last.settled else "what follows"
