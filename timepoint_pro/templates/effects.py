"""What every key of a template does, and when: the one table that validation and documentation go by.

A key is named by its pattern: ``temporal.path_count``, ``metadata.entity_roster.*.role`` (any id),
``metadata.facts[].topic`` (any item). A key may have several effects; it acts where one of them does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from timepoint_pro.templates.metadata_effects import METADATA_KEYS
from timepoint_pro.templates.vocabulary import BUDGET_MODES, MODES

if TYPE_CHECKING:
    from timepoint_pro.templates.model import Template


@frozen
class Effect:
    """One thing that a key does.

    Args:
        does: what, as the documentation says it; for a key that does nothing, why it is accepted.
        modes: the modes in which it acts.
        needs: dotted keys, each with the values of which it must have one.
        lacks: a dotted key that must be empty, since it takes this one's place.
    """

    does: str
    modes: tuple[str, ...] = MODES
    needs: Mapping[str, tuple[Any, ...]] = {}
    lacks: str = ""

    def obstacle(self, template: Template) -> str:
        """Why it does not act in a template of one of its modes, in words; empty where it acts."""
        if not self.modes:
            return self.does[0].lower() + self.does[1:].rstrip(".")
        for name, values in self.needs.items():
            if value_at(template, name) not in values:
                return f"it acts where {name} is {_series([_word(value) for value in values], 'or')}"
        if self.lacks and value_at(template, self.lacks):
            return f"{self.lacks} takes its place"
        return ""


def value_at(template: Template, name: str) -> Any:
    """The value of a dotted key; under ``metadata`` and ``patch`` as the typed view holds it."""
    first, *rest = name.split(".")
    value: Any = {"metadata": template.view, "patch": template.about}.get(first) or getattr(template, first)
    for part in rest:
        value = getattr(value, part)
    return value


def obstacle(template: Template, pattern: str) -> str:
    """Why a key has no effect in this template, in words; empty where it acts."""
    effects = EFFECTS[pattern]
    here = [effect for effect in effects if template.temporal.mode in effect.modes]
    modes = tuple(mode for mode in MODES if any(mode in effect.modes for effect in effects))
    if modes and not here:
        return f"it acts in {_series(modes, 'and')} mode, and this is {template.temporal.mode}"
    reasons = [effect.obstacle(template) for effect in here or effects]
    return "" if "" in reasons else "; ".join(reasons)


def _series(words: Sequence[str], last: str) -> str:
    """The words in a row: ``a``, ``a and b``, ``a, b and c``."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _row(does: str, *modes: str, needs: Mapping[str, tuple[Any, ...]] | None = None, lacks: str = "") -> Effect:
    return Effect(does, modes or MODES, needs or {}, lacks)


def _idle(why: str) -> Effect:
    return Effect(why, ())


JUDGED = {"temporal.use_simulation_judging": (True,)}
NARRATED = {"outputs.generate_narrative_exports": (True,)}
VARIED = {"variations.enabled": (True,)}
REPEATED = {"convergence.enabled": (True,)}
PLANNED = {"temporal.token_budget_mode": tuple(mode for mode in BUDGET_MODES if mode != "user")}
CAPPED = {"temporal.token_budget_mode": tuple(mode for mode in BUDGET_MODES if mode != "max")}
SCHEDULED = {"temporal.token_budget_mode": ("user",)}
SWINGING = {"temporal.exploration_mode": ("oscillating", "adaptive")}
CHECKPOINTS = "Every moment is a checkpoint already, so there is nothing to switch or space."
COUNTED = tuple(mode for mode in MODES if mode != "portal")

