"""What can be known, and how somebody came to know it."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Literal

from attrs import frozen

from timepoint_pro.records.quick import quick

Category = Literal["fact", "decision", "opinion", "plan", "revelation", "question", "agreement"]
How = Literal["initial", "witnessed", "told", "learned", "experienced", "inferred"]


def item_id(content: str) -> str:
    """Content address of a statement: the same words give the same item, whoever says them."""
    folded = " ".join(content.split()).casefold().rstrip(".!?")
    return "k" + blake2b(folded.encode(), digest_size=6).hexdigest()


@lru_cache(maxsize=4096)
def bearing_on(bearing: tuple[tuple[str, float], ...], question: str) -> tuple[tuple[str, float], ...]:
    """What an item's bearing says of the options of ``question``; a place without a question holds for any."""
    found = []
    for place, weight in bearing:
        owner, slash, option = place.rpartition("/")
        if not slash or owner == question:
            found.append((option, weight))
    return tuple(found)


@quick
@frozen(weakref_slot=False)
class Item:
    """A whole statement that can be held by somebody.

    Args:
        id: content address (``item_id``), or the template's own fact id.
        content: one sentence, in the third person.
        category: what kind of statement.
        handle: short noun phrase that names it; naming it counts as sharing it. Empty where there is none.
        topic: one or two words.
        subject: entity id that it is about, turned to "I" when that entity speaks. Empty where nobody.
        bearing: pairs of ``"question/option"`` and a weight in [-1, 1]: how far it speaks for that option.
        importance: in [0, 1].
    """

    id: str
    content: str
    category: Category = "fact"
    handle: str = ""
    topic: str = ""
    subject: str = ""
    bearing: tuple[tuple[str, float], ...] = ()
    importance: float = 0.5


@quick
@frozen(weakref_slot=False)
class Exposure:
    """One occasion on which somebody came to hold an item.

    Args:
        id: unique in the run.
        entity: who.
        item: item id.
        how: the way.
        source: entity id of the teller, or a word for the channel (``"briefing"``, ``"instrument"``).
        timepoint_id: story moment.
        at: story time, hours since the run's start.
        confidence: expectation of the resulting opinion, in [0, 1].
        parents: ids of the exposures (the teller's) that this one rests on; empty for a root.
    """

    id: str
    entity: str
    item: str
    how: How
    source: str
    timepoint_id: str
    at: float
    confidence: float
    parents: tuple[str, ...] = ()
