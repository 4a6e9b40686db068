"""How finely everybody is simulated: the facet of M5, its event and the five levels."""

from __future__ import annotations

from typing import ClassVar, Self

from attrs import frozen
from immutables import Map

from timepoint_pro.errors import BudgetReachedError
from timepoint_pro.records.entity import EntityAsked
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.quick import quick
from timepoint_pro.records.timepoint import TimepointOpened
from timepoint_pro.records.turn import TurnProposed
from timepoint_pro.templates.vocabulary import LEVELS

TENSOR_ONLY, SCENE, GRAPH, DIALOG, TRAINED = range(len(LEVELS))
BUDGETS = (200, 800, 1500, 3000, 5000)
ITEMS = (5, 8, 12, 16, 20)
DISUSE = 2


@frozen
class Grain:
    """How one of those present is simulated in a moment.

    Args:
        entity: who.
        level: name of the level.
        need: how much they were held to be needed, in [0, 1].
        presence: intensity by the template's envelopes, in [0, 1].
        speaks: False where an envelope keeps them from speaking.
    """

    entity: str
    level: str
    need: float
    presence: float = 1.0
    speaks: bool = True


@frozen
class ResolutionSet(Event):
    """The levels of those present in a moment.

    Args:
        grains: one each.
        lowered: how many of them the token budget keeps below what they were to have.
        warned: the run has passed its budget by more than a tenth, and this says so for the first time.
    """

    grains: tuple[Grain, ...]
    lowered: int = 0
    warned: bool = False


@frozen
class Use:
    """The level that somebody was last raised to, and the number of the moment in which it was."""

    level: int
    moment: int


@quick
@frozen(weakref_slot=False)
class Resolution:
    """M5's facet. Levels of those who are not looked at sink when they are read, so nothing is done for them.

    Args:
        budgets: tokens of a prompt, by level.
        shown: known items in a prompt, by level.
        disuse: moments after which an unused level sinks by one.
        initial: levels at the start, of those for whom the template states one.
        default: level at the start of everybody else.
        uses: last use, by entity.
        here: those present now, by entity.
        moment: how many moments have opened.
        asked: how often the user asked about somebody, by entity.
        mentions: turns that somebody spoke or was addressed by, however often each was asked for, by entity.
        taken: (tokens, calls) of the dialog so far, by level, as the models counted them.
        limit: tokens after which nothing more is asked; None for no such limit.
        warned: whether passing the budget was reported.
        opening: log entry by which the present moment opened.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (TimepointOpened, ResolutionSet, EntityAsked, TurnProposed)

    budgets: tuple[int, ...] = BUDGETS
    shown: tuple[int, ...] = ITEMS
    disuse: int = DISUSE
    initial: Map[str, int] = Map()
    default: int = SCENE
    limit: int | None = None
    uses: Map[str, Use] = Map()
    here: Map[str, Grain] = Map()
    moment: int = 0
    asked: Map[str, int] = Map()
    mentions: Map[str, int] = Map()
    taken: tuple[tuple[int, int], ...] = ((0, 0),) * len(LEVELS)
    warned: bool = False
    opening: str = ""

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case TurnProposed(turn=turn, attempt=attempt, tokens=tokens):
                rank, taken, mentions = self.rank(turn.speaker), list(self.taken), self.mentions
                taken[rank] = (taken[rank][0] + tokens, taken[rank][1] + 1)
                for name in () if attempt else (turn.speaker, *turn.addressed_to):
                    mentions = mentions.set(name, mentions.get(name, 0) + 1)
                return evolve(self, taken=tuple(taken), mentions=mentions)
            case ResolutionSet(grains=grains, warned=warned):
                uses = self.uses
                for one in grains:
                    uses = uses.set(one.entity, Use(LEVELS.index(one.level), self.moment))
                here = Map({one.entity: one for one in grains})
                return evolve(self, uses=uses, here=here, warned=self.warned or warned)
            case TimepointOpened():
                return evolve(self, here=Map(), moment=self.moment + 1, opening=entry.id)
            case EntityAsked(entity=name, times=times):
                return evolve(self, asked=self.asked.set(name, self.asked.get(name, 0) + times))
        return self

    @property
    def spent(self) -> int:
        """Tokens of the dialog calls so far."""
        return sum(tokens for tokens, _ in self.taken)

    def rank(self, entity: str) -> int:
        """Place of ``entity``'s level, from 0 (tensor_only) to 4 (trained)."""
        grain = self.here.get(entity)
        if grain is not None:
            return LEVELS.index(grain.level)
        use = self.uses.get(entity)
        level, since = (self.initial.get(entity, self.default), 0) if use is None else (use.level, use.moment)
        sunk = max(TENSOR_ONLY, level - (self.moment - since) // self.disuse)
        return max(sunk, wanted_by_questions(self.asked.get(entity, 0)))

    def level(self, entity: str) -> str:
        """How finely ``entity`` is simulated now: one of ``templates.vocabulary.LEVELS``."""
        return LEVELS[self.rank(entity)]

    def budget(self, entity: str) -> int:
        """Tokens that a prompt in ``entity``'s voice may take."""
        return self.budgets[self.rank(entity)]

    def items(self, entity: str) -> int:
        """Known items that a prompt in ``entity``'s voice may show."""
        return self.shown[self.rank(entity)]

    def presence(self, entity: str) -> float:
        """Intensity of ``entity``'s presence in this moment by the template's envelopes, in [0, 1]; 1 without."""
        grain = self.here.get(entity)
        return 1.0 if grain is None else grain.presence

    def may_speak(self, entity: str) -> bool:
        """Whether ``entity``'s envelope lets them speak in this moment; True without one."""
        grain = self.here.get(entity)
        return grain is None or grain.speaks


def wanted_by_questions(asked: int) -> int:
    """The least level of somebody about whom the user asked so often [cal]: graph, from 3 dialog, from 6 trained."""
    if not asked:
        return TENSOR_ONLY
    return GRAPH if asked < 3 else DIALOG if asked < 6 else TRAINED


def within_limit(resolution: Resolution, tokens: int = 0) -> None:
    """Whether ``tokens`` more may be asked for.

    Raises:
        BudgetReachedError: they would pass the limit of budget mode hard.
    """
    limit = resolution.limit
    if limit is not None and resolution.spent + tokens >= limit:
        raise BudgetReachedError(
            f"the run's dialog has taken {resolution.spent} tokens, its hard budget is {limit}; resume it with a "
            "higher one: Simulation.resume(run_id, mechanisms=[QueryDrivenResolution(token_budget=...)], "
            "accept_changes=True)",
            spent=float(resolution.spent),
            limit=float(limit),
        )
