"""What somebody remembers of the scenes they were in, and what a prompt at ``trained`` makes of it (M2).

Facet ``Memoirs``: for each person the last ``SCENES`` scenes in which they heard or said something, each with at most
``TURNS`` turns. It comes with M5. A fold costs what a turn adds, and a scene one entry for each who was there; what is
made of it is worked out only for a speaker at ``trained``.

Everything is from the speaker's own side. A turn counts for those who were there when it was said; one whose items
they have forgotten is forgotten with them. Steps by which an item reached them are their own exposures; where the
teller had it from stays with the teller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from typing import ClassVar, Self

from attrs import frozen
from immutables import Map

from timepoint_pro.formulas.reputation import shown
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.prospects import Prospects
from timepoint_pro.mechanisms.rhythm import Rhythm
from timepoint_pro.mechanisms.speech import DISMISSED, TAKEN_UP, sign_of
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.prompts.dialog import TurnContext
from timepoint_pro.prompts.recollection import (
    Acquaintance,
    Between,
    Episode,
    Expected,
    Memory,
    Reason,
    Recollection,
    Remembered,
    Step,
)
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.knowledge import item_id
from timepoint_pro.records.timepoint import PresenceSet, Timepoint, TimepointClosed, TimepointOpened
from timepoint_pro.records.turn import Floor, Turn, TurnAdmitted, TurnProposed
from timepoint_pro.records.world import World

SCENES = 8
TURNS = 24
STEPS = 4
STANDS = 6
ABSENT = 8
EXPECTED = 10
PER_SCENE, PER_TURN, PER_PERSON, PER_ITEM = 180, 45, 190, 60
"""Characters that a scene, a turn, somebody met and an item shown add to what is remembered, their own words apart."""

RECALLED = 0.5
"""Recall from which somebody still has an item in mind, as for ``Knowledge.recallable``."""


@frozen(slots=False)
class Played:
    """A scene: the moment, and its turns with those who were there when each was said."""

    timepoint: Timepoint
    turns: tuple[tuple[Turn, tuple[str, ...]], ...] = ()

    @cached_property
    def company(self) -> dict[str, None]:
        """Everybody who was there, in order."""
        return dict.fromkeys(one for _turn, company in self.turns for one in company)

    @cached_property
    def size(self) -> int:
        """About how many characters it takes to tell it."""
        moment = self.timepoint
        question = "" if moment.question is None else moment.question.text
        turns = sum([len(turn.content) + PER_TURN for turn, _company in self.turns])
        return PER_SCENE + len(moment.circumstance) + len(question) + turns


@frozen
class Recalled:
    """A scene as somebody has it in mind: its turns that they recall, and (turn, first reply, taken up) of these."""

    scene: Played
    turns: tuple[Turn, ...]
    fates: tuple[tuple[Turn, Turn, bool], ...]


@frozen
class Memoirs:
    """Scenes that people were in.

    Args:
        scenes: by entity, oldest first.
        now: the scene being played.
        present: who is there.
        proposed: the turn that nobody has heard yet.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (
        TimepointOpened, PresenceSet, TurnProposed, TurnAdmitted, TimepointClosed,
    )  # fmt: skip

    scenes: Map[str, tuple[Played, ...]] = Map()
    now: Played | None = None
    present: tuple[str, ...] = ()
    proposed: Turn | None = None

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case TurnProposed(turn=turn):
                return type(self)(self.scenes, self.now, self.present, turn)
            case TurnAdmitted(also_shared=also):
                assert self.now is not None
                assert self.proposed is not None
                turn = self.proposed
                if also:
                    turn = evolve(turn, shared=(*turn.shared, *also))
                heard = (*self.now.turns, (turn, self.present))[-TURNS:]
                return type(self)(self.scenes, Played(self.now.timepoint, heard), self.present, None)
            case TimepointOpened(timepoint=timepoint):
                return type(self)(self.scenes, Played(timepoint), timepoint.present, None)
            case PresenceSet(present=present):
                return evolve(self, present=present)
            case TimepointClosed():
                return self._closed()
        return self

    def _closed(self) -> Self:
        now, scenes = self.now, self.scenes
        if now is not None and now.turns:
            scenes = scenes.update({one: (*scenes.get(one, ()), now)[-SCENES:] for one in now.company})
        return type(self)(scenes)


