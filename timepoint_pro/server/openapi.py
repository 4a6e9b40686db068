"""The interface described as an OpenAPI 3.1 document; the routes take their parameters from it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from timepoint_pro.exporters.dataset.trainers import PREFERENCE
from timepoint_pro.exporters.tasks.catalogue import PAIRED
from timepoint_pro.exporters.tasks.example import METADATA, Feature
from timepoint_pro.server.answers import JSON_LINES
from timepoint_pro.templates.vocabulary import MODES, TASKS, TRAINERS
from timepoint_pro.version import VERSION
from timepoint_tdf import tdf_schema

JSON, JSON_LD = "application/json", "application/ld+json"
STATUSES = ("running", "completed", "failed", "interrupted", "budget")
MOST_RUNS = 1000
KEPT = "kept"
"""Word of the parameter ``repeats`` that sends what several paths of a run have alike each time."""
Plain = dict[str, Any]

_DEFS, _SCHEMAS = "#/$defs/", "#/components/schemas/"
_RUN_ID: Plain = {
    "name": "run_id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1},
    "description": "Id of a run, or `last` for the newest.", "example": "last",
}  # fmt: skip
_RUN_IDS: Plain = {
    "name": "run_id", "in": "query", "schema": {"type": "array", "items": {"type": "string", "minLength": 1}},
    "description": "Runs, in this order; repeat the parameter. All completed runs without it, the oldest first.",
}  # fmt: skip


@cache
def parameters(path: str) -> Mapping[str, Plain]:
    """The schemas of a route's query parameters, by name."""
    operation = describe(with_token=False)["paths"][path]["get"]
    return {one["name"]: one["schema"] for one in operation.get("parameters", ()) if one["in"] == "query"}


def describe(*, with_token: bool) -> Plain:
    """The document.

    Args:
        with_token: whether requests must carry a bearer token.
    """
    document: Plain = {
        "openapi": "3.1.0",
        "info": {
            "title": "Timepoint Pro", "version": VERSION,
            "description": "Runs of social simulations and the training data made from them. Read only.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {path: {"get": operation} for path, operation in _operations(with_token).items()},
        "components": {"schemas": _schemas()},
    }  # fmt: skip
    if with_token:
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
    return document


def _operations(with_token: bool) -> Plain:
    export = {"$ref": f"{_SCHEMAS}DataExport"}
    future = {"$ref": f"{_SCHEMAS}RenderedFuture"}
    return {
        "/api/runs": _operation(
            "listRuns", "The runs, newest first.", {JSON: {"schema": {"$ref": f"{_SCHEMAS}Runs"}}}, with_token,
            _query("status", {"type": "string", "enum": list(STATUSES)}, "Only runs of this status."),
            _query("template", {"type": "string"}, "Only runs of this template."),
            _query("temporal_mode", {"type": "string", "enum": list(MODES)}, "Only runs of this mode."),
            _query("limit", {"type": "integer", "minimum": 1, "maximum": MOST_RUNS, "default": 100}, "How many."),
            _query("offset", {"type": "integer", "minimum": 0, "maximum": 2**31, "default": 0}, "How many to skip."),
        ),
        "/api/data-export/{run_id}": _operation(
            "dataExport", "A run's entities, dialogs, causal edges and metadata.", {JSON: {"schema": export}},
            with_token, _RUN_ID,
        ),
        "/api/tdf/{run_id}": _operation(
            "tdfDocument", "A run as a TDF document (RenderedFuture, JSON-LD).", {JSON_LD: {"schema": future}},
            with_token, _RUN_ID,
        ),
        "/api/tdf": _operation(
            "tdfStream", "TDF documents of several runs, one a line.", _lines(future), with_token, _RUN_IDS,
        ),
        "/api/training-data/{run_id}": _operation(
            "trainingData", "Training records of a run, one a line.", _lines({"$ref": f"{_SCHEMAS}TrainingRecord"}),
            with_token, _RUN_ID,
            _query("task", {"type": "string", "enum": list(TASKS), "default": "dialog_turn"}, "Training task."),
            _query(
                "trainer", {"type": "string", "enum": list(TRAINERS), "default": "instruct"},
                f"Shape of a record; {PREFERENCE} takes the tasks {', '.join(PAIRED)} alone.",
            ),
            _query(
                "repeats", {"type": "string", "enum": ["left_out", KEPT], "default": "left_out"},
                "Turns and transitions that an earlier path of the run has word for word.",
            ),
        ),
    }  # fmt: skip


def _operation(name: str, summary: str, content: Plain, with_token: bool, *parameters: Plain) -> Plain:
    refusals = {"400": "The request is wrong; the message says how.", "503": "The database cannot serve now."}
    if any(one["name"] == "run_id" for one in parameters):
        refusals |= {"404": "No run of that id.", "422": "The run is there and cannot be exported."}
    if with_token:
        refusals["401"] = "The token is missing or wrong."
    failed = {JSON: {"schema": {"$ref": f"{_SCHEMAS}Failure"}}}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": list(parameters),
        "responses": {
            "200": {"description": summary, "content": content},
            **{code: {"description": words, "content": failed} for code, words in sorted(refusals.items())},
        },
    }


