"""Reactions: what follows a proposal, a refusal, a fact or a closing word."""

from __future__ import annotations

from timepoint_pro.llm.scripted.plan import Plan, Step, ask_plan, stance_steps, telling
from timepoint_pro.llm.scripted.reading import STRONG, WEAK, Reading
from timepoint_pro.llm.scripted.word_forms import noun_of
from timepoint_pro.prompts.dialog import OptionView, Said
from timepoint_pro.records.draws import Draws

NEAR = 0.12
FAR = 0.3
ALONE, AGAINST_IT = 0.4, -0.35
"""What being alone with a course adds to the gap that one gives way over, and how far one may be against what one
gives way to; of leanings, in [-1, 1] [cal]."""


def exposed_step(view: Reading) -> Step | None:
    """A word on a fact about the speaker that was just told to their face."""
    last = view.last
    if last is None or view.me not in last.addressed_to:
        return None
    told = [view.items[one] for one in last.shared if one in view.items]
    item = next((one for one in told if one.subject == view.me and one in view.citable), None)
    return Step("owned", second=item, must=True) if item is not None else None


def news_step(view: Reading, draws: Draws) -> Step | None:
    """A word on what was just told, before the speaker goes on to something else."""
    last = view.last
    if last is None or last.speaker == view.me or not last.shared:
        return None
    if draws.uniform() > 0.5 or exposed_step(view) is not None:
        return None
    item = view.items.get(last.shared[-1])
    if item is None or item not in view.citable:
        return Step("news_plain") if item is not None and item.id in view.told else None
    if item.subject == view.me:
        return Step("owned", second=item)
    if view.context.speaker.name in item.content:
        return None  # what was done to them or with them is no news to them
    if item.how != "told" or item.source != last.speaker:
        return Step("knew", second=item)
    stands = view.best is not None and view.stood[view.best.id] > 0
    effect = view.speaks(item, view.best) if stands else 0.0
    move = "news_for" if effect > 0.25 else "news_against" if effect < -0.25 else "news"
    return Step(move, second=item, option=view.best)


def change_of_mind(view: Reading, draws: Draws) -> Plan | None:
    """The speaker has spoken for one course, and what was told since makes another the better one."""
    best = view.best
    if best is None or view.last is None or view.last.speaker == view.me or view.stood[best.id] > 0:
        return None
    left = next((one for one in view.options if view.stood[one.id] > 0 and best.lean - one.lean > NEAR), None)
    if left is None and view.stood[best.id] < 0:
        left = view.second
    if left is None or left is best or best.lean < 0.05 or view.own_turns("concede"):
        return None
    partner = view.last.speaker
    if not best.proposed_by and not best.supporters:
        return Plan("propose", "compromise", _turn(view, "compromise", best, left, draws), (), best.id, (), partner)
    return concession(view, best, left, partner, draws)


def concession(view: Reading, given: OptionView, left: OptionView, partner: str, draws: Draws) -> Plan:
    """Giving way: ``given`` instead of ``left``, which the speaker was for."""
    return Plan("concede", "concession", _turn(view, "concede", given, left, draws), (), given.id, (), partner)


def _turn(view: Reading, move: str, best: OptionView, left: OptionView, draws: Draws) -> tuple[Step, ...]:
    """Giving up one course for another, with what made the difference or else a reason for the new one."""
    turned = Step(move, option=best, other=left, must=True)
    cause = _cause(view, best)
    return (*cause, turned) if cause else (turned, *stance_steps(view, best, 1.0, draws)[0])


def _cause(view: Reading, best: OptionView) -> tuple[Step, ...]:
    heard = (said for said in view.context.recent[-4:] if said.speaker != view.me)
    told = [view.items[one] for said in heard for one in said.shared if one in view.items]
    item = view.argument([item for item in told if item in view.citable], best, 1.0)
    return (Step("yielding", second=item),) if item is not None else ()


