"""How finely a run simulated whom, and what that saved: M5 read back from the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from timepoint_pro.errors import UsageError
from timepoint_pro.evaluation.playback import dialog_of, play_back, prompt_of, steps
from timepoint_pro.mechanisms.catalogue import BUILT_IN
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.m05_resolution import QueryDrivenResolution
from timepoint_pro.mechanisms.m11_dialog import Dialog
from timepoint_pro.mechanisms.resolution import TRAINED, Resolution, ResolutionSet
from timepoint_pro.prompts.dialog import DialogTurn
from timepoint_pro.prompts.dialog_size import CHARACTERS_PER_TOKEN
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.knowledge import Item
from timepoint_pro.records.timepoint import Timeline
from timepoint_pro.records.turn import TurnProposed
from timepoint_pro.records.world import World
from timepoint_pro.store.queries import times_asked
from timepoint_pro.templates.vocabulary import LEVELS

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun
    from timepoint_pro.reading.values import State


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


@frozen
class Side:
    """One of two runs.

    Args:
        turns: spoken.
        tokens: of their prompts as rendered, refused attempts included.
        longest: tokens of the longest prompt.
        audit: what the audit measures, by name; what it cannot judge is left out.
    """

    turns: int
    tokens: int
    longest: int
    audit: Mapping[str, float]


@frozen
class UniformComparison:
    """A run beside a second one, played in earnest, in which everybody is simulated at one level throughout.

    Args:
        level: that level.
        run: the run.
        uniform: the other.
    """

    level: str
    run: Side
    uniform: Side

    @property
    def saved(self) -> float:
        """Share of prompt tokens that the run saved; negative where it took more."""
        return 1.0 - self.run.tokens / self.uniform.tokens if self.uniform.tokens else 0.0


def portrait(run: StoredRun, entity: str) -> Portrait:
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


def report(run: StoredRun) -> ResolutionReport:
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
    _resolution(run.first_world())
    dialog = dialog_of(run)
    for world, event in _events(run):
        if isinstance(event, ResolutionSet):
            resolution, cast = _resolution(world), world[Cast]
            here = world[Timeline].current
            levels += [(here.id, one.entity, one.level) for one in event.grains]
            for one in cast.order:
                cells[resolution.level(one)] += 1
        else:
            own, fine = _prompt_tokens(world, event, dialog)
            share = len(world[Cast].order) / max(1, len(world[Timeline].current.present))
            tokens, trained, whole = tokens + own, trained + fine, whole + fine * share
            calls, spent = calls + 1, spent + event.tokens
    return ResolutionReport(tuple(levels), cells, calls, tokens, trained, round(whole), spent)


def compare_with_uniform(run: StoredRun, level: str = "trained", **arguments: Any) -> UniformComparison:
    """Play the run's template again, same seed and mechanisms, with everybody at ``level`` in every moment.

    Args:
        run: a run with M5.
        level: one of ``templates.vocabulary.LEVELS``.
        arguments: as for ``Simulation``; ``model`` is the run's where it is not given, so a real model is paid again.

    Raises:
        UsageError: the run was made without M5, or is a fork: its template does not say what was set otherwise.
    """
    from timepoint_pro.simulation import Simulation

    own = next((one for one in run.made_with if isinstance(one, QueryDrivenResolution)), None)
    if own is None or run.parent_run:
        raise UsageError(f"run {run.run_id!r} is a fork or was made without M5: there is nothing to compare it with")
    uniform = evolve(own, uniform=level)
    mechanisms = [uniform if one is own else one for one in run.made_with]
    arguments.setdefault("model", run.model)
    without = [code for code in BUILT_IN if code not in {one.spec.code for one in mechanisms}]
    other = Simulation(
        run.template, seed=run.seed, mode=run.mode, mechanisms=mechanisms, without=without, store=":memory:",
        **arguments,
    ).run()  # fmt: skip
    return UniformComparison(level, side_of(run), side_of(other))


def side_of(run: StoredRun) -> Side:
    """``run`` as one side of a comparison: its log is played again, its records are audited."""
    played = play_back(run)
    longest = max((len(words) for words in played.prompts.values()), default=0)
    return Side(run.turns, played.prompt_tokens, longest // CHARACTERS_PER_TOKEN, _audited(run))


def _audited(run: StoredRun) -> dict[str, float]:
    """What the audit measures of the run's records, by name; what it cannot judge is left out."""
    from timepoint_pro.evaluation.audit import audit

    findings = audit(run).findings
    return {name: round(one.value, 4) for name, one in findings.items() if one.value is not None}


def _events(run: StoredRun) -> Iterator[tuple[World, ResolutionSet | TurnProposed]]:
    """Each setting of levels with the world after it, and each proposed turn with the world before it."""
    for before, entry, after in steps(run):
        if isinstance(entry.event, TurnProposed):
            yield before, entry.event
        elif isinstance(entry.event, ResolutionSet):
            yield after, entry.event


def _prompt_tokens(world: World, event: TurnProposed, dialog: Dialog) -> tuple[int, int]:
    """Tokens of the prompt for a turn, at the speaker's level and at ``trained``."""
    own = prompt_of(world, event, dialog)
    fine = prompt_of(world, event, dialog, LEVELS[TRAINED])
    return _tokens(own), _tokens(fine)


def _tokens(prompt: DialogTurn) -> int:
    return sum(len(message.content) for message in prompt.messages()) // CHARACTERS_PER_TOKEN


def _resolution(world: World) -> Resolution:
    if Resolution not in world:
        raise UsageError("this run was made without M5 (query-driven resolution): it has no levels to report")
    return world[Resolution]
