"""The OpenAPI document holds: whatever it admits is answered as it says, whatever it does not is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from starlette.testclient import TestClient

from timepoint_pro.server.openapi import describe

DOCUMENT = describe(with_token=False)
URI = "urn:openapi"
REGISTRY = Registry().with_resource(URI, Resource(DOCUMENT, DRAFT202012))
RUNS = ["run_a", "run_b", "last"]


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(_absolute(schema), registry=REGISTRY)


def _absolute(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: f"{URI}{inner}" if key == "$ref" and inner.startswith("#") else _absolute(inner)
            for key, inner in value.items()
        }
    return [_absolute(inner) for inner in value] if isinstance(value, list) else value


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Texts of a parameter that its schema admits."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema["type"] == "integer":
        return st.integers(schema["minimum"], schema["maximum"]).map(str)
    if schema["type"] == "array":
        return st.lists(st.sampled_from(RUNS), max_size=2, unique=True)
    return st.one_of(st.sampled_from(RUNS), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))


@st.composite
def requests(draw: st.DrawFn, path: str) -> tuple[str, dict[str, Any]]:
    """A route with its parameters filled in as the document admits."""
    query = {}
    for one in DOCUMENT["paths"][path]["get"]["parameters"]:
        if one["in"] == "path":
            path = path.replace("{run_id}", draw(st.sampled_from(RUNS)))
        elif draw(st.booleans()):
            query[one["name"]] = draw(values(one["schema"]))
    return path, query


def check(path: str, answer: Any) -> None:
    """The answer has a status, a type and a body that the document names."""
    responses = DOCUMENT["paths"][path]["get"]["responses"]
    assert str(answer.status_code) in responses
    content = responses[str(answer.status_code)]["content"]
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind in content
    line = content[kind].get("x-line-schema")
    if line is None:
        validator(content[kind]["schema"]).validate(answer.json())
        return
    for text in answer.text.splitlines()[:3]:
        validator(line).validate(json.loads(text))


@pytest.mark.parametrize("path", list(DOCUMENT["paths"]))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_admitted_request_is_answered_as_described(client: TestClient, path: str, data: st.DataObject) -> None:
    url, query = data.draw(requests(path))
    answer = client.get(url, params=query)
    impossible = query.get("trainer") == "preference"
    assert answer.status_code == 200 or (impossible and answer.status_code == 400)
    check(path, answer)


@pytest.mark.parametrize("path", [path for path in DOCUMENT["paths"] if "{" in path])
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(run_id=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_whatever_is_asked_for_nothing_breaks(client: TestClient, path: str, run_id: str) -> None:
    answer = client.get(path.replace("{run_id}", _encoded(run_id)))
    assert answer.status_code in (200, 404) or "/" in run_id
    assert answer.status_code < 500


@pytest.mark.parametrize("path", list(DOCUMENT["paths"]))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12), value=st.text(max_size=12))
def test_a_parameter_that_is_not_described_is_refused(client: TestClient, path: str, name: str, value: str) -> None:
    known = {one["name"] for one in DOCUMENT["paths"][path]["get"]["parameters"] if one["in"] == "query"}
    url = path.replace("{run_id}", "run_b")
    if name not in known:
        answer = client.get(f"{url}?{_encoded(name)}={_encoded(value)}")
        assert answer.status_code == 400
        check(path, answer)


def test_the_document_is_a_whole(client: TestClient) -> None:
    """Each reference leads somewhere, each schema is one, and what is served is what is checked here."""
    assert client.get("/openapi.json").json() == json.loads(json.dumps(DOCUMENT))
    text = json.dumps(DOCUMENT)
    named = {part.partition('"')[0] for part in text.split('"$ref": "#/components/schemas/')[1:]}
    assert named
    assert named <= set(DOCUMENT["components"]["schemas"])
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    assert "securitySchemes" in describe(with_token=True)["components"]


def _encoded(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))
