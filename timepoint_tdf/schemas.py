"""The JSON Schemas (2020-12) and the JSON-LD context that ship with the package, and the check by them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Literal

from timepoint_tdf.codec import decode, to_plain
from timepoint_tdf.errors import TDFError, TDFProblem, TDFValidationError

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

CONTEXT_URL: Final = "https://timepoint.ai/tdf/v1"
Kind = Literal["RenderedFuture", "TDFRecord"]

_FILES: Final[Mapping[str, str]] = {
    "RenderedFuture": "rendered_future.schema.json",
    "TDFRecord": "tdf_record.schema.json",
}
_SHOWN_PROBLEMS: Final = 20


@functools.cache
def _text(name: str) -> bytes:
    return resources.files("timepoint_tdf").joinpath("schema", name).read_bytes()


def tdf_context() -> dict[str, Any]:
    """The context document ``{"@context": {...}}`` that ``CONTEXT_URL`` stands for; a fresh copy each time.

    Hand it to a JSON-LD processor's document loader, and expansion needs no network.
    """
    context: dict[str, Any] = decode(_text("context.jsonld"))
    return context


def tdf_schema(kind: Kind = "RenderedFuture") -> dict[str, Any]:
    """The JSON Schema (2020-12) of documents or of records; a fresh copy each time.

    Raises:
        TDFError: no schema of that name.
    """
    if kind not in _FILES:
        raise TDFError(f"no schema {kind!r}; there are: {', '.join(_FILES)}")
    schema: dict[str, Any] = decode(_text(_FILES[kind]))
    return schema


def kind_of(data: object) -> Kind:
    """Whether a JSON value is a document or a record.

    Raises:
        TDFError: it is neither.
    """
    if not isinstance(data, Mapping):
        raise TDFError(f"expected a JSON object, found {data!r:.60}")
    declared = data.get("@type")
    if declared == "RenderedFuture":
        return "RenderedFuture"
    if declared is not None:
        raise TDFError(f"$.@type: expected 'RenderedFuture', found {declared!r:.60}")
    if "source" in data and "payload" in data:
        return "TDFRecord"
    keys = ", ".join(map(str, list(data)[:8])) or "none"
    raise TDFError(
        "neither a document ('@type': 'RenderedFuture') nor a record ('source' and 'payload'); "
        f"the keys are: {keys}"
    )


def validate_document(data: Mapping[str, Any]) -> None:
    """Check a document, or a record, against its JSON Schema.

    Args:
        data: plain JSON data; ``@type`` tells documents from records.

    Raises:
        TDFValidationError: it breaks the schema; the error lists each problem with its JSON path.
        TDFError: it is neither a document nor a record.
    """
    validate_plain(kind_of(data), to_plain(data))


def validate_plain(kind: Kind, data: Any) -> None:
    """As ``validate_document``, for data that consists of dicts and lists only."""
    found = sorted(_problems(_validator(kind).iter_errors(data)), key=lambda pair: pair[0])
    # The validator reports each missing key of an object by itself; the explanation names them all at once.
    problems = list(dict.fromkeys(problem for _, problem in found))
    if problems:
        shown = problems[:_SHOWN_PROBLEMS]
        if len(problems) > _SHOWN_PROBLEMS:
            shown.append(TDFProblem("$", f"and {len(problems) - _SHOWN_PROBLEMS} more problems"))
        raise TDFValidationError(kind, shown)


@functools.cache
def _validator(kind: Kind) -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    schema = tdf_schema(kind)
    # Following a reference costs the validator about as much as the check itself.
    return Draft202012Validator(_without_references(schema, schema.get("$defs", {})))


def _without_references(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """The schema with each ``#/$defs/name`` replaced by its definition; none refers to itself."""
    if isinstance(schema, list):
        return [_without_references(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _without_references(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions)
    return {name: _without_references(part, definitions) for name, part in schema.items() if name != "$defs"}


def _problems(errors: Iterable[ValidationError]) -> Iterable[tuple[list[tuple[int, str]], TDFProblem]]:
    for error in errors:
        steps = list(error.absolute_path)
        path = "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
        # Numbers and names stand at the same depth in different places, so each step is made comparable.
        order = [(step, "") if isinstance(step, int) else (0, step) for step in steps]
        yield order, TDFProblem(path, _explain(error))


def _explain(error: ValidationError) -> str:
    held: Any = error.instance
    found = f"found {held!r:.80}"
    expected: Any = error.validator_value
    match error.validator:
        case "required":
            return f"missing {', '.join(repr(name) for name in expected if name not in held)}"
        case "type":
            kinds = expected if isinstance(expected, list) else [expected]
            return f"expected {' or '.join(kinds)}, {found}"
        case "enum":
            return f"expected one of {', '.join(map(str, expected))}; {found}"
        case "const":
            return f"expected {expected!r}, {found}"
        case "minItems" | "maxItems":
            bound = "at least" if error.validator == "minItems" else "at most"
            return f"expected {bound} {expected} items, found {len(held)}"
        case "minimum" | "maximum":
            bound = "at least" if error.validator == "minimum" else "at most"
            return f"expected a number {bound} {expected}, {found}"
        case _:
            hint = error.schema.get("description", error.message) if isinstance(error.schema, dict) else ""
            return f"expected: {hint} {found}"
