"""Causes in words: moments that a search proposed, edges of the causal graph, turns that led to a decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson

from timepoint_pro.exporters.tasks.choice import pick
from timepoint_pro.exporters.tasks.course import Stage
from timepoint_pro.exporters.tasks.lookups import Lookups
from timepoint_pro.exporters.tasks.wording import capital, decimal, listed, one_line, sentence, settled_option
from timepoint_pro.prompts.relative_time import is_relative

INTRODUCED: Mapping[str, Sequence[str]] = {
    "chain": (
        "You reason backward from an outcome to the moments that led to it.",
        "Given how a story ends, you reconstruct what came before, latest moment first.",
        "You build causal chains from their end.",
    ),
    "step": (
        "You reason backward, one moment at a time.",
        "Given a moment, you name the moment that led to it and why.",
        "You extend a causal chain by one step into the past.",
    ),
    "choice": (
        "You judge proposed causes of a moment by how much they explain.",
        "Several antecedents are proposed for one moment; you rank them.",
        "You compare candidate causes and give each a score between 0 and 1.",
    ),
    "trace": (
        "You trace a moment of a story back to its causes.",
        "You explain how a story came to a given point, going back step by step.",
        "Start from where the story stands and follow its causes into the past.",
    ),
    "decision": (
        "You explain how a conversation came to its decision, going back from the end.",
        "Given what was decided, you name the turns and facts that led there, the latest first.",
        "You trace a decision to what was said before it.",
    ),
}
ASKED: Mapping[str, Sequence[str]] = {
    "chain": (
        "Give the chain of moments that leads there, from the last back to the first, with the reason for each. Then "
        "say how coherent it is, from 0 to 1, and which link is the weakest.",
        "What has to have happened, going back step by step? Say why each moment leads to the next, and close with the "
        "coherence of the whole, from 0 to 1, and its weakest link.",
        "Work back from it: name each antecedent and how it brought about what followed. Judge the chain's coherence "
        "between 0 and 1 and name its weakest link.",
    ),
    "step": (
        "What came just before, and why did it lead to this: {effect}",
        "Name the antecedent of this moment and the reason: {effect}",
        "Which moment led to this one, and how? {effect}",
    ),
    "choice": (
        "Which of them is the likeliest antecedent of this, and how do the others compare? {effect}",
        "Rank them as causes of this: {effect}",
        "What followed is this: {effect} Judge the candidates.",
    ),
    "trace": (
        "How did it come to {at}? Go back moment by moment.",
        "Trace {at} back to its causes.",
        "What led to {at}? Name each earlier moment and what passed from it.",
    ),
    "decision": (
        "What in the conversation led to this? Go back from the last turn that bore on it.",
        "Trace it back through the turns that argued for or against it.",
        "Which turns and facts brought it about? Begin with the latest.",
    ),
}
NEVER_PLAYED = (
    "Nothing of this path was played: answer with what may be supposed.",
    "This path was never played. Its moments are suppositions.",
    "What is asked for is a supposition: no scene of this path was played.",
)
PLAYED_SINCE = (
    "The path was played afterwards; answer with what was supposed before that.",
    "What is asked for is what was supposed before anything was played.",
    "Its moments were supposed first and played after; tell them as supposed.",
)
"""A search supposes moments before any of them is played, and a scene may take another course."""
BACK = ("Before that: ", "One step further back: ", "That had its own antecedent: ", "And before it: ")
CARRIED = 3
"""Most things of which a traced moment says where they were known from."""
LAST = ("Last came this: ", "The moment just before the outcome: ", "Directly before it: ")
SHORT_OF_IT = ("touches", "has little", "rests on something that has not")
"""How reasons begin that speak against a candidate, the best one included."""
PARTS = ("plausibility", "causal_necessity", "entity_capability", "historical_precedent")


def moment_words(one: Mapping[str, Any]) -> str:
    """A proposed moment: its title and what happens."""
    proposal = one["proposal"]
    return f"'{one_line(proposal['title'])}': {sentence(proposal.get('description', ''))}"


def chain_words(path: Sequence[Mapping[str, Any]], key: str) -> str:
    """The moments of a path, the last first, each with how it led on."""
    words = []
    for place, one in enumerate(reversed(path)):
        lead = pick(LAST if not place else BACK, key, one["id"])
        cause = sentence(one["proposal"].get("cause", ""))
        words.append(f"{lead}{moment_words(one)}{f' {cause}' if cause else ''}")
    return " ".join(words)


def judged_words(order: Sequence[Mapping[str, Any]], letters: Mapping[str, str], key: str) -> str:
    """Judged candidates, best first, with their scores and reasons."""
    best, *rest = order
    score = best["score"]
    parts = ", ".join(f"{part.replace('_', ' ')} {decimal(score[part])}" for part in PARTS if part in score)
    lead = pick(("The likeliest is {}", "{} explains it best", "I would take {}"), key).format(letters[best["id"]])
    reason = one_line(best["score"].get("reason", "")).rstrip(".")
    others = "; ".join(
        f"{letters[one['id']]} {one['total']:.2f}"
        + (f" ({one_line(one['score']['reason']).rstrip('.')})" if one["score"].get("reason") else "")
        for one in rest
    )
    because = f"{', though' if reason.startswith(SHORT_OF_IT) else ':'} it {reason}" if reason else ""
    return f"{lead}, score {best['total']:.2f} ({parts}){because}. Then come: {others}."


def edge_words(
    held: Callable[[str], str], at: Stage, above: Stage, edges: Sequence[Mapping[str, Any]], stated: Mapping[str, str],
    *, supposed: bool,
) -> str:  # fmt: skip
    """How one played moment led to the next: the cause, and what was carried over as knowledge.

    ``supposed``: the cause was thought up before the moments were played.
    """
    lead = f"{at.id} goes back to {above.id}, '{one_line(above.title)}'"
    causes = [edge for edge in edges if edge["type"] == "causal" and edge["source"] == above.id]
    if causes:
        lead += f" ({'supposed cause: ' if supposed else ''}{one_line(causes[0]['mechanism'])})"
    parts = [f"{lead}."]
    if above.id in stated:
        parts.append(sentence(stated[above.id]))
    known_before = carried(edges)
    if known_before:
        known = listed([f"{named(held, edge['mechanism'])} (from {edge['source']})" for edge in known_before])
        parts.append(f"What was known from before and came up in it: {known}.")
    return " ".join(parts)


def carried(edges: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The edges of a moment by which something known from before came up in it; the strongest few."""
    return [edge for edge in edges if edge["type"] == "knowledge"][:CARRIED]


