"""State moves language: shown where it does, not shown where states are shuffled."""

from __future__ import annotations

import doctest
from typing import Any

import pytest

from timepoint_pro.evaluation import coupling as module
from timepoint_pro.evaluation.coupling import Coupling, Couplings, cramers_v, features
from timepoint_pro.evaluation.samples import read_records
from timepoint_pro.records.draws import Draws
from timepoint_pro.simulation import Simulation

NAMES = ("valence", "arousal_pace", "arousal_exclamations", "energy", "trust", "archetype")
STATE = ("emotional_valence", "emotional_arousal", "energy_budget")


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    """Turns of a few runs of two templates."""
    plays = [("mars_mission_portal", seed) for seed in range(4)] + [("convergence/simple", seed) for seed in range(4)]
    simulations = (Simulation.from_template(name, seed=seed, store=":memory:") for name, seed in plays)
    return [record for simulation in simulations for record in simulation.run().training_examples()]


def measured(records: list[dict[str, Any]]) -> dict[str, Coupling]:
    couplings = Couplings()
    for sample in read_records(records):
        couplings.add(sample)  # type: ignore[arg-type]
    found = couplings.measured()
    assert tuple(one.name for one in found) == NAMES
    return {one.name: one for one in found}


def test_state_moves_the_language_of_the_built_in_model(records: list[dict[str, Any]]) -> None:
    found = measured(records)
    for name in ("valence", "energy", "arousal_exclamations", "archetype"):
        assert found[name].shown, str(found[name])
    for one in found.values():
        assert one.effect is not None
        assert one.interval is not None
        assert one.interval[0] <= one.effect * 1.0001 <= one.interval[1] + 0.05
        assert one.expected * one.effect > 0, str(one)
    assert found == measured(records)


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_shown_on_shuffled_states(records: list[dict[str, Any]], seed: int) -> None:
    """Whole words are exchanged between turns, so that everything else stays as it was."""
    draws = Draws(f"shuffled {seed}".encode())
    words = draws.shuffled([(one["completion"], one["metadata"]["tactic"]) for one in records])
    mixed = [
        {**one, "completion": completion, "metadata": {**one["metadata"], "tactic": tactic}}
        for one, (completion, tactic) in zip(records, words, strict=True)
    ]
    assert [one.name for one in measured(mixed).values() if one.shown] == []


def test_an_effect_of_the_wrong_sign_is_not_shown(records: list[dict[str, Any]]) -> None:
    turned = [
        {**one, "metadata": {**one["metadata"], **{name: -one["metadata"][name] for name in STATE}}} for one in records
    ]
    found = measured(turned)
    assert found["valence"].effect == pytest.approx(-(measured(records)["valence"].effect or 0.0))
    assert not any(found[name].shown for name in NAMES[:4])


def test_too_little_says_nothing(records: list[dict[str, Any]]) -> None:
    few = measured(records[:20])
    assert all(one.effect is None and not one.shown for one in few.values())
    assert "not applicable" in str(few["energy"])
    assert all(one.turns == 0 for one in measured([{"prompt": "Say it.", "completion": "It."}] * 50).values())


def test_a_state_that_never_changes_says_nothing(records: list[dict[str, Any]]) -> None:
    still = [{**one, "metadata": {**one["metadata"], "emotional_valence": 0.5}} for one in records[:60]]
    assert measured(still)["valence"].effect is None


def test_of_many_turns_a_part_is_looked_at(records: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 100)
    found = measured(records)
    assert 50 <= found["energy"].turns <= 100


def test_what_is_counted_in_a_turn() -> None:
    calm, stirred = features("We have time. The air is good and safe."), features("Stop! It is bad, wrong, dangerous!")
    assert calm["tone"] > 0 > stirred["tone"]
    assert stirred["exclamations"] == 1.0
    assert calm["pace"] == 4.5
    assert features("Fair point, thank you.")["agreement"] > 0 > features("Perhaps. I doubt it.")["agreement"]
    assert features("")["length"] == 0.0


def test_cramers_v() -> None:
    assert cramers_v({("a", "x"): 10, ("a", "y"): 10, ("b", "x"): 10, ("b", "y"): 10}) == 0.0
    assert cramers_v({("a", "x"): 10}) is None


def test_the_examples_in_the_module_are_true() -> None:
    assert doctest.testmod(module).failed == 0