def memory_of(world: World, context: TurnContext) -> Memory:
    """What the speaker of ``context`` has in mind beyond the moment, worked out when it is read; see below."""
    scenes = world[Memoirs].scenes.get(context.speaker.id, ())
    met = {one for scene in scenes for one in scene.company}.difference([context.speaker.id])
    size = sum([scene.size for scene in scenes]) + PER_PERSON * len(met) + PER_ITEM * len(context.knows)
    return Memory(partial(recollection_of, world, context), size, size)


def recollection_of(world: World, context: TurnContext) -> Recollection:
    """What the speaker of ``context`` has in mind beyond the moment.

    Args:
        world: before the turn; a timepoint is open.
        context: of the turn; it says which items the prompt shows and who is present.
    """
    speaker, at = context.speaker.id, world[Floor].at
    shown_items = frozenset(one.id for one in context.knows).difference(context.inner.withheld)
    heard = [_recalled(world, speaker, one, at) for one in world[Memoirs].scenes.get(speaker, ())]
    return Recollection(
        episodes=tuple(_episode(world, speaker, one, shown_items) for one in heard if one.turns),
        steps=tuple(_steps(world, context)),
        people=tuple(_people(world, context, heard, shown_items)),
        between=tuple(_between(context, heard)),
        reasons=tuple(_reasons(context)),
        expected=_expected(world, speaker, at),
        memories=tuple(one.text for one in world[Prospects].memories(speaker)) if Prospects in world else (),
    )


def _recalled(world: World, speaker: str, scene: Played, at: float) -> Recalled:
    """``scene`` with the turns that the speaker was there for and of which they have not forgotten what they told."""
    knowledge, held = world[Knowledge], world[Knowledge].holds(speaker)

    def recalls(turn: Turn) -> bool:
        items = (*turn.shared, *[one for one in map(item_id, turn.said_new) if one in held])
        return all(knowledge.recall(speaker, item, at) >= RECALLED for item in items)

    turns = tuple([turn for turn, company in scene.turns if speaker in company and recalls(turn)])
    return Recalled(scene, turns, tuple(_fates(turns)))


def _episode(world: World, speaker: str, recalled: Recalled, shown_items: frozenset[str]) -> Episode:
    cast, timepoint = world[Cast], recalled.scene.timepoint
    closing = next((turn for turn in reversed(recalled.turns) if turn.act == "close" and turn.option), None)
    return Episode(
        timepoint.id, world[Rhythm].timestamp(timepoint.at), timepoint.location, timepoint.circumstance,
        "" if timepoint.question is None else timepoint.question.text,
        tuple(cast[one].name for one in recalled.scene.company if one != speaker and one in cast.members),
        tuple(_remembered(world, speaker, timepoint, turn, shown_items) for turn in recalled.turns),
        _label(timepoint, closing.option) if closing is not None else "",
        tuple(_course(speaker, recalled)),
    )  # fmt: skip


def _remembered(
    world: World, speaker: str, timepoint: Timepoint, turn: Turn, shown_items: frozenset[str]
) -> Remembered:
    members = world[Cast].members

    def name(one: str) -> str:
        return "you" if one == speaker else members[one].name if one in members else one

    return Remembered(
        name(turn.speaker), tuple(map(name, turn.addressed_to)), turn.content, turn.act,
        tuple(one for one in turn.shared if one in shown_items), turn.tone, _stood(timepoint, turn),
        speaker in (turn.speaker, *turn.addressed_to) or bool(turn.shared) or turn.act == "close",
    )  # fmt: skip


def _label(timepoint: Timepoint, option: str) -> str:
    options = () if timepoint.question is None else timepoint.question.options
    return next((one.label for one in options if one.id == option), "")


def _stood(timepoint: Timepoint, turn: Turn) -> str:
    """``"for LABEL"`` or ``"against LABEL"``; empty where the turn takes no side."""
    sign, label = sign_of(turn), _label(timepoint, turn.option)
    return f"{'for' if sign > 0 else 'against'}: {label}" if sign and label else ""


def _fates(turns: Sequence[Turn]) -> Iterator[tuple[Turn, Turn, bool]]:
    """Each turn with the first reply of another, and whether that took it up (else it dismissed it)."""
    for place, turn in enumerate(turns):
        later = (one for one in turns[place + 1 :] if one.reply_to == turn.id and one.speaker != turn.speaker)
        reply = next(later, None)
        if reply is not None and (reply.act in TAKEN_UP or reply.act in DISMISSED):
            yield turn, reply, reply.act in TAKEN_UP


