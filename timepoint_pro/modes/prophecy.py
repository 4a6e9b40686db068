"""Prophecies and causal loops: how they enter a story, and what comes of them.

A prophecy is drawn to come true or not before the first moment: those that the template fixes aside, so many that the
share of all is ``temporal.prophecy_accuracy`` (a fraction left over is drawn). At its due moment what was willed shows.
Where it hangs on a decision, people decide freely, and it comes about through their decision or in spite of it.

A loop carries a statement from a later moment back to an earlier one, where it is known before anybody has said it: it
has no other origin (a bootstrap loop). It closes when somebody who holds it sends it at the later moment, so that the
story is consistent with itself (Novikov 1989); else it is sent in spite of the decision, where the template says how,
or stays open, which is recorded as a violation.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from timepoint_pro.mechanisms.base import Context
from timepoint_pro.modes.premise import whole
from timepoint_pro.modes.rounds import ProphecySettled
from timepoint_pro.modes.settlements import SceneSettled, taken
from timepoint_pro.records.knowledge import How, Item
from timepoint_pro.records.timepoint import News
from timepoint_pro.templates.cycles import LoopEntry, ProphecyEntry

SPOKEN_IMPORTANCE, SHOWN_IMPORTANCE, SENT_IMPORTANCE = 0.8, 0.8, 0.85
AVERTING = 0.3
"""How far a prophecy speaks for the decision that would keep it off, in [-1, 1] [cal]."""

SENT_CONFIDENCE = 0.9
LOOP_CHANNEL = "loop"


def willed(prophecies: Sequence[ProphecyEntry], accuracy: float, ctx: Context) -> dict[str, bool]:
    """Whether each prophecy will come true, by id.

    Args:
        prophecies: of the template.
        accuracy: share of them that do, in [0, 1].
        ctx: for the draws.
    """
    fixed = {one.id: one.comes_true for one in prophecies if one.comes_true is not None}
    wanted = accuracy * len(prophecies) - sum(fixed.values())
    least = math.floor(wanted)
    count = least + (ctx.rng("prophecies", "fraction").uniform() < wanted - least)
    free = [one.id for one in prophecies if one.id not in fixed]
    order = sorted(free, key=lambda one: (ctx.rng("prophecies", one).uniform(), one))
    true = set(order[: max(0, count)])
    return {one.id: fixed.get(one.id, one.id in true) for one in prophecies}


def spoken(one: ProphecyEntry, people: Mapping[str, str]) -> tuple[News, str]:
    """A prophecy as news, and as what everyone present witnesses where everyone hears it; else the latter is empty.

    Args:
        one: the prophecy.
        people: display name by entity id.
    """
    statement = whole(one.statement)
    bearing = ((one.averted_by, AVERTING),) if one.averted_by else ()
    item = Item(
        f"prophecy-{one.id}", statement, "revelation", one.label, one.topic, "", bearing, SPOKEN_IMPORTANCE
    )
    how: How = "told" if one.spoken_by in people else "learned"
    news = News(item, one.known_by, how, one.spoken_by, one.credence)
    if "*" not in one.known_by:
        return news, ""
    who = people.get(one.spoken_by)
    return news, f"{who} foretells it now: {statement}" if who else f"It is foretold now: {statement}"


def shown(one: ProphecyEntry, comes_true: bool) -> str:
    """What everyone witnesses when a prophecy is due."""
    told = one.fulfilment if comes_true else one.subversion
    if told.strip():
        return whole(told)
    what = one.label or f"the word that was given, \"{whole(one.statement).rstrip('.')}\","
    return whole(f"{what} has come true") if comes_true else whole(f"the time is past, and {what} has not come true")


def shown_news(one: ProphecyEntry, comes_true: bool, present: Sequence[str]) -> News:
    """The same as news for those present."""
    item = Item(
        f"prophecy-{one.id}-{'fulfilled' if comes_true else 'subverted'}", shown(one, comes_true), "revelation",
        "", one.topic, "", (), SHOWN_IMPORTANCE,
    )  # fmt: skip
    return News(item, tuple(present), "witnessed", "scene", 1.0)


def received(one: LoopEntry) -> News | None:
    """What a loop brings to the earlier moment; None where only causes go round."""
    if not one.statement.strip():
        return None
    item = Item(
        f"loop-{one.id}", whole(one.statement), "revelation", one.label, one.topic, "", (), SENT_IMPORTANCE
    )
    return News(item, one.known_by, "learned", LOOP_CHANNEL, SENT_CONFIDENCE)


def item_of(one: LoopEntry) -> str:
    """Id of what a loop carries; empty where only causes go round."""
    return f"loop-{one.id}" if one.statement.strip() else ""


def settled(
    one: ProphecyEntry, timepoint_id: str, true: bool, scenes: Iterable[SceneSettled]
) -> ProphecySettled:
    """What came of a prophecy that is due at a timepoint, willed ``true`` or not, after these scenes."""
    option = taken((one.fulfilled_by, one.averted_by), scenes)
    against = one.averted_by if true else one.fulfilled_by
    other = one.fulfilled_by if true else one.averted_by
    in_spite = bool(option) and (option == against or (bool(other) and not against and option != other))
    return ProphecySettled(one.id, timepoint_id, "fulfilled" if true else "subverted", in_spite, option)


def due_at(one: ProphecyEntry, total: int) -> int:
    """Index of the moment at which a prophecy shows, in a run of ``total`` moments: the last where none is stated."""
    last = total - 1
    return max(one.at, min(last, last if one.due is None else one.due))
