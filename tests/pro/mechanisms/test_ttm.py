"""The TTM tensor of somebody in a world."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staged_world import StagedRun, moment

from timepoint_pro.formulas.opinion import Opinion
from timepoint_pro.mechanisms.knowledge import ItemStated, KnowledgeGained
from timepoint_pro.mechanisms.m06_tensor_state import AffectStirred, TensorState
from timepoint_pro.mechanisms.m13_relationships import Relationships
from timepoint_pro.mechanisms.m14_circadian import Circadian, EnergySpent
from timepoint_pro.mechanisms.ttm import compress, describe, expand, state_of, tensor_of
from timepoint_pro.records.entity import Behavior, Body, Bond, Entity
from timepoint_pro.records.knowledge import Exposure, Item

share = st.floats(0.0, 1.0)


def staged(behavior: Behavior | None = None, body: Body | None = None, trust: float = 0.0) -> StagedRun:
    ada = Entity("ada", "Ada", behavior=behavior or Behavior(), body=body or Body(), bonds=(Bond("bo", trust=trust),))
    stage = StagedRun([TensorState(sigma=0.0), Relationships(), Circadian()], [ada, Entity("bo", "Bo")])
    stage.open(moment())
    return stage


@settings(max_examples=50)
@given(
    st.tuples(*[share] * 8), st.tuples(st.floats(0, 100), share, share), st.floats(-2, 2), st.floats(-2, 2),
    st.floats(-1, 1),
)  # fmt: skip
def test_expanding_a_tensor_gives_the_state_back(
    behavior: tuple[float, ...], body: tuple[float, float, float], valence: float, arousal: float, trust: float
) -> None:
    """Round trip error under 1e-9 (mechanisms.md)."""
    stage = staged(Behavior(*behavior), Body(body[0], body[1], body[2]), trust)
    stage.fold("M12", AffectStirred("intervention", (("ada", valence, arousal),)))
    state, tensor = state_of(stage.world, "ada"), tensor_of(stage.world, "ada")
    assert all(0.0 <= number <= 1.0 for number in (*tensor.context, *tensor.biology, *tensor.behavior))
    again = expand(tensor)
    assert again.keys() == state.keys()
    assert max(abs(again[name] - state[name]) for name in state) < 1e-9


def test_the_context_vector_follows_what_it_stands_for() -> None:
    plain = state_of(staged().world, "ada")
    assert state_of(staged(Behavior(agreeableness=0.9)).world, "ada")["patience"] > plain["patience"]
    assert state_of(staged(Behavior(novelty_seeking=0.9)).world, "ada")["risk"] > plain["risk"]
    assert state_of(staged(trust=0.9).world, "ada")["social"] > plain["social"]
    tired = staged()
    tired.fold("M14", EnergySpent(0.0, (("ada", 25.0),)))
    spent = state_of(tired.world, "ada")
    assert spent["energy"] == pytest.approx(plain["energy"] - 25.0)
    assert spent["fatigue"] == pytest.approx(0.5)
    assert spent["patience"] < plain["patience"]


def test_knowledge_is_the_share_of_what_was_stated_and_confidence_its_mean() -> None:
    stage = staged()
    assert state_of(stage.world, "ada")["knowledge"] == 0.0
    for number in range(4):
        item = Item(f"k{number}", f"Statement {number} is so.")
        holders = ("ada", "bo") if number else ("bo",)
        exposures = tuple(
            Exposure(f"x{number}{name}", name, item.id, "initial", "briefing", "T0", 0.0, 0.9) for name in holders
        )
        views = (Opinion(0.8, 0.0, 0.2),) * len(holders)
        stage.fold("M3", ItemStated(item), KnowledgeGained(0.0, exposures, views))
    state = state_of(stage.world, "ada")
    assert (state["knowledge"], state["confidence"]) == (0.75, pytest.approx(0.9))
    assert state_of(stage.world, "bo")["knowledge"] == 1.0


def test_compression_reports_what_it_saves() -> None:
    stage = staged()
    few = compress(stage.world, "ada")
    item = Item("k1", "The pump in the lower gallery has leaked since the storm of the second week. " * 8)
    gained = KnowledgeGained(
        0.0, (Exposure("x", "ada", "k1", "initial", "briefing", "T0", 0.0, 0.9),), (Opinion(0.9, 0.0, 0.1),)
    )
    stage.fold("M3", ItemStated(item), gained)
    more = compress(stage.world, "ada")
    assert few.tensor == tensor_of(staged().world, "ada")
    assert few.tensor_tokens == more.tensor_tokens == 30
    assert more.text_tokens > few.text_tokens + 100
    assert more.text_tokens > more.tensor_tokens


def test_a_tensor_reads_as_words() -> None:
    said = describe(tensor_of(staged().world, "ada"))
    assert said.startswith("knowledge: ")
    assert said.count(",") >= 7