def _course(speaker: str, recalled: Recalled) -> Iterator[tuple[str, int, int, int]]:
    """How the speaker's tactics fared in one scene."""
    fates = {turn.id: taken for turn, _reply, taken in recalled.fates}
    mine = [turn for turn in recalled.turns if turn.speaker == speaker]
    for tactic in sorted({turn.tactic for turn in mine}):
        own = [fates.get(turn.id) for turn in mine if turn.tactic == tactic]
        yield tactic, len(own), own.count(True), own.count(False)


def _steps(world: World, context: TurnContext) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """The speaker's own exposures on which what they hold rests, for items that came more than by the start."""
    knowledge, members = world[Knowledge], world[Cast].members
    held = knowledge.holds(context.speaker.id)
    for item in context.knows:
        exposures = [knowledge.exposure(one) for one in held[item.id].exposures][-STEPS:]
        steps = tuple(
            Step(
                one.how, members[one.source].name if one.source in members else one.source if one.source != one.how
                else "", one.timepoint_id, round(one.confidence, 3),
            )
            for one in exposures
        )  # fmt: skip
        if len(steps) > 1:
            yield item.id, steps


def _people(
    world: World, context: TurnContext, heard: Sequence[Recalled], shown_items: frozenset[str]
) -> Iterator[Acquaintance]:
    """Those present whom the speaker has met, then the others, the latest met first."""
    speaker, ties, members = context.speaker.id, world[Ties], world[Cast].members
    here = [one.other for one in context.relations]
    companies = [one.scene.company for one in heard]
    absent = dict.fromkeys(
        one for company in reversed(companies) for one in company
        if one in members and one not in here and one != speaker
    )  # fmt: skip
    for other in (*here, *list(absent)[:ABSENT]):
        met = [one for one, company in zip(heard, companies, strict=True) if other in company]
        if not met:
            continue
        said = [(one.scene.timepoint, turn) for one in met for turn in one.turns if turn.speaker == other]
        stood = dict.fromkeys(words for timepoint, turn in said if (words := _stood(timepoint, turn)))
        mine = [turn for one in met for turn in one.turns if turn.speaker == speaker]
        between = [
            (reply.speaker == other, taken) for one in met for turn, reply, taken in one.fates
            if {turn.speaker, reply.speaker} == {speaker, other}
        ]  # fmt: skip
        yield Acquaintance(
            members[other].name, members[other].role, other in here, tuple(one.scene.timepoint.id for one in met),
            _told((turn for _at, turn in said), shown_items), _told(mine, shown_items), tuple(stood)[-STANDS:],
            between.count((True, True)), between.count((True, False)),
            (between.count((False, True)), between.count((False, False))),
            round(shown(ties.tie(speaker, other).reputation.prior), 2),
            round(ties.trust(speaker, other), 2), round(ties.affinity(speaker, other), 2),
        )  # fmt: skip


def _told(turns: Iterable[Turn], shown_items: frozenset[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for turn in turns for item in turn.shared if item in shown_items))


def _between(context: TurnContext, heard: Sequence[Recalled]) -> Iterator[Between]:
    """How those present took one another in earlier scenes, as far as anything was to be seen of it."""
    names = {one.other: one.name for one in context.relations}
    seen: dict[tuple[str, str], list[int]] = {}
    for one in heard:
        for turn, reply, taken in one.fates:
            if turn.speaker in names and reply.speaker in names:
                seen.setdefault((reply.speaker, turn.speaker), [0, 0])[0 if taken else 1] += 1
    for (replying, other), (taken_up, dismissed) in sorted(seen.items()):
        yield Between(names[replying], names[other], taken_up, dismissed)


def _reasons(context: TurnContext) -> Iterator[Reason]:
    """What the items shown say of each option, the weightiest first."""
    for option in context.matter.options if context.matter is not None else ():
        weights = [(item.id, weight) for item in context.knows for one, weight in item.bearing if one == option.id]
        if weights:
            yield Reason(option.id, tuple(sorted(weights, key=_by_weight)))


def _by_weight(pair: tuple[str, float]) -> tuple[float, str]:
    return -abs(pair[1]), pair[0]


def _expected(world: World, speaker: str, at: float) -> tuple[Expected, ...]:
    if Prospects not in world:
        return ()
    found = [
        Expected(one.statement, round(one.probability, 2), round(one.outcome, 2), round(one.days_left(at), 1))
        for one in world[Prospects].expectations(speaker)
    ]
    return tuple(sorted(found, key=_weight)[:EXPECTED])


def _weight(one: Expected) -> tuple[float, str]:
    return -abs(one.probability * one.outcome), one.statement
