"""Collects what people come to hold within one stage, and turns it into events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from timepoint_pro.formulas.opinion import Opinion
from timepoint_pro.mechanisms.holdings import Holding
from timepoint_pro.mechanisms.knowledge import ItemStated, Knowledge, KnowledgeGained
from timepoint_pro.records.event import Event
from timepoint_pro.records.knowledge import Exposure, How, Item
from timepoint_pro.records.timepoint import News


def belief(share: float) -> Opinion:
    """The opinion of somebody who believes with ``share`` in [0, 1], doubts nothing, and is unsure of the rest."""
    return Opinion(round(share, 6), 0.0, round(1.0 - share, 6))


def heard(opinion: Opinion, trust: float) -> Opinion:
    """``opinion`` as it reaches somebody who trusts its holder by ``trust`` in [0, 1], rounded for the log."""
    arrived = opinion.discount(trust)
    b, d = round(arrived.b, 6), round(arrived.d, 6)
    return Opinion(b, d, round(1.0 - b - d, 6), arrived.a)


class Learning:
    """What is learned in one stage. Exposures are numbered on from those that the moment has.

    Args:
        knowledge: as it stands.
        at: story time in hours.
        timepoint_id: the moment.
        place: what exposure ids name (``"x:{place}:{n}"``): the moment's id, or ``"start"``.
        causes: ids of the entries that all this follows from.
    """

    def __init__(
        self, knowledge: Knowledge, at: float, timepoint_id: str, place: str, causes: tuple[str, ...] = ()
    ) -> None:
        self._knowledge, self._at = knowledge, at
        self._timepoint_id, self._place = timepoint_id, place
        self._causes = tuple(cause for cause in causes if cause)
        self._number = len(knowledge.here)
        self._items: dict[str, Item] = {}
        self._gained: dict[tuple[str, str], str] = {}
        self._exposures: list[Exposure] = []
        self._reports: list[Opinion] = []
        self._events: list[KnowledgeGained] = []

    def state(self, item: Item) -> None:
        """``item`` exists, if it did not before."""
        if item.id not in self._knowledge.items:
            self._items.setdefault(item.id, item)

    def perceive(self, news: News, holders: Sequence[str], *, from_entity: bool = False) -> None:
        """Each of ``holders`` comes to hold the news by no telling in the scene.

        Args:
            news: what, and how.
            holders: entity ids.
            from_entity: ``news.source`` is an entity. What it is said to have told rests on what it holds; where
                it holds nothing of it yet, it does so first.
        """
        parents: tuple[str, ...] = ()
        roots: frozenset[str] = frozenset()
        report = belief(news.confidence)
        source = news.source
        if from_entity and news.how == "told":
            known = self._knowledge.holds(source).get(news.item.id)
            if known is not None:
                parents, roots = known.exposures, known.roots
                report = belief(min(news.confidence, known.opinion.b))
            else:
                own = self._gain(source, news.item.id, "experienced", source, report)
                parents = (own,) if own else ()
                roots = frozenset(parents)
        for holder in holders:
            if holder != source or not parents:
                self._gain(holder, news.item.id, news.how, source, report, parents, roots)

    def tell(self, teller: str, holding: Holding, trust: Mapping[str, float]) -> None:
        """``teller`` tells what they hold to each listener of ``trust``, by that listener's trust in [0, 1]."""
        for listener, share in trust.items():
            report = heard(holding.opinion, share)
            self._gain(listener, holding.item, "told", teller, report, holding.exposures, holding.roots)

    def assert_new(
        self, speaker: str, item: Item, assertion: float, grounds: Sequence[Holding], trust: Mapping[str, float]
    ) -> None:
        """``speaker`` states what nobody held.

        Args:
            speaker: who.
            item: the new item.
            assertion: belief of the speaker in it, in [0, 1].
            grounds: what was told along with it, on which it rests; none: it is the speaker's own.
            trust: of each listener in the speaker.
        """
        opinion, parents = belief(assertion), tuple(dict.fromkeys(holding.best for holding in grounds))
        roots = self._knowledge.roots_of(parents) if parents else frozenset()
        if grounds:
            opinion = heard(opinion, min(holding.opinion.expectation for holding in grounds))
        how: How = "inferred" if grounds else "experienced"
        own = self._gain(speaker, item.id, how, speaker, opinion, parents, roots)
        if own is None:
            return
        roots = roots or frozenset((own,))
        for listener, share in trust.items():
            self._gain(listener, item.id, "told", speaker, heard(opinion, share), (own,), roots)

    def air(
        self, among: tuple[str, ...], *, told: Sequence[str] = (), seen: Sequence[str] = (), teller: str = ""
    ) -> None:
        """Close what was gathered into one event: ``told`` and ``seen`` happened in front of ``among``."""
        if not (self._exposures or told or seen):
            return
        self._events.append(
            KnowledgeGained(
                self._at, tuple(self._exposures), tuple(self._reports), teller, tuple(told), tuple(seen),
                among if told or seen else (), causes=self._causes,
            )
        )  # fmt: skip
        self._exposures, self._reports = [], []

    def events(self) -> tuple[Event, ...]:
        """Definitions of new items, then who gained what."""
        stated = [ItemStated(item, causes=self._causes) for item in self._items.values()]
        return (*stated, *self._events)

    def _gain(
        self,
        entity: str,
        item_id: str,
        how: How,
        source: str,
        report: Opinion,
        parents: tuple[str, ...] = (),
        roots: frozenset[str] = frozenset(),
    ) -> str | None:
        """Id of the new exposure; None where the report adds nothing."""
        if (entity, item_id) in self._gained:
            return self._gained[entity, item_id]
        own_id = f"x:{self._place}:{self._number}"
        opinion = self._knowledge.weigh(entity, item_id, report, roots or frozenset((own_id,)), source)
        if opinion is None:
            return None
        self._number += 1
        self._gained[entity, item_id] = own_id
        confidence = round(opinion.expectation, 6)
        self._exposures.append(
            Exposure(own_id, entity, item_id, how, source, self._timepoint_id, self._at, confidence, parents)
        )
        self._reports.append(report)
        return own_id
