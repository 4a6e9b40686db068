"""How somebody looks ahead at the opening of a moment: which course they expect, what they keep back, what they fear.

Every number here is a calibrated default; signs as named.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from attrs import frozen

from timepoint_pro.formulas import prospect
from timepoint_pro.mechanisms.dialog_context import Agenda
from timepoint_pro.mechanisms.holdings import Holding
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.minds import Minds
from timepoint_pro.mechanisms.outlooks import Expectation
from timepoint_pro.mechanisms.prospects import Formed, Outlook, Prospects
from timepoint_pro.mechanisms.ties import Ties
from timepoint_pro.records.entity import Cast, Entity
from timepoint_pro.records.knowledge import Item, bearing_on
from timepoint_pro.records.timepoint import Question, Timepoint
from timepoint_pro.records.world import World

IN_MIND = 16
PROJECTION = 0.5
"""Own leaning as a guess at everybody's (the false consensus effect; Ross, Greene, House 1977)."""
DECIDER = 3.0
SHARPNESS = 2.0
KEPT_BACK, MOST_KEPT = 0.12, 2
OWN_MATTER = 0.5
SURRENDER = 0.85
"""Load of a topic at which what is kept back of it comes out."""
TRUSTING = 0.6
PRESSING = 0.3
WARY = -0.2


Recalled = tuple[float, Item, tuple[tuple[str, float], ...]]
"""How sure, of what, and how it bears on the question: (option, weight)."""


@frozen
class View:
    """One person's side of an opening moment.

    Args:
        world: as it is.
        entity: who.
        timepoint: that opens.
        held: what they recall, the most pressing first: how sure of it (expectation), the item, and its bearings on
            the question.
        trust: mean trust in the others present, in [-1, 1].
        worst: the least trust in one of them, and whom; an empty id where there is nobody.
        shown: what each has shown of their leaning to each option, as ``shown_support`` has it.
        hearers: those present who take in what is said.
    """

    world: World
    entity: Entity
    timepoint: Timepoint
    held: tuple[Recalled, ...]
    trust: float
    worst: tuple[float, str]
    shown: Mapping[str, Mapping[str, float]]
    hearers: tuple[str, ...]

    @classmethod
    def of(
        cls, world: World, name: str, timepoint: Timepoint, people: Sequence[str],
        shown: Mapping[str, Mapping[str, float]], hearers: tuple[str, ...],
    ) -> View:
        """The view of ``name`` among ``people``, those who answer in words."""
        topics = timepoint.question.topics if timepoint.question is not None else ()
        held = recalled(world[Knowledge], name, timepoint, topics)
        ties = world[Ties]
        trusts = [(ties.trust(name, other), other) for other in people if other != name]
        trust = math.fsum([one for one, _ in trusts]) / len(trusts) if trusts else 0.0
        worst = min(trusts, default=(0.0, ""))
        return cls(world, world[Cast][name], timepoint, held, trust, worst, shown, hearers)

    def formed(self, people: Sequence[str]) -> Formed:
        """What they look ahead to."""
        world, question = self.world, self.timepoint.question
        prospects = world[Prospects]
        mind = prospects.outlook(self.entity.id)
        leans = leans_of(world[Agenda], self.entity.id, question, self.held) if question is not None else {}
        options = self._options(question, leans, mind, people) if question is not None else ()
        withheld, pressed = self._withheld(mind, prospects, question, leans)
        burdens = [
            (one.statement, one.probability, one.outcome, one.days_left(self.timepoint.at)) for one in mind.expectations
        ]
        burdens += [(f"that it comes to {words}", chance, outcome, 0.0) for _, words, chance, outcome in options]
        anxiety = prospect.anxiety([(chance, outcome, days) for _, chance, outcome, days in burdens])
        return Formed(
            entity=self.entity.id,
            options=options,
            anxiety=round(anxiety, 6),
            fears=_feared(burdens),
            withheld=withheld,
            suppressed=self._suppressed(mind, pressed),
            intends=_intended(mind, prospects, world[Knowledge].holds(self.entity.id)),
            rumination=self._rumination(mind, question),
        )

    def _options(
        self, question: Question, leans: Mapping[str, float], mind: Outlook, people: Sequence[str]
    ) -> tuple[tuple[str, str, float, float], ...]:
        """How likely each course is, from what others have shown and from oneself: a softmax over mean support."""
        me = self.entity.id
        others = [one for one in people if one != self.entity.id]
        weight = PROJECTION + len(others) + (DECIDER - 1.0 if question.decides in others else 0.0)
        sharpness = SHARPNESS * (0.5 + mind.foresight.probability)
        strengths = []
        for option in question.options:
            shown = self.shown.get(option.id, {})
            total = PROJECTION * leans[option.id] + math.fsum(belief for one, belief in shown.items() if one != me)
            strengths.append(math.exp(sharpness * total / weight))
        whole = math.fsum(strengths)
        return tuple(
            (f"{question.id}/{option.id}", option.noun or option.label, round(one / whole, 6), leans[option.id])
            for option, one in zip(question.options, strengths, strict=True)
        )

    def _withheld(
        self, mind: Outlook, prospects: Prospects, question: Question | None, leans: Mapping[str, float]
    ) -> tuple[tuple[str, ...], str]:
        """Items kept back, and the handle of the one that presses most to be told."""
        knowledge, me = self.world[Knowledge], self.entity
        best = max(leans, key=lambda one: leans[one]) if leans else ""
        behavior = me.behavior
        guard = 0.75 - 0.5 * self.trust - 0.5 * behavior.agreeableness
        released = {plan.then for plan in mind.plans if _comes(plan.when, prospects, knowledge.holds(me.id))}
        kept: list[tuple[float, str]] = []
        pressed, pressure = "", PRESSING
        for _, item, bearings in self.held:
            secret = item.id in mind.secrets
            if not (secret or bearings or item.subject == me.id):
                continue
            duty = 0.3 * item.importance * behavior.conscientiousness
            reason = _reason(item, me.id, bearings, best, leans) * max(0.0, min(1.0, guard)) * (1.0 - duty)
            if item.id in released or mind.load(item.topic) >= SURRENDER or (secret and self.trust > TRUSTING):
                continue
            if (secret or reason > KEPT_BACK) and not knowledge.common(item.id, self.hearers):
                kept.append((-2.0 if secret else -reason, item.id))
                if item.handle and mind.load(item.topic) > pressure:
                    pressed, pressure = item.handle, mind.load(item.topic)
        kept.sort()
        secrets = sum(1 for weight, _ in kept if weight == -2.0)
        return tuple(item for _, item in kept[: max(MOST_KEPT, secrets)]), pressed

    def _suppressed(self, mind: Outlook, pressed: str) -> tuple[str, ...]:
        """Impulses kept down: to contradict whom one distrusts and cannot afford to, to walk out, to tell."""
        world, me = self.world, self.entity
        ties, minds, cast = world[Ties], world[Minds], world[Cast]
        found = []
        trust, worst = self.worst
        if trust < WARY and (ties.power(me.id, worst) < 0.0 or me.behavior.agreeableness > 0.55):
            found.append(f"to contradict {cast[worst].name} to the face")
        if minds.valence(me.id) < -0.3 and minds.arousal(me.id) > 0.65:
            found.append("to walk out")
        if pressed:
            found.append(f"to tell about {pressed}")
        return (*mind.impulses[:1], *found, *mind.impulses[1:])[:3]

    def _rumination(self, mind: Outlook, question: Question | None) -> str:
        """The topic that they return to, with the episode that it brings back."""
        pressing = sorted(((-load, topic) for topic, load in mind.loads.items() if load >= PRESSING))
        topics = [topic for _, topic in pressing[:2]]
        memory = mind.recalled(topics or (question.topics if question is not None else ()))
        words = topics[0] if topics else ""
        if memory is None:
            return words
        return f"{words}: {memory.text}" if words else memory.text


