"""Phrase patterns (frames) of the built-in model, by what they do in a conversation.

A *move* is one thing that a sentence does (``"oppose"``, ``"tell_contrast"``). Each move has a block of frames,
one a line. Before ``" | "`` stand the tags that a frame needs, and it serves only where all of them hold:

    v- v+   unpleasant, pleasant feeling      t- t+   distrust, trust towards the addressee
    a- a+   calm, aroused                     e- c-   little energy, little cognitive capacity
    s w     strong, weak leaning              blunt soft ask data dry formal feel   ways to disagree
    bad     the fact told is bad news             *   plain enough to serve often

Slots: ``{n}`` addressee; ``{F}``, ``{f}``, ``{fe}`` a fact as a sentence, after a colon, inside a sentence; ``{h}``
handle of common ground; ``{ph}`` handle of what was just told, or of a second fact; ``{o}``, ``{on}`` a course as
bare infinitive and as noun phrase; ``{alt}``, ``{altn}`` another course; ``{t}`` topic as noun phrase; ``{q}`` the
question to settle; ``{c}`` the circumstance; ``{who}`` a third person; ``{src}`` who told it; ``{g}`` a goal;
``{anchor}`` a specificity anchor; ``{word}`` of the archetype's vocabulary. A capital first letter asks for one.

The frames are English whatever the language of the template; facts, handles and options stay in theirs.
"""

from __future__ import annotations

import re
from functools import cache

from attrs import frozen

TAGS = (
    "v-", "v+", "a-", "a+", "t-", "t+", "e-", "c-", "s", "w",
    "blunt", "soft", "ask", "data", "dry", "formal", "feel", "bad",
)  # fmt: skip
BIT = {tag: 1 << number for number, tag in enumerate(TAGS)}
STATE_TAGS = sum(BIT[tag] for tag in TAGS[:8])
LEAN_TAGS = BIT["s"] | BIT["w"]
SLOTS = ("n", "f", "fe", "h", "ph", "o", "on", "alt", "altn", "t", "q", "c", "who", "src", "g", "anchor", "word")
SLOT_BIT = {slot: 1 << number for number, slot in enumerate(SLOTS)}
SINGULAR_BIT = {slot: 1 << (len(SLOTS) + number) for number, slot in enumerate(("on", "h", "ph", "altn"))}

_SLOT = re.compile(r"\{(\w+)\}")
_SUBJECT = re.compile(r"\{(on|h|ph|altn)\} (?!(?:as|us|yes)\b)(?=\w+s\b)", re.IGNORECASE)
"""A slot before what may be a verb in the third person singular."""
_THERE = re.compile(r"\bthere is \{(on|h|ph|altn)\}", re.IGNORECASE)
_TERSE = re.compile(r"\b(?:short version|short and clear|brief|briefly|two sentences|bottom line)\b", re.IGNORECASE)
_ANAPHOR = re.compile(r"\{(h|ph)\}.*\b(?:it|its)\b", re.IGNORECASE)


@frozen
class Frame:
    """One phrase pattern.

    Args:
        id: names it among all frames; recorded as a device of the turn.
        text: with slots.
        slots: names of the slots in order of appearance.
        needs: bits of ``SLOT_BIT`` and ``SINGULAR_BIT`` that must be available.
        tags: bits of ``BIT`` that must hold.
        size: rough number of words.
        plain: serves often.
        own: belongs to an archetype.
        terse: promises to be short.
        thanks: gives thanks or is glad; once a turn is enough.
    """

    id: str
    text: str
    slots: tuple[str, ...]
    needs: int
    tags: int
    size: int
    plain: bool
    own: bool
    terse: bool
    thanks: bool


def parse(move: str, block: str, archetype: str = "") -> tuple[Frame, ...]:
    """The frames of a block."""
    prefix = f"{archetype}.{move}" if archetype else move
    lines = [line.strip() for line in block.strip().splitlines()]
    return tuple(_frame(f"{prefix}.{number}", line, bool(archetype)) for number, line in enumerate(lines, 1))


def _frame(name: str, line: str, own: bool) -> Frame:
    before, bar, text = line.partition(" | ")
    marks = before.split() if bar else []
    text = text if bar else line
    tags = sum(BIT[mark] for mark in marks if mark != "*")
    slots = tuple(dict.fromkeys(_SLOT.findall(text)))
    needs = 0
    for slot in slots:
        folded = slot[0].lower() + slot[1:]
        needs |= SLOT_BIT[folded]
    for found in (*_SUBJECT.finditer(text), *_THERE.finditer(text), *_ANAPHOR.finditer(text)):
        needs |= SINGULAR_BIT[found.group(1).lower()]
    terse, thanks = _TERSE.search(text) is not None, ("hank you" in text or "m glad" in text)
    return Frame(name, text, slots, needs, tags, len(text.split()), "*" in marks, own, terse, thanks)


@cache
def library() -> dict[str, dict[str, tuple[Frame, ...]]]:
    """Archetype id (empty for what serves everyone) to move to frames. Built at first use."""
    from timepoint_pro.llm.scripted.grammar import arguing, asking, framing, mood, professions_a, professions_b, telling

    general: dict[str, tuple[Frame, ...]] = {}
    for module in (telling, asking, arguing, framing, mood):
        general.update({move: parse(move, block) for move, block in module.MOVES.items()})
    result = {"": general}
    for blocks in (professions_a.MOVES, professions_b.MOVES):
        for archetype, moves in blocks.items():
            result[archetype] = {move: parse(move, block, archetype) for move, block in moves.items()}
    return result


@cache
def pool(move: str, archetype: str) -> tuple[Frame, ...]:
    """The frames that serve a move in the mouth of an archetype: its own first, then everyone's."""
    everything = library()
    own = everything[archetype].get(move, ()) if archetype in everything and archetype else ()
    return own + everything[""].get(move, ())
