"""Causes that lie in what people know: a warning kept back, a sign not read, halves never joined, a slow drift."""

from __future__ import annotations

from collections.abc import Iterator

from timepoint_pro.llm.scripted.planning_draft import Draft, ranked_facts
from timepoint_pro.llm.scripted.planning_sight import Sight, named, said
from timepoint_pro.prompts.planning import AntecedentContext, QuantityView


def withheld_warning(sight: Sight, context: AntecedentContext) -> Iterator[Draft]:
    """Somebody holds what whoever decides would need, and does not pass it on."""
    for fact, rank in ranked_facts(sight, context):
        lacking = sight.without(fact)
        if not lacking:
            continue
        keeper, other = sight.keepers(fact)[0], lacking[0]
        one, two, handle, told = sight.name(keeper), sight.name(other), sight.handle(fact), sight.statement(fact)
        yield Draft(
            "withheld warning", (other, keeper), (fact.id,), rank + 0.1, "not everything is on the table",
            (
                said(f"{one} knows of {handle} and says nothing of it to {two}", told),
                said(f"{one} waits for a better moment to tell {two} about {handle}, and it does not come", told),
                said(f"Asked by {two} how things stand, {one} leaves out {handle}", told),
            ),
            f"{two} goes on without {handle}, and nothing stands in the way of {{effect}}",
        )  # fmt: skip


def unread_sign(sight: Sight, context: AntecedentContext) -> Iterator[Draft]:
    """A fact that has just come in is taken for a single case."""
    for fact, rank in ranked_facts(sight, context):
        told = sight.statement(fact)
        if fact.index != sight.index or not told:
            continue
        keepers = sight.keepers(fact)
        who = named([sight.name(one) for one in keepers[:2]])
        several = len(keepers) > 1
        sees, takes, files = ("see", "take", "file") if several else ("sees", "takes", "files")
        handle = sight.handle(fact)
        yield Draft(
            "unread sign", keepers[:2], (fact.id,), rank, "something new has come in",
            (
                said(told, f"{who} {sees} nothing out of the ordinary in {handle} and {takes} the matter no further"),
                said(told, f"{who} {files} {handle} among the other entries of the day"),
            ),
            f"Read in time, {handle} would have pointed to {{effect}}",
        )  # fmt: skip


def split_knowledge(sight: Sight, context: AntecedentContext) -> Iterator[Draft]:
    """Two people hold half of it each."""
    facts = ranked_facts(sight, context)[:6]
    for place, (fact, rank) in enumerate(facts):
        for match, match_rank in facts[place + 1 :]:
            mine = [one for one in sight.keepers(fact) if one not in match.holders]
            theirs = [one for one in sight.keepers(match) if one not in fact.holders]
            linked = match.topic == fact.topic or match.id in fact.leads_to or fact.id in match.leads_to
            if not mine or not theirs or not (linked or set(fact.leads_to) & set(match.leads_to)):
                continue
            one, two = sight.name(mine[0]), sight.name(theirs[0])
            first, second = sight.handle(fact), sight.handle(match)
            yield Draft(
                "split knowledge", (mine[0], theirs[0]), (fact.id, match.id), 0.55 * (rank + match_rank),
                f"{one} and {two} know half each",
                (
                    said(f"{one} knows of {first} and {two} of {second}; nobody puts the two together",
                         sight.statement(fact), sight.statement(match)),
                    said(sight.statement(fact), sight.statement(match),
                         f"The first is with {one}, the second with {two}, and they do not compare"),
                ),
                f"Side by side, {first} and {second} would have given warning of {{effect}}",
            )  # fmt: skip


def starting_point(sight: Sight, context: AntecedentContext) -> Iterator[Draft]:
    """Only at the origin: what is there from the beginning, and gives nobody cause for alarm."""
    if context.index:
        return
    for fact, rank in ranked_facts(sight, context)[:4]:
        told = sight.statement(fact)
        if fact.index or not told:
            continue
        keepers = sight.keepers(fact)
        who = named([sight.name(one) for one in keepers[:2]])
        know, makes = ("know", "make") if len(keepers) > 1 else ("knows", "makes")
        handle = sight.handle(fact)
        yield Draft(
            "starting point", keepers[:2], (fact.id,), rank + 0.4, "how it begins",
            (
                said(told, f"{who} {know} of {handle} from the first day and {makes} nothing much of it"),
                said(f"It begins with {handle}, known to {who}, and nobody is alarmed", told),
            ),
            f"Everything else goes back to {handle}, {{effect}} included",
        )  # fmt: skip


def drift(sight: Sight, context: AntecedentContext) -> Iterator[Draft]:
    """A number moves too slowly for anybody to call it an event."""
    for one in context.scenario.quantities:
        watchers = tuple(who for who in sight.speakers if who in one.watchers or "*" in one.watchers)
        who = named([sight.name(entity) for entity in watchers[:2]]) or "whoever reads it"
        related = [fact for fact, _ in ranked_facts(sight, context) if fact.topic and fact.topic == one.topic]
        facts = tuple(fact.id for fact in related[:1])
        takes = "take" if len(watchers) > 1 else "takes"
        name = one.label
        yield Draft(
            "drift", watchers[:2] or sight.speakers[:1], facts, 0.7 + 0.2 * len(facts), "a slow change",
            (
                said(f"The {name} {_moves(one)}, a little every day, and {who} {takes} it for noise"),
                said(f"Nobody could name the day on which the {name} began to change; {who} {takes} each reading by "
                     "itself"),
            ),
            "A change that is too slow for an alarm makes room for {effect}",
        )  # fmt: skip


def _moves(quantity: QuantityView) -> str:
    if quantity.per_hour > 0:
        return "goes up"
    return "goes down" if quantity.per_hour < 0 else "wavers"
