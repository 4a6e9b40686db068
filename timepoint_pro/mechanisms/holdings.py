"""What one mind holds: how surely, from which roots, and how well it comes to mind."""

from __future__ import annotations

import math
from collections.abc import Mapping

from attrs import field, frozen
from immutables import Map

from timepoint_pro.formulas.memory import DECAY, NOISE, REHEARSAL_HOURS, THRESHOLD, Trace
from timepoint_pro.formulas.opinion import Opinion
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.knowledge import Exposure, Item
from timepoint_pro.records.quick import quick

WORKING_SET = 64
"""How many pinned items of one mind, and how many of its last uses, are looked at for a prompt."""

PINNED_CATEGORIES = ("decision", "revelation")


@frozen
class Forgetting:
    """How traces fade and what comes to mind by itself.

    Args:
        threshold: activation at which recall is even (ACT-R's tau).
        noise: spread of activation (ACT-R's s), above 0.
        rehearsed_importance: items of at least this importance, in [0, 1], are rehearsed over long gaps.
        rehearsed_after: hours without use after which that begins; above 0.
        rehearsed_every: hours between two rehearsals from then on, above 0.
    """

    threshold: float = THRESHOLD
    noise: float = NOISE
    rehearsed_importance: float = 0.6
    rehearsed_after: float = 24.0
    rehearsed_every: float = REHEARSAL_HOURS

    surely: float = field(init=False, repr=False)
    """Hours after a single use up to which recall is at least even: e^(-tau/d)."""

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "surely", math.exp(-self.threshold / DECAY))

    def trace(self, trace: Trace, importance: float, now: float) -> Trace:
        """``trace`` as it stands at ``now``, with the rehearsals of the gap before it; O(1) in its length."""
        since = trace.recent[-1] + self.rehearsed_after
        if now <= since or importance < self.rehearsed_importance:
            return trace
        return trace.used(since).rehearsed(now, self.rehearsed_every)

    def forgotten(self, holding: Holding, importance: float, now: float) -> bool:
        """Whether what is held, and not pinned, is less than even to be recalled at hour ``now``.

        Recall is even where the activation meets the threshold, whatever the noise. One use, or one rehearsal, that
        is recent enough settles it without a trace worked out.
        """
        trace = holding.trace
        since = now - trace.recent[-1]
        if since <= self.surely:
            return False
        if importance >= self.rehearsed_importance and since > self.rehearsed_after:
            if (since - self.rehearsed_after) % self.rehearsed_every <= self.surely:
                return False
        elif since > self.surely * trace.count * trace.count:  # even if all uses were as young as the last
            return True
        return self.trace(holding.trace, importance, now).activation(now) < self.threshold

    def recall(self, holding: Holding, importance: float, now: float) -> float:
        """Probability, in [0, 1], that what is held is recalled at hour ``now``; 1 where it is pinned."""
        if holding.pinned:
            return 1.0
        return self.trace(holding.trace, importance, now).recall(now, self.threshold, self.noise)


@quick
@frozen(weakref_slot=False)
class Holding:
    """What one entity makes of one item.

    Args:
        item: item id.
        opinion: how surely it is held true.
        exposures: ids of the exposures that the opinion rests on.
        roots: ids of the exposures at which those paths begin; what several perceived together is one root.
        trace: uses of it, for forgetting.
        pinned: never forgotten.
        best: id of the exposure of lowest uncertainty.
        clearest: the uncertainty of that one.
        aired: it was said or seen in common where the entity was.
    """

    item: str
    opinion: Opinion
    exposures: tuple[str, ...]
    roots: frozenset[str]
    trace: Trace
    pinned: bool
    best: str
    clearest: float
    aired: bool = False


