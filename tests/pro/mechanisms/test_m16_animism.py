"""Beings without words: who may what, and how they are heard."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from staged_world import StagedRun, moment

from timepoint_pro.errors import TemplateError
from timepoint_pro.llm.scripted import speak
from timepoint_pro.llm.scripted.animate_frames import FIRST, SECOND
from timepoint_pro.mechanisms.agencies import MASKS, Agencies, capabilities_of, takes_in
from timepoint_pro.mechanisms.base import Stage
from timepoint_pro.mechanisms.m06_tensor_state import TensorState
from timepoint_pro.mechanisms.m10_scene import SceneMechanism
from timepoint_pro.mechanisms.m13_relationships import Relationships
from timepoint_pro.mechanisms.m14_circadian import Circadian
from timepoint_pro.mechanisms.m16_animism import Animism
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.records.draws import Draws
from timepoint_pro.records.entity import Entity, EntityIntroduced
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template

BEINGS = ("fox", "old_cedar", "worship_hall", "kami_of_the_ford", "village")


def staged(level: int, beings: dict[str, Any] | None = None, **animism: Any) -> StagedRun:
    source = Template.from_dict(
        {
            "scenario_description": "A place.",
            "entities": {"animism_level": level},
            "metadata": {"animistic_entities": beings or {}},
        }
    )
    mechanism = Animism(**animism)
    people = [Entity("ada", "Ada"), *[Entity(kind, kind, kind) for kind in MASKS if kind != "human"]]
    stage = StagedRun([TensorState(), SceneMechanism(), Relationships(), Circadian(), mechanism], people, source)
    stage.fold("M16", *mechanism.start(source).events)
    return stage


def play(level: int, seed: int = 3, **more: Any) -> Any:
    template = Template.from_template("shrine").with_changes({"entities.animism_level": level, "timepoints.count": 2})
    return Simulation(template, seed=seed, store=":memory:", **more).run()


def spoken(run: Any) -> list[Any]:
    return [turn for dialog in run.dialogs for turn in dialog.turns]


@pytest.mark.parametrize(
    ("level", "able"),
    [
        (0, {"human"}),
        (1, {"human", "animal", "building"}),
        (2, {"human", "animal", "building", "object", "vehicle", "environment"}),
        (3, {"human", "animal", "building", "object", "vehicle", "environment", "abstract", "institution"}),
        (5, set(MASKS) - {"ai"}),
        (6, set(MASKS)),
    ],
)
def test_each_level_lets_further_kinds_take_turns(level: int, able: set[str]) -> None:
    assert {kind for kind in MASKS if capabilities_of(kind, level).speaks} == able


@given(
    st.sampled_from([*MASKS, "mystery"]), st.integers(0, 6), st.integers(0, 6),
    st.frozensets(st.sampled_from(["feels", "knows", "moves"])),
)  # fmt: skip
def test_masks_are_hard(kind: str, level: int, own: int, without: frozenset[str]) -> None:
    mask, able = MASKS.get(kind, MASKS["object"]), capabilities_of(kind, level, without, own)
    assert able.feels <= mask.feels
    assert able.moves <= mask.moves
    assert able.voice == mask.voice
    assert able.speaks == (level >= max(mask.level, own))
    assert able.argues == (able.speaks and mask.voice == "speech")
    assert not any(getattr(able, ability) for ability in without)
    assert not able.knows or mask.knows or (level >= 4 and able.speaks)


def test_agency_and_experience_are_two_things() -> None:
    """Gray, Gray, Wegner 2007: God and robots act more than they feel, animals feel more than they act."""
    assert MASKS["kami"].agency > MASKS["ai"].agency > MASKS["animal"].agency > MASKS["object"].agency
    assert MASKS["animal"].feels
    assert not MASKS["ai"].feels
    assert not MASKS["institution"].feels


def test_what_may_speak_takes_in_what_is_said_from_level_four_on() -> None:
    everyone = ("ada", "animal", "building", "environment", "kami")
    assert takes_in(staged(3).world, everyone) == ("ada", "animal", "kami")
    assert takes_in(staged(4).world, everyone) == everyone


def test_presence_grows_with_tension_and_with_familiarity_from_level_four_on() -> None:
    def presence(level: int, moments: int, importance: float = 0.5, **animism: Any) -> float:
        stage = staged(level, **animism)
        for number in range(moments):
            stage.open(moment(number, float(number), ("ada", "animal"), importance=importance))
            stage.stage(Stage.PERCEIVE)
            felt = dict(stage.world[Agencies].presence)["animal"]
            stage.close()
        return felt

    assert presence(2, 1, 1.0) > presence(2, 1, 0.0)
    assert presence(5, 3) > presence(5, 1)
    assert presence(5, 3, familiarity=0.0) <= presence(5, 1) + 0.05


def test_the_template_narrows_a_mask_and_brings_beings_of_its_own() -> None:
    stage = staged(
        2,
        {
            "animal": {"level": 3, "feels": False},
            "standing_stone": {"type": "object", "signs": ["The stone is warm."], "regards": ["the east"]},
            "mist": {"type": "weather"},
        },
    )
    agencies = stage.world[Agencies]
    assert not agencies.speaks("animal")
    assert not agencies.feels("animal")
    introduced = {one.entity.id: one.entity for one in stage.log if isinstance(one, EntityIntroduced)}
    stone = introduced["standing_stone"]
    assert stone.name == "the standing stone"
    assert stone.voice.speech_examples == ("The stone is warm.",)
    assert agencies.speaks("standing_stone")
    assert agencies.of("mist").voice == "environment"
    stage.open(moment(present=("ada", "animal", "kami")))
    assert {"animal", "kami"} <= set(stage.world[Minds].minds)
    assert stage.world[Minds].latent("kami").at == 0.0
    assert stage.world[Minds].latent("animal").at < 0.0


def test_a_level_out_of_range_is_named_with_its_path() -> None:
    with pytest.raises(TemplateError, match=r"animistic_entities\.fox\.level: expected a level from 0 to 6"):
        staged(2, {"fox": {"level": 9}})


def test_below_its_level_a_being_is_present_and_takes_no_turn() -> None:
    run = play(0)
    assert set(BEINGS) <= {one for timepoint in run.timepoints for one in timepoint.present}
    assert not [turn for turn in spoken(run) if turn.speaker in BEINGS]


def test_beings_are_told_of_between_turns_never_twice_in_a_row_nor_after_a_question() -> None:
    narrated = 0
    for seed in range(3):
        for dialog in play(5, seed).dialogs:
            turns = dialog.turns
            for before, turn in itertools.pairwise(turns):
                if turn.speaker in BEINGS:
                    narrated += 1
                    assert before.speaker not in BEINGS
                    assert before.act != "question"
                    assert not (before.addressed_to and before.content.endswith("?"))
            assert turns[0].speaker not in BEINGS
            assert turns[-1].speaker not in BEINGS
            assert max(sum(turn.speaker == one for turn in turns) for one in BEINGS) <= 2
    assert narrated >= 3


def test_narration_never_argues_and_people_never_address_what_cannot_answer() -> None:
    for seed in range(3):
        for turn in spoken(play(5, seed)):
            if turn.speaker in BEINGS:
                assert turn.act == "inform"
                assert not turn.option
                assert not turn.addressed_to
                assert not set(turn.content.replace(".", " ").replace(",", " ").split()) & {"I", "we", "We", "us", "my"}
            else:
                assert not set(turn.addressed_to) & set(BEINGS)


def test_the_same_seed_tells_the_same_and_without_the_mechanism_nobody_is_narrated() -> None:
    assert [turn.content for turn in spoken(play(5))] == [turn.content for turn in spoken(play(5))]
    run = play(5, without=("M16",))
    assert {turn.speaker for turn in spoken(run)}.isdisjoint(BEINGS)
    assert not [turn for turn in spoken(run) if set(turn.addressed_to) & set(BEINGS)]


def test_a_text_model_is_asked_to_narrate_and_not_to_speak() -> None:
    from timepoint_pro.prompts.dialog_text import system_text

    asked = _context()
    assert "Narrate in the third person" in system_text(asked)
    assert "first person" not in system_text(asked)
    answer = speak(asked, Draws(b"one"))
    assert answer.content.startswith("The fox ")
    assert answer.knowledge_shared == ()
    assert answer.option == ""


def test_narration_is_an_action_of_its_own_for_which_models_are_chosen() -> None:
    run = play(5)
    beings = {turn.turn_id for turn in spoken(run) if turn.speaker in BEINGS}
    query = "SELECT d.turn_id, c.action FROM dialogs AS d JOIN llm_calls AS c USING (run_id, call_key)"
    actions = {row["turn_id"]: row["action"] for row in run.store.query(query)}
    assert {one for one, action in actions.items() if action == "ANIMISTIC_BEHAVIOR"} == beings
    assert set(actions.values()) == {"ANIMISTIC_BEHAVIOR", "DIALOG_SYNTHESIS"}
    records = {one["metadata"]["turn_id"]: one["metadata"]["mechanisms"] for one in run.training_examples()}
    assert {one for one, codes in records.items() if "M16" in codes} == beings


def test_every_frame_has_an_end_and_only_known_slots() -> None:
    filled = dict.fromkeys(("b", "B", "n", "last", "dear", "a"), "x")
    lines = [line for moods in FIRST.values() for pool in moods.values() for line in pool]
    lines += [line for pool in SECOND.values() for line in pool]
    assert all(line.format_map(filled)[-1] == "." for line in lines)
    assert len(set(lines)) == len(lines)


def _context() -> Any:
    """The context of a fox among two people."""
    from timepoint_pro.prompts.dialog import Feeling, Inner, Persona, Relation, Setting, TurnContext
    from timepoint_pro.records.entity import Behavior, Voice

    setting = Setting(
        "T0", "2026-01-01T09:00:00Z", 9.0, "morning", 1.0, "yard", "", "", 0.3, 0.0, 0.4, 60.0, "They sit.",
        (("fox", "the fox", ""), ("ada", "Ada", ""), ("bo", "Bo", "")),
    )  # fmt: skip
    ties = tuple(Relation(one, one.title(), "", "stranger", 0.0, 0.0, 0.0, 0) for one in ("ada", "bo"))
    fox = Persona("fox", "the fox", "", "animal", None, (), (), Behavior(), Voice())
    return TurnContext(
        fox, Feeling(0.0, 0.5, 60.0), setting, None, (), ties, 2, 12, 20, False, (), (), (), (), "", (), Inner()
    )


def test_a_being_of_the_template_alone_takes_part_in_a_run() -> None:
    template = Template.from_template("shrine").with_changes(
        {
            "entities.animism_level": 5,
            "entities.count": 10,
            "timepoints.count": 3,
            "metadata.animistic_entities.ford": {
                "type": "environment", "location": "shrine precinct", "signs": ["The ford runs backward for a breath."],
            },
        }
    )  # fmt: skip
    run = Simulation(template, seed=1, store=":memory:").run()
    assert all("ford" in timepoint.present for timepoint in run.timepoints)
    assert "ford" in {entity.id for entity in run.entities}
