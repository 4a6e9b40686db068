"""Beings without words of their own: what they do, what happens around them, what is felt by many.

A turn of theirs is one or two sentences in the third person. The first says what the being does by its kind and the
mood of the moment; the second, now and then, turns it to somebody present or to what it holds to. They never argue,
and only a kami or an institution tells what it holds: by a sign, or as what is said.
"""

from __future__ import annotations

from attrs import evolve

from timepoint_pro.llm.scripted.animate_frames import FIRST, NOTICED, SECOND, TOLD
from timepoint_pro.llm.scripted.person import call_name, capital, lowered
from timepoint_pro.prompts.dialog import KnownItem, Said, TurnAnswer, TurnContext
from timepoint_pro.records.draws import Draws
from timepoint_pro.records.turn import Tone

SPEECH_KINDS = ("human", "ai")
FAMILY = {
    "animal": "animal", "kami": "kami", "building": "building", "environment": "environment", "object": "object",
    "vehicle": "object", "institution": "collective", "abstract": "collective",
}  # fmt: skip
TELLING = ("kami", "collective")
TONE: dict[str, Tone] = {"tense": "tense", "warm": "warm", "low": "sad", "calm": "calm"}
OWN_SIGN, AND_MORE, TELLS, NOTICES = 0.55, 0.55, 0.5, 0.35


def narrate(context: TurnContext, draws: Draws) -> TurnAnswer:
    """The turn of a being that has no words."""
    speaker = context.speaker
    family = FAMILY.get(speaker.kind, "object")
    mood = mood_of(context)
    item = _sign(context) if family in TELLING and draws.uniform() < TELLS else None
    if item is not None:
        device, line = _least_used(context, f"{family}.told", TOLD[family], draws)
        content = line.format(B=capital(speaker.name), b=speaker.name, f=lowered(item.content.rstrip(".")))
        return TurnAnswer(content, "inform", "statement", TONE[mood], knowledge_shared=(item.id,), devices=(device,))
    first, devices = _first(context, family, mood, draws)
    slots = _slots(context, draws)
    parts = [first]
    own = devices[0].startswith("say:") and family != "animal"
    if context.attempt or (draws.uniform() < AND_MORE and not own):
        able = tuple(one for one in SECOND[family] if all(slots[key] for key in _named(one)))
        if able:
            device, line = _least_used(context, f"{family}.more", able, draws)
            parts.append(line.format_map(slots))
            devices = (*devices, device)
    return TurnAnswer(" ".join(parts), "inform", "statement", TONE[mood], devices=devices)


def among_people(context: TurnContext) -> TurnContext:
    """The context with only those present who answer in words: whom somebody talks with."""
    silent = {tie.other for tie in context.relations if not tie.answers}
    if not silent:
        return context
    present = tuple(one for one in context.setting.present if one[0] not in silent)
    return evolve(
        context,
        setting=evolve(context.setting, present=present),
        relations=tuple(tie for tie in context.relations if tie.answers),
        recent=tuple(said for said in context.recent if said.speaker not in silent),
    )


def noticing(context: TurnContext, answer: TurnAnswer, draws: Draws) -> TurnAnswer:
    """The turn of somebody who has just seen a being do something: now and then they say so first."""
    last: Said | None = context.recent[-1] if context.recent else None
    silent = {tie.other: tie.name for tie in context.relations if not tie.answers}
    if last is None or last.speaker not in silent or draws.uniform() > NOTICES:
        return answer
    mood = "tense" if last.tone in ("tense", "sad") else "calm"
    device, line = _least_used(context, f"notice.{mood}", NOTICED[mood], draws)
    name = silent[last.speaker]
    content = f"{line.format(b=name, B=capital(name))} {answer.content}"
    return evolve(answer, content=content, devices=(*answer.devices, device))


def mood_of(context: TurnContext) -> str:
    """What the moment feels like to whatever is there: ``"tense"``, ``"low"``, ``"warm"`` or ``"calm"``."""
    setting, feeling = context.setting, context.feeling
    valence = 0.5 * setting.group_valence + 0.5 * feeling.valence if feeling.valence else setting.group_valence
    if setting.tension > 0.5 or setting.group_arousal > 0.68:
        return "tense"
    if valence < -0.15:
        return "low"
    return "warm" if valence > 0.2 else "calm"


def _first(context: TurnContext, family: str, mood: str, draws: Draws) -> tuple[str, tuple[str, ...]]:
    """What it does: a sign that the template gives it, while there is one left, else one of its kind."""
    speaker = context.speaker
    fresh = [
        (number, line)
        for number, line in enumerate(speaker.voice.speech_examples)
        if not context.used.get(f"say:{speaker.id}:{number}", 0)
    ]
    if fresh and draws.uniform() < OWN_SIGN:
        number, line = fresh[0]
        return _ended(line), (f"say:{speaker.id}:{number}",)
    moods = FIRST[family]
    device, line = _least_used(context, f"{family}.{mood}", moods[mood], draws)
    return line.format(B=capital(speaker.name), b=speaker.name), (device,)


def _slots(context: TurnContext, draws: Draws) -> dict[str, str]:
    """Whom and what it may turn to; empty where there is nobody or nothing."""
    speaker = context.speaker
    people = [tie for tie in context.relations if tie.answers]
    last = next((said for said in reversed(context.recent) if said.speaker != speaker.id), None)
    someone = draws.choice(people) if people else None
    dearest = max(people, key=lambda tie: tie.affinity, default=None)
    anchors = speaker.voice.specificity_anchors
    spoke = next((tie for tie in people if last is not None and tie.other == last.speaker), None)
    return {
        "B": capital(speaker.name),
        "b": speaker.name,
        "n": call_name(someone.name) if someone else "",
        "last": call_name(spoke.name) if spoke else "",
        "dear": call_name(dearest.name) if dearest and dearest.affinity > 0.2 else "",
        "a": anchors[draws.index(len(anchors))] if anchors else "",
    }


def _named(line: str) -> list[str]:
    return [key for key in ("n", "last", "dear", "a") if "{" + key + "}" in line]


def _sign(context: TurnContext) -> KnownItem | None:
    """What it holds that bears on the matter and that not everybody knows."""
    told, kept = set(context.told), set(context.inner.withheld)
    items = [one for one in context.knows if not one.common and one.id not in told and one.id not in kept]
    items = [one for one in items if one.category == "fact" and one.how != "told" and one.source != "scene"]
    return max(items, key=lambda one: one.importance, default=None)


def _least_used(context: TurnContext, place: str, lines: tuple[str, ...], draws: Draws) -> tuple[str, str]:
    """One of the lines that have served least, and its name."""
    numbered = [(context.used.get(f"{place}.{number}", 0), number) for number in range(len(lines))]
    least = min(times for times, _ in numbered)
    number = draws.choice([number for times, number in numbered if times == least])
    return f"{place}.{number}", lines[number]


def _ended(line: str) -> str:
    text = line.strip()
    return text if text[-1:] in ".!?" else f"{text}."
