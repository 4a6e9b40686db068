"""The campaign file: a JSON document of a campaign's arguments."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any

from timepoint_pro.errors import Problem, TemplateError, TemplateNotFoundError, nearest
from timepoint_pro.templates.json_text import MAX_BYTES, decode, parse

KEYS: Mapping[str, tuple[str, tuple[type, ...]]] = MappingProxyType({
    "campaign": ("a text: its id", (str,)),
    "templates": ("a list of ids, paths and templates", (list,)),
    "repeats": ("a whole number", (int,)),
    "variations": ("a whole number, or an object with count, strategies, deduplication_threshold", (int, dict)),
    "grid": ("an object of JSON paths, each with a list of values", (dict,)),
    "seed": ("a whole number", (int,)),
    "mode": ("a text", (str,)),
    "model": ("a text", (str,)),
    "base_url": ("a text", (str,)),
    "without": ("a list of codes", (list,)),
    "stop": ("an object with records, tasks, max_cost_usd, max_seconds, failures", (dict,)),
    "run_max_cost_usd": ("a number", (int, float)),
})
"""Every key, with what it must be. Only ``templates`` is required."""
STOP_KEYS = ("records", "tasks", "max_cost_usd", "max_seconds", "failures")


def arguments_from(path: str | PathLike[str]) -> dict[str, Any]:
    """Arguments for ``Campaign`` from a file. Paths of templates in it are relative to the file's folder.

    Raises:
        TemplateNotFoundError: no such file.
        TemplateError: it cannot be read, or is no campaign file; lists every problem.
    """
    file = Path(path)
    source = str(file)
    if not file.is_file():
        raise TemplateNotFoundError(source)
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise TemplateError(source, [Problem("$", "a readable file", error.strerror or str(error))]) from None
    document = parse(decode(data, source), source)
    problems = list(_problems(document))
    if problems:
        raise TemplateError(source, problems)
    arguments = {name: value for name, value in document.items() if name not in ("campaign", "stop")}
    arguments["templates"] = [_found(one, file.parent) for one in document["templates"]]
    if "campaign" in document:
        arguments["campaign_id"] = document["campaign"]
    return {**arguments, **document.get("stop", {})}


def is_campaign(path: str | PathLike[str]) -> bool:
    """Whether a file is a campaign's rather than a template's: it has ``templates``.

    Raises:
        TemplateError: when it cannot be read.
    """
    from timepoint_pro.templates.loader import read_file

    document, _source = read_file(path)
    return isinstance(document, dict) and "templates" in document


def _problems(document: Any) -> list[Problem]:
    if not isinstance(document, dict):
        return [Problem("$", "an object", type(document).__name__)]
    found = []
    if not document.get("templates"):
        found.append(Problem("$.templates", "one template or more", "none"))
    for name, value in document.items():
        if name not in KEYS:
            found.append(Problem(f"$.{name}", "a key of a campaign file", repr(name), nearest(name, KEYS)))
            continue
        expected, types = KEYS[name]
        if isinstance(value, bool) or not isinstance(value, types):
            found.append(Problem(f"$.{name}", expected, repr(value)[:80]))
    stop = document.get("stop")
    for name in stop if isinstance(stop, dict) else ():
        if name not in STOP_KEYS:
            found.append(Problem(f"$.stop.{name}", "a stop rule", repr(name), nearest(name, STOP_KEYS)))
    templates = document.get("templates")
    for place, one in enumerate(templates if isinstance(templates, list) else ()):
        if not isinstance(one, (str, dict)):
            found.append(Problem(f"$.templates[{place}]", "an id, a path or a template", repr(one)[:80]))
    return found


def _found(template: Any, folder: Path) -> Any:
    """A path becomes one from here; an id and a document stay."""
    if isinstance(template, str) and template.lower().endswith(".json"):
        return folder / template
    return template
