"""What is known of one language model: licence, training policy, capabilities, limits, price, ratings."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

TRAINING_LICENSES = frozenset({"MIT", "Apache-2.0"})
"""SPDX identifiers of the licences whose model outputs may train any model."""
SCRIPTED = "scripted"
"""Id of the built-in model."""
OFFLINE_PROVIDERS = frozenset({"local", "builtin"})
"""Providers that answer on this machine, without a network."""


class Capability(StrEnum):
    """What a model is good at, as far as the choice of a model asks."""

    DIALOG = "dialog"
    NARRATIVE = "narrative"
    REASONING = "reasoning"
    STRUCTURED_OUTPUT = "structured_output"
    LONG_CONTEXT = "long_context"


class TrainingRule(StrEnum):
    """How it is decided whether a model's outputs may train any model."""

    BY_LICENSE = "by_license"
    ALLOW = "allow"
    DENY = "deny"


@frozen
class TrainingPolicy:
    """The training rule of a model, and its reason; ``allow`` and ``deny`` cannot be without one."""

    rule: TrainingRule = TrainingRule.BY_LICENSE
    reason: str = ""


@frozen
class Price:
    """A list price in US dollars per million tokens.

    Args:
        input_usd_per_million, output_usd_per_million: dollars, >= 0.
        as_of: year and month (and day) for which the price was noted, ISO 8601.
        basis: ``"list"`` (the provider's published price), ``"estimate"`` (the order of magnitude), or
            ``"free"`` (runs on this machine).
    """

    input_usd_per_million: float
    output_usd_per_million: float
    as_of: str
    basis: str = "estimate"


@frozen
class ModelEntry:
    """What is known of one model.

    Args:
        id: the name that requests carry.
        license: SPDX identifier, or the licence's own name where SPDX has none.
        license_url: where the licence is stated; None only for licences that are not training-safe.
        name: display name; the id where empty.
        provider: who answers; ``"local"`` and ``"builtin"`` answer on this machine.
        training: the training policy.
        capabilities: what it is good at; a model with none is never selected, only named.
        context_tokens, output_tokens: limits in tokens; None: no limit is known.
        price: None: the cost of a call is unknown unless the provider reports it.
        quality, speed: relative ratings in [0, 1], more is better.
        cost: relative rating in [0, 1], 0 is free, 1 the dearest.
        reasoning: whether answers carry ``<think>`` parts.
        aliases: further names of the same weights under the same licence.
    """

    id: str
    license: str
    license_url: str | None = None
    name: str = ""
    provider: str = "custom"
    training: TrainingPolicy = TrainingPolicy()
    capabilities: frozenset[Capability] = frozenset()
    context_tokens: int | None = None
    output_tokens: int | None = None
    price: Price | None = None
    quality: float = 0.5
    speed: float = 0.5
    cost: float = 0.5
    reasoning: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def training_safe(self) -> bool:
        """Whether the outputs may train any model: by the licence, or by the user's stated policy."""
        if self.training.rule is TrainingRule.BY_LICENSE:
            return self.license in TRAINING_LICENSES
        return self.training.rule is TrainingRule.ALLOW

    @property
    def training_verdict(self) -> str:
        """``training_safe`` in words, with what it rests on: the licence, or the policy's reason."""
        verdict = "training-safe" if self.training_safe else "not training-safe"
        if self.training.rule is TrainingRule.BY_LICENSE:
            return f"{verdict} by its licence, {self.license}"
        return f"{verdict} by policy: {self.training.reason}"

    @property
    def offline(self) -> bool:
        """Whether the model answers on this machine."""
        return self.provider in OFFLINE_PROVIDERS
