"""What an upload says of itself in its commit message, and finding uploads by it.

A message ends in lines ``key=value``: run_id, template, temporal_mode, mechanisms, model, cost_usd, token_count ...
A filter compares one of them: ``temporal_mode=portal``, ``cost_usd<0.50``, ``mechanisms=M12``.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attrs import field, frozen

from timepoint_pro.errors import UnknownNameError, UsageError
from timepoint_pro.exporters.tasks.wording import one_line

TRAILERS = (
    "run_id", "template", "temporal_mode", "mechanisms", "model", "cost_usd", "token_count", "seed", "records",
)  # fmt: skip
"""Keys of the lines, in their order."""

_FILTER = re.compile(r"\s*([A-Za-z_]\w*)\s*(<=|>=|!=|=|<|>)\s*(.*?)\s*", re.DOTALL)
_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@frozen
class Commit:
    """One upload, or another commit of the repository.

    Args:
        id: of the commit.
        message: whole.
        author: who made it.
        timestamp: when, as the server tells it.
        trailers: what the message's last lines say.
    """

    id: str
    message: str
    author: str = ""
    timestamp: str = ""
    trailers: Mapping[str, str] = field(init=False)

    @trailers.default
    def _read(self) -> Mapping[str, str]:
        return trailers_of(self.message)

    @property
    def title(self) -> str:
        """First line of the message."""
        return self.message.partition("\n")[0]


def message_of(title: str, values: Mapping[str, Any]) -> str:
    """A commit message with its trailers.

    Args:
        title: first line.
        values: by trailer; lists are joined by commas.
    """
    lines = [f"{key}={_shown(values[key])}" for key in TRAILERS if key in values]
    return "\n".join([one_line(title), "", *lines])


def trailers_of(message: str) -> dict[str, str]:
    """The lines ``key=value`` of a message's last paragraph; empty when it has any other line."""
    lines = message.rstrip().rpartition("\n\n")[2].splitlines()
    pairs = [line.partition("=") for line in lines]
    if not all(equals and key.isidentifier() for key, equals, _value in pairs):
        return {}
    return {key: value for key, _equals, value in pairs}


def matching(commits: Iterable[Commit], filters: Iterable[str]) -> list[Commit]:
    """The commits that meet every filter.

    Raises:
        UsageError: for what is no filter; UnknownNameError for a key that uploads do not have.
    """
    tests = [_test(text) for text in filters]
    return [commit for commit in commits if all(test(commit.trailers) for test in tests)]


def _test(text: str) -> Callable[[Mapping[str, str]], bool]:
    found = _FILTER.fullmatch(text)
    if found is None or not found.group(3):
        raise UsageError(f"filter: expected KEY=VALUE, KEY!=VALUE, KEY<NUMBER or the like, found {text!r}")
    key, sign, value = found.groups()
    if key not in TRAILERS:
        raise UnknownNameError("key of a filter", key, TRAILERS)
    if sign in _ORDERS:
        bound = _number(value)
        if bound is None:
            raise UsageError(f"filter: expected a number after {sign!r}, found {text!r}")
        order = _ORDERS[sign]
        return lambda values: (number := _number(values.get(key, ""))) is not None and order(number, bound)
    return lambda values: key in values and _equal(values[key], value) == (sign == "=")


def _equal(held: str, asked: str) -> bool:
    """Whether a value is the one asked for: as text, as a number, or as one of a list."""
    one, other = _number(held), _number(asked)
    if one is not None and other is not None:
        return one == other
    return held == asked or asked in held.split(",")


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value == value else None


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(map(_shown, value))
    return one_line(str(value))