_ROWS: dict[str, Effect | tuple[Effect, ...]] = {
    "scenario_description": _row("The situation in words; every prompt's frame."),
    "world_id": _row("The template's id; where it is empty, the file's name."),
    "max_cost_usd": _row("Hard cap on the cost of a run in US dollars; the run stops there and can be resumed."),
    "enable_checkpoints": _idle(CHECKPOINTS),
    "checkpoint_interval": _idle(CHECKPOINTS),
    "economic_scenario": _row("Context that prompts show: the economy about the scene."),
    "founder_profiles": _row("Context that prompts show: who founded the company."),
    "language": _row("The language that people speak; without it `metadata.language`, then `en`."),
    "patch": _row("Who made the template and what it is; open to further keys."),
    "patch.name": _row("Title in lists and reports."),
    "patch.category": _row("Group in lists."),
    "patch.tags": _row("Words to find it by."),
    "patch.author": _row("Who made it."),
    "patch.version": _row("Its version, recorded with a run."),
    "patch.description": _row("A line for lists; without it the scenario's description."),
    "entities": _row("Who takes part."),
    "entities.count": _row(
        "How many take part, not under the roster's number; the rest are generated. Null: the roster, or 4."
    ),
    "entities.types": _row("Types that generated entities take in turn; an unknown one behaves as object."),
    "entities.initial_resolution": _row("Level at which entities start where the roster says none."),
    "entities.animism_level": _row(
        "What may act besides humans: 0 nothing, 1 animals and buildings, 2 objects and organisms, 3 "
        "abstract concepts, 4 adaptive, 5 spiritual, 6 AI agents."
    ),
    "entities.envelope": _row("Presence over the run; scales self-selection and resolution."),
    "entities.envelope.attack": _row("Share of the run in which presence rises to its full height."),
    "entities.envelope.decay": _row("Share of the run in which it falls from there to `sustain`."),
    "entities.envelope.sustain": _row("Level that it keeps."),
    "entities.envelope.release": _row("Share of the run, at its end, in which it falls to nothing."),
    "entities.adprs_envelopes": _row("Presence as damped waves; below the dialog fifth an entity does not speak."),
    "entities.adprs_envelopes[].A": _row("Share of the amplitude that is left at the end of the duration."),
    "entities.adprs_envelopes[].D": _row("Duration in milliseconds; null: the run's length."),
    "entities.adprs_envelopes[].P": _row("Half waves within the duration."),
    "entities.adprs_envelopes[].R": _row("Milliseconds after which it recurs; 0: once."),
    "entities.adprs_envelopes[].S": _row("Amplitude."),
    "entities.adprs_envelopes[].t0": _row("Start: a time, or milliseconds after the run's start; null: that start."),
    "entities.adprs_envelopes[].baseline": _row("Level that it swings about; null: (1 - S)/2."),
    "entities.default_voice": _row("How those talk whom the roster gives no voice guide."),
    "entities.default_voice.sentence_length": _row("Length of their sentences, in words of your own or as a number."),
    "entities.default_voice.verbal_tics": _row("Turns of phrase that come up again."),
    "entities.default_voice.never_says": _row("What they never say; a turn that does is asked again."),
    "entities.default_voice.disagreement_style": _row("How they disagree."),
    "entities.default_voice.specificity_anchors": _row("Concrete details that they bring up as evidence."),
    "timepoints": _row("How many story moments, how far apart, from when."),
    "timepoints.count": _row("Number of story moments.", *COUNTED),
    "timepoints.start_time": _row("Story time of the first moment; null: the origin's year, or 2026-01-01T09:00Z."),
    "timepoints.resolution": _row("Time from one moment to the next."),
    "timepoints.before_count": _row("Further moments ahead of the `count`.", *COUNTED),
    "timepoints.after_count": _row("Further moments after the `count`.", *COUNTED),
    "temporal": _row("How causes and time are ordered, and how finely moments are simulated."),
    "temporal.mode": _row("The order of causes: see the guide to the five modes."),
    "temporal.enable_counterfactuals": _row("Whether branches are compared with the trunk.", "branching"),
    "temporal.path_count": (
        _row("Portal: paths kept at each step.", "portal"),
        _row(
            "Branching: how many branches, without branching points.",
            "branching",
            lacks="metadata.branching_points",
        ),
    ),
    "temporal.portal_description": _row("The fixed outcome; portal mode cannot do without.", "portal"),
    "temporal.portal_valence": _row(
        "What the outcome is to those who live it, from a disaster (-1) to a joy (1): it moves how they feel.", "portal"
    ),
    "temporal.portal_year": _row("Year of the outcome.", "portal"),
    "temporal.origin_year": _row("Year of the origin, not after the portal's.", "portal"),
    "temporal.backward_steps": _row("Steps from the outcome back to the origin, so one moment more.", "portal"),
    "temporal.exploration_mode": _row("Order in which moments are filled in between the two ends.", "portal"),
    "temporal.oscillation_complexity_threshold": _row(
        "Steps from which on adaptive exploration swings between the two ends.", "portal", needs=SWINGING
    ),
    "temporal.candidate_antecedents_per_step": _row("Antecedents proposed for a path at each step.", "portal"),
    "temporal.coherence_threshold": _row("Score under which a candidate is dropped.", "portal"),
    "temporal.max_backtrack_depth": _row("Steps taken back at most when all candidates are dropped.", "portal"),
    "temporal.llm_scoring_weight": _row("Weight of plausibility in a candidate's score.", "portal"),
    "temporal.historical_precedent_weight": _row("Weight of precedent.", "portal"),
    "temporal.causal_necessity_weight": _row("Weight of causal necessity.", "portal"),
    "temporal.entity_capability_weight": _row("Weight of what the entities are able to do.", "portal"),
    "temporal.portal_relaxation_enabled": _row(
        "Whether the threshold is lowered, on record, once backtracking is spent.", "portal"
    ),
    "temporal.use_simulation_judging": _row("Whether candidates are played forward and judged.", "portal"),
    "temporal.simulation_forward_steps": _row("Moments that such a play lasts.", "portal", needs=JUDGED),
    "temporal.simulation_max_entities": _row("Entities in it at most.", "portal", needs=JUDGED),
    "temporal.simulation_include_dialog": _row("Whether they speak in it.", "portal", needs=JUDGED),
    "temporal.simulation_cache_results": _row("Whether like candidates share one play.", "portal", needs=JUDGED),
    "temporal.judge_model": _row("Model that judges candidates; null: the run's.", "portal"),
    "temporal.judge_temperature": _row("Its sampling temperature.", "portal"),
    "temporal.checkpoint_interval": _idle(CHECKPOINTS),
    "temporal.narrative_arc": _row(
        "The arc in words: it names the levels of the tension curve, and the planner is told.", "directorial"
    ),
    "temporal.dramatic_tension": _row("Height of the tension curve.", "directorial"),
    "temporal.cycle_length": _row(
        "Moments in a cycle; null: as many as it has places, else half of the run.", "cyclical"
    ),
    "temporal.prophecy_accuracy": _row("Share of prophecies that come true.", "cyclical"),
    "temporal.max_parallel_workers": _row("Paths or branches worked on at once.", "portal", "branching"),
    "temporal.fidelity_planning_mode": _row(
        "Levels planned ahead (programmatic), as the story calls for them (adaptive), or both.", needs=PLANNED
    ),
    "temporal.token_budget_mode": _row(
        "At the budget: hard stops, soft warns past 110 %, max ignores it, adaptive and orchestrator lower "
        "the levels to fit, user follows `custom_fidelity_schedule`."
    ),
    "temporal.token_budget": _row("Tokens for a run; null: no limit.", needs=CAPPED),
    "temporal.fidelity_template": _row("Shares of the resolution levels.", needs=PLANNED),
    "temporal.custom_fidelity_schedule": _row("Level of each moment in turn; the last one holds on.", needs=SCHEDULED),
    "temporal.custom_temporal_steps": _row(
        "Time from each moment to the next, in units of `timepoints.resolution`; the last one holds on."
    ),
    "llm_config": _row("Which models speak, and how they are asked."),
    "llm_config.default_model": _row("Model for every action without one of its own; null: chosen."),
    "llm_config.for_training_data": _row("Whether only models under MIT and Apache-2.0 may be chosen."),
    "llm_config.actions": _row("Model by action, such as `DIALOG_SYNTHESIS`."),
    "llm_config.base_url": _row("Address of an OpenAI-compatible server."),
    "llm_config.temperature": _row("Sampling temperature; null: by the speaker's state."),
    "llm_config.max_concurrency": _row("Calls in flight at most; null: found out while running."),
    "llm_config.timeout_seconds": _row("Most seconds from a request to the end of its answer; null: 300."),
    "outputs": _row("What a run writes on completion."),
    "outputs.formats": _row(
        "Formats of the export: jsonl, json, tdf, sqlite, csv, parquet, markdown, fountain, graph, graphml."
    ),
    "outputs.export_ml_dataset": _row("Whether training data is written on completion."),
    "outputs.include_dialogs": _row("Whether exports hold the dialogs."),
    "outputs.include_relationships": _row("Whether exports hold the relationships."),
    "outputs.include_knowledge_flow": _row("Whether exports hold who learned what from whom."),
    "outputs.generate_narrative_exports": _row("Whether the story is written for readers."),
    "outputs.narrative_export_formats": _row("Its formats: markdown, fountain, json.", needs=NARRATED),
    "outputs.narrative_detail_level": _row("Its detail: minimal, summary, detailed.", needs=NARRATED),
    "outputs.enhance_narrative_with_llm": _idle("Narratives are written from the log; no model rewrites them."),
    "outputs.tasks": _row("Training tasks that are exported, one file each."),
    "outputs.trainer_format": _row("Shape of the training records."),
    "variations": _row("The same scenario several times over, each time a little different."),
    "variations.enabled": _row("Whether a campaign varies it."),
    "variations.count": _row("How many variations.", needs=VARIED),
    "variations.strategies": _row("What is varied.", needs=VARIED),
    "variations.deduplication_threshold": _row(
        "Likeness of the words of two runs from which on the later one is dropped as a copy.", needs=VARIED
    ),
    "convergence": _row("Repeats of the run, and how alike they must be."),
    "convergence.enabled": _row("Whether the run is repeated and compared."),
    "convergence.run_count": _row("How many runs.", needs=REPEATED),
    "convergence.min_acceptable_score": _row("Mean Jaccard similarity under which the check fails.", needs=REPEATED),
}

EFFECTS: Mapping[str, tuple[Effect, ...]] = {
    pattern: effects if isinstance(effects, tuple) else (effects,)
    for pattern, effects in (
        _ROWS | {pattern: Effect(does, modes or MODES, needs) for pattern, does, modes, needs in METADATA_KEYS}
    ).items()
}
