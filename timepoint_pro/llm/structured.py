"""From a model's text to a checked answer, or to the fault that keeps it from being one.

The text goes through: thoughts off, JSON found, each name of a list once, schema (jsonschema), the answer's type
(cattrs), characters, an echo of the instructions, and the prompt's own check. The first fault is named and put in words
for the model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from attrs import frozen

from timepoint_pro.prompts.base import Message, Prompt

if TYPE_CHECKING:
    from cattrs import Converter
    from jsonschema import Draft202012Validator

LEAST_ECHO = 40
SHOWN = 200
VALIDATORS = 512
MOST_STARTS = 200
"""Braces at which a JSON object is looked for in prose: bounds the work on a text made of braces."""

_THOUGHTS = re.compile(r"<(think|thinking|thought|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_THOUGHTS_START = re.compile(r"\s*<(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_THOUGHTS_END = re.compile(r"</(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_ANY_THOUGHT = re.compile(r"</?(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_FENCE = re.compile(r"```[A-Za-z0-9_-]*[ \t]*\n(.*?)```", re.DOTALL)
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_SENTENCE = re.compile(r"(?<=[.;:])\s+|\n(?:- )?")


@frozen
class Fault:
    """What is wrong with an answer.

    Args:
        name: ``"truncated"``, ``"refused"``, ``"filtered"``, ``"empty"``, ``"no json"``, ``"schema"``, ``"type"``,
            ``"characters"``, ``"thoughts"``, ``"echo"`` or ``"check"``.
        words: for the model, and for the ledger.
    """

    name: str
    words: str

    def __str__(self) -> str:
        return f"{self.name}: {self.words}"


def without_thoughts(text: str) -> str:
    """``text`` without ``<think>`` parts: those before the answer, and those whose start was left out."""
    while _THOUGHTS_START.match(text):
        text = _THOUGHTS.sub("", text, count=1)
    ends = list(_THOUGHTS_END.finditer(text))
    if ends and ("{" not in text[: ends[0].start()] or not _loads(text)[0]):
        text = text[ends[-1].end() :]
    return text.strip()


def judge(prompt: Prompt[Any], text: str, schema: Mapping[str, Any], instructions: tuple[Message, ...]) -> Any | Fault:
    """The answer in ``text``, as an instance of the prompt's answer type, or the first fault.

    Args:
        prompt: the question.
        text: the answer, without thoughts.
        schema: JSON Schema of the answer.
        instructions: the messages that were sent, for noticing an echo.
    """
    found = values_in(text)
    if not found:
        return Fault("no json", "there is no JSON object in it")
    best: Fault | None = None
    for value in reversed(found):
        outcome = judge_value(prompt, value, schema, instructions)
        if not isinstance(outcome, Fault):
            return outcome
        best = best or outcome
    assert best is not None
    return best


def restore(prompt: Prompt[Any], text: str) -> Any | Fault:
    """An answer that was accepted before, from its text: parsed and typed, and checked by the prompt alone."""
    parsed, value = _loads(text)
    found = [value] if parsed else values_in(text)
    for value in reversed(found):
        outcome = _typed(prompt, _named_once(value))
        if not isinstance(outcome, Fault):
            complaint = prompt.check(outcome)
            return outcome if complaint is None else Fault("check", complaint)
    return Fault("type", "it cannot be read any more")


def schema_text(schema: Mapping[str, Any]) -> str:
    """``schema`` as one line."""
    return orjson.dumps(schema).decode()


def judge_value(prompt: Prompt[Any], value: Any, schema: Mapping[str, Any], sent: tuple[Message, ...]) -> Any | Fault:
    """``judge`` for an answer that is parsed already."""
    value = _named_once(value)
    violation = _violation(value, schema)
    if violation is not None:
        return violation
    strings = tuple(_strings(value, "$"))
    for path, line in strings:
        bad = _UNWRITABLE.search(line)
        if bad is not None:
            return Fault("characters", f"{path} holds the control character U+{ord(bad.group()):04X}; leave it out")
        if _ANY_THOUGHT.search(line):
            return Fault("thoughts", f"{path} holds a <think> mark; answer without thinking aloud")
    system = next((one.content for one in sent if one.role == "system"), "")
    for path, line in strings:
        if _may_echo(line, system) and any(sentence in line for sentence in _sentences(system)):
            return Fault("echo", f"{path} repeats the instructions; give the answer itself")
    answer = _typed(prompt, value)
    if isinstance(answer, Fault):
        return answer
    complaint = prompt.check(answer)
    return answer if complaint is None else Fault("check", complaint)


def _named_once(value: Any) -> Any:
    """``value`` with each text of a list once: who names somebody twice means them. No grammar can forbid it."""
    if isinstance(value, dict):
        return {key: _named_once(member) for key, member in value.items()}
    if isinstance(value, list):
        is_names = all(isinstance(member, str) for member in value)
        return list(dict.fromkeys(value)) if is_names else [_named_once(member) for member in value]
    return value


def _violation(value: Any, schema: Mapping[str, Any]) -> Fault | None:
    """The schema's first complaint, in words that name the place and what was expected."""
    validator = validator_for(schema_text(schema))
    error = next(iter(validator.iter_errors(value)), None)
    if error is None:
        return None
    message = error.message if len(error.message) <= SHOWN else error.message[:SHOWN] + " ..."
    return Fault("schema", f"{error.json_path}: {message}")


