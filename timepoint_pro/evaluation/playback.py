"""A run played again from its log: states after each moment, and the words of each dialog prompt. No model is asked."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import frozen

from timepoint_pro.mechanisms.delivery import breath, sampling_of
from timepoint_pro.mechanisms.dialog_context import turn_context
from timepoint_pro.mechanisms.inner import capacity_of, items_in_mind
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.m11_dialog import Dialog
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.prompt_budget import at_level
from timepoint_pro.mechanisms.prospects import Prospects
from timepoint_pro.mechanisms.resolution import Resolution
from timepoint_pro.mechanisms.rhythm import Rhythm
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.prompts.dialog import DialogTurn, turn_prompt
from timepoint_pro.prompts.dialog_size import CHARACTERS_PER_TOKEN
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Entry
from timepoint_pro.records.timepoint import Timeline, TimepointClosed
from timepoint_pro.records.turn import TurnProposed
from timepoint_pro.records.world import World
from timepoint_pro.templates.vocabulary import LEVELS

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun


@frozen
class Condition:
    """Somebody at the end of a moment.

    Args:
        valence: in [-1, 1].
        arousal: in [0, 1].
        energy: in [0, 100].
        trust: mean trust in those present, in [-1, 1].
        capacity: of the mind, in (0, 1] (M8); 1 without.
        anxiety: in [0, 1) (M15); 0 without.
        level: how finely they are simulated (M5); empty without.
        held: ids of the items that they hold.
    """

    valence: float
    arousal: float
    energy: float
    trust: float
    capacity: float
    anxiety: float
    level: str
    held: frozenset[str]


@frozen
class Playback:
    """A run as its log has it.

    Args:
        conditions: of those present, by (timepoint id, entity).
        prompts: words of each dialog prompt, refused attempts included, by (turn id, attempt); system and user
            message joined by a line of three dashes.
        turns: what was said, by turn id: speaker and words.
        entries: how many log entries each mechanism has, by code.
    """

    conditions: dict[tuple[str, str], Condition]
    prompts: dict[tuple[str, int], str]
    turns: dict[str, tuple[str, str]]
    entries: dict[str, int]

    @property
    def prompt_tokens(self) -> int:
        """Tokens of all dialog prompts, at four characters each."""
        return sum(len(text) // CHARACTERS_PER_TOKEN for text in self.prompts.values())


def steps(run: StoredRun) -> Iterator[tuple[World, Entry, World]]:
    """Each entry of the log with the world before and after it."""
    worlds: dict[str, World] = {}
    for key, parent in run.parents.items():
        world = worlds[parent] if parent else run.first_world()
        for entry in run.log[key]:
            before, world = world, world.fold((entry,))
            yield before, entry, world
        worlds[key] = world


def play_back(run: StoredRun) -> Playback:
    """Fold the log of ``run`` again and note what the four comparisons need."""
    conditions: dict[tuple[str, str], Condition] = {}
    prompts: dict[tuple[str, int], str] = {}
    entries: dict[str, int] = {}
    dialog = dialog_of(run)
    for before, entry, _after in steps(run):
        entries[entry.mechanism] = entries.get(entry.mechanism, 0) + 1
        event = entry.event
        if isinstance(event, TurnProposed):
            prompt = prompt_of(before, event, dialog)
            prompts[event.turn.id, event.attempt] = "\n---\n".join(one.content for one in prompt.messages())
        elif isinstance(event, TimepointClosed):
            moment = before[Timeline].current
            for one in moment.present:
                conditions[moment.id, one] = condition_of(before, one, moment.present)
    turns = {one.turn_id: (one.speaker, one.content) for dialogue in run.dialogs for one in dialogue.turns}
    return Playback(conditions, prompts, turns, entries)


def dialog_of(run: StoredRun) -> Dialog:
    """M11 as the run had it; its defaults where somebody's own took its place."""
    return next((one for one in run.made_with if isinstance(one, Dialog)), Dialog())


def prompt_of(
    world: World, event: TurnProposed, dialog: Dialog, level: str | None = None
) -> DialogTurn:
    """The prompt that a proposed turn answered.

    Args:
        world: before it.
        event: the turn.
        dialog: M11 as the run had it.
        level: at which the speaker is shown; None: the speaker's own.
    """
    speaker, timepoint, resolution = event.turn.speaker, world[Timeline].current, world.find(Resolution)
    items = dialog.items
    if resolution is not None:
        level = level or resolution.level(speaker)
        items = resolution.shown[LEVELS.index(level)]
    limit = timepoint.max_turns or dialog.max_turns
    context = turn_context(
        world, speaker, items=items_in_mind(items, capacity_of(world, speaker)),
        words=breath(world, world[Cast][speaker], limit), limit=limit, closing=event.turn.act == "close",
        attempt=event.attempt,
    )  # fmt: skip
    if resolution is not None and level is not None:
        context = at_level(world, context, level, resolution.budgets[LEVELS.index(level)])
    return turn_prompt(sampling_of(context), context)


def condition_of(world: World, entity: str, present: tuple[str, ...]) -> Condition:
    """Somebody's condition in ``world``, among those ``present``."""
    minds, ties = world[Minds], world[Ties]
    trusts = [ties.trust(entity, other) for other in present if other != entity]
    return Condition(
        valence=minds.valence(entity),
        arousal=minds.arousal(entity),
        energy=world[Rhythm].energy(entity),
        trust=math.fsum(trusts) / len(trusts) if trusts else 0.0,
        capacity=capacity_of(world, entity),
        anxiety=world[Prospects].anxiety(entity) if Prospects in world else 0.0,
        level=world[Resolution].level(entity) if Resolution in world else "",
        held=frozenset(world[Knowledge].holds(entity)),
    )
