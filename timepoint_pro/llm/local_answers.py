"""What the grammar of a small model's answer can bound, and what code settles after it.

llama.cpp turns a JSON Schema into a grammar. That holds form, options and lengths; it leaves out the bounds of
numbers, the difference of list entries and what one field means for another. Those are settled here, in plain view:
repeated entries are dropped and missing ones filled up, numbers are moved into their bounds, and which facts a turn
tells follows from its words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from timepoint_pro.formulas.text import words
from timepoint_pro.prompts.base import Prompt
from timepoint_pro.prompts.dialog import DialogTurn, KnownItem

LONGEST_TEXT = 240
"""Characters of one text: a small model fills whatever room it gets by saying the same again."""
LEAST_SHARED = 0.6
"""Share of a fact's longer words that a turn must use to tell it."""
LONGER = 4
DERIVED = frozenset({"knowledge_shared"})

_END = re.compile(r"[.!?…](?=\s|$)")


def bounded(schema: Mapping[str, Any]) -> dict[str, Any]:
    """``schema`` as the grammar gets it: only what the model must write itself, its texts held short."""
    if "properties" in schema:
        required = schema.get("required", ())
        kept = {
            name: bounded(part)
            for name, part in schema["properties"].items()
            if name in required and name not in DERIVED and not _settled(part)
        }
        return {**schema, "properties": kept, "required": list(kept)}
    if "items" in schema:
        return {**schema, "items": bounded(schema["items"])}
    if schema.get("type") == "string" and "enum" not in schema:
        return {**schema, "maxLength": min(LONGEST_TEXT, schema.get("maxLength", LONGEST_TEXT))}
    return dict(schema)


def settled(prompt: Prompt[Any], value: Any, schema: Mapping[str, Any]) -> Any:
    """The model's ``value`` with everything that code can settle; what is left wrong is for the usual checks.

    Args:
        prompt: the question; the value of a dialog turn is completed from its context.
        value: as the model wrote it within ``bounded(schema)``.
        schema: JSON Schema of the answer.
    """
    value = _fitted(value, schema)
    if isinstance(prompt, DialogTurn) and isinstance(value, dict):
        value["knowledge_shared"] = _told(str(value.get("content", "")), prompt)
    return value


def _settled(schema: Mapping[str, Any]) -> bool:
    """Whether there is one value only."""
    return schema.get("maxItems") == 0 or len(schema.get("enum", "..")) == 1


def _fitted(value: Any, schema: Mapping[str, Any]) -> Any:
    """``value`` moved into the bounds that a grammar leaves open."""
    if "enum" in schema:
        return value if value in schema["enum"] else schema["enum"][0]
    kind = schema.get("type")
    if kind == "object" and isinstance(value, dict):
        parts = schema.get("properties", {})
        missing = [name for name in schema.get("required", ()) if name not in value and _settled(parts[name])]
        value = {**value, **{name: [] if "enum" not in parts[name] else None for name in missing}}
        return {name: _fitted(one, parts[name]) if name in parts else one for name, one in value.items()}
    if kind == "array" and isinstance(value, list):
        return _distinct(value, schema)
    if kind == "number" and isinstance(value, int | float) and not isinstance(value, bool):
        return _within(value, schema)
    if kind == "string" and isinstance(value, str):
        return _whole(value)
    return value


def _distinct(value: list[Any], schema: Mapping[str, Any]) -> list[Any]:
    items = schema.get("items", {})
    fitted = [_fitted(one, items) for one in value]
    if "enum" in items:
        fitted = list(dict.fromkeys(fitted))
        unused = [one for one in items["enum"] if one not in fitted]
        fitted += unused[: max(0, schema.get("minItems", 0) - len(fitted))]
    return fitted[: schema.get("maxItems", len(fitted))]


def _within(value: float, schema: Mapping[str, Any]) -> float:
    """The number itself, or the bound that it passes; a quarter of the range where the lower bound is not in it."""
    low: float | None = schema.get("minimum")
    above: float | None = schema.get("exclusiveMinimum")
    high: float | None = schema.get("maximum")
    if above is not None and value <= above:
        return above + (0.25 * (high - above) if high is not None else 1.0)
    if low is not None and value < low:
        return low
    return high if high is not None and value > high else value


def _whole(text: str) -> str:
    """``text`` without loose ends: a text that its bound cut off ends with its last whole sentence, or word."""
    line = " ".join(text.split())
    if len(text) < LONGEST_TEXT:
        return line
    ends = [found.end() for found in _END.finditer(line)]
    return line[: ends[-1]] if ends else line.rpartition(" ")[0] or line


def _told(content: str, prompt: DialogTurn) -> list[str]:
    """Ids of the facts that the words tell: by a fact's handle, or by most of its longer words."""
    context = prompt.context
    said = " ".join(words(content))
    used = set(said.split())
    return [
        one.id for one in context.knows
        if one.id not in context.inner.withheld and not one.common and _tells(one, said, used)
    ]  # fmt: skip


def _tells(item: KnownItem, said: str, used: set[str]) -> bool:
    handle = " ".join(words(item.handle))
    if handle and f" {handle} " in f" {said} ":
        return True
    longer = {word for word in words(item.content) if len(word) > LONGER}
    return bool(longer) and len(longer & used) >= LEAST_SHARED * len(longer)
