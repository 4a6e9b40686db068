"""Where templates are found: the packaged library, the user's folders, the user's own files.

An id is a template's path below its folder without ``.json``. Names are looked up among the ids that exist;
no path is ever built from a name, so a name cannot reach outside the folders.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
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
MAX_FOLDERS = 8
"""Levels of folders below a template folder that are searched."""

Paths = Iterable[str | PathLike[str]]


@frozen
class TemplateInfo:
    """A line of the list of templates. ``problem`` says why one cannot be used; the rest is then empty."""

    id: str
    path: str
    mode: str = ""
    people: int = 0
    moments: int = 0
    description: str = ""
    tags: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ()
    problem: str = ""


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
    """All templates, by id. One that cannot be used is in the list too, with its first problem."""
    return tuple(_info(name, file) for name, file in sorted(_files(paths).items()))


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


def _info(name: str, file: Traversable | Path) -> TemplateInfo:
    try:
        document, source = _named(_content(file, name), name)
        template = Template.from_dict(document, source=source)
    except TemplateError as error:
        return TemplateInfo(id=name, path=str(file), problem=str(error.problems[0]))
    return TemplateInfo(
        id=name,
        path=str(file),
        mode=template.temporal.mode,
        people=template.people,
        moments=template.moments,
        description=template.about.description or template.scenario_description,
        tags=template.about.tags,
        mechanisms=template.mechanisms_featured,
    )
