"""When a being without words makes itself felt between the turns of those who talk.

The share of narrated turns grows with the presence of such beings (M16), up to ``MOST_SHARE``. Nothing is narrated
twice in a row, nor between a question and its answer; each of them is, ``MOST_EACH`` times a scene at most.
"""

from __future__ import annotations

from collections.abc import Sequence

from timepoint_pro.mechanisms.agencies import Agencies
from timepoint_pro.mechanisms.base import Context
from timepoint_pro.mechanisms.speech import Speech
from timepoint_pro.records.turn import Floor, Turn
from timepoint_pro.records.world import World

MOST_EACH, MOST_SHARE = 2, 0.35


def narrated(world: World, ctx: Context, able: Sequence[str], share: float) -> str:
    """The being whose doing is told now; empty where somebody speaks.

    Args:
        world: before the turn.
        ctx: one number is drawn where a being could be told of, and one more where it is.
        able: those who talk.
        share: chance for each being, times its presence.
    """
    presence = world[Agencies].presence if Agencies in world else ()
    floor = world[Floor]
    last = floor.turns[-1] if floor.turns else None
    if not presence or last is None or last.speaker not in able or _waits_for_answer(last):
        return ""
    counts, passed = dict(floor.spoken_by), world[Speech].passed
    rested = [(one, felt) for one, felt in presence if counts.get(one, 0) < MOST_EACH and one != passed]
    draws = ctx.rng("narration")
    if draws.uniform() >= min(MOST_SHARE, share * sum(felt for _, felt in rested)):
        return ""
    return draws.weighted([one for one, _ in rested], [felt for _, felt in rested])


def _waits_for_answer(turn: Turn) -> bool:
    return turn.act == "question" or (len(turn.addressed_to) == 1 and "?" in turn.content)


def stale_turns(floor: Floor, speech: Speech, able: Sequence[str]) -> int:
    """Turns since something new was said; what was narrated does not count."""
    if not speech.stale:
        return 0
    return speech.stale - sum(turn.speaker not in able for turn in floor.turns[-speech.stale :])
