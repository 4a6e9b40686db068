"""Run: the read side. Everything shown here is a projection of the run's log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson
from attrs import evolve

from timepoint_pro.display import Shown, run_html
from timepoint_pro.engine.loop import NextReleased, first_world
from timepoint_pro.errors import AmbiguousNameError, UnknownNameError
from timepoint_pro.mechanisms.base import Mechanism
from timepoint_pro.mechanisms.knowledge import ItemStated, Knowledge, KnowledgeGained
from timepoint_pro.mechanisms.knowledge_graph import who_knows, why_knows
from timepoint_pro.mechanisms.m12_counterfactual_branching import Intervention, InterventionSet
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.rhythm import Rhythm
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.mechanisms.ttm import tensor_of
from timepoint_pro.modes.base import Mode
from timepoint_pro.modes.catalogue import mode_for
from timepoint_pro.modes.rounds import RoundBegun, round_key
from timepoint_pro.records.entity import Cast, Entity
from timepoint_pro.records.event import Entry
from timepoint_pro.records.knowledge import Exposure, Item
from timepoint_pro.records.timepoint import PresenceSet, Timepoint, TimepointOpened
from timepoint_pro.records.world import World
from timepoint_pro.run_store import RunStore, codec_of
from timepoint_pro.run_views import Cost, Dialog, Path, Relationship, SpokenTurn, State, Violation, spoken_turn
from timepoint_pro.store.queries import note
from timepoint_pro.templates import Template

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path as FilePath

    import networkx
    import pandas
    from matplotlib.figure import Figure

    from timepoint_pro.evaluation.comparison import Comparison
    from timepoint_pro.evaluation.resolution import Portrait, ResolutionReport
    from timepoint_pro.mechanisms.expansion import SubMoment
    from timepoint_pro.summary import Summary


class Run:
    """One run, finished or not.

    Args:
        store: the database.
        run_id: an id that it holds.
        mechanisms: those that the run was made with.
    """

    def __init__(self, store: RunStore, run_id: str, mechanisms: Sequence[Mechanism]) -> None:
        self.store, self.run_id, self._mechanisms = store, run_id, tuple(mechanisms)
        self.row: Mapping[str, Any] = store.run_row(run_id)
        # For repr(): asyncio asks for it at the end of every run, and decoding the log for it would take long.
        self._played = store.query("SELECT count(*) AS n FROM timepoints WHERE run_id = ?", (run_id,))[0]["n"]

    @property
    def template_id(self) -> str:
        """Id of the template."""
        return str(self.row["template"])

    @property
    def mode(self) -> str:
        """The kind of time."""
        return str(self.row["temporal_mode"])

    @property
    def seed(self) -> int:
        """The seed."""
        return int(self.row["seed"])

    @property
    def model(self) -> str:
        """The model that the run was given."""
        return str(self.row["model"])

    @property
    def status(self) -> str:
        """``"running"``, ``"completed"``, ``"failed"``, ``"interrupted"`` or ``"budget"``."""
        return str(self.row["status"])

    @property
    def turns(self) -> int:
        """Dialog turns spoken."""
        return int(self.row["turns"])

    @property
    def models(self) -> tuple[str, ...]:
        """Ids of the models that answered, sorted."""
        return tuple(orjson.loads(self.row["models"]))

    @property
    def training_safe(self) -> bool:
        """Whether the licences of all these models let their words train any model."""
        return bool(self.row["training_safe"])

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """Codes of the mechanisms that acted."""
        return tuple(orjson.loads(self.row["mechanisms"]))

    @property
    def made_with(self) -> tuple[Mechanism, ...]:
        """The mechanisms of the run as configured, those that never acted included."""
        return self._mechanisms

    @property
    def cost(self) -> Cost:
        """What the run cost."""
        row = self.row
        return Cost(row["cost_usd"], row["cost_source"], row["token_count"], row["model_calls"])

    @cached_property
    def template(self) -> Template:
        """The template as it was when the run was made."""
        return Template.from_dict(orjson.loads(self.row["template_json"]), source=self.run_id)

    @cached_property
    def _mode(self) -> Mode:
        return mode_for(self.template, self.mode)

    @cached_property
    def log(self) -> Mapping[str, tuple[Entry, ...]]:
        """The log: key of each chunk to its entries, in the order in which they were committed."""
        codec = codec_of(self._mechanisms, self._mode)
        chunks: dict[str, list[Entry]] = {key: [] for key, _parent in self.store.chunk_keys(self.run_id)}
        for row in self.store.event_rows(self.run_id):
            chunks[row["chunk"]].append(codec.entry(row))
        return {key: tuple(entries) for key, entries in chunks.items()}

    def world(self, at: str | None = None) -> World:
        """The world after a timepoint; after the last one on the main path by default.

        The main path follows the trunk, and where that ends the first branch.

        Raises:
            UnknownNameError: when no played timepoint has that id.
        """
        if at is None:
            return self._last_world
        return self._world_after(self.timepoint(at).id)

    @cached_property
    def _last_world(self) -> World:
        return self._world_after(self.end or "start")

    def _world_after(self, last: str) -> World:
        parents = dict(self.store.chunk_keys(self.run_id))
        lineage = [last]
        while parents.get(lineage[-1]):
            lineage.append(parents[lineage[-1]])
        world = self.first_world()
        for key in reversed(lineage):
            world = world.fold(self.log.get(key, ()))
        return world

    @cached_property
    def end(self) -> str:
        """Id of the last timepoint on the main path; empty where none was played."""
        end, plan = "", next((key for key in self.log if key.startswith("plan")), "plan")
        while plan in self.log:
            released = [one.event.timepoints for one in self.log[plan] if isinstance(one.event, NextReleased)]
            begun = [one.event.number for one in self.log[plan] if isinstance(one.event, RoundBegun)]
            if begun and released and not released[0]:
                plan = round_key(begun[0])
                continue
            if not released or not released[0] or released[0][0] not in self.log:
                break
            end = released[0][0]
            plan = f"plan:{end}"
        return end

    @cached_property
    def ends(self) -> tuple[str, ...]:
        """Ids of the last timepoints of all paths, in story order."""
        parents = dict(self.store.chunk_keys(self.run_id))
        followed = {parents[parents[one.id]] for one in self.timepoints if parents.get(parents[one.id])}
        return tuple(one.id for one in self.timepoints if one.id not in followed)

    @property
    def parent_run(self) -> str:
        """Id of the run that this one was forked from; empty where it was not."""
        return str(self.row["parent_run"] or "")

    @cached_property
    def interventions(self) -> tuple[InterventionSet, ...]:
        """What was set otherwise, and where, in the order of the log."""
        return tuple(
            entry.event for entries in self.log.values() for entry in entries
            if isinstance(entry.event, InterventionSet)
        )  # fmt: skip

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

        arguments.setdefault("mechanisms", self._mechanisms)
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

        arguments.setdefault("mechanisms", self._mechanisms)
        return Simulation.realise(self.run_id, self.store, path=path, realised_id=run_id, **arguments).run()

    def compare(self, *others: Run) -> Comparison:
        """This run beside others: where they part, what each person knew, felt and did differently.

        Without others, the paths of this run beside one another. See ``evaluation.comparison.compare``.
        """
        from timepoint_pro.evaluation.comparison import compare

        return compare(self, *others)

    def first_world(self) -> World:
        """The world before anything happened; folding the chunks of ``log`` goes on from it."""
        return self._first_world

    @cached_property
    def _first_world(self) -> World:
        return first_world(self.template, self._mechanisms, self._mode)

    @cached_property
    def entities(self) -> Shown[Entity]:
        """Everyone who took part, in order of introduction."""
        casts = [self.world()[Cast], *(self.world(one)[Cast] for one in self.ends if one != self.end)]
        return Shown({one: cast[one] for cast in casts for one in cast.order}.values())

    @cached_property
    def timepoints(self) -> Shown[Timepoint]:
        """The moments that were played, in story order; of one time, those of the trunk first."""
        opened = [
            entry.event.timepoint
            for entries in self.log.values()
            for entry in entries
            if isinstance(entry.event, TimepointOpened)
        ]
        changed = {
            entry.event.timepoint_id: entry.event.present
            for entries in self.log.values()
            for entry in entries
            if isinstance(entry.event, PresenceSet)
        }
        opened = [evolve(one, present=changed.get(one.id, one.present)) for one in opened]
        return Shown(sorted(opened, key=lambda one: (one.index, one.at, one.id != one.key, one.id)))

    @cached_property
    def dialogs(self) -> Shown[Dialog]:
        """The conversations, in story order."""
        turns: dict[str, list[SpokenTurn]] = {}
        rows = self.store.iterate(
            "SELECT * FROM dialogs WHERE run_id = ? ORDER BY timepoint_id, turn_index", (self.run_id,)
        )
        for row in rows:
            turns.setdefault(row["timepoint_id"], []).append(spoken_turn(row))
        return Shown(
            Dialog(one.id, one.present, tuple(turns[one.id])) for one in self.timepoints if one.id in turns
        )

    @cached_property
    def exposures(self) -> Shown[Exposure]:
        """Every occasion on which somebody came to hold something, on any path, in order of story time."""
        exposures = [
            exposure for entries in self.log.values() for entry in entries
            if isinstance(entry.event, KnowledgeGained) for exposure in entry.event.exposures
        ]  # fmt: skip
        return Shown(sorted(exposures, key=lambda one: (one.at, one.id)))

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Everything that anybody held, by id."""
        stated = {
            entry.event.item.id: entry.event.item for entries in self.log.values() for entry in entries
            if isinstance(entry.event, ItemStated)
        }  # fmt: skip
        return {one: stated[one] for one in sorted({exposure.item for exposure in self.exposures})}

    @cached_property
    def relationships(self) -> Shown[Relationship]:
        """How everyone stands to everyone at the end, strangers left out."""
        world = self.world()
        ties = world[Ties]
        return Shown(
            Relationship(
                one, other, ties.kind(one, other), ties.trust(one, other), ties.affinity(one, other),
                ties.power(one, other), ties.interactions(one, other),
            )
            for one, other in ties.known_pairs()
        )  # fmt: skip

    @cached_property
    def violations(self) -> Shown[Violation]:
        """Broken constraints, in order."""
        rows = self.store.query("SELECT * FROM violations WHERE run_id = ? ORDER BY rowid", (self.run_id,))
        return Shown(
            Violation(
                row["violation_id"], row["rule"], row["severity"], row["entity_id"], row["timepoint_id"],
                row["explanation"], tuple(orjson.loads(row["evidence"])),
            )
            for row in rows
        )  # fmt: skip

    @cached_property
    def mode_frames(self) -> Mapping[str, Mapping[str, Any]]:
        """Where each moment stands in its mode's own terms, by timepoint id; empty in modes that say nothing of it."""
        rows = self.store.query("SELECT timepoint_id, scene FROM timepoints WHERE run_id = ?", (self.run_id,))
        scenes = {row["timepoint_id"]: orjson.loads(row["scene"] or "{}") for row in rows}
        return {one.id: scenes[one.id]["frame"] for one in self.timepoints if "frame" in scenes.get(one.id, {})}

    @cached_property
    def paths(self) -> Shown[Path]:
        """Paths that the mode considered, best first."""
        rows = self.store.query(
            "SELECT * FROM paths WHERE run_id = ? ORDER BY chosen DESC, score DESC, path_id", (self.run_id,)
        )
        return Shown(Path(row["path_id"], row["score"], bool(row["chosen"]), orjson.loads(row["body"])) for row in rows)

    @cached_property
    def causal_graph(self) -> networkx.DiGraph[str]:
        """Timepoints as nodes; edges with ``type`` (temporal, knowledge, causal), ``strength`` and ``mechanism``."""
        import networkx

        graph: networkx.DiGraph[str] = networkx.DiGraph()
        for timepoint in self.timepoints:
            graph.add_node(timepoint.id, title=timepoint.title, at=timepoint.at)
        rows = self.store.query("SELECT * FROM causal_edges WHERE run_id = ? ORDER BY rowid", (self.run_id,))
        for row in rows:
            known = graph.get_edge_data(row["source"], row["target"])
            types = (*known["types"], row["type"]) if known else (row["type"],)
            if known is None or row["strength"] > known["strength"]:
                graph.add_edge(
                    row["source"], row["target"], type=row["type"], types=types,
                    strength=row["strength"], mechanism=row["mechanism"],
                )  # fmt: skip
            else:
                known["types"] = types
        return graph

    def timepoint(self, at: str) -> Timepoint:
        """The moment of that id.

        Raises:
            UnknownNameError: it was not played.
        """
        for timepoint in self.timepoints:
            if timepoint.id == at:
                return timepoint
        raise UnknownNameError("timepoint", at, [one.id for one in self.timepoints])

    def entity(self, name: str) -> Entity:
        """Who has that id or unique name.

        Raises:
            UnknownNameError: nobody, or several.
        """
        found = self._entity(name)
        return next(one for one in self.entities if one.id == found)

    def item(self, words: str) -> Item:
        """What has that id or handle, or is the only one to contain these words.

        Raises:
            UnknownNameError: nothing, or several.
        """
        return self.items[self._item(words)]

    def state(self, entity: str, at: str | None = None) -> State:
        """Somebody's state after a timepoint; after the last one by default.

        Raises:
            UnknownNameError: for an entity or a timepoint that is not there.
        """
        who, world = self._entity(entity), self.world(at)
        minds = world[Minds]
        return State(
            who, at or self.end, minds.valence(who), minds.arousal(who),
            world[Rhythm].energy(who), tensor_of(world, who), tuple(sorted(world[Knowledge].holds(who))),
        )  # fmt: skip

    def knows(self, entity: str, at: str | None = None) -> tuple[Item, ...]:
        """What somebody holds after a timepoint."""
        return tuple(self.items[one] for one in self.state(entity, at).knows)

    def why_knows(self, entity: str, item: str, at: str | None = None) -> networkx.DiGraph[str]:
        """How somebody came to hold something: exposures from the roots to them, with confidence at each step.

        Args:
            entity: id or unique name.
            item: id, handle, or words that only one item contains.
            at: id of the timepoint at whose end is asked; the last by default.

        Raises:
            UnknownNameError: for an entity, item or timepoint that is not there.
        """
        return why_knows(self._known_at(at), self._entity(entity), self._item(item))

    def who_knows(self, item: str, at: str | None = None) -> tuple[str, ...]:
        """Ids of those who hold something, in the order in which they came to. Raises as ``why_knows``."""
        return who_knows(self._known_at(at), self._item(item))

    def ask_about(self, entity: str) -> Portrait | None:
        """What the run holds of somebody, as finely as they are simulated. The question is recorded.

        Being asked about raises somebody's level (M5) when the run goes on. None where nobody has that id or
        name yet and the run is not completed: then M9 looks for whoever is meant when it goes on.

        Raises:
            UnknownNameError: nobody, in a completed run; or several.
            StoreError: the database cannot be written.
        """
        from timepoint_pro.evaluation.resolution import portrait

        try:
            who = self._entity(entity)
        except UnknownNameError:
            if self.status == "completed" or entity in [one.name for one in self.entities]:
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
        from timepoint_pro.summary import summarize

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
        from timepoint_pro.frames import frames_of

        return frames_of(self)

    def plot_states(self, people: Sequence[str] = (), *, at: str = "") -> Figure:
        """Valence, arousal and energy over the turns; see ``plots.plot_states``."""
        from timepoint_pro.plots import plot_states

        return plot_states(self, people, at=at)

    def plot_causal_graph(self) -> Figure:
        """Timepoints and what joins them; see ``plots.plot_causal_graph``."""
        from timepoint_pro.plots import plot_causal_graph

        return plot_causal_graph(self)

    def plot_knowledge_flow(self, item: str = "") -> Figure:
        """Who told whom, all in all or of one thing; see ``plots.plot_knowledge_flow``."""
        from timepoint_pro.plots import plot_knowledge_flow

        return plot_knowledge_flow(self, item)

    def _known_at(self, at: str | None) -> list[Exposure]:
        """The exposures on the way to a timepoint, in order of story time; on the main path by default."""
        exposures = self.world(at)[Knowledge].log.values()
        return sorted(exposures, key=lambda one: (one.at, one.id))

    def _entity(self, name: str) -> str:
        ids = [one.id for one in self.entities]
        if name in ids:
            return name
        named = [one.id for one in self.entities if one.name == name]
        if len(named) == 1:
            return named[0]
        raise UnknownNameError("entity", name, [*ids, *(one.name for one in self.entities)])

    def _item(self, words: str) -> str:
        if words in self.items:
            return words
        folded = words.casefold()
        exact = [one.id for one in self.items.values() if folded in (one.handle.casefold(), one.content.casefold())]
        within = exact or [one.id for one in self.items.values() if folded in one.content.casefold()]
        if len(within) == 1:
            return within[0]
        if within:
            raise AmbiguousNameError("item", words, within)
        raise UnknownNameError("item", words, [one.handle or one.id for one in self.items.values()])

    def _repr_html_(self) -> str:
        return run_html(self)

    def __repr__(self) -> str:
        return (
            f"Run({self.run_id!r}, template={self.template_id!r}, mode={self.mode!r}, seed={self.seed}, "
            f"status={self.status!r}, timepoints={self._played}, turns={self.turns}, model={self.model!r})"
        )
