"""Which runs a campaign has: the order, seeds, variations, grids, and what is refused before anything is played."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_campaigns import VARIED, campaign, small

from timepoint_pro import Campaign
from timepoint_pro.campaign.plan import Plan, Varying, seed_of
from timepoint_pro.campaign.variations import STRATEGIES, varied
from timepoint_pro.errors import TemplateError, TemplateNotFoundError, UnknownNameError, UsageError
from timepoint_pro.templates import load

SHIPPED = ("convergence/simple", "board_meeting", "mars_mission_portal", "castaway_colony_branching", "shrine")

HALLS = tuple(small().with_changes({"world_id": f"hall{number}"}) for number in range(3))


@settings(max_examples=25)
@given(
    repeats=st.integers(1, 4), counts=st.lists(st.integers(0, 4), min_size=1, max_size=3),
    values=st.lists(st.integers(1, 3), max_size=2),
)  # fmt: skip
def test_every_combination_is_there_once_and_in_rounds(repeats: int, counts: list[int], values: list[int]) -> None:
    grid = tuple((f"$.metadata.p{number}", tuple(range(size))) for number, size in enumerate(values))
    plan = Plan(HALLS[: len(counts)], tuple(Varying(one, ("vary_outcomes",)) for one in counts), grid, repeats)
    items = list(plan.items())
    assert [one.position for one in items] == list(range(len(plan)))
    assert len({(one.template, one.variation, one.cell, one.repeat) for one in items}) == len(plan)
    assert [one.repeat for one in items] == sorted(one.repeat for one in items)
    assert {one.seed for one in items} == {seed_of(0, one.variation, one.repeat) for one in items}
    assert Plan.from_plain(json.loads(json.dumps(plan.to_plain()))).digest() == plan.digest()


def test_seeds_are_settled_for_good() -> None:
    assert [seed_of(0, 0, 0), seed_of(0, 1, 0), seed_of(7, 0, 3)] == [
        3924318320810531, 3385677906406047, 4837818233795826,
    ]  # fmt: skip


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("name", SHIPPED)
def test_a_variation_is_a_template_of_its_own(name: str, strategy: str) -> None:
    template = load(name)
    made = [varied(template, number, [strategy], 0).digest() for number in range(4)]
    assert made[0] == template.digest()
    assert len(set(made)) == 4
    assert varied(template, 2, [strategy], 0).digest() == made[2]
    assert varied(template, 2, [strategy], 1).digest() != made[2]


def test_a_strategy_changes_its_own_part_alone() -> None:
    template = small()
    before = template.to_dict()["metadata"]
    touched = {
        "vary_personalities": {"entity_roster"}, "vary_outcomes": {"questions"}, "vary_knowledge": {"facts"},
        "vary_relationships": {"entity_roster"}, "vary_starting_conditions": {"entity_roster", "quantitative_tracking"},
    }  # fmt: skip
    for strategy, parts in touched.items():
        after = varied(template, 1, [strategy], 3).to_dict()["metadata"]
        assert {key for key in before if before[key] != after[key]} == parts, strategy


def test_knowledge_stays_with_whom_it_is_about() -> None:
    template = load("board_meeting")
    for number in range(1, 9):
        other = varied(template, number, ["vary_knowledge"], 0)
        for before, after in zip(template.view.facts, other.view.facts, strict=True):
            assert len(after.known_by) == len(before.known_by)
            assert before.subject not in before.known_by or before.subject in after.known_by


@pytest.mark.parametrize(
    "tracked",
    [[{"id": "water", "initial": 3.0, "threshold": 9}], {"water": 3.0}, {"water": {"initial": 3.0}}],
    ids=["list", "bare number", "object"],
)
def test_tracked_numbers_vary_however_they_are_written(tracked: Any) -> None:
    document = small().to_dict(defaults=False)
    document["metadata"]["quantitative_tracking"] = tracked
    template = type(small()).from_dict(document)
    assert varied(template, 1, ["vary_starting_conditions"], 0).quantities["water"].initial != 3.0


def test_a_template_without_people_has_nothing_to_vary(tmp_path: Path) -> None:
    made = Campaign({"scenario_description": "Nobody is named."}, variations=2, store=tmp_path / "r.db")
    assert made.notices == ("template: vary_personalities finds nothing to vary",)


def test_a_parameter_without_effect_is_named_before_anything_is_played(tmp_path: Path) -> None:
    made = campaign(tmp_path / "r.db", grid={"temporal.dramatic_tension": [0.1, 0.9]})
    assert len(made) == 12
    assert "$.temporal.dramatic_tension: no effect" in made.notices[0]
    assert not (tmp_path / "r.db").exists()


def test_a_template_says_itself_how_it_varies(tmp_path: Path) -> None:
    template = small().with_changes({"variations.enabled": True, "variations.count": 5})
    assert len(Campaign(template, store=tmp_path / "r.db")) == 5
    assert len(Campaign(template, variations=0, store=tmp_path / "r.db")) == 1
    assert len(Campaign(template, variations=2, repeats=3, store=tmp_path / "r.db")) == 6


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"templates": []}, UsageError, "expected one or more"),
        ({"templates": ["simple", "simple"]}, UsageError, "each once"),
        ({"templates": "simpel"}, TemplateError, "simple"),
        ({"repeats": 0}, UsageError, "repeats: expected a whole number from 1 on, found 0"),
        ({"repeats": True}, UsageError, "found True"),
        ({"seed": 1.5}, UsageError, "seed"),
        ({"seed": 2**63}, UsageError, "seed: expected a whole number of at most 64 bits"),
        ({"variations": -1}, UsageError, "variations"),
        ({"variations": {"cuont": 2}}, UnknownNameError, "did you mean 'count'"),
        ({"variations": {"strategies": ["vary_personality"]}}, UnknownNameError, "vary_personalities"),
        ({"variations": {"count": 2, "deduplication_threshold": 2}}, TemplateError, "deduplication_threshold"),
        ({"grid": {"temporal.mode": []}}, UsageError, "one value or more"),
        ({"grid": {"temporal.mode": ["forward", "forward"]}}, UsageError, "every value once"),
        ({"grid": {"temporal.mood": [1]}}, TemplateError, r"\$.temporal.mood"),
        ({"grid": {"temporal.dramatic_tension": [5]}}, TemplateError, "dramatic_tension"),
        ({"campaign_id": "../up"}, UsageError, "campaign_id"),
        ({"campaign_id": "last"}, UsageError, "not 'last'"),
        ({"records": 0}, UsageError, "records"),
        ({"max_cost_usd": float("nan")}, UsageError, "max_cost_usd"),
        ({"max_seconds": -1}, UsageError, "max_seconds"),
        ({"tasks": ["dialogue"]}, UnknownNameError, "training task"),
        ({"recordz": 3}, UnknownNameError, "did you mean 'records'"),
        ({"without": ["M99"]}, UsageError, "M99"),
        ({"mode": "sideways"}, Exception, "sideways"),
        ({"repeats": 10**8}, UsageError, "at most"),
    ],
)
def test_what_cannot_be_used_is_refused_at_once(
    tmp_path: Path, arguments: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        Campaign(**{"templates": "convergence/simple", "store": tmp_path / "r.db", **arguments})
    assert not (tmp_path / "r.db").exists()


def test_a_campaign_file(tmp_path: Path) -> None:
    (tmp_path / "hall.json").write_text(json.dumps(small().to_dict(defaults=False)))
    (tmp_path / "study.json").write_text(json.dumps({
        "campaign": "study", "templates": ["hall.json", "board_meeting"], "repeats": 2, "variations": VARIED,
        "grid": {"$.language": ["en"]}, "seed": 3, "stop": {"records": 100, "max_seconds": 60},
    }))  # fmt: skip
    made = Campaign.from_file(tmp_path / "study.json", store=tmp_path / "r.db", seed=4)
    assert (made.campaign_id, len(made), made.plan.seed, made.rules.records) == ("study", 12, 4, 100)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "expected an object"),
        ("{", "line 1"),
        ("{}", r"\$.templates: expected one template or more"),
        ('{"templates": ["simple"], "repeat": 3}', r"\$.repeat.*did you mean 'repeats'"),
        ('{"templates": ["simple"], "repeats": "3"}', r"\$.repeats: expected a whole number, found '3'"),
        ('{"templates": ["simple"], "stop": {"record": 3}}', r"\$.stop.record.*'records'"),
        ('{"templates": [7]}', r"\$.templates\[0\]"),
    ],
)
def test_a_campaign_file_that_is_none_says_where(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "study.json").write_text(text)
    with pytest.raises(TemplateError, match=says):
        Campaign.from_file(tmp_path / "study.json")


def test_a_campaign_file_that_is_not_there() -> None:
    with pytest.raises(TemplateNotFoundError, match=r"nowhere\.json"):
        Campaign.from_file("nowhere.json")
