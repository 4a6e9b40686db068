"""The turns of a run in story order, one at a time: each with its moment, its log entries and its model call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from attrs import frozen

from timepoint_pro.exporters.contract import Source
from timepoint_pro.prompts.dialog import IN_SCENES

_COLUMNS = (
    "turn_id", "turn_index", "speaker", "content", "timestamp", "emotional_tone", "act", "tactic", "option", "uptake",
    "emotional_valence", "emotional_arousal", "energy_budget", "model", "call_key",
    "action", "tokens_in", "tokens_out", "cost_usd", "cost_source", "attempts",
)  # fmt: skip
_TURNS = """
SELECT d.turn_id, d.turn_index, d.speaker, d.content, d.timestamp, d.emotional_tone, d.act, d.tactic,
       d.option, d.uptake, d.emotional_valence, d.emotional_arousal, d.energy_budget, d.model, d.call_key,
       c.action, c.tokens_in, c.tokens_out, c.cost_usd, c.cost_source, c.attempts,
       d.addressed_to, d.knowledge_shared, d.context
FROM dialogs AS d LEFT JOIN llm_calls AS c ON c.run_id = d.run_id AND c.call_key = d.call_key
WHERE d.run_id = ? AND d.timepoint_id = ? ORDER BY d.turn_index
"""
_MOMENTS = """
SELECT t.timepoint_id, t.position, t.path_id, t.circumstance, t.question, t.scene, k.position AS committed
FROM timepoints AS t LEFT JOIN chunks AS k ON k.run_id = t.run_id AND k.chunk = t.timepoint_id
WHERE t.run_id = ? ORDER BY t.position, committed, t.timepoint_id
"""
_SAID = """
SELECT event_id, mechanism, type, body FROM events
WHERE run_id = ? AND chunk = ? AND type IN ('TurnProposed', 'TurnAdmitted') ORDER BY seq
"""
_LINES = """
SELECT speaker, content, emotional_tone FROM dialogs WHERE run_id = ? AND timepoint_id = ? ORDER BY turn_index
"""
_PLANNERS = """
SELECT c.model, min(k.position) AS since FROM llm_calls AS c JOIN chunks AS k USING (run_id, chunk)
WHERE c.run_id = ? AND c.action NOT IN (?, ?) GROUP BY c.model
"""


@frozen
class Moment:
    """A played moment as records need it.

    Args:
        id: timepoint id.
        index: place in story order, from 0.
        path_id: path or branch.
        circumstance: what everyone present witnesses.
        question: what is to be settled, as plain data; None where nothing is.
        options: its options by id, as plain data.
        frame: where it stands in its mode, in words; empty where nothing was recorded.
    """

    id: str
    index: int
    path_id: str
    circumstance: str
    question: Mapping[str, Any] | None
    options: Mapping[str, Mapping[str, Any]]
    frame: str = ""


@frozen
class Told:
    """A turn as its table holds it.

    Args:
        moment: where it was said.
        row: its columns, and those of its model call, but for what follows as values.
        addressed: entity ids of those addressed.
        shared: ids of the items told.
        context: the snapshot of what the speaker had before them.
        events: ids of the log entries that it is: proposed, then admitted; and what it followed from.
        mechanisms: codes of those who proposed and admitted it.
        voices: every model whose text may stand in the turn or in its context, sorted.
    """

    moment: Moment
    row: Mapping[str, Any]
    addressed: list[str]
    shared: list[str]
    context: Mapping[str, Any]
    events: tuple[str, ...]
    mechanisms: tuple[str, ...]
    voices: tuple[str, ...]


def moments(source: Source) -> Iterator[tuple[Moment, int]]:
    """The moments in story order, each with the number of its chunk in the order of commits."""
    for row in source.store.query(_MOMENTS, (source.run_id,)):
        question = orjson.loads(row["question"] or "null")
        options = {} if question is None else {one["id"]: one for one in question.get("options", ())}
        frame = orjson.loads(row["scene"] or "{}").get("frame", {}).get("words", "")
        moment = Moment(
            row["timepoint_id"], row["position"], row["path_id"] or "", row["circumstance"] or "", question, options,
            frame,
        )  # fmt: skip
        yield moment, row["committed"] or 0


def turns(source: Source) -> Iterator[Told]:
    """Every turn, in story order. Memory is bounded by the longest scene and the number of moments.

    A model's text is taken to reach every turn after its first, and a planner's every turn played after it
    planned: nobody can say of a later turn that it owes nothing to an earlier one.
    """
    store, run_id = source.store, source.run_id
    planners = [
        (row["model"], row["since"])
        for row in store.query(_PLANNERS, (run_id, *(one.value for one in IN_SCENES)))
    ]
    speakers: set[str] = set()
    loads = orjson.loads
    for moment, committed in moments(source):
        planned = {model for model, since in planners if since <= committed}
        entries = _entries(source, moment.id)
        voices: tuple[str, ...] = ()
        for *values, addressed, shared, context in store.tuples(_TURNS, (run_id, moment.id)):
            row = dict(zip(_COLUMNS, values, strict=True))
            if row["model"] not in speakers or not voices:
                speakers.add(row["model"])
                voices = tuple(sorted(speakers | planned))
            events, codes = entries.get(row["turn_id"], ((), ()))
            yield Told(moment, row, _texts(addressed), _texts(shared), loads(context), events, codes, voices)


def _texts(text: str) -> list[str]:
    found: list[str] = [] if text == "[]" else orjson.loads(text)
    return found


def spoken_lines(source: Source, timepoint_id: str) -> Iterator[dict[str, Any]]:
    """What was said in one moment, in order: speaker, content, emotional_tone."""
    return source.store.iterate(_LINES, (source.run_id, timepoint_id))


def _entries(source: Source, chunk: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """For each admitted turn of a moment: its log entries, and who emitted them."""
    proposed: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    found: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for event_id, mechanism, kind, text in source.store.tuples(_SAID, (source.run_id, chunk)):
        body = orjson.loads(text)
        if kind == "TurnProposed":
            proposed[body["turn"]["id"]] = event_id, mechanism, tuple(body.get("causes", ()))
            continue
        turn_id = body["turn_id"]
        if turn_id in proposed:
            own, code, causes = proposed[turn_id]
            found[turn_id] = (own, event_id, *causes), (code, mechanism)
    return found
