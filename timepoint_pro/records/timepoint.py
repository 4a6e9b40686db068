"""When it happens: story moments, the paths that they form, and the timeline of a run."""

from __future__ import annotations

from typing import ClassVar, Self

from attrs import frozen

from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.knowledge import How, Item

BRANCH_MARK = ":"
"""Stands between a moment's key and its branch in ids such as ``"T3:delay"``."""


def key_of(timepoint_id: str) -> str:
    """The key of a moment, the same in every branch, from its id."""
    return timepoint_id.partition(BRANCH_MARK)[0]


SETTLED = "settled: "
"""What stands before the option's id in the reason why a scene ended."""


@frozen
class Option:
    """One course open to those who decide.

    Args:
        id: short id, unique in its question.
        label: verb phrase in the bare infinitive (``"scrub the EVA"``).
        noun: noun phrase for the same (``"a scrub"``).
        quoted: the label is in another language than English; English sentences quote it.
    """

    id: str
    label: str
    noun: str = ""
    quoted: bool = False

    @property
    def deed(self) -> str:
        """What stands after "to" in an English sentence: the label, or ``go for "..."`` where it is quoted."""
        return f'go for "{self.label}"' if self.quoted else self.label


@frozen
class Question:
    """What a scene has to settle.

    Args:
        id: unique in the template.
        text: the question as people would put it.
        options: the courses open.
        topics: topics of facts that bear on it.
        decides: entity id of who may decide; empty: by agreement.
    """

    id: str
    text: str
    options: tuple[Option, ...] = ()
    topics: tuple[str, ...] = ()
    decides: str = ""

    def label(self, option: str) -> str:
        """The label of the option of that id; the id itself where the question has no such option."""
        return next((one.label for one in self.options if one.id == option), option)


@frozen
class News:
    """Something that becomes known at the start of a moment, to some of those who exist, by no telling.

    Args:
        item: the statement.
        holders: entity ids of those who come to hold it, whether present or not.
        how: the way (``"witnessed"``, ``"learned"``, ``"experienced"``).
        source: a word for the channel (``"instrument"``, ``"message"``, ``"scene"``).
        confidence: belief on arrival, in [0, 1].
    """

    item: Item
    holders: tuple[str, ...]
    how: How = "learned"
    source: str = "instrument"
    confidence: float = 0.95


@frozen
class Timepoint:
    """One story moment, as planned by the mode before it is played.

    Args:
        id: unique in the run; the moment's key, and the branch where there is one (``"T3"``, ``"T3:delay"``).
        key: the moment's key, shared by every branch; random numbers hang on it.
        index: place in story order, from 0 at the origin.
        at: story time of its start, in hours since the run's start time.
        antecedents: ids of the moments that it follows from.
        path: id of the path or branch that it belongs to.
        title: a short name for lists.
        description: what happened, for the audience: it may hold what nobody in the scene knows. Never in a prompt.
        circumstance: what everyone present witnesses. The only part of the premise that prompts show.
        present: entity ids of those present, in order.
        location: where; empty: the first speaker's place.
        question: what the scene has to settle, if anything.
        importance: in [0, 1].
        max_turns: upper limit of dialog turns; 0 for the dialog mechanism's own limit.
        news: what becomes known at its start.
        cause: why it follows from its antecedents, one sentence, as the planner claims; empty where it claims
            nothing. For the audience, never in a prompt.
        mechanism: one or two words for the kind of that cause (``"withheld warning"``).
        strength: how strong that cause is held to be, in [0, 1].
        loops: ids of earlier moments that this one is also a cause of: the loops that a cyclical mode licenses.
        valence: what its circumstance is to those who are there, from a disaster (-1) to a joy (1).
    """

    id: str
    key: str
    index: int
    at: float
    antecedents: tuple[str, ...] = ()
    path: str = "main"
    title: str = ""
    description: str = ""
    circumstance: str = ""
    present: tuple[str, ...] = ()
    location: str = ""
    question: Question | None = None
    importance: float = 0.5
    max_turns: int = 0
    news: tuple[News, ...] = ()
    cause: str = ""
    mechanism: str = ""
    strength: float = 0.5
    loops: tuple[str, ...] = ()
    valence: float = 0.0

    def ending(self, reason: str) -> str:
        """How its scene ended, for people: ``reason``, which names an option by id, with the option's label."""
        if self.question is None or not reason.startswith(SETTLED):
            return reason
        return SETTLED + self.question.label(reason.removeprefix(SETTLED))


@frozen
class TimepointPlanned(Event):
    """The mode decided that this moment comes next."""

    timepoint: Timepoint


@frozen
class TimepointOpened(Event):
    """The moment begins to be played."""

    timepoint: Timepoint


@frozen
class PresenceSet(Event):
    """From now on others are present in the moment being played than it was opened with.

    Args:
        timepoint_id: the moment.
        present: entity ids, in order.
    """

    timepoint_id: str
    present: tuple[str, ...]


@frozen
class TimepointClosed(Event):
    """The moment is over. ``at`` is the story time of its end in hours."""

    timepoint_id: str
    at: float
    turns: int
    reason: str


@frozen
class Timeline:
    """The moments on the way to now, oldest first, and the one being played."""

    folds: ClassVar[tuple[type[Event], ...]] = (TimepointPlanned, TimepointOpened, PresenceSet, TimepointClosed)

    planned: tuple[Timepoint, ...] = ()
    passed: tuple[Timepoint, ...] = ()
    now: Timepoint | None = None
    until: float = 0.0

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case TimepointPlanned(timepoint=timepoint):
                return evolve(self, planned=(*self.planned, timepoint))
            case TimepointOpened(timepoint=timepoint):
                # What a branch leaves behind is the same moment under another id: its key and place are shared.
                waiting = tuple(
                    other for other in self.planned
                    if other.id != timepoint.id and (other.key, other.index) != (timepoint.key, timepoint.index)
                )  # fmt: skip
                return evolve(self, planned=waiting, now=timepoint)
            case PresenceSet(present=present):
                return evolve(self, now=evolve(self.current, present=present))
            case TimepointClosed(at=at):
                assert self.now is not None
                return evolve(self, passed=(*self.passed, self.now), now=None, until=at)
        return self

    @property
    def current(self) -> Timepoint:
        """The moment being played.

        Raises:
            LookupError: between moments.
        """
        if self.now is None:
            raise LookupError("no timepoint is open")
        return self.now

    @property
    def branch(self) -> str:
        """The branch of the latest moment; empty on the trunk."""
        latest = self.now or (self.passed[-1] if self.passed else None)
        return latest.id.partition(BRANCH_MARK)[2] if latest is not None else ""
