"""``timepoint list``: the templates that there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from timepoint_pro.cli.console import on_terminal, say, say_wrapped, table, write_json
from timepoint_pro.cli.options import json_option
from timepoint_pro.templates.vocabulary import MECHANISMS, MODES, mechanism_words

if TYPE_CHECKING:
    from timepoint_pro.templates import TemplateInfo

HEADINGS = ("TEMPLATE", "MODE", "PEOPLE", "MOMENTS", "TURNS", "CALLS", "FEATURED", "DESCRIPTION")
_CODE = re.compile(r"[A-Za-z]+\d+")


@click.command("list")
@click.option("--mode", type=click.Choice(MODES), help="Only those of this kind of time.")
@click.option(
    "--mechanism", type=click.Choice(MECHANISMS, case_sensitive=False), metavar="CODE",
    help="Only those that feature this mechanism (M3 ... M18).",
)  # fmt: skip
@click.option("--tag", metavar="TAG", help="Only those with this tag.")
@json_option
def command(mode: str | None, mechanism: str | None, tag: str | None, as_json: bool) -> None:
    """List the templates: those shipped, and those in the folders that TIMEPOINT_TEMPLATES names.

    TURNS and CALLS are dialog turns and model calls to expect of one run, FEATURED are the mechanisms that a template
    shows at work. A template that cannot be used is listed with its first problem; 'timepoint validate' shows the rest.
    """
    from timepoint_pro.templates import available

    listed = available()
    found = [one for one in listed if _fits(one, mode, mechanism, tag)]
    if as_json:
        write_json(found)
        return
    if not found:
        say(f"no template fits{_known_tags(listed, tag)}", err=True)
        return
    table(HEADINGS, [_row(one) for one in found])
    if on_terminal():
        _explain(found)


def _explain(found: list[TemplateInfo]) -> None:
    """What the codes in the table mean, and where more is to be had; for a reader, not for a program."""
    codes = sorted({code for one in found for code in _codes(one)}, key=lambda code: (len(code), code))
    say()
    say_wrapped(f"FEATURED: {mechanism_words(codes)}")
    say("'timepoint validate TEMPLATE' says what a template will do")


def _row(info: TemplateInfo) -> tuple[str, ...]:
    if info.problem:
        return (info.id, "broken", "", "", "", "", "", info.problem)
    counts = (info.people, info.moments, info.turns, info.calls)
    return (info.id, info.mode, *map(str, counts), " ".join(_codes(info)), info.description)


def _codes(info: TemplateInfo) -> tuple[str, ...]:
    """Codes of the mechanisms that a template features, in their order: M3 before M11."""
    codes = {match[0].upper() for featured in info.mechanisms if (match := _CODE.match(featured))}
    return tuple(sorted(codes, key=lambda code: (len(code), code)))


def _fits(info: TemplateInfo, mode: str | None, mechanism: str | None, tag: str | None) -> bool:
    return (
        (mode is None or info.mode == mode)
        and (mechanism is None or mechanism.upper() in _codes(info))
        and (tag is None or tag.casefold() in {one.casefold() for one in info.tags})
    )


def _known_tags(listed: tuple[TemplateInfo, ...], tag: str | None) -> str:
    """The tags that there are, where one was asked for that nobody has."""
    known = sorted({one for info in listed for one in info.tags}, key=str.casefold)
    if tag is None or tag.casefold() in map(str.casefold, known):
        return ""
    return f"; there are the tags {', '.join(known)}"
