"""What a model is asked, as a value: structured context first, words second.

A prompt carries its context as attrs values. The built-in model answers from the context; a text model gets
``messages()``, bounded by ``schema()``. Both answers are checked by ``check()``, which says what a schema cannot.
"""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

from attrs import frozen

from timepoint_pro.prompts.actions import ActionType

R = TypeVar("R")


@frozen
class Sampling:
    """How a model draws its words.

    Args:
        temperature: in [0, 2].
        top_p: nucleus, in (0, 1].
        max_tokens: upper limit of the answer.
        frequency_penalty: in [-2, 2].
        presence_penalty: in [-2, 2].
    """

    temperature: float = 0.7
    top_p: float = 1.0
    max_tokens: int = 512
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0


@frozen
class Message:
    """One message to a chat model. ``role`` is ``"system"``, ``"user"`` or ``"assistant"``."""

    role: str
    content: str


@frozen
class Prompt(Generic[R]):
    """One question to a model. Subclasses add their context as fields and name action and answer type."""

    action: ClassVar[ActionType]
    answer_type: ClassVar[type[Any]]

    sampling: Sampling

    def messages(self) -> tuple[Message, ...]:
        """The question in words, for a text model."""
        raise TypeError(f"{type(self).__name__} has no text form")

    def schema(self) -> dict[str, Any]:
        """JSON Schema (2020-12) that bounds the answer."""
        raise TypeError(f"{type(self).__name__} has no schema")

    def check(self, answer: R) -> str | None:
        """What is wrong with ``answer`` beyond its schema, in words for the model; None when nothing is."""
        raise TypeError(f"{type(self).__name__} has no check")
