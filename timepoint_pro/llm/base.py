"""The contract of a model backend: one call in, one completion out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from attrs import field, frozen

from timepoint_pro.errors import ModelError
from timepoint_pro.prompts.base import Message, Prompt, Sampling
from timepoint_pro.records.quick import quick


@quick
@frozen(weakref_slot=False)
class Request:
    """One call to a backend.

    Args:
        prompt: the question with its structured context.
        model: id of the model as the registry names it.
        seed: derived seed of this call; backends that cannot take one ignore it.
        attempt: 0 first; higher when an earlier answer was refused.
        repair: messages that show the model what was wrong with its last answer; empty at first.
        messages: the question in words, without ``repair``; empty for a backend that reads no text.
        schema: JSON Schema of the answer; empty likewise.
        sampling: how words are drawn; the prompt's own, but for an answer that needed more room.
    """

    prompt: Prompt[Any]
    model: str
    seed: int
    attempt: int = 0
    repair: tuple[Message, ...] = ()
    messages: tuple[Message, ...] = field(default=(), repr=False)
    schema: Mapping[str, Any] = field(factory=dict, repr=False)
    sampling: Sampling | None = None


@quick
@frozen(weakref_slot=False)
class Completion:
    """What a backend gave back.

    Args:
        text: the answer as text (JSON), without thoughts; empty when ``value`` is given.
        value: the answer as an instance of the prompt's answer type, from a backend that needs no parsing.
        model: the model that answered, as it names itself.
        tokens_in: prompt tokens.
        tokens_out: answer tokens, reasoning included.
        cost_usd: cost as the provider reports it; None where it does not.
        finish_reason: ``"stop"``, ``"length"``, ``"content_filter"``, ``"refusal"`` or ``"empty"``.
        tokens_thought: of ``tokens_out``, those spent on reasoning.
        counted: whether the provider counted the tokens; False leaves the cost of the call unknown.
        response_id: the provider's id of the answer; empty where it gives none.
        tries: how often the request was sent until it was answered, 1 or more.
        refusal: the model's own words for declining; empty where it did not.
    """

    text: str = ""
    value: Any = None
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    finish_reason: str = "stop"
    tokens_thought: int = 0
    counted: bool = True
    response_id: str = ""
    tries: int = 1
    refusal: str = ""


class Backend(Protocol):
    """Anything that answers requests. Its ``name`` stays the same from version to version.

    A backend whose answers cost nothing and follow from the request alone sets ``cached = False``: its calls
    are not looked up in the call cache, and it is handed no rendered text. Without the attribute they are.
    """

    @property
    def name(self) -> str:
        """What it is called in logs and records."""
        ...

    async def complete(self, request: Request, /) -> Completion:
        """Answer one request.

        Raises:
            ModelError: when the model or the network failed for good.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...


class PassingError(Exception):
    """A failure that may pass: worth another try of the same request. Never leaves ``llm``.

    Args:
        message: what failed, in words.
        kind: ``"overloaded"``, ``"timeout"``, ``"unreachable"`` (no connection came about), ``"dropped"`` (one broke),
            ``"server"`` or ``"garbled"``.
        retry_after: seconds that the server asks to wait; None where it does not say.
    """

    def __init__(self, message: str, *, kind: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.kind, self.retry_after = kind, retry_after


def concerns_endpoint(error: ModelError) -> bool:
    """Whether every model of the endpoint would fail so (a refused key, no credit, nobody there): others are no use."""
    return bool(error.details.get("endpoint"))
