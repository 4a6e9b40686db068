"""The discourse plan: what a turn does, to whom, with what, before any word of it is chosen.

A turn answers what was asked, reacts to what was proposed or refused, and only then raises something of its own.
The plan is a few steps; each is a move that ``voice`` gives words to.
"""

from __future__ import annotations

from attrs import evolve, frozen

from timepoint_pro.llm.scripted import answering, reacting
from timepoint_pro.llm.scripted.closing import close, last_call
from timepoint_pro.llm.scripted.plan import Plan, Step, ask_plan, stance_steps, telling, weigh_step
from timepoint_pro.llm.scripted.reading import DECISIONS, WEAK, Reading
from timepoint_pro.records.draws import Draws

HOLDS = 2


def plan_turn(view: Reading, draws: Draws) -> Plan:
    """What the speaker does with the floor; a fact told to their face is never passed over."""
    plan = _plan(view, draws)
    exposed = reacting.exposed_step(view)
    if exposed is None or plan.act in ("open", "close"):
        return plan
    return evolve(plan, steps=(exposed, *plan.steps))


def _plan(view: Reading, draws: Draws) -> Plan:
    context = view.context
    if context.closing and not _owes_answer(view):
        return last_call(view) or close(view)
    if context.position == 0 or not context.recent:
        return open_scene(view, draws)
    answer = answering.answer_due(view, draws)
    if answer is not None:
        return close(view) if answer.act == "close" else answer
    for react in (reacting.change_of_mind, reacting.to_refusal, reacting.to_proposal, reacting.to_closing):
        reaction = react(view, draws)
        if reaction is not None:
            return reaction
    return initiative(view, draws)


def elsewhere(view: Reading, plan: Plan, draws: Draws) -> Plan:
    """What to do instead of ``plan``, for which there are no words that were not heard before."""
    return initiative(view, draws) if plan.act not in ("open", "close") else plan


def _owes_answer(view: Reading) -> bool:
    """Whether a question to the speaker must be answered before the scene may close."""
    context = view.context
    if not view.asked_of_me or context.position >= context.limit - 1:
        return False
    question = view.asked_of_me[0]
    topic = answering.topic_in(view, answering.asking_part(view, question.content))
    return bool(topic and view.about(topic, view.shareable))


def open_scene(view: Reading, draws: Draws) -> Plan:
    """The first words of a scene: what everyone sees, what there is to settle, and a first fact or question."""
    context = view.context
    clause = circumstance(view)
    seen = bool(clause) and not context.attempt and draws.uniform() < 0.6  # refused once, it may be the clause
    if context.matter is not None and context.matter.text:
        first = Step("open_seen" if seen else "open", clause=clause)
    else:
        first = Step("open_seen_plain" if seen else "open_plain", clause=clause)
    asked = topic_to_ask(view, draws)
    if asked is not None and draws.uniform() < 0.45:
        topic, other = asked
        ask = Step("ask_topic", topic=topic)
        return Plan("open", "question", (first, ask), to=(other,))
    if view.shareable and draws.uniform() < 0.7:
        item = view.shareable[0]
        return Plan("open", "statement", (first, telling(view, item, draws)), shared=(item.id,))
    return Plan("open", "statement", (first,))


def circumstance(view: Reading) -> str:
    """The first clause of the circumstance, where it can be quoted: short, and without anybody's name."""
    text = view.context.setting.circumstance.strip()
    sentence = text.split(". ")[0].rstrip(".!?… ")
    if not 3 <= len(sentence.split()) <= 18 or "?" in sentence or ":" in sentence:
        return ""
    folded = sentence.casefold()
    for _, name, _ in view.context.setting.present:
        if any(part.casefold() in folded for part in name.split() if len(part) > 2):
            return ""
    return sentence


@frozen
class _Choice:
    """Something the speaker might do, with how much it draws them."""

    pull: float
    kind: str


def initiative(view: Reading, draws: Draws) -> Plan:
    """What the speaker raises of their own accord: whatever draws them most."""
    choices = [_Choice(_pull_tell(view), "tell"), _Choice(_pull_propose(view), "propose")]
    if view.context.position < view.context.limit - 2:  # an answer could still be heard
        choices += [
            _Choice(_pull_ask(view), "ask"),
            _Choice(_pull_sure(view), "sure"),
            _Choice(_pull_stance(view), "stance"),
        ]
    ranked = sorted(
        (_Choice(one.pull + 0.3 * draws.uniform(), one.kind) for one in choices if one.pull > 0.0),
        key=_pull, reverse=True,
    )  # fmt: skip
    for choice in ranked:
        plan = _MAKERS[choice.kind](view, draws)
        if plan is not None:
            return plan
    return exhausted(view, draws)


