"""What goes wrong is one line a problem and an exit code; and what is refused leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Timepoint

from timepoint_pro.cli import failures
from timepoint_pro.errors import (
    BudgetReachedError,
    DataError,
    MissingExtraError,
    ModelError,
    RunInterruptedError,
    TimepointError,
    UnknownNameError,
)
from timepoint_pro.templates import loader

FAILURES = [
    (UnknownNameError("model", "gtp", ["gpt"]), 2),
    (MissingExtraError("local", "the model local/x"), 2),
    (DataError("runs.db: gone"), 3),
    (ModelError("no answer"), 4),
    (BudgetReachedError("spent", spent=1.0, limit=1.0), 5),
    (TimepointError("a\nb"), 1),
]


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let ``timepoint list`` fail with ``error``."""

    def fail() -> None:
        raise error

    monkeypatch.setattr(loader, "available", fail)


@pytest.mark.parametrize(("error", "code"), FAILURES, ids=[type(error).__name__ for error, _code in FAILURES])
def test_each_error_has_its_exit_code_and_a_line_a_problem(
    timepoint: Timepoint, monkeypatch: pytest.MonkeyPatch, error: TimepointError, code: int
) -> None:
    failing(monkeypatch, error)
    result = timepoint("list")
    assert result.exit_code == code == error.exit_code
    assert result.stdout == ""
    assert result.stderr.splitlines() == [f"error: {line}" for line in str(error).splitlines()]


def test_an_interruption_is_no_error(timepoint: Timepoint, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, RunInterruptedError("run_1"))
    result = timepoint("list")
    assert (result.exit_code, result.stderr) == (130, "interrupted; go on with: timepoint resume run_1\n")


def test_ctrl_c_anywhere(timepoint: Timepoint, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, KeyboardInterrupt())
    result = timepoint("list")
    assert (result.exit_code, result.stderr) == (130, "interrupted\n")


def test_the_unexpected_is_named_and_asks_for_a_report(timepoint: Timepoint, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, ZeroDivisionError("division by zero"))
    result = timepoint("list")
    assert result.exit_code == 1
    first, second = result.stderr.splitlines()
    assert first == "error: unexpected ZeroDivisionError: division by zero"
    assert "TIMEPOINT_DEBUG=1" in second


def test_debugging_shows_the_traceback(timepoint: Timepoint, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, ZeroDivisionError("division by zero"))
    monkeypatch.setenv(failures.DEBUG, "1")
    result = timepoint("list")
    assert isinstance(result.exception, ZeroDivisionError)


def test_what_others_wrote_cannot_steer_the_terminal(timepoint: Timepoint, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, DataError("name \x1b[2J\x9b31m\x07 end"))
    stderr = timepoint("list").stderr
    assert stderr == "error: name ?[2J?31m? end\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["run", "no_such_template"], 3),
        (["run", "broken.json"], 3),
        (["run", "portal.json"], 3),
        (["run", "mars_mission_portal", "--model", "no/such-model"], 2),
        (["run", "wrong_model.json"], 2),
        (["run", "mars_mission_portal", "--run-id", "last"], 2),
        (["run", "mars_mission_portal", "--run-id", "../up"], 2),
        (["run", "mars_mission_portal", "--without", "M99"], 2),
        (["run", "mars_mission_portal", "--max-cost", "0"], 2),
        (["run", "mars_mission_portal", "--max-cost", "nan"], 2),
        (["run", "mars_mission_portal", "--seed", "x"], 2),
        (["run"], 2),
        (["runn", "mars_mission_portal"], 2),
        (["resume", "last"], 3),
        (["show", "last"], 3),
        (["runs"], 3),
        (["export", "last"], 3),
        (["export", "last", "--format", "docx"], 2),
        (["delete", "last", "--yes"], 3),
        (["validate", "broken.json"], 1),
    ],
    ids=lambda one: "_".join(one) if isinstance(one, list) else "",
)
def test_what_is_refused_leaves_nothing_behind(
    timepoint: Timepoint, tmp_path: Path, arguments: list[str], code: int
) -> None:
    (tmp_path / "broken.json").write_text('{"scenario_description": "Nothing.", "entitys": {}}')
    (tmp_path / "portal.json").write_text('{"scenario_description": "Nothing.", "temporal": {"mode": "portal"}}')
    wrong = {"scenario_description": "Nothing.", "llm_config": {"default_model": "no/such-model"}}
    (tmp_path / "wrong_model.json").write_text(json.dumps(wrong))
    before = sorted(tmp_path.iterdir())
    result = timepoint(*arguments)
    assert result.exit_code == code
    assert result.stderr or code == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_few_letters_in_common_are_no_slip() -> None:
    assert str(UnknownNameError("trainer", "nope", ["openai", "trl"])) == "unknown trainer 'nope'; known: openai, trl"
    assert "did you mean 'Rob'?" in str(UnknownNameError("entity", "Bob", ["Rob", "Ines"]))


def test_an_unknown_command_is_met_with_the_nearest(timepoint: Timepoint) -> None:
    assert "did you mean 'resume'?" in timepoint("resum").stderr
    assert "'timepoint --help' lists the commands" in timepoint("xyzzy").stderr
