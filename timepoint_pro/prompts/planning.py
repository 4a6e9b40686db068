"""What happens next (TEMPORAL_REASONING), and what could have led here (PORTAL_BACKWARD_REASONING, _PATH_SCORING).

These prompts plan; nobody in the story sees their answers. The planner of a forward run sees what has happened;
the planner of a portal sees the outcome, works backward from it, and hands each scene only its circumstance.
"""

from __future__ import annotations

from typing import Any, ClassVar

from attrs import frozen

from timepoint_pro.prompts import planning_text as words
from timepoint_pro.prompts.actions import ActionType
from timepoint_pro.prompts.base import Message, Prompt
from timepoint_pro.prompts.planning_views import (
    AntecedentContext,
    Antecedents,
    Direction,
    FactView,
    MomentProposal,
    MomentView,
    NextContext,
    NextMoment,
    PersonView,
    QuantityView,
    QuestionView,
    ScenarioView,
    Score,
    ScoreContext,
    Scores,
    TensionView,
    TrialOutcome,
)

__all__ = [
    "AntecedentContext",
    "Antecedents",
    "Direction",
    "FactView",
    "MomentProposal",
    "MomentView",
    "NextContext",
    "NextMoment",
    "PersonView",
    "ProposeAntecedents",
    "ProposeNext",
    "QuantityView",
    "QuestionView",
    "ScenarioView",
    "Score",
    "ScoreAntecedents",
    "ScoreContext",
    "Scores",
    "TensionView",
    "TrialOutcome",
]  # fmt: skip


@frozen
class ProposeNext(Prompt[NextMoment]):
    """What happens next, given what has happened."""

    action: ClassVar[ActionType] = ActionType.TEMPORAL_REASONING
    answer_type: ClassVar[type[Any]] = NextMoment

    context: NextContext

    def messages(self) -> tuple[Message, ...]:
        return words.next_messages(self.context)

    def schema(self) -> dict[str, Any]:
        return words.next_schema(self.context)

    def check(self, answer: NextMoment) -> str | None:
        return words.proposal_fault(answer.moment, self.context.scenario, self.context.questions)


@frozen
class ProposeAntecedents(Prompt[Antecedents]):
    """What could have led here: several candidates in one call."""

    action: ClassVar[ActionType] = ActionType.PORTAL_BACKWARD_REASONING
    answer_type: ClassVar[type[Any]] = Antecedents

    context: AntecedentContext

    def messages(self) -> tuple[Message, ...]:
        return words.antecedent_messages(self.context)

    def schema(self) -> dict[str, Any]:
        return words.antecedent_schema(self.context)

    def check(self, answer: Antecedents) -> str | None:
        if not answer.candidates:
            return f"candidates is empty; {self.context.wanted} are wanted"
        for number, candidate in enumerate(answer.candidates, 1):
            fault = words.proposal_fault(candidate, self.context.scenario, self.context.questions)
            if fault is not None:
                return f"candidate {number}: {fault}"
        descriptions = {" ".join(one.description.casefold().split()) for one in answer.candidates}
        if len(descriptions) < len(answer.candidates):
            return "two candidates have the same description; make each a different idea"
        return None


@frozen
class ScoreAntecedents(Prompt[Scores]):
    """How well each candidate explains the effect: all judged in one call."""

    action: ClassVar[ActionType] = ActionType.PORTAL_PATH_SCORING
    answer_type: ClassVar[type[Any]] = Scores

    context: ScoreContext

    def messages(self) -> tuple[Message, ...]:
        return words.score_messages(self.context)

    def schema(self) -> dict[str, Any]:
        return words.score_schema(self.context)

    def check(self, answer: Scores) -> str | None:
        wanted, found = len(self.context.candidates), len(answer.scores)
        if found != wanted:
            return f"scores has {found} entries; give exactly {wanted}, one a candidate, in their order"
        for number, score in enumerate(answer.scores, 1):
            parts = (
                score.plausibility, score.causal_necessity, score.entity_capability, score.historical_precedent,
            )  # fmt: skip
            if not all(0.0 <= part <= 1.0 for part in parts):
                return f"score {number}: every part must lie between 0 and 1"
        return None
