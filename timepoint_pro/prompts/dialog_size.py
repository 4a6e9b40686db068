"""How long a dialog prompt is, without being written out where that is dear; at four characters a token.

Below ``dialog`` the words are few and are counted as they are. From ``dialog`` on the length is estimated from the
parts that are rendered, within a fifth; what is remembered at ``trained`` by the length of the scenes.
"""

from __future__ import annotations

from timepoint_pro.prompts.dialog_terse import system_text, user_text
from timepoint_pro.prompts.dialog_views import TERSE, KnownItem, Matter, Said, TurnContext

CHARACTERS_PER_TOKEN = 4
FRAME, ARCHETYPE = 1200, 300
"""Characters of a prompt that says nothing: rules, labels, numbers; and what an archetype adds."""

PER_ITEM, PER_TURN, PER_RELATION, PER_PERSON = 95, 6, 60, 12


def estimated_tokens(context: TurnContext) -> int:
    """About how many tokens the prompt of ``context`` takes."""
    return (context.size or characters(context)) // CHARACTERS_PER_TOKEN


def characters(context: TurnContext) -> int:
    """About how many characters the prompt of ``context`` has."""
    if context.detail in TERSE:
        return len(system_text(context)) + len(user_text(context))
    persona, voice = context.speaker, context.speaker.voice
    texts = (
        *persona.traits, *persona.goals, *voice.verbal_tics, *voice.never_says, *voice.specificity_anchors,
        *voice.speech_examples, voice.disagreement_style, *context.refused,
        *context.inner.fears, context.inner.rumination, context.inner.body,
    )  # fmt: skip
    size = FRAME + ARCHETYPE * (persona.archetype is not None) + sum([len(text) + 4 for text in texts])
    size += len(context.setting.circumstance) + sum(
        [len(name) + len(role) + PER_PERSON for _, name, role in context.setting.present]
    )
    size += PER_RELATION * len(context.relations) + sum([of_history(line) for line in context.history])
    size += sum([of_item(item) for item in context.knows]) + sum([of_turn(said) for said in context.recent])
    size += sum([len(one.content) + 30 for one in context.questions]) + _of_matter(context.matter)
    return size if context.memory is None else size + context.memory.length


def of_history(line: str) -> int:
    """A line of what led here."""
    return len(line) + 4


def of_item(item: KnownItem) -> int:
    """A known item."""
    return len(item.content) + len(item.source_name) + PER_ITEM


def of_turn(said: Said) -> int:
    """A turn of the scene."""
    return len(said.content) + len(said.name) + PER_TURN


def _of_matter(matter: Matter | None) -> int:
    if matter is None:
        return 0
    return len(matter.text) + 30 + sum([len(one.label) + 40 for one in matter.options])
