"""``timepoint report`` as a user calls it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from timepoint_pro import Simulation
from timepoint_pro.cli.group import commands

pytest.importorskip("jinja2", reason="needs the extra [report]")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    for seed, run_id in ((1, "one"), (2, "two")):
        Simulation.from_template("convergence/simple", seed=seed, store=folder / "runs.db", run_id=run_id).run()
    return folder


def report(folder: Path, *arguments: str) -> Result:
    before = Path.cwd()
    os.chdir(folder)
    try:
        return CliRunner().invoke(commands, ["report", *arguments, "--db", "runs.db"], prog_name="timepoint")
    finally:
        os.chdir(before)


def test_one_run(folder: Path) -> None:
    done = report(folder, "last")
    assert (done.exit_code, done.stdout) == (0, f"{Path('output/two/report.html')}\n")
    assert "two" in (folder / "output/two/report.html").read_text(encoding="utf-8")


def test_two_runs_as_json(folder: Path) -> None:
    done = report(folder, "one", "two", "--out", "both.html", "--json")
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    assert said == {"runs": ["one", "two"], "path": "both.html", "bytes": (folder / "both.html").stat().st_size}


def test_a_file_is_kept_unless_forced(folder: Path) -> None:
    assert report(folder, "one", "--out", "kept.html").exit_code == 0
    (folder / "kept.html").write_text("mine")
    refused = report(folder, "one", "--out", "kept.html")
    assert refused.exit_code == 3
    assert refused.stderr == (
        "error: kept.html exists already; give another place (--out, out=), or replace it (--force, force=True)\n"
    )
    assert (folder / "kept.html").read_text() == "mine"
    assert report(folder, "one", "--out", "kept.html", "--force").exit_code == 0
    assert (folder / "kept.html").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("three",), 3, "no run 'three'"),
        (("one", "three"), 3, "no run 'three'"),
        (("one", "--out", "."), 3, "is not a regular file"),
        (("one", "--out", "runs.db/x.html"), 3, "cannot be written"),
        ((), 2, "Missing argument 'RUN'"),
    ],
)
def test_what_cannot_be_done_is_said(folder: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = report(folder, *arguments)
    assert done.exit_code == code
    assert said in done.stderr
    assert "Traceback" not in done.output
