"""``run``, ``resume``, ``runs``, ``export`` and ``delete``, in this process."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import Timepoint, plain

from timepoint_pro import RunStore, Simulation, Template, simulation
from timepoint_pro.cli.playing import formats_asked
from timepoint_pro.errors import ModelError
from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend


class Meter:
    """The scripted model behind a meter: it charges for each call, and may fail from one call on."""

    name = "meter"

    def __init__(self, *, price: float = 0.0, fails_at: int | None = None) -> None:
        self._within, self._price, self._fails_at, self._calls = ScriptedBackend(), price, fails_at, 0

    async def complete(self, request: Request, /) -> Completion:
        self._calls += 1
        if self._fails_at is not None and self._calls >= self._fails_at:
            raise ModelError("the endpoint does not answer", model=request.model)
        found = await self._within.complete(request)
        return Completion(text=found.text, value=found.value, model=found.model, cost_usd=self._price)

    async def aclose(self) -> None:
        await self._within.aclose()


@pytest.fixture
def metered(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets a ``Meter`` with these settings serve every model."""

    def use(**settings: Any) -> None:
        class Metered(Simulation):
            def __init__(self, template: Template, **arguments: Any) -> None:
                super().__init__(template, **arguments, backend=Meter(**settings))

        monkeypatch.setattr(simulation, "Simulation", Metered)

    return use


def status(timepoint: Timepoint) -> str:
    return str(json.loads(plain(timepoint("runs", "--json")))[0]["status"])


def test_a_run_shows_what_it_was_and_writes_its_files(timepoint: Timepoint, tmp_path: Path) -> None:
    result = timepoint("run", "simple", "--run-id", "roof")
    shown = plain(result)
    for line in ("convergence/simple: forward, seed 0, completed", "What happened", "Who was in it", "Model scripted"):
        assert line in shown
    assert "timepoint show last" in shown
    assert "T0 (1 of 3)" in result.stderr
    assert "T2 closed" in result.stderr
    files = [Path(line.strip()) for line in shown.split("\nFiles\n")[1].split("\n\n")[0].splitlines()]
    assert files
    assert all((tmp_path / file).is_file() for file in files)
    assert all(file.is_relative_to(Path("output") / "roof") for file in files)


def test_as_json_stdout_is_one_document(timepoint: Timepoint) -> None:
    summary = json.loads(plain(timepoint("run", "simple", "--json", "--seed", "5", "--out", "here")))
    assert (summary["seed"], summary["status"], summary["model"]) == (5, "completed", "scripted")
    assert summary["turns"] == sum(one["turns"] for one in summary["moments"]) > 0
    assert {Path(file).parts[0] for file in summary["files"]} == {"here"}


def test_quiet_says_the_id_only(timepoint: Timepoint) -> None:
    result = timepoint("run", "simple", "--quiet")
    listed = json.loads(plain(timepoint("runs", "--json")))
    assert (result.stdout.strip(), result.stderr) == (listed[0]["run_id"], "")


def test_the_same_seed_gives_the_same_words_and_another_gives_others(timepoint: Timepoint) -> None:
    def words(run_id: str, seed: str) -> list[str]:
        plain(timepoint("run", "simple", "--quiet", "--run-id", run_id, "--seed", seed))
        scenes = json.loads(plain(timepoint("show", run_id, "--json")))["scenes"]
        return [turn["content"] for scene in scenes for turn in scene["turns"]]

    first = words("a", "1")
    assert first == words("b", "1")
    assert first != words("c", "2")


def test_a_mechanism_can_be_left_out(timepoint: Timepoint) -> None:
    summary = json.loads(plain(timepoint("run", "simple", "--without", "M7", "--without", "M4", "--json")))
    assert not {"M4", "M7"} & set(summary["mechanisms"])
    assert {"M3", "M11"} <= set(summary["mechanisms"])


def test_another_mode(timepoint: Timepoint) -> None:
    summary = json.loads(plain(timepoint("run", "mars_mission_portal", "--mode", "forward", "--json", "--quiet")))
    assert (summary["mode"], summary["search"]) == ("forward", None)


