"""``timepoint audit``, ``timepoint converge`` and ``timepoint run --repeat``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Timepoint, plain

from timepoint_pro.run_store import RunStore


def test_a_run_and_its_export_pass(timepoint: Timepoint, mars_db: Path) -> None:
    assert plain(timepoint("audit", "mars", "--db", mars_db)).endswith("passed\n")
    plain(timepoint("export", "mars", "--db", mars_db, "--format", "jsonl", "--out", "out", "--task", "dialog_turn"))
    report = json.loads(plain(timepoint("audit", "out", "--json", "--out", "deep/report.json", "--coupling")))
    assert report == json.loads(Path("deep/report.json").read_text(encoding="utf-8"))
    assert report["passed"] is True
    assert report["measures"]["leak_knowledge"]["value"] == 0.0
    assert len(report["coupling"]["couplings"]) == 6
    again = timepoint("audit", "out", "--out", "deep/report.json")
    assert again.exit_code == 3
    assert "--force" in again.stderr
    plain(timepoint("audit", "out", "--out", "deep/report.json", "--force"))


def test_limits_that_are_not_kept_are_named(timepoint: Timepoint) -> None:
    lines = ['{"prompt": "a", "completion": "b."}', '{"prompt": "a", "completion": "b."}', '{"prompt": "a'] * 2
    Path("data.jsonl").write_text("\n".join(lines), encoding="utf-8")
    result = timepoint("audit", "data.jsonl", "--max-duplicates", "0.1", "--canary", "b.", "--max-truncated", "0")
    assert result.exit_code == 1
    assert [line.split(":")[1].strip() for line in result.stderr.splitlines()] == [
        "max_invalid", "max_leaks", "max_duplicates",
    ]  # fmt: skip
    assert "data.jsonl line 3: not JSON" in result.stdout
    loose = ("--max-invalid", "1", "--max-leaks", "1", "--max-duplicates", "1")
    assert timepoint("audit", "data.jsonl", *loose, "--canary", "b.").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("audit", "missing.jsonl"), 3, "there is no such file"),
        (("audit", "empty"), 3, "expected training records"),
        (("audit", "rubbish.jsonl"), 3, "rubbish.jsonl line 1: not UTF-8"),
        (("audit", "nobody"), 3, ""),
        (("audit", "rubbish.jsonl", "--max-leaks", "2"), 2, "--max-leaks"),
        (("converge", "mars"), 2, "two runs or more"),
        (("converge", "mars", "last"), 2, "two runs or more"),
        (("run", "simple", "--repeat", "1"), 2, "a whole number from 2 on"),
        (("run", "simple", "--repeat", "many"), 2, "a whole number from 2 on"),
    ],
)
def test_what_cannot_be_judged_is_said_plainly(
    timepoint: Timepoint, mars_db: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    Path("empty").mkdir()
    Path("rubbish.jsonl").write_bytes(bytes(range(128, 256)))
    result = timepoint(*arguments, "--db", mars_db)
    assert result.exit_code == code, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert "unexpected" not in result.output


def test_repeats_of_a_template_are_compared(timepoint: Timepoint) -> None:
    options = ("--repeat", "3", "--seed", "4", "--run-id", "hall", "--out", "o")
    said = plain(timepoint("run", "convergence/simple", *options))
    assert "Convergence of 3 runs (Jaccard): 0." in said
    assert "95 % interval" in said
    assert "grade " in said
    assert sorted(one.name for one in Path("o").iterdir()) == ["hall_4", "hall_5", "hall_6"]
    assert all((folder / "dialog_turn.jsonl").is_file() for folder in Path("o").iterdir())
    with RunStore("metadata/runs.db") as store:
        assert {row["run_id"]: row["seed"] for row in store.runs()} == {"hall_4": 4, "hall_5": 5, "hall_6": 6}
    compared = json.loads(plain(timepoint("converge", "hall_4", "hall_5", "hall_6", "--json")))
    assert f"{compared['convergence']['jaccard']:.3f}" in said
    assert compared["min_acceptable_score"] == 0.7
    assert compared["passed"] is True
    strict = timepoint("converge", "hall_4", "hall_6", "--min-score", "1")
    assert strict.exit_code == 1
    assert "at least 1.0 is wanted" in strict.stderr


def test_repeats_that_differ_too_much_fail(timepoint: Timepoint) -> None:
    template = json.loads(
        (Path(__file__).parents[3] / "timepoint_pro/templates/library/convergence/simple.json").read_text("utf-8")
    )
    template["convergence"] = {"enabled": True, "run_count": 2, "min_acceptable_score": 1.0}
    Path("strict.json").write_text(json.dumps(template), encoding="utf-8")
    result = timepoint("run", "strict.json", "--json", "--quiet", "--repeat")
    assert result.exit_code == 1
    assert "at least 1.0 is wanted" in result.stderr
    report = json.loads(result.stdout)
    assert len(report["runs"]) == len(report["convergence"]["runs"]) == 2
    assert report["passed"] is False
    template["convergence"]["enabled"] = False
    Path("loose.json").write_text(json.dumps(template), encoding="utf-8")
    quiet = plain(timepoint("run", "loose.json", "--quiet", "--repeat", "template"))
    assert len(quiet.splitlines()) == 2
