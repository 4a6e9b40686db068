"""What a turn did to somebody, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

import orjson

from timepoint_pro.exporters.tasks.choice import pick
from timepoint_pro.exporters.tasks.lookups import Lookups, Person, answers
from timepoint_pro.exporters.tasks.wording import article, capital, decimal, listed, one_line, quoted, signed
from timepoint_pro.mechanisms.knowledge import KnowledgeGained
from timepoint_pro.mechanisms.minds import AffectMoved, AffectStirred, Minds
from timepoint_pro.mechanisms.rhythm import EnergySpent, Rhythm
from timepoint_pro.mechanisms.ties import Ties, TiesMoved
from timepoint_pro.records.event import Entry
from timepoint_pro.records.world import World

DEEDS = {
    "open": "opens the talk", "inform": "reports", "answer": "answers", "question": "asks",
    "propose": "proposes {noun}", "support": "speaks for {noun}", "oppose": "speaks against {noun}",
    "concede": "comes round to {noun}", "shift": "changes the subject", "close": "closes the talk",
}  # fmt: skip
ROUNDED = 0.11
"""By how much the difference of two energies with one decimal can miss the true one."""
ANY_TIME = "9999"
"""Later than every time of a story."""
LEANING = 0.05
"""From how far on somebody leans to or from a course."""
BARE = {"propose": "makes a proposal", "support": "agrees", "oppose": "objects", "concede": "gives way"}

BY_TONE = (
    "The {tone} tone weighed most",
    "Mostly it was the {tone} tone that carried over",
    "What counted was how it was said: the tone was {tone}",
)
BY_MOOD = ("The {tone} mood of it weighed most", "Mostly it was the {tone} mood that carried over")
BY_NEWS = (
    "What weighed most was news: {name} had not known that '{fact}'",
    "It was the news that counted; until now {name} did not hold '{fact}'",
    "Learning that '{fact}' did most of it",
)
BY_OLD_NEWS = (
    "{name} no longer had in mind what it tells, and hearing it again weighed most",
    "Hearing again what had slipped {name}'s mind counted most",
)
BY_GOALS = {
    True: (
        "It spoke for what {name} wants, and that weighed most",
        "Mostly it was relief at hearing {name}'s own side argued",
    ),
    False: (
        "It spoke against what {name} wants, and that weighed most",
        "Mostly it was that the words went against {name}'s own side",
    ),
}
BY_REACTION = {
    True: ("{speaker} took up what {name} had said, and that weighed most", "Being upheld by {speaker} counted most"),
    False: (
        "{speaker} turned on what {name} had said, and that weighed most",
        "Being contradicted by {speaker} counted most",
    ),
}
BY_NOTHING = ("Nothing in the turn pushed {name}", "The turn as such left {name} unmoved")
BY_SPEAKING = (
    "Having said it takes some of the pressure off",
    "Saying it aloud is a small relief",
    "Speaking out lets off a little tension",
)
BY_SHOWING = ("Having shown itself lets off a little tension", "Stirring takes some of the pressure off")
COST = (
    "Speaking cost {spent} points of energy",
    "The words took {spent} points of energy",
    "{spent} points of energy went into speaking",
)
STIRRING = ("It cost {spent} points of energy", "{spent} points of energy went into it")
GAINED = ("{speaker} came over as reliable, so trust rose", "The turn counted in {speaker}'s favour, so trust rose")
LOST = ("The turn counted against {speaker}, so trust fell", "{speaker} lost some credit by it, so trust fell")
KEPT = ("Nothing in it bore on trust", "It was no evidence for or against {speaker}, so trust stayed")


def numbers_before(world: World, person: Person, speaker: Person) -> str:
    """Valence, arousal, energy and, for a listener, trust in the speaker."""
    minds, energy = world[Minds], world[Rhythm].energy(person.id)
    words = (
        f"emotional_valence={decimal(minds.valence(person.id))}, "
        f"emotional_arousal={decimal(minds.arousal(person.id))}, energy_budget={energy:.1f}"
    )
    if person is speaker:
        return words
    return f"{words}, trust in {one_line(speaker.name)}={signed(world[Ties].trust(person.id, speaker.id))}"


def others_before(world: World, present: Iterable[str], person: Person) -> str:
    """The mood of the others who are there, as a sentence: the mean of their valence and arousal."""
    minds = world[Minds]
    others = [one for one in present if one != person.id and one in minds]
    if not others:
        return ""
    valence, arousal = fmean(map(minds.valence, others)), fmean(map(minds.arousal, others))
    return f" The others' mood: valence {signed(valence)}, arousal {decimal(arousal)}."


def numbers_after(before: World, after: World, person: Person, speaker: Person) -> str:
    """The same after the turn, each with its change; changes are those of the rounded numbers."""
    old, new = before[Minds], after[Minds]
    who, by = person.id, speaker.id
    parts = [
        f"emotional_valence={_changed(old.valence(who), new.valence(who))}",
        f"emotional_arousal={_changed(old.arousal(who), new.arousal(who))}",
    ]
    first, last = round(before[Rhythm].energy(who), 1), round(after[Rhythm].energy(who), 1)
    spent = round(last - first, 1)
    parts.append(f"energy_budget={last:.1f} ({f'{spent:+.1f}' if spent else '0.0'})")
    if person is not speaker:
        first, last = round(before[Ties].trust(who, by), 2), round(after[Ties].trust(who, by), 2)
        parts.append(f"trust in {one_line(speaker.name)}={signed(last)} ({signed(round(last - first, 2))})")
    return f"After: {', '.join(parts)}"


def _changed(first: float, last: float) -> str:
    first, last = round(first, 2), round(last, 2)
    return f"{decimal(last)} ({signed(round(last - first, 2))})"


def event_words(lookups: Lookups, moment: Mapping[str, Any], row: Mapping[str, Any], person: Person) -> str:
    """The turn as somebody witnesses it."""
    question = moment["question"] or {}
    nouns = {one["id"]: one.get("noun") or one["label"] for one in question.get("options", ())}
    noun = nouns.get(row["option"], "")
    act = row["act"]
    deed = BARE[act] if act in BARE and not noun else DEEDS.get(act, "speaks").format(noun=noun)
    addressed = orjson.loads(row["addressed_to"])
    to = listed(["you" if one == person.id else one_line(lookups.name(one)) for one in addressed])
    to = to.replace("you", one_line(person.name)) if person.id in addressed else to
    whom = f" to {to}" if to else " to everyone"
    speaker = lookups.person(row["speaker"])
    if not answers(speaker):
        return f"{capital(one_line(speaker.name))}, in {article(row['emotional_tone'])} mood: {quoted(row['content'])}"
    return (
        f"{one_line(speaker.name)} {deed}, in {article(row['emotional_tone'])} tone,{whom}: "
        f"{quoted(row['content'])}"
    )


def listener_reasons(
    lookups: Lookups, row: Mapping[str, Any], entries: Sequence[Entry], person: Person, key: str, fresh: Sequence[str]
) -> list[str]:
    """Why a listener's numbers moved; ``fresh``: what they learned by the turn."""
    name, speaker = one_line(person.name), one_line(lookups.name(row["speaker"]))
    push, stir, why = _push(entries, person.id)
    fact = fresh[0] if fresh else ""
    if why == "news":
        options = BY_NEWS if fact else BY_OLD_NEWS
    elif why == "goals":
        options = BY_GOALS[push >= 0]
    elif why == "reaction":
        options = BY_REACTION[push >= 0]
    else:
        toned = BY_TONE if answers(lookups.person(row["speaker"])) else BY_MOOD
        options = toned if why == "tone" else BY_NOTHING
    words = pick(options, key, why).format(name=name, speaker=speaker, tone=row["emotional_tone"], fact=fact)
    given = f" ({signed(push)} valence, {signed(stir / 2.0)} arousal)" if why else ""
    return [
        f"Why: {words}{given}; {_rest(entries, person.id)}.",
        _trust(entries, person.id, row["speaker"], speaker, key),
    ]


