"""What did a run come to? Decisions, and a few numbers of the whole and of each person, for statistics over runs.

Everything is read from the run's tables, a few rows each, so that a thousand runs take seconds. Where a run has
branches the main path counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import fmean
from typing import Any, Protocol

import orjson
from attrs import frozen

from timepoint_pro.store.database import Store

STATE = {"valence": "emotional_valence", "arousal": "emotional_arousal", "energy": "energy_budget"}


class Recorded(Protocol):
    """A run in a database; ``Run`` is one."""

    @property
    def store(self) -> Store:
        """The database."""
        ...

    @property
    def run_id(self) -> str:
        """Id of the run in it."""
        ...


@frozen
class Outcome:
    """What a run came to.

    Args:
        run_id: its id.
        decisions: question id to the option that was settled on; empty text for one left open.
        numbers: of the whole: ``turns``; ``told`` (times that somebody learned something from somebody);
            ``violations``; and, as means at the end, ``valence`` in [-1, 1], ``arousal`` in [0, 1], ``energy`` in
            [0, 100], ``trust`` in [-1, 1].
        people: entity id to the same of that person: ``turns``, ``told``, ``valence``, ``arousal``, ``energy``.
    """

    run_id: str
    decisions: Mapping[str, str]
    numbers: Mapping[str, float]
    people: Mapping[str, Mapping[str, float]]

    @property
    def measures(self) -> dict[str, float]:
        """All that can be averaged: the numbers, and 1 or 0 for ``"question = option"``."""
        settled = {f"{question} = {option or 'open'}": 1.0 for question, option in self.decisions.items()}
        return {**self.numbers, **settled}


def outcome(run: Recorded) -> Outcome:
    """The outcome of a run, finished or not.

    Raises:
        StoreError: when the database cannot be read.
    """
    store, run_id = run.store, run.run_id
    moments = _main_path(store, run_id)
    states = _last(
        store, "SELECT timepoint_id, entity_id, emotional_valence, emotional_arousal, energy_budget FROM states "
        "WHERE run_id = ?", run_id, moments, ("entity_id",),
    )  # fmt: skip
    ties = _last(
        store, "SELECT timepoint_id, source, target, trust FROM relationships WHERE run_id = ?", run_id, moments,
        ("source", "target"),
    )  # fmt: skip
    spoken = _counts(store, "SELECT timepoint_id, speaker AS who FROM dialogs WHERE run_id = ?", run_id, moments)
    told = _counts(
        store, "SELECT timepoint_id, entity_id AS who FROM exposure_events WHERE run_id = ? AND how = 'told'", run_id,
        moments,
    )  # fmt: skip
    broken = store.query("SELECT count(*) AS n FROM violations WHERE run_id = ?", (run_id,))[0]["n"]
    people = {
        who: {
            "turns": float(spoken.get(who, 0)), "told": float(told.get(who, 0)),
            **{name: float(row[column]) for name, column in STATE.items()},
        }
        for (who,), row in sorted(states.items())
    }  # fmt: skip
    numbers = {"turns": float(sum(spoken.values())), "told": float(sum(told.values())), "violations": float(broken)}
    for name in STATE:
        if people:
            numbers[name] = fmean(person[name] for person in people.values())
    if ties:
        numbers["trust"] = fmean(float(row["trust"]) for row in ties.values())
    return Outcome(run_id, _decisions(store, run_id, moments), numbers, people)


def outcomes(runs: Iterable[Recorded]) -> list[Outcome]:
    """The outcomes of runs, in their order."""
    return [outcome(run) for run in runs]


def _main_path(store: Store, run_id: str) -> dict[str, int]:
    """Ids of the moments on the main path with their places."""
    rows = store.query("SELECT timepoint_id, position FROM timepoints WHERE run_id = ?", (run_id,))
    chosen = store.query("SELECT body FROM paths WHERE run_id = ? AND chosen = 1", (run_id,))
    listed = orjson.loads(chosen[0]["body"]).get("timepoints") if chosen else None
    return {row["timepoint_id"]: row["position"] for row in rows if listed is None or row["timepoint_id"] in listed}


def _last(
    store: Store, sql: str, run_id: str, moments: Mapping[str, int], key: tuple[str, ...]
) -> dict[tuple[str, ...], dict[str, Any]]:
    """The row of the latest moment for each key."""
    latest: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in store.iterate(sql, (run_id,)):
        place = moments.get(row["timepoint_id"])
        name = tuple(row[column] for column in key)
        if place is not None and (name not in latest or place > moments[latest[name]["timepoint_id"]]):
            latest[name] = row
    return latest


def _counts(store: Store, sql: str, run_id: str, moments: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in store.iterate(sql, (run_id,)):
        if row["timepoint_id"] in moments:
            found[row["who"]] = found.get(row["who"], 0) + 1
    return found


def _decisions(store: Store, run_id: str, moments: Mapping[str, int]) -> dict[str, str]:
    rows = store.query(
        "SELECT timepoint_id, body FROM events WHERE run_id = ? AND type = 'SceneSettled' ORDER BY at, rowid", (run_id,)
    )
    settled = [orjson.loads(row["body"]) for row in rows if row["timepoint_id"] in moments]
    return {one["question"]: one.get("option", "") for one in settled if one.get("question")}
