"""``show`` reads back what the run holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import Timepoint, plain

from timepoint_pro import Run, RunStore


@pytest.fixture
def run(mars_db: Path) -> Iterator[Run]:
    with RunStore(mars_db, read_only=True) as store:
        yield store.load("mars")


@pytest.fixture
def show(timepoint: Timepoint, mars_db: Path) -> Any:
    """``timepoint show`` of the Mars run with more options, as text."""

    def call(*options: str) -> str:
        return plain(timepoint("show", "last", "--db", mars_db, *options))

    return call


def squeezed(text: str) -> str:
    """``text`` without its line breaks."""
    return " ".join(text.split())


def test_every_turn_can_be_read(show: Any, run: Run) -> None:
    text = squeezed(show())
    for moment in run.timepoints:
        assert f"{moment.id} {moment.title}" in text
        assert squeezed(moment.circumstance) in text
    for dialog in run.dialogs:
        for turn in dialog.turns:
            assert squeezed(turn.content) in text
            state = f"{turn.valence:+.2f} {turn.arousal:.2f} {turn.energy:.0f}"
            assert f"[{state}; {turn.act}, {turn.tactic.replace('_', ' ')}]" in text


def test_the_marks_are_explained_once_and_endings_are_in_words(show: Any, run: Run) -> None:
    text = squeezed(show())
    assert text.count("valence (-1 to 1), arousal (0 to 1) and energy (0 to 100)") == 1
    scenes = json.loads(show("--json"))["scenes"]
    settled = [(run.timepoint(one["timepoint"]).question, one["ending"].removeprefix("settled: ")) for one in scenes]
    labels = [question.label(option) for question, option in settled if question and question.label(option) != option]
    assert labels
    assert all(f"(settled: {label})" in text for label in labels)
    assert not any(f"(settled: {option})" in text for question, option in settled if question)


def test_one_timepoint(show: Any, run: Run) -> None:
    text = squeezed(show("--timepoint", "T1"))
    first, second = run.dialogs[0].turns[0], run.dialogs[1].turns[0]
    assert squeezed(second.content) in text
    assert squeezed(first.content) not in text


def test_scenes_as_json(show: Any, run: Run) -> None:
    found = json.loads(show("--json"))
    assert (found["run_id"], found["seed"], found["status"]) == ("mars", 7, "completed")
    turns = [turn for scene in found["scenes"] for turn in scene["turns"]]
    assert [turn["turn"] for turn in turns] == [turn.turn_id for dialog in run.dialogs for turn in dialog.turns]
    assert all(scene["place"] for scene in found["scenes"])


def test_knowledge_is_what_the_run_says(show: Any, run: Run) -> None:
    for at in ("T0", "T3"):
        found = json.loads(show("--knowledge", "Webb", "--timepoint", at, "--json"))
        assert {one["item"] for one in found["knows"]} == {item.id for item in run.knows("Webb", at)}
    text = squeezed(show("--knowledge", "Webb", "--timepoint", "T0"))
    assert all(squeezed(item.content) in text for item in run.knows("Webb", "T0"))


def test_why_goes_back_to_the_roots(show: Any, run: Run) -> None:
    told = next(one for one in run.exposures if one.how == "told")
    name = run.entity(told.entity).name
    graph = run.why_knows(told.entity, told.item)
    found = json.loads(show("--why", name, told.item, "--json"))
    assert {one["exposure"] for one in found["exposures"]} == set(graph)
    edges = {(parent, one["exposure"]) for one in found["exposures"] for parent in one["rests_on"]}
    assert edges == set(graph.edges)
    lines = show("--why", name, told.item).splitlines()
    tree = [line for line in lines if "confidence" in line]
    assert tree[0].startswith(f"  {name}: ")
    assert any(line.endswith("(root)") for line in tree)
    assert max(len(line) - len(line.lstrip()) for line in tree) >= 4


def test_words_that_fit_several_things_are_no_unknown_name(timepoint: Timepoint, mars_db: Path, run: Run) -> None:
    refused = timepoint("show", "last", "--db", mars_db, "--why", "Webb", "the")
    assert refused.exit_code == 2
    fits = sum("the" in item.content.casefold() for item in run.items.values())
    assert f"item 'the' fits {fits} of them: " in refused.stderr
    assert "unknown" not in refused.stderr


def test_what_words_fit_is_named_so_that_it_can_be_asked_for(timepoint: Timepoint, mars_db: Path, show: Any) -> None:
    refused = timepoint("show", "last", "--db", mars_db, "--who", "bed")
    assert "'the wet bed'" in refused.stderr
    assert "Who knows: Bed two came out" in squeezed(show("--who", "the wet bed"))


def test_a_part_of_a_handle_is_enough_where_only_one_has_it(show: Any) -> None:
    assert show("--who", "the wet b") == show("--who", "the wet bed")


def test_capitals_do_not_matter_where_names_differ_without_them(show: Any) -> None:
    for asked in (("--knowledge", "{}"), ("--why", "{}", "the wet bed")):
        written, typed = ([one.format(name) for one in asked] for name in ("Webb", "wEBB"))
        assert show(*typed) == show(*written)
    assert show("--timepoint", "t2") == show("--timepoint", "T2")
    assert show("--expand", "t2", "--json") == show("--expand", "T2", "--json")
    assert show("--knowledge", "Webb", "--timepoint", "t2") == show("--knowledge", "Webb", "--timepoint", "T2")


def test_why_of_what_somebody_does_not_know(show: Any, run: Run) -> None:
    late = next(one for one in run.exposures if one.timepoint_id == run.timepoints[-1].id and one.how == "told")
    if run.who_knows(late.item, at="T0"):
        pytest.fail("expected something that nobody knew at T0")
    found = json.loads(show("--why", late.entity, late.item, "--timepoint", "T0", "--json"))
    assert (found["knows"], found["exposures"]) == (False, [])
    assert "does not know at the end of T0" in show("--why", late.entity, late.item, "--timepoint", "T0")


def test_who_knows_in_order(show: Any, run: Run) -> None:
    item = next(one for one in run.exposures if one.how == "told").item
    found = json.loads(show("--who", item, "--json"))
    assert tuple(one["entity"] for one in found["who"]) == run.who_knows(item)
    lines = [line for line in show("--who", item).splitlines() if "confidence" in line]
    assert [line.split(":")[0].strip() for line in lines] == [run.entity(one).name for one in run.who_knows(item)]


@pytest.mark.parametrize(
    "options",
    [
        ("--timepoint", "T99"),
        ("--knowledge", "Weeb"),
        ("--why", "Webb", "no such thing"),
        ("--who", "no such thing"),
        ("--knowledge", "Webb", "--timepoint", "T99"),
        ("--who", "a", "--knowledge", "Webb"),
        ("--why", "Webb"),
    ],
)
def test_what_nothing_bears_is_wrong_usage(timepoint: Timepoint, mars_db: Path, options: tuple[str, ...]) -> None:
    result = timepoint("show", "mars", "--db", mars_db, *options)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


def test_an_unknown_run_is_named(timepoint: Timepoint, mars_db: Path) -> None:
    result = timepoint("show", "marz", "--db", mars_db)
    assert result.exit_code == 3
    assert "did you mean 'mars'?" in result.stderr


def test_an_unknown_run_is_answered_with_those_that_there_are(timepoint: Timepoint, mars_db: Path) -> None:
    assert "'xyz' in this database; it holds mars" in timepoint("show", "xyz", "--db", mars_db).stderr


def test_the_newest_run_of_none_is_answered_with_how_to_play_one(timepoint: Timepoint, tmp_path: Path) -> None:
    plain(timepoint("run", "convergence/simple", "--run-id", "only", "--quiet"))
    plain(timepoint("delete", "only", "--yes"))
    refused = timepoint("show", "last")
    assert refused.exit_code == 3
    assert "'timepoint run TEMPLATE' plays one" in refused.stderr
