"""Modes, formats and tasks from outside the library: what happens where they are known, and where they are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import orjson
import pytest

from timepoint_pro import Campaign, Intervention, RunStore, Simulation
from timepoint_pro.errors import DataError, ModelError, UnknownNameError
from timepoint_pro.exporters import OWN_FORMATS
from timepoint_pro.exporters.contract import Format, Source
from timepoint_pro.exporters.tasks.annotation import Annotator
from timepoint_pro.exporters.tasks.catalogue import TASKS
from timepoint_pro.exporters.tasks.example import Example, Section
from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.modes.catalogue import MODES
from timepoint_pro.modes.forward import Forward


class Later(Forward):
    """Forward mode by another name."""

    name = "later"


class Failing(ScriptedBackend):
    """Answers so many requests, then none."""

    def __init__(self, answers: int) -> None:
        self.left = answers

    async def complete(self, request: Request, /) -> Completion:
        self.left -= 1
        if self.left < 0:
            raise ModelError("gone")
        return await super().complete(request)


@pytest.fixture
def later() -> Iterator[None]:
    with patch.dict(MODES, {"later": Later}):
        yield


def played(**arguments: object) -> Simulation:
    return Simulation.from_template("convergence/simple", seed=2, mode="later", **arguments)


@pytest.mark.usefixtures("later")
def test_a_run_in_a_mode_of_ones_own_stops_and_goes_on() -> None:
    whole = played(store=":memory:", run_id="one").run()
    with RunStore(":memory:") as store:
        with pytest.raises(ModelError):
            played(store=store, run_id="one", backend=Failing(15), model="scripted").run()
        run = Simulation.resume("one", store).run()
        assert (run.mode, run.template.temporal.mode) == ("later", "forward")
        assert dict(run.log) == dict(whole.log)
        fork = run.fork(at="T1", intervention=Intervention.presence("rob", False))
        assert (fork.mode, fork.status) == ("later", "completed")


@pytest.mark.usefixtures("later")
def test_a_campaign_plays_it(tmp_path: Path) -> None:
    campaign = Campaign("convergence/simple", repeats=2, variations=0, mode="later", store=tmp_path / "runs.db")
    assert campaign.run().completed == 2
    assert {run.mode for run in campaign.runs()} == {"later"}


def test_a_run_in_a_mode_that_is_not_known_here_is_refused_by_name() -> None:
    with RunStore(":memory:") as store:
        with patch.dict(MODES, {"later": Later}):
            played(store=store, run_id="one").run()
        for read in (lambda: store.load("one").world(), lambda: Simulation.resume("one", store)):
            with pytest.raises(UnknownNameError, match="unknown mode 'later'"):
                read()
    with pytest.raises(UnknownNameError, match="unknown mode 'later'"):
        played()


@pytest.mark.usefixtures("later")
def test_tdf_has_no_word_for_it(tmp_path: Path) -> None:
    run = played(store=":memory:").run()
    with pytest.raises(DataError, match=r"is in later mode, and TDF knows forward, .*; take another format"):
        run.export(tmp_path / "out", formats=["tdf"])
    assert not list(tmp_path.rglob("*.json"))
    assert run.export(tmp_path / "out", formats=["json", "markdown", "jsonl"])


def test_a_format_of_ones_own_is_written_with_the_others_or_not_at_all(tmp_path: Path) -> None:
    run = Simulation.from_template("convergence/simple", seed=2, store=":memory:", run_id="one").run()
    line = Format(lambda *_: ("line.txt",), lambda source, _settings, out: out.text("line.txt", source.run_id))
    torn = Format(lambda *_: ("torn.txt",), lambda *_: (_ for _ in ()).throw(DataError("torn")))
    with patch.dict(OWN_FORMATS, {"line": line, "torn": torn}):
        with pytest.raises(DataError, match="torn"):
            run.export(tmp_path / "torn", formats=["line", "torn"])
        assert not list((tmp_path / "torn").glob("*"))
        written = run.export(tmp_path / "out", formats=["line", "json"])
    assert [path.name for path in written] == ["line.txt", "data_export.json"]
    assert written[0].read_text() == "one"
    assert {row["format"] for row in run.store.query("SELECT format FROM artifacts")} == {"line", "json"}
    with pytest.raises(UnknownNameError, match="unknown output format 'line'"):
        run.export(tmp_path / "out", formats=["line"])


def test_a_task_of_ones_own_has_records_a_card_and_a_reason_where_it_has_none(tmp_path: Path) -> None:
    def names(source: Source) -> Iterator[Example]:
        notes = Annotator(source, "names", mechanism="M9", entered=())
        for row in source.rows("entities", "position"):
            yield notes.example(row["entity_id"], (Section("user", row["entity_id"]),), row["name"])

    def none(_source: Source) -> Iterator[Example]:
        return iter(())

    run = Simulation.from_template("convergence/simple", seed=2, store=tmp_path / "runs.db", run_id="one").run()
    with patch.dict(TASKS, {"names": names, "none": none}):
        run.export(tmp_path / "out", tasks=["names", "none"])
        campaign = Campaign(
            "convergence/simple", repeats=1, variations=0, tasks=["names"], records=3, store=tmp_path / "more.db"
        )
        assert campaign.run().records == 3
    records = [orjson.loads(line) for line in (tmp_path / "out" / "names.jsonl").read_bytes().splitlines()]
    assert [one["completion"] for one in records] == [one.name for one in run.entities]
    assert {one["metadata"]["task"] for one in records} == {"names"}
    assert "nothing in this run gives rise to one" in (tmp_path / "out" / "manifest.json").read_text()
    with pytest.raises(UnknownNameError, match="unknown training task 'names'"):
        run.export(tmp_path / "other", tasks=["names"])
