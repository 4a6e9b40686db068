"""Kinds of questions about one statement's exposures, each with its answer computed from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from timepoint_pro.exporters.tasks.choice import number, pick
from timepoint_pro.exporters.tasks.exposure_story import CHANNELS, Learned, Story, own_deed
from timepoint_pro.exporters.tasks.wording import decimal, listed

TOLD = (
    ("How did {name} come to know {a}?", "{teller} told {name} of {it} {when}.{root}"),
    ("Where did {name} get {a} from?", "{name} had {it} from {teller}, {when}.{root}"),
    ("Who was {name}'s source for {a}?", "{teller}, who told {name} of {it} {when}.{root}"),
    ("Who told {name} about {a}, and when?", "{teller} did, {when}: that is where {name} had {it} from.{root}"),
    ("Did {name} see {a} at first hand, or hear of it?", "{name} heard of {it}, from {teller}, {when}.{root}"),
)
SAW = (
    ("Who told {name} about {a}?", "Nobody told {name} of {it}; {name} {rest} {when}."),
    ("From whom did {name} first hear {a}?", "From no one. As for {it}, {name} {rest} {when}."),
    ("Whose word did {name} have for {a}?", "Nobody's: {name} {rest} {when} and needed no telling of {it}."),
    ("How did {name} come to know {a}?", "{name} {rest} {when}. Nobody had to tell {name} of {it}."),
    ("Was {a} hearsay for {name}?", "No, {it} was not hearsay. {name} {rest} {when}."),
)
GIVEN = (
    ("Which of the others told {name} about {a}?", "None of them. {name} had {it} {way}, {when}."),
    ("Did {name} have {a} from one of the others?", "No, {it} came {way}, {when}; none of them told {name}."),
    ("What was {name}'s source for {a}?", "No person: {name} had {it} {way}, {when}."),
    ("How did {name} come to know {a}?", "{name} had {it} {way}, {when}, and not from anybody in the scene."),
)
"""Questions, which name a statement by its letter, each with its answer, which says in words which one that is."""
MOST_FIRST = 4
"""With more people than this at its start a statement is common from the first: nobody was first."""


@frozen
class Answered:
    """A question with its answer.

    Args:
        question, answer: in words.
        label: what is balanced: the kind, and for yes/no questions the answer.
        who: entity that it is about; empty for several.
        at: moment that it asks about; empty for none.
        exposures: ids of those that the answer follows from.
        others: entity ids that the prompt has to name besides those in the record.
    """

    question: str
    answer: str
    label: str
    who: str = ""
    at: str = ""
    exposures: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def _pair(pairs: Sequence[tuple[str, str]], key: str, **words: str) -> tuple[str, str]:
    """A question and the answer that fits it, filled in."""
    question, answer = pick(pairs, key, "pair")
    return question.format(**words), answer.format(**words)


def _told(story: Story, key: str) -> Answered | None:
    options = [one for one in story.first.values() if story.kind(one) == "told"]
    if not options:
        return None
    one = pick(options, key)
    name, teller = story.name(one.entity), story.name(one.source)
    above = story.chain(one)[-2:-1]
    root = f" {teller} {story.way_in(above[0])}." if above else ""
    question, answer = _pair(
        TOLD, key, teller=teller, name=name, a=story.letter, it=story.named, when=story.when(one), root=root
    )
    return Answered(question, answer, "told", one.entity, one.at, (one.id,))


def _saw(story: Story, key: str) -> Answered | None:
    options = [one for one in story.first.values() if story.kind(one) in ("saw", "self")]
    if not options:
        return None
    one = pick(options, key)
    name, letter = story.name(one.entity), story.letter
    rest = "saw it" if story.kind(one) == "saw" else own_deed(one, "it")
    question, answer = _pair(SAW, key, name=name, a=letter, it=story.named, rest=rest, when=story.when(one))
    return Answered(question, answer, "saw", one.entity, one.at, (one.id,))


def _given(story: Story, key: str) -> Answered | None:
    options = [one for one in story.first.values() if story.kind(one) == "given"]
    if not options:
        return None
    one = pick(options, key)
    name, letter = story.name(one.entity), story.letter
    way = CHANNELS.get(one.source, "with everything else that was known from the start")
    question, answer = _pair(GIVEN, key, name=name, a=letter, it=story.named, way=way, when=story.when(one))
    return Answered(question, answer, "given", one.entity, one.at, (one.id,))


def _who_knew(story: Story, key: str) -> Answered | None:
    if not story.complete or not story.way:
        return None
    at = pick(list(story.way), key)
    limit = story.place(at)
    knew = [one for one in story.first.values() if story.place(one.at) <= limit]
    later = [one for one in story.first.values() if story.place(one.at) > limit]
    unaware = [*(one.entity for one in later), *story.others]
    question = pick(
        ("Who knew {a} by the end of {at}?", "At the end of {at}, who of these people held {a}?",
         "List everyone who was aware of {a} when {at} was over."), key, "q",
    ).format(a=story.letter, at=at)  # fmt: skip
    if knew:
        since = listed(
            [f"{story.name(one.entity)} ({f'since {one.at}' if one.at else 'from the start'})" for one in knew]
        )
        without = f" {story.names_of(unaware)} did not." if unaware else " That is all of them."
        answer = f"{since} knew of {story.named} by then.{without}"
    else:
        first = [one.entity for one in later if one.at == later[0].at and one.how == later[0].how]
        were = "was" if len(first) == 1 else "were"
        answer = (
            f"Nobody held {story.named} yet: {story.names_of(first)} {were} the first to, {story.when(later[0])}."
        )
    return Answered(question, answer, "who_knew", "", at, tuple(one.id for one in knew), story.others)


def _did_know(story: Story, key: str) -> Answered | None:
    if not story.way or not story.complete:
        return None
    everyone = [*story.first, *story.others]
    moments = list(story.way)
    wanted = number(key, "yes") % 2 == 0
    pairs = [(who, at) for who in everyone for at in moments
             if (who in story.first and story.place(story.first[who].at) < story.place(at)) == wanted]  # fmt: skip
    if not pairs:
        return None
    who, at = pick(pairs, key)
    name = story.name(who)
    question = pick(
        ("Did {name} know {a} before {at} began?", "When {at} began, was {name} aware of {a}?",
         "Going into {at}, did {name} hold {a} already?"), key, "q",
    ).format(name=name, a=story.letter, at=at)  # fmt: skip
    one = story.first.get(who)
    if one is None:
        answer = pick(
            (f"No. Nothing in the record ever brings {story.named} to {name}.",
             f"No, {name} never came to hold {story.named}."), key, "a",
        )
    elif wanted:
        answer = f"Yes. {name} held {story.named} by then: {name} {story.way_in(one)}."
    else:
        answer = f"No, {name} did not hold {story.named} yet: {name} {story.way_in(one)}."
    label = "did_know yes" if wanted else "did_know no"
    return Answered(question, answer, label, who, at, (one.id,) if one else (), story.others)


def _chain(story: Story, key: str) -> Answered | None:
    options = [one for one in story.learned if len(story.chain(one)) >= 3]
    if not options:
        return None
    one = pick(options, key)
    way, name = story.chain(one), story.name(one.entity)
    question = pick(
        ("By what way did {a} reach {name} {when}?", "Trace {a} back from {name}, {when}, to where it came from.",
         "Through whose hands did {a} pass before {name} heard it {when}?"), key, "q",
    ).format(a=story.letter, name=name, when=story.when(one))  # fmt: skip
    steps = [f"{story.name(way[0].entity)} {story.way_in(way[0])}"]
    steps += [f"{story.name(step.source)} told {story.name(step.entity)} {story.when(step)}" for step in way[1:]]
    hops = len(way) - 1
    tail = pick(
        (f"So {name} had {story.named} at {_hand(hops)} hand, with confidence {decimal(one.confidence)}.",
         f"That makes {story.named} {_hand(hops)}-hand for {name}; confidence had come to {decimal(one.confidence)}."),
        key, "a",
    )  # fmt: skip
    answer = f"{'; '.join(steps)}. {tail}"
    return Answered(question, answer, "chain", one.entity, one.at, tuple(step.id for step in way))


def _hand(hops: int) -> str:
    return {1: "second", 2: "third", 3: "fourth", 4: "fifth"}.get(hops, f"{hops + 1}th")


def _how_sure(story: Story, key: str) -> Answered | None:
    options = [one for one in story.learned if story.kind(one) == "told"]
    if not options:
        return None
    one = pick(options, key)
    name, teller = story.name(one.entity), story.name(one.source)
    question = pick(
        ("How sure of {a} was {name} after hearing it from {teller} {when}, and how sure was {teller}?",
         "With what confidence did {name} hold {a} once {teller} had told it {when}?",
         "{name} heard {a} from {teller} {when}. How firmly did {name} hold it then?"), key, "q",
    ).format(name=name, a=story.letter, teller=teller, when=story.when(one))  # fmt: skip
    above = story.chain(one)[-2:-1]
    earlier = [other for other in story.learned if other.entity == one.entity and other.number < one.number]
    answer = f"{name} held {story.named} with confidence {decimal(one.confidence)}"
    if earlier:
        answer += f", after {decimal(earlier[-1].confidence)} before: it was not news, it was confirmation"
    if above:
        answer += f". {teller} {story.way_in(above[0])}, with confidence {decimal(above[0].confidence)}"
        if not earlier and above[0].confidence > one.confidence:
            answer += ", and word of mouth loses some of it"
    return Answered(question, f"{answer}.", "how_sure", one.entity, one.at, tuple(x.id for x in (*above, one)))


def _first(story: Story, key: str) -> Answered | None:
    start, everyone = story.learned[0].at, list(story.first.values())
    # Whoever was told of it comes after their teller, in the same moment too.
    early = [one for one in everyone if one.at == start and story.kind(one) != "told"] or everyone[:1]
    later = next((one for one in everyone if one not in early), None)
    if later is None or len(early) > MOST_FIRST:
        return None
    question = pick(
        ("Who knew {a} first, and how?", "With whom does {a} begin?", "Where does the record first show {a}?"), key, "q"
    ).format(a=story.letter)  # fmt: skip
    steps = listed([f"{story.name(one.entity)} {story.way_in(one)}" for one in early])
    then = f"{story.name(later.entity)} {story.way_in(later)}"
    answer = pick(
        (f"With {story.named} it goes like this: {steps}. After that, {then}.",
         f"Nobody held {story.named} before this: {steps}. Then {then}.",
         f"{steps}; that is where {story.named} comes in. Next, {then}."), key, "a",
    )  # fmt: skip
    return Answered(question, answer, "first", early[0].entity, start, tuple(one.id for one in (*early, later)))


def _never(story: Story, key: str) -> Answered | None:
    if not story.complete or not story.others:
        return None
    question = pick(
        ("Who of these people never came to hold {a}?", "To whom did {a} never get through?",
         "By the end of the record, who was still without {a}?"), key, "q",
    ).format(a=story.letter)  # fmt: skip
    held = story.names_of(list(story.first))
    who = story.names_of(story.others)
    answer = pick(
        (f"{who}. Only {held} ever held {story.named}.", f"{story.named} never reached {who}; {held} had it.",
         f"{who}: the record shows {story.named} with {held} and nobody else."), key, "a",
    )  # fmt: skip
    return Answered(question, answer, "never", "", "", tuple(one.id for one in story.first.values()), story.others)


def _again(story: Story, key: str) -> Answered | None:
    counted: dict[str, list[Learned]] = {}
    for one in story.learned:
        counted.setdefault(one.entity, []).append(one)
    options = [times for times in counted.values() if len(times) > 1 and story.kind(times[-1]) == "told"]
    if not options:
        return None
    times = pick(options, key)
    name, last = story.name(times[0].entity), times[-1]
    question = pick(
        ("Was {a} news to {name} when {teller} told it {when}?",
         "When {teller} told {name} about {a} {when}, did that add anything?"), key, "q",
    ).format(a=story.letter, name=name, teller=story.name(last.source), when=story.when(last))  # fmt: skip
    before, after = decimal(times[-2].confidence), decimal(last.confidence)
    moved = f"moved {name}'s confidence from {before} to {after}"
    change = f"left {name}'s confidence at {after}" if before == after else moved
    answer = f"It was no news: {name} {story.way_in(times[0])}. Hearing {story.named} again {change}."
    return Answered(question, answer, "again", times[0].entity, last.at, (times[0].id, last.id))


KINDS: Mapping[str, Callable[[Story, str], Answered | None]] = {
    "told": _told, "saw": _saw, "given": _given, "who_knew": _who_knew, "did_know": _did_know, "chain": _chain,
    "how_sure": _how_sure, "first": _first, "never": _never, "again": _again,
}  # fmt: skip
"""Every kind: a function from a story to a question with its answer; None where the exposures give none."""
