"""How finely a run simulated whom, and what that saved: M5 read back from the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from timepoint_pro.errors import UsageError
from timepoint_pro.mechanisms.dialog_context import turn_context
from timepoint_pro.mechanisms.inner import capacity_of, items_in_mind
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.m11_dialog import breath, sampling_of
from timepoint_pro.mechanisms.prompt_budget import within
from timepoint_pro.mechanisms.resolution import CHARACTERS_PER_TOKEN, TRAINED, Resolution, ResolutionSet
from timepoint_pro.prompts.dialog import DialogTurn
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.knowledge import Item
from timepoint_pro.records.timepoint import Timeline
from timepoint_pro.records.turn import TurnProposed
from timepoint_pro.records.world import World
from timepoint_pro.store.queries import times_asked
from timepoint_pro.templates.vocabulary import LEVELS

if TYPE_CHECKING:
    from timepoint_pro.run import Run
    from timepoint_pro.run_views import State

SCENE_LIMIT = 12


@frozen
class Portrait:
    """Somebody as the run holds them.

    Args:
        entity: id.
        level: how finely they are simulated at the end.
        asked: how often the user has asked about them, this time included.
        state: their state at the end.
        knows: what they have in mind then, the most pressing first, as much as their level shows.
    """

    entity: str
    level: str
    asked: int
    state: State
    knows: tuple[Item, ...]


@frozen
class ResolutionReport:
    """Levels, and tokens of dialog prompts as they were against everyone at ``trained``.

    Tokens are measured on the rendered prompts, at four characters a token. ``tokens`` and ``same_turns_at_trained``
    compare the same turns. ``whole_cast_at_trained`` is what a run would take that played every entity in every moment
    as finely: the prompts at ``trained`` of each moment, times those who exist over those present.

    Args:
        levels: (timepoint, entity, level) of those present.
        cells: number of (entity, timepoint) by level, absent ones included.
        calls: dialog calls, refused attempts included.
        tokens: of their prompts.
        same_turns_at_trained: of the same prompts with every speaker at ``trained``.
        whole_cast_at_trained: see above.
        spent: tokens of these calls, answers included, as the models counted them.
    """

    levels: tuple[tuple[str, str, str], ...]
    cells: Mapping[str, int]
    calls: int
    tokens: int
    same_turns_at_trained: int
    whole_cast_at_trained: int
    spent: int

    @property
    def saved(self) -> float:
        """Share, in [0, 1), of prompt tokens saved on the same turns."""
        return 1.0 - self.tokens / self.same_turns_at_trained if self.same_turns_at_trained else 0.0

    @property
    def saved_of_cast(self) -> float:
        """Share, in [0, 1), of prompt tokens saved against playing the whole cast at ``trained``."""
        return 1.0 - self.tokens / self.whole_cast_at_trained if self.whole_cast_at_trained else 0.0


def portrait(run: Run, entity: str) -> Portrait:
    """What ``run`` holds of ``entity`` (an id).

    Raises:
        UsageError: the run was made without M5.
    """
    world = run.world()
    resolution, knowledge = _resolution(world), world[Knowledge]
    now = world[Timeline].until
    held = knowledge.recallable(entity, now, resolution.items(entity))
    return Portrait(
        entity, resolution.level(entity), times_asked(run.store, run.run_id, entity), run.state(entity),
        tuple(knowledge.item(one.item) for one in held),
    )  # fmt: skip


def report(run: Run) -> ResolutionReport:
    """The levels and tokens of ``run``; the log is folded again, and each prompt rendered twice.

    Raises:
        UsageError: the run was made without M5.
    """
    levels: list[tuple[str, str, str]] = []
    cells = dict.fromkeys(LEVELS, 0)
    tokens = trained = 0
    calls = 0
    whole = 0.0
    spent = 0
    for world, event in _events(run):
        if isinstance(event, ResolutionSet):
            resolution, cast = _resolution(world), world[Cast]
            here = world[Timeline].current
            levels += [(here.id, one.entity, one.level) for one in event.grains]
            for one in cast.order:
                cells[resolution.level(one)] += 1
        else:
            own, fine = _prompt_tokens(world, event)
            share = len(world[Cast].order) / max(1, len(world[Timeline].current.present))
            tokens, trained, whole = tokens + own, trained + fine, whole + fine * share
            calls, spent = calls + 1, spent + event.tokens
    return ResolutionReport(tuple(levels), cells, calls, tokens, trained, round(whole), spent)


def _events(run: Run) -> Iterator[tuple[World, ResolutionSet | TurnProposed]]:
    """Each setting of levels with the world after it, and each proposed turn with the world before it."""
    worlds: dict[str, World] = {}
    for key, parent in run.store.chunk_keys(run.run_id):
        world = worlds[parent] if parent else run.first_world()
        _resolution(world)
        for entry in run.log[key]:
            if isinstance(entry.event, TurnProposed):
                yield world, entry.event
            world = world.fold((entry,))
            if isinstance(entry.event, ResolutionSet):
                yield world, entry.event
        worlds[key] = world


def _prompt_tokens(world: World, event: TurnProposed) -> tuple[int, int]:
    """Tokens of the prompt for a turn, at the speaker's level and at ``trained``."""
    resolution, speaker = _resolution(world), event.turn.speaker
    timepoint = world[Timeline].current
    limit = timepoint.max_turns or SCENE_LIMIT
    words = breath(world, world[Cast][speaker], limit)
    sizes, capacity = [], capacity_of(world, speaker)
    for items, budget in (
        (resolution.items(speaker), resolution.budget(speaker)),
        (resolution.shown[TRAINED], resolution.budgets[TRAINED]),
    ):
        context = turn_context(
            world, speaker, items=items_in_mind(items, capacity), words=words, limit=limit,
            closing=event.turn.act == "close", attempt=event.attempt,
        )  # fmt: skip
        prompt = DialogTurn(sampling_of(context), within(context, budget))
        sizes.append(sum(len(message.content) for message in prompt.messages()) // CHARACTERS_PER_TOKEN)
    return sizes[0], sizes[1]


def _resolution(world: World) -> Resolution:
    if Resolution not in world:
        raise UsageError("this run was made without M5 (query-driven resolution): it has no levels to report")
    return world[Resolution]
