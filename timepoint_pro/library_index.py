"""Makes ``templates/library.json``, the packaged templates at a glance, so that listing them is quick.

``python -m timepoint_pro.library_index`` plays every packaged template once with the built-in model, seed 7, writes
the file, and prints the table of docs/reference/library.md. Run it after a template was added or changed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import attrs

from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template
from timepoint_pro.templates.loader import TemplateInfo, available, file_digest
from timepoint_pro.templates.vocabulary import MODES

SEED = 7
MODEL = "scripted"


def library_index() -> dict[str, dict[str, Any]]:
    """What the index holds: a line of the list for each packaged template, its digest, turns and calls as played."""
    held: dict[str, dict[str, Any]] = {}
    root = Path(str(files("timepoint_pro.templates").joinpath("library")))
    for info in available():
        if Path(info.path).is_relative_to(root):
            held[info.id] = entry_of(info)
    return held


def entry_of(info: TemplateInfo) -> dict[str, Any]:
    """The entry of one template, which is played for it.

    Raises:
        TemplateError: the template cannot be used.
    """
    data = Path(info.path).read_bytes()
    template = Template.from_file(info.path)
    run = Simulation(template, model=MODEL, seed=SEED, store=":memory:").run()
    line = attrs.asdict(info, filter=lambda field, _: field.name not in ("id", "path", "problem"))
    turns = sum(len(dialog.turns) for dialog in run.dialogs)
    return {"digest": file_digest(data), **line, **glance(template), "turns": turns, "calls": run.cost.calls}


def glance(template: Template) -> dict[str, Any]:
    """The part of an entry that follows from the template alone."""
    about = template.about
    return {
        "name": about.name,
        "mode": template.temporal.mode,
        "people": template.people,
        "moments": template.moments,
        "description": about.description or template.scenario_description,
        "tags": list(about.tags),
        "mechanisms": list(template.mechanisms_featured),
    }


def index_text(index: Mapping[str, Mapping[str, Any]]) -> str:
    """The index as it is written."""
    return json.dumps(index, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def index_table(index: Mapping[str, Mapping[str, Any]]) -> str:
    """The index as the lines of a table in Markdown, by mode."""
    lines = ["| template | mode | people | moments | mechanisms | what it is |", "|---|---|---|---|---|---|"]
    for name, one in sorted(index.items(), key=lambda entry: (MODES.index(entry[1]["mode"]), entry[0])):
        codes = " ".join(featured.partition("_")[0] for featured in one["mechanisms"])
        line = (f"`{name}`", one["mode"], one["people"], one["moments"], codes, one["description"])
        lines.append(f"| {' | '.join(map(str, line))} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the index beside the library, and the table to standard output."""
    index = library_index()
    target = Path(str(files("timepoint_pro.templates").joinpath("library.json")))
    target.write_text(index_text(index), encoding="utf-8")
    sys.stdout.write(index_table(index))


if __name__ == "__main__":
    main()
