"""Who told whom what: every fact with the way it came to each of its holders, and the tellings along a path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from timepoint_pro.mechanisms.knowledge import KnowledgeGained
from timepoint_pro.reading.summary_text import HOW
from timepoint_pro.records.knowledge import Exposure
from timepoint_pro.records.turn import TurnAdmitted
from timepoint_pro.report.curves import Band, bands_of, turn_x
from timepoint_pro.report.people import IN_TABLES, Matrix, People, Person

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun
    from timepoint_pro.reading.trajectories import Trajectory

TOP, ROW, BOTTOM = 18.0, 30.0, 28.0
SIDE_BY_SIDE = 3.0
"""Pixels between the lines of one turn that tells several things."""


@frozen
class Step:
    """Somebody came to hold a fact, and who came to hold it from them.

    Args:
        person: who.
        others: how many more came to hold it in just that way, and told nobody.
        way: how, in words; ``teller`` is empty where nobody told them.
        timepoint_id: when; empty for the start. ``turn_id``: the turn in which it was told, where it was.
        confidence: in [0, 1].
        also: (person, timepoint id) of other exposures that it rests on besides the one above it.
        next: those who had it from there.
    """

    person: Person
    others: int
    way: str
    teller: Person | None
    timepoint_id: str
    turn_id: str
    confidence: float
    also: tuple[tuple[Person, str], ...]
    next: tuple[Step, ...]


@frozen
class Fact:
    """Something that somebody held. ``number`` names it in the page; ``holders`` counts people."""

    number: int
    content: str
    handle: str
    category: str
    holders: int
    tellings: int
    origins: tuple[Step, ...]


@frozen
class Telling:
    """A line in the flow: one turn's telling of one fact. ``hearers`` are rows, as y."""

    fact: int
    x: float
    y: float
    hearers: tuple[float, ...]
    colour: str
    words: str


@frozen
class Arrival:
    """A mark in the flow: somebody came to hold something by no telling."""

    fact: int
    x: float
    y: float
    words: str


@frozen
class Flow:
    """The tellings along a path. ``rows``: (person, y); ``left_out``: people without a row."""

    rows: tuple[tuple[Person, float], ...]
    bands: tuple[Band, ...]
    tellings: tuple[Telling, ...]
    arrivals: tuple[Arrival, ...]
    left_out: int
    height: float


@frozen
class KnowledgeView:
    """All facts, the way to them from a turn, and who told whom how many."""

    facts: tuple[Fact, ...]
    numbers: Mapping[str, int]
    told: Matrix
    turns: Mapping[str, str]


def knowledge_view(run: StoredRun, people: People) -> KnowledgeView:
    """What was known in a run, on all paths; what was told most comes first."""
    turns = _turns_of(run)
    by_item: dict[str, list[Exposure]] = {}
    for exposure in run.exposures:
        by_item.setdefault(exposure.item, []).append(exposure)
    told = {item: sum(one.how == "told" for one in exposures) for item, exposures in by_item.items()}
    ranked = sorted(by_item, key=lambda item: (-told[item], by_item[item][0].at))
    facts = tuple(_fact(number, run, item, by_item[item], people, turns) for number, item in enumerate(ranked))
    return KnowledgeView(facts, {item: number for number, item in enumerate(ranked)}, _told(run, people), turns)


def flow(run: StoredRun, course: Trajectory, people: People, known: KnowledgeView, scenes: Mapping[str, int]) -> Flow:
    """The tellings along one path, turns on the x axis as in the curves."""
    place = {turn: number for number, turn in enumerate(course.turns)}
    starts = dict(course.starts)
    told: dict[tuple[str, str, str], list[Exposure]] = {}
    came: list[Exposure] = []
    for exposure in run.exposures:
        turn = known.turns.get(exposure.id, "")
        if exposure.how == "told" and turn in place:
            told.setdefault((turn, exposure.source, exposure.item), []).append(exposure)
        elif exposure.how not in ("told", "initial") and exposure.timepoint_id in starts:
            came.append(exposure)
    traffic: dict[str, int] = {}
    for (_turn, teller, _item), exposures in told.items():
        for who in (teller, *(one.entity for one in exposures)):
            traffic[who] = traffic.get(who, 0) + 1
    for exposure in came:
        traffic[exposure.entity] = traffic.get(exposure.entity, 0) + 1
    ranked = sorted(traffic, key=lambda who: -traffic[who])
    shown = sorted(ranked[:IN_TABLES], key=lambda who: ([*(one.id for one in people.everybody), who].index(who), who))
    rows = {who: TOP + ROW * (number + 0.5) for number, who in enumerate(shown)}
    count = len(course.turns)
    return Flow(
        tuple((people[who], y) for who, y in rows.items()),
        bands_of(course, scenes),
        tuple(_tellings(run, told, rows, place, count, people, known)),
        tuple(
            Arrival(
                known.numbers[one.item], round(turn_x(starts[one.timepoint_id] - 0.5, count) + 4, 1),
                rows[one.entity], f"{people[one.entity].name}: {_way(one, people)}, {one.timepoint_id}: "
                f"{run.items[one.item].content}",
            )
            for one in came if one.entity in rows
        ),
        len(traffic) - len(rows),
        TOP + ROW * len(rows) + BOTTOM,
    )  # fmt: skip