def _pull(choice: _Choice) -> float:
    return choice.pull


def _pull_tell(view: Reading) -> float:
    if not view.shareable:
        return 0.0
    item = view.shareable[0]
    bearing = max((abs(weight) for _, weight in item.bearing), default=0.0)
    if view.options and bearing < 0.05:
        return 0.25
    return 0.45 + 0.5 * bearing + 0.3 * item.importance - (0.25 if view.told_just_now() else 0.0)


def _pull_propose(view: Reading) -> float:
    best = view.best
    if best is None or best.proposed_by or best.lean < WEAK or view.context.position < min(3, len(view.others) + 1):
        return 0.0
    course = view.course()
    if course is not None and course is not best and best.lean - course.lean < 0.15:
        return 0.0
    open_already = any(option.proposed_by for option in view.options)
    assertive = view.context.speaker.behavior.assertiveness
    return 0.1 + 0.9 * view.phase + 0.35 * best.lean + 0.3 * (assertive - 0.5) - (0.3 if open_already else 0.0)


def _pull_ask(view: Reading) -> float:
    recent = [said.act for said in view.context.recent[-2:]]
    return 0.75 - 0.7 * view.phase - 0.35 * recent.count("question") + 0.2 * (_openness(view) - 0.5)


def _pull_sure(view: Reading) -> float:
    last = view.last
    if last is None or last.speaker == view.me or not last.shared:
        return 0.0
    return 0.35 - 0.5 * view.trust(last.speaker) + 0.2 * (_openness(view) - 0.5)


def _pull_stance(view: Reading) -> float:
    if not any(option.proposed_by for option in view.options):
        return 0.0
    return 0.2 + 0.5 * view.phase


def _openness(view: Reading) -> float:
    return view.context.speaker.behavior.openness


def tell(view: Reading, draws: Draws) -> Plan | None:
    """An item of the speaker's own, linked to what was just said."""
    if not view.shareable:
        return None
    item = view.shareable[1 if len(view.shareable) > 1 and draws.uniform() < 0.15 else 0]
    about = item.subject if item.subject in view.others and view.is_news_to(item.subject, item) else ""
    steps: list[Step] = []
    news = reacting.news_step(view, draws)
    if news is not None:
        steps.append(news)
    steps.append(telling(view, item, draws))
    shared = [item.id]
    weigh = weigh_step(view, item, draws)
    if weigh is not None:
        steps.append(weigh)
    more = view.about(item.topic, view.shareable)
    if len(more) > 1 and item.topic and view.context.feeling.energy > 50 and draws.uniform() < 0.2:
        other = next(one for one in more if one is not item)
        steps.append(Step("tell_also", item=other))
        shared.append(other.id)
    elif draws.uniform() < 0.2 and view.others:
        to = about or _quietest(view, draws)
        if view.is_news_to(to, item) and item.category not in DECISIONS:
            return Plan("inform", "data_argument", (*steps, Step("turn_to")), to=(to,), shared=tuple(shared))
    to_subject = (about,) if about and draws.uniform() < 0.6 else ()
    return Plan("inform", "data_argument", tuple(steps), to=to_subject, shared=tuple(shared))


def propose(view: Reading, draws: Draws) -> Plan | None:
    """The speaker's own course, with what speaks for it."""
    best = view.best
    if best is None or best.proposed_by:
        return None
    item = view.argument(view.shareable, best, 1.0)
    core = Step("propose", option=best)
    news = reacting.news_step(view, draws)
    before = (news,) if news is not None else ()
    if item is not None:
        fact = telling(view, item, draws)
        steps = (*before, fact, core) if draws.uniform() < 0.6 else (*before, core, fact)
        return Plan("propose", "proposal", steps, option=best.id, shared=(item.id,))
    reasons, _ = stance_steps(view, best, 1.0, draws, news)
    return Plan("propose", "proposal", (*before, core, *reasons), option=best.id)


def ask(view: Reading, draws: Draws) -> Plan | None:
    """A question on a topic of which the speaker holds little; without a matter, what somebody knows."""
    if view.context.matter is None:
        questions = [said for said in view.context.recent if said.act == "question"]
        asked_before = {other for said in questions for other in said.addressed_to}
        fresh = [one for one in view.others if one not in asked_before]
        if len(questions) > 1 or not fresh:
            return None
        return ask_plan((Step("ask_know"),), draws.choice(fresh))
    asked = topic_to_ask(view, draws)
    if asked is None:
        return None
    topic, other = asked
    news = reacting.news_step(view, draws)
    before = (news,) if news is not None else ()
    return ask_plan((*before, Step("ask_topic", topic=topic)), other)


