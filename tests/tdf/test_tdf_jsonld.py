"""JSON-LD: the shipped context maps every property, offline; PROV-O terms stand where they mean the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from mars_mission_document import mars_mission
from pyld import ContextResolver, FrozenDocumentLoader, jsonld  # type: ignore[import-untyped]

import timepoint_tdf as tdf

TDF = "https://timepoint.ai/tdf/v1#"
PROV = "http://www.w3.org/ns/prov#"

OFFLINE = FrozenDocumentLoader({tdf.CONTEXT_URL: tdf.tdf_context()})


def expand(document: dict[str, Any]) -> Any:
    return jsonld.expand(document, {"documentLoader": OFFLINE, "contextResolver": resolver()})


def resolver() -> ContextResolver:
    """A resolver for one call: pyld's shared one would serve a context that another test loaded."""
    return ContextResolver({}, OFFLINE)


def compact(expanded: Any) -> Any:
    options = {"documentLoader": OFFLINE, "contextResolver": resolver()}
    return jsonld.compact(expanded, tdf.CONTEXT_URL, options)


def property_names(schema: dict[str, Any]) -> Iterator[str]:
    """The names of all properties that the schema declares, at any depth."""
    for part in schema.get("properties", {}).items():
        yield part[0]
    for value in schema.values():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from property_names(inner)


def test_the_context_maps_every_property_of_the_schema() -> None:
    names = set(property_names(tdf.tdf_schema())) - {"@context", "@type"}
    assert len(names) > 60
    assert names - set(tdf.tdf_context()["@context"]) == set()


def test_the_schemas_are_schemas() -> None:
    for kind in ("RenderedFuture", "TDFRecord"):
        Draft202012Validator.check_schema(tdf.tdf_schema(kind))  # type: ignore[arg-type]
    with pytest.raises(tdf.TDFError, match="no schema 'Scene'"):
        tdf.tdf_schema("Scene")  # type: ignore[arg-type]


def test_expansion_drops_nothing(document: dict[str, Any]) -> None:
    # Whatever expansion dropped could not come back by compaction.
    assert compact(expand(document)) == document


def test_an_inlined_context_needs_no_loader(document: dict[str, Any]) -> None:
    def refuse(url: str, options: object) -> None:
        raise AssertionError(f"asked for {url}")

    inlined = tdf.RenderedFuture.from_dict(document).to_dict(inline_context=True)
    alone = jsonld.expand(inlined, {"documentLoader": refuse, "contextResolver": ContextResolver({}, refuse)})
    assert alone == expand(document)


def test_what_prov_means_the_same_is_said_in_prov(document: dict[str, Any]) -> None:
    (root,) = expand(document)
    assert root["@type"] == [f"{TDF}RenderedFuture"]
    (run,) = root[f"{PROV}wasGeneratedBy"]
    assert run[f"{PROV}endedAtTime"] == [
        {"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": "2026-03-06T12:00:00Z"}
    ]
    (model,) = run[f"{PROV}wasAssociatedWith"]
    assert model[f"{TDF}model"] == [{"@value": "meta-llama/llama-3.1-70b-instruct"}]
    exposures = root[f"{TDF}exposure_events"][0]["@list"]
    assert exposures[2][f"{PROV}wasDerivedFrom"] == exposures[1][f"{TDF}exposure_id"] == [{"@value": "x-2"}]
    assert tdf.tdf_context()["@context"]["Run"] == "prov:Activity"


def test_vectors_and_open_objects_are_json_literals(document: dict[str, Any]) -> None:
    (root,) = expand(document)
    webb = root[f"{TDF}entities"][0]["@list"][0]
    assert webb[f"{TDF}tensor"] == [{"@type": "@json", "@value": document["entities"][0]["tensor"]}]
    scene = root[f"{TDF}timepoints"][0]["@list"][1][f"{TDF}scene"]
    assert scene == [{"@type": "@json", "@value": document["timepoints"][1]["scene"]}]


def test_keys_of_other_producers_survive_expansion(document: dict[str, Any]) -> None:
    document["vendor_note"] = "kept"
    document["provenance"]["vendor_batch"] = 12
    (root,) = expand(document)
    assert root[f"{TDF}vendor_note"] == [{"@value": "kept"}]
    assert root[f"{PROV}wasGeneratedBy"][0][f"{TDF}vendor_batch"] == [{"@value": 12}]


def test_the_context_is_a_fresh_copy() -> None:
    tdf.tdf_context()["@context"].clear()
    assert "run_id" in tdf.tdf_context()["@context"]


# Ids as people write them, those included that JSON-LD would take for keywords, names or addresses.
IDS = st.text(min_size=1, max_size=12) | st.sampled_from(
    ["@id", "@webb", "tdf:x", "_:b0", "source", "a b", "../x"]
)


@settings(max_examples=25)
@given(
    people=st.lists(IDS, min_size=1, max_size=3), exposures=st.lists(IDS, min_size=1, max_size=3, unique=True)
)
def test_no_id_is_lost(people: list[str], exposures: list[str]) -> None:
    document = mars_mission()
    document["entities"] = [{"entity_id": name, "entity_type": "human"} for name in people]
    document["timepoints"][0]["entities_present"] = people
    document["dialogs"][0]["turns"][0]["addressed_to"] = people
    template = document["exposure_events"][0] | {"parents": exposures}
    document["exposure_events"] = [template | {"exposure_id": name} for name in exposures]
    tdf.validate_document(document)
    assert compact(expand(document)) == document
