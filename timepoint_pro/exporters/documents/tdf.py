"""The run as TDF: the RenderedFuture document, and the data export that the HTTP interface gives."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from timepoint_pro.errors import DataError
from timepoint_pro.exporters.contract import Format, Recorded, Settings, Source
from timepoint_pro.exporters.documents.story_paths import story_paths, supposed
from timepoint_pro.exporters.files import Outbox
from timepoint_pro.llm.registry import load_registry
from timepoint_pro.templates.vocabulary import MODES

CONTEXT_URL = "https://timepoint.ai/tdf/v1"
TDF_FILE, JSON_FILE = "tdf_export.json", "data_export.json"


def tdf_document(run: Recorded) -> dict[str, Any]:
    """The RenderedFuture document as plain data; ``timepoint_tdf`` reads, checks and writes it.

    Times come from the run's row, never from the clock: the same run id, template and seed give the same bytes in
    another database, where SOURCE_DATE_EPOCH fixes the time. What the template's ``outputs.include_*`` leave out
    is left out.

    Raises:
        RunNotFoundError: when there is no such run.
        DataError: when the run is in a mode from outside the library, which TDF has no word for.
    """
    source = Source(run.store, run.run_id)
    mode, outputs = source.row["temporal_mode"], source.template.outputs
    if mode not in MODES:
        known = ", ".join(MODES)
        raise DataError(f"run {source.run_id!r} is in {mode} mode, and TDF knows {known}; take another format for it")
    document: dict[str, Any] = {
        "@context": CONTEXT_URL,
        "@type": "RenderedFuture",
        "run_id": source.run_id,
        "scenario": source.row["template"],
        "temporal_mode": mode,
        "entities": _entities(source),
        "timepoints": _timepoints(source),
        "dialogs": _dialogs(source) if outputs.include_dialogs else [],
        "causal_graph": {"nodes": _nodes(source), "edges": _edges(source)},
    }
    if outputs.include_knowledge_flow:
        document["exposure_events"] = _exposures(source)
    if outputs.include_relationships:
        document["relationships"] = _relationships(source)
    document["paths"] = story_paths(source)
    document["violations"] = _violations(source)
    document["provenance"] = _provenance(source)
    return document


def data_export(run: Recorded) -> dict[str, Any]:
    """The run as ``GET /api/data-export/{run_id}`` returns it: run_id, entities, dialogs, causal_edges, metadata.

    Raises:
        RunNotFoundError: when there is no such run.
    """
    source = Source(run.store, run.run_id)
    row = source.row
    return {
        "run_id": source.run_id,
        "entities": _entities(source),
        "dialogs": _dialogs(source) if source.template.outputs.include_dialogs else [],
        "causal_edges": _edges(source),
        "metadata": {
            "mechanisms": list(source.mechanisms),
            "temporal_mode": row["temporal_mode"],
            "cost_usd": row["cost_usd"],
            "token_count": row["token_count"],
        },
    }


def log_sha256(source: Source) -> str:
    """SHA-256, in hex, of the log: one JSON array a line (chunk, number, id, moment, hours, beat, mechanism, type,
    body), ordered by chunk and number, so that the order in which branches were committed does not count."""
    digest = hashlib.sha256()
    rows = source.store.iterate(
        "SELECT chunk, seq, event_id, timepoint_id, at, beat, mechanism, type, body FROM events "
        "WHERE run_id = ? ORDER BY chunk, seq",
        (source.run_id,),
    )
    for row in rows:
        digest.update(orjson.dumps(list(row.values()), option=orjson.OPT_APPEND_NEWLINE))
    return digest.hexdigest()


def _entities(source: Source) -> list[dict[str, Any]]:
    return [_entity(row) for row in source.rows("entities", "position, entity_id")]


def _entity(row: Mapping[str, Any]) -> dict[str, Any]:
    details = orjson.loads(row["metadata"] or "{}")
    metadata = {
        "name": row["name"],
        "role": row["role"],
        "archetype": row["archetype"],
        "cognitive": {key: details[key] for key in ("traits", "goals", "voice") if details.get(key)},
        "physical": details.get("body"),
        "resolution_level": details.get("resolution_level"),
    }
    entity = {
        "entity_id": row["entity_id"],
        "entity_type": row["entity_type"],
        "metadata": {key: value for key, value in metadata.items() if value},
    }
    tensor = _tensor(row["tensor"])
    return entity | {"tensor": tensor} if tensor else entity


def _tensor(text: str | None) -> dict[str, Any]:
    """The three vectors under the names that TDF gives them."""
    return {f"{name}_vector": values for name, values in orjson.loads(text or "{}").items()}


def _timepoints(source: Source) -> list[dict[str, Any]]:
    states: dict[str, list[dict[str, Any]]] = {}
    for row in source.rows("states", "timepoint_id, entity_id"):
        shown = {name: row[name] for name in ("entity_id", "emotional_valence", "emotional_arousal", "energy_budget")}
        shown["tensor"] = _tensor(row["tensor"])
        states.setdefault(row["timepoint_id"], []).append(shown)
    return [
        _present(
            {
                "timepoint_id": row["timepoint_id"],
                "timestamp": row["timestamp"],
                "title": row["title"],
                "description": _described(row, source.row["temporal_mode"]),
                "circumstance": row["circumstance"],
                "entities_present": orjson.loads(row["entities_present"]),
                "causal_antecedents": orjson.loads(row["causal_antecedents"]),
                "importance": row["importance"],
                "path_id": row["path_id"],
                "question": _text_of(row["question"]),
                "outcome": row["outcome"],
                "scene": orjson.loads(row["scene"] or "{}"),
                "states": states.get(row["timepoint_id"], []),
            },
            keep=("entities_present", "causal_antecedents"),
        )
        for row in source.rows("timepoints", "position, timepoint_id")
    ]


def _described(row: Mapping[str, Any], mode: str) -> str:
    """What happens in a moment; of a portal, where a scene may have taken another course, as the search supposed it."""
    description, circumstance = str(row["description"] or ""), str(row["circumstance"] or "")
    if mode == "portal" and description and description != circumstance:
        return supposed(description)
    return description or circumstance


def _dialogs(source: Source) -> list[dict[str, Any]]:
    present = {
        row["timepoint_id"]: orjson.loads(row["entities_present"])
        for row in source.rows("timepoints", "position, timepoint_id")
    }
    turns: dict[str, list[dict[str, Any]]] = {}
    for row in source.rows("dialogs", "timepoint_id, turn_index"):
        turns.setdefault(row["timepoint_id"], []).append(_turn(row))
    return [
        {"dialog_id": f"dialog:{moment}", "timepoint_id": moment, "participants": people, "turns": turns[moment]}
        for moment, people in present.items()
        if moment in turns
    ]


def _turn(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "turn_id": row["turn_id"],
        "speaker": row["speaker"],
        "content": row["content"],
        "timestamp": row["timestamp"],
        "emotional_tone": row["emotional_tone"],
        "tactic": row["tactic"],
        "addressed_to": orjson.loads(row["addressed_to"]),
        "knowledge_shared": orjson.loads(row["knowledge_shared"]),
        "act": row["act"],
        "uptake": row["uptake"],
        "model": row["model"],
        "state": {name: row[name] for name in ("emotional_valence", "emotional_arousal", "energy_budget")},
    }


def _nodes(source: Source) -> list[dict[str, Any]]:
    """Timepoints, and whatever else an edge names."""
    nodes = {
        row["timepoint_id"]: _present({"id": row["timepoint_id"], "type": "timepoint", "label": row["title"]})
        for row in source.rows("timepoints", "position, timepoint_id")
    }
    for edge in _edges(source):
        for end in (edge["source"], edge["target"]):
            nodes.setdefault(end, {"id": end, "type": "event"})
    return list(nodes.values())


def _edges(source: Source) -> list[dict[str, Any]]:
    return [
        _present({name: row[name] for name in ("source", "target", "type", "strength", "mechanism")})
        for row in source.rows("causal_edges", "source, target, type, mechanism")
    ]


def _exposures(source: Source) -> list[dict[str, Any]]:
    columns = (
        "exposure_id", "entity_id", "item_id", "content", "how", "source", "timepoint_id", "timestamp", "confidence",
    )  # fmt: skip
    return [
        _present({name: row[name] for name in columns} | {"parents": orjson.loads(row["parents"])})
        for row in source.rows("exposure_events", "timestamp, rowid")
    ]


def _relationships(source: Source) -> list[dict[str, Any]]:
    rows = source.store.query(
        "SELECT r.* FROM relationships AS r JOIN timepoints AS t USING (run_id, timepoint_id) WHERE run_id = ? "
        "ORDER BY t.position, r.timepoint_id, r.source, r.target",
        (source.run_id,),
    )
    columns = ("source", "target", "trust", "affinity", "power", "interactions", "timepoint_id")
    return [_present({name: row[name] for name in columns} | {"type": row["kind"]}) for row in rows]


def _violations(source: Source) -> list[dict[str, Any]]:
    columns = ("violation_id", "timepoint_id", "rule", "severity", "entity_id", "explanation")
    return [
        _present({name: row[name] for name in columns} | {"evidence": orjson.loads(row["evidence"])})
        for row in source.rows("violations", "rowid")
    ]


def _provenance(source: Source) -> dict[str, Any]:
    row, registry = source.row, load_registry()
    generator, _, version = row["generator"].partition(" ")
    models = [
        {"model": model, "license": registry.license_of(model), "actions": _actions(source, model)}
        for model in source.models
    ]
    return _present(
        {
            "generated_at": row["updated_at"] or row["created_at"],
            "generator": generator,
            "version": version,
            "seed": row["seed"],
            "model": row["model"],
            "models": models,
            "mechanisms": list(source.mechanisms),
            "training_safe": bool(row["training_safe"]),
            "cost_usd": row["cost_usd"],
            "cost_source": row["cost_source"],
            "token_count": row["token_count"],
            "template_sha256": source.template_sha256,
            "log_sha256": log_sha256(source),
        }
    )


def _actions(source: Source, model: str) -> list[str]:
    rows = source.store.query(
        "SELECT DISTINCT action FROM llm_calls WHERE run_id = ? AND model = ? ORDER BY action", (source.run_id, model)
    )
    return [row["action"] for row in rows]


def _text_of(question: str | None) -> str | None:
    asked = orjson.loads(question or "null")
    return None if asked is None else str(asked["text"])


def _present(values: Mapping[str, Any], keep: Iterable[str] = ()) -> dict[str, Any]:
    """``values`` without those that say nothing: None, and empty texts, lists and objects."""
    kept = frozenset(keep)
    return {key: value for key, value in values.items() if key in kept or not (value is None or value in ("", [], {}))}


def _write_tdf(source: Source, _settings: Settings, out: Outbox) -> None:
    from timepoint_tdf import validate_document

    document = tdf_document(source)
    validate_document(document)
    with out.file(TDF_FILE) as sink:
        sink.write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))


def _write_json(source: Source, _settings: Settings, out: Outbox) -> None:
    with out.file(JSON_FILE) as sink:
        sink.write(orjson.dumps(data_export(source), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


TDF = Format(lambda _source, _settings: (TDF_FILE,), _write_tdf)
JSON = Format(lambda _source, _settings: (JSON_FILE,), _write_json)
