from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.errors import UsageError
from timepoint_pro.formulas.sleep import (
    FIPS,
    INGRE_5C,
    MARS_SOL_HOURS,
    Rhythm,
    Schedule,
    ThreeProcess,
    Zeitgeber,
    energy,
)

dial = st.integers(0, 95).map(lambda quarter: quarter / 4.0)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    wake = draw(dial)
    sleep = draw(dial.filter(lambda hour: hour != wake))
    return Schedule(wake, sleep, draw(st.sampled_from([24.0, MARS_SOL_HOURS, 20.0])))


def kss_awake_since_seven(hour: float) -> float:
    """KSS of somebody who woke at 07:00 with S0 = 14.2, sleep inertia left out."""
    return FIPS.kss(FIPS.awake(FIPS.waking, hour - 7.0), hour % 24.0)


@pytest.mark.parametrize(("hour", "expected"), [(7.0, 3.4), (16.5, 3.0), (23.0, 5.6), (28.5, 7.7)])
def test_plausible_sleepiness(hour: float, expected: float) -> None:
    """Three-process model with the FIPS defaults (Wilson 2020), wake 07:00."""
    assert kss_awake_since_seven(hour) == pytest.approx(expected, abs=0.1)


def test_the_most_alert_hour_is_in_the_afternoon() -> None:
    best = min((7.0 + minute / 60.0 for minute in range(16 * 60)), key=kss_awake_since_seven)
    assert best == pytest.approx(16.5, abs=0.6)


def test_inertia_weighs_on_waking_and_is_gone_in_three_hours() -> None:
    assert FIPS.inertia(0.0) == pytest.approx(-5.72)
    assert FIPS.inertia(1.0) == pytest.approx(-5.72 * math.exp(-1.51))
    assert FIPS.inertia(3.0) > -0.07
    assert FIPS.kss(14.2, 7.0, 0.0) == pytest.approx(FIPS.kss(14.2, 7.0) + 0.6 * 5.72)


def test_the_other_published_scale() -> None:
    """Ingre (2014), model 5c: KSS = 9.68 - .46 * (S + C + U)."""
    total = 14.2 + FIPS.circadian(7.0) + FIPS.ultradian(7.0)
    assert INGRE_5C.kss(14.2, 7.0) == pytest.approx(9.68 - 0.46 * total)


def test_processes_peak_where_they_should() -> None:
    assert FIPS.circadian(16.8) == pytest.approx(2.5)
    assert FIPS.circadian(4.8) == pytest.approx(-2.5)
    assert FIPS.ultradian(19.8) == FIPS.ultradian(7.8) == pytest.approx(0.0, abs=1e-12)


