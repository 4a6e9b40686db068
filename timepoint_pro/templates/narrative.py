"""``metadata.narrative_structure``: acts, story lines, points of view, and what the audience knows beforehand."""



from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from timepoint_pro.templates.frozen_json import EMPTY
from timepoint_pro.templates.kinds import Choice, Flag, Identifier, Text, Whole
from timepoint_pro.templates.sections import SHARE
from timepoint_pro.templates.story_kinds import Listing, Texts
from timepoint_pro.templates.structure import ListOf, Nullable, Part, Section, key

FRAMINGS = ("wide", "medium", "close")
OMNISCIENT, EXTERNAL = "omniscient", "external"


@frozen(kw_only=True, repr=False)
class ActEntry(Section):
    """One act.

    Args:
        id: unique among the acts.
        label: its name.
        moments: how many it has; None: its share of what the others leave.
        tension: level at its end, as a share of the height of the curve; None: the arc's.
        density: how much happens in its scenes, in [0, 1]; None: by its place.
        framing: how near the view is; None: by its place.
        point_of_view: entity id, ``"omniscient"`` or ``"external"``; empty: that of the whole.
        description: what it is about, for the planner.
    """

    id: str = key(Identifier(empty=True), "")
    label: str = key(Text(), "")
    moments: int | None = key(Nullable(Whole(1, 1000)), None)
    tension: float | None = key(Nullable(SHARE), None)
    density: float | None = key(Nullable(SHARE), None)
    framing: str | None = key(Nullable(Choice(FRAMINGS)), None)
    point_of_view: str = key(Text(), "")
    description: str = key(Text(), "")
    extra: Mapping[str, Any] = EMPTY


@frozen(kw_only=True, repr=False)
class StorylineEntry(Section):
    """One line of the story.

    Args:
        id: unique among the lines.
        label: its name.
        people: entity ids of those whom it follows, two or more; with fewer it does not count.
        questions: ids of the questions that belong to it; empty: those that its people decide.
        location: where its scenes are; empty: the template's place.
    """

    id: str = key(Identifier(empty=True), "")
    label: str = key(Text(), "")
    people: tuple[str, ...] = key(Texts(), ())
    questions: tuple[str, ...] = key(Texts(), ())
    location: str = key(Text(), "")
    extra: Mapping[str, Any] = EMPTY


@frozen(kw_only=True, repr=False)
class NarrativeStructure(Section):
    """How the story is told.

    Args:
        acts: in order; empty: the five of Freytag.
        storylines: that run beside one another until the climax; empty: one line.
        parallel: whether scenes of different lines may be at the same time.
        point_of_view: one for all, or several by turns.
        audience_knows: ids of facts that the audience knows from the start.
        tension: the level of each moment by hand, in [0, 1]; empty: by the acts.
    """

    acts: tuple[ActEntry, ...] = key(Listing(Part(ActEntry, open=True), "act"), ())
    storylines: tuple[StorylineEntry, ...] = key(Listing(Part(StorylineEntry, open=True), "line"), ())
    parallel: bool = key(Flag(), True)
    point_of_view: tuple[str, ...] = key(Texts(), ())
    audience_knows: tuple[str, ...] = key(Texts(), ())
    tension: tuple[float, ...] = key(ListOf(SHARE), ())
    extra: Mapping[str, Any] = EMPTY
