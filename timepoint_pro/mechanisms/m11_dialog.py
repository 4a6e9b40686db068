"""M11 dialog: who speaks next, to what end, and in whose voice?

One model call makes one turn. Everything that can be computed is: who has the floor (``turn_taking``), what the
speaker may say and what only colours their voice (``dialog_context``), how long and how freely they speak
(``delivery``), and when the scene is over.

Inputs: the floor, knowledge (M3), feeling (M6), body (M8), the scene (M10), ties (M13), the hour and energy (M14),
outlook (M15), and who has words at all (M16): beings without them are narrated now and then (``narration``).
Output, at ACT: ``TurnProposed``, or ``SceneEnded`` with its reason.

A scene ends when its question was settled by a closing turn, when nobody has energy left, when nothing new was
said for ``stale_turns`` turns, when ``max_turns`` is reached, or after two beats in which nobody could say anything.
Before it ends for lack of news or time, whoever decides (else the most powerful present) is given a closing turn.

Persona to sampling [cal]: temperature .55 + .35*arousal + .2*openness - .15*(1 - energy/100), in [.3, 1.2];
frequency penalty .2 + .5*novelty_seeking; presence penalty .1 + .4*openness; length in words
10 + 26*energy/100*capacity + 8*extraversion (capacity: M8, else 1), a quarter less in the second half of a scene.

Each turn's tactic and its uptake make the character arc: a turn is taken up when the next reaction supports,
concedes to or answers it, dismissed when it is opposed, shifted away from, or left without reaction for three turns.

Example: ``Dialog(max_turns=12)`` in ``Simulation(mechanisms=[...])`` gives shorter scenes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from attrs import field, frozen, validators

from timepoint_pro.mechanisms.agencies import Agencies, takes_turns
from timepoint_pro.mechanisms.base import Context, Spec, Stage, Start
from timepoint_pro.mechanisms.bodies import Bodies
from timepoint_pro.mechanisms.delivery import breath, sampling_of
from timepoint_pro.mechanisms.dialog_context import Agenda, turn_context
from timepoint_pro.mechanisms.inner import capacity_of, items_in_mind
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.m07_causal_chain import Chain
from timepoint_pro.mechanisms.memoirs import Memoirs
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.narration import narrated, stale_turns
from timepoint_pro.mechanisms.prompt_budget import at_level
from timepoint_pro.mechanisms.prospects import Prospects
from timepoint_pro.mechanisms.resolution import Resolution, within_limit
from timepoint_pro.mechanisms.rhythm import Rhythm
from timepoint_pro.mechanisms.scene import Scene
from timepoint_pro.mechanisms.speech import Speech
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.mechanisms.turn_taking import Candidate, Weights, self_select
from timepoint_pro.prompts.dialog import TurnAnswer, TurnContext, turn_prompt
from timepoint_pro.prompts.dialog_size import estimated_tokens
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import SETTLED, Timeline, Timepoint
from timepoint_pro.records.turn import Floor, SceneEnded, Turn, TurnProposed
from timepoint_pro.records.world import World
from timepoint_pro.templates import Template

SILENCES = 2


@frozen
class Dialog:
    """M11.

    Args:
        max_turns: most turns of a scene where its timepoint sets no limit of its own.
        stale_turns: turns without anything new after which the scene is brought to its close.
        spent: energy (0 to 100) under which somebody no longer takes the floor unasked.
        items: most known items in a prompt where M5, which sets it by level, is not in the run.
        weights: of self-selection.
        narration: how likely a turn is narrated instead of spoken, for each being present without words (M16), times
            its presence; in [0, 1].
    """

    spec: ClassVar[Spec] = Spec(
        code="M11",
        name="dialog",
        version=2,
        stages=(Stage.ACT,),
        reads=(
            Cast, Timeline, Floor, Speech, Agenda, Knowledge, Minds, Scene, Ties, Rhythm, Chain, Resolution, Bodies,
            Prospects, Agencies, Memoirs,
        ),
        emits=(TurnProposed, SceneEnded),
    )

    max_turns: int = field(default=12, validator=validators.ge(1))
    stale_turns: int = field(default=3, validator=validators.ge(1))
    spent: float = field(default=4.0, validator=[validators.ge(0.0), validators.le(100.0)])
    items: int = field(default=16, validator=validators.ge(1))
    weights: Weights = Weights()
    narration: float = field(default=0.2, validator=[validators.ge(0.0), validators.le(1.0)])

    def start(self, template: Template, /) -> Start:
        return Start(facets=(Speech(), Agenda.of(template)))

    async def __call__(self, world: World, ctx: Context, /) -> Sequence[Event]:
        timepoint, floor = world[Timeline].current, world[Floor]
        limit = timepoint.max_turns or self.max_turns
        resolution = world.find(Resolution)
        able = tuple(
            one for one in timepoint.present
            if takes_turns(world, one) and (resolution is None or resolution.may_speak(one))
        )  # fmt: skip
        reason = self._over(world, able, limit)
        if reason:
            return (SceneEnded(reason, causes=_causes(floor)),)
        speaker, closing = self._floor_goes_to(world, ctx, able, limit)
        if not closing and not world[Speech].asked:
            speaker = narrated(world, ctx, able, self.narration) or speaker
        items = self.items if resolution is None else resolution.items(speaker)
        context = turn_context(
            world, speaker, items=items_in_mind(items, capacity_of(world, speaker)),
            words=breath(world, world[Cast][speaker], limit), limit=limit, closing=closing, attempt=ctx.attempt,
        )  # fmt: skip
        if resolution is not None:
            context = at_level(world, context, resolution.level(speaker), resolution.budget(speaker))
            if resolution.limit is not None:
                within_limit(resolution, estimated_tokens(context))
        reply = await ctx.ask(turn_prompt(sampling_of(context), context), speaker)
        turn = _turn(f"{timepoint.id}.{floor.spoken + 1}", context, reply.answer)
        return (TurnProposed(turn, reply.call, ctx.attempt, reply.tokens, causes=_causes(floor)),)

    def _over(self, world: World, able: Sequence[str], limit: int) -> str:
        """Why the scene is over, empty while it is not."""
        floor, speech = world[Floor], world[Speech]
        if len(able) < 2:
            return "nobody to talk to"
        if floor.attempt:
            return ""
        if speech.closings:
            if speech.settled:
                return f"{SETTLED}{speech.settled}"
            return "left open" if world[Timeline].current.question is not None else "said what there was to say"
        if floor.silences >= SILENCES:
            return "nobody had anything to say"
        if floor.spoken >= limit:
            return "turn limit"
        if all(world[Rhythm].energy(one) <= self.spent for one in able):
            return "energy spent"
        return ""

    def _closing(self, world: World, able: Sequence[str], limit: int) -> bool:
        floor, speech = world[Floor], world[Speech]
        if floor.spoken < min(2 * len(able), limit - 1):
            return False
        if floor.spoken >= limit - 1 or stale_turns(floor, speech, able) >= self.stale_turns or speech.closings:
            return True
        heard = {speaker for speaker, _turns in floor.spoken_by}
        return not speech.questions and heard.issuperset(able) and agreed(speech, able)

    def _floor_goes_to(self, world: World, ctx: Context, able: Sequence[str], limit: int) -> tuple[str, bool]:
        """Who speaks now, and whether to close. A turn asked again stays with its speaker.

        Nobody closes right after their own turn, nor before somebody who was just addressed has answered, while
        there is time.
        """
        floor, speech = world[Floor], world[Speech]
        closing = self._closing(world, able, limit)
        last = closer(world, world[Timeline].current, able)
        if closing and floor.turns and floor.spoken < limit - 1:
            before = floor.turns[-1]
            waits = len(before.addressed_to) == 1 and before.addressed_to[0] in able and not speech.passed
            closing = before.speaker != last and (not waits or before.addressed_to[0] == last)
        if speech.asked:
            return speech.asked, closing and speech.asked == last
        return (last, True) if closing else (self._next(world, ctx, able), False)

    def _next(self, world: World, ctx: Context, able: Sequence[str]) -> str:
        """Who was addressed answers; otherwise, or when they let it pass, those present select themselves."""
        floor, passed = world[Floor], world[Speech].passed
        spoken = [turn for turn in floor.turns if turn.speaker in able]
        last = spoken[-1] if spoken else None
        rhythm = world[Rhythm]
        if last is not None and len(last.addressed_to) == 1 and last.addressed_to[0] in able and not passed:
            return last.addressed_to[0]
        before_last = spoken[-2].speaker if len(spoken) > 1 else ""
        willing = [one for one in able if one != passed]
        awake = [one for one in willing if rhythm.energy(one) > self.spent] or willing
        knowledge, minds, cast = world[Knowledge], world[Minds], world[Cast]
        resolution = world.find(Resolution)
        candidates = [
            Candidate(
                one, knowledge.untold_share(one), minds.arousal(one), cast[one].behavior.extraversion,
                1.0 if resolution is None else resolution.presence(one),
            )
            for one in awake
        ]  # fmt: skip
        return self_select(candidates, last.speaker if last else "", before_last, ctx.rng("floor"), self.weights)


def agreed(speech: Speech, able: Sequence[str]) -> bool:
    """Whether more than half of those who can speak are for one option by their last word, and nobody is against."""
    options = {stand.option for stand in speech.stands}
    for option in options:
        signs = {stand.entity: stand.sign for stand in speech.stands if stand.option == option}
        others_for = {stand.entity for stand in speech.stands if stand.option != option and stand.sign > 0}
        if min(signs.values()) > 0 and 2 * len(signs) > len(able) and not others_for - set(signs):
            return True
    return False


def closer(world: World, timepoint: Timepoint, able: Sequence[str]) -> str:
    """Who closes the scene: who decides, else who has most power over the others present."""
    question = timepoint.question
    if question is not None and question.decides in able:
        return question.decides
    ties = world[Ties]
    power = {one: sum(ties.power(one, other) for other in able if other != one) for one in able}
    return max(able, key=lambda one: power[one])


def _turn(turn_id: str, context: TurnContext, answer: TurnAnswer) -> Turn:
    """The turn that an answer makes: what follows from the context is derived, not asked for."""
    heard = context.recent
    addressed = answer.addressed_to
    reply_to = next((said.turn_id for said in reversed(heard) if said.speaker in addressed), "")
    if not reply_to and heard and heard[-1].speaker != context.speaker.id:
        reply_to = heard[-1].turn_id
    return Turn(
        turn_id, context.speaker.id, answer.content, answer.act, answer.tactic, answer.tone, addressed,
        answer.knowledge_shared, answer.option, reply_to, answer.new_statements, answer.devices,
    )  # fmt: skip


def _causes(floor: Floor) -> tuple[str, ...]:
    return (floor.last_entry,) if floor.last_entry else ()
