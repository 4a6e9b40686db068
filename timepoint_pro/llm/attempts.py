"""The attempts at one call: how the next one follows from a fault, what all came to, and how they end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import define, evolve, field

from timepoint_pro.errors import AnswerError, ModelError
from timepoint_pro.llm.ledger import Call
from timepoint_pro.llm.structured import Fault
from timepoint_pro.prompts.actions import ActionType
from timepoint_pro.prompts.base import Message, Prompt, Sampling
from timepoint_pro.store.calls import Attempt

WIDENINGS = 3
"""How often an answer that was cut off gets more room."""
LEAST_WIDE = 1024
LONGEST_SHOWN = 4000
"""Characters of a faulty answer that are shown to the model again."""


@define
class Talk:
    """The attempts of one model at one call, so far."""

    sampling: Sampling
    most_tokens: int
    repairs: int
    attempt: int = 0
    refused: int = 0
    widened: int = 0
    repair: tuple[Message, ...] = ()

    def goes_on(self, fault: Fault, answer: str, schema: str) -> bool:
        """Prepare the next attempt after ``fault``; False when there is none."""
        self.attempt += 1
        room = self.sampling.max_tokens
        if fault.name == "truncated" and self.widened < WIDENINGS and room < self.most_tokens:
            self.widened += 1
            self.sampling = evolve(self.sampling, max_tokens=min(self.most_tokens, max(LEAST_WIDE, 4 * room)))
            return True
        self.refused += 1
        self.repair = ()
        if answer and fault.name not in ("truncated", "refused", "filtered", "empty"):
            words = f"That answer cannot be used: {fault.words}. Answer again, with one JSON object and nothing else."
            shown = Message("assistant", answer[:LONGEST_SHOWN].encode(errors="replace").decode())
            self.repair = (shown, Message("user", f"{words} It satisfies this JSON Schema: {schema}"))
        return self.refused <= self.repairs


@define
class Sum:
    """What the attempts at one call came to, over all models asked."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0
    attempts: int = 0
    sources: set[str] = field(factory=set)

    def add(self, attempt: Attempt) -> None:
        """Count one more."""
        self.attempts += 1
        self.tokens_in += attempt.tokens_in
        self.tokens_out += attempt.tokens_out
        self.cost_usd += attempt.cost_usd
        self.sources.add(attempt.cost_source)


def call_of(key: str, prompt: Prompt[Any], model: str, answer: Any, total: Sum) -> Call:
    """The record of a call that was answered."""
    return Call(
        key, prompt.action.value, model, prompt, answer, total.tokens_in, total.tokens_out, total.cost_usd,
        " and ".join(sorted(total.sources)), total.attempts,
    )  # fmt: skip


def unusable(model: str, action: ActionType, key: str, attempts: int, fault: Fault) -> AnswerError:
    """The error of one model whose answers all had faults."""
    return AnswerError(
        f"{model} gave no usable answer for {action.value} at {key} in {attempts} attempts; the last one was "
        f"{fault.name}: {fault.words}. Name another model for {action.value}, or resume to ask again",
        model=model, key=key, fault=fault.name,
    )  # fmt: skip


def joined(failures: Sequence[ModelError], action: ActionType, key: str) -> ModelError:
    """One error for a chain of models that all failed."""
    kind = AnswerError if all(isinstance(one, AnswerError) for one in failures) else ModelError
    listed = "\n".join(f"- {one}" for one in failures)
    models = [one.model for one in failures]
    return kind(f"no model of the chain answered {action.value} at {key}:\n{listed}", model=models[0], models=models)
