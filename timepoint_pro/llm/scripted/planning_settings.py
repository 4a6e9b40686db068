"""How a scene is set, in words that everyone present may hear: the circumstances of the built-in planner.

Only names, the place and the topic of the question stand in them; never a fact, a handle or a plan, and not the
question itself, which those present are asked beside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from timepoint_pro.llm.scripted.planning_sight import Sight, said
from timepoint_pro.records.draws import Draws

BLANK = "\0"
"""Stands for the topic of a question that has none."""

OPENINGS: dict[str, tuple[str, ...]] = {
    "withheld warning": (
        "{one} goes round and asks each of them how things stand",
        "{one} wants to hear from everyone before anything is settled",
    ),
    "discounted warning": (
        "{other} has asked for the floor first",
        "{other} came early and wants to start with a point of their own",
    ),
    "decision": (
        "{lead} opens with the choice itself and leaves the reports for later",
        "The choice cannot wait for another meeting, and all of them know it",
    ),
    "crossed purposes": (
        "{one} and {other} have both asked for this talk, each for a reason of their own",
        "{one} and {other} were already in the middle of it when the rest came in",
    ),
    "unread sign": (
        "The day's reports come first, and they are short",
        "It begins as a round of reports, like any other",
    ),
    "split knowledge": (
        "{one} and {other} have come straight from work and have not spoken with each other yet",
        "{one} sits down last, just after {other}",
    ),
    "drift": (
        "It is a quiet hour, and the routine has held so far",
        "The instruments have been read, and the log is signed",
    ),
    "deferral": (
        "There is less time for this meeting than there should be",
        "Two other things are on the list, and this one comes last",
    ),
    "pressure": (
        "{lead} has asked for a short meeting and a clear answer",
        "{lead} looks at the clock before anybody has sat down",
    ),
    "starting point": (
        "It is an ordinary meeting on an ordinary day",
        "Nobody has come to this meeting with a complaint",
    ),
    "solitude": (
        "{one} is alone for once",
        "Nobody else has come, and {one} begins without them",
    ),
    "talk": (
        "{one} has asked {other} to stay for a talk",
        "{one} and {other} find time for a talk that is on no list",
    ),
}
LED = (
    "The {topic} question is for {lead} to settle, and there is no putting it off now",
    "{lead} has the last word on the {topic} question, and it is due now",
    "Today it is the {topic} question, and {lead} wants to hear all of them before choosing",
    "{lead} has to stand for what is done about the {topic} question today",
    "{lead} means to leave the room today with the {topic} question settled",
    "{lead} has put the {topic} question first on the list and crossed out the rest",
    "Whatever is said on the {topic} question today, the choice is with {lead}",
)
"""Where somebody decides. Each points at its own moment, so that none is kept as something known."""

AGREED = (
    "On the {topic} question nobody has the last word today, so it takes all of them",
    "The {topic} question is the first on the list, and they have to settle it among themselves",
    "Nobody else will settle the {topic} question for them now",
    "Today it is the {topic} question, and one voice will not be enough",
    "They have put the {topic} question off long enough, and now it is due",
    "All of them have something to say on the {topic} question, and now is the time",
    "It is up to those in the room now what becomes of the {topic} question",
)
"""Where those present have to agree."""

WITHOUT_QUESTION = (
    "Nothing has to be decided in this hour, and there is time to talk",
    "No decision is due, so the talk can go where it likes",
    "It is a time to go over where things stand",
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


def closing(sight: Sight, words: Mapping[str, str], told: Sequence[str], draws: Draws) -> str:
    """What the talk is about, and whose word counts; the question itself is put to them beside the circumstance."""
    if sight.question is None:
        return unheard(WITHOUT_QUESTION, words, told, draws)
    topic = sight.topic().removeprefix("the ")
    line = unheard(LED if sight.decider else AGREED, {**words, "topic": topic or BLANK}, told, draws)
    return line.replace(f"{BLANK} question", "question")


def unheard(lines: Sequence[str], words: Mapping[str, str], told: Sequence[str], draws: Draws) -> str:
    """One of the lines with its words put in, one that none of the ``told`` texts has had where there is one."""
    fresh = [line for line in lines if not any(_fixed(line) in text for text in told)]
    return draws.choice(fresh or lines).format(**words)


def _fixed(line: str) -> str:
    """The longest stretch of a line that no word is put into."""
    return max(re.split(r"\{\w+\}", line), key=len).strip()


def title(sight: Sight, words: str) -> str:
    """A short name for lists: the topic, then what is going on."""
    topic = sight.topic()
    return f"{topic[0].upper()}{topic[1:]}: {words}" if topic else f"{words[0].upper()}{words[1:]}"
