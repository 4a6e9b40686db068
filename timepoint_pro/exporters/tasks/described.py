"""What each training task asks and answers, and what its columns mean, for dataset cards."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

from attrs import frozen

from timepoint_pro.exporters.tasks.catalogue import TASKS


@frozen
class Described:
    """A task in words.

    Args:
        asks: what the prompt holds and asks.
        answers: what the completion is; empty where that is not told.
        rejected: the worse answer of a preference pair; empty where the task has none.
        labels: what ``act`` and ``tactic`` say in its records, and which columns stay empty; empty where not told.
    """

    asks: str
    answers: str
    rejected: str
    labels: str


ABOUT: dict[str, Described] = {
    "dialog_turn": Described(
        "The speaker's persona, state, knowledge with its provenance, relationships and scene, and what was just said; "
        "asked for is their next turn.",
        "The turn, in the speaker's voice.",
        "",
        "`act`: what the turn does (`propose`, `oppose`, `answer` ...). `tactic`: how it argues.",
    ),
    "state_transition": Described(
        "One person's valence, arousal, energy and (a listener's) trust before a turn of talk, the turn, and what is "
        "new in it to a listener and where they lean; asked for are the numbers after it and why they moved.",
        "The numbers, each with its change, and the appraisal that weighed most.",
        "",
        "`act`: `listener` or `speaker`, whose numbers they are. `tactic`, `tone`: of the turn.",
    ),
    "backward_causal": Described(
        "An outcome or a later moment of the story; asked for is what led there, going back.",
        "The antecedents, the latest first, each with how it led on; or the ranking of rival antecedents with scores. "
        "What only a search supposed, the prompt calls a supposition.",
        "of a `choice`, the candidate that was judged worst; other kinds have none.",
        "`act`: `chain`, `step`, `choice`, `trace` or `decision`. `tactic`: the kind of cause. `frame`: the outcome as "
        "the prompt names it. `speaker` and state stay empty.",
    ),
    "counterfactual": Described(
        "The story so far with everyone's state, and one thing that is set otherwise; asked for is the course that "
        "follows, or one later moment told again.",
        "The course moment by moment with what is settled and the numbers at its end; of one moment, the differences.",
        "the course on the other side: without the intervention for a `timeline`, under it for a `baseline`; a "
        "`moment` has none.",
        "`act`: `timeline`, `baseline` or `moment`. `tactic`: the kind of intervention. `speaker` and state stay "
        "empty.",
    ),
    "provenance_qa": Described(
        "A record of who came to hold two statements, when, from whom and how surely; a question about one of them.",
        "The answer, computed from the same exposures.",
        "",
        "`act`: the kind of question (`told`, `who_knew`, `chain` ...). `speaker`: whom it asks about. "
        "`knowledge_shared`: the statement.",
    ),
    "knowledge_boundary": Described(
        "Somebody's own moment, as in `dialog_turn` without the talk, and a question; most ask for what they cannot "
        "know then, about one in three for what they do.",
        "An \"I don't know\" in their voice; of a control, the fact with its source and how sure they are.",
        "the fact itself, which the asked person does not have; questions about what goes on in somebody's head, and "
        "controls, have none.",
        "`act`: `decline` or `inform`. `tactic`: why it is out of reach, or `control`. `knowledge_shared`: what a "
        "control tells.",
    ),
}
"""Every task of the library by name; a task of one's own may be entered, and else is told of by its docstring."""

COLUMNS: Mapping[str, str] = {
    "task, record_id": "the task; an id, unique in the dataset, that `provenance.jsonl` repeats",
    "run_id, template, seed, temporal_mode": "the run that the record comes from, and what it was made from",
    "timepoint_id, path_id, turn_id": "the moment, its path or branch, the turn",
    "speaker, archetype": "entity id of whom the record is about, and their way of arguing",
    "emotional_valence, emotional_arousal, energy_budget": "their state in the prompt: in [-1, 1], [0, 1], [0, 100]",
    "act, tactic, tone": "labels; what they say depends on the task",
    "uptake": "what became of a turn later (`taken_up`, `dismissed`, `open`): a label, and no prompt shows it",
    "addressed_to, knowledge_shared": "entity ids; ids of the items that the completion tells",
    "frame": "the sentence of the prompt that says where the moment stands in its mode",
    "mechanism, mechanisms": "the mechanism that the task is about; those that acted and entered the record",
    "model, license, training_safe": "who wrote the completion, that model's licence, and whether the licences of all "
    "models whose text can be in the record allow training any model",
}
"""The columns of ``metadata``, the same in every task; what does not apply is empty or zero."""


def described(task: str) -> Described:
    """What to tell of a task; of one that nobody has described the first paragraph of its docstring."""
    known = ABOUT.get(task)
    if known is not None:
        return known
    own = (inspect.getdoc(TASKS[task]) or "A task of one's own.").partition("\n\n")[0]
    return Described(" ".join(own.split()), "", "", "")
