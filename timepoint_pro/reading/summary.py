"""What a run was, in a page: the moments, the people, what they decided and learned, how they were moved.

``summarize(run)`` reads a run and gives values; ``str(summary)`` is the same as text. Everything is computed
from the run's log, so that a report, a notebook and the command line say the same.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import frozen

from timepoint_pro.modes.clock import Clock
from timepoint_pro.modes.paths import Paths
from timepoint_pro.modes.settlements import SceneSettled, settled_words

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun
    from timepoint_pro.reading.values import Cost, Violation
    from timepoint_pro.records.knowledge import Exposure, Item
    from timepoint_pro.records.world import World

MOST_LEARNED = 3
"""Things learned that are shown for each person, the weightiest first."""
LEAST_TRUST = 0.005
"""Smaller movements of trust are left out."""


@frozen
class Moment:
    """A played moment. ``ending`` says how the scene ended.

    ``when`` is local time, with that in UTC where it differs: ``"2026-03-02 09:47 local (10:30 UTC)"``.
    """

    id: str
    title: str
    when: str
    turns: int
    ending: str
    antecedents: tuple[str, ...]


@frozen
class Search:
    """What a portal search found: the outcome, the score of the path that was played, and the other paths' scores.

    Scores are in [0, 1]; ``runners_up`` is best first. ``overtaken`` says where a scene was settled otherwise
    than the next moment needs.
    """

    outcome: str
    score: float
    reason: str
    runners_up: tuple[float, ...]
    candidates: int
    backtracks: int
    overtaken: tuple[str, ...]


@frozen
class Person:
    """Somebody who took part. ``archetype`` is empty where there is none."""

    id: str
    name: str
    kind: str
    role: str
    archetype: str
    turns: int


@frozen
class Learned:
    """Something that ``entity`` came to hold: from whom (an entity's id or a channel), when, how surely.

    ``confidence`` and ``importance`` are in [0, 1]; ``when`` as in ``Moment``.
    """

    entity: str
    item: str
    content: str
    how: str
    source: str
    timepoint_id: str
    when: str
    confidence: float
    importance: float


@frozen
class Decision:
    """What became of the question of a moment, as a sentence.

    ``option`` is empty when it was left open; ``by`` is the id of who decided, empty for an agreement.
    """

    timepoint_id: str
    question: str
    content: str
    option: str
    by: str


@frozen
class Mood:
    """How somebody was before their first turn, and after the last moment in which they were present.

    Pairs of (first, last): valence in [-1, 1], arousal in [0, 1], energy in [0, 100].
    """

    entity: str
    valence: tuple[float, float]
    arousal: tuple[float, float]
    energy: tuple[float, float]


@frozen
class Trust:
    """How far ``source`` trusts ``target``, in [-1, 1], at the start and at the end."""

    source: str
    target: str
    first: float
    last: float


@frozen
class Summary:
    """A run in a page. ``str()`` gives it as text, a notebook shows it.

    ``moments`` are in story order; ``search`` is None but in portal mode; ``learned`` holds the weightiest
    for each person, ``learned_count`` counts all; ``files`` are the paths that the caller wrote.
    """

    run_id: str
    template: str
    mode: str
    seed: int
    status: str
    model: str
    models: tuple[str, ...]
    training_safe: bool
    cost: Cost
    mechanisms: tuple[str, ...]
    turns: int
    moments: tuple[Moment, ...]
    search: Search | None
    people: tuple[Person, ...]
    decisions: tuple[Decision, ...]
    learned: tuple[Learned, ...]
    learned_count: int
    moods: tuple[Mood, ...]
    trust: tuple[Trust, ...]
    violations: tuple[Violation, ...]
    files: tuple[str, ...] = ()

    def __str__(self) -> str:
        from timepoint_pro.reading.summary_text import summary_text

        return summary_text(self)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


def summarize(run: StoredRun, files: Iterable[object] = ()) -> Summary:
    """The summary of a run, finished or not.

    Args:
        run: what to summarize.
        files: paths that were written for it, to be listed.

    Raises:
        StoreError: when the database cannot be read.
    """
    world, learned, clock = run.world(), _learned(run), Clock.of(run.template)
    return Summary(
        run_id=run.run_id, template=run.template_id, mode=run.mode, seed=run.seed, status=run.status,
        model=run.model, models=run.models, training_safe=run.training_safe, cost=run.cost,
        mechanisms=run.mechanisms, turns=run.turns, moments=_moments(run, clock), search=_search(world),
        people=_people(run), decisions=_decisions(run), learned=tuple(_weightiest(run, learned, clock)),
        learned_count=len(learned), moods=_moods(run), trust=_trust(run), violations=run.violations,
        files=tuple(str(file) for file in files),
    )  # fmt: skip


def _moments(run: StoredRun, clock: Clock) -> tuple[Moment, ...]:
    rows = run.store.query("SELECT timepoint_id, outcome FROM timepoints WHERE run_id = ?", (run.run_id,))
    endings = {row["timepoint_id"]: row["outcome"] for row in rows}
    turns = {dialog.timepoint_id: len(dialog.turns) for dialog in run.dialogs}
    return tuple(
        Moment(
            one.id, one.title, clock.stamp(one.at), turns.get(one.id, 0), endings.get(one.id, ""), one.antecedents
        )
        for one in run.timepoints
    )


def _search(world: World) -> Search | None:
    if Paths not in world or not world[Paths].chosen:
        return None
    found = world[Paths]
    played = next(path for path in found.paths if path.id == found.chosen)
    others = tuple(path.score for path in found.paths if path.id != found.chosen)
    overtaken = tuple(f"{mark.timepoint_id}: {mark.reason}" for mark in found.marks)
    return Search(
        found.outcome, played.score, found.reason, others, len(found.nodes), found.backtracks, overtaken
    )


def _people(run: StoredRun) -> tuple[Person, ...]:
    spoken: dict[str, int] = {}
    for dialog in run.dialogs:
        for turn in dialog.turns:
            spoken[turn.speaker] = spoken.get(turn.speaker, 0) + 1
    return tuple(
        Person(
            one.id, one.name, one.kind, one.role, one.archetype.id if one.archetype else "", spoken.get(one.id, 0)
        )
        for one in run.entities
    )


def _decisions(run: StoredRun) -> tuple[Decision, ...]:
    names = {one.id: one.name for one in run.entities}
    settled = {
        entry.event.timepoint_id: entry.event
        for entries in run.log.values()
        for entry in entries
        if isinstance(entry.event, SceneSettled)
    }
    decisions = []
    for moment in run.timepoints:
        found = settled.get(moment.id)
        if found is not None and moment.question is not None:
            words = settled_words(moment, found, names.get(found.by, found.by))
            decisions.append(Decision(moment.id, moment.question.text, words, found.option, found.by))
    return tuple(decisions)


def _learned(run: StoredRun) -> list[Exposure]:
    """First exposures of each person to each thing that they did not hold from the start."""
    seen: set[tuple[str, str]] = set()
    found = []
    for exposure in run.exposures:
        key = exposure.entity, exposure.item
        if key not in seen and exposure.how != "initial" and run.items[exposure.item].category != "decision":
            found.append(exposure)
        seen.add(key)
    return found


def _weightiest(run: StoredRun, exposures: list[Exposure], clock: Clock) -> Iterable[Learned]:
    for person in run.entities:
        mine = [one for one in exposures if one.entity == person.id]
        mine.sort(key=lambda one: (run.items[one.item].category != "fact", -run.items[one.item].importance, one.at))
        for one in mine[:MOST_LEARNED]:
            yield _entry(one, run.items[one.item], clock)


def _entry(exposure: Exposure, item: Item, clock: Clock) -> Learned:
    return Learned(
        exposure.entity, item.id, item.content, exposure.how, exposure.source, exposure.timepoint_id,
        clock.stamp(exposure.at), exposure.confidence, item.importance,
    )  # fmt: skip


def _moods(run: StoredRun) -> tuple[Mood, ...]:
    """How everybody present was at first and at last; who never spoke sets out from their first moment's end."""
    ends: dict[str, list[tuple[float, float, float]]] = {}
    for row in run.store.query(
        "SELECT entity_id, emotional_valence, emotional_arousal, energy_budget FROM states "
        "JOIN timepoints USING (run_id, timepoint_id) WHERE run_id = ? ORDER BY timepoints.timestamp, position",
        (run.run_id,),
    ):
        values = row["emotional_valence"], row["emotional_arousal"], row["energy_budget"]
        ends.setdefault(row["entity_id"], []).append(values)
    starts: dict[str, tuple[float, float, float]] = {}
    for dialog in run.dialogs:
        for turn in dialog.turns:
            starts.setdefault(turn.speaker, (turn.valence, turn.arousal, turn.energy))
    moods = []
    for person in run.entities:
        if person.id in ends:
            first, last = starts.get(person.id, ends[person.id][0]), ends[person.id][-1]
            moods.append(Mood(person.id, (first[0], last[0]), (first[1], last[1]), (first[2], last[2])))
    return tuple(moods)


def _trust(run: StoredRun) -> tuple[Trust, ...]:
    """Trust that moved, the furthest first; it sets out from the template's relationships."""
    stated = {(one.id, bond.other): bond.trust for one in run.entities for bond in one.bonds}
    moved = [
        Trust(one.source, one.target, stated.get((one.source, one.target), 0.0), one.trust)
        for one in run.relationships
    ]
    kept = [one for one in moved if abs(one.last - one.first) >= LEAST_TRUST]
    return tuple(sorted(kept, key=lambda one: (-abs(one.last - one.first), one.source, one.target)))
