"""Simulation: a template, mechanisms, a mode, a model and a database make a run."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from timepoint_pro import run_entry
from timepoint_pro.collector import collector_slowed
from timepoint_pro.engine.loop import Engine
from timepoint_pro.engine.parts import differences, parts_of
from timepoint_pro.engine.progress import Progress, watching
from timepoint_pro.engine.stored_journal import StoredJournal
from timepoint_pro.engine.threads import finished
from timepoint_pro.errors import (
    BudgetReachedError,
    RunDivergedError,
    RunInterruptedError,
    TimepointError,
    UsageError,
)
from timepoint_pro.llm.base import Backend
from timepoint_pro.llm.gateway import Gateway
from timepoint_pro.llm.routing import Assignment, Routing, assign
from timepoint_pro.llm.shared import Shared
from timepoint_pro.mechanisms.base import Mechanism
from timepoint_pro.mechanisms.cast import cast_from
from timepoint_pro.mechanisms.catalogue import BUILT_IN, assemble
from timepoint_pro.mechanisms.interventions import Intervention
from timepoint_pro.modes.catalogue import in_mode, mode_for
from timepoint_pro.records.entity import EntityIntroduced
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.store.calls import CallStore
from timepoint_pro.store.database import new_run_id
from timepoint_pro.store.lease import leased
from timepoint_pro.templates import Template, load

if TYPE_CHECKING:
    from timepoint_pro.estimate import Estimate

DEFAULT_STORE = "metadata/runs.db"

T = TypeVar("T")


class Simulation:
    """One simulation, ready to run.

    Args:
        template: a ``Template``, or the decoded JSON document of one.
        seed: a whole number; the same template, seed and scripted model give the same run.
        mode: one of the five kinds of time, or one that was entered in ``modes.catalogue.MODES``; the template's own by
            default. What another mode needs and the template does not state is derived from it, and stands in
            ``template``.
        model: one model's id for every action; by default the template's ``llm_config``, else the selector's choice
            where ``OPENROUTER_API_KEY`` is set, else ``"scripted"``.
        base_url: address of an OpenAI-compatible server; the template's, then ``OPENAI_BASE_URL``, by default.
        backend: an own backend (``llm.base.Backend``) that serves ``model``.
        mechanisms: own mechanisms; one whose code is a built-in's replaces it.
        without: codes of mechanisms to leave out; one that others need is left in its neutral form.
        store: a ``RunStore``, or the path of the database; ``":memory:"`` keeps nothing.
        run_id: id of the new run; made by the store when not given.
        max_cost_usd: cap on the run's cost; the template's ``max_cost_usd`` by default.

    Raises:
        TemplateError: when the template cannot be used.
        UsageError: when an argument cannot.
    """

    def __init__(
        self,
        template: Template | Mapping[str, Any],
        *,
        seed: int = 0,
        mode: str | None = None,
        model: str | None = None,
        base_url: str | None = None,
        backend: Backend | None = None,
        mechanisms: Iterable[Mechanism] = (),
        without: Iterable[str] = (),
        store: RunStore | str | PathLike[str] = DEFAULT_STORE,
        run_id: str | None = None,
        max_cost_usd: float | None = None,
    ) -> None:
        given = template if isinstance(template, Template) else Template.from_dict(dict(template))
        if not isinstance(seed, int) or isinstance(seed, bool):
            raise UsageError(f"seed: expected a whole number, found {seed!r}")
        if run_id is not None:
            run_entry.check_run_id(run_id)
        self.template = given if mode is None else in_mode(given, mode)
        self.seed = seed
        self.mode = mode_for(self.template, mode)
        self.base_url = base_url or self.template.llm_config.base_url
        if backend is not None and model is None:
            model = self.template.llm_config.default_model or backend.name
        self.assignment = assign(self.template, model, self.base_url)
        self.mechanisms = assemble(mechanisms, without)
        self.run_id = run_id
        self.max_cost_usd = max_cost_usd if max_cost_usd is not None else self.template.max_cost_usd
        self._backend = backend
        self._store = store
        self._resuming = False

    @classmethod
    def from_template(cls, name: str | PathLike[str], **arguments: Any) -> Simulation:
        """A simulation of a shipped template or of the user's own file.

        Args:
            name: a template's id, its last part where that is unique, or a path ending in ``.json``.
            arguments: as for ``Simulation``.

        Raises:
            TemplateError: when there is no such template, or it cannot be used.
        """
        return cls(load(name), **arguments)

    @classmethod
    def resume(
        cls,
        run_id: str,
        store: RunStore | str | PathLike[str] = DEFAULT_STORE,
        *,
        accept_changes: bool = False,
        **arguments: Any,
    ) -> Simulation:
        """A simulation that goes on with an unfinished run.

        Args:
            run_id: id of the run; ``"last"`` for the newest.
            store: where it is.
            accept_changes: go on although mechanisms or prompts have changed, and record it.
            arguments: as for ``Simulation``, for what the run was given beyond its template.

        Raises:
            RunNotFoundError: when there is no such run.
            RunDivergedError: when its parts have changed and that is not accepted.
        """
        kept = store if isinstance(store, RunStore) else RunStore(store)
        row = kept.run_row(run_id)
        template = Template.from_dict(orjson.loads(row["template_json"]), source=row["run_id"])
        parts = orjson.loads(row["parts"])
        given = Assignment.from_plain(parts["model"])
        if arguments.get("base_url") is None:
            arguments["base_url"] = parts.get("base_url")
        if row["temporal_mode"] != template.temporal.mode:
            arguments.setdefault("mode", row["temporal_mode"])
        pinned = arguments.get("model") is None
        if pinned:
            arguments["model"] = given.voice
        simulation = cls(template, seed=row["seed"], store=kept, run_id=row["run_id"], **arguments)
        if pinned:
            simulation.assignment = given
        simulation._resuming = True
        changes = differences(parts, simulation._parts())
        if changes and not accept_changes:
            raise RunDivergedError(row["run_id"], changes)
        if changes:
            changed = orjson.dumps(simulation._parts()).decode()
            kept.update_run(row["run_id"], parts=changed, model=simulation.model)
        return simulation

    @classmethod
    def fork(
        cls,
        run_id: str,
        store: RunStore | str | PathLike[str] = DEFAULT_STORE,
        *,
        at: str,
        intervention: Intervention | Sequence[Intervention],
        fork_id: str | None = None,
        branch: str = "",
        **arguments: Any,
    ) -> Simulation:
        """A simulation that goes on with a new run, which parts from another at the start of a timepoint.

        The new run shares the log up to there, seed, parts and random numbers, so that only what the intervention
        reaches comes out otherwise. It is in the database at once, and ``resume`` goes on with it like with any.

        Args:
            run_id: id of the run that it parts from; ``"last"`` for the newest. It need not be finished.
            store: where both are.
            at: id of a timepoint that was played.
            intervention: what is set otherwise at its start; one, or several at once.
            fork_id: id of the new run; made by the store when not given.
            branch: id of the branch, which the new timepoints bear (``"T3:delay"``); made from the intervention when
                not given.
            arguments: as for ``resume``.

        Raises:
            RunNotFoundError: when there is no such run.
            RunExistsError: when ``fork_id`` is taken.
            UnknownNameError: for a timepoint, person or field that is not there.
            UsageError: when the intervention or an id cannot be used.
            RunDivergedError: when the run's parts have changed and that is not accepted.
        """
        kept = store if isinstance(store, RunStore) else RunStore(store)
        if fork_id is not None:
            run_entry.check_run_id(fork_id)
        parent, parts = _parent(kept, run_id, arguments, needed=("M12",))
        if "M12" in parts["without"]:
            raise UsageError("a run without M12 cannot be forked: it is M12 that sets things otherwise")
        new_id = run_entry.enter_fork(
            kept, parent, at,
            (intervention,) if isinstance(intervention, Intervention) else tuple(intervention),
            fork_id or new_run_id(), branch,
        )  # fmt: skip
        return cls.resume(new_id, kept, **parts, **arguments)

    @classmethod
    def realise(
        cls,
        run_id: str,
        store: RunStore | str | PathLike[str] = DEFAULT_STORE,
        *,
        path: str,
        realised_id: str | None = None,
        **arguments: Any,
    ) -> Simulation:
        """A simulation that plays another path of a portal's search than the one that won: a new run.

        The new run shares the search, seed, parts and random numbers; only the scenes of its path are played.

        Args:
            run_id: id of the run that searched; ``"last"`` for the newest. It need not be finished.
            store: where both are.
            path: id of a path that the search kept (``"P2"``).
            realised_id: id of the new run; made by the store when not given.
            arguments: as for ``resume``.

        Raises:
            RunNotFoundError: when there is no such run.
            RunExistsError: when ``realised_id`` is taken.
            UnknownNameError: the search kept no such path.
            UsageError: the run has found no paths, or an id cannot be used.
            RunDivergedError: when the run's parts have changed and that is not accepted.
        """
        kept = store if isinstance(store, RunStore) else RunStore(store)
        if realised_id is not None:
            run_entry.check_run_id(realised_id)
        parent, parts = _parent(kept, run_id, arguments)
        new_id = run_entry.enter_realised(kept, parent, path, realised_id or new_run_id())
        return cls.resume(new_id, kept, **parts, **arguments)

    @property
    def model(self) -> str:
        """The model that speaks."""
        return self.assignment.voice

    def __repr__(self) -> str:
        return (
            f"Simulation({self.template.id!r}, mode={self.mode.name!r}, seed={self.seed}, model={self.model!r}, "
            f"{self.template.people} people)"
        )

    def run(self, listener: Callable[[Progress], None] | None = None) -> Run:
        """Play the simulation to its end. Works inside a running event loop (a notebook) too.

        Args:
            listener: is told of each timepoint and turn.

        Raises:
            ModelError: when the model failed; what was finished is kept, and the run can be resumed.
            BudgetReachedError: when the cap on cost is reached; likewise.
            RunInterruptedError: when the user stopped it; likewise.
            RunBusyError: when another process is playing it.
            StoreError: when the database cannot be written.
        """
        return finished(self.arun(listener))

    async def arun(
        self, listener: Callable[[Progress], None] | None = None, *, shared: Shared | None = None
    ) -> Run:
        """``run`` for callers that await. Raises the same errors.

        Args:
            listener: is told of each timepoint and turn.
            shared: what several runs on one event loop have in common; whoever made it closes it.
        """
        common = shared if shared is not None else Shared()
        config = self.template.llm_config
        routing = Routing(
            self.assignment, self._backend, self.base_url, config.timeout_seconds, config.max_concurrency,
            common.connections,
        )  # fmt: skip
        routing.ready()
        store = self._store if isinstance(self._store, RunStore) else RunStore(self._store)
        run_id = self.run_id or new_run_id()
        store.make()
        with leased(store.path, run_id), collector_slowed():
            self._enter(store, run_id)
            return await self._play(store, run_id, routing, listener, common, alone=shared is None)

    async def _play(
        self, store: RunStore, run_id: str, routing: Routing, listener: Callable[[Progress], None] | None,
        common: Shared, *, alone: bool,
    ) -> Run:  # fmt: skip
        """Play a run that is in the database, and note there how it ended."""
        config = self.template.llm_config
        calls = CallStore(store, run_id)
        spent = max(calls.spent_usd(), float(store.run_row(run_id)["cost_usd"] or 0.0))
        gateway = Gateway(
            routing, calls, temperature=config.temperature, max_cost_usd=self.max_cost_usd, spent_before_usd=spent,
            dearest=calls.dearest(), shared=common,
        )  # fmt: skip
        watch = watching(listener, gateway, *run_entry.done(store, run_id)) if listener is not None else None
        journal = StoredJournal(store, run_id, self.mechanisms, self.mode)
        cast = tuple(EntityIntroduced(entity) for entity in cast_from(self.template, self.seed))
        engine = Engine(self.template, cast, self.mechanisms, self.mode, gateway, journal, self.seed, watch)
        try:
            await engine.run()
        except (KeyboardInterrupt, asyncio.CancelledError) as stop:
            run_entry.ended_early(store, run_id, "interrupted", "stopped by the user")
            raise RunInterruptedError(run_id) from stop
        except BudgetReachedError as reached:
            run_entry.ended_early(store, run_id, "budget", str(reached))
            raise
        except Exception as error:
            why = str(error) if isinstance(error, TimepointError) else f"{type(error).__name__}: {error}"
            run_entry.ended_early(store, run_id, "failed", why)
            raise
        finally:
            await gateway.aclose()
            if alone:
                await routing.aclose()
        if store.run_row(run_id)["status"] != run_entry.COMPLETED:
            store.update_run(run_id, status=run_entry.COMPLETED, error=None)
        run = Run(store, run_id, self.mechanisms)
        await asyncio.to_thread(run.upload_when_due)
        if listener is not None:
            turns, played = run_entry.done(store, run_id)
            listener(Progress("done", turns=turns, played=played, cost_usd=gateway.spent_usd))
        return run

    async def stream(self) -> AsyncIterator[Progress]:
        """Play the simulation and yield its progress; the last one is ``"done"``. Raises as ``run`` does."""
        queue: asyncio.Queue[Progress | None] = asyncio.Queue()
        task = asyncio.create_task(self.arun(queue.put_nowait))
        task.add_done_callback(lambda _done: queue.put_nowait(None))
        try:
            while (progress := await queue.get()) is not None:
                yield progress
            await task
        finally:
            task.cancel()

    def estimate(self) -> Estimate:
        """What a run would ask of its models: calls, tokens, cost and time, counted in a rehearsal in memory.

        Raises:
            TimepointError: whatever a run with the built-in model would raise.
        """
        from timepoint_pro.estimate import estimated

        return estimated(self)

    def rehearsed_by(self, backend: Backend) -> Simulation:
        """This simulation from its start, in memory and without a cap, with ``backend`` in the place of every model."""
        twin = copy.copy(self)
        twin._backend, twin._store, twin._resuming = backend, ":memory:", False
        twin.run_id = twin.max_cost_usd = None
        return twin

    def _parts(self) -> dict[str, Any]:
        parts = parts_of(self.template.digest(), self.mechanisms, self.mode, self.assignment.to_plain())
        return {**parts, "base_url": self.base_url}

    def _enter(self, store: RunStore, run_id: str) -> None:
        """Enter the run in the database, or find it there when resuming."""
        if self._resuming:
            if store.run_row(run_id)["status"] != run_entry.COMPLETED:  # a look at a complete run is no change of it
                store.update_run(run_id, status="running", error=None)
            return
        run_entry.enter_new(
            store, run_id, self.template, self._parts(), mode=self.mode.name, seed=self.seed, model=self.model
        )


def _parent(
    store: RunStore, run_id: str, arguments: dict[str, Any], needed: Collection[str] = ()
) -> tuple[Run, dict[str, Any]]:
    """The run that a new one begins from, and the mechanisms to go on with; they are taken out of ``arguments``.

    What the run was played without stays left out, but for ``needed``.
    """
    own = tuple(arguments.pop("mechanisms", ()))
    row = store.run_row(run_id)
    known = {*orjson.loads(row["parts"])["mechanisms"], *needed}
    left_out = [code for code in BUILT_IN if code not in known]
    without = tuple(dict.fromkeys((*arguments.pop("without", ()), *left_out)))
    return Run(store, row["run_id"], assemble(own, without)), {"mechanisms": own, "without": without}
