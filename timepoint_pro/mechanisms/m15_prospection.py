"""M15 prospection: what does everybody expect and fear, what do they keep back, and what stays with them?

Inputs: ``metadata.prospection_config`` (shape: see ``outlooks``), goals, the question and its leanings, what is
    held (M3), opinions shown and trust (M13), feelings (M6), how the scene ended (M11).
Units: probabilities and loads in [0, 1], outcomes in [-1, 1], horizons in days, surprise in bits.

Formulas (``formulas.prospect``: Tversky, Kahneman 1992)
    value and weight   x^.88, -2.25*(-x)^.88; w(p) with gamma .61 for gains, .69 for losses
    anxiety            1 - exp(-sum of w(p)*|v-|/(1 + .05*days)) [cal] over all that is expected
    expected course    softmax over mean support: opinions that others have shown, whoever decides thrice, and one's
                       own leaning at half weight (false consensus: Ross, Greene, House 1977); the surer, the more
                       often the likeliest course was taken before, which learns beta-binomially
    goals              a loss of -.3 shared among them, in a week, probability .4 at first; learns beta-binomially
                       from what is decided for and against one's leaning
    keeping back       (what an item says against one's own course + .5 if it is about oneself) * (.75 - .5*trust
                       - .5*agreeableness) * (1 - .3*importance*conscientiousness) > .12 [cal; sign: Ashton, Lee
                       2007]; two items at most, besides those that the template names
    surprise           -log2 p of what came; moves feelings (``appraisal.surprise_impulse``)
    load of a topic    halves where it was spoken of; where the question stays open, or something of it was kept back,
                       a quarter of the way to 1 is gone, times .5 + neuroticism (Nolen-Hoeksema 1991). At .85
                       what is kept back comes out (Slepian 2017 for the load of secrets)
    memories           relevance .4*importance + .06*bits + .4*|leaning to what was decided|, from .35 on; six stay

Stages: DELIBERATE emits ``ProspectsFormed``, REFLECT ``ProspectsLearned``; both stir feelings (``AffectStirred``, for
    anxiety and for surprise). No model is asked.

Errors: ``TemplateError`` for what cannot be read.

Example: ``Prospection(anxiety_arousal=0.0, anxiety_valence=0.0)`` in ``Simulation(mechanisms=[...])``: fears no longer
    stir.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from attrs import field, frozen, validators
from immutables import Map

from timepoint_pro.formulas.prospect import surprise
from timepoint_pro.mechanisms.agencies import Agencies, takes_in
from timepoint_pro.mechanisms.appraisal import surprise_impulse
from timepoint_pro.mechanisms.base import Context, Spec, Stage, Start
from timepoint_pro.mechanisms.dialog_context import Agenda
from timepoint_pro.mechanisms.forethought import View, open_expectations, shown_support
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.minds import AffectStirred, Minds
from timepoint_pro.mechanisms.outlooks import Memory, stated_outlooks
from timepoint_pro.mechanisms.prospects import (
    PROSPECTIVE_KINDS,
    Formed,
    Learned,
    Outlook,
    Prospects,
    ProspectsFormed,
    ProspectsLearned,
)
from timepoint_pro.mechanisms.speech import Speech
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import Timeline, Timepoint
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

__all__ = ["Prospection", "Prospects", "ProspectsFormed", "ProspectsLearned"]

SPOKEN_OF, UNRESOLVED = 0.5, 0.25
SERVED = 0.2
REMARKABLE = 0.35
DISAPPOINTED = 0.5


@frozen
class Prospection:
    """M15 prospection.

    Args:
        anxiety_arousal: change of arousal (internal scale) that full anxiety brings at the opening of a moment to
            somebody of neuroticism .5, >= 0.
        anxiety_valence: by how much full anxiety lowers the valence of the same person then, >= 0.
        surprise_gain: factor on what a surprise does to feelings, >= 0.
    """

    spec: ClassVar[Spec] = Spec(
        code="M15",
        name="prospection",
        stages=(Stage.DELIBERATE, Stage.REFLECT),
        reads=(Prospects, Cast, Timeline, Knowledge, Agenda, Ties, Minds, Speech, Agencies),
        emits=(ProspectsFormed, ProspectsLearned, AffectStirred),
        version=2,
    )

    anxiety_arousal: float = field(default=0.3, validator=validators.ge(0.0))
    anxiety_valence: float = field(default=0.4, validator=validators.ge(0.0))
    surprise_gain: float = field(default=1.0, validator=validators.ge(0.0))

    def start(self, template: Template, /) -> Start:
        """What the template says of minds."""
        minds = {entity: Outlook.of(stated) for entity, stated in stated_outlooks(template).items()}
        return Start(facets=(Prospects(Map(minds)),))

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        """How those present look ahead, or what they make of how it ended."""
        timepoint, cast = world[Timeline].current, world[Cast]
        people = [one for one in timepoint.present if one in cast and cast[one].kind in PROSPECTIVE_KINDS]
        if not people:
            return ()
        causes = (world[Prospects].opening,) if world[Prospects].opening else ()
        if ctx.stage is Stage.DELIBERATE:
            shown, hearers = shown_support(world, timepoint.question, people), takes_in(world, timepoint.present)
            views = (View.of(world, one, timepoint, people, shown, hearers) for one in people)
            formed = tuple(view.formed(people) for view in views)
            event = ProspectsFormed(timepoint.at, formed, causes=causes)
            return _with(event, "anxiety", self._anxious(world, formed))
        return self._reflect(world, timepoint, people, causes)

    def _anxious(self, world: World, formed: Sequence[Formed]) -> list[tuple[str, float, float]]:
        minds, cast, moves = world[Minds], world[Cast], []
        for one in formed:
            if one.entity in minds and one.anxiety > 0.0:
                felt = one.anxiety * (0.5 + cast[one.entity].behavior.neuroticism)
                stir = self.anxiety_arousal * felt * (1.0 - minds.arousal(one.entity))
                fall = self.anxiety_valence * felt * min(1.0, 1.0 + minds.valence(one.entity))
                moves.append((one.entity, round(-fall, 6), round(stir, 6)))
        return moves

    def _reflect(
        self, world: World, timepoint: Timepoint, people: Sequence[str], causes: tuple[str, ...]
    ) -> Sequence[Event]:
        speech, question = world[Speech], timepoint.question
        course = f"{question.id}/{speech.settled}" if question is not None and speech.settled else ""
        scene = _Scene(world, timepoint, course)
        learned, moves = [], []
        for one in people:
            mine, push, stir = scene.learned(one)
            learned.append(mine)
            if one in world[Minds] and (push or stir):
                gain = self.surprise_gain
                moves.append((one, round(gain * push, 6), round(gain * stir, 6)))
        event = ProspectsLearned(timepoint.at, course, tuple(learned), causes=causes)
        return _with(event, "surprise", moves)


class _Scene:
    """A scene that is over, as each of those who were there looks back on it."""

    def __init__(self, world: World, timepoint: Timepoint, course: str) -> None:
        self._world, self._timepoint, self._course = world, timepoint, course
        items = world[Knowledge].items
        told = [items[one].topic for one in world[Speech].told if one in items]
        self._told = frozenset(topic for topic in told if topic)
        question = timepoint.question
        self._open = question.topics[0] if question is not None and not course and question.topics else ""

    def learned(self, entity: str) -> tuple[Learned, float, float]:
        """What it taught ``entity``, and the push to valence and to arousal."""
        mind = self._world[Prospects].outlook(entity)
        bits, foreseen, outcome, push, stir = self._settled(mind)
        closed = []
        for one in open_expectations(mind):
            came = one.comes_with == self._course or one.comes_with in self._world[Knowledge].holds(entity)
            missed = self._missed(one.comes_with) or one.days_left(self._timepoint.at) <= 0.0
            if not (came or missed):
                continue
            closed.append(one.statement)
            chance = one.probability if came else 1.0 - one.probability
            value = one.outcome if came else -DISAPPOINTED * one.outcome
            more_push, more_stir = surprise_impulse(chance, value)
            push, stir, bits = push + more_push, stir + more_stir, max(bits, surprise(chance))
        goals = (outcome >= SERVED) - (outcome <= -SERVED) if self._course else 0
        learned = Learned(
            entity, round(bits, 6), foreseen, goals, tuple(closed), self._loads(entity, mind),
            self._memory(bits, outcome),
        )  # fmt: skip
        return learned, push, stir

    def _settled(self, mind: Outlook) -> tuple[float, int, float, float, float]:
        """Bits, whether it was foreseen, what it is worth, and its push to valence and arousal."""
        options = mind.formed.options
        taken = next((one for one in options if one[0] == self._course), None)
        if taken is None:
            return 0.0, 0, 0.0, 0.0, 0.0
        likeliest = max(options, key=_probability)
        _, _, probability, outcome = taken
        push, stir = surprise_impulse(probability, outcome)
        return surprise(probability), 1 if likeliest is taken else -1, outcome, push, stir

    def _missed(self, course: str) -> bool:
        """Whether another course of the same question was decided."""
        owner = self._course.rpartition("/")[0]
        return bool(owner) and course != self._course and course.rpartition("/")[0] == owner

    def _loads(self, entity: str, mind: Outlook) -> tuple[tuple[str, float], ...]:
        items, growth = self._world[Knowledge].items, UNRESOLVED
        growth *= 0.5 + self._world[Cast][entity].behavior.neuroticism
        told = frozenset(self._world[Speech].told)
        kept = {items[one].topic for one in mind.formed.withheld if one in items and one not in told}
        changes = {}
        for topic in sorted({*mind.loads, *kept, self._open} - {""}):
            load = mind.load(topic)
            if topic in kept or topic == self._open:
                changes[topic] = growth * (1.0 - load)
            elif topic in self._told:
                changes[topic] = -SPOKEN_OF * load
        return tuple((topic, round(change, 6)) for topic, change in changes.items() if change)

    def _memory(self, bits: float, outcome: float) -> Memory | None:
        timepoint = self._timepoint
        question = timepoint.question
        relevance = 0.4 * timepoint.importance + 0.06 * bits + 0.4 * abs(outcome)
        if question is None or relevance < REMARKABLE:
            return None
        topic = question.topics[0] if question.topics else ""
        taken = next((one for one in question.options if f"{question.id}/{one.id}" == self._course), None)
        if taken is None:
            return Memory(f"the time that it was left open ({question.text})", topic, round(relevance, 6))
        return Memory(f"the choice of {taken.noun or taken.label}", topic, round(min(1.0, relevance), 6))


def _with(event: Event, reason: str, moves: Sequence[tuple[str, float, float]]) -> Sequence[Event]:
    if not moves:
        return (event,)
    return (event, AffectStirred(reason, tuple(moves), causes=event.causes))


def _probability(option: tuple[str, str, float, float]) -> float:
    return option[2]
