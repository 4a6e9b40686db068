"""What one server takes for one model, found out once: the way to bound an answer, and the parameters."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from attrs import evolve, frozen

from timepoint_pro.llm.base import Request
from timepoint_pro.llm.structured import schema_text
from timepoint_pro.prompts.base import Message, Sampling

SCHEMA_WORDS = "Answer with one JSON object and nothing else. It satisfies this JSON Schema: "
SEEDS = 2**31 - 1
"""Seeds are sent below this: some servers keep them in 32 bits."""
OPTIONAL = ("seed", "frequency_penalty", "presence_penalty", "top_p", "temperature")


class AnswerFormat(IntEnum):
    """How a server is held to JSON, the strictest first."""

    JSON_SCHEMA = 0
    JSON_OBJECT = 1
    PROMPT = 2


STEPS = 20
"""How many steps a range of numbers has when it becomes options."""


def with_options(schema: Mapping[str, Any], every_range: bool) -> dict[str, Any]:
    """``schema`` with numbers from 0 to 1 as options, in steps of .05: what such a server can hold a model to.

    Args:
        schema: as the prompt has it.
        every_range: other ranges too, once an answer has had a fault.
    """
    if schema.get("type") == "number" and "maximum" in schema:
        low, high = schema.get("minimum", schema.get("exclusiveMinimum")), schema["maximum"]
        if low is not None and ((low, high) == (0, 1) or every_range):
            first = 0 if "minimum" in schema else 1
            return {"enum": [round(low + (high - low) * step / STEPS, 6) for step in range(first, STEPS + 1)]}
    parts = dict(schema)
    if "properties" in parts:
        parts["properties"] = {name: with_options(one, every_range) for name, one in parts["properties"].items()}
    if "items" in parts:
        parts["items"] = with_options(parts["items"], every_range)
    return parts


@frozen
class Dialect:
    """What a server takes. It starts with everything and steps down where the server objects.

    Args:
        answer_format: how answers are bounded.
        room: name of the parameter that bounds the length of an answer.
        refused: parameters that the server does not take.
        grammar: whether the server may hold answers to a grammar, which knows options but no bounds of numbers.
    """

    answer_format: AnswerFormat = AnswerFormat.JSON_SCHEMA
    room: str = "max_tokens"
    refused: frozenset[str] = frozenset()
    grammar: bool = False

    def body(self, request: Request, *, reasoning_room: int = 0) -> dict[str, Any]:
        """The parameters of the call, all sampling parameters and the seed among them.

        Args:
            request: with its messages and schema.
            reasoning_room: tokens added for a model that thinks before it answers.
        """
        sampling = request.sampling or request.prompt.sampling
        body: dict[str, Any] = {
            "model": request.model,
            "messages": self._messages(request),
            **self._sampling(sampling, request.seed + request.attempt),
            self.room: sampling.max_tokens + reasoning_room,
        }
        if self.answer_format is AnswerFormat.JSON_SCHEMA:
            schema = with_options(request.schema, request.attempt > 0) if self.grammar else dict(request.schema)
            named = {"name": type(request.prompt).__name__, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        elif self.answer_format is AnswerFormat.JSON_OBJECT:
            body["response_format"] = {"type": "json_object"}
        return body

    def stepped_down(self, words: str) -> Dialect | None:
        """What to speak after the server's objection; None when nothing is left to give up.

        Args:
            words: what the server says of the call that it refused.
        """
        said = words.casefold()
        if self.room == "max_tokens" and self.room in said:
            return evolve(self, room="max_completion_tokens")
        for name in OPTIONAL:
            if name in said and name not in self.refused:
                return evolve(self, refused=self.refused | {name})
        if self.answer_format < AnswerFormat.PROMPT:
            return evolve(self, answer_format=AnswerFormat(self.answer_format + 1))
        return None

    def __str__(self) -> str:
        without = f", without {', '.join(sorted(self.refused))}" if self.refused else ""
        return f"{self.answer_format.name.casefold()}, {self.room}{without}"

    def _sampling(self, sampling: Sampling, seed: int) -> dict[str, Any]:
        given = {
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "frequency_penalty": sampling.frequency_penalty,
            "presence_penalty": sampling.presence_penalty,
            "seed": seed % SEEDS,
        }
        return {name: value for name, value in given.items() if name not in self.refused}

    def _messages(self, request: Request) -> list[dict[str, str]]:
        """The messages; where the server takes no schema, the schema stands at the end of the system message."""
        messages = [*request.messages, *request.repair]
        if self.answer_format is not AnswerFormat.JSON_SCHEMA:
            words = SCHEMA_WORDS + schema_text(request.schema)
            if messages and messages[0].role == "system":
                messages[0] = Message("system", f"{messages[0].content}\n\n{words}")
            else:
                messages.insert(0, Message("system", words))
        return [{"role": one.role, "content": one.content} for one in messages]
