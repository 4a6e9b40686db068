"""The end of a scene: a last call to who has not taken a side, then where things stand and what is decided."""

from __future__ import annotations

from collections.abc import Sequence

from timepoint_pro.llm.scripted.plan import Plan, Step, ask_plan
from timepoint_pro.llm.scripted.reading import CLEAR, Reading
from timepoint_pro.llm.scripted.word_forms import definite, noun_of
from timepoint_pro.prompts.dialog import KnownItem, OptionView


def last_call(view: Reading) -> Plan | None:
    """A question to somebody who has not taken a side, while the talk is still fresh; None when it is time to end."""
    last = view.last
    if last is None or last.act == "close" or not (last.shared or last.option):
        return None
    if view.phase > 0.7 or view.own_turns("question") > 1:
        return None
    option = max(view.options, key=_heads, default=None)
    asked = {other for said in view.context.recent if said.act == "question" for other in said.addressed_to}
    silent = [
        one
        for one in view.others
        if one not in asked and not any(one in each.supporters or one in each.opposers for each in view.options)
    ]
    if option is None or not option.supporters or not silent:
        return None
    return ask_plan((Step("before_we", option=option),), silent[0])


def _heads(option: OptionView) -> int:
    return len(option.supporters) - len(option.opposers)


def close(view: Reading) -> Plan:
    """The last word of a scene: where things stand, what is decided, what happens next."""
    matter = view.context.matter
    if matter is None or not view.options:
        return Plan("close", "statement", (Step("farewell"),))
    option = _settled_on(view)
    if option is None and view.last is not None and view.last.act == "close":
        return Plan("close", "statement", (Step("farewell"),))
    if option is None:
        ranked = sorted(view.options, key=lambda one: (-_heads(one), -one.lean))
        first, second = ranked[0], ranked[1] if len(ranked) > 1 else ranked[0]
        move = "undecided" if second.supporters else "undecided_one" if first.supporters else "undecided_plain"
        return Plan("close", "statement", (Step(move, option=first, other=second, topic=view.topic),))
    steps: list[Step] = []
    decides = matter.decides == view.me
    turned = _turned_from(view, option)
    evidence = _evidence(view, option)
    if turned is not None and evidence:
        steps.append(Step("yielding", second=evidence[0], option=option, must=True))
    elif evidence:
        beside = evidence[1] if len(evidence) > 1 else None
        both = beside is not None and view.speaks(beside, option) > 0
        steps.append(Step("sum_both" if both else "sum", item=evidence[0], second=beside, option=option))
    against = [one for one in view.others if one in option.opposers or _elsewhere(view, one, option)]
    ahead = _ahead(view, option)
    if not decides and turned is not None:
        steps.append(Step("agree_turned", option=option, other=turned, must=True))
    elif not decides:
        steps.append(Step(_agreeing(view, option, bool(against)), option=option, must=True))
    elif turned is not None:
        steps.append(Step("decide_turned", option=option, other=turned, must=True))
    elif view.stood[option.id] < 0:
        steps.append(Step("decide_after_all", option=option, must=True))
    elif ahead is not None:
        steps.append(Step("decide_alone", option=option, other=ahead, must=True))
    else:
        steps.append(Step("decide", option=option, must=True))
    if against and decides and ahead is None:
        steps.append(_note(view, against[0], option))
    helper = _helper(view, option)
    steps.append(Step("next"))
    named = (helper,) if helper else ()
    tactic = "authority_appeal" if decides else "agreement"
    return Plan("close", tactic, tuple(steps), option=option.id, partner=named[0] if named else "")


def _note(view: Reading, one: str, option: OptionView) -> Step:
    """A word to somebody who spoke against what is decided, or for another course."""
    if one in option.opposers:
        return Step("against_note", who=one)
    return Step("other_note", who=one, other=next((other for other in view.options if view.is_for(one, other)), None))


def _turned_from(view: Reading, option: OptionView) -> OptionView | None:
    """The course that whoever closes had spoken for by their last word, where they now name another."""
    course = view.course()
    return course if course is not None and course is not option else None


def _ahead(view: Reading, option: OptionView) -> OptionView | None:
    """An option that more are for than for this one, the decider counted."""
    ranked = max(view.options, key=view.heads)
    return ranked if ranked is not option and view.heads(ranked) > view.heads(option) + 1 else None


def _agreeing(view: Reading, option: OptionView, contested: bool) -> str:
    """How to say what several agree on: as common ground, as a majority, or as the course with most behind it."""
    if not contested:
        return "agree"
    heads = view.heads(option) + 1
    return "agree_most" if 2 * heads > len(view.others) + 1 else "agree_more"


def _elsewhere(view: Reading, one: str, option: OptionView) -> bool:
    """Whether somebody is for another option only."""
    return not view.is_for(one, option) and any(view.is_for(one, other) for other in view.options)


def _helper(view: Reading, option: OptionView) -> str:
    """Who may carry it out: the most trusted of those who are for it, else of those who are not against it."""
    supporting = [one for one in view.others if view.is_for(one, option)]
    willing = [one for one in view.others if one not in option.opposers and not _elsewhere(view, one, option)]
    tie = view.closest(supporting or willing)
    return tie.other if tie else ""


def _evidence(view: Reading, option: OptionView) -> Sequence[KnownItem]:
    """What speaks most for an option of what was told here, and what most against it or else for it too."""
    told = [item for item in _told(view) if definite(item.handle).casefold() != noun_of(option).casefold()]
    ranked = sorted((item for item in told if view.speaks(item, option)), key=lambda item: -view.speaks(item, option))
    if not ranked or view.speaks(ranked[0], option) < 0:
        return ()
    second = ranked[-1] if view.speaks(ranked[-1], option) < 0 else next(iter(ranked[1:]), None)
    return [ranked[0]] if second is None else [ranked[0], second]


def _brought_round(view: Reading, course: OptionView, top: OptionView) -> bool:
    """Whether a decider has a reason to leave the course that they spoke for: a fact, and their lean or the heads."""
    if not any(view.speaks(item, top) > CLEAR for item in _told(view)):
        return False
    return top.lean > course.lean or view.heads(top) > view.heads(course) + 1


def _told(view: Reading) -> list[KnownItem]:
    return [item for item in view.citable if item.id in view.told]


def _settled_on(view: Reading) -> OptionView | None:
    """The option that the scene comes down to: support by head, and the closer's own lean; None on a draw.

    Who decides weighs their own lean more; who only sums up needs more heads for it than against it.
    """
    matter = view.context.matter
    decides = matter is not None and matter.decides == view.me
    weight = 1.6 if decides else 0.5
    course = view.course()

    def strength(option: OptionView) -> float:
        heads = view.heads(option) - len(set(option.opposers) - {view.me})
        return weight * option.lean + 0.5 * heads + (0.5 if option is course else 0.0)

    ranked = sorted(view.options, key=strength, reverse=True)
    top = ranked[0]
    if decides:
        return course if course is not None and course is not top and not _brought_round(view, course, top) else top
    for_it = len(set(top.supporters) | ({view.me} if top is view.best else set()))
    contested = len(ranked) > 1 and strength(top) - strength(ranked[1]) < 0.35
    return None if contested or for_it <= len(top.opposers) else top