def test_a_database_elsewhere_by_option_or_variable(
    timepoint: Timepoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = plain(timepoint("run", "simple", "--db", "my runs.db"))
    assert "timepoint show last --db 'my runs.db'" in shown
    monkeypatch.setenv("TIMEPOINT_DB", "my runs.db")
    assert "convergence/simple" in plain(timepoint("runs"))
    assert not (tmp_path / "metadata").exists()


def test_an_id_serves_once(timepoint: Timepoint) -> None:
    plain(timepoint("run", "simple", "--quiet", "--run-id", "one"))
    again = timepoint("run", "simple", "--quiet", "--run-id", "one")
    assert again.exit_code == 3
    assert "'one' exists already" in again.stderr


def test_a_file_that_is_there_is_kept_and_the_run_too(timepoint: Timepoint, tmp_path: Path) -> None:
    plain(timepoint("run", "simple", "--quiet", "--out", "here"))
    before = {file: file.read_bytes() for file in (tmp_path / "here").rglob("*") if file.is_file()}
    second = timepoint("run", "simple", "--quiet", "--out", "here", "--seed", "9", "--run-id", "second")
    assert second.exit_code == 3
    assert "timepoint export second --out DIR\n" in second.stderr
    assert {file: file.read_bytes() for file in (tmp_path / "here").rglob("*") if file.is_file()} == before
    assert status(timepoint) == "completed"
    plain(timepoint("resume", "second", "--quiet", "--out", "here", "--force"))
    assert {file: file.read_bytes() for file in before} != before


def test_what_is_written_already_is_left_as_it_is(timepoint: Timepoint, tmp_path: Path) -> None:
    plain(timepoint("run", "simple", "--quiet", "--run-id", "abc"))
    file = tmp_path / "output" / "abc" / "dialog_turn.jsonl"
    before = file.stat().st_mtime_ns
    plain(timepoint("resume", "last", "--quiet"))
    shown = plain(timepoint("export", "last")).splitlines()
    assert f"{file.relative_to(tmp_path)} (unchanged)" in shown
    assert file.stat().st_mtime_ns == before


def test_a_database_of_something_else_is_refused_and_untouched(timepoint: Timepoint, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with contextlib.closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE invoices (id)")
    before = other.read_bytes()
    for command in (("run", "simple", "--db", other), ("runs", "--db", other), ("resume", "last", "--db", other)):
        refused = timepoint(*command)
        assert refused.exit_code == 3
        assert "other.db: is a database of something else (1 tables, such as 'invoices')" in refused.stderr
    assert other.read_bytes() == before


def test_an_empty_file_becomes_a_database_by_a_run_only(timepoint: Timepoint, tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    assert "holds no runs" in timepoint("runs", "--db", "empty.db").stderr
    assert plain(timepoint("run", "simple", "--db", "empty.db", "--quiet", "--run-id", "x")) == "x\n"


def test_a_database_that_may_not_be_written_can_be_read(timepoint: Timepoint) -> None:
    folder = Path(tempfile.mkdtemp())
    db = folder / "runs.db"
    try:
        plain(timepoint("run", "simple", "--db", db, "--quiet", "--run-id", "kept"))
        db.chmod(0o444)
        folder.chmod(0o555)
        with _as_somebody():
            assert "kept" in plain(timepoint("runs", "--db", db))
            assert "Marta" in plain(timepoint("show", "kept", "--db", db))
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


@contextlib.contextmanager
def _as_somebody() -> Iterator[None]:
    """Without the administrator's right to write anywhere, where these tests have it."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_model_that_fails_leaves_a_run_to_resume(timepoint: Timepoint, metered: Any) -> None:
    metered(fails_at=15)
    failed = timepoint("run", "simple", "--run-id", "cut", "--seed", "2")
    assert failed.exit_code == 4
    assert "error: the endpoint does not answer" in failed.stderr
    assert "go on with: timepoint resume cut\n" in failed.stderr
    assert status(timepoint) == "failed"
    metered()
    resumed = json.loads(plain(timepoint("resume", "last", "--json")))
    # Another database, since calls of this one would be found in its cache.
    whole = json.loads(plain(timepoint("run", "simple", "--seed", "2", "--json", "--db", "other.db")))
    apart = {"run_id", "files"}
    assert {key: value for key, value in resumed.items() if key not in apart} == {
        key: value for key, value in whole.items() if key not in apart
    }


def test_a_budget_stops_and_a_higher_one_goes_on(timepoint: Timepoint, metered: Any) -> None:
    metered(price=0.01)
    stopped = timepoint("run", "simple", "--max-cost", "0.2", "--run-id", "dear", "--db", "d.db")
    assert stopped.exit_code == 5
    assert "go on with: timepoint resume dear --db d.db\n" in stopped.stderr
    assert timepoint("resume", "dear", "--db", "d.db", "--max-cost", "0.2").exit_code in (0, 5)
    done = json.loads(plain(timepoint("resume", "dear", "--db", "d.db", "--max-cost", "9", "--json", "--force")))
    assert done["status"] == "completed"
    assert done["cost"]["usd"] > 0.2


def test_resuming_with_other_mechanisms_has_to_be_accepted(timepoint: Timepoint, metered: Any) -> None:
    metered(fails_at=15)
    failed = timepoint("run", "simple", "--without", "M7", "--run-id", "cut")
    assert "timepoint resume cut --without M7\n" in failed.stderr
    metered()
    refused = timepoint("resume", "cut")
    assert refused.exit_code == 3
    assert "M7 was added" in refused.stderr
    plain(timepoint("resume", "cut", "--accept-changes", "--quiet"))


def test_an_unsafe_model_is_used_with_a_warning(timepoint: Timepoint, metered: Any) -> None:
    metered()
    forced = timepoint("run", "simple", "--model", "qwen/qwq-32b", "--for-training-data", "--quiet")
    assert forced.exit_code == 0
    assert "warning: qwen/qwq-32b is not training-safe by its licence, Qwen" in forced.stderr
    assert timepoint("run", "simple", "--model", "qwen/qwq-32b", "--quiet").stderr == ""
    scripted = ("--model", "scripted", "--for-training-data")
    assert timepoint("run", "simple", *scripted, "--quiet").stderr == ""


@pytest.mark.parametrize(
    ("outputs", "formats"),
    [
        ({}, ["jsonl", "tdf"]),
        ({"formats": []}, []),
        ({"formats": [], "export_ml_dataset": True}, ["jsonl"]),
        ({"formats": ["tdf"]}, ["tdf"]),
        ({"formats": ["jsonl", "tdf"], "export_ml_dataset": True}, ["jsonl", "tdf"]),
        ({"formats": ["tdf"], "generate_narrative_exports": True}, ["tdf", "markdown"]),
        ({"formats": ["tdf", "docx"]}, ["tdf"]),
    ],
)
def test_what_a_template_asks_to_be_written(outputs: dict[str, Any], formats: list[str]) -> None:
    template = {"scenario_description": "Two clerks and a lost key."}
    assert formats_asked(Template.from_dict({**template, "outputs": outputs} if outputs else template)) == formats


def test_export_writes_what_is_asked(timepoint: Timepoint, tmp_path: Path, mars_db: Path) -> None:
    listed = plain(timepoint("export", "mars", "--db", mars_db, "--format", "tdf", "--out", "x")).splitlines()
    assert any(line.endswith((".json", ".jsonl")) for line in listed)
    assert all((tmp_path / line).is_file() for line in listed)
    again = plain(timepoint("export", "mars", "--db", mars_db, "--format", "tdf", "--out", "x")).splitlines()
    assert again == [f"{line} (unchanged)" for line in listed]
    (tmp_path / listed[0]).write_text("mine")
    refused = timepoint("export", "mars", "--db", mars_db, "--format", "tdf", "--out", "x")
    assert refused.exit_code == 3
    assert "--force" in refused.stderr
    assert (tmp_path / listed[0]).read_text() == "mine"
    forced = plain(timepoint("export", "mars", "--db", mars_db, "--format", "tdf", "--out", "x", "--force", "--json"))
    assert json.loads(forced) == {"run_id": "mars", "files": listed}


def test_export_options_reach_the_records(timepoint: Timepoint, tmp_path: Path, mars_db: Path) -> None:
    def record(folder: str, *options: str) -> dict[str, Any]:
        chosen = ("--db", mars_db, "--format", "jsonl", "--task", "dialog_turn", "--out", folder)
        files = json.loads(plain(timepoint("export", "mars", *chosen, "--json", *options)))["files"]
        return dict(json.loads((tmp_path / files[0]).read_text().splitlines()[-1]))

    whole = record("a")
    assert isinstance(whole["prompt"], str)
    assert "messages" in record("b", "--trainer", "openai")
    assert len(str(record("c", "--max-tokens", "400")["prompt"])) < len(whole["prompt"])


def test_delete_asks_on_a_terminal_only(timepoint: Timepoint, tmp_path: Path) -> None:
    plain(timepoint("run", "simple", "--quiet", "--run-id", "gone"))
    unasked = timepoint("delete", "gone")
    assert unasked.exit_code == 2
    assert "--yes" in unasked.stderr
    assert "deleted run gone (convergence/simple" in plain(timepoint("delete", "last", "--yes"))
    assert timepoint("show", "gone").exit_code == 3
    with RunStore("metadata/runs.db") as store:
        assert store.query("SELECT count(*) AS n FROM dialogs") == [{"n": 0}]
    assert (tmp_path / "output" / "gone").is_dir()
