"""Whether the ids that a template names exist, and exist once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from timepoint_pro.templates import vocabulary as words
from timepoint_pro.templates.metadata import FactEntry, QuestionEntry, fact_id
from timepoint_pro.templates.reading import Reading, join, quoted, shown
from timepoint_pro.templates.roster import RosterEntry
from timepoint_pro.templates.story_references import check_stories

ROSTER = "$.metadata.entity_roster"
FACTS = "$.metadata.facts"
QUESTIONS = "$.metadata.questions"
NUMBERED = re.compile(r"[^\W\d_]+(?:_[^\W\d_]+)*_(\d{1,4})")
"""Ids such as ``attendee_47``: where ``entities.count`` reaches the number, somebody is made up to bear it."""


@frozen
class People:
    """Those whom a template may name: the roster, the entities that it animates, and numbered ids to be made up.

    Args:
        names: display name by id.
        count: where more take part than the roster describes, how many; else 0.
    """

    names: Mapping[str, str]
    count: int = 0

    @classmethod
    def of(cls, view: Mapping[str, Any], count: int | None = None) -> People:
        """The ids, each with its display name; ``count`` as in ``entities.count``."""
        names = dict.fromkeys(view.get("animistic_entities") or (), "")
        for name, member in (view.get("entity_roster") or {}).items():
            names[name] = member.name if isinstance(member, RosterEntry) else ""
        more = count is not None and count > len(view.get("entity_roster") or {})
        return cls(names, count if count is not None and more else 0)

    def expect(self, name: str, path: str, into: Reading, *also: str) -> None:
        """A problem unless the name is somebody's id, or one of ``also``."""
        if name in self.names or name in also or self._is_made_up(name):
            return
        named = [one for one, display in self.names.items() if display and display.casefold() == name.casefold()]
        meant = named[0] if named else into.guess(name, (*self.names, *also))
        others = "".join(f" or {quoted(word)}" for word in also)
        into.problem(path, f"the id of a roster entry{others}", shown(name), meant)

    def _is_made_up(self, name: str) -> bool:
        number = NUMBERED.fullmatch(name)
        return number is not None and 1 <= int(number[1]) <= self.count


def check_references(view: Mapping[str, Any], count: int | None, into: Reading) -> None:
    """Note every id that names nothing, every id that stands twice, and a count under the roster's.

    Args:
        view: the values of ``Metadata``'s fields, as far as they could be read.
        count: ``entities.count``, where the template gives one.
        into: gathers the problems.
    """
    people = People.of(view, count)
    facts: Sequence[FactEntry | None] = view.get("facts") or ()
    questions: Sequence[QuestionEntry | None] = view.get("questions") or ()
    _check_roster(view.get("entity_roster") or {}, count, people, into)
    _check_questions(questions, people, into)
    _check_facts(facts, questions, people, into)
    for name, quantity in (view.get("quantitative_tracking") or {}).items():
        place = join("$.metadata.quantitative_tracking", name)
        for index, watcher in enumerate(quantity.watched_by if quantity is not None else ()):
            people.expect(watcher, f"{place}.watched_by[{index}]", into, words.EVERYONE)
    check_stories(view, people.expect, into)
    for index, point in enumerate(view.get("branching_points") or ()):
        branches = point.branches if point is not None else ()
        unique((branch.id for branch in branches), f"$.metadata.branching_points[{index}].branches", into)


def unique(ids: Iterable[str], path: str, into: Reading) -> None:
    """A problem for each id that stands more than once in the list at ``path``."""
    first: dict[str, int] = {}
    for index, name in enumerate(ids):
        if name and first.setdefault(name, index) != index:
            into.problem(f"{path}[{index}].id", "an id of its own", f"{quoted(name)}, as at [{first[name]}]")


def _check_roster(roster: Mapping[str, RosterEntry | None], count: int | None, people: People, into: Reading) -> None:
    if words.EVERYONE in roster:
        into.problem(join(ROSTER, words.EVERYONE), "an id other than *, which stands for everyone", quoted("*"))
    if count is not None and count < len(roster):
        into.problem("$.entities.count", f"at least the roster's {len(roster)}, or no count at all", str(count))
    for name, member in roster.items():
        for other in member.relationships if member is not None else ():
            people.expect(other, join(join(ROSTER, name) + ".relationships", other), into)


def _check_questions(questions: Sequence[QuestionEntry | None], people: People, into: Reading) -> None:
    unique((question.id if question is not None else "" for question in questions), QUESTIONS, into)
    for index, question in enumerate(questions):
        if question is None:
            continue
        place = f"{QUESTIONS}[{index}]"
        unique((option.id for option in question.options), f"{place}.options", into)
        if question.decides:
            people.expect(question.decides, f"{place}.decides", into)
        options = tuple(option.id for option in question.options)
        for name, leanings in question.leanings.items():
            leaning = join(f"{place}.leanings", name)
            people.expect(name, leaning, into)
            for option in leanings:
                known(option, options, "an option of this question", join(leaning, option), into)


def _check_facts(
    facts: Sequence[FactEntry | None],
    questions: Sequence[QuestionEntry | None],
    people: People,
    into: Reading,
) -> None:
    ids = [fact_id(fact) if fact is not None else "" for fact in facts]
    unique(ids, FACTS, into)
    options = {
        question.id: tuple(option.id for option in question.options) for question in questions if question is not None
    }
    # Beside an entry that cannot be read, a name without bearer proves nothing.
    targets = None if None in facts else {*ids, words.OUTCOME}
    for index, fact in enumerate(facts):
        if fact is None:
            continue
        place = f"{FACTS}[{index}]"
        for position, holder in enumerate(fact.known_by):
            people.expect(holder, f"{place}.known_by[{position}]", into, words.EVERYONE)
        if fact.subject:
            people.expect(fact.subject, f"{place}.subject", into)
        for position, target in enumerate(fact.leads_to):
            if targets is not None:
                known(target, targets, 'the id of a fact, or "outcome"', f"{place}.leads_to[{position}]", into)
        if None not in questions:
            _check_bearing(fact, options, f"{place}.bearing", into)


def _check_bearing(fact: FactEntry, options: Mapping[str, Sequence[str]], path: str, into: Reading) -> None:
    every = tuple(option for group in options.values() for option in group)
    for name, weight in fact.bearing.items():
        place = join(path, name)
        if not isinstance(weight, Mapping):
            known(name, every, "an option of a question", place, into)
        elif known(name, options, "the id of a question", place, into):
            for option in weight:
                known(option, options[name], "an option of this question", join(place, option), into)


def known(name: str, names: Iterable[str], expected: str, path: str, into: Reading) -> bool:
    """Whether the name is among the names; if not, that is a problem."""
    if name in names:
        return True
    into.problem(path, expected, shown(name), into.guess(name, names))
    return False
