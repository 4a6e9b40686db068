"""The sections of a template, one class each; the ranges and the words that each key takes stand here.

What a key does, and in which modes, stands in ``effects.py``.
"""

# ruff: noqa: RUF009 -- key() makes attrs fields, which the linter cannot see

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from attrs import frozen

from timepoint_pro.templates import vocabulary as words
from timepoint_pro.templates.frozen_json import EMPTY
from timepoint_pro.templates.kinds import Choice, Flag, Instant, Number, Text, TextOrNumber, Whole, instant
from timepoint_pro.templates.structure import ListOf, MapOf, Nullable, OneOf, Part, Section, key

SHARE = Number(0, 1)
SIGNED = Number(-1, 1)
MOMENTS = Whole(0, 1000)
YEAR = Nullable(Whole(1, 9999))
NAME = Nullable(Text(blank=False))
TEXTS = ListOf(Text())


@frozen(kw_only=True, repr=False)
class VoiceGuide(Section):
    """How somebody talks."""

    sentence_length: str = key(TextOrNumber(), "")
    verbal_tics: tuple[str, ...] = key(TEXTS, ())
    never_says: tuple[str, ...] = key(TEXTS, ())
    disagreement_style: str = key(Text(), "")
    specificity_anchors: tuple[str, ...] = key(TEXTS, ())


@frozen(kw_only=True, repr=False)
class Envelope(Section):
    """Presence over a run: attack, decay, release as shares of the run, sustain as a level; all in [0, 1]."""

    attack: float = key(SHARE, 0.1)
    decay: float = key(SHARE, 0.1)
    sustain: float = key(SHARE, 0.8)
    release: float = key(SHARE, 0.1)


@frozen(kw_only=True, repr=False)
class AdprsEnvelope(Section):
    """Presence as a damped wave: phi = clamp(baseline + S*exp(-alpha*tau)*sin(P*pi*tau)), alpha = -ln A.

    Args:
        A: share of the amplitude that is left at the end of the duration, in [0, 1].
        D: duration in milliseconds; None: the length of the run.
        P: half waves within the duration.
        R: recurrence in milliseconds; 0: once.
        S: amplitude, in [0, 1].
        t0: start, an ISO 8601 time or milliseconds after the run's start; None: the run's start.
        baseline: level that the wave swings about; None: (1 - S)/2.
    """

    A: float = key(SHARE, 0.5)
    D: float | None = key(Nullable(Number(1, 1e15)), None)
    P: float = key(Number(0, 1e6), 1.0)
    R: float = key(Number(0, 1e15), 0.0)
    S: float = key(SHARE, 1.0)
    t0: str | float | None = key(Nullable(OneOf(Instant(), Number(-1e15, 1e15))), None)
    baseline: float | None = key(Nullable(SHARE), None)


@frozen(kw_only=True, repr=False)
class Entities(Section):
    """Who takes part, beyond what the roster says."""

    count: int | None = key(Nullable(Whole(1, 1000)), None)
    types: tuple[str, ...] = key(ListOf(Text(blank=False)), ("human",))
    initial_resolution: str = key(Choice(words.LEVELS), "scene")
    animism_level: int = key(Whole(0, 6), 0)
    envelope: Envelope | None = key(Nullable(Part(Envelope)), None)
    adprs_envelopes: tuple[AdprsEnvelope, ...] | None = key(Nullable(ListOf(Part(AdprsEnvelope))), None)
    default_voice: VoiceGuide | None = key(Nullable(Part(VoiceGuide)), None)


@frozen(kw_only=True, repr=False)
class Timepoints(Section):
    """How many story moments, how far apart, and from when."""

    count: int = key(Whole(1, 1000), 5)
    start_time: str | None = key(Nullable(Instant()), None)
    resolution: str = key(Choice(words.RESOLUTIONS), "hour")
    before_count: int = key(MOMENTS, 0)
    after_count: int = key(MOMENTS, 0)

    @property
    def starts_at(self) -> datetime | None:
        """``start_time`` in UTC (a time without offset is UTC), or None where the template names none."""
        return None if self.start_time is None else instant(self.start_time).astimezone(UTC)


