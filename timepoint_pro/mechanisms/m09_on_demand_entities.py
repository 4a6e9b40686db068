"""M9 on-demand entities: who else has to exist, because somebody counted on them?

Inputs: the template's ``entities.count`` and ``types``; the moment as it was planned; what the user asked
    (``run.ask_about``).

At the start: as many as the roster lacks for ``entities.count`` are made up from the scenario: a setting is read from
    its words, which gives callings and wants; names, temperament and age are drawn. No model is asked, and a thousand
    take a fraction of a second.
At PLAN, before M5: a reference to somebody who does not exist is looked for among those present, in who decides, in the
    holders of news, in the circumstance (numbered ids such as ``attendee_47``, titles with a name) and in the user's
    questions. A model (ENTITY_POPULATION) describes whom it means, in keeping with the scenario, or says that the
    scenario cannot hold them. A refused reference is recorded as a violation of rule ``existence``; a refused one among
    those present is taken off the list.

Events: ``EntityIntroduced`` with reason and causes, ``ReferenceRefused``, ``PresenceSet``, ``ViolationFound``.
Facet: ``Origins``.

Refused without asking a model: what can be no id or name, and whatever comes after ``most`` people on demand.

Errors: ``ModelError`` when no model gives a usable description.

Example: ``OnDemandEntities(most=0)`` in ``Simulation(mechanisms=[...])`` refuses every reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from attrs import evolve, field, frozen, validators

from timepoint_pro.mechanisms.base import Context, Spec, Stage, Start
from timepoint_pro.mechanisms.newcomers import Setting, free_id, rest_of
from timepoint_pro.mechanisms.references import NUMBERED, Reference, fault_of, references_in
from timepoint_pro.mechanisms.violations import Violation, ViolationFound
from timepoint_pro.prompts.base import Sampling
from timepoint_pro.prompts.population import DescribeEntity
from timepoint_pro.records.entity import Cast, EntityAsked, EntityIntroduced
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.timepoint import PresenceSet, Timeline, TimepointOpened
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

__all__ = ["OnDemandEntities", "Origins", "ReferenceRefused"]

ASKED = Sampling(temperature=0.8, max_tokens=300)
CODE = "M9"


@frozen
class ReferenceRefused(Event):
    """Somebody was referred to who does not exist and cannot.

    Args:
        reference: the id or the words.
        source: where they stood.
        reason: why there can be nobody.
    """

    reference: str
    source: str
    reason: str


@frozen
class Origins:
    """M9's facet.

    Args:
        setting: what decides who fits in.
        asked: whom the user asked about since the last moment.
        refused: references that were refused, as written.
        demanded: how many came into being on demand.
        opening: log entry by which the present moment opened.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (TimepointOpened, EntityAsked, EntityIntroduced, ReferenceRefused)

    setting: Setting
    asked: tuple[str, ...] = ()
    refused: frozenset[str] = frozenset()
    demanded: int = 0
    opening: str = ""

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case EntityIntroduced():
                is_demanded = entry.mechanism == CODE and bool(entry.timepoint_id)
                return evolve(self, demanded=self.demanded + 1) if is_demanded else self
            case TimepointOpened():
                return evolve(self, asked=(), opening=entry.id)
            case EntityAsked(entity=name):
                return evolve(self, asked=(*self.asked, name))
            case ReferenceRefused(reference=reference):
                return evolve(self, refused=self.refused | {reference})
        return self


@frozen
class OnDemandEntities:
    """M9.

    Args:
        most: people who may come into being on demand in a run.
    """

    spec: ClassVar[Spec] = Spec(
        code=CODE,
        name="on-demand entities",
        stages=(Stage.PLAN,),
        reads=(Origins, Cast, Timeline),
        emits=(EntityIntroduced, ReferenceRefused, PresenceSet, ViolationFound),
        order=-1,
    )

    most: int = field(default=50, validator=[validators.ge(0), validators.le(1000)])

    def start(self, template: Template, /) -> Start:
        """Those whom the roster lacks."""
        lacking = f"{template.people} take part and the roster describes {len(template.roster)}"
        rest = tuple(EntityIntroduced(one, reason=f"count: {lacking}") for one in rest_of(template))
        return Start(facets=(Origins(Setting.of(template)),), events=rest)

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        """Whoever the moment refers to and who does not exist, brought into being or refused.

        Raises:
            ModelError: no model gave a usable description.
        """
        origins, cast, timepoint = world[Origins], world[Cast], world[Timeline].current
        events: list[Event] = []
        refused: set[str] = set()
        demanded = 0
        names: set[str] = set()
        ids = set(cast.members) if (found := references_in(timepoint, cast, origins.asked)) else set()
        for reference in found:
            if reference.text in origins.refused:
                refused.add(reference.text)
                continue
            names = names or {one.name.casefold() for one in cast.members.values()}
            reason = fault_of(reference.text)
            if not reason and origins.demanded + demanded >= self.most:
                reason = f"{self.most} people have come into being on demand, which is the most"
            introduced = None
            if not reason:
                introduced, reason = await self._describe(world, ctx, reference, names, ids)
            if introduced is not None:
                events.append(introduced)
                demanded += 1
                continue
            refused.add(reference.text)
            events += _refusal(origins, timepoint.id, reference, reason)
        if refused.intersection(timepoint.present):
            left = tuple(one for one in timepoint.present if one not in refused)
            events.append(PresenceSet(timepoint.id, left, causes=(origins.opening,)))
        return events

    async def _describe(
        self, world: World, ctx: Context, reference: Reference, names: set[str], ids: set[str]
    ) -> tuple[EntityIntroduced | None, str]:
        """Who is meant, or why nobody can be; ``names`` and ``ids`` grow."""
        origins, cast = world[Origins], world[Cast]
        people = (cast[one] for one in cast.order)
        context = origins.setting.context(reference.text, reference.source, people, frozenset(names))
        reply = await ctx.ask(DescribeEntity(ASKED, context), reference.text)
        newcomer = reply.answer
        if not newcomer.exists:
            return None, newcomer.reason
        is_id = reference.is_present or " " not in reference.text or NUMBERED.fullmatch(reference.text) is not None
        entity_id = reference.text if is_id else free_id(newcomer.name, ids)
        entity = origins.setting.entity(newcomer, entity_id, ctx.rng(reference.text, "temperament"))
        names.add(entity.name.casefold())
        ids.add(entity_id)
        reason = f"referred to as {reference.text!r} in {reference.source}: {newcomer.reason}"
        return EntityIntroduced(entity, reason=reason, causes=(origins.opening,)), ""


def _refusal(origins: Origins, timepoint_id: str, reference: Reference, reason: str) -> tuple[Event, Event]:
    causes = (origins.opening,)
    explanation = f"{reference.text!r} in {reference.source} names nobody, and nobody was made up for it: {reason}"
    return (
        ReferenceRefused(reference.text, reference.source, reason, causes=causes),
        ViolationFound(Violation("existence", "soft", "", timepoint_id, explanation, causes), causes=causes),
    )
