"""M12 counterfactual branching: what if one thing had been otherwise at the start of a moment?

Inputs: the interventions planned for the moment, by ``run.fork`` or by branching mode; the world before it.
Units: valence in [-1, 1], arousal in [0, 1], energy in [0, 100]; trust, affinity and power in [-1, 1].

An intervention sets one thing, as a do-operator does (Pearl 2009): what led to it before no longer counts.
    decision      somebody has decided. All present witness it; where the moment was to settle that question, only the
                  option chosen is left
    state         how somebody feels and how rested they are
    exposure      somebody comes to hold a fact or a new statement, by a message
    presence      somebody is there, or is not; the moment is planned so
    relationship  how somebody stands to somebody; evidence so far no longer counts

Stage: PLAN, before all others, so that every mechanism sees the moment as it was set. What is set becomes events of the
    facets' own types, emitted by M12: ``ItemStated`` and ``KnowledgeGained`` (M3), ``AffectMoved`` (M6), ``Rested``
    (M14), ``BondSet`` (M13). Feelings and energy are set as of the moment's start, so no time is left to undo them.
    Energy is spent down to the value; above what the hour allows it rises by sleep, as far as sleep helps.

Random numbers hang on the moment's key, which branches share: what an intervention does not reach comes out the same.
    ``evaluation.counterfactual.causal_cone`` says what it reaches.

Errors: ``UsageError`` and ``UnknownNameError`` when an intervention is made or resolved; none while a moment is played.

Example: ``run.fork(at="T3", intervention=Intervention.decision("Webb", "delay the launch"))``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from attrs import evolve, frozen
from immutables import Map

from timepoint_pro.formulas import sleep
from timepoint_pro.mechanisms.base import Context, Spec, Stage, Start
from timepoint_pro.mechanisms.interventions import EVERYONE, Intervention
from timepoint_pro.mechanisms.knowledge import ItemStated, Knowledge, KnowledgeGained
from timepoint_pro.mechanisms.learning import Learning
from timepoint_pro.mechanisms.m03_knowledge_provenance import DEAF
from timepoint_pro.mechanisms.minds import AffectMoved, Minds
from timepoint_pro.mechanisms.rhythm import Rested, Rhythm, Vigil
from timepoint_pro.mechanisms.ties import BondSet, Ties
from timepoint_pro.records.entity import Bond, Cast
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.timepoint import News, Timeline, TimepointOpened
from timepoint_pro.records.units import arousal_latent
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

__all__ = ["CounterfactualBranching", "Intervention", "InterventionSet", "Interventions"]

REASON = "intervention"
MOST_SLEEP = 14.3
"""S of the three-process model of somebody who has slept their fill (Ingre 2014)."""

CLOSE = 1e-4


@frozen
class InterventionSet(Event):
    """A moment begins otherwise than it would have.

    Args:
        timepoint_id: the moment.
        branch: the branch that it begins.
        parent: the path from which that parts.
        label: the branch in a few words.
        interventions: what is set, resolved.
        is_main: whether the main path goes on with this branch, since the trunk ends here.
    """

    timepoint_id: str
    branch: str
    parent: str
    label: str
    interventions: tuple[Intervention, ...]
    is_main: bool = False


@frozen
class Interventions:
    """M12's facet.

    Args:
        waiting: what is planned, by timepoint id.
        made: what was set on this path, oldest first.
        opening: log entry by which the present moment opened.
        planned_by: log entry of each plan, by timepoint id.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (InterventionSet, TimepointOpened)

    waiting: Map[str, InterventionSet] = Map()
    made: tuple[InterventionSet, ...] = ()
    opening: str = ""
    planned_by: Map[str, str] = Map()

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case InterventionSet(timepoint_id=timepoint_id) as planned:
                return evolve(
                    self, waiting=self.waiting.set(timepoint_id, planned),
                    planned_by=self.planned_by.set(timepoint_id, entry.id),
                )  # fmt: skip
            case TimepointOpened(timepoint=timepoint):
                mine = self.waiting.get(timepoint.id)
                made = self.made if mine is None else (*self.made, mine)
                return evolve(self, opening=entry.id, made=made)
        return self

    def of(self, timepoint_id: str) -> tuple[Intervention, ...]:
        """What is set at the start of that moment."""
        planned = self.waiting.get(timepoint_id)
        return planned.interventions if planned is not None else ()

    def decision(self, timepoint_id: str, question: str) -> Intervention | None:
        """The decision of that question that is set at the start of that moment; None where none is."""
        made = (one for one in self.of(timepoint_id) if one.kind == "decision" and one.question == question)
        return next(made, None) if question else None


