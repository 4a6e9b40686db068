from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.errors import DataError, UnknownNameError
from timepoint_pro.records import units
from timepoint_pro.records.units import BEHAVIOR, BIOLOGY, CONTEXT, QUANTITIES, Tensor

SPOKEN = sorted(set(QUANTITIES) - {"arousal_latent"})


@st.composite
def states(draw: st.DrawFn) -> dict[str, float]:
    return {
        name: draw(st.floats(QUANTITIES[name].low, QUANTITIES[name].high))
        for name in (*CONTEXT, *BIOLOGY, *BEHAVIOR)
    }


@pytest.mark.parametrize("name", sorted(QUANTITIES))
@given(share=st.floats(0.0, 1.0))
def test_conversions_invert_each_other(name: str, share: float) -> None:
    value = units.from01(name, share)
    assert QUANTITIES[name].holds(value)
    assert abs(units.to01(name, value) - share) < 1e-9
    assert abs(units.from01(name, units.to01(name, value)) - value) < 1e-9


def test_scales_golden_values() -> None:
    """valence01 = (v+1)/2, energy01 = e/100, trust (T+1)/2."""
    assert units.to01("emotional_valence", -0.2) == pytest.approx(0.4)
    assert units.to01("energy_budget", 72.0) == pytest.approx(0.72)
    assert units.to01("trust", 0.3) == pytest.approx(0.65)
    assert units.to01("age", 40.0) == pytest.approx(0.4)


@given(st.floats(-1e6, 1e6), st.sampled_from(sorted(QUANTITIES)))
def test_clipping_leads_into_the_range_and_leaves_it_alone(value: float, name: str) -> None:
    clipped = units.clip(name, value)
    assert QUANTITIES[name].holds(clipped)
    assert units.clip(name, clipped) == clipped
    assert not QUANTITIES[name].holds(value) or clipped == value


def test_not_a_number_is_in_no_range() -> None:
    assert not QUANTITIES["trust"].holds(math.nan)


@given(st.floats(-1.0, 1.0))
def test_arousal_is_mapped_linearly(latent: float) -> None:
    assert units.arousal_latent(units.arousal_shown(latent)) == pytest.approx(latent, abs=1e-9)
    assert units.arousal_shown(0.0) == 0.5
    assert (units.arousal_shown(-1.8), units.arousal_shown(1.8)) == (0.0, 1.0)


def test_the_tensor_has_twenty_named_parts() -> None:
    assert [len(part) for part in (CONTEXT, BIOLOGY, BEHAVIOR)] == [8, 4, 8]
    assert len({*CONTEXT, *BIOLOGY, *BEHAVIOR}) == 20
    assert BEHAVIOR[:5] == units.BIG_FIVE


@given(states())
def test_a_state_survives_the_tensor(state: dict[str, float]) -> None:
    tensor = Tensor.of(state)
    assert all(0.0 <= share <= 1.0 for share in (*tensor.context, *tensor.biology, *tensor.behavior))
    back = tensor.state()
    assert set(back) == set(state)
    assert all(abs(back[name] - state[name]) < 1e-9 for name in state)
    assert Tensor.from_dict(tensor.to_dict()) == tensor


def test_the_tensor_keeps_its_order() -> None:
    state = dict.fromkeys((*CONTEXT, *BIOLOGY, *BEHAVIOR), 0.5)
    state |= {"valence": -1.0, "energy": 100.0, "age": 25.0, "novelty_seeking": 0.9}
    tensor = Tensor.of({**state, "something_else": 3.0})
    assert tensor.context == (0.5, 0.0, 0.5, 1.0, 0.5, 0.5, 0.5, 0.5)
    assert tensor.biology == (0.25, 0.5, 0.5, 0.5)
    assert tensor.behavior[7] == 0.9


def test_an_age_beyond_a_century_is_kept() -> None:
    state = {**dict.fromkeys((*CONTEXT, *BIOLOGY, *BEHAVIOR), 0.5), "age": 340.0}
    assert Tensor.of(state).state()["age"] == pytest.approx(340.0)


def test_a_state_that_lacks_something_is_refused() -> None:
    with pytest.raises(DataError, match="lacks neuroticism"):
        Tensor.of({name: 0.5 for name in (*CONTEXT, *BIOLOGY, *BEHAVIOR) if name != "neuroticism"})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"biology_vector": [0.1, 0.2]}, r"biology_vector: expected a list of 4"),
        ({"biology_vector": None}, r"biology_vector: expected a list of 4"),
        ({"context_vector": "01234567"}, r"context_vector: expected a list of 8"),
        ({"biology_vector": [0.1, 0.2, "x", 0.4]}, r"biology_vector\[2\]: expected a finite number"),
        ({"biology_vector": [0.1, 0.2, 0.3, math.nan]}, r"biology_vector\[3\]: expected a finite number"),
        ({"biology_vector": [True, 0.2, 0.3, 0.4]}, r"biology_vector\[0\]: expected a finite number"),
    ],
)
def test_a_broken_document_is_refused(change: dict[str, object], words: str) -> None:
    document = {"context_vector": [0.5] * 8, "biology_vector": [0.5] * 4, "behavior_vector": [0.5] * 8}
    assert Tensor.from_dict(document).biology == (0.5,) * 4
    with pytest.raises(DataError, match=words):
        Tensor.from_dict({**document, **change})


@pytest.mark.parametrize(
    ("quantity", "value", "phrase"),
    [
        ("emotional_valence", -0.4, "uneasy"),
        ("energy_budget", 20, "drained"),
        ("energy_budget", 72, "fresh"),
        ("trust", 0.3, "trusting"),
        ("trust", 0.0, "neutral"),
        ("emotional_arousal", 0.6, "stirred"),
        ("pain", 0.0, "free of pain"),
        ("capacity", 1.0, "clear-headed"),
        ("confidence", 1.4, "certain"),
    ],
)
def test_words_for_values(quantity: str, value: float, phrase: str) -> None:
    assert units.words_for(quantity, value) == phrase


@pytest.mark.parametrize("quantity", SPOKEN)
def test_every_quantity_has_several_bands_in_order(quantity: str) -> None:
    scale = QUANTITIES[quantity]
    phrases = [units.words_for(quantity, scale.from01(i / 400)) for i in range(401)]
    bands = [phrase for phrase, _ in itertools.groupby(phrases)]
    assert len(bands) >= 5
    assert len(set(bands)) == len(bands)
    assert units.words_for(quantity, scale.low - 5.0) == bands[0]
    assert units.words_for(quantity, scale.high + 5.0) == bands[-1]


def test_an_unknown_quantity_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'emotional_valence'"):
        units.words_for("emotional_valance", 0.1)
    with pytest.raises(UnknownNameError, match="quantity"):
        units.clip("temperature", 0.1)
