"""Who is referred to in a moment and does not exist: by id, by a numbered id in words, or by title and name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import frozen

from timepoint_pro.records.entity import Cast
from timepoint_pro.records.timepoint import Timepoint

LONGEST = 60
NUMBERED = re.compile(r"\b[^\W\d_]+(?:_[^\W\d_]+)*_\d+\b")
"""Ids such as ``attendee_47``, which stand out in a text."""

_TITLED = re.compile(
    r"\b(?:Dr\.?|Mr\.?|Mrs\.?|Ms\.?|Professor|Nurse|Captain|Sergeant|Judge|Inspector|Senator|Colonel|Lieutenant|"
    r"Ambassador) [A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?"
)
_NAMEABLE = re.compile(r"[^\W_][\w .'’-]*")
_EVERYONE = "*"


@frozen
class Reference:
    """A reference to somebody who does not exist.

    Args:
        text: the id or the words.
        source: where it stands, in words.
        is_present: whether the moment counts them among those present.
    """

    text: str
    source: str
    is_present: bool = False


def references_in(timepoint: Timepoint, cast: Cast, asked: Iterable[str] = ()) -> tuple[Reference, ...]:
    """Everybody whom the moment or the user's questions name and who does not exist, each once, in order.

    Looked at are those present, who decides the question, holders of the news, numbered ids and titled names in the
    circumstance, and the ids or names that the user asked about.
    """
    place = timepoint.id
    found = [
        Reference(one, f"those present in {place}", is_present=True) for one in timepoint.present if one not in cast
    ]
    question = timepoint.question
    if question is not None and question.decides and question.decides not in cast:
        found.append(Reference(question.decides, f"who decides in {place}"))
    found += [
        Reference(one, f"those who learn the news of {place}")
        for news in timepoint.news for one in news.holders if one != _EVERYONE and one not in cast
    ]  # fmt: skip
    text = timepoint.circumstance
    found += [
        Reference(one, f"the circumstance of {place}") for one in NUMBERED.findall(text) if one not in cast
    ]
    titled = _TITLED.findall(text)
    unknown = [one for one in asked if one not in cast]
    if titled or unknown:
        names = {one.name for one in cast.members.values()}
        words = {word.casefold() for name in (*names, *cast.order) for word in re.split(r"[\s_]+", name)}
        found += [
            Reference(one, f"the circumstance of {place}")
            for one in titled if not words & {word.casefold() for word in one.split()[1:]}
        ]  # fmt: skip
        found += [Reference(one, "a question of the user's") for one in unknown if one not in names]
    return tuple({one.text: one for one in reversed(found)}.values())[::-1]


def fault_of(text: str) -> str:
    """Why nobody can be called ``text``, in words; empty where somebody can."""
    if not text.strip():
        return "it is empty"
    if len(text) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    if _NAMEABLE.fullmatch(text) is None:
        return "it is neither an id nor a name: letters, digits, spaces and . ' - _ make one"
    return ""
