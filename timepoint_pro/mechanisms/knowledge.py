"""What everyone holds, how surely and since when, and what is common ground: M3's facet and events."""

# ruff: noqa: RUF009 -- the defaults are immutable

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Self

from attrs import frozen
from immutables import Map

from timepoint_pro.formulas.opinion import Opinion
from timepoint_pro.mechanisms.holdings import BLANK, Forgetting, Holding, Mind
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.knowledge import Exposure, Item
from timepoint_pro.records.quick import quick
from timepoint_pro.records.timepoint import News, TimepointOpened

EVERYONE = "*"
TOPICAL, PINNED, RECENT = 1.0, 0.5, 0.5
"""What counts for being recalled first [cal]; importance counts its own value, in [0, 1]."""

NOTHING: Map[str, Holding] = Map()


@frozen
class ItemStated(Event):
    """A statement exists from now on. It is defined here once and named by its id everywhere else."""

    item: Item


@frozen
class KnowledgeGained(Event):
    """Somebody came to hold something, or it was said again in front of those who hold it.

    Args:
        at: story time in hours.
        exposures: the new ones, in order; parents come before those who rest on them.
        reports: for each exposure the opinion as it arrived, before it was fused with what was held.
        teller: who spoke; empty where nobody did.
        told: items that the teller told.
        seen: items that ``among`` perceived together.
        among: who was there and took it in, the teller included; ``("*",)`` for everyone from the start.
    """

    at: float
    exposures: tuple[Exposure, ...] = ()
    reports: tuple[Opinion, ...] = ()
    teller: str = ""
    told: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    among: tuple[str, ...] = ()


