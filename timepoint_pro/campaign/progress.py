"""What a campaign tells while it goes on."""

from __future__ import annotations

from attrs import frozen


@frozen
class CampaignProgress:
    """Where a campaign stands.

    Args:
        kind: ``"started"``, ``"turn"`` (a turn was spoken; not more than ten times a second), ``"run"`` (a run ended)
            or ``"done"`` (the sitting is over).
        campaign_id: its id.
        planned: runs in the plan.
        completed: runs that are.
        failed: runs that failed in this sitting, or reached their own cap on cost; the next sitting tries them again.
        duplicates: completed runs that were dropped since they repeat another.
        running: runs under way.
        turns, calls, tokens: counts, of this sitting; calls are model calls.
        in_flight: model calls sent and not answered yet.
        records: training records in the runs kept, in all sittings.
        cost_usd: of the campaign so far, in US dollars, in all sittings.
        seconds: since the sitting began.
        rate: runs a second in this sitting; 0 before one has ended.
        left_s: seconds until the plan is through or the records suffice, at this rate; None before it is known.
        run_id: of the run that ended; empty in other kinds.
        status: how it ended, as in ``Run.status``; with ``"done"``, how the campaign stands.
        error: why it did not complete; with ``"done"``, what stopped the campaign.
    """

    kind: str
    campaign_id: str
    planned: int
    completed: int = 0
    failed: int = 0
    duplicates: int = 0
    running: int = 0
    turns: int = 0
    calls: int = 0
    in_flight: int = 0
    tokens: int = 0
    records: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0
    rate: float = 0.0
    left_s: float | None = None
    run_id: str = ""
    status: str = ""
    error: str = ""
