"""How one speaker after the other says what they know and do not know, each by their manner and none like the last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import define, field

from timepoint_pro.exporters.tasks.boundary_words import (
    ADMITTED,
    ARCHETYPES,
    KNOWN,
    MANNERS,
    MOODS,
    OTHERS,
    PLAINLY,
    may_open,
    mood,
    sure,
)
from timepoint_pro.exporters.tasks.choice import number
from timepoint_pro.exporters.tasks.lookups import REMEMBERED, Person
from timepoint_pro.exporters.tasks.wording import capital, one_line

TRIES = 12
"""So many ways of saying it are looked at; the one that begins like the fewest before it is taken."""
BEGINNING = 3
"""Words that two answers have in common where they begin alike."""


@define
class Voices:
    """Words for answers; holds what was said before in this run, so that answers neither repeat nor begin alike."""

    _said: Counter[int] = field(factory=Counter, init=False)
    _begun: Counter[str] = field(factory=Counter, init=False)

    def refusal(
        self, speaker: Person, feeling: Sequence[float], kind: str, words: Mapping[str, str], *key: str
    ) -> str:
        """How the speaker says that they do not know.

        Args:
            speaker: whose voice it is.
            feeling: their valence, arousal and energy.
            kind: of the gap, a key of ``ADMITTED``.
            words: what its phrasings name.
            key: decides among ways that are as good.
        """
        frames, cores = _frames(speaker, mood(*feeling[:3])), ADMITTED[kind]

        def said(draw: int) -> str:
            place, core = divmod(draw, len(cores))
            before, after = frames[place]
            core_words = capital(cores[core].format(**words))
            return " ".join([part for part in (before, core_words, after) if part])

        return self._unlike(said, len(frames) * len(cores), speaker, key)

    def known(self, speaker: Person, words: Mapping[str, str], confidence: float, *key: str) -> str:
        """How the speaker tells a fact, where they have it from, and how sure they are; confidence in [0, 1]."""
        answers = [f"{core.format(**words)} {close}" for core in KNOWN for close in sure(confidence)]
        return self._unlike(answers.__getitem__, len(answers), speaker, key)

    def _unlike(self, said: Callable[[int], str], ways: int, speaker: Person, key: Sequence[str]) -> str:
        """One of so many ways of saying it: as few as possible were said, or begun, like it in this run.

        What the speaker never says counts more than that.
        """
        if len(self._said) > REMEMBERED or len(self._begun) > REMEMBERED:
            self._said.clear()
            self._begun.clear()
        never = speaker.details.get("voice", {}).get("never_says", ())
        shunned = [one.casefold() for one in map(one_line, never) if one]
        tried = [said(number(*key, "answer", str(step)) % ways) for step in range(TRIES)]
        fit = [one for one in tried if not any(word in one.casefold() for word in shunned)] or tried
        answer = min(fit, key=lambda one: (self._said[number(one)], self._begun[_beginning(one)]))
        self._said[number(answer)] += 1
        self._begun[_beginning(answer)] += 1
        return answer


def _frames(speaker: Person, state: str) -> list[tuple[str, str]]:
    """What may stand before and after the core of an answer. Who speaks in short sentences says one thing more at most,
    who speaks in long ones one thing at least; what belongs to an archetype is said once.
    """
    voice: Mapping[str, Any] = speaker.details.get("voice", {})
    tics = [one for one in map(one_line, voice.get("verbal_tics", ())) if may_open(one)]
    begun = [*(one for one in MOODS[state] if one), *tics]
    ended = ARCHETYPES.get(speaker.archetype, OTHERS)
    one_more = [(one, "") for one in (*begun, *MANNERS.get(speaker.archetype, PLAINLY))]
    one_more += [("", one) for one in ended]
    both = [(one, two) for one in begun for two in ended]
    length = str(voice.get("sentence_length", "")).casefold()
    if length == "short":
        return [("", ""), *one_more]
    return [*one_more, *both] if length == "long" else [("", ""), *one_more, *both]


def _beginning(answer: str) -> str:
    return " ".join(answer.casefold().split()[:BEGINNING])