def _query(name: str, schema: Plain, about: str) -> Plain:
    return {"name": name, "in": "query", "schema": schema, "description": about}


def _lines(line: Plain) -> Plain:
    """A stream of JSON values. The schema of its text says nothing of them, so each line's own stands beside it."""
    return {JSON_LINES: {"schema": {"type": "string"}, "x-line-schema": line}}


def _schemas() -> Plain:
    future = _moved(tdf_schema("RenderedFuture"))
    parts = future.pop("$defs")
    for key in ("$schema", "$id"):
        future.pop(key, None)
    text, number, whole = {"type": "string"}, {"type": "number", "minimum": 0}, {"type": "integer", "minimum": 0}
    run = {
        "run_id": text, "template": text, "temporal_mode": text, "seed": {"type": "integer"}, "model": text,
        "status": {"type": "string", "enum": list(STATUSES)}, "turns": whole, "cost_usd": number,
        "token_count": whole, "created_at": text, "error": {"type": ["string", "null"]},
    }  # fmt: skip
    metadata = {
        "mechanisms": {"type": "array", "items": text}, "temporal_mode": text, "cost_usd": number,
        "token_count": whole,
    }  # fmt: skip
    return {
        **parts,
        "RenderedFuture": future,
        "Failure": _object({"error": text}),
        "Run": _object(run),
        "Runs": _object({"runs": {"type": "array", "items": {"$ref": f"{_SCHEMAS}Run"}}, "total": whole}),
        "DataExport": _object({
            "run_id": text,
            "entities": _list_of(future, "entities"),
            "dialogs": _list_of(future, "dialogs"),
            "causal_edges": _list_of(future["properties"]["causal_graph"], "edges"),
            "metadata": _object(metadata),
        }),
        "TrainingRecord": {
            "type": "object", "properties": {"metadata": {"$ref": f"{_SCHEMAS}RecordMetadata"}}, "minProperties": 1,
        },
        "RecordMetadata": _shape(dict(METADATA)),
    }  # fmt: skip


def _moved(value: Any) -> Any:
    """A JSON Schema with its references where OpenAPI keeps what they name."""
    if isinstance(value, dict):
        return {
            key: f"{_SCHEMAS}{inner.removeprefix(_DEFS)}" if key == "$ref" else _moved(inner)
            for key, inner in value.items()
        }
    return [_moved(inner) for inner in value] if isinstance(value, list) else value


def _list_of(schema: Plain, name: str) -> Plain:
    found: Plain = schema["properties"][name]
    return found


def _object(properties: Plain) -> Plain:
    return {
        "type": "object", "properties": properties, "required": list(properties), "additionalProperties": False,
    }  # fmt: skip


def _shape(feature: Feature) -> Plain:
    """A column's type as JSON Schema."""
    if isinstance(feature, dict):
        return _object({key: _shape(inner) for key, inner in feature.items()})
    if isinstance(feature, list):
        return {"type": "array", "items": _shape(feature[0])}
    return {"type": {"int64": "integer", "float64": "number", "bool": "boolean"}.get(feature, feature)}
