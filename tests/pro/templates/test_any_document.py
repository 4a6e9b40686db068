"""Whatever is given as a template either loads or is refused in words; and the schema agrees with the reader."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from timepoint_pro.errors import TemplateError
from timepoint_pro.templates import Template, check
from timepoint_pro.templates.kinds import Choice, Flag, Instant, Number, Text, Whole
from timepoint_pro.templates.schema import json_schema
from timepoint_pro.templates.structure import KIND, Part, stated, walk

VALIDATOR = jsonschema.Draft202012Validator(json_schema())
QUICK = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
KEYS = dict(walk(Part(Template)))
NAMES = sorted({pattern.rpartition(".")[2] for pattern in KEYS})

texts = st.text(alphabet=st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    ["portal", "2031-05-01", "Webb", "*"]
)
scalars = st.none() | st.booleans() | st.integers(-3, 12) | st.floats(-2, 2) | texts
anything = st.recursive(
    scalars | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | texts, inner, max_size=4),
    max_leaves=12,
)

FULL: dict[str, Any] = {
    "scenario_description": "A habitat on Mars.",
    "patch": {"name": "n", "category": "c", "tags": ["t"], "author": "a", "version": 1, "description": "d"},
    "entities": {
        "envelope": {"attack": 0.2},
        "adprs_envelopes": [{"A": 0.5, "D": 10, "P": 1, "R": 0, "S": 1, "t0": "2031-05-01", "baseline": 0.5}],
        "default_voice": {"sentence_length": "short"},
    },
    "timepoints": {"start_time": "2031-05-01T09:00:00Z"},
    "temporal": {"custom_fidelity_schedule": ["scene"], "custom_temporal_steps": [1.5]},
    "llm_config": {"actions": {"DIALOG_SYNTHESIS": "scripted"}},
    "metadata": {
        "entity_roster": {
            "Webb": {
                "traits": {"openness": 0.5},
                "voice_guide": {"verbal_tics": ["well"]},
                "relationships": {"Webb": {"trust": 0.1, "affinity": 0, "power": 0, "type": "self"}},
                "body": {"age": 4, "pain": 0, "illness": 0, "fatigue": 0, "location": "here"},
                "initial_fidelity": "scene",
            }
        },
        "facts": [{"id": "f", "statement": "It reads 847.", "handle": "it", "confidence": 0.5, "enters": 1}],
        "questions": [{"id": "q", "text": "Go?", "options": [{"id": "a", "label": "go"}, {"id": "b"}], "at": 1}],
        "archetypes": {"poet": {"tactics": ["question"]}},
        "branching_points": [{"timepoint": 1, "day": 2, "trigger": "t", "branches": {"x": {"label": "X"}}}],
        "mechanisms_featured": ["M3"],
        "common_knowledge": ["It is cold."],
        "portal": {"a": 1},
        "narrative_structure": {
            "acts": [{"id": "rising", "label": "r", "moments": 1, "tension": 0.5, "density": 0.5, "framing": "close"}],
            "storylines": {"l": {"label": "L", "people": ["Webb"], "questions": ["q"], "location": "here"}},
            "point_of_view": "Webb",
            "audience_knows": ["f"],
            "tension": [0.5],
        },
        "cyclical_structure": {
            "kind": "spiral",
            "places": ["one", {"id": "p", "circumstance": "It rains.", "location": "here"}],
            "layers": [{"id": "y", "label": "Y", "kind": "repeating", "length": 2, "places": [{"id": "z"}]}],
            "variations": ["Late."],
            "escalation": 0.1,
            "carry_over": {"knowledge": ["Webb"], "feelings": True, "relationships": False},
            "prophecies": [{"id": "o", "statement": "It falls.", "at": 0, "due": 1, "fulfilled_by": "q/a"}],
            "loops": [{"id": "n", "statement": "It is sent.", "sends": 1, "receives": 0, "sender": "Webb"}],
        },
    },
}


def refused(document: Any) -> bool:
    found = problems_of(lambda: Template.from_dict(document))
    assert all(problem.startswith("$") for problem in found or ())
    return found is not None


def problems_of(make: Callable[[], object]) -> list[str] | None:
    """What a refusal says, one problem or more; None where nothing was refused. Any other error goes through."""
    try:
        make()
    except TemplateError as error:
        found = [str(problem) for problem in error.problems]
    else:
        return None
    assert found
    return found


def sections() -> st.SearchStrategy[Any]:
    """Documents whose keys are known ones, so that the reader gets below the surface."""
    top = st.sampled_from([pattern for pattern in KEYS if "." not in pattern])
    return st.dictionaries(top, anything, max_size=4).map(lambda known: {"scenario_description": "x", **known})


@QUICK
@given(anything | sections())
def test_any_value_loads_or_is_refused_in_words(document: Any) -> None:
    if not refused(document):
        template = Template.from_dict(document)
        assert Template.from_dict(json.loads(json.dumps(template.to_dict()))) == template
        assert len(template.digest()) == 64
        check(template)


@QUICK
@given(anything)
def test_any_metadata_loads_or_is_refused_in_words(value: Any) -> None:
    refused({"scenario_description": "x", "metadata": value})
    for name in (
        "entity_roster", "facts", "questions", "quantitative_tracking", "branching_points", "archetypes",
        "narrative_structure", "cyclical_structure",
    ):  # fmt: skip
        refused({"scenario_description": "x", "metadata": {name: value}})
        refused({"scenario_description": "x", "metadata": {name: [value]}})
        refused({"scenario_description": "x", "metadata": {name: {"a": value}}})


@QUICK
@given(st.text(max_size=40) | anything.map(lambda value: json.dumps(value)[:60]))
def test_any_text_loads_or_is_refused_in_words(text: str) -> None:
    problems_of(lambda: Template.from_text(text))


@QUICK
@given(st.dictionaries(texts, anything, max_size=2))
def test_any_change_works_or_is_refused_in_words(changes: dict[str, Any]) -> None:
    problems_of(lambda: Template("x").with_changes(changes))


@pytest.mark.parametrize(
    "document",
    [
        {"metadata": {"common_knowledge": [1] * 1_000_000}},
        {"metadata": {"common_knowledge": [f"Line {n}." for n in range(20_000)]}},
        {"x" * 1_000_000: 1},
        {f"portall{n}": 1 for n in range(100_000)},
        {"temporal": {"mode": "p" * 1_000_000}},
        {
            "metadata": {
                "mechanisms_featured": ["M" * 1_000_000],
                "entity_roster": {"W" * 10_000: {"type": "t" * 100_000}},
            }
        },
        {"metadata": {"facts": [{"statement": f"{n}.", "leads_to": [f"f{n}"]} for n in range(5000)]}},
    ],
    ids=lambda document: next(iter(document))[:12],
)
def test_large_documents_finish_fast(document: dict[str, Any]) -> None:
    start = time.process_time()
    if not refused({"scenario_description": "x"} | document):
        check(Template.from_dict({"scenario_description": "x"} | document))
    assert time.process_time() - start < 6


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a document below its root."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for name, inner in members for place in ((*path, name), *places(inner, (*path, name)))]


DEFAULTS = Template.from_dict(FULL).to_dict()
PLACES = places(DEFAULTS)


@settings(max_examples=400)
@given(st.sampled_from(PLACES), scalars | anything, st.sampled_from(["replace", "remove", "add"]), st.data())
def test_schema_and_reader_agree_on_mutated_documents(
    place: tuple[str | int, ...], value: Any, how: str, data: st.DataObject
) -> None:
    document = copy.deepcopy(DEFAULTS)
    holder: Any = document
    for step in place[:-1]:
        holder = holder[step]
    if how == "remove":
        del holder[place[-1]]
    elif how == "add" and isinstance(holder[place[-1]], dict):
        holder[place[-1]][data.draw(texts | st.sampled_from(NAMES))] = value
    else:
        holder[place[-1]] = value
    problems = problems_of(lambda: Template.from_dict(document))
    valid = VALIDATOR.is_valid(document)
    if problems is None:
        assert valid
    elif valid:
        assert all(beyond_schema(problem) for problem in problems), problems


def beyond_schema(problem: str) -> bool:
    """Whether only the reader can know: ids that name nobody, calendars, what JSON does not hold."""
    return any(
        words in problem
        for words in (
            "the id of",
            "an option of",
            "an id of its own",
            "at least the roster's",
            "an ISO 8601 time",
            "an id other than *",
            "surrogates",
            "finite number",
            "range of a double",
            "quantitative_tracking",
        )
    )


@pytest.mark.parametrize("pattern", [name for name, field in KEYS.items() if "." in name and "metadata" not in name])
def test_schema_and_reader_agree_at_the_edges_of_every_range(pattern: str) -> None:
    kind = KEYS[pattern].metadata[KIND]
    kind = getattr(kind, "kind", kind)
    values: list[Any] = [None, True, 0, 1, 2.5, "", "x", [], {}]
    if isinstance(kind, (Number, Whole)):
        values += [kind.low, kind.high, kind.low - 1, kind.high + 1, kind.low + 0.5]
    elif isinstance(kind, Choice):
        values += [*kind.words, kind.words[0].upper()]
    else:
        assert isinstance(kind, (Text, Flag, Instant)) or kind.describe()
    for value in values:
        document = copy.deepcopy(DEFAULTS)
        *outer, last = pattern.replace("[]", ".0").split(".")
        holder: Any = document
        for step in outer:
            holder = holder[int(step) if step.isdigit() else step]
        holder[last] = value
        assert refused(document) == (not VALIDATOR.is_valid(document)), (pattern, value)


def test_the_full_document_states_nearly_every_key() -> None:
    """The mutations start from a document that reaches into every part."""
    reached = {pattern for _, pattern in stated(Part(Template), DEFAULTS)}
    assert {pattern.partition(".")[0] for pattern in KEYS} == {pattern.partition(".")[0] for pattern in reached}
    assert len(reached) > 0.7 * len(KEYS)
