"""Every training task by name. A task is a function from a run to examples.

To add one, write such a function and enter it in ``TASKS``; trainers, manifests and provenance need no change, and
cards tell of it by its docstring, or as ``described.ABOUT`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.tasks.backward_causal import backward_chains
from timepoint_pro.exporters.tasks.counterfactual import NONE_FOUND, counterfactuals
from timepoint_pro.exporters.tasks.dialog_turn import dialog_turns
from timepoint_pro.exporters.tasks.example import Example
from timepoint_pro.exporters.tasks.knowledge_boundary import knowledge_boundaries
from timepoint_pro.exporters.tasks.provenance_qa import provenance_questions
from timepoint_pro.exporters.tasks.state_transition import state_transitions

Task = Callable[[Source], Iterator[Example]]

TASKS: dict[str, Task] = {
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
"""Why a task of the library has no records, where it has none."""
