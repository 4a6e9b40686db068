"""The parts of ``metadata`` that are read. The mapping itself stays open; every other key is kept."""

# ruff: noqa: RUF009 -- key() makes attrs fields, which the linter cannot see

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, frozen

from timepoint_pro.records.knowledge import item_id
from timepoint_pro.templates import vocabulary as words
from timepoint_pro.templates.cycles import CyclicalStructure
from timepoint_pro.templates.frozen_json import EMPTY, FrozenMap
from timepoint_pro.templates.kinds import Identifier, JsonObject, Number, Text, Whole
from timepoint_pro.templates.narrative import NarrativeStructure
from timepoint_pro.templates.open_kinds import Bearing, Branches, LooseObject, LooseText, Named, Quantities
from timepoint_pro.templates.roster import RosterEntry
from timepoint_pro.templates.sections import SHARE, SIGNED, TEXTS
from timepoint_pro.templates.story_kinds import Forgiving
from timepoint_pro.templates.structure import ListOf, MapOf, Nullable, OneOf, Part, Section, key

MOMENT = Nullable(Whole(0, 100_000))
WEIGHTS = MapOf(SIGNED)


@frozen(kw_only=True, repr=False)
class FactEntry(Section):
    """Something that is so, and who knows it.

    Args:
        id: unique; the statement's content address where the template gives none.
        statement: one whole sentence in the third person.
        handle: short noun phrase that names it.
        topic: one or two words.
        subject: entity id that the sentence is about, or empty.
        known_by: entity ids of its first holders; ``("*",)`` for everyone.
        source: how they know: a channel (``"briefing"``, ``"instrument"`` ...) or an entity id.
        confidence: in [0, 1].
        bearing: question id to option id to weight in [-1, 1]; in ``Template.facts`` always in full.
        enters: index of the moment at whose start it becomes known; None or 0: from the beginning.
        leads_to: ids of the facts that it leads to, or ``"outcome"``.
        importance: in [0, 1].
    """

    id: str = key(Identifier(), "")
    statement: str = key(Text(blank=False))
    handle: str = key(Text(), "")
    topic: str = key(Text(), "")
    subject: str = key(Text(), "")
    known_by: tuple[str, ...] = key(TEXTS, ())
    source: str = key(Text(blank=False), "briefing")
    confidence: float = key(SHARE, 0.95)
    bearing: Mapping[str, Mapping[str, float]] = key(Bearing(), EMPTY)
    enters: int | None = key(MOMENT, None)
    leads_to: tuple[str, ...] = key(TEXTS, ())
    importance: float = key(SHARE, 0.5)
    extra: Mapping[str, Any] = EMPTY

    @property
    def is_initial(self) -> bool:
        """Whether its holders have it from the beginning."""
        return not self.enters

    @property
    def is_common(self) -> bool:
        """Whether everyone holds it."""
        return words.EVERYONE in self.known_by


@frozen(kw_only=True, repr=False)
class OptionEntry(Section):
    """One course open to those who decide: ``label`` a bare infinitive, ``noun`` a noun phrase for it."""

    id: str = key(Identifier())
    label: str = key(Text(), "")
    noun: str = key(Text(), "")
    extra: Mapping[str, Any] = EMPTY


@frozen(kw_only=True, repr=False)
class QuestionEntry(Section):
    """A decision that people face.

    Args:
        id: unique among the questions.
        text: the question as people would put it.
        topics: topics of the facts that bear on it.
        options: the courses open, two or more.
        decides: entity id of who may decide; empty: by agreement.
        at: index of the moment that has to settle it; None: whenever it comes up.
        leanings: entity id to option id to weight in [-1, 1].
    """

    id: str = key(Identifier())
    text: str = key(Text(blank=False))
    topics: tuple[str, ...] = key(TEXTS, ())
    options: tuple[OptionEntry, ...] = key(ListOf(Part(OptionEntry, open=True), least=2))
    decides: str = key(Text(), "")
    at: int | None = key(MOMENT, None)
    leanings: Mapping[str, Mapping[str, float]] = key(MapOf(WEIGHTS), EMPTY)
    extra: Mapping[str, Any] = EMPTY


@frozen(kw_only=True, repr=False)
class QuantityEntry(Section):
    """A number that the story tracks.

    Args:
        initial: value at the start, in ``unit``.
        threshold: the value whose crossing matters, or None.
        per_hour: drift an hour of story time, in ``unit``.
        noise: standard deviation of an hour's chance change, in ``unit``.
        topic: topic of the facts that its readings are.
        watched_by: entity ids of those who see its readings.
    """

    id: str = ""
    label: str = key(Text(), "")
    unit: str = key(Text(), "")
    initial: float = key(Number())
    threshold: float | None = key(Nullable(Number()), None)
    per_hour: float = key(Number(), 0.0)
    noise: float = key(Number(0, 1e12), 0.0)
    topic: str = key(Text(), "")
    watched_by: tuple[str, ...] = key(TEXTS, ())
    extra: Mapping[str, Any] = EMPTY


