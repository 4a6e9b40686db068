"""The closed word lists of the template language."""

from __future__ import annotations

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
MECHANISMS = tuple(f"M{number}" for number in range(1, 20))
CHANNELS = ("briefing", "instrument", "message", "scene", "witnessed")
"""Words that say how a fact came to its first holders; an entity id stands for a teller."""

EVERYONE = "*"
OUTCOME = "outcome"
"""What a fact's ``leads_to`` names when it leads to the end that the portal starts from."""
