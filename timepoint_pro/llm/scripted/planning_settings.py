"""How a scene is set, in words that everyone present may hear: the circumstances of the built-in planner.

Only names, the place and the topic of the question stand in them; never a fact, a handle or a plan, and not the
question itself, which those present are asked beside. They are seen before the scene is played, and before everyone
who comes is settled, so they say what holds at its start (who asked for it, whose word counts, what is due): never
who speaks or what is asked, and no list of those present. Each sentence points at its own moment, so that none of
them is kept as something known; none tells a distance in time, which would be wrong when it is read again later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from timepoint_pro.llm.scripted.planning_sight import Sight, said
from timepoint_pro.records.draws import Draws

BLANK = "\0"
"""Stands for the topic of a question that has none."""

OPENINGS: dict[str, tuple[str, ...]] = {
    "withheld warning": (
        "Not everyone here has heard the same today",
        "{one} has not heard from all of them yet",
    ),
    "discounted warning": (
        "{other} has asked for this meeting",
        "This meeting was called at the wish of {other}",
    ),
    "decision": (
        "What is wanted of this meeting is a choice",
        "This meeting is for the choice itself",
    ),
    "crossed purposes": (
        "{one} and {other} have both asked for this talk, each for a reason of their own",
        "{one} and {other} have come to this meeting with different aims",
    ),
    "unread sign": (
        "The reports of the day are in, and they are short",
        "Reports have come in today as they do on other days",
    ),
    "split knowledge": (
        "{one} and {other} have not spoken with each other yet today",
        "Until now {one} and {other} have each been about their own work",
    ),
    "drift": (
        "The routine has held so far today",
        "The readings of the day have been taken, and the log is signed",
    ),
    "deferral": (
        "There is less time for this meeting than there should be",
        "There are other things waiting today",
    ),
    "pressure": (
        "{lead} has asked for a short meeting today and a clear answer",
        "{lead} has little time today",
    ),
    "starting point": (
        "This day is like the days before it so far",
        "The date of this meeting has been fixed for some time",
    ),
    "solitude": (
        "{one} is alone now",
        "Nobody else is here yet, and {one} has this hour alone",
    ),
    "talk": (
        "{one} and {other} have found time for this talk",
        "This talk of {one} and {other} is on no list",
    ),
}
LED = (
    "The {topic} question is for {lead} to settle, and it is due now",
    "{lead} has the last word on the {topic} question, and it is due today",
    "Today it is the {topic} question, and the choice is with {lead}",
    "{lead} has to stand for what is done about the {topic} question today",
    "The {topic} question is first on the list for {lead} now",
    "Whatever is said on the {topic} question today, {lead} is the one to decide",
    "What becomes of the {topic} question now is up to {lead}",
    "{lead} is to say today what is done about the {topic} question",
    "The {topic} question is open today, and nobody but {lead} can close it",
    "Now it is the {topic} question, and it has to be settled by {lead}",
    "It is for {lead} to say how the {topic} question is settled, and to say it today",
)
"""Where somebody decides."""

AGREED = (
    "On the {topic} question nobody has the last word today, so it takes all of them",
    "The {topic} question is the first on the list, and they have to settle it among themselves",
    "Nobody else will settle the {topic} question for them now",
    "Today it is the {topic} question, and one voice will not be enough",
    "The {topic} question is due now, and it is for all of them to settle",
    "It is up to those who are here now what becomes of the {topic} question",
    "The {topic} question is open today, and none of them can close it alone",
    "The {topic} question has to be settled today, and all of them have to agree on it",
)
"""Where those present have to agree."""

LEFT_OPEN = (
    "The {topic} question was left open before this, and now it is due again",
    "The {topic} question was not settled before, and now it is back",
    "The {topic} question has been put off before, and today it is due",
)
"""Where an earlier moment has left the same question open."""

WITHOUT_QUESTION = (
    "Nothing has to be decided in this hour, and there is time to talk",
    "No decision is due today, so the talk can go where it likes",
    "This is a time to go over where things stand",
)


def circumstance(sight: Sight, device: str, people: Sequence[str], told: Sequence[str], draws: Draws) -> str:
    """What everyone present witnesses: an opening that suits the ``device``, then what it is about.

    Args:
        sight: the scenario at this place.
        device: a key of ``OPENINGS``.
        people: ids of those who matter to the device, the first ones by role: lead, then other.
        told: circumstances of other moments on this path, so that no wording comes twice.
        draws: chooses among the wordings.
    """
    lead = sight.decider or (people[0] if people else "")
    one = people[0] if people else lead
    other = next((entity for entity in people if entity != one), one)
    words = {
        "lead": sight.name(lead),
        "one": sight.name(one),
        "other": sight.name(other),
    }
    return said(unheard(OPENINGS[device], words, told, draws), closing(sight, words, told, draws))


def closing(
    sight: Sight, words: Mapping[str, str], told: Sequence[str], draws: Draws, *, left_open: bool = False
) -> str:
    """What the talk is about, and whose word counts; the question itself is put to them beside the circumstance.

    Args:
        sight: the scenario at this place.
        words: ``lead``, by name.
        told: circumstances of other moments on this path.
        draws: chooses among the wordings.
        left_open: whether an earlier moment has left the same question open.
    """
    if sight.question is None:
        return unheard(WITHOUT_QUESTION, words, told, draws)
    lines = LED if sight.decider else (*AGREED, *LEFT_OPEN) if left_open else AGREED
    topic = sight.topic().removeprefix("the ")
    return unheard(lines, {**words, "topic": topic or BLANK}, told, draws).replace(f"{BLANK} question", "question")


def unheard(lines: Sequence[str], words: Mapping[str, str], told: Sequence[str], draws: Draws) -> str:
    """One of the lines with its words put in, one that none of the ``told`` texts has had where there is one."""
    fresh = [line for line in lines if not any(_fixed(line) in text for text in told)]
    return draws.choice(fresh or lines).format(**words)


@lru_cache(maxsize=512)
def _fixed(line: str) -> str:
    """The longest stretch of a line that no word is put into."""
    return max(re.split(r"\{\w+\}", line), key=len).strip()


def title(sight: Sight, words: str) -> str:
    """A short name for lists: the topic, then what is going on."""
    topic = sight.topic()
    return f"{topic[0].upper()}{topic[1:]}: {words}" if topic else f"{words[0].upper()}{words[1:]}"
