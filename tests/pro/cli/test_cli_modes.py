"""The kind of time from the shell: another mode, its options, and the other paths of a portal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from timepoint_pro.cli.group import commands

SIMPLE = "convergence/simple"


def call(place: Path, *arguments: str) -> Any:
    where = ["--db", str(place / "runs.db")]
    out = ["--out", str(place / "out"), "--force"] if arguments[0] in ("run", "fork") else []
    return CliRunner().invoke(commands, [*arguments, *where, *out])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("modes")
    made = call(
        folder, "run", SIMPLE, "--mode", "portal", "--backward-steps", "2", "--paths", "2", "--run-id", "first"
    )
    assert made.exit_code == 0, made.output
    assert "portal mode takes from the template: temporal.portal_description = " in made.stderr
    assert "backward_steps" not in made.stderr
    return folder


def test_another_path_is_played_from_the_shell(place: Path) -> None:
    second = call(place, "fork", "first", "--path", "P2", "--run-id", "second", "--quiet")
    assert (second.exit_code, second.stdout.strip()) == (0, "second")
    compared = call(place, "compare", "first", "second")
    assert compared.exit_code == 0
    assert "first, P1 to T2" in compared.stdout
    assert "second, P2 to T2" in compared.stdout
    found = json.loads(call(place, "compare", "first", "second", "--json").stdout)
    assert {one["mode"] for one in found["timelines"]} == {"portal"}
    assert len(found["moments"]) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fork", "first", "--path", "P2", "--at", "T1"), "leave out --at"),
        (("fork", "first", "--path", "P2", "--state", "Ines: energy=10"), "--path sets nothing otherwise"),
        (("fork", "first", "--path", "P7"), "unknown path 'P7'"),
        (("fork", "first"), "or --path"),
        (("fork", "first", "--state", "Ines: energy=10"), "give --at"),
        (("run", SIMPLE, "--backward-steps", "2"), "--backward-steps acts in portal mode"),
        (("run", SIMPLE, "--paths", "2"), "--paths acts in portal and branching mode"),
        (("run", SIMPLE, "--mode", "portal", "--backward-steps", "0"), "0 is not in the range"),
    ],
)
def test_what_has_no_effect_is_refused(place: Path, arguments: tuple[str, ...], message: str) -> None:
    refused = call(place, *arguments)
    assert refused.exit_code == 2
    assert message in refused.output


def test_branches_that_the_template_names_stay(place: Path) -> None:
    run = call(place, "run", "vc_pitch_branching", "--paths", "7", "--run-id", "vc", "--quiet")
    assert run.exit_code == 0
    assert "--paths has no effect" in run.stderr
