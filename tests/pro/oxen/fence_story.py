"""A small template whose runs may be uploaded."""

from __future__ import annotations

from typing import Any

FENCE = {
    "scenario_description": "Two neighbours argue about a fence and settle it.",
    "entities": {"count": 2},
    "timepoints": {"count": 1},
    "outputs": {"export_ml_dataset": True, "tasks": ["dialog_turn", "provenance_qa"]},
}


def fence(**outputs: Any) -> dict[str, Any]:
    return {**FENCE, "outputs": {**FENCE["outputs"], **outputs}}
