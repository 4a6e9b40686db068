"""What one speaker has before them: the structured context of a turn, built from their own side of the world.

Nothing comes in here that the speaker could not know: items by the speaker's own exposures and recall, ties by
the speaker's own view, the scene as those present see it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import ClassVar, Self

from attrs import frozen
from immutables import Map

from timepoint_pro.formulas.reputation import shown
from timepoint_pro.mechanisms.agencies import takes_in, takes_turns
from timepoint_pro.mechanisms.inner import capacity_of, inner_of
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.m07_causal_chain import Chain
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.rhythm import Rhythm
from timepoint_pro.mechanisms.scene import Scene
from timepoint_pro.mechanisms.sleep_schedule import Place
from timepoint_pro.mechanisms.speech import Speech
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.prompts.dialog import (
    ArcEntry,
    Feeling,
    KnownItem,
    Matter,
    OpenQuestion,
    OptionView,
    Persona,
    Relation,
    Said,
    Setting,
    TurnContext,
)
from timepoint_pro.records.entity import Cast, Entity
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.knowledge import bearing_on
from timepoint_pro.records.timepoint import Question, Timeline, Timepoint
from timepoint_pro.records.turn import Floor, Turn
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

HISTORY = 6
EARTH_DAY = 24.0
UNSURE = 0.4
"""Share of the distance of a confidence from even that somebody without any capacity loses [cal]."""


@frozen
class Agenda:
    """What people lean to before anybody argues: pairs of (entity, question/option) and a weight in [-1, 1]."""

    folds: ClassVar[tuple[type[Event], ...]] = ()

    prior: Map[tuple[str, str], float] = Map()
    language: str = "en"

    def fold(self, _entry: Entry, /) -> Self:
        return self

    @classmethod
    def of(cls, template: Template) -> Agenda:
        """The leanings that the template's questions state."""
        prior = {
            (entity, f"{question.id}/{option}"): weight
            for question in template.questions
            for entity, options in question.leanings.items()
            for option, weight in options.items()
        }
        return cls(Map(prior), template.spoken_language)


def leanings(agenda: Agenda, entity: str, question: Question, items: Iterable[KnownItem]) -> dict[str, float]:
    """How far ``entity`` is for each option, in [-1, 1]: where they started, and what they hold since.

    tanh(prior + sum of bearing * confidence) over the items that they recall: a weighted additive rule
    (Anderson 1971), squashed so that no heap of facts passes certainty.
    """
    sums = {option.id: agenda.prior.get((entity, f"{question.id}/{option.id}"), 0.0) for option in question.options}
    for item in items:
        for option, weight in item.bearing:
            if option in sums:
                sums[option] += weight * item.confidence
    return {option: round(math.tanh(total), 4) for option, total in sums.items()}


def turn_context(
    world: World, speaker: str, *, items: int, words: int, limit: int, closing: bool, attempt: int
) -> TurnContext:
    """The context of ``speaker``'s next turn.

    Args:
        world: the world before the turn; a timepoint is open.
        speaker: entity id, present.
        items: how many known items the prompt may show.
        words: breath for the turn.
        limit: the scene's most turns.
        closing: the scene is expected to end with this turn.
        attempt: 0, or higher when the turn is asked again.
    """
    entity = world[Cast][speaker]
    floor, speech, timeline = world[Floor], world[Speech], world[Timeline]
    timepoint = timeline.current
    knows = _known(world, speaker, timepoint, floor.at, items)
    relations = tuple(_relation(world, speaker, other) for other in timepoint.present if other != speaker)
    chain = world[Chain].history(HISTORY, speaker) if Chain in world else ()
    return TurnContext(
        speaker=_persona(entity),
        feeling=_feeling(world, entity, relations),
        setting=_setting(world, speaker, timepoint, floor.at),
        matter=_matter(world, speaker, timepoint.question, knows),
        knows=knows,
        relations=relations,
        position=floor.spoken,
        limit=limit,
        words=words,
        closing=closing,
        history=chain,
        arc=_arc(speech, speaker),
        recent=tuple(_said(world, turn) for turn in floor.turns),
        questions=tuple(_question(world, turn, knows) for turn in speech.questions if turn.speaker != speaker),
        answering=_answering(floor, speaker),
        told=speech.told,
        inner=inner_of(world, knows, relations, entity),
        refused=speech.refusals,
        attempt=attempt,
        language=world[Agenda].language,
        used=speech.used,
        used_by_speaker=speech.used_by.get(speaker, Map()),
        openings=speech.openings,
    )


def _persona(entity: Entity) -> Persona:
    return Persona(
        entity.id, entity.name, entity.role, entity.kind, entity.archetype, entity.traits, entity.goals,
        entity.behavior, entity.voice,
    )  # fmt: skip


def _feeling(world: World, entity: Entity, relations: tuple[Relation, ...]) -> Feeling:
    """True state, and what is let show: the more agreeable or outranked, the nearer to calm (Gross 1998)."""
    minds, energy = world[Minds], world[Rhythm].energy(entity.id)
    valence, arousal = minds.valence(entity.id), minds.arousal(entity.id)
    outranked = max((-tie.power for tie in relations), default=0.0)
    masking = min(0.8, max(0.0, 0.3 * entity.behavior.agreeableness + 0.4 * outranked))
    shown_valence = valence * (1.0 - masking) if valence < 0 else valence
    return Feeling(
        valence=round(valence, 4),
        arousal=round(arousal, 4),
        energy=round(energy, 2),
        capacity=round(capacity_of(world, entity.id), 4),
        presented_valence=round(shown_valence, 4),
        presented_arousal=round(arousal * (1.0 - 0.5 * masking), 4),
    )