@frozen(kw_only=True, repr=False)
class Temporal(Section):
    """How causes and time are ordered (M17), and how finely moments are simulated."""

    mode: str = key(Choice(words.MODES), "forward")
    enable_counterfactuals: bool = key(Flag(), False)
    path_count: int = key(Whole(1, 100), 3)
    portal_description: str | None = key(Nullable(Text()), None)
    portal_valence: float = key(SIGNED, 0.0)
    portal_year: int | None = key(YEAR, None)
    origin_year: int | None = key(YEAR, None)
    backward_steps: int = key(Whole(1, 1000), 5)
    exploration_mode: str = key(Choice(words.EXPLORATION_MODES), "adaptive")
    oscillation_complexity_threshold: int = key(Whole(1, 1000), 10)
    candidate_antecedents_per_step: int = key(Whole(1, 100), 5)
    coherence_threshold: float = key(SHARE, 0.6)
    max_backtrack_depth: int = key(Whole(0, 100), 3)
    llm_scoring_weight: float = key(SHARE, 0.35)
    historical_precedent_weight: float = key(SHARE, 0.15)
    causal_necessity_weight: float = key(SHARE, 0.3)
    entity_capability_weight: float = key(SHARE, 0.2)
    portal_relaxation_enabled: bool = key(Flag(), True)
    use_simulation_judging: bool = key(Flag(), False)
    simulation_forward_steps: int = key(Whole(1, 100), 2)
    simulation_max_entities: int = key(Whole(1, 1000), 5)
    simulation_include_dialog: bool = key(Flag(), True)
    simulation_cache_results: bool = key(Flag(), True)
    judge_model: str | None = key(NAME, None)
    judge_temperature: float = key(Number(0, 2), 0.3)
    checkpoint_interval: int | None = key(Nullable(Whole(1, 1000)), None)
    narrative_arc: str | None = key(Nullable(Text()), None)
    dramatic_tension: float = key(SHARE, 0.7)
    cycle_length: int | None = key(Nullable(Whole(1, 1000)), None)
    prophecy_accuracy: float = key(SHARE, 0.5)
    max_parallel_workers: int = key(Whole(1, 1024), 4)
    fidelity_planning_mode: str = key(Choice(words.PLANNING_MODES), "hybrid")
    token_budget_mode: str = key(Choice(words.BUDGET_MODES), "soft")
    token_budget: int | None = key(Nullable(Whole(1, 10**12)), None)
    fidelity_template: str = key(Choice(words.FIDELITY_TEMPLATES), "balanced")
    custom_fidelity_schedule: tuple[str, ...] | None = key(Nullable(ListOf(Choice(words.LEVELS))), None)
    custom_temporal_steps: tuple[float, ...] | None = key(Nullable(ListOf(Number(0, 1e9, above=True))), None)


@frozen(kw_only=True, repr=False)
class LlmConfig(Section):
    """Which models speak, and how they are asked (M18)."""

    default_model: str | None = key(NAME, None)
    for_training_data: bool = key(Flag(), False)
    actions: Mapping[str, str] = key(MapOf(Text(blank=False)), EMPTY)
    base_url: str | None = key(NAME, None)
    temperature: float | None = key(Nullable(Number(0, 2)), None)
    max_concurrency: int | None = key(Nullable(Whole(1, 10_000)), None)
    timeout_seconds: float | None = key(Nullable(Number(1, 86_400)), None)


@frozen(kw_only=True, repr=False)
class Outputs(Section):
    """What a run writes on completion."""

    formats: tuple[str, ...] = key(TEXTS, ("jsonl",))
    export_ml_dataset: bool = key(Flag(), False)
    include_dialogs: bool = key(Flag(), True)
    include_relationships: bool = key(Flag(), True)
    include_knowledge_flow: bool = key(Flag(), True)
    generate_narrative_exports: bool = key(Flag(), False)
    narrative_export_formats: tuple[str, ...] = key(TEXTS, ("markdown",))
    narrative_detail_level: str = key(Text(), "summary")
    enhance_narrative_with_llm: bool = key(Flag(), False)
    tasks: tuple[str, ...] = key(ListOf(Choice(words.TASKS)), ("dialog_turn",))
    trainer_format: str = key(Choice(words.TRAINERS), "instruct")


@frozen(kw_only=True, repr=False)
class Variations(Section):
    """The same scenario several times over, each time a little different."""

    enabled: bool = key(Flag(), False)
    count: int = key(Whole(1, 10_000), 1)
    strategies: tuple[str, ...] = key(ListOf(Choice(words.STRATEGIES)), ("vary_personalities",))
    deduplication_threshold: float = key(SHARE, 0.9)


@frozen(kw_only=True, repr=False)
class Convergence(Section):
    """Repeats of the run, and how alike they must be."""

    enabled: bool = key(Flag(), False)
    run_count: int = key(Whole(2, 10), 3)
    min_acceptable_score: float = key(SHARE, 0.7)


@frozen(kw_only=True, repr=False)
class About(Section):
    """Who made the template and what it is: the part of ``patch`` that is read."""

    name: str = key(Text(), "")
    category: str = key(Text(), "")
    tags: tuple[str, ...] = key(TEXTS, ())
    author: str = key(Text(), "")
    version: str = key(TextOrNumber(), "")
    description: str = key(Text(), "")
    extra: Mapping[str, Any] = EMPTY
