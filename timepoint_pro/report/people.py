"""Who was in a run, as the report shows them: colours, moods, trust between those who met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from timepoint_pro.records.units import words_for

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun
    from timepoint_pro.reading.summary import Summary

COLOURS = 8
"""Colours that curves and names have; whoever speaks less than the first so many shares a grey."""
IN_TABLES = 12
"""People with a row of their own in a matrix."""


@frozen
class Person:
    """Somebody who took part.

    Args:
        id: entity id.
        name: for display.
        about: role, archetype or kind.
        turns: how many they spoke.
        colour: a class of the style sheet, ``"c0"`` to ``"c7"``, else ``"cx"``.
        mood: how they felt at first and at the end, in words; empty where they never took part in a scene.
        valence, arousal, energy: (first, last), as in ``summary.Mood``.
    """

    id: str
    name: str
    about: str
    turns: int
    colour: str
    mood: str = ""
    valence: tuple[float, float] = (0.0, 0.0)
    arousal: tuple[float, float] = (0.0, 0.0)
    energy: tuple[float, float] = (0.0, 0.0)


@frozen
class TrustCell:
    """How far one trusts another: at the start, at the end, and a class of the style sheet for the latter."""

    first: float
    last: float
    shade: str


@frozen
class Matrix:
    """People against people; ``cells[row][column]`` is None on the diagonal and where nothing is known."""

    rows: tuple[Person, ...]
    columns: tuple[Person, ...]
    cells: tuple[tuple[TrustCell | int | None, ...], ...]


class People:
    """Everybody in a run, those who speak most first. Looking up an unknown id gives a grey nobody of that name."""

    def __init__(self, everybody: Sequence[Person]) -> None:
        self.everybody = tuple(everybody)
        self._by_id = {one.id: one for one in everybody}

    def __getitem__(self, entity: str) -> Person:
        return self._by_id.get(entity) or Person(entity, entity, "", 0, "cx")

    def __contains__(self, entity: object) -> bool:
        return entity in self._by_id

    @property
    def active(self) -> tuple[Person, ...]:
        """Those who were in a scene."""
        return tuple(one for one in self.everybody if one.mood or one.turns)

    @property
    def background(self) -> tuple[Person, ...]:
        """Those who never were."""
        return tuple(one for one in self.everybody if not (one.mood or one.turns))


def people_of(summary: Summary, colours: dict[str, str]) -> People:
    """Everybody in a run.

    Args:
        summary: of the run.
        colours: colour by entity id, as given so far; new ones are added, so that two runs agree.
    """
    moods = {one.entity: one for one in summary.moods}
    ranked = sorted(summary.people, key=lambda one: (-one.turns, one.id not in moods))
    found = []
    for one in ranked:
        if one.id not in colours:
            colours[one.id] = f"c{len(colours)}" if len(colours) < COLOURS and one.turns else "cx"
        about = ", ".join(part for part in (one.role or one.kind, one.archetype.replace("_", " ")) if part)
        mood = moods.get(one.id)
        if mood is None:
            found.append(Person(one.id, one.name, about, one.turns, colours[one.id]))
            continue
        first, last = (words_for("valence", value) for value in mood.valence)
        words = first if first == last else f"{first} → {last}"
        found.append(
            Person(
                one.id, one.name, about, one.turns, colours[one.id], words, mood.valence, mood.arousal, mood.energy
            )
        )
    return People(found)


def trust_matrix(run: StoredRun, people: People) -> Matrix:
    """Trust at the start and at the end, between those who speak most."""
    shown = [one for one in people.active if one.turns][:IN_TABLES]
    stated = {(one.id, bond.other): bond.trust for one in run.entities for bond in one.bonds}
    last = {(one.source, one.target): one.trust for one in run.relationships}
    cells = tuple(
        tuple(_trust(stated, last, one.id, other.id) if one.id != other.id else None for other in shown)
        for one in shown
    )
    return Matrix(tuple(shown), tuple(shown), cells)


def _trust(
    stated: Mapping[tuple[str, str], float], last: Mapping[tuple[str, str], float], one: str, other: str
) -> TrustCell | None:
    if (one, other) not in last:
        return None
    value = last[one, other]
    step = min(3, round(abs(value) * 5))
    shade = f"{'good' if value > 0 else 'bad'}{step}" if step else "even"
    return TrustCell(stated.get((one, other), 0.0), value, shade)
