"""What people take along when time is set back, and the record of a round that is over."""

from __future__ import annotations

from collections.abc import Sequence

from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.modes.branching import TRUNK, PathEnded, wellbeing
from timepoint_pro.modes.rounds import Carried, RoundBegun, Rounds, round_name
from timepoint_pro.modes.settlements import SceneSettled, Settlements
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.timepoint import News, Timeline
from timepoint_pro.records.world import World
from timepoint_pro.templates.cycles import CarryOver
from timepoint_pro.templates.vocabulary import EVERYONE

LASTING = ("fact", "revelation")
"""Categories of what is so whether or not a round has happened; what people said and decided in it is undone."""


def begun(world: World, keeps: CarryOver, number: int) -> RoundBegun:
    """What goes over to a round, as it stands at the end of the one before.

    Args:
        world: at its end.
        keeps: who keeps what.
        number: of the round that begins, from 2.
    """
    rounds, last = world[Rounds], world[Timeline].passed[-1]
    carried = []
    for entity in world[Cast].order:
        knowledge, minds, ties = world.find(Knowledge), world.find(Minds), world.find(Ties)
        news: tuple[News, ...] = ()
        feelings: tuple[float, ...] = ()
        bonds: tuple[tuple[str, float, float], ...] = ()
        if knowledge is not None and _keeps(keeps.knowledge, entity):
            news = _remembered(knowledge, entity, number - 1)
        if minds is not None and entity in minds and _keeps(keeps.feelings, entity):
            feelings = (round(minds.valence(entity), 6), round(minds.arousal(entity), 6))
        if ties is not None and _keeps(keeps.relationships, entity):
            bonds = tuple(
                (other, round(ties.trust(entity, other), 6), round(ties.affinity(entity, other), 6))
                for other in world[Cast].order if ties.interactions(entity, other)
            )  # fmt: skip
        if news or feelings or bonds:
            carried.append(Carried(entity, news, feelings, bonds))
    return RoundBegun(
        number, last.id, tuple(carried), tuple(sorted(rounds.willed.items())),
        tuple(sorted(rounds.settled.items())), causes=world[Settlements].causes,
    )  # fmt: skip


def round_ended(world: World, settled: SceneSettled | None, is_last: bool) -> PathEnded:
    """A round as a path that has come to its end.

    Args:
        world: at its end.
        settled: how its last scene ended, where that is not yet in the world.
        is_last: nothing is set back after it.
    """
    number, passed = world[Rounds].number, world[Timeline].passed
    scenes = [*world[Settlements].scenes, *((settled,) if settled is not None else ())]
    again = number > 1
    return PathEnded(
        path=round_name(number) if again else TRUNK,
        label=f"round {number}",
        parent="" if not again else round_name(number - 1) if number > 2 else TRUNK,
        parted=passed[0].id if again and passed else "",
        timepoints=tuple(one.id for one in passed),
        settled=tuple({one.question: one.option for one in scenes if one.option}.items()),
        wellbeing=wellbeing(world),
        is_main=is_last,
    )


def _keeps(who: Sequence[str], entity: str) -> bool:
    return EVERYONE in who or entity in who


def _remembered(knowledge: Knowledge, entity: str, number: int) -> tuple[News, ...]:
    """What somebody came to hold since the start of the story, as news for them alone."""
    found = []
    held = knowledge.holds(entity)
    for item in sorted(held):
        best = knowledge.exposure(held[item].best)
        if best.timepoint_id and knowledge.item(item).category in LASTING:
            sure = round(held[item].opinion.expectation, 6)
            found.append(News(knowledge.item(item), (entity,), "experienced", f"round {number}", sure))
    return tuple(found)
