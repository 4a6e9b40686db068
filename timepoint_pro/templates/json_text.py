"""From bytes and text to decoded JSON: comments, a byte order mark, and errors that say where."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from typing import Any

from timepoint_pro.errors import Problem, TemplateError
from timepoint_pro.templates.reading import Reading, join, quoted

MAX_BYTES = 16 * 1024 * 1024
"""The largest document that is read."""

MAX_TEXT_DEPTH = 200
"""Nesting that the parser is given at most; the reader's own limit, which knows the path, is lower."""

_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"?|//[^\n\r]*|[\[\]{}]')
_BLANK = re.compile(r"[^\t]")


def decode(data: bytes, source: str) -> str:
    """The text of a UTF-8 file, without its byte order mark.

    Raises:
        TemplateError: too large, or not UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise TemplateError(source, [Problem("$", f"at most {MAX_BYTES // 1024**2} MB", "more")])
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TemplateError(source, [Problem("$", "UTF-8 text", "UTF-16; save the file as UTF-8")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{data[error.start]:02x} at offset {error.start}; save the file as UTF-8"
        raise TemplateError(source, [Problem(f"line {line}", "UTF-8 text", found)]) from None


def parse(text: str, source: str) -> Any:
    """The value of a JSON text in which ``//`` comments may stand outside strings.

    Raises:
        TemplateError: not JSON (by line and column), a key that stands twice in one object (by JSON path), or
            nesting too deep.
    """
    plain = _without_comments(text.removeprefix("\ufeff"), source)
    doubles: list[tuple[dict[str, Any], str]] = []

    def assemble(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            counted = Counter(name for name, _ in pairs)
            doubles.extend((members, name) for name, count in counted.items() if count > 1)
        return members

    try:
        document = json.loads(plain, object_pairs_hook=assemble)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise TemplateError(source, [Problem(place, "JSON", _trouble(plain, error))]) from None
    except ValueError:
        # The decoder's only other complaint: Python refuses to read a whole number of so many digits.
        limit = f"numbers of at most {sys.get_int_max_str_digits():,} digits"
        raise TemplateError(source, [Problem("$", limit, "a longer one")]) from None
    except RecursionError:
        raise TemplateError(source, [Problem("$", "JSON of ordinary depth", "deeper nesting")]) from None
    if doubles:
        _refuse_doubles(document, doubles, source)
    return document


def _without_comments(text: str, source: str) -> str:
    """The text with comments blanked out, so that lines and columns stay."""
    depth = 0
    comments: list[tuple[int, int]] = []
    for token in _TOKEN.finditer(text):
        first = text[token.start()]
        if first == "/":
            comments.append(token.span())
        elif first in "[{":
            depth += 1
            if depth > MAX_TEXT_DEPTH:
                line = text.count("\n", 0, token.start()) + 1
                problem = Problem(f"line {line}", f"at most {MAX_TEXT_DEPTH} levels of nesting", "more")
                raise TemplateError(source, [problem])
        elif first in "]}":
            depth -= 1
    if not comments:
        return text
    pieces: list[str] = []
    position = 0
    for start, end in comments:
        pieces += text[position:start], _BLANK.sub(" ", text[start:end])
        position = end
    return "".join([*pieces, text[position:]])


def _trouble(text: str, error: json.JSONDecodeError) -> str:
    if error.pos >= len(text.rstrip()):
        return f"the end of the text ({error.msg})"
    return f"{quoted(text[error.pos : error.pos + 20])} ({error.msg})"


def _refuse_doubles(document: Any, doubles: list[tuple[dict[str, Any], str]], source: str) -> None:
    """Name each doubled key by its path; one inside a value that a double replaced counts at the root."""
    paths = {id(members): "$" for members, _ in doubles}
    wanted = set(paths)
    pending = [("$", document)]
    while pending:
        path, value = pending.pop()
        if id(value) in wanted:
            paths[id(value)] = path
        if isinstance(value, dict):
            pending += ((join(path, name), inner) for name, inner in value.items())
        elif isinstance(value, list):
            pending += ((join(path, index), inner) for index, inner in enumerate(value))
    into = Reading()
    for members, name in doubles:
        into.problem(join(paths[id(members)], name), "each key once", "the same key again")
    into.finish(source)
