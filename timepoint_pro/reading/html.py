"""What a notebook shows of values: small HTML tables, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, TypeVar

import attrs

T_co = TypeVar("T_co", covariant=True)

ROWS = 50
"""Rows that a table shows; the others are counted."""
LETTERS = 120
"""Letters that a cell shows."""

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "Entity": ("id", "name", "kind", "role", "archetype", "goals"),
    "Timepoint": ("id", "title", "at", "present", "antecedents", "path", "question"),
    "Dialog": ("timepoint_id", "participants", "turns"),
    "SpokenTurn": (
        "turn_id", "speaker", "content", "tone", "act", "tactic", "shared", "valence", "arousal", "energy",
    ),
    "Exposure": ("entity", "item", "how", "source", "timepoint_id", "at", "confidence", "parents"),
    "Path": ("path_id", "score", "chosen", "details"),
}  # fmt: skip
"""Fields that are shown of a kind of value; of others, all."""


class Shown(tuple[T_co, ...]):
    """A tuple of values that a notebook shows as a table. Equal to a plain tuple of the same values."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return rows_html(self)


def rows_html(values: Sequence[Any]) -> str:
    """Values of one attrs class as a table."""
    if not values:
        return "<p>nothing</p>"
    kind = type(values[0])
    columns = _COLUMNS.get(kind.__name__) or tuple(one.name for one in attrs.fields(kind))
    rows = [[cell(getattr(value, column)) for column in columns] for value in values[:ROWS]]
    more = f"<p>and {len(values) - ROWS:,} more</p>" if len(values) > ROWS else ""
    return table_html([column.replace("_", " ") for column in columns], rows) + more


def table_html(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Texts as a table; nothing in them is taken for markup."""
    head = "".join(f"<th>{escape(one)}</th>" for one in headings)
    body = "".join("<tr>" + "".join(f'<td dir="auto">{escape(one)}</td>' for one in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def cell(value: Any) -> str:
    """A value as a table shows it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}"
    if value is None:
        return ""
    if isinstance(value, Mapping):
        titles = [str(one["proposal"]["title"]) for one in value.get("moments", ())]
        return short(str(value.get("label") or " → ".join(titles or (str(one) for one in value))))
    if isinstance(value, tuple):
        if value and attrs.has(type(value[0])):
            return str(len(value))
        return short(", ".join(str(one) for one in value))
    if attrs.has(type(value)):
        return short(str(getattr(value, "text", None) or getattr(value, "id", value)))
    return short(str(value))


def short(text: str) -> str:
    """``text``, cut to ``LETTERS`` letters."""
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"
