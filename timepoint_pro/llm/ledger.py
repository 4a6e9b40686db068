"""What a model call was and what it cost, and where the requests that led to it are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from attrs import frozen

from timepoint_pro.prompts.base import Prompt
from timepoint_pro.records.quick import quick
from timepoint_pro.store.calls import Attempt


@quick
@frozen(weakref_slot=False)
class Call:
    """One finished model call.

    Args:
        key: place of the call in the run, ``"{moment}/{mechanism}/{what for}/{n}"``; unique in the run.
        action: name of the ``ActionType``.
        model: the model that answered.
        prompt: the question.
        answer: the checked answer.
        tokens_in: prompt tokens, of all attempts.
        tokens_out: answer tokens, likewise.
        cost_usd: cost in US dollars, likewise.
        cost_source: ``"provider"`` (as reported), ``"list price of 2025-06"`` or ``"estimated price of 2025-06"``
            (from the registry), ``"free"``, ``"call cache"`` (another run has paid) or ``"unknown"``.
        attempts: how often the model was asked until the answer passed, 1 or more.
    """

    key: str
    action: str
    model: str
    prompt: Prompt[Any]
    answer: Any
    tokens_in: int
    tokens_out: int
    cost_usd: float
    cost_source: str
    attempts: int = 1


class CallCache(Protocol):
    """Where finished requests are kept, and found again (``store.calls.CallStore``)."""

    def find(self, cache_key: bytes) -> Attempt | None:
        """The finished request of that key, None where there is none."""
        ...

    def keep(self, row: Mapping[str, Any], messages: list[dict[str, str]], schema: Mapping[str, Any]) -> None:
        """Write a finished request for good."""
        ...

    def give_up(self, call_key: str) -> None:
        """Let a resumed run ask the call of that place anew."""
        ...
