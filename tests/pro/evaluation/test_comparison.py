"""Timelines side by side."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from timepoint_pro.cli.group import commands
from timepoint_pro.errors import UsageError
from timepoint_pro.evaluation.comparison import compare
from timepoint_pro.mechanisms.interventions import Intervention
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("runs") / "runs.db")


@pytest.fixture(scope="module")
def pair(database: str) -> tuple[Run, Run]:
    run = Simulation.from_template("convergence/simple", seed=8, store=RunStore(database), run_id="roof").run()
    return run, run.fork("T1", Intervention.decision("Ines", "put the concert off"), run_id="later")


def test_a_fork_parts_where_it_was_forked(pair: tuple[Run, Run]) -> None:
    run, fork = pair
    found = run.compare(fork)
    assert found.parted == "T1"
    assert [row.key for row in found.moments] == ["T0", "T1", "T2"]
    assert [row.same for row in found.moments][:2] == [True, False]
    assert [one.run_id for one in found.timelines] == ["roof", "later"]
    first, second = found.moments[1].sides
    assert first is not None
    assert second is not None
    assert (first.timepoint_id, second.timepoint_id) == ("T1", second.timepoint_id)
    assert second.option == "later"
    assert first.option != "later"


def test_people_are_compared_by_what_they_did_felt_and_knew(pair: tuple[Run, Run]) -> None:
    run, fork = pair
    found = compare(run, fork)
    assert {one.entity for one in found.people} == {one.id for one in run.entities}
    for person in found.people:
        for part, each in zip(person.parts, (run, fork), strict=True):
            assert part is not None
            turns = [one for dialog in each.dialogs for one in dialog.turns if one.speaker == person.entity]
            assert part.turns == len(turns)
            end = each.state(person.entity)
            assert part.felt[-1].valence == pytest.approx(end.valence, abs=1e-4)
            assert set(part.knew) <= set(end.knows)
        one, other = person.parts
        assert one is not None
        assert other is not None
        assert not set(one.knew) & set(other.knew)
        assert set(one.knew) | set(run.state(person.entity).knows) & set(fork.state(person.entity).knows) == set(
            run.state(person.entity).knows
        )
    assert all(item in found.items for person in found.people for part in person.parts if part for item in part.knew)


def test_a_run_is_the_same_as_itself(pair: tuple[Run, Run]) -> None:
    run, _ = pair
    found = compare(run, run)
    assert found.parted == ""
    assert all(row.same for row in found.moments)
    assert all(one.same for one in found.people)
    assert "They are the same." in str(found)


def test_what_was_settled_stands_there_in_words(pair: tuple[Run, Run]) -> None:
    found = compare(*pair)
    text = " ".join(str(found).split())
    sides = [side for row in found.moments for side in row.sides if side is not None and side.option]
    assert sides
    for side in sides:
        label = found.options[f"{side.question}/{side.option}"]
        assert label != side.option
        assert f"{side.question}: {label}." in text


def test_three_runs_and_runs_of_different_length() -> None:
    base = Template.from_template("convergence/simple")
    store = RunStore(":memory:")
    lengths = [base.with_changes({"timepoints.count": count}) for count in (1, 2, 1)]
    runs = [Simulation(one, seed=1, store=store).run() for one in lengths]
    found = compare(*runs)
    assert [one.name for one in found.timelines] == ["A", "B", "C"]
    assert [side is None for side in found.moments[1].sides] == [True, False, True]
    assert found.moments[1].same is False
    assert "does not come about" in str(found)


def test_the_paths_of_one_run() -> None:
    template = Template.from_template("convergence/simple").with_changes({"temporal.path_count": 2})
    run = Simulation(template, mode="branching", seed=2, store=":memory:").run()
    found = run.compare()
    assert len(found.timelines) == 3
    assert {one.path for one in found.timelines} == {one.path_id for one in run.paths}
    assert found.parted == run.interventions[0].timepoint_id.partition(":")[0]


def test_there_must_be_two(pair: tuple[Run, Run]) -> None:
    with pytest.raises(UsageError, match="one path only"):
        pair[0].compare()


def test_the_command_shows_the_same(pair: tuple[Run, Run], database: str) -> None:
    def called(*arguments: str) -> Any:
        return CliRunner().invoke(commands, ["compare", *arguments, "--db", database])

    text = called("roof", "later")
    assert text.exit_code == 0, text.output
    assert str(compare(*pair)) in text.output
    found = json.loads(called("roof", "later", "--json").output)
    assert found["parted"] == "T1"
    assert next(row["same"] for row in found["moments"]) is True
    assert called("roof").exit_code == 2
    assert called("nothing", "roof").exit_code != 0


def test_words_of_a_model_do_not_steer_the_terminal(pair: tuple[Run, Run], monkeypatch: pytest.MonkeyPatch) -> None:
    from timepoint_pro.cli import console

    written: list[str] = []
    echo: Callable[..., None] = lambda text, **_: written.append(text)  # noqa: E731
    monkeypatch.setattr(console.click, "echo", echo)
    console.say(str(compare(*pair)).replace("Ines", "In\x1b[2Jes"))
    assert "\x1b" not in written[0]
