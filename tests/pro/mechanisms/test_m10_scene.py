"""The room, its mood, and how feelings pass around in it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staged_world import StagedRun, moment

from timepoint_pro.errors import TemplateError
from timepoint_pro.mechanisms.m06_tensor_state import AffectStirred, Minds, TensorState
from timepoint_pro.mechanisms.m10_scene import AtmosphereMoved, Scene, SceneMechanism, SceneSet
from timepoint_pro.mechanisms.m13_relationships import Relationships
from timepoint_pro.mechanisms.m14_circadian import Circadian
from timepoint_pro.records.codec import Codec, dumps
from timepoint_pro.records.entity import Behavior, Body, Bond, Entity
from timepoint_pro.records.timepoint import Option, Question, Timepoint
from timepoint_pro.records.turn import Turn
from timepoint_pro.templates import Template

NAMES = ("ada", "bo", "cy")
FLAT = Behavior(extraversion=0.5, neuroticism=0.5)


def staged(
    feelings: dict[str, tuple[float, float]] | None = None, *, environment: dict[str, object] | None = None,
    bonds: tuple[Bond, ...] = (), leanings: dict[str, dict[str, float]] | None = None, location: str = "",
    mechanism: SceneMechanism | None = None, start: str = "2026-06-01T12:00:00Z", body: Body | None = None,
    importance: float = 0.5, speaker: Behavior = FLAT,
) -> StagedRun:  # fmt: skip
    """A moment of three people who feel as stated (valence, arousal on the internal scale), before anybody speaks."""
    people = [
        Entity("ada", "Ada", behavior=speaker, bonds=bonds, body=body or Body()),
        *[Entity(name, name, behavior=FLAT) for name in NAMES[1:]],
    ]
    question = {"id": "q", "text": "Go?", "options": [{"id": "go"}, {"id": "stay"}], "leanings": leanings or {}}
    metadata: dict[str, object] = {"questions": [question], "entity_roster": {name: {} for name in NAMES}}
    if environment is not None:
        metadata["environment"] = environment
    document = {"scenario_description": "Three.", "metadata": metadata, "timepoints": {"start_time": start}}
    mechanisms = [TensorState(sigma=0.0), mechanism or SceneMechanism(), Relationships(), Circadian()]
    stage = StagedRun(mechanisms, people, Template.from_dict(document))
    resting = stage.world[Minds].latent("ada")
    stirs = tuple(
        (name, valence - resting.valence, arousal - resting.arousal)
        for name, (valence, arousal) in (feelings or {}).items()
    )
    asked = Question("q", "Go?", (Option("go", "go"), Option("stay", "stay")))
    first: Timepoint = moment(0, 0.0, NAMES, location=location, question=asked, importance=importance)
    stage.open(first)
    stage.fold("M12", AffectStirred("intervention", stirs))
    return stage


def reopened(stage: StagedRun, location: str = "", importance: float = 0.5) -> Scene:
    """The scene of a moment at the same hour, opened with feelings as they are now."""
    stage.close()
    stage.open(moment(1, 0.0, NAMES, location=location, importance=importance))
    return stage.world[Scene]


def test_atmosphere_is_the_mean_of_those_present() -> None:
    scene = reopened(staged({"ada": (0.6, 0.2), "bo": (0.0, 0.2), "cy": (-0.3, 0.2)}))
    assert scene.valence == pytest.approx(0.1, abs=1e-6)
    assert scene.arousal == pytest.approx(0.6, abs=1e-6)
    spread = ((0.5**2 + 0.1**2 + 0.4**2) / 3 / 2) ** 0.5
    assert scene.dispersion == pytest.approx(spread, abs=1e-6)
    assert 0.0 < scene.energy <= 100.0
    same = reopened(staged(dict.fromkeys(NAMES, (0.2, 0.0))))
    assert same.dispersion == pytest.approx(0.0, abs=1e-6)


def test_bad_ties_crossed_wishes_and_tight_rooms_make_tension() -> None:
    plain = staged().world[Scene].tension
    strained = staged(bonds=(Bond("bo", "rival", -0.8, -0.6),)).world[Scene].tension
    crossed = staged(leanings={"ada": {"go": 0.9}, "bo": {"go": -0.9}}).world[Scene].tension
    agreed = staged(leanings={"ada": {"go": 0.9}, "bo": {"go": 0.9}, "cy": {"go": 0.9}}).world[Scene].tension
    tight = staged(location="the airlock").world[Scene].tension
    friendly = staged(bonds=(Bond("bo", "friend", 0.9, 0.9),)).world[Scene].tension
    assert min(strained, crossed, tight) > plain
    assert crossed == pytest.approx(plain + 0.27, abs=1e-6)
    assert agreed == friendly == plain
    assert staged(importance=1.0).world[Scene].tension == pytest.approx(plain + 0.075, abs=1e-6)


def test_turns_raise_and_lower_tension_and_it_comes_to_rest() -> None:
    def after(**turn: object) -> float:
        stage = staged()
        for number in range(4):
            stage.say(Turn(f"T0.{number}", "ada", "Words.", **turn))  # type: ignore[arg-type]
        return stage.world[Scene].tension

    rest = staged().world[Scene].tension
    assert after(tone="angry", act="oppose") > after(tone="tense") > rest
    assert after(tone="calm", act="concede") < after(tone="warm") < rest
    stage = staged()
    stage.say(Turn("T0.1", "ada", "Words.", tone="angry"))
    stage.say(Turn("T0.2", "ada", "Words."), seconds=8 * 3600.0)
    assert stage.world[Scene].tension == pytest.approx(rest, abs=1e-4)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=3, max_size=3),
    st.floats(0.0, 50.0), st.floats(0.0, 7200.0), st.sampled_from(NAMES),
)  # fmt: skip
def test_contagion_keeps_feelings_within_the_convex_hull(
    feelings: list[tuple[float, float]], rate: float, seconds: float, speaker: str
) -> None:
    """Without amplification the absorption model never leaves it (Bosse 2009)."""
    stage = staged(dict(zip(NAMES, feelings, strict=True)), mechanism=SceneMechanism(contagion_rate=rate))
    minds = stage.world[Minds]
    before = {name: (minds.valence(name), minds.arousal(name)) for name in NAMES}
    events = stage.say(Turn("T0.1", speaker, "Words."), seconds=seconds)
    caught = [event for event in events if isinstance(event, AffectStirred)]
    for event in caught:
        for name, valence, arousal in event.moves:
            for place, moved in ((0, before[name][0] + valence), (1, before[name][1] + arousal / 2.0)):
                levels = [pair[place] for pair in before.values()]
                assert min(levels) - 2e-6 <= moved <= max(levels) + 2e-6


def caught_by(name: str, stage: StagedRun, speaker: str = "ada", seconds: float = 60.0) -> float:
    events = stage.say(Turn("T0.1", speaker, "Words."), seconds=seconds)
    stirred = next(event for event in events if isinstance(event, AffectStirred))
    assert stirred.reason == "contagion"
    return next(valence for one, valence, _ in stirred.moves if one == name)


def test_a_cheerful_speaker_lifts_the_room_and_an_expressive_one_more() -> None:
    feelings = {"ada": (0.8, 0.0), "bo": (-0.2, 0.0), "cy": (-0.2, 0.0)}
    plain = caught_by("bo", staged(feelings))
    assert plain > 0
    assert caught_by("bo", staged(feelings, speaker=Behavior(extraversion=0.9, neuroticism=0.5))) > plain
    assert caught_by("bo", staged(feelings), speaker="cy") < plain
    assert caught_by("ada", staged(feelings)) < 0


def test_contagion_can_be_turned_off() -> None:
    stage = staged({"ada": (0.8, 0.0)}, mechanism=SceneMechanism(contagion_rate=0.0))
    events = stage.say(Turn("T0.1", "ada", "Words."))
    assert AtmosphereMoved in [type(event) for event in events]
    assert AffectStirred not in [type(event) for event in events]


def test_a_crowd_weighs_on_the_mood() -> None:
    angry = {"crowd": {"size": 500, "density": 3, "mood": {"angry": 3, "calm": 1}}}
    quiet = staged(dict.fromkeys(NAMES, (0.2, 0.0)))
    loud = staged(dict.fromkeys(NAMES, (0.2, 0.0)), environment=angry)
    assert not [event for event in quiet.say(Turn("T0.1", "ada", "Words.")) if isinstance(event, AffectStirred)]
    assert caught_by("bo", loud) < -0.01
    with_crowd, without = reopened(loud), reopened(quiet)
    assert with_crowd.valence < 0 < without.valence
    assert with_crowd.dispersion > without.dispersion
    assert with_crowd.crowd is not None
    assert with_crowd.crowd.valence == pytest.approx((3 * -0.75 + 0.25) / 4)


def test_place_names_and_the_hour_say_what_a_place_is_like() -> None:
    airlock = staged(location="the airlock").world[Scene]
    assert (airlock.location, airlock.lighting) == ("the airlock", "artificial light")
    assert airlock.confinement == "confined space"
    beach = staged(location="Long Beach").world[Scene]
    night = staged(location="Long Beach", start="2026-06-01T23:00:00Z").world[Scene]
    assert (beach.lighting, night.lighting, beach.confinement) == ("daylight", "darkness", "open air")
    assert night.temperature < beach.temperature
    office = staged(location="board room").world[Scene]
    assert (office.confinement, office.lighting, office.temperature) == ("indoors", "daylight from the windows", 21.0)
    assert staged(location="the support desk").world[Scene].confinement == "indoors"


def test_a_moment_without_a_place_is_where_its_first_person_is() -> None:
    assert staged(body=Body(location="ward 3")).world[Scene].location == "ward 3"
    assert staged(environment={"location": "the vault"}).world[Scene].location == "the vault"
    assert staged(environment={"location": "the vault"}, location="roof").world[Scene].location == "roof"


def test_the_template_describes_places() -> None:
    environment = {
        "temperature": 12, "noise": 0.1,
        "places": {"Roof": {"lighting": "floodlights", "noise": 0.9, "confinement": "open air"}},
    }  # fmt: skip
    roof = staged(environment=environment, location="roof").world[Scene]
    assert (roof.lighting, roof.noise, roof.temperature) == ("floodlights", 0.9, 12.0)
    hall = staged(environment=environment, location="hall").world[Scene]
    assert (hall.noise, hall.temperature) == (0.1, 12.0)


@pytest.mark.parametrize(
    ("environment", "path"),
    [
        ({"noise": 2}, "$.metadata.environment.noise"),
        ({"lighting": 3}, "$.metadata.environment.lighting"),
        ({"places": {"roof": {"temperature": "hot"}}}, "$.metadata.environment.places.roof.temperature"),
        ({"crowd": {"mood": {"angyr": 1, "calm": 1}}}, "$.metadata.environment.crowd.mood.angyr"),
        ({"crowd": 40}, "$.metadata.environment.crowd"),
    ],
)
def test_a_wrong_key_is_named_with_its_path(environment: dict[str, object], path: str) -> None:
    with pytest.raises(TemplateError) as caught:
        staged(environment=environment)
    assert [problem.path for problem in caught.value.problems] == [path]


def test_energy_of_the_room_falls_with_what_is_spent() -> None:
    stage = staged()
    before = stage.world[Scene].energy
    for number in range(6):
        stage.say(Turn(f"T0.{number}", "ada", "word " * 60))
    assert stage.world[Scene].energy < before - 2.0


def test_it_says_the_same_twice_and_names_its_cause() -> None:
    def played() -> StagedRun:
        stage = staged({"ada": (0.8, 0.3), "bo": (-0.4, 0.0)})
        stage.say(Turn("T0.1", "ada", "Good morning.", tone="warm"))
        return stage

    one, other = played(), played()
    assert one.log == other.log
    assert one.world[Scene] == other.world[Scene]
    opened = next(event for event in one.log if isinstance(event, SceneSet))
    moved = next(event for event in one.log if isinstance(event, AtmosphereMoved))
    assert opened.causes == ("e#3",)
    assert moved.causes == ("e#9",)
    codec = Codec.of([SceneSet, AtmosphereMoved])
    assert codec.event("SceneSet", dumps(opened)) == opened
    assert codec.event("AtmosphereMoved", dumps(moved)) == moved
