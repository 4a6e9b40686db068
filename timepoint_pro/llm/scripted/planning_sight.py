"""A scenario as the built-in planner reads it: who holds what, who leans where, and how to put it in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import field, frozen

from timepoint_pro.prompts.planning import FactView, PersonView, QuestionView, ScenarioView
from timepoint_pro.records.language import is_english

POINTING = frozenset((
    "it", "them", "they", "he", "she", "him", "her", "his", "its", "their", "this", "that", "we", "us", "our", "i",
    "me", "my", "you", "your",
))  # fmt: skip
SPEAKING = ("human", "ai")
FEWEST_WORDS = 4
COMPANY = 4
APART = 0.15
"""Leanings that lie nearer together than this, of 1, are no opposition [cal]."""


@frozen
class Sight:
    """One scenario at one place in the story.

    Args:
        scenario: as the prompt gives it.
        index: place in story order.
        question: what the moment turns on, or None.
    """

    scenario: ScenarioView
    index: int
    question: QuestionView | None
    _facts: dict[str, FactView] = field(init=False, eq=False, repr=False)
    _people: dict[str, PersonView] = field(init=False, eq=False, repr=False)
    speakers: tuple[str, ...] = field(init=False, eq=False, repr=False)
    """Ids of those who can speak, in order; of everyone where nobody can."""

    def __attrs_post_init__(self) -> None:
        people = self.scenario.people
        able = tuple(one.id for one in people if one.kind in SPEAKING)
        object.__setattr__(self, "_facts", {one.id: one for one in self.scenario.facts})
        object.__setattr__(self, "_people", {one.id: one for one in people})
        object.__setattr__(self, "speakers", able or tuple(one.id for one in people))

    @classmethod
    def of(cls, scenario: ScenarioView, index: int, questions: Sequence[str]) -> Sight:
        """The scenario at ``index``, where the first of ``questions`` is due."""
        due = next(iter(questions), "")
        return cls(scenario, index, next((one for one in scenario.questions if one.id == due), None))

    @property
    def decider(self) -> str:
        """Who decides the question; empty by agreement."""
        decides = self.question.decides if self.question is not None else ""
        return decides if decides in self._people else ""

    def fact(self, fact_id: str) -> FactView | None:
        """The fact of that id, or None."""
        return self._facts.get(fact_id)

    def name(self, entity: str) -> str:
        """Display name of ``entity``."""
        return self._people[entity].name if entity in self._people else entity

    def goals(self, entity: str) -> tuple[str, ...]:
        """What ``entity`` wants, each as a bare infinitive."""
        listed = self._people[entity].goals if entity in self._people else ()
        return tuple(softened(one.strip().rstrip(".").removeprefix("to ")) for one in listed if one.strip())

    def available(self) -> tuple[FactView, ...]:
        """Facts that have come in by this place and that not everybody holds, in the template's order."""
        speakers = frozenset(self.speakers)
        return tuple(
            one for one in self.scenario.facts
            if one.index <= self.index and 0 < len(speakers.intersection(one.holders)) < len(speakers)
        )  # fmt: skip

    def keepers(self, fact: FactView) -> tuple[str, ...]:
        """Those who hold a fact and can speak, in order."""
        return tuple([one for one in self.speakers if one in fact.holders])

    def without(self, fact: FactView) -> tuple[str, ...]:
        """Those who can speak and have yet to learn of the fact, who decides first; not whom it is about."""
        knowing = {*fact.holders, fact.subject}
        return tuple(sorted((one for one in self.speakers if one not in knowing), key=self._by_weight))

    def bears(self, fact: FactView) -> float:
        """How much a fact has to do with the question, in [0, 1]: its strongest bearing, or half for its topic."""
        if self.question is None:
            return 0.0
        weights = [abs(weight) for name, weight in fact.bearing if name.startswith(f"{self.question.id}/")]
        return max([0.5 if fact.topic and fact.topic in self.question.topics else 0.0, *weights])

    def leaning(self, entity: str, option: str) -> float:
        """How far somebody leans to an option of the question, in [-1, 1]."""
        leanings = self.question.leanings if self.question is not None else ()
        return next((weight for one, to, weight in leanings if (one, to) == (entity, option)), 0.0)

    def gap(self, one: str, other: str) -> float:
        """How far two people lean apart on an option of the question, in [0, 1]."""
        options = self.question.options if self.question is not None else ()
        gaps = (abs(self.leaning(one, option) - self.leaning(other, option)) / 2.0 for option, _ in options)
        return max(gaps, default=0.0)

    def furthest(self, people: Sequence[str]) -> tuple[str, ...]:
        """The two of ``people`` who lean furthest apart on the question; empty where nobody leans apart."""
        pairs = [(one, other) for place, one in enumerate(people) for other in people[place + 1 :]]
        pair = max(pairs, key=lambda two: self.gap(*two), default=())
        return pair if pair and self.gap(*pair) > APART else ()

    def handle(self, fact: FactView) -> str:
        """A noun phrase for a fact."""
        if fact.handle:
            return fact.handle
        keepers = self.keepers(fact)
        if is_sentence(fact.statement):
            return f"what {self.name(keepers[0])} knows" if keepers else "what nobody has told yet"
        return f"the point about \"{fact.statement.strip().rstrip('.')}\""

    def statement(self, fact: FactView) -> str:
        """A fact as a sentence; empty where the template gives a fragment only."""
        return sentence(fact.statement) if is_sentence(fact.statement) else ""

    def company(self, first: Iterable[str], rotate: int = 0) -> tuple[str, ...]:
        """Those named first, who decides, and others by turns: ``COMPANY`` in all, or all but one of a few."""
        chosen = list(dict.fromkeys(one for one in (*first, self.decider) if one in self._people))
        rest = [one for one in self.speakers if one not in chosen]
        turn = rotate % len(rest) if rest else 0
        size = min(COMPANY, len(self.speakers) - 1) if len(self.speakers) > 3 else COMPANY
        return tuple((*chosen, *rest[turn:], *rest[:turn])[: max(size, len(chosen))])

    def deed(self, label: str) -> str:
        """An option as it stands after "to" in an English sentence: quoted where it is in another language."""
        return label if is_english(self.scenario.language) else f'go for "{label}"'

    def whether(self) -> str:
        """The question as a clause, "whether to go or to stay"; empty where an option points outside itself."""
        assert self.question is not None
        if any(not POINTING.isdisjoint(label.casefold().split()) for _, label in self.question.options):
            return ""
        labels = [f"to {softened(self.deed(label))}" for _, label in self.question.options]
        return f"whether {', '.join(labels[:-1])} or {labels[-1]}" if len(labels) > 1 else f"whether {labels[0]}"

    def topic(self) -> str:
        """The question's first topic, else empty."""
        return self.question.topics[0] if self.question is not None and self.question.topics else ""

    def _stake(self, entity: str) -> float:
        leanings = self.question.leanings if self.question is not None else ()
        return round(max((abs(weight) for one, _, weight in leanings if one == entity), default=0.0), 1)

    def _by_weight(self, entity: str) -> tuple[bool, float]:
        return entity != self.decider, -self._stake(entity)


def softened(phrase: str) -> str:
    """The phrase as it stands inside a sentence: a capital goes unless the word keeps it elsewhere."""
    first = phrase.split(" ", 1)[0]
    plain = len(first) > 1 and first.replace("-", "").isalpha() and first[1:] == first[1:].lower()
    return phrase[0].lower() + phrase[1:] if plain else phrase


def sentence(text: str) -> str:
    """The text with a capital first and a full stop last."""
    trimmed = " ".join(text.split())
    if not trimmed:
        return ""
    return trimmed[0].upper() + trimmed[1:] + ("" if trimmed[-1] in ".!?" else ".")


def is_sentence(text: str) -> bool:
    """Whether a text is long enough to be a whole statement."""
    return len(text.split()) >= FEWEST_WORDS


def said(*parts: str) -> str:
    """Sentences in a row, the empty ones left out."""
    return " ".join(sentence(part) for part in parts if part)


def named(names: Sequence[str]) -> str:
    """Names in a row: "Ada, Ben and Cy"."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
