"""Cyclical mode: time goes round. What was, comes again, changed; what was foretold, comes true or does not.

Moment i stands at place i mod L of round i div L, L being ``cycle_length``. Kinds:
    repeating     each round has the same places in the same order
    spiral        the same, and each round adds ``escalation`` to the importance of its moments
    causal_loop   the same, and later moments are causes of earlier ones (``prophecy``); without stated loops the last
                  moment is a cause of the first
    oscillating   every second round runs backward
    composite     several cycles of their own kinds and lengths at once; the first sets questions
A place brings its circumstance, its location, and the question that was asked there the last time, unless the template
has one for this very moment. Each round begins with its ``variation``.

With ``reset``, each round begins from the world before the first one: what happened in it has not happened, and its
moments are on a path of their own (``round-2``). What somebody carries over (knowledge, feelings, ties) is set there as
M12 sets an intervention, and ``RoundBegun`` lists it.

Rules: a later moment is a cause of an earlier one only where a loop licenses it; a circumstance tells neither what a
prophecy comes to before it is due nor a fact that some of those present do not hold; each prophecy that was spoken is
settled once.

Events: those of forward mode, ``MomentPlaced`` for each moment, ``ProphecyWilled``, ``ProphecySpoken`` and
``ProphecySettled``, ``LoopSettled``, ``RoundBegun``; ``ViolationFound`` for a loop that stays open.

Example: ``Cyclical.from_template(Template.from_template("elk_migration"))``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from attrs import evolve, field, frozen

from timepoint_pro.mechanisms.base import Context, Start
from timepoint_pro.mechanisms.interventions import Intervention
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.m12_counterfactual_branching import Interventions, InterventionSet
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.mechanisms.violations import ViolationFound
from timepoint_pro.modes.base import Plan
from timepoint_pro.modes.branching import PathEnded
from timepoint_pro.modes.carrying import begun, round_ended
from timepoint_pro.modes.forward import MAIN, WITH_QUESTION, MomentProposed, Proposals, story_length
from timepoint_pro.modes.layers import layers_of, loops_of
from timepoint_pro.modes.loops import closings, sends_at
from timepoint_pro.modes.premise import CircumstanceCut, whole
from timepoint_pro.modes.prophecy import due_at, received, shown, shown_news, spoken, willed
from timepoint_pro.modes.prophecy import settled as settled_prophecy
from timepoint_pro.modes.readings import QuantityRead, Readings
from timepoint_pro.modes.rounds import (
    LoopSettled,
    MomentPlaced,
    ProphecySettled,
    ProphecySpoken,
    ProphecyWilled,
    RoundBegun,
    Rounds,
    round_name,
)
from timepoint_pro.modes.settlements import SceneSettled, Settlements, settlement
from timepoint_pro.modes.steering import Steering, Wanted, readings_of
from timepoint_pro.modes.wheel import Wheel
from timepoint_pro.prompts.planning import Direction
from timepoint_pro.prompts.planning_text import MOST_PRESENT
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import News, Timeline, Timepoint, TimepointPlanned
from timepoint_pro.records.world import Facet, World
from timepoint_pro.templates import Template
from timepoint_pro.templates.cycles import (
    CarryOver,
    LoopEntry,
    ProphecyEntry,
)
from timepoint_pro.templates.vocabulary import EVERYONE

SPIRAL = 0.15
"""What each round of a spiral adds to importance [cal]."""

MOST_IMPORTANT = 0.98


@frozen
class Cyclical:
    """Time that goes round.

    Args:
        steering: asks for moments and stages them.
        wheel: the cycles, and where each moment stands in them.
        returns: ids of the questions that come again; ``*`` for all.
        variations: what each round has of its own, by round.
        escalation: what each round adds to importance.
        prophecies, loops: of the template, their moments within the run.
        accuracy: share of prophecies that come true, in [0, 1].
        reset: whether each round begins from the world before the first.
        carry_over: who keeps what over that.
    """

    name: ClassVar[str] = "cyclical"
    version: ClassVar[int] = 1
    emits: ClassVar[tuple[type[Event], ...]] = (
        SceneSettled, MomentProposed, QuantityRead, CircumstanceCut, TimepointPlanned, MomentPlaced, ProphecyWilled,
        ProphecySpoken, ProphecySettled, LoopSettled, ViolationFound, RoundBegun, InterventionSet,
        PathEnded,
    )  # fmt: skip
    reads: ClassVar[tuple[type[Facet], ...]] = (
        Timeline, Cast, Settlements, Proposals, Readings, Knowledge, Minds, Ties, Interventions, Rounds,
    )  # fmt: skip

    steering: Steering
    wheel: Wheel
    returns: tuple[str, ...] = (EVERYONE,)
    variations: tuple[str, ...] = ()
    escalation: float = 0.0
    prophecies: tuple[ProphecyEntry, ...] = ()
    loops: tuple[LoopEntry, ...] = ()
    accuracy: float = 0.5
    reset: bool = False
    carry_over: CarryOver = field(factory=CarryOver)

    @classmethod
    def from_template(cls, template: Template, /) -> Self:
        """The mode as ``temporal`` and ``metadata.cyclical_structure`` configure it.

        Raises:
            TemplateError: a loop does not lead from a later moment of the run to an earlier one.
        """
        told, steering = template.cyclical_structure, Steering.of(template)
        escalation = told.escalation if told.escalation is not None else SPIRAL if told.kind == "spiral" else 0.0
        return cls(
            steering, Wheel(told.kind, layers_of(template), steering.total), told.returns, told.variations, escalation,
            tuple(one for one in told.prophecies if one.statement.strip() and one.at < steering.total),
            loops_of(template, steering.total), template.temporal.prophecy_accuracy, told.reset, told.carry_over,
        )  # fmt: skip

    @classmethod
    def defaults(cls, template: Template, /) -> Mapping[str, Any]:
        """Two rounds of the template's own moments, since whatever comes once does not come round."""
        changes: dict[str, Any] = dict(story_length(template))
        if "cycle_length" in {name.rpartition(".")[2] for name in template.given} or template.cyclical_structure.places:
            return changes
        moments = template.timepoints
        count = changes.get("timepoints.count", moments.count)
        whole_round = moments.before_count + count + moments.after_count
        changes["temporal.cycle_length"] = whole_round
        changes["timepoints.count"] = count + whole_round
        return changes

    def start(self, _template: Template, /) -> Start:
        """The facets that plans are kept in."""
        return Start((Settlements(), Proposals(), Readings(), Rounds()))

    async def plan(self, world: World, ctx: Context, /) -> Plan:
        """The next moment; none when all were played.

        Raises:
            ModelError: when no model gave a usable proposal.
        """
        settled = settlement(world)
        events: list[Event] = [settled] if settled is not None else []
        index, rounds = self._index(world), world[Rounds]
        scenes = (*world[Settlements].scenes, *((settled,) if settled is not None else ()))
        will = dict(rounds.willed)
        if not will:
            will = willed(self.prophecies, self.accuracy, ctx)
            events.extend(ProphecyWilled(name, true) for name, true in will.items())
        closed = closings(world, self.loops, self.steering.total, index, scenes)
        events.extend(event for event, _given in closed)
        done = index >= self.steering.total
        if self.reset and not done and world[Timeline].passed and self.wheel.begins(index):
            ended = round_ended(world, settled, is_last=False)
            return Plan((*events, ended, begun(world, self.carry_over, rounds.number + 1)))
        open_now = [one for one in self.prophecies if one.id not in rounds.settled]
        due = [] if done else [one for one in open_now if due_at(one, self.steering.total) == index]
        given = [text for _event, text in closed if text]
        events.extend(settled_prophecy(one, f"T{index}", will[one.id], scenes) for one in due)
        if done:
            return Plan((*events, round_ended(world, settled, is_last=True)) if self.reset else tuple(events))
        given.extend(shown(one, will[one.id]) for one in due)
        wanted = self._wanted(world, index, given, will, due)
        present = self.steering.company(world, wanted)
        proposal = await self.steering.ask(world, ctx, wanted, present, settled)
        witnessed = tuple(shown_news(one, will[one.id], present) for one in due)
        wanted = evolve(wanted, news=(*wanted.news, *witnessed))
        moment, recorded = self.steering.stage(world, ctx, wanted, present, proposal, readings_of(world))
        moment, carried = self._named(moment, index), self._carried(world, index)
        said = [one for one in self.prophecies if one.at == index]
        events.extend(recorded)
        events.extend(ProphecySpoken(one.id, moment.id, whole(one.statement), one.known_by) for one in said)
        shut = {*rounds.settled, *(one.id for one in due)}
        waiting = dict.fromkeys((*rounds.spoken, *(one.id for one in said)))
        events.append(self.wheel.placed(moment, [one for one in waiting if one not in shut]))
        events.append(TimepointPlanned(moment, causes=world[Settlements].causes))
        if carried:
            name = round_name(rounds.number)
            events.append(InterventionSet(moment.id, name, "", f"round {rounds.number}", carried, is_main=True))
        return Plan(tuple(events), (moment,))

    def _index(self, world: World) -> int:
        """Place of the next moment among all moments of the run; those of earlier rounds count, played or undone."""
        return len(world[Timeline].passed) + (world[Rounds].number - 1) * self.wheel.length * self.reset

    def _carried(self, world: World, index: int) -> tuple[Intervention, ...]:
        """Feelings and ties that a round begins with, as M12 sets them; none but at its first moment."""
        if not self._at_reset(world) or Interventions not in world:
            return ()
        found: list[Intervention] = []
        for one in world[Rounds].resets[-1].carried:
            if one.feelings:
                found.append(Intervention.state(one.entity, valence=one.feelings[0], arousal=one.feelings[1]))
            found.extend(
                Intervention.relationship(one.entity, other, trust=trust, affinity=affinity)
                for other, trust, affinity in one.ties
            )
        return tuple(found)

    def _at_reset(self, world: World) -> bool:
        return bool(world[Rounds].resets) and not world[Timeline].passed

    def _wanted(
        self, world: World, index: int, given: Sequence[str], will: Mapping[str, bool], due: Sequence[ProphecyEntry]
    ) -> Wanted:
        cast, timeline = world[Cast], world[Timeline]
        names = {one: cast[one].name for one in cast.order}
        number, place = self.wheel.at(index)
        news: list[News] = []
        said: list[str] = []
        if self._at_reset(world):
            news.extend(item for one in world[Rounds].resets[-1].carried for item in one.news)
        if self.reset and number and place:
            news.extend(self.steering.entering(world, place))
        for prophecy in self.prophecies:
            if prophecy.at == index:
                told, words = spoken(prophecy, names)
                news.append(told)
                said.append(words)
        for loop in self.loops:
            brought = received(loop) if loop.receives == index else None
            if brought is not None:
                news.append(brought)
        places = [one for one in (layer.entry(index) for layer in self.wheel.layers) if one is not None]
        varied = self.wheel.begins(index) and number < len(self.variations)
        variation = self.variations[number] if varied else ""
        witnessed = (variation, *(one.circumstance for one in places), *given, *said)
        questions = self._questions(timeline, index, number, place)
        senders = [one.sender for one in self.loops if self._sends(one, index) and one.sender]
        senders += [one.spoken_by for one in self.prophecies if one.at == index and one.spoken_by in cast]
        importance = MAIN + self.escalation * number + (WITH_QUESTION if questions else 0.0)
        later = [one for one in self.prophecies if one not in due and due_at(one, self.steering.total) > index]
        return Wanted(
            index=index,
            key=f"T{index}",
            direction=Direction(self._manner(index, number), self._words(timeline, index), MOST_PRESENT),
            questions=questions,
            first=tuple(dict.fromkeys(senders)),
            location=next((one.location for one in places if one.location), ""),
            given=" ".join(whole(one) for one in witnessed if one),
            secrets=tuple(text for one in later for text in (one.fulfilment, one.subversion) if text.strip()),
            news=tuple(news),
            last_row=tuple(one.id for one in timeline.passed[-1:]),
            after=world[Rounds].over,
            importance=min(MOST_IMPORTANT, importance),
        )

    def _questions(self, timeline: Timeline, index: int, number: int, place: int) -> tuple[str, ...]:
        """What the moment turns on: its own question, else what was asked at its place before and comes again."""
        own = self.steering.places[index]
        if self.reset and number and not own:
            first = self.steering.places[place]
            return tuple(one for one in first if EVERYONE in self.returns or one in self.returns)
        if own or not number:
            asked = {one.question.id for one in timeline.passed if one.question is not None}
            backlog = [one for due in reversed(self.steering.places[:index]) for one in due if one not in asked]
            return (*own, *backlog) if own or backlog else ()
        for moment in reversed(timeline.passed):
            if moment.question is not None and self.wheel.at(moment.index)[1] == place:
                name = moment.question.id
                return (name,) if EVERYONE in self.returns or name in self.returns else ()
        return ()

    def _manner(self, index: int, number: int) -> str:
        if index == self.steering.total - 1 and not self.reset:
            return "ends"
        if not index or (self.reset and self.wheel.begins(index)):
            return "begins"
        # Whoever does not remember must not be told that it comes again.
        return "again" if number and not self.reset else "goes_on"

    def _words(self, timeline: Timeline, index: int) -> str:
        """Where the moment stands, for the planner: and what was at its place before."""
        parts = [self.wheel.words(index)]
        number, place = self.wheel.at(index)
        before = [] if self.reset else [one for one in timeline.passed if self.wheel.at(one.index)[1] == place]
        if before:
            parts.append(f"At this place before: {before[-1].description or before[-1].circumstance}")
            parts.append("Let it come again and not repeat itself.")
        if self.escalation and number:
            parts.append("More is at stake than in the round before.")
        sending = [one.label or "what arrived then" for one in self.loops if self._sends(one, index)]
        if sending:
            parts.append(f"Whoever is there must be able to send {' and '.join(sending)} back to where it arrived.")
        return " ".join(parts)

    def _sends(self, loop: LoopEntry, index: int) -> bool:
        return sends_at(loop, self.steering.total) == index

    def _named(self, moment: Timepoint, index: int) -> Timepoint:
        """The moment with its loops, and with the place in its title; after a reset it is on another path."""
        entry = self.wheel.layers[0].entry(index)
        title = f"{entry.label}: {moment.title}" if entry is not None and entry.label else moment.title
        loops = tuple(dict.fromkeys(f"T{one.receives}" for one in self.loops if self._sends(one, index)))
        number = index // self.wheel.length + 1
        path = round_name(number) if self.reset and number > 1 else moment.path
        return evolve(moment, title=title, loops=loops, path=path)
