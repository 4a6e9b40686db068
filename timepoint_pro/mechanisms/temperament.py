"""What words for personality say about the Big Five and about speech.

Which trait an adjective marks, and in which direction, follows the markers of Goldberg (1992) and Saucier (1994);
how far it moves it, a quarter of the scale for the trait that it marks, is calibrated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from timepoint_pro.records.draws import Draws
from timepoint_pro.records.entity import BIG_FIVE, Behavior

QUALITIES = (*BIG_FIVE, "assertiveness", "vocabulary_richness", "novelty_seeking")
MARKED = 0.25
SPREAD = 0.15
"""Standard deviation, among people, of a quality of which nothing is said [cal]."""
SPREAD_WHEN_SAID = 0.05

_MARKERS = {
    "openness": (
        "curious creative imaginative inventive intellectual philosophical artistic visionary insightful reflective "
        "analytical idealistic open open-minded innovative perceptive",
        "conventional narrow traditional unimaginative uncreative dogmatic literal closed-minded",
    ),
    "conscientiousness": (
        "organized organised efficient systematic practical careful thorough diligent disciplined meticulous cautious "
        "precise reliable responsible methodical principled focused perfectionist prepared punctual rigorous dutiful "
        "exact watchful",
        "disorganized disorganised careless sloppy inefficient reckless impulsive lazy unreliable erratic improvising",
    ),
    "extraversion": (
        "extraverted extroverted talkative outgoing energetic sociable charismatic bold enthusiastic lively gregarious "
        "charming cheerful persuasive passionate eager",
        "introverted shy quiet withdrawn reserved silent bashful solitary taciturn laconic private dry",
    ),
    "agreeableness": (
        "agreeable sympathetic warm kind cooperative empathetic compassionate trusting generous patient diplomatic "
        "loyal gentle considerate supportive honest caring protective humble conciliatory helpful fair",
        "cold unsympathetic rude harsh suspicious ruthless selfish cynical competitive abrasive blunt stubborn "
        "manipulative confrontational arrogant skeptical sceptical hostile proud contrarian "
        "impatient unforgiving sharp",
    ),
    "neuroticism": (
        "neurotic moody jealous temperamental envious touchy fretful anxious nervous worried insecure volatile "
        "irritable tense sensitive emotional haunted guilty paranoid brooding thin-skinned",
        "stable relaxed calm steady resilient composed stoic unflappable imperturbable optimistic confident easygoing",
    ),
    "assertiveness": (
        "assertive bold decisive forceful commanding confident blunt stubborn determined ambitious direct dominant "
        "authoritative confrontational driven persuasive arrogant domineering firm insistent",
        "timid meek hesitant indecisive submissive shy passive deferential self-effacing unassuming",
    ),
    "vocabulary_richness": (
        "eloquent articulate erudite intellectual philosophical verbose witty poetic scholarly literate",
        "plain-spoken laconic taciturn terse blunt monosyllabic simple literal",
    ),
    "novelty_seeking": (
        "adventurous daring reckless impulsive innovative visionary curious restless rebellious inventive bold "
        "entrepreneurial",
        "cautious conventional traditional careful risk-averse routine conservative prudent",
    ),
}
ALIASES = {
    "caution": "cautious", "curiosity": "curious", "creativity": "creative", "discipline": "disciplined",
    "empathy": "empathetic", "warmth": "warm", "ambition": "ambitious", "confidence": "confident",
    "anxiety": "anxious", "patience": "patient", "stubbornness": "stubborn", "loyalty": "loyal",
    "honesty": "honest", "charisma": "charismatic", "skepticism": "skeptical", "scepticism": "sceptical",
    "impulsivity": "impulsive", "risk_tolerance": "daring", "boldness": "bold", "optimism": "optimistic",
    "resilience": "resilient", "eloquence": "eloquent", "decisiveness": "decisive", "aggression": "hostile",
    "sociability": "sociable", "stability": "stable", "emotional_stability": "stable", "diligence": "diligent",
}  # fmt: skip
"""Nouns that a template's ``traits`` may use, and the adjective whose marks they have."""


def _marks() -> dict[str, tuple[tuple[str, float], ...]]:
    marks: dict[str, tuple[tuple[str, float], ...]] = {}
    for quality, (high, low) in _MARKERS.items():
        for words, sign in ((high, 1.0), (low, -1.0)):
            for word in words.split():
                marks[word] = (*marks.get(word, ()), (quality, sign * MARKED))
    return marks


MARKS: Mapping[str, tuple[tuple[str, float], ...]] = _marks()
"""Adjective to the qualities that it marks, each with how far it moves it from .5."""


def behavior_of(adjectives: Iterable[str], traits: Mapping[str, float], draws: Draws) -> Behavior:
    """The dispositions of somebody whom a template describes.

    A number in ``traits`` under a quality's own name counts as it is. Other names, and adjectives, move the
    qualities that they mark: an adjective by ``MARKED``, a trait of strength s by 2*(s - .5) times that. Chance adds
    the rest: a little where something is said, more where nothing is; so people differ.

    Args:
        adjectives: ``personality_traits``; of a phrase the first known word counts, unknown ones move nothing.
        traits: name to strength in [0, 1].
        draws: one number is drawn for each quality, stated or not, so that stating one leaves the others alone.
    """
    shifts: dict[str, float] = {}
    stated = {_folded(name): strength for name, strength in traits.items()}
    said = [(_folded(word), 1.0) for word in adjectives]
    said += [(name, 2.0 * (strength - 0.5)) for name, strength in stated.items() if name not in QUALITIES]
    for word, strength in said:
        for quality, shift in _marks_of(word):
            shifts[quality] = shifts.get(quality, 0.0) + strength * shift
    values = {}
    for quality in QUALITIES:
        chance = draws.normal()
        spread = SPREAD_WHEN_SAID if quality in shifts else SPREAD
        drawn = min(0.95, max(0.05, 0.5 + shifts.get(quality, 0.0) + spread * chance))
        values[quality] = stated.get(quality, round(drawn, 4))
    return Behavior(**values)


def _marks_of(word: str) -> tuple[tuple[str, float], ...]:
    word = ALIASES.get(word, word)
    whole = MARKS.get(word.replace("_", "-"))
    if whole is not None:
        return whole
    parts = (MARKS.get(ALIASES.get(part, part), ()) for part in word.split("_"))
    return next((marks for marks in parts if marks), ())


def _folded(word: str) -> str:
    return "_".join(word.casefold().replace("-", " ").replace("_", " ").split())
