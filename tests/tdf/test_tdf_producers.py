"""What each service stores, as records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from timepoint_tdf import (
    TDFError,
    from_clockchain,
    from_flash,
    from_pro,
    from_proteus,
    infer_model_permissiveness,
    validate_document,
)

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)


def test_pro_export() -> None:
    export = {
        "run_id": "run_abc123",
        "created_at": "2026-03-06T12:00:00Z",
        "entities": [{"entity_id": "Webb"}, {"entity_id": "Chen"}, "a bare name"],
        "dialogs": [],
        "metadata": {"temporal_mode": "portal", "cost_usd": 0.42},
        "status": "completed",
    }
    record = from_pro(export)
    assert (record.id, record.source, record.timestamp) == ("run_abc123", "pro", NOW)
    assert (record.provenance.generator, record.provenance.run_id) == ("timepoint-pro", "run_abc123")
    assert list(record.payload) == ["entities", "dialogs", "metadata"]
    assert record.entity_ids == ["Webb", "Chen"]
    assert from_pro(export | {"entity_ids": ["figure-1"]}).entity_ids == ["figure-1"]


def test_pro_export_without_a_time_is_of_now() -> None:
    assert from_pro({"run_id": "r"}, now=NOW).timestamp == NOW
    before = datetime.now(UTC)
    assert before <= from_pro({"run_id": "r"}).timestamp <= datetime.now(UTC)


FLASH_KEYS = [
    "query", "slug", "year", "month", "day", "season", "time_of_day", "era", "location", "latitude",
    "longitude", "scene_data", "character_data",
    "dialog", "grounding_data", "moment_data", "metadata", "entity_ids",
]  # fmt: skip


def test_flash_scene() -> None:
    record = from_flash(
        {
            "id": "f-1",
            "created_at": datetime(2026, 2, 1, tzinfo=UTC),
            "query": "the Ides of March",
            "year": -44,
            "entity_ids": ["caesar"],
            "status": "completed",
            "text_model_used": "google/gemini-2.5-flash",
            "image_model_used": "stabilityai/sdxl",
            "model_provider": "openrouter",
            "generation_id": "g-9",
            "grounding_model": "perplexity/sonar",
            "grounding_status": "grounded",
            "grounded_at": "2026-02-01T00:00:01Z",
        }
    )
    assert list(record.payload) == FLASH_KEYS
    assert (record.payload["year"], record.payload["slug"]) == (-44, None)
    assert record.entity_ids == ["caesar"]
    made = record.provenance
    assert (record.source, made.generator, made.flash_id) == ("flash", "timepoint-flash", "f-1")
    assert (made.text_model, made.image_model) == ("google/gemini-2.5-flash", "stabilityai/sdxl")
    assert (made.model_permissiveness, made.model_provider, made.generation_id) == (
        "restricted",
        "openrouter",
        "g-9",
    )
    assert (made.grounding_model, made.grounding_status) == ("perplexity/sonar", "grounded")
    assert made.grounded_at == datetime(2026, 2, 1, 0, 0, 1, tzinfo=UTC)
    validate_document(record.to_dict())


def test_bare_flash_scene() -> None:
    record = from_flash({"id": "f-1", "grounded_at": " "}, now=NOW)
    assert (record.timestamp, record.entity_ids, record.provenance.grounded_at) == (NOW, [], None)
    assert set(record.payload.values()) == {None}
    assert record.provenance.model_permissiveness == "unknown"


CLOCKCHAIN_ENVELOPE = {
    "path": "1962/october/27",
    "id": "node-7",
    "created_at": "2026-02-11T09:30:00Z",
    "updated_at": "2026-02-12T09:30:00Z",
    "flash_timepoint_id": "f-1",
    "confidence": 0.8,
    "text_model": "deepseek/deepseek-chat",
    "image_model": None,
    "model_provider": "openrouter",
    "model_permissiveness": "permissive",
    "schema_version": "0.2",
    "generation_id": "g-9",
    "graph_state_hash": "f00d",
    "grounding_model": None,
    "grounding_status": "ungrounded",
    "grounded_at": "",
}


def test_clockchain_node() -> None:
    record = from_clockchain(CLOCKCHAIN_ENVELOPE | {"name": "ExComm", "layer": 2, "entity_ids": ["jfk"]})
    assert (record.id, record.source) == ("1962/october/27", "clockchain")
    assert record.payload == {"name": "ExComm", "layer": 2, "entity_ids": ["jfk"]}
    assert record.entity_ids == ["jfk"]
    made = record.provenance
    assert (made.generator, made.flash_id, made.confidence) == ("timepoint-clockchain", "f-1", 0.8)
    assert (made.text_model, made.model_permissiveness) == ("deepseek/deepseek-chat", "permissive")
    assert (made.schema_version, made.generation_id, made.grounding_status) == ("0.2", "g-9", "ungrounded")
    assert made.grounded_at is None


@pytest.mark.parametrize("created_at", ["", "  ", None])
def test_clockchain_node_without_a_time(created_at: str | None) -> None:
    record = from_clockchain({"id": "node-7", "path": "", "created_at": created_at}, now=NOW)
    assert (record.id, record.timestamp, record.payload) == ("node-7", NOW, {})
    assert record.provenance.schema_version == "0.1"


def test_proteus_market() -> None:
    record = from_proteus(
        {
            "market_id": 0,
            "resolved_at": "2026-03-06T12:00:00Z",
            "total_pool": 10**24,
            "gas_used": 21000,
            "fee": 1,
        }
    )
    assert (record.id, record.source, record.timestamp) == ("proteus-market-0", "proteus", NOW)
    assert (record.provenance.generator, record.provenance.run_id) == ("proteus-markets", "0")
    assert list(record.payload) == [
        "actor_handle", "actual_text", "predicted_text", "levenshtein_distance", "winning_submission_id",
        "submission_count", "total_pool", "tx_hash", "block_number", "gas_used",
    ]  # fmt: skip
    assert f'"total_pool":{10**24}' in record.model_dump_json()


@pytest.mark.parametrize(
    ("transform", "missing"),
    [
        (from_pro, "'run_id'"),
        (from_flash, "'id'"),
        (from_clockchain, "'path' or 'id'"),
        (from_proteus, "'market_id'"),
    ],
)
def test_without_an_id_there_is_no_record(transform: Any, missing: str) -> None:
    with pytest.raises(TDFError, match=f"missing {missing}; the keys are: title"):
        transform({"title": "x"})


def test_a_bad_time_is_refused() -> None:
    with pytest.raises(ValueError, match=r"TDFRecord\.timestamp"):
        from_flash({"id": "f-1", "created_at": "yesterday"})


@pytest.mark.parametrize(
    ("model", "label"),
    [
        ("deepseek/deepseek-r1", "permissive"),
        ("Qwen/Qwen2.5-7B", "permissive"),
        ("meta-llama/llama-3.1-70b-instruct", "permissive"),
        ("mistralai/mixtral-8x7b-instruct", "permissive"),
        ("nvidia/gpt-style-8b", "permissive"),
        ("stabilityai/sdxl", "permissive"),
        ("google/gemma-2", "restricted"),
        ("gemini-2.5-flash", "restricted"),
        ("anthropic/claude-tuned-on-qwen", "restricted"),
        ("claude-3-haiku", "restricted"),
        ("openai/o3", "restricted"),
        ("chatgpt-4o-latest", "restricted"),
        ("x-ai/grok-2", "unknown"),
        ("scripted", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_permissiveness(model: str | None, label: str) -> None:
    assert infer_model_permissiveness(model) == label
