"""What directorial mode records: how each scene is directed, what the audience learns, what is left when it is over."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from attrs import evolve, frozen
from immutables import Map

from timepoint_pro.modes.irony import Gap
from timepoint_pro.records.codec import to_plain
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.timepoint import TimepointClosed


@frozen
class SceneDirected(Event):
    """How a moment is directed.

    Args:
        timepoint_id: the moment.
        act: id of its act.
        number, acts: which it is, from 1, of how many.
        tension, density: in [0, 1].
        framing: ``"wide"``, ``"medium"`` or ``"close"``.
        focalization: ``"internal"``, ``"zero"`` or ``"external"``.
        point_of_view: entity id where it is internal; else empty.
        line: id of its story line; empty where there is none.
        irony: of the scene at its opening, in [0, 1].
        gaps: what each of those present lacks of what the audience knows.
        words: the frame, as exported records may carry it.
    """

    timepoint_id: str
    act: str
    number: int
    acts: int
    tension: float
    density: float
    framing: str
    focalization: str
    point_of_view: str
    line: str
    irony: float
    gaps: tuple[Gap, ...]
    words: str


@frozen
class AudienceLearned(Event):
    """What a scene showed to the audience that it did not know. ``items``: ids, sorted."""

    timepoint_id: str
    items: tuple[str, ...]


@frozen
class CurtainFallen(Event):
    """The story is over. ``loose``: ids of what the audience knows and those whom it concerned never learned."""

    loose: tuple[str, ...]


@frozen
class Stagecraft:
    """The facet of directorial mode.

    Args:
        scenes: how each moment of this path is directed, by timepoint id.
        audience: what the audience has learned, by item id: the timepoint in which.
        measured: ids of the moments after which that was recorded.
        over: story time in hours at which all moments so far are over.
        loose: what was left when the curtain fell.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (SceneDirected, AudienceLearned, CurtainFallen, TimepointClosed)

    scenes: Map[str, SceneDirected] = Map()
    audience: Map[str, str] = Map()
    measured: tuple[str, ...] = ()
    over: float = 0.0
    loose: tuple[str, ...] = ()

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case SceneDirected() as scene:
                return evolve(self, scenes=self.scenes.set(scene.timepoint_id, scene))
            case AudienceLearned(timepoint_id=timepoint_id, items=items):
                audience = self.audience
                for item in items:
                    audience = audience.set(item, timepoint_id)
                return evolve(self, audience=audience, measured=(*self.measured, timepoint_id))
            case TimepointClosed(at=at):
                return evolve(self, over=max(self.over, at))
            case CurtainFallen(loose=loose):
                return evolve(self, loose=loose)
        return self

    def frame(self, timepoint_id: str, key: str = "") -> dict[str, Any] | None:
        """The frame of a moment as plain data; None where it has none.

        Args:
            timepoint_id: its id.
            key: the moment's key: on a branch the frame of its trunk serves where it has none of its own.
        """
        scene = self.scenes.get(timepoint_id) or self.scenes.get(key)
        if scene is None:
            return None
        plain: dict[str, Any] = to_plain(scene)
        return {name: value for name, value in plain.items() if name not in ("timepoint_id", "causes")}
