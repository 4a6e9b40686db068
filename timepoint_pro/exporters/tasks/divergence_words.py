"""Diverging timelines in words: what is set otherwise, what is settled then, and how the numbers differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from timepoint_pro.exporters.tasks.lookups import Lookups
from timepoint_pro.exporters.tasks.wording import capital, decimal, listed, one_line, sentence, settled_option, signed

INTRODUCED: Mapping[str, Sequence[str]] = {
    "timeline": (
        "You predict how a story goes on when one thing in it is set otherwise.",
        "You reason about counterfactuals: from a state and an intervention to what follows.",
        "Given what has happened and what is changed, you tell the timeline that comes of it.",
    ),
    "baseline": (
        "You predict how a story goes on by itself.",
        "Given what has happened and how everyone is, you tell the timeline that comes of it.",
        "You reason from a state to what follows when nobody steps in.",
    ),
    "moment": (
        "You compare a course of events with what it would have been under one change.",
        "You tell one moment of a story again as it would have been.",
        "You reason about counterfactuals: what one change does to one later moment.",
    ),
}
ASKED: Mapping[str, Sequence[str]] = {
    "timeline": (
        "What follows? Tell it moment by moment, with what is settled, and end with everyone's state.",
        "Tell the timeline from here to the end, and how everyone is left.",
        "Follow the consequences, one moment after the other, down to the state at the end.",
    ),
    "baseline": (
        "Nothing is set otherwise. What follows, moment by moment, and how is everyone left?",
        "Tell how it goes on by itself, down to everyone's state at the end.",
        "Without any intervention: what is settled from here on, and what state is everyone in at the end?",
    ),
    "moment": (
        "What becomes of {at} under this intervention, and how do the numbers differ?",
        "Tell {at} again as it would have been, with the change in everyone's state.",
        "How would {at} have gone instead? Give the differences in numbers.",
    ),
}
FAR_APART = 12
"""Most people whose numbers are given."""
CLOSE = 0.015
"""Feelings that differ by less count as the same."""


def supposed_words(lookups: Lookups, body: Mapping[str, Any]) -> str:
    """What is set otherwise, in sentences."""
    said = [_one(lookups, made) for made in body.get("interventions") or ()]
    return " ".join(one for one in said if one) or sentence(capital(one_line(body.get("label", ""))))


def _one(lookups: Lookups, made: Mapping[str, Any]) -> str:
    name = "everyone present" if made["entity"] == "*" else one_line(lookups.name(made["entity"]))
    kind, item = made["kind"], made.get("item") or {}
    if kind == "presence":
        return f"{name} is {'there' if made.get('present', True) else 'not there'}."
    if kind == "decision":
        return sentence(item.get("content") or f"{name} decides to {made.get('words', '')}")
    if kind == "exposure":
        return f"{capital(name)} learns: {sentence(item.get('content', ''))}"
    fields = ("valence", "arousal", "energy") if kind == "state" else ("trust", "affinity", "power")
    values = listed([f"{field} {made[field]:g}" for field in fields if made.get(field) is not None])
    to = f" towards {one_line(lookups.name(made['other']))}" if made.get("other") else ""
    return f"{name} has {values}{to}."


def moment_words(lookups: Lookups, row: Mapping[str, Any], news: Sequence[str] = ()) -> str:
    """A played moment: its title, what was settled, what came out."""
    question, settled = row["question"] or {}, settled_option(row["question"], row["outcome"])
    decides = question.get("decides")
    if settled is not None:
        who = f"{one_line(lookups.name(decides))} decides" if decides else "those present agree"
        ends = f"{capital(who)} to {one_line(settled['label'])}."
    else:
        ends = "Nothing is settled."
    out = f" It comes out that {listed([_quoted(one) for one in news])}." if news else ""
    return f"'{one_line(row['title'] or row['timepoint_id'])}'. {ends}{out}"


def _quoted(text: str) -> str:
    return f"'{text.rstrip('.')}'"


def state_words(lookups: Lookups, states: Mapping[str, Mapping[str, Any]], present: Sequence[str]) -> str:
    """Everyone's state at the end of a moment."""
    parts = [
        f"{one_line(lookups.name(one))} emotional_valence={decimal(states[one]['emotional_valence'])}, "
        f"emotional_arousal={decimal(states[one]['emotional_arousal'])}, "
        f"energy_budget={states[one]['energy_budget']:.0f}"
        for one in present[:FAR_APART] if one in states
    ]  # fmt: skip
    return f"State: {'; '.join(parts)}." if parts else ""


def differs(row: Mapping[str, Any], fact: Mapping[str, Any]) -> bool:
    """Whether a moment was settled otherwise than in fact, or left the feelings of anybody there otherwise."""
    if row["outcome"] != fact["outcome"] or row["present"] != fact["present"]:
        return True
    return any(
        abs(here[name] - fact["states"][one][name]) >= CLOSE
        for one, here in row["states"].items() if one in fact["states"] and one in row["present"]
        for name in ("emotional_valence", "emotional_arousal")
    )  # fmt: skip


def compared_words(lookups: Lookups, row: Mapping[str, Any], fact: Mapping[str, Any]) -> str:
    """How the states, and the tension of the room, differ from what they were in fact."""
    if not differs(row, fact):
        return "The intervention does not reach it: it is settled as in fact, and no feeling of those present differs."
    parts = []
    for one in row["present"][:FAR_APART]:
        here, there = row["states"].get(one), fact["states"].get(one)
        if here is None or there is None:
            continue
        valence = here["emotional_valence"] - there["emotional_valence"]
        arousal = here["emotional_arousal"] - there["emotional_arousal"]
        parts.append(f"{one_line(lookups.name(one))} valence {signed(valence)}, arousal {signed(arousal)}")
    changed = f"Against what happened in fact: {'; '.join(parts)}" if parts else "The others stay as they were"
    here_tension, there_tension = row["scene"].get("tension"), fact["scene"].get("tension")
    if here_tension is None or there_tension is None:
        return f"{changed}."
    here_words, there_words = decimal(here_tension), decimal(there_tension)
    as_before = f"tension {here_words} as it was" if here_words == there_words else ""
    return f"{changed}; {as_before or f'tension {here_words} where it was {there_words}'}."
