"""The report of a run, or of two side by side: one HTML file that opens from disk and asks for nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from timepoint_pro.exporters.files import Outbox, safe_name
from timepoint_pro.report.page import report_html

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun

__all__ = ["report_html", "write_report"]


def write_report(
    run: StoredRun, path: str | os.PathLike[str] | None = None, *, other: StoredRun | None = None, force: bool = False
) -> Path:
    """Write the report of a run, or of two side by side.

    Args:
        run: finished or not.
        path: the file; by default ``output/RUN/report.html``, or ``output/RUN/report_RUN2.html`` for two.
        other: a second run, to compare.
        force: replace a file that is there already.

    Returns:
        The path of the file.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
        OutputExistsError: there is such a file already.
        DataError: the file cannot be written.
        StoreError: the database cannot be read.
    """
    if path is None:
        name = "report.html" if other is None else f"report_{safe_name(other.run_id)}.html"
        path = Path("output") / safe_name(run.run_id) / name
    target = Path(path)
    with Outbox(target.parent, force=force) as out:
        out.expect([target.name])
        out.text(target.name, report_html(run, other))
    return target
