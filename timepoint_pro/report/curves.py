"""Curves over the turns of a path: where each line goes in its picture, and the values for whoever reads along."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from attrs import frozen

from timepoint_pro.reading.trajectories import Curve, Trajectory
from timepoint_pro.report.people import COLOURS, People

WIDTH, HEIGHT = 860.0, 210.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 168.0, 12.0, 28.0
"""Margins in pixels; the right one holds names. The knowledge flow has the same ones, so that turns line up."""
LABEL_GAP = 14.0
MARKED = 120
"""Turns up to which every turn's speaker is marked by a dot."""
LEAST_MOVED = 0.005


@frozen
class Line:
    """One curve: its class, its name at the right end, its path, dots where its person speaks, and whether it lasts
    to the last turn.
    """

    colour: str
    dash: str
    label: str
    path: str
    dots: tuple[tuple[float, float], ...]
    end: tuple[float, float]
    label_y: float
    lasts: bool


@frozen
class Band:
    """A moment on the x axis: its id, where it begins and ends, and the number of its scene in the report."""

    timepoint_id: str
    x: float
    width: float
    scene: int


@frozen
class Chart:
    """One picture. ``ticks``: (y, text). ``data``: what the script reads for the values at a turn."""

    title: str
    unit: str
    lines: tuple[Line, ...]
    bands: tuple[Band, ...]
    ticks: tuple[tuple[float, str], ...]
    zero: float | None
    height: float
    data: Mapping[str, Any]


_SCALES: tuple[tuple[str, str, float, float, tuple[float, ...]], ...] = (
    ("Valence", "from −1, bad, to +1, good", -1.0, 1.0, (-1.0, 0.0, 1.0)),
    ("Arousal", "from 0, still, to 1, frantic", 0.0, 1.0, (0.0, 0.5, 1.0)),
    ("Energy", "from 0, spent, to 100, fresh", 0.0, 100.0, (0.0, 50.0, 100.0)),
)


def turn_x(number: float, turns: int) -> float:
    """Where turn ``number`` (from 0) of ``turns`` stands, in pixels from the left edge."""
    return LEFT + (number + 0.5) / max(1, turns) * (WIDTH - LEFT - RIGHT)


def bands_of(course: Trajectory, scenes: Mapping[str, int]) -> tuple[Band, ...]:
    """The moments of a path along the x axis."""
    count = len(course.turns)
    starts = [*course.starts, ("", count)]
    found = []
    for (timepoint, start), (_next, end) in pairwise(starts):
        left = turn_x(start - 0.5, count)
        found.append(Band(timepoint, left, turn_x(end - 0.5, count) - left, scenes.get(timepoint, 0)))
    return tuple(found)


def state_charts(course: Trajectory, people: People, scenes: Mapping[str, int]) -> tuple[Chart, ...]:
    """Valence, arousal and energy of those who speak most, over the turns of a path."""
    spoken = {who: course.speakers.count(who) for who in dict.fromkeys(course.speakers)}
    chosen = sorted((who for who in spoken if who in people), key=lambda who: -spoken[who])[:COLOURS]
    charts = []
    for (title, unit, low, high, ticks), curves in zip(
        _SCALES, (course.valence, course.arousal, course.energy), strict=True
    ):
        series = [
            _Series(people[who].name, people[who].colour, curves[who], tuple(who == one for one in course.speakers))
            for who in chosen
        ]
        charts.append(_chart(title, unit, low, high, ticks, series, course, scenes))
    return tuple(charts)


def trust_chart(course: Trajectory, people: People, scenes: Mapping[str, int]) -> Chart:
    """Trust over the turns of a path, of the pairs in whom it moved furthest."""
    moved = []
    for number, (pair, curve) in enumerate(course.trust.items()):
        values = [value for value in curve if value is not None]
        if values and max(values) - min(values) >= LEAST_MOVED:
            moved.append((-(max(values) - min(values)), number, pair, curve))
    series = [
        _Series(f"{people[one].name} → {people[other].name}", f"c{place}", curve, ())
        for place, (_far, _number, (one, other), curve) in enumerate(sorted(moved)[:COLOURS])
    ]
    return _chart(
        "Trust", "the pairs in whom it moved most, from −1, hostile, to +1, devoted", -1.0, 1.0, (-1.0, 0.0, 1.0),
        series, course, scenes,
    )  # fmt: skip


@frozen
class _Series:
    label: str
    colour: str
    curve: Curve
    speaks: tuple[bool, ...]


def _chart(
    title: str,
    unit: str,
    low: float,
    high: float,
    ticks: Sequence[float],
    series: Sequence[_Series],
    course: Trajectory,
    scenes: Mapping[str, int],
) -> Chart:
    count = len(course.turns)
    inner = HEIGHT - TOP - BOTTOM

    def y(value: float) -> float:
        return round(TOP + (high - value) / (high - low) * inner, 1)

    lines = [_line(place, one, count, y) for place, one in enumerate(series)]
    heights = _apart([one.end[1] for one in lines], TOP + 4, HEIGHT - BOTTOM)
    lines = [
        Line(one.colour, one.dash, one.label, one.path, one.dots, one.end, height, one.lasts)
        for one, height in zip(lines, heights, strict=True)
    ]
    data = {
        "turns": list(course.turns), "left": LEFT, "right": WIDTH - RIGHT, "width": WIDTH,
        "starts": [start for _timepoint, start in course.starts],
        "series": [{"name": one.label, "values": list(one.curve)} for one in series],
    }  # fmt: skip
    marks = tuple((y(tick), f"{tick:+g}" if low < 0 and tick else f"{tick:g}") for tick in ticks)
    zero = y(0.0) if low < 0 else None
    return Chart(title, unit, tuple(lines), bands_of(course, scenes), marks, zero, HEIGHT, data)


def _line(place: int, series: _Series, count: int, y: Callable[[float], float]) -> Line:
    pieces: list[str] = []
    dots: list[tuple[float, float]] = []
    end = (LEFT, HEIGHT / 2)
    drawing = False
    for number, value in enumerate(series.curve):
        if value is None:
            drawing = False
            continue
        end = round(turn_x(number, count), 1), y(value)
        pieces.append(f"{'L' if drawing else 'M'}{end[0]:g} {end[1]:g}")
        drawing = True
        if count <= MARKED and series.speaks and series.speaks[number]:
            dots.append(end)
    return Line(series.colour, f"d{place}", series.label, "".join(pieces), tuple(dots), end, end[1], drawing)


def _apart(wanted: Sequence[float], low: float, high: float) -> list[float]:
    """Heights near those wanted, a line of text apart, from ``low`` on and up to ``high`` where that is enough."""
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    placed = [0.0] * len(wanted)
    floor = low
    for place in order:
        placed[place] = max(wanted[place], floor)
        floor = placed[place] + LABEL_GAP
    ceiling = max(high, low + LABEL_GAP * (len(wanted) - 1))
    for place in reversed(order):
        placed[place] = min(placed[place], ceiling)
        ceiling = placed[place] - LABEL_GAP
    return [round(one, 1) for one in placed]