def way_words(stage: Stage, settled: str, spoken: Sequence[str]) -> str:
    """A played moment on the way: its title, how it ended, what was spoken of in it."""
    of = f" Spoken of: {listed(spoken)}." if spoken else ""
    return f"{stage.id}, '{one_line(stage.title)}'.{f' {settled}' if settled else ''}{of}"


def named(held: Callable[[str], str], what: str) -> str:
    found = held(what)
    return found if found == what else f"'{one_line(found).rstrip('.')}'"


def settled_words(lookups: Lookups, question: Mapping[str, Any] | None, outcome: str) -> str:
    """How a moment's question was settled; empty where it was not."""
    option = settled_option(question, outcome)
    if question is None or option is None:
        return ""
    decides = question.get("decides")
    by = f"{one_line(lookups.name(decides))} decided" if decides else "Those present agreed"
    return f"{by} to {one_line(option['label'])}."


def option_words(options: Iterable[Mapping[str, Any]]) -> str:
    """The options of a question."""
    return "; ".join(one_line(one["label"]) for one in options)


def turn_words(
    lookups: Lookups, row: Mapping[str, Any], options: Mapping[str, Mapping[str, Any]], settled: str
) -> str:
    """What a turn did towards, or against, what was settled."""
    who = one_line(lookups.name(row["speaker"]))
    option = options.get(row["option"])
    items = [item for item in orjson.loads(row["knowledge_shared"]) if item in lookups.statements]
    # "Last night" is another night to whoever says it later: the turn has its own words for it.
    by_handle = [item for item in items if item in lookups.handles and is_relative(lookups.statements[item])]
    facts = [one_line(lookups.statements[item]).rstrip(".") for item in items if item not in by_handle]
    told = f"said that {listed([f'{chr(39)}{one}{chr(39)}' for one in facts])}" if facts else ""
    spoke = f"told of {listed([one_line(lookups.handles[item]) for item in by_handle])}" if by_handle else ""
    deed = ""
    if option is not None:
        noun = one_line(option.get("noun") or option["label"])
        deed = {
            "propose": f"put {noun} forward", "support": f"spoke for {noun}", "oppose": f"spoke against {noun}",
            "concede": f"came round to {noun}", "close": f"closed the talk with {noun}",
            "answer": f"came out for {noun}",
        }.get(row["act"], f"turned to {noun}")  # fmt: skip
        if row["option"] == settled and row["act"] in ("propose", "concede"):
            deed += ", which is what came of it,"
    elif row["act"] == "oppose":
        deed = "held out against what was said before"
    did = " and ".join(part for part in (deed, told, spoke) if part).rstrip(",")
    return f"{capital(row['turn_id'])}: {who} {did}."
