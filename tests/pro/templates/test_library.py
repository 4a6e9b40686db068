"""The packaged templates: all can run, no part is without effect, and index and page say what they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from timepoint_pro.library_index import entry_of, glance, index_table, index_text
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template, available, check, estimate, explain
from timepoint_pro.templates.loader import file_digest, read_index
from timepoint_pro.templates.vocabulary import MODES

ROOT = Path(__file__).parents[3]
LIBRARY = ROOT / "timepoint_pro" / "templates" / "library"
FILES = {file.relative_to(LIBRARY).with_suffix("").as_posix(): file for file in sorted(LIBRARY.rglob("*.json"))}
NAMED = (
    "mars_mission_portal", "board_meeting", "castaway_colony_branching", "agent3_litigation_portal",
    "vc_pitch_branching", "hospital_crisis", "agent2_mission_failure", "convergence/simple", "convergence/standard",
    "convergence/comprehensive",
)  # fmt: skip
REFRESH = "refresh it: python -m timepoint_pro.library_index"
SPEAKING = ("human", "ai")


@pytest.fixture(scope="module", params=sorted(FILES))
def template(request: pytest.FixtureRequest) -> Template:
    return Template.from_file(FILES[request.param])


def test_every_mode_and_every_mechanism_has_two_templates_or_more() -> None:
    templates = [Template.from_file(file) for file in FILES.values()]
    assert len(templates) >= 22
    for mode in MODES:
        assert sum(one.temporal.mode == mode for one in templates) >= 2, mode
    for number in range(3, 17):
        featuring = [one for one in templates if any(f.startswith(f"M{number}_") for f in one.mechanisms_featured)]
        assert len(featuring) >= 2, f"M{number}"


@pytest.mark.parametrize("name", NAMED)
def test_the_templates_that_users_know_by_name_are_there(name: str) -> None:
    assert Template.from_template(name).id.endswith(name)


def test_it_loads_under_its_id_without_a_remark(template: Template) -> None:
    assert template.id in FILES
    assert check(template) == []
    assert template.about.name
    assert template.about.description
    assert template.about.tags


def test_it_survives_json(template: Template) -> None:
    assert Template.from_text(json.dumps(template.to_dict(), ensure_ascii=True)) == template


def test_the_people_want_things_and_hold_different_facts(template: Template) -> None:
    people = {name: one for name, one in template.roster.items() if one.type in SPEAKING}
    assert len(people) >= 3
    for name, one in people.items():
        assert one.goals, name
    starting = [fact for fact in template.facts if fact.is_initial]
    assert len(template.facts) >= 9
    assert len({fact.known_by for fact in starting}) >= 3, "facts are held by the same people"


def test_facts_conflict_and_people_lean_apart_on_all_questions_but_one(template: Template) -> None:
    conflicts = leanings = 0
    for question in template.questions:
        bearings = [fact.bearing[question.id] for fact in template.facts if question.id in fact.bearing]
        conflicts += len({_foremost(one) for one in bearings}) >= 2
        leanings += len({_foremost(one) for one in question.leanings.values()}) >= 2
    assert min(conflicts, leanings) >= len(template.questions) - 1 >= 1


def _foremost(weights: Mapping[str, float]) -> str:
    return max(weights, key=lambda option: weights[option], default="")


def test_no_question_or_title_names_what_only_some_know(template: Template) -> None:
    public = " ".join([template.scenario_description, *(one.text for one in template.questions)]).casefold()
    for fact in template.facts:
        if fact.handle and not fact.is_common:
            assert fact.handle.casefold() not in public, fact.id


def test_what_it_will_do_can_be_said(template: Template) -> None:
    lines = explain(template)
    assert any(template.temporal.mode in line for line in lines)
    assert all("\n" not in line for line in lines)
    assert len([line for line in lines if line.startswith("moment ")]) == sum(
        one.at is not None for one in template.questions
    )


@pytest.mark.parametrize("name", ["falaj_council", "sake_brewery"])
def test_a_template_in_another_script_runs_and_keeps_it(name: str, tmp_path: Path) -> None:
    template = Template.from_template(name)
    assert any("language" in line for line in explain(template))
    run = Simulation(template, seed=7, store=":memory:").run()
    told = [turn.content for dialog in run.dialogs for turn in dialog.turns]
    handles = [fact.handle for fact in template.facts if fact.handle]
    assert sum(any(handle in text for handle in handles) for text in told) >= 3
    assert not any(mark in text for text in told for mark in ("؟?", "？?", "。.", "。!", "،,", "、,"))
    assert not any(f"the {handle}" in text for text in told for handle in handles)
    written = run.export(tmp_path, formats=["jsonl", "markdown"])
    text = "".join(Path(file).read_text("utf-8") for file in written)
    assert next(iter(template.roster.values())).display_name in text


def test_the_index_says_what_the_templates_say() -> None:
    index = read_index()
    assert set(index) == set(FILES), REFRESH
    for name, file in FILES.items():
        entry = dict(index[name])
        assert entry["digest"] == file_digest(file.read_bytes()), f"{name}: {REFRESH}"
        template = Template.from_file(file)
        assert {key: entry[key] for key in glance(template)} == glance(template)
        turns, calls = estimate(template)
        assert 0.5 * turns <= entry["turns"] <= 1.5 * turns, name
        assert 0.5 * calls <= entry["calls"] <= 1.5 * calls, name
    assert index_text(index) == (ROOT / "timepoint_pro/templates/library.json").read_text("utf-8")


def test_the_index_counts_what_a_run_has() -> None:
    info = next(one for one in available() if one.id == "convergence/simple")
    made = entry_of(info)
    kept = read_index()["convergence/simple"]
    assert made["calls"] > made["turns"] > 0
    assert made["digest"] == kept["digest"]
    assert abs(made["turns"] - kept["turns"]) <= 6, REFRESH
    assert (info.turns, info.calls) == (kept["turns"], kept["calls"])


def test_a_template_that_was_changed_is_read_and_not_taken_from_the_index(tmp_path: Path) -> None:
    folder = tmp_path / "convergence"
    folder.mkdir()
    document = json.loads(FILES["convergence/simple"].read_text("utf-8"))
    document["timepoints"]["count"] = 9
    (folder / "simple.json").write_text(json.dumps(document), encoding="utf-8")
    info = next(one for one in available([tmp_path]) if one.id == "convergence/simple")
    assert info.moments == 9
    assert info.turns == estimate(Template.from_file(folder / "simple.json"))[0]


def test_the_page_has_a_line_for_each_template() -> None:
    page = (ROOT / "docs" / "reference" / "library.md").read_text("utf-8")
    assert index_table(read_index()) in page, REFRESH
