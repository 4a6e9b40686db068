"""A run as pandas frames, for whoever goes on from here with statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from timepoint_pro.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas

    from timepoint_pro.reading.stored_run import StoredRun

_QUERIES = {
    "turns": (
        "SELECT timepoint_id, turn_id, turn_index, speaker, content, timestamp, emotional_tone, act, tactic, "
        "addressed_to, knowledge_shared, reply_to, option, uptake, emotional_valence, emotional_arousal, "
        "energy_budget, model FROM dialogs JOIN (SELECT timepoint_id AS of, position, rowid AS entered FROM timepoints "
        "WHERE run_id = ?) ON of = timepoint_id WHERE run_id = ? ORDER BY position, entered, turn_index"
    ),
    "entities": (
        "SELECT entity_id, name, entity_type, role, archetype FROM entities WHERE run_id = ? ORDER BY position"
    ),
    "states": (
        "SELECT timepoint_id, entity_id, emotional_valence, emotional_arousal, energy_budget, tensor FROM states "
        "WHERE run_id = ? ORDER BY rowid"
    ),
    "exposures": (
        "SELECT exposure_id, entity_id, item_id, content, how, source, timepoint_id, timestamp, confidence, parents "
        "FROM exposure_events WHERE run_id = ? ORDER BY timestamp, rowid"
    ),
    "relationships": (
        "SELECT timepoint_id, source, target, kind, trust, affinity, power, interactions FROM relationships "
        "WHERE run_id = ? ORDER BY rowid"
    ),
    "timepoints": (
        "SELECT timepoint_id, position, timestamp, ends_at, path_id, title, circumstance, entities_present, "
        "causal_antecedents, importance, outcome FROM timepoints WHERE run_id = ? ORDER BY position, rowid"
    ),
}
_LISTS = frozenset((
    "addressed_to", "knowledge_shared", "parents", "entities_present", "causal_antecedents",
))  # fmt: skip
_TIMES = frozenset(("timestamp", "ends_at"))


def frames_of(run: StoredRun) -> dict[str, pandas.DataFrame]:
    """A run as frames, one row a turn, entity, state, exposure, relationship and timepoint.

    ``turns`` has the speaker's state just before the turn, ``states`` and ``relationships`` those of everyone present
    after each timepoint. Valence, trust, affinity and power are in [-1, 1], arousal and confidence in [0, 1], energy in
    [0, 100]; times are aware, in UTC; what may be several is a list. The twenty numbers of the TTM tensor stand in
    columns of their own, as shares of their range: ``context_knowledge`` to ``behavior_novelty_seeking``.

    Returns:
        Frames by name: ``turns``, ``entities``, ``states``, ``exposures``, ``relationships``, ``timepoints``.

    Raises:
        MissingExtraError: the extra ``notebook`` is not installed.
        StoreError: the database cannot be read.
    """
    try:
        import pandas
    except ImportError as error:
        raise MissingExtraError("notebook", "run.frames()") from error
    frames = {}
    for name, query in _QUERIES.items():
        rows = run.store.query(query, (run.run_id,) * query.count("?"))
        columns = list(rows[0]) if rows else _columns(query)
        frame = pandas.DataFrame(rows, columns=columns)
        for column in columns:
            if column in _LISTS:
                frame[column] = frame[column].map(orjson.loads)
            elif column in _TIMES:
                # To the microsecond, so that stories of any year fit.
                frame[column] = pandas.to_datetime(frame[column], utc=True, format="ISO8601").dt.as_unit("us")
        frames[name] = frame
    frames["states"] = _with_tensor(frames["states"])
    return frames


def _with_tensor(states: pandas.DataFrame) -> pandas.DataFrame:
    import pandas

    from timepoint_pro.records.units import BEHAVIOR, BIOLOGY, CONTEXT

    names = [
        *(f"context_{one}" for one in CONTEXT), *(f"biology_{one}" for one in BIOLOGY),
        *(f"behavior_{one}" for one in BEHAVIOR),
    ]  # fmt: skip
    tensors = [orjson.loads(one) for one in states["tensor"]]
    rows = [[*one["context"], *one["biology"], *one["behavior"]] for one in tensors]
    return pandas.concat([states.drop(columns="tensor"), pandas.DataFrame(rows, columns=names)], axis=1)


def _columns(query: str) -> list[str]:
    listed = query.removeprefix("SELECT ").partition(" FROM ")[0]
    return [one.strip() for one in listed.split(",")]
