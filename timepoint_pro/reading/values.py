"""What a run is read as: turns, conversations, relationships, states, costs, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import orjson
from attrs import frozen

from timepoint_pro.reading.html import rows_html, table_html
from timepoint_pro.records.units import Tensor, words_for


@frozen
class SpokenTurn:
    """One turn as it was said, with the speaker's state just before it.

    ``valence`` in [-1, 1], ``arousal`` in [0, 1], ``energy`` in [0, 100]; ``uptake`` is ``"taken_up"``,
    ``"dismissed"`` or ``"open"``; ``shared`` holds item ids.
    """

    turn_id: str
    speaker: str
    content: str
    timestamp: str
    tone: str
    act: str
    tactic: str
    addressed_to: tuple[str, ...]
    shared: tuple[str, ...]
    reply_to: str
    option: str
    uptake: str
    valence: float
    arousal: float
    energy: float
    model: str


@frozen
class Dialog:
    """The conversation of one timepoint."""

    timepoint_id: str
    participants: tuple[str, ...]
    turns: tuple[SpokenTurn, ...]

    def _repr_html_(self) -> str:
        people = escape(", ".join(self.participants))
        return f"<p><strong>{escape(self.timepoint_id)}</strong>: {people}</p>{rows_html(self.turns)}"


@frozen
class Relationship:
    """How ``source`` stands to ``target`` at the end: trust, affinity and power in [-1, 1]."""

    source: str
    target: str
    kind: str
    trust: float
    affinity: float
    power: float
    interactions: int


@frozen
class Violation:
    """A constraint that was broken, with its explanation and the ids of its evidence."""

    violation_id: str
    rule: str
    severity: str
    entity: str
    timepoint_id: str
    explanation: str
    evidence: tuple[str, ...]


@frozen
class Path:
    """A path that the mode considered: its score, whether it was chosen, and the rest as plain data."""

    path_id: str
    score: float
    chosen: bool
    details: Mapping[str, Any]


@frozen
class Cost:
    """What a run cost. ``source`` says where the figure comes from."""

    usd: float
    source: str
    tokens: int
    calls: int


@frozen
class State:
    """Somebody's state: the scales of ``records.units``."""

    entity: str
    timepoint_id: str
    valence: float
    arousal: float
    energy: float
    tensor: Tensor
    knows: tuple[str, ...]

    def _repr_html_(self) -> str:
        rows = [
            ["valence", f"{self.valence:+.2f}", words_for("valence", self.valence), "-1 to 1"],
            ["arousal", f"{self.arousal:.2f}", words_for("arousal", self.arousal), "0 to 1"],
            ["energy", f"{self.energy:.0f}", words_for("energy", self.energy), "0 to 100"],
            ["knows", str(len(self.knows)), "", "items"],
        ]
        lead = f"<p><strong>{escape(self.entity)}</strong> after {escape(self.timepoint_id)}</p>"
        return lead + table_html(("quantity", "value", "in words", "scale"), rows)


def spoken_turn(row: Mapping[str, Any]) -> SpokenTurn:
    """A turn from its row in ``dialogs``."""
    return SpokenTurn(
        row["turn_id"], row["speaker"], row["content"], row["timestamp"], row["emotional_tone"], row["act"],
        row["tactic"], tuple(orjson.loads(row["addressed_to"])), tuple(orjson.loads(row["knowledge_shared"])),
        row["reply_to"], row["option"], row["uptake"], row["emotional_valence"], row["emotional_arousal"],
        row["energy_budget"], row["model"],
    )  # fmt: skip
