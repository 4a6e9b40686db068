"""A mechanism of the user's own, from one file outside the package: the example of docs/extending.md."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from attrs import evolve

from timepoint_pro.errors import DataError, MechanismError
from timepoint_pro.evaluation.ablation import ablate
from timepoint_pro.evaluation.contract import check_contract
from timepoint_pro.mechanisms.catalogue import ENTRY_POINTS, published
from timepoint_pro.mechanisms.m14_circadian import Circadian
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template

FILE = Path(__file__).parents[3] / "examples" / "rumour_fatigue.py"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rumour_fatigue", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["rumour_fatigue"] = module
    spec.loader.exec_module(module)
    return module


def camp() -> Template:
    return Template.from_template("castaway_colony_branching").with_changes(
        {"timepoints.count": 4, "temporal.mode": "forward"}
    )


@pytest.fixture(scope="module")
def runs(example: ModuleType) -> tuple[Run, Run]:
    """Without it and with it."""
    plain = Simulation(camp(), seed=7, store=":memory:", run_id="camp").run()
    own = [example.RumourFatigue(patience=1.0)]
    return plain, Simulation(camp(), seed=7, store=":memory:", run_id="camp", mechanisms=own).run()


def test_it_keeps_the_contract(example: ModuleType) -> None:
    check_contract(example.RumourFatigue(patience=1.0), camp())


def test_it_acts_and_is_named_in_run_and_records(runs: tuple[Run, Run], example: ModuleType) -> None:
    plain, run = runs
    assert "RUMOUR" in run.mechanisms
    assert "RUMOUR" not in plain.mechanisms
    records = list(run.training_examples())
    assert all("RUMOUR" in one["metadata"]["mechanisms"] for one in records)
    before = [one["prompt"] for one in plain.training_examples()]
    assert [one["prompt"] for one in records] != before


def test_its_facet_is_read_back_from_the_log(runs: tuple[Run, Run], example: ModuleType) -> None:
    rumours = runs[1].world()[example.Rumours]
    events: list[Any] = [one.event for entries in runs[1].log.values() for one in entries]
    heard = sum([len(one.listeners) for one in events if isinstance(one, example.RumourHeard)])
    assert sum(rumours.hearings.values()) == heard > 0
    listener, item = max(sorted(rumours.hearings), key=lambda key: rumours.hearings[key])
    assert rumours.hearings[listener, item] > 1
    assert 0.0 < rumours.fatigue(listener, item) < 1.0
    assert rumours.fatigue(listener, item, more=1) > rumours.fatigue(listener, item)


def test_the_weary_hold_back_and_trust_the_teller_less(runs: tuple[Run, Run], example: ModuleType) -> None:
    run = runs[1]
    assert any(run.world()[example.Rumours].tired_of(one.id) for one in run.entities)
    trusts = [{(tie.source, tie.target): tie.trust for tie in one.relationships} for one in runs]
    changed = [trusts[1][pair] - trusts[0][pair] for pair in trusts[0] if pair in trusts[1]]
    assert sum(changed) < 0.0


def test_an_ablation_measures_it_like_the_built_in_ones(example: ModuleType) -> None:
    template = camp().with_changes({"timepoints.count": 2})
    found = ablate(template, ["RUMOUR"], seed=7, mechanisms=[example.RumourFatigue(patience=1.0)])
    assert found["RUMOUR"].entries
    assert found["RUMOUR"].moved["trust"] > 0.0


class Point:
    """An entry point as an installed package would have it."""

    name, value = "rumour", "rumour_fatigue:RumourFatigue"

    def __init__(self, made: Any) -> None:
        self._made = made

    def load(self) -> Any:
        return self._made


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[Point]:
    points: list[Point] = []

    def entry_points(*, group: str) -> list[Point]:
        assert group == ENTRY_POINTS
        return points

    monkeypatch.setattr("timepoint_pro.mechanisms.catalogue.entry_points", entry_points)
    return points


def test_an_entry_point_puts_it_into_every_run(
    installed: list[Point], example: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from timepoint_pro.cli.group import commands

    installed.append(Point(example.RumourFatigue))
    db = str(tmp_path / "runs.db")
    done = CliRunner().invoke(
        commands, ["run", "convergence/simple", "--run-id", "said", "--db", db, "--quiet", "--out", str(tmp_path / "o")]
    )
    assert done.exit_code == 0, done.output
    with RunStore(db) as store:
        assert "RUMOUR" in store.load("said").mechanisms
        assert store.load("said").world()[example.Rumours].hearings
        monkeypatch.setattr("timepoint_pro.mechanisms.catalogue.entry_points", lambda *, group: ())
        with pytest.raises(DataError, match=r"RumourHeard.*RUMOUR.*mechanisms="):
            store.load("said").world()
        given = store.load("said", mechanisms=[example.RumourFatigue()])
        assert given.world()[example.Rumours].hearings


def test_an_entry_point_that_cannot_be_loaded_says_which(installed: list[Point]) -> None:
    def broken() -> None:
        raise RuntimeError("no such colour")

    installed.append(Point(broken))
    with pytest.raises(MechanismError, match=r"rumour_fatigue:RumourFatigue cannot be loaded: no such colour"):
        published()


def test_replacing_one_of_ours_by_its_code() -> None:
    costly = evolve(Circadian(), word_cost=0.3)
    template = Template.from_template("convergence/simple").with_changes({"timepoints.count": 1})
    spent = [
        min(turn.energy for turn in Simulation(template, store=":memory:", mechanisms=own).run().dialogs[0].turns)
        for own in ((), (costly,))
    ]
    assert spent[1] < spent[0] - 5.0


def test_the_group_is_that_of_installed_packages() -> None:
    assert ENTRY_POINTS == "timepoint_pro.mechanisms"
    assert importlib.metadata.entry_points(group=ENTRY_POINTS) is not None


def test_the_page_shows_the_file() -> None:
    page = FILE.parents[1] / "docs" / "extending.md"
    shown = page.read_text(encoding="utf-8").partition("```python title=rumour_fatigue.py\n")[2].partition("```")
    assert shown[0] == FILE.read_text(encoding="utf-8").partition("```")[0]
