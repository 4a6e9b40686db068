"""From a template's roster to the people of a run."""

from __future__ import annotations

from collections.abc import Mapping

from timepoint_pro.errors import UnknownNameError
from timepoint_pro.mechanisms.temperament import behavior_of
from timepoint_pro.records.archetypes import ARCHETYPES
from timepoint_pro.records.draws import Dice, Draws
from timepoint_pro.records.entity import Archetype, Body, Bond, Entity, Voice
from timepoint_pro.templates import Template
from timepoint_pro.templates.roster import RosterEntry
from timepoint_pro.templates.sections import VoiceGuide

ARCHETYPE_OF_ROLE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("military_commander", ("commander", "captain", "colonel", "brigadier", "admiral", "sergeant", "lieutenant",
                            "military", "officer of the watch")),
    ("safety_officer", ("safety", "inspector", "security", "compliance", "risk officer")),
    ("doctor", ("doctor", "physician", "surgeon", "nurse", "medic", "medical", "paramedic", "psychologist")),
    ("lawyer", ("lawyer", "attorney", "counsel", "judge", "prosecutor", "litigator", "paralegal", "solicitor")),
    ("journalist", ("journalist", "reporter", "editor", "correspondent", "detective", "investigator")),
    ("diplomat", ("diplomat", "ambassador", "envoy", "mediator", "negotiator", "human resources", "advisor")),
    ("politician", ("politician", "mayor", "senator", "minister", "president of the republic", "councillor",
                    "governor", "chief of staff", "campaign", "activist")),
    ("scientist", ("scientist", "researcher", "professor", "biologist", "geologist", "chemist", "physicist",
                   "analyst", "botanist", "historian", "academic", "archaeologist")),
    ("engineer", ("engineer", "technician", "developer", "mechanic", "architect", "cto", "pilot", "programmer",
                  "navigator", "builder")),
    ("executive", ("executive", "ceo", "cfo", "coo", "chair", "director", "founder", "manager", "investor", "partner",
                   "president", "owner", "lead", "head")),
)  # fmt: skip
"""Words of a role that suggest a way of arguing; the first match counts, so particular callings stand first."""

ARGUING_KINDS = ("human", "ai")


def cast_from(template: Template, seed: int = 0) -> tuple[Entity, ...]:
    """The people of the roster, in its order.

    What the roster leaves out of somebody's temperament is drawn under their id, so that it stays the same
    whoever else takes part. An archetype that is not named is suggested by the role, else drawn.

    Args:
        template: whose ``metadata.entity_roster`` describes them.
        seed: of the original run.

    Raises:
        UnknownNameError: an ``archetype_id`` that is neither built in nor the template's own.
    """
    archetypes = archetypes_of(template)
    dice = Dice(seed, "cast")
    return tuple(_entity(entry, template, archetypes, dice) for entry in template.roster.values())


def archetypes_of(template: Template) -> dict[str, Archetype]:
    """The built-in archetypes and the template's own, by id; its own replace built-in ones of the same id."""
    own = {
        name: Archetype(name, entry.tactics, entry.disagreement, entry.vocabulary)
        for name, entry in template.archetypes.items()
    }
    return {**ARCHETYPES, **own}


def archetype_for(role: str, archetypes: Mapping[str, Archetype], draws: Draws) -> Archetype:
    """The way of arguing that a role suggests; where it suggests none, one of all, by chance.

    Args:
        role: words.
        archetypes: to choose from, by id.
        draws: one number is drawn in any case.
    """
    by_chance = archetypes[draws.choice(sorted(archetypes))]
    words = role.casefold().replace("_", " ").replace("-", " ")
    padded = f" {words} "
    for name, signs in ARCHETYPE_OF_ROLE:
        if name in archetypes and any(f" {sign} " in padded for sign in signs):
            return archetypes[name]
    return by_chance


def _entity(entry: RosterEntry, template: Template, archetypes: Mapping[str, Archetype], dice: Dice) -> Entity:
    body = entry.body
    bonds = tuple(
        Bond(other, bond.type, bond.trust, bond.affinity, bond.power) for other, bond in entry.relationships.items()
    )
    return Entity(
        id=entry.id,
        name=entry.display_name,
        kind=entry.acts_as,
        role=entry.role,
        archetype=_archetype(entry, archetypes, dice),
        traits=entry.personality_traits,
        behavior=behavior_of(entry.personality_traits, entry.traits, dice.draws(entry.id, "temperament")),
        body=Body(body.age, body.pain, body.illness, body.fatigue, body.location),
        voice=_voice(entry, template.entities.default_voice),
        goals=entry.goals,
        bonds=bonds,
        state_variables=entry.key_state_variables,
    )


def _archetype(entry: RosterEntry, archetypes: Mapping[str, Archetype], dice: Dice) -> Archetype | None:
    if entry.archetype_id:
        try:
            return archetypes[entry.archetype_id]
        except KeyError:
            raise UnknownNameError("archetype", entry.archetype_id, archetypes) from None
    if entry.acts_as not in ARGUING_KINDS:
        return None
    return archetype_for(entry.role, archetypes, dice.draws(entry.id, "archetype"))


def _voice(entry: RosterEntry, default: VoiceGuide | None) -> Voice:
    """Their own voice; the template's default for people whom it gives none."""
    guide = entry.voice_guide or default or VoiceGuide()
    return Voice(
        guide.sentence_length, guide.verbal_tics, guide.never_says, guide.disagreement_style,
        guide.specificity_anchors, entry.speech_examples,
    )  # fmt: skip
