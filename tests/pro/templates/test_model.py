"""Templates as values: defaults, typed views, problems with their paths, changes, digests."""

from __future__ import annotations

import copy
import hashlib
import json
import pickle
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from timepoint_pro.errors import TemplateError
from timepoint_pro.records.knowledge import item_id
from timepoint_pro.templates import Template
from timepoint_pro.templates.sections import Outputs, Temporal, Timepoints

MARS: dict[str, Any] = {
    "scenario_description": "A habitat on Mars.",
    "world_id": "mars",
    "patch": {"name": "Mars", "tags": ["space"], "licence": "CC0"},
    "entities": {"default_voice": {"sentence_length": 9}, "adprs_envelopes": [{"A": 0.7, "t0": 5}]},
    "timepoints": {"count": 4, "start_time": "2031-05-01T09:00:00+02:00"},
    "temporal": {"mode": "portal", "portal_description": "The mission fails.", "path_count": 2},
    "llm_config": {"actions": {"DIALOG_SYNTHESIS": "scripted"}},
    "metadata": {
        "entity_roster": {
            "Webb": {
                "role": "commander",
                "traits": {"openness": 0.4},
                "relationships": {"sarah_okafor": {"trust": 0.3, "since": "2029"}},
                "initial_knowledge": ["The limit is 800 ppm.", "reading"],
                "body": {"age": 47},
            },
            "sarah_okafor": {"initial_knowledge": ["the limit  is 800 ppm"]},
        },
        "facts": [
            {"id": "reading", "statement": "It reads 847.", "known_by": ["sarah_okafor"], "bearing": {"scrub": 1}},
            {"statement": "The seal leaks.", "leads_to": ["outcome", "reading"], "bearing": {"walk": {"go": -1}}},
        ],
        "questions": [
            {"id": "walk", "text": "Do we go?", "options": [{"id": "scrub", "label": "stay"}, {"id": "go", "risk": 3}]}
        ],
        "common_knowledge": ["Mars has a thin air."],
        "quantitative_tracking": {"co2": {"initial": 847, "watched_by": ["Webb"], "panel": "B"}, "sol": 12},
        "branching_points": [{"timepoint": "T2", "branches": {"stay": {"label": "They stay"}}}, {"branches": ["go"]}],
        "house_rules": {"deep": [1, {"er": None}]},
    },
}


def mars(**changes: Any) -> Template:
    return Template.from_dict(MARS).with_changes(changes)


def problems(document: Any) -> dict[str, str]:
    with pytest.raises(TemplateError) as caught:
        Template.from_dict(document)
    return {problem.path: str(problem) for problem in caught.value.problems}


def problem_of(path: str, value: Any) -> str:
    """The one problem that a value at a path of the Mars template makes, which stands at that path."""
    with pytest.raises(TemplateError) as caught:
        Template.from_dict(MARS).with_changes({path: value})
    (problem,) = caught.value.problems
    return str(problem)


def test_a_description_suffices() -> None:
    template = Template.from_dict({"scenario_description": "A meeting."})
    assert template == Template("A meeting.")
    assert (template.temporal.mode, template.people, template.moments) == ("forward", 4, 5)
    assert template.timepoints.start_time is None
    assert template.timepoints.starts_at is None
    assert template.spoken_language == "en"


def test_round_trip_keeps_everything() -> None:
    template = mars()
    for document in (template.to_dict(), template.to_dict(defaults=False)):
        assert Template.from_dict(json.loads(json.dumps(document))) == template
    assert template.to_dict()["metadata"]["house_rules"] == {"deep": [1, {"er": None}]}
    assert template.to_dict()["patch"]["licence"] == "CC0"
    assert pickle.loads(pickle.dumps(template)) == template == copy.deepcopy(template)
    assert hash(template) == hash(mars())


def test_a_sparse_document_holds_what_was_stated_and_no_more() -> None:
    stated = {"scenario_description": "x", "temporal": {"mode": "forward"}, "outputs": {}}
    assert Template.from_dict(stated).to_dict(defaults=False) == stated | {"outputs": {}}
    assert Template("x", temporal=Temporal(mode="portal")).to_dict(defaults=False) == {
        "scenario_description": "x",
        "temporal": {"mode": "portal"},
    }


def test_the_document_is_not_shared() -> None:
    document = copy.deepcopy(MARS)
    template = Template.from_dict(document)
    document["metadata"]["house_rules"]["deep"].append(2)
    template.to_dict()["metadata"]["facts"].clear()
    assert template == Template.from_dict(MARS)
    for change in (
        lambda: template.metadata.update(x=1),  # type: ignore[attr-defined]
        lambda: template.metadata["house_rules"].pop("deep"),
        lambda: template.roster.clear(),  # type: ignore[attr-defined]
    ):
        with pytest.raises(TypeError, match="with_changes"):
            change()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        template.world_id = "other"  # type: ignore[misc]


