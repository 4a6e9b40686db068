"""Campaigns and sweeps from the command line."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest
from command_line import Timepoint, plain, started

from timepoint_pro.templates import load


@pytest.fixture
def hall(tmp_path: Path) -> Path:
    """A template of one short scene."""
    document = load("convergence/simple").with_changes({"timepoints.count": 1}).to_dict(defaults=False)
    path = tmp_path / "hall.json"
    path.write_text(json.dumps({**document, "world_id": "hall"}))
    return path


def test_a_campaign_from_start_to_dataset(timepoint: Timepoint, hall: Path) -> None:
    arguments = ("campaign", "run", hall, "--variations", "2", "--repeat", "2", "--id", "eve", "--out", "data")
    done = timepoint(*arguments)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("eve: completed\n  4 of 4 runs completed, 0 running\n  4 kept, with ")
    assert done.stderr.splitlines()[-1].startswith("4 of 4 runs, 0 s left, $0.0000, 0 calls in flight, ")
    assert "\x1b" not in done.stderr
    records = Path("data/dialog_turn.jsonl").read_text(encoding="utf-8").splitlines()
    assert len({json.loads(line)["metadata"]["run_id"] for line in records}) == 4
    again = timepoint(*arguments, "--force", "--quiet")
    assert (again.exit_code, again.stdout, again.stderr) == (0, "eve\n", "")
    status = json.loads(plain(timepoint("campaign", "status", "eve", "--json")))
    assert (status["completed"], status["failed"], status["failures"]) == (4, 0, [])
    assert plain(timepoint("campaign", "list")).split()[5:8] == ["eve", "completed", "4/4"]
    plain(timepoint("run", "convergence/simple", "--quiet", "--db", "other.db"))
    none = timepoint("campaign", "list", "--db", "other.db")
    assert (none.exit_code, none.stdout, none.stderr) == (0, "", "no campaigns in this database\n")
    assert "it holds none yet" in timepoint("campaign", "status", "--db", "other.db").stderr


def test_events_are_one_object_a_line(timepoint: Timepoint, hall: Path) -> None:
    lines = plain(timepoint("campaign", "run", hall, "--repeat", "2", "--json")).splitlines()
    events = [json.loads(line) for line in lines]
    kinds = [one["kind"] for one in events]
    assert kinds[0] == "started"
    assert kinds.count("run") == 2
    assert kinds[-2:] == ["done", "status"]
    assert events[-1]["completed"] == 2
    assert {"turns", "in_flight", "tokens", "cost_usd", "rate", "left_s"} <= events[1].keys()


def test_a_campaign_file_and_options_over_it(timepoint: Timepoint, hall: Path) -> None:
    Path("study.json").write_text(json.dumps({"campaign": "study", "templates": ["hall.json"], "repeats": 9}))
    done = timepoint("campaign", "run", "study.json", "--repeat", "2", "--records", "5", "--concurrency", "1")
    assert "1 kept" in plain(done)
    both = timepoint("campaign", "run", "study.json", "simple")
    assert (both.exit_code, "stands alone" in both.stderr) == (2, True)
    Path("study.json").write_text('{"templates": ["hall.json"], "repeat": 9}')
    wrong = timepoint("campaign", "run", "study.json")
    assert wrong.exit_code == 3
    assert "study.json: $.repeat: expected a key of a campaign file" in wrong.stderr


def test_several_templates_of_run_are_a_campaign(timepoint: Timepoint, hall: Path) -> None:
    assert plain(timepoint("run", hall, "--variations", "2", "--run-id", "eve", "--quiet")) == "eve\n"
    assert Path("output/eve/dialog_turn.jsonl").exists()
    assert "eve-00001" in plain(timepoint("runs"))


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("campaign", "run", "simpel"), 3, "simple"),
        (("campaign", "run", "simple", "--param", "temporal.mode"), 2, "PATH=VALUE,VALUE"),
        (("campaign", "run", "simple", "--param", "temporal.mode=[1"), 2, "JSON list"),
        (("campaign", "run", "simple", "--param", "temporal.mood=1"), 3, "$.temporal.mood"),
        (("campaign", "status"), 3, "there is no database"),
        (("campaign", "resume", "none"), 3, "there is no database"),
        (("sweep", "simple", "--param", "temporal.mode=forward"), 2, "two values or more"),
    ],
)
def test_what_cannot_be_used(timepoint: Timepoint, arguments: tuple[str, ...], code: int, says: str) -> None:
    done = timepoint(*arguments)
    assert (done.exit_code, says in done.stderr) == (code, True), done.stderr
    assert not Path("metadata/runs.db").exists()


def test_an_unknown_campaign_is_named(timepoint: Timepoint, hall: Path) -> None:
    timepoint("campaign", "run", hall, "--id", "eve", "--quiet")
    done = timepoint("campaign", "status", "ewe")
    assert (done.exit_code, "did you mean 'eve'" in done.stderr) == (3, True)


def test_a_model_that_cannot_be_reached_is_resumable(
    timepoint: Timepoint, hall: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timepoint_pro.llm.limiter.TRIES", {"unreachable": 1, "timeout": 1})
    done = timepoint("campaign", "run", hall, "--id", "eve", "--model", "one", "--base-url", "http://127.0.0.1:9/v1")
    assert done.exit_code == 4
    assert "eve-00000 failed: " in done.stderr
    assert done.stderr.endswith("go on with: timepoint campaign resume eve\n")


def test_an_interrupted_campaign_says_how_to_go_on(tmp_path: Path, hall: Path) -> None:
    process = started(tmp_path, "campaign", "run", "hall.json", "--repeat", "300", "--id", "long")
    assert process.stderr is not None
    assert process.stderr.readline().startswith("0 of 300 runs")
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "interrupted; go on with: timepoint campaign resume long"


def test_a_sweep_shows_what_a_parameter_moves(timepoint: Timepoint, hall: Path) -> None:
    path = "metadata.questions[0].leanings.ines.hold"
    arguments = ("sweep", hall, "--param", f"{path}=-0.9,0.9", "--repeat", "2", "--quiet")
    shown = plain(timepoint(*arguments))
    assert shown.startswith(f"What $.{path} moves (4 runs)\nMEASURE")
    assert "Variance of people's numbers" in shown
    found = json.loads(plain(timepoint(*arguments, "--json")))
    assert found["statistics"]["runs"] == 4
    assert [level["value"] for level in found["effects"][f"$.{path}"][0]["levels"]] == [-0.9, 0.9]
