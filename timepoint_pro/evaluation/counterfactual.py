"""What did an intervention reach, and what came of it? Two paths compared, from their logs alone.

The causal cone of an intervention grows along the path that it begins:

- whom it sets otherwise lies in it;
- where a moment was planned otherwise than on the other path, everyone present in either lies in it;
- whoever is present with somebody in it perceives what they do, and lies in it from then on;
- so does whoever is told something that rests on it.

Facts lie in it that were told or perceived where it had come. Branches draw the same random numbers, so everything
outside is the same on both paths; ``Divergence.unexplained`` lists what is not, and is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from timepoint_pro.errors import UsageError
from timepoint_pro.mechanisms.interventions import EVERYONE
from timepoint_pro.mechanisms.knowledge import Knowledge, KnowledgeGained
from timepoint_pro.mechanisms.m12_counterfactual_branching import InterventionSet
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.rhythm import Rhythm
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.modes.settlements import Settlements
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Entry
from timepoint_pro.records.knowledge import Exposure
from timepoint_pro.records.naming import known_as
from timepoint_pro.records.timepoint import Timeline, Timepoint, key_of
from timepoint_pro.records.turn import Turn, TurnAdmitted, TurnProposed
from timepoint_pro.records.world import World

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun


@frozen
class Reached:
    """Somebody in the cone: since which timepoint of the branch, and how it came to them, in words."""

    entity: str
    timepoint_id: str
    how: str


@frozen
class Cone:
    """What an intervention reaches.

    Args:
        entities: in the order in which it reached them.
        items: ids of the items that were told or perceived where it had come, sorted.
        timepoints: ids of the branch's timepoints that it reached, in story order.
    """

    entities: tuple[Reached, ...]
    items: tuple[str, ...]
    timepoints: tuple[str, ...]

    def __contains__(self, entity: object) -> bool:
        return any(one.entity == entity for one in self.entities)


@frozen
class Divergence:
    """How a branch came to differ from the path that it parted from.

    Args:
        branch: its id.
        label: what was set otherwise.
        cone: what that reached.
        decisions: (question, option on the other path, option on the branch) where they differ; empty: not settled.
        states: (entity, changes of valence, arousal and energy at the end) of those in the cone, branch less other.
        learned: (entity, item) held at the end on the branch only, sorted.
        missed: (entity, item) held at the end on the other path only, sorted.
        unexplained: differences outside the cone, one phrase each; there are none.
    """

    branch: str
    label: str
    cone: Cone
    decisions: tuple[tuple[str, str, str], ...]
    states: tuple[tuple[str, float, float, float], ...]
    learned: tuple[tuple[str, str], ...]
    missed: tuple[tuple[str, str], ...]
    unexplained: tuple[str, ...]


@frozen
class Step:
    """One moment of a path: as it was played, its log, and the world after it."""

    moment: Timepoint
    entries: tuple[Entry, ...]
    world: World

    @property
    def exposures(self) -> tuple[Exposure, ...]:
        """What was learned in it."""
        found = (one.event.exposures for one in self.entries if isinstance(one.event, KnowledgeGained))
        return tuple(exposure for exposures in found for exposure in exposures)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was said in it."""
        said: list[Turn] = []
        proposed: Turn | None = None
        for entry in self.entries:
            if isinstance(entry.event, TurnProposed):
                proposed = entry.event.turn
            elif isinstance(entry.event, TurnAdmitted) and proposed is not None:
                said.append(proposed)
        return tuple(said)


def causal_cone(run: StoredRun, fork: StoredRun | None = None, *, branch: str = "") -> Cone:
    """Which people and facts an intervention reaches.

    Args:
        run: the run that was forked, or one with branches.
        fork: the fork; None: a branch of ``run`` itself.
        branch: id of that branch.

    Raises:
        UsageError: nothing was set otherwise on the fork, or neither a fork nor a branch is given.
        UnknownNameError: the run has no such branch.
    """
    before, after = _paths(run, fork, branch)
    return _cone(before, after, _made(fork or run, after))


def divergence(run: StoredRun, fork: StoredRun | None = None, *, branch: str = "") -> Divergence:
    """The cone of an intervention, and the differences of outcome; arguments and errors as ``causal_cone``."""
    before, after = _paths(run, fork, branch)
    made = _made(fork or run, after)
    cone = _cone(before, after, made)
    one, other = final_world(run, before), final_world(fork or run, after)
    people = other[Cast].order
    held = {
        world: {(who, item) for who in people for item in world[Knowledge].holds(who)} for world in (one, other)
    }  # fmt: skip
    return Divergence(
        branch=made[0].branch,
        label=made[0].label,
        cone=cone,
        decisions=_decisions(one, other),
        states=tuple(_change(who, one, other) for who in people if who in cone),
        learned=tuple(sorted(held[other] - held[one])),
        missed=tuple(sorted(held[one] - held[other])),
        unexplained=tuple(_unexplained(before, after, cone)),
    )


def _paths(run: StoredRun, fork: StoredRun | None, branch: str) -> tuple[list[Step], list[Step]]:
    if fork is not None:
        return list(steps_of(run, "")), list(steps_of(fork, ""))
    if not branch:
        raise UsageError("compare a run with its fork, or name one of its branches by branch=")
    known = {run.world(one)[Timeline].branch: one for one in run.ends}
    named = known_as("branch", branch, [one for one in known if one])
    return list(steps_of(run, "")), list(steps_of(run, known[named]))


