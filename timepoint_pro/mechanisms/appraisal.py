"""What a turn does to the feelings of somebody who hears it: appraisals, in the terms of Scherer (2001).

Every number here is a calibrated default. Arousal is on the internal scale [-1, 1].
"""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from timepoint_pro.formulas.prospect import surprise
from timepoint_pro.records.turn import Tone

Reaction = Literal["", "upheld", "opposed", "dismissed"]

TONE_PLACES: dict[Tone, tuple[float, float]] = {
    "warm": (0.60, -0.05),
    "hopeful": (0.55, 0.15),
    "calm": (0.25, -0.50),
    "neutral": (0.0, 0.0),
    "curious": (0.25, 0.25),
    "urgent": (-0.10, 0.75),
    "worried": (-0.40, 0.40),
    "tense": (-0.40, 0.60),
    "frustrated": (-0.55, 0.45),
    "angry": (-0.75, 0.80),
    "sad": (-0.60, -0.35),
    "weary": (-0.30, -0.65),
}
"""Where a tone lies on the circumplex of affect (valence, arousal; order after Russell 1980).

It draws listeners towards its place and no further, so that a worried room stays worried and does not despair;
neutral draws nobody.
"""

TONE_PULL = 0.08
OVERHEARD = 0.5
NEWS_AROUSAL = 0.08
GOAL_VALENCE = 0.06
GOAL_AROUSAL = 0.02
REACTIONS: dict[Reaction, tuple[float, float]] = {
    "upheld": (0.05, -0.01), "opposed": (-0.05, 0.05), "dismissed": (-0.04, 0.02), "": (0.0, 0.0),
}  # fmt: skip
SPEAKING_RELIEF = -0.02
SURPRISE_AROUSAL = 0.04
SURPRISE_VALENCE = 0.05
CIRCUMSTANCE_VALENCE = 0.5
CIRCUMSTANCE_AROUSAL = 0.3


@frozen
class Appraisal:
    """What there is to a turn for those who hear it.

    Args:
        tone: how it sounds.
        reaction: what it does to the turn that it reacts to.
    """

    tone: Tone
    reaction: Reaction = ""

    def impulse(
        self,
        valence: float,
        arousal: float,
        *,
        trust: float,
        addressed: bool,
        news: float = 0.0,
        congruence: float = 0.0,
        concerned: bool = False,
    ) -> tuple[float, float, str]:
        """The push that the turn gives to a listener's feeling, and its main reason.

        Impulses shrink as the feeling nears the end of its scale, so that many of them saturate.

        Args:
            valence: the listener's, shown, in [-1, 1].
            arousal: the listener's, shown, on the internal scale [-1, 1].
            trust: of the listener in the speaker, in [0, 1].
            addressed: whether the turn is meant for the listener.
            news: weight of what the listener learned by it, in [0, 1].
            congruence: in [-1, 1]: how far it speaks for what the listener is for.
            concerned: whether it is the listener's turn that it reacts to.

        Returns:
            Changes of valence and of arousal (internal scale), and the appraisal that weighs most: ``"tone"``,
            ``"news"``, ``"goals"`` or ``"reaction"``; empty where nothing moves.
        """
        place = TONE_PLACES[self.tone]
        pull = TONE_PULL * (0.5 + trust) * (1.0 if addressed else OVERHEARD)
        push, stir = pull * _reach(place[0], valence), pull * _reach(place[1], arousal)
        most = abs(push) + abs(stir)
        why = "tone" if most else ""
        if not (news or congruence or concerned):
            return push, stir, why
        more_valence = more_arousal = 0.0
        for name, (part_valence, part_arousal) in self._others(news, congruence, concerned):
            more_valence += part_valence
            more_arousal += part_arousal
            size = abs(part_valence) + abs(part_arousal)
            if size > most:
                why, most = name, size
        push += more_valence * _room(more_valence, valence)
        stir += more_arousal * _room(more_arousal, arousal)
        return push, stir, why

    def _others(self, news: float, congruence: float, concerned: bool) -> list[tuple[str, tuple[float, float]]]:
        parts = []
        if news:
            parts.append(("news", (0.0, NEWS_AROUSAL * news)))
        if congruence:
            parts.append(("goals", (GOAL_VALENCE * congruence, GOAL_AROUSAL * abs(congruence))))
        if concerned:
            parts.append(("reaction", REACTIONS[self.reaction]))
        return parts


def circumstance_impulse(circumstance: float, valence: float) -> tuple[float, float]:
    """The push of what somebody finds as a moment opens: the check for what is pleasant and conducive (Scherer 2001).

    Args:
        circumstance: what it is to those there, in [-1, 1].
        valence: of the person, shown, in [-1, 1].

    Returns:
        Changes of valence and of arousal (internal scale), the former shrinking with the room that is left.
    """
    change = CIRCUMSTANCE_VALENCE * circumstance
    return change * _room(change, valence), CIRCUMSTANCE_AROUSAL * abs(circumstance)


def surprise_impulse(probability: float, value: float) -> tuple[float, float]:
    """The push of something that came true although its probability was small.

    Args:
        probability: what was expected, in [0, 1].
        value: what it means to the person, in [-1, 1].

    Returns:
        Changes of valence and of arousal (internal scale): surprise is -log2 p bits; it activates by itself
        and makes the outcome felt more.
    """
    bits = surprise(probability)
    return SURPRISE_VALENCE * value * bits, SURPRISE_AROUSAL * bits


def _reach(place: float, shown: float) -> float:
    """The way to a tone's place, 0 for somebody who is beyond it already."""
    way = place - shown
    return way if way * place > 0.0 else 0.0


def _room(change: float, shown: float) -> float:
    """How much of the scale is left in the direction of a change, 1 in its middle and at the far end."""
    left = 1.0 - shown if change > 0.0 else 1.0 + shown
    return left if left < 1.0 else 1.0
