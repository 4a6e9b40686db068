"""How a campaign stands, read from the database: also while another process plays it."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from timepoint_pro.campaign.ended import COMPLETED, INTERRUPTED, RUNNING
from timepoint_pro.store.campaigns import campaign_run_rows, campaign_sums
from timepoint_pro.store.database import Store
from timepoint_pro.store.lease import is_leased

MOST_FAILURES = 50


@frozen
class Failure:
    """A run that did not complete, and why."""

    run_id: str
    status: str
    error: str


@frozen
class CampaignStatus:
    """How a campaign stands.

    Args:
        campaign_id: its id.
        status: ``"running"``, ``"completed"``, ``"stopped"`` (a rule stopped it), ``"failed"`` (runs did), ``"budget"``
            or ``"interrupted"``.
        error: what stopped it; empty where nothing did.
        planned: runs in the plan.
        completed: runs that are.
        kept: completed runs that its export holds.
        duplicates: completed runs that were dropped since they repeat another.
        surplus: completed runs beyond the records that were wanted.
        failed: runs that ended otherwise than completed.
        running: runs under way now.
        turns, tokens: of all these runs.
        records: training records in the runs kept.
        cost_usd: in US dollars.
        seconds: of all sittings together.
        rate: completed runs a second; 0 before there is one.
        left_s: seconds until the plan is through at this rate; None where that is not known, 0 when it is through.
        failures: the runs that failed, with reasons; at most ``MOST_FAILURES``.
    """

    campaign_id: str
    status: str
    error: str
    planned: int
    completed: int
    kept: int
    duplicates: int
    surplus: int
    failed: int
    running: int
    turns: int
    tokens: int
    records: int
    cost_usd: float
    seconds: float
    rate: float
    left_s: float | None
    failures: tuple[Failure, ...]


def status_of(store: Store, row: dict[str, Any]) -> CampaignStatus:
    """How a campaign stands.

    Args:
        store: the database.
        row: its row.
    """
    campaign_id = str(row["campaign_id"])
    status, running = str(row["status"]), 0
    if is_leased(store.path, campaign_id, "campaign"):
        status, running = RUNNING, int(row["running"])
    elif status == RUNNING:
        status = INTERRUPTED  # its process was killed
    sums = campaign_sums(store, campaign_id)
    rate = sums["completed"] / row["seconds"] if row["seconds"] else 0.0
    left = (row["planned"] - sums["completed"]) / rate if rate else None
    return CampaignStatus(
        campaign_id, status, str(row["error"] or ""), row["planned"], sums["completed"], sums["kept"],
        sums["duplicates"], sums["surplus"], sums["failed"], running, sums["turns"], sums["tokens"], sums["records"],
        float(sums["cost_usd"]), float(row["seconds"]), rate, 0.0 if status == COMPLETED else left,
        tuple(_failures(store, campaign_id)),
    )  # fmt: skip


def _failures(store: Store, campaign_id: str) -> list[Failure]:
    where = f"status NOT IN ('{COMPLETED}', '{RUNNING}') AND error != ''"
    found = []
    for row in campaign_run_rows(store, campaign_id, where):
        found.append(Failure(row["run_id"], row["status"], row["error"]))
        if len(found) == MOST_FAILURES:
            break
    return found
