"""A mechanism left out while others read what it keeps: it is there and does nothing of its own.

Most mechanisms can be taken out of a run. Six cannot, because prompts, turns or other mechanisms need their facets:
each has a neutral form instead. The facets start as ever, and

    M3   nobody comes to hold anything: everyone keeps what they knew at the start
    M6   feelings start from each one's baseline and neither drift nor answer to what is said; what pain, fear and
         interventions do to them stays
    M10  the room is unknown, its tension and mood stay as they start, and nobody catches anybody's feelings
    M11  everyone is as likely to take the floor, no being is narrated, and a scene goes on until it is settled or its
         turns are used up
    M13  ties and opinions stay as the template states them
    M14  every hour is as good as any other, and words cost nothing
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from attrs import evolve, frozen

from timepoint_pro.errors import UnknownNameError
from timepoint_pro.formulas.sleep import ThreeProcess
from timepoint_pro.mechanisms.base import Mechanism, Spec, Start
from timepoint_pro.templates import Template

TAKEN_OUT: Mapping[str, str] = {
    "M4": "every turn is admitted as proposed, and nothing is audited",
    "M5": "no levels: everybody's prompt shows as many items as M11 says, whatever that costs",
    "M7": "prompts have no way here, and no edges are drawn",
    "M8": "every body is sound, and sleepiness costs the mind nothing",
    "M9": "only the roster takes part",
    "M12": "nothing can be set otherwise",
    "M15": "nobody expects or fears anything; people keep back what is about themselves before whom they distrust",
    "M16": "people and AI agents talk, everything else is present and silent",
}
"""What being left out means for those that can be taken out of a run."""

NEUTRAL: Mapping[str, str] = {
    "M3": "nobody learns anything more",
    "M6": "feelings start at each one's baseline and do not drift or answer to turns",
    "M10": "no known room, a mood that stays, no contagion",
    "M11": "the floor falls to anyone by chance, nothing is narrated, scenes run on to their limit",
    "M13": "ties and opinions stay as the template states them",
    "M14": "no hour of the day, no cost of words",
}
"""What being left out means for those that others cannot do without."""

ENDLESS = 1_000_000
"""Turns without news after which a scene ends, where it is not to end for that."""


@frozen
class Silent:
    """Stands in for a mechanism: its facets and first events are there, and it is never called again."""

    of: Mechanism

    @property
    def spec(self) -> Spec:
        """That of the mechanism, with no stage in which it is called."""
        return evolve(self.of.spec, stages=())

    def start(self, template: Template, /) -> Start:
        """As the mechanism starts."""
        return self.of.start(template)


def neutral(mechanism: Mechanism) -> Mechanism:
    """The neutral form of one of the mechanisms of ``NEUTRAL``, by its code.

    Raises:
        UnknownNameError: it has none, because it can be taken out.
    """
    from timepoint_pro.mechanisms.m11_dialog import Dialog
    from timepoint_pro.mechanisms.m14_circadian import Circadian
    from timepoint_pro.mechanisms.turn_taking import Weights

    code = mechanism.spec.code
    if code not in NEUTRAL:
        raise UnknownNameError("mechanism with a neutral form", code, NEUTRAL)
    if isinstance(mechanism, Dialog):
        by_chance = Weights(0.0, 0.0, 0.0, 0.0, 0.0)
        return evolve(mechanism, weights=by_chance, narration=0.0, stale_turns=ENDLESS, spent=0.0)
    if isinstance(mechanism, Circadian):
        # Rested and alert at all hours: S stays at its upper end, and the waves have no height.
        rested = ThreeProcess(
            lower=14.2, upper=14.3, waking=14.3, circadian_amplitude=0.0, ultradian_amplitude=0.0, inertia_depth=0.0
        )
        return evolve(mechanism, model=rested, word_cost=0.0, listening_cost=0.0)
    return cast("Mechanism", Silent(mechanism))


def meaning(code: str) -> str:
    """What it means that mechanism ``code`` is left out, in words."""
    return NEUTRAL.get(code) or TAKEN_OUT.get(code) or "it is not in the run, nor is its facet"