@given(st.floats(2.4, 14.3), st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_s_falls_awake_and_rises_asleep_in_any_steps(level: float, first: float, second: float) -> None:
    awake, asleep = FIPS.awake(level, first + second), FIPS.asleep(level, first + second)
    assert 2.4 - 1e-9 <= awake <= level + 1e-9
    assert level - 1e-9 <= asleep <= 14.3 + 1e-9
    assert FIPS.awake(FIPS.awake(level, first), second) == pytest.approx(awake)
    assert FIPS.asleep(FIPS.asleep(level, first), second) == pytest.approx(asleep)


@given(st.floats(-50.0, 50.0), st.floats(0.0, 24.0), st.floats(0.0, 24.0))
def test_kss_and_energy_stay_in_range(level: float, hour: float, hours: float) -> None:
    kss = FIPS.kss(level, hour, hours)
    assert 1.0 <= kss <= 9.0
    assert 0.0 <= energy(kss) <= 100.0


@given(st.floats(0.0, 24.0), st.floats(0.0, 2.0))
def test_penalty_is_one_at_the_best_hour_and_never_less(hour: float, gain: float) -> None:
    assert FIPS.circadian_penalty(FIPS.circadian_peak, gain) == 1.0
    assert FIPS.circadian_penalty(FIPS.circadian_peak - 12.0, gain) == pytest.approx(1.0 + gain)
    assert 1.0 <= FIPS.circadian_penalty(hour, gain) <= 1.0 + gain + 1e-12
    share = (2.5 - FIPS.circadian(hour)) / 5.0
    assert FIPS.circadian_penalty(hour, gain) == pytest.approx(1.0 + gain * share)


def test_a_schedule_says_who_is_awake() -> None:
    day, night = Schedule(), Schedule(wake=16.0, sleep=8.0)
    assert [day.awake(h) for h in (6.99, 7.0, 12.0, 22.99, 23.0, 24.0 + 7.0, 24.0 * 900 + 7.0)] == [
        False, True, True, True, False, True, True,
    ]  # fmt: skip
    assert [night.awake(h) for h in (2.0, 9.0, 15.0, 16.0)] == [True, False, False, True]
    assert day.waking_hours == night.waking_hours == 16.0
    assert day.awake(-10.0)


def test_a_mars_sol_stretches_the_dial() -> None:
    mars = Schedule(day_length=MARS_SOL_HOURS)
    waking = 7.0 / 24.0 * MARS_SOL_HOURS
    assert mars.waking_hours == pytest.approx(16.0 / 24.0 * MARS_SOL_HOURS)
    for sol in range(700):
        assert mars.awake(sol * MARS_SOL_HOURS + waking)
        assert not mars.awake(sol * MARS_SOL_HOURS + waking - 0.01)
    clock = Zeitgeber(MARS_SOL_HOURS)
    assert clock.body_hour(MARS_SOL_HOURS * 3.5) == pytest.approx(12.0)


def test_a_clock_without_zeitgeber_drifts() -> None:
    free = Zeitgeber(day_length=24.2)
    assert free.body_hour(24.0 * 60) == pytest.approx(24.0 * 60 / 24.2 * 24.0 % 24.0)
    drifted = Rhythm(zeitgeber=free).at(24.0 * 60 + 16.5)
    assert drifted.kss > Rhythm().at(24.0 * 60 + 16.5).kss + 1.0


def test_chronotype_shifts_the_clock() -> None:
    owl = Zeitgeber(chronotype=3.0)
    assert owl.body_hour(10.0) == pytest.approx(7.0)
    assert owl.body_hour(1.0) == pytest.approx(22.0)
    lark = Rhythm(zeitgeber=Zeitgeber(chronotype=-2.0))
    assert lark.at(22.0).kss > Rhythm().at(22.0).kss > Rhythm(zeitgeber=owl).at(22.0).kss


@given(schedules(), st.floats(-200.0, 200.0))
def test_the_steady_state_returns_after_a_day(schedule: Schedule, hour: float) -> None:
    rhythm = Rhythm(schedule=schedule)
    steady = rhythm.steady(hour)
    assert 2.4 <= steady <= 14.3
    assert rhythm.continued(steady, hour, hour + schedule.day_length) == pytest.approx(steady, abs=1e-5)
    assert rhythm.steady(hour + schedule.day_length) == pytest.approx(steady, abs=1e-5)


@given(schedules(), st.floats(2.4, 14.3), st.floats(0.0, 48.0), st.floats(0.0, 200.0))
def test_continuing_equals_going_in_small_steps(
    schedule: Schedule, level: float, since: float, hours: float
) -> None:
    rhythm, steps = Rhythm(schedule=schedule), 40
    stepped = level
    for i in range(steps):
        stepped = rhythm.continued(stepped, since + hours * i / steps, since + hours * (i + 1) / steps)
    assert rhythm.continued(level, since, since + hours) == pytest.approx(stepped, abs=1e-5)


@given(schedules(), st.floats(2.4, 14.3))
def test_any_start_settles(schedule: Schedule, level: float) -> None:
    rhythm = Rhythm(schedule=schedule)
    assert rhythm.continued(level, 5.0, 5000.0) == pytest.approx(rhythm.steady(5000.0), abs=1e-5)


def test_a_regular_sleeper_wakes_near_the_default() -> None:
    assert Rhythm().steady(7.0) == pytest.approx(FIPS.waking, abs=0.2)
    assert Rhythm().steady(23.0) == pytest.approx(FIPS.awake(Rhythm().steady(7.0), 16.0))


def test_a_night_without_sleep() -> None:
    rhythm = Rhythm()
    slept, awake = rhythm.at(31.0), rhythm.at(31.0, awake_since=7.0)
    assert awake.awake
    assert awake.hours == 24.0
    assert awake.level == pytest.approx(FIPS.awake(rhythm.steady(7.0), 24.0))
    assert awake.energy < 45.0
    assert rhythm.at(35.0, awake_since=7.0).energy < rhythm.at(35.0).energy
    assert slept.level > awake.level
    assert rhythm.at(12.0, awake_since=20.0) == rhythm.at(12.0)


def test_one_night_repairs_most_of_a_lost_one() -> None:
    rhythm = Rhythm()
    lost = rhythm.at(47.0, awake_since=7.0).level
    recovered = rhythm.continued(lost, 47.0, 55.0)
    assert lost < recovered
    assert recovered == pytest.approx(rhythm.steady(55.0), abs=0.5)


def test_alertness_holds_together() -> None:
    noon, night = Rhythm().at(12.0), Rhythm().at(27.0)
    assert (noon.awake, noon.hours, noon.body_hour) == (True, pytest.approx(5.0), pytest.approx(12.0))
    assert (night.awake, night.hours, night.body_hour) == (False, pytest.approx(4.0), pytest.approx(3.0))
    assert noon.energy == energy(noon.kss)
    assert noon.penalty == FIPS.circadian_penalty(12.0)
    assert Rhythm().alertness(noon.level, 12.0, True, noon.hours) == evolve(noon, body_hour=12.0)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Schedule(7.0, 7.0), "two different hours"),
        (lambda: Schedule(25.0, 7.0), "wake: expected"),
        (lambda: Schedule(7.0, -1.0), "sleep: expected"),
        (lambda: Schedule(day_length=0.0), "day_length"),
        (lambda: Zeitgeber(day_length=-24.0), "day_length"),
        (lambda: ThreeProcess(fall=0.0), "positive rates"),
        (lambda: ThreeProcess(upper=2.0), "upper"),
    ],
)
def test_configuration_is_checked(make: Callable[[], object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        make()
