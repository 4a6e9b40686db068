"""The plan of a turn as a value, and the steps that several kinds of turn share."""

from __future__ import annotations

from attrs import frozen

from timepoint_pro.llm.scripted.person import word_set
from timepoint_pro.llm.scripted.reading import Reading
from timepoint_pro.prompts.dialog import KnownItem, OptionView
from timepoint_pro.records.draws import Draws
from timepoint_pro.records.quick import quick
from timepoint_pro.records.turn import Act


@quick
@frozen(weakref_slot=False)
class Step:
    """One sentence to be.

    Args:
        move: name of the move in the grammar.
        item: fact told or named by its handle.
        second: another fact named by its handle.
        option: course spoken of.
        other: another course, to compare.
        topic: asked about or turned to.
        who: entity id of a third person.
        clause: clause of the circumstance.
        must: stays however short of breath the speaker is.
    """

    move: str
    item: KnownItem | None = None
    second: KnownItem | None = None
    option: OptionView | None = None
    other: OptionView | None = None
    topic: str = ""
    who: str = ""
    clause: str = ""
    must: bool = False


@quick
@frozen(weakref_slot=False)
class Plan:
    """What a turn does.

    Args:
        act, tactic: as in ``records.turn.Turn``; the tactic empty: by the arguments used.
        steps: in order of speech.
        to: whom it addresses, empty for everyone.
        option: option spoken for or against, empty for none.
        shared: ids of the items told.
        partner: whom the speaker may name or has in mind, where ``to`` is empty.
    """

    act: Act
    tactic: str
    steps: tuple[Step, ...]
    to: tuple[str, ...] = ()
    option: str = ""
    shared: tuple[str, ...] = ()
    partner: str = ""


CORE = word_set(
    "compromise open open_seen open_plain open_seen_plain "
    "ask_know no_news sure_known tell tell_also tell_same tell_contrast tell_new propose support amend oppose hold "
    "concede ask_topic ask_all ask_stance ask_sure ask_follow why no_answer no_answer_plain no_more guarded sure "
    "sure_saw sure_instrument sure_papers sure_told sure_weak means_for means_open stance_for stance_open handover "
    "old_news before_we idle decide decide_turned decide_after_all decide_alone agree agree_most agree_more "
    "agree_turned undecided undecided_one undecided_plain farewell accept dissent second_no turn_to shift"
)
"""Moves without which the turn would not do what it says."""


def ask_plan(steps: tuple[Step, ...], other: str) -> Plan:
    """A question to one person."""
    return Plan("question", "question", steps, to=(other,))


def telling(view: Reading, item: KnownItem, draws: Draws, link: str = "") -> Step:
    """The step that tells an item, joined to what was said last by its topic."""
    if link:
        return Step(link, item=item)
    last = view.last
    topic = ""
    if last is not None:
        told = [view.items[one].topic for one in last.shared if one in view.items]
        topic = told[-1] if told else ""
    turns = 0.8 if _is_aside(view, item) else 0.45 if topic else 0.0
    named = item.topic.casefold() in " ".join(item.content.casefold().split()[:3])
    if item.topic and item.topic != topic and not named and draws.uniform() < turns:
        return Step("tell_new", item=item, topic=item.topic)
    if topic and item.topic == topic and draws.uniform() < 0.6:
        return Step("tell_same", item=item)
    return Step("tell", item=item)


def _is_aside(view: Reading, item: KnownItem) -> bool:
    """Whether an item has nothing to do with the matter, by its bearing and its topic."""
    matter = view.context.matter
    return matter is not None and not item.bearing and item.topic not in matter.topics


def weigh_step(view: Reading, item: KnownItem, draws: Draws, option: OptionView | None = None) -> Step | None:
    """What an item means for the course under discussion, where it means something."""
    if option is None:
        if draws.uniform() > 0.55 or view.phase < 0.15:
            return None
        option = max(view.options, key=lambda one: abs(view.speaks(item, one)), default=None)
    if option is None:
        return None
    bearing = view.speaks(item, option)
    if abs(bearing) < 0.25 or bearing * option.lean < 0:
        return None
    own = view.course() or view.best
    if own is not None and own is not option and bearing > 0:
        return None  # a word for another course than their own would be a change of mind by the way
    return Step("weigh_for" if bearing > 0 else "weigh_against", item=item, option=option)


def stance_steps(
    view: Reading, option: OptionView, sign: float, draws: Draws, said: Step | None = None
) -> tuple[tuple[Step, ...], str]:
    """Reasons for (+1) or against (-1) an option from common ground and character, and the tactic that they are.

    ``said`` is a step of the same turn that names an item already.
    """
    side = "for" if sign > 0 else "against"
    named = said.second if said is not None else None
    cited = view.argument([item for item in view.citable if item is not named], option, sign)
    used = view.context.used_by_speaker
    stale = cited is not None and used.get(f"cite:{cited.id}", 0) > 1
    tactic = tactic_for(view, cited is not None and not stale, draws)
    if tactic == "data_argument" and cited is not None:
        return (Step(f"cite_{side}", item=cited, option=option),), tactic
    grounded = cited is not None and not stale and draws.uniform() < GROUNDED
    first = (Step(f"cite_{side}", item=cited, option=option),) if grounded else ()
    return (*first, Step(f"reason_{side}", option=option)), tactic


GROUNDED = 0.5
"""How often a reason of the trade comes with what it is about, where something told bears on the course [cal]."""

_ARGUING = (
    "data_argument", "authority_appeal", "emotional_appeal", "warning", "precedent", "procedure", "compromise",
    "story", "challenge",
)  # fmt: skip


def tactic_for(view: Reading, has_evidence: bool, draws: Draws) -> str:
    """A way to argue: by the archetype's preference, less what others have dismissed."""
    archetype = view.context.speaker.archetype
    known = archetype.tactics if archetype else ("data_argument", "statement")
    fate = {entry.tactic: entry for entry in view.context.arc}
    names: list[str] = []
    weights: list[float] = []
    for rank, name in enumerate(known):
        if name in ("question", "proposal", "concession", "agreement", "deflection"):
            continue
        if name == "data_argument" and not has_evidence:
            continue
        entry = fate.get(name)
        worn = 1.0 / (1.0 + 0.5 * max(0, entry.dismissed - entry.taken_up)) if entry else 1.0
        names.append(name)
        weights.append(worn / (1.0 + 0.6 * rank))
    if has_evidence and "data_argument" not in names:
        names.append("data_argument")
        weights.append(0.4)
    return draws.weighted(names, weights) if names else "statement"