@lru_cache(maxsize=VALIDATORS)
def validator_for(schema: str) -> Draft202012Validator:
    """The validator of a schema, given as text; built once."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(orjson.loads(schema))


@lru_cache(maxsize=1)
def _converter() -> Converter:
    """Reads answers. Built on first use: cattrs takes a while to load."""
    from cattrs import Converter

    return Converter()


def _typed(prompt: Prompt[Any], value: Any) -> Any | Fault:
    try:
        return _converter().structure(value, prompt.answer_type)
    except (ExceptionGroup, ValueError, TypeError, KeyError) as error:  # cattrs collects what is wrong in a group
        from cattrs.v import transform_error

        lines = transform_error(error) if isinstance(error, ExceptionGroup) else [str(error)]
        return Fault("type", "; ".join(lines)[:SHOWN])


def values_in(text: str) -> list[Any]:
    """JSON objects in ``text``, the likeliest last: the whole, fenced, or in prose (an echo comes first)."""
    parsed, value = _loads(text)
    if parsed:
        return [value] if isinstance(value, dict) else []
    fenced = [value for block in _FENCE.findall(text) for parsed, value in (_loads(block),) if parsed]
    objects = [value for value in fenced if isinstance(value, dict)]
    return objects or list(_objects(text))[-3:]


def _objects(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder(strict=False, parse_constant=_no_constant)
    position = text.find("{")
    for _ in range(MOST_STARTS):
        if position < 0:
            return
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            end = position + 1
        else:
            yield value
        position = text.find("{", end)


def _loads(text: str) -> tuple[bool, Any]:
    """Whether ``text`` is JSON, and its value. Raw control characters pass here, to be named later."""
    try:
        return True, orjson.loads(text)
    except ValueError:
        pass
    try:
        return True, json.loads(text, strict=False, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return False, None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from _strings(member, f"{path}.{key}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _strings(member, f"{path}[{index}]")


def _may_echo(line: str, system: str) -> bool:
    """Whether ``line`` can hold a sentence of ``system``: taking the sentences apart costs more than all else here.

    A stretch of ``LEAST_ECHO`` characters holds one of the pieces of half that length that ``line`` is cut into.
    """
    piece = LEAST_ECHO // 2
    return len(line) >= LEAST_ECHO and any(
        line[start : start + piece] in system for start in range(0, len(line) - piece + 1, piece)
    )


@lru_cache(maxsize=64)
def _sentences(system: str) -> tuple[str, ...]:
    """The sentences of the instructions, without what they quote from the story."""
    parts = (part.strip() for part in _SENTENCE.split(_QUOTED.sub('""', system)))
    return tuple(part for part in parts if len(part) >= LEAST_ECHO and '""' not in part)
