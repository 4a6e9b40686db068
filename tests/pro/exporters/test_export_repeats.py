"""What another branch, round or fork has already, word for word, is exported once; whoever wants it twice says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from timepoint_pro.cli.group import commands
from timepoint_pro.evaluation.audit import audit
from timepoint_pro.exporters import export_runs, training_examples
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Intervention, Simulation

TASKS = ("dialog_turn", "state_transition", "counterfactual", "provenance_qa")
RETOLD = TASKS[:2]
KEPT_WHOLE = TASKS[2:]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Run]]:
    """A run of branches; a run of one path, and two forks of it."""
    path = tmp_path_factory.mktemp("paths") / "runs.db"
    with RunStore(path) as store:
        Simulation.from_template("orchestra_strike", seed=3, store=store, run_id="branches").run()
        base = Simulation.from_template("convergence/simple", seed=3, store=store, run_id="base").run()
        someone = base.entities[0].id
        base.fork("T1", Intervention.state(someone, valence=-0.9, energy=5), run_id="tired")
        base.fork("T1", Intervention.state(someone, valence=0.9), run_id="glad")
        yield [store.load(name) for name in ("branches", "base", "tired", "glad")]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return found


def told_once(records: list[dict[str, Any]], world: dict[str, str]) -> list[dict[str, Any]]:
    """What should be left, found in the plainest way: all against all that came before and were kept."""
    kept: list[dict[str, Any]] = []
    for record in records:
        data = record["metadata"]
        again = any(
            one["completion"] == record["completion"]
            and one["metadata"]["speaker"] == data["speaker"]
            and world[one["metadata"]["run_id"]] == world[data["run_id"]]
            and (one["metadata"]["run_id"], one["metadata"]["path_id"]) != (data["run_id"], data["path_id"])
            for one in kept
        )
        if not again:
            kept.append(record)
    return kept


def test_each_thing_is_told_once_and_the_first_wins(runs: list[Run], tmp_path: Path) -> None:
    export_runs(runs, tmp_path / "once", tasks=TASKS)
    export_runs(runs, tmp_path / "all", tasks=TASKS, deduplication_threshold=0)
    world = {"branches": "branches", "base": "base", "tired": "base", "glad": "base"}
    counts = manifest(tmp_path / "once")["tasks"]
    for task in RETOLD:
        everything = lines(tmp_path / "all" / f"{task}.jsonl")
        once = lines(tmp_path / "once" / f"{task}.jsonl")
        assert once == told_once(everything, world)
        assert counts[task]["repeats"] == len(everything) - len(once) > 0
        for run in ("branches", "tired", "glad"):
            assert sum(one["metadata"]["run_id"] == run for one in everything) > sum(
                one["metadata"]["run_id"] == run for one in once
            )
        assert [one for one in once if one["metadata"]["run_id"] == "base"] == [
            one for one in everything if one["metadata"]["run_id"] == "base"
        ]
    for task in KEPT_WHOLE:
        name = f"{task}.jsonl"
        assert (tmp_path / "once" / name).read_bytes() == (tmp_path / "all" / name).read_bytes()
        assert counts[task]["repeats"] == 0
    assert all(count["repeats"] == 0 for count in manifest(tmp_path / "all")["tasks"].values())
    total = sum(count["repeats"] for count in counts.values())
    card = (tmp_path / "once" / "README.md").read_text("utf-8")
    assert f"Left out: {total} records that another path of the same world" in card
    assert "Left out:" not in (tmp_path / "all" / "README.md").read_text()
    ids = [record["metadata"]["record_id"] for task in TASKS for record in lines(tmp_path / "once" / f"{task}.jsonl")]
    assert [line["record_id"] for line in lines(tmp_path / "once" / "provenance.jsonl")] == ids


def test_a_fork_alone_is_whole(runs: list[Run], tmp_path: Path) -> None:
    fork = runs[2]
    export_runs([fork], tmp_path, tasks=["dialog_turn"])
    assert len(lines(tmp_path / "dialog_turn.jsonl")) == fork.turns
    assert [record["metadata"]["turn_id"] for record in training_examples(fork)] == [
        turn.turn_id for dialog in fork.dialogs for turn in dialog.turns
    ]


def test_preference_pairs_of_branches_are_all_there(runs: list[Run], tmp_path: Path) -> None:
    for name, threshold in (("once", None), ("all", 0)):
        export_runs(
            runs, tmp_path / name, tasks=["counterfactual"], trainer="preference", deduplication_threshold=threshold
        )
    assert lines(tmp_path / "once" / "counterfactual.jsonl")
    once, everything = ((tmp_path / name / "counterfactual.jsonl").read_bytes() for name in ("once", "all"))
    assert once == everything


def test_any_number_of_processes_leaves_out_the_same(runs: list[Run], tmp_path: Path) -> None:
    for order in ((0, 1, 2, 3), (2, 1, 3, 0), (1, 0, 2, 3)):
        chosen = [runs[place] for place in order]
        folders = [tmp_path / f"{order}-{workers}" for workers in (1, 2, 4)]
        for folder, workers in zip(folders, (1, 2, 4), strict=True):
            export_runs(chosen, folder, tasks=TASKS, workers=workers)
        first, *others = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
        assert all(other == first for other in others)


def test_a_record_that_is_dropped_makes_room_for_its_repeat(runs: list[Run], tmp_path: Path) -> None:
    branches = runs[0]
    everything = list(training_examples(branches, deduplication_threshold=0))
    kept = {record["metadata"]["record_id"] for record in training_examples(branches)}
    again = next(record for record in everything if record["metadata"]["record_id"] not in kept)
    first = next(record for record in everything if record["completion"] == again["completion"])
    edits = tmp_path / "edits.jsonl"
    edits.write_text(json.dumps({"record_id": first["metadata"]["record_id"], "action": "drop"}) + "\n", "utf-8")
    export_runs([branches], tmp_path / "out", edits=edits)
    found = [record["metadata"]["record_id"] for record in lines(tmp_path / "out" / "dialog_turn.jsonl")]
    assert first["metadata"]["record_id"] not in found
    assert again["metadata"]["record_id"] in found


def test_an_audit_of_a_run_judges_what_is_exported_by_default(runs: list[Run], tmp_path: Path) -> None:
    branches = runs[0]
    export_runs([branches], tmp_path / "all", deduplication_threshold=0)
    report, whole = audit(branches), audit(tmp_path / "all")
    assert report.about["records"] == len(list(training_examples(branches)))
    once, twice = (one.findings["duplicates"].count for one in (report, whole))
    assert once <= 2 < 20 < twice


def test_the_command_says_what_it_left_out_and_keeps_it_when_told_to(runs: list[Run], tmp_path: Path) -> None:
    common = ["export", "branches", "--db", runs[0].store.path, "--task", "dialog_turn"]
    plain = CliRunner().invoke(commands, [*common, "--out", str(tmp_path / "once")])
    repeats = manifest(tmp_path / "once")["tasks"]["dialog_turn"]["repeats"]
    assert f"left out, since another path says it already: {repeats} of dialog_turn" in plain.stderr
    told = CliRunner().invoke(commands, [*common, "--out", str(tmp_path / "json"), "--json"])
    assert json.loads(told.stdout)["repeats"] == {"dialog_turn": repeats}
    whole = CliRunner().invoke(commands, [*common, "--out", str(tmp_path / "all"), "--deduplicate", "0"])
    assert whole.exit_code == 0
    assert "left out" not in whole.stderr
    assert len(lines(tmp_path / "all" / "dialog_turn.jsonl")) == runs[0].turns
