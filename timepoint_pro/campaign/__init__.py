"""Campaigns: thousands of runs that belong together, on one machine or many.

``campaign`` is what users hold. ``plan`` says which runs there are, ``variations`` how a template is varied; a
``sitting`` is one stretch of playing, by ``local`` in this process or by ``remote`` on an executor's workers
(``worker``); ``verdicts`` decides which runs are kept.
"""

from __future__ import annotations

from timepoint_pro.campaign.campaign import CONCURRENCY, Campaign, campaigns, find_status
from timepoint_pro.campaign.progress import CampaignProgress
from timepoint_pro.campaign.rules import Rules
from timepoint_pro.campaign.status import CampaignStatus, Failure

__all__ = [
    "CONCURRENCY", "Campaign", "CampaignProgress", "CampaignStatus", "Failure", "Rules", "campaigns", "find_status",
]  # fmt: skip
