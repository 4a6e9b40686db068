"""The task ``state_transition``: somebody's numbers, one turn, and their numbers after it with the reason.

Two examples a turn: the listener whom it moved most, and the speaker. Values are the fold of the log up to the
turn and up to the end of its beat; nothing is drawn and nothing is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from attrs import frozen

from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.tasks.annotation import Annotator, Place
from timepoint_pro.exporters.tasks.choice import pick
from timepoint_pro.exporters.tasks.example import Example, Section
from timepoint_pro.exporters.tasks.lookups import Lookups, Person, answers
from timepoint_pro.exporters.tasks.transition_words import (
    beside_words,
    event_words,
    listener_reasons,
    news,
    numbers_after,
    numbers_before,
    others_before,
    speaker_reasons,
)
from timepoint_pro.exporters.tasks.wording import one_line, sentence
from timepoint_pro.mechanisms.catalogue import assemble
from timepoint_pro.mechanisms.minds import AffectMoved, AffectStirred, Minds
from timepoint_pro.mechanisms.rhythm import Rhythm
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.records.codec import CONVERTER, Codec
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.turn import TurnAdmitted
from timepoint_pro.records.world import World

TASK = "state_transition"
FACETS = (Minds, Ties, Rhythm)
OWNERS = ("M6", "M13", "M14")
"""Mechanisms that bring these facets."""

_CHUNKS = "SELECT chunk, parent FROM chunks WHERE run_id = ? ORDER BY position"
_MOMENT = """
SELECT timepoint_id, path_id, circumstance, question, entities_present FROM timepoints
WHERE run_id = ? AND timepoint_id = ?
"""
_TURNS = """
SELECT turn_id, speaker, content, timestamp, emotional_tone, act, tactic, addressed_to, knowledge_shared, option
FROM dialogs WHERE run_id = ? AND timepoint_id = ?
"""

ASKED = (
    "What are {name}'s numbers after it, and why?",
    "How does it leave {name}? Give the numbers and the reason.",
    "Work out {name}'s state after this turn, and say what moved it.",
    "Give {name}'s state once this has been said, with the reason for each change.",
)
INTRODUCED = (
    "You keep the state of the people in a simulated scene; this is about {who}.",
    "Track one person through one turn of a conversation: {who}.",
    "In this scene you follow {who}.",
)


TOLD = 0.015
"""Change of valence or arousal from which on a speaker's own state is worth a record [cal]."""


@frozen
class Beat:
    """One admitted turn: the world just before it, just after it, and the log entries between."""

    turn_id: str
    before: World
    after: World
    entries: Sequence[Entry]


def state_transitions(source: Source) -> Iterator[Example]:
    """Up to two examples a turn: the listener whom it moved most, then the speaker where it moved them too.

    Raises:
        DataError: when the run's tables lack what its log names.
    """
    notes = Annotator(source, TASK, "M6", ("M3", "M10", "M11", "M13", "M14", "M18"))
    lookups = Lookups(source)
    for chunk, beats in _chunks(source):
        found = source.store.query(_MOMENT, (source.run_id, chunk))
        if not found:
            for _beat in beats:
                pass
            continue
        moment = {**found[0], "question": orjson.loads(found[0]["question"] or "null")}
        rows = {row["turn_id"]: row for row in source.store.iterate(_TURNS, (source.run_id, chunk))}
        said: dict[str, str] = {}
        for beat in beats:
            if beat.turn_id in rows:
                row = rows[beat.turn_id]
                yield from _of_turn(notes, lookups, moment, row, beat, said)
                said[row["speaker"]] = row["content"]


def _of_turn(
    notes: Annotator, lookups: Lookups, moment: Mapping[str, Any], row: Mapping[str, Any], beat: Beat,
    said: Mapping[str, str],
) -> Iterator[Example]:  # fmt: skip
    """The examples of one turn; ``said``: by speaker, what each said last in this moment before it."""
    moved = {move[0]: move for entry in beat.entries if isinstance(entry.event, AffectMoved)
             for move in entry.event.moves}  # fmt: skip
    minds = beat.before[Minds]
    listeners = [name for name in moved if name != row["speaker"] and name in minds and name in lookups.people]
    if listeners:
        most = max(listeners, key=lambda name: (abs(moved[name][3]) + abs(moved[name][4]), name))
        yield _example(notes, lookups, moment, row, beat, lookups.person(most), said.get(most, ""))
    if row["speaker"] in minds and _is_moved(beat, row["speaker"]):
        yield _example(notes, lookups, moment, row, beat, lookups.person(row["speaker"]), "")


def _is_moved(beat: Beat, entity: str) -> bool:
    """Whether a feeling of theirs moved far enough to be told: speaking alone hardly does."""
    before, after = beat.before[Minds], beat.after[Minds]
    return any(
        abs(new - old) >= TOLD
        for old, new in (
            (before.valence(entity), after.valence(entity)), (before.arousal(entity), after.arousal(entity)),
        )
    )  # fmt: skip


