"""The task ``provenance_qa``: who knew what, when, from whom and how surely.

A prompt shows the exposures of two statements; the question is about one of them. Every answer is computed from the
same exposures, so that it is true by construction. Statements are read one after the other, so that memory is bounded
by the exposures of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import groupby
from typing import Any

import orjson
from attrs import define, field, frozen

from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.tasks.annotation import NOBODY, Annotator, Place
from timepoint_pro.exporters.tasks.choice import number, pick
from timepoint_pro.exporters.tasks.course import Course
from timepoint_pro.exporters.tasks.example import Example, Section
from timepoint_pro.exporters.tasks.exposure_story import CHANNELS, Learned, Story, own_deed
from timepoint_pro.exporters.tasks.lookups import Lookups
from timepoint_pro.exporters.tasks.provenance_questions import KINDS, Answered
from timepoint_pro.exporters.tasks.wording import decimal, one_line, sentence

TASK = "provenance_qa"
FOR_EACH = 4
"""Questions about one statement."""
FOR_A_SECRET = 2
"""Questions about a statement that one person holds from the start and nobody else ever hears."""
OTHERS = 8
"""Most people besides whom a prompt names though they hold neither statement."""
SHOWN = 24
"""Exposures of one statement in a prompt; who came to hold it after that is not asked about."""

_EXPOSURES = """
SELECT rowid AS number, exposure_id, entity_id, item_id, content, how, source, timepoint_id, confidence, parents
FROM exposure_events WHERE run_id = ? ORDER BY item_id, rowid
"""

INTRODUCED = (
    "You answer questions about who knew what in a simulated story, from its record of exposures and nothing else.",
    "Below is part of a record of how statements spread among people. Answer from it alone.",
    "Read the record of who came to hold which statement, then answer one question about it.",
    "You trace knowledge to its sources. Use this record only; what it does not show did not happen.",
)
ASKED = ("Question: {}", "{}", "Tell me: {}", "From the record: {}")


@frozen
class Statement:
    """A statement and the first of its exposures on one path, in the order in which they happened.

    ``end`` is the last moment of the path, ``way`` its moments in story order, each with its place. ``handle`` is a
    short name for it; empty where it has none.
    """

    item: str
    content: str
    handle: str
    learned: tuple[Learned, ...]
    complete: bool
    end: str
    way: Mapping[str, int]


def provenance_questions(source: Source) -> Iterator[Example]:
    """Up to ``FOR_EACH`` examples a statement, of different kinds, the kinds asked least so far first."""
    examiner = _Examiner(source, Annotator(source, TASK, "M3", ("M4", "M19")), Lookups(source), Course(source))
    before: dict[str, Statement] = {}
    for statement in examiner.statements():
        yield from examiner.examples(statement, before.get(statement.end))
        before[statement.end] = statement


@define
class _Examiner:
    source: Source
    notes: Annotator
    lookups: Lookups
    course: Course
    _asked: Counter[str] = field(factory=Counter, init=False)

    def statements(self) -> Iterator[Statement]:
        """The statements of the run, each on one path that holds it."""
        ways = {end: self.course.until(end) for end in self.course.ends[:1]}
        rows = self.source.store.iterate(_EXPOSURES, (self.source.run_id,))
        for item, group in groupby(rows, key=lambda row: row["item_id"]):
            learned = [_learned(row) for row in group]
            end = self._path(learned)
            way = ways[end] if end in ways else self.course.until(end)
            on_path = [one for one in learned if not one.at or one.at in way]
            known = {one.entity for one in on_path}
            if on_path and all(one in self.lookups.people for one in known):
                content = one_line(on_path[0].content)
                handle = one_line(self.lookups.handles.get(item, ""))
                yield Statement(item, content, handle, tuple(on_path[:SHOWN]), len(on_path) <= SHOWN, end, way)

    def _path(self, learned: Sequence[Learned]) -> str:
        ends = self.course.ends
        if len(ends) < 2:
            return ends[0] if ends else ""
        played = [one.at for one in learned if one.at]
        if not played:
            return ends[0]
        through = [end for end in ends if any(stage.id == played[-1] for stage in self.course.back_from(end))]
        return pick(through or ends, played[-1], learned[0].id)

    def examples(self, statement: Statement, other: Statement | None) -> Iterator[Example]:
        """Questions about ``statement``; ``other`` stands beside it in the prompt."""
        first = number(self.source.run_id, statement.item) % 2 == 0 or other is None
        letter, other_letter = ("A", "B") if first else ("B", "A")
        story = self._story(statement, letter, {one.entity for one in other.learned} if other is not None else set())
        found: dict[str, Answered] = {}
        for kind, ask in KINDS.items():
            answered = ask(story, f"{self.source.run_id}:{statement.item}:{kind}")
            if answered is not None:
                found[kind] = answered
        order = sorted(
            found, key=lambda kind: (self._asked[found[kind].label], number(self.source.run_id, statement.item, kind))
        )
        everyone_saw = all(story.kind(one) == "saw" and one.at for one in statement.learned)
        most = 1 if everyone_saw else FOR_A_SECRET if len(statement.learned) == 1 else FOR_EACH
        for kind in order[:most]:
            answered = found[kind]
            self._asked[answered.label] += 1
            yield self._example(statement, other, letter, other_letter, kind, answered)

    def _story(self, statement: Statement, letter: str, besides: Set[str]) -> Story:
        """``besides``: who the prompt names since they hold the other statement; answers have to account for them."""
        people = self.lookups.people
        here = {one.entity for one in statement.learned}
        without = [one for one in people if one not in here] if statement.complete else []
        more = [one for one in without if one not in besides and people[one].kind == "human"][:OTHERS]
        others = tuple(one for one in without if one in besides or one in more)
        names = {one: person.name for one, person in people.items()}
        said = statement.handle or f"'{statement.content.rstrip('.')}'"
        named = f"{letter} ({said})"
        return Story(letter, named, statement.learned, statement.complete, names, others, statement.way)

    def _example(
        self, statement: Statement, other: Statement | None, letter: str, other_letter: str, kind: str,
        answered: Answered,
    ) -> Example:  # fmt: skip
        key = f"{statement.item}:{kind}"
        stated = {letter: statement, **({other_letter: other} if other is not None else {})}
        lines = sorted((one.number, self._line(one, mark)) for mark, held in stated.items() for one in held.learned)
        words = " ".join(_stated(mark, stated[mark]) for mark in sorted(stated))
        person = self.lookups.people.get(answered.who, NOBODY)
        sections = (
            Section("system", pick(INTRODUCED, self.source.run_id, key, "who")),
            Section("user", f"People: {', '.join(one_line(name) for name in self._named(stated, answered))}."),
            Section("user", f"Statements: {words}"),
            Section("user", "Record: ", tuple(line for _number, line in lines), "; ", "."),
            Section("user", pick(ASKED, self.source.run_id, key, "asked").format(answered.question)),
        )
        stage = self.course.stages.get(answered.at)
        place = Place(answered.at, stage.path_id if stage else "", "", stage.ends_at if stage else "")
        return self.notes.example(
            key, sections, answered.answer, place=place, person=person, act=kind, items=[statement.item],
            exposures=[self.lookups.origin(one).shown for one in answered.exposures],
        )  # fmt: skip

    def _named(self, stated: Mapping[str, Statement], answered: Answered) -> list[str]:
        named = {one.entity for held in stated.values() for one in held.learned} | set(answered.others)
        return [person.name for one, person in self.lookups.people.items() if one in named]

    def _line(self, one: Learned, letter: str) -> str:
        """One exposure as the record shows it."""
        name = one_line(self.lookups.name(one.entity))
        at = one.at or "before the story"
        sure = f"(confidence {decimal(one.confidence)})"
        if one.how == "told" and one.source in self.lookups.people:
            return f"{at}: {one_line(self.lookups.name(one.source))} told {name} {letter} {sure}"
        if one.source in self.lookups.people and one.source != one.entity:
            return f"{at}: {name} had {letter} from {one_line(self.lookups.name(one.source))} {sure}"
        if one.how in ("witnessed", "experienced") or one.source == "witnessed":
            deed = own_deed(one, letter) if one.source == one.entity else f"saw {letter}"
            return f"{at}: {name} {deed} {sure}"
        if one.how == "inferred":
            return f"{at}: {name} {own_deed(one, letter)} {sure}"
        return f"{at}: {name} had {letter} {CHANNELS.get(one.source, 'from the start')} {sure}"


def _stated(letter: str, one: Statement) -> str:
    """A statement as the prompt shows it: its letter, its handle where it has one, its words."""
    return f'{letter}{f" ({one.handle})" if one.handle else ""}: "{sentence(one.content)}"'


def _learned(row: Mapping[str, Any]) -> Learned:
    return Learned(
        row["number"], row["exposure_id"], row["entity_id"], row["content"], row["how"], row["source"] or "",
        row["timepoint_id"] or "", row["confidence"], tuple(orjson.loads(row["parents"] or "[]")),
    )  # fmt: skip
