"""Timelines side by side: where they part, and what each person did, felt and knew differently.

A timeline is the main path of a run, or one path of a run that has several. Moments stand side by side by their keys
(``T3`` and ``T3:delay``). Two moments are the same where they were planned alike, the same was said, and everyone in
both came out of them in the same state.

>>> from timepoint_pro import Simulation
>>> one, other = (Simulation.from_template("convergence/simple", seed=n, store=":memory:").run() for n in (1, 2))
>>> compare(one, other).parted
'T0'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from timepoint_pro.errors import UsageError
from timepoint_pro.evaluation.counterfactual import Step, final_world, steps_of, unbranched, words_of
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.rhythm import Rhythm
from timepoint_pro.modes.settlements import Settlements
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.world import World

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun


@frozen
class Compared:
    """One of the timelines. ``name``: its letter in the comparison; ``end``: id of its last moment."""

    name: str
    run_id: str
    path: str
    end: str
    template: str
    mode: str
    seed: int
    model: str


@frozen
class Side:
    """A moment on one timeline.

    Args:
        timepoint_id: its id there.
        title, circumstance: as it was planned.
        timestamp: of its start, ISO 8601.
        present: entity ids.
        question, option: what it had to settle, and what it settled; empty where nothing.
        turns: dialog turns.
    """

    timepoint_id: str
    title: str
    circumstance: str
    timestamp: str
    present: tuple[str, ...]
    question: str
    option: str
    turns: int


@frozen
class Row:
    """A moment on all timelines: its key, its sides (None where a timeline does not have it), whether all are alike."""

    key: str
    sides: tuple[Side | None, ...]
    same: bool


@frozen
class Felt:
    """Somebody's state after a moment: valence [-1, 1], arousal [0, 1], energy [0, 100]."""

    key: str
    valence: float
    arousal: float
    energy: float


@frozen
class Part:
    """Somebody on one timeline.

    Args:
        turns: how often they spoke.
        decided: (question, option) of what they settled, in order.
        parted: key of the first moment in which they said something else than on the first timeline; empty: none.
        words: what they said there first that was not said on the first timeline; empty: nothing.
        felt: after each moment that they were at.
        knew: ids of items held at the end here, and not on every timeline, sorted.
    """

    turns: int
    decided: tuple[tuple[str, str], ...]
    parted: str
    words: str
    felt: tuple[Felt, ...]
    knew: tuple[str, ...]


@frozen
class Person:
    """Somebody on all timelines: ``parts`` in their order; None where they are not there. ``same``: nothing differs."""

    entity: str
    name: str
    parts: tuple[Part | None, ...]
    same: bool


@frozen
class Comparison:
    """Timelines side by side; ``print()`` shows it.

    Args:
        timelines: two or more.
        parted: key of the first moment that is not the same on all; empty where all are.
        moments: by key, in story order.
        people: everyone on any timeline.
        items: words of every item that ``people`` name, by id.
        options: label of every option of the moments' questions, by ``"question/option"``.
    """

    timelines: tuple[Compared, ...]
    parted: str
    moments: tuple[Row, ...]
    people: tuple[Person, ...]
    items: Mapping[str, str]
    options: Mapping[str, str]

    def __str__(self) -> str:
        from timepoint_pro.evaluation.comparison_text import comparison_text

        return comparison_text(self)


@frozen
class _Line:
    """A timeline with its worlds."""

    about: Compared
    steps: Mapping[str, Step]
    final: World


def compare(run: StoredRun, *others: StoredRun) -> Comparison:
    """Timelines side by side: of several runs their main paths, of a single one its paths.

    Raises:
        UsageError: there is only one timeline, or a run has not played any moment yet.
    """
    if others:
        found = [(one, "") for one in (run, *others)]
    else:
        found = [(run, end) for end in run.ends]
    if len(found) < 2:
        raise UsageError(f"run {run.run_id!r} has one path only; name another run to compare it with")
    empty = next((one.run_id for one, _ in found if not one.timepoints), None)
    if empty is not None:
        raise UsageError(f"run {empty!r} has not played any moment yet; go on with it, then compare")
    lines = [_line(one, end, number) for number, (one, end) in enumerate(found)]
    moments = tuple(_row(key, lines) for key in _keys(lines))
    names = {who: line.final[Cast][who].name for line in lines for who in line.final[Cast].order}
    shared = _shared(lines)
    people = tuple(_person(who, name, lines, shared) for who, name in names.items())
    wanted = {item for person in people for part in person.parts if part is not None for item in part.knew}
    contents = {one: item for line in lines for one, item in line.final[Knowledge].items.items()}
    return Comparison(
        tuple(line.about for line in lines),
        next((row.key for row in moments if not row.same), ""),
        moments,
        people,
        {one: contents[one].handle or contents[one].content for one in sorted(wanted)},
        _labels(lines),
    )


