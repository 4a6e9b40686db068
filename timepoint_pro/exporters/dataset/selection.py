"""What stands between a task and its file: edits, a filter, repeats, a limit on length; each counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import define, evolve, field, fields

from timepoint_pro.exporters.contract import Settings
from timepoint_pro.exporters.dataset.edits import DROP, Edit
from timepoint_pro.exporters.dataset.repeats import Repeats
from timepoint_pro.exporters.dataset.tokens import Counter
from timepoint_pro.exporters.dataset.trainers import PREFERENCE
from timepoint_pro.exporters.dataset.trimming import trim
from timepoint_pro.exporters.tasks.example import Example


@define
class TaskCount:
    """What was written for one task, and what became of the rest.

    Args:
        records: written.
        training_safe: of them, those fit for training any model.
        shortened, parts_dropped, too_long: what a limit on length did: records shortened, parts left out of them,
            records that are still too long.
        edits_dropped, edits_replaced: by the edit list.
        filtered: refused by the filter.
        repeats: left out because an earlier record says the same on another path of the world.
        near_duplicates: left out because an earlier record says nearly the same.
        without_pair: left out of preference pairs for want of a rejected answer.
        reason: why there are none; empty where there are.
    """

    records: int = 0
    training_safe: int = 0
    shortened: int = 0
    parts_dropped: int = 0
    too_long: int = 0
    edits_dropped: int = 0
    edits_replaced: int = 0
    filtered: int = 0
    repeats: int = 0
    near_duplicates: int = 0
    without_pair: int = 0
    reason: str = ""

    def add(self, more: TaskCount) -> None:
        """Add the counts of another part of the task."""
        for one in fields(TaskCount):
            if one.name != "reason":
                setattr(self, one.name, getattr(self, one.name) + getattr(more, one.name))


@define
class Selection:
    """Applies what the settings say to the examples of each task; knows afterwards which edits met no record.

    Args:
        settings: what is wanted.
        worlds: the runs in which something may be told twice, each with its world (``repeats.worlds``).
    """

    settings: Settings
    worlds: Mapping[str, str] = field(factory=dict)
    _met: set[str] = field(factory=set, init=False)
    _repeats: Repeats = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._repeats = Repeats(self.worlds)

    def of(self, examples: Iterator[Example], count: TaskCount) -> Iterator[Example]:
        """The examples of one task that are written, as they are written; ``count`` is kept while they are read."""
        settings = self.settings
        if settings.trainer == PREFERENCE:
            examples = _paired(examples, count)
        if settings.edits:
            examples = self._edited(examples, settings.edits, count)
        if settings.keep is not None:
            examples = _kept(examples, settings.keep, count)
        if self.worlds:
            examples = _told_once(examples, self._repeats, count)
        if settings.deduplication_threshold:
            examples = _distinct(examples, settings.deduplication_threshold, count)
        if settings.max_tokens is not None:
            examples = _fitted(examples, settings.max_tokens, settings.tokens, count)
        return examples

    @property
    def met(self) -> set[str]:
        """Record ids that the edit list names and that were there. May be added to."""
        return self._met

    @property
    def unused(self) -> list[str]:
        """Record ids of edits that met no record, sorted."""
        return sorted(set(self.settings.edits) - self._met)

    def _edited(self, examples: Iterator[Example], edits: Mapping[str, Edit], count: TaskCount) -> Iterator[Example]:
        for example in examples:
            edit = edits.get(example.record_id)
            if edit is None:
                yield example
                continue
            self._met.add(example.record_id)
            if edit.action == DROP:
                count.edits_dropped += 1
                continue
            count.edits_replaced += 1
            yield evolve(example, completion=edit.completion, lineage={**example.lineage, "edited": True})


def _paired(examples: Iterator[Example], count: TaskCount) -> Iterator[Example]:
    for example in examples:
        if example.rejected and example.rejected != example.completion:
            yield example
        else:
            count.without_pair += 1


def _kept(
    examples: Iterator[Example], keep: Callable[[Mapping[str, Any]], bool], count: TaskCount
) -> Iterator[Example]:
    for example in examples:
        shown = {"prompt": example.prompt(), "completion": example.answer, "metadata": example.metadata}
        if keep(shown):
            yield example
        else:
            count.filtered += 1


def _told_once(examples: Iterator[Example], repeats: Repeats, count: TaskCount) -> Iterator[Example]:
    for example in examples:
        if repeats.again(example):
            count.repeats += 1
        else:
            yield example


def _distinct(examples: Iterator[Example], threshold: float, count: TaskCount) -> Iterator[Example]:
    from timepoint_pro.evaluation.near_duplicates import filter_near_duplicates

    read = 0

    def counted() -> Iterator[Example]:
        nonlocal read
        for example in examples:
            read += 1
            yield example

    passed = 0
    for example in filter_near_duplicates(counted(), threshold, text=compared_text):
        passed += 1
        yield example
    count.near_duplicates = read - passed


def compared_text(example: Example) -> str:
    """What makes two records alike: what lies before the speaker and the completion, not who the speaker is."""
    return f"{example.prompt(role='user')} {example.answer}"


def _fitted(
    examples: Iterator[Example], max_tokens: int, tokens: Counter, count: TaskCount
) -> Iterator[Example]:
    for example in examples:
        trimmed = trim(example, max_tokens, tokens)
        count.shortened += trimmed.dropped > 0
        count.parts_dropped += trimmed.dropped
        count.too_long += trimmed.too_long
        yield trimmed.example
