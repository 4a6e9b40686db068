"""A run played away from the database: in another process, or on another machine.

A worker needs this library and nothing else: no shared disk, no database. What it is given and what it gives back are
plain values and bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from timepoint_pro.campaign.ended import BUDGET, FAILED, INTERRUPTED, Ended, Wanted, completed, ended_by
from timepoint_pro.engine.threads import in_thread
from timepoint_pro.errors import BudgetReachedError, RunInterruptedError
from timepoint_pro.llm.shared import Shared
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.store.parcels import pack, unpack


@frozen
class Job:
    """A run to be played.

    Args:
        run_id: its id.
        template: its document.
        seed: its seed.
        arguments: as for ``Simulation``, besides.
        begun: parcel of the run where it has begun; None where it is new.
        accept_changes: go on with it although mechanisms or prompts have changed.
        wanted: what is measured of it.
    """

    run_id: str
    template: Mapping[str, Any]
    seed: int
    arguments: Mapping[str, Any] = field(factory=dict)
    begun: bytes | None = None
    accept_changes: bool = False
    wanted: Wanted = field(factory=Wanted)


def play_job(job: Job) -> tuple[Ended, bytes]:
    """Play a run in memory; how it ended, and its parcel, empty where it never began."""
    return in_thread(play_among(None, job))


async def play_among(shared: Shared | None, job: Job) -> tuple[Ended, bytes]:
    """``play_job`` for one event loop that plays several runs at once.

    Args:
        shared: what they have in common; None: nothing.
        job: the run.
    """
    with RunStore(":memory:") as store:
        try:
            if job.begun is not None:
                unpack(store, job.begun)
                simulation = Simulation.resume(
                    job.run_id, store, accept_changes=job.accept_changes, **without_mode(job.arguments)
                )
            else:
                simulation = Simulation(
                    dict(job.template), seed=job.seed, store=store, run_id=job.run_id, **job.arguments
                )
            await simulation.arun(shared=shared)
            ended = completed(store, job.run_id, job.wanted)
        except BudgetReachedError as error:
            ended = ended_by(error, BUDGET, store, job.run_id)
        except RunInterruptedError as error:
            ended = ended_by(error, INTERRUPTED, store, job.run_id)
        # A worker reports whatever went wrong with a run, and goes on with the next one.
        except Exception as error:  # noqa: BLE001
            ended = ended_by(error, FAILED, store, job.run_id)
        begun = store.query("SELECT 1 FROM runs WHERE run_id = ?", (job.run_id,))
        return ended, pack(store, job.run_id) if begun else b""


def without_mode(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments for a run that has begun: its template is in its mode already."""
    return {name: value for name, value in arguments.items() if name != "mode"}
