"""The Timepoint Data Format: what the suite's services exchange, with its schemas, reader and writer.

``from_pro(run_id, store)`` gives a run as a ``RenderedFuture`` document (JSON-LD); ``TDFRecord`` is the
envelope that Flash, Clockchain, Pro, Proteus and SNAG-Bench share. ``write_tdf_jsonl`` and
``read_tdf_jsonl`` take both.
"""

from timepoint_tdf.document import (
    CausalEdge,
    CausalGraph,
    CausalNode,
    Dialog,
    DocumentProvenance,
    Entity,
    EntityMetadata,
    ExposureEvent,
    ModelUse,
    Relationship,
    RenderedFuture,
    StoryPath,
    Tensor,
    Timepoint,
    Turn,
    Violation,
)
from timepoint_tdf.errors import (
    TDFError,
    TDFExistsError,
    TDFProblem,
    TDFReadError,
    TDFValidationError,
    TDFWriteError,
)
from timepoint_tdf.jsonl import TDFItem, read_tdf_jsonl, write_tdf_jsonl
from timepoint_tdf.permissiveness import infer_model_permissiveness
from timepoint_tdf.producers import DocumentStore, from_clockchain, from_flash, from_pro, from_proteus
from timepoint_tdf.record import SCHEMA_VERSIONS, SOURCES, TDFProvenance, TDFRecord
from timepoint_tdf.schemas import CONTEXT_URL, tdf_context, tdf_schema, validate_document

__all__ = [
    "CONTEXT_URL",
    "SCHEMA_VERSIONS",
    "SOURCES",
    "CausalEdge",
    "CausalGraph",
    "CausalNode",
    "Dialog",
    "DocumentProvenance",
    "DocumentStore",
    "Entity",
    "EntityMetadata",
    "ExposureEvent",
    "ModelUse",
    "Relationship",
    "RenderedFuture",
    "StoryPath",
    "TDFError",
    "TDFExistsError",
    "TDFItem",
    "TDFProblem",
    "TDFProvenance",
    "TDFReadError",
    "TDFRecord",
    "TDFValidationError",
    "TDFWriteError",
    "Tensor",
    "Timepoint",
    "Turn",
    "Violation",
    "from_clockchain",
    "from_flash",
    "from_pro",
    "from_proteus",
    "infer_model_permissiveness",
    "read_tdf_jsonl",
    "tdf_context",
    "tdf_schema",
    "validate_document",
    "write_tdf_jsonl",
]
