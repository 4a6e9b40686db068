"""TDFRecord: the envelope in which the suite's services exchange what they made.

The other services write their records with pydantic models of these names, so the classes answer to the same
calls: construction from text or datetimes, ``model_dump``, ``model_dump_json``, ``model_validate``,
``model_validate_json``. ``to_dict`` is ours: the record as its producer wrote it, with that producer's keys,
their order, and its text of each time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Literal, TypeVar, cast

import attrs
from attrs import field, frozen

from timepoint_tdf.codec import decode, encode, format_instant, parse_instant, to_plain
from timepoint_tdf.errors import TDFError

Source = Literal["clockchain", "flash", "pro", "proteus", "snag-bench"]
SOURCES: Final[tuple[Source, ...]] = ("clockchain", "flash", "pro", "proteus", "snag-bench")

SCHEMA_VERSIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "0.1": "four edge types, without model tracking",
        "0.2": "eleven edge types, model provenance, graph state hash",
    }
)

T = TypeVar("T")
Check = Callable[[Any, "attrs.Attribute[Any]", Any], None]


def _typed(*types: type, optional: bool = False) -> Check:
    """A validator that names the class, the field, what was expected and what was found."""
    names = "number" if float in types else " or ".join(kind.__name__ for kind in types)

    def check(instance: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        if (optional and value is None) or (isinstance(value, types) and not isinstance(value, bool)):
            return
        expected = f"{names} or None" if optional else names
        where = f"{type(instance).__name__}.{attribute.name}"
        raise TDFError(f"{where}: expected {expected}, found {value!r:.80}")

    return check


def _known_source(instance: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    if value not in SOURCES:
        raise TDFError(f"TDFRecord.source: expected one of {', '.join(SOURCES)}; found {value!r:.80}")


def _text_ids(instance: Any, attribute: attrs.Attribute[Any], value: list[Any]) -> None:
    for index, item in enumerate(value):
        if not isinstance(item, str):
            raise TDFError(f"TDFRecord.entity_ids[{index}]: expected str, found {item!r:.80}")


def _to_timestamp(value: str | datetime) -> datetime:
    return parse_instant(value, "TDFRecord.timestamp")


def _to_grounded_at(value: str | datetime | None) -> datetime | None:
    return None if value is None else parse_instant(value, "TDFProvenance.grounded_at")


def _to_payload(value: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise TDFError(f"TDFRecord.payload: expected an object, found {value!r:.80}")
    return dict(value)


def _to_ids(value: Iterable[str]) -> list[str]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TDFError(f"TDFRecord.entity_ids: expected a list of ids, found {value!r:.80}")
    return list(value)


@frozen(kw_only=True)
class TDFProvenance:
    """Where a record comes from.

    Args:
        generator: the service, as in ``"timepoint-pro"``.
        run_id, flash_id, generation_id: ids in the services' own stores.
        confidence: in [0, 1].
        text_model, image_model, model_provider, model_permissiveness: what wrote and drew it.
        schema_version: a key of ``SCHEMA_VERSIONS``.
        grounding_model, grounding_status, grounded_at: how and when it was checked against sources.
        extra: keys that this version does not know; written back as they came.

    Raises:
        TDFError: a field of a wrong type.
    """

    generator: str = field(validator=_typed(str))
    run_id: str | None = field(default=None, validator=_typed(str, optional=True))
    confidence: float | None = field(default=None, validator=_typed(float, int, optional=True))
    flash_id: str | None = field(default=None, validator=_typed(str, optional=True))
    text_model: str | None = field(default=None, validator=_typed(str, optional=True))
    image_model: str | None = field(default=None, validator=_typed(str, optional=True))
    model_provider: str | None = field(default=None, validator=_typed(str, optional=True))
    model_permissiveness: str | None = field(default=None, validator=_typed(str, optional=True))
    schema_version: str = field(default="0.1", validator=_typed(str))
    generation_id: str | None = field(default=None, validator=_typed(str, optional=True))
    grounding_model: str | None = field(default=None, validator=_typed(str, optional=True))
    grounding_status: str | None = field(default=None, validator=_typed(str, optional=True))
    grounded_at: datetime | None = field(default=None, converter=_to_grounded_at)
    extra: Mapping[str, Any] = field(factory=dict)
    _wire: Mapping[str, str | None] | None = field(default=None, init=False, eq=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data, in its producer's form where it was read."""
        return _in_wire_form(_dump(self, "json"), self._wire)

    @classmethod
    def model_validate(cls, data: Mapping[str, Any] | TDFProvenance) -> TDFProvenance:
        """Build from a mapping; keys that it does not know are kept in ``extra``."""
        return data if isinstance(data, TDFProvenance) else _build(cls, data)


def _to_provenance(value: TDFProvenance | Mapping[str, Any]) -> TDFProvenance:
    return TDFProvenance.model_validate(value)