def _setting(world: World, speaker: str, timepoint: Timepoint, at: float) -> Setting:
    scene, rhythm, cast = world[Scene], world[Rhythm], world[Cast]
    present = tuple([(one.id, one.name, one.role) for one in map(cast.__getitem__, timepoint.present)])
    return Setting(
        timepoint_id=timepoint.id,
        timestamp=rhythm.timestamp(at),
        hour=round(rhythm.hour(at), 2),
        daypart=rhythm.daypart(at),
        circadian_penalty=round(rhythm.penalty(speaker, at), 3),
        location=scene.location,
        lighting=scene.lighting,
        confinement=scene.confinement,
        tension=round(scene.tension, 4),
        group_valence=round(scene.valence, 4),
        group_arousal=round(scene.arousal, 4),
        group_energy=round(scene.energy, 2),
        circumstance=timepoint.circumstance,
        present=present,
        at=at,
        started=_started(rhythm.start, rhythm.place),
    )


@lru_cache(maxsize=256)
def _started(start: datetime, place: Place) -> str:
    """The run's start on the calendar of the place; where a day is not as long as Earth's, in UTC."""
    if place.day_length != EARTH_DAY:
        return start.replace(tzinfo=None).isoformat()
    ahead = (place.origin - start.hour - start.minute / 60.0 - start.second / 3600.0 + 10.0) % EARTH_DAY - 10.0
    return (start.replace(tzinfo=None) + timedelta(hours=ahead)).isoformat()


def _known(world: World, speaker: str, timepoint: Timepoint, at: float, items: int) -> tuple[KnownItem, ...]:
    knowledge, members = world[Knowledge], world[Cast].members
    stated, log, roots, common = knowledge.items, knowledge.log, knowledge.roots, knowledge.common
    question = timepoint.question
    topics = question.topics if question is not None else ()
    company = takes_in(world, timepoint.present)
    sure = 1.0 - UNSURE + UNSURE * capacity_of(world, speaker)
    known = []
    for holding in knowledge.recallable(speaker, at, items, topics):
        item, best = stated[holding.item], log[holding.best]
        teller = members.get(best.source)
        known.append(
            KnownItem(
                item.id, item.content, item.category, item.handle, item.topic, item.subject, item.importance,
                () if question is None else bearing_on(item.bearing, question.id),
                best.how, best.source,
                best.source if teller is None else teller.name,
                best.timepoint_id, round(0.5 + sure * (holding.opinion.expectation - 0.5), 3),
                common(item.id, company),
                holding.best,
                min([log[root].at for root in roots.get(holding.best, ())], default=best.at),
            )
        )  # fmt: skip
    return tuple(known)


def _relation(world: World, speaker: str, other: str) -> Relation:
    ties, entity = world[Ties], world[Cast][other]
    tie = ties.tie(speaker, other)
    return Relation(
        other, entity.name, entity.role, tie.kind, round(shown(ties.confidence_of(tie)), 4), round(tie.affinity, 4),
        round(tie.power, 4), tie.interactions, takes_turns(world, other),
    )  # fmt: skip


def _matter(
    world: World, speaker: str, question: Question | None, knows: tuple[KnownItem, ...]
) -> Matter | None:
    if question is None:
        return None
    speech = world[Speech]
    proposals = dict(speech.proposals)
    lean = leanings(world[Agenda], speaker, question, knows)
    views = tuple(
        OptionView(
            option.id, option.label, option.noun, lean[option.id],
            proposals.get(option.id, ""),
            tuple(one.entity for one in speech.stands if one.option == option.id and one.sign > 0),
            tuple(one.entity for one in speech.stands if one.option == option.id and one.sign < 0),
            option.quoted,
        )
        for option in question.options
    )  # fmt: skip
    return Matter(question.id, question.text, views, question.topics, question.decides)


def _arc(speech: Speech, speaker: str) -> tuple[ArcEntry, ...]:
    mine = speech.arcs.get(speaker, Map())
    return tuple(
        ArcEntry(tactic, arc.used, arc.taken_up, arc.dismissed) for tactic, arc in sorted(mine.items(), key=_tactic)
    )


def _tactic(pair: tuple[str, object]) -> str:
    return pair[0]


def _said(world: World, turn: Turn) -> Said:
    return Said(
        turn.id, turn.speaker, world[Cast][turn.speaker].name, turn.content, turn.act, turn.tactic, turn.tone,
        turn.addressed_to, turn.shared, turn.option,
    )  # fmt: skip


def _question(world: World, turn: Turn, knows: tuple[KnownItem, ...]) -> OpenQuestion:
    """An open question with what it is about, as far as its words say: an item by its handle, a topic by its name."""
    words = turn.content.casefold()
    item = next((one for one in knows if one.handle and one.handle.casefold() in words), None)
    question = world[Timeline].current.question
    topics = question.topics if question is not None else ()
    topic = item.topic if item else next((one for one in topics if one.casefold() in words), "")
    return OpenQuestion(
        turn.id, turn.speaker, world[Cast][turn.speaker].name, turn.addressed_to, turn.content, topic,
        item.id if item else "",
    )  # fmt: skip


def _answering(floor: Floor, speaker: str) -> str:
    """The last turn that addressed ``speaker`` and that they have not spoken since; empty where there is none."""
    for turn in reversed(floor.turns):
        if turn.speaker == speaker:
            return ""
        if speaker in turn.addressed_to:
            return turn.id
    return ""
