"""Interventions as values: what is set otherwise at the start of a moment, and the moment that this makes.

``Intervention`` says what; ``resolved`` finds the option, item and people that its words mean; ``intervened`` is the
moment as it begins under it. M12 turns the rest into log events when the moment is played.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Self

from attrs import evolve, frozen

from timepoint_pro.errors import UsageError
from timepoint_pro.formulas.text import words
from timepoint_pro.records.entity import Entity
from timepoint_pro.records.knowledge import Item, item_id
from timepoint_pro.records.naming import entity_id
from timepoint_pro.records.timepoint import News, Option, Question, Timepoint

Kind = Literal["decision", "state", "exposure", "presence", "relationship"]

EVERYONE = "*"
ARTICLES = frozenset(("a", "an", "the", "to"))
DECIDED_IMPORTANCE, DECIDED_BEARING = 0.8, 0.8
STATED_IMPORTANCE = 0.6
SLUG_WORDS = 3
_RANGES = {
    "valence": (-1.0, 1.0), "arousal": (0.0, 1.0), "energy": (0.0, 100.0), "trust": (-1.0, 1.0),
    "affinity": (-1.0, 1.0), "power": (-1.0, 1.0),
}  # fmt: skip


@frozen
class Intervention:
    """One thing set otherwise. Make it by ``decision``, ``state``, ``exposure``, ``presence`` or ``relationship``.

    Args:
        kind: what is set.
        entity: whose; ``"*"``, in an exposure, for everyone present.
        words: of a decision or an exposure, as given; a decision's are a verb phrase in the bare infinitive.
        other: towards whom, of a relationship.
        present: whether the entity is there, of a presence.
        valence, arousal, energy: of a state, in [-1, 1], [0, 1] and [0, 100]; None leaves it.
        trust, affinity, power: of a relationship, each in [-1, 1]; None leaves it.
        question, option: what a decision settles, once ``resolved``; empty where its words fit no option.
        item: what an exposure or a decision makes known, once ``resolved``.
    """

    kind: Kind
    entity: str
    words: str = ""
    other: str = ""
    present: bool = True
    valence: float | None = None
    arousal: float | None = None
    energy: float | None = None
    trust: float | None = None
    affinity: float | None = None
    power: float | None = None
    question: str = ""
    option: str = ""
    item: Item | None = None

    @classmethod
    def decision(cls, entity: str, words_or_option: str) -> Self:
        """``entity`` has decided: an option's id, label or noun, or words such as ``"delay the launch"``."""
        return cls("decision", entity, _stated("decision", words_or_option))

    @classmethod
    def state(
        cls, entity: str, *, valence: float | None = None, arousal: float | None = None, energy: float | None = None
    ) -> Self:
        """``entity`` feels and is rested like this: valence in [-1, 1], arousal in [0, 1], energy in [0, 100]."""
        _check("state", valence=valence, arousal=arousal, energy=energy)
        return cls("state", entity, valence=valence, arousal=arousal, energy=energy)

    @classmethod
    def exposure(cls, entity: str, statement_or_item: str) -> Self:
        """``entity`` (``"*"``: everyone present) comes to know a fact, by its id or handle, or a whole sentence."""
        return cls("exposure", entity, _stated("exposure", statement_or_item))

    @classmethod
    def presence(cls, entity: str, present: bool) -> Self:
        """``entity`` is there, or is not."""
        return cls("presence", entity, present=bool(present))

    @classmethod
    def relationship(
        cls, a: str, b: str, *, trust: float | None = None, affinity: float | None = None, power: float | None = None
    ) -> Self:
        """How ``a`` stands to ``b``, each value in [-1, 1]."""
        _check("relationship", trust=trust, affinity=affinity, power=power)
        return cls("relationship", a, other=b, trust=trust, affinity=affinity, power=power)


@frozen
class Knowable:
    """What the words of interventions may mean.

    Args:
        people: those who exist, by id.
        items: what has been stated, and the template's facts, by id.
        questions: the moment's own first, then the others of the template.
    """

    people: Mapping[str, Entity]
    items: Mapping[str, Item]
    questions: Sequence[Question] = ()

    def entity(self, name: str) -> str:
        """Id of who has that id or name; see ``records.naming.entity_id``, which it raises the errors of."""
        return entity_id(tuple(self.people.values()), name)

    def option(self, said: str) -> tuple[Question, Option] | None:
        """The option that these words mean: by id, label or noun, else the only one that holds all of them."""
        folded = _plain(said)
        for question in self.questions:
            for option in question.options:
                if said == option.id or folded in (_plain(option.label), _plain(option.noun)):
                    return question, option
        for question in self.questions:
            meant = set(folded)
            fits = [one for one in question.options if meant and meant <= {*_plain(one.label), *_plain(one.noun)}]
            if len(fits) == 1:
                return question, fits[0]
        return None

    def item(self, said: str) -> Item | None:
        """The item of that id, handle or content."""
        if said in self.items:
            return self.items[said]
        folded = said.casefold().rstrip(".!?")
        for item in self.items.values():
            if folded in (item.handle.casefold(), item.content.casefold().rstrip(".!?")):
                return item
        return None


def resolved(intervention: Intervention, knowable: Knowable) -> Intervention:
    """The intervention with ids in the place of names, and with the option and item that its words mean.

    Raises:
        UnknownNameError: it names somebody who does not exist.
    """
    if intervention.entity == EVERYONE and intervention.kind == "exposure":
        entity = EVERYONE
    else:
        entity = knowable.entity(intervention.entity)
    if intervention.kind == "relationship":
        return evolve(intervention, entity=entity, other=knowable.entity(intervention.other))
    if intervention.kind == "decision":
        return _decided(evolve(intervention, entity=entity), knowable)
    if intervention.kind == "exposure":
        found = knowable.item(intervention.words) or _statement(intervention.words, knowable.questions)
        return evolve(intervention, entity=entity, item=found)
    return evolve(intervention, entity=entity)


