"""Words on the terminal: plain text, tables, JSON for machines."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

import click
from attrs import frozen

NARROWEST, LEGIBLE, GAP = 40, 40, 2
"""Fewest columns that a terminal is taken to have; fewest of a column that is broken into lines; between columns."""
INDENT = "    "
PROSE = 96
"""Most characters of a line of prose."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def shown(text: str) -> str:
    """``text`` with question marks for control characters: what a model wrote must not steer a terminal."""
    return _CONTROL.sub("?", text)


def say(text: str = "", *, err: bool = False) -> None:
    """Write lines, without control characters."""
    click.echo(shown(text), err=err)


def say_wrapped(text: str, indent: str = "") -> None:
    """Write ``text``, of which the first line stands ``indent`` in; on a terminal in lines that fit, further in."""
    for line in textwrap.wrap(
        text, page_width(sys.maxsize), initial_indent=indent, subsequent_indent=indent + INDENT, break_on_hyphens=False
    ):
        say(line)


def warn(text: str) -> None:
    """Write a warning to stderr."""
    say(f"warning: {text}", err=True)


def write_json(value: Any) -> None:
    """Write one JSON document, indented; attrs values as objects."""
    import orjson

    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=_plain).decode())


def on_terminal() -> bool:
    """Whether somebody reads along, and no program does."""
    return sys.stdout.isatty()


def page_width(most: int) -> int:
    """How many characters a line may have: ``most``, and on a terminal no more than that shows."""
    return min(most, max(NARROWEST, shutil.get_terminal_size().columns)) if on_terminal() else most


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write aligned columns, a line a row; on a terminal too narrow for that, each row in several lines.

    The columns for which there is no room stand below, further in, under headings of their own.
    """
    lines = [list(headings), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    bands = _bands(widths, page_width(sys.maxsize))
    for line in lines:
        for band in bands:
            for text in band.lines(line):
                say(text)


@frozen
class _Band:
    """Columns that stand side by side: which, how wide, how far in. The last one is broken where it is too long."""

    first: int
    widths: tuple[int, ...]
    indent: str
    room: int

    def lines(self, row: Sequence[str]) -> list[str]:
        cells = row[self.first : self.first + len(self.widths)]
        fixed = "".join(f"{cell.ljust(width)}  " for cell, width in zip(cells[:-1], self.widths, strict=False))
        text = f"{self.indent}{fixed}"
        if len(text) + len(cells[-1]) <= self.room:
            return [line] if (line := f"{text}{cells[-1]}".rstrip()) else []
        return textwrap.wrap(
            cells[-1], self.room, initial_indent=text, subsequent_indent=" " * len(text), break_on_hyphens=False
        )


def _bands(widths: Sequence[int], room: int) -> list[_Band]:
    """As few bands as the columns fit into. The last column may be broken where it keeps ``LEGIBLE`` characters."""
    bands: list[_Band] = []
    first = 0
    while first < len(widths):
        indent = INDENT if first else ""
        used, end = len(indent) + widths[first], first + 1
        while end < len(widths):
            least = min(widths[end], LEGIBLE) if end == len(widths) - 1 else widths[end]
            if used + GAP + least > room:
                break
            used, end = used + GAP + widths[end], end + 1
        bands.append(_Band(first, tuple(widths[first:end]), indent, room))
        first = end
    return bands


def _plain(value: Any) -> Any:
    import attrs

    if attrs.has(type(value)):
        return attrs.asdict(value, recurse=False)
    if isinstance(value, frozenset):
        return sorted(value)
    if hasattr(value, "items"):
        return dict(value.items())
    return str(value)
