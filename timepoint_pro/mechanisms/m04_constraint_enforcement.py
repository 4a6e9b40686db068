"""M4 constraint enforcement: may this be said, and did the moment hold together?

Inputs: the proposed turn; what its speaker holds and what is common ground (M3); all that the moment moved.
Units: story time in hours; speaking time in seconds; similarity and probability in [0, 1].

VERIFY admits or refuses a turn by these rules, in this order:
    presence      speaker and addressees are present
    information   the speaker holds every item that the turn lists; its words neither repeat the content of an item
                  nor use a handle that the speaker does not hold. Held ones that they tell unlisted are added to the
                  turn (``TurnAdmitted.also_shared``), since naming is sharing
    repetition    no earlier turn that somebody present has heard shares 70 % of its word-3-grams (Jaccard)
An admitted turn lasts its words at 150 a minute plus 2 s. A refused one is asked again ``attempts`` times, then given
up by a recorded violation.

CHECK audits the moment (``audit``). Hard: information (a time-respecting path from a root to every knower), energy,
place, schedule (a Simple Temporal Network without negative cycle: Dechter, Meiri, Pearl 1991), acyclic (loops that a
cyclical mode names are licensed). Soft: flow, and inertia (what is left of a change of feeling after its impulses,
p < alpha under the entity's own Ornstein-Uhlenbeck process: Oravecz 2011). ``Violations`` counts tests and flags, so
that the rate stands beside the expected one.

Errors: none; what is wrong becomes a ``ViolationFound`` event.

Example: ``ConstraintEnforcement(attempts=1)`` asks a refused turn once more only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from attrs import field, frozen, validators
from immutables import Map

from timepoint_pro.mechanisms import coherence
from timepoint_pro.mechanisms.admission import judge
from timepoint_pro.mechanisms.agencies import Agencies
from timepoint_pro.mechanisms.base import Context, Spec, Stage, Start
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.phrases import Phrases
from timepoint_pro.mechanisms.rhythm import Rhythm
from timepoint_pro.mechanisms.speech import Speech
from timepoint_pro.mechanisms.violations import InertiaTested, Violation, ViolationFound, Violations, Watch
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import Timeline
from timepoint_pro.records.turn import Floor, Turn, TurnAdmitted, TurnRefused
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

__all__ = ["ConstraintEnforcement", "Violation", "ViolationFound", "Violations", "seconds_of"]

WORDS_PER_MINUTE = 150.0
PAUSE_SECONDS = 2.0


def seconds_of(content: str) -> float:
    """How long saying ``content`` takes, in seconds of story time."""
    return round(len(content.split()) * 60.0 / WORDS_PER_MINUTE + PAUSE_SECONDS, 6)


@frozen
class ConstraintEnforcement:
    """M4.

    Args:
        attempts: how often a refused turn is asked again before it is given up.
        repetition: Jaccard similarity to an earlier turn from which on a turn repeats it, in (0, 1].
        alpha: chance of a false alarm of the inertia test, a step, in (0, 1).
    """

    spec: ClassVar[Spec] = Spec(
        code="M4",
        name="constraint enforcement",
        stages=(Stage.VERIFY, Stage.CHECK),
        reads=(
            Cast, Timeline, Floor, Knowledge, Phrases, Speech, Minds, Rhythm, Watch, Violations,
            Agencies,
        ),
        emits=(TurnAdmitted, TurnRefused, ViolationFound, InertiaTested),
    )

    attempts: int = field(default=3, validator=validators.ge(0))
    repetition: float = field(default=0.7, validator=[validators.gt(0.0), validators.le(1.0)])
    alpha: float = field(default=1e-4, validator=[validators.gt(0.0), validators.lt(1.0)])

    def start(self, template: Template, /) -> Start:
        """No violation yet; the channels that the roster declares."""
        channels = {
            one.id: frozenset(channel.casefold() for channel in one.influence_channels)
            for one in template.roster.values()
            if one.influence_channels
        }
        return Start(facets=(Violations(), Watch(channels=Map(channels))))

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        """The judgement of the proposed turn, or the audit of the moment."""
        if ctx.stage is Stage.CHECK:
            return self._audit(world)
        turn = world[Floor].proposed
        return () if turn is None else self._verify(world, turn)

    def _verify(self, world: World, turn: Turn) -> Sequence[Event]:
        floor = world[Floor]
        causes = (floor.proposed_entry,)
        verdict = judge(world, turn, self.repetition)
        if not verdict.rule:
            return (TurnAdmitted(turn.id, seconds_of(turn.content), verdict.also_shared, causes=causes),)
        final = floor.attempt >= self.attempts
        refused = TurnRefused(turn.id, verdict.rule, verdict.reason, final, causes=causes)
        if not final:
            return (refused,)
        violation = Violation(
            verdict.rule, verdict.severity, turn.speaker, world[Timeline].current.id,
            f"turn {turn.id} of {turn.speaker} was given up after {floor.attempt + 1} attempts: {verdict.reason}",
            causes,
        )  # fmt: skip
        return (refused, ViolationFound(violation, causes=causes))

    def _audit(self, world: World) -> Sequence[Event]:
        found = [
            *coherence.information(world), *coherence.energy(world), *coherence.place(world), *coherence.timing(world),
            *coherence.acyclic(world), *coherence.flow(world),
        ]  # fmt: skip
        strange, tested = coherence.inertia(world, self.alpha)
        causes = tuple(cause for cause in (world[Knowledge].opened,) if cause)
        events: list[Event] = [ViolationFound(violation, causes=causes) for violation in (*found, *strange)]
        if tested:
            events.append(InertiaTested(tested, len(strange), causes=causes))
        return events
