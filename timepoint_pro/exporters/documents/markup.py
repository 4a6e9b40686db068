"""Words of a story inside Markdown, Fountain and CSV: always text, never structure."""

from __future__ import annotations

import re

from timepoint_pro.exporters.tasks.wording import one_line

_INLINE = re.compile(r"([\\`*_\[\]#|~!])")
_LINE_START = re.compile(r"^([-+=]|\d{1,9}[.)])")
_FOUNTAIN_STARTS = tuple("!@#=>~.([/")
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)))
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def plain_line(text: str) -> str:
    """``text`` on one line and without control characters."""
    return one_line(one_line(text).translate(_CONTROLS))


def markdown_text(text: str) -> str:
    """``text`` as one line of plain Markdown: no heading, list, link, emphasis, table cell or HTML comes of it."""
    line = plain_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINE_START.sub(_escaped_start, _INLINE.sub(r"\\\1", line))


def _escaped_start(found: re.Match[str]) -> str:
    start = found.group(1)
    return f"{start[:-1]}\\{start[-1]}"


def fountain_text(text: str) -> str:
    """``text`` as the words of one Fountain line: no emphasis, note, omitted part, heading, cue or lyric comes of it.

    A line that begins with a mark of Fountain's gets an invisible word joiner (U+2060) before it.
    """
    line = plain_line(text).replace("\\", "/").replace("[[", "[ [").replace("]]", "] ]")
    line = line.replace("/*", "/ *").replace("*/", "* /").replace("*", "\\*").replace("_", "\\_")
    return f"\u2060{line}" if line.startswith(_FOUNTAIN_STARTS) else line


def fountain_name(name: str) -> str:
    """``name`` as a character cue, upper case, without what Fountain reads as extension or dual dialogue."""
    return plain_line(re.sub(r"[()\[\]^*_\\]", " ", name)).upper() or "SOMEBODY"


def csv_text(text: str) -> str:
    """``text`` as a cell that no spreadsheet computes: one that begins like a formula gets an apostrophe first."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
