"""What reading a document gathers: every problem with its JSON path, and the open keys that nothing reads."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from attrs import frozen

from timepoint_pro.errors import Problem, TemplateError, nearest
from timepoint_pro.templates.frozen_json import FrozenMap

MAX_DEPTH = 100
"""Levels of nesting that a document may have."""

MAX_PROBLEMS = 500
"""Problems that are listed; with more, reading stops."""

_LONGEST_GUESS = 64
_COMPARISONS = 50_000


@frozen
class Unread:
    """A value in an open part that was kept and that nothing reads; ``why`` where its shape is the cause."""

    path: str
    nearest: str | None = None
    why: str = ""


class Reading:
    """One pass over a document. It collects what is wrong, and raises by ``finish``, or when that is too much."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.unread: list[Unread] = []
        self._seen: set[tuple[str, str]] = set()
        self._comparisons = _COMPARISONS

    def problem(self, path: str, expected: str, found: str, meant: str | None = None) -> None:
        """Note that ``path`` should hold what ``expected`` says, and holds what ``found`` says.

        What was found at a path counts once: an open part is read as JSON first, and by its typed view then.

        Raises:
            TemplateError: there are more problems than anyone would read; the document is not read further.
        """
        if (path, found) in self._seen:
            return
        self._seen.add((path, found))
        if len(self.problems) == MAX_PROBLEMS:
            more = Problem("$", f"at most {MAX_PROBLEMS} problems", "more; mend these first")
            raise TemplateError("template", [*self.problems, more])
        self.problems.append(Problem(path, expected, found, meant))

    def guess(self, name: object, known: Iterable[str]) -> str | None:
        """The known name that was probably meant; None also once guessing has taken long enough."""
        names = tuple(known)
        self._comparisons -= len(names)
        if not isinstance(name, str) or len(name) > _LONGEST_GUESS or self._comparisons < 0:
            return None
        return nearest(name, names)

    def skip(self, path: str, meant: str | None = None, why: str = "") -> None:
        """Note that the value at ``path`` stays without a reader."""
        if len(self.unread) < MAX_PROBLEMS:
            self.unread.append(Unread(path, meant, why))

    def finish(self, source: str) -> None:
        """Do nothing when all is well.

        Raises:
            TemplateError: with every problem found, in the order of the document's sections.
        """
        if self.problems:
            raise TemplateError(source, self.problems)


def join(path: str, part: str | int) -> str:
    """The JSON path of a member: ``$.a.b``, ``$.a[3]``, ``$.a["two words"]``."""
    if isinstance(part, int):
        return f"{path}[{part}]"
    if part.isidentifier() and part.isprintable() and len(part) <= 80:
        return f"{path}.{part}"
    return f"{path}[{quoted(part)}]"


def quoted(text: str, limit: int = 80) -> str:
    """The text in JSON's quotes, shortened, with everything escaped that would not print."""
    cut = text if len(text) <= limit else text[: limit - 3] + "..."
    return json.dumps(cut, ensure_ascii=not cut.isprintable())


def shown(value: object) -> str:
    """A value in words short enough for a message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() < 200 else f"a whole number of {value.bit_length()} bits"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return "an object" if value else "an empty object"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    return f"a Python {type(value).__name__}"


def has_surrogate(text: str) -> bool:
    """Whether the text holds half of a surrogate pair, which no UTF-8 file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def freeze(value: object, path: str, into: Reading, depth: int = 0) -> Any:
    """The JSON value made unchangeable. What JSON cannot hold becomes a problem, and None."""
    if value is None or isinstance(value, (bool, FrozenMap)):
        return value
    if isinstance(value, str):
        if has_surrogate(value):
            into.problem(path, "text without lone surrogates", shown(value))
        return value
    if isinstance(value, int):
        if value.bit_length() > 1024:
            into.problem(path, "a number within the range of a double", shown(value))
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            into.problem(path, "a finite number", shown(value))
        return value
    if depth >= MAX_DEPTH:
        into.problem(path, f"at most {MAX_DEPTH} levels of nesting", "more")
        return None
    if isinstance(value, dict):
        return FrozenMap(
            (name, freeze(inner, join(path, name), into, depth + 1))
            for name, inner in value.items()
            if checked_name(name, path, into)
        )
    if isinstance(value, (list, tuple)):
        return tuple(freeze(inner, join(path, index), into, depth + 1) for index, inner in enumerate(value))
    into.problem(path, "a JSON value", shown(value))
    return None


def checked_name(name: object, path: str, into: Reading) -> bool:
    """Whether an object's key is text that UTF-8 can hold; if not, that is a problem."""
    if isinstance(name, str) and not has_surrogate(name):
        return True
    into.problem(path, "keys that are text without lone surrogates", shown(name))
    return False
