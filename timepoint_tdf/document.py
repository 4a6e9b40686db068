"""The RenderedFuture document: one run as a graph of people, moments, turns, causes and knowledge.

Ids are unique in their own list and refer across lists: ``Timepoint.causal_antecedents`` names timepoints,
``ExposureEvent.parents`` names exposures. Times are ISO 8601 text in UTC with ``Z``; story time may lie
outside the range of ``datetime``, so they stay text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from attrs import field, frozen

from timepoint_tdf.codec import to_plain
from timepoint_tdf.nodes import JSON_KEY, Node, structure_node
from timepoint_tdf.permissiveness import infer_model_permissiveness
from timepoint_tdf.record import TDFProvenance, TDFRecord
from timepoint_tdf.schemas import CONTEXT_URL, tdf_context, validate_plain

TemporalMode = Literal["forward", "portal", "branching", "directorial", "cyclical"]
EdgeType = Literal["temporal", "knowledge", "causal"]
HowLearned = Literal["initial", "witnessed", "told", "learned", "experienced", "inferred"]


@frozen
class Tensor(Node):
    """An entity's state as three vectors.

    Args:
        context_vector: 8 values in [0, 1]: knowledge, valence, arousal, energy, confidence, patience, risk,
            social.
        biology_vector: 4 values: age / 100, pain, illness, fatigue; from 0.
        behavior_vector: 8 values in [0, 1]: the Big Five, assertiveness, vocabulary richness, novelty
            seeking.
    """

    context_vector: tuple[float, ...]
    biology_vector: tuple[float, ...]
    behavior_vector: tuple[float, ...]


@frozen
class EntityMetadata(Node):
    """Who an entity is. ``cognitive`` and ``physical`` are open; ``resolution_level`` as in ``"dialog"``."""

    name: str | None = None
    role: str | None = None
    archetype: str | None = None
    cognitive: Mapping[str, Any] = field(factory=dict)
    physical: Mapping[str, Any] = field(factory=dict)
    resolution_level: str | None = None


@frozen
class Entity(Node):
    """A participant: a person, an animal, a building, an institution ..."""

    entity_id: str
    entity_type: str
    tensor: Tensor | None = None
    metadata: EntityMetadata | None = None


@frozen
class Timepoint(Node):
    """A moment of the story.

    Args:
        timepoint_id: unique in the document.
        timestamp: story time, ISO 8601 with ``Z``.
        entities_present: entity ids.
        causal_antecedents: ids of the timepoints that it follows from.
        importance: in [0, 1].
        path_id: the path or branch that it belongs to.
        scene: open; place, light, atmosphere.
        states: one open mapping an entity present, each with its ``entity_id``.
    """

    timepoint_id: str
    timestamp: str
    entities_present: tuple[str, ...]
    causal_antecedents: tuple[str, ...]
    description: str | None = None
    importance: float | None = None
    path_id: str | None = None
    scene: Mapping[str, Any] = field(factory=dict)
    states: tuple[Mapping[str, Any], ...] = ()


@frozen
class Turn(Node):
    """One dialog turn. ``state`` (open) is the speaker's state just before it; ids in ``knowledge_shared``
    are item ids."""

    turn_id: str
    speaker: str
    content: str
    timestamp: str | None = None
    emotional_tone: str | None = None
    tactic: str | None = None
    addressed_to: tuple[str, ...] = ()
    knowledge_shared: tuple[str, ...] = ()
    state: Mapping[str, Any] = field(factory=dict)


@frozen
class Dialog(Node):
    """The turns of one scene, in order."""

    dialog_id: str
    timepoint_id: str
    participants: tuple[str, ...]
    turns: tuple[Turn, ...]


@frozen
class CausalNode(Node):
    """A vertex of the causal graph; ``type`` says what it stands for, as in ``"timepoint"``."""

    id: str
    type: str
    label: str | None = None


@frozen
class CausalEdge(Node):
    """From cause to effect. ``strength`` in [0, 1]; ``mechanism`` is the code of who claims it (``"M7"``)."""

    source: str
    target: str
    type: EdgeType
    strength: float | None = None
    mechanism: str | None = None


@frozen
class CausalGraph(Node):
    """The causal graph of the run."""

    nodes: tuple[CausalNode, ...]
    edges: tuple[CausalEdge, ...]


@frozen
class ExposureEvent(Node):
    """Somebody came to know something.

    Args:
        how: initial, witnessed, told, learned, experienced or inferred.
        source: who or what it came from.
        confidence: in [0, 1].
        parents: ids of the exposures that it rests on; empty at a root.
    """

    exposure_id: str
    entity_id: str
    item_id: str
    how: HowLearned
    content: str | None = None
    source: str | None = None
    timepoint_id: str | None = None
    timestamp: str | None = None
    confidence: float | None = None
    parents: tuple[str, ...] = ()


@frozen
class Relationship(Node):
    """What ``source`` holds of ``target`` at a timepoint: trust and affinity in [-1, 1]; directed."""

    source: str
    target: str
    type: str | None = None
    trust: float | None = None
    affinity: float | None = None
    power: float | None = None
    interactions: int | None = None
    shared_knowledge: tuple[str, ...] = ()
    timepoint_id: str | None = None


@frozen
class StoryPath(Node):
    """A path that portal mode explored, or a branch.

    Args:
        score: overall, higher is better; ``scores`` (open) has the parts.
        selected: whether it is the one that was played.
        timepoints, divergence_points, pivots: timepoint ids; it leaves other paths at divergence points.
        parent_path: the path that it forks from.
    """

    path_id: str
    label: str | None = None
    score: float | None = None
    scores: Mapping[str, Any] = field(factory=dict)
    selected: bool | None = None
    parent_path: str | None = None
    timepoints: tuple[str, ...] = ()
    divergence_points: tuple[str, ...] = ()
    pivots: tuple[str, ...] = ()


@frozen
class Violation(Node):
    """A broken constraint: the rule, why it is broken, and the ids that show it."""

    rule: str
    explanation: str
    violation_id: str | None = None
    mechanism: str | None = None
    severity: Literal["hard", "soft"] | None = None
    entity_id: str | None = None
    timepoint_id: str | None = None
    evidence: tuple[str, ...] = ()


@frozen
class ModelUse(Node):
    """A model whose text entered the run, its licence, and the actions that it was asked for."""

    model: str
    license: str | None = None
    actions: tuple[str, ...] = ()


@frozen
class DocumentProvenance(Node):
    """How the document came about.

    Args:
        generated_at: ISO 8601 with ``Z``.
        generator, version: the software.
        model: the model of most turns; ``models`` lists all.
        mechanisms: codes that acted (``"M3"``).
        training_safe: whether the licence of every model admits training on its text.
        cost_usd: in US dollars; ``cost_source`` says where the figure is from.
        template_sha256, log_sha256: 64 hexadecimal digits.
    """

    generated_at: str
    generator: str | None = None
    version: str | None = None
    seed: int | None = None
    model: str | None = None
    models: tuple[ModelUse, ...] = ()
    mechanisms: tuple[str, ...] = ()
    training_safe: bool | None = None
    cost_usd: float | None = None
    cost_source: str | None = None
    token_count: int | None = None
    template_sha256: str | None = None
    log_sha256: str | None = None


@frozen(repr=False)
class RenderedFuture(Node):
    """A whole run as one JSON-LD document.

    Args:
        run_id: the run.
        scenario: the template's id.
        temporal_mode: forward, portal, branching, directorial or cyclical.
        context: the ``@context``: the URL by default, or an inlined context as it was read.
    """

    run_id: str
    scenario: str
    temporal_mode: TemporalMode
    entities: tuple[Entity, ...]
    timepoints: tuple[Timepoint, ...]
    dialogs: tuple[Dialog, ...]
    causal_graph: CausalGraph
    provenance: DocumentProvenance
    exposure_events: tuple[ExposureEvent, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    paths: tuple[StoryPath, ...] = ()
    violations: tuple[Violation, ...] = ()
    context: Any = field(default=CONTEXT_URL, kw_only=True, metadata={JSON_KEY: "@context"})

    def __repr__(self) -> str:
        return (
            f"<RenderedFuture {self.run_id!r}: {self.scenario}, {self.temporal_mode}; "
            f"{len(self.entities)} entities, {len(self.timepoints)} timepoints, {len(self.dialogs)} dialogs>"
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Build from plain JSON data, checked against the schema first; keys that it does not know are kept.

        Raises:
            TDFValidationError: the data breaks the schema.
        """
        plain = to_plain(data)
        validate_plain("RenderedFuture", plain)
        del plain["@type"]
        return structure_node(cls, plain)

    def to_dict(self, *, inline_context: bool = False) -> dict[str, Any]:
        """Plain JSON data; absent values are left out.

        Args:
            inline_context: put the shipped context itself in place of its URL.
        """
        # attrs rebuilds a class with slots, which the bare super() would not find.
        body = Node.to_dict(self)
        context = body.pop("@context")
        if inline_context:
            context = tdf_context()["@context"]
        return {"@context": context, "@type": "RenderedFuture"} | body

    def to_record(self) -> TDFRecord:
        """The run in the envelope of the suite's services.

        The payload has the four keys that they exchange: entities, dialogs, causal_edges, and metadata with
        mechanisms, temporal_mode, cost_usd and token_count, as in the run's data export. The rest of the
        document travels in the document's own line.
        """
        body = self.to_dict()
        made = self.provenance
        summary = {
            "mechanisms": list(made.mechanisms),
            "temporal_mode": self.temporal_mode,
            "cost_usd": made.cost_usd,
            "token_count": made.token_count,
        }
        return TDFRecord(
            id=self.run_id,
            source="pro",
            timestamp=made.generated_at,
            provenance=TDFProvenance(
                generator="timepoint-pro",
                run_id=self.run_id,
                text_model=made.model,
                model_permissiveness=infer_model_permissiveness(made.model) if made.model else None,
            ),
            payload={
                "entities": body["entities"],
                "dialogs": body["dialogs"],
                "causal_edges": body["causal_graph"]["edges"],
                "metadata": {name: value for name, value in summary.items() if value is not None},
            },
            entity_ids=[entity.entity_id for entity in self.entities],
        )
