"""RenderedFuture: what it accepts, keeps, refuses and hands on."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mars_mission_document import mars_mission

import timepoint_tdf as tdf


class Store:
    """The smallest thing that ``from_pro`` reads a run from."""

    def __init__(self, *documents: Mapping[str, Any]) -> None:
        self.documents = {document["run_id"]: document for document in documents}

    def tdf_document(self, run_id: str) -> Mapping[str, Any]:
        return self.documents[run_id]


def test_from_pro_builds_typed_values(document: dict[str, Any]) -> None:
    future = tdf.from_pro("run_abc123", Store(document))
    assert isinstance(future, tdf.RenderedFuture)
    webb = future.entities[0]
    assert (webb.entity_id, webb.metadata.role) == ("Webb", "mission commander")
    assert len(webb.tensor.context_vector) == 8
    assert future.timepoints[1].causal_antecedents == ("T0",)
    assert future.timepoints[1].states[0]["energy_budget"] == 72
    assert future.dialogs[0].turns[0].speaker == "Chen"
    assert future.exposure_events[2].parents == ("x-2",)
    assert future.provenance.models[0].license == "Llama 3.1"
    assert future.paths[0].divergence_points == ("T1",)


def test_the_shape_of_the_users_document_is_enough() -> None:
    minimal = {
        "@context": "https://timepoint.ai/tdf/v1",
        "@type": "RenderedFuture",
        "run_id": "run_abc123",
        "scenario": "mars_mission_portal",
        "temporal_mode": "portal",
        "entities": [{"entity_id": "Webb", "entity_type": "human"}],
        "timepoints": [
            {
                "timepoint_id": "T1",
                "timestamp": "2026-03-01T14:00:00Z",
                "entities_present": ["Webb", "Chen"],
                "causal_antecedents": ["T0"],
            }
        ],
        "dialogs": [],
        "causal_graph": {"nodes": [], "edges": []},
        "provenance": {
            "generated_at": "2026-03-06T12:00:00Z",
            "model": "meta-llama/llama-3.1-70b-instruct",
            "cost_usd": 0.42,
        },
    }
    assert tdf.RenderedFuture.from_dict(minimal).to_dict() == minimal


def test_round_trip_keeps_values_types_and_order(document: dict[str, Any]) -> None:
    written = tdf.RenderedFuture.from_dict(document).to_dict()
    # repr tells 1 from 1.0, and shows the order of keys, which == does not.
    assert repr(written) == repr(document)


def test_null_means_absent_outside_open_objects(document: dict[str, Any]) -> None:
    document["timepoints"][0]["scene"] = {"noise": None}
    document["mood"] = {"dark": None, "deep": [{"x": None, "y": 1}]}
    document["lost"] = None
    written = tdf.RenderedFuture.from_dict(document).to_dict()
    assert "lost" not in written
    assert written["mood"] == {"deep": [{"y": 1}]}
    assert written["timepoints"][0]["scene"] == {"noise": None}
    assert written["timepoints"][1]["states"][0]["injury"] is None


def test_a_null_in_a_named_field_is_refused(document: dict[str, Any]) -> None:
    document["dialogs"][0]["turns"][0]["tactic"] = None
    with pytest.raises(
        tdf.TDFValidationError, match=r"\$\.dialogs\[0\]\.turns\[0\]\.tactic: expected string"
    ):
        tdf.RenderedFuture.from_dict(document)


@pytest.mark.parametrize("place", [(), ("provenance",), ("timepoints", 0), ("dialogs", 0, "turns", 1)])
def test_keys_of_other_producers_are_kept(document: dict[str, Any], place: tuple[Any, ...]) -> None:
    node: Any = document
    for step in place:
        node = node[step]
    node |= {"extra": 1, "_keys": [2.0], "context": "theirs", "vendor": {"deep": [1, {"a": 2}]}}
    future = tdf.RenderedFuture.from_dict(document)
    assert future.to_dict() == document
    assert future.context == "https://timepoint.ai/tdf/v1"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda d: d.pop("run_id"), "$: missing 'run_id'"),
        (lambda d: d.update(temporal_mode="sideways"), "$.temporal_mode: expected one of forward, portal"),
        (lambda d: d["timepoints"][1].update(timestamp="2026-03-01 14:00"), "$.timepoints[1].timestamp"),
        (
            lambda d: d["timepoints"][1].update(timestamp="2026-03-01T14:00:00+01:00"),
            "$.timepoints[1].timestamp",
        ),
        (lambda d: d["timepoints"][1]["states"][0].pop("entity_id"), "$.timepoints[1].states[0]: missing"),
        (lambda d: d["entities"][0]["tensor"]["biology_vector"].pop(), "$.entities[0].tensor.biology_vector"),
        (lambda d: d["entities"][0]["tensor"]["context_vector"].__setitem__(3, 72), "context_vector[3]"),
        (lambda d: d["causal_graph"]["edges"][1].update(type="vague"), "$.causal_graph.edges[1].type"),
        (lambda d: d["exposure_events"][0].update(exposure_id=""), "$.exposure_events[0].exposure_id"),
        (lambda d: d["exposure_events"][0].update(confidence=1.5), "expected a number at most 1, found 1.5"),
        (
            lambda d: d["provenance"].update(log_sha256="AB"),
            "$.provenance.log_sha256: expected: 64 hexadecimal",
        ),
        (lambda d: d.update({"@context": "https://example.org"}), "$.@context"),
    ],
)
def test_what_breaks_the_schema_is_named_with_its_path(
    document: dict[str, Any], change: Any, path: str
) -> None:
    change(document)
    with pytest.raises(tdf.TDFValidationError) as caught:
        tdf.validate_document(document)
    assert path in str(caught.value)
    with pytest.raises(ValueError, match="not a valid RenderedFuture"):
        tdf.RenderedFuture.from_dict(document)


def test_problems_are_listed_by_path_and_bounded(document: dict[str, Any]) -> None:
    document["timepoints"] = [{"timepoint_id": f"T{n}"} for n in range(30)]
    with pytest.raises(tdf.TDFValidationError) as caught:
        tdf.validate_document(document)
    problems = caught.value.problems
    assert [problem.path for problem in problems[:3]] == [
        "$.timepoints[0]",
        "$.timepoints[1]",
        "$.timepoints[2]",
    ]
    assert len(problems) == 21
    assert problems[-1].message == "and 10 more problems"


def test_construction_in_code() -> None:
    future = tdf.RenderedFuture(
        run_id="r",
        scenario="s",
        temporal_mode="forward",
        entities=(tdf.Entity("Webb", "human"),),
        timepoints=(tdf.Timepoint("T0", "2026-03-01T14:00:00Z", ("Webb",), ()),),
        dialogs=(),
        causal_graph=tdf.CausalGraph((), ()),
        provenance=tdf.DocumentProvenance("2026-03-06T12:00:00Z"),
    )
    data = future.to_dict()
    tdf.validate_document(data)
    assert data["timepoints"][0] == {
        "timepoint_id": "T0",
        "timestamp": "2026-03-01T14:00:00Z",
        "entities_present": ["Webb"],
        "causal_antecedents": [],
    }
    assert data["provenance"] == {"generated_at": "2026-03-06T12:00:00Z"}
    assert tdf.RenderedFuture.from_dict(data) == future


def test_values_are_frozen_comparable_and_copyable(document: dict[str, Any]) -> None:
    future = tdf.RenderedFuture.from_dict(document)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        future.run_id = "other"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(future)) == future
    assert pickle.loads(pickle.dumps(future)).to_dict() == document
    renamed = attrs.evolve(future, run_id="other")
    assert renamed.to_dict()["run_id"] == "other"
    assert repr(future) == (
        "<RenderedFuture 'run_abc123': mars_mission_portal, portal; 3 entities, 2 timepoints, 1 dialogs>"
    )


def test_nothing_is_shared_with_the_caller(document: dict[str, Any]) -> None:
    original = copy.deepcopy(document)
    future = tdf.RenderedFuture.from_dict(document)
    document["timepoints"][1]["scene"]["tension"] = 0.0
    future.to_dict()["timepoints"][1]["scene"]["tension"] = 0.0
    assert future.to_dict() == original


def test_to_record_is_the_data_export_in_its_envelope(document: dict[str, Any]) -> None:
    record = tdf.RenderedFuture.from_dict(document).to_record()
    export = {
        "run_id": "run_abc123",
        "created_at": "2026-03-06T12:00:00Z",
        "entities": document["entities"],
        "dialogs": document["dialogs"],
        "causal_edges": document["causal_graph"]["edges"],
        "metadata": {
            "mechanisms": ["M3", "M7", "M11"],
            "temporal_mode": "portal",
            "cost_usd": 0.42,
            "token_count": 12847,
        },
    }
    from_export = tdf.from_pro(export)
    assert record.payload == from_export.payload
    assert record.tdf_hash == from_export.tdf_hash
    assert (record.id, record.source, record.entity_ids) == (
        "run_abc123",
        "pro",
        ["Webb", "Chen", "@scrubber"],
    )
    assert record.timestamp == from_export.timestamp
    tdf.validate_document(record.to_dict())


def test_from_pro_needs_a_store_that_gives_documents() -> None:
    with pytest.raises(tdf.TDFError, match=r"expected a store with a method tdf_document"):
        tdf.from_pro("run_abc123", object())  # type: ignore[call-overload]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=40)
@given(
    scene=st.dictionaries(st.text(), JSON_VALUES, max_size=4), state=st.dictionaries(st.text(), JSON_VALUES)
)
def test_open_objects_hold_any_json(scene: dict[str, Any], state: dict[str, Any]) -> None:
    data = mars_mission()
    data["timepoints"][1]["scene"] = scene
    data["dialogs"][0]["turns"][0]["state"] = state
    assert repr(tdf.RenderedFuture.from_dict(data).to_dict()) == repr(data)
