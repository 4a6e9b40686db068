"""``list``, ``validate`` and ``models``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Timepoint, plain

from timepoint_pro import ModelSelector


@pytest.fixture
def own_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, timepoint: Timepoint) -> Path:
    """A folder of the user's own, with a good template and a broken one."""
    folder = tmp_path / "own"
    folder.mkdir()
    good = {"scenario_description": "Two clerks and a lost key.", "patch": {"tags": ["office"]}}
    bad = {"scenario_description": "", "tempora": {}, "entities": {"count": 0}}
    (folder / "good.json").write_text(json.dumps(good))
    (folder / "bad.json").write_text(json.dumps(bad))
    monkeypatch.setenv("TIMEPOINT_TEMPLATES", str(folder))
    return folder


def test_list_has_a_line_for_each_template(timepoint: Timepoint) -> None:
    listed = {one["id"]: one for one in json.loads(plain(timepoint("list", "--json")))}
    assert {"showcase/mars_mission_portal", "convergence/simple"} <= set(listed)
    assert listed["showcase/mars_mission_portal"]["mode"] == "portal"
    assert not any(one["problem"] for one in listed.values())
    lines = plain(timepoint("list")).splitlines()
    assert [line.split()[0] for line in lines[1:]] == sorted(listed)


def test_list_filters(timepoint: Timepoint, own_templates: Path) -> None:
    def ids(*options: str) -> set[str]:
        return {one["id"] for one in json.loads(plain(timepoint("list", "--json", *options)))}

    assert ids("--tag", "Office") == {"good"}
    assert "showcase/mars_mission_portal" in ids("--mode", "portal")
    assert "good" not in ids("--mode", "portal")
    assert "showcase/mars_mission_portal" in ids("--mechanism", "m8")
    assert "good" not in ids("--mechanism", "M8")
    assert ids("--mode", "forward", "--tag", "no such tag") == set()


def test_list_shows_why_a_template_is_broken(timepoint: Timepoint, own_templates: Path) -> None:
    line = next(line for line in plain(timepoint("list")).splitlines() if line.startswith("bad "))
    assert "broken" in line
    assert "$." in line


def test_validate_shows_every_problem_with_its_path(timepoint: Timepoint, own_templates: Path) -> None:
    result = timepoint("validate", own_templates / "bad.json", "good")
    assert result.exit_code == 1
    for path in ("$.scenario_description", "$.tempora", "$.entities.count"):
        assert path in result.stdout
    assert "did you mean 'temporal'?" in result.stdout
    assert "good: valid" in result.stdout


def test_validate_as_json(timepoint: Timepoint, own_templates: Path) -> None:
    result = timepoint("validate", "--json", "good", "bad", "no_such")
    assert result.exit_code == 1
    good, bad, missing = json.loads(result.stdout)
    assert (good["template"], good["valid"], good["problems"]) == ("good", True, [])
    assert not bad["valid"]
    assert len(bad["problems"]) >= 3
    assert not missing["valid"]


def test_validate_says_what_has_no_effect_and_still_passes(timepoint: Timepoint, tmp_path: Path) -> None:
    template = {
        "scenario_description": "A well runs dry.",
        "timepoints": {"count": 9},
        "temporal": {"mode": "portal", "portal_description": "The village is left.", "backward_steps": 3},
    }
    (tmp_path / "well.json").write_text(json.dumps(template))
    shown = plain(timepoint("validate", str(tmp_path / "well.json")))
    assert "warning: $.timepoints.count: no effect" in shown


def test_validate_finds_what_only_the_mode_knows(timepoint: Timepoint, tmp_path: Path) -> None:
    template = {"scenario_description": "A portal that leads nowhere.", "temporal": {"mode": "portal"}}
    (tmp_path / "nowhere.json").write_text(json.dumps(template))
    result = timepoint("validate", "nowhere.json")
    assert result.exit_code == 1
    assert "$.temporal.portal_description" in result.stdout


def test_list_names_the_tags_where_one_is_unknown(timepoint: Timepoint) -> None:
    assert "negotiation" in timepoint("list", "--tag", "negotation").stderr


def test_list_tells_turns_and_calls(timepoint: Timepoint, own_templates: Path) -> None:
    listed = {one["id"]: one for one in json.loads(plain(timepoint("list", "--json")))}
    assert listed["convergence/simple"]["calls"] > listed["convergence/simple"]["turns"] > 20
    assert (listed["good"]["turns"], listed["good"]["calls"]) == (55, 60)


