"""How long a dialog prompt will be, and what it drops to keep within a speaker's tokens.

The length is estimated from the parts that are rendered, at four characters a token. What is oldest goes first: the
moments that led here, then turns of the scene but for the last few. If that is not enough, the least pressing items go,
down to ``LEAST_ITEMS``. State, persona, the matter and the people present are never dropped.
"""

from __future__ import annotations

from timepoint_pro.mechanisms.resolution import CHARACTERS_PER_TOKEN
from timepoint_pro.prompts.dialog import KnownItem, Matter, Said, TurnContext
from timepoint_pro.records.evolving import evolve

FRAME = 1500
"""Characters of a prompt that says nothing: rules, labels, numbers."""

PER_ITEM, PER_TURN, PER_RELATION, PER_PERSON = 95, 6, 60, 12
LEAST_TURNS = 4
LEAST_ITEMS = 3


def estimated_tokens(context: TurnContext) -> int:
    """About how many tokens the prompt of ``context`` takes."""
    return _characters(context) // CHARACTERS_PER_TOKEN


def within(context: TurnContext, tokens: int) -> TurnContext:
    """``context`` with what is dropped to take ``tokens`` tokens, as far as that goes."""
    excess = _characters(context) - tokens * CHARACTERS_PER_TOKEN
    if excess <= 0:
        return context
    history = list(context.history)
    while excess > 0 and history:
        excess -= _of_history(history.pop(0))
    recent = list(context.recent)
    while excess > 0 and len(recent) > LEAST_TURNS:
        excess -= _of_turn(recent.pop(0))
    knows = list(context.knows)
    while excess > 0 and len(knows) > LEAST_ITEMS:
        excess -= _of_item(knows.pop())
    kept = {item.id for item in knows}
    withheld = tuple(one for one in context.inner.withheld if one in kept)
    return evolve(
        context, history=tuple(history), recent=tuple(recent), knows=tuple(knows),
        inner=evolve(context.inner, withheld=withheld),
    )  # fmt: skip


def _characters(context: TurnContext) -> int:
    persona, voice = context.speaker, context.speaker.voice
    texts = (
        *persona.traits, *persona.goals, *voice.verbal_tics, *voice.never_says, *voice.specificity_anchors,
        *voice.speech_examples, voice.disagreement_style, *context.refused,
        *context.inner.fears, context.inner.rumination, context.inner.body,
    )  # fmt: skip
    size = FRAME + sum([len(text) + 4 for text in texts])
    size += len(context.setting.circumstance) + sum(
        [len(name) + len(role) + PER_PERSON for _, name, role in context.setting.present]
    )
    size += PER_RELATION * len(context.relations) + sum([_of_history(line) for line in context.history])
    size += sum([_of_item(item) for item in context.knows]) + sum([_of_turn(said) for said in context.recent])
    return size + sum([len(one.content) + 30 for one in context.questions]) + _of_matter(context.matter)


def _of_history(line: str) -> int:
    return len(line) + 4


def _of_item(item: KnownItem) -> int:
    return len(item.content) + len(item.source_name) + PER_ITEM


def _of_turn(said: Said) -> int:
    return len(said.content) + len(said.name) + PER_TURN


def _of_matter(matter: Matter | None) -> int:
    if matter is None:
        return 0
    return len(matter.text) + 30 + sum([len(one.label) + 40 for one in matter.options])
