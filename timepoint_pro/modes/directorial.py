"""Directorial mode: a story told in acts, with a tension curve, a point of view, and dramatic irony.

Each moment is proposed from what has happened, as in forward mode, and steered by where it stands (``acts``): its act
and tension set its importance (and with it M5's resolution and M10's tension), how many turns its scene may have, how
many people are in view, and through whom it is seen. What the audience knows and a character does not is computed from
M3 (``irony``); in the climax those who hold what the one who decides lacks are brought together with them.

Story lines run beside one another until the climax, where they meet. Two moments in a row whose lines have nobody in
common are asked for together and happen at the same time; what becomes known then reaches each person in the scene that
they are in, and both are antecedents of what follows.

Rules: tension reaches its height at the end of the climax; nobody is in two scenes at one time; a circumstance tells no
fact that some of those present do not hold; what the audience learned and nobody whom it concerned ever did is listed
when the curtain falls.

Events: those of forward mode, ``SceneDirected`` for each moment, ``AudienceLearned`` after it, ``CurtainFallen``.

Example: ``Directorial.from_template(Template.from_template("hound_shadow_directorial"))``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from attrs import evolve, field, frozen, validators

from timepoint_pro.mechanisms.base import Context, Start
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.modes.acts import IN_VIEW, Beat, acts_of, score
from timepoint_pro.modes.audience import Audience, curtain
from timepoint_pro.modes.base import Plan
from timepoint_pro.modes.forward import MomentProposed, Proposals, story_length
from timepoint_pro.modes.irony import EXTERNAL, INTERNAL, ZERO, Gap, gaps, holdings, mean_irony
from timepoint_pro.modes.premise import CircumstanceCut
from timepoint_pro.modes.readings import QuantityRead, Readings
from timepoint_pro.modes.scenario import SPEAKING_KINDS
from timepoint_pro.modes.settlements import SceneSettled, Settlements, settlement
from timepoint_pro.modes.stagecraft import AudienceLearned, CurtainFallen, SceneDirected, Stagecraft
from timepoint_pro.modes.steering import Steering, Wanted, readings_of
from timepoint_pro.prompts.planning import Direction
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Event
from timepoint_pro.records.knowledge import Item
from timepoint_pro.records.timepoint import News, Timeline, Timepoint, TimepointPlanned
from timepoint_pro.records.world import Facet, World
from timepoint_pro.templates import Template
from timepoint_pro.templates.narrative import EXTERNAL as FROM_OUTSIDE
from timepoint_pro.templates.narrative import OMNISCIENT, StorylineEntry
from timepoint_pro.templates.vocabulary import EVERYONE

APART = ("setup", "rising")
"""Acts in which story lines run beside one another."""

RECOGNITION = "climax"


@frozen
class Directorial:
    """A story in acts.

    Args:
        steering: asks for moments and stages them.
        beats: where each moment stands, by index.
        lines: story lines, two or more, or none.
        points: points of view by turns: entity ids, ``"omniscient"``, ``"external"``; one at least.
        parallel: whether two lines' scenes may be at the same time.
        audience: those before whom the story is played.
        arc: the arc in words, for the planner; may be empty.
    """

    name: ClassVar[str] = "directorial"
    version: ClassVar[int] = 1
    emits: ClassVar[tuple[type[Event], ...]] = (
        SceneSettled, MomentProposed, QuantityRead, CircumstanceCut, TimepointPlanned, SceneDirected, AudienceLearned,
        CurtainFallen,
    )  # fmt: skip
    reads: ClassVar[tuple[type[Facet], ...]] = (
        Timeline, Cast, Settlements, Proposals, Readings, Knowledge, Stagecraft,
    )  # fmt: skip

    steering: Steering
    beats: tuple[Beat, ...] = field(validator=validators.min_len(1))
    points: tuple[str, ...] = field(validator=validators.min_len(1))
    lines: tuple[StorylineEntry, ...] = ()
    parallel: bool = True
    audience: Audience = field(factory=Audience)
    arc: str = ""

    @classmethod
    def from_template(cls, template: Template, /) -> Self:
        """The mode as ``temporal`` and ``metadata.narrative_structure`` configure it."""
        told, temporal, moments = template.narrative_structure, template.temporal, template.timepoints
        steering = Steering.of(template)
        arc = temporal.narrative_arc or ""
        beats = score(
            steering.total, acts_of(told.acts, arc), height=temporal.dramatic_tension,
            before=moments.before_count, after=moments.after_count, levels=told.tension,
        )  # fmt: skip
        lines = tuple(one for one in told.storylines if len(set(one.people)) > 1)
        return cls(
            steering, beats, told.point_of_view or (protagonist(template),), lines if len(lines) > 1 else (),
            told.parallel, Audience.of(told.audience_knows, steering.scenario.facts),
            " ".join(arc.replace("_", " ").split()),
        )  # fmt: skip

    @classmethod
    def defaults(cls, template: Template, /) -> Mapping[str, Any]:
        """As many moments as a portal plays, and one secret that the audience is let into.

        It is the weightiest fact that only one person holds from the start; none where there is no such fact.
        """
        changes: dict[str, Any] = dict(story_length(template))
        secrets = [
            one for one in template.facts
            if one.is_initial and not one.is_common and len(one.known_by) == 1 and one.id in _named(template)
        ]  # fmt: skip
        if secrets and "narrative_structure" not in template.metadata:
            best = max(secrets, key=lambda one: one.importance)
            changes["metadata.narrative_structure"] = {"audience_knows": [best.id]}
        return changes

    def start(self, _template: Template, /) -> Start:
        """The facets that plans are kept in."""
        return Start((Settlements(), Proposals(), Readings(), Stagecraft()))

    async def plan(self, world: World, ctx: Context, /) -> Plan:
        """The next moment, and the one that goes on beside it; none when all were played.

        Raises:
            ModelError: when no model gave a usable proposal.
        """
        settled = settlement(world)
        events: list[Event] = [settled] if settled is not None else []
        learned = self.audience.learned(world)
        events.extend(learned)
        waiting = world[Timeline].planned
        if waiting:
            return Plan(tuple(events), waiting[:1])
        known = self.audience.knows(world, *(one for event in learned for one in event.items))
        index = len(world[Timeline].passed)
        if index >= len(self.beats):
            return Plan((*events, curtain(world, known)))
        row = [self._wanted(world, one, known) for one in self._row(index)]
        there = [self.steering.company(world, one) for one in row]
        proposals = await asyncio.gather(
            *(self.steering.ask(world, ctx, one, present, settled) for one, present in zip(row, there, strict=True))
        )
        readings = readings_of(world)
        staged: list[tuple[Timepoint, tuple[Event, ...]]] = []
        for wanted, present, proposal in zip(row, there, proposals, strict=True):
            beside = evolve(wanted, at=staged[0][0].at) if staged else wanted
            staged.append(self.steering.stage(world, ctx, beside, present, proposal, readings))
        moments = _shared_out([moment for moment, _events in staged], world[Cast].order)
        for moment, (_, recorded) in zip(moments, staged, strict=True):
            causes = world[Settlements].causes
            events.extend((*recorded, self._directed(world, moment, known), TimepointPlanned(moment, causes=causes)))
        return Plan(tuple(events), moments[:1], moments[1:])

    def _row(self, index: int) -> tuple[int, ...]:
        """Indices of the moments that are planned now: one, or two that happen at the same time."""
        one, other = self._line(index), self._line(index + 1)
        together = (
            self.parallel and one is not None and other is not None and one.id != other.id
            and set(one.people).isdisjoint(other.people)
            and self.beats[index].act.id == self.beats[index + 1].act.id
        )  # fmt: skip
        return (index, index + 1) if together else (index,)

    def _line(self, index: int) -> StorylineEntry | None:
        """The story line of a moment; None where all of them have met, or there is none."""
        if not self.lines or index >= len(self.beats) or self.beats[index].act.manner not in APART:
            return None
        due = self.steering.places[index]
        for question in due:
            for line in self.lines:
                if question in line.questions:
                    return line
        deciders = [one.decides for one in self.steering.scenario.questions if one.id in due and one.decides]
        for line in self.lines:
            if any(one in line.people for one in deciders):
                return line
        return self.lines[index % len(self.lines)]

    def _wanted(self, world: World, index: int, known: Mapping[str, Item]) -> Wanted:
        timeline, beat, line = world[Timeline], self.beats[index], self._line(index)
        questions = self._questions(world, index, line)
        people = line.people if line is not None else ()
        decides = next((one.decides for one in self.steering.scenario.questions if one.id in questions[:1]), "")
        if decides and people and decides not in people:
            people = (*people, decides)
        point = self._point(world, index, people)
        first = [point] if point in world[Cast] else []
        if beat.act.manner == RECOGNITION:
            first.extend(self._recognition(world, questions, decides or point, known))
        last = timeline.passed[-1].at if timeline.passed else 0.0
        return Wanted(
            index=index,
            key=f"T{index}",
            direction=Direction(beat.act.manner, self._words(world, beat, point), IN_VIEW[beat.act.framing]),
            questions=questions,
            people=people,
            first=tuple(dict.fromkeys(first)),
            location=line.location if line is not None else "",
            last_row=tuple(one.id for one in timeline.passed if one.at == last),
            after=world[Stagecraft].over,
            importance=beat.importance,
            max_turns=beat.turns,
        )

    def _questions(self, world: World, index: int, line: StorylineEntry | None) -> tuple[str, ...]:
        """What the moment may turn on: what is due, then what was passed over before and its people may settle."""
        asked = {one.question.id for one in world[Timeline].passed if one.question is not None}
        places = self.steering.places
        backlog = [one for place in reversed(places[:index]) for one in place if one not in asked]
        if line is not None:
            deciders = {one.id: one.decides for one in self.steering.scenario.questions}
            backlog = [one for one in backlog if not deciders[one] or deciders[one] in line.people]
        return (*(one for one in places[index] if one not in asked), *backlog)

    def _point(self, world: World, index: int, people: Sequence[str]) -> str:
        """Through whom the moment is to be seen."""
        point = self.beats[index].act.point_of_view or self.points[index % len(self.points)]
        if point in (OMNISCIENT, FROM_OUTSIDE):
            return point
        cast = world[Cast]
        able = [one for one in (*people, *cast.order) if one in cast and (not people or one in people)]
        speaking = [one for one in able if cast[one].kind in SPEAKING_KINDS] or able
        return point if point in able or not speaking else speaking[0]

    def _recognition(
        self, world: World, questions: Sequence[str], who: str, known: Mapping[str, Item]
    ) -> tuple[str, ...]:
        """Those who hold what the audience knows and ``who`` lacks, the weightiest first."""
        knowledge = world.find(Knowledge)
        if knowledge is None:
            return ()
        question = self.steering.scenario.question(questions[0]) if questions else None
        (gap,) = gaps(known, {who: knowledge.holds(who)}, question)
        keepers = []
        for item in gap.unknown:
            keepers.extend([one for one in world[Cast].order if item in knowledge.holds(one)][:1])
        return tuple(dict.fromkeys(keepers))

    def _words(self, world: World, beat: Beat, point: str) -> str:
        act = beat.act
        about = f" {act.description.strip().rstrip('.')}." if act.description.strip() else ""
        arc = f" The arc of the whole: {self.arc}." if self.arc else ""
        return (
            f"This is act {beat.number} of {beat.acts}, {act.label.lower()}.{about}{arc} Tension stands at "
            f"{beat.tension:.2f} on a scale from 0 to 1. The view is {act.framing}, {_seen(world, point)}."
        )

    def _directed(self, world: World, moment: Timepoint, known: Mapping[str, Item]) -> SceneDirected:
        beat, line = self.beats[moment.index], self._line(moment.index)
        point = self._point(world, moment.index, moment.present)
        view = {OMNISCIENT: ZERO, FROM_OUTSIDE: EXTERNAL}.get(point, INTERNAL)
        knowledge = world.find(Knowledge)
        found: tuple[Gap, ...] = ()
        if knowledge is not None:
            cast = world[Cast]
            able = [one for one in moment.present if cast[one].kind in SPEAKING_KINDS or one in knowledge.minds]
            held = holdings(knowledge, able, moment.news)
            found = gaps(known, held, moment.question)
        irony = mean_irony(found)
        words = (
            f"Directorial mode: act {beat.number} of {beat.acts} ({beat.act.label.lower()}), tension "
            f"{beat.tension:.2f}, {beat.act.framing} view, {_seen(world, point)}; dramatic irony {irony:.2f}."
        )
        return SceneDirected(
            moment.id, beat.act.id, beat.number, beat.acts, beat.tension, beat.act.density, beat.act.framing, view,
            point if view == INTERNAL else "", line.id if line is not None else "", irony, found, words,
        )  # fmt: skip


def protagonist(template: Template) -> str:
    """Who decides most; the first of the roster where nobody does, ``"omniscient"`` where there is none."""
    decides = [one.decides for one in template.questions if one.decides]
    order = [*dict.fromkeys(decides), *template.roster]
    return max(order, key=decides.count) if order else OMNISCIENT


def _named(template: Template) -> frozenset[str]:
    """Ids of the facts that stand under ``metadata.facts``."""
    return frozenset(one.id or fact.id for one, fact in zip(template.view.facts, template.facts, strict=False))


def _seen(world: World, point: str) -> str:
    cast = world[Cast]
    if point in cast:
        return f"seen through {cast[point].name}"
    return "seen from outside" if point == FROM_OUTSIDE else "seen from everywhere"


def _shared_out(moments: Sequence[Timepoint], everyone: Sequence[str]) -> tuple[Timepoint, ...]:
    """Moments at the same time, their news such that each person learns in the scene that they are in.

    Those who are in none of them learn in the first.
    """
    if len(moments) < 2:
        return tuple(moments)
    here = {one: place for place, moment in enumerate(moments) for one in moment.present}
    news: list[dict[str, News]] = [{} for _ in moments]
    for moment in moments:
        for one in moment.news:
            holders = everyone if EVERYONE in one.holders else one.holders
            for place in range(len(moments)):
                mine = [who for who in holders if here.get(who, 0) == place]
                before = news[place].get(one.item.id)
                named = (*(before.holders if before is not None else ()), *mine)
                if named:
                    news[place][one.item.id] = evolve(one, holders=tuple(dict.fromkeys(named)))
    return tuple(evolve(moment, news=tuple(mine.values())) for moment, mine in zip(moments, news, strict=True))
