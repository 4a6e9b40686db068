"""Whole runs against the server: end to end, killed and resumed, capped and resumed; and who answers what."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from serving import Served

from timepoint_pro import RunStore, Simulation
from timepoint_pro.errors import (
    BudgetReachedError,
    ModelError,
    RunDivergedError,
    UnknownNameError,
    UsageError,
)
from timepoint_pro.llm.routing import Assignment, assign
from timepoint_pro.llm.selector import ModelSelector
from timepoint_pro.prompts.actions import ActionType
from timepoint_pro.templates import load

PLAY = Path(__file__).with_name("play.py")
ROOT = PLAY.parents[3]
TEMPLATE = "mars_mission_portal"


def simulation(server: Served, store: RunStore, **more: Any) -> Simulation:
    given = {"seed": 7, "model": "test/one", "base_url": server.url, "run_id": "run_k", **more}
    return Simulation.from_template(TEMPLATE, store=store, **given)


def exports(store: RunStore, folder: Path) -> dict[str, bytes]:
    run = store.load("run_k")
    return {file.name: file.read_bytes() for file in run.export(folder, ["jsonl", "tdf"])}


@pytest.fixture
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


@pytest.fixture
def whole(server: Served, tmp_path: Path, fixed_clock: None) -> dict[str, bytes]:
    """Exports of an uninterrupted run."""
    store = RunStore(tmp_path / "whole.db")
    run = simulation(server, store).run()
    assert run.status == "completed"
    assert run.cost.calls == server.requests
    made = exports(store, tmp_path / "whole")
    server.reset()
    return made


def test_a_whole_run_end_to_end(server: Served, tmp_path: Path) -> None:
    server.control(cost=0.0001)
    server.faults("malformed", share=0.1)
    store = RunStore(tmp_path / "runs.db")
    run = simulation(server, store).run()
    assert len(run.timepoints) == 6
    assert all(dialog.turns for dialog in run.dialogs)
    assert {turn.model for dialog in run.dialogs for turn in dialog.turns} == {"test/one"}
    stats = server.stats()
    assert run.cost.calls == stats["counts"]["requests"]
    assert run.cost.source == "provider"
    assert run.cost.usd == pytest.approx(0.0001 * stats["counts"]["answers"])
    assert not store.run_row("run_k")["training_safe"], "nobody knows the licence of test/one"


def kill_after(served: Served, answers: int, *arguments: str) -> None:
    """Start ``play.py`` and kill it once the server has given so many answers; no wait when it ends before."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "1700000000"}
    process = subprocess.Popen([sys.executable, str(PLAY), *arguments], env=environ, stderr=subprocess.PIPE)
    while process.poll() is None and served.stats()["counts"].get("answers", 0) < answers:
        time.sleep(0.01)
    process.kill()
    process.communicate()


def test_killed_runs_resume_and_repeat_no_kept_call(server: Served, whole: dict[str, bytes], tmp_path: Path) -> None:
    database = tmp_path / "killed.db"
    arguments = (str(database), "run_k", server.url, TEMPLATE)
    server.control(latency=0.02)
    kept: dict[str, int] = {}
    for what, answers in (("start", 9), ("resume", 31)):
        kill_after(server, answers, what, *arguments)
        answered = server.stats()["answered"]
        with RunStore(database) as store:
            rows = store.query("SELECT response_id FROM llm_attempts")
        assert rows, "killed before anything was kept"
        for row in rows:
            kept.setdefault(row["response_id"], answered[row["response_id"]])
    store = RunStore(database)
    run = Simulation.resume("run_k", store).run()
    assert run.status == "completed"
    answered = server.stats()["answered"]
    assert {one: answered[one] for one in kept} == kept, "a kept call was asked again"
    assert exports(store, tmp_path / "killed") == whole


def test_a_capped_run_stops_in_time_and_resumes(server: Served, whole: dict[str, bytes], tmp_path: Path) -> None:
    server.control(cost=0.001)
    store = RunStore(tmp_path / "runs.db")
    with pytest.raises(BudgetReachedError):
        simulation(server, store, max_cost_usd=0.0205).run()
    assert store.run_row("run_k")["status"] == "budget"
    spent = store.query("SELECT sum(cost_usd) AS usd FROM llm_attempts")[0]["usd"]
    assert 0.015 < spent <= 0.0205
    run = Simulation.resume("run_k", store, max_cost_usd=1.0).run()
    stats = server.stats()["counts"]
    assert stats["requests"] == stats["answers"] == run.cost.calls
    assert run.cost.usd == pytest.approx(0.001 * stats["answers"])
    made = exports(store, tmp_path / "capped")
    assert made.keys() == whole.keys()