def _labels(lines: Sequence[_Line]) -> dict[str, str]:
    """Label of every option that the questions of the moments offer, by ``"question/option"``."""
    questions = [step.moment.question for line in lines for step in line.steps.values()]
    return {f"{one.id}/{option.id}": option.label for one in questions if one is not None for option in one.options}


def _line(run: StoredRun, end: str, number: int) -> _Line:
    steps = list(steps_of(run, end))
    last = steps[-1].moment
    about = Compared(
        _letter(number), run.run_id, last.path, last.id, run.template_id, run.mode, run.seed, run.model
    )
    return _Line(about, {step.moment.key: step for step in steps}, final_world(run, steps))


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def _keys(lines: Sequence[_Line]) -> list[str]:
    """Every moment's key, in story order."""
    places = {key: step.moment.index for line in reversed(lines) for key, step in line.steps.items()}
    return sorted(places, key=lambda key: (places[key], key))


def _row(key: str, lines: Sequence[_Line]) -> Row:
    steps = [line.steps.get(key) for line in lines]
    first, *rest = steps
    same = first is not None and all(one is not None and _alike(first, one) for one in rest)
    return Row(key, tuple(_side(step, line) for step, line in zip(steps, lines, strict=True)), same)


def _side(step: Step | None, line: _Line) -> Side | None:
    if step is None:
        return None
    moment = step.moment
    settled = line.final[Settlements].of(moment.id) if Settlements in line.final else None
    return Side(
        moment.id, moment.title, moment.circumstance, line.final[Rhythm].timestamp(moment.at), moment.present,
        moment.question.id if moment.question is not None else "", settled.option if settled is not None else "",
        len(step.turns),
    )  # fmt: skip


def _alike(one: Step, other: Step) -> bool:
    there = [who for who in one.moment.present if who in other.moment.present]
    return (
        unbranched(one.moment) == unbranched(other.moment)
        and words_of(one) == words_of(other)
        and all(_felt("", one.world, who) == _felt("", other.world, who) for who in there)
    )


def _felt(key: str, world: World, who: str) -> Felt:
    minds = world[Minds]
    return Felt(
        key, round(minds.valence(who), 4), round(minds.arousal(who), 4), round(world[Rhythm].energy(who), 2)
    )


def _shared(lines: Sequence[_Line]) -> dict[str, set[str]]:
    """What each person holds at the end on every timeline that they are on."""
    shared: dict[str, set[str]] = {}
    for line in lines:
        for who in line.final[Cast].order:
            held = set(line.final[Knowledge].holds(who))
            shared[who] = shared[who] & held if who in shared else held
    return shared


def _person(who: str, name: str, lines: Sequence[_Line], shared: Mapping[str, set[str]]) -> Person:
    parts = tuple(_part(who, line, lines[0], shared[who]) for line in lines)
    first, *rest = parts
    return Person(who, name, parts, all(one == first for one in rest))


def _part(who: str, line: _Line, first: _Line, shared: set[str]) -> Part | None:
    if who not in line.final[Cast]:
        return None
    steps = [step for step in line.steps.values() if who in step.moment.present]
    scenes = line.final[Settlements].scenes if Settlements in line.final else ()
    parted, words = _parted(who, line, first)
    return Part(
        turns=sum(turn.speaker == who for step in steps for turn in step.turns),
        decided=tuple((one.question, one.option) for one in scenes if one.by == who and one.option),
        parted=parted,
        words=words,
        felt=tuple(_felt(step.moment.key, step.world, who) for step in steps),
        knew=tuple(sorted(set(line.final[Knowledge].holds(who)) - shared)),
    )


def _parted(who: str, line: _Line, first: _Line) -> tuple[str, str]:
    """Where somebody first speaks otherwise than on the first timeline, and their first other words there."""
    for key, step in line.steps.items():
        other = first.steps.get(key)
        mine = [turn.content for turn in step.turns if turn.speaker == who]
        theirs = [turn.content for turn in other.turns if turn.speaker == who] if other is not None else []
        if mine != theirs:
            return key, next((text for text in mine if text not in theirs), "")
    return "", ""

