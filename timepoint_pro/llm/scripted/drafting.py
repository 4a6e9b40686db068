"""The built-in model's drafts: a template from a sentence, by pattern.

The sentence is read for an occasion (its words), for roles that it names, for a number of people, for what it is about
(what stands after "about" or "over"), and for a course that is open (what stands after "whether to" or "must decide
to"). What it does not say comes from the occasion's usual roles and from general facts that pull in different
directions. It understands English; from any other language it keeps the sentence and drafts a general meeting.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import frozen

from timepoint_pro.llm.scripted.drafting_facts import PRIVATE, FactFrame, QuestionFrame, questions
from timepoint_pro.llm.scripted.drafting_words import EXTRA_ROLES, Occasion, occasions, roles
from timepoint_pro.llm.scripted.person import capital
from timepoint_pro.llm.scripted.population_words import FAMILY, GIVEN
from timepoint_pro.prompts.drafting import (
    LEAST_PEOPLE,
    MOST_PEOPLE,
    Draft,
    DraftContext,
    DraftCourse,
    DraftFact,
    DraftPerson,
    DraftQuestion,
)
from timepoint_pro.records.draws import Draws

USUAL = 4
_NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12,
}  # fmt: skip
_COUNTED = re.compile(
    r"\b(?P<number>\d{1,2}|" + "|".join(_NUMBERS) + r")\s+(?:\w+\s+)?(?P<who>people|persons|[a-z]+s)\b", re.IGNORECASE
)
_ABOUT = re.compile(
    r"\b(?:about|over|regarding|concerning|on the subject of|because of)\s+(?P<what>[^,;:.?!]+)", re.IGNORECASE
)
_AND = re.compile(r"\band\s+(?P<what>(?:a|an|the|their|his|her|its)\s[^,;:.?!]+)", re.IGNORECASE)
_COURSE = re.compile(
    r"\b(?:whether|if|decides?|must|should|wants?|plans?|has|have|needs?)\s+to\s+(?P<what>[^,;:.?!]+)", re.IGNORECASE
)
_ENDS = re.compile(
    r"\s+(?:who|which|that|while|because|after|before|when|where|during|and (?:then|the|a|one|each|nobody)|or not|"
    r"as (?:a|the)|in which|with (?:a|the|one|each)|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b.*$",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_LONGEST = 9
_ORDINALS = ("second", "third", "fourth", "fifth", *["other"] * MOST_PEOPLE)
_KEPT = frozenset(("the", "our", "this", "that", "these", "those"))
_THEIRS = re.compile(r"\b(?:its|their|his|her)\b")
_NOT_COURSES = frozenset((
    "be", "have", "say", "know", "see", "do", "talk", "meet", "discuss", "decide", "agree", "find",
))  # fmt: skip


@frozen
class Brief:
    """What a sentence was found to say.

    Args:
        occasion: its kind.
        roles: names of the roles to fill, those that the sentence names first.
        subject: what it is about, a noun phrase.
        course: a bare infinitive; empty where the sentence names none.
    """

    occasion: Occasion
    roles: tuple[str, ...]
    subject: str
    course: str


def draft(context: DraftContext, draws: Draws) -> Draft:
    """The draft of a template."""
    text = " ".join(context.description.split())
    brief = read(text)
    people = _people(brief.roles, draws)
    names = [one.name for one in people]
    asked, facts = [], []
    for number, frame in enumerate(questions()):
        slots = _slots(brief, names, number)
        chair = names[0] if number != 1 else ""
        asked.append(_question(frame, slots, chair, names, number))
        facts += [_fact(one, slots, number) for one in _chosen(frame.facts, draws)]
    sentence = capital(text if text[-1:] in ".!?…。؟" else f"{text}.")
    scenario = f"{sentence} {_count(len(people))} people have to settle it, and each of them knows something else."
    occasion = brief.occasion
    return Draft(_title(text), scenario, occasion.location, occasion.resolution, people, tuple(asked), tuple(facts))


def read(text: str) -> Brief:
    """What a sentence says of its occasion, its people, its subject and the course that is open."""
    found = [word.casefold() for word in _WORDS.findall(text)]
    known = occasions()
    occasion = max(known.values(), key=lambda one: sum(word in one.words for word in found))
    if not occasion.words.intersection(found):
        occasion = known["meeting"]
    named = [part for word in found if (part := _part(word, occasion))]
    counted = _counted(text, occasion)
    alone = len(set(named)) < 2  # "five jurors" are not five of a kind: the occasion's others fill up the number
    parts = [one for one in dict.fromkeys(named) for _ in range(1 if alone else counted.get(one, 1))]
    total = counted.get("", 0) or (sum(counted.values()) if alone else 0) or max(USUAL, len(parts))
    total = min(max(total, LEAST_PEOPLE), MOST_PEOPLE)
    rest = [one for one in dict.fromkeys((*occasion.roles, *EXTRA_ROLES)) if one not in parts]
    course = _course(text)
    return Brief(occasion, tuple((*parts, *rest)[:total]), _subject(text, course), course)


def _part(word: str, occasion: Occasion) -> str:
    """The role that a word names, the occasion's own first; empty where it names none."""
    meant = [name for name, role in roles().items() if word in role.words]
    return next((one for one in meant if one in occasion.roles), meant[0] if meant else "")