def sure(view: Reading, draws: Draws) -> Plan | None:
    """A question about what was just told: where it comes from, or what follows from it."""
    last = view.last
    if last is None or last.speaker == view.me or not last.shared or last.speaker not in view.others:
        return None
    item = view.items.get(last.shared[0])
    if item is None or not item.handle or item not in view.citable:
        return None
    handle = item.handle.casefold()
    if any(said.act == "question" and handle in said.content.casefold() for said in view.context.recent):
        return None
    doubting = view.trust(last.speaker) < 0.15 or draws.uniform() < 0.35
    return ask_plan((Step("ask_sure" if doubting else "ask_follow", item=item),), last.speaker)


def stance(view: Reading, draws: Draws) -> Plan | None:
    """A question to somebody who has not taken a side on what is proposed."""
    silent = [
        one
        for one in view.others
        if not any(one in option.supporters or one in option.opposers for option in view.options)
    ]
    held = view.course()
    standing = next((option for option in view.options if view.stands(option)), view.best)
    option = held if held is not None and held.supporters else standing
    if option is None or not silent:
        return None
    asked = {other for said in view.context.recent if said.act == "question" for other in said.addressed_to}
    fresh = [one for one in silent if one not in asked]
    if not fresh:
        return None
    return ask_plan((Step("ask_stance", option=option),), draws.choice(fresh))


_MAKERS = {"tell": tell, "propose": propose, "ask": ask, "sure": sure, "stance": stance}


def topic_to_ask(view: Reading, draws: Draws) -> tuple[str, str] | None:
    """A topic on which the speaker holds little and nothing was asked yet, and who may know more."""
    matter = view.context.matter
    if matter is None or not view.others:
        return None
    asked = view.question_topics()
    thin = [
        topic
        for topic in matter.topics
        if topic not in asked and len(view.about(topic, view.shareable)) == 0 and not _told_lately(view, topic)
    ]
    if not thin:
        return None
    topic = draws.choice(thin)
    return topic, _knower(view, topic, draws)


def _told_lately(view: Reading, topic: str) -> bool:
    told = [view.items[one] for said in view.context.recent[-4:] for one in said.shared if one in view.items]
    return len(view.about(topic, told)) > 1


def _knower(view: Reading, topic: str, draws: Draws) -> str:
    """Who may know most about a topic: by role, by what they told, by not having spoken yet."""
    words = [word for word in topic.casefold().split() if len(word) > 2]
    spoke = {said.speaker for said in view.context.recent}
    last = view.last.speaker if view.last else ""

    def promise(one: str) -> float:
        role = next((role for other, _, role in view.context.setting.present if other == one), "").casefold()
        told = [item for said in view.context.recent if said.speaker == one for item in said.shared]
        on_topic = view.about(topic, [view.items[item] for item in told if item in view.items])
        return (
            1.0 * any(word in role for word in words)
            + 0.6 * bool(on_topic)
            + 0.5 * (one not in spoke)
            - 0.4 * (one == last)
            + 0.5 * draws.uniform()
        )

    return max(view.others, key=promise)


def _quietest(view: Reading, draws: Draws) -> str:
    spoke = [said.speaker for said in view.context.recent]
    least = min(spoke.count(one) for one in view.others)
    return draws.choice([one for one in view.others if spoke.count(one) == least])


def exhausted(view: Reading, draws: Draws) -> Plan:
    """Nothing left to tell or ask: hand over, restate with a reason not yet given, or stop."""
    matter = view.context.matter
    decider = matter.decides if matter and matter.decides in view.others else ""
    handed = any(said.act == "question" and said.addressed_to == (decider,) for said in view.context.recent[-3:])
    if decider and view.phase >= 0.4 and not handed:
        return ask_plan((Step("handover"),), decider)
    best = view.best
    if best is not None and view.own_turns("support", "propose", "oppose") < HOLDS + 1 and best.lean > 0:
        if not best.proposed_by:
            made = propose(view, draws)
            if made is not None:
                return made
        steps, tactic = stance_steps(view, best, 1.0, draws)
        return Plan("support", tactic, (Step("support", option=best), *steps), option=best.id)
    if matter is not None and matter.decides == view.me:
        return close(view)
    return Plan("close", "statement", (Step("idle", topic=view.topic),))
