"""Changes to a document by JSON path: ``temporal.mode``, ``metadata.facts[0].topic``, ``metadata["a b"]``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from timepoint_pro.templates.frozen_json import thaw
from timepoint_pro.templates.reading import Reading, join, shown

_STEP = re.compile(r'\.?([^.\[\]"]+)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]')


def changed(document: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The document with each value put at its path; objects on the way come into being where they lack.

    Raises:
        TemplateError: a path that is none, or that leads through something that is no object or list.
    """
    into = Reading()
    for path, value in changes.items():
        steps = parse_path(path, into)
        if steps:
            _put(document, steps, thaw(value), into)
    into.finish("changes")
    return document


def parse_path(path: str, into: Reading) -> list[str | int]:
    """The members that a path names, from the outermost; empty, with a problem, where it is no path."""
    rest = path.removeprefix("$") if isinstance(path, str) else ""
    steps: list[str | int] = []
    while rest:
        match = _STEP.match(rest)
        if match is None:
            break
        name, index, quoted = match.groups()
        steps.append(name if name is not None else int(index) if index is not None else _unquoted(quoted))
        rest = rest[match.end() :]
    if rest or not steps:
        into.problem("$", "a path such as temporal.mode or metadata.facts[0].topic", shown(path))
        return []
    return steps


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]


def _put(document: dict[str, Any], steps: list[str | int], value: Any, into: Reading) -> None:
    place: Any = document
    path = "$"
    for position, step in enumerate(steps):
        last = position == len(steps) - 1
        if isinstance(step, int):
            if not isinstance(place, list) or step >= len(place):
                into.problem(path, f"a list with an item [{step}]", shown(place))
                return
        elif not isinstance(place, dict):
            into.problem(path, f"an object, to put {step!r} into", shown(place))
            return
        if last:
            place[step] = value
        else:
            if isinstance(step, str) and place.get(step) is None:
                place[step] = {}
            place = place[step]
            path = join(path, step)
