"""From what each service stores to TDF: Pro, Flash, Clockchain and Proteus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol, overload, runtime_checkable

from timepoint_tdf.document import RenderedFuture
from timepoint_tdf.errors import TDFError
from timepoint_tdf.permissiveness import infer_model_permissiveness
from timepoint_tdf.record import TDFProvenance, TDFRecord

_PRO_PAYLOAD: Final = ("entities", "dialogs", "causal_edges", "metadata")
_FLASH_PAYLOAD: Final = (
    "query", "slug", "year", "month", "day", "season", "time_of_day", "era", "location", "latitude",
    "longitude", "scene_data",
    "character_data", "dialog", "grounding_data", "moment_data", "metadata", "entity_ids",
)  # fmt: skip
_PROTEUS_PAYLOAD: Final = (
    "actor_handle", "actual_text", "predicted_text", "levenshtein_distance", "winning_submission_id",
    "submission_count", "total_pool", "tx_hash", "block_number", "gas_used",
)  # fmt: skip
_CLOCKCHAIN_ENVELOPE: Final = frozenset((
    "path", "id", "created_at", "updated_at", "flash_timepoint_id", "confidence", "text_model", "image_model",
    "model_provider", "model_permissiveness", "schema_version", "generation_id", "graph_state_hash",
    "grounding_model", "grounding_status", "grounded_at",
))  # fmt: skip


@runtime_checkable
class DocumentStore(Protocol):
    """Anything that can give a run as a document; Timepoint Pro's ``RunStore`` does."""

    def tdf_document(self, run_id: str) -> Mapping[str, Any]:
        """The run's complete document as plain JSON data, ``@context`` and ``@type`` included."""
        ...


@overload
def from_pro(run_id: str, store: DocumentStore) -> RenderedFuture: ...
@overload
def from_pro(run_id: Mapping[str, Any], *, now: datetime | None = None) -> TDFRecord: ...
def from_pro(
    run_id: str | Mapping[str, Any], store: DocumentStore | None = None, *, now: datetime | None = None
) -> RenderedFuture | TDFRecord:
    """A run of Timepoint Pro as TDF.

    Args:
        run_id: a run's id, with ``store``: the answer is the whole document. Or a run's data export, alone:
            the answer is an envelope whose payload has entities, dialogs, causal_edges and metadata, where
            present.
        store: what holds the run.
        now: time of an export that has no ``created_at``; the current time where it is None.

    Raises:
        TDFValidationError: the store's document breaks the schema.
        TDFError: no store, or an export without ``run_id``.
    """
    if isinstance(run_id, Mapping):
        return _pro_record(run_id, now)
    if not isinstance(store, DocumentStore):
        raise TDFError(
            f"from_pro({run_id!r}, store): expected a store with a method tdf_document(run_id), "
            f"found {store!r:.80}"
        )
    return RenderedFuture.from_dict(store.tdf_document(run_id))


def _pro_record(export: Mapping[str, Any], now: datetime | None) -> TDFRecord:
    run_id = _id(export, "run_id", producer="from_pro")
    payload = {name: export[name] for name in _PRO_PAYLOAD if name in export}
    entity_ids = _entity_ids(export)
    if "entity_ids" not in export:
        entities = payload.get("entities") or ()
        entity_ids = [str(entity["entity_id"]) for entity in entities if _has(entity, "entity_id")]
    return TDFRecord(
        id=run_id,
        source="pro",
        timestamp=_time(export.get("created_at"), now),
        provenance=TDFProvenance(generator="timepoint-pro", run_id=run_id),
        payload=payload,
        entity_ids=entity_ids,
    )