def intervened(moment: Timepoint, interventions: Iterable[Intervention], people: Mapping[str, Entity]) -> Timepoint:
    """The moment as it begins under these (resolved) interventions.

    Who is present changes; a decision leaves its question with one option, and is announced; so is who stays away.
    """
    for one in interventions:
        if one.kind == "presence":
            moment = _with_presence(moment, one, people)
        elif one.item is not None and (one.kind == "decision" or one.entity == EVERYONE):
            # Everyone present witnesses it, so that the circumstance gives nothing away.
            moment = evolve(moment, circumstance=_joined(moment.circumstance, one.item.content))
            question = moment.question
            if question is not None and question.id == one.question and one.kind == "decision":
                chosen = tuple(option for option in question.options if option.id == one.option)
                text = f"What follows from the decision to {one.words}?"
                left = evolve(question, text=text, options=chosen, decides=one.entity)
                moment = evolve(moment, question=left)
    return moment


def described(intervention: Intervention, people: Mapping[str, Entity]) -> str:
    """The intervention as one sentence."""
    name = "everyone present" if intervention.entity == EVERYONE else people[intervention.entity].name
    if intervention.kind == "presence":
        return f"{name} is {'there' if intervention.present else 'not there'}."
    if intervention.kind == "decision" and intervention.item is not None:
        return intervention.item.content
    if intervention.kind == "exposure" and intervention.item is not None:
        return f"{name[0].upper()}{name[1:]} learns: {intervention.item.content}"
    fields = ("valence", "arousal", "energy") if intervention.kind == "state" else ("trust", "affinity", "power")
    given = [(field, getattr(intervention, field)) for field in fields]
    values = [f"{field} {value:g}" for field, value in given if value is not None]
    to = f" to {people[intervention.other].name}" if intervention.other else ""
    return f"{name} stands{to} with {', '.join(values)}." if to else f"{name} has {', '.join(values)}."


def slug(interventions: Sequence[Intervention]) -> str:
    """A short name for the branch that these make: letters, digits and hyphens."""
    first = interventions[0]
    said = {
        "decision": first.option or " ".join(_plain(first.words)[:SLUG_WORDS]),
        "state": f"{first.entity} state",
        "exposure": f"{'all' if first.entity == EVERYONE else first.entity} told",
        "presence": f"{first.entity} {'there' if first.present else 'absent'}",
        "relationship": f"{first.entity} {first.other}",
    }[first.kind]
    return re.sub(r"[^a-z0-9]+", "-", said.casefold()).strip("-") or first.kind


def _decided(intervention: Intervention, knowable: Knowable) -> Intervention:
    found = knowable.option(intervention.words)
    label = found[1].deed or found[1].id if found is not None else " ".join(intervention.words.split()).rstrip(".!?")
    label = label.removeprefix("to ")
    content = f"{knowable.people[intervention.entity].name} decided to {label}."
    bearing: tuple[tuple[str, float], ...] = ()
    topic = ""
    if found is not None:
        question, option = found
        bearing = ((f"{question.id}/{option.id}", DECIDED_BEARING),)
        topic = question.topics[0] if question.topics else ""
    item = Item(
        item_id(content), content, "decision", f"the decision to {label}", topic, intervention.entity, bearing,
        DECIDED_IMPORTANCE,
    )  # fmt: skip
    if found is None:
        return evolve(intervention, words=label, item=item)
    return evolve(intervention, words=label, question=found[0].id, option=found[1].id, item=item)


def _statement(said: str, questions: Sequence[Question]) -> Item:
    content = " ".join(said.split())
    content = content if content[-1] in ".!?…。！？؟" else f"{content}."
    content = content[0].upper() + content[1:]
    topic = questions[0].topics[0] if questions and questions[0].topics else ""
    return Item(item_id(content), content, topic=topic, importance=STATED_IMPORTANCE)


def _with_presence(moment: Timepoint, one: Intervention, people: Mapping[str, Entity]) -> Timepoint:
    name = people[one.entity].name
    if one.present == (one.entity in moment.present):
        return moment
    if one.present:
        present, said = (*moment.present, one.entity), f"{name} is there too."
    else:
        present = tuple(other for other in moment.present if other != one.entity)
        said = f"{name} is not there."
    news = tuple(_seen_by(each, moment.present, present) for each in moment.news)
    return evolve(moment, present=present, news=news, circumstance=_joined(moment.circumstance, said))


def _seen_by(news: News, before: tuple[str, ...], present: tuple[str, ...]) -> News:
    """What everyone present was to witness is witnessed by those who are present now."""
    return evolve(news, holders=present) if news.how == "witnessed" and news.holders == before else news


def _joined(text: str, more: str) -> str:
    return f"{text} {more}".strip()


def _plain(text: str) -> tuple[str, ...]:
    return tuple(word for word in words(text) if word not in ARTICLES)


def _stated(kind: str, said: str) -> str:
    if not isinstance(said, str) or not words(said):
        raise UsageError(f"{kind}: expected words, found {said!r}")
    return said


def _check(kind: str, **values: float | None) -> None:
    for name, value in values.items():
        low, high = _RANGES[name]
        if value is not None and not (isinstance(value, (int, float)) and low <= value <= high):
            raise UsageError(f"{kind}: {name}: expected a number from {low:g} to {high:g}, found {value!r}")
    if all(value is None for value in values.values()):
        raise UsageError(f"{kind}: nothing is set; give one of {', '.join(values)}")