@frozen(kw_only=True, repr=False)
class ArchetypeEntry(Section):
    """A way of arguing that the template adds to the built-in ones.

    Args:
        tactics: argument tactics in order of preference (``"data_argument"`` ...).
        disagreement: how it disagrees, as short descriptions.
        vocabulary: words and turns of phrase that mark it.
    """

    id: str = ""
    tactics: tuple[str, ...] = key(TEXTS, ())
    disagreement: tuple[str, ...] = key(TEXTS, ())
    vocabulary: tuple[str, ...] = key(TEXTS, ())
    extra: Mapping[str, Any] = EMPTY


@frozen(kw_only=True, repr=False)
class BranchEntry(Section):
    """One way that things may go from a branching point; ``extra`` holds what the template says besides."""

    id: str = key(Identifier(), "")
    label: str = key(Text(), "")
    description: str = key(Text(), "")
    extra: Mapping[str, Any] = EMPTY


@frozen(kw_only=True, repr=False)
class BranchingPoint(Section):
    """A moment from which the story may go several ways.

    Args:
        timepoint: index or id of the moment, or None.
        day: day of the story, or None.
        trigger: what brings the parting about.
        branches: the ways, in order.
    """

    timepoint: int | str | None = key(Nullable(OneOf(Whole(0, 100_000), Text(blank=False))), None)
    day: float | None = key(Nullable(Number()), None)
    trigger: str = key(Text(), "")
    branches: tuple[BranchEntry, ...] = key(Branches(Part(BranchEntry, open=True)), ())
    extra: Mapping[str, Any] = EMPTY


@frozen(kw_only=True, repr=False)
class Metadata(Section):
    """The typed view of ``metadata``. Under it null stands for an absent value."""

    entity_roster: Mapping[str, RosterEntry] = key(MapOf(Part(RosterEntry, open=True), named=True), EMPTY)
    facts: tuple[FactEntry, ...] = key(ListOf(Part(FactEntry, open=True)), ())
    questions: tuple[QuestionEntry, ...] = key(ListOf(Part(QuestionEntry, open=True)), ())
    common_knowledge: tuple[str, ...] = key(ListOf(Text(blank=False)), ())
    archetypes: Mapping[str, ArchetypeEntry] = key(MapOf(Part(ArchetypeEntry, open=True), named=True), EMPTY)
    quantitative_tracking: Mapping[str, QuantityEntry] = key(Quantities(Part(QuantityEntry, open=True)), EMPTY)
    branching_points: tuple[BranchingPoint, ...] = key(ListOf(Part(BranchingPoint, open=True)), ())
    mechanisms_featured: tuple[str, ...] = key(TEXTS, ())
    portal: FrozenMap = key(JsonObject(), EMPTY)
    circadian_config: FrozenMap = key(LooseObject(), EMPTY)
    environment: FrozenMap = key(LooseObject(), EMPTY)
    cyclical_structure: CyclicalStructure = key(Forgiving(Part(CyclicalStructure, open=True)), CyclicalStructure())
    narrative_structure: NarrativeStructure = key(Forgiving(Part(NarrativeStructure, open=True)), NarrativeStructure())
    animistic_entities: Mapping[str, FrozenMap] = key(Named(), EMPTY)
    embodied_constraints: FrozenMap = key(LooseObject(), EMPTY)
    prospection_config: FrozenMap = key(LooseObject(), EMPTY)
    language: str = key(LooseText(), "")
    location: str = key(LooseText(), "")


def gather_facts(view: Metadata) -> tuple[FactEntry, ...]:
    """Every fact that the template states, once each: its own, what the roster knows, common knowledge.

    A line of somebody's ``initial_knowledge`` that is the id or the statement of a fact adds a holder to that
    fact; any other line is a fact of its own, known by content address. Bearings come out in their full form.
    """
    gathered: dict[str, FactEntry] = {}
    for fact in view.facts:
        full = evolve(fact, id=fact_id(fact), bearing=full_bearing(fact, view.questions))
        gathered.setdefault(full.id, full)
    address = {item_id(fact.statement): name for name, fact in reversed(gathered.items())}
    for line, holder in lines(view):
        name = line if line in gathered else address.setdefault(item_id(line), item_id(line))
        known = gathered.get(name, FactEntry(id=name, statement=line))
        holders = known.known_by if holder in known.known_by else (*known.known_by, holder)
        gathered[name] = evolve(known, known_by=holders)
    return tuple(gathered.values())


def lines(view: Metadata) -> Iterable[tuple[str, str]]:
    """What the roster and everyone knows at the start, as pairs of the line and its holder."""
    for member in view.entity_roster.values():
        for line in member.initial_knowledge:
            yield line, member.id
    for line in view.common_knowledge:
        yield line, words.EVERYONE


def fact_id(fact: FactEntry) -> str:
    """The fact's own id, else the content address of its statement."""
    return fact.id or item_id(fact.statement)


def full_bearing(fact: FactEntry, questions: Iterable[QuestionEntry]) -> FrozenMap:
    """Question id to option id to weight; an option alone bears on every question that has it."""
    full: dict[str, dict[str, float]] = {}
    for name, weight in fact.bearing.items():
        if isinstance(weight, Mapping):
            full.setdefault(name, {}).update(weight)
            continue
        for question in questions:
            if any(option.id == name for option in question.options):
                full.setdefault(question.id, {})[name] = weight
    return FrozenMap((name, FrozenMap(weights)) for name, weights in full.items())


METADATA = Part(Metadata, open=True)