def test_validate_says_what_a_template_will_do(timepoint: Timepoint) -> None:
    shown = plain(timepoint("validate", "orchestra_strike"))
    assert "branching mode" in shown
    assert "parts at moment 2: take the donor's money" in shown
    assert "Ottilie Brandl decides" in shown
    assert plain(timepoint("validate", "--brief", "orchestra_strike")) == "orchestra_strike: valid\n"


def test_new_drafts_a_template_that_runs_and_overwrites_nothing(timepoint: Timepoint, tmp_path: Path) -> None:
    shown = plain(timepoint("new", "emergency board meeting about a merger"))
    file = next(tmp_path.glob("emergency*.json"))
    assert file.name in shown
    assert "chair" in shown
    before = file.read_bytes()
    again = timepoint("new", "emergency board meeting about a merger")
    assert (again.exit_code, file.read_bytes()) == (3, before)
    assert "--force" in again.stderr
    assert timepoint("new", "another meeting", "--out", file, "--force").exit_code == 0
    assert file.read_bytes() != before
    assert plain(timepoint("validate", "--brief", str(file))) == f"{file}: valid\n"
    assert timepoint("run", str(file), "--quiet").exit_code == 0


def test_new_refuses_what_it_cannot_draft_or_write(timepoint: Timepoint, tmp_path: Path) -> None:
    assert timepoint("new", "").exit_code == 3
    assert timepoint("new", "a meeting", "--out", tmp_path / "none" / "x.json").exit_code == 2
    assert timepoint("new", "a meeting", "--model", "no/such-model").exit_code == 2
    assert json.loads(plain(timepoint("new", "--json", "two sailors")))["people"] == 2


def test_new_says_what_of_the_sentence_it_did_not_use(timepoint: Timepoint) -> None:
    sentence = "Anna, Ben and Carla argue in a lighthouse whether Ben stole the money before the fog lifts"
    shown = plain(timepoint("new", sentence, "--out", "a.json"))
    assert "not used from your sentence: before the fog lifts\n" in shown
    assert "not used" not in plain(timepoint("new", "Anna and Ben argue whether Ben stole the money"))
    assert json.loads(plain(timepoint("new", sentence, "--out", "b.json", "--json")))["not_used"] == [
        "before the fog lifts"
    ]


def test_run_warns_of_a_key_that_is_almost_one(timepoint: Timepoint, tmp_path: Path) -> None:
    roster = {"Ada": {"goal": ["win"]}, "Ben": {"goals": ["rest"]}}
    document = {"world_id": "typo", "scenario_description": "Two sit.", "metadata": {"entity_roster": roster}}
    (tmp_path / "typo.json").write_text(json.dumps(document))
    warned = timepoint("run", "typo.json", "--quiet").stderr
    assert "typo: $.metadata.entity_roster.Ada.goal is read by nothing; did you mean 'goals'?" in warned
    assert "is read by nothing" not in timepoint("run", "simple", "--quiet").stderr


def test_run_says_that_the_built_in_model_speaks_english_around_another_language(timepoint: Timepoint) -> None:
    warned = timepoint("run", "sake_brewery", "--quiet").stderr
    assert "sake_brewery is in ja: the built-in model speaks English sentences" in warned
    assert "the built-in model speaks" not in timepoint("run", "simple", "--quiet").stderr


def test_the_list_names_what_a_template_features(timepoint: Timepoint) -> None:
    assert "FEATURED" in plain(timepoint("list")).splitlines()[0]


def test_a_template_that_is_not_there_is_no_problem_in_a_document(timepoint: Timepoint) -> None:
    missed = timepoint("run", "mars_mision_portal")
    assert missed.stderr.startswith("error: mars_mision_portal: expected the id of a template")
    assert "did you mean 'mars_mission_portal'?" in missed.stderr


def test_validate_wants_a_template(timepoint: Timepoint) -> None:
    assert timepoint("validate").exit_code == 2


def test_models_shows_the_registry(timepoint: Timepoint) -> None:
    listed = json.loads(plain(timepoint("models", "--json")))
    by_id = {one["id"]: one for one in listed}
    assert list(by_id) == [entry.id for entry in ModelSelector().registry]
    assert by_id["deepseek/deepseek-chat"]["training_safe"]
    assert not by_id["qwen/qwq-32b"]["training_safe"]
    assert "free, on this machine" in plain(timepoint("models"))


def test_models_that_are_training_safe_are_those_of_the_selector(timepoint: Timepoint) -> None:
    listed = json.loads(plain(timepoint("models", "--training-safe", "--json")))
    assert [one["id"] for one in listed] == ModelSelector().get_training_safe_models()


def test_models_reads_the_user_s_file(timepoint: Timepoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMEPOINT_MODELS", str(tmp_path / "missing.json"))
    result = timepoint("models")
    assert result.exit_code == 3
    assert "missing.json" in result.stderr
