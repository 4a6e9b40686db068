"""The real client, against a server in a process of its own and against a local repository: ``pytest -m oxen``."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fence_story import fence
from oxen_server import KEY as SERVER_KEY

from timepoint_pro.cli.group import commands
from timepoint_pro.errors import UploadError
from timepoint_pro.exporters.oxen import HOST_VARIABLE, KEY, history, push
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation

pytestmark = pytest.mark.oxen

REPOSITORY = "ada/timepoint-pro-training-data"
Start = Callable[..., Callable[[], dict[str, Any]]]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts the server, with a fault if any; its state is what the function that it returns reads."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(*fault: str) -> Callable[[], dict[str, Any]]:
        folder = tmp_path / f"server{len(processes)}"
        folder.mkdir()
        port, state = folder / "port", folder / "state"
        script = Path(__file__).with_name("oxen_server.py")
        processes.append(subprocess.Popen([sys.executable, str(script), str(port), str(state), *fault]))
        until = time.monotonic() + 20
        while not (port.exists() and port.read_text()) and time.monotonic() < until:
            time.sleep(0.05)
        monkeypatch.setenv(HOST_VARIABLE, f"http://127.0.0.1:{port.read_text()}")
        monkeypatch.setenv(KEY, SERVER_KEY)
        return lambda: json.loads(state.read_text())

    yield start
    for process in processes:
        process.terminate()
        process.wait(timeout=10)


def test_a_run_is_uploaded_by_itself(server: Start, store: RunStore, caplog: pytest.LogCaptureFixture) -> None:
    state = server()
    run = Simulation(fence(), store=store, run_id="run_fence").run()
    assert not caplog.records
    repository = state()["repositories"][REPOSITORY]
    assert repository["public"] is False
    assert sorted(repository["files"]) == [
        "README.md", "runs/run_fence/metadata.json", "runs/run_fence/tdf_export.json",
        "runs/run_fence/training_data.jsonl", "runs/run_fence/training_data.provenance_qa.jsonl",
    ]  # fmt: skip
    lines = repository["files"]["runs/run_fence/training_data.jsonl"].splitlines()
    assert [json.loads(line) for line in lines] == list(run.training_examples())
    assert repository["commits"][0]["author"] == "Ada Example"
    rows = store.query("SELECT path FROM artifacts WHERE format = 'oxen'")
    assert rows[0]["path"].endswith(f"/{REPOSITORY}/runs/run_fence")


def test_a_repeat_commits_nothing_new(server: Start, store: RunStore) -> None:
    state = server()
    run = Simulation(fence(), store=store).run()
    before = state()["repositories"]
    assert push(run).commit == ""
    assert state()["repositories"][REPOSITORY]["commits"] == before[REPOSITORY]["commits"]


@pytest.mark.parametrize("fault", ["authorize", "workspaces", "commits"])
def test_a_failed_upload_leaves_the_run_and_can_be_repeated(
    server: Start, store: RunStore, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    server(fault)
    run = Simulation(fence(), store=store, run_id="run_fence").run()
    assert run.status == "completed"
    assert "to try again: timepoint oxen push run_fence" in caplog.records[-1].getMessage()
    state = server()
    push(run, repository=REPOSITORY)
    assert "runs/run_fence/training_data.jsonl" in state()["repositories"][REPOSITORY]["files"]


def test_a_wrong_key_is_told(
    server: Start, run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    state = server()
    monkeypatch.setenv(KEY, "another-key-altogether")
    with pytest.raises(UploadError, match="does not accept the key") as caught:
        push(run)
    assert "another-key" not in str(caught.value)
    assert not state()["repositories"]


def test_uploads_are_found_by_the_command_line(server: Start, store: RunStore) -> None:
    server()
    Simulation(fence(), store=store, run_id="run_1").run()
    Simulation(fence(), store=store, run_id="run_2", mode="directorial").run()
    asked = ["oxen", "log", "--filter", "temporal_mode=directorial", "--filter", "cost_usd<0.50", "--json"]
    shown = CliRunner().invoke(commands, asked, prog_name="timepoint")
    assert [one["run_id"] for one in json.loads(shown.stdout)] == ["run_2"]
    assert [one.trailers.get("run_id") for one in history()] == ["run_2", "run_1", None]


def test_a_local_repository_needs_neither_key_nor_network(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv(KEY, raising=False)
    place = tmp_path / "data"
    first = push(run, local=place)
    assert first.commit
    assert push(run, local=place).commit == ""
    assert sorted(one.name for one in (place / "runs" / "run_fence").iterdir()) == sorted(first.files)
    (found,) = history(["temporal_mode=forward", "cost_usd<0.50"], local=place)
    assert (found.id, found.trailers["run_id"]) == (first.commit, "run_fence")
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]


def test_the_users_own_settings_stay_as_they_are(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "auth_config.toml").write_text('default_host = "elsewhere.example"\n')
    monkeypatch.setenv("OXEN_CONFIG_DIR", str(own))
    push(run, local=tmp_path / "data")
    assert {one.name: one.read_text() for one in own.iterdir()} == {
        "auth_config.toml": 'default_host = "elsewhere.example"\n'
    }
