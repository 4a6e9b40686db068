"""Rumour fatigue: who has heard a thing too often stops passing it on, and trusts those who still do a little less.

Question: when does a rumour die among people who go on talking?

Inputs: the turn just said and what it tells (M3's items), who is present.
Units: fatigue in [0, 1]; hearings are counted; trust evidence as M13 counts it (one good or bad experience is 1).

Formulas
    fatigue     1 - 2^(-(hearings - 1)/patience): nothing at first hearing, half after ``patience`` more [cal; repeated
                exposure turns from pleasant to tedious: Berlyne 1970]
    trust       a teller's retelling is bad evidence of weight*fatigue for each listener
    passing on  at fatigue .5 the listener keeps the item back (a "stifler": Daley, Kendall 1965), unless everybody
                present holds it anyway

Stage: SETTLE. Events: ``RumourHeard`` (its own), ``TiesMoved`` (M13's facet folds it), ``ProspectsFormed`` (M15's).
Facet: ``Rumours``. Errors: ``ValueError`` for a setting out of range.

Run it::

    python examples/rumour_fatigue.py

or pass ``RumourFatigue()`` in ``Simulation(mechanisms=[...])``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar, Self

from attrs import evolve, field, frozen, validators
from immutables import Map

from timepoint_pro.mechanisms.agencies import Agencies, takes_turns
from timepoint_pro.mechanisms.base import Context, Spec, Stage, Start
from timepoint_pro.mechanisms.prospects import Prospects, ProspectsFormed
from timepoint_pro.mechanisms.ties import TiesMoved
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.timepoint import Timeline
from timepoint_pro.records.turn import Floor
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

TIRED = 0.5


@frozen
class RumourHeard(Event):
    """Listeners heard an item once more.

    Args:
        at: story time in hours.
        item: id.
        teller: who told it.
        listeners: who heard it.
    """

    at: float
    item: str
    teller: str
    listeners: tuple[str, ...]


@frozen
class Rumours:
    """Who has heard what how often.

    Args:
        patience: hearings beyond the first after which fatigue is half.
        hearings: by (listener, item id).
    """

    folds: ClassVar[tuple[type[Event], ...]] = (RumourHeard,)

    patience: float = 2.0
    hearings: Map[tuple[str, str], int] = Map()

    def fold(self, entry: Entry, /) -> Self:
        event = entry.event
        if not isinstance(event, RumourHeard):
            return self
        more = {(one, event.item): self.hearings.get((one, event.item), 0) + 1 for one in event.listeners}
        return evolve(self, hearings=self.hearings.update(more))

    def fatigue(self, listener: str, item: str, more: int = 0) -> float:
        """How tired ``listener`` is of ``item``, in [0, 1); after ``more`` hearings than there were."""
        heard = self.hearings.get((listener, item), 0) + more
        return 1.0 - math.exp2(-max(0, heard - 1) / self.patience)

    def tired_of(self, listener: str) -> tuple[str, ...]:
        """Ids of the items that ``listener`` no longer passes on, sorted."""
        mine = sorted(item for one, item in self.hearings if one == listener)
        return tuple(item for item in mine if self.fatigue(listener, item) >= TIRED)


@frozen
class RumourFatigue:
    """Rumour fatigue.

    Args:
        patience: hearings beyond the first after which fatigue is half, above 0.
        weight: bad evidence, in experiences, that a retelling is to somebody wholly tired of it, >= 0.
    """

    spec: ClassVar[Spec] = Spec(
        code="RUMOUR",
        name="rumour fatigue",
        stages=(Stage.SETTLE,),
        reads=(Rumours, Floor, Timeline, Prospects, Agencies, Cast),
        emits=(RumourHeard, TiesMoved, ProspectsFormed),
    )

    patience: float = field(default=2.0, validator=validators.gt(0.0))
    weight: float = field(default=0.5, validator=validators.ge(0.0))

    def start(self, template: Template, /) -> Start:
        """Nobody has heard anything yet."""
        return Start(facets=(Rumours(self.patience),))

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        """What hearing the turn did to those who listened."""
        floor, rumours, present = world[Floor], world[Rumours], world[Timeline].current.present
        turn = floor.last
        if turn is None:
            return ()
        listeners = tuple(one for one in present if one != turn.speaker and takes_turns(world, one))
        causes = (floor.last_entry,)
        events: list[Event] = []
        moves = []
        for item in dict.fromkeys(turn.shared):
            events.append(RumourHeard(floor.at, item, turn.speaker, listeners, causes=causes))
            for one in listeners:
                bad = round(self.weight * rumours.fatigue(one, item, more=1), 6)
                if bad:
                    moves.append((one, turn.speaker, 0.0, bad, 0.0, 0))
        if moves:
            events.append(TiesMoved(floor.at, tuple(moves), causes=causes))
        return (*events, *_kept_back(world, present, floor.at, causes))


def _kept_back(world: World, present: Sequence[str], at: float, causes: tuple[str, ...]) -> Sequence[Event]:
    """What those present are tired of by now joins what they keep back in this moment."""
    if Prospects not in world:
        return ()
    formed = []
    for one in present:
        mind = world[Prospects].outlook(one).formed
        tired = [item for item in world[Rumours].tired_of(one) if item not in mind.withheld]
        if tired and mind.entity:
            formed.append(evolve(mind, withheld=(*mind.withheld, *tired)))
    return (ProspectsFormed(at, tuple(formed), causes=causes),) if formed else ()


def main() -> None:
    """Play a template with and without it and say what it did."""
    from timepoint_pro import Simulation

    plain = Simulation.from_template("castaway_colony_branching", seed=7, store=":memory:").run()
    own = [RumourFatigue(patience=1.0)]
    run = Simulation.from_template("castaway_colony_branching", seed=7, store=":memory:", mechanisms=own).run()
    rumours = run.world()[Rumours]
    weary = [(one.name, len(rumours.tired_of(one.id))) for one in run.entities if rumours.tired_of(one.id)]
    print("tired of:", ", ".join(f"{name} {count} items" for name, count in weary) or "nothing")
    for label, one in (("without", plain), ("with", run)):
        trust = [tie.trust for tie in one.relationships]
        kept = sum(bool(record["prompt"].count("you hold back")) for record in one.training_examples())
        print(f"{label}: mean trust {sum(trust) / len(trust):+.3f}; prompts in which something is held back: {kept}")


if __name__ == "__main__":
    main()
