"""The built-in planner: answers the planning prompts from their structured context, without any prose to parse.

Antecedents and next moments are built from the scenario's own facts, questions, goals and strained ties; scores
come from the structure between them. Nothing depends on the spelling of a name.
"""

from __future__ import annotations

from typing import Any

from timepoint_pro.errors import UsageError
from timepoint_pro.llm.scripted.planning_antecedents import propose_antecedents
from timepoint_pro.llm.scripted.planning_judge import judge
from timepoint_pro.llm.scripted.planning_next import propose_next
from timepoint_pro.prompts.base import Prompt
from timepoint_pro.prompts.drafting import DraftTemplate
from timepoint_pro.prompts.planning import (
    Antecedents,
    NextMoment,
    ProposeAntecedents,
    ProposeNext,
    ScoreAntecedents,
    Scores,
)
from timepoint_pro.records.draws import Draws


def answer(prompt: Prompt[Any], draws: Draws) -> Any:
    """The answer to a planning prompt, an instance of its answer type.

    Args:
        prompt: ``ProposeNext``, ``ProposeAntecedents``, ``ScoreAntecedents`` or ``DraftTemplate``.
        draws: the call's random numbers.

    Raises:
        UsageError: for a prompt of another kind.
    """
    match prompt:
        case DraftTemplate(context=context):
            from timepoint_pro.llm.scripted.drafting import draft

            return draft(context, draws)
        case ProposeNext(context=context):
            return NextMoment(propose_next(context, draws))
        case ProposeAntecedents(context=context):
            return Antecedents(propose_antecedents(context, draws))
        case ScoreAntecedents(context=context):
            return Scores(judge(context, draws))
    raise UsageError(f"the built-in planner does not answer {type(prompt).__name__}")
