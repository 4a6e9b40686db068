"""A moment opened into sub-moments: fixed at both ends, a bridge between."""

from __future__ import annotations

import math
from statistics import fmean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.errors import UnknownNameError
from timepoint_pro.mechanisms.expansion import MARGIN, felt_between, margin, parted
from timepoint_pro.mechanisms.minds import Mind, Minds, Temper
from timepoint_pro.records.draws import Draws
from timepoint_pro.records.turn import Turn
from timepoint_pro.records.units import arousal_shown
from timepoint_pro.run import Run
from timepoint_pro.simulation import Simulation

THETA = math.log(2.0) / 2.0
CALM = Temper(0.0, 0.0, THETA, THETA, 0.25, 0.25)


def mind(valence: float, arousal: float, at: float) -> Mind:
    return Mind(valence, arousal, at, CALM)


@pytest.fixture(scope="module")
def run() -> Run:
    return Simulation.from_template("board_meeting", seed=7, store=":memory:", model="scripted").run()


def test_the_middle_of_a_bridge_has_the_known_spread() -> None:
    """Half-life 2 h, sigma .25, T = 4 h: variance .0375 half-way, and the mean of two equal ends pulled to mu."""
    one, other = mind(0.2, 0.2, 0.0), mind(0.2, 0.2, 4.0)
    drawn = [felt_between(one, other, 2.0, Draws(str(number).encode()))[0] for number in range(4000)]
    assert pvariance(drawn) == pytest.approx(0.0375, abs=0.003)
    assert fmean(drawn) == pytest.approx(0.4 * math.sinh(2 * THETA) / math.sinh(4 * THETA), abs=0.01)


@given(st.floats(-0.9, 0.9), st.floats(-0.9, 0.9), st.integers(0, 99))
def test_both_ends_are_exact(first: float, last: float, number: int) -> None:
    one, other = mind(first, first, 1.0), mind(last, last, 7.0)
    draws = str(number).encode()
    assert felt_between(one, other, 1.0, Draws(draws)) == pytest.approx((first, arousal_shown(first)))
    assert felt_between(one, other, 7.0, Draws(draws)) == pytest.approx((last, arousal_shown(last)))


def test_with_one_end_free_it_is_the_free_process_in_either_direction() -> None:
    known = mind(0.8, 0.8, 10.0)
    for before, after, at in ((known, None, 12.0), (None, known, 8.0), (mind(0.0, 0.0, -math.inf), known, 8.0)):
        drawn = [felt_between(before, after, at, Draws(str(number).encode()))[0] for number in range(3000)]
        assert fmean(drawn) == pytest.approx(0.4, abs=0.02)
    with pytest.raises(ValueError, match="neither"):
        felt_between(None, None, 0.0, Draws(b"x"))


def test_the_margin_is_half_an_hour_or_half_of_the_way() -> None:
    assert margin(48.0) == MARGIN
    assert margin(0.5) == 0.25
    assert margin(-1.0) == 0.0


@given(st.lists(st.sampled_from(["open", "inform", "propose", "question", "close"]), max_size=14))
def test_every_turn_is_in_one_phase_and_in_order(acts: list[str]) -> None:
    turns = [
        Turn(str(number), "ada", "x", act, "statement", "calm", option="a" if act == "propose" else "")  # type: ignore[arg-type]
        for number, act in enumerate(acts)
    ]
    parts = parted(turns)
    assert [turn for said in parts.values() for turn in said] == turns
    assert list(parts) == [phase for phase in ("opening", "exchange", "decision") if phase in parts]
    assert all(parts.values())


def test_sub_moments_share_the_place_of_their_moment(run: Run) -> None:
    for moment in run.timepoints:
        parts = run.expand(moment.id)
        assert [part.phase for part in parts] == ["arrival", "opening", "exchange", "decision", "aftermath"]
        assert {part.antecedents for part in parts} == {moment.antecedents}
        assert [part.at for part in parts] == sorted(part.at for part in parts)
        said = [turn for part in parts for turn in part.turns]
        assert said == [turn.turn_id for dialog in run.dialogs if dialog.timepoint_id == moment.id
                        for turn in dialog.turns]  # fmt: skip
        assert all(bool(part.turns) != part.drawn for part in parts)
        assert all({name for name, _, _ in part.feelings} == set(moment.present) for part in parts)


def test_what_is_not_drawn_is_what_the_log_has(run: Run) -> None:
    turns = {turn.turn_id: turn for dialog in run.dialogs for turn in dialog.turns}
    for part in run.expand("T1"):
        if part.turns:
            first = turns[part.turns[0]]
            felt = {name: (valence, arousal) for name, valence, arousal in part.feelings}
            assert felt[first.speaker] == pytest.approx((first.valence, first.arousal), abs=1e-4)


def test_opening_adds_nothing_and_is_the_same_each_time(run: Run) -> None:
    before = run.world()[Minds]
    exposures = len(run.exposures)
    assert run.expand("T2") == run.expand("T2")
    assert run.world()[Minds] == before
    assert len(run.exposures) == exposures
    with pytest.raises(UnknownNameError, match="T99"):
        run.expand("T99")
