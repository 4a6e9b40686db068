"""Where templates are found: the packaged library, the user's folders, the user's own files.

An id is a template's path below its folder without ``.json``. Names are looked up among the ids that exist;
no path is ever built from a name, so a name cannot reach outside the folders.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from timepoint_pro.errors import Problem, TemplateError, TemplateNotFoundError
from timepoint_pro.templates.json_text import MAX_BYTES, decode, parse
from timepoint_pro.templates.model import Template

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

ENVIRONMENT = "TIMEPOINT_TEMPLATES"
TURNS_A_MOMENT, CALLS_A_STEP = 11, 4
MAX_FOLDERS = 8
"""Levels of folders below a template folder that are searched."""

Paths = Iterable[str | PathLike[str]]


@frozen
class TemplateInfo:
    """A line of the list of templates. ``problem`` says why one cannot be used; the rest is then empty.

    ``turns`` and ``calls`` are what a run is expected to have, of dialog turns and model calls: for the packaged ones
    as played once with the built-in model, for others by ``estimate``.
    """

    id: str
    path: str
    mode: str = ""
    people: int = 0
    moments: int = 0
    description: str = ""
    tags: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ()
    problem: str = ""
    name: str = ""
    turns: int = 0
    calls: int = 0


def load(name: str | PathLike[str], paths: Paths = ()) -> Template:
    """The template of that id, or in that file.

    Args:
        name: a template's id or its last part; a text ending in ``.json`` and a ``Path`` are files.
        paths: folders to search before those of TIMEPOINT_TEMPLATES and the library.

    Raises:
        TemplateNotFoundError: no such template or file.
        TemplateError: it cannot be read or used, or several templates have that name.
    """
    if isinstance(name, str) and not name.lower().endswith(".json"):
        return Template.from_template(name, paths=paths)
    return Template.from_file(name)


def find(name: str, paths: Paths = ()) -> str:
    """The full id that a name stands for.

    Raises:
        TemplateNotFoundError: no such template.
        TemplateError: several templates have that name; all are listed.
    """
    return _resolve(name, _files(paths))


def available(paths: Paths = ()) -> tuple[TemplateInfo, ...]:
    """All templates, by id. One that cannot be used is in the list too, with its first problem.

    What the packaged index holds of a file that has not changed since is taken from there, for speed.
    """
    index = read_index()
    return tuple(_indexed(name, file, index) or _info(name, file) for name, file in sorted(_files(paths).items()))


def read_index() -> Mapping[str, Mapping[str, Any]]:
    """``library.json``: the packaged templates at a glance, by id, as ``timepoint_pro.library_index`` made it."""
    from importlib.resources import files

    file = files("timepoint_pro.templates").joinpath("library.json")
    held: Mapping[str, Mapping[str, Any]] = json.loads(file.read_bytes()) if file.is_file() else {}
    return held


def estimate(template: Template) -> tuple[int, int]:
    """Dialog turns and model calls to expect of a run, from the moments that it will play.

    A moment has about ``TURNS_A_MOMENT`` turns and one call to plan it; a branch plays every moment from its parting
    on; a step of a portal asks for antecedents and judges them.
    """
    played = template.moments
    temporal = template.temporal
    if temporal.mode == "branching":
        ways = [point for point in template.branching_points if point.branches]
        for point in ways:
            at = point.timepoint if isinstance(point.timepoint, int) else template.moments // 2
            played += len(point.branches) * max(1, template.moments - at)
        if not ways:
            played += temporal.path_count * (template.moments - template.moments // 2)
    turns = TURNS_A_MOMENT * played
    return turns, turns + played * (CALLS_A_STEP if temporal.mode == "portal" else 1)


def read_named(name: str, paths: Paths = ()) -> tuple[Any, str]:
    """The decoded document of that id, ``world_id`` filled in, and what messages call it."""
    files = _files(paths)
    full = _resolve(name, files)
    return _named(_content(files[full], full), full)


def read_file(path: str | PathLike[str]) -> tuple[Any, str]:
    """The decoded document in a file, ``world_id`` filled in from the file's name, and the path as text."""
    text = os.fspath(path)
    try:
        file = _existing(text)
    except (OSError, ValueError) as error:
        raise TemplateError(text, [Problem("$", "a file's path", str(error))]) from None
    if file is None:
        raise TemplateNotFoundError(text, _files(()))
    document, _ = _named(_content(file, text), file.stem)
    return document, text


