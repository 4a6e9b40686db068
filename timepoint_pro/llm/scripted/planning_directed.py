"""How a scene is set where the mode says what it stands for: an act of a play, or a place in a cycle.

Each sentence holds names only and points at its own moment, so that none of them is kept as something known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from timepoint_pro.llm.scripted.planning_settings import BLANK, unheard
from timepoint_pro.llm.scripted.planning_sight import Sight, named, said
from timepoint_pro.records.draws import Draws

NAMED = 3
"""Names in one sentence at most."""

OPENINGS: Mapping[str, tuple[str, ...]] = {
    "setup": (
        "{names} are all here now, and each of them has come for a reason",
        "It begins quietly, with {names} and an hour to talk",
        "{lead} has asked {others} to come before anything else is done today",
        "So far this is only talk, and {names} take their time over it",
        "{names} have not said yet what brings them",
    ),
    "rising": (
        "{names} have less time now than they had at first",
        "What could be put off before can hardly be put off now, and {names} know it",
        "{names} choose their words with more care now than at first",
        "Word of it has gone round by now, and {names} have heard some of it",
        "{lead} begins this time before everyone has found a place",
        "{names} are here again, and nobody makes small talk now",
    ),
    "climax": (
        "{names} are face to face now, and nobody will leave before it is said",
        "This is the hour that the rest has led to, and {names} are in it together",
        "Everything else can wait; {names} have it out now",
        "{lead} looks from one to the other, and now there is no more time to be careful",
    ),
    "falling": (
        "It is quieter now, and {names} look at what has been done",
        "{names} speak lower now that it cannot be taken back",
        "{lead} has to deal with what is left over today",
        "The loudest hour is over for {names}, and its bill comes in",
    ),
    "resolution": (
        "{names} are together once more, now that most of it is behind them",
        "This is the last that {names} have to settle with one another",
        "The day is nearly done, and {names} have one more thing to see to",
        "{names} have come to the end of it, or as near to an end as it has",
    ),
    "begins": (
        "{names} are here, and the round begins",
        "It starts here for {names}",
        "{lead} has asked {others} to be here when it starts",
    ),
    "goes_on": (
        "{names} have come as far as this together",
        "One thing has led to the next, and {names} are here now",
        "{names} are at the next place of the round now",
        "The next thing is due, and {names} have come for it today",
        "{names} have moved on to where it goes on now",
        "It goes on, and {names} have to go on with it today",
        "{lead} has {others} round for what is due now",
    ),
    "again": (
        "It has come round again, and {names} are here now as they were then",
        "{names} have been here before, and this time they know how it went",
        "{lead} has called {others} to the same place again, and now it is another round",
        "{names} find here what they found the last time, and not all of it",
        "It is the same time again, and {names} are a round older now",
        "{names} have come back to it, as they had to, and this is where it begins to look familiar",
        "Here {names} stood the last time, and some of what they said then still holds",
        "What was settled here once is open again now, and {names} have not forgotten how it was settled",
        "{lead} is the first to be here again, and {others} are not far behind",
        "The round has brought {names} back here, with less patience than before",
        "{names} could do this hour by heart, if everything in it were the same",
        "This much comes round by itself; the rest is up to {names} now",
    ),
    "ends": (
        "{names} are here for the last place of the last round",
        "After this there is no further round to put it off to, and {names} know it",
    ),
}
"""By ``Direction.manner``; each stands as a sentence of its own."""

LED = (
    "The {topic} question is for {lead} to settle, and it is due now",
    "{lead} has to say today what is done about the {topic} question",
    "The {topic} question is open today, and {lead} wants to hear the others first",
    "What becomes of the {topic} question now is up to {lead}",
    "{lead} cannot leave the {topic} question for another day",
    "Now it is the {topic} question, and {lead} has the last word on it",
    "Whoever speaks first on the {topic} question, the choice is with {lead}",
    "Today {lead} will be asked about the {topic} question, and asked for an answer",
)
AGREED = (
    "The {topic} question is open now, and they have to settle it among themselves",
    "Nobody here has the last word on the {topic} question, so it takes all of them",
    "Today it is the {topic} question, and one voice will not be enough",
    "They have put the {topic} question off long enough, and now it is due",
    "All of them have something to say on the {topic} question, and now is the time",
)
WITHOUT = (
    "Nothing has to be decided in this hour, and there is time to talk",
    "No decision is due today, so the talk can go where it likes",
    "It is an hour to go over where things stand",
)


def directed(
    sight: Sight, manner: str, people: Sequence[str], words: Mapping[str, str], told: Sequence[str], draws: Draws
) -> str:
    """What everyone present witnesses: where the story stands, what was settled last, what it is about now.

    Args:
        sight: the scenario at this place.
        manner: a key of ``OPENINGS``; another one counts as ``goes_on``.
        people: ids of those present.
        words: the lead's name and the last settlement, for the lines.
        told: circumstances of other moments on this path, so that no wording comes twice.
        draws: chooses among the wordings.
    """
    lead = sight.decider or people[0]
    others = [one for one in people if one != lead]
    words = {**words, "names": shortened(sight, people), "others": shortened(sight, others) or "everyone"}
    opening = unheard(OPENINGS.get(manner, OPENINGS["goes_on"]), words, told, draws)
    settled = f"The last time, {words['settled']}" if words["settled"] else ""
    return said(opening, settled, _matter(sight, words, told, draws))


def shortened(sight: Sight, people: Sequence[str]) -> str:
    """Names in a row; of more than ``NAMED`` only the first two, and the others."""
    names = [sight.name(one) for one in people]
    return named(names) if len(names) <= NAMED else f"{names[0]}, {names[1]} and the others"


def _matter(sight: Sight, words: Mapping[str, str], told: Sequence[str], draws: Draws) -> str:
    if sight.question is None:
        return unheard(WITHOUT, words, told, draws)
    topic = sight.topic().removeprefix("the ")
    line = unheard(LED if sight.decider else AGREED, {**words, "topic": topic or BLANK}, told, draws)
    return line.replace(f"{BLANK} question", "question")
