"""The hour, sleepiness, and the cost of an effort."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staged_world import StagedRun, moment

from timepoint_pro.errors import MechanismError, TemplateError
from timepoint_pro.formulas.sleep import INGRE_5C
from timepoint_pro.mechanisms.m06_tensor_state import AffectStirred, TensorState
from timepoint_pro.mechanisms.m13_relationships import Relationships
from timepoint_pro.mechanisms.m14_circadian import Circadian, EnergySpent, Rested, Rhythm
from timepoint_pro.records.codec import Codec, dumps
from timepoint_pro.records.entity import Behavior, Body, Entity
from timepoint_pro.records.turn import Turn
from timepoint_pro.templates import Template

PAIR = (Entity("ada", "Ada"), Entity("bo", "Bo"))


def template(start: str | None = None, temporal: dict[str, object] | None = None, **config: object) -> Template:
    document: dict[str, object] = {
        "scenario_description": "A place.", "timepoints": {"start_time": start}, "temporal": temporal or {},
        "metadata": {"circadian_config": config},
    }  # fmt: skip
    return Template.from_dict(document)


def staged(
    source: Template | None = None, people: tuple[Entity, ...] = PAIR, mechanism: Circadian | None = None
) -> StagedRun:
    return StagedRun([TensorState(sigma=0.0), Relationships(), mechanism or Circadian()], people, source or template())


def kss_at(hours: list[float], source: Template, entity: str = "ada") -> float:
    """Sleepiness at the last of these story hours, each of which is a moment of its own."""
    stage = staged(source)
    for number, at in enumerate(hours):
        stage.open(moment(number, at))
        kss = stage.world[Rhythm].kss(entity)
        stage.close()
    return kss


def test_golden_day_of_somebody_who_wakes_at_seven() -> None:
    """KSS minimum near 3.0 at 16:30, 5.6 at 23:00, 7.7 at 04:30 awake (mechanisms.md, M14)."""
    morning = template("2026-01-01T07:00:00Z")
    assert kss_at([0.0, 9.5], morning) == pytest.approx(3.0, abs=0.15)
    assert kss_at([0.0, 15.99], morning) == pytest.approx(5.6, abs=0.15)
    through_the_night = [0.0, 15.9, *[16.0 + 0.5 * step for step in range(1, 12)]]
    assert kss_at(through_the_night, morning) == pytest.approx(7.7, abs=0.2)


def test_whoever_is_called_at_night_slept_before_and_is_drowsy() -> None:
    source = template("2026-01-01T12:00:00Z")
    stage = staged(source)
    stage.open(moment(0, 0.0))
    stage.close()
    stage.open(moment(1, 15.0))
    rhythm = stage.world[Rhythm]
    assert rhythm.vigil("ada").woke == pytest.approx(15.0)
    assert rhythm.daypart(15.0) == "the small hours"
    drowsy = rhythm.kss("ada")
    stage.say(Turn("T1.1", "bo", "Wake up."), seconds=3600.0)
    assert stage.world[Rhythm].kss("ada") < drowsy - 1.0


def test_a_night_restores_what_a_scene_cost() -> None:
    stage = staged(template("2026-01-01T15:00:00Z"))
    stage.open(moment(0, 0.0))
    fresh = stage.world[Rhythm].energy("ada")
    for number in range(20):
        stage.say(Turn(f"T0.{number}", "ada", "word " * 40))
    spent = stage.world[Rhythm].energy("ada")
    assert fresh - spent > 10
    assert stage.world[Rhythm].vigil("bo").exertion < stage.world[Rhythm].vigil("ada").exertion / 5
    stage.close()
    stage.open(moment(1, 24.0))
    assert stage.world[Rhythm].energy("ada") == pytest.approx(fresh, abs=0.2)


def test_words_arousal_and_the_hour_make_speaking_dear() -> None:
    def cost(words: int, stir: float = 0.0, start: str = "2026-01-01T16:48:00Z") -> float:
        stage = staged(template(start))
        stage.open(moment())
        stage.fold("M12", AffectStirred("intervention", (("ada", 0.0, stir),)))
        stage.say(Turn("T0.1", "ada", "word " * words))
        return stage.world[Rhythm].vigil("ada").exertion

    assert cost(40) == pytest.approx(2 * cost(20), rel=1e-4)
    assert cost(20, stir=0.5) > cost(20)
    assert cost(20, start="2026-01-01T04:48:00Z") > 1.3 * cost(20)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(1, 400), st.floats(0.0, 30.0)), min_size=1, max_size=6))
def test_energy_is_never_negative(scenes: list[tuple[int, float]]) -> None:
    stage, at = staged(mechanism=Circadian(word_cost=1.0)), 0.0
    for number, (words, gap) in enumerate(scenes):
        at += gap
        stage.open(moment(number, at))
        stage.say(Turn(f"T{number}.1", "ada", "word " * words))
        energy = stage.world[Rhythm].energy("ada")
        assert 0.0 <= energy <= 100.0
        stage.close()
        at += 0.01


@pytest.mark.parametrize(
    ("start", "temporal", "expected"),
    [
        ("2026-03-01T08:00:00+02:00", {}, "2026-03-01T06:00:00Z"),
        (None, {}, "2026-01-01T09:00:00Z"),
        (None, {"mode": "portal", "origin_year": 2031, "portal_year": 2040}, "2031-01-01T09:00:00Z"),
        (None, {"mode": "forward", "origin_year": 2031}, "2026-01-01T09:00:00Z"),
    ],
)
def test_the_run_starts_when_the_template_says(start: str | None, temporal: dict[str, object], expected: str) -> None:
    assert staged(template(start, temporal)).world[Rhythm].timestamp(0.0) == expected


def test_a_portal_with_its_own_year_only_starts_early_enough() -> None:
    source = template(None, {"mode": "portal", "portal_year": 2040, "backward_steps": 5})
    yearly = source.with_changes({"timepoints.resolution": "year"})
    assert staged(yearly).world[Rhythm].start == datetime(2035, 1, 1, 9, tzinfo=UTC)


def test_timestamps_count_hours_from_the_start() -> None:
    rhythm = staged(template("2026-03-01T08:00:00Z")).world[Rhythm]
    assert rhythm.timestamp(30.5) == "2026-03-02T14:30:00Z"
    with pytest.raises(MechanismError, match="start earlier"):
        rhythm.timestamp(1e9)


def test_local_time_day_length_and_light_come_from_the_template() -> None:
    local = staged(template("2026-01-01T23:00:00Z", utc_offset=9)).world[Rhythm]
    assert local.hour(0.0) == pytest.approx(8.0)
    sol = staged(template("2026-01-01T08:00:00Z", location="Jezero, Mars")).world[Rhythm]
    assert sol.hour(24.66) == pytest.approx(8.0)
    assert [local.daylight(at) for at in (4.0, 10.0, 13.0, 22.0)] == ["day", "dusk", "night", "dawn"]
    assert staged(template(light="dark")).world[Rhythm].daylight(3.0) == "night"
    assert staged(template(location="midnight sun camp")).world[Rhythm].daylight(14.0) == "day"


def test_chronotypes_and_shifts_move_the_inner_clock() -> None:
    source = template("2026-01-01T07:30:00Z", chronotype={"bo": "owl"}, wake="06:30", sleep_hour=22)
    stage = staged(source)
    stage.open(moment())
    rhythm = stage.world[Rhythm]
    assert rhythm.kss("bo") > rhythm.kss("ada")
    assert rhythm.vigil("bo").rhythm.schedule.wake == pytest.approx(8.0)
    nurse = staged(template("2026-01-01T02:00:00Z", schedules={"ada": {"wake": 15, "sleep": "07:00"}}))
    nurse.open(moment())
    night = nurse.world[Rhythm]
    assert night.kss("ada") < night.kss("bo") - 1.0
    assert night.penalty("ada", 0.0) < night.penalty("bo", 0.0)


def test_the_conscientious_rise_earlier_where_nothing_is_stated() -> None:
    people = (Entity("ada", "Ada", behavior=Behavior(conscientiousness=0.9)), Entity("bo", "Bo"))
    rhythm = staged(people=people).world[Rhythm]
    assert rhythm.vigil("ada").rhythm.schedule.wake == pytest.approx(6.2)


def test_a_tired_body_starts_with_less() -> None:
    people = (Entity("ada", "Ada", body=Body(fatigue=0.4)), Entity("bo", "Bo"))
    rhythm = staged(people=people).world[Rhythm]
    assert rhythm.energy("ada") == pytest.approx(rhythm.energy("bo") - 20.0)


def test_late_afternoon_is_the_best_hour() -> None:
    rhythm = staged(template("2026-01-01T00:00:00Z")).world[Rhythm]
    assert rhythm.penalty("ada", 16.8) == pytest.approx(1.0)
    assert rhythm.penalty("ada", 4.8) == pytest.approx(1.5)
    assert rhythm.daypart(16.8) == "late afternoon"


def test_the_other_published_model_can_be_chosen() -> None:
    stage = staged(mechanism=Circadian(model=INGRE_5C))
    assert stage.world[Rhythm].kss("ada") != pytest.approx(staged().world[Rhythm].kss("ada"), abs=0.05)


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({"wake": "early"}, "$.metadata.circadian_config.wake"),
        ({"wake": 7, "sleep": 7}, "$.metadata.circadian_config.sleep"),
        ({"day_length_hours": 0}, "$.metadata.circadian_config.day_length_hours"),
        ({"chronotype": {"ada": "bat"}}, "$.metadata.circadian_config.chronotype.ada"),
        ({"schedules": {"ada": 7}}, "$.metadata.circadian_config.schedules.ada"),
        ({"light": "drak"}, "$.metadata.circadian_config.light"),
    ],
)
def test_a_wrong_key_is_named_with_its_path(config: dict[str, object], path: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Circadian().start(template(**config))
    assert [problem.path for problem in caught.value.problems] == [path]


def test_it_says_the_same_twice_and_names_its_cause() -> None:
    def played() -> StagedRun:
        stage = staged()
        stage.open(moment())
        stage.say(Turn("T0.1", "ada", "Good morning."))
        return stage

    one, other = played(), played()
    assert one.log == other.log
    assert one.world[Rhythm] == other.world[Rhythm]
    events = [event for event in one.log if isinstance(event, (Rested, EnergySpent))]
    assert [event.causes for event in events] == [("e#2",), ("e#6",)]
    codec = Codec.of([Rested, EnergySpent])
    assert [codec.event(type(event).__name__, dumps(event)) for event in events] == events