def to_refusal(view: Reading, draws: Draws) -> Plan | None:
    """Somebody spoke against what the speaker is for: answer with evidence, give way, or hold the line."""
    said = view.reply
    if said is None or said.act != "oppose" or said.speaker == view.me:
        return None
    concerned = view.me in said.addressed_to or (bool(said.option) and view.stood.get(said.option, 0) > 0)
    mine = view.course() or view.best
    option = view.option(said.option) if said.option else mine
    if option is None or view.best is None:
        return None
    if option is not view.best and option.lean < 0 and view.stood[option.id] >= 0 and not concerned:
        return _join(view, option, said, draws)
    if not concerned:
        return None
    if option is not view.best and view.best.lean - option.lean > FAR:
        return None
    return _defend(view, option, said, draws)


def _join(view: Reading, option: OptionView, said: Said, draws: Draws) -> Plan:
    steps = [Step("second_no", option=option, who=said.speaker)]
    fact = view.argument(view.shareable, option, -1.0)
    if fact is not None:
        steps.append(telling(view, fact, draws, "tell_same"))
        return Plan("oppose", "data_argument", tuple(steps), (), option.id, (fact.id,), said.speaker)
    reasons, tactic = stance_steps(view, option, -1.0, draws)
    return Plan("oppose", tactic, (*steps, *reasons), (), option.id, (), said.speaker)


def _defend(view: Reading, option: OptionView, said: Said, draws: Draws) -> Plan | None:
    theirs = next((one for one in view.options if said.speaker in one.supporters and one is not option), None)
    back = (said.speaker,) if said.speaker in view.others and not _duel(view, said.speaker) else ()
    fact = view.argument(view.shareable, option, 1.0)
    if fact is not None:
        lead = (Step("partial"),) if said.shared and draws.uniform() < 0.4 else (Step("lead_no"),)
        steps = (*lead, telling(view, fact, draws, "tell_contrast"), Step("weigh_for", item=fact, option=option))
        against_id = theirs.id if theirs is not None and theirs.lean < option.lean else ""
        return Plan("oppose", "data_argument", steps, back, against_id, (fact.id,), said.speaker)
    given = theirs or view.second
    if given is not None and given is not option and gives_way(view, option, given, said.speaker, bool(said.shared)):
        if not given.proposed_by and not given.supporters:
            middle = _turn(view, "compromise", given, option, draws)
            return Plan("propose", "compromise", middle, (), given.id, (), said.speaker)
        return concession(view, given, option, said.speaker, draws)
    if view.own_turns("oppose") >= 2:
        return None
    reasons, tactic = stance_steps(view, option, 1.0, draws)
    return Plan("oppose", tactic, (Step("hold", option=option), *reasons), back, "", (), said.speaker)


def gives_way(view: Reading, option: OptionView, given: OptionView, to: str, told: bool) -> bool:
    """Whether the speaker yields ``option``: the other course is nearly as good to them, or they are alone with theirs.

    Args:
        view: the moment.
        option: what they are for. given: what they would give way to.
        to: who spoke for it last. told: whether with something new.
    """
    outnumbered = _outnumbered(view, option, given)
    if view.own_turns("concede") or given.lean < (AGAINST_IT if outnumbered else -0.05):
        return False
    patience = 0.12 + 0.3 * view.context.speaker.behavior.agreeableness + 0.2 * max(0.0, view.trust(to))
    if told:
        patience += 0.16
    if outnumbered:
        patience += ALONE
    return option.lean - given.lean < patience


def _outnumbered(view: Reading, mine: OptionView, given: OptionView) -> bool:
    """Whether two or more of the others are for another course, and nobody else for the speaker's own."""
    return view.heads(given) >= 2 and not view.heads(mine)


def _duel(view: Reading, other: str) -> bool:
    """Whether the last turns have been these two alone."""
    lately = [said.speaker for said in view.context.recent[-4:]]
    return len(lately) == 4 and set(lately) <= {view.me, other} and len(view.others) > 1


