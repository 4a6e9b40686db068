"""Training records as Parquet, for those who have pyarrow (extra ``[parquet]``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from timepoint_pro.errors import MissingExtraError
from timepoint_pro.exporters.files import Outbox
from timepoint_pro.exporters.tasks.example import Feature

ROWS = 2_000
"""Rows of one row group: what is held in memory at a time."""


def require_pyarrow() -> Any:
    """The module ``pyarrow``.

    Raises:
        MissingExtraError: when it is not installed.
    """
    try:
        pyarrow = import_module("pyarrow")
    except ImportError:
        raise MissingExtraError("parquet", "Parquet output") from None
    return pyarrow


@contextmanager
def parquet_rows(out: Outbox, name: str, columns: Mapping[str, Feature]) -> Iterator[Callable[[dict[str, Any]], None]]:
    """A Parquet file to add rows to. Raises MissingExtraError without pyarrow."""
    arrow = require_pyarrow()
    parquet = import_module("pyarrow.parquet")
    schema = arrow.schema([(key, _type(arrow, feature)) for key, feature in columns.items()])
    waiting: list[dict[str, Any]] = []
    with out.foreign(name) as path, parquet.ParquetWriter(path, schema, compression="zstd") as writer:

        def flush() -> None:
            if waiting:
                writer.write_table(arrow.Table.from_pylist(waiting, schema=schema))
                waiting.clear()

        def add(row: dict[str, Any]) -> None:
            waiting.append(row)
            if len(waiting) >= ROWS:
                flush()

        yield add
        flush()


def _type(arrow: Any, feature: Feature) -> Any:
    if isinstance(feature, dict):
        return arrow.struct([(key, _type(arrow, inner)) for key, inner in feature.items()])
    if isinstance(feature, list):
        return arrow.list_(_type(arrow, feature[0]))
    # "string", "int64" and "float64" are functions of that name; bool alone has an underscore.
    return arrow.bool_() if feature == "bool" else getattr(arrow, feature)()
