"""The database of runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from timepoint_pro.mechanisms.base import Mechanism
from timepoint_pro.mechanisms.catalogue import assemble
from timepoint_pro.store.database import Store

if TYPE_CHECKING:
    from timepoint_pro.run import Run


class RunStore(Store):
    """The database of runs.

    Args:
        path: the file; ``timepoint run`` writes ``metadata/runs.db`` below the present folder. One that is not there
            reads as a database without runs; the first write makes it, with its folders. ``":memory:"`` keeps nothing.
        read_only: never write, and never create.

    Raises:
        StoreError: when the file cannot be opened, is no database or one of something else, or is of a newer version;
            with ``read_only``, when it is not there.
    """

    def load(self, run_id: str, mechanisms: Iterable[Mechanism] = ()) -> Run:
        """A run; ``"last"`` is the newest.

        Args:
            run_id: its id.
            mechanisms: the user's own that it was made with.

        Raises:
            RunNotFoundError: when there is no such run.
        """
        from timepoint_pro.run import Run

        return Run(self, str(self.run_row(run_id)["run_id"]), assemble(mechanisms))

    def runs(self) -> list[dict[str, Any]]:
        """The runs, newest first, as rows: id, template, mode, seed, model, status, turns, cost, created."""
        return self.query(
            "SELECT run_id, template, temporal_mode, seed, model, status, turns, cost_usd, token_count, "
            "created_at, error FROM runs ORDER BY rowid DESC"
        )

    def data_export(self, run_id: str) -> dict[str, Any]:
        """Entities, dialogs, causal edges and metadata of a run, as ``GET /api/data-export/{run_id}`` gives them."""
        from timepoint_pro.exporters.documents.tdf import data_export

        return data_export(self.load(run_id))

    def tdf_document(self, run_id: str) -> dict[str, Any]:
        """The RenderedFuture document of a run, as plain data; ``timepoint_tdf.from_pro`` reads it."""
        from timepoint_pro.exporters.documents.tdf import tdf_document

        return tdf_document(self.load(run_id))
