"""Words such as "this morning" in a statement that is told days after it was made, put as of the day of telling.

Only what grammar makes safe is changed. "Yesterday", "last night" and "nine days ago" look back already, so another
word of time can stand in their place. "This morning", "tonight", "today" and "this week" can be looked back at only
where their clause is in the past tense ("wrote a dose tonight", not "are free tonight"). A statement that also holds a
word that cannot be changed safely ("tomorrow", "next week") is left as it is.

A story day ends at ``TURN_OF_DAY``: what happened "tonight" before midnight is still of tonight at three.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache

from timepoint_pro.llm.scripted.person import word_set
from timepoint_pro.prompts.relative_time import RELATIVE, is_relative

TURN_OF_DAY = 5.0
"""Hour of the local clock at which a new day begins for those who speak of it [cal]."""

WEEK = 7
_READ_AT = re.compile(r"(The [^.;:]+?) is (?=[^A-Za-z]*\d[^.]* at \d\d:\d\d)")
"""A reading, as ``modes.readings`` words it: what was so at a time of another day is told in the past tense."""

_CLAUSE = re.compile(r"[,;:]|\b(?:and|but|that|which|who|while|because|where|when)\b")
_WORD = re.compile(r"[a-z]+")
_PAST = word_set(
    "was were had did began bought brought broke built came caught chose cut drew drove ate fell felt fought found "
    "flew forgot gave went got grew heard held hid hit hurt kept knew laid led left lent let lost made meant met paid "
    "put ran rang read rode rose said sat saw sold sent set shook shot showed shut slept spoke spent stood stole "
    "struck swore took taught told thought threw understood woke wore won wrote"
)
_PRESENT = word_set("is are am has have will may can must shall does do should would could might cannot")
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def redated(statement: str, since: float, now: float, started: str) -> str:
    """``statement`` as it is said at ``now``.

    Args:
        statement: as it was made; English.
        since: when it was made, in hours since the run's start. now: when it is said.
        started: the run's start by the local clock, ISO 8601; empty: not known, and nothing is changed.
    """
    reading = _READ_AT.match(statement)
    if not started or now <= since or not (reading or is_relative(statement)):
        return statement
    start = datetime.fromisoformat(started)
    made, today = _day(start, since), _day(start, now)
    if today <= made:
        return statement
    return f"{reading.group(1)} was {statement[reading.end():]}" if reading else _moved(statement, made, today)


def _day(start: datetime, at: float) -> int:
    """The story day of ``at``, as an ordinal of the calendar."""
    try:
        return (start + timedelta(hours=at - TURN_OF_DAY)).toordinal()
    except OverflowError:
        return start.toordinal()  # after the last year of the calendar nothing is told as of another day


@lru_cache(maxsize=8192)
def _moved(statement: str, made: int, today: int) -> str:
    parts, at = [], 0
    for found in RELATIVE.finditer(statement):
        words = _put(found, statement, made, today)
        if not words:
            return statement
        parts += [statement[at : found.start()], words]
        at = found.end()
    text = "".join((*parts, statement[at:]))
    return text[:1].upper() + text[1:] if statement[:1].isupper() else text


def _put(found: re.Match[str], statement: str, made: int, today: int) -> str:
    """What stands for one word of time on another day; empty where nothing safe does."""
    word, gap = found.group().casefold(), today - made
    if found.group("count"):
        return f"{_later(found.group('count'), gap)} days ago"
    looks_back = word in ("yesterday", "last night")
    if not looks_back and not (word in _SAME_DAY and _is_past(statement, found)):
        return ""
    if word == "this week":
        return _week(made, today)
    part = _PARTS[word]
    if looks_back:
        return _of_day(part, made - 1, gap + 1)
    return _of_day(part, made, gap)


def _of_day(part: str, day: int, gap: int) -> str:
    """A part of the day that is ``gap`` days back: "yesterday morning", "on Tuesday night", "on 3 March"."""
    date = datetime.fromordinal(day)
    if gap == 1:
        return "last night" if part == "night" else f"yesterday {part}".strip()
    if gap == 2 and part in ("", "night"):
        return "the night before last" if part else "the day before yesterday"
    if gap < WEEK:
        return f"on {_WEEKDAYS[date.weekday()]} {part}".strip()
    name = f"{date.day} {_MONTHS[date.month - 1]}"
    return f"on the {part} of {name}" if part else f"on {name}"


def _week(made: int, today: int) -> str:
    """The week of ``made``, seen from ``today``; weeks begin on Mondays."""
    monday = made - datetime.fromordinal(made).weekday()
    weeks = (today - datetime.fromordinal(today).weekday() - monday) // WEEK
    if not weeks:
        return "this week"
    first = datetime.fromordinal(monday)
    return "last week" if weeks == 1 else f"in the week of {first.day} {_MONTHS[first.month - 1]}"


def _later(count: str, gap: int) -> str:
    number = int(count) if count.isdigit() else _NUMBERS.index(count.casefold())
    total = number + gap
    return str(total) if count.isdigit() or total >= len(_NUMBERS) else _NUMBERS[total]


def _is_past(statement: str, found: re.Match[str]) -> bool:
    """Whether the clause around a word of time is in the past tense."""
    start = max((one.end() for one in _CLAUSE.finditer(statement, 0, found.start())), default=0)
    after = _CLAUSE.search(statement, found.end())
    words = _WORD.findall(statement[start : after.start() if after else len(statement)].casefold())
    if any(word in _PRESENT for word in words):
        return False
    return any(word in _PAST or (word.endswith("ed") and len(word) > 4) for word in words)


_PARTS = {
    "this morning": "morning", "this afternoon": "afternoon", "this evening": "evening", "tonight": "night",
    "today": "", "yesterday": "", "last night": "night",
}  # fmt: skip
_SAME_DAY = {*_PARTS, "this week"}

