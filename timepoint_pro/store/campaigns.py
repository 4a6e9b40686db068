"""What the database keeps of campaigns: what was planned, and what became of each run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from timepoint_pro.errors import StoreError
from timepoint_pro.store.database import Store, stamp
from timepoint_pro.store.schema import CAMPAIGN_TABLES

_RUN_COLUMNS = tuple(CAMPAIGN_TABLES["campaign_runs"][0])
_KEEP_RUN = (
    f"INSERT OR REPLACE INTO campaign_runs ({', '.join(_RUN_COLUMNS)}) "
    f"VALUES ({', '.join('?' * len(_RUN_COLUMNS))})"
)
_SUMS = """
SELECT count(*) AS runs, sum(status = 'completed') AS completed,
       sum(status NOT IN ('completed', 'running', 'interrupted')) AS failed,
       sum(verdict = 'kept') AS kept, sum(verdict = 'duplicate') AS duplicates, sum(verdict = 'surplus') AS surplus,
       sum(turns) AS turns, sum(CASE WHEN verdict = 'kept' THEN records ELSE 0 END) AS records,
       sum(cost_usd) AS cost_usd, sum(tokens) AS tokens
FROM campaign_runs WHERE campaign_id = ?
"""


def campaign_row(store: Store, campaign_id: str) -> dict[str, Any] | None:
    """The row of a campaign, ``"last"`` for the newest; None where there is none."""
    if campaign_id == "last":
        rows = store.query("SELECT * FROM campaigns ORDER BY rowid DESC LIMIT 1")
    else:
        rows = store.query("SELECT * FROM campaigns WHERE campaign_id = ?", (campaign_id,))
    return rows[0] if rows else None


def campaign_rows(store: Store) -> list[dict[str, Any]]:
    """All campaigns, newest first."""
    return store.query("SELECT * FROM campaigns ORDER BY rowid DESC")


def enter_campaign(store: Store, row: Mapping[str, Any]) -> None:
    """Enter a campaign that is not there yet.

    Raises:
        StoreError: when it cannot be written.
    """
    now = stamp()
    columns = tuple(CAMPAIGN_TABLES["campaigns"][0])
    full = {**dict.fromkeys(columns), "running": 0, "seconds": 0.0, **row, "created_at": now, "updated_at": now}
    store.change(
        f"INSERT INTO campaigns ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        tuple(full[column] for column in columns),
    )


def update_campaign(store: Store, campaign_id: str, **columns: Any) -> None:
    """Change columns of a campaign; ``updated_at`` is stamped here."""
    changed = {**columns, "updated_at": stamp()}
    names = ", ".join(f"{name} = ?" for name in changed)
    store.change(f"UPDATE campaigns SET {names} WHERE campaign_id = ?", (*changed.values(), campaign_id))


def keep_runs(store: Store, rows: Iterable[Mapping[str, Any]], campaign_id: str, **columns: Any) -> None:
    """Note what became of runs, and change columns of their campaign, in one transaction."""
    changed = {**columns, "updated_at": stamp()}
    names = ", ".join(f"{name} = ?" for name in changed)
    with store.writing("keep the state of a campaign") as connection:
        connection.executemany(_KEEP_RUN, [tuple(row[column] for column in _RUN_COLUMNS) for row in rows])
        connection.execute(f"UPDATE campaigns SET {names} WHERE campaign_id = ?", (*changed.values(), campaign_id))


def campaign_run_rows(store: Store, campaign_id: str, where: str = "1") -> Iterator[dict[str, Any]]:
    """What became of the runs, in the order of the plan; ``where`` is a condition in SQL."""
    return store.iterate(
        f"SELECT * FROM campaign_runs WHERE campaign_id = ? AND {where} ORDER BY position", (campaign_id,)
    )


def campaign_sums(store: Store, campaign_id: str) -> dict[str, Any]:
    """Counts and sums over the runs that ended: see the columns of the query."""
    found = store.query(_SUMS, (campaign_id,))[0]
    return {name: value or 0 for name, value in found.items()}


def forget_lost(store: Store, campaign_id: str) -> None:
    """Take out runs that are noted as ended and are no longer in the database: somebody has deleted them."""
    store.change(
        "DELETE FROM campaign_runs WHERE campaign_id = ? AND status = 'completed' "
        "AND run_id NOT IN (SELECT run_id FROM runs)",
        (campaign_id,),
    )


def has_campaigns(store: Store) -> bool:
    """Whether the database is of a version that knows campaigns: one that is only read is not brought up to date."""
    return bool(store.query("SELECT 1 FROM sqlite_master WHERE name = 'campaigns'"))


def no_campaign(campaign_id: str, known: Iterable[str]) -> StoreError:
    """The error for a campaign that is not there."""
    from timepoint_pro.errors import nearest

    ids = list(known)
    close = nearest(campaign_id, ids)
    if not ids:
        advice = "it holds none yet, 'timepoint campaign run' plays one"
    else:
        advice = f"did you mean {close!r}?" if close else "'timepoint campaign list' lists them"
    return StoreError(f"no campaign {campaign_id!r} in this database; {advice}")
