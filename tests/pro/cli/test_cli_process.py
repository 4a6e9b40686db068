"""The real command in processes of its own: signals, pipes, terminals."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from command_line import COMMAND, environment, started

from timepoint_pro import RunStore, Template

MOMENTS = 20
ESCAPE = "\x1b"
COLOUR = re.compile(r"\x1b\[[0-9;]*[349][0-7]m")


@pytest.fixture
def long_template(tmp_path: Path) -> Path:
    """A template of so many moments that there is time to interrupt it."""
    template = Template.from_template("convergence/simple").with_changes(
        {"timepoints.count": MOMENTS, "world_id": "long", "outputs.formats": []}
    )
    path = tmp_path / "long.json"
    path.write_text(json.dumps(template.to_dict(defaults=False)))
    return path


def finished(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a process."""
    process = started(folder, *arguments)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def rows_of(db: Path, run_id: str) -> list[Any]:
    with RunStore(db, read_only=True) as store:
        return [
            *store.query("SELECT chunk, seq, type, body FROM events WHERE run_id = ? ORDER BY chunk, seq", (run_id,)),
            *store.query("SELECT turn_id, content FROM dialogs WHERE run_id = ? ORDER BY turn_id", (run_id,)),
        ]


def test_ctrl_c_leaves_a_run_that_reads_and_resumes(tmp_path: Path, long_template: Path) -> None:
    db = tmp_path / "runs.db"
    options = ("--seed", "3", "--db", "runs.db")
    with started(tmp_path, "run", "long.json", "--run-id", "cut", *options) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        for line in process.stderr:
            if line.startswith("T1 closed"):
                process.send_signal(signal.SIGINT)
                break
        rest, out = process.stderr.read(), process.stdout.read()
    assert (process.returncode, out) == (130, "")
    assert rest.splitlines()[-1] == "interrupted; go on with: timepoint resume cut --db runs.db"
    assert "Traceback" not in rest
    with RunStore(db, read_only=True) as store:
        store.check()
        cut = store.load("cut")
        assert cut.status == "interrupted"
        played = len(cut.timepoints)
        assert 2 <= played < MOMENTS
        assert all(dialog.turns for dialog in cut.dialogs)
    code, shown, _err = finished(tmp_path, "show", "cut", "--db", "runs.db", "--json")
    assert code == 0
    assert len(json.loads(shown)["scenes"]) == played

    code, _out, err = finished(tmp_path, "resume", "last", "--db", "runs.db")
    assert code == 0
    assert f"({played + 1} of {MOMENTS})" in err
    assert finished(tmp_path, "run", "long.json", "--run-id", "whole", "--quiet", *options)[0] == 0
    assert rows_of(db, "cut") == rows_of(db, "whole")


def test_through_a_pipe_there_are_no_escape_codes(tmp_path: Path) -> None:
    code, out, err = finished(tmp_path, "run", "simple", "--run-id", "a")
    assert code == 0
    assert ESCAPE not in out + err
    for arguments in (["show", "a"], ["list"]):
        code, out, err = finished(tmp_path, *arguments)
        assert code == 0
        assert out
        assert ESCAPE not in out + err


def on_terminal(folder: Path, **changes: str) -> tuple[int, str, str]:
    """A short run whose stderr is a terminal: exit code, stdout, what the terminal got."""
    leader, follower = pty.openpty()
    process = started(folder, "run", "simple", stderr=follower, env=environment(**changes))
    os.close(follower)
    seen = b""
    while True:
        try:
            block = os.read(leader, 65536)
        except OSError:  # Linux says so when the other side has closed.
            break
        if not block:
            break
        seen += block
    os.close(leader)
    out, _err = process.communicate(timeout=30)
    return process.returncode, out, seen.decode()


def test_a_terminal_gets_a_bar(tmp_path: Path) -> None:
    code, out, seen = on_terminal(tmp_path, TERM="xterm-256color", COLUMNS="140")
    assert code == 0
    assert "3/3" in seen
    assert "$0.0000" in seen
    assert "T0 closed" not in seen
    assert ESCAPE not in out


def test_the_bar_has_no_colour_to_take_off(tmp_path: Path) -> None:
    _code, _out, seen = on_terminal(tmp_path, TERM="xterm-256color", COLUMNS="140", NO_COLOR="1")
    assert "3/3" in seen
    assert not COLOUR.search(seen)


def test_a_dumb_terminal_gets_lines(tmp_path: Path) -> None:
    _code, _out, seen = on_terminal(tmp_path, TERM="dumb")
    assert ESCAPE not in seen
    assert "T0 closed" in seen


def test_a_reader_that_leaves_is_no_failure(tmp_path: Path) -> None:
    assert finished(tmp_path, "run", "simple", "--quiet", "--run-id", "a")[0] == 0
    reading, writing = os.pipe()
    os.close(reading)
    shown = subprocess.run(
        [*COMMAND, "show", "a"], cwd=tmp_path, env=environment(), stdout=writing, stderr=subprocess.PIPE, check=False
    )
    assert (shown.returncode, shown.stderr) == (141, b"")
    # Nobody reads the progress either: the run still comes to its end.
    subprocess.run([*COMMAND, "run", "simple", "--run-id", "b"], cwd=tmp_path, env=environment(), stdout=writing,
                   stderr=writing, check=False)  # fmt: skip
    os.close(writing)
    with RunStore(tmp_path / "metadata" / "runs.db", read_only=True) as store:
        assert store.load("b").status == "completed"


def test_exit_codes_and_streams_of_real_processes(tmp_path: Path) -> None:
    for arguments, expected in (
        (["--version"], 0), (["validate", "nope"], 1), (["list", "--mode", "sideways"], 2), (["run", "nope"], 3),
    ):  # fmt: skip
        code, _out, err = finished(tmp_path, *arguments)
        assert code == expected
        assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


def test_letters_that_the_reader_s_encoding_lacks(tmp_path: Path) -> None:
    template = {"scenario_description": "Air.", "patch": {"description": "CO₂ ≥ 800 ppm."}}
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "air.json").write_text(json.dumps(template))
    process = started(
        tmp_path, "list", env=environment(TIMEPOINT_TEMPLATES=str(tmp_path / "t"), PYTHONIOENCODING="latin-1")
    )
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert "CO? ? 800 ppm." in out