def speaker_reasons(
    before: World, after: World, entries: Sequence[Entry], person: Person, key: str
) -> list[str]:
    """Why a speaker's numbers moved."""
    _valence, stir, _why = _push(entries, person.id)
    spent = sum(
        cost for entry in entries if isinstance(entry.event, EnergySpent)
        for who, cost in entry.event.spent if who == person.id
    )  # fmt: skip
    # Told as the rounded numbers beside it have it, where no more than their rounding lies between.
    shown = round(before[Rhythm].energy(person.id), 1) - round(after[Rhythm].energy(person.id), 1)
    spent = shown if abs(shown - spent) < ROUNDED else spent
    cost, relief = (COST, BY_SPEAKING) if answers(person) else (STIRRING, BY_SHOWING)
    return [
        f"Why: {pick(cost, key, 'cost').format(spent=f'{spent:.1f}')}.",
        f"{pick(relief, key, 'relief')} ({signed(stir / 2.0)} arousal); {_rest(entries, person.id)}.",
    ]


def _push(entries: Sequence[Entry], who: str) -> tuple[float, float, str]:
    """The impulse on somebody: valence, arousal on the internal scale [-1, 1], main reason."""
    for entry in entries:
        if isinstance(entry.event, AffectMoved):
            for name, _valence, _arousal, push, stir, why in entry.event.moves:
                if name == who:
                    return push, stir, why
    return 0.0, 0.0, ""


