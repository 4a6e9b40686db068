"""Facts and questions of a drafted template, with slots; what they say is made up and meant to be edited.

Slots: ``{s}`` what it is about, a noun phrase; ``{k}`` the thing that it turns on; ``{A}`` to ``{D}`` people; ``{ask}``
the last question; ``{go}``, ``{other}``, ``{third}`` its courses as bare infinitives, and with ``ing`` as noun phrases.
Every fact names the thing that it is about: two drafts share a pattern at most, never a sentence.
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
{A} promised an answer on {k} by Friday noon.
    the Friday promise on {k} | time | AB | 0 | 1
{A} was told in private that every week of waiting makes it dearer to settle {k}.
    the price of waiting on {k} | money | A | 0 | 1
{B} found two figures on {k} that cannot both be right.
    the two figures on {k} | money | B | 1 | 0
{C} saw the same settled in haste elsewhere, and what was done about {k} there had to be undone.
    the haste elsewhere over {k} | people | C | 1 | 0
{D} knows somebody who has dealt with {k} before and could come tomorrow.
    the help with {k} | people | D | 2 | -1
{B} may sign for no more than half of what goes into {k}.
    the half signature for {k} | money | B | 2 | 0
It has got about that something is to change with {k}.
    the talk about {k} | people | * | 0 | -1
{A} gave a word on {k} that the others do not know of.
    the word given on {k} | people | A | 0 | 2
An expert on {k} was called in two years ago and cost more than the damage.
    the expensive expert on {k} | money | CD | 0 | 2
{C} keeps an old letter that says what was once agreed on {k}.
    the old letter about {k} | people | C | 1 | 2
{D} heard that others have asked for {k} and will not ask twice.
    the others who asked for {k} | time | D | 0 | 1
{B} counted three things about {k} that nobody has looked at since the winter.
    the three unseen things about {k} | time | B | 1 | 0
{A} and {B} once quarrelled over {k} and let a stranger settle it.
    the stranger's verdict on {k} | people | AB | 2 | 1
? Who is told about {s}, and when? | people, risk, time
- tell everyone who is touched by it | an open word
- tell only those who have to act | a word to a few
- keep it among us for now | silence for now
{C} was asked about {k} by somebody from outside and gave no answer.
    the question about {k} | people | C | 0 | 2
{D} saw papers about {k} where none should be.
    the stray papers about {k} | risk | D | 0 | 2
{B} would lose two good people the moment they hear about {k}.
    the two who would leave over {k} | people | B | 2 | 0
Whoever is touched by what becomes of {k} has a right to hear of it within a week.
    the right to hear of {k} | risk | AC | 0 | 2
{A} remembers that an early word about {k} made everything worse within a day.
    the early word about {k} | time | A | 2 | 0
Three people have to know about {k} by tomorrow, or nothing can be prepared.
    the three who must know of {k} | time | BD | 1 | -1
{D} promised a friend to say what becomes of {k}.
    the promise to a friend about {k} | people | D | 0 | 1
{C} can keep {k} quiet for a week and not for longer.
    the quiet week for {k} | time | C | 1 | 0
{B} overheard two strangers who spoke of {k} by name.
    the two strangers and {k} | risk | B | 0 | 2
{A} knows who would misuse it, if what is known about {k} came out today.
    the misuse of {k} | risk | A | 2 | 0
{D} was left out once before when {k} came up, and has not forgotten it.
    the time that {D} was left out over {k} | people | D | 0 | 1
{C} has seen that a half-told story about {k} travels faster than a whole one.
    the half-told story of {k} | risk | C | 0 | 1
? {ask} | risk, money, people
- {go} | {going}
- {other} | {othering}
- {third} | {thirding}
{A} has found what it would take for {k}, and it is there until the end of the month.
    the means for {k} | money | A | 0 | 2
{B} reckons that a mistake over {k} can be paid for once and not twice.
    the single payment for {k} | money | B | 1 | 0
{C} saw something like it tried in a smaller place, and {k} came through.
    the smaller place and {k} | risk | C | 1 | 2
{D} has it in writing that six others depend on how things stand with {k}.
    the six who depend on {k} | people | D | 2 | 0
{B} found a flaw in what is said about {k} that nobody has answered for.
    the flaw about {k} | risk | B | 1 | 0
Those who once let {k} drift in the same way lost it within three years.
    the three years with {k} | risk | AC | 0 | 2
{C} would answer for {k} with a name and a signature.
    the signature for {k} | people | C | 0 | -1
{D} has an offer elsewhere, waits only to hear about {k}, and has until Monday.
    the Monday offer and {k} | people | D | 2 | 0
{A} saw with both eyes what happened with {k} last autumn.
    last autumn and {k} | risk | A | 0 | 1
{B} holds a receipt that tells another story about {k}.
    the receipt for {k} | money | B | 1 | 0
{C} learned that the price of {k} has doubled since it was last spoken of.
    the doubled price of {k} | money | C | 2 | 0
{D} gave years to {k} and was never thanked.
    the thankless years with {k} | people | D | 0 | 2
"""
PRIVATE = (
    "{name} has more to lose by {k} than the others know.",
    "{name} was against the last decision about {k} and was outvoted.",
    "{name} has slept badly for a week over {k}.",
    "{name} owes one of the others a favour that has to do with {k}.",
    "{name} was the first to hear about {k}, and said nothing for two days.",
    "{name} has been through something like it over {k} once and does not speak of it.",
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
