"""What validation says of templates that load."""

from __future__ import annotations

from typing import Any

import pytest

from timepoint_pro.errors import TemplateError
from timepoint_pro.templates import Template, check, require
from timepoint_pro.templates.effects import EFFECTS, obstacle
from timepoint_pro.templates.vocabulary import MODES


def template(**changes: Any) -> Template:
    return Template.from_dict({"scenario_description": "x"}).with_changes(changes)


def remarks(**changes: Any) -> dict[str, str]:
    return {notice.path: f"{notice.level}: {notice.message}" for notice in check(template(**changes))}


def test_a_plain_template_gets_no_remark() -> None:
    assert remarks() == {}


def test_a_portal_needs_an_outcome() -> None:
    assert remarks(**{"temporal.mode": "portal"}) == {
        "$.temporal.portal_description": "error: portal mode starts from an outcome; describe it here"
    }
    with pytest.raises(TemplateError, match=r"\$\.temporal\.portal_description"):
        require(template(**{"temporal.mode": "portal"}))
    require(template(**{"temporal.mode": "portal", "temporal.portal_description": "The end."}))


def test_a_portal_lies_after_its_origin_and_weighs_something() -> None:
    portal = {"temporal.mode": "portal", "temporal.portal_description": "The end."}
    assert remarks(**portal, **{"temporal.portal_year": 2030, "temporal.origin_year": 2031})[
        "$.temporal.origin_year"
    ].startswith("error")
    weights = ("llm_scoring", "historical_precedent", "causal_necessity", "entity_capability")
    assert any("error" in text for text in remarks(**portal, **{f"temporal.{w}_weight": 0 for w in weights}).values())


def test_keys_without_effect_in_the_mode_are_named_with_the_reason() -> None:
    assert remarks(**{"temporal.path_count": 3}) == {
        "$.temporal.path_count": "warning: no effect: it acts in portal and branching mode, and this is forward"
    }
    assert remarks(**{"temporal.mode": "branching", "temporal.path_count": 3}) == {}


def test_a_key_that_another_switches_off_is_named() -> None:
    idle = remarks(**{"variations.count": 5, "temporal.token_budget_mode": "max", "temporal.token_budget": 9})
    assert idle["$.variations.count"] == "warning: no effect: it acts where variations.enabled is true"
    assert "token_budget_mode is hard, soft, adaptive, orchestrator or user" in idle["$.temporal.token_budget"]
    assert remarks(**{"variations.count": 5, "variations.enabled": True}) == {}


def test_branching_points_take_the_place_of_the_path_count() -> None:
    branching = {"temporal.mode": "branching", "temporal.path_count": 2}
    points = [{"timepoint": 1, "branches": ["a", "b"]}]
    idle = remarks(**branching, **{"metadata.branching_points": points})
    assert idle == {"$.temporal.path_count": "warning: no effect: metadata.branching_points takes its place"}


def test_checkpoints_never_have_an_effect() -> None:
    for mode in MODES:
        assert "every moment is a checkpoint" in obstacle(template(**{"temporal.mode": mode}), "enable_checkpoints")
    assert set(remarks(enable_checkpoints=True, checkpoint_interval=1)) == {
        "$.enable_checkpoints",
        "$.checkpoint_interval",
    }


def test_keys_of_one_kind_are_named_once_with_their_number() -> None:
    facts = [{"statement": f"{n}.", "known_by": ["*"], "leads_to": ["outcome"]} for n in range(3)]
    assert list(remarks(**{"metadata.facts": facts}).items()) == [
        (
            "$.metadata.facts[0].leads_to",
            "warning: no effect (and 2 more like it): it acts in portal mode, and this is forward",
        )
    ]


def test_a_silent_part_is_named_once_and_not_by_its_keys() -> None:
    points = [{"timepoint": 1, "trigger": "t", "branches": {"a": {"label": "A"}}}]
    assert list(remarks(**{"metadata.branching_points": points})) == ["$.metadata.branching_points"]


@pytest.mark.parametrize(
    ("path", "value", "at", "message"),
    [
        ("entities.types", ["human", "robot"], "$.entities.types[1]", "it behaves as object"),
        ("metadata.entity_roster.A.type", "humann", "$.metadata.entity_roster.A.type", "did you mean 'human'"),
        (
            "metadata.mechanisms_featured",
            ["M3_exposure_events", "M23_x"],
            "$.metadata.mechanisms_featured[1]",
            "unknown mechanism",
        ),
        ("outputs.formats", ["jsnl"], "$.outputs.formats[0]", "did you mean 'jsonl'"),
        ("entities.envelope", {"attack": 0.9, "decay": 0.9}, "$.entities.envelope", "longer than the run"),
        ("metadata.facts", [{"statement": "A."}], "$.metadata.facts[0].known_by", "nobody ever holds"),
        (
            "metadata.facts",
            [{"statement": "A.", "known_by": ["*"], "enters": 5}],
            "$.metadata.facts[0].enters",
            "the last moment is 4",
        ),
        (
            "metadata.questions",
            [{"id": "q", "text": "?", "at": 9, "options": [{"id": "a"}, {"id": "b"}]}],
            "$.metadata.questions[0].at",
            "never comes up",
        ),
    ],
)
def test_warnings(path: str, value: Any, at: str, message: str) -> None:
    found = remarks(**{path: value})
    assert list(found) == [at]
    assert found[at].startswith("warning: ")
    assert message in found[at]


def test_what_nothing_reads_is_a_note_with_the_nearest_key() -> None:
    found = remarks(**{"metadata.entity_roster.A.goal": ["rest"], "metadata.mood": 1, "patch.licence": "CC0"})
    assert found == {
        "$.metadata.entity_roster.A.goal": "note: kept, and read by nothing; did you mean 'goals'?",
        "$.metadata.mood": "note: kept, and read by nothing",
    }


def test_a_misspelt_key_of_a_fact_is_named_and_one_of_the_users_own_is_not() -> None:
    fact = {"id": "a", "statement": "The well is dry.", "know_by": ["A"], "chapter": 3}
    found = remarks(**{"metadata.facts": [fact]})
    assert found["$.metadata.facts[0].know_by"] == "note: kept, and read by nothing; did you mean 'known_by'?"
    assert "$.metadata.facts[0].chapter" not in found


def test_errors_come_first() -> None:
    found = check(template(**{"temporal.mode": "portal", "metadata.mood": 1, "entities.types": ["robot"]}))
    assert [notice.level for notice in found] == ["error", "warning", "note"]


def test_a_stated_key_acts_or_is_named_in_every_mode() -> None:
    """Each key of the closed sections, stated with its default: either it acts, or validation names it."""
    full = Template("x").to_dict()
    del full["metadata"], full["patch"]
    for mode in MODES:
        stated = Template.from_dict(full | {"temporal": full["temporal"] | {"mode": mode}})
        named = {notice.path.removeprefix("$.") for notice in check(stated)}
        for pattern in stated.given:
            if pattern != "temporal.portal_description":
                assert (pattern in named) == bool(obstacle(stated, pattern)), (mode, pattern)
    assert {name for name in stated.given if "." in name} < set(EFFECTS)
