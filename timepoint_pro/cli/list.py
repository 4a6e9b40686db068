"""``timepoint list``: the templates that there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from timepoint_pro.cli.console import say, table, write_json
from timepoint_pro.cli.options import json_option
from timepoint_pro.templates.vocabulary import MECHANISMS, MODES

if TYPE_CHECKING:
    from timepoint_pro.templates import TemplateInfo


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

    A template that cannot be used is listed with its first problem; 'timepoint validate' shows the rest.
    """
    from timepoint_pro.templates import available

    found = [one for one in available() if _fits(one, mode, mechanism, tag)]
    if as_json:
        write_json(found)
        return
    if not found:
        say("no template fits", err=True)
        return
    rows = [
        (one.id, "broken", "", "", one.problem)
        if one.problem
        else (one.id, one.mode, str(one.people), str(one.moments), one.description)
        for one in found
    ]
    table(("TEMPLATE", "MODE", "PEOPLE", "MOMENTS", "DESCRIPTION"), rows)


def _fits(info: TemplateInfo, mode: str | None, mechanism: str | None, tag: str | None) -> bool:
    codes = {re.split(r"[_\s:.-]", featured, maxsplit=1)[0].upper() for featured in info.mechanisms}
    return (
        (mode is None or info.mode == mode)
        and (mechanism is None or mechanism in codes)
        and (tag is None or tag.casefold() in {one.casefold() for one in info.tags})
    )
