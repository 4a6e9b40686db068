"""The run's tables as CSV, for spreadsheets and data frames."""

from __future__ import annotations

import csv
import io
from typing import Any

from timepoint_pro.exporters.contract import Format, Settings, Source
from timepoint_pro.exporters.documents.markup import csv_text
from timepoint_pro.exporters.files import Outbox
from timepoint_pro.store.schema import TABLES

FOLDER = "csv"
ORDERS = {
    "runs": "run_id",
    "entities": "position, entity_id",
    "timepoints": "position, timepoint_id",
    "dialogs": "timepoint_id, turn_index",
    "causal_edges": "source, target, type, mechanism",
    "exposure_events": "timestamp, rowid",
    "states": "timepoint_id, entity_id",
    "relationships": "timepoint_id, source, target",
    "paths": "path_id",
    "violations": "rowid",
}
"""Tables that are written, with the order of their rows. The log and the calls are for machines: see sqlite."""

MACHINE_COLUMNS = frozenset({"context", "parts", "template_json"})
NEEDED = {
    "dialogs": "include_dialogs", "relationships": "include_relationships", "exposure_events": "include_knowledge_flow",
}  # fmt: skip


def _tables(source: Source) -> tuple[str, ...]:
    outputs = source.template.outputs
    return tuple(table for table in ORDERS if table not in NEEDED or getattr(outputs, NEEDED[table]))


def _names(source: Source, _settings: Settings) -> tuple[str, ...]:
    return tuple(f"{FOLDER}/{table}.csv" for table in _tables(source))


def _write(source: Source, _settings: Settings, out: Outbox) -> None:
    for table in _tables(source):
        columns = [name for name in TABLES[table][0] if name not in MACHINE_COLUMNS]
        rows = source.store.iterate(
            f"SELECT {', '.join(columns)} FROM {table} WHERE run_id = ? ORDER BY {ORDERS[table]}", (source.run_id,)
        )
        with out.file(f"{FOLDER}/{table}.csv") as sink:
            sink.write(_line(columns))
            for row in rows:
                sink.write(_line([_cell(value) for value in row.values()]))


def _line(cells: list[Any]) -> bytes:
    """One CSV record (RFC 4180)."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    return csv_text(value) if isinstance(value, str) else value


CSV = Format(_names, _write)
