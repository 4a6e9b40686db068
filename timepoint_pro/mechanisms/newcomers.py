"""Who comes into a run beyond the roster: as many as the template counts, and whoever is referred to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Self

from attrs import evolve, frozen

from timepoint_pro.llm.scripted.population import describe
from timepoint_pro.mechanisms.cast import ARGUING_KINDS, archetype_for, archetypes_of
from timepoint_pro.mechanisms.temperament import behavior_of
from timepoint_pro.prompts.planning_views import PersonView
from timepoint_pro.prompts.population import MOST_SHOWN, Newcomer, PopulationContext
from timepoint_pro.records.draws import Dice, Draws
from timepoint_pro.records.entity import Archetype, Body, Entity, Voice
from timepoint_pro.templates import Template
from timepoint_pro.templates.vocabulary import ENTITY_TYPES

MOST_TOPICS, MOST_COURSES = 8, 12
_NOT_IN_IDS = re.compile(r"[^\w]+")


@frozen
class Setting:
    """What of a template decides who fits into it.

    Args:
        scenario, location, language: of the template.
        kinds: types that generated entities take.
        topics, courses: of its questions.
        archetypes: ways of arguing, by id.
        voice: of those whom the roster does not describe.
    """

    scenario: str
    location: str
    language: str
    kinds: tuple[str, ...]
    topics: tuple[str, ...]
    courses: tuple[str, ...]
    archetypes: Mapping[str, Archetype]
    voice: Voice

    @classmethod
    def of(cls, template: Template) -> Self:
        """The setting of ``template``."""
        guide = template.entities.default_voice
        topics = dict.fromkeys(topic for one in template.questions for topic in one.topics if topic)
        courses = dict.fromkeys(option.noun for one in template.questions for option in one.options if option.noun)
        return cls(
            template.scenario_description,
            template.location,
            template.spoken_language,
            tuple(kind if kind in ENTITY_TYPES else "object" for kind in template.entities.types) or ("human",),
            tuple(topics)[:MOST_TOPICS],
            tuple(courses)[:MOST_COURSES],
            archetypes_of(template),
            Voice() if guide is None else Voice(
                guide.sentence_length, guide.verbal_tics, guide.never_says, guide.disagreement_style,
                guide.specificity_anchors,
            ),
        )  # fmt: skip

    def context(self, reference: str, source: str, people: Iterable[Entity], names: Set[str]) -> PopulationContext:
        """The question about one reference.

        Args:
            reference: the id or the words.
            source: where they stand, in words.
            people: who exists; the first ``MOST_SHOWN`` are shown.
            names: all display names, folded.
        """
        views: list[PersonView] = []
        for one in people:
            if len(views) == MOST_SHOWN:
                break
            archetype = one.archetype.id if one.archetype is not None else ""
            views.append(PersonView(one.id, one.name, one.kind, one.role, archetype, one.goals, ""))
        return PopulationContext(
            reference, source, self.kinds, self.scenario, self.location, self.language, tuple(views), self.topics,
            self.courses, tuple(sorted(self.archetypes)), names,
        )  # fmt: skip

    def entity(self, newcomer: Newcomer, entity_id: str, draws: Draws) -> Entity:
        """The entity that a description makes; temperament and, where none is named, the way of arguing are drawn."""
        behavior = behavior_of(newcomer.traits, {}, draws)
        suggested = archetype_for(newcomer.role, self.archetypes, draws)
        archetype = self.archetypes.get(newcomer.archetype, suggested)
        return Entity(
            id=entity_id,
            name=" ".join(newcomer.name.split()),
            kind=newcomer.kind,
            role=newcomer.role,
            archetype=archetype if newcomer.kind in ARGUING_KINDS else None,
            traits=newcomer.traits,
            behavior=behavior,
            body=Body(age=newcomer.age, location=self.location),
            voice=self.voice,
            goals=newcomer.goals,
        )


def rest_of(template: Template) -> Iterator[Entity]:
    """Those whom ``entities.count`` has and the roster does not, in order: numbered ids that facts name, then others.

    No model is asked. Each follows from the template's id and description and from their number, so they are the same
    in every run of the template.
    """
    setting, roster = Setting.of(template), template.roster
    missing = template.people - len(roster)
    ids = set(roster)
    names = {one.display_name.casefold() for one in roster.values()}
    numbered = dict.fromkeys(
        one for fact in template.facts for one in fact.known_by if one not in ids and one != "*"
        and one not in template.animistic_entities
    )  # fmt: skip
    dice = Dice(0, f"{template.id}\x1f{template.scenario_description}")
    for number in range(max(missing, len(numbered))):
        draws = dice.draws("M9", "rest", str(number))
        reference = next(iter(numbered), "")
        numbered.pop(reference, None)
        kind = setting.kinds[number % len(setting.kinds)]
        context = setting.context(reference or "somebody", "the number of those who take part", (), names)
        newcomer = describe(evolve(context, kinds=(kind,)), draws)
        entity_id = reference or free_id(newcomer.name, ids)
        ids.add(entity_id)
        names.add(newcomer.name.casefold())
        yield setting.entity(newcomer, entity_id, draws)


def free_id(name: str, taken: Set[str]) -> str:
    """An id made from a display name that nobody has."""
    plain = _NOT_IN_IDS.sub("_", name.casefold()).strip("_") or "somebody"
    found, number = plain, 1
    while found in taken:
        number += 1
        found = f"{plain}_{number}"
    return found
