"""A document and a record to start from; tests may change their copy."""

from __future__ import annotations

from typing import Any

import pytest
from mars_mission_document import mars_mission


@pytest.fixture
def document() -> dict[str, Any]:
    return mars_mission()


@pytest.fixture
def envelope() -> dict[str, Any]:
    """A record as another producer writes it: nulls, an offset in place of Z, keys in its own order."""
    return {
        "id": "1962/october/27/1000/united-states/washington-dc/excomm",
        "source": "clockchain",
        "version": "1.0.0",
        "timestamp": "2026-02-11T09:30:00+00:00",
        "provenance": {
            "generator": "timepoint-clockchain",
            "run_id": None,
            "confidence": 1,
            "grounded_at": "2026-02-11 09:29:59.5",
            "graph_state_hash": "f00d",
        },
        "payload": {"title": "ExComm", "layer": 2, "weight": 1.0, "stake": 10**24, "flag": None},
        "entity_ids": ["jfk"],
        "tdf_hash": "given-by-the-producer",
        "chain_height": 118,
    }
