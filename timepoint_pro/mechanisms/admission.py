"""May this turn be said? The checks of M4 on a proposed turn, in O(words of the turn)."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from timepoint_pro.mechanisms.agencies import takes_in
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.phrases import Phrases, folded, holds_phrase
from timepoint_pro.mechanisms.speech import Speech
from timepoint_pro.mechanisms.violations import Severity
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.timepoint import Timeline, Timepoint
from timepoint_pro.records.turn import Floor, Turn
from timepoint_pro.records.world import World

LEAST_WORDS = 4
"""Shorter turns ("Agreed.") may recur."""


@frozen
class Verdict:
    """What is wrong with a turn; an empty ``rule``: nothing.

    Args:
        rule: the rule that it breaks.
        reason: why, in words that give away nothing that the speaker does not hold.
        severity: of the violation, should the turn be given up.
        also_shared: held items that its words tell though it does not list them; for an admitted turn.
    """

    rule: str = ""
    reason: str = ""
    severity: Severity = "hard"
    also_shared: tuple[str, ...] = ()


def judge(world: World, turn: Turn, repetition: float) -> Verdict:
    """Whether ``turn`` may be said in ``world``.

    Args:
        world: a moment is open.
        turn: as proposed.
        repetition: Jaccard similarity of word-3-grams to an earlier turn, in (0, 1], from which on it repeats it.
    """
    timepoint, cast = world[Timeline].current, world[Cast]
    absent = [one for one in (turn.speaker, *turn.addressed_to) if one not in timepoint.present or one not in cast]
    if absent:
        return Verdict("presence", f"{absent[0]} is not present in {timepoint.id}")
    knowledge = world[Knowledge]
    held = knowledge.holds(turn.speaker)
    foreign = [one for one in turn.shared if one not in held]
    if foreign:
        return Verdict("information", f"it shares {foreign[0]}, which {turn.speaker} does not hold at this time")
    told = _Told(world, turn, timepoint)
    refused = told.refusal()
    if refused:
        return Verdict("information", refused)
    if Speech in world and len(turn.content.split()) >= LEAST_WORDS:
        earlier, similarity = world[Speech].nearest(turn.content)
        if similarity >= repetition:
            reason = f"it repeats turn {earlier} (similarity {similarity:.2f}); say something else, or say it otherwise"
            return Verdict("repetition", reason, "soft")
    return Verdict(also_shared=tuple(told.also))


class _Told:
    """What the words of a turn tell, against what its speaker holds."""

    def __init__(self, world: World, turn: Turn, timepoint: Timepoint) -> None:
        self._world, self._turn, self._timepoint = world, turn, timepoint
        self._knowledge, self._phrases = world[Knowledge], world[Phrases]
        self._held = self._knowledge.holds(turn.speaker)
        self._company = takes_in(world, timepoint.present)
        self.also: list[str] = []

    def refusal(self) -> str:
        """Why the words cannot be the speaker's; empty where they can. Fills ``also``."""
        turn, phrases = self._turn, self._phrases
        lines = [folded(turn.content), *[folded(line) for line in turn.said_new]]
        for line in lines:
            for item in self._stated(line):
                if item not in self._held:
                    return f"it states what {turn.speaker} has no way of knowing in {self._timepoint.id}"
                self.also.append(item)
        for line in lines:
            named = phrases.named(line)
            for phrase, items in named.items():
                if len(named) > 1 and any(len(one) > len(phrase) and holds_phrase(one, phrase) for one in named):
                    continue
                if not self._may_name(phrase, items):
                    who, when = turn.speaker, self._timepoint.id
                    return f"it speaks of {' '.join(phrase)!r}, which {who} has no way of knowing in {when}"
        return ""

    def _stated(self, line: list[str]) -> list[str]:
        """Items whose content a line repeats, without those that are told or common ground already."""
        repeated = self._phrases.repeated(line)
        found = []
        for item, share in repeated.items():
            if self._open(item):
                continue
            known = [one for one in repeated if one != item and (self._open(one) or self._only_held(one, item))]
            if not any(self._resembles(one, item) >= share for one in known):
                found.append(item)
        return found

    def _only_held(self, one: str, item: str) -> bool:
        """Whether ``one`` is held while ``item`` is not: words of the former then explain those of the latter."""
        return one in self._held and item not in self._held

    def _resembles(self, one: str, item: str) -> float:
        """Share of ``item``'s content that stands in ``one``'s."""
        return self._phrases.repeated(folded(self._knowledge.item(one).content)).get(item, 0.0)

    def _may_name(self, phrase: tuple[str, ...], items: Sequence[str]) -> bool:
        """Whether the speaker may use a handle; telling what it names where that is not yet common ground."""
        if any(self._open(item) for item in items) or self._is_public(phrase):
            return True
        held = [item for item in items if item in self._held]
        if held:
            self.also.append(held[-1])
            return True
        words = " ".join(phrase)
        contents = (self._knowledge.item(one).content for one in self._held)
        return any(words in content.casefold() and holds_phrase(folded(content), phrase) for content in contents)

    def _open(self, item: str) -> bool:
        return (
            item in self._turn.shared
            or item in self.also
            or (item in self._held and self._knowledge.common(item, self._company))
        )

    def _is_public(self, phrase: tuple[str, ...]) -> bool:
        """Whether everyone present has the words before them: circumstance, question, or what was just said."""
        timepoint = self._timepoint
        texts = [timepoint.circumstance]
        if timepoint.question is not None:
            texts.append(timepoint.question.text)
            for option in timepoint.question.options:
                texts += (option.label, option.noun)
        texts += [turn.content for turn in self._world[Floor].turns]
        texts += [self._knowledge.item(item).content for item in self._turn.shared]
        return any(holds_phrase(folded(text), phrase) for text in texts)
