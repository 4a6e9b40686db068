"""What a speaker makes of the moment before they speak: the context of a turn, sorted by use.

``Reading`` is built once a turn and answers the questions that the discourse plan asks: what may I tell, what may
I name, which course am I for, what was said that waits for a reaction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from timepoint_pro.llm.scripted.person import call_name
from timepoint_pro.prompts.dialog import KnownItem, OptionView, Relation, Said, TurnContext

STRONG = 0.55
CLEAR = 0.1
DECIDED = 0.75
WEAK = 0.25
DECISIONS = ("decision", "agreement", "plan")


class Reading:
    """A turn's context, sorted. All lists keep the order of the context unless they say otherwise."""

    __slots__ = (
        "asked_of_all", "asked_of_me", "best", "citable", "context", "items", "last", "me", "name_words", "names",
        "options", "others", "pending", "phase", "reply", "second", "shareable", "shared_names", "stood", "ties",
        "told", "withheld",
    )  # fmt: skip

    def __init__(self, context: TurnContext) -> None:
        self.context = context
        self.me = me = context.speaker.id
        self.told = frozenset(context.told)
        self.withheld = frozenset(context.inner.withheld)
        self.items = {item.id: item for item in context.knows}
        self.names, self.name_words = called(context.setting.present)
        self.shared_names = namesakes(context.setting.present)
        self.others = tuple(one for one, _, _ in context.setting.present if one != me)
        self.ties = {tie.other: tie for tie in context.relations}
        self.phase = context.position / max(1, context.limit)
        self.last: Said | None = context.recent[-1] if context.recent else None
        self._sort_items()
        self._sort_options()
        self._sort_speech()

    def _sort_items(self) -> None:
        matter = self.context.matter
        topics = frozenset(topic.casefold() for topic in matter.topics) if matter else frozenset()
        shareable: list[tuple[float, int, KnownItem]] = []
        citable: list[KnownItem] = []
        for number, item in enumerate(self.context.knows):
            if item.id in self.withheld:
                continue
            if item.common or item.id in self.told:
                if item.handle:
                    citable.append(item)
            elif item.category != "question" and not self._took_part(item, self.others):
                shareable.append((-relevance(item, topics), number, item))
        newest = self._newest()
        shareable = [one for one in shareable if newest.get(series(one[2].content), one[2].since) <= one[2].since]
        shareable.sort(key=_first_two)
        self.shareable = tuple(item for _, _, item in shareable)
        self.citable = tuple(citable)

    def _newest(self) -> dict[str, float]:
        """When the newest reading of each series was taken that the speaker holds: an older one is no news then."""
        found: dict[str, float] = {}
        for item in self.context.knows:
            name = series(item.content)
            if name:
                found[name] = max(item.since, found.get(name, item.since))
        return found

    def _took_part(self, item: KnownItem, listeners: Iterable[str]) -> bool:
        """Whether an item is a decision that every listener took or is named in: no news to any of them."""
        if item.category not in DECISIONS:
            return False
        full = {one: name for one, name, _ in self.context.setting.present}
        return all(one == item.subject or full[one] in item.content for one in listeners)

    def is_news_to(self, other: str, item: KnownItem) -> bool:
        """Whether an item may be told to somebody as news: it is no decision of their own."""
        return not self._took_part(item, (other,))

    def _sort_options(self) -> None:
        matter = self.context.matter
        self.options: tuple[OptionView, ...] = matter.options if matter else ()
        ranked = sorted(self.options, key=_lean, reverse=True)
        self.best: OptionView | None = ranked[0] if ranked else None
        self.second: OptionView | None = ranked[1] if len(ranked) > 1 else None
        self.stood = {
            option.id: (self.me in option.supporters) - (self.me in option.opposers) for option in self.options
        }
        self.pending = tuple(
            option
            for option in self.options
            if self.stands(option) and option.proposed_by != self.me and not self.stood[option.id]
        )

    def stands(self, option: OptionView) -> bool:
        """Whether an option was proposed and its proposer has not left it since for another."""
        by = option.proposed_by
        if not by or by in option.opposers:
            return False
        held = self.course_of(by)
        return held is None or held is option

    def _sort_speech(self) -> None:
        context, me = self.context, self.me
        asked = [question for question in context.questions if question.asker != me]
        self.asked_of_me = tuple(question for question in asked if me in question.addressed_to)
        self.asked_of_all = tuple(question for question in asked if not question.addressed_to)
        self.reply: Said | None = None
        for said in reversed(context.recent):
            if said.speaker == me:
                break
            if said.turn_id == context.answering or me in said.addressed_to:
                self.reply = said
                break
        if self.reply is None and self.last is not None and self.last.speaker != me:
            self.reply = self.last

    def name(self, entity: str) -> str:
        """What the speaker calls somebody."""
        return self.names.get(entity, entity)

    def trust(self, entity: str) -> float:
        """Trust towards somebody present, in [-1, 1]; the mean over all of them for an empty id."""
        if entity:
            tie = self.ties.get(entity)
            return tie.trust if tie else 0.0
        ties = self.context.relations
        return sum(tie.trust for tie in ties) / len(ties) if ties else 0.0

    def closest(self, entities: Iterable[str]) -> Relation | None:
        """The most trusted of some."""
        ties = [self.ties[one] for one in entities if one in self.ties]
        return max(ties, key=_trust) if ties else None

    def option(self, name: str) -> OptionView | None:
        """An option of the scene's question by id."""
        return next((option for option in self.options if option.id == name), None)

    def about(self, topic: str, items: Iterable[KnownItem]) -> tuple[KnownItem, ...]:
        """Those of ``items`` that belong to a topic, by its name or by its words in the statement."""
        folded = topic.casefold()
        named = tuple(item for item in items if item.topic.casefold() == folded)
        if named or not folded:
            return named
        return tuple(item for item in items if not item.topic and folded in item.content.casefold())

    def speaks(self, item: KnownItem, option: OptionView | None) -> float:
        """How far an item speaks for an option, in [-1, 1]; 0 where nothing is known."""
        if option is None:
            return 0.0
        for name, weight in item.bearing:
            if name == option.id:
                return weight
        return 0.0

    def argument(self, items: Iterable[KnownItem], option: OptionView, sign: float) -> KnownItem | None:
        """The item that speaks most for (+1) or against (-1) an option, if any does at all clearly."""
        best, weight = None, CLEAR
        for item in items:
            if item.category in DECISIONS and option.label in item.content:
                continue  # that it was decided once is no reason for it
            bearing = sign * self.speaks(item, option)
            if bearing > weight:
                best, weight = item, bearing
        return best

    @property
    def topic(self) -> str:
        """What the scene is about in a word; empty without a question."""
        matter = self.context.matter
        return matter.topics[0] if matter is not None and matter.topics else ""

    def question_topics(self) -> tuple[str, ...]:
        """Topics that somebody asked for in the turns that are remembered."""
        matter = self.context.matter
        if matter is None:
            return ()
        asked = " ".join(
            said.content for said in self.context.recent if said.act in ("question", "open") and "?" in said.content
        ).casefold()
        return tuple(topic for topic in matter.topics if topic.casefold() in asked)

    def named_item(self, words: str) -> KnownItem | None:
        """The item that some folded words name by its handle."""
        return next((item for item in self.context.knows if item.handle and item.handle.casefold() in words), None)

    def heard_with(self, turn_id: str) -> KnownItem | None:
        """The item that a remembered turn told, where it can be named."""
        shared = next((said.shared for said in self.context.recent if said.turn_id == turn_id), ())
        item = self.items.get(shared[-1]) if shared else None
        return item if item is not None and item in self.citable else None

    def told_just_now(self) -> bool:
        """Whether the last two turns each told something."""
        lately = self.context.recent[-2:]
        return len(lately) == 2 and all(said.shared for said in lately)

    def course(self) -> OptionView | None:
        """The option that the speaker was for by their last word in the turns that are remembered."""
        return self.course_of(self.me)

    def course_of(self, entity: str) -> OptionView | None:
        """The option that somebody was for by their last word in the turns that are remembered."""
        for said in reversed(self.context.recent):
            if said.speaker == entity and said.option and said.act in ("propose", "support", "concede", "answer"):
                return self.option(said.option)
        return None

    def heads(self, option: OptionView) -> int:
        """How many of the others are for an option by their last word."""
        return sum(1 for one in self.others if self.is_for(one, option))

    def is_for(self, entity: str, option: OptionView) -> bool:
        """Whether somebody is for an option by their last word."""
        held = self.course_of(entity)
        return held is option if held is not None else entity in option.supporters

    def own_turns(self, *acts: str) -> int:
        """How many of the remembered turns are the speaker's and do one of ``acts``."""
        return sum(1 for said in self.context.recent if said.speaker == self.me and said.act in acts)


