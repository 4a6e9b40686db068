"""M5 query-driven resolution, with M1 and M2: how finely is everybody simulated, and what may that cost?

Levels, coarse to fine: tensor_only, scene, graph, dialog, trained; each (entity, moment) has one (M1, fidelity that
differs from place to place). It sets how many known items a prompt shows and how many tokens it may take. Who is
looked at again and again rises towards ``trained`` (M2, progressive training); who is not sinks.

Inputs: the template's ``temporal.fidelity_*``, ``token_budget*``, ``custom_fidelity_schedule``, ``entities.envelope``,
    ``adprs_envelopes``, ``initial_resolution``, ``initial_fidelity``; ties (M13), what people hold (M3), turns so far,
    what the user asked (``run.ask_about``).
Units: tokens; need, centrality, importance and presence in [0, 1]; story time in hours.

Levels of those present, in this order (formulas in ``fidelity``):
    aim        the plan's level (programmatic), the needed one (adaptive), or the higher of both (hybrid); in budget
               mode ``user`` the schedule's. Whoever speaks needs ``dialog`` at least, ``trained`` from a need of .85
    envelope   with presence p over the run the aim becomes round(p*aim). A damped wave phi gives the fifth of phi as
               level instead, and below ``dialog`` one does not speak
    budget     modes adaptive and orchestrator lower the least needed until the moment fits. adaptive: what is left is
               spread evenly over the moments to come; orchestrator: by importance, .5 for those not yet planned
Absent people sink by a level every ``disuse`` moments; a question about somebody lifts them to ``graph``, three to
    ``dialog``, six to ``trained``.

Budget modes: hard stops before the first call past the budget; max ignores it; the others note a violation once
    110 % of it are passed. Under adaptive and orchestrator people may speak at a lower level, with shorter prompts.
    Tokens are those of the dialog calls as the model counted them.

Stage: PLAN, after M9. Events: ``ResolutionSet``, ``ViolationFound``. Facet: ``Resolution``. M11 reads it.

Errors: ``BudgetReachedError`` in mode hard; the run can be resumed with a higher ``token_budget``.

Example: ``QueryDrivenResolution(token_budget=200_000)`` in ``Simulation(mechanisms=[...])``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from attrs import evolve, field, frozen, validators
from immutables import Map

from timepoint_pro.mechanisms.base import Context, Spec, Stage, Start
from timepoint_pro.mechanisms.dialog_context import Agenda
from timepoint_pro.mechanisms.fidelity import Fidelity, fitted, needed, needs_of
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.memoirs import Memoirs
from timepoint_pro.mechanisms.resolution import (
    BUDGETS,
    DIALOG,
    DISUSE,
    ITEMS,
    Grain,
    Resolution,
    ResolutionSet,
    wanted_by_questions,
    within_limit,
)
from timepoint_pro.mechanisms.sleep_schedule import start_of
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.mechanisms.violations import Violation, ViolationFound
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.timepoint import Timeline, Timepoint
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template
from timepoint_pro.templates.vocabulary import LEVELS

__all__ = ["Fidelity", "Grain", "QueryDrivenResolution", "Resolution", "ResolutionSet"]

SPEAKING_KINDS = ("human", "ai")
SOFT_EXCESS = 1.1
TURNS_EXPECTED = 10
PROMPT_SHARE = 0.5
"""Share of a level's budget that a prompt is taken to use before any was seen [cal]."""
SEEN_ENOUGH = 5
LATER_IMPORTANCE = 0.5


@frozen
class Fidelities:
    """What the template says of levels; it never changes in a run."""

    folds: ClassVar[tuple[type[Event], ...]] = ()

    fidelity: Fidelity

    def fold(self, _entry: Entry, /) -> Self:
        return self


def _five(_instance: object, attribute: Any, value: Sequence[int]) -> None:
    if len(value) != len(LEVELS) or min(value) < 1 or list(value) != sorted(value):
        raise ValueError(f"{attribute.name}: expected five rising numbers from 1, one a level, found {value!r}")


