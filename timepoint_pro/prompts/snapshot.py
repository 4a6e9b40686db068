"""The context of a turn as compact plain data, for the database: what the log says elsewhere stands here as ids.

People, items, the timepoint and earlier turns are named by id; whoever reads a snapshot looks them up in the
run's tables. Only what is true of this one moment is written out.
"""

from __future__ import annotations

from typing import Any

from timepoint_pro.prompts.dialog import TurnContext


def snapshot(context: TurnContext) -> dict[str, Any]:
    """``context`` as compact plain data."""
    feeling, setting, matter, inner = context.feeling, context.setting, context.matter, context.inner
    return {
        "feeling": [
            feeling.valence, feeling.arousal, feeling.energy, feeling.capacity,
            feeling.presented_valence, feeling.presented_arousal,
        ],
        "timestamp": setting.timestamp,
        "hour": setting.hour,
        "daypart": setting.daypart,
        "circadian_penalty": setting.circadian_penalty,
        "place": [setting.location, setting.lighting, setting.confinement],
        "atmosphere": [setting.tension, setting.group_valence, setting.group_arousal, setting.group_energy],
        "matter": None if matter is None else [
            matter.id,
            [[one.id, one.lean, one.proposed_by, list(one.supporters), list(one.opposers)] for one in matter.options],
        ],
        "knows": [
            [one.id, one.how, one.source, one.timepoint_id, one.confidence, int(one.common), one.exposure]
            for one in context.knows
        ],
        "ties": [
            [one.other, one.kind, one.trust, one.affinity, one.power, one.interactions] for one in context.relations
        ],
        "history": list(context.history),
        "arc": [[one.tactic, one.used, one.taken_up, one.dismissed] for one in context.arc],
        "recent": [one.turn_id for one in context.recent],
        "questions": [one.turn_id for one in context.questions],
        "answering": context.answering,
        "position": [context.position, context.limit, context.words, int(context.closing)],
        "inner": [list(inner.withheld), list(inner.suppressed), list(inner.fears), inner.rumination, inner.body],
        "attempt": context.attempt,
    }  # fmt: skip
