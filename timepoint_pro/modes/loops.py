"""Causal loops of cyclical mode: when they are sent, and whether they close (see ``prophecy`` for what they carry)."""

from __future__ import annotations

from collections.abc import Sequence

from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.violations import Violation, ViolationFound
from timepoint_pro.modes.premise import whole
from timepoint_pro.modes.prophecy import item_of
from timepoint_pro.modes.rounds import LoopSettled, Rounds
from timepoint_pro.modes.settlements import SceneSettled, Settlements, taken
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import Timeline
from timepoint_pro.records.world import World
from timepoint_pro.templates.cycles import LoopEntry


def sends_at(loop: LoopEntry, total: int) -> int:
    """Index of the moment that sends: the last of a run of ``total`` moments where the template names none."""
    return total - 1 if loop.sends is None else loop.sends


def closings(
    world: World, loops: Sequence[LoopEntry], total: int, index: int, scenes: Sequence[SceneSettled]
) -> list[tuple[Event, str]]:
    """What came of the loops that were to be sent in the moment just played, each with what everyone witnesses.

    Args:
        world: after that moment.
        loops: of the template.
        total: moments of the run.
        index: of the moment that comes next.
        scenes: what was settled so far, oldest first.
    """
    found: list[tuple[Event, str]] = []
    known = {one.loop for one in world[Rounds].loops}
    for loop in loops:
        if sends_at(loop, total) != index - 1 or loop.id in known or not world[Timeline].passed:
            continue
        event, given = _closing(world, loop, total, scenes)
        found.append((event, given))
        if not event.closed:
            sends = event.sends
            violation = Violation("acyclic", "soft", loop.sender, sends, event.reason, (event.receives, sends))
            found.append((ViolationFound(violation, causes=world[Settlements].causes), ""))
    return found


def _closing(
    world: World, loop: LoopEntry, total: int, scenes: Sequence[SceneSettled]
) -> tuple[LoopSettled, str]:
    sent, knowledge = world[Timeline].passed[-1], world.find(Knowledge)
    item = item_of(loop)
    able = [
        one for one in sent.present
        if not item or (knowledge is not None and item in knowledge.holds(one))
    ]  # fmt: skip
    by = tuple(one for one in able if loop.sender in ("", one))
    goes = not loop.closes_with or taken((loop.closes_with,), scenes) == loop.closes_with
    what = loop.label or "what was there at the start"
    if by and goes:
        reason, closed, in_spite = f"{what} was sent from {sent.id}", True, False
    elif loop.otherwise.strip() and sent.index + 1 < total:
        reason, closed, in_spite = f"{what} was sent from {sent.id} in spite of the decision", True, True
    else:
        lack = "nobody there held it" if not by else "it was decided not to send it"
        reason = f"{what} arrived in T{loop.receives}, and {sent.id} did not send it: {lack}"
        closed, in_spite = False, False
    given = whole(loop.otherwise) if in_spite else ""
    arrived = next(one.id for one in world[Timeline].passed if one.index == loop.receives)
    return LoopSettled(loop.id, sent.id, arrived, closed, by, in_spite, reason), given