def _counted(text: str, occasion: Occasion) -> dict[str, int]:
    """How many a sentence counts of each role; of people, under an empty name."""
    counted: dict[str, int] = {}
    for match in _COUNTED.finditer(text):
        who, number = match["who"].casefold(), match["number"].casefold()
        part = "" if who in ("people", "persons") else _part(who, occasion)
        if part or who in ("people", "persons"):
            counted.setdefault(part, min(_NUMBERS.get(number) or int(number), MOST_PEOPLE))
    return counted


def _subject(text: str, course: str) -> str:
    match = _ABOUT.search(text) or (None if course else _AND.search(text))
    what = _cut(match["what"]) if match else ""
    words = what.split()
    if not words or words[0].casefold() in ("whether", "how", "what", "who", "if", "when", "where", "why"):
        return f"the plan to {course}" if course else "the matter"
    first = words[0].casefold()
    if first in ("a", "an", "their", "his", "her", "its"):
        return " ".join(("the", *words[1:]))
    return what if first in _KEPT or words[0][:1].isupper() or words[0].endswith(("'s", "’s")) else f"the {what}"


def _course(text: str) -> str:
    for match in _COURSE.finditer(text):
        what = _cut(match["what"])
        if what and what.split()[0].casefold() not in _NOT_COURSES and what.split()[0].isalpha():
            return what[0].lower() + _THEIRS.sub("the", what[1:])
    return ""


def _cut(what: str) -> str:
    words = _ENDS.sub("", f" {what}").split()
    while words and words[-1].casefold() in ("and", "or", "the", "a", "of", "in", "to", "for", "with", "now", "at"):
        words.pop()
    return " ".join(words) if len(words) <= _LONGEST else ""


def _people(parts: Sequence[str], draws: Draws) -> tuple[DraftPerson, ...]:
    """One person for each role; first letters differ as long as there are letters."""
    people: list[DraftPerson] = []
    letters: set[str] = set()
    surnames: set[str] = set()
    for place, part in enumerate(parts):
        role, before = roles()[part], parts[:place].count(part)
        free = [one for one in GIVEN if one[0] not in letters] or list(GIVEN)
        given = draws.choice(free)
        family = draws.choice([one for one in FAMILY if one not in surnames and one[0] != given[0]])
        letters.add(given[0])
        surnames.add(family)
        people.append(
            DraftPerson(
                f"{given} {family}",
                f"{_ORDINALS[before - 1]} {role.name}" if before else role.name,
                role.archetype,
                role.traits[before % 2 :] or role.traits,
                role.wants[before % 2 :] or role.wants,
                "" if before else role.says,
                float(28 + draws.index(38)),
            )
        )
    return tuple(people)


def _slots(brief: Brief, names: Sequence[str], number: int) -> dict[str, str]:
    """Slot values; people take turns in the parts of the facts, so that everybody holds some."""
    turned = [names[(place + number) % len(names)] for place in range(4)]
    ask, go, going = f"What do we do about {brief.subject}?", "act on it now", "acting now"
    if brief.course:
        ask, go, going = f"Do we {brief.course}?", brief.course, f"the plan to {brief.course}"
    return {**dict(zip("ABCD", turned, strict=True)), "s": brief.subject, "go": go, "ask": ask, "going": going}


def _question(
    frame: QuestionFrame, slots: dict[str, str], chair: str, names: Sequence[str], number: int
) -> DraftQuestion:
    courses = []
    for place, (label, noun) in enumerate(frame.courses):
        leaning = tuple(name for who, name in enumerate(names) if (who + number) % len(frame.courses) == place)
        courses.append(DraftCourse(label.format_map(slots), noun.format_map(slots), leaning))
    return DraftQuestion(capital(frame.text.format_map(slots)), frame.topics, tuple(courses), chair)


def _chosen(frames: Sequence[FactFrame], draws: Draws) -> list[FactFrame]:
    """Seven of the facts in their order; where there are more, chance leaves some out."""
    left = list(frames)
    while len(left) > 7:
        left.pop(draws.index(len(left)))
    return left


def _fact(frame: FactFrame, slots: dict[str, str], number: int) -> DraftFact:
    holders = () if frame.holders == "*" else tuple(dict.fromkeys(slots[one] for one in frame.holders))
    about = slots[frame.statement[1]] if frame.statement.startswith(("{A}", "{B}", "{C}", "{D}")) else ""
    statement = capital(frame.statement.format_map(slots))
    return DraftFact(statement, frame.handle, frame.topic, holders, number, frame.supports, frame.opposes, about)


def private(name: str, place: int) -> str:
    """Something that somebody knows of themselves."""
    return PRIVATE[place % len(PRIVATE)].format(name=name)


def _title(text: str) -> str:
    words = text.rstrip(".!?").split()
    return capital(" ".join(words[:8]) + (" ..." if len(words) > 8 else ""))


def _count(number: int) -> str:
    return next((capital(word) for word, value in _NUMBERS.items() if value == number), str(number))
