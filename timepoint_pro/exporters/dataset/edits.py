"""What somebody decided about records, by record id: the edit list."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
from attrs import frozen

from timepoint_pro.errors import DataError

DROP, REPLACE = "drop", "replace"
KEYS = ("record_id", "action", "completion")


@frozen
class Edit:
    """What somebody decided about one record: to drop it, or to replace its completion."""

    action: str
    completion: str = ""


def read_edits(path: str | os.PathLike[str]) -> dict[str, Edit]:
    """An edit list: JSON Lines of ``{"record_id", "action": "drop" | "replace", "completion"}``.

    Raises:
        DataError: when the file cannot be read, or a line is no edit, or two lines edit one record.
    """
    file = Path(path)
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise DataError(f"{file}: cannot be read ({error.strerror or error}); give the path of an edit list") from error
    edits: dict[str, Edit] = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            record_id, edit = _edit(line, f"{file}, line {number}")
            if record_id in edits:
                raise DataError(f"{file}, line {number}: {record_id!r} is edited twice; keep one of the lines")
            edits[record_id] = edit
    return edits


def _edit(line: bytes, where: str) -> tuple[str, Edit]:
    try:
        given: Any = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise DataError(f"{where}: expected a JSON object, found {line[:60].decode(errors='replace')!r}") from error
    if not isinstance(given, dict) or not isinstance(given.get("record_id"), str):
        raise DataError(f"{where}: expected an object with the text record_id")
    unknown = sorted(set(given) - set(KEYS))
    if unknown:
        raise DataError(f"{where}: expected the keys {', '.join(KEYS)}, found {unknown[0]!r} too")
    action, completion = given.get("action"), given.get("completion", "")
    if action not in (DROP, REPLACE):
        raise DataError(f"{where}: action: expected {DROP!r} or {REPLACE!r}, found {action!r}")
    if action == REPLACE and not (isinstance(completion, str) and completion.strip()):
        raise DataError(f"{where}: completion: expected the new text, found {completion!r}")
    return given["record_id"], Edit(action, completion.strip() if action == REPLACE else "")
