"""Words of time that hang on the day on which they are said, and the day that they hang on."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache

RELATIVE = re.compile(
    r"\b(?:this (?:morning|afternoon|evening|week)|last (?:night|week)|today|tonight|yesterday|tomorrow|next week|"
    r"(?P<count>\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) days ago|"
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten) more (?:days?|nights?|hours?|weeks?))\b",
    re.IGNORECASE,
)

_WEEKDAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")


@lru_cache(maxsize=8192)
def hangs_on_a_day(statement: str) -> bool:
    """Whether one has to know on which day a statement was made: it says "this morning", or names a day of the week."""
    return is_relative(statement) or _WEEKDAY.search(statement) is not None


@lru_cache(maxsize=8192)
def is_relative(statement: str) -> bool:
    """Whether a statement has a word of time that hangs on the day on which it is said."""
    return RELATIVE.search(statement) is not None


def day_of(statement: str, since: float, started: str) -> str:
    """The day, ISO 8601, on which a statement with such a word was made; empty without one, or where it is not known.

    Args:
        statement: as it was made; English.
        since: when it was made, in hours since the run's start.
        started: the run's start by the local clock, ISO 8601; empty: not known.
    """
    if not started or not is_relative(statement):
        return ""
    return (datetime.fromisoformat(started) + timedelta(hours=since)).date().isoformat()