def test_made_by_hand_it_is_read_like_a_file() -> None:
    by_hand = Template("x", outputs=Outputs(formats=["tdf"]), temporal={"mode": "portal"})  # type: ignore[arg-type]
    assert by_hand.outputs.formats == ("tdf",)
    assert by_hand.temporal.mode == "portal"
    with pytest.raises(TemplateError, match=r"\$\.mode: expected one of forward.*did you mean 'portal'"):
        Temporal(mode="portl")
    with pytest.raises(TemplateError, match=r"\$\.metadata\.facts\[0\]\.statement"):
        Template("x", metadata={"facts": [{}]})


def test_the_roster_is_typed() -> None:
    webb, sarah = mars().roster.values()
    assert (webb.id, webb.display_name, sarah.display_name) == ("Webb", "Webb", "Sarah Okafor")
    assert (webb.body.age, webb.body.pain, webb.traits) == (47.0, 0.0, {"openness": 0.4})
    assert webb.relationships["sarah_okafor"].trust == 0.3
    assert (sarah.type, sarah.voice_guide, sarah.initial_fidelity) == ("human", None, None)
    assert mars(**{"metadata.entity_roster.Webb.type": "golem"}).roster["Webb"].acts_as == "object"


def test_facts_are_gathered_once_each() -> None:
    reading, leak, limit, common = mars().facts
    assert reading.known_by == ("sarah_okafor", "Webb")
    assert reading.bearing == {"walk": {"scrub": 1.0}}
    assert leak.id == item_id("The seal leaks.")
    assert leak.bearing == {"walk": {"go": -1.0}}
    assert (limit.id, limit.known_by) == (item_id("The limit is 800 ppm."), ("Webb", "sarah_okafor"))
    assert (limit.handle, limit.topic, limit.is_initial) == ("", "", True)
    assert common.is_common


def test_the_other_views_are_typed() -> None:
    template = mars()
    (question,) = template.questions
    assert [(option.id, option.label, option.extra) for option in question.options] == [
        ("scrub", "stay", {}),
        ("go", "", {"risk": 3}),
    ]
    assert template.quantities["sol"].initial == 12.0
    assert template.quantities["co2"].extra == {"panel": "B"}
    assert [branch.id for point in template.branching_points for branch in point.branches] == ["stay", "go"]
    assert template.branching_points[0].timepoint == "T2"
    assert template.about.tags == ("space",)
    assert [item.path for item in template.unread] == [
        "$.metadata.entity_roster.Webb.relationships.sarah_okafor.since",
        "$.metadata.house_rules",
    ]


def test_animistic_entities_come_by_id_or_as_a_list() -> None:
    for given in ({"hall": {"mood": "dark"}}, [{"id": "hall", "mood": "dark"}]):
        template = mars(**{"metadata.animistic_entities": given, "metadata.facts[0].subject": "hall"})
        assert template.animistic_entities["hall"]["mood"] == "dark"


def test_open_shapes_that_cannot_be_read_are_kept() -> None:
    template = mars(**{"metadata.quantitative_tracking": ["co2"], "metadata.circadian_config": "late"})
    assert template.quantities == {}
    assert template.circadian_config == {}
    assert template.to_dict()["metadata"]["circadian_config"] == "late"
    assert {"$.metadata.quantitative_tracking[0]", "$.metadata.circadian_config"} < {
        item.path for item in template.unread
    }


def test_null_under_metadata_is_an_absent_value() -> None:
    assert mars(**{"metadata.branching_points": None, "metadata.entity_roster.Webb.body": None}).branching_points == ()
    assert "expected a list" in problem_of("outputs.formats", None)


