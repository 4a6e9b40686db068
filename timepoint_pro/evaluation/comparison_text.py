"""A comparison as text: the timelines, moment by moment where they differ, then person by person."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from timepoint_pro.evaluation.comparison import Comparison, Part, Person, Row, Side

WIDTH = 110
MOST_ITEMS = 5
"""Items that are shown of a list; how many more there are is said."""


def comparison_text(found: Comparison, width: int = WIDTH) -> str:
    """The comparison as lines of at most ``width`` characters, ids aside."""
    return "\n\n".join("\n".join(block) for block in _blocks(found, width) if block)


def _blocks(found: Comparison, width: int) -> Iterator[list[str]]:
    yield [
        line
        for one in found.timelines
        for line in _wrapped(
            f"{one.name}  ",
            f"{one.run_id}, {one.path} to {one.end}: {one.template}, {one.mode}, seed {one.seed}, {one.model}", width,
        )
    ]  # fmt: skip
    yield [_verdict(found)]
    names = {one.entity: one.name for one in found.people}
    for row in found.moments:
        yield list(_moment(row, found, names, width))
    same = [one.name for one in found.people if one.same]
    for person in found.people:
        if not person.same:
            yield list(_person(person, found, width))
    if same:
        yield [f"The same on all: {', '.join(same)}"]


def _verdict(found: Comparison) -> str:
    if not found.parted:
        return "They are the same."
    before = [row.key for row in found.moments[: next(n for n, row in enumerate(found.moments) if not row.same)]]
    shared = f"the same up to {before[-1]}, " if before else ""
    return f"They part at {found.parted}: {shared}then each its own." if before else f"They part at {found.parted}."


def _moment(row: Row, found: Comparison, names: dict[str, str], width: int) -> Iterator[str]:
    if row.same and row.sides[0] is not None:
        yield from _wrapped(f"{row.key}  ", f"the same: {_side(row.sides[0], names, found.options)}", width)
        return
    yield row.key
    for one, side in zip(found.timelines, row.sides, strict=True):
        text = _side(side, names, found.options) if side is not None else "does not come about"
        yield from _wrapped(f"  {one.name}  ", text, width)


def _side(side: Side, names: dict[str, str], options: Mapping[str, str]) -> str:
    there = ", ".join(names.get(one, one) for one in side.present)
    settled = f" {_decided(side.question, side.option, options)}." if side.question else ""
    return f"{side.timestamp[:16].replace('T', ' ')}, {side.title}. {there}. {side.turns} turns.{settled}"


def _decided(question: str, option: str, options: Mapping[str, str]) -> str:
    return f"{question}: {options.get(f'{question}/{option}', option) or 'left open'}"


def _person(person: Person, found: Comparison, width: int) -> Iterator[str]:
    yield person.name
    for one, part in zip(found.timelines, person.parts, strict=True):
        if part is None:
            yield f"  {one.name}  is not there"
            continue
        yield from _wrapped(f"  {one.name}  did   ", _did(part, found.options), width)
        yield from _wrapped("     felt  ", _felt(part), width)
        if part.knew:
            yield from _wrapped("     knew  ", _knew(part, found), width)


def _did(part: Part, options: Mapping[str, str]) -> str:
    decided = "".join(f"; decided {_decided(question, option, options)}" for question, option in part.decided)
    said = f'; at {part.parted} said "{part.words}"' if part.words else ""
    silent = f"; at {part.parted} said less" if part.parted and not part.words else ""
    return f"spoke {part.turns} times{decided}{said}{silent}"


def _felt(part: Part) -> str:
    if not part.felt:
        return "was at no moment"
    course = ", ".join(f"{one.key} {one.valence:+.2f} {one.arousal:.2f}" for one in part.felt)
    return f"{course} (valence, arousal); energy at the end {part.felt[-1].energy:.0f}"


def _knew(part: Part, found: Comparison) -> str:
    shown = "; ".join(found.items[one].rstrip(".") for one in part.knew[:MOST_ITEMS])
    more = len(part.knew) - MOST_ITEMS
    return f"{shown}; and {more} more" if more > 0 else shown


def _wrapped(lead: str, text: str, width: int) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=lead, subsequent_indent=" " * len(lead), break_long_words=False
    ) or [lead.rstrip()]  # fmt: skip
