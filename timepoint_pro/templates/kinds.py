"""The kinds of value that a template's keys take. Reader, JSON Schema and documentation all come from them.

Each kind answers four questions: may a value of this JSON type be meant for me (``fits``), what is it
(``read``), how does JSON Schema say so (``schema``), and how do words (``describe``). A class of keys is a
``Section`` whose fields are made by ``key``; ``Part`` is the kind of such a class.

Kinds are plain classes and sections read their own arguments, since a class that attrs writes takes a
millisecond of every import, and a converter a field about as much again.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Protocol

from timepoint_pro.templates.frozen_json import FrozenMap
from timepoint_pro.templates.reading import Reading, freeze, has_surrogate, shown

Schema = dict[str, Any]

IDENTIFIER = r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+$"
"""Also without what turns the direction of the text around it: a name must not change how others read."""
ISO_TIME = (
    r"^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
    r"(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?)?$"
)


class Kind(Protocol):
    """What one key takes."""

    def fits(self, value: object, /) -> bool:
        """Whether the JSON type is right, whatever the value."""
        ...

    def read(self, value: object, path: str, into: Reading, /) -> Any:
        """The value as the model holds it; a wrong one becomes a problem of ``into``, and None."""
        ...

    def schema(self) -> Schema:
        """The JSON Schema (2020-12) of the kind."""
        ...

    def describe(self) -> str:
        """The kind in words, with its range, as messages and documentation say it."""
        ...


class Text:
    """A string. ``blank``: may be empty or all spaces."""

    def __init__(self, *, blank: bool = True) -> None:
        self.blank = blank

    def fits(self, value: object) -> bool:
        return isinstance(value, str)

    def read(self, value: object, path: str, into: Reading) -> str | None:
        if not isinstance(value, str) or has_surrogate(value) or not (self.blank or value.strip()):
            into.problem(path, self.describe(), shown(value))
            return None
        return value

    def schema(self) -> Schema:
        return {"type": "string"} if self.blank else {"type": "string", "pattern": r"\S"}

    def describe(self) -> str:
        return "text" if self.blank else "text that is not blank"


class Identifier:
    """An id: text that is not blank, without control characters, as written. ``empty``: or no text at all."""

    def __init__(self, *, empty: bool = False) -> None:
        self.empty = empty

    def fits(self, value: object) -> bool:
        return isinstance(value, str)

    def read(self, value: object, path: str, into: Reading) -> str | None:
        if value == "" and self.empty:
            return ""
        # fullmatch, since $ lets a last line feed pass
        if not isinstance(value, str) or has_surrogate(value) or not re.fullmatch(IDENTIFIER, value):
            into.problem(path, self.describe(), shown(value))
            return None
        return value

    def schema(self) -> Schema:
        return {"type": "string", "pattern": f"^$|{IDENTIFIER}" if self.empty else IDENTIFIER}

    def describe(self) -> str:
        return "an id (text that is not blank, without control characters)"


class TextOrNumber:
    """Text; a number stands for its digits."""

    def fits(self, value: object) -> bool:
        return isinstance(value, (str, int, float)) and not isinstance(value, bool)

    def read(self, value: object, path: str, into: Reading) -> str | None:
        if isinstance(value, str):
            return Text().read(value, path, into)
        number = Number().read(value, path, into) if self.fits(value) else None
        if number is None and not self.fits(value):
            into.problem(path, self.describe(), shown(value))
        return None if number is None else str(value)

    def schema(self) -> Schema:
        return {"anyOf": [Text().schema(), Number().schema()]}

    def describe(self) -> str:
        return "text or a number"


class Flag:
    """True or false."""

    def fits(self, value: object) -> bool:
        return isinstance(value, bool)

    def read(self, value: object, path: str, into: Reading) -> bool | None:
        if isinstance(value, bool):
            return value
        into.problem(path, self.describe(), shown(value))
        return None

    def schema(self) -> Schema:
        return {"type": "boolean"}

    def describe(self) -> str:
        return "true or false"


class Number:
    """A finite number within bounds; ``above``: the lower bound itself is out."""

    def __init__(self, low: float = -1e12, high: float = 1e12, *, above: bool = False) -> None:
        self.low, self.high, self.above = low, high, above

    def fits(self, value: object) -> bool:
        return isinstance(value, (int, float)) and not isinstance(value, bool)

    def read(self, value: object, path: str, into: Reading) -> float | None:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            # The comparison is also false for NaN, and needs no float of a huge int.
            inside = self.low <= value <= self.high and not (self.above and value == self.low)
            if inside:
                return float(value)
        into.problem(path, self.describe(), shown(value))
        return None

    def schema(self) -> Schema:
        lower = "exclusiveMinimum" if self.above else "minimum"
        return {"type": "number", lower: self.low, "maximum": self.high}

    def describe(self) -> str:
        if (self.low, self.high) == (-1e12, 1e12):
            return "a number within ±1e12"
        if self.above:
            return f"a number above {self.low:g} and up to {self.high:g}"
        return f"a number from {self.low:g} to {self.high:g}"


class Whole:
    """A whole number within bounds, both in; 3.0 is 3."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def fits(self, value: object) -> bool:
        return isinstance(value, (int, float)) and not isinstance(value, bool)

    def read(self, value: object, path: str, into: Reading) -> int | None:
        if (
            isinstance(value, (int, float))
            and not isinstance(value, bool)
            and self.low <= value <= self.high
            and value == int(value)
        ):
            return int(value)
        into.problem(path, self.describe(), shown(value))
        return None

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    def describe(self) -> str:
        return f"a whole number from {self.low} to {self.high}"


