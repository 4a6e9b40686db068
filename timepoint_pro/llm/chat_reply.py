"""Reads what a chat server sent back: a completion, or a failure by name. Nothing here is trusted."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from timepoint_pro.errors import ModelError
from timepoint_pro.llm.base import Completion, PassingError
from timepoint_pro.llm.structured import without_thoughts

ENDPOINT_STATUS = {
    401: "refuses the key (401): set the right one in {key}",
    402: "has no credit left for this key (402): add some, then resume the run",
    403: "forbids this call (403): check what the key of {key} may do",
}
OVERLOADED = frozenset({429, 529})
PASSING = frozenset({408, 409, 425, 500, 502, 503, 504, 520, 522, 524})
SHOWN = 300
FINISHES = {"length": "length", "max_tokens": "length", "content_filter": "content_filter", "refusal": "refusal"}


def read_reply(body: bytes, content_type: str, model: str) -> Completion:
    """The completion in a reply of status 200.

    Args:
        body: as it came.
        content_type: its header; empty where there was none.
        model: the model that was asked.

    Raises:
        PassingError: when it is not a chat completion: another type, no JSON, a wrong shape, an error inside.
        ModelError: for an error inside that will not pass.
    """
    kind = content_type.split(";")[0].strip().lower()
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise PassingError(f"{model}: the answer is of type {shown(kind)}, expected application/json", kind="garbled")
    try:
        reply = orjson.loads(body)
    except ValueError:
        raise PassingError(f"{model}: the body of the answer is not JSON", kind="garbled") from None
    if not isinstance(reply, dict):
        raise PassingError(f"{model}: the body of the answer is no JSON object", kind="garbled")
    choices = reply.get("choices")
    error = reply.get("error")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        error = error or choices[0].get("error")
    if error:
        raise _inner_failure(error, model)
    usage = _usage(reply.get("usage"))
    named = reply.get("model")
    identity = reply.get("id")
    common: dict[str, Any] = {
        "model": _identifier(named) or model, "response_id": _identifier(identity), **usage,
    }  # fmt: skip
    if not isinstance(choices, list):
        raise PassingError(f"{model}: the answer has no list of choices", kind="garbled")
    if not choices:
        return Completion(finish_reason="empty", **common)
    return _first_choice(choices[0], model, common)


def _first_choice(choice: Any, model: str, common: dict[str, Any]) -> Completion:
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        raise PassingError(f"{model}: the first choice has no message", kind="garbled")
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    if content is not None and not isinstance(content, str):
        raise PassingError(f"{model}: the message's content is no text", kind="garbled")
    finish = FINISHES.get(str(choice.get("finish_reason")), "stop")
    refusal = message.get("refusal")
    text = without_thoughts(content or "")
    if isinstance(refusal, str) and refusal.strip():
        return Completion(finish_reason="refusal", refusal=shown(refusal), **common)
    if not text and finish == "stop":
        finish = "empty"
    return Completion(text=text, finish_reason=finish, **common)


def _usage(usage: Any) -> dict[str, Any]:
    """Tokens and cost as the provider counted them; what is no number counts as not given."""
    if not isinstance(usage, Mapping):
        return {"counted": False}
    details = usage.get("completion_tokens_details")
    thought = details.get("reasoning_tokens") if isinstance(details, Mapping) else None
    cost: Any = usage.get("cost")
    plausible = type(cost) in (int, float) and math.isfinite(cost) and cost >= 0
    return {
        "tokens_in": _count(usage.get("prompt_tokens")),
        "tokens_out": _count(usage.get("completion_tokens")),
        "tokens_thought": _count(thought),
        "cost_usd": float(cost) if plausible else None,
        "counted": type(usage.get("prompt_tokens")) is int,
    }


def _count(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 2**53 else 0


def _inner_failure(error: Any, model: str) -> ModelError | PassingError:
    """OpenRouter answers 200 with an error inside when a provider fails after the start."""
    code = error.get("code") if isinstance(error, Mapping) else None
    status = int(code) if isinstance(code, int) or (isinstance(code, str) and code.isdigit()) else 502
    return failure_of(status, {}, error_words({"error": error}), model, "the provider", "the environment")


def failure_of(
    status: int, headers: Mapping[str, str], words: str, model: str, where: str, key_name: str
) -> ModelError | PassingError:
    """The failure that a status other than 200 stands for.

    Args:
        status: of HTTP.
        headers: of the response.
        words: what the server says, cleared of secrets.
        model, where: who was asked, and at what address.
        key_name: environment variable that holds the key.
    """
    said = f": {words}" if words else ""
    wait = retry_after(headers)
    if status in OVERLOADED or (status == 503 and wait is not None):
        full = f"{model} at {where} takes no more calls now ({status}){said}"
        return PassingError(full, kind="overloaded", retry_after=wait)
    if status in PASSING or status >= 500:
        return PassingError(f"{model} at {where} failed ({status}){said}", kind="server", retry_after=wait)
    if status in ENDPOINT_STATUS:
        refusal = ENDPOINT_STATUS[status].format(key=key_name)
        return ModelError(f"{where} {refusal}{said}", model=model, status=status, endpoint=True)
    if status == 404:
        return ModelError(f"{where} knows no model {model!r} or no such path (404){said}", model=model, status=status)
    return ModelError(f"{model} at {where} refuses the call ({status}){said}", model=model, status=status)


def retry_after(headers: Mapping[str, str], now: Callable[[], float] | None = None) -> float | None:
    """Seconds that ``Retry-After`` (or ``retry-after-ms``) asks to wait, as a number or a date; None without one."""
    milliseconds = headers.get("retry-after-ms")
    text = headers.get("retry-after", "").strip()
    try:
        seconds = float(milliseconds) / 1000.0 if milliseconds else float(text)
    except ValueError:
        seconds = _until(text, now)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _until(date: str, now: Callable[[], float] | None) -> float:
    """Seconds from now to a date of HTTP; NaN where it is none."""
    import time

    try:
        return parsedate_to_datetime(date).timestamp() - (now or time.time)()
    except (TypeError, ValueError, IndexError):
        return math.nan


def error_words(body: Any) -> str:
    """What a server says in an error's body, in one short line."""
    error = body.get("error", body) if isinstance(body, Mapping) else body
    if isinstance(error, Mapping):
        error = error.get("message") or error.get("detail") or ""
    return shown(error) if isinstance(error, str) else ""


def shown(text: str) -> str:
    """Foreign text for a message: one line, printable, short."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text[: 4 * SHOWN]).split())
    return line if len(line) <= SHOWN else line[: SHOWN - 4] + " ..."


def _identifier(value: Any) -> str:
    return value[:200] if isinstance(value, str) and value.isprintable() else ""
