"""The closed word lists of the template language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

MODES = ("forward", "portal", "branching", "directorial", "cyclical")
RESOLUTIONS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
"""Units of story time between two moments."""

LEVELS = ("tensor_only", "scene", "graph", "dialog", "trained")
"""Resolution levels of an entity, coarse to fine (M5)."""

EXPLORATION_MODES = ("reverse_chronological", "oscillating", "adaptive", "random")
PLANNING_MODES = ("programmatic", "adaptive", "hybrid")
BUDGET_MODES = ("hard", "soft", "max", "adaptive", "orchestrator", "user")
FIDELITY_TEMPLATES = ("minimalist", "balanced", "dramatic", "max_quality", "portal_pivots")
STRATEGIES = (
    "vary_personalities", "vary_outcomes", "vary_knowledge", "vary_relationships", "vary_starting_conditions",
)  # fmt: skip
TASKS = (
    "dialog_turn", "state_transition", "backward_causal", "counterfactual", "provenance_qa",
    "knowledge_boundary",
)  # fmt: skip
TRAINERS = ("instruct", "trl", "openai", "sharegpt", "alpaca", "axolotl", "preference", "text")

FORMATS = ("jsonl", "json", "tdf", "sqlite", "csv", "parquet", "markdown", "fountain", "graph", "graphml")
NARRATIVE_FORMATS = ("markdown", "fountain", "json")
DETAIL_LEVELS = ("minimal", "summary", "detailed")
ENTITY_TYPES = (
    "human", "animal", "building", "object", "environment", "vehicle", "institution", "abstract", "kami",
    "ai",
)  # fmt: skip
MECHANISM_NAMES: Mapping[str, str] = MappingProxyType({
    "M1": "fidelity by place", "M2": "progressive training", "M3": "knowledge provenance",
    "M4": "constraint enforcement", "M5": "query-driven resolution", "M6": "tensor state", "M7": "causal chain",
    "M8": "embodied states", "M9": "on-demand entities", "M10": "scene", "M11": "dialog",
    "M12": "counterfactual branching", "M13": "relationships", "M14": "circadian rhythm", "M15": "prospection",
    "M16": "animism", "M17": "modal temporal causality", "M18": "model selection", "M19": "knowledge extraction",
})
"""Every mechanism by its code. M1 and M2 are part of M5, M19 of M3."""
MECHANISMS = tuple(MECHANISM_NAMES)
CHANNELS = ("briefing", "instrument", "message", "scene", "witnessed")
"""Words that say how a fact came to its first holders; an entity id stands for a teller."""

EVERYONE = "*"
OUTCOME = "outcome"
"""What a fact's ``leads_to`` names when it leads to the end that the portal starts from."""


def mechanism_words(codes: Iterable[str]) -> str:
    """The codes with what they mean: ``"M3 knowledge provenance, M7 causal chain"``; a user's own stands alone."""
    return ", ".join(f"{code} {MECHANISM_NAMES.get(code, '')}".rstrip() for code in codes)
