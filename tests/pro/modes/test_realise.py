"""The other paths of a portal, played on request."""

from __future__ import annotations

import pytest
from staged_modes import document

from timepoint_pro.errors import RunExistsError, UnknownNameError, UsageError
from timepoint_pro.mechanisms.interventions import Intervention
from timepoint_pro.modes.paths import Paths
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template


@pytest.fixture(scope="module")
def searched() -> Run:
    template = Template.from_dict(document(backward_steps=2, path_count=3, coherence_threshold=0.2))
    return Simulation(template, seed=5, store=RunStore(":memory:")).run()


def test_another_path_is_played_from_its_origin(searched: Run) -> None:
    second = searched.realise("P2")
    paths = second.world()[Paths]
    assert paths.chosen == "P2"
    assert "P1 won by" in paths.reason
    assert [one.path_id for one in second.paths if one.chosen] == ["P2"]
    assert {one.path_id: one.score for one in second.paths} == {one.path_id: one.score for one in searched.paths}
    assert [one.id for one in second.timepoints] == ["T0", "T1", "T2"]
    assert {one.path for one in second.timepoints} == {"P2"}
    descriptions = [node.proposal.description for node in paths.winner]
    assert [one.description for one in second.timepoints][:2] == descriptions
    assert descriptions != [node.proposal.description for node in searched.world()[Paths].winner]
    assert second.parent_run == searched.run_id
    assert second.cost.calls <= second.turns + 5
    assert not [one for one in second.violations if one.severity == "hard"]


def test_the_winner_played_again_is_the_same(searched: Run) -> None:
    again = searched.realise("P1")
    assert again.dialogs == searched.dialogs


def test_a_realised_run_can_be_forked_and_stays_on_its_path(searched: Run) -> None:
    second = searched.realise("P2")
    fork = second.fork("T0", Intervention.state("ada", valence=-1.0), branch="low")
    assert [one.id for one in fork.timepoints] == ["T0:low", "T1:low", "T2:low"]
    assert fork.world()[Paths].chosen == "P2"
    assert fork.timepoints[1].description == second.timepoints[1].description


def test_a_stopped_one_goes_on_to_the_same(searched: Run) -> None:
    whole = searched.realise("P3")
    played = 0

    def stop(progress: object) -> None:
        nonlocal played
        played += getattr(progress, "kind", "") == "closed"
        if played == 2:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        Simulation.realise(searched.run_id, searched.store, path="P3", realised_id="third").run(stop)
    assert Simulation.resume("third", searched.store).run().dialogs == whole.dialogs


def test_what_cannot_be_played_says_so(searched: Run) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown path 'P9'; known: P1, P2, P3"):
        searched.realise("P9")
    with pytest.raises(RunExistsError):
        searched.realise("P2", run_id=searched.run_id)
    forward = Simulation.from_template("convergence/simple", store=searched.store).run()
    with pytest.raises(UsageError, match="only portal mode"):
        forward.realise("P2")
