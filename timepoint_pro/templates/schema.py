"""The JSON Schema of templates, for editors, from the model: ``python -m timepoint_pro.templates.schema``.

What it says of shapes, words and ranges is what the reader says; that ids exist and stand once, only the
reader checks.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from timepoint_pro.templates.effects import EFFECTS
from timepoint_pro.templates.model import Template
from timepoint_pro.templates.structure import Part


def json_schema() -> dict[str, Any]:
    """The schema (2020-12) of a template's document, each key of a section with what it does."""
    schema = Part(Template).schema()
    _describe(schema, "")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://timepoint.ai/schema/template.json",
        "title": "Timepoint Pro template",
        **schema,
    }


def schema_text() -> str:
    """The schema as the packaged ``schema.json`` holds it."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def _describe(schema: dict[str, Any], pattern: str) -> None:
    for name, member in schema.get("properties", {}).items():
        inner = f"{pattern}.{name}" if pattern else name
        _describe(member, inner)
        member["description"] = " ".join(effect.does for effect in EFFECTS[inner])
    for choice in schema.get("anyOf", ()):
        _describe(choice, pattern)
    if isinstance(schema.get("items"), dict):
        _describe(schema["items"], _listed(pattern))
    if isinstance(schema.get("additionalProperties"), dict):
        _describe(schema["additionalProperties"], f"{pattern}.*")


def _listed(pattern: str) -> str:
    """Branches are named alike in a list and in an object."""
    return f"{pattern}.*" if pattern.endswith(".branches") else f"{pattern}[]"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