@frozen(kw_only=True)
class TDFRecord:
    """One thing that a service made, with where it comes from.

    Args:
        id: unique among the source's records.
        source: clockchain, flash, pro, proteus or snag-bench.
        timestamp: a datetime or ISO 8601 text.
        provenance: a ``TDFProvenance``, or a mapping of its fields.
        payload: the thing itself; any JSON object.
        version: of the envelope.
        entity_ids: ids of the entities that it is about.
        tdf_hash: kept where given; computed from the payload else.
        extra: keys that this version does not know; written back as they came.

    Raises:
        TDFError: (a ``ValueError``) a wrong source, time or type.
    """

    id: str = field(validator=_typed(str))
    version: str = field(default="1.0.0", validator=_typed(str))
    source: Source = field(validator=_known_source)
    timestamp: datetime = field(converter=_to_timestamp)
    provenance: TDFProvenance = field(converter=_to_provenance)
    payload: dict[str, Any] = field(converter=_to_payload, repr=lambda held: f"<{len(held)} keys>")
    entity_ids: list[str] = field(factory=list, converter=_to_ids, validator=_text_ids)
    tdf_hash: str = field(default="", validator=_typed(str))
    extra: Mapping[str, Any] = field(factory=dict)
    _wire: Mapping[str, str | None] | None = field(default=None, init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not self.tdf_hash:
            object.__setattr__(self, "tdf_hash", self.compute_hash())

    def compute_hash(self) -> str:
        """SHA-256 (hexadecimal) of the payload's sorted JSON; provenance and entity_ids stay outside.

        ``record.tdf_hash == record.compute_hash()`` tells whether a given hash is that of the payload.

        Raises:
            TDFError: the payload's keys cannot be sorted, or it contains itself.
        """
        try:
            text = json.dumps(self.payload, sort_keys=True, default=str)
        except (TypeError, ValueError, RecursionError) as error:
            raise TDFError(f"TDFRecord.payload: cannot be hashed as JSON: {error}") from error
        return hashlib.sha256(text.encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data; where it was read, with its producer's keys, their order, and text of times."""
        full = _dump(self, "json")
        full["provenance"] = self.provenance.to_dict()
        return _in_wire_form(full, self._wire) | {"tdf_hash": self.tdf_hash}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TDFRecord:
        """Build from plain JSON data; keys that it does not know are kept in ``extra``.

        Raises:
            TDFError: a field is missing, or is not what it should be.
        """
        return _build(cls, data)

    def model_dump(
        self,
        *,
        mode: Literal["python", "json"] = "python",
        exclude: Iterable[str] = (),
        exclude_none: bool = False,
    ) -> dict[str, Any]:
        """All fields as a dict, None included.

        Args:
            mode: ``"python"`` keeps datetimes; ``"json"`` gives plain JSON data.
            exclude: names of fields to leave out.
            exclude_none: leave out what is None, in the provenance too.
        """
        left_out = set(exclude)
        dumped = {name: value for name, value in _dump(self, mode).items() if name not in left_out}
        if exclude_none:
            dumped = _present(dumped)
            if "provenance" in dumped:
                dumped["provenance"] = _present(dumped["provenance"])
        return dumped

    def model_dump_json(
        self, *, indent: int | None = None, exclude: Iterable[str] = (), exclude_none: bool = False
    ) -> str:
        """``model_dump`` as JSON text; times in ISO 8601, with ``Z`` for UTC.

        Args:
            indent: None for one compact line, 2 for indented text.

        Raises:
            TDFError: another indent, or a payload that JSON cannot express.
        """
        if indent not in (None, 2):
            raise TDFError(f"indent: expected None or 2, found {indent!r}")
        return encode(
            self.model_dump(mode="json", exclude=exclude, exclude_none=exclude_none), indent=indent == 2
        ).decode()

    @classmethod
    def model_validate(cls, data: Mapping[str, Any] | TDFRecord) -> TDFRecord:
        """Build from a mapping."""
        return data if isinstance(data, TDFRecord) else _build(cls, data)

    @classmethod
    def model_validate_json(cls, text: str | bytes) -> TDFRecord:
        """Build from JSON text.

        Raises:
            TDFError: not JSON, or not a record.
        """
        return _build(cls, decode(text))


def _build(cls: type[T], data: Any) -> T:
    if not isinstance(data, Mapping):
        raise TDFError(f"{cls.__name__}: expected an object, found {data!r:.80}")
    names = _names(cls)
    missing = [name for name in names if name in _required(cls) and name not in data]
    if missing:
        raise TDFError(f"{cls.__name__}: missing {', '.join(missing)}")
    known = {name: value for name, value in data.items() if name in names}
    if known.get("tdf_hash", "") is None:
        del known["tdf_hash"]
    built = cast(Any, cls)(**known, extra={name: value for name, value in data.items() if name not in names})
    times = ("timestamp", "grounded_at")
    wire = {name: value if name in times and isinstance(value, str) else None for name, value in data.items()}
    object.__setattr__(built, "_wire", wire)
    return cast(T, built)


def _required(cls: Any) -> frozenset[str]:
    return frozenset(found.name for found in attrs.fields(cls) if found.default is attrs.NOTHING)


def _names(cls: Any) -> tuple[str, ...]:
    return tuple(found.name for found in attrs.fields(cls) if found.name not in ("extra", "_wire"))


def _dump(value: TDFRecord | TDFProvenance, mode: str) -> dict[str, Any]:
    dumped: dict[str, Any] = {}
    for name in _names(type(value)):
        held = getattr(value, name)
        if isinstance(held, TDFProvenance):
            held = _dump(held, mode)
        elif isinstance(held, datetime) and mode == "json":
            held = format_instant(held)
        elif isinstance(held, dict | list):
            held = to_plain(held) if mode == "json" else _copied(held)
        dumped[name] = held
    return dumped | dict(value.extra)


def _copied(value: Any) -> Any:
    """A copy of the containers; the values in them stay the Python values that they are."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _in_wire_form(full: dict[str, Any], wire: Mapping[str, str | None] | None) -> dict[str, Any]:
    if wire is None:
        return full
    return {name: full[name] if text is None else text for name, text in wire.items()}
