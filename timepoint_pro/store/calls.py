"""The call cache and the ledger of requests: every finished request to a model, written before it is used.

A row is found again by its cache key, a digest of all that the answer depends on. A request that was paid for
is never sent again, by this run or by another in the same database.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from attrs import field, frozen

from timepoint_pro.records.quick import quick
from timepoint_pro.store.database import Store, stamp
from timepoint_pro.store.schema import TABLES

_COLUMNS = tuple(TABLES["llm_attempts"][0])
_READ = (
    "answer", "finish_reason", "fault", "answered_by", "tokens_in", "tokens_out", "cost_usd", "cost_source", "run_id",
)  # fmt: skip
_FIND = (
    f"SELECT {', '.join(_READ)} FROM llm_attempts WHERE cache_key = ? ORDER BY run_id != ?, id LIMIT 1"
)
OTHER_RUN = "call cache"
"""Source of the cost of an answer that another run has paid for."""


@quick
@frozen(weakref_slot=False)
class Attempt:
    """One finished request to a model.

    Args:
        answer: its text, without thoughts; empty where there was none.
        finish_reason: as in ``llm.base.Completion``; ``"failed"`` where no answer came and another model was asked.
        fault: what kept the answer from being used, ``"name: words"``; empty where it was used.
        answered_by: the model, as it names itself.
        tokens_in, tokens_out: as the provider counted them.
        cost_usd: in US dollars.
        cost_source: where the figure comes from, as in ``llm.ledger.Call``.
    """

    answer: str
    finish_reason: str
    fault: str
    answered_by: str
    tokens_in: int
    tokens_out: int
    cost_usd: float
    cost_source: str


@frozen
class CallStore:
    """Cache and ledger of one run.

    Args:
        store: the database.
        run_id: the run; it must be in ``runs``.
    """

    store: Store
    run_id: str
    _prompts: set[str] = field(init=False, factory=set, repr=False)

    def find(self, cache_key: bytes) -> Attempt | None:
        """The finished request of that key: this run's own if there is one, else another run's, then for nothing."""
        row = self.store.first(_FIND, (cache_key, self.run_id))
        if row is None:
            return None
        *values, run_id = row
        if run_id != self.run_id:
            values[-2:] = 0.0, OTHER_RUN
        return Attempt(*values)

    def keep(self, row: Mapping[str, Any], messages: list[dict[str, str]], schema: Mapping[str, Any]) -> None:
        """Write a finished request for good; its prompt once a run.

        Args:
            row: columns of ``llm_attempts`` but ``id``, ``run_id`` and ``finished_at``; ``prompt`` is the digest.
            messages: the prompt's messages.
            schema: the prompt's schema.

        Raises:
            StoreError: when it cannot be written; then nothing of it is.
        """
        full = {**row, "id": None, "run_id": self.run_id, "finished_at": stamp()}
        rows: dict[str, list[tuple[Any, ...]]] = {"llm_attempts": [tuple(full[name] for name in _COLUMNS)]}
        digest = str(row["prompt"])
        if digest not in self._prompts:
            text = orjson.dumps(messages).decode()
            rows["llm_prompts"] = [(self.run_id, digest, text, orjson.dumps(schema).decode())]
        self.store.insert(rows)
        self._prompts.add(digest)

    def give_up(self, call_key: str) -> None:
        """Take the attempts at a call out of the cache, so that a resumed run asks anew; the ledger keeps them."""
        self.store.change(
            "UPDATE llm_attempts SET cache_key = NULL WHERE run_id = ? AND call_key = ?", (self.run_id, call_key)
        )

    def spent_usd(self) -> float:
        """What this run's finished requests have cost, in US dollars, whether they led to anything or not."""
        row = self.store.first("SELECT sum(cost_usd) FROM llm_attempts WHERE run_id = ?", (self.run_id,))
        return float(row[0] or 0.0) if row else 0.0

    def dearest(self) -> dict[tuple[str, str], float]:
        """Highest cost of this run's requests so far, by model and action."""
        rows = self.store.query(
            "SELECT model, action, max(cost_usd) AS cost FROM llm_attempts "
            "WHERE run_id = ? AND finish_reason != 'failed' GROUP BY model, action",
            (self.run_id,),
        )
        return {(row["model"], row["action"]): row["cost"] for row in rows}
