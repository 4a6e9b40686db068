"""The summary says what the run holds."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

import pytest

from timepoint_pro import Run, RunStore, Simulation, Template
from timepoint_pro.reading.summary import Summary
from timepoint_pro.reading.summary_text import WIDTH, summary_text


@pytest.fixture
def run(mars_db: Path) -> Iterator[Run]:
    with RunStore(mars_db, read_only=True) as store:
        yield store.load("mars")


@pytest.fixture
def summary(run: Run) -> Summary:
    return run.summary(files=[Path("output/mars/tdf_export.json")])


def test_the_moments_are_those_that_were_played(run: Run, summary: Summary) -> None:
    assert [one.id for one in summary.moments] == [one.id for one in run.timepoints]
    assert sum(one.turns for one in summary.moments) == run.turns == sum(one.turns for one in summary.people)
    first, *rest = summary.moments
    assert first.antecedents == ()
    assert first.when == "2026-03-01 08:00"
    assert all(one.antecedents for one in rest)


def test_a_portal_has_its_search(run: Run, summary: Summary) -> None:
    assert summary.search is not None
    assert summary.search.outcome == run.template.temporal.portal_description
    assert 0.0 < summary.search.score <= 1.0
    assert len(summary.search.runners_up) <= run.template.temporal.path_count - 1
    assert sorted(summary.search.runners_up, reverse=True) == list(summary.search.runners_up)
    assert all(score <= summary.search.score for score in summary.search.runners_up)


def test_every_settled_question_has_its_decision(run: Run, summary: Summary) -> None:
    asked = {one.id: one.question for one in run.timepoints if one.question is not None}
    assert {one.timepoint_id for one in summary.decisions} == set(asked)
    for one in summary.decisions:
        question = asked[one.timepoint_id]
        assert question is not None
        assert one.question == question.text
        assert one.option in {"", *(option.id for option in question.options)}
        assert ("left open" in one.content) == (one.option == "")
        assert run.entity(one.by).name in one.content if one.by else one.content


def test_what_was_learned_is_in_the_exposures_and_new_to_them(run: Run, summary: Summary) -> None:
    held = {(one.entity, one.item) for one in run.exposures if one.how == "initial"}
    known = {(one.entity, one.item, one.source, one.how) for one in run.exposures}
    assert summary.learned
    for one in summary.learned:
        assert (one.entity, one.item, one.source, one.how) in known
        assert (one.entity, one.item) not in held
        assert one.content == run.items[one.item].content
    assert summary.learned_count >= len(summary.learned)


def test_moods_go_from_the_first_turn_to_the_last_state(run: Run, summary: Summary) -> None:
    turns = [turn for dialog in run.dialogs for turn in dialog.turns]
    for mood in summary.moods:
        first = next(turn for turn in turns if turn.speaker == mood.entity)
        assert (mood.valence[0], mood.arousal[0], mood.energy[0]) == (first.valence, first.arousal, first.energy)
        last = max((one for one in run.timepoints if mood.entity in one.present), key=lambda one: one.index)
        state = run.state(mood.entity, last.id)
        assert mood.valence[1] == pytest.approx(state.valence, abs=1e-4)
        assert mood.energy[1] == pytest.approx(state.energy, abs=1e-2)


def test_trust_goes_from_the_template_to_the_end(run: Run, summary: Summary) -> None:
    stated = {(one.id, bond.other): bond.trust for one in run.entities for bond in one.bonds}
    ends = {(one.source, one.target): one.trust for one in run.relationships}
    assert summary.trust
    for one in summary.trust:
        assert one.first == stated.get((one.source, one.target), 0.0)
        assert one.last == ends[one.source, one.target]
    moves = [abs(one.last - one.first) for one in summary.trust]
    assert moves == sorted(moves, reverse=True)


def test_the_text_has_it_all_and_keeps_to_its_width(run: Run, summary: Summary) -> None:
    text = str(summary)
    squeezed = " ".join(text.split())
    for moment in summary.moments:
        assert moment.title in squeezed
    for content in (*(one.content for one in summary.decisions), *(one.content for one in summary.learned)):
        assert " ".join(content.split()) in squeezed
    for person in summary.people:
        assert person.role in squeezed
        assert person.archetype in squeezed
    for words in ("outcome: ", "Path score", "cost $0.0000", "scripted is built in, deterministic", "tdf_export.json"):
        assert words in squeezed
    assert all(f"{code} " in squeezed for code in run.mechanisms)
    assert "M3 knowledge provenance" in squeezed
    assert max(map(len, text.splitlines())) <= WIDTH
    narrow = summary_text(summary, 76)
    assert max(len(line) for line in narrow.splitlines() if not line.startswith("  -> ")) <= 76
    assert sorted(narrow.split()) == sorted(text.split())
    assert not any(line != line.rstrip() for line in text.splitlines())


def test_branches_stand_under_the_path_that_they_part_from() -> None:
    template = Template.from_template("orchestra_strike")
    lines = str(Simulation(template, seed=8, store=":memory:").run().summary()).splitlines()
    story = lines[lines.index("What happened") + 1 : lines.index("Who was in it") - 1]
    found = [line.split("  2026")[0] for line in story if "turns" not in line]
    assert found == [
        "     T0", "  -> T1", "  -> T2", "  -> T3",
        "    path accept, after T1", "    -> T2:accept", "    -> T3:accept",
        "    path strike, after T1", "    -> T2:strike", "    -> T3:strike",
        "    path wait, after T1", "    -> T2:wait", "    -> T3:wait",
    ]  # fmt: skip


def test_a_notebook_shows_it_escaped(summary: Summary) -> None:
    shown = summary._repr_html_()
    assert shown.startswith("<pre>")
    assert html.escape("->") in shown


def test_a_run_that_never_began_has_a_summary(tmp_path: Path) -> None:
    with RunStore(tmp_path / "runs.db") as store:
        simulation = Simulation.from_template("convergence/simple", store=store, run_id="empty")
        simulation._enter(store, "empty")
        summary = store.load("empty").summary()
    assert (summary.status, summary.moments, summary.turns) == ("running", (), 0)
    assert "0 moments, 0 turns spoken" in str(summary)
