"""Starting is quick: nothing heavy is imported before it is needed, and the public names are all there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import timepoint_pro
from timepoint_pro.cli.group import COMMANDS, commands
from timepoint_pro.cli.options import DEFAULT_DB
from timepoint_pro.simulation import DEFAULT_STORE

ROOT = Path(__file__).parents[3]
HEAVY = {"cattrs", "immutables", "jsonschema", "networkx", "openai", "orjson", "rich", "sqlite3", "sqlite_utils"}


def loaded_by(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded after ``code``."""
    ending = "import json, sys; print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{ending}"], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_importing_the_package_loads_nothing_heavy() -> None:
    modules = loaded_by("import timepoint_pro")
    assert not HEAVY & modules
    assert "attrs" not in modules
    assert {one for one in modules if one.startswith("timepoint_pro")} == {"timepoint_pro", "timepoint_pro.version"}


def test_help_loads_no_command_and_nothing_heavy() -> None:
    modules = loaded_by(
        "from timepoint_pro.cli.group import commands\n"
        "try:\n    commands(['--help'])\nexcept SystemExit as end:\n    assert end.code == 0"
    )
    assert not HEAVY & modules
    assert not {f"timepoint_pro.cli.{name}" for name in COMMANDS} & modules
    assert "timepoint_pro.simulation" not in modules


def test_one_command_does_not_load_the_others() -> None:
    modules = loaded_by(
        "from timepoint_pro.cli.group import commands\n"
        "try:\n    commands(['list', '--json'])\nexcept SystemExit as end:\n    assert not end.code"
    )
    assert "timepoint_pro.cli.list" in modules
    assert "timepoint_pro.cli.run" not in modules
    assert not {"openai", "networkx", "sqlite_utils", "timepoint_pro.simulation"} & modules


def test_running_loads_no_sdk() -> None:
    modules = loaded_by(
        "from timepoint_pro import Simulation\n"
        "Simulation.from_template('convergence/simple', store=':memory:').run()"
    )
    assert not {"openai", "jsonschema", "networkx", "rich"} & modules


@pytest.mark.parametrize("name", sorted(set(timepoint_pro.__all__) - {"__version__"}))
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(timepoint_pro, name).__name__ == name
    assert name in dir(timepoint_pro)


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Simulator'"):
        timepoint_pro.Simulator  # noqa: B018


def test_each_command_is_what_the_group_says() -> None:
    context = commands.make_context("timepoint", ["list"])
    assert commands.list_commands(context) == list(COMMANDS)
    for name in COMMANDS:
        command = commands.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.help


def test_the_default_database_is_the_library_s() -> None:
    assert DEFAULT_DB == DEFAULT_STORE