def _example(
    notes: Annotator,
    lookups: Lookups,
    moment: Mapping[str, Any],
    row: Mapping[str, Any],
    beat: Beat,
    person: Person,
    said: str,
) -> Example:
    speaker = lookups.person(row["speaker"])
    key = f"{row['turn_id']}:{person.id}"
    about = ", ".join(part for part in (person.role, ", ".join(person.details.get("traits", ()))) if part)
    who = f"{one_line(person.name)} ({one_line(about)})" if about else one_line(person.name)
    before, after = beat.before, beat.after
    if person is speaker:
        fresh: list[str] = []
        reasons = speaker_reasons(before, after, beat.entries, person, key)
    else:
        fresh = news(lookups, moment["timepoint_id"], beat.entries, person.id)
        reasons = listener_reasons(lookups, row, beat.entries, person, key, fresh)
    beside = None if person is speaker else beside_words(before, moment, row, person, said, fresh)
    seen = sentence(moment["circumstance"] or "")
    minds, others = before[Minds], others_before(before, orjson.loads(moment["entities_present"]), person)
    sections = (
        Section("system", pick(INTRODUCED if answers(person) else INTRODUCED[-1:], key, "who").format(who=who)),
        Section("system", f"Before: {numbers_before(before, person, speaker)}.{others}"),
        Section("user", f"Situation: {seen}") if seen else None,
        Section("user", f"Event: {event_words(lookups, moment, row, person)}"),
        Section("user", beside) if beside else None,
        Section("user", pick(ASKED, key, "asked").format(name=one_line(person.name))),
    )
    return notes.example(
        key, sections, f"{numbers_after(before, after, person, speaker)}. {' '.join(reasons)}",
        place=Place(moment["timepoint_id"], moment["path_id"] or "", row["turn_id"], row["timestamp"]),
        person=person,
        state=(round(minds.valence(person.id), 4), round(minds.arousal(person.id), 4),
               round(before[Rhythm].energy(person.id), 2)),
        act="speaker" if person is speaker else "listener", tactic=row["tactic"], tone=row["emotional_tone"],
        addressed_to=orjson.loads(row["addressed_to"]), items=orjson.loads(row["knowledge_shared"]),
        events=[entry.id for entry in beat.entries], heard=[row["turn_id"]],
    )  # fmt: skip


def _chunks(source: Source) -> Iterator[tuple[str, Iterator[Beat]]]:
    """Every chunk of the log in the order of commits, with its turns. Each must be read to its end.

    A chunk goes on from its parent's world, which is held as long as a chunk is still to go on from it.
    """
    chain = [(row["chunk"], row["parent"] or "") for row in source.store.query(_CHUNKS, (source.run_id,))]
    children = Counter(parent for _chunk, parent in chain)
    worlds: dict[str, World] = {"": _first(source)}
    codec = _codec(worlds[""])
    for chunk, parent in chain:
        start = worlds[parent]
        children[parent] -= 1
        if not children[parent]:
            del worlds[parent]
        ended: list[World] = []
        yield chunk, _beats(source, codec, chunk, start, ended)
        if children[chunk]:
            worlds[chunk] = ended[0]


def _beats(source: Source, codec: Codec, chunk: str, world: World, ended: list[World]) -> Iterator[Beat]:
    names = ", ".join(f"'{name}'" for name in sorted(codec.types))
    rows = source.store.iterate(
        f"SELECT event_id, timepoint_id, at, beat, mechanism, type, body FROM events "
        f"WHERE run_id = ? AND chunk = ? AND type IN ({names}) ORDER BY seq",
        (source.run_id, chunk),
    )
    turn_id, number, before = "", -1, world
    entries: list[Entry] = []
    for row in rows:
        entry = codec.entry(row)
        if turn_id and entry.beat != number:
            yield Beat(turn_id, before, world, entries)
            turn_id = ""
        if isinstance(entry.event, TurnAdmitted):
            turn_id, number, before, entries = entry.event.turn_id, entry.beat, world, []
        world = world.fold((entry,))
        if turn_id:
            entries.append(entry)
    if turn_id:
        yield Beat(turn_id, before, world, entries)
    ended.append(world)


def _first(source: Source) -> World:
    """The facets before anything happened, as the run's own configuration of their mechanisms brings them."""
    made = orjson.loads(source.row["parts"] or "{}").get("mechanisms", {})
    facets = []
    for mechanism in assemble(()):
        code = mechanism.spec.code
        if code in OWNERS:
            configured = CONVERTER.structure(made.get(code, {}).get("configuration", {}), type(mechanism))
            facets += [one for one in configured.start(source.template).facets if isinstance(one, FACETS)]
    return World(facets)


def _codec(world: World) -> Codec:
    from timepoint_pro.mechanisms.knowledge import KnowledgeGained

    types: list[type[Event]] = [TurnAdmitted, KnowledgeGained, AffectMoved, AffectStirred]
    for facet in world.facets():
        types += facet.folds
    return Codec.of(types)
