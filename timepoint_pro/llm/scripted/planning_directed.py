"""How a scene is set where the mode says what it stands for: an act of a play, or a place in a cycle.

The same holds of these sentences as of those in ``planning_settings``: they are true before anybody speaks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from timepoint_pro.llm.scripted.planning_settings import closing, unheard
from timepoint_pro.llm.scripted.planning_sight import Sight, said
from timepoint_pro.records.draws import Draws

OPENINGS: Mapping[str, tuple[str, ...]] = {
    "setup": (
        "Nobody is here today without a reason",
        "This is the beginning, and there is an hour to talk",
        "This comes before anything else is done today",
        "So far this is only talk, and nothing is lost yet",
        "This has only just begun",
    ),
    "rising": (
        "There is less time now than there was at first",
        "What could be put off before can hardly be put off now",
        "Word of it has gone round by now",
        "More hangs on this hour than on the hours before it",
        "There are fewer ways out of it now than there were at first",
        "This has gone too far by now to be left alone",
    ),
    "climax": (
        "This is the hour that the rest has led to",
        "Everything else can wait now",
        "Now there is no more time to be careful",
        "After this hour it will not be as it was before",
    ),
    "falling": (
        "The worst of it may be over now",
        "What has been done before this cannot be taken back now",
        "There is much left over today that has to be dealt with",
        "The hour that mattered most is over, and now its bill comes in",
    ),
    "resolution": (
        "Most of it is over now",
        "This is the last of it that has to be settled",
        "There is this one thing left now",
        "This is the end of it, or as near to an end as it has",
    ),
    "begins": (
        "This is where the round begins",
        "A round starts here, and nothing in it has happened yet",
        "This is the first place of the round",
    ),
    "goes_on": (
        "One thing has led to the next, and now it is this one",
        "This is the next place of the round",
        "The next thing is due now",
        "The round has moved on, and this is where it goes on",
        "The round is under way now, and it does not wait for anybody",
        "Some of the round is over by now",
        "Now the round has come as far as this",
    ),
    "again": (
        "It has come round again, and now it is another round",
        "This place of the round is one that has been before",
        "Some of this is as it was the last time, and not all of it",
        "It is the same time again, a round later now",
        "This is where the round begins to look familiar",
        "Here some things stand as the last time left them",
        "What was settled here once may be open again now",
        "The round has come back here, as it had to",
        "If everything in this hour were the same, it could be done by heart",
        "This much comes round by itself, and the rest is open now",
        "This is here once more, and not for the first time",
        "A round has gone by since the last time",
    ),
    "ends": (
        "This is the last place of the last round",
        "After this there is no further round to put it off to",
    ),
}
"""By ``Direction.manner``; each stands as a sentence of its own."""


def directed(
    sight: Sight, manner: str, words: Mapping[str, str], told: Sequence[str], draws: Draws, *, left_open: bool
) -> str:
    """What everyone present witnesses: where the story stands, what was settled last, what it is about now.

    Args:
        sight: the scenario at this place.
        manner: a key of ``OPENINGS``; another one counts as ``goes_on``.
        words: the lead's name and the last settlement, for the lines.
        told: circumstances of other moments on this path, so that no wording comes twice.
        draws: chooses among the wordings.
        left_open: whether an earlier moment has left the same question open.
    """
    opening = unheard(OPENINGS.get(manner, OPENINGS["goes_on"]), words, told, draws)
    settled = f"Before this, {words['settled']}" if words["settled"] else ""
    return said(opening, settled, closing(sight, words, told, draws, left_open=left_open))
