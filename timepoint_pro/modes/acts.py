"""The acts of a directed story, and its tension curve.

Five acts by default (Freytag 1863): setup, rising, climax, falling, resolution. Moments go to the acts by shares
[cal], by largest remainder, each act that fits in getting one at least; with fewer moments than acts the climax comes
first, then setup, resolution, rising, falling. ``before_count`` moments belong to the first act at least,
``after_count`` to the last.

Tension runs in straight lines from act to act: moment j (from 0) of an act of m moments stands at
a + (b - a)*(j + 1)/m of the height, where a is the level at the end of the act before (0.1 at the start) and b that at
its own end. So each act reaches its own level with its last moment, and the climax reaches the height.

>>> plan = score(5, height=0.8)
>>> [(beat.act.id, beat.tension) for beat in plan]
[('setup', 0.24), ('rising', 0.64), ('climax', 0.8), ('falling', 0.32), ('resolution', 0.08)]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from timepoint_pro.templates.narrative import ActEntry

START = 0.1
OPENING_RANKS = ("climax", "setup", "resolution", "rising", "falling")
"""Acts by how little a story can do without them."""

WIDE, MEDIUM, CLOSE = "wide", "medium", "close"
IN_VIEW: Mapping[str, int] = {WIDE: 6, MEDIUM: 4, CLOSE: 3}
"""People in a moment at most, by framing."""

LEAST_TURNS, MORE_TURNS = 6, 12


@frozen
class Act:
    """One act.

    Args:
        id, label, description, point_of_view: as in the template.
        manner: which of the five it is, or stands for.
        share: of the moments.
        level: tension at its end, in [0, 1] of the height.
        density: of its scenes, in [0, 1].
        framing: ``"wide"``, ``"medium"`` or ``"close"``.
        moments: how many it has; None: by its share.
    """

    id: str
    label: str
    manner: str
    share: float
    level: float
    density: float
    framing: str
    moments: int | None = None
    point_of_view: str = ""
    description: str = ""


FIVE = (
    Act("setup", "Setup", "setup", 0.2, 0.3, 0.4, WIDE),
    Act("rising", "Rising action", "rising", 0.3, 0.8, 0.5, MEDIUM),
    Act("climax", "Climax", "climax", 0.2, 1.0, 0.8, CLOSE),
    Act("falling", "Falling action", "falling", 0.15, 0.4, 0.4, MEDIUM),
    Act("resolution", "Resolution", "resolution", 0.15, 0.1, 0.3, WIDE),
)

ARCS: Mapping[str, tuple[float, float, float, float, float]] = {
    "five_act": (0.3, 0.8, 1.0, 0.4, 0.1),
    "three_act": (0.3, 0.8, 1.0, 0.3, 0.1),
    "rising_action": (0.2, 0.6, 1.0, 0.9, 0.8),
    "falling_action": (0.6, 0.9, 1.0, 0.4, 0.1),
    "hero_journey": (0.2, 0.7, 1.0, 0.6, 0.2),
    "tragedy": (0.3, 0.7, 1.0, 0.8, 0.6),
    "comedy": (0.4, 0.7, 1.0, 0.2, 0.0),
    "mystery": (0.4, 0.6, 1.0, 0.5, 0.1),
    "slow_burn": (0.15, 0.5, 1.0, 0.3, 0.1),
    "in_medias_res": (0.8, 0.6, 1.0, 0.4, 0.1),
}
"""Levels at the end of the five acts, by name of the arc [cal]."""


@frozen
class Beat:
    """Where one moment stands.

    Args:
        act: its act.
        number: of the act, from 1.
        acts: how many there are.
        tension: in [0, 1].
        place: of the moment in its act, from 0.
        size: how many moments the act has.
    """

    act: Act
    number: int
    acts: int
    tension: float
    place: int
    size: int

    @property
    def turns(self) -> int:
        """The most turns of its scene: 6 to 18 by density."""
        return LEAST_TURNS + round(MORE_TURNS * self.act.density)

    @property
    def importance(self) -> float:
        """Of its moment, in [0, 1]: .3 to .95 by tension [cal]."""
        return round(0.3 + 0.65 * self.tension, 3)


def arc_of(words: str) -> tuple[float, float, float, float, float]:
    """The levels of the arc that the words name, or name among others; the five-act arc where they name none."""
    folded = "_".join(words.casefold().replace("-", " ").replace("'s", "").split())
    return next((levels for name, levels in ARCS.items() if name in folded), ARCS["five_act"])


def acts_of(entries: Sequence[ActEntry], arc: str) -> tuple[Act, ...]:
    """The acts as a template lists them; the five where it lists none.

    An act of another name, or one among more or fewer than five, stands for that of the five which lies at its place.
    """
    levels = arc_of(arc)
    five = tuple(evolve(act, level=level) for act, level in zip(FIVE, levels, strict=True))
    if not entries:
        return five
    known = {act.id: act for act in five}
    acts = []
    for place, entry in enumerate(entries):
        like = known.get(entry.id) or five[_like(place, len(entries))]
        acts.append(Act(
            entry.id,
            entry.label or (like.label if entry.id in known else entry.id.replace("_", " ").capitalize()),
            like.manner,
            like.share,
            like.level if entry.tension is None else entry.tension,
            like.density if entry.density is None else entry.density,
            entry.framing or like.framing,
            entry.moments,
            entry.point_of_view,
            entry.description,
        ))  # fmt: skip
    return tuple(acts)


def score(
    total: int,
    acts: Sequence[Act] = FIVE,
    *,
    height: float = 1.0,
    before: int = 0,
    after: int = 0,
    levels: Sequence[float] = (),
) -> tuple[Beat, ...]:
    """Where each of ``total`` moments stands.

    Args:
        total: moments, 1 or more.
        acts: in order.
        height: of the curve, in [0, 1].
        before, after: moments that the first and the last act have at least, where there are enough.
        levels: tension of each moment by hand; the last one holds on. Empty: by the acts.
    """
    sizes = allotted(total, acts, before, after)
    beats: list[Beat] = []
    start = START
    for number, (act, size) in enumerate(zip(acts, sizes, strict=True), 1):
        for place in range(size):
            level = start + (act.level - start) * (place + 1) / size
            index = len(beats)
            tension = levels[min(index, len(levels) - 1)] if levels else height * level
            beats.append(Beat(act, number, len(acts), round(tension, 3), place, size))
        start = act.level if size else start
    return tuple(beats)


def allotted(total: int, acts: Sequence[Act], before: int = 0, after: int = 0) -> tuple[int, ...]:
    """How many of ``total`` moments each act has; arguments as for ``score``."""
    if total < len(acts):
        ranks = sorted(range(len(acts)), key=lambda one: (OPENING_RANKS.index(acts[one].manner), one))
        chosen = set(ranks[:total])
        return tuple(int(place in chosen) for place in range(len(acts)))
    sizes = [max(1, act.moments or 1) for act in acts]
    for place, least in ((0, before), (len(acts) - 1, after)):
        sizes[place] = max(sizes[place], least)
    while sum(sizes) > total:
        sizes[max(range(len(acts)), key=lambda one: (sizes[one], -one))] -= 1
    free = [place for place, act in enumerate(acts) if act.moments is None] or list(range(len(acts)))
    whole = sum(acts[place].share for place in free) or 1.0
    room = total - sum(sizes[place] for place in range(len(acts)) if place not in free)
    while sum(sizes) < total:
        lacks = [(acts[place].share / whole * room - sizes[place], -place) for place in free]
        sizes[-max(lacks)[1]] += 1
    return tuple(sizes)


def _like(place: int, count: int) -> int:
    """Which of the five lies where ``place`` of ``count`` does; of three: setup, climax, resolution."""
    return round(place * (len(FIVE) - 1) / (count - 1)) if count > 1 else 2
