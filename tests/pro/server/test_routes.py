"""The HTTP interface answers what the library answers, and refuses everything else as JSON."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from timepoint_pro import Intervention, Simulation, Template
from timepoint_pro.errors import StoreError
from timepoint_pro.run_store import RunStore
from timepoint_pro.server import application
from timepoint_tdf import RenderedFuture, read_tdf_jsonl, validate_document


def test_the_data_export_has_the_documented_shape(client: TestClient, database: Path) -> None:
    answer = client.get("/api/data-export/run_a")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert list(body) == ["run_id", "entities", "dialogs", "causal_edges", "metadata"]
    assert list(body["metadata"]) == ["mechanisms", "temporal_mode", "cost_usd", "token_count"]
    assert body["metadata"]["temporal_mode"] == "portal"
    assert {"M3", "M7", "M11", "M13"} <= set(body["metadata"]["mechanisms"])
    with RunStore(database, read_only=True) as store:
        assert body == store.data_export("run_a")


def test_an_unknown_run_is_404_with_a_json_error(client: TestClient) -> None:
    for path in ("/api/data-export/run_x", "/api/tdf/run_x", "/api/tdf?run_id=run_x", "/api/training-data/run_x"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "run_x" in answer.json()["error"]


def test_runs_are_listed_newest_first_and_filtered(client: TestClient) -> None:
    body = client.get("/api/runs").json()
    assert [run["run_id"] for run in body["runs"]] == ["run_b", "run_a"]
    assert body["total"] == 2
    portal = client.get("/api/runs", params={"temporal_mode": "portal", "status": "completed"}).json()
    assert [run["run_id"] for run in portal["runs"]] == ["run_a"]
    assert client.get("/api/runs", params={"template": "no_such"}).json() == {"runs": [], "total": 0}
    assert [run["run_id"] for run in client.get("/api/runs?limit=1&offset=1").json()["runs"]] == ["run_a"]


def test_last_is_the_newest_run(client: TestClient) -> None:
    assert client.get("/api/data-export/last").json()["run_id"] == "run_b"
    assert client.get("/api/tdf/last").json()["run_id"] == "run_b"


def test_a_tdf_document_is_valid_json_ld(client: TestClient) -> None:
    answer = client.get("/api/tdf/run_a")
    assert answer.headers["content-type"] == "application/ld+json"
    validate_document(answer.json())
    assert RenderedFuture.from_dict(answer.json()).run_id == "run_a"


def test_the_tdf_stream_is_a_tdf_file(client: TestClient, tmp_path: Path) -> None:
    answer = client.get("/api/tdf")
    assert answer.headers["content-type"] == "application/x-ndjson"
    (tmp_path / "all.jsonl").write_bytes(answer.content)
    assert [one.run_id for one in read_tdf_jsonl(tmp_path / "all.jsonl")] == ["run_a", "run_b"]
    chosen = client.get("/api/tdf", params={"run_id": ["run_b", "run_a"]}).text.splitlines()
    assert [json.loads(line)["run_id"] for line in chosen] == ["run_b", "run_a"]


@pytest.mark.parametrize(("task", "trainer"), [("dialog_turn", "instruct"), ("provenance_qa", "trl")])
def test_training_data_are_the_records_of_the_library(
    client: TestClient, database: Path, task: str, trainer: str
) -> None:
    answer = client.get("/api/training-data/run_a", params={"task": task, "trainer": trainer})
    with RunStore(database, read_only=True) as store:
        expected = list(store.load("run_a").training_examples([task], trainer=trainer))
    assert [json.loads(line) for line in answer.text.splitlines()] == expected
    assert len(expected) > 20


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("task=dialogturn", "did you mean 'dialog_turn'?"),
        ("trainer=trl&trainer=text", "trainer: expected one value, found 2"),
        ("tasks=dialog_turn", "did you mean 'task'?"),
        ("trainer=preference", "no rejected answers"),
    ],
)
def test_a_wrong_parameter_is_named(client: TestClient, query: str, said: str) -> None:
    answer = client.get(f"/api/training-data/run_a?{query}")
    assert answer.status_code == 400
    assert said in answer.json()["error"]


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "1e3", "", "9" * 5000, "\u0661"])
def test_a_limit_out_of_range_is_refused(client: TestClient, limit: str) -> None:
    assert client.get("/api/runs", params={"limit": limit}).status_code == 400


def test_nothing_can_be_changed(client: TestClient, database: Path) -> None:
    before = hashlib.sha256(database.read_bytes()).hexdigest()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = client.request(method, "/api/data-export/run_a")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD" or answer.headers["allow"] == "HEAD, GET"
    client.get("/api/training-data/last")
    assert hashlib.sha256(database.read_bytes()).hexdigest() == before


def test_head_has_the_headers_and_no_body(client: TestClient) -> None:
    for path in ("/api/runs", "/api/tdf", "/api/training-data/run_a"):
        answer = client.head(path)
        assert (answer.status_code, answer.content) == (200, b"")


def test_the_page_needs_nothing_from_elsewhere(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    for sign in ("http://", "https://", "<script", "src=", "@import", "url("):
        assert sign not in answer.text
    assert all(path in answer.text for path in client.get("/openapi.json").json()["paths"])


def test_a_database_that_goes_away_is_503(tmp_path: Path, database: Path) -> None:
    path = tmp_path / "runs.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("VACUUM INTO ?", (str(path),))
    client = TestClient(application(path), base_url="http://localhost")
    assert client.get("/api/runs").status_code == 200
    path.unlink()
    answer = client.get("/api/runs")
    assert answer.status_code == 503
    assert "there is no database" in answer.json()["error"]
    with pytest.raises(StoreError, match="there is no database"):
        application(path)


@pytest.fixture(scope="module")
def branched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with several paths, and a fork of a run with one."""
    path = tmp_path_factory.mktemp("branched") / "runs.db"
    template = Template.from_template("convergence/simple").with_changes({"temporal.path_count": 2})
    Simulation(template, mode="branching", seed=2, store=path, run_id="paths").run()
    run = Simulation.from_template("convergence/simple", seed=2, store=path, run_id="parent").run()
    # What is set changes nothing that is said before: the fork has all of that in common with its parent.
    run.fork("T2", Intervention.presence("rob", False), "fork")
    return path


def test_what_two_paths_have_alike_is_sent_once_unless_all_is_asked_for(branched: Path) -> None:
    local = TestClient(application(branched), base_url="http://127.0.0.1:8000")

    def sent(run_id: str, query: str = "") -> list[dict[str, Any]]:
        return [json.loads(line) for line in local.get(f"/api/training-data/{run_id}{query}").text.splitlines()]

    def told(records: list[dict[str, Any]]) -> set[tuple[str, str]]:
        return {(one["metadata"]["speaker"], one["completion"]) for one in records}

    once, all_of_it = sent("paths"), sent("paths", "?repeats=kept")
    assert len(once) < len(all_of_it)
    assert told(once) == told(all_of_it)
    with RunStore(branched, read_only=True) as store:
        assert once == list(store.load("paths").training_examples())
        assert all_of_it == list(store.load("paths").training_examples(deduplication_threshold=0))
    assert sent("paths", "?task=provenance_qa") == sent("paths", "?task=provenance_qa&repeats=kept")
    assert told(sent("parent")) & told(sent("fork"))
    assert local.get("/api/training-data/paths?repeats=all").status_code == 400