class Choice:
    """One word out of a closed list."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words

    def fits(self, value: object) -> bool:
        return isinstance(value, str)

    def read(self, value: object, path: str, into: Reading) -> str | None:
        if isinstance(value, str) and value in self.words:
            return value
        into.problem(path, self.describe(), shown(value), into.guess(value, self.words))
        return None

    def schema(self) -> Schema:
        return {"enum": list(self.words)}

    def describe(self) -> str:
        return "one of " + ", ".join(self.words)


def instant(text: str) -> datetime:
    """The aware time that an ISO 8601 text names; without an offset it is UTC.

    Raises:
        ValueError: no such time, or outside the years 1 to 9999 once in UTC.
    """
    if not re.fullmatch(ISO_TIME, text):
        raise ValueError("not an ISO 8601 time")
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    try:
        aware.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("outside the years 1 to 9999") from error
    return aware


class Instant:
    """An ISO 8601 date or time between the years 1 and 9999, kept as written."""

    def fits(self, value: object) -> bool:
        return isinstance(value, str)

    def read(self, value: object, path: str, into: Reading) -> str | None:
        if isinstance(value, str):
            try:
                instant(value)
            except ValueError:
                pass
            else:
                return value
        into.problem(path, self.describe(), shown(value))
        return None

    def schema(self) -> Schema:
        return {"type": "string", "pattern": ISO_TIME}

    def describe(self) -> str:
        return "an ISO 8601 time from year 1 to 9999, such as 2031-05-01T09:00:00Z"


class Json:
    """Any JSON value, kept unread."""

    def fits(self, value: object) -> bool:
        return True

    def read(self, value: object, path: str, into: Reading) -> Any:
        return freeze(value, path, into)

    def schema(self) -> Schema:
        return {}

    def describe(self) -> str:
        return "any JSON value"


class JsonObject:
    """An object whose content stays open."""

    def fits(self, value: object) -> bool:
        return isinstance(value, dict)

    def read(self, value: object, path: str, into: Reading) -> FrozenMap | None:
        if isinstance(value, dict):
            frozen_map: FrozenMap = freeze(value, path, into)
            return frozen_map
        into.problem(path, self.describe(), shown(value))
        return None

    def schema(self) -> Schema:
        return {"type": "object"}

    def describe(self) -> str:
        return "an object"


class JsonList:
    """A list whose content stays open."""

    def fits(self, value: object) -> bool:
        return isinstance(value, (list, tuple))

    def read(self, value: object, path: str, into: Reading) -> tuple[Any, ...] | None:
        if isinstance(value, (list, tuple)):
            items: tuple[Any, ...] = freeze(value, path, into)
            return items
        into.problem(path, self.describe(), shown(value))
        return None

    def schema(self) -> Schema:
        return {"type": "array"}

    def describe(self) -> str:
        return "a list"
