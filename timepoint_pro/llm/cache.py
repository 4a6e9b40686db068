"""The identity of a call: a digest of all that its answer depends on.

Model and backend, messages (repairs among them), schema, sampling, derived seed, attempt: with one of them
changed it is another call, and all other calls keep their answers. The address is left out: a server of one's
own may move. A provider's dated revisions are models with other names.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson
from attrs import field, frozen

from timepoint_pro.llm.base import Request
from timepoint_pro.prompts.base import Message, Prompt, Sampling


@frozen
class Question:
    """A prompt in words, with its digest.

    Args:
        prompt: the prompt.
        messages: its messages.
        schema: JSON Schema of its answer.
        digest: of messages and schema, in hex: its content address.
        size: characters that a model reads.
    """

    prompt: Prompt[Any]
    messages: tuple[Message, ...]
    schema: Mapping[str, Any]
    digest: str
    size: int = field(eq=False)

    @classmethod
    def of(cls, prompt: Prompt[Any]) -> Question:
        """``prompt`` in words.

        Raises:
            TypeError: when it has no text form.
        """
        messages, schema = prompt.messages(), prompt.schema()
        data = orjson.dumps([[(one.role, one.content) for one in messages], schema])
        return cls(prompt, messages, schema, blake2b(data, digest_size=20).hexdigest(), len(data))


def plain_messages(messages: tuple[Message, ...]) -> list[dict[str, str]]:
    """``messages`` as plain data."""
    return [{"role": one.role, "content": one.content} for one in messages]


def sampling_text(sampling: Sampling) -> str:
    """``sampling`` as one line of JSON."""
    return orjson.dumps(sampling_values(sampling)).decode()


def sampling_values(sampling: Sampling) -> dict[str, float]:
    """``sampling`` as plain data."""
    return {
        "temperature": sampling.temperature, "top_p": sampling.top_p, "max_tokens": sampling.max_tokens,
        "frequency_penalty": sampling.frequency_penalty, "presence_penalty": sampling.presence_penalty,
    }  # fmt: skip


def cache_key(backend: str, question: Question, request: Request) -> bytes:
    """The identity of a call, 32 bytes.

    Args:
        backend: name of the backend.
        question: the prompt in words.
        request: the call.
    """
    sampling = request.sampling or request.prompt.sampling
    data = [
        backend, request.model, question.digest, plain_messages(request.repair), sampling_values(sampling),
        request.seed, request.attempt,
    ]  # fmt: skip
    return blake2b(orjson.dumps(data), digest_size=32).digest()
