"""The end of a scene: a last call to who has not taken a side, then where things stand and what is decided."""

from __future__ import annotations

from collections.abc import Sequence

from timepoint_pro.llm.scripted.plan import Plan, Step, ask_plan
from timepoint_pro.llm.scripted.reading import Reading
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
        return Plan("close", "statement", (Step("undecided", option=first, other=second),))
    steps: list[Step] = []
    evidence = _evidence(view, option)
    if evidence:
        steps.append(Step("sum", item=evidence[0], second=evidence[1] if len(evidence) > 1 else None, option=option))
    decides = matter.decides == view.me
    against = [one for one in view.others if one in option.opposers or _elsewhere(view, one, option)]
    agree = "agree_most" if against else "agree"
    steps.append(Step("decide" if decides else agree, option=option, must=True))
    if against and decides:
        steps.append(Step("against_note", who=against[0]))
    helper = _helper(view, option)
    steps.append(Step("next"))
    named = (helper,) if helper else ()
    tactic = "authority_appeal" if decides else "agreement"
    return Plan("close", tactic, tuple(steps), option=option.id, partner=named[0] if named else "")


def _elsewhere(view: Reading, one: str, option: OptionView) -> bool:
    """Whether somebody is for another option only."""
    return one not in option.supporters and any(one in other.supporters for other in view.options)


def _helper(view: Reading, option: OptionView) -> str:
    """Who may carry it out: the most trusted supporter, else the most trusted of all."""
    tie = view.closest(option.supporters) or view.closest(view.others)
    return tie.other if tie else ""


def _evidence(view: Reading, option: OptionView) -> Sequence[KnownItem]:
    told = [item for item in view.citable if item.id in view.told]
    ranked = sorted(told, key=lambda item: -view.speaks(item, option))
    return ranked[:1] + ranked[-1:] if len(ranked) > 1 else ranked


def _settled_on(view: Reading) -> OptionView | None:
    """The option that the scene comes down to: support by head, and the closer's own lean; None on a draw.

    Who decides weighs their own lean more; who only sums up needs more heads for it than against it.
    """
    matter = view.context.matter
    decides = matter is not None and matter.decides == view.me
    weight = 1.6 if decides else 0.5
    course = view.course()

    def strength(option: OptionView) -> float:
        heads = len(set(option.supporters) - {view.me}) - len(set(option.opposers) - {view.me})
        return weight * option.lean + 0.5 * heads + (0.5 if option is course else 0.0)

    ranked = sorted(view.options, key=strength, reverse=True)
    top = ranked[0]
    if decides:
        return top
    for_it = len(set(top.supporters) | ({view.me} if top is view.best else set()))
    contested = len(ranked) > 1 and strength(top) - strength(ranked[1]) < 0.35
    return None if contested or for_it <= len(top.opposers) else top