@frozen
class CounterfactualBranching:
    """M12. It has no settings: an intervention says all."""

    spec: ClassVar[Spec] = Spec(
        code="M12",
        name="counterfactual branching",
        stages=(Stage.PLAN,),
        reads=(Interventions, Timeline, Cast, Knowledge, Minds, Rhythm, Ties),
        emits=(InterventionSet, ItemStated, KnowledgeGained, AffectMoved, Rested, BondSet),
        order=-2,
    )

    def start(self, template: Template, /) -> Start:
        """Nothing is set otherwise."""
        return Start(facets=(Interventions(),))

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        """What was planned for this moment, as events of those whom it concerns."""
        facet, timepoint = world[Interventions], world[Timeline].current
        interventions = facet.of(timepoint.id)
        if not interventions:
            return ()
        causes = (facet.planned_by[timepoint.id], facet.opening)
        return (
            *_learned(world, interventions, causes),
            *_felt(world, interventions, causes),
            *_rested(world, interventions, causes),
            *_bound(world, interventions, causes),
        )


def _learned(world: World, interventions: Sequence[Intervention], causes: tuple[str, ...]) -> Sequence[Event]:
    """Decisions, before all present; then what single people come to know."""
    timepoint, cast = world[Timeline].current, world[Cast]
    learning = Learning(world[Knowledge], timepoint.at, timepoint.id, timepoint.id, causes)
    there = tuple(one for one in timepoint.present if one in cast and cast[one].kind not in DEAF)
    seen = []
    for one in interventions:
        if one.item is None:
            continue
        learning.state(one.item)
        if one.kind == "decision" or one.entity == EVERYONE:
            holders = tuple(dict.fromkeys((*there, *([one.entity] if one.entity in cast else []))))
            learning.perceive(News(one.item, holders, "witnessed", "scene", 1.0), holders)
            seen.append(one.item.id)
        else:
            learning.perceive(News(one.item, (one.entity,), "learned", "message"), (one.entity,))
    learning.air(there, seen=seen)
    return learning.events()


def _felt(world: World, interventions: Sequence[Intervention], causes: tuple[str, ...]) -> Sequence[Event]:
    minds, at = world[Minds], world[Timeline].current.at
    moves = []
    for one in interventions:
        if (one.valence is None and one.arousal is None) or one.entity not in minds:
            continue
        mind = minds.latent(one.entity)
        valence = 0.0 if one.valence is None else round(one.valence - mind.valence, 6)
        arousal = 0.0 if one.arousal is None else round(arousal_latent(one.arousal) - mind.arousal, 6)
        moves.append((one.entity, valence, arousal, valence, arousal, REASON))
    return (AffectMoved(at, tuple(moves), causes=causes),) if moves else ()


def _rested(world: World, interventions: Sequence[Intervention], causes: tuple[str, ...]) -> Sequence[Event]:
    rhythm, at = world[Rhythm], world[Timeline].current.at
    people = []
    for one in interventions:
        if one.energy is None:
            continue
        vigil = rhythm.vigil(one.entity)
        level, woke = rhythm.roused(vigil)
        level = _level_for(rhythm, evolve(vigil, level=level, since=at, woke=woke), one.energy)
        alert = _alert(rhythm, evolve(vigil, level=level, since=at, woke=woke))
        exertion = max(0.0, alert - one.energy)
        people.append((one.entity, round(level, 6), round(woke, 6), round(exertion - vigil.exertion, 6)))
    return (Rested(at, tuple(people), causes=causes),) if people else ()


def _level_for(rhythm: Rhythm, vigil: Vigil, energy: float) -> float:
    """S of somebody who has at least that much energy before any effort: theirs, or more by bisection."""
    low, high = vigil.level, max(vigil.level, MOST_SLEEP)
    if _alert(rhythm, vigil) >= energy or _alert(rhythm, evolve(vigil, level=high)) <= energy:
        return low if _alert(rhythm, vigil) >= energy else high
    while high - low > CLOSE:
        middle = (low + high) / 2.0
        if _alert(rhythm, evolve(vigil, level=middle)) < energy:
            low = middle
        else:
            high = middle
    return high


def _alert(rhythm: Rhythm, vigil: Vigil) -> float:
    """Energy before any effort, in [0, 100]."""
    return sleep.energy(rhythm.sleepiness(vigil, rhythm.body_hour(vigil)))


def _bound(world: World, interventions: Sequence[Intervention], causes: tuple[str, ...]) -> Sequence[Event]:
    ties = world[Ties]
    events = []
    for one in interventions:
        if one.kind != "relationship":
            continue
        bond = Bond(
            one.other,
            ties.kind(one.entity, one.other),
            round(ties.trust(one.entity, one.other), 6) if one.trust is None else one.trust,
            ties.affinity(one.entity, one.other) if one.affinity is None else one.affinity,
            ties.power(one.entity, one.other) if one.power is None else one.power,
        )
        events.append(BondSet(one.entity, bond, causes=causes))
    return events