@frozen
class QueryDrivenResolution:
    """M5.

    Args:
        budgets: tokens that a prompt may take, by level.
        items: known items that it shows, by level.
        disuse: moments after which an unused level sinks by one.
        token_budget: tokens for the run; None: the template's ``temporal.token_budget``.
        speaks_from: level below which somebody takes no turns, and so no prompts: their part of a moment is computed.
        uniform: level that everybody has throughout, whatever else is set; for comparison. None: by need and plan.
    """

    spec: ClassVar[Spec] = Spec(
        code="M5",
        name="query-driven resolution",
        stages=(Stage.PLAN,),
        reads=(Resolution, Fidelities, Cast, Timeline, Ties, Knowledge, Agenda, Memoirs),
        version=2,
        emits=(ResolutionSet, ViolationFound),
    )

    budgets: tuple[int, ...] = field(default=BUDGETS, validator=_five)
    items: tuple[int, ...] = field(default=ITEMS, validator=_five)
    disuse: int = field(default=DISUSE, validator=validators.ge(1))
    token_budget: int | None = field(default=None, validator=validators.optional(validators.ge(1)))
    speaks_from: str = field(default=LEVELS[0], validator=validators.in_(LEVELS))
    uniform: str | None = field(default=None, validator=validators.optional(validators.in_(LEVELS)))

    def start(self, template: Template, /) -> Start:
        """Levels at the start, and the plan."""
        fidelity = Fidelity.of(template, start_of(template))
        if self.token_budget is not None:
            fidelity = evolve(fidelity, budget=self.token_budget)
        initial = {
            one.id: LEVELS.index(one.initial_fidelity) for one in template.roster.values() if one.initial_fidelity
        }
        resolution = Resolution(
            self.budgets, self.items, self.disuse, Map(initial), LEVELS.index(template.entities.initial_resolution),
            fidelity.budget if fidelity.mode == "hard" else None,
        )  # fmt: skip
        return Start(facets=(resolution, Fidelities(fidelity), Memoirs()))

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        """The levels of those present.

        Raises:
            BudgetReachedError: in budget mode hard, when the budget is spent.
        """
        resolution, fidelity = world[Resolution], world[Fidelities].fidelity
        timepoint = world[Timeline].current
        within_limit(resolution)
        grains = _grains(world, fidelity, timepoint)
        lowered: Sequence[Grain] = grains
        if fidelity.mode in ("adaptive", "orchestrator") and fidelity.budget is not None:
            lowered = _within_budget(resolution, fidelity, timepoint, grains)
        changed = sum(one != other for one, other in zip(grains, lowered, strict=True))
        causes = (resolution.opening,)
        warning = _warning(resolution, fidelity, timepoint)
        levels = ResolutionSet(tuple(map(self._heard, lowered)), changed, warning is not None, causes=causes)
        return (levels,) if warning is None else (levels, ViolationFound(warning, causes=causes))

    def _heard(self, grain: Grain) -> Grain:
        """``grain`` at the uniform level where there is one, and silent below the level from which people speak."""
        if self.uniform is not None:
            grain = Grain(grain.entity, self.uniform, grain.need)
        if LEVELS.index(grain.level) < LEVELS.index(self.speaks_from):
            return evolve(grain, speaks=False)
        return grain


def _grains(world: World, fidelity: Fidelity, timepoint: Timepoint) -> list[Grain]:
    """Everyone present with the level that need, plan and envelopes give them."""
    resolution, cast = world[Resolution], world[Cast]
    speaking = [one for one in timepoint.present if cast[one].kind in SPEAKING_KINDS]
    speakers = speaking if len(speaking) > 1 else []
    needs = needs_of(world, speakers)
    wanted = needed(needs, speakers)
    presence = fidelity.presence(timepoint.index)
    grains = []
    for one in timepoint.present:
        need = needs[one].need
        aim = fidelity.aimed(timepoint.index, timepoint.importance, wanted[one])
        if not fidelity.schedule:
            aim = max(aim, wanted_by_questions(resolution.asked.get(one, 0)))
            if fidelity.planning != "programmatic" and one not in resolution.uses:
                aim = max(aim, resolution.initial.get(one, resolution.default))
        wave = fidelity.wave(cast.order.index(one), timepoint.at) if fidelity.adprs else None
        if wave is None:
            grains.append(Grain(one, LEVELS[round(presence * aim)], need, presence))
        else:
            level = round(presence * (aim if fidelity.schedule else wave[1]))
            grains.append(Grain(one, LEVELS[level], need, round(presence * wave[0], 6), wave[1] >= DIALOG))
    return grains


def _within_budget(
    resolution: Resolution, fidelity: Fidelity, timepoint: Timepoint, grains: Sequence[Grain]
) -> list[Grain]:
    """``grains`` lowered until the moment is expected to take its part of what is left."""
    assert fidelity.budget is not None
    left = max(0, fidelity.budget - resolution.spent)
    later = max(0, fidelity.moments - 1 - timepoint.index)
    if fidelity.mode == "orchestrator":
        part = timepoint.importance / max(1e-9, timepoint.importance + LATER_IMPORTANCE * later)
    else:
        part = 1.0 / (1 + later)
    turns = timepoint.max_turns or TURNS_EXPECTED
    before = [LEVELS.index(one.level) for one in grains]
    after = fitted(before, [one.need for one in grains], _costs(resolution), part * left, turns)
    return [evolve(one, level=LEVELS[level]) for one, level in zip(grains, after, strict=True)]


def _costs(resolution: Resolution) -> list[float]:
    """Tokens of a dialog call by level: what was seen, where enough was, and never more than at the next finer one."""
    costs = [
        tokens / calls if calls >= SEEN_ENOUGH else PROMPT_SHARE * most
        for most, (tokens, calls) in zip(resolution.budgets, resolution.taken, strict=True)
    ]
    for level in range(len(costs) - 2, -1, -1):
        costs[level] = min(costs[level], costs[level + 1])
    return costs


def _warning(resolution: Resolution, fidelity: Fidelity, timepoint: Timepoint) -> Violation | None:
    if fidelity.mode in ("hard", "max") or fidelity.budget is None or resolution.warned:
        return None
    if resolution.spent <= SOFT_EXCESS * fidelity.budget:
        return None
    return Violation(
        "budget", "soft", "", timepoint.id,
        f"before {timepoint.id} the dialog had taken {resolution.spent} tokens, "
        f"{resolution.spent / fidelity.budget:.0%} of the budget of {fidelity.budget}; in mode {fidelity.mode} the run "
        "goes on",
        (resolution.opening,),
    )  # fmt: skip
