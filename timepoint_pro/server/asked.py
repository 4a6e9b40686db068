"""What a request asks for, read against the OpenAPI document; whatever it does not list is refused."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import QueryParams

from timepoint_pro.errors import UnknownNameError, UsageError
from timepoint_pro.server.openapi import parameters


def asked(path: str, given: QueryParams) -> dict[str, Any]:
    """The query parameters of a route, with their defaults.

    Args:
        path: the route, as the OpenAPI document names it.
        given: what the request carries.

    Raises:
        UsageError: for a parameter that the route does not have, that stands twice, or whose value is out of its range.
    """
    known = parameters(path)
    for name in given:
        if name not in known:
            raise UnknownNameError("query parameter", name, known)
    found: dict[str, Any] = {}
    for name, schema in known.items():
        values = given.getlist(name)
        if schema["type"] == "array":
            found[name] = values
        elif len(values) > 1:
            raise UsageError(f"{name}: expected one value, found {len(values)}")
        else:
            found[name] = _value(name, values[0], schema) if values else schema.get("default")
    return found


def _value(name: str, text: str, schema: dict[str, Any]) -> Any:
    if schema["type"] != "integer":
        if "enum" in schema and text not in schema["enum"]:
            raise UnknownNameError(name, text, schema["enum"])
        return text
    least, most = schema["minimum"], schema["maximum"]
    # Digits are counted first: a text of many would take long to become a number.
    plain = text.isascii() and text.isdigit() and len(text.lstrip("0")) <= len(str(most))
    if not plain or not least <= int(text or "0") <= most:
        raise UsageError(f"{name}: expected a whole number from {least} to {most}, found {text[:40]!r}")
    return int(text)
