"""Whether the ids in ``narrative_structure`` and ``cyclical_structure`` exist, and exist once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from timepoint_pro.templates import vocabulary as words
from timepoint_pro.templates.cycles import CyclicalStructure
from timepoint_pro.templates.metadata import fact_id
from timepoint_pro.templates.narrative import EXTERNAL, OMNISCIENT, NarrativeStructure
from timepoint_pro.templates.reading import Reading, quoted, shown

NARRATIVE = "$.metadata.narrative_structure"
CYCLICAL = "$.metadata.cyclical_structure"

Expect = Callable[..., None]
"""A problem unless a name (first argument) is somebody's id; then the path, the reading, and other words allowed."""


def check_stories(view: Mapping[str, Any], expect: Expect, into: Reading) -> None:
    """Note every id of the two structures that names nothing, and every id that stands twice.

    Args:
        view: the values of ``Metadata``'s fields, as far as they could be read.
        expect: see ``Expect``.
        into: gathers the problems.
    """
    questions = view.get("questions") or ()
    facts = view.get("facts") or ()
    # Beside an entry that cannot be read, a name without bearer proves nothing.
    options = None if None in questions else {one.id: [option.id for option in one.options] for one in questions}
    told, cycle = view.get("narrative_structure"), view.get("cyclical_structure")
    if isinstance(told, NarrativeStructure):
        known = None if None in facts else {fact_id(one) for one in facts}
        _check_narrative(told, known, options, expect, into)
    if isinstance(cycle, CyclicalStructure):
        _check_cycle(cycle, options, expect, into)


def _check_narrative(
    told: NarrativeStructure, facts: set[str] | None, options: Mapping[str, Sequence[str]] | None, expect: Expect,
    into: Reading,
) -> None:  # fmt: skip
    for line in told.storylines:
        for name in line.people:
            expect(name, f"{NARRATIVE}.storylines", into)
        _known(line.questions, options, "the id of a question", f"{NARRATIVE}.storylines", into)
    for name in (*told.point_of_view, *(one.point_of_view for one in told.acts if one.point_of_view)):
        expect(name, f"{NARRATIVE}.point_of_view", into, OMNISCIENT, EXTERNAL)
    _known(told.audience_knows, facts, "the id of a fact", f"{NARRATIVE}.audience_knows", into)
    _once(told.acts, f"{NARRATIVE}.acts", into)
    _once(told.storylines, f"{NARRATIVE}.storylines", into)


def _check_cycle(
    cycle: CyclicalStructure, options: Mapping[str, Sequence[str]] | None, expect: Expect, into: Reading
) -> None:
    returning = [one for one in cycle.returns if one != words.EVERYONE]
    _known(returning, options, "the id of a question", f"{CYCLICAL}.returns", into)
    keeps = cycle.carry_over
    for name in (*keeps.knowledge, *keeps.feelings, *keeps.relationships):
        expect(name, f"{CYCLICAL}.carry_over", into, words.EVERYONE)
    for prophecy in cycle.prophecies:
        for name in prophecy.known_by:
            expect(name, f"{CYCLICAL}.prophecies", into, words.EVERYONE)
        for course in (prophecy.fulfilled_by, prophecy.averted_by):
            _course(course, options, f"{CYCLICAL}.prophecies", into)
    for loop in cycle.loops:
        for name in (*loop.known_by, *([loop.sender] if loop.sender else ())):
            expect(name, f"{CYCLICAL}.loops", into, words.EVERYONE)
        _course(loop.closes_with, options, f"{CYCLICAL}.loops", into)
    for listed, name in (
        (cycle.places, "places"), (cycle.layers, "layers"), (cycle.prophecies, "prophecies"), (cycle.loops, "loops"),
    ):  # fmt: skip
        _once(listed, f"{CYCLICAL}.{name}", into)


def _course(course: str, options: Mapping[str, Sequence[str]] | None, path: str, into: Reading) -> None:
    """A problem unless ``"question/option"`` names an option of a question; nothing where it is empty."""
    question, _, option = course.partition("/")
    if course and options is not None and option not in options.get(question, ()):
        every = [f"{name}/{one}" for name, group in options.items() for one in group]
        into.problem(path, '"question/option" with the id of each', shown(course), into.guess(course, every))


def _known(names: Iterable[str], known: Iterable[str] | None, expected: str, path: str, into: Reading) -> None:
    ids = None if known is None else set(known)
    for name in names:
        if ids is not None and name not in ids:
            into.problem(path, expected, shown(name), into.guess(name, sorted(ids)))


def _once(entries: Iterable[Any], path: str, into: Reading) -> None:
    seen: set[str] = set()
    for one in entries:
        if one.id in seen:
            into.problem(path, "an id of its own for each", f"{quoted(one.id)} twice")
        seen.add(one.id)
