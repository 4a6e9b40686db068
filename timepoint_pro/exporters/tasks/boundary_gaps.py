"""What somebody cannot know: meetings that they missed, and gaps that can be asked about."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen


@frozen
class Meeting:
    """A moment that was played: who was there, when by the local clock in words, what was learned in it, and one thing
    that was said.
    """

    id: str
    when: str
    present: tuple[str, ...]
    items: frozenset[str]
    said: str


@frozen
class Gap:
    """A question out of somebody's reach: its kind, words for it, and the answer that they cannot know."""

    kind: str
    words: Mapping[str, str]
    fact: str
