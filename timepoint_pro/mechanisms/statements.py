"""M19, knowledge extraction: which items does a turn state that nobody held before?

Whole statements only. Fragments under four words, greetings and repetitions of what the speaker holds make no
new item; a repetition counts as telling that item.
"""

from __future__ import annotations

from collections.abc import Sequence

from timepoint_pro.formulas.text import words
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.knowledge import Category, Item, item_id
from timepoint_pro.records.timepoint import Question, Timepoint
from timepoint_pro.records.turn import Act, Turn

LEAST_WORDS = 4

CATEGORIES: dict[Act, Category] = {
    "propose": "plan",
    "question": "question",
    "concede": "agreement",
    "close": "agreement",
}
"""Category by what the turn does. Everything else is the speaker's opinion: nobody vouches for it as a fact."""

IMPORTANCE: dict[Category, float] = {"plan": 0.6, "agreement": 0.6, "opinion": 0.4, "question": 0.3}
PERSUASION = 0.3
"""Weight of a new statement for the option that its turn speaks for, in [0, 1] [cal]."""

DECISION_IMPORTANCE = 0.8
DECISION_BEARING = 0.8

GREETINGS = frozenset(
    (
        "hello", "hi", "hey", "greetings", "welcome", "morning", "afternoon", "evening", "night", "bye", "goodbye",
        "farewell", "thanks", "thank", "pleasure",
    )
)  # fmt: skip
POLITE = GREETINGS | frozenset(
    (
        "a", "again", "all", "and", "day", "dear", "everybody", "everyone", "folks", "for", "friends", "good",
        "great", "have", "here", "how", "i", "is", "it", "joining", "later", "me", "meet", "much", "my", "name",
        "nice", "of", "see", "so", "team", "that", "the", "there", "this", "to", "today", "very", "you", "your",
    )
)  # fmt: skip
"""A greeting is made of these words alone, one of ``GREETINGS`` among them."""


def statement(text: str) -> str | None:
    """``text`` as one clean statement; None where it is a fragment or a greeting.

    Spaces are evened out, quotation marks around the whole are dropped.
    """
    cleaned = " ".join(text.split()).strip('"“”«» ')
    found = words(cleaned)
    is_greeting = POLITE.issuperset(found) and not GREETINGS.isdisjoint(found)
    return None if len(found) < LEAST_WORDS or is_greeting else cleaned


def stated_item(content: str, turn: Turn, question: Question | None, cast: Cast) -> Item:
    """The new item that ``turn`` makes of a clean statement."""
    category = CATEGORIES.get(turn.act, "opinion")
    bearing: tuple[tuple[str, float], ...] = ()
    topic = ""
    if question is not None and _option_label(question, turn.option):
        topic = question.topics[0] if question.topics else ""
        weight = {"question": 0.0, "oppose": -PERSUASION}.get(turn.act, PERSUASION)
        bearing = ((f"{question.id}/{turn.option}", weight),) if weight else ()
    return Item(
        item_id(content), content, category, topic=topic, subject=_subject(content, turn.speaker, cast),
        bearing=bearing, importance=IMPORTANCE[category],
    )  # fmt: skip


def decision_of(turn: Turn, timepoint: Timepoint, there: Sequence[str], cast: Cast) -> Item | None:
    """The decision that a closing turn commits those there to; None where it commits them to nothing.

    Args:
        turn: the admitted turn.
        timepoint: the moment.
        there: ids of those who take it in, the speaker first.
        cast: for names.
    """
    question = timepoint.question
    if turn.act != "close" or question is None:
        return None
    label = _option_label(question, turn.option)
    if not label:
        return None
    alone = question.decides == turn.speaker or len(there) == 1
    who = cast[turn.speaker].name if alone else _names([cast[one].name for one in there])
    return Item(
        item_id(f"{who} decided to {label}."),
        f"{who} decided to {label}.",
        "decision",
        handle=f"the decision to {label}",
        topic=question.topics[0] if question.topics else "",
        subject=turn.speaker if alone else "",
        bearing=((f"{question.id}/{turn.option}", DECISION_BEARING),),
        importance=max(DECISION_IMPORTANCE, timepoint.importance),
    )


def _option_label(question: Question, option: str) -> str:
    return next((one.deed or one.id for one in question.options if one.id == option), "")


def _subject(content: str, speaker: str, cast: Cast) -> str:
    """The speaker, where the statement begins with their name."""
    name = cast[speaker].name
    return speaker if content.casefold().startswith(f"{name.casefold()} ") else ""


def _names(names: Sequence[str]) -> str:
    if len(names) > 3:
        return f"{names[0]} and {len(names) - 1} others"
    return " and ".join(names) if len(names) < 3 else f"{names[0]}, {names[1]} and {names[2]}"
