"""Training records as values: what every task yields and every trainer format renders.

A task is a function from a run to examples. To add one, write a module with such a function and enter it in
``TASKS``; trainers, cards, manifests and provenance need no change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set

from attrs import evolve, frozen

from timepoint_pro.exporters.backward_causal import backward_chains
from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.counterfactual import NONE_FOUND, counterfactuals
from timepoint_pro.exporters.dialog_turn import dialog_turns
from timepoint_pro.exporters.example import Example
from timepoint_pro.exporters.knowledge_boundary import knowledge_boundaries
from timepoint_pro.exporters.provenance_qa import provenance_questions
from timepoint_pro.exporters.state_transition import state_transitions
from timepoint_pro.exporters.tokens import Counter, estimated_tokens

Task = Callable[[Source], Iterator[Example]]

TASKS: Mapping[str, Task] = {
    "dialog_turn": dialog_turns,
    "state_transition": state_transitions,
    "backward_causal": backward_chains,
    "counterfactual": counterfactuals,
    "provenance_qa": provenance_questions,
    "knowledge_boundary": knowledge_boundaries,
}
"""Every training task by name."""

PAIRED = ("backward_causal", "counterfactual", "knowledge_boundary")
"""Tasks some of whose examples have a rejected answer: the trainer ``preference`` takes those and no others."""

WITHOUT: Mapping[str, str] = {
    "dialog_turn": "nobody speaks in this run",
    "state_transition": "nobody speaks in this run",
    "backward_causal": "no moment of this run has a cause in another, and none settles a question",
    "counterfactual": NONE_FOUND,
    "provenance_qa": "nobody comes to know anything in this run",
    "knowledge_boundary": "nobody speaks in this run",
}
"""Why a task has no records, where it has none."""

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
