"""Facts and questions of a drafted template, with slots; what they say is made up and meant to be edited.

Slots: ``{s}`` what it is about, a noun phrase; ``{A}`` to ``{D}`` people; ``{go}`` the course as a bare infinitive,
``{going}`` as a noun phrase; ``{ask}`` the last question.
"""

from __future__ import annotations

from functools import cache

from attrs import frozen

# A question | its topics; courses, label and noun; then facts: the sentence, and below it handle | topic |
# letters of its holders (* for all) | number of the course that it speaks for | and against.
_QUESTIONS = """
? How do we go about {s}? | time, money, people
- settle it today with what we have | a quick decision
- look into it for a few days first | a closer look
- bring in somebody from outside | an outside view
An answer about {s} was promised by Friday noon.
    the Friday promise | time | AB | 0 | 1
{A} was told in private that waiting costs a tenth more every week.
    the weekly tenth | money | A | 0 | 1
{B} found two figures in the file on {s} that cannot both be right.
    the two figures | money | B | 1 | 0
{C} heard the same question settled elsewhere last year, and it had to be undone.
    last year's case | people | C | 1 | 0
{D} knows somebody who has done this before and could come tomorrow.
    the help from outside | people | D | 2 | -1
{B} may sign for no more than half of what it costs.
    the half signature | money | B | 2 | 0
Everyone in the house has heard that something is about to change.
    the talk in the house | people | * | 0 | -1
{A} gave a word on {s} that the others do not know of.
    the word given | people | A | 0 | 2
An expert from outside was called in two years ago and cost more than the damage.
    the expensive expert | money | CD | 0 | 2
? Who is told about {s}, and when? | people, risk, time
- tell everyone who is touched by it | an open word
- tell only those who have to act | a word to a few
- keep it in this room for now | silence for now
{C} has been asked about {s} by somebody from outside and gave no answer.
    the question from outside | people | C | 0 | 2
{D} saw a copy of the file where no copy should be.
    the stray copy | risk | D | 0 | 2
{B} would lose two good people the moment they hear of it.
    the two who would leave | people | B | 2 | 0
The rules ask that whoever is touched be told within a week.
    the one-week rule | risk | AC | 0 | 2
{A} remembers that an early word once made everything worse within a day.
    the early word | time | A | 2 | 0
Three people have to know by tomorrow, or nothing can be prepared.
    the three who must know | time | BD | 1 | -1
{D} has promised a friend to say what comes of it.
    the promise to a friend | people | D | 0 | 1
{C} can keep the matter quiet for a week and not for longer.
    the quiet week | time | C | 1 | 0
? {ask} | risk, money, people
- {go} | {going}
- try it in a small way first | a small trial
- leave things as they are | things as they are
{A} has found the means, and they are there until the end of the month.
    the means until month's end | money | A | 0 | 2
{B} counts that it can be paid for once and not twice.
    the single payment | money | B | 1 | 0
{C} saw it tried in a smaller place, and it held.
    the trial that held | risk | C | 1 | 2
{D} has it in writing that six families depend on things as they are.
    the six families | people | D | 2 | 0
{B} found a crack in the plan that nobody has answered for.
    the crack in the plan | risk | B | 1 | 0
Those who did nothing in the same place lost everything within three years.
    the three years | risk | AC | 0 | 2
{C} would stand by {s} with a name and a signature.
    the signature on offer | people | C | 0 | -1
{D} was offered a post elsewhere and has until Monday to answer.
    the Monday offer | people | D | 2 | 0
"""
PRIVATE = (
    "{name} has more to lose by this than the others know.",
    "{name} was against the last decision of this kind and was outvoted.",
    "{name} has slept badly for a week over this.",
    "{name} owes one of the others a favour.",
    "{name} was the first to hear of it, and said nothing for two days.",
    "{name} has been through something like it once and does not speak of it.",
)
"""What somebody knows of themselves; one for each person."""


@frozen
class FactFrame:
    """A fact with slots. ``supports`` and ``opposes`` are numbers of courses, -1 for none."""

    statement: str
    handle: str
    topic: str
    holders: str
    supports: int
    opposes: int


@frozen
class QuestionFrame:
    """A question with slots, its courses as pairs of label and noun, and the facts that bear on it."""

    text: str
    topics: tuple[str, ...]
    courses: tuple[tuple[str, str], ...]
    facts: tuple[FactFrame, ...]


@cache
def questions() -> tuple[QuestionFrame, ...]:
    """The questions in the order in which they come up."""
    return tuple(_question(block.strip().splitlines()) for block in _QUESTIONS.split("\n? ") if block.strip())


def _question(lines: list[str]) -> QuestionFrame:
    text, _, topics = lines[0].partition(" | ")
    courses = [line[2:].partition(" | ") for line in lines if line.startswith("- ")]
    rest = [line for line in lines[1:] if not line.startswith("- ")]
    facts = []
    for statement, below in zip(rest[::2], rest[1::2], strict=True):
        handle, topic, holders, supports, opposes = below.strip().split(" | ")
        facts.append(FactFrame(statement, handle, topic, holders, int(supports), int(opposes)))
    pairs = tuple((label, noun) for label, _, noun in courses)
    return QuestionFrame(text.removeprefix("? "), tuple(topics.split(", ")), pairs, tuple(facts))
