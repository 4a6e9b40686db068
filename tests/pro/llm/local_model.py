"""The real local model for tests: whether it is here, and a scene small enough for it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest

from timepoint_pro.llm.local_files import LOCAL_MODELS, file_of

MODEL = "local/smollm2-135m-instruct"
FILE = file_of(LOCAL_MODELS[MODEL])

needs_model = pytest.mark.skipif(
    find_spec("xllamacpp") is None or not FILE.is_file(),
    reason=f"needs pip install 'timepoint-pro[local]' and timepoint models pull {MODEL}",
)

LAMP: dict[str, Any] = {
    "world_id": "lamp",
    "scenario_description": "A lamp.",
    "entities": {"count": 2, "types": ["human"]},
    "timepoints": {"count": 1, "start_time": "2026-03-02T17:00:00Z", "resolution": "hour"},
    "temporal": {"mode": "forward"},
    "metadata": {
        "entity_roster": {
            "ann": {"type": "human", "name": "Ann", "role": "keeper", "goals": ["keep the lamp lit"]},
            "bo": {"type": "human", "name": "Bo", "role": "keeper's boy"},
        },
        "facts": [{"id": "oil", "statement": "The oil is low.", "holders": ["ann"]}],
    },
}
"""Two people, one fact, one moment: some 500 tokens a question."""
