"""What goes over the wire: JSON documents, streams of JSON lines, and failures as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import orjson
from starlette.responses import Response, StreamingResponse

JSON_LINES = "application/x-ndjson"
BLOCK = 1 << 16
"""Bytes that a stream gathers before it sends them."""


def document(value: Any, media_type: str = "application/json") -> Response:
    """One JSON document."""
    return Response(orjson.dumps(value), media_type=media_type)


def failure(status: int, message: str) -> Response:
    """A failure, as every route reports it: ``{"error": message}``."""
    return Response(orjson.dumps({"error": message}), status, media_type="application/json")


def json_lines(records: Iterator[Any]) -> Response:
    """A stream of records, one a line. The first is made before the answer begins, so that a failure has its status."""
    first = list(_taken(records))
    return StreamingResponse(_blocks(chain(first, records)), media_type=JSON_LINES)


def _taken(records: Iterator[Any]) -> Iterator[Any]:
    for record in records:
        yield record
        return


def _blocks(records: Iterable[Any]) -> Iterator[bytes]:
    waiting: list[bytes] = []
    size = 0
    for record in records:
        line = orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
        waiting.append(line)
        size += len(line)
        if size >= BLOCK:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
