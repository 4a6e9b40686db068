"""M13 relationships: whom does everybody trust and like, and what have they come to believe?

Inputs: bonds (cast), leanings of the template's questions, the turn just said (M11), what was learned by it (M3).
Units: trust, affinity, power and belief in [-1, 1]; evidence in units of a kept word; story time in hours.
    Everything is directed: (one, other) is how one stands to other.

Formulas
    trust       beta reputation with forgetting in story time (``formulas.reputation``; Jøsang, Ismail 2002),
                half-life 60 days, the template's trust as a prior of strength 2
    evidence    of a listener about the speaker [cal]: .15 for upholding what the listener said (supporting,
                conceding, answering), .2 * weight of what was news to the listener; against: .05 for opposing
                and .15 for dismissing the listener, .2 for going back on one's own word without conceding,
                .3 for telling what the listener holds to be untrue. Bad evidence counts twice
    affinity    moves with the speaker's tone (table below), a quarter as much for those not addressed, and
                with what the turn does to something that the listener said [cal]
    belief      Friedkin, Johnsen (1990) (``formulas.influence``): who hears a turn for or against an option
                gives the speaker the weight ``persuasion * trust`` and itself the rest, and stays attached to
                where it set out from; susceptibility .4 + .5 * agreeableness [cal]. Who speaks for or against
                an option believes it at least by .5 + .5 * assertiveness [cal]

Stage: SETTLE emits one ``TiesMoved``. ``contradictions`` lists who holds opposite opinions,
    ``shared_knowledge`` what two people both hold.

Errors: ``ValueError`` for a configuration out of range.

Example: ``Relationships(half_life_days=7)`` in ``Simulation(mechanisms=[...])`` gives people short memories.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from attrs import field, frozen, validators
from immutables import Map

from timepoint_pro.formulas import influence
from timepoint_pro.formulas.reputation import BETRAYAL_WEIGHT, HALF_LIFE_DAYS
from timepoint_pro.mechanisms.appraisal import Reaction
from timepoint_pro.mechanisms.base import Context, Spec, Stage, Start
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.reception import answered, news_in, reaction_of, side_of, told_by
from timepoint_pro.mechanisms.ties import (
    HELD,
    BondSet,
    Contradiction,
    Opinion,
    Tie,
    Ties,
    TiesMoved,
    opposed,
)
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import Timeline
from timepoint_pro.records.turn import Floor, Tone, Turn
from timepoint_pro.records.units import bounds
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

__all__ = [
    "BondSet", "Contradiction", "Opinion", "Relationships", "Tie", "Ties", "TiesMoved", "contradictions",
    "shared_knowledge",
]  # fmt: skip

AFFINITY_OF_TONE: dict[Tone, float] = {
    "warm": 0.03, "hopeful": 0.01, "calm": 0.005, "neutral": 0.0, "curious": 0.01, "urgent": 0.0, "worried": 0.0,
    "tense": -0.01, "frustrated": -0.02, "angry": -0.04, "sad": 0.005, "weary": 0.0,
}  # fmt: skip
OVERHEARD = 0.25
AFFINITY_OF_REACTION: dict[Reaction, float] = {"": 0.0, "upheld": 0.02, "opposed": -0.015, "dismissed": -0.02}
GOOD_OF_REACTION: dict[Reaction, float] = {"": 0.0, "upheld": 0.15, "opposed": 0.0, "dismissed": 0.0}
BAD_OF_REACTION: dict[Reaction, float] = {"": 0.0, "upheld": 0.0, "opposed": 0.05, "dismissed": 0.15}
GOOD_OF_NEWS = 0.2
BAD_OF_REVERSAL = 0.2
BAD_OF_UNTRUTH = 0.3
UNTRUE_BELOW = 0.35
"""Expectation of a listener's opinion under which a statement is untrue to them."""

CHANGES_OF_MIND = ("concede", "support", "close")
_SIGNED = bounds("trust")