def test_start_times_are_read_in_utc_and_kept_as_written() -> None:
    template = mars()
    assert template.timepoints.start_time == "2031-05-01T09:00:00+02:00"
    assert template.timepoints.starts_at == datetime(2031, 5, 1, 7, tzinfo=UTC)
    assert Timepoints(start_time="2031-05-01").starts_at == datetime(2031, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "0000-01-01",
        "10000-01-01",
        "2031-02-30",
        "9999-12-31T23:00:00-05:00",
        "0001-01-01T00:00:00+01:00",
        "soon",
        "",
        "2031-05-01\n",
    ],
)
def test_times_outside_the_calendar_are_refused(text: str) -> None:
    assert "$.timepoints.start_time: expected an ISO 8601 time" in problem_of("timepoints.start_time", text)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "temporal.mode",
            "portl",
            "one of forward, portal, branching, directorial, cyclical, found \"portl\"; did you mean 'portal'",
        ),
        ("temporal.path_cont", 3, "found the unknown key \"path_cont\"; did you mean 'path_count'"),
        ("temporal.backward_steps", 0, "$.temporal.backward_steps: expected a whole number from 1 to 1000, found 0"),
        ("temporal.backward_steps", True, "found true"),
        ("temporal.dramatic_tension", 1.2, "$.temporal.dramatic_tension: expected a number from 0 to 1, found 1.2"),
        ("temporal.dramatic_tension", float("nan"), "found nan"),
        ("temporal.portal_year", 0, "from 1 to 9999"),
        ("entities.animism_level", 7, "from 0 to 6"),
        ("entities.count", 1001, "from 1 to 1000"),
        ("entities.count", 1, "$.entities.count: expected at least the roster's 2"),
        (
            "entities.envelope",
            {"sustian": 1},
            ".envelope.sustian: expected a known key, found the unknown key \"sustian\"; did you mean 'sustain'",
        ),
        ("convergence.run_count", 11, "from 2 to 10"),
        ("variations.strategies", ["vary_outcome"], "$.variations.strategies[0]: expected one of"),
        ("outputs.tasks", "dialog_turn", "$.outputs.tasks: expected a list"),
        ("max_cost_usd", -1, "from 0"),
        ("scenario_description", "  ", "not blank"),
        ("economic_scenario", "bad", "expected an object, or a list, found"),
        ("metadata", [], "$.metadata: expected an object"),
        (
            "metadata.entity_roster.Webb.relationships.Chen",
            {},
            "$.metadata.entity_roster.Webb.relationships.Chen: expected the id of a roster entry",
        ),
        ("metadata.entity_roster.Webb.relationships.sarah_okafor.trust", 2, "from -1 to 1, found 2"),
        ("metadata.entity_roster.Webb.traits.openness", 2, "from 0 to 1"),
        ("metadata.entity_roster.Webb.body.pain", "much", "from 0 to 1"),
        (
            "metadata.facts[0].known_by",
            ["webb"],
            'known_by[0]: expected the id of a roster entry or "*", found "webb"; did you mean \'Webb\'',
        ),
        ("metadata.facts[0].subject", "Chen", "$.metadata.facts[0].subject"),
        ("metadata.facts[1].leads_to", ["readin"], "did you mean 'reading'"),
        (
            "metadata.facts[1].id",
            "reading",
            '$.metadata.facts[1].id: expected an id of its own, found "reading", as at [0]',
        ),
        (
            "metadata.facts[0].bearing",
            {"scrubb": 1},
            ".bearing.scrubb: expected an option of a question, found \"scrubb\"; did you mean 'scrub'",
        ),
        ("metadata.facts[0].bearing", {"wlak": {"go": 1}}, "the id of a question"),
        ("metadata.facts[0].bearing", {"walk": {"gone": 1}}, "$.metadata.facts[0].bearing.walk.gone"),
        ("metadata.facts[0].bearing", {"go": 1.5}, "from -1 to 1"),
        ("metadata.facts[0].enters", -1, "from 0"),
        ("metadata.questions[0].decides", "Chen", "$.metadata.questions[0].decides"),
        ("metadata.questions[0].leanings", {"Chen": {}}, "$.metadata.questions[0].leanings.Chen"),
        ("metadata.questions[0].leanings", {"Webb": {"run": 1}}, "$.metadata.questions[0].leanings.Webb.run"),
        (
            "metadata.quantitative_tracking.co2.watched_by",
            ["Chen"],
            "$.metadata.quantitative_tracking.co2.watched_by[0]",
        ),
        ("metadata.quantitative_tracking.co2.noise", -1, "$.metadata.quantitative_tracking.co2.noise"),
        ("metadata.mechanisms_featured", "M3", "a list"),
        (
            "metadata.branching_points[0].branches",
            [{"id": "a"}, {"id": "a"}],
            "$.metadata.branching_points[0].branches[1].id",
        ),
        ("metadata.house_rules", float("inf"), "$.metadata.house_rules: expected a finite number"),
        ("metadata.house_rules", {"a": {1}}, "$.metadata.house_rules.a: expected a JSON value, found a Python set"),
        ("patch.tags", "space", "$.patch.tags: expected a list"),
    ],
)
def test_problems_say_where_what_and_what_was_meant(path: str, value: Any, message: str) -> None:
    assert message in problem_of(path, value)


def test_a_name_in_place_of_an_id_is_pointed_out() -> None:
    with pytest.raises(TemplateError, match="did you mean 'Webb'"):
        mars(**{"metadata.entity_roster.Webb.name": "James", "metadata.facts[0].known_by": ["james"]})


