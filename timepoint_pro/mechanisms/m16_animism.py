"""M16 animism: what besides people makes itself felt, and in which voice?

Inputs: ``entities.animism_level`` (0 to 6), the kinds in the roster, ``metadata.animistic_entities``, the tension of
    the scene (M10).
Units: level 0 to 6; agency, tension and presence in [0, 1].

Levels, each with those before it: 0 humans only; 1 animals and buildings; 2 objects, vehicles, environments; 3
    abstract concepts and institutions; 4 adaptive: whatever may speak also takes in what is said; 5 spiritual: kami;
    6 AI agents.

Masks (``agencies.MASKS``; Gray, Gray, Wegner 2007): who may feel, know, move and speak, and in which voice, is fixed by
    the kind. A template narrows the mask of a single being, it never widens it. Below its level an entity is present
    but takes no turns. People and AI agents argue; animals are narrated by what they do, kami, places and things by
    what happens around them, institutions and ideas as the mood of many.

Formula: presence = agency*(.5 + .5*tension), and from level 4 on plus .05 for each moment in which it was felt before,
    up to .25 [cal]. M11 draws by it when a turn is narrated.

Stages: PERCEIVE emits ``BeingsStirred``. At the start, ``EntityIntroduced`` for each of ``animistic_entities`` that is
    not in the roster. Keys read there, all optional::

        type         kind (``"environment"``)       name, role, location     as in the roster
        signs        lines in the third person, each served once      regards   what it turns to
        level        from which on it takes turns, if above its kind's
        feels, knows, moves     false, to take one away

Errors: ``TemplateError`` for a level outside 0 to 6. A type that nobody knows acts as an object.

Example: ``Animism(familiarity=0.0)`` in ``Simulation(mechanisms=[...])``: nothing comes forward with time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from attrs import field, frozen, validators

from timepoint_pro.errors import Problem, TemplateError
from timepoint_pro.mechanisms.agencies import (
    ADAPTIVE,
    MASKS,
    TOP,
    Agencies,
    BeingsStirred,
    Capabilities,
    capabilities_of,
)
from timepoint_pro.mechanisms.base import Context, Spec, Stage, Start
from timepoint_pro.mechanisms.scene import Scene
from timepoint_pro.records.entity import Body, Entity, EntityIntroduced, Voice
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import Timeline
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

__all__ = ["Agencies", "Animism", "BeingsStirred", "Capabilities", "capabilities_of"]

PATH = "$.metadata.animistic_entities"
DEFAULT_KIND = "object"
MOST_FAMILIAR = 5
ABILITIES = ("feels", "knows", "moves")


@frozen
class Animism:
    """M16 animism.

    Args:
        familiarity: what each moment in which a being was felt adds to its presence, from level 4 on, in [0, .2].
    """

    spec: ClassVar[Spec] = Spec(
        code="M16",
        name="animism",
        stages=(Stage.PERCEIVE,),
        reads=(Agencies, Timeline, Scene),
        emits=(BeingsStirred, EntityIntroduced),
    )

    familiarity: float = field(default=0.05, validator=[validators.ge(0.0), validators.le(0.2)])

    def start(self, template: Template, /) -> Start:
        """The level, what the template narrows, and the beings that the roster does not list."""
        problems: list[Problem] = []
        limits, newcomers = [], []
        for name, told in template.animistic_entities.items():
            level = _level(told, f"{PATH}.{name}.level", problems)
            lacks = frozenset(ability for ability in ABILITIES if told.get(ability) is False)
            if level or lacks:
                limits.append((name, level, lacks))
            if name not in template.roster:
                newcomers.append(EntityIntroduced(_being(name, told), "animistic_entities"))
        if problems:
            raise TemplateError(template.id, problems)
        return Start(facets=(Agencies(template.entities.animism_level, tuple(limits)),), events=tuple(newcomers))

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        """How likely each being present is to be noticed."""
        agencies, timepoint = world[Agencies], world[Timeline].current
        tension, presence = world[Scene].tension, []
        for one in timepoint.present:
            able = agencies.of(one)
            if able.speaks and not able.argues:
                felt = able.agency * (0.5 + 0.5 * tension)
                if agencies.level >= ADAPTIVE:
                    felt += self.familiarity * min(MOST_FAMILIAR, agencies.scenes.get(one, 0))
                presence.append((one, round(min(1.0, felt), 6)))
        causes = (agencies.opening,) if agencies.opening else ()
        return (BeingsStirred(timepoint.at, tuple(presence), causes=causes),) if presence else ()


def _level(told: Mapping[str, Any], path: str, problems: list[Problem]) -> int:
    value = told.get("level", 0)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= TOP:
        return value
    problems.append(Problem(path, f"a level from 0 to {TOP}", repr(value)))
    return 0


def _being(name: str, told: Mapping[str, Any]) -> Entity:
    """A being that only ``animistic_entities`` describes; a type that nobody knows acts as an object."""
    stated = told.get("type")
    kind = stated if isinstance(stated, str) and stated in MASKS else DEFAULT_KIND
    words = name.replace("_", " ")
    return Entity(
        id=name,
        name=_text(told.get("name")) or f"the {words}",
        kind=kind,
        role=_text(told.get("role")) or _text(told.get("description")),
        voice=Voice(specificity_anchors=_lines(told.get("regards")), speech_examples=_lines(told.get("signs"))),
        body=Body(location=_text(told.get("location"))),
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _lines(value: object) -> tuple[str, ...]:
    return tuple(_text(one) for one in value if _text(one)) if isinstance(value, (list, tuple)) else ()