@frozen
class Relationships:
    """M13 relationships.

    Args:
        half_life_days: days of story time after which evidence counts half.
        bad_weight: how many times good evidence bad evidence counts.
        persuasion: weight, in [0, 1], that a listener of full trust gives to a turn for or against an option.
    """

    spec: ClassVar[Spec] = Spec(
        code="M13",
        name="relationships",
        stages=(Stage.SETTLE,),
        reads=(Ties, Cast, Timeline, Floor, Knowledge),
        emits=(TiesMoved,),
    )

    half_life_days: float = field(default=HALF_LIFE_DAYS, validator=validators.gt(0.0))
    bad_weight: float = field(default=BETRAYAL_WEIGHT, validator=validators.ge(0.0))
    persuasion: float = field(default=0.3, validator=[validators.ge(0.0), validators.le(1.0)])

    def start(self, template: Template, /) -> Start:
        """The leanings that the template states; bonds come with the entities that have them."""
        opinions: dict[str, dict[str, Opinion]] = {}
        for question in template.questions:
            for entity, weights in question.leanings.items():
                for option, weight in weights.items():
                    opinions.setdefault(f"{question.id}/{option}", {})[entity] = Opinion(weight, weight)
        by_option = Map({option: Map(of_option) for option, of_option in opinions.items()})
        return Start(facets=(Ties(half_life=self.half_life_days, opinions=by_option),))

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        """What the turn was evidence of, and whom it persuaded."""
        floor, timepoint = world[Floor], world[Timeline].current
        turn = floor.last
        if turn is None:
            return ()
        option, sign = side_of(turn, timepoint)
        moves = self._moves(world, floor, turn, timepoint.present, option, sign)
        opinions = self._opinions(world, turn, timepoint.present, option, sign) if option else ()
        if not moves and not opinions:
            return ()
        return (TiesMoved(floor.at, moves, opinions, causes=(floor.last_entry,)),)

    def _moves(
        self, world: World, floor: Floor, turn: Turn, present: Iterable[str], option: str, sign: int
    ) -> tuple[tuple[str, str, float, float, float, int], ...]:
        knowledge, speaker = world[Knowledge], turn.speaker
        before = answered(floor, turn)
        target = "" if before is None else before.speaker
        met = set(turn.addressed_to) | {target}
        items = told_by(turn)
        liked = AFFINITY_OF_TONE[turn.tone]
        reversal = BAD_OF_REVERSAL if option and _went_back(world[Ties], turn, option, sign) else 0.0
        moves = []
        for name in present:
            if name == speaker:
                continue
            addressed = not turn.addressed_to or name in turn.addressed_to
            reaction: Reaction = reaction_of(turn) if name == target else ""
            good, bad = GOOD_OF_REACTION[reaction], BAD_OF_REACTION[reaction] + reversal
            affinity = liked * (1.0 if addressed else OVERHEARD) + AFFINITY_OF_REACTION[reaction]
            if items:
                good += GOOD_OF_NEWS * news_in(knowledge, items, speaker, name, floor.at)
                bad += BAD_OF_UNTRUTH * _untruths(knowledge, items, name)
            meeting = int(name in met)
            if good or bad or affinity or meeting:
                bad *= self.bad_weight
                moves.append((name, speaker, round(good, 6), round(bad, 6), round(affinity, 6), meeting))
            if meeting:
                moves.append((speaker, name, 0.0, 0.0, 0.0, meeting))
        return tuple(moves)

    def _opinions(
        self, world: World, turn: Turn, present: Iterable[str], option: str, sign: int
    ) -> tuple[tuple[str, str, float, bool], ...]:
        ties, cast, speaker = world[Ties], world[Cast], turn.speaker
        said = sign * (0.5 + 0.5 * cast[speaker].behavior.assertiveness)
        own = ties.belief(speaker, option)
        moved = []
        if sign * own < sign * said:
            moved.append((option, speaker, round(said - own, 6), True))
        elif not ties.opinion(speaker, option).spoken:
            moved.append((option, speaker, 0.0, True))
        for name in present:
            if name == speaker:
                continue
            opinion = ties.opinion(name, option)
            weight = self.persuasion * ties.confidence(name, speaker)
            susceptibility = 0.4 + 0.5 * cast[name].behavior.agreeableness
            after = influence.step(
                (opinion.belief, said), ((1.0 - weight, weight),), (susceptibility,), (opinion.innate,)
            )[0]
            change = round(_SIGNED.clip(after) - opinion.belief, 6)
            if change:
                moved.append((option, name, change, False))
        return tuple(moved)


def contradictions(world: World) -> tuple[Contradiction, ...]:
    """Everything that people hold opposite opinions of: options first, then items, each in order of id.

    An item counts where one holds it true at an expectation of .65 or more and another at .35 or less. It looks
    at everything that anybody holds, so it is for reports, not for every beat.

    Args:
        world: with the facets of M3 and M13.
    """
    knowledge = world[Knowledge]
    beliefs: dict[str, dict[str, float]] = {}
    for name in world[Cast].order:
        for item, holding in knowledge.holds(name).items():
            beliefs.setdefault(item, {})[name] = 2.0 * holding.opinion.expectation - 1.0
    found = list(world[Ties].contradictions)
    for item in sorted(beliefs):
        found.extend(opposed(item, beliefs[item], HELD))
    return tuple(found)


def shared_knowledge(knowledge: Knowledge, one: str, other: str) -> tuple[str, ...]:
    """Ids of the items that both hold, sorted."""
    theirs = knowledge.holds(other)
    return tuple(sorted(item for item in knowledge.holds(one) if item in theirs))


def _went_back(ties: Ties, turn: Turn, option: str, sign: int) -> bool:
    """Whether the speaker now says the opposite of what they said, without owning up to a change of mind."""
    opinion = ties.opinion(turn.speaker, option)
    return opinion.spoken and sign * opinion.belief <= -HELD and turn.act not in CHANGES_OF_MIND


def _untruths(knowledge: Knowledge, items: Iterable[str], listener: str) -> int:
    held = knowledge.holds(listener)
    return sum(1 for one in items if one in held and held[one].opinion.expectation < UNTRUE_BELOW)
