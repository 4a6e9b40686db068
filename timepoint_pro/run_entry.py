"""A run's row in the database: entered anew, as a fork or as another path; how far it is, and how it ended early."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from timepoint_pro.engine.forking import Fork, part
from timepoint_pro.engine.projection import acted, fork_rows
from timepoint_pro.engine.realising import realised
from timepoint_pro.errors import StoreError, UsageError
from timepoint_pro.llm.registry import training_safe
from timepoint_pro.mechanisms.m12_counterfactual_branching import Intervention
from timepoint_pro.modes.catalogue import mode_for
from timepoint_pro.records.turn import TurnAdmitted
from timepoint_pro.store.database import Store
from timepoint_pro.templates import Template
from timepoint_pro.version import VERSION

if TYPE_CHECKING:
    from timepoint_pro.run import Run

COMPLETED = "completed"
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def check_run_id(run_id: str) -> None:
    """Refuse an id that a command or a file name could not bear.

    Raises:
        UsageError: for anything but letters, digits, ``.``, ``_`` and ``-``, at most 100, or for ``last``.
    """
    if not _RUN_ID.fullmatch(run_id) or run_id == "last":
        raise UsageError(
            f"run_id: expected letters, digits, '.', '_' and '-', at most 100, and not 'last', found {run_id!r}"
        )


def enter_new(
    store: Store, run_id: str, template: Template, parts: Mapping[str, Any], *, mode: str, seed: int, model: str
) -> None:
    """Enter in the database a run that is about to begin.

    Args:
        store: the database.
        run_id: id of the new run.
        template: what it is made from.
        parts: what it is made with, as plain data.
        mode: the mode's name.
        seed: its seed.
        model: the model that speaks.

    Raises:
        RunExistsError: when the id is taken.
        StoreError: when the database cannot be written.
    """
    store.add_run({
        "run_id": run_id,
        "status": "running",
        "cost_usd": 0.0,
        "template": template.id,
        "scenario": template.scenario_description,
        "temporal_mode": mode,
        "seed": seed,
        "model": model,
        "models": "[]",
        "cost_source": "free",
        "token_count": 0,
        "model_calls": 0,
        "turns": 0,
        "mechanisms": "[]",
        "parts": orjson.dumps(parts).decode(),
        "generator": f"timepoint-pro {VERSION}",
        "template_json": orjson.dumps(template.to_dict(defaults=False)).decode(),
    })  # fmt: skip


def done(store: Store, run_id: str) -> tuple[int, int]:
    """Turns and timepoints that a run has already."""
    played = store.query("SELECT count(*) AS played FROM timepoints WHERE run_id = ?", (run_id,))
    return int(store.run_row(run_id)["turns"]), int(played[0]["played"])


def ended_early(store: Store, run_id: str, status: str, why: str) -> None:
    """Note how a run ended early. A database that cannot take the note must not hide why the run ended."""
    with contextlib.suppress(StoreError):
        store.update_run(run_id, status=status, error=why)


def enter_fork(
    store: Store, run: Run, at: str, interventions: Sequence[Intervention], run_id: str, branch: str = ""
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


def enter_realised(store: Store, run: Run, path: str, run_id: str) -> str:
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


def _enter(store: Store, run: Run, fork: Fork, run_id: str) -> str:
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
