"""Causes that lie between people: a choice, distrust, crossed aims, delay, pressure, and plain silence."""

from __future__ import annotations

from collections.abc import Iterator

from timepoint_pro.llm.scripted.planning_draft import Draft, connection, ranked_facts
from timepoint_pro.llm.scripted.planning_sight import Sight, said
from timepoint_pro.prompts.planning import AntecedentContext


def discounted_warning(sight: Sight, context: AntecedentContext) -> Iterator[Draft]:
    """Somebody speaks up and is not believed, for reasons that lie between the two."""
    facts = ranked_facts(sight, context)
    for tie in context.scenario.tensions:
        for fact, rank in facts[:5]:
            if tie.other not in sight.keepers(fact) or tie.one not in sight.without(fact):
                continue
            one, two, handle = sight.name(tie.one), sight.name(tie.other), sight.handle(fact)
            yield Draft(
                "discounted warning", (tie.one, tie.other), (fact.id,), rank - 0.3 * tie.trust,
                f"{one} has little trust in {two}",
                (
                    said(f"{two} brings up {handle}; {one}, who puts little trust in {two}, lets it pass",
                         sight.statement(fact)),
                    said(sight.statement(fact),
                         f"{two} says so, and {one}, with no great trust in {two}, does not take it in"),
                ),
                f"From anybody else {one} would have taken {handle} seriously; coming from {two}, the word does "
                "nothing to prevent {effect}",
            )  # fmt: skip


def decision(sight: Sight, context: AntecedentContext) -> Iterator[Draft]:
    """The question is settled one way, with a fact left out that speaks against it."""
    question = sight.question
    if question is None:
        return
    facts = sight.available()
    for option, named in question.options:
        label = sight.deed(named)
        key = f"{question.id}/{option}"
        against = [(dict(one.bearing).get(key, 0.0), one) for one in facts]
        against = sorted((pair for pair in against if pair[0] < 0), key=lambda pair: (pair[0], pair[1].id))
        lead = sight.decider or max(sight.speakers, key=lambda one: sight.leaning(one, option))
        pull = sight.leaning(lead, option)
        name = f"{sight.name(lead)} has to choose" if sight.decider else "a choice for all of them"
        alone = f"{sight.name(lead)} decides to {label}"
        who = alone if sight.decider else f"{sight.name(lead)} carries the others, and they agree to {label}"
        if not against:
            told = said(who)
            yield Draft(
                "decision", (lead,), (), 0.35 + 0.5 * pull, name, (told,),
                f"Once it is settled to {label}, the way is open for {{effect}}", option,
            )  # fmt: skip
            continue
        for _, fact in against[:3]:
            handle, rank = sight.handle(fact), connection(sight, context, fact)
            keeper = next((one for one in sight.keepers(fact) if one != lead), sight.keepers(fact)[0])
            knows = sight.name(keeper)
            if lead in fact.holders:
                weighed = f"Well aware of {handle}, {who}"
            elif len(sight.keepers(fact)) == 1:
                weighed = f"Without a word about {handle}, of which only {knows} knows, {who}"
            else:
                weighed = f"Nobody brings up {handle}, and {who}"
            yield Draft(
                "decision", (lead, keeper), (fact.id,), 0.35 + 0.5 * pull + 0.6 * rank, name,
                (said(weighed, sight.statement(fact)),),
                f"The decision to {label} leaves {handle} out of account, and that leads to {{effect}}", option,
            )  # fmt: skip


def crossed_purposes(sight: Sight, context: AntecedentContext) -> Iterator[Draft]:
    """Two people want different things, and what one of them has seen is lost between them."""
    facts = ranked_facts(sight, context)
    speakers = sight.speakers[:8]
    # Only of these two it holds whoever else comes.
    opposed = set(sight.furthest(sight.speakers))
    for place, one in enumerate(speakers):
        for other in speakers[place + 1 :]:
            mine, theirs = sight.goals(one), sight.goals(other)
            gap = sight.gap(one, other)
            if not mine or not theirs:
                continue
            held = next(
                ((fact, rank) for fact, rank in facts if (one in fact.holders) != (other in fact.holders)), None
            )  # fmt: skip
            first, second = sight.name(one), sight.name(other)
            turn, name = context.index, f"{first} and {second} at odds" if {one, other} == opposed else "different aims"
            aims = f"{first} wants to {mine[turn % len(mine)]}, {second} to {theirs[turn % len(theirs)]}"
            if held is None:
                yield Draft(
                    "crossed purposes", (one, other), (), 0.3 + 0.4 * gap, name,
                    (said(aims, "Neither asks what the other has seen"),),
                    f"While {first} and {second} argue over aims, nobody looks out for {{effect}}",
                )  # fmt: skip
                continue
            fact, rank = held
            keeper = first if one in fact.holders else second
            handle = sight.handle(fact)
            yield Draft(
                "crossed purposes", (one, other), (fact.id,), 0.1 + 0.4 * gap + 0.8 * rank, name,
                (
                    said(f"{aims}; while they argue over that, nobody asks {keeper} about {handle}",
                         sight.statement(fact)),
                    said(aims, f"The talk is about aims, so {keeper} never gets to {handle}", sight.statement(fact)),
                ),
                f"While {first} and {second} argue over aims, nobody hears of {handle}, and the way is open for "
                "{effect}",
            )  # fmt: skip