def _tellings(
    run: StoredRun,
    told: Mapping[tuple[str, str, str], Sequence[Exposure]],
    rows: Mapping[str, float],
    place: Mapping[str, int],
    count: int,
    people: People,
    known: KnowledgeView,
) -> Iterator[Telling]:
    beside: dict[str, int] = {}
    for (turn, teller, item), exposures in told.items():
        hearers = tuple(rows[one.entity] for one in exposures if one.entity in rows)
        if teller not in rows or not hearers:
            continue
        shift = beside.get(turn, 0)
        beside[turn] = shift + 1
        names = ", ".join(people[one.entity].name for one in exposures)
        yield Telling(
            known.numbers[item], round(turn_x(place[turn], count) + shift * SIDE_BY_SIDE, 1), rows[teller], hearers,
            people[teller].colour, f"{turn}: {people[teller].name} tells {names}: {run.items[item].content}",
        )  # fmt: skip


def _fact(
    number: int, run: StoredRun, item: str, exposures: Sequence[Exposure], people: People, turns: Mapping[str, str]
) -> Fact:
    known = {one.id: one for one in exposures}
    below: dict[str, list[Exposure]] = {}
    roots = []
    for one in exposures:
        above = [parent for parent in one.parents if parent in known]
        if above:
            below.setdefault(above[-1], []).append(one)
        else:
            roots.append(one)
    stated = run.items[item]
    return Fact(
        number, stated.content, stated.handle, stated.category, len({one.entity for one in exposures}),
        len({turns.get(one.id, one.id) for one in exposures if one.how == "told"}),
        _steps(roots, below, known, people, turns),
    )  # fmt: skip


def _steps(
    exposures: Sequence[Exposure],
    below: Mapping[str, Sequence[Exposure]],
    known: Mapping[str, Exposure],
    people: People,
    turns: Mapping[str, str],
) -> tuple[Step, ...]:
    """Exposures as steps, each with those below it. What many hold from the same source, and pass on to nobody, is one.

    A way may be as long as a run, so this goes from the ends to the beginning, without recursion.
    """
    order = list(exposures)
    for one in order:
        order.extend(below.get(one.id, ()))
    made: dict[str, Step] = {}
    for one in reversed(order):
        under = below.get(one.id, ())
        made[one.id] = _step(one, _gathered(under, made, below), known, people, turns)
    return _gathered(exposures, made, below)


def _gathered(
    exposures: Sequence[Exposure], made: Mapping[str, Step], below: Mapping[str, Sequence[Exposure]]
) -> tuple[Step, ...]:
    groups: dict[object, list[Exposure]] = {}
    for one in exposures:
        alike = one.how != "told" and not below.get(one.id)
        groups.setdefault((one.how, one.source, one.timepoint_id) if alike else one.id, []).append(one)
    steps = []
    for members in groups.values():
        if len(members) <= SHOWN_ALONE:
            steps += [made[one.id] for one in members]
        else:
            first = made[members[0].id]
            steps.append(
                Step(
                    first.person, len(members) - 1, first.way, first.teller, first.timepoint_id, first.turn_id,
                    first.confidence, (), (),
                )
            )  # fmt: skip
    return tuple(steps)


SHOWN_ALONE = 6
"""So many who came to hold something in the same way stand one by one; more are counted."""


def _step(
    exposure: Exposure, following: tuple[Step, ...], known: Mapping[str, Exposure], people: People,
    turns: Mapping[str, str],
) -> Step:  # fmt: skip
    parents = [parent for parent in exposure.parents if parent in known]
    return Step(
        people[exposure.entity], 0, _way(exposure, people),
        people[exposure.source] if exposure.how == "told" else None,
        "" if exposure.timepoint_id == "start" else exposure.timepoint_id, turns.get(exposure.id, ""),
        exposure.confidence,
        tuple((people[known[one].entity], known[one].timepoint_id) for one in parents[:-1]), following,
    )  # fmt: skip


def _way(exposure: Exposure, people: People) -> str:
    if exposure.how == "initial":
        return "knew it from the start"
    words = HOW.get(exposure.how, "{}").format(people[exposure.source].name)
    return words.replace(" (witnessed)", "").replace("by ", "learned by ", 1) if exposure.how == "learned" else words


def _turns_of(run: StoredRun) -> dict[str, str]:
    """The turn in which each exposure by telling came about."""
    found = {}
    for entries in run.log.values():
        said = ""
        for entry in entries:
            if isinstance(entry.event, TurnAdmitted):
                said = entry.event.turn_id
            elif isinstance(entry.event, KnowledgeGained) and entry.event.teller:
                found.update({one.id: said for one in entry.event.exposures if one.how == "told"})
    return found


def _told(run: StoredRun, people: People) -> Matrix:
    """How many facts each told each, every fact once."""
    told: dict[tuple[str, str], set[str]] = {}
    for one in run.exposures:
        if one.how == "told":
            told.setdefault((one.source, one.entity), set()).add(one.item)
    traffic: dict[str, int] = {}
    for (teller, hearer), items in told.items():
        for who in (teller, hearer):
            traffic[who] = traffic.get(who, 0) + len(items)
    shown = [one for one in people.everybody if one.id in traffic]
    shown = sorted(shown, key=lambda one: -traffic[one.id])[:IN_TABLES]
    cells = tuple(
        tuple(len(told.get((one.id, other.id), ())) if one.id != other.id else None for other in shown)
        for one in shown
    )
    return Matrix(tuple(shown), tuple(shown), cells)
