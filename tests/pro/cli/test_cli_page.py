"""The reference page names every command and option, and its examples run."""

from __future__ import annotations

import re
import shlex

import click
import pytest
from command_line import ROOT, Timepoint

from timepoint_pro.cli.group import COMMANDS, commands

PAGE = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## `timepoint (\w+)[^`]*`\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
CONTEXT = commands.make_context("timepoint", ["list"])


def command_named(name: str) -> click.Command:
    found = commands.get_command(CONTEXT, name)
    assert found is not None
    return found


def test_the_page_has_a_section_for_each_command_and_no_other() -> None:
    assert set(SECTIONS) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_documented(name: str) -> None:
    documented = set(re.findall(r"`(--[\w-]+)", "".join(re.findall(r"^\|.*$", SECTIONS[name], re.MULTILINE))))
    found = command_named(name)
    below = list(found.commands.values()) if isinstance(found, click.Group) else []
    known = {
        spelling
        for command in (found, *below)
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for spelling in parameter.opts
        if spelling.startswith("--")
    }
    assert documented == known


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_its_help(name: str) -> None:
    for parameter in command_named(name).params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


@pytest.mark.parametrize("name", COMMANDS)
def test_the_arguments_are_in_the_heading(name: str) -> None:
    heading = re.search(rf"^## `timepoint {name}( [^`]*)?`$", PAGE, re.MULTILINE)
    assert heading is not None
    arguments = [one for one in command_named(name).params if isinstance(one, click.Argument)]
    assert (heading[1] or "").split() == [one.metavar or (one.name or "").upper() for one in arguments]


def test_the_examples_run_one_after_the_other(timepoint: Timepoint) -> None:
    lines = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    assert len(lines) > 15
    for line in lines:
        program, *arguments = shlex.split(line)
        assert program == "timepoint"
        result = timepoint(*arguments)
        assert result.exit_code == 0, f"{line}\n{result.output}"


def test_every_exit_code_of_the_help_is_in_the_page() -> None:
    assert commands.epilog is not None
    for code in re.findall(r"^  (\d+)", commands.epilog, re.MULTILINE):
        assert f"\n| {code} | " in PAGE