@quick
@frozen(weakref_slot=False)
class Mind:
    """One entity's holdings.

    Args:
        held: by item id.
        pinned: ids of items that are never forgotten, oldest first, at most ``WORKING_SET``.
        recent: ids of the items of the last ``WORKING_SET`` uses, latest last, with repeats.
        private: how many holdings were never aired where the entity was.
        given: how many are held by everyone from the start.
    """

    held: Map[str, Holding] = Map()
    pinned: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    private: int = 0
    given: int = 0

    def exposed(
        self,
        exposure: Exposure,
        report: Opinion,
        roots: frozenset[str],
        items: Mapping[str, Item],
        forgetting: Forgetting,
        aired: bool,
        given: bool,
    ) -> Mind:
        """This mind after one more exposure.

        Args:
            exposure: of this entity.
            report: the opinion as it arrived.
            roots: where the exposure's paths begin.
            items: every item stated.
            forgetting: how traces fade.
            aired: it was said or seen in common.
            given: everyone holds it from the start.
        """
        item_id, at = exposure.item, exposure.at
        item, before = items[item_id], self.held.get(item_id)
        pinned = exposure.how == "initial" or item.category in PINNED_CATEGORIES
        if before is None:
            holding = Holding(
                item_id, report, (exposure.id,), roots, Trace.begun(at), pinned, exposure.id, report.u, aired
            )
            private, common = self.private + (not aired), self.given + given
        else:
            trace = forgetting.trace(before.trace, item.importance, at).used(at)
            holding = _joined(evolve(before, trace=trace), exposure.id, report, roots, pinned, aired)
            private, common = self.private - (aired and not before.aired), self.given
        newly_pinned = pinned and (before is None or not before.pinned)
        return Mind(
            self.held.set(item_id, holding),
            _with_pinned(self.pinned, item_id, items) if newly_pinned else self.pinned,
            _lately(self.recent, item_id),
            private,
            common,
        )

    def used(self, item: Item, at: float, forgetting: Forgetting) -> Mind:
        """This mind after the item was said or seen again before it; the same mind where it is not held."""
        before = self.held.get(item.id)
        if before is None:
            return self
        trace = forgetting.trace(before.trace, item.importance, at).used(at)
        holding = Holding(
            item.id, before.opinion, before.exposures, before.roots, trace, before.pinned, before.best,
            before.clearest, True,
        )  # fmt: skip
        return Mind(
            self.held.set(item.id, holding), self.pinned, _lately(self.recent, item.id),
            self.private - (not before.aired), self.given,
        )  # fmt: skip


BLANK = Mind()


def _joined(
    before: Holding, exposure_id: str, report: Opinion, roots: frozenset[str], pinned: bool, aired: bool
) -> Holding:
    """``before`` after one more report: fused where the roots are disjoint, else the surer of the two."""
    better = report.u < before.clearest
    independent = before.roots.isdisjoint(roots)
    if not independent and report.u >= before.opinion.u:
        return evolve(before, pinned=before.pinned or pinned, aired=before.aired or aired)
    return Holding(
        before.item,
        before.opinion.fuse(report) if independent else report,
        (*before.exposures, exposure_id) if independent else (exposure_id,),
        before.roots | roots if independent else roots,
        before.trace,
        before.pinned or pinned,
        exposure_id if better or not independent else before.best,
        report.u if better or not independent else before.clearest,
        before.aired or aired,
    )


def _lately(recent: tuple[str, ...], item_id: str) -> tuple[str, ...]:
    if recent and recent[-1] == item_id:
        return recent
    # Repeats stay in: whoever reads drops them, and writing is ten times as frequent.
    return (*recent[1 - WORKING_SET :], item_id)


def _with_pinned(pinned: tuple[str, ...], item_id: str, items: Mapping[str, Item]) -> tuple[str, ...]:
    """The pinned ids with one more; past ``WORKING_SET`` the least important, oldest one gives way."""
    if len(pinned) < WORKING_SET:
        return (*pinned, item_id)
    least = min(pinned, key=lambda one: items[one].importance)
    return (*[one for one in pinned if one != least], item_id)
