"""The database of runs, and a run's place in it while it is played."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from timepoint_pro.engine.forking import Fork, part
from timepoint_pro.engine.projection import acted, fork_rows
from timepoint_pro.engine.realising import realised
from timepoint_pro.llm.registry import training_safe
from timepoint_pro.mechanisms.base import Mechanism
from timepoint_pro.mechanisms.catalogue import assemble
from timepoint_pro.mechanisms.m12_counterfactual_branching import Intervention
from timepoint_pro.modes.catalogue import mode_for
from timepoint_pro.records.turn import TurnAdmitted
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


def enter_fork(
    store: RunStore, run: Run, at: str, interventions: Sequence[Intervention], run_id: str, branch: str = ""
) -> str:
    """Enter in the database a run that parts from ``run`` at the start of ``at``, ready to be resumed; its id.

    Args:
        store: the database of both.
        run: the parent.
        at: id of a timepoint that it played.
        interventions: what is set otherwise.
        run_id: id of the new run.
        branch: id of the branch; made from the first intervention when empty.

    Raises:
        RunExistsError, UnknownNameError, UsageError: see ``Simulation.fork``.
    """
    fork = part(run.template, run.log, run.parents, run.first_world(), at, interventions, branch)
    return _enter(store, run, fork, run_id)


def enter_realised(store: RunStore, run: Run, path: str, run_id: str) -> str:
    """Enter in the database a run that plays another path of ``run``'s search, ready to be resumed; its id.

    Args:
        store: the database of both.
        run: the run that searched.
        path: id of a path that it kept.
        run_id: id of the new run.

    Raises:
        RunExistsError, UnknownNameError, UsageError: see ``Simulation.realise``.
    """
    mode = mode_for(run.template, run.mode)
    return _enter(store, run, realised(mode, run.log, run.first_world(), run.seed, path), run_id)


def _enter(store: RunStore, run: Run, fork: Fork, run_id: str) -> str:
    calls = store.query(
        f"SELECT DISTINCT model FROM llm_calls WHERE run_id = ? AND chunk IN ({', '.join('?' * len(fork.chunks))})",
        (run.run_id, *(chunk.key for chunk in fork.chunks)),
    )
    models = sorted(row["model"] for row in calls)
    turns = sum(isinstance(one.event, TurnAdmitted) for chunk in fork.chunks for one in chunk.entries)
    row = {
        **run.row,
        "run_id": run_id,
        "status": "interrupted",
        "parent_run": run.run_id,
        "error": None,
        "turns": turns,
        "models": orjson.dumps(models).decode(),
        "training_safe": int(training_safe(models)),
        "mechanisms": orjson.dumps([*acted(fork.chunks), *(["M18"] if models else [])]).decode(),
        "cost_usd": 0.0,
        "cost_source": "free",
        "token_count": 0,
        "model_calls": 0,
    }
    chunks = [(chunk.key, chunk.parent) for chunk in fork.chunks]
    rows = fork_rows(run_id, fork.chunks, fork.own, fork.world)
    store.add_fork(row, chunks, fork.own, fork.moments, rows)
    return run_id
