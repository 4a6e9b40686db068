"""The template: what a simulation is made from, checked as a whole when it is made."""

# ruff: noqa: RUF009 -- key() makes attrs fields, which the linter cannot see

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any, Self

import attrs
from attrs import field, frozen

from timepoint_pro.errors import Problem, TemplateError
from timepoint_pro.templates.changes import changed
from timepoint_pro.templates.cycles import CyclicalStructure
from timepoint_pro.templates.frozen_json import EMPTY, FrozenMap, thaw
from timepoint_pro.templates.kinds import Flag, Identifier, JsonList, JsonObject, Number, Text, Whole
from timepoint_pro.templates.metadata import (
    METADATA,
    ArchetypeEntry,
    BranchingPoint,
    FactEntry,
    Metadata,
    QuantityEntry,
    QuestionEntry,
    gather_facts,
)
from timepoint_pro.templates.narrative import NarrativeStructure
from timepoint_pro.templates.reading import Reading, Unread, shown
from timepoint_pro.templates.references import check_references
from timepoint_pro.templates.roster import RosterEntry
from timepoint_pro.templates.sections import (
    About,
    Convergence,
    Entities,
    LlmConfig,
    Outputs,
    Temporal,
    Timepoints,
    Variations,
)
from timepoint_pro.templates.structure import Nullable, OneOf, OpenPart, Part, Section, key, keys_of

if TYPE_CHECKING:
    from timepoint_pro.llm.base import Backend

ABOUT = Part(About, open=True)
CONTEXT = Nullable(OneOf(JsonObject(), JsonList()))
DEFAULT_PEOPLE = 4
"""How many take part where the template gives neither a roster nor a count."""


