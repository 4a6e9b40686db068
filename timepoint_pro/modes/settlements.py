"""How scenes ended: the option to which each one's question was settled, for the planners of later moments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Self

from attrs import evolve, frozen

from timepoint_pro.mechanisms.m12_counterfactual_branching import Interventions
from timepoint_pro.mechanisms.speech import Speech
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.timepoint import Option, Timeline, Timepoint, TimepointClosed
from timepoint_pro.records.turn import Floor
from timepoint_pro.records.world import World

PRONOUNS = frozenset((
    "it", "them", "they", "he", "she", "him", "her", "his", "its", "their", "this", "that", "these", "those", "we",
    "us", "our", "i", "me", "my", "you", "your",
))  # fmt: skip
"""Words that point at something outside an option's label."""


@frozen
class SceneSettled(Event):
    """What became of the question of a played moment.

    Args:
        timepoint_id: the moment.
        question: question id.
        option: option id; empty when the question was left open.
        by: entity id of who decided; empty by agreement, or when left open.
    """

    timepoint_id: str
    question: str
    option: str
    by: str = ""


@frozen
class Settlements:
    """All settlements of this path, oldest first, and the log entry that closed the last moment."""

    folds: ClassVar[tuple[type[Event], ...]] = (SceneSettled, TimepointClosed)

    scenes: tuple[SceneSettled, ...] = ()
    closed: str = ""

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case SceneSettled() as settled:
                return evolve(self, scenes=(*self.scenes, settled))
            case TimepointClosed():
                return evolve(self, closed=entry.id)
        return self

    @property
    def causes(self) -> tuple[str, ...]:
        """Ids of the log entries that a plan follows from."""
        return (self.closed,) if self.closed else ()

    def of(self, timepoint_id: str) -> SceneSettled | None:
        """The settlement of a moment, None where it had no question."""
        return next((one for one in self.scenes if one.timepoint_id == timepoint_id), None)


def settlement(world: World) -> SceneSettled | None:
    """How the last played moment settled its question; None where it had none, or nothing was played since."""
    passed = world[Timeline].passed
    settlements = world[Settlements]
    if not passed or passed[-1].question is None or settlements.of(passed[-1].id) is not None:
        return None
    last = passed[-1]
    question = last.question
    assert question is not None
    made = world[Interventions].decision(last.id, question.id) if Interventions in world else None
    option = _option(world) if made is None else made.option
    if option not in {one.id for one in question.options}:
        option = ""
    by = question.decides if option and question.decides in last.present else ""
    return SceneSettled(last.id, question.id, option, by, causes=settlements.causes)


def settled_words(moment: Timepoint, settled: SceneSettled | None, name: str) -> str:
    """The settlement as a sentence; empty where there was no question.

    Args:
        moment: the played moment.
        settled: its settlement.
        name: display name of who decided; empty for an agreement.
    """
    if settled is None or moment.question is None:
        return ""
    option = next((one for one in moment.question.options if one.id == settled.option), None)
    if option is None:
        return "The question was left open."
    return f"{name or 'They'} decided {course(option)}."


def course(option: Option) -> str:
    """What "decided" and "decision" go on with.

    It is the label without a "now" at its end, which would be meant as of then; or the noun, where the label makes
    sense only in its place or is quoted.
    """
    if option.quoted:
        return f'for "{option.noun or option.label}"'
    if option.noun and not PRONOUNS.isdisjoint(option.label.casefold().split()):
        return f"for {option.noun}"
    return f"to {option.label.removesuffix(' now')}"


def _option(world: World) -> str:
    if Speech in world:
        return world[Speech].settled
    closing = (turn.option for turn in reversed(world[Floor].turns) if turn.act == "close" and turn.option)
    return next(closing, "")


def taken(options: Sequence[str], scenes: Iterable[SceneSettled]) -> str:
    """``"question/option"`` to which the question of one of ``options`` was settled last; empty where it was not."""
    questions = {one.partition("/")[0] for one in options if one}
    found = ""
    for scene in scenes:
        if scene.question in questions and scene.option:
            found = f"{scene.question}/{scene.option}"
    return found
