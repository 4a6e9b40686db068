"""The exposures of one statement on one path, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from attrs import define, frozen

from timepoint_pro.exporters.tasks.wording import listed, one_line

CHANNELS = {"briefing": "from a briefing", "message": "from a message", "instrument": "off an instrument"}


@frozen
class Learned:
    """An exposure: ``number`` orders them, ``at`` is the moment (empty before the story), the rest as in the log."""

    number: int
    id: str
    entity: str
    content: str
    how: str
    source: str
    at: str
    confidence: float
    parents: tuple[str, ...]


@define(slots=False)
class Story:
    """The exposures of one statement on one path.

    Args:
        letter: what the prompt calls the statement.
        named: the letter with what it stands for, as answers name it.
        learned: its exposures in order.
        complete: whether these are all.
        names: display name of every entity.
        others: entity ids of people who never came to hold it; empty unless ``complete``.
        way: moments of the path in story order, each with its place.
    """

    letter: str
    named: str
    learned: Sequence[Learned]
    complete: bool
    names: Mapping[str, str]
    others: tuple[str, ...]
    way: Mapping[str, int]

    @cached_property
    def first(self) -> Mapping[str, Learned]:
        """By entity, how it first came to hold the statement; in order."""
        found: dict[str, Learned] = {}
        for one in self.learned:
            found.setdefault(one.entity, one)
        return found

    @cached_property
    def by_id(self) -> Mapping[str, Learned]:
        """The exposures by id."""
        return {one.id: one for one in self.learned}

    def name(self, entity: str) -> str:
        """Display name on one line."""
        return one_line(self.names.get(entity, entity))

    def names_of(self, entities: Sequence[str]) -> str:
        """Several names as a list in words."""
        return listed([self.name(one) for one in entities])

    def place(self, at: str) -> int:
        """Place of a moment on the path; -1 before the story."""
        return self.way.get(at, -1)

    def when(self, one: Learned) -> str:
        """The moment in words."""
        return f"at {one.at}" if one.at else "before the story"

    def kind(self, one: Learned) -> str:
        """``"told"`` by a person, ``"saw"`` with own eyes, ``"self"`` for own words, or ``"given"`` by a channel."""
        if one.source == one.entity:
            return "self"
        if one.source in self.names:
            return "told"
        return "saw" if one.how in ("witnessed", "experienced") or one.source == "witnessed" else "given"

    def way_in(self, one: Learned) -> str:
        """How somebody came to hold it, as the end of a sentence that begins with their name."""
        kind = self.kind(one)
        if kind == "told":
            return f"heard it from {self.name(one.source)} {self.when(one)}"
        if kind == "saw":
            return f"saw it {self.when(one)}"
        if kind == "self":
            return f"{own_deed(one, 'it')} {self.when(one)}"
        return f"had it {CHANNELS.get(one.source, 'from the start')} {self.when(one)}"

    def chain(self, one: Learned) -> list[Learned]:
        """The tellings that led to ``one``, from the root on."""
        way = [one]
        while above := [self.by_id[parent] for parent in way[0].parents if parent in self.by_id]:
            if above[0] in way:
                break
            way.insert(0, above[0])
        return way


def own_deed(one: Learned, what: str) -> str:
    """What somebody did who is the source of a statement themselves, with a word for the statement."""
    if one.how == "inferred":
        return f"worked {what} out"
    return f"took part in deciding {what}" if " decided " in one.content else f"was the one to say {what}"
