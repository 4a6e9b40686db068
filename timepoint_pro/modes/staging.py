"""From a proposal to a moment that can be played: who is there, when, what they witness, what becomes known.

Only the circumstance and the news reach prompts. The circumstance passes the guard of ``premise``; news are the
template's own facts, readings, and the circumstance itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from attrs import frozen

from timepoint_pro.modes.base import Drawing
from timepoint_pro.modes.clock import Clock
from timepoint_pro.modes.premise import CircumstanceCut, Guard, is_statement, listed, sentences, whole, words_of
from timepoint_pro.modes.readings import QuantityRead, drifted, figure, reading_news
from timepoint_pro.modes.scenario import SPEAKING_KINDS, Scenario
from timepoint_pro.prompts.planning import FactView, MomentProposal, PersonView
from timepoint_pro.prompts.planning_text import MOST_PRESENT
from timepoint_pro.records.event import Event
from timepoint_pro.records.knowledge import Item, item_id
from timepoint_pro.records.timepoint import News, Question
from timepoint_pro.templates.metadata import FactEntry
from timepoint_pro.templates.vocabulary import EVERYONE

LEAST_PRESENT = 2
WITNESSED_IMPORTANCE = 0.2
CUT_TITLE = "A meeting"
DEICTIC = frozenset((
    "ago", "before", "now", "today", "tonight", "yesterday", "tomorrow", "hour", "hours", "day", "end", "yet", "this",
    "here", "these", "first", "last", "list", "question",
))  # fmt: skip
"""Words that tie a sentence to the moment in which it is said."""


@frozen
class Staging:
    """Everything that stays the same while the moments of one plan are staged.

    Args:
        scenario: of the template.
        people: everyone who may take part, in order.
        facts: of the scenario, with who holds them.
        clock: the run's.
        outcome: what no scene before the last may hold; empty where there is none.
        most: most who are present, 1 or more; None: ``MOST_PRESENT``, and whatever belongs to the place besides.
    """

    scenario: Scenario
    people: tuple[PersonView, ...]
    facts: tuple[FactView, ...]
    clock: Clock
    outcome: str = ""
    most: int | None = None

    def attendance(
        self, proposed: Iterable[str], decides: str, unseen: Sequence[str], left: int
    ) -> tuple[str, ...]:
        """Who is present, in order of introduction: ``LEAST_PRESENT`` who can speak, ``MOST_PRESENT`` at most.

        Args:
            proposed: entity ids, the most important first.
            decides: entity id of who decides the question; always present. May be empty.
            unseen: those who have not been present yet.
            left: moments still to come, this one counted: whoever is unseen is spread over them.
        """
        most = MOST_PRESENT if self.most is None else min(self.most, MOST_PRESENT)
        order = [one.id for one in self.people]
        speaking = [one.id for one in self.people if one.kind in SPEAKING_KINDS]
        chosen = [one for one in dict.fromkeys((decides, *proposed)) if one in order][:most]
        waiting = [one for one in unseen if one not in chosen and one not in self.residents]
        for one in (*waiting, *speaking):
            if sum(present in speaking for present in chosen) >= min(LEAST_PRESENT, len(speaking), most):
                break
            if one in speaking and one not in chosen:
                chosen.append(one)
        waiting = [one for one in waiting if one not in chosen]
        share = min(math.ceil(len(waiting) / max(1, left)), most - 1)
        newcomers = waiting[:share]
        keep = chosen[: most - len(newcomers)]
        there = {*keep, *newcomers}
        room = None if self.most is None else max(0, self.most - len(there))
        there.update([one for one in self.residents if one not in there][:room])
        return tuple(one for one in order if one in there)

    @property
    def residents(self) -> tuple[str, ...]:
        """What belongs to the place of the scenes and has no words: it is there whoever comes."""
        place = self.scenario.location.casefold()
        return tuple(
            one.id for one in self.people
            if one.kind not in SPEAKING_KINDS and place and one.location.casefold() == place
        )  # fmt: skip

    def guard(self, present: Sequence[str], index: int, later: Sequence[MomentProposal] = ()) -> Guard:
        """What a circumstance of moment ``index`` with these ``present`` must not give away.

        Args:
            present: entity ids.
            index: place of the moment in story order.
            later: what later moments are made from.
        """
        here = frozenset(present)
        private: list[FactView] = []
        shared: list[FactView] = []
        for fact in self.facts:
            (shared if fact.index <= index and here.issubset(fact.holders) else private).append(fact)
        known = (f"{fact.statement} {fact.handle}" for fact in shared)
        guard = Guard.of((*self.scenario.public_words(self.people), *known))
        guard = guard.forbidding("outcome", (self.outcome,))
        guard = guard.forbidding("later premise", (one.description for one in later))
        guard = guard.marking(text for one in later for text in (one.title, one.circumstance))
        guard = guard.forbidding("private fact", (fact.statement for fact in private))
        return guard.hiding(fact.handle for fact in private)

    def circumstance(
        self, timepoint_id: str, proposed: str, guard: Guard, present: Sequence[str], question: Question | None
    ) -> tuple[str, tuple[Event, ...]]:
        """The proposed circumstance as far as it may be shown, and the record of what was cut."""
        kept, because, cut = guard.clear(whole(proposed))
        if any(is_statement(sentence) for sentence in sentences(kept)):
            shown = kept
        else:
            shown = self.plain(present, question)
        events = (CircumstanceCut(timepoint_id, shown, because, cut),) if cut else ()
        return shown, events

    def plain(self, present: Sequence[str], question: Question | None) -> str:
        """A circumstance that gives nothing away: who is where, and whether anything is due."""
        names = listed([one.name for one in self.people if one.id in present])
        verb = "is" if len(present) == 1 else "are"
        place = f" in the {self.scenario.location}" if self.scenario.location else " together"
        if question is None:
            return f"{names} {verb}{place}, and there is time to talk."
        return f"{names} {verb}{place}, and something has to be settled before they part."

    def title(self, proposed: str, guard: Guard, question: Question | None) -> str:
        """The proposed title, or a plain one where it gives something away."""
        trimmed = " ".join(proposed.split()).rstrip(".")
        if trimmed and not guard.reasons(trimmed):
            return trimmed
        return question.text if question is not None else CUT_TITLE

    def news(
        self,
        index: int,
        at: float,
        present: Sequence[str],
        circumstance: str,
        question: Question | None,
        readings: dict[str, tuple[float, float]],
        ctx: Drawing,
    ) -> tuple[tuple[News, ...], tuple[Event, ...]]:
        """What becomes known at the start of a moment, and the readings taken.

        Args:
            index: place of the moment in story order.
            at: story time in hours since the start.
            present: entity ids.
            circumstance: as it is shown.
            question: of the moment.
            readings: last reading of each quantity, moved on here.
            ctx: for the chance part of the readings.
        """
        entering = self.entering(index, index) if index else ()
        taken: list[News] = []
        events: list[Event] = []
        for quantity in self.scenario.quantities:
            draws = ctx.rng(quantity.id, "reading", str(index))
            value = drifted(quantity, readings.get(quantity.id), at, draws)
            readings[quantity.id] = (at, value)
            events.append(QuantityRead(quantity.id, at, value))
            stated = figure(value, value)
            known = any(stated in fact.statement for fact in self.scenario.facts if (fact.enters or 0) <= index)
            if at > 0 or not known:
                taken.append(
                    reading_news(quantity, value, self.clock.says(at), present, self.scenario.questions)
                )
        witnessed = _witnessed(circumstance, self._meeting(present, at), present, question)
        return (*entering, *taken, *witnessed), tuple(events)

    def entering(self, first: int, last: int) -> tuple[News, ...]:
        """The facts that enter from moment ``first`` to moment ``last``, as news for their first holders."""
        everyone = tuple(one.id for one in self.people)
        entering = (fact for fact in self.scenario.facts if fact.enters and first <= fact.enters <= last)
        return tuple(_entering(fact, everyone) for fact in entering)

    def _meeting(self, present: Sequence[str], at: float) -> str:
        """Who met where and when; what has no words is left out, unless nobody has any."""
        there = [one for one in self.people if one.id in present]
        names = [one.name for one in there if one.kind in SPEAKING_KINDS] or [one.name for one in there]
        place = f" in the {self.scenario.location}" if self.scenario.location else ""
        return f"{listed(names)} {'was there' if len(names) == 1 else 'met'}{place} {self.clock.says(at)}."


def fact_item(fact: FactEntry) -> Item:
    """A fact of the template as something that can be held."""
    bearing = tuple(
        (f"{question}/{option}", weight)
        for question, options in fact.bearing.items()
        for option, weight in options.items()
    )
    return Item(
        fact.id, whole(fact.statement), "fact", fact.handle, fact.topic, fact.subject, bearing, fact.importance
    )


def _entering(fact: FactEntry, everyone: tuple[str, ...]) -> News:
    item = fact_item(fact)
    holders = (EVERYONE,) if EVERYONE in fact.known_by else fact.known_by
    if fact.source in everyone:
        return News(item, holders, "told", fact.source, fact.confidence)
    return News(item, holders, "witnessed" if fact.source == "witnessed" else "learned", fact.source, fact.confidence)


def _witnessed(circumstance: str, meeting: str, present: Sequence[str], question: Question | None) -> tuple[News, ...]:
    """What everyone present witnesses, as a statement that still makes sense later.

    The sentence of the circumstance that says most; where all of them point at their own moment ("an hour ago"), the
    meeting itself.
    """
    lasting = (one for one in sentences(circumstance) if is_statement(one) and DEICTIC.isdisjoint(words_of(one)))
    statement = max(lasting, key=len, default=meeting)
    topic = question.topics[0] if question is not None and question.topics else ""
    item = Item(item_id(statement), statement, topic=topic, importance=WITNESSED_IMPORTANCE)
    return (News(item, tuple(present), "witnessed", "scene", 1.0),)
