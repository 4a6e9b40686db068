"""What a terminal shows fits into it, and loses nothing that a pipe gets."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from pathlib import Path

import pytest
from command_line import COMMAND, Timepoint, environment, plain


def on_terminal(columns: int, *arguments: str | Path) -> list[str]:
    """Lines that a command writes to a terminal of that width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    env = {name: value for name, value in environment().items() if name != "COLUMNS"}
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)], stdout=theirs, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=env
    )
    os.close(theirs)
    written = b""
    try:
        while block := os.read(ours, 65536):
            written += block
    except OSError:  # Linux says so that the other end has closed
        pass
    finally:
        os.close(ours)
    assert process.wait(timeout=60) == 0
    return written.decode().splitlines()


def table_of(lines: list[str]) -> list[str]:
    """What stands before the first empty line."""
    return lines[: lines.index("")] if "" in lines else lines


def words(lines: list[str]) -> list[str]:
    return sorted(" ".join(lines).split())


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("command", ["list", "models", "runs"])
def test_a_table_fits_and_is_whole(timepoint: Timepoint, mars_db: Path, command: str, columns: int) -> None:
    arguments = (command, "--db", mars_db) if command == "runs" else (command,)
    shown, piped = on_terminal(columns, *arguments), plain(timepoint(*arguments)).splitlines()
    assert max(map(len, shown)) <= columns
    assert words(table_of(shown)) == words(table_of(piped))


def test_a_pipe_gets_a_line_a_row_whatever_its_length(timepoint: Timepoint) -> None:
    heading, *rows = plain(timepoint("list")).splitlines()
    assert max(map(len, rows)) > 150
    place = heading.index("DESCRIPTION")
    assert all(row[place - 2 : place] == "  " and row[place:].strip() for row in rows)


def test_a_terminal_is_told_what_the_codes_mean(timepoint: Timepoint) -> None:
    shown, piped = " ".join(on_terminal(80, "list")), plain(timepoint("list"))
    assert "M3 knowledge provenance" in " ".join(shown.split())
    assert "knowledge provenance" not in piped


@pytest.mark.parametrize("command", ["validate", "estimate"])
def test_what_a_template_will_do_fits_and_is_whole(timepoint: Timepoint, command: str) -> None:
    shown = on_terminal(80, command, "mars_mission_portal")
    assert max(map(len, shown)) <= 80
    assert words(shown) == words(plain(timepoint(command, "mars_mission_portal")).splitlines())


@pytest.mark.parametrize(
    "question", [(), ("--knowledge", "Webb"), ("--why", "Webb", "the wet bed"), ("--who", "the wet bed")]
)
def test_the_story_fits_and_is_whole(timepoint: Timepoint, mars_db: Path, question: tuple[str, ...]) -> None:
    arguments = ("show", "mars", "--db", mars_db, *question)
    shown = on_terminal(80, *arguments)
    assert max(map(len, shown)) <= 80
    assert "".join("".join(shown).split()) == "".join(plain(timepoint(*arguments)).split())
