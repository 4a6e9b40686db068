"""How runs and what they are read as show themselves in a notebook: small HTML tables, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from timepoint_pro.records.units import words_for

if TYPE_CHECKING:
    from timepoint_pro.run import Run
    from timepoint_pro.run_views import Dialog, State

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
    rows = [[_cell(getattr(value, column)) for column in columns] for value in values[:ROWS]]
    more = f"<p>and {len(values) - ROWS:,} more</p>" if len(values) > ROWS else ""
    return table_html([column.replace("_", " ") for column in columns], rows) + more


def table_html(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Texts as a table; nothing in them is taken for markup."""
    head = "".join(f"<th>{escape(one)}</th>" for one in headings)
    body = "".join("<tr>" + "".join(f'<td dir="auto">{escape(one)}</td>' for one in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def run_html(run: Run) -> str:
    """A run: what it was given, and its moments."""
    cost = run.cost
    lead = (
        f"<p><strong>{escape(run.run_id)}</strong>: {escape(run.template_id)}, {escape(run.mode)} mode, "
        f"seed {run.seed}, {escape(run.status)}; {run.turns} turns, "
        f"words by {escape(', '.join(run.models) or run.model)}, "
        f"${cost.usd:.4f} ({escape(cost.source)})</p>"
    )
    spoken = {dialog.timepoint_id: len(dialog.turns) for dialog in run.dialogs}
    rows = [
        [one.id, _short(one.title), ", ".join(one.present[:6]), str(spoken.get(one.id, 0)), _cell(one.question)]
        for one in run.timepoints[:ROWS]
    ]
    more = len(run.timepoints) - ROWS
    table = table_html(("timepoint", "title", "present", "turns", "to settle"), rows)
    return lead + table + (f"<p>and {more:,} more</p>" if more > 0 else "")


def state_html(state: State) -> str:
    """A state, each quantity with its word."""
    rows = [
        ["valence", f"{state.valence:+.2f}", words_for("valence", state.valence), "-1 to 1"],
        ["arousal", f"{state.arousal:.2f}", words_for("arousal", state.arousal), "0 to 1"],
        ["energy", f"{state.energy:.0f}", words_for("energy", state.energy), "0 to 100"],
        ["knows", str(len(state.knows)), "", "items"],
    ]
    lead = f"<p><strong>{escape(state.entity)}</strong> after {escape(state.timepoint_id)}</p>"
    return lead + table_html(("quantity", "value", "in words", "scale"), rows)


def dialog_html(dialog: Dialog) -> str:
    """A conversation, turn by turn."""
    people = escape(", ".join(dialog.participants))
    return f"<p><strong>{escape(dialog.timepoint_id)}</strong>: {people}</p>{rows_html(dialog.turns)}"


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}"
    if value is None:
        return ""
    if isinstance(value, Mapping):
        titles = [str(one["proposal"]["title"]) for one in value.get("moments", ())]
        return _short(str(value.get("label") or " → ".join(titles or (str(one) for one in value))))
    if isinstance(value, tuple):
        if value and attrs.has(type(value[0])):
            return str(len(value))
        return _short(", ".join(str(one) for one in value))
    if attrs.has(type(value)):
        return _short(str(getattr(value, "text", None) or getattr(value, "id", value)))
    return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"
