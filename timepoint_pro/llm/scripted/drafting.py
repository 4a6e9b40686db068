"""The built-in model's drafts: a template from a sentence, by pattern.

The sentence is read for people (names, roles, counts, kinship), for the occasion, for the place and for what is open;
see ``drafting_reading`` and ``drafting_question``. What it does not say comes from the occasion's usual roles and from
facts that pull in different directions. It understands English; from any other language it keeps the sentence and
drafts a general meeting.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from timepoint_pro.llm.scripted.drafting_facts import PRIVATE, FactFrame, QuestionFrame, questions
from timepoint_pro.llm.scripted.drafting_question import what_is_open
from timepoint_pro.llm.scripted.drafting_reading import BORN, KIN, NUMBERS, Brief, Part, read
from timepoint_pro.llm.scripted.drafting_words import roles
from timepoint_pro.llm.scripted.person import capital
from timepoint_pro.llm.scripted.population_words import FAMILY, GIVEN
from timepoint_pro.prompts.drafting import Draft, DraftContext, DraftCourse, DraftFact, DraftPerson, DraftQuestion
from timepoint_pro.records.draws import Draws

_SHE = frozenset((
    "Abeni", "Aiko", "Alma", "Anneke", "Asha", "Beatriz", "Bronwen", "Catalina", "Dagny", "Devika", "Edda", "Estelle",
    "Fatou", "Fiona", "Gulsen", "Hana", "Ilse", "Ines", "Jorunn", "Kamala", "Leila", "Lucia", "Maja", "Mei", "Milena",
    "Nadia", "Oksana", "Orla", "Petra", "Renata", "Rosalind", "Sanna", "Soraya", "Tamsin", "Uma", "Wanjiru", "Yara",
    "Zofia",
))  # fmt: skip
_YEARS_A_GENERATION = 26


def draft(context: DraftContext, draws: Draws) -> Draft:
    """The draft of a template."""
    text = " ".join(context.description.split())
    brief = read(text)
    people = _people(brief.parts, draws)
    names = [one.name for one in people]
    brief = evolve(brief, open=what_is_open(text, tuple(names)))
    asked, facts = [], []
    for number, frame in enumerate(questions()):
        slots = _slots(brief, names, number)
        chair = names[0] if number != 1 else ""
        asked.append(_question(frame, slots, chair, names, number))
        facts += [_fact(one, slots, number) for one in _chosen(frame.facts, draws)]
    sentence = capital(text if text[-1:] in ".!?…。؟" else f"{text}.")
    scenario = f"{sentence} {_count(len(people))} people have to settle it, and each of them knows something else."
    resolution = brief.occasion.resolution
    return Draft(_title(text), scenario, brief.location, resolution, people, tuple(asked), tuple(facts))


def _people(parts: Sequence[Part], draws: Draws) -> tuple[DraftPerson, ...]:
    """One person for each part; first letters differ as long as there are letters, a family has one surname."""
    people: list[DraftPerson] = []
    letters = {part.name[0] for part in parts if part.name}
    surnames: set[str] = set()
    shared = draws.choice(FAMILY) if any(part.kin for part in parts) else ""
    youngest = 0.0
    for place, part in enumerate(parts):
        role, before = roles()[part.role], [one.role for one in parts[:place]].count(part.role)
        name = part.name
        if not name:
            sex = KIN[part.kin][1] if part.kin else ""
            fitting = [one for one in GIVEN if not sex or (one in _SHE) == (sex == "f")]
            taken = {one.name.split()[0] for one in people}
            fresh = [one for one in fitting if one not in taken] or fitting
            given = draws.choice([one for one in fresh if one[0] not in letters] or fresh)
            family = shared if part.kin else draws.choice(
                [one for one in FAMILY if one not in surnames and one[0] != given[0] and one != shared]
            )
            letters.add(given[0])
            surnames.add(family)
            name = f"{given} {family}"
        elif part.kin and " " not in name:
            name = f"{name} {shared}"
        age = float(28 + draws.index(38))
        if part.kin:
            age = _age(part, parts, place, youngest, draws)
            youngest = age
        people.append(
            DraftPerson(
                name,
                part.label or role.name,
                role.archetype,
                role.traits[before % 2 :] or role.traits,
                role.wants[before % 2 :] or role.wants,
                "" if before else role.says,
                age,
            )
        )
    return tuple(people)


def _age(part: Part, parts: Sequence[Part], place: int, before: float, draws: Draws) -> float:
    """Years of somebody of a family: a generation apart from the others, and one after the other within one."""
    first = next(one for one in parts if one.kin)
    if part is first and not any(one.kin for one in parts[:place]):
        return float(44 + _YEARS_A_GENERATION * max(0, KIN[part.kin][0] - 1) + draws.index(16)) + (
            12.0 if KIN[part.kin][0] > 0 else 0.0
        )
    last = next(one for one in reversed(parts[:place]) if one.kin)
    apart = KIN[part.kin][0] - KIN[last.kin][0]
    if {KIN[part.kin][0], KIN[last.kin][0]} == {1, -1}:
        apart //= 2  # a father's daughter is of the generation below his
    if apart:
        return max(6.0, before + _YEARS_A_GENERATION * apart + draws.index(4))
    return max(4.0, before - (0 if part.kin == "twin" else 2 + draws.index(3) if part.kin in BORN else draws.index(4)))


def _slots(brief: Brief, names: Sequence[str], number: int) -> dict[str, str]:
    """Slot values; people take turns in the parts of the facts, so that everybody holds some."""
    turned = [names[(place + number) % len(names)] for place in range(4)]
    found = brief.open
    usual = (("act on it now", "acting now"), ("try it in a small way first", "a small trial"),
             ("leave things as they are", "things as they are"))
    late = ("leave it open until more is known", "an open verdict")
    courses = list(found.courses)
    if found.courses and found.courses[0][0].startswith(("hold that", "agree that")):
        courses.append(late)
    courses = [*courses, *(one for one in usual[min(len(courses), 1):] if one not in courses)][:3]
    (go, going), (other, othering), (third, thirding) = courses
    return {
        **dict(zip("ABCD", turned, strict=True)), "s": found.subject, "k": found.noun, "ask": found.text, "go": go,
        "going": going, "other": other, "othering": othering, "third": third, "thirding": thirding,
    }  # fmt: skip


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
    handle = frame.handle.format_map(slots)
    return DraftFact(statement, handle, frame.topic, holders, number, frame.supports, frame.opposes, about)


def private(name: str, place: int, description: str) -> str:
    """Something that somebody knows of themselves, to do with what is described."""
    return PRIVATE[place % len(PRIVATE)].format(name=name, k=what_is_open(description, ()).noun)


def _title(text: str) -> str:
    words = text.rstrip(".!?").split()
    return capital(" ".join(words[:8]) + (" ..." if len(words) > 8 else ""))


def _count(number: int) -> str:
    return next((capital(word) for word, value in NUMBERS.items() if value == number), str(number))