def from_flash(scene: Mapping[str, Any], *, now: datetime | None = None) -> TDFRecord:
    """A scene of Flash as a record; its payload has a fixed set of keys, None where the scene lacks one.

    Args:
        scene: with ``id``, ``created_at``, the scene's data, and the models used.
        now: time of a scene without ``created_at``; the current time where it is None.

    Raises:
        TDFError: no ``id``, or a value of a wrong type.
    """
    flash_id = _id(scene, "id", producer="from_flash")
    text_model = _text(scene.get("text_model_used"))
    return TDFRecord(
        id=flash_id,
        source="flash",
        timestamp=_time(scene.get("created_at"), now),
        provenance=TDFProvenance(
            generator="timepoint-flash",
            flash_id=flash_id,
            text_model=text_model,
            image_model=_text(scene.get("image_model_used")),
            model_permissiveness=infer_model_permissiveness(text_model),
            **_generation(scene),
        ),
        payload={name: scene.get(name) for name in _FLASH_PAYLOAD},
        entity_ids=_entity_ids(scene),
    )


def from_clockchain(node: Mapping[str, Any], *, now: datetime | None = None) -> TDFRecord:
    """A node of Clockchain as a record; the payload is what the envelope does not hold.

    Args:
        node: with ``path`` or ``id``. A blank ``created_at`` or ``grounded_at`` counts as absent.
        now: time of a node without ``created_at``; the current time where it is None.

    Raises:
        TDFError: neither ``path`` nor ``id``, or a value of a wrong type.
    """
    node_id = _id(node, "path", "id", producer="from_clockchain")
    return TDFRecord(
        id=node_id,
        source="clockchain",
        timestamp=_time(node.get("created_at"), now),
        provenance=TDFProvenance(
            generator="timepoint-clockchain",
            confidence=node.get("confidence"),
            flash_id=_text(node.get("flash_timepoint_id")),
            text_model=_text(node.get("text_model")),
            image_model=_text(node.get("image_model")),
            model_permissiveness=_text(node.get("model_permissiveness")),
            schema_version=_text(node.get("schema_version")) or "0.1",
            **_generation(node),
        ),
        payload={name: value for name, value in node.items() if name not in _CLOCKCHAIN_ENVELOPE},
        entity_ids=_entity_ids(node),
    )


def from_proteus(market: Mapping[str, Any], *, now: datetime | None = None) -> TDFRecord:
    """A resolved market of Proteus as a record; its payload has a fixed set of keys, None where it lacks one.

    Args:
        market: with ``market_id`` and ``resolved_at``.
        now: time of a market without ``resolved_at``; the current time where it is None.

    Raises:
        TDFError: no ``market_id``, or a value of a wrong type.
    """
    market_id = _id(market, "market_id", producer="from_proteus")
    return TDFRecord(
        id=f"proteus-market-{market_id}",
        source="proteus",
        timestamp=_time(market.get("resolved_at"), now),
        provenance=TDFProvenance(generator="proteus-markets", run_id=market_id),
        payload={name: market.get(name) for name in _PROTEUS_PAYLOAD},
        entity_ids=_entity_ids(market),
    )


def _generation(data: Mapping[str, Any]) -> dict[str, Any]:
    """The provenance fields that Flash and Clockchain name alike."""
    grounded_at = data.get("grounded_at")
    return {
        "model_provider": _text(data.get("model_provider")),
        "generation_id": _text(data.get("generation_id")),
        "grounding_model": _text(data.get("grounding_model")),
        "grounding_status": _text(data.get("grounding_status")),
        "grounded_at": None if _is_blank(grounded_at) else grounded_at,
    }


def _id(data: Mapping[str, Any], *names: str, producer: str) -> str:
    """The first of the named values that is there; 0 is an id, blank text is none."""
    for name in names:
        if not _is_blank(data.get(name)):
            return str(data[name])
    wanted, found = " or ".join(map(repr, names)), ", ".join(map(str, data)) or "none"
    raise TDFError(f"{producer}: missing {wanted}; the keys are: {found}")


def _time(value: Any, now: datetime | None) -> str | datetime:
    if _is_blank(value):
        return datetime.now(UTC) if now is None else now
    return value  # type: ignore[no-any-return]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _entity_ids(data: Mapping[str, Any]) -> list[str]:
    held = data.get("entity_ids") or []
    if isinstance(held, str) or not isinstance(held, Iterable):
        raise TDFError(f"entity_ids: expected a list of ids, found {held!r:.80}")
    return [str(entity_id) for entity_id in held]


def _has(entity: Any, key: str) -> bool:
    return isinstance(entity, Mapping) and entity.get(key) is not None