@frozen(repr=False)
class Template(Section):
    """A scenario and everything that a run needs to know about it. It cannot be changed, and it pickles.

    Fields are the keys of the document. What stands under ``metadata`` is read through the properties
    (``roster``, ``facts``, ``questions`` ...); the mapping itself keeps everything. Making one by hand checks
    it like a file: lists and plain objects are accepted where the fields hold tuples and sections.

    Raises:
        TemplateError: from every way of making one; ``problems`` lists all that is wrong.
    """

    scenario_description: str = key(Text(blank=False))
    world_id: str = key(Identifier(empty=True), "")
    patch: Mapping[str, Any] = key(OpenPart(ABOUT), EMPTY)
    entities: Entities = key(Part(Entities), Entities())
    timepoints: Timepoints = key(Part(Timepoints), Timepoints())
    temporal: Temporal = key(Part(Temporal), Temporal())
    llm_config: LlmConfig = key(Part(LlmConfig), LlmConfig())
    outputs: Outputs = key(Part(Outputs), Outputs())
    variations: Variations = key(Part(Variations), Variations())
    convergence: Convergence = key(Part(Convergence), Convergence())
    metadata: Mapping[str, Any] = key(OpenPart(METADATA), EMPTY)
    max_cost_usd: float | None = key(Nullable(Number(0, 1e9)), None)
    enable_checkpoints: bool = key(Flag(), True)
    checkpoint_interval: int = key(Whole(1, 1000), 1)
    economic_scenario: Mapping[str, Any] | tuple[Any, ...] | None = key(CONTEXT, None)
    founder_profiles: Mapping[str, Any] | tuple[Any, ...] | None = key(CONTEXT, None)
    language: str | None = key(Nullable(Text(blank=False)), None)

    given: frozenset[str] = field(default=frozenset(), eq=False, kw_only=True)
    """Dotted names of the keys that the document states (``"temporal.mode"``), defaults among them."""

    about: About = field(init=False, eq=False)
    """The part of ``patch`` that is read: name, category, tags, author, version, description."""

    view: Metadata = field(init=False, eq=False)
    """The part of ``metadata`` that is read."""

    facts: tuple[FactEntry, ...] = field(init=False, eq=False)
    """Every fact: ``metadata.facts``, then what the roster knows, then common knowledge; each once."""

    unread: tuple[Unread, ...] = field(init=False, eq=False)
    """What stands under ``metadata`` and ``patch`` and nothing reads."""

    def __attrs_post_init__(self) -> None:
        Section.__attrs_post_init__(self)
        into = Reading()
        about = ABOUT.read(self.patch, "$.patch", into)
        view = METADATA.arguments(self.metadata, "$.metadata", into)
        check_references(view, self.entities.count, into)
        into.finish("template")
        # The object is frozen for everyone else.
        object.__setattr__(self, "about", about)
        object.__setattr__(self, "view", Metadata(**view))
        object.__setattr__(self, "facts", gather_facts(self.view))
        object.__setattr__(self, "unread", tuple(into.unread))

    @classmethod
    def from_dict(cls, document: object, *, source: str = "template") -> Self:
        """The template that a decoded JSON document describes.

        Args:
            document: an object of the template's keys; nothing of it is shared.
            source: what messages call it (a file's path).

        Raises:
            TemplateError: with every problem, each with its JSON path.
        """
        into = Reading()
        if not isinstance(document, dict):
            raise TemplateError(source, [Problem("$", "an object", shown(document))])
        try:
            arguments = Part(cls).arguments(document, "$", into)
            if into.problems:
                _examine(arguments, into)
                into.finish(source)
            return cls(**arguments, given=frozenset(_given(document)))
        except TemplateError as error:
            raise TemplateError(source, error.problems) from None

    @classmethod
    def from_text(cls, text: str, *, source: str = "template") -> Self:
        """The template that a JSON text describes; ``//`` comments are allowed.

        Raises:
            TemplateError: not JSON (with line and column), or not a template.
        """
        from timepoint_pro.templates.json_text import parse

        return cls.from_dict(parse(text, source), source=source)

    @classmethod
    def from_file(cls, path: str | PathLike[str]) -> Self:
        """The template in a file; ``world_id`` is the file's name without ``.json`` where it names none.

        Raises:
            TemplateNotFoundError: no such file.
            TemplateError: the file cannot be read, or holds no template.
        """
        from timepoint_pro.templates.loader import read_file

        return cls._of(*read_file(path))

    @classmethod
    def from_template(cls, name: str, *, paths: Iterable[str | PathLike[str]] = ()) -> Self:
        """The template of that id, from ``paths``, the folders in TIMEPOINT_TEMPLATES, or the library.

        Args:
            name: the id (``"convergence/simple"``), or its last part where that is unique.
            paths: folders to search first.

        Raises:
            TemplateNotFoundError: no such id.
            TemplateError: several templates have that name, or it cannot be used.
        """
        from timepoint_pro.templates.loader import read_named

        return cls._of(*read_named(name, paths))

    @classmethod
    def from_description(cls, text: str, llm: str | Backend | None = None, *, seed: int = 0) -> Template:
        """A drafted template, to be edited: people who want different things, facts that conflict, questions.

        Args:
            text: the situation in a sentence or two.
            llm: id of a model, or a backend; None: as a run would choose it, the built-in one without a key.
            seed: of the names, and of what is left to chance.

        Raises:
            TemplateError: the text is empty or too long.
            ModelError: the model could not be reached, or gave no usable draft.
        """
        from timepoint_pro.drafting import from_description

        return from_description(text, llm, seed=seed)

    @classmethod
    def _of(cls, document: object, source: str) -> Self:
        return cls.from_dict(document, source=source)

    def with_changes(self, changes: Mapping[str, Any]) -> Self:
        """Another template, with values put at JSON paths.

        Args:
            changes: value by path, such as ``{"temporal.mode": "portal", "metadata.facts[0].topic": "air"}``;
                a leading ``$.`` and quoted members (``metadata["two words"]``) are fine.

        Raises:
            TemplateError: a path leads nowhere, or the result is not a valid template.
        """
        return type(self).from_dict(changed(self.to_dict(defaults=False), changes), source=self.id)

    def to_dict(self, *, defaults: bool = True) -> dict[str, Any]:
        """The document in plain dicts and lists; ``from_dict`` gives an equal template back.

        Args:
            defaults: with every key; else only those that the document states or that differ from a default.
        """
        return _plain(self, "", None if defaults else self.given)

    def digest(self) -> str:
        """SHA-256, in hex, of the whole document with defaults: keys sorted, no spaces, UTF-8."""
        text = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def __repr__(self) -> str:
        return f"<Template {self.id!r}: {self.temporal.mode}, {self.people} people, {self.moments} moments>"

    @property
    def id(self) -> str:
        """``world_id``, else ``"template"``."""
        return self.world_id or "template"

    @property
    def people(self) -> int:
        """How many take part: ``entities.count``; without one the roster's size, or 4 where there is none."""
        return self.entities.count or len(self.roster) or DEFAULT_PEOPLE

    @property
    def moments(self) -> int:
        """How many story moments are planned: in portal mode ``backward_steps`` + 1, else the counts' sum."""
        if self.temporal.mode == "portal":
            return self.temporal.backward_steps + 1
        return self.timepoints.before_count + self.timepoints.count + self.timepoints.after_count

    @property
    def spoken_language(self) -> str:
        """The language that people speak: ``language``, else ``metadata.language``, else ``"en"``."""
        return self.language or self.view.language or "en"

    @property
    def location(self) -> str:
        """``metadata.location``: the place of the scenes where nothing says another; may be empty."""
        return self.view.location

    @property
    def roster(self) -> Mapping[str, RosterEntry]:
        """``metadata.entity_roster`` by id, in the template's order."""
        return self.view.entity_roster

    @property
    def questions(self) -> tuple[QuestionEntry, ...]:
        """``metadata.questions``: the decisions that people face."""
        return self.view.questions

    @property
    def common_knowledge(self) -> tuple[str, ...]:
        """``metadata.common_knowledge`` as written; ``facts`` holds the same statements, known by ``*``."""
        return self.view.common_knowledge

    @property
    def archetypes(self) -> Mapping[str, ArchetypeEntry]:
        """``metadata.archetypes``: ways of arguing besides the built-in ones."""
        return self.view.archetypes

    @property
    def quantities(self) -> Mapping[str, QuantityEntry]:
        """``metadata.quantitative_tracking``: numbers that the story tracks."""
        return self.view.quantitative_tracking

    @property
    def branching_points(self) -> tuple[BranchingPoint, ...]:
        """``metadata.branching_points``, each with its branches in order."""
        return self.view.branching_points

    @property
    def mechanisms_featured(self) -> tuple[str, ...]:
        """``metadata.mechanisms_featured`` as written (``"M3_exposure_events"``)."""
        return self.view.mechanisms_featured

    @property
    def portal(self) -> FrozenMap:
        """``metadata.portal``, open."""
        return self.view.portal

    @property
    def circadian_config(self) -> FrozenMap:
        """``metadata.circadian_config``, open."""
        return self.view.circadian_config

    @property
    def cyclical_structure(self) -> CyclicalStructure:
        """``metadata.cyclical_structure``: kind, places, prophecies, loops, what is carried over."""
        return self.view.cyclical_structure

    @property
    def narrative_structure(self) -> NarrativeStructure:
        """``metadata.narrative_structure``: acts, story lines, points of view."""
        return self.view.narrative_structure

    @property
    def animistic_entities(self) -> Mapping[str, FrozenMap]:
        """``metadata.animistic_entities`` by id, each open."""
        return self.view.animistic_entities

    @property
    def embodied_constraints(self) -> FrozenMap:
        """``metadata.embodied_constraints``, open."""
        return self.view.embodied_constraints

    @property
    def prospection_config(self) -> FrozenMap:
        """``metadata.prospection_config``, open."""
        return self.view.prospection_config


