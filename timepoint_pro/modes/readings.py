"""What instruments show: the template's tracked quantities, read at each moment.

Between two moments a quantity follows Brownian motion with drift (Wiener 1923):
x' = x + per_hour * dt + noise * sqrt(dt) * N(0, 1), dt in hours. Variances of successive steps add up, so readings do
not depend on how often one looks. A quantity that starts at or above zero stays there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

from attrs import evolve, frozen
from immutables import Map

from timepoint_pro.records.draws import Draws
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.knowledge import Item, item_id
from timepoint_pro.records.timepoint import News
from timepoint_pro.templates.metadata import FactEntry, QuantityEntry, QuestionEntry, full_bearing
from timepoint_pro.templates.vocabulary import EVERYONE

PAST_THRESHOLD, SHORT_OF_THRESHOLD = 0.8, 0.55
LONGEST_SYMBOL = 4
"""Letters up to which a unit is taken for a symbol ("ppm", "kPa") and not for a word ("litres")."""

PERCENT = ("%", "percent", "per cent")


@frozen
class QuantityRead(Event):
    """A tracked quantity has this value (in its unit) at story time ``at`` (hours since the start)."""

    quantity: str
    at: float
    value: float


@frozen
class Readings:
    """The last reading of each quantity: pairs of story time in hours and value."""

    folds: ClassVar[tuple[type[Event], ...]] = (QuantityRead,)

    last: Map[str, tuple[float, float]] = Map()

    def fold(self, entry: Entry, /) -> Self:
        event = entry.event
        assert isinstance(event, QuantityRead)
        return evolve(self, last=self.last.set(event.quantity, (event.at, event.value)))


def drifted(quantity: QuantityEntry, before: tuple[float, float] | None, at: float, draws: Draws) -> float:
    """The value at ``at``, given the last reading (time in hours, value), None before the first."""
    since, value = before if before is not None else (0.0, quantity.initial)
    hours = max(0.0, at - since)
    if hours:
        value += quantity.per_hour * hours + quantity.noise * math.sqrt(hours) * draws.normal()
    if quantity.initial >= 0:
        value = max(0.0, value)
    if quantity.unit.strip() in PERCENT and 0 <= quantity.initial <= 100:
        value = min(100.0, value)
    return round(value, 6)


def reading_news(
    quantity: QuantityEntry, value: float, time: str, present: Sequence[str], questions: Sequence[QuestionEntry]
) -> News:
    """The reading as news for those who watch the quantity; for everyone present where nobody is named.

    Args:
        value: in the quantity's unit.
        time: when, in words (``"at 14:00"``).
        present: entity ids of those present.
        questions: of the template, for the bearing that the quantity may state.
    """
    content, handle = reading_words(quantity, value, time)
    watchers = quantity.watched_by
    holders = tuple(present) if not watchers or EVERYONE in watchers else watchers
    item = Item(
        id=item_id(content),
        content=content,
        handle=handle,
        topic=quantity.topic,
        bearing=_bearing(quantity, value, questions),
        importance=PAST_THRESHOLD if past(quantity, value) else SHORT_OF_THRESHOLD,
    )
    return News(item, holders, how="learned", source="instrument")


def reading_words(quantity: QuantityEntry, value: float, time: str) -> tuple[str, str]:
    """The reading as a whole sentence, and its handle."""
    name = label(quantity)
    value = as_counted(quantity, value)
    amount = measure(value, quantity.unit)
    if quantity.threshold is None:
        content = f"The {name} is {amount} {time}."
    else:
        limit = measure(quantity.threshold, quantity.unit)
        gap = abs(value - quantity.threshold)
        shown = figure(gap, value)
        if float(shown.replace(",", "")) == 0:
            content = f"The {name} is {amount} {time}, right at the threshold of {limit}."
        else:
            side = "above" if value > quantity.threshold else "below"
            distance = f"{_with_unit(shown, quantity.unit)} {side} the threshold of {limit}"
            content = f"The {name} is {amount} {time}, {distance}."
    return content, _handle(quantity, amount)


def _handle(quantity: QuantityEntry, amount: str) -> str:
    """A noun phrase for one reading; units that are words of their own come after the noun."""
    unit = quantity.unit.strip()
    if not unit:
        return f"the {label(quantity)} of {amount}"
    return f"the {amount} reading" if len(unit) <= LONGEST_SYMBOL else f"the figure of {amount}"


def label(quantity: QuantityEntry) -> str:
    """The quantity's name in words, without an article."""
    name = quantity.label or quantity.id.replace("_", " ")
    return name[4:] if name.casefold().startswith("the ") else name


def past(quantity: QuantityEntry, value: float) -> bool:
    """Whether the value has crossed the threshold, seen from where the quantity started."""
    if quantity.threshold is None:
        return False
    return value > quantity.threshold if quantity.initial <= quantity.threshold else value < quantity.threshold


def as_counted(quantity: QuantityEntry, value: float) -> float:
    """The value in whole numbers where the quantity counts things: it has no unit and is stated in whole numbers."""
    stated = (quantity.initial, quantity.threshold or 0.0)
    return float(round(value)) if not quantity.unit.strip() and all(one == int(one) for one in stated) else value


def measure(value: float, unit: str) -> str:
    """A value with its unit, to three or four significant figures."""
    return _with_unit(figure(value, value), unit)


def figure(value: float, scale: float) -> str:
    """``value`` with the decimals that suit a number of the size of ``scale``."""
    decimals = 0 if abs(scale) >= 100 else 1 if abs(scale) >= 1 else 2
    text = f"{value:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _with_unit(text: str, unit: str) -> str:
    if not unit:
        return text
    if unit.strip() in "$€£":
        return f"{unit.strip()}{text}"
    return f"{text}{unit}" if unit.strip() == "%" else f"{text} {unit.strip()}"


def _bearing(
    quantity: QuantityEntry, value: float, questions: Sequence[QuestionEntry]
) -> tuple[tuple[str, float], ...]:
    """The bearing that the quantity states, in full once past the threshold, a third of it before."""
    stated = quantity.extra.get("bearing")
    if not isinstance(stated, Mapping):
        return ()
    share = 1.0 if quantity.threshold is None or past(quantity, value) else 1.0 / 3.0
    return tuple(
        (f"{question}/{option}", round(max(-1.0, min(1.0, weight * share)), 6))
        for question, options in full_bearing(FactEntry(statement=label(quantity), bearing=stated), questions).items()
        for option, weight in options.items()
    )
