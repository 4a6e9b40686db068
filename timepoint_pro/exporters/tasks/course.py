"""The way of a story: its played moments, and which of them lie before which on their path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from attrs import define, frozen

from timepoint_pro.exporters.contract import Source

_MOMENTS = """
SELECT timepoint_id, position, path_id, title, ends_at FROM timepoints WHERE run_id = ?
ORDER BY position, path_id, timepoint_id
"""
_CHUNKS = "SELECT chunk, parent FROM chunks WHERE run_id = ? ORDER BY position"


@frozen
class Stage:
    """A played moment: id, place in story order, path, title, time of its end, and the moment before it."""

    id: str
    index: int
    path_id: str
    title: str
    ends_at: str
    before: str


@define(slots=False)
class Course:
    """The moments of a run. Memory is bounded by their number."""

    source: Source

    @cached_property
    def stages(self) -> Mapping[str, Stage]:
        """The moments by id, in story order."""
        parents = {row["chunk"]: row["parent"] for row in self.source.store.query(_CHUNKS, (self.source.run_id,))}
        rows = self.source.store.query(_MOMENTS, (self.source.run_id,))
        played = {row["timepoint_id"] for row in rows}
        return {
            row["timepoint_id"]: Stage(
                row["timepoint_id"], row["position"], row["path_id"] or "", row["title"] or "", row["ends_at"] or "",
                _before(row["timepoint_id"], parents, played),
            )
            for row in rows
        }  # fmt: skip

    @cached_property
    def ends(self) -> tuple[str, ...]:
        """Ids of the moments after which nothing comes on their path, in story order."""
        followed = {stage.before for stage in self.stages.values()}
        return tuple(one for one in self.stages if one not in followed)

    def back_from(self, moment: str) -> Iterator[Stage]:
        """The moment and those before it on its path, the latest first."""
        stage = self.stages.get(moment)
        while stage is not None:
            yield stage
            stage = self.stages.get(stage.before)

    def until(self, moment: str) -> dict[str, int]:
        """The moments of the path up to ``moment``, in story order, each with its place on it."""
        way = [stage.id for stage in self.back_from(moment)]
        return {one: place for place, one in enumerate(reversed(way))}


def _before(moment: str, parents: Mapping[str, str], played: set[str]) -> str:
    above = parents.get(moment) or ""
    while above and above not in played:
        above = parents.get(above) or ""
    return above
