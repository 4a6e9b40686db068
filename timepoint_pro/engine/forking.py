"""Where a fork parts from its parent: the shared log, with the last plan changed to release another moment.

Nothing that was played is played again. The plan that released the moment is kept with all its events; one more says
what is set otherwise, one plans the moment under its branch, and the release names that one alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve, frozen

from timepoint_pro.engine.journal import Chunk
from timepoint_pro.engine.loop import ENGINE, NextReleased
from timepoint_pro.errors import UsageError
from timepoint_pro.mechanisms.interventions import Intervention, Knowable, described, intervened, resolved, slug
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.m12_counterfactual_branching import InterventionSet
from timepoint_pro.modes.scenario import Scenario
from timepoint_pro.modes.staging import fact_item
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.naming import known_as
from timepoint_pro.records.timepoint import BRANCH_MARK, Timepoint, TimepointOpened, TimepointPlanned
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

CODE = "M12"


@frozen
class Fork:
    """A fork before it is played.

    Args:
        chunks: the log that it begins with, oldest first.
        moment: the moment that it goes on with.
        moments: ids of the shared timepoints, in the order in which they were played.
        own: keys of the chunks that are not as its parent has them: plans that released other paths too.
        world: the world after ``chunks``.
    """

    chunks: tuple[Chunk, ...]
    moment: Timepoint
    moments: tuple[str, ...]
    own: tuple[str, ...]
    world: World


def knowable(template: Template, world: World, moment: Timepoint) -> Knowable:
    """What the words of an intervention at ``moment`` may mean."""
    scenario, cast = Scenario.of(template), world[Cast]
    facts = {fact.id: fact_item(fact) for fact in scenario.facts}
    stated = world[Knowledge].items
    own = (moment.question,) if moment.question is not None else ()
    others = (scenario.question(one.id) for one in scenario.questions)
    mine = {one.id for one in own}
    return Knowable(
        {one: cast[one] for one in cast.order},
        {**facts, **{one: stated[one] for one in sorted(stated)}},
        (*own, *(one for one in others if one is not None and one.id not in mine)),
    )


def part(
    template: Template,
    log: Mapping[str, Sequence[Entry]],
    parents: Mapping[str, str],
    first: World,
    at: str,
    interventions: Sequence[Intervention],
    branch: str = "",
) -> Fork:
    """The fork of a run at one of its moments.

    Args:
        template: of the run.
        log: its log, by chunk.
        parents: key of each chunk to that of the one before it.
        first: its world before anything happened.
        at: id of the played moment that begins otherwise.
        interventions: what is set, one or more.
        branch: id of the new branch; by default made from the first intervention.

    Raises:
        UnknownNameError: no such moment was played, or an intervention names nobody that there is.
        UsageError: no intervention, or an id that cannot be a branch's.
    """
    if not interventions:
        raise UsageError("intervention: expected at least one, found none; make one by Intervention.decision(...)")
    original = _played(log, at)
    keys = [parents[original.id]]
    while parents.get(keys[-1]):
        keys.append(parents[keys[-1]])
    keys.reverse()
    shared = [Chunk(key, parents[key], _on_the_way(log[key], keys), ()) for key in keys]
    world = first
    for chunk in shared[:-1]:
        world = world.fold(chunk.entries)
    kept = tuple(one for one in shared[-1].entries if not isinstance(one.event, NextReleased))
    world = world.fold(kept)
    meaning = knowable(template, world, original)
    wanted = tuple(resolved(one, meaning) for one in interventions)
    taken = [one.partition(BRANCH_MARK)[2] for one in log if one.partition(BRANCH_MARK)[0] == original.key]
    name = _branch(branch, slug(wanted), taken)
    moment = evolve(original, id=f"{original.key}{BRANCH_MARK}{name}", path=name)
    label = " ".join(described(one, meaning.people) for one in wanted)
    moment = evolve(intervened(moment, wanted, meaning.people), title=label.rstrip("."))
    added: tuple[tuple[str, Event], ...] = (
        (CODE, TimepointPlanned(moment)),
        (CODE, InterventionSet(moment.id, name, original.path, label, wanted, is_main=True)),
        (ENGINE, NextReleased((moment.id,))),
    )
    last = shared[-1]
    at_last = kept[-1].at if kept else 0.0
    place = kept[-1].timepoint_id if kept else original.antecedents[-1] if original.antecedents else ""
    entries = tuple(
        Entry(f"{last.key}#{len(kept) + number}", place, at_last, -1, code, event)
        for number, (code, event) in enumerate(added)
    )
    world = world.fold(entries)
    chunks = (*shared[:-1], evolve(last, entries=(*kept, *entries)))
    moments = tuple(key for key in keys if any(isinstance(one.event, TimepointOpened) for one in log[key]))
    own = tuple(chunk.key for chunk in chunks if chunk.entries != tuple(log[chunk.key]))
    return Fork(chunks, moment, moments, own, world)


def _on_the_way(entries: Sequence[Entry], keys: Sequence[str]) -> tuple[Entry, ...]:
    """The entries of a chunk; a plan that released several paths releases the one that leads on."""

    def only(entry: Entry) -> Entry:
        event = entry.event
        if not isinstance(event, NextReleased) or len(event.timepoints) < 2:
            return entry
        return evolve(entry, event=evolve(event, timepoints=tuple(one for one in event.timepoints if one in keys)))

    return tuple(only(entry) for entry in entries)


def _played(log: Mapping[str, Sequence[Entry]], at: str) -> Timepoint:
    opened = {
        entry.event.timepoint.id: entry.event.timepoint
        for entries in log.values() for entry in entries if isinstance(entry.event, TimepointOpened)
    }  # fmt: skip
    return opened[known_as("timepoint", at, opened)]


def _branch(wanted: str, default: str, taken: Iterable[str]) -> str:
    """The id of the new branch, unlike those that the moment has already."""
    used = set(taken)
    if wanted:
        if not all(mark.isalnum() or mark in "._-" for mark in wanted) or wanted in used:
            why = "the moment has that branch already" if wanted in used else "use letters, digits, '.', '_' and '-'"
            raise UsageError(f"branch: {wanted!r} cannot be the id of a new branch: {why}")
        return wanted
    name, number = default, 1
    while name in used:
        number += 1
        name = f"{default}-{number}"
    return name
