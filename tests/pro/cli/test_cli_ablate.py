"""``timepoint ablate``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from timepoint_pro.cli.group import commands
from timepoint_pro.templates import Template


@pytest.fixture
def hospital(tmp_path: Path) -> str:
    made = Template.from_template("hospital_crisis").with_changes({"timepoints.count": 1})
    path = tmp_path / "ward.json"
    path.write_text(json.dumps(made.to_dict(defaults=False)), encoding="utf-8")
    return str(path)


def ablate(*arguments: str) -> Result:
    return CliRunner().invoke(commands, ["ablate", *arguments])


def test_what_a_mechanism_changes_is_printed(hospital: str) -> None:
    done = ablate(hospital, "--without", "M14", "--seed", "7")
    assert done.exit_code == 0, done.output
    assert "M14   circadian rhythm" in done.stdout
    assert "Off: no hour of the day" in done.stdout
    assert "energy_budget=" in done.stdout
    assert "M8" not in done.stdout
    assert f"playing {hospital} without M14" in done.stderr


def test_a_baseline_stands_for_what_cannot_be_left_out(hospital: str) -> None:
    done = ablate(hospital, "--without", "M12", "--without", "M17", "--quiet")
    assert done.exit_code == 0, done.output
    assert "differences that it did not cause" in done.stdout
    assert "forward already" in done.stdout
    assert not done.stderr


def test_json_has_sizes_and_examples(hospital: str) -> None:
    done = ablate(hospital, "--without", "M8", "--json", "--quiet")
    found = json.loads(done.stdout)
    effect = found["ablation"]["effects"][0]
    assert effect["code"] == "M8"
    assert effect["prompts"]["size_on"] > effect["prompts"]["on"] > 0
    assert effect["example"][0] != effect["example"][1]
    assert found["baselines"] == []


@pytest.mark.parametrize("arguments", [("nowhere",), ("convergence/simple", "--without", "M99")])
def test_what_is_not_there_is_named(arguments: tuple[str, ...]) -> None:
    done = ablate(*arguments)
    assert done.exit_code in (2, 3)
    assert arguments[-1] in done.stderr
    assert "Traceback" not in done.stderr


def test_levels_are_compared_with_a_second_run_at_one_level(hospital: str) -> None:
    done = ablate(hospital, "--resolution", "--quiet")
    assert done.exit_code == 0, done.output
    assert "everybody at trained" in done.stdout
    assert "distinct_2" in done.stdout
    assert ablate(hospital, "--resolution", "--without", "M8").exit_code == 2
