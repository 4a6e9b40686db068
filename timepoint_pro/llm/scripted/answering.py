"""Answers: to what was asked about a fact, a topic, or where the speaker stands."""

from __future__ import annotations

from timepoint_pro.llm.scripted.plan import Plan, Step, stance_steps, telling, weigh_step
from timepoint_pro.llm.scripted.reacting import against, concession, gives_way
from timepoint_pro.llm.scripted.reading import Reading
from timepoint_pro.llm.scripted.word_forms import topic_noun
from timepoint_pro.prompts.dialog import KnownItem, OpenQuestion, OptionView
from timepoint_pro.records.draws import Draws

_FOLLOWS = ("follows", "mean", "make of", "change anything", "weight", "how much trouble", "do about")
_DECIDE = ("yours to decide", "your call", "which way?", "what do we do?", "decide", "which is it?", "by talking")


def answer_due(view: Reading, draws: Draws) -> Plan | None:
    """An answer to the oldest open question to the speaker, or to one to all that they can answer.

    A plan whose act is ``"close"`` and which has no steps says that the speaker was asked to decide.
    """
    for question in view.asked_of_me:
        return answer(view, question, draws)
    reply = view.reply
    if reply is not None and view.me in reply.addressed_to and "?" in reply.content and reply.act in ("open", "inform"):
        asked = OpenQuestion(reply.turn_id, reply.speaker, reply.name, reply.addressed_to, reply.content, "", "")
        return answer(view, asked, draws)
    for question in view.asked_of_all:
        topic = topic_in(view, asking_part(view, question.content))
        if topic and view.about(topic, view.shareable):
            return answer(view, question, draws)
    return None


def answer(view: Reading, question: OpenQuestion, draws: Draws) -> Plan:
    """An honest answer to one question."""
    words = asking_part(view, question.content)
    to = (question.asker,) if question.asker in view.others and draws.uniform() < 0.3 else ()
    partner = question.asker if question.asker in view.others else ""
    asked = option_in(view, words)
    item = view.named_item(words)
    if item is not None and asked is not None and item.handle.casefold() in f"{asked.label} {asked.noun}".casefold():
        item = None  # the words are those of a course, and it is the course that they ask about
    if item is not None and item.id not in view.withheld and (item.common or item.id in view.told):
        return _answer_on_item(view, item, words, to, partner, draws)
    topic = topic_in(view, words) if asked is None or topic_side(view, words) else ""
    if not topic and view.options:
        matter = view.context.matter
        if matter is not None and matter.decides == view.me and any(cue in words for cue in _DECIDE):
            return Plan("close", "authority_appeal", ())
        heard = view.heard_with(question.turn_id)
        if heard is not None and asked is None:
            return _answer_on_item(view, heard, _FOLLOWS[0], to, partner, draws)
        return _answer_stance(view, asked, to, partner, draws)
    return _answer_on_topic(view, topic, to, partner, draws)


def asking_part(view: Reading, content: str) -> str:
    """The sentence of a turn that asks, folded: the last that ends in a question mark or names a topic."""
    sentences = content.casefold().replace("! ", ". ").replace("? ", "?. ").split(". ")
    for sentence in reversed(sentences):
        if sentence.endswith("?") or topic_in(view, sentence):
            return sentence
    return content.casefold()


def topic_in(view: Reading, words: str) -> str:
    """The topic that some folded words name, of the matter's or of what the speaker holds."""
    matter = view.context.matter
    topics = [*(matter.topics if matter else ()), *(item.topic for item in view.context.knows)]
    return next((topic for topic in topics if topic and topic.casefold() in words), "")


def topic_side(view: Reading, words: str) -> bool:
    """Whether some folded words ask for a topic in so many words, and do not just touch on it."""
    topic = topic_in(view, words).casefold()
    noun = topic_noun(topic)
    asked = any(f"{place} {noun}" in words for place in ("about", "with", "come to", "turn to"))
    return bool(topic) and (asked or f"{topic.removeprefix('the ')} side" in words)


def option_in(view: Reading, words: str) -> OptionView | None:
    """The option that some words name; of several, that with the longest name: "not guilty" is not "guilty"."""
    named = ((name.casefold(), option) for option in view.options for name in (option.label, option.noun) if name)
    found = [(len(name), option) for name, option in named if name in words]
    return max(found, key=_length)[1] if found else None


def _length(named: tuple[int, OptionView]) -> int:
    return named[0]


