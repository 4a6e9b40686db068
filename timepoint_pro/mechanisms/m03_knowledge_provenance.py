"""M3 knowledge provenance, with M19 extraction: who came to know what, from whom, and how surely?

Inputs: the template's facts and their first holders; the news of a moment; the turn just admitted; the listener's
    trust in the speaker (M13; neutral without it).
Units: story time in hours; confidence, belief and trust in [0, 1].

Formulas: an opinion is (b, d, u) with base rate a, its expectation E = b + a*u (Jøsang 2016).
    hearsay      by the listener's trust T in the teller: (T*b, T*d, 1 - T*(b + d))
    two reports  without a common root: cumulative fusion; with one: the report of lower uncertainty is kept, and
                 what the same teller repeats adds nothing
    inference    a new statement made while telling held items rests on them: discounted by the E of the weakest
    forgetting   ACT-R base-level activation (Anderson, Lebiere 1998; Petrov 2006); what everyone had from the start,
                 decisions and revelations stay; important items are rehearsed over long gaps

Stages: PERCEIVE gives the moment's news to its holders, and common knowledge to newcomers. LEARN gives every listener
    what the turn told, makes items of its new statements (M19) and of a closing turn's decision, and refreshes what
    was used. Events: ``ItemStated`` once an item, ``KnowledgeGained`` once a beat. Facets: ``Knowledge``, ``Phrases``.

At every moment an entity's knowledge is exactly the items of its exposures. Queries over a run's exposures stand in
    ``knowledge_graph``: ``why_knows``, ``who_knows``, ``spread``.

Errors: what does not fit is left out, not raised: items that the speaker does not hold, listeners who are no
    entities, fragments, greetings.

Example: ``KnowledgeProvenance(neutral_trust=.8)`` makes strangers believe each other at .8; a fact witnessed with
    b = .95 is then held at E = .975, .880, .804, .743 along three retellings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from attrs import field, frozen, validators

from timepoint_pro.formulas.memory import NOISE, REHEARSAL_HOURS, THRESHOLD
from timepoint_pro.mechanisms.agencies import Agencies, takes_in
from timepoint_pro.mechanisms.base import Context, Spec, Stage, Start
from timepoint_pro.mechanisms.holdings import Forgetting, Holding
from timepoint_pro.mechanisms.knowledge import EVERYONE, ItemStated, Knowledge, KnowledgeGained
from timepoint_pro.mechanisms.learning import Learning
from timepoint_pro.mechanisms.phrases import Phrases, folded
from timepoint_pro.mechanisms.statements import decision_of, stated_item, statement
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Event
from timepoint_pro.records.knowledge import Item
from timepoint_pro.records.timepoint import News, Timeline
from timepoint_pro.records.turn import Floor, Turn
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template
from timepoint_pro.templates.metadata import FactEntry

__all__ = ["Holding", "ItemStated", "Knowledge", "KnowledgeGained", "KnowledgeProvenance"]

DEAF = ("building", "object", "environment", "vehicle", "abstract")
"""Kinds that learn nothing from what is said in front of them. News may still reach them."""

_SHARE = [validators.ge(0.0), validators.le(1.0)]


@frozen
class KnowledgeProvenance:
    """M3.

    Args:
        neutral_trust: a listener's trust in a speaker where M13 is not in the run, in [0, 1].
        assertion: belief of a speaker in a new statement of their own, in [0, 1].
        deaf: kinds of entity that do not learn by listening; M16, where it is in the run, decides by its own masks.
        threshold: activation at which recall is even.
        noise: spread of activation, above 0.
        rehearsed_importance: items of at least this importance are rehearsed over long gaps, in [0, 1].
        rehearsed_after: hours without use after which that begins.
        rehearsed_every: hours between rehearsals from then on.
    """

    spec: ClassVar[Spec] = Spec(
        code="M3",
        name="knowledge provenance",
        stages=(Stage.PERCEIVE, Stage.LEARN),
        reads=(Knowledge, Phrases, Cast, Timeline, Floor, Ties, Agencies),
        emits=(ItemStated, KnowledgeGained),
    )

    neutral_trust: float = field(default=0.5, validator=_SHARE)
    assertion: float = field(default=0.9, validator=_SHARE)
    deaf: tuple[str, ...] = DEAF
    threshold: float = THRESHOLD
    noise: float = field(default=NOISE, validator=validators.gt(0.0))
    rehearsed_importance: float = field(default=0.6, validator=_SHARE)
    rehearsed_after: float = field(default=24.0, validator=validators.gt(0.0))
    rehearsed_every: float = field(default=REHEARSAL_HOURS, validator=validators.gt(0.0))

    def start(self, template: Template, /) -> Start:
        """What everyone knows before the first moment, from the template's facts."""
        given = _initial(template)
        rules = Forgetting(
            self.threshold, self.noise, self.rehearsed_importance, self.rehearsed_after, self.rehearsed_every
        )
        common = tuple(news for news in given if EVERYONE in news.holders)
        knowledge = Knowledge(rules, common)
        phrases = Phrases().having(*map(_item, template.facts))
        listeners = tuple(one.id for one in template.roster.values() if one.acts_as not in self.deaf)
        learning = Learning(knowledge, 0.0, "", "start")
        for news in given:
            holders = tuple(dict.fromkeys(one for one in news.holders if one != EVERYONE))
            if EVERYONE in news.holders:
                holders = tuple(dict.fromkeys((*holders, *listeners)))
            learning.state(news.item)
            learning.perceive(news, holders)
        learning.air((EVERYONE,), seen=[news.item.id for news in common])
        return Start(facets=(knowledge, phrases), events=learning.events())

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        """What the news of the moment, or the turn just said, adds to what people hold."""
        if ctx.stage is Stage.PERCEIVE:
            return self._perceive(world)
        turn, cast = world[Floor].last, world[Cast]
        if turn is None or turn.speaker not in cast:
            return ()
        return self._learn(world, turn)

    def _perceive(self, world: World) -> Sequence[Event]:
        knowledge, timepoint, cast = world[Knowledge], world[Timeline].current, world[Cast]
        present = self._able(world, timepoint.present)
        learning = Learning(knowledge, timepoint.at, timepoint.id, timepoint.id, (knowledge.opened,))
        newcomers = tuple(one for one in present if one not in knowledge.minds)
        for news in knowledge.common_from_start if newcomers else ():
            learning.perceive(news, newcomers)
        if newcomers:
            learning.air((EVERYONE,), seen=[news.item.id for news in knowledge.common_from_start])
        seen = []
        for news in timepoint.news:
            everyone = EVERYONE in news.holders
            holders = tuple(cast.order) if everyone else tuple(one for one in news.holders if one in cast)
            learning.state(news.item)
            learning.perceive(news, tuple(dict.fromkeys(holders)), from_entity=news.source in cast)
            if everyone or (news.how == "witnessed" and set(present) <= set(holders)):
                seen.append(news.item.id)
        learning.air(present, seen=seen)
        return learning.events()

    def _learn(self, world: World, turn: Turn) -> Sequence[Event]:
        knowledge, timepoint, floor, cast = world[Knowledge], world[Timeline].current, world[Floor], world[Cast]
        speaker = turn.speaker
        listeners = tuple(one for one in self._able(world, timepoint.present) if one != speaker)
        trust = self._trust(world, speaker, listeners)
        learning = Learning(knowledge, floor.at, timepoint.id, timepoint.id, (floor.last_entry,))
        held = knowledge.holds(speaker)
        told, new = self._extracted(world, turn)
        shared = [one for one in dict.fromkeys((*turn.shared, *told)) if one in held]
        for item_id in shared:
            learning.tell(speaker, held[item_id], trust)
        for item in new:
            learning.state(item)
            learning.assert_new(speaker, item, self.assertion, [held[one] for one in shared], trust)
        there = (speaker, *listeners)
        decision = decision_of(turn, timepoint, there, cast)
        if decision is not None:
            learning.state(decision)
            learning.perceive(News(decision, there, "witnessed", "scene", 1.0), there)
        learning.air(
            there,
            told=(*shared, *[item.id for item in new]),
            seen=() if decision is None else (decision.id,),
            teller=speaker,
        )
        return learning.events()

    def _extracted(self, world: World, turn: Turn) -> tuple[list[str], list[Item]]:
        """M19: items that the turn's statements repeat, and the new ones that they make."""
        if not turn.said_new:
            return [], []
        knowledge, phrases, cast = world[Knowledge], world[Phrases], world[Cast]
        held, question = knowledge.holds(turn.speaker), world[Timeline].current.question
        told: list[str] = []
        new: dict[str, Item] = {}
        for line in turn.said_new:
            content = statement(line)
            if content is None:
                continue
            item = stated_item(content, turn, question, cast)
            known = [item.id] if item.id in knowledge.items else phrases.repeated(folded(content))
            if not known:
                new[item.id] = item
            else:
                told.extend(one for one in known if one in held)
        return told, list(new.values())

    def _able(self, world: World, people: Iterable[str]) -> tuple[str, ...]:
        """Those of ``people`` who exist and take in what is said: by M16, else by their kind."""
        if Agencies in world:
            return takes_in(world, people)
        members, deaf = world[Cast].members, self.deaf
        found = []
        for one in people:
            member = members.get(one)
            if member is not None and member.kind not in deaf:
                found.append(one)
        return tuple(found)

    def _trust(self, world: World, speaker: str, listeners: Sequence[str]) -> dict[str, float]:
        if Ties not in world:
            return dict.fromkeys(listeners, self.neutral_trust)
        ties = world[Ties]
        return {one: ties.confidence(one, speaker) for one in listeners}


def _initial(template: Template) -> list[News]:
    """The facts that somebody holds from the beginning, in the template's order."""
    return [
        News(_item(fact), fact.known_by, "initial", fact.source, fact.confidence)
        for fact in template.facts
        if fact.is_initial and fact.known_by
    ]


def _item(fact: FactEntry) -> Item:
    bearing = tuple(
        (f"{question}/{option}", weight)
        for question, options in fact.bearing.items()
        for option, weight in options.items()
    )
    return Item(fact.id, fact.statement, "fact", fact.handle, fact.topic, fact.subject, bearing, fact.importance)
