"""TDFRecord: the envelope, its hash, and agreement with what pydantic models of its shape print."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from timepoint_tdf import SCHEMA_VERSIONS, TDFError, TDFProvenance, TDFRecord, validate_document

# Golden: printf '%s' '{"a": [1, 2.5], "b": "\u00e9"}' | sha256sum
GOLDEN_PAYLOAD = {"b": "é", "a": [1, 2.5]}
GOLDEN_HASH = "47cf6e7b86034be9d1f8867945f36940d565eb32fa89b7ed71f0a633d7f1298c"


class Provenance(BaseModel):
    """What a service that uses pydantic declares, field by field, from the description of the format."""

    generator: str
    run_id: str | None = None
    confidence: float | None = None
    flash_id: str | None = None
    text_model: str | None = None
    image_model: str | None = None
    model_provider: str | None = None
    model_permissiveness: str | None = None
    schema_version: str = "0.1"
    generation_id: str | None = None
    grounding_model: str | None = None
    grounding_status: str | None = None
    grounded_at: datetime | None = None


class Record(BaseModel):
    id: str
    version: str = "1.0.0"
    source: Literal["clockchain", "flash", "pro", "proteus", "snag-bench"]
    timestamp: datetime
    provenance: Provenance
    payload: dict[str, Any]
    entity_ids: list[str] = Field(default_factory=list)
    tdf_hash: str = ""


def record(**changes: Any) -> TDFRecord:
    fields: dict[str, Any] = {
        "id": "r-1",
        "source": "pro",
        "timestamp": "2026-03-01T14:00:00Z",
        "provenance": {"generator": "timepoint-pro"},
        "payload": dict(GOLDEN_PAYLOAD),
    }
    return TDFRecord(**fields | changes)


def test_construction_from_text_and_mappings() -> None:
    made = record()
    assert made.timestamp == datetime(2026, 3, 1, 14, tzinfo=UTC)
    assert made.provenance == TDFProvenance(generator="timepoint-pro")
    assert (made.version, made.provenance.schema_version, made.entity_ids) == ("1.0.0", "0.1", [])
    assert record(timestamp=datetime(2026, 3, 1, 14, tzinfo=UTC)) == made
    assert record(provenance=TDFProvenance(generator="timepoint-pro")) == made
    assert set(SCHEMA_VERSIONS) == {"0.1", "0.2"}


def test_hash_is_of_the_payload_alone() -> None:
    assert record().tdf_hash == GOLDEN_HASH
    changed = record(provenance={"generator": "x", "confidence": 0.5}, entity_ids=["a"], id="other")
    assert changed.tdf_hash == GOLDEN_HASH
    assert record(payload=GOLDEN_PAYLOAD | {"c": 1}).tdf_hash != GOLDEN_HASH
    assert record(payload=dict(reversed(GOLDEN_PAYLOAD.items()))).tdf_hash == GOLDEN_HASH


def test_hash_writes_other_values_as_their_text() -> None:
    moment = datetime(2026, 3, 1, 14, tzinfo=UTC)
    as_text = '{"at": "2026-03-01 14:00:00+00:00", "stake": "1.50"}'
    expected = hashlib.sha256(as_text.encode()).hexdigest()
    assert record(payload={"stake": Decimal("1.50"), "at": moment}).tdf_hash == expected


def test_a_given_hash_is_kept_and_can_be_checked() -> None:
    kept = record(tdf_hash="given")
    assert kept.tdf_hash == "given"
    assert kept.compute_hash() == GOLDEN_HASH
    assert record(tdf_hash="").tdf_hash == GOLDEN_HASH


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"source": "elsewhere"},
            "TDFRecord.source: expected one of clockchain, flash, pro, proteus, snag-bench",
        ),
        ({"source": None}, "TDFRecord.source"),
        ({"timestamp": "noon"}, "TDFRecord.timestamp: expected an ISO 8601 time"),
        ({"timestamp": 12}, "TDFRecord.timestamp: expected a datetime"),
        ({"id": 7}, "TDFRecord.id: expected str, found 7"),
        ({"payload": [1]}, "TDFRecord.payload: expected an object"),
        ({"entity_ids": "Webb"}, "TDFRecord.entity_ids: expected a list"),
        ({"entity_ids": ["Webb", 2]}, r"TDFRecord.entity_ids\[1\]"),
        ({"provenance": {}}, "TDFProvenance: missing generator"),
        ({"provenance": None}, "TDFProvenance: expected an object"),
        ({"provenance": {"generator": "g", "confidence": "high"}}, "confidence: expected number or None"),
        ({"provenance": {"generator": "g", "confidence": True}}, "confidence: expected number or None"),
        ({"provenance": {"generator": "g", "grounded_at": ""}}, "TDFProvenance.grounded_at"),
        ({"payload": {1: "a", "b": 2}}, "cannot be hashed"),
    ],
)
def test_wrong_values_are_value_errors_that_name_the_field(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        record(**changes)
    assert isinstance(caught.value, TDFError)


def test_missing_fields_are_named(envelope: dict[str, Any]) -> None:
    del envelope["payload"], envelope["id"]
    with pytest.raises(TDFError, match="TDFRecord: missing id, payload"):
        TDFRecord.model_validate(envelope)


def test_other_producers_round_trip(envelope: dict[str, Any]) -> None:
    kept = TDFRecord.from_dict(envelope)
    assert repr(kept.to_dict()) == repr(envelope)
    assert kept.payload["stake"] == 10**24
    assert kept.provenance.grounded_at == datetime(2026, 2, 11, 9, 29, 59, 500000)
    assert kept.extra == {"chain_height": 118}
    validate_document(kept.to_dict())


def test_model_dump_gives_every_field(envelope: dict[str, Any]) -> None:
    made = TDFRecord.model_validate(envelope)
    dumped = made.model_dump()
    assert dumped["timestamp"] == datetime(2026, 2, 11, 9, 30, tzinfo=UTC)
    assert dumped["provenance"]["run_id"] is None
    assert "text_model" in dumped["provenance"]
    assert TDFRecord.model_validate(dumped) == made
    assert made.model_dump(mode="json")["timestamp"] == "2026-02-11T09:30:00Z"
    brief = made.model_dump(exclude={"payload"}, exclude_none=True)
    assert "payload" not in brief
    assert "run_id" not in brief["provenance"]


def test_dumping_shares_nothing_with_the_record() -> None:
    made = record(payload={"deep": {"list": [1]}})
    made.model_dump()["payload"]["deep"]["list"].append(2)
    made.to_dict()["payload"]["deep"]["list"].append(2)
    assert made.payload == {"deep": {"list": [1]}}


def test_json_text() -> None:
    made = record()
    text = made.model_dump_json()
    assert text.startswith('{"id":"r-1","version":"1.0.0","source":"pro","timestamp":"2026-03-01T14:00:00Z",')
    assert TDFRecord.model_validate_json(text) == made
    assert TDFRecord.model_validate_json(text.encode()) == made
    indented = made.model_dump_json(indent=2)
    assert indented.splitlines()[1] == '  "id": "r-1",'
    assert json.loads(indented) == json.loads(text)
    with pytest.raises(TDFError, match="indent"):
        made.model_dump_json(indent=4)
    with pytest.raises(TDFError, match="not valid JSON"):
        TDFRecord.model_validate_json("{")
    with pytest.raises(TDFError, match="not valid JSON"):
        TDFRecord.model_validate_json(text.replace("2.5", "NaN,1234567890123456789"))
    with pytest.raises(TDFError, match="expected an object"):
        TDFRecord.model_validate_json("[]")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [1, {"x": -float("inf")}]])
def test_numbers_that_json_lacks_are_refused(value: Any) -> None:
    with pytest.raises(TDFError, match=r"\$\.payload\.odd.* cannot be written as JSON"):
        record(payload={"odd": value, "absent": None}).model_dump_json()


def test_keys_that_are_numbers_become_text() -> None:
    odd = {1: 2**70, 2.5: 1e-7}
    text = record(payload={"odd": odd}).model_dump_json()
    assert f'"odd":{{"1":{2**70},"2.5":1e-7}}' in text


@pytest.mark.parametrize("value", [object(), "\ud83d", b"\xff", {(1, 2): 3}])
def test_values_without_a_json_form_are_refused(value: Any) -> None:
    with pytest.raises(TDFError):
        record(payload={"odd": value}).model_dump_json()


MOMENTS = st.datetimes(
    min_value=datetime(1, 1, 2),
    max_value=datetime(9999, 12, 30),
    timezones=st.none()
    | st.sampled_from(
        [
            UTC,
            timezone(timedelta(hours=5, minutes=30)),
            timezone(-timedelta(hours=3)),
            ZoneInfo("Europe/London"),
        ]
    ),
).filter(lambda moment: moment.utcoffset() is None or moment.utcoffset().seconds % 60 == 0)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | MOMENTS
    | st.dates()
    | st.uuids()
    | st.decimals(allow_nan=False, allow_infinity=False)
)
PAYLOADS = st.dictionaries(
    st.text(),
    st.recursive(
        LEAVES, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(), x, max_size=3), max_leaves=6
    ),
    max_size=4,
)


@settings(max_examples=150)
@given(
    payload=PAYLOADS,
    timestamp=MOMENTS,
    grounded_at=st.none() | MOMENTS,
    confidence=st.none() | st.floats(0, 1),
    entity_ids=st.lists(st.text(), max_size=3),
)
def test_same_text_as_a_pydantic_model(
    payload: dict[str, Any], timestamp: datetime, grounded_at: Any, confidence: Any, entity_ids: list[str]
) -> None:
    fields: dict[str, Any] = {
        "id": "r-1",
        "source": "flash",
        "timestamp": timestamp,
        "provenance": {"generator": "g", "confidence": confidence, "grounded_at": grounded_at},
        "payload": payload,
        "entity_ids": entity_ids,
    }
    ours = TDFRecord(**fields)
    theirs = Record(**fields, tdf_hash=ours.tdf_hash)
    text = theirs.model_dump_json()
    assert ours.model_dump_json() == text
    assert ours.model_dump() == theirs.model_dump()
    # What they wrote, read and written by us, is the same text, and they can read ours.
    assert TDFRecord.model_validate_json(text).model_dump_json() == text
    assert Record.model_validate_json(ours.model_dump_json()).model_dump_json() == text
    validate_document(ours.to_dict())


def test_values_in_payloads_have_the_form_that_pydantic_gives() -> None:
    payload = {
        "id": UUID(int=3),
        "day": date(2026, 3, 1),
        "stake": Decimal("1.50"),
        "text": b"abc",
        "one": {1},
    }
    dumped = json.loads(record(payload=payload).model_dump_json())["payload"]
    assert dumped == {
        "id": "00000000-0000-0000-0000-000000000003",
        "day": "2026-03-01",
        "stake": "1.50",
        "text": "abc",
        "one": [1],
    }
