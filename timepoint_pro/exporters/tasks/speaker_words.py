"""A speaker, their state and their moment, as training records word them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from timepoint_pro.exporters.tasks.lookups import Person
from timepoint_pro.exporters.tasks.wording import decimal, one_line, plural, quoted

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOTICED = 0.05
"""From how far on a difference between what is felt and what is shown is worth a word."""


def persona(speaker: Person) -> str:
    """Who the speaker is: name, archetype, role, traits, goals and voice."""
    details = speaker.details
    about = [f"{speaker.archetype} archetype" if speaker.archetype else "", speaker.role]
    if speaker.kind != "human":
        about.append(f"a {speaker.kind}" if speaker.kind[:1] not in "aeiou" else f"an {speaker.kind}")
    known = ", ".join([part for part in about if part])
    traits = ", ".join(map(one_line, details.get("traits", ())))
    inside = "; ".join([part for part in (known, traits) if part])
    goals = "; ".join(map(one_line, details.get("goals", ())))
    voice = _voice(details.get("voice", {}))
    return "".join(
        (
            f"You are {one_line(speaker.name)}{f' ({inside})' if inside else ''}.",
            f" Goals: {goals}." if goals else "",
            f" Voice: {voice}." if voice else "",
        )
    )


def _voice(voice: Mapping[str, Any]) -> str:
    length, style = voice.get("sentence_length"), voice.get("disagreement_style")
    tics = ", ".join([quoted(one) for one in voice.get("verbal_tics", ())])
    shunned = ", ".join([quoted(one) for one in voice.get("never_says", ())])
    parts = (
        f"{length} sentences" if length else "",
        f"says {tics}" if tics else "",
        f"never says {shunned}" if shunned else "",
        f"disagrees like this: {one_line(style)}" if style else "",
    )
    return "; ".join([part for part in parts if part])


def state_words(feeling: Sequence[float]) -> str:
    """The state just before the turn: valence, arousal, energy, capacity, and what of it is let show."""
    valence, arousal, energy, capacity, shown_valence, shown_arousal = feeling
    capable = f", cognitive_capacity={decimal(capacity)}" if capacity < 0.995 else ""
    masked = abs(shown_valence - valence) >= NOTICED or abs(shown_arousal - arousal) >= NOTICED
    shows = f"; lets show valence {decimal(shown_valence)}, arousal {decimal(shown_arousal)}" if masked else ""
    return (
        f"State: emotional_valence={decimal(valence)}, emotional_arousal={decimal(arousal)}, "
        f"energy_budget={energy:.0f}{capable}{shows}."
    )


def setting_words(context: Mapping[str, Any], day: str) -> str:
    """The day (ISO 8601), the hour, the place and the atmosphere."""
    minutes = int(context["hour"] * 60.0 + 0.5) % 1440
    tension, valence, arousal, energy = context["atmosphere"]
    where = _place_words(*context["place"])
    return (
        f"Context: {_day_words(day)}, {context['daypart']}, {minutes // 60:02d}:{minutes % 60:02d} "
        f"(circadian penalty {decimal(context['circadian_penalty'])}){where} (atmosphere: tension {decimal(tension)}, "
        f"valence {decimal(valence)}, arousal {decimal(arousal)}, energy {energy:.0f})."
    )


@lru_cache(1 << 10)
def _day_words(day: str) -> str:
    return f"{WEEKDAYS[date.fromisoformat(day).weekday()]} {day}"


@lru_cache(1 << 10)
def _place_words(*place: str | None) -> str:
    parts = [one_line(part) for part in place if part]
    return f", {', '.join(parts)}" if parts else ""


@lru_cache(1 << 12)
def fared_words(tactic: str, used: int, taken_up: int, dismissed: int) -> str:
    """How a tactic of the speaker's has fared: "2 prior data_arguments dismissed by the others"."""
    noun = plural(f"prior {tactic}", used)
    if dismissed == used:
        return f"{noun} dismissed by the others"
    if taken_up == used:
        return f"{noun} taken up"
    if not taken_up and not dismissed:
        return f"{noun} with no reaction yet"
    parts = [
        f"{count} {word}"
        for count, word in ((taken_up, "taken up"), (dismissed, "dismissed"), (used - taken_up - dismissed, "open"))
        if count > 0
    ]
    return f"{noun} ({', '.join(parts)})"