def _examine(arguments: Mapping[str, Any], into: Reading) -> None:
    """Look into the open parts of a document that is known to be wrong, so that all is listed at once."""
    ABOUT.read(arguments.get("patch") or {}, "$.patch", into)
    view = METADATA.arguments(arguments.get("metadata") or {}, "$.metadata", into)
    entities = arguments.get("entities")
    check_references(view, entities.count if entities is not None else None, into)


def _given(document: Mapping[str, Any]) -> Iterable[str]:
    for name, value in document.items():
        yield name
        section = keys_of(Template)[name].metadata["kind"]
        if isinstance(value, dict) and isinstance(section, Part):
            yield from (f"{name}.{inner}" for inner in value)


def _plain(part: Any, prefix: str, given: frozenset[str] | None) -> dict[str, Any]:
    """The keys of a section in JSON's own types; ``given`` None for all of them."""
    document: dict[str, Any] = {}
    for name, attribute in keys_of(type(part)).items():
        value = getattr(part, name)
        if given is not None and prefix + name not in given and value == attribute.default:
            continue
        if attrs.has(type(value)):
            inner = given if isinstance(attribute.metadata["kind"], Part) else None
            document[name] = _plain(value, f"{prefix}{name}.", inner)
        elif isinstance(value, tuple):
            document[name] = [_plain(one, "", None) if attrs.has(type(one)) else thaw(one) for one in value]
        else:
            document[name] = thaw(value)
    return document
