"""Deterministic answers of the test server: a valid value for a JSON Schema, and plain varied sentences."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

OPENERS = (
    "Honestly", "From where I stand", "Before we decide", "Let me be plain", "Look", "As far as I can tell", "Today",
    "If you ask me", "Given the hour", "Still", "To start with", "On balance", "Either way", "By the book",
)  # fmt: skip
SUBJECTS = (
    "the crew", "our schedule", "this table", "my team", "the night shift", "every delay", "that plan",
    "the whole room", "your proposal", "this silence", "the paperwork", "our patience", "the weather outside",
    "a second opinion",
)  # fmt: skip
VERBS = (
    "needs", "deserves", "will cost us", "cannot replace", "depends on", "points towards", "asks for", "leaves us",
    "hides", "outweighs", "rests on", "slows down", "explains", "comes before",
)  # fmt: skip
OBJECTS = (
    "a clear answer", "more time", "one honest check", "a smaller step", "fresh eyes", "what we promised",
    "a quiet hour", "better numbers", "somebody in charge", "the next meeting", "a written note", "less guessing",
    "an open door", "two careful hands",
)  # fmt: skip
ENDINGS = (
    "and I would rather say it now", "so let us go on", "which nobody has denied", "while there is daylight",
    "and that is all I ask", "even if it hurts", "because tomorrow is late", "as we said on Monday", "or so it seems",
    "and you know why", "without further noise", "until somebody objects", "for the third time this week",
    "whatever comes after",
)  # fmt: skip

TOLD_TO_CLOSE = "act is close."


def answer_for(messages: list[dict[str, str]], schema: dict[str, Any], seed: int) -> dict[str, Any]:
    """A value that satisfies ``schema``, the same for the same question and seed."""
    digest = hashlib.blake2b(json.dumps([messages, schema, seed], sort_keys=True).encode(), digest_size=8).digest()
    value = value_of(schema, random.Random(digest), "")
    if "act" in value:  # like a model that does as it is told: a scene is closed where the prompt says so
        told = any(TOLD_TO_CLOSE in one["content"] for one in messages)
        value["act"] = "close" if told else "inform" if value["act"] == "close" else value["act"]
    return value


def value_of(schema: dict[str, Any], rng: random.Random, name: str) -> Any:
    """A random valid value; the parts of JSON Schema that the product's prompts use."""
    if "enum" in schema:
        return rng.choice(schema["enum"])
    kind = schema.get("type")
    if kind == "object":
        required = set(schema.get("required", ()))
        value = {key: value_of(part, rng, key) for key, part in schema["properties"].items() if key in required}
        if {"question", "option"} <= value.keys():  # an option belongs to one question; none belongs to all
            value["option"] = ""
        return value
    if kind == "array":
        return array_of(schema, rng, name)
    if kind == "string":
        return text_of(schema, rng, name)
    if kind == "integer":
        return rng.randint(int(schema.get("minimum", 0)), int(schema.get("maximum", 9)))
    if kind == "number":
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0.0))
        return round(low + (0.1 + 0.8 * rng.random()) * (schema.get("maximum", low + 1.0) - low), 3)
    if kind == "boolean":
        return rng.random() < 0.5
    return None


def array_of(schema: dict[str, Any], rng: random.Random, name: str) -> list[Any]:
    least, most = schema.get("minItems", 0), schema.get("maxItems", 3)
    items = schema.get("items", {})
    if "enum" in items:
        size = min(len(items["enum"]), max(least, min(most, rng.randint(0, 2))))
        return rng.sample(items["enum"], size)
    return [value_of(items, rng, name) for _ in range(max(least, min(most, least)))]


def text_of(schema: dict[str, Any], rng: random.Random, name: str) -> str:
    if name == "title":
        text = f"{rng.choice(SUBJECTS)} and {rng.choice(OBJECTS)}".capitalize()
    else:
        text = sentence(rng) if rng.random() < 0.5 else f"{sentence(rng)} {sentence(rng)}"
    return text[: schema.get("maxLength", 400)].strip() or "Yes."


def sentence(rng: random.Random) -> str:
    parts = (rng.choice(SUBJECTS), rng.choice(VERBS), rng.choice(OBJECTS), rng.choice(ENDINGS))
    return f"{rng.choice(OPENERS)}, {' '.join(parts)}."


def schema_in(body: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of the request's response_format, else the last one that stands in its messages."""
    form = body.get("response_format") or {}
    if form.get("type") == "json_schema":
        return form["json_schema"]["schema"]
    for message in reversed(body["messages"]):
        at = message["content"].find('{"type":"object"')
        if at >= 0:
            return json.JSONDecoder().raw_decode(message["content"], at)[0]
    return None
