"""Sweeps: how the outcome of a template depends on its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from attrs import frozen

from timepoint_pro.campaign.arguments import TemplateLike
from timepoint_pro.campaign.campaign import CONCURRENCY, Campaign
from timepoint_pro.campaign.ended import COMPLETED
from timepoint_pro.campaign.sitting import Listener
from timepoint_pro.campaign.status import CampaignStatus
from timepoint_pro.evaluation.outcomes import Outcome, outcome
from timepoint_pro.evaluation.statistics import Effect, Statistics, sensitivity, statistics

SURE = 0.05
"""An effect counts as sure from this p on."""


@frozen
class Sweep:
    """What a sweep found.

    Args:
        campaign_id: of the campaign that it played.
        status: of that campaign.
        statistics: over all its completed runs.
        effects: of each parameter by its JSON path, the surest first.
    """

    campaign_id: str
    status: CampaignStatus
    statistics: Statistics
    effects: Mapping[str, tuple[Effect, ...]]


def sweep(
    template: TemplateLike,
    parameters: Mapping[str, Sequence[Any]],
    *,
    repeats: int = 8,
    concurrency: int = CONCURRENCY,
    executor: Any = None,
    listener: Listener | None = None,
    **arguments: Any,
) -> Sweep:
    """Play a template with every combination of values, several times, and say what they move.

    The combinations share their random numbers, repeat by repeat.

    Args:
        template: an id, a path, a document or a ``Template``.
        parameters: values by JSON path.
        repeats: runs of each combination.
        concurrency, executor, listener: as for ``Campaign.run``.
        arguments: as for ``Campaign``.

    Raises:
        UsageError, TemplateError, StoreError: as ``Campaign`` and ``Campaign.run``.
    """
    campaign = Campaign(template, grid=parameters, repeats=repeats, variations=0, **arguments)
    campaign.run(concurrency, executor, listener)
    return sweep_of(campaign)


def sweep_of(campaign: Campaign) -> Sweep:
    """What a campaign with a grid has found so far.

    Raises:
        UsageError: when none of its runs is completed, or fewer than two values of a parameter have one.
    """
    found: list[Outcome] = []
    cells: list[dict[str, Any]] = []
    blocks: list[tuple[str, int, int]] = []
    for row in campaign.rows():
        if row["status"] == COMPLETED:
            found.append(outcome(campaign.store.load(row["run_id"])))
            cells.append(orjson.loads(row["cell"]))
            blocks.append((row["template"], row["variation"], row["repeat"]))
    effects = {
        path: sensitivity(path, [cell[path] for cell in cells], _blocks(path, cells, blocks), found)
        for path, _values in campaign.plan.grid
    }
    return Sweep(campaign.campaign_id, campaign.status(), statistics(found), effects)


def _blocks(
    path: str, cells: Sequence[Mapping[str, Any]], blocks: Sequence[tuple[str, int, int]]
) -> list[tuple[tuple[str, int, int], str]]:
    """Runs that differ by nothing but the parameter."""
    return [
        (block, repr({name: value for name, value in cell.items() if name != path}))
        for cell, block in zip(cells, blocks, strict=True)
    ]