def test_all_problems_are_listed_at_once() -> None:
    found = problems(
        {
            "temporal": {"mode": 3, "path_cont": 2},
            "enities": {},
            "metadata": {
                "entity_roster": {"W": {"traits": {"a": 2}, "relationships": {"X": {}}}, "bad\x00id": {}},
                "facts": [{"statement": "a", "known_by": ["w"]}, {}],
            },
        }
    )
    assert list(found) == [
        "$.temporal.mode",
        "$.temporal.path_cont",
        "$.enities",
        "$.scenario_description",
        "$.metadata.entity_roster.W.traits.a",
        "$.metadata.entity_roster (a key)",
        "$.metadata.facts[1].statement",
        "$.metadata.facts[0].known_by[0]",
    ]
    assert "required" in found["$.scenario_description"]


def test_reading_stops_at_more_problems_than_anyone_would_read() -> None:
    with pytest.raises(TemplateError, match=r"^mine: ") as caught:
        Template.from_dict({f"key{number}": 1 for number in range(2000)}, source="mine")
    assert len(caught.value.problems) == 501
    assert "mend these first" in caught.value.problems[-1].found


@pytest.mark.parametrize("name", ["bad\x00id", "a\nb", "tab\t", "\x85", "  ", "", "*"])
def test_ids_with_control_characters_are_refused(name: str) -> None:
    assert problems({"scenario_description": "x", "metadata": {"entity_roster": {name: {}}}})


@pytest.mark.parametrize(
    "name", ["'; DROP TABLE runs; --", "../../etc/passwd", "<script>", "{x}", "O'Neil", "沈", "a.b"]
)
def test_hostile_names_stay_text(name: str) -> None:
    document = {"scenario_description": "x", "metadata": {"entity_roster": {name: {"name": name}}}}
    template = Template.from_dict(document)
    assert list(template.roster) == [name]
    assert Template.from_dict(template.to_dict()) == template
    found = problems(document | {"metadata": {"entity_roster": {name: {"goals": 1}}}})
    (path,) = found
    changed = template.with_changes({path: ["rest"]})
    assert changed.roster[name].goals == ("rest",)


def test_lone_surrogates_are_refused() -> None:
    for path in ("scenario_description", "world_id", "metadata.free", "metadata.entity_roster.Webb.role"):
        assert "found" in problem_of(path, "\ud800")
    assert problems({"scenario_description": "x", "metadata": {"\ud800": 1}})


def test_open_parts_have_a_depth_limit() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    found = problems({"scenario_description": "x", "metadata": {"a": deep}})
    assert "100 levels of nesting" in next(iter(found.values()))


def test_changes_follow_paths_and_leave_the_original() -> None:
    template = mars()
    changed = template.with_changes(
        {
            "$.temporal.mode": "forward",
            'metadata.entity_roster["Li Wei"].body.age': 33,
            "metadata.facts[1].id": "leak",
        }
    )
    assert (changed.temporal.mode, changed.temporal.path_count) == ("forward", 2)
    assert changed.roster["Li Wei"].body.age == 33.0
    assert changed.people == 3
    assert changed.facts[1].id == "leak"
    assert template == mars()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("temporal.mode.x", r"\$\.temporal\.mode: expected an object"),
        ("metadata.facts[7].id", r"\$\.metadata\.facts: expected a list with an item \[7\]"),
        ("", "a path such as"),
        ("a..b", "a path such as"),
        ("a[", "a path such as"),
    ],
)
def test_paths_that_lead_nowhere_are_refused(path: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        mars(**{path: 1})


def test_the_digest_is_that_of_the_canonical_document() -> None:
    template = mars()
    text = json.dumps(template.to_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert template.digest() == hashlib.sha256(text.encode()).hexdigest()
    reordered = Template.from_dict(dict(reversed(MARS.items())))
    assert reordered.digest() == template.digest()
    assert mars(**{"temporal.dramatic_tension": 0.7}).digest() == template.digest()
    assert mars(**{"metadata.house_rules": 1}).digest() != template.digest()


def test_whole_numbers_may_be_written_as_floats_and_the_reverse() -> None:
    template = mars(**{"timepoints.count": 3.0, "temporal.dramatic_tension": 1})
    assert (template.timepoints.count, type(template.timepoints.count)) == (3, int)
    assert type(template.temporal.dramatic_tension) is float


@pytest.mark.parametrize("name", ["Ann\u202egnp", "Ann\u2066", "Ann\x1b[31m", "Ann\u2028Rules", " "])
def test_a_name_that_changes_how_others_read_is_refused(name: str) -> None:
    document = {"world_id": "w", "metadata": {"entity_roster": {name: {"role": "x"}, "Bob": {"role": "y"}}}}
    with pytest.raises(TemplateError, match=r"\$\.metadata\.entity_roster.*without control characters"):
        Template.from_dict(document)
