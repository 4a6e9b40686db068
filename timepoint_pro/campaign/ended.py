"""How one run of a campaign ended, and what of it the campaign needs to know."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen

from timepoint_pro.errors import TimepointError
from timepoint_pro.evaluation.near_duplicates import NearDuplicateIndex
from timepoint_pro.exporters import training_examples
from timepoint_pro.formulas.text import shingles
from timepoint_pro.run_store import RunStore

COMPLETED, FAILED, BUDGET, INTERRUPTED, RUNNING = "completed", "failed", "budget", "interrupted", "running"
ONE_A_TURN = ("dialog_turn",)
"""This task has one record a turn, so that they need not be written to be counted."""
SAMPLED = 8
"""One shingle in so many is kept to look for near-duplicates (sampling by value: Broder 1997)."""
MARGIN = 0.2
"""By how much the likeness of samples may fall short of the threshold for two runs to be compared in full [cal]."""


@frozen
class Wanted:
    """What is measured of a completed run.

    Args:
        tasks: training tasks whose records are counted.
        sketch: whether near-duplicates are looked for.
    """

    tasks: tuple[str, ...] = ONE_A_TURN
    sketch: bool = False


@frozen
class Ended:
    """How a run ended.

    Args:
        status: ``"completed"``, ``"failed"``, ``"budget"`` or ``"interrupted"``.
        error: why it did not complete.
        exit_code: of that error.
        turns, records, tokens: counts.
        cost_usd: in US dollars.
        sketch: sampled shingles of its words, eight bytes each; empty where they are not wanted.
    """

    status: str
    error: str = ""
    exit_code: int = 0
    turns: int = 0
    records: int = 0
    cost_usd: float = 0.0
    tokens: int = 0
    sketch: bytes = b""


def ended_by(error: BaseException, status: str, store: RunStore, run_id: str) -> Ended:
    """How a run ended that did not complete."""
    why = str(error) if isinstance(error, TimepointError) else f"{type(error).__name__}: {error}"
    code = error.exit_code if isinstance(error, TimepointError) else 1
    found = store.query("SELECT turns, cost_usd, token_count FROM runs WHERE run_id = ?", (run_id,))
    row: dict[str, Any] = found[0] if found else {"turns": 0, "cost_usd": 0.0, "token_count": 0}
    return Ended(status, why, code, row["turns"], 0, row["cost_usd"], row["token_count"])


def completed(store: RunStore, run_id: str, wanted: Wanted) -> Ended:
    """What a completed run holds.

    Raises:
        RunNotFoundError: when there is no such run.
    """
    row = store.run_row(run_id)
    records = row["turns"]
    if wanted.tasks != ONE_A_TURN:
        records = sum(1 for _ in training_examples(store.load(run_id), wanted.tasks))
    sampled = sorted(one for one in run_shingles(store, run_id) if not one % SAMPLED) if wanted.sketch else []
    sketch = array("Q", sampled).tobytes()
    return Ended(COMPLETED, "", 0, row["turns"], records, row["cost_usd"], row["token_count"], sketch)


def run_shingles(store: RunStore, run_id: str) -> frozenset[int]:
    """The 3-word shingles of what was said in a run; none leads from one turn to another."""
    return frozenset(one for said in _words(store, run_id) for one in shingles(said))


def _words(store: RunStore, run_id: str) -> Iterator[str]:
    for row in store.iterate("SELECT content FROM dialogs WHERE run_id = ? ORDER BY rowid", (run_id,)):
        yield row["content"]


class Twins:
    """Runs whose words were let through, to be asked whether another one says nearly the same.

    Samples of their shingles find the candidates; those are compared in full. So nothing is dropped under the
    threshold, and a run that is just over it is let through now and then.

    Args:
        store: the database.
        threshold: Jaccard similarity of 3-word shingles, in (0, 1].
    """

    def __init__(self, store: RunStore, threshold: float) -> None:
        self._store, self._threshold = store, threshold
        self._index = NearDuplicateIndex(max(0.05, threshold - MARGIN))
        self._ids: list[str] = []

    def twin(self, run_id: str, sketch: bytes) -> str:
        """Id of a run let through before that says nearly the same; empty, and it is let through, without one."""
        sampled = frozenset(array("Q", sketch))
        candidates = [self._ids[number] for number, _likeness in self._index.matches(sampled)]
        found = self._same(run_id, candidates) if candidates else ""
        if not found:
            self._index.add(sampled)
            self._ids.append(run_id)
        return found

    def _same(self, run_id: str, candidates: Sequence[str]) -> str:
        own = run_shingles(self._store, run_id)
        for other in candidates:
            theirs = run_shingles(self._store, other)
            common = len(own & theirs)
            if common and common / (len(own) + len(theirs) - common) >= self._threshold:
                return other
        return ""