def shown_support(world: World, question: Question | None, people: Sequence[str]) -> dict[str, dict[str, float]]:
    """By option, then by who has spoken out on it: their belief, in [-1, 1], thrice for who decides."""
    support: dict[str, dict[str, float]] = {}
    if question is None:
        return support
    opinions = world[Ties].opinions
    for option in question.options:
        of_option = opinions.get(f"{question.id}/{option.id}")
        if of_option is not None:
            known = [(one, of_option[one]) for one in people if one in of_option]
            support[option.id] = {
                one: (DECIDER if one == question.decides else 1.0) * opinion.belief
                for one, opinion in known
                if opinion.spoken
            }
    return support


def recalled(knowledge: Knowledge, entity: str, timepoint: Timepoint, topics: Sequence[str]) -> tuple[Recalled, ...]:
    """What ``entity`` has in mind at the opening of a moment."""
    question = timepoint.question.id if timepoint.question is not None else ""
    found = []
    for holding in knowledge.recallable(entity, timepoint.at, IN_MIND, topics):
        item = knowledge.items[holding.item]
        bearings = bearing_on(item.bearing, question) if question and item.bearing else ()
        found.append((holding.opinion.expectation, item, bearings))
    return tuple(found)


def leans_of(agenda: Agenda, entity: str, question: Question, held: Sequence[Recalled]) -> dict[str, float]:
    """How far ``entity`` is for each option, in [-1, 1], as ``dialog_context.leanings`` has it for a prompt."""
    prior = agenda.prior
    sums = {option.id: prior.get((entity, f"{question.id}/{option.id}"), 0.0) for option in question.options}
    for expectation, _, bearings in held:
        for option, weight in bearings:
            if option in sums:
                sums[option] += weight * expectation
    return {option: round(math.tanh(total), 4) for option, total in sums.items()}


def _reason(
    item: Item, me: str, bearings: Sequence[tuple[str, float]], best: str, leans: Mapping[str, float]
) -> float:
    """Reason to keep an item back, in [0, 1.5]: it speaks against the course that one is for, or is about oneself."""
    weight = next((one for option, one in bearings if option == best), 0.0)
    against = max(0.0, -weight) * max(0.0, leans.get(best, 0.0))
    return against + (OWN_MATTER if item.subject == me and weight <= 0.1 else 0.0)


def _comes(when: str, prospects: Prospects, held: Mapping[str, Holding]) -> bool:
    """Whether what a plan waits for has come: they have learned the fact, or the course was decided."""
    return when in prospects.courses or when in held


def _intended(mind: Outlook, prospects: Prospects, held: Mapping[str, Holding]) -> tuple[str, ...]:
    due = [plan.then for plan in mind.plans if _comes(plan.when, prospects, held)]
    return tuple(one for one in due if " " in one)


def _feared(burdens: Sequence[tuple[str, float, float, float]]) -> tuple[str, ...]:
    """The two that weigh most, in words."""
    losses = [
        (prospect.prospect(chance, outcome) / (1.0 + prospect.DISTANCE_PER_DAY * days), words)
        for words, chance, outcome, days in burdens
        if outcome < -0.05
    ]
    return tuple(words for _, words in sorted(losses)[:2])


def open_expectations(mind: Outlook) -> tuple[Expectation, ...]:
    """Stated expectations that something can show to have come."""
    return tuple(one for one in mind.expectations if one.comes_with)