@lru_cache(maxsize=256)
def called(present: tuple[tuple[str, str, str], ...]) -> tuple[Mapping[str, str], frozenset[str]]:
    """What each of those present is called, the whole name where two would be called the same; and all name words."""
    short = {one: call_name(name) for one, name, _ in present}
    shared = list(short.values())
    names = {one: name if shared.count(short[one]) > 1 else short[one] for one, name, _ in present}
    return names, frozenset(word for _, name, _ in present for word in (name, *name.split()))


_READING = re.compile(r"(The [^.;:]+?) is [^A-Za-z]*\d[^.]* at \d\d:\d\d")


@lru_cache(maxsize=8192)
def series(content: str) -> str:
    """What a statement is a reading of ("The CO2 left in the air"); empty where it is none."""
    found = _READING.match(content)
    return found.group(1) if found is not None else ""


@lru_cache(maxsize=256)
def namesakes(present: tuple[tuple[str, str, str], ...]) -> frozenset[str]:
    """Those present who share a last name with somebody else there: a last name alone does not say who is meant."""
    last = [name.rpartition(" ")[2] for _, name, _ in present]
    return frozenset(one for one, name, _ in present if last.count(name.rpartition(" ")[2]) > 1)


def relevance(item: KnownItem, topics: frozenset[str]) -> float:
    """How much an item matters to the scene's question, from 0 up: its bearing, its topic, its importance."""
    bearing = max([abs(weight) for _, weight in item.bearing], default=0.0)
    return bearing + (0.35 if item.topic.casefold() in topics else 0.0) + 0.4 * item.importance


def _first_two(entry: tuple[float, int, KnownItem]) -> tuple[float, int]:
    return entry[:2]


def _lean(option: OptionView) -> float:
    return option.lean


def _trust(tie: Relation) -> float:
    return tie.trust
