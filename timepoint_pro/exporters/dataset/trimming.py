"""Records within a limit on length: the oldest context is dropped first, the state never."""

from __future__ import annotations

from collections.abc import Mapping, Set

from attrs import evolve, frozen

from timepoint_pro.exporters.dataset.tokens import Counter, estimated_tokens
from timepoint_pro.exporters.tasks.example import Example


@frozen
class Trimmed:
    """An example fitted to a limit: how many parts were dropped, and whether it is still too long."""

    example: Example
    dropped: int
    too_long: bool


def trim(example: Example, max_tokens: int, tokens: Counter = estimated_tokens) -> Trimmed:
    """``example`` within ``max_tokens``, prompt and completion together, as far as its context can be dropped.

    What is oldest goes first: the causal history from its beginning, then what was said from its beginning,
    then the knowledge that comes to mind last. The state, the question and what the completion itself tells or
    answers never go.

    Args:
        example: as its task made it.
        max_tokens: most tokens.
        tokens: counts them.
    """
    answer = tokens(example.completion)
    shorter, over, dropped = example, tokens(example.prompt()) + answer - max_tokens, 0
    ranked = sorted(range(len(example.sections)), key=lambda place: example.sections[place].rank)
    waiting = [(place, index) for place in ranked for index in example.sections[place].drops]
    gone: dict[int, set[int]] = {}
    while over > 0 and dropped < len(waiting):
        # What the parts count for alone is not what they count for in the whole: it is counted again when enough went.
        while over > 0 and dropped < len(waiting):
            place, index = waiting[dropped]
            section = example.sections[place]
            gone.setdefault(place, set()).add(index)
            over -= tokens(section.items[index] + section.joint)
            dropped += 1
        shorter = _without(example, gone)
        over = tokens(shorter.prompt()) + answer - max_tokens
    return Trimmed(shorter, dropped, over > 0)


def _without(example: Example, gone: Mapping[int, Set[int]]) -> Example:
    places = enumerate(example.sections)
    kept = [section.without(gone[place]) if place in gone else section for place, section in places]
    return evolve(example, sections=tuple([one for one in kept if one is not None]))
