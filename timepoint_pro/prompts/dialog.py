"""The next turn of a scene: in the voice of one speaker (DIALOG_SYNTHESIS), or what a being without words does
(ANIMISTIC_BEHAVIOR). What its speaker has before them stands in ``dialog_views``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar

from attrs import frozen

from timepoint_pro.prompts import dialog_terse, dialog_text
from timepoint_pro.prompts.actions import ActionType
from timepoint_pro.prompts.base import Message, Prompt, Sampling
from timepoint_pro.prompts.dialog_views import (
    TERSE,
    WITH_WORDS,
    ArcEntry,
    Feeling,
    Inner,
    KnownItem,
    Matter,
    OpenQuestion,
    OptionView,
    Persona,
    Relation,
    Said,
    Setting,
    TurnContext,
)
from timepoint_pro.records.quick import quick
from timepoint_pro.records.turn import ACTS, TACTICS, TONES, Act, Tone

__all__ = [
    "IN_SCENES",
    "TERSE",
    "WITH_WORDS",
    "ArcEntry",
    "BeingTurn",
    "DialogTurn",
    "Feeling",
    "Inner",
    "KnownItem",
    "Matter",
    "OpenQuestion",
    "OptionView",
    "Persona",
    "Relation",
    "Said",
    "Setting",
    "TurnAnswer",
    "TurnContext",
    "turn_prompt",
]  # fmt: skip

IN_SCENES = (ActionType.DIALOG_SYNTHESIS, ActionType.ANIMISTIC_BEHAVIOR)
"""Actions whose answers are turns of a scene."""


@quick
@frozen(weakref_slot=False)
class TurnAnswer:
    """What a model gives back for a turn.

    Args:
        content: the words said, without the speaker's name and without quotation marks.
        act, tactic, tone: see ``records.turn.Turn``.
        addressed_to: ids of those present; empty: everyone.
        knowledge_shared: ids of held items that the turn tells.
        option: id of the option that the turn speaks for or against; empty where none.
        new_statements: whole third-person statements that the turn makes and nobody held.
        devices: names of the phrase patterns used; text models leave it empty.
    """

    content: str
    act: Act
    tactic: str
    tone: Tone
    addressed_to: tuple[str, ...] = ()
    knowledge_shared: tuple[str, ...] = ()
    option: str = ""
    new_statements: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()


@frozen
class DialogTurn(Prompt[TurnAnswer]):
    """The question for one turn."""

    action: ClassVar[ActionType] = ActionType.DIALOG_SYNTHESIS
    answer_type: ClassVar[type[Any]] = TurnAnswer

    context: TurnContext

    def messages(self) -> tuple[Message, ...]:
        words = dialog_terse if self.context.detail in TERSE else dialog_text
        return (Message("system", words.system_text(self.context)), Message("user", words.user_text(self.context)))

    def schema(self) -> dict[str, Any]:
        """Bounds the answer: only ids of those present, of items that the speaker holds, of the matter's options.

        Closing is offered when the scene is to end: a stray ``close`` would end it for everybody.
        """
        context = self.context
        others = [one.other for one in context.relations]
        tellable = [one.id for one in context.knows if one.id not in context.inner.withheld]
        options = [one.id for one in context.matter.options] if context.matter is not None else []
        return {
            "type": "object",
            "additionalProperties": False,
            "required": ["content", "act", "tactic", "tone", "addressed_to", "knowledge_shared", "option"],
            "properties": {
                "content": {"type": "string", "minLength": 1, "maxLength": 40 + 12 * context.words},
                "act": {"enum": [act for act in ACTS if act != "close" or context.closing]},
                "tactic": {"enum": list(self.tactics())},
                "tone": {"enum": list(TONES)},
                "addressed_to": _some_of(others),
                "knowledge_shared": _some_of(tellable),
                "option": {"enum": ["", *options]},
                "new_statements": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
            },
        }

    def tactics(self) -> tuple[str, ...]:
        """Tactics open to the speaker: their archetype's first, then every common one."""
        archetype = self.context.speaker.archetype
        return _with_common(archetype.tactics if archetype is not None else ())

    def check(self, answer: TurnAnswer) -> str | None:
        context = self.context
        if not answer.content.strip():
            return "content is empty: give the words that are said"
        held = {one.id for one in context.knows} - set(context.inner.withheld)
        strangers = sorted(set(answer.knowledge_shared) - held)
        if strangers:
            return f"knowledge_shared names {strangers[0]!r}, which {context.speaker.name} does not hold or holds back"
        others = {one.other for one in context.relations}
        absent = sorted(set(answer.addressed_to) - others)
        if absent:
            return f"addressed_to names {absent[0]!r}, who is not present: {', '.join(sorted(others))}"
        options = {one.id for one in context.matter.options} if context.matter is not None else set()
        if answer.option and answer.option not in options:
            return f"option names {answer.option!r}; there are: {', '.join(sorted(options)) or 'none'}"
        if answer.act not in ACTS:
            return f"act is {answer.act!r}; expected one of {', '.join(ACTS)}"
        if answer.tone not in TONES:
            return f"tone is {answer.tone!r}; expected one of {', '.join(TONES)}"
        if answer.tactic not in self.tactics():
            return f"tactic is {answer.tactic!r}; expected one of {', '.join(self.tactics())}"
        return None


@frozen
class BeingTurn(DialogTurn):
    """The question for one turn of a being without words: what it does, or what happens in and around it."""

    action: ClassVar[ActionType] = ActionType.ANIMISTIC_BEHAVIOR


def turn_prompt(sampling: Sampling, context: TurnContext) -> DialogTurn:
    """The question for a turn, by whether its speaker has words: models are chosen for the one or the other."""
    kind = DialogTurn if context.speaker.kind in WITH_WORDS else BeingTurn
    return kind(sampling, context)


@lru_cache(maxsize=256)
def _with_common(own: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*own, *TACTICS)))


def _some_of(ids: list[str]) -> dict[str, Any]:
    """Schema of a list of distinct ids out of ``ids``."""
    if not ids:
        return {"type": "array", "maxItems": 0}
    return {"type": "array", "items": {"enum": ids}, "uniqueItems": True, "maxItems": len(ids)}