def deferral(sight: Sight, context: AntecedentContext) -> Iterator[Draft]:
    """The question comes up and the answer is put off."""
    if sight.question is None:
        return
    lead = sight.decider or sight.company((), context.index)[0]
    facts = [pair for pair in ranked_facts(sight, context) if sight.bears(pair[0]) > 0]
    told = f"{sight.name(lead)} lets the question rest for now"
    for fact, rank in facts[:3]:
        handle = sight.handle(fact)
        keeper = next((one for one in sight.keepers(fact) if one != lead), lead)
        if keeper == lead:
            told = f"Well aware of {handle}, {sight.name(lead)} still lets the question rest for now"
        else:
            knows = f"nobody asks {sight.name(keeper)}, who knows of {handle}"
            told = f"{sight.name(lead)} lets the question rest for now; {knows}"
        yield Draft(
            "deferral", (lead, keeper), (fact.id,), 0.7 * rank, "one question among others",
            (said(told, sight.statement(fact)),), f"What is put off here, {handle} and all, comes back as {{effect}}",
        )  # fmt: skip
    if not facts:
        yield Draft(
            "deferral", (lead,), (), 0.25, "one question among others", (said(told),),
            "What is put off here comes back as {effect}",
        )  # fmt: skip


def pressure(sight: Sight, context: AntecedentContext) -> Iterator[Draft]:
    """An aim of whoever decides leaves no room for a fact."""
    lead = sight.decider or max(sight.speakers, key=lambda one: len(sight.goals(one)), default="")
    goals = sight.goals(lead)
    if not goals:
        return
    goal = goals[0]
    one = sight.name(lead)
    facts = [pair for pair in ranked_facts(sight, context) if any(who != lead for who in sight.keepers(pair[0]))]
    for fact, rank in facts[:3]:
        keeper = next(who for who in sight.keepers(fact) if who != lead)
        handle = sight.handle(fact)
        yield Draft(
            "pressure", (lead, keeper), (fact.id,), 0.8 * rank, f"{one} wants an answer",
            (
                said(f"{one} means to {goal}, and {sight.name(keeper)} gets half a minute for {handle}",
                     sight.statement(fact)),
                said(f"With {one} set to {goal}, {sight.name(keeper)} cuts {handle} down to a line that alarms nobody",
                     sight.statement(fact)),
            ),
            f"The aim to {goal} leaves no time for {handle}, and so it comes to {{effect}}",
        )  # fmt: skip
    if not facts:
        yield Draft(
            "pressure", (lead,), (), 0.2, f"{one} wants an answer",
            (said(f"{one} means to {goal} and hears nothing that stands against it"),),
            f"The aim to {goal} crowds out what could have stopped {{effect}}",
        )  # fmt: skip


def talk(sight: Sight, _context: AntecedentContext) -> Iterator[Draft]:
    """People and no common plan: what there is where the scenario states neither facts nor goals."""
    speakers = sight.speakers[:6]
    unsaid = "What stayed unsaid here makes {effect} possible"
    for place, one in enumerate(speakers):
        for other in speakers[place + 1 :]:
            both = f"{sight.name(one)} and {sight.name(other)}"
            yield Draft(
                "talk", (one, other), (), 0.0, f"{both} meet",
                (
                    said(f"{both} part without having said what matters most"),
                    said(f"{both} keep to the safe subjects"),
                    said(f"{both} agree to come back to it, and neither does"),
                ),
                unsaid,
            )  # fmt: skip
    if len(speakers) == 1:
        name = sight.name(speakers[0])
        yield Draft(
            "solitude", speakers, (), 0.0, "nobody to ask",
            (
                said(f"{name} goes over it alone and asks nobody"),
                said(f"{name} puts a doubt aside that somebody else might have shared"),
            ),
            unsaid,
        )  # fmt: skip
