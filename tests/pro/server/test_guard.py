"""Who may ask, and how the server itself behaves as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from served import TOKEN
from starlette.testclient import TestClient

from timepoint_pro import server
from timepoint_pro.errors import MissingExtraError, UsageError
from timepoint_pro.server import TOKEN_VARIABLE, application, serve


def test_without_the_token_nothing_below_api_is_told(guarded: TestClient) -> None:
    for given in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": TOKEN},
                  {"Authorization": f"Basic {TOKEN}"}, {"Authorization": "Bearer \u00e9"}):  # fmt: skip
        for path in ("/api/runs", "/api/data-export/run_a", "/api/data-export/run_x", "/api/tdf", "/api/none"):
            answer = guarded.get(path, headers={name: value.encode() for name, value in given.items()})
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert "run_" not in answer.text


def test_with_the_token_all_is_told(guarded: TestClient) -> None:
    for scheme in ("Bearer", "bearer"):
        answer = guarded.get("/api/data-export/run_a", headers={"Authorization": f"{scheme} {TOKEN}"})
        assert answer.json()["run_id"] == "run_a"
    assert guarded.get("/openapi.json").json()["security"] == [{"token": []}]


def test_a_page_under_another_name_gets_nothing(client: TestClient) -> None:
    for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", ""):
        assert client.get("/api/runs", headers={"host": host}).status_code == 400
    for host in ("localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST"):
        assert client.get("/api/runs", headers={"host": host}).status_code == 200


def test_no_answer_is_kept_or_embedded(client: TestClient) -> None:
    headers = client.get("/api/runs").headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "box.example"])
def test_an_address_that_others_reach_needs_a_token(
    database: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    with pytest.raises(UsageError, match=TOKEN_VARIABLE):
        serve(database, host=host, port=0)


@pytest.mark.parametrize("token", ["short", "with a space in the middle", "\u00e9" * 20, ""])
def test_a_token_that_cannot_serve_is_refused_and_not_shown(database: Path, token: str) -> None:
    with pytest.raises(UsageError, match="at least 16") as caught:
        application(database, token=token)
    assert not token or token not in str(caught.value)


def test_the_missing_extra_is_named(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "starlette", None)
    with pytest.raises(MissingExtraError, match=r"timepoint-pro\[serve\]"):
        server.application(database)


def test_a_port_that_is_taken_is_named(database: Path) -> None:
    with server.bound("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port}: cannot listen there"):
            serve(database, port=port)


def test_the_command_serves_until_it_is_interrupted(database: Path) -> None:
    command = [sys.executable, "-m", "timepoint_pro.cli", "serve", "--port", "0", "--db", str(database)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", TOKEN_VARIABLE: TOKEN},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        url = said.partition(" at ")[2].partition(",")[0]
        assert TOKEN not in said
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{url}/api/runs", timeout=10)
        assert refused.value.code == 401
        refused.value.close()
        asked = urllib.request.Request(f"{url}/api/data-export/run_a", headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert json.load(answer)["run_id"] == "run_a"
    finally:
        process.send_signal(signal.SIGINT)
        _out, errors = process.communicate(timeout=20)
    assert process.returncode in (0, 130)
    assert "Traceback" not in errors
