"""What somebody has in mind about what is to come, and what the template says of it.

``metadata.prospection_config`` is open. Under the id of somebody in the roster, these are read, each optional::

    expects      [{statement, probability, value, days, comes_with}]   value in [-1, 1]; days until it shows
    fears        [statement | {statement, probability, value, days, comes_with}]   the same, value -.6 by default
    withholds    [fact id]        what is not told of their own accord
    suppresses   [words]          what they would do if they let themselves (``"to walk out"``)
    plans        [{if, then}]     if: fact id or ``"question/option"``; then: fact id told from then on, or words
    ruminates    [topic] | {topic: load}       load in [0, 1]
    remembers    [text | {text, topic}]        text after "remembers": ``"the night of the fire"``

``comes_with`` is the fact id or the ``"question/option"`` by which the statement has come true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from attrs import frozen

from timepoint_pro.errors import Problem, TemplateError, nearest
from timepoint_pro.formulas.prospect import Expectancy
from timepoint_pro.records.quick import quick
from timepoint_pro.templates import Template

PATH = "$.metadata.prospection_config"
KEYS = ("expects", "fears", "withholds", "suppresses", "plans", "ruminates", "remembers")
STRENGTH = 2.0
FEARED, FEARED_LIKELY, DAYS = -0.6, 0.4, 7.0
RUMINATED = 0.6
REMEMBERED = 0.8

T = TypeVar("T")


@quick
@frozen(weakref_slot=False)
class Expectation:
    """Something that may come.

    Args:
        statement: in words, after "expects that" or "fears that".
        chance: its probability as a beta distribution.
        outcome: what it would mean, in [-1, 1].
        days: until it shows, >= 0.
        since: story time in hours at which it was formed.
        comes_with: fact id or ``"question/option"`` by which it has come true; empty where nothing shows it.
        of: ``"stated"``, ``"goal"`` or ``"question"``.
    """

    statement: str
    chance: Expectancy
    outcome: float
    days: float = DAYS
    since: float = 0.0
    comes_with: str = ""
    of: str = "stated"

    @property
    def probability(self) -> float:
        """In [0, 1]."""
        return self.chance.probability

    def days_left(self, at: float) -> float:
        """Days from story hour ``at`` until it shows, >= 0."""
        return max(0.0, self.days - (at - self.since) / 24.0)


@frozen
class Plan:
    """What somebody means to do if something comes: both a fact id, ``"question/option"`` or words."""

    when: str
    then: str


@frozen
class Memory:
    """An episode that stays: text after "remembers", topic, strength in [0, 1]."""

    text: str
    topic: str = ""
    strength: float = REMEMBERED


@frozen
class Stated:
    """What the template says of one mind."""

    expectations: tuple[Expectation, ...] = ()
    secrets: tuple[str, ...] = ()
    impulses: tuple[str, ...] = ()
    plans: tuple[Plan, ...] = ()
    loads: tuple[tuple[str, float], ...] = ()
    memories: tuple[Memory, ...] = ()


def stated_outlooks(template: Template) -> dict[str, Stated]:
    """What ``metadata.prospection_config`` says of those in the roster, by id.

    Raises:
        TemplateError: something that cannot be read, with its path.
    """
    problems: list[Problem] = []
    facts = {one.id for one in template.facts}
    courses = {f"{one.id}/{option.id}" for one in template.questions for option in one.options}
    people = {*template.roster, *template.animistic_entities}
    found = {
        entity: _Reader(entity, told, facts, courses, problems).read()
        for entity, told in template.prospection_config.items()
        if entity in people and isinstance(told, Mapping)
    }
    if problems:
        raise TemplateError(template.id, problems)
    return found


class _Reader:
    """Takes one entity's outlook out of the open mapping and gathers what is wrong with it."""

    def __init__(
        self, entity: str, told: Mapping[str, Any], facts: set[str], courses: set[str], problems: list[Problem]
    ) -> None:
        self._told, self._path = told, f"{PATH}.{entity}"
        self._facts, self._courses, self._problems = facts, courses, problems

    def read(self) -> Stated:
        for key in self._told:
            close = None if key in KEYS else nearest(key, KEYS)
            if close is not None:
                self._wrong(key, f"one of {', '.join(KEYS)}", key, close)
        expected = self._each("expects", self._expected)
        feared = self._each("fears", self._feared)
        return Stated(
            expectations=(*expected, *feared),
            secrets=self._each("withholds", self._fact),
            impulses=self._each("suppresses", self._text),
            plans=self._each("plans", self._plan),
            loads=self._loads(),
            memories=self._each("remembers", self._memory),
        )

    def _each(self, key: str, read: Callable[[Any, str], T | None]) -> tuple[T, ...]:
        values = self._told.get(key, ())
        if not isinstance(values, (list, tuple)):
            self._wrong(key, "a list", repr(values))
            return ()
        found = (read(value, f"{key}[{index}]") for index, value in enumerate(values))
        return tuple(one for one in found if one is not None)

    def _expected(self, value: Any, place: str, likely: float = 0.5, worth: float | None = None) -> Expectation | None:
        if not isinstance(value, Mapping):
            self._wrong(place, "an object {statement, probability, value, days, comes_with}", repr(value))
            return None
        statement = self._text(value.get("statement"), f"{place}.statement")
        probability = self._number(value.get("probability", likely), f"{place}.probability", 0.0, 1.0)
        outcome = self._number(value.get("value", worth), f"{place}.value", -1.0, 1.0)
        days = self._number(value.get("days", DAYS), f"{place}.days", 0.0, 1e6)
        shown = value.get("comes_with", "")
        if shown:
            self._known(shown, f"{place}.comes_with")
        if statement is None:
            return None
        chance = Expectancy.of(min(0.99, max(0.01, probability)), STRENGTH)
        return Expectation(statement, chance, outcome, days, 0.0, str(shown))

    def _feared(self, value: Any, place: str) -> Expectation | None:
        told = {"statement": value} if isinstance(value, str) else value
        return self._expected(told, place, FEARED_LIKELY, FEARED)

    def _plan(self, value: Any, place: str) -> Plan | None:
        if not isinstance(value, Mapping) or not isinstance(value.get("then"), str):
            self._wrong(place, "an object {if, then}", repr(value))
            return None
        self._known(value.get("if"), f"{place}.if")
        return Plan(str(value.get("if")), value["then"])

    def _loads(self) -> tuple[tuple[str, float], ...]:
        topics = self._told.get("ruminates", ())
        if isinstance(topics, Mapping):
            return tuple(
                (str(topic), self._number(load, f"ruminates.{topic}", 0.0, 1.0)) for topic, load in topics.items()
            )
        return tuple((topic, RUMINATED) for topic in self._each("ruminates", self._text))

    def _memory(self, value: Any, place: str) -> Memory | None:
        if isinstance(value, Mapping):
            text = self._text(value.get("text"), f"{place}.text")
            return None if text is None else Memory(text, str(value.get("topic", "")))
        text = self._text(value, place)
        return None if text is None else Memory(text)

    def _fact(self, value: Any, place: str) -> str | None:
        if isinstance(value, str) and value in self._facts:
            return value
        self._wrong(place, "the id of a fact", repr(value), self._close(value, self._facts))
        return None

    def _known(self, value: Any, place: str) -> None:
        known = self._facts | self._courses
        if value not in known:
            self._wrong(place, 'the id of a fact, or "question/option"', repr(value), self._close(value, known))

    def _text(self, value: Any, place: str) -> str | None:
        if isinstance(value, str) and value.strip():
            return value.strip().rstrip(".")
        self._wrong(place, "text", repr(value))
        return None

    def _number(self, value: Any, place: str, low: float, high: float) -> float:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high:
            return float(value)
        self._wrong(place, f"a number from {low:g} to {high:g}", repr(value))
        return low

    def _close(self, value: Any, known: set[str]) -> str | None:
        return nearest(value, known) if isinstance(value, str) else None

    def _wrong(self, place: str, expected: str, found: str, close: str | None = None) -> None:
        self._problems.append(Problem(f"{self._path}.{place}", expected, found, close))