def steps_of(run: StoredRun, end: str) -> Iterator[Step]:
    """The moments on the way to ``end`` (the end of the main path where it is empty), oldest first."""
    parents = run.parents
    passed = run.world(end or None)[Timeline].passed
    world = run.first_world().fold(run.log.get("start", ()))
    for moment in passed:
        world = world.fold(run.log[parents[moment.id]])
        entries = run.log[moment.id]
        world = world.fold(entries)
        yield Step(moment, entries, world)


def final_world(run: StoredRun, steps: Sequence[Step]) -> World:
    """The world at the end of a path, with how its last question was settled."""
    last = steps[-1]
    return last.world.fold(run.log.get(f"plan:{last.moment.id}", ()))


def _made(run: StoredRun, steps: Sequence[Step]) -> list[InterventionSet]:
    ids = {step.moment.id for step in steps}
    made = [one for one in run.interventions if one.timepoint_id in ids]
    if not made:
        raise UsageError(f"run {run.run_id!r}: nothing is set otherwise on this path; compare a fork, or name a branch")
    return made[-1:]


def _cone(before: Sequence[Step], after: Sequence[Step], made: Sequence[InterventionSet]) -> Cone:
    start = made[0]
    others = {step.moment.key: step for step in before}
    reached: dict[str, Reached] = {}
    items: set[str] = set()
    timepoints: list[str] = []
    began = False
    for step in after:
        moment = step.moment
        began = began or moment.id == start.timepoint_id
        if not began:
            continue
        if moment.id == start.timepoint_id:
            for one in start.interventions:
                who = moment.present if one.entity == EVERYONE else (one.entity, *([one.other] if one.other else ()))
                for name in who:
                    reached.setdefault(name, Reached(name, moment.id, "set otherwise"))
                items.update([one.item.id] if one.item is not None else ())
        other = others.get(moment.key)
        if other is None or unbranched(other.moment) != unbranched(moment):
            there = dict.fromkeys((*moment.present, *(other.moment.present if other is not None else ())))
            for name in there:
                reached.setdefault(name, Reached(name, moment.id, "the moment was planned otherwise"))
        near = next((name for name in moment.present if name in reached), "")
        if near:
            timepoints.append(moment.id)
            for name in moment.present:
                reached.setdefault(name, Reached(name, moment.id, f"present with {near}"))
            items.update(one.item for one in (*step.exposures, *(other.exposures if other is not None else ())))
        for exposure in step.exposures:
            if exposure.source in reached and exposure.how == "told":
                reached.setdefault(exposure.entity, Reached(exposure.entity, moment.id, f"told by {exposure.source}"))
    keys = {step.moment.key for step in after}
    for step in before:
        if step.moment.key not in keys:
            for name in step.moment.present:
                reached.setdefault(name, Reached(name, start.timepoint_id, f"{step.moment.id} did not come about"))
    return Cone(tuple(reached.values()), tuple(sorted(items)), tuple(timepoints))


def unbranched(moment: Timepoint) -> Timepoint:
    """The moment without what names its branch."""
    return evolve(
        moment, id=moment.key, path="", antecedents=tuple(key_of(one) for one in moment.antecedents),
        loops=tuple(key_of(one) for one in moment.loops),
    )  # fmt: skip


def _decisions(before: World, after: World) -> tuple[tuple[str, str, str], ...]:
    one, other = (
        {scene.question: scene.option for scene in world[Settlements].scenes} if Settlements in world else {}
        for world in (before, after)
    )
    asked = dict.fromkeys((*one, *other))
    return tuple(
        (question, one.get(question, ""), other.get(question, ""))
        for question in asked if one.get(question, "") != other.get(question, "")
    )  # fmt: skip


def _change(who: str, before: World, after: World) -> tuple[str, float, float, float]:
    return (
        who,
        round(after[Minds].valence(who) - before[Minds].valence(who), 6),
        round(after[Minds].arousal(who) - before[Minds].arousal(who), 6),
        round(after[Rhythm].energy(who) - before[Rhythm].energy(who), 6),
    )


def _unexplained(before: Sequence[Step], after: Sequence[Step], cone: Cone) -> Iterator[str]:
    others = {step.moment.key: step for step in before}
    for step in after:
        other = others.get(step.moment.key)
        if other is None:
            continue
        since = _since(cone, after, step)
        outside = [who for who in step.world[Cast].order if who not in since]
        if step.moment.id not in cone.timepoints and words_of(other) != words_of(step):
            yield f"{step.moment.key}: what was said"
        for who in outside:
            for name, value in _state(step, who, outside).items():
                if _state(other, who, outside)[name] != value:
                    yield f"{step.moment.key}: {name} of {who}"


def _since(cone: Cone, after: Sequence[Step], step: Step) -> set[str]:
    """Those in the cone by the end of ``step``."""
    until = {one.moment.id for one in after[: after.index(step) + 1]}
    return {one.entity for one in cone.entities if one.timepoint_id in until}


def words_of(step: Step) -> list[tuple[Any, ...]]:
    return [(one.speaker, one.content, one.act, one.tone, one.shared, one.option) for one in step.turns]


def _state(step: Step, who: str, outside: Sequence[str]) -> Mapping[str, Any]:
    """All of somebody's state that another path could have moved, without the ids of a branch."""
    world = step.world
    ties, knowledge = world[Ties], world[Knowledge]
    return {
        "feeling": (world[Minds].latent(who).valence, world[Minds].latent(who).arousal),
        "energy": world[Rhythm].vigil(who),
        "knowledge": {item: holding.opinion for item, holding in knowledge.holds(who).items()},
        "ties": [ties.tie(who, other) for other in outside],
        "learning": [
            (one.item, one.how, one.source, one.at, one.confidence) for one in step.exposures if one.entity == who
        ],
    }