def _answer_on_item(
    view: Reading, item: KnownItem, words: str, to: tuple[str, ...], partner: str, draws: Draws
) -> Plan:
    if any(cue in words for cue in _FOLLOWS):
        best = view.best
        move = "means_for" if best is not None and view.speaks(item, best) > 0.1 and best.lean > 0.1 else "means_open"
        option = best.id if best is not None and move == "means_for" else ""
        steps: list[Step] = [Step(move, item=item, option=best)]
        fact = view.argument(view.shareable, best, 1.0) if best is not None else None
        if fact is not None and draws.uniform() < 0.6:
            steps.append(telling(view, fact, draws, "tell_same" if fact.topic == item.topic else "tell"))
            return Plan("answer", "data_argument", tuple(steps), to, option, (fact.id,), partner)
        return Plan("answer", "statement", tuple(steps), to, option, (), partner)
    steps = [Step(_ground(view, item), item=item)]
    more = next((one for one in view.about(item.topic, view.shareable) if item.topic), None)
    if more is not None and draws.uniform() < 0.7:
        steps.append(Step("tell_same", item=more))
        return Plan("answer", "data_argument", tuple(steps), to, "", (more.id,), partner)
    return Plan("answer", "data_argument", tuple(steps), to, "", (), partner)


def _ground(view: Reading, item: KnownItem) -> str:
    """The move that says where an item comes from."""
    if item.confidence < 0.65:
        return "sure_weak"
    if item.how == "told" or item.source in view.names:
        return "sure_saw" if item.subject == view.me else "sure_told"
    if item.source == "instrument":
        return "sure_instrument"
    if item.source == "briefing":
        return "sure_known"
    return "sure_papers" if item.source == "message" else "sure_saw"


def _answer_stance(
    view: Reading, asked: OptionView | None, to: tuple[str, ...], partner: str, draws: Draws
) -> Plan:
    best, second = view.best, view.second
    assert best is not None
    held = view.course()
    if asked is not None and held is not None and held is not asked and gives_way(view, held, asked, partner, False):
        return concession(view, asked, held, partner, draws)
    mine = asked if asked is not None and view.stood[asked.id] > 0 else held
    if mine is not None and mine.lean > 0.0:
        best, second = mine, None
    if asked is not None and best is not asked and asked.lean < 0 and view.stood[asked.id] >= 0:
        return against(view, asked, None, draws, to or ((partner,) if partner else ()))
    if best.lean < 0.1 or (second is not None and best.lean - second.lean < 0.04):
        step = Step("stance_open", option=best, other=second or best)
        return Plan("answer", "statement", (step,), to, "", (), partner)
    fact = view.argument(view.shareable, best, 1.0)
    if fact is not None:
        steps = (Step("stance_for", option=best), telling(view, fact, draws, "tell"))
        return Plan("answer", "data_argument", steps, to, best.id, (fact.id,), partner)
    reasons, tactic = stance_steps(view, best, 1.0, draws)
    return Plan("answer", tactic, (Step("stance_for", option=best), *reasons), to, best.id, (), partner)


def _answer_on_topic(view: Reading, topic: str, to: tuple[str, ...], partner: str, draws: Draws) -> Plan:
    heard = (Step("heard"),) if draws.uniform() < 0.4 else ()
    held = view.about(topic, view.shareable) if topic else view.shareable[:1]
    if held:
        items = held[:2] if view.context.feeling.energy > 45 and draws.uniform() < 0.3 else held[:1]
        steps = [*heard, Step("tell", item=items[0]), *(Step("tell_also", item=item) for item in items[1:])]
        weigh = weigh_step(view, items[-1], draws)
        if weigh is not None:
            steps.append(weigh)
        return Plan("answer", "data_argument", tuple(steps), to, "", tuple(item.id for item in items), partner)
    if topic and view.about(topic, [view.items[one] for one in sorted(view.withheld) if one in view.items]):
        return Plan("answer", "deflection", (Step("guarded", topic=topic),), to, "", (), partner)
    if topic and view.about(topic, [item for item in view.context.knows if item.id in view.told]):
        steps = [Step("no_more", topic=topic)]
    elif topic and (old := view.about(topic, view.citable)):
        steps = [Step("old_news", item=old[0], topic=topic)]
    elif topic:
        steps = [Step("no_answer", topic=topic)]
    else:
        steps = [Step("no_answer_plain" if view.options else "no_news")]
    other = view.shareable[0] if view.shareable else None
    if other is not None and (other.topic or other.bearing or not view.options) and draws.uniform() < 0.7:
        link = "tell_new" if other.topic and other.topic != topic else "tell"
        steps.append(Step(link, item=other, topic=other.topic))
        return Plan("answer", "statement", tuple(steps), to, "", (other.id,), partner)
    return Plan("answer", "statement", tuple(steps), to, "", (), partner)
