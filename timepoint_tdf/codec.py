"""JSON text and instants, so that a value read and written again is the same JSON value."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any, NoReturn
from uuid import UUID

import orjson

from timepoint_tdf.errors import TDFError

# orjson turns integers beyond 64 bits into floats without a word; amounts on a block chain are such integers.
_LONG_NUMBER = re.compile(rb"[0-9]{19}")


def decode(text: bytes | str) -> Any:
    """The value of one JSON text. Integers keep every digit, floats stay floats.

    Raises:
        TDFError: the text is not JSON (RFC 8259), or not UTF-8.
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        if _LONG_NUMBER.search(raw):
            return json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
        return orjson.loads(raw)
    except json.JSONDecodeError as error:
        raise TDFError(f"not valid JSON: {error.msg} at column {error.colno}") from error
    except (ValueError, RecursionError) as error:
        raise TDFError(f"not valid JSON: {error}") from error


def encode(value: Any, *, indent: bool = False) -> bytes:
    """Compact JSON in UTF-8 (two spaces of indent where asked), in the order of the value's own keys.

    Raises:
        TDFError: the value holds something that JSON cannot express: NaN, an infinity, a lone surrogate, an
            object of an unknown type.
    """
    options = orjson.OPT_PASSTHROUGH_DATETIME | (orjson.OPT_INDENT_2 if indent else 0)
    try:
        try:
            data = orjson.dumps(value, default=plain_scalar, option=options)
        except TypeError:
            data = orjson.dumps(_widened(value), default=plain_scalar, option=options)
    except (TypeError, RecursionError) as error:
        raise TDFError(f"this cannot be written as JSON: {error.__cause__ or error}") from error
    # orjson writes non-finite floats as null, which would pass for an absent value.
    if b"null" in data:
        _refuse_non_finite(value, "$")
    return data


def _widened(value: Any) -> Any:
    """The value with what JSON can hold and orjson refuses put into its terms.

    Integers beyond 64 bits become finished text; keys that are numbers become text, as in ``json.dumps``.
    """
    if isinstance(value, Mapping):
        return {_key(key): _widened(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_widened(item) for item in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return orjson.Fragment(str(value).encode())
    return value


def _key(key: object) -> object:
    if key is None or isinstance(key, bool | float):
        return json.dumps(key)
    return str(key) if isinstance(key, int) else key


def plain_scalar(value: object) -> Any:
    """The JSON form of the Python values that producers put into payloads: times, decimals, ids, sets, bytes.

    Raises:
        TypeError: no JSON form is known for that type.
    """
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID | PurePath):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, AbstractSet):
        return sorted(value, key=repr)
    if isinstance(value, bytes):
        return value.decode()
    raise TypeError(f"{type(value).__name__} is not a type that JSON knows: {value!r:.80}")


def to_plain(value: Any) -> Any:
    """A deep copy with dicts for mappings and lists for sequences, as JSON Schema validators want it."""
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, Enum)):
        return value
    try:
        return to_plain(plain_scalar(value))
    except (TypeError, UnicodeDecodeError) as error:
        raise TDFError(f"a value has no JSON form: {error}") from error


def _refuse_constant(name: str) -> NoReturn:
    raise TDFError(f"not valid JSON: {name} is not a number that JSON knows")


def _refuse_non_finite(value: Any, path: str) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise TDFError(f"{path}: {value} cannot be written as JSON; leave the value out instead")
    if isinstance(value, Mapping):
        for key, item in value.items():
            _refuse_non_finite(item, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _refuse_non_finite(item, f"{path}[{index}]")


def format_instant(instant: datetime) -> str:
    """ISO 8601, with ``Z`` for UTC; an instant without a zone stays without one."""
    text = instant.isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def parse_instant(value: object, where: str) -> datetime:
    """A datetime from a datetime or from ISO 8601 text.

    Args:
        value: the instant.
        where: the field's name, for the message.

    Raises:
        TDFError: the text is not ISO 8601.
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value.strip())
        except ValueError as error:
            message = f"{where}: expected an ISO 8601 time such as 2026-03-01T14:00:00Z, found {value!r:.80}"
            raise TDFError(message) from error
    raise TDFError(f"{where}: expected a datetime or ISO 8601 text, found {value!r:.80}")
