"""The reference page and the packaged schema say what the model does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from timepoint_pro.templates import Template, check
from timepoint_pro.templates.effects import EFFECTS
from timepoint_pro.templates.frozen_json import thaw
from timepoint_pro.templates.kinds import Choice, Kind
from timepoint_pro.templates.schema import json_schema, schema_text
from timepoint_pro.templates.structure import KIND, Part, walk
from timepoint_pro.templates.vocabulary import MODES

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "templates.md"
KEYS = dict(walk(Part(Template)))


def row(pattern: str) -> str:
    """The line of the page's tables that documents one key."""
    field = KEYS[pattern]
    effects = EFFECTS[pattern]
    modes = [mode for mode in MODES if any(mode in effect.modes for effect in effects)]
    acts = "all" if len(modes) == len(MODES) else ", ".join(modes) or "none"
    needs = [
        f"`{name}` {', '.join(str(value).lower() for value in values)}"
        for effect in effects
        for name, values in effect.needs.items()
    ]
    acts = "; ".join([acts, *needs])
    does = " ".join(effect.does for effect in effects)
    return f"| `{pattern}` | {takes(field.metadata[KIND])} | {default(field.default)} | {does} | {acts} |"


def takes(kind: Kind) -> str:
    return kind.describe().replace("|", "\\|")


def default(value: object) -> str:
    if value is attrs.NOTHING:
        return "required"
    if attrs.has(type(value)):
        return "its keys' defaults"
    return f"`{json.dumps(thaw(value), ensure_ascii=False)}`"


@pytest.mark.parametrize("pattern", KEYS)
def test_the_page_documents_every_key(pattern: str) -> None:
    assert row(pattern) in PAGE.read_text(encoding="utf-8").splitlines()


def test_the_page_documents_no_other_key() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    documented = {line.split("`")[1] for line in lines if line.startswith("| `")}
    assert documented == set(KEYS)


def test_every_key_has_an_effect_row_and_every_row_a_key() -> None:
    assert set(EFFECTS) == set(KEYS)


def test_effects_name_keys_and_values_that_exist() -> None:
    for effects in EFFECTS.values():
        for effect in effects:
            assert set(effect.modes) <= set(MODES)
            for name, values in effect.needs.items():
                kind = KEYS[name].metadata[KIND]
                if isinstance(kind, Choice):
                    assert set(values) <= set(kind.words)
            assert not effect.lacks or effect.lacks in KEYS


def test_the_examples_of_the_page_load_without_remarks() -> None:
    blocks = PAGE.read_text(encoding="utf-8").split("```json\n")[1:]
    assert blocks
    for block in blocks:
        assert check(Template.from_text(block.partition("```")[0])) == []


def test_the_packaged_schema_is_the_model_s() -> None:
    packaged = ROOT / "timepoint_pro" / "templates" / "schema.json"
    assert packaged.read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_valid_and_describes_the_keys_of_sections() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    steps = schema["properties"]["temporal"]["properties"]["backward_steps"]
    assert steps == {
        "type": "integer",
        "minimum": 1,
        "maximum": 1000,
        "description": EFFECTS["temporal.backward_steps"][0].does,
    }


def test_importing_the_package_loads_nothing_yet() -> None:
    script = (
        "import sys, timepoint_pro.templates as t; print(sorted(n for n in sys.modules if n.startswith(t.__name__)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "['timepoint_pro.templates']"


def test_the_page_s_python_runs() -> None:
    blocks = PAGE.read_text(encoding="utf-8").split("```python\n")[1:]
    assert blocks
    for block in blocks:
        exec(compile(block.partition("```")[0], str(PAGE), "exec"), {})
