"""StoredRun: a run in the database, as it is read. Everything shown here is a projection of the run's log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import orjson
from attrs import evolve

from timepoint_pro.mechanisms.base import Mechanism
from timepoint_pro.mechanisms.knowledge import ItemStated, Knowledge, KnowledgeGained
from timepoint_pro.mechanisms.knowledge_graph import who_knows, why_knows
from timepoint_pro.mechanisms.m12_counterfactual_branching import InterventionSet
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.rhythm import Rhythm
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.mechanisms.ttm import tensor_of
from timepoint_pro.reading import tables
from timepoint_pro.reading.html import ROWS, Shown, cell, short, table_html
from timepoint_pro.reading.naming import item_id
from timepoint_pro.reading.run_log import RunLog
from timepoint_pro.reading.values import Cost, Dialog, Path, Relationship, State, Violation
from timepoint_pro.records.entity import Cast, Entity
from timepoint_pro.records.event import Entry
from timepoint_pro.records.knowledge import Exposure, Item
from timepoint_pro.records.naming import entity_id, known_as
from timepoint_pro.records.timepoint import PresenceSet, Timepoint, TimepointOpened
from timepoint_pro.records.world import World
from timepoint_pro.store.database import Store
from timepoint_pro.templates import Template

if TYPE_CHECKING:
    import networkx


class StoredRun:
    """A run, finished or not, to be read.

    Args:
        store: the database.
        run_id: an id that it holds.
        mechanisms: those that the run was made with.

    Raises:
        RunNotFoundError: there is no such run.
    """

    def __init__(self, store: Store, run_id: str, mechanisms: Sequence[Mechanism]) -> None:
        self.store, self.run_id = store, run_id
        self.row: Mapping[str, Any] = store.run_row(run_id)
        self._log = RunLog(store, self.row, tuple(mechanisms))
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
        return self._log.mechanisms

    @property
    def cost(self) -> Cost:
        """What the run cost."""
        row = self.row
        return Cost(row["cost_usd"], row["cost_source"], row["token_count"], row["model_calls"])

    @property
    def parent_run(self) -> str:
        """Id of the run that this one was forked from; empty where it was not."""
        return str(self.row["parent_run"] or "")

    @property
    def template(self) -> Template:
        """The template as it was when the run was made."""
        return self._log.template

    @property
    def log(self) -> Mapping[str, tuple[Entry, ...]]:
        """The log: key of each chunk to its entries, in the order in which they were committed."""
        return self._log.chunks

    @property
    def parents(self) -> Mapping[str, str]:
        """Key of each chunk to that of the chunk whose world it goes on from; empty for the first."""
        return self._log.parents

    def lineage(self, end: str = "") -> tuple[str, ...]:
        """Keys of the chunks on the way to a timepoint, the first one first; to the end of the main path by default."""
        return self._log.lineage(end or self.end or "start")

    def first_world(self) -> World:
        """The world before anything happened; folding the chunks of ``log`` goes on from it."""
        return self._log.first_world

    def world(self, at: str | None = None) -> World:
        """The world after a timepoint; after the last one on the main path by default.

        Raises:
            UnknownNameError: when no played timepoint has that id.
        """
        return self._log.last_world if at is None else self._log.world_after(self.timepoint(at).id)

    @property
    def end(self) -> str:
        """Id of the last timepoint on the main path, which follows the trunk, and where that ends the first branch.

        Empty where none was played.
        """
        return self._log.end

    @cached_property
    def ends(self) -> tuple[str, ...]:
        """Ids of the last timepoints of all paths, in story order."""
        parents = self.parents
        followed = {parents[parents[one.id]] for one in self.timepoints if parents.get(parents[one.id])}
        return tuple(one.id for one in self.timepoints if one.id not in followed)

    @cached_property
    def interventions(self) -> tuple[InterventionSet, ...]:
        """What was set otherwise, and where, in the order of the log."""
        return tuple(self._log.events(InterventionSet))

    @cached_property
    def entities(self) -> Shown[Entity]:
        """Everyone who took part, in order of introduction."""
        casts = [self.world()[Cast], *(self.world(one)[Cast] for one in self.ends if one != self.end)]
        return Shown({one: cast[one] for cast in casts for one in cast.order}.values())

    @cached_property
    def timepoints(self) -> Shown[Timepoint]:
        """The moments that were played, in story order; of one time, those of the trunk first."""
        changed = {one.timepoint_id: one.present for one in self._log.events(PresenceSet)}
        opened = [one.timepoint for one in self._log.events(TimepointOpened)]
        opened = [evolve(one, present=changed.get(one.id, one.present)) for one in opened]
        return Shown(sorted(opened, key=lambda one: (one.index, one.at, one.id != one.key, one.id)))

    @cached_property
    def dialogs(self) -> Shown[Dialog]:
        """The conversations, in story order."""
        turns = tables.spoken(self.store, self.run_id)
        return Shown(Dialog(one.id, one.present, turns[one.id]) for one in self.timepoints if one.id in turns)

    @cached_property
    def exposures(self) -> Shown[Exposure]:
        """Every occasion on which somebody came to hold something, on any path, in order of story time."""
        exposures = [exposure for one in self._log.events(KnowledgeGained) for exposure in one.exposures]
        return Shown(sorted(exposures, key=lambda one: (one.at, one.id)))

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Everything that anybody held, by id."""
        stated = {one.item.id: one.item for one in self._log.events(ItemStated)}
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
        return Shown(tables.violations(self.store, self.run_id))

    @cached_property
    def mode_frames(self) -> Mapping[str, Mapping[str, Any]]:
        """Where each moment stands in its mode's own terms, by timepoint id; empty in modes that say nothing of it."""
        frames = tables.frames(self.store, self.run_id)
        return {one.id: frames[one.id] for one in self.timepoints if one.id in frames}

    @cached_property
    def paths(self) -> Shown[Path]:
        """Paths that the mode considered, best first."""
        return Shown(tables.paths(self.store, self.run_id))

    @cached_property
    def causal_graph(self) -> networkx.DiGraph[str]:
        """Timepoints as nodes; edges with ``type`` (temporal, knowledge, causal), ``strength`` and ``mechanism``."""
        import networkx

        graph: networkx.DiGraph[str] = networkx.DiGraph()
        for timepoint in self.timepoints:
            graph.add_node(timepoint.id, title=timepoint.title, at=timepoint.at)
        tables.add_edges(graph, self.store, self.run_id)
        return graph

    def timepoint(self, at: str) -> Timepoint:
        """The moment of that id.

        Raises:
            UnknownNameError: it was not played.
        """
        moments = {one.id: one for one in self.timepoints}
        return moments[known_as("timepoint", at, moments)]

    def entity(self, name: str) -> Entity:
        """Who has that id or name; capitals count only where they tell two apart.

        Raises:
            AmbiguousNameError: several have that name.
            UnknownNameError: nobody has.
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
            who, self.end if at is None else self.timepoint(at).id, minds.valence(who), minds.arousal(who),
            world[Rhythm].energy(who), tensor_of(world, who), tuple(sorted(world[Knowledge].holds(who))),
        )  # fmt: skip

    def knows(self, entity: str, at: str | None = None) -> tuple[Item, ...]:
        """What somebody holds after a timepoint."""
        return tuple(self.items[one] for one in self.state(entity, at).knows)

    def why_knows(self, entity: str, item: str, at: str | None = None) -> networkx.DiGraph[str]:
        """How somebody came to hold something: exposures from the roots to them, with confidence at each step.

        Args:
            entity: id or name, as for `entity`.
            item: id, handle, or words that only one item contains.
            at: id of the timepoint at whose end is asked; the last by default.

        Raises:
            UnknownNameError: for an entity, item or timepoint that is not there.
        """
        return why_knows(self._known_at(at), self._entity(entity), self._item(item))

    def who_knows(self, item: str, at: str | None = None) -> tuple[str, ...]:
        """Ids of those who hold something, in the order in which they came to. Raises as ``why_knows``."""
        return who_knows(self._known_at(at), self._item(item))

    def _known_at(self, at: str | None) -> list[Exposure]:
        """The exposures on the way to a timepoint, in order of story time; on the main path by default."""
        exposures = self.world(at)[Knowledge].log.values()
        return sorted(exposures, key=lambda one: (one.at, one.id))

    def _entity(self, name: str) -> str:
        return entity_id(self.entities, name)

    def _item(self, words: str) -> str:
        return item_id(self.items, words)

    def _repr_html_(self) -> str:
        cost = self.cost
        lead = (
            f"<p><strong>{escape(self.run_id)}</strong>: {escape(self.template_id)}, {escape(self.mode)} mode, "
            f"seed {self.seed}, {escape(self.status)}; {self.turns} turns, "
            f"words by {escape(', '.join(self.models) or self.model)}, "
            f"${cost.usd:.4f} ({escape(cost.source)})</p>"
        )
        spoken = {dialog.timepoint_id: len(dialog.turns) for dialog in self.dialogs}
        rows = [
            [one.id, short(one.title), ", ".join(one.present[:6]), str(spoken.get(one.id, 0)), cell(one.question)]
            for one in self.timepoints[:ROWS]
        ]
        more = len(self.timepoints) - ROWS
        table = table_html(("timepoint", "title", "present", "turns", "to settle"), rows)
        return lead + table + (f"<p>and {more:,} more</p>" if more > 0 else "")

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.run_id!r}, template={self.template_id!r}, mode={self.mode!r}, "
            f"seed={self.seed}, status={self.status!r}, timepoints={self._played}, turns={self.turns}, "
            f"model={self.model!r})"
        )
