"""The people that a template describes one by one: ``metadata.entity_roster``."""

# ruff: noqa: RUF009 -- key() makes attrs fields, which the linter cannot see

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from timepoint_pro.templates import vocabulary as words
from timepoint_pro.templates.frozen_json import EMPTY
from timepoint_pro.templates.kinds import Choice, Number, Text
from timepoint_pro.templates.sections import SHARE, SIGNED, TEXTS, VoiceGuide
from timepoint_pro.templates.structure import ListOf, MapOf, Nullable, Part, Section, key


@frozen(kw_only=True, repr=False)
class Relationship(Section):
    """How one stands to another, seen from the one: trust, affinity and power in [-1, 1]."""

    type: str = key(Text(), "colleague")
    trust: float = key(SIGNED, 0.0)
    affinity: float = key(SIGNED, 0.0)
    power: float = key(SIGNED, 0.0)


@frozen(kw_only=True, repr=False)
class Body(Section):
    """The body at the start: age in years; pain, illness and fatigue in [0, 1]; where it is."""

    age: float = key(Number(0, 100_000), 35.0)
    pain: float = key(SHARE, 0.0)
    illness: float = key(SHARE, 0.0)
    fatigue: float = key(SHARE, 0.0)
    location: str = key(Text(), "")


@frozen(kw_only=True, repr=False)
class RosterEntry(Section):
    """One participant as the template states it. ``id`` is the roster's key, as written."""

    id: str = ""
    type: str = key(Text(blank=False), "human")
    role: str = key(Text(), "")
    name: str = key(Text(), "")
    archetype_id: str = key(Text(), "")
    personality_traits: tuple[str, ...] = key(TEXTS, ())
    traits: Mapping[str, float] = key(MapOf(SHARE), EMPTY)
    initial_knowledge: tuple[str, ...] = key(ListOf(Text(blank=False)), ())
    initial_fidelity: str | None = key(Nullable(Choice(words.LEVELS)), None)
    voice_guide: VoiceGuide | None = key(Nullable(Part(VoiceGuide, open=True)), None)
    speech_examples: tuple[str, ...] = key(TEXTS, ())
    relationships: Mapping[str, Relationship] = key(MapOf(Part(Relationship, open=True)), EMPTY)
    goals: tuple[str, ...] = key(TEXTS, ())
    body: Body = key(Part(Body, open=True), Body())
    influence_channels: tuple[str, ...] = key(TEXTS, ())
    key_state_variables: tuple[str, ...] = key(TEXTS, ())

    @property
    def display_name(self) -> str:
        """The name to show: ``name``, else the id with spaces for underscores and small words capitalised."""
        if self.name:
            return self.name
        spoken = self.id.replace("_", " ").split()
        return " ".join(word.capitalize() if word.islower() else word for word in spoken) or self.id

    @property
    def acts_as(self) -> str:
        """The type whose abilities hold: ``type`` where it is known, else ``"object"``."""
        return self.type if self.type in words.ENTITY_TYPES else "object"