def _rest(entries: Sequence[Entry], who: str) -> str:
    """What the turn's own push leaves over: the mood of the others, and drift."""
    valence = arousal = 0.0
    for entry in entries:
        if isinstance(entry.event, AffectStirred) and entry.event.reason == "contagion":
            for name, more_valence, more_arousal in entry.event.moves:
                if name == who:
                    valence, arousal = valence + more_valence, arousal + more_arousal
    if abs(valence) < 0.005 and abs(arousal) < 0.01:
        return "the rest is drift of mood"
    return f"the mood of the others added {signed(valence)} and {signed(arousal / 2.0)}, the rest is drift"


def news(lookups: Lookups, moment: str, entries: Sequence[Entry], who: str) -> list[str]:
    """What somebody learned by a turn of a moment, without what they held before and only heard again."""
    gained = [
        exposure for entry in entries if isinstance(entry.event, KnowledgeGained)
        for exposure in entry.event.exposures if exposure.entity == who
    ]  # fmt: skip
    firsts = [(one, lookups.held(who, one.item, moment, ANY_TIME)) for one in gained]
    return [
        one_line(first.content).rstrip(".") for one, first in firsts
        if first is not None and first.shown["exposure_id"] == one.id
    ]  # fmt: skip


def beside_words(
    world: World, moment: Mapping[str, Any], row: Mapping[str, Any], person: Person, said: str, fresh: Sequence[str]
) -> str:
    """What a listener brings to a turn: what is new to them in it, to what they lean, and what they said last."""
    name, question = one_line(person.name), moment["question"] or {}
    told = orjson.loads(row["knowledge_shared"])
    known = f"{name} has heard before what it tells." if told else ""
    news_words = f"New to {name} in it: {listed([f'{chr(39)}{one}{chr(39)}' for one in fresh])}." if fresh else known
    beliefs = [
        (one.get("noun") or one["label"], world[Ties].belief(person.id, f"{question['id']}/{one['id']}"))
        for one in question.get("options", ())
    ]
    leanings = listed([f"{noun} {signed(belief)}" for noun, belief in beliefs if abs(belief) >= LEANING])
    parts = (
        news_words,
        f"{name} leans: {leanings}." if leanings else "",
        f"{name} had last {'said' if answers(person) else 'been seen'}: {quoted(said)}" if said else "",
    )
    return " ".join([part for part in parts if part])


def _trust(entries: Sequence[Entry], who: str, by: str, speaker: str, key: str) -> str:
    good = bad = 0.0
    for entry in entries:
        if isinstance(entry.event, TiesMoved):
            for one, other, more_good, more_bad, _affinity, _times in entry.event.moves:
                if (one, other) == (who, by):
                    good, bad = good + more_good, bad + more_bad
    options = KEPT if good == bad else GAINED if good > bad else LOST
    return f"{pick(options, key, 'trust').format(speaker=speaker)}."
