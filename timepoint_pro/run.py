"""Run: what can be done with a run beyond reading it. Each method hands on to the part that does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from timepoint_pro.errors import AmbiguousNameError, UnknownNameError
from timepoint_pro.mechanisms.base import Mechanism
from timepoint_pro.mechanisms.m12_counterfactual_branching import Intervention
from timepoint_pro.reading.stored_run import StoredRun
from timepoint_pro.run_store import RunStore
from timepoint_pro.store.queries import note

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path as FilePath

    import pandas
    from matplotlib.figure import Figure

    from timepoint_pro.evaluation.comparison import Comparison
    from timepoint_pro.evaluation.resolution import Portrait, ResolutionReport
    from timepoint_pro.mechanisms.expansion import SubMoment
    from timepoint_pro.reading.summary import Summary


class Run(StoredRun):
    """One run, finished or not.

    Args:
        store: the database.
        run_id: an id that it holds.
        mechanisms: those that the run was made with.
    """

    store: RunStore

    def __init__(self, store: RunStore, run_id: str, mechanisms: Sequence[Mechanism]) -> None:
        super().__init__(store, run_id, mechanisms)

    def fork(
        self,
        at: str,
        intervention: Intervention | Sequence[Intervention],
        run_id: str | None = None,
        *,
        branch: str = "",
        **arguments: Any,
    ) -> Run:
        """Play what would have happened if something had been otherwise at the start of a timepoint: a new run.

        The two share everything before, and the same random numbers after; only calls from ``at`` on are made.

        Args:
            at: id of a timepoint that was played.
            intervention: what is set otherwise; one, or several at once.
            run_id: id of the new run; made by the store when not given.
            branch: id of the branch, which the new timepoints bear (``"T3:delay"``); made from the intervention
                when not given.
            arguments: as for ``Simulation.resume``.

        Raises:
            UnknownNameError: for a timepoint or person that is not there.
            UsageError: when the intervention or an id cannot be used.
            ModelError, BudgetReachedError, RunInterruptedError: as ``Simulation.run``; the fork can be resumed.
        """
        from timepoint_pro.simulation import Simulation

        arguments.setdefault("mechanisms", self.made_with)
        return Simulation.fork(
            self.run_id, self.store, at=at, intervention=intervention, fork_id=run_id, branch=branch, **arguments
        ).run()

    def realise(self, path: str, run_id: str | None = None, **arguments: Any) -> Run:
        """Play another path of the portal's search than the one that won: a new run, which shares the search.

        Args:
            path: id of one of ``paths`` (``"P2"``).
            run_id: id of the new run; made by the store when not given.
            arguments: as for ``Simulation.resume``.

        Raises:
            UnknownNameError: the search kept no such path.
            UsageError: the run has found no paths, or an id cannot be used.
            ModelError, BudgetReachedError, RunInterruptedError: as ``Simulation.run``; the new run can be resumed.
        """
        from timepoint_pro.simulation import Simulation

        arguments.setdefault("mechanisms", self.made_with)
        return Simulation.realise(self.run_id, self.store, path=path, realised_id=run_id, **arguments).run()

    def compare(self, *others: Run) -> Comparison:
        """This run beside others: where they part, what each person knew, felt and did differently.

        Without others, the paths of this run beside one another. See ``evaluation.comparison.compare``.
        """
        from timepoint_pro.evaluation.comparison import compare

        return compare(self, *others)

    def ask_about(self, entity: str) -> Portrait | None:
        """What the run holds of somebody, as finely as they are simulated. The question is recorded.

        Being asked about raises somebody's level (M5) when the run goes on. None where nobody has that id or
        name yet and the run is not completed: then M9 looks for whoever is meant when it goes on.

        Raises:
            AmbiguousNameError: several have that name.
            UnknownNameError: nobody has, in a completed run.
            StoreError: the database cannot be written.
        """
        from timepoint_pro.evaluation.resolution import portrait

        try:
            who = self._entity(entity)
        except UnknownNameError as unknown:
            if self.status == "completed" or isinstance(unknown, AmbiguousNameError):
                raise
            note(self.store, self.run_id, entity)
            return None
        note(self.store, self.run_id, who)
        return portrait(self, who)

    def expand(self, timepoint: str) -> tuple[SubMoment, ...]:
        """A played moment opened into arrival, opening, exchange, decision, aftermath; see ``evaluation.expansion``.

        Raises:
            UnknownNameError: when no played timepoint has that id.
        """
        from timepoint_pro.evaluation.expansion import expand

        return expand(self, timepoint)

    def resolution_report(self) -> ResolutionReport:
        """Levels by entity and moment, and tokens spent against everyone at ``trained``; it plays the log again."""
        from timepoint_pro.evaluation.resolution import report

        return report(self)

    def summary(self, files: Iterable[object] = ()) -> Summary:
        """The run in a page: ``print(run.summary())``. ``files``: paths written for it, to be listed."""
        from timepoint_pro.reading.summary import summarize

        return summarize(self, files)

    def training_examples(self, tasks: Iterable[str] = ("dialog_turn",), **options: Any) -> Iterator[dict[str, Any]]:
        """Training records, one at a time; see ``exporters.training_examples``."""
        from timepoint_pro.exporters import training_examples

        return training_examples(self, tasks, **options)

    def export(
        self,
        out: str | PathLike[str] | None = None,
        formats: Iterable[str] = ("jsonl",),
        *,
        trainer: str = "instruct",
        tasks: Iterable[str] = ("dialog_turn",),
        force: bool = False,
        max_tokens: int | None = None,
        splits: Mapping[str, float] | None = None,
        deduplication_threshold: float | None = None,
        edits: str | PathLike[str] | None = None,
        keep: Callable[[Mapping[str, Any]], bool] | None = None,
        tokenizer: str | PathLike[str] | None = None,
        unchanged: Callable[[FilePath], object] | None = None,
    ) -> list[FilePath]:
        """Write the run to files; see ``exporters.export`` for the arguments. Returns the paths."""
        from timepoint_pro.exporters import export

        return export(
            self, out, formats, trainer=trainer, tasks=tasks, force=force, max_tokens=max_tokens, splits=splits,
            deduplication_threshold=deduplication_threshold, edits=edits, keep=keep, tokenizer=tokenizer,
            unchanged=unchanged,
        )  # fmt: skip

    def upload_when_due(self) -> None:
        """Upload the training data to Oxen, where template and environment ask for it; see ``exporters.oxen``."""
        from timepoint_pro.exporters.oxen import upload_when_due

        upload_when_due(self)

    def report(
        self, path: str | PathLike[str] | None = None, *, other: Run | None = None, force: bool = False
    ) -> FilePath:
        """Write the run, or two side by side, as one HTML file; see ``report.write_report``. Returns its path."""
        from timepoint_pro.report import write_report

        return write_report(self, path, other=other, force=force)

    def frames(self) -> dict[str, pandas.DataFrame]:
        """The run as pandas frames: turns, entities, states, exposures, relationships, timepoints; see ``frames``."""
        from timepoint_pro.reading.frames import frames_of

        return frames_of(self)

    def plot_states(self, people: Sequence[str] = (), *, at: str = "") -> Figure:
        """Valence, arousal and energy over the turns; see ``plots.plot_states``."""
        from timepoint_pro.reading.plots import plot_states

        return plot_states(self, people, at=at)

    def plot_causal_graph(self) -> Figure:
        """Timepoints and what joins them; see ``plots.plot_causal_graph``."""
        from timepoint_pro.reading.plots import plot_causal_graph

        return plot_causal_graph(self)

    def plot_knowledge_flow(self, item: str = "") -> Figure:
        """Who told whom, all in all or of one thing; see ``plots.plot_knowledge_flow``."""
        from timepoint_pro.reading.plots import plot_knowledge_flow

        return plot_knowledge_flow(self, item)