def _existing(text: str) -> Path | None:
    """The file at the path; backslashes count as separators where the path as written leads to none."""
    for spelling in dict.fromkeys((text, text.replace("\\", "/"))):
        if Path(spelling).exists():
            return Path(spelling)
    return None


def _content(file: Traversable | Path, source: str) -> Any:
    if not file.is_file():
        raise TemplateError(source, [Problem("$", "a file", "a folder or a device")])
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise TemplateError(source, [Problem("$", "a readable file", error.strerror or str(error))]) from None
    return parse(decode(data, source), source)


def _named(document: Any, full: str) -> tuple[Any, str]:
    """The document with a ``world_id``: its own, else the id."""
    if isinstance(document, dict) and "world_id" not in document:
        return {**document, "world_id": full}, full
    return document, full


def _resolve(name: str, files: Iterable[str]) -> str:
    ids = sorted(files)
    wanted = name.replace("\\", "/")
    if wanted in ids:
        return wanted
    matches = [one for one in ids if one.endswith(f"/{wanted}")]
    if len(matches) > 1:
        found = f"{len(matches)} templates: {', '.join(matches)}"
        raise TemplateError(name, [Problem("$", "the name of one template; give its whole id", found)])
    if not matches:
        raise TemplateNotFoundError(name, (*ids, *(one.rpartition("/")[2] for one in ids)))
    return matches[0]


def _files(paths: Paths) -> dict[str, Traversable | Path]:
    """Template files by id. A folder named earlier hides the same id in a later one."""
    from importlib.resources import files

    found: dict[str, Traversable | Path] = {}
    listed = os.environ.get(ENVIRONMENT, "").split(os.pathsep)
    for folder in [*map(Path, paths), *map(Path, filter(None, listed))]:
        if not folder.is_dir():
            raise TemplateError(str(folder), [Problem("$", f"a folder of templates (see {ENVIRONMENT})", "none")])
        for name, file in _below(folder, folder.resolve()):
            found.setdefault(name, file)
    for name, file in _below(files("timepoint_pro.templates").joinpath("library"), None):
        found.setdefault(name, file)
    return found


def _below(
    folder: Traversable | Path, root: Path | None, prefix: str = "", depth: int = 0
) -> Iterator[tuple[str, Traversable | Path]]:
    """Ids and files below a folder; a link that leads out of ``root`` is passed over."""
    if depth > MAX_FOLDERS or not folder.is_dir():
        return
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.name.startswith(".") or (isinstance(entry, Path) and not _inside(entry, root)):
            continue
        if entry.is_dir():
            yield from _below(entry, root, f"{prefix}{entry.name}/", depth + 1)
        elif entry.name.endswith(".json") and entry.is_file():
            yield prefix + entry.name.removesuffix(".json"), entry


def _inside(entry: Path, root: Path | None) -> bool:
    return root is None or not entry.is_symlink() or entry.resolve().is_relative_to(root)


def file_digest(data: bytes) -> str:
    """What the index knows a file by: the beginning of its SHA-256, the same under any ends of line."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()[:16]


def _indexed(
    name: str, file: Traversable | Path, index: Mapping[str, Mapping[str, Any]]
) -> TemplateInfo | None:
    """The line of a template as the index has it; None where its file is another one than was indexed."""
    entry = index.get(name)
    if entry is None:
        return None
    try:
        if file_digest(file.read_bytes()) != entry["digest"]:
            return None
    except OSError:
        return None
    fields: dict[str, Any] = {key: entry[key] for key in ("mode", "people", "moments", "description", "name")}
    fields |= {key: tuple(entry[key]) for key in ("tags", "mechanisms")}
    return TemplateInfo(id=name, path=str(file), turns=entry["turns"], calls=entry["calls"], **fields)


def _info(name: str, file: Traversable | Path) -> TemplateInfo:
    try:
        document, source = _named(_content(file, name), name)
        template = Template.from_dict(document, source=source)
    except TemplateError as error:
        return TemplateInfo(id=name, path=str(file), problem=str(error.problems[0]))
    turns, calls = estimate(template)
    return TemplateInfo(
        id=name,
        path=str(file),
        mode=template.temporal.mode,
        people=template.people,
        moments=template.moments,
        description=template.about.description or template.scenario_description,
        tags=template.about.tags,
        mechanisms=template.mechanisms_featured,
        name=template.about.name,
        turns=turns,
        calls=calls,
    )
