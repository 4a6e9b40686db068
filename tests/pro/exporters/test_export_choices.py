"""Limits by a tokenizer, records left out by what an audit finds, and both from the command line."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from timepoint_pro.cli.group import commands
from timepoint_pro.errors import DataError, MissingExtraError, UnknownNameError, UsageError
from timepoint_pro.evaluation.quality import FLAWS, sound
from timepoint_pro.exporters import export
from timepoint_pro.run import Run
from timepoint_pro.simulation import Simulation


class Letters:
    """Stands in for ``tokenizers.Tokenizer``: a token a letter."""

    @staticmethod
    def from_str(text: str) -> Letters:
        if text != "letters":
            raise ValueError("expected value at line 1")
        return Letters()

    def no_truncation(self) -> None: ...

    def no_padding(self) -> None: ...

    def encode(self, text: str, add_special_tokens: bool) -> Any:
        assert not add_special_tokens
        return types.SimpleNamespace(ids=list(text))


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    module = types.ModuleType("tokenizers")
    module.Tokenizer = Letters  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tokenizers", module)
    path = tmp_path / "tokenizer.json"
    path.write_text("letters")
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_tokenizer_counts_what_the_limit_bounds(mars: Run, letters: Path, tmp_path: Path) -> None:
    limit = 2_600
    export(mars, tmp_path / "out", max_tokens=limit, tokenizer=letters)
    told = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert told["tokens_counted_by"] == "tokenizer.json"
    count = told["tasks"]["dialog_turn"]
    marks = len("[INST]  [/INST]")
    sizes = [len(one["prompt"]) - marks + len(one["completion"]) for one in lines(tmp_path / "out/dialog_turn.jsonl")]
    assert sum(size > limit for size in sizes) == count["too_long"]
    assert 0 < count["shortened"] < count["records"]


def test_what_is_no_tokenizer_is_named(mars: Run, letters: Path, tmp_path: Path) -> None:
    letters.write_text("{}")
    for path in (letters, tmp_path / "none.json"):
        with pytest.raises(DataError, match=path.name):
            export(mars, tmp_path / "out", max_tokens=10, tokenizer=path)
    with pytest.raises(UsageError, match="give max_tokens"):
        export(mars, tmp_path / "out", tokenizer=letters)


def test_the_missing_extra_is_named(
    mars: Run, letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingExtraError, match=r"timepoint-pro\[tokenizers\]"):
        export(mars, tmp_path / "out", max_tokens=10, tokenizer=letters)


def test_a_sound_run_loses_nothing_but_what_was_dismissed(mars: Run) -> None:
    records = list(mars.training_examples())
    whole = sound([mars], [flaw for flaw in FLAWS if flaw != "dismissed"])
    assert all(whole(record) for record in records)
    heard = [record for record in records if sound([mars], ["dismissed"])(record)]
    assert {record["metadata"]["uptake"] for record in heard} == {"taken_up", "open"}


def spoilt(record: dict[str, Any], flaw: str, secret: str) -> dict[str, Any]:
    """The record with one flaw."""
    changes: dict[str, dict[str, Any]] = {
        "invalid": {"metadata": {**record["metadata"], "seed": "seven"}},
        "empty": {"completion": " "},
        "truncated": {"completion": "We should open the"},
        "leaks": {"completion": f"Listen: {secret}"},
        "contradictions": {"metadata": {**record["metadata"], "emotional_valence": 0.987}},
        "unsafe": {"metadata": {**record["metadata"], "training_safe": False}},
        "dismissed": {"metadata": {**record["metadata"], "uptake": "dismissed"}},
    }
    return {**record, **changes[flaw]}


def test_each_flaw_is_found_and_no_other(mars: Run) -> None:
    record = next(one for one in mars.training_examples() if one["metadata"]["uptake"] != "dismissed")
    known = {item.id for item in mars.knows(record["metadata"]["speaker"])}
    secret = next(item.content for item in mars.items.values() if item.id not in known)
    for flaw in FLAWS:
        for asked in FLAWS:
            assert sound([mars], [asked])(spoilt(record, flaw, secret)) == (asked != flaw), (flaw, asked)
    assert not sound([mars], [], canaries=["BENCHMARK"])({**record, "completion": "A BENCHMARK."})
    with pytest.raises(UnknownNameError, match="did you mean 'leaks'"):
        sound([mars], ["leak"])


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    db = tmp_path_factory.mktemp("pair") / "runs.db"
    for seed in (1, 2):
        Simulation.from_template("convergence/simple", seed=seed, store=db, run_id=f"run_{seed}").run()
    return db


def timepoint(*arguments: str | Path) -> Any:
    return CliRunner().invoke(commands, [str(one) for one in arguments], prog_name="timepoint")


def test_several_runs_become_one_dataset(pair: Path, tmp_path: Path) -> None:
    done = timepoint(
        "export", "run_1", "run_2", "--db", pair, "--out", tmp_path, "--task", "dialog_turn", "--leave-out",
        "dismissed", "--deduplicate", "0.9", "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["run_ids"] == ["run_1", "run_2"]
    records = lines(tmp_path / "dialog_turn.jsonl")
    assert {record["metadata"]["run_id"] for record in records} == {"run_1", "run_2"}
    assert "dismissed" not in {record["metadata"]["uptake"] for record in records}
    count = json.loads((tmp_path / "manifest.json").read_text())["tasks"]["dialog_turn"]
    assert count["filtered"] > 0


def test_what_several_runs_cannot_become_is_said(pair: Path, tmp_path: Path) -> None:
    without = timepoint("export", "run_1", "run_2", "--db", pair)
    other = timepoint("export", "run_1", "run_2", "--db", pair, "--out", tmp_path, "--format", "tdf")
    twice = timepoint("export", "run_1", "run_1", "--db", pair, "--out", tmp_path)
    assert (without.exit_code, other.exit_code, twice.exit_code) == (2, 2, 2)
    assert "--out" in without.stderr
    assert "it holds one run" in other.stderr
    assert "'run_1' twice" in twice.stderr


def test_edits_are_reachable_from_the_command_line(pair: Path, tmp_path: Path) -> None:
    edits = tmp_path / "edits.jsonl"
    edits.write_text(json.dumps({"record_id": "run_1:dialog_turn:T0.1", "action": "drop"}) + "\n")
    done = timepoint("export", "run_1", "--db", pair, "--format", "jsonl", "--edits", edits, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.stderr
    count = json.loads((tmp_path / "out" / "manifest.json").read_text())["tasks"]["dialog_turn"]
    assert count["edits_dropped"] == 1