def test_a_failed_run_can_be_resumed(server: Served, whole: dict[str, bytes], tmp_path: Path) -> None:
    server.faults("401", share=0.05)
    store = RunStore(tmp_path / "runs.db")
    with pytest.raises(ModelError, match="401"):
        simulation(server, store).run()
    assert store.run_row("run_k")["status"] == "failed"
    server.control(faults=[])
    Simulation.resume("run_k", store).run()
    assert exports(store, tmp_path / "resumed") == whole


def test_a_resumed_run_keeps_its_models(server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RunStore(tmp_path / "runs.db")
    changes = {"llm_config.default_model": "test/one", "llm_config.actions": {"DIALOG_SYNTHESIS": "test/two"}}
    document = load(TEMPLATE).with_changes(changes)
    server.faults("401", share=0.05)
    with pytest.raises(ModelError):
        Simulation(document, base_url=server.url, store=store, run_id="run_k", seed=7).run()
    server.control(faults=[])
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-none")
    resumed = Simulation.resume("run_k", store)
    assert resumed.model == "test/two"
    run = resumed.run()
    assert {turn.model for dialog in run.dialogs for turn in dialog.turns} == {"test/two"}
    planning = store.query("SELECT DISTINCT model FROM llm_calls WHERE action != 'DIALOG_SYNTHESIS'")
    assert planning == [{"model": "test/one"}]
    with pytest.raises(RunDivergedError, match="model"):
        Simulation.resume("run_k", store, model="test/three")


def test_the_template_sets_temperature_and_concurrency(server: Served, tmp_path: Path) -> None:
    changes = {"llm_config.temperature": 0.25, "llm_config.max_concurrency": 1, "llm_config.timeout_seconds": 20}
    server.control(latency=0.005)
    Simulation(
        load(TEMPLATE).with_changes({**changes, "llm_config.base_url": server.url, "llm_config.default_model": "m"}),
        store=RunStore(tmp_path / "runs.db"), seed=7,
    ).run()  # fmt: skip
    assert server.stats()["last"]["temperature"] == 0.25
    assert server.stats()["most_running"] == 1


def test_the_choice_of_models() -> None:
    plain = load(TEMPLATE)
    key = {"OPENROUTER_API_KEY": "sk-x"}
    assert assign(plain, None, None, {}).models == ("scripted",)
    assert assign(plain, None, None, {"OPENAI_API_KEY": "sk-x"}).models == ("scripted",)
    assert assign(plain, "m", None, key).models == ("m",)
    named = plain.with_changes({"llm_config.default_model": "d", "llm_config.actions": {"PROSPECTION": "p"}})
    assert assign(named, "m", None, key).models == ("m",)
    assert assign(named, None, None, key).chain(ActionType.PROSPECTION) == ("p",)
    assert assign(named, None, None, key).chain(ActionType.DIALOG_SYNTHESIS) == ("d",)
    chosen = assign(plain.with_changes({"outputs.export_ml_dataset": False}), None, None, key)
    assert chosen.chain(ActionType.DIALOG_SYNTHESIS) == ModelSelector().fallback_chain(ActionType.DIALOG_SYNTHESIS)
    safe = plain.with_changes({"llm_config.for_training_data": True})
    exported = plain.with_changes({"outputs.export_ml_dataset": True})
    for assignment in (assign(safe, None, None, key), assign(exported, None, None, key)):
        assert set(assignment.models) <= set(ModelSelector().get_training_safe_models())
        assert Assignment.from_plain(assignment.to_plain()) == assignment


@pytest.mark.parametrize("environ", [{}, {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}])
def test_an_address_needs_a_model(server: Served, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match="--model"):
        Simulation.from_template(TEMPLATE, base_url=None if environ else server.url, store=":memory:")


def test_models_that_cannot_be_reached_say_why(server: Served, tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs.db")
    for model, error, said in (
        ("deepseek/deepseek-chat", UsageError, "OPENROUTER_API_KEY"),
        ("deepseek/deepseek-chatt", UnknownNameError, "did you mean 'deepseek/deepseek-chat'"),
        ("my-own-model", UsageError, "--base-url"),
    ):
        with pytest.raises(error, match=said):
            Simulation.from_template(TEMPLATE, model=model, store=store).run()
    with pytest.raises(UnknownNameError, match="DIALOG_SYNTHESIS"):
        Simulation(load(TEMPLATE).with_changes({"llm_config.actions": {"DIALOGSYNTHESIS": "m"}}), store=store)
    assert store.query("SELECT * FROM runs") == []
