"""A filter by what an audit finds in a single record: which records of a run would one not train on?

``sound`` gives the function that ``export`` takes as ``keep``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from timepoint_pro.errors import UnknownNameError
from timepoint_pro.evaluation import measures
from timepoint_pro.evaluation.flaws import FLAWS
from timepoint_pro.evaluation.samples import Flaw, Sample, sample
from timepoint_pro.evaluation.stories import Story, story_of

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun

__all__ = ["FLAWS", "sound"]

def sound(
    runs: Iterable[StoredRun], flaws: Iterable[str], canaries: Iterable[str] = ()
) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a record has none of these flaws, as a function of the record.

    Args:
        runs: those that the records are of; each is read when its first record comes.
        flaws: names of ``FLAWS``.
        canaries: texts that must stand in no record.

    Raises:
        UnknownNameError: for a flaw that is not looked for.
    """
    wanted = tuple(dict.fromkeys(flaws))
    for name in wanted:
        if name not in FLAWS:
            raise UnknownNameError("flaw", name, FLAWS)
    by_id, marks = {run.run_id: run for run in runs}, tuple(one for one in canaries if one)
    stories: dict[str, Story] = {}

    def keep(record: Mapping[str, Any]) -> bool:
        read = sample("record", dict(record))
        if isinstance(read, Flaw):
            return "invalid" not in wanted
        if any(mark in read.prompt or mark in read.completion for mark in marks):
            return False
        run_id = str((read.metadata or {}).get("run_id"))
        if "leaks" in wanted and run_id in by_id and run_id not in stories:
            # Records come run after run, and one story is enough to hold.
            stories.clear()
            stories[run_id] = story_of(by_id[run_id])
        return not any(name in wanted for name in _flaws(read, stories.get(run_id)))

    return keep


def _flaws(read: Sample, story: Story | None) -> Iterator[str]:
    data = read.metadata or {}
    if measures.is_ours(data) and measures.wrong_metadata(data):
        yield "invalid"
    if not read.completion.strip() or not read.prompt.strip():
        yield "empty"
    elif measures.is_truncated(read):
        yield "truncated"
    if data.get("training_safe") is False:
        yield "unsafe"
    if data.get("uptake") == "dismissed":
        yield "dismissed"
    if measures.is_a_turn(data):
        if measures.contradictions(read):
            yield "contradictions"
        if story is not None and next(story.leaks(read), None) is not None:
            yield "leaks"
