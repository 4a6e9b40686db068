"""From a roster to people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.errors import UnknownNameError
from timepoint_pro.mechanisms.cast import archetype_for, archetypes_of, cast_from
from timepoint_pro.mechanisms.temperament import MARKS, QUALITIES
from timepoint_pro.records.archetypes import ARCHETYPES
from timepoint_pro.records.draws import Draws
from timepoint_pro.records.entity import BIG_FIVE, Behavior, Bond, Entity
from timepoint_pro.templates import Template


def people(roster: dict[str, object], seed: int = 0, **more: object) -> dict[str, Entity]:
    metadata = {"entity_roster": roster, **more}
    document = {"scenario_description": "Some people.", "metadata": metadata}
    return {person.id: person for person in cast_from(Template.from_dict(document), seed)}


def test_what_the_roster_states_is_kept() -> None:
    found = people({
        "Webb": {
            "role": "mission commander", "archetype_id": "military_commander", "personality_traits": ["decisive"],
            "traits": {"openness": 0.9, "assertiveness": 0.8}, "goals": ["bring them home"],
            "body": {"age": 47, "fatigue": 0.3, "location": "habitat"}, "key_state_variables": ["oxygen"],
            "voice_guide": {"sentence_length": "short", "verbal_tics": ["Copy."]}, "speech_examples": ["In one line."],
            "relationships": {"Chen": {"type": "friend", "trust": 0.3, "affinity": 0.2, "power": 0.5}},
        },
        "Chen": {},
    })  # fmt: skip
    webb = found["Webb"]
    assert list(found) == ["Webb", "Chen"]
    assert (webb.name, webb.role, webb.kind) == ("Webb", "mission commander", "human")
    assert webb.archetype is ARCHETYPES["military_commander"]
    assert (webb.behavior.openness, webb.behavior.assertiveness) == (0.9, 0.8)
    assert webb.bonds == (Bond("Chen", "friend", 0.3, 0.2, 0.5),)
    assert (webb.body.age, webb.body.fatigue, webb.body.location) == (47.0, 0.3, "habitat")
    assert (webb.voice.sentence_length, webb.voice.verbal_tics, webb.voice.speech_examples) == (
        "short", ("Copy.",), ("In one line.",),
    )  # fmt: skip
    assert (webb.goals, webb.state_variables) == (("bring them home",), ("oxygen",))


def test_names_are_made_from_ids() -> None:
    found = people({"sarah_okafor": {}, "Webb": {}, "x7": {"name": "The Cook"}})
    assert [person.name for person in found.values()] == ["Sarah Okafor", "Webb", "The Cook"]


def test_people_differ_and_keep_their_temper_whoever_else_is_there() -> None:
    found = people({"a": {}, "b": {}})
    assert found["a"].behavior != found["b"].behavior
    assert people({"zoe": {}, "a": {}})["a"] == found["a"]
    assert people({"a": {}}, seed=1)["a"].behavior != found["a"].behavior


def test_stating_one_quality_leaves_the_others_as_they_were() -> None:
    free, stated = people({"a": {}})["a"].behavior, people({"a": {"traits": {"openness": 0.11}}})["a"].behavior
    assert stated.openness == 0.11
    assert [getattr(stated, name) for name in QUALITIES[1:]] == [getattr(free, name) for name in QUALITIES[1:]]


@pytest.mark.parametrize(
    ("word", "quality", "direction"),
    [
        ("curious", "openness", 1), ("meticulous", "conscientiousness", 1), ("shy", "extraversion", -1),
        ("Warm", "agreeableness", 1), ("anxious", "neuroticism", 1), ("calm under fire", "neuroticism", -1),
        ("risk-averse", "novelty_seeking", -1), ("eloquent", "vocabulary_richness", 1), ("timid", "assertiveness", -1),
    ],
)  # fmt: skip
def test_adjectives_mark_the_trait_that_they_are_markers_of(word: str, quality: str, direction: int) -> None:
    """Goldberg 1992; Saucier 1994."""
    found = people({f"p{n}": {"personality_traits": [word]} for n in range(30)})
    mean = sum(getattr(person.behavior, quality) for person in found.values()) / 30
    assert (mean - 0.5) * direction > 0.2


def test_a_trait_by_another_name_counts_by_its_strength() -> None:
    high = people({"a": {"traits": {"caution": 1.0}}})["a"].behavior
    low = people({"a": {"traits": {"caution": 0.0}}})["a"].behavior
    assert high.conscientiousness > low.conscientiousness + 0.4
    assert high.novelty_seeking < low.novelty_seeking - 0.4


@given(st.lists(st.sampled_from(sorted(MARKS)), max_size=12), st.integers(0, 1000))
def test_temper_stays_in_its_range_and_off_its_ends(words: list[str], seed: int) -> None:
    behavior: Behavior = people({"a": {"personality_traits": words}}, seed)["a"].behavior
    assert all(0.05 <= value <= 0.95 for value in behavior.vector())
    assert set(BIG_FIVE) < set(QUALITIES)


def test_a_role_suggests_a_way_of_arguing() -> None:
    roles = {
        "flight engineer": "engineer", "crew medical officer": "doctor", "general manager": "executive",
        "safety officer": "safety_officer", "lead counsel": "lawyer", "chief_of_staff": "politician",
    }  # fmt: skip
    found = {role: archetype_for(role, ARCHETYPES, Draws(b"any")).id for role in roles}
    assert found == roles
    drawn = {archetype_for("bystander", ARCHETYPES, Draws(str(n).encode())).id for n in range(80)}
    assert len(drawn) > 5


def test_a_template_adds_its_own_archetypes_and_misses_none() -> None:
    own = {"oracle": {"tactics": ["story"], "disagreement": ["answers in riddles"], "vocabulary": ["it is written"]}}
    found = people({"a": {"archetype_id": "oracle"}}, archetypes=own)["a"].archetype
    assert found is not None
    assert (found.id, found.tactics, found.vocabulary) == ("oracle", ("story",), ("it is written",))
    document = Template(scenario_description="x", metadata={"archetypes": own})
    assert set(archetypes_of(document)) == {*ARCHETYPES, "oracle"}


def test_an_unknown_archetype_is_refused_with_the_nearest() -> None:
    with pytest.raises((UnknownNameError, ValueError), match="engineer"):
        people({"a": {"archetype_id": "enginer"}})


def test_things_do_not_argue_and_unknown_kinds_are_things() -> None:
    found = people({"hall": {"type": "building"}, "blob": {"type": "slime"}})
    assert (found["hall"].archetype, found["hall"].kind) == (None, "building")
    assert found["blob"].kind == "object"