@quick
@frozen(weakref_slot=False)
class Knowledge:
    """M3's facet. An entity's knowledge is exactly the items of its exposures.

    Args:
        forgetting: its quantities.
        common_from_start: what everyone holds who can, whenever they appear.
        items: every item stated, by id.
        log: every exposure, by id.
        roots: roots of every exposure, by its id.
        minds: holdings, by entity.
        grounds: for each item, the groups among whom it was aired; a group within another is left out.
        here: ids of the exposures of the moment being played.
        told_here: (teller, item) of what was told in it.
        opened: id of the entry that opened it.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (TimepointOpened, ItemStated, KnowledgeGained)

    forgetting: Forgetting = Forgetting()
    common_from_start: tuple[News, ...] = ()
    items: Map[str, Item] = Map()
    log: Map[str, Exposure] = Map()
    roots: Map[str, frozenset[str]] = Map()
    minds: Map[str, Mind] = Map()
    grounds: Map[str, tuple[frozenset[str], ...]] = Map()
    here: tuple[str, ...] = ()
    told_here: tuple[tuple[str, str], ...] = ()
    opened: str = ""

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case KnowledgeGained() as gained:
                return self._gained(gained)
            case ItemStated(item=item):
                return evolve(self, items=self.items.set(item.id, item))
            case TimepointOpened():
                return evolve(self, here=(), told_here=(), opened=entry.id)
        return self

    def holds(self, entity: str) -> Mapping[str, Holding]:
        """What ``entity`` holds, by item id; forgotten items included. Iterates in no particular order."""
        mind = self.minds.get(entity)
        return NOTHING if mind is None else mind.held

    def item(self, item_id: str) -> Item:
        """The item of that id.

        Raises:
            KeyError: nobody ever stated it.
        """
        return self.items[item_id]

    def exposure(self, exposure_id: str) -> Exposure:
        """The exposure of that id.

        Raises:
            KeyError: there is none on this path.
        """
        return self.log[exposure_id]

    def recall(self, entity: str, item_id: str, now: float) -> float:
        """Probability, in [0, 1], that ``entity`` recalls the item at hour ``now``; 0 if it is not held."""
        holding = self.holds(entity).get(item_id)
        if holding is None:
            return 0.0
        return self.forgetting.recall(holding, self.items[item_id].importance, now)

    def recallable(self, entity: str, now_hours: float, limit: int, topics: Iterable[str] = ()) -> tuple[Holding, ...]:
        """What ``entity`` has in mind at ``now_hours``: not forgotten, the most pressing first.

        Order: 1 where the topic is among ``topics``, .5 where pinned, importance, and .5/(1 + hours since the
        last use), summed; equal ones by id [cal]. An item whose recall is under .5 is forgotten. Only the
        items of the last ``WORKING_SET`` uses and as many pinned ones are looked at, however long the run.

        Args:
            entity: whose.
            now_hours: story time.
            limit: how many at most.
            topics: of what is being talked about.
        """
        mind = self.minds.get(entity)
        if mind is None or limit < 1:
            return ()
        wanted, surely = frozenset(topics), self.forgetting.surely
        held, items = mind.held, self.items
        ranked: list[tuple[float, str, Holding, Item | None]] = []
        for item_id in dict.fromkeys((*mind.pinned, *mind.recent)):
            holding, item = held[item_id], items[item_id]
            since = now_hours - holding.trace.recent[-1]
            weight = item.importance + RECENT / (1.0 + (since if since > 0.0 else 0.0))
            if holding.pinned:
                weight += PINNED
            if item.topic in wanted:
                weight += TOPICAL
            ranked.append((-weight, item_id, holding, None if holding.pinned or since <= surely else item))
        ranked.sort()  # ids differ, so that holdings are never compared
        found: list[Holding] = []
        for _, _, holding, doubtful in ranked:  # whether it is forgotten is asked of as few as may be
            if doubtful is None or not self.forgetting.forgotten(holding, doubtful.importance, now_hours):
                found.append(holding)
                if len(found) == limit:
                    break
        return tuple(found)

    def common(self, item_id: str, present: Iterable[str]) -> bool:
        """Whether the item is common ground: each of ``present`` holds it and was there when it was aired.

        What everyone knows from the start counts; what several happen to hold, each for themselves, does not
        (Clark, Brennan 1991).
        """
        groups = self.grounds.get(item_id)
        if groups is None:
            return False
        people = present if isinstance(present, tuple) else tuple(present)
        given = False
        for group in groups:
            if group.issuperset(people):
                return True
            given = given or EVERYONE in group
        return given and all(item_id in self.holds(one) for one in people)

    def untold_share(self, entity: str) -> float:
        """Share, in [0, 1], of what ``entity`` holds that was never aired where it was.

        What everyone knows from the start is left out of the count. O(1).
        """
        mind = self.minds.get(entity)
        if mind is None or len(mind.held) <= mind.given:
            return 0.0
        return mind.private / (len(mind.held) - mind.given)

    def weigh(self, entity: str, item_id: str, report: Opinion, roots: frozenset[str], source: str) -> Opinion | None:
        """What ``entity`` would hold of the item after ``report``; None where the report adds nothing.

        Reports without a common root are fused; with one, the report of lower uncertainty is kept. What the
        same teller says again from the same roots adds nothing.
        """
        held = self.holds(entity).get(item_id)
        if held is None:
            return report
        if held.roots.isdisjoint(roots):
            return held.opinion.fuse(report)
        if report.u >= held.opinion.u:
            return None
        repeated = roots <= held.roots and any(self.log[one].source == source for one in held.exposures)
        return None if repeated else report

    def roots_of(self, parents: Iterable[str]) -> frozenset[str]:
        """The roots that exposures with these parents have."""
        return _union([self.roots[parent] for parent in parents])

    def _gained(self, event: KnowledgeGained) -> Self:
        log, roots, before = self.log.mutate(), self.roots.mutate(), self.minds
        items, rules, seen = self.items, self.forgetting, event.seen
        aired = (*event.told, *seen)
        group = frozenset(event.among)
        given = EVERYONE in group
        first_seen: dict[str, frozenset[str]] = {}
        minds: dict[str, Mind] = {}
        fresh: set[tuple[str, str]] = set()
        for exposure, report in zip(event.exposures, event.reports, strict=True):
            exposure_id, entity, item_id = exposure.id, exposure.entity, exposure.item
            if exposure.parents:
                # A parent that the log lacks stands for itself; the audit of M4 reports it.
                own = _union([roots.get(one) or frozenset((one,)) for one in exposure.parents])
            else:
                own = frozenset((exposure_id,))
                if item_id in seen:
                    own = first_seen.setdefault(item_id, own)
            log[exposure_id] = exposure
            roots[exposure_id] = own
            mind = minds[entity] if entity in minds else before.get(entity, BLANK)
            is_aired = item_id in aired and (given or entity in group)
            minds[entity] = mind.exposed(exposure, report, own, items, rules, is_aired, is_aired and given)
            fresh.add((entity, item_id))
        for item_id in aired:
            for entity in event.among:
                if (entity, item_id) not in fresh:
                    mind = minds[entity] if entity in minds else before.get(entity, BLANK)
                    minds[entity] = mind.used(items[item_id], event.at, rules)
        with before.mutate() as changed:
            for entity, mind in minds.items():
                if mind is not BLANK:
                    changed[entity] = mind
            after = changed.finish()
        return type(self)(
            self.forgetting, self.common_from_start, self.items, log.finish(), roots.finish(), after,
            _grounded(self.grounds, aired, group),
            (*self.here, *[exposure.id for exposure in event.exposures]),
            (*self.told_here, *[(event.teller, item) for item in event.told]),
            self.opened,
        )  # fmt: skip


def _grounded(
    grounds: Map[str, tuple[frozenset[str], ...]], items: tuple[str, ...], group: frozenset[str]
) -> Map[str, tuple[frozenset[str], ...]]:
    for item_id in items:
        groups = grounds.get(item_id, ())
        if any(group <= other or EVERYONE in other for other in groups):
            continue
        grounds = grounds.set(item_id, (*[other for other in groups if not other < group], group))
    return grounds


def _union(sets: list[frozenset[str]]) -> frozenset[str]:
    return sets[0] if len(sets) == 1 else frozenset().union(*sets)