def to_proposal(view: Reading, draws: Draws) -> Plan | None:
    """A course was put forward and the speaker has not taken a side."""
    said = view.reply
    option = view.option(said.option) if said is not None and said.act == "propose" else None
    if option is None or option not in view.pending:
        option = view.pending[0] if view.pending else None
    if option is None or view.best is None:
        return None
    gap = view.best.lean - option.lean
    mine = view.course()
    if mine is not None and mine is not option and view.stood[mine.id] > 0:
        yields = said is not None and gives_way(view, mine, option, said.speaker, bool(said.shared))
        if not yields and (option.lean - mine.lean <= 0.02 or view.own_turns("concede") > 1):
            return against(view, option, said, draws) if gap > NEAR else None
        return concession(view, option, mine, option.proposed_by, draws)
    if option is view.best or (option.lean > 0.05 and gap < NEAR):
        return in_favour(view, option, draws)
    if option.lean > 0.1 and gap < FAR:
        return in_favour(view, option, draws) if draws.uniform() < 0.5 else _why(view, option, draws)
    if option.lean > -0.1 and gap < FAR:
        return _why(view, option, draws) or against(view, option, said, draws)
    return against(view, option, said, draws)


def _why(view: Reading, option: OptionView, draws: Draws) -> Plan | None:
    proposer = option.proposed_by
    if proposer not in view.others or view.own_turns("question") > 1 or view.phase > 0.8:
        return None
    names = (option.label.casefold(), noun_of(option).casefold())
    for said in view.context.recent:
        if said.act == "question" and any(name in said.content.casefold() for name in names):
            return None
    news = news_step(view, draws)
    return ask_plan((*((news,) if news else ()), Step("why", option=option)), proposer)


def in_favour(view: Reading, option: OptionView, draws: Draws) -> Plan:
    """Support for a course, with evidence nobody has heard where there is some."""
    weak = option.lean < WEAK + 0.05 or option is not view.best
    second = option is not view.best
    core = Step("amend" if second or (weak and draws.uniform() < 0.5) else "support", option=option)
    fact = view.argument(view.shareable, option, 1.0)
    partner = option.proposed_by if option.proposed_by in view.others else ""
    if fact is not None:
        lead = (Step("lead_yes"),) if draws.uniform() < 0.35 else ()
        steps = (*lead, core, telling(view, fact, draws, "tell_same"))
        return Plan("support", "data_argument", steps, (), option.id, (fact.id,), partner)
    reasons, tactic = stance_steps(view, option, 1.0, draws)
    if core.move == "amend":
        return Plan("support", "compromise", (core,), (), option.id, (), partner)
    return Plan("support", tactic, (core, *reasons), (), option.id, (), partner)


def against(
    view: Reading, option: OptionView, said: Said | None, draws: Draws, to: tuple[str, ...] = ()
) -> Plan:
    """Opposition to a course, with evidence, a reason of the trade, or another course."""
    best = view.best
    better = best if best is not None and best is not option and best.lean > 0.1 else None
    proposer = option.proposed_by if option.proposed_by in view.others else ""
    back = to or ((proposer,) if proposer and not _duel(view, proposer) and draws.uniform() < 0.6 else ())
    lead = (Step("lead_no"),) if draws.uniform() < 0.3 else ()
    core = Step("oppose", option=option, other=better)
    after = (Step("counter", option=option, other=better),) if better is not None and draws.uniform() < 0.7 else ()
    fact = view.argument(view.shareable, option, -1.0)
    if fact is None and better is not None:
        fact = view.argument(view.shareable, better, 1.0)
    if fact is not None:
        steps = (*lead, core, telling(view, fact, draws, "tell" if draws.uniform() < 0.5 else "tell_contrast"), *after)
        return Plan("oppose", "data_argument", steps, back, option.id, (fact.id,), proposer)
    reasons, tactic = stance_steps(view, option, -1.0, draws)
    return Plan("oppose", tactic, (*lead, core, *reasons, *after), back, option.id, (), proposer)


def to_closing(view: Reading, draws: Draws) -> Plan | None:
    """Somebody has said the last word: accept it, or keep one's dissent."""
    said = view.last
    if said is None or said.act != "close" or said.speaker == view.me:
        return None
    option = view.option(said.option) if said.option else None
    best = view.best
    if option is None or best is None:
        return None
    if best is not option and best.lean - option.lean > STRONG:
        return Plan("close", "statement", (Step("dissent", option=option, other=best),), (), "", (), said.speaker)
    return Plan("close", "agreement", (Step("accept", option=option),), (), "", (), said.speaker)
