"""Words on the terminal: plain text, tables, JSON for machines."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Sequence
from typing import Any

import click

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def shown(text: str) -> str:
    """``text`` with question marks for control characters: what a model wrote must not steer a terminal."""
    return _CONTROL.sub("?", text)


def say(text: str = "", *, err: bool = False) -> None:
    """Write lines, without control characters."""
    click.echo(shown(text), err=err)


def warn(text: str) -> None:
    """Write a warning to stderr."""
    say(f"warning: {text}", err=True)


def write_json(value: Any) -> None:
    """Write one JSON document, indented; attrs values as objects."""
    import orjson

    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=_plain).decode())


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write aligned columns; on a terminal the last one is cut to the width there is."""
    lines = [list(headings), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        text = "  ".join(cells).rstrip()
        say(f"{text[: room - 3]}..." if room > 40 and len(text) > room else text)


def _plain(value: Any) -> Any:
    import attrs

    if attrs.has(type(value)):
        return attrs.asdict(value, recurse=False)
    if isinstance(value, frozenset):
        return sorted(value)
    if hasattr(value, "items"):
        return dict(value.items())
    return str(value)
