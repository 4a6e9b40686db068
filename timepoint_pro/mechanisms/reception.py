"""What a turn is to those who hear it: whom it answers, whose side it takes, what is new in it."""

from __future__ import annotations

import math

from timepoint_pro.mechanisms.appraisal import Reaction
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.speech import sign_of
from timepoint_pro.records.knowledge import item_id
from timepoint_pro.records.timepoint import Timepoint
from timepoint_pro.records.turn import Floor, Turn

REACTION_OF_ACT: dict[str, Reaction] = {
    "support": "upheld", "concede": "upheld", "answer": "upheld", "oppose": "opposed", "shift": "dismissed",
}  # fmt: skip


def answered(floor: Floor, turn: Turn) -> Turn | None:
    """The earlier turn that ``turn`` reacts to: the one it replies to, else the only addressee's last one."""
    if not turn.reply_to and len(turn.addressed_to) != 1:
        return None
    for earlier in reversed(floor.turns):
        if earlier.speaker == turn.speaker:
            continue
        if earlier.id == turn.reply_to or (not turn.reply_to and earlier.speaker == turn.addressed_to[0]):
            return earlier
    return None


def reaction_of(turn: Turn) -> Reaction:
    """What ``turn`` does to the turn that it reacts to; a deflection dismisses whatever the act."""
    if turn.tactic == "deflection":
        return "dismissed"
    return REACTION_OF_ACT.get(turn.act, "")


def side_of(turn: Turn, timepoint: Timepoint) -> tuple[str, int]:
    """(``"question/option"``, +1 for or -1 against); an empty option and 0 where the turn takes no side."""
    sign = sign_of(turn)
    if not sign or timepoint.question is None:
        return "", 0
    return f"{timepoint.question.id}/{turn.option}", sign


def told_by(turn: Turn) -> tuple[str, ...]:
    """Ids of the items that ``turn`` tells, its new statements included."""
    if not turn.said_new:
        return turn.shared
    return (*turn.shared, *[item_id(statement) for statement in turn.said_new])


def news_in(knowledge: Knowledge, items: tuple[str, ...], speaker: str, listener: str, at: float) -> float:
    """Weight, in [0, 1), of what ``listener`` first learned from ``speaker`` at story time ``at``.

    1 - exp(-sum of importance) over those of ``items`` that the listener held nothing of before.
    """
    if not items:
        return 0.0
    held, total = knowledge.holds(listener), 0.0
    for one in items:
        holding = held.get(one)
        if holding is None or len(holding.exposures) != 1:
            continue
        exposure = knowledge.exposure(holding.exposures[0])
        if exposure.source == speaker and exposure.at == at:
            total += knowledge.item(one).importance
    return -math.expm1(-total)
