"""How a speaker sounds now: tone, active tags, length, and the habits that their voice guide gives them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from timepoint_pro.llm.scripted.grammar import BIT, SLOT_BIT, library
from timepoint_pro.llm.scripted.person import fits_inside, lowered, word_set
from timepoint_pro.llm.scripted.plan import Plan, Step
from timepoint_pro.llm.scripted.reading import DECIDED, WEAK, Reading
from timepoint_pro.llm.scripted.word_forms import is_infinitive
from timepoint_pro.records.draws import Draws
from timepoint_pro.records.entity import Archetype
from timepoint_pro.records.turn import Tone

if TYPE_CHECKING:
    from timepoint_pro.llm.scripted.voice import Voice

_STYLES = (
    ("blunt", ("blunt", "flat", "confront", "order", "counter", "aggress", "harsh", "stubborn", "short")),
    ("soft", ("soft", "polite", "gentle", "indirect", "courte", "diplomat", "tact", "mild", "warm", "defer")),
    ("ask", ("question", "ask", "socratic", "prob", "doubt", "sceptic", "skeptic")),
    ("data", ("data", "evidence", "number", "measure", "fact", "figure", "proof", "logic")),
    ("dry", ("dry", "humour", "humor", "sarcas", "iron", "wit", "jok")),
    ("formal", ("formal", "procedure", "record", "legal", "rule", "protocol", "by the book")),
    ("feel", ("feel", "emotion", "passion", "heart", "lost", "personal", "plead")),
)
_ROLES = (
    ("military_commander", ("commander", "captain", "general", "colonel", "officer in charge", "sergeant")),
    ("safety_officer", ("safety",)),
    ("doctor", ("doctor", "medic", "nurse", "surgeon", "physician")),
    ("lawyer", ("lawyer", "counsel", "attorney", "judge", "solicitor")),
    ("engineer", ("engineer", "technician", "mechanic", "developer", "carpenter", "pilot")),
    ("scientist", ("scien", "geolog", "biolog", "chemist", "physic", "research", "analyst", "professor")),
    ("journalist", ("journalist", "reporter", "editor")),
    ("diplomat", ("diplomat", "ambassador", "mediator", "envoy")),
    ("politician", ("politic", "mayor", "minister", "senator", "council", "delegate")),
    ("executive", ("executive", "ceo", "director", "manager", "founder", "chief", "owner", "head of")),
)
_COLOURED = word_set("inform answer support oppose propose concede close question")
_REACTING = (
    "lead", "news", "heard", "partial", "no_", "guarded", "second", "hold", "sure", "means", "yielding", "knew",
    "owned", "compromise", "concede",
)  # fmt: skip
"""Moves that take up what was just said: nothing that opens a new point goes before them."""

_LED = word_set("inform answer support oppose propose question")
_CUE = re.compile(r"[.!?] ")


class Manner:
    """The speaker's manner in this turn.

    Attributes:
        active: bits of the frame tags that hold.
        tone: how it sounds.
        budget: words that the turn may spend.
        long_after: frames of more words than this are avoided.
        never: phrases, folded, that the speaker never says.
        archetype: whose frames serve.
        winding: speaks in long sentences, and so promises no short ones.
    """

    def __init__(self, view: Reading, plan: Plan, draws: Draws) -> None:
        context = view.context
        feeling, voice = context.feeling, context.speaker.voice
        self.view, self.plan, self.draws = view, plan, draws
        self.valence = 0.6 * feeling.valence + 0.4 * feeling.presented_valence
        self.arousal = 0.6 * feeling.arousal + 0.4 * (feeling.presented_arousal or feeling.arousal)
        self.energy, self.capacity = feeling.energy, feeling.capacity
        partner = plan.to[0] if len(plan.to) == 1 else plan.partner
        self.trust = view.trust(partner)
        self.never = tuple(phrase.casefold().strip() for phrase in voice.never_says)
        self.archetype = archetype_of(context.speaker.archetype, context.speaker.role)
        self.name_words = view.name_words
        pace, self.long_after = pace_of(voice.sentence_length)
        self.winding = pace > 1.0
        breath = min(1.0, 0.45 + feeling.energy / 110.0)  # who is spent also leaves out what they could still say
        self.budget = round(context.words * pace * breath)
        self.active = self._tags(voice.disagreement_style)
        self.tone = self._tone()

    def _tags(self, style: str) -> int:
        """Tags that hold in this turn: those of state by chance in proportion, the others as they are."""
        draws, bits = self.draws, style_bits(style)
        valence, arousal, trust = self.valence, self.arousal, self.trust
        if draws.uniform() < 1.25 * abs(valence) - 0.05:
            bits |= BIT["v+"] if valence > 0 else BIT["v-"]
        if draws.uniform() < 2.0 * abs(arousal - 0.45) - 0.1:
            bits |= BIT["a+"] if arousal > 0.45 else BIT["a-"]
        if draws.uniform() < 1.3 * abs(trust) - 0.05:
            bits |= BIT["t+"] if trust > 0 else BIT["t-"]
        if draws.uniform() < (55.0 - self.energy) / 50.0:
            bits |= BIT["e-"]
        if draws.uniform() < 1.5 * (0.85 - self.capacity):
            bits |= BIT["c-"]
        best = self.view.best
        option = self.view.option(self.plan.option) or best
        if option is not None:
            lean = abs(option.lean)
            bits |= BIT["s"] if lean > DECIDED else BIT["w"] if lean < WEAK else 0
        return bits

    def _tone(self) -> Tone:
        """The tone that the state and the act make."""
        valence, arousal, act = self.valence, self.arousal, self.plan.act
        if self.energy < 28 and arousal < 0.65:
            return "weary"
        if valence < -0.2:
            if arousal > 0.6:
                if self.trust < 0 and (act == "oppose" or valence < -0.5):
                    return "angry"
                return "urgent" if act in ("inform", "propose", "close") else "worried"
            if act == "oppose":
                return "frustrated"
            if arousal < 0.35:
                return "sad"
            return "tense" if self.trust < 0 else "worried"
        if arousal > 0.68:
            return "urgent" if valence < 0.3 else "hopeful"
        if act == "question" and self.draws.uniform() < 0.6:
            return "curious"
        if valence > 0.12 and self.trust < -0.1:
            return "calm" if arousal < 0.4 else "neutral"
        if valence > 0.34:
            return "hopeful" if arousal > 0.5 else "warm"
        if valence > 0.18 and self.trust > 0.25:
            return "warm"
        if act == "oppose" and (valence < -0.08 or self.trust < -0.1):
            return "tense"
        if arousal < 0.35:
            return "calm"
        return "neutral"

    def attributed(self, step: Step, view: Reading, draws: Draws) -> str:
        """The move that tells an item: by where it comes from and how sure it is, else by its link."""
        item = step.item
        assert item is not None
        chance = draws.uniform()
        if item.category in ("decision", "agreement", "plan"):
            return "tell_decision"
        if item.confidence < 0.6 and chance < 0.8:
            return "tell_unsure"
        if item.how == "told" and item.source != view.me:
            if item.source in view.names:
                about_source = item.source == item.subject or view.name(item.source) in item.content
                return "tell_told" if chance < 0.6 and item.subject != view.me and not about_source else step.move
            return "tell_hearsay" if chance < 0.4 else step.move
        if step.move != "tell":
            return step.move
        if item.how == "inferred" and chance < 0.7:
            return "tell_inferred"
        if item.subject == view.me and item.how in ("initial", "witnessed", "experienced"):
            return "tell_saw" if chance < 0.08 and item.source != "briefing" else step.move
        recent, speaker = item.timepoint_id == view.context.setting.timepoint_id, view.context.speaker
        if item.source == "briefing" and (recent or item.subject == view.me or speaker.name in item.content):
            return "tell"  # nobody has known for long what has just come in, or was given what they are and do
        share = {"instrument": 0.4, "message": 0.5, "briefing": 0.35}.get(item.source, 0.0)
        return f"tell_{item.source}" if chance < share else step.move

    def colour(self, voice: Voice, parts: list[str], attempt: int) -> list[str]:
        """The parts with a lead, a habit of speech, a word of feeling and the punctuation of the moment."""
        led = self._lead(voice, parts, attempt)
        whole = self._tail(voice, led)
        if led is parts:
            whole = self._habit(voice, whole, attempt)
        return self._marked(whole)

    def _lead(self, voice: Voice, parts: list[str], attempt: int) -> list[str]:
        act = self.plan.act
        if act not in _LED or self._words(parts) + 4 > self.budget:
            return parts
        first = self.plan.steps[0].move if self.plan.steps else ""
        if first.startswith(_REACTING):
            return parts
        stirred = max(abs(self.valence), abs(self.arousal - 0.45), (50.0 - self.energy) / 160.0, 0.9 - self.capacity)
        if self.draws.uniform() > 0.08 + 0.45 * stirred and attempt < 2:
            return parts
        if act == "oppose" and parts and parts[0].startswith(("No", "Stop")):
            return parts
        move = {"support": "lead_yes", "oppose": "lead_no"}.get(act, "lead_own")
        if act == "answer" and attempt < 2:
            return parts
        lead = self._line(voice, move)
        return [lead, *parts] if lead else parts

    def _tail(self, voice: Voice, parts: list[str]) -> list[str]:
        """A word of feeling, the likelier the stronger the feeling and the more breath is left."""
        if self.plan.act not in _COLOURED or self.plan.act == "question" or not parts:
            return parts
        strength = max(abs(self.valence), self.arousal - 0.45, (40.0 - self.energy) / 60.0)
        mild = self.tone in ("warm", "calm", "hopeful")
        if self.tone in ("neutral", "curious") or self.draws.uniform() > 0.05 + (0.3 if mild else 0.5) * strength:
            return self._aside(voice, parts)
        if self._words(parts) + 3 > self.budget and self.draws.uniform() < 0.7:
            return parts
        line = self._line(voice, f"tone_{self.tone}")
        if not line:
            return parts
        if self._hands_over(parts) or self.plan.act == "close":
            return [*parts[:-1], line, parts[-1]] if len(parts) > 1 else [line, *parts]
        return [*parts, line]

    def _aside(self, voice: Voice, parts: list[str]) -> list[str]:
        """Now and then a sentence of the speaker's own: a speech example, an anchor, a goal, a word of the trade."""
        context = self.view.context
        is_apt = self.plan.act in ("support", "oppose", "propose", "inform") and not context.attempt
        if not is_apt or self._words(parts) > self.budget + 2:
            return parts
        chance = self.draws.uniform()
        if chance < 0.30:
            line = self._example(voice)
        elif chance < 0.38 and self.plan.act in ("oppose", "support"):
            line = self._own(voice, "anchor", self.view.context.speaker.voice.specificity_anchors)
        elif chance < 0.44 and self.plan.act in ("propose", "support"):
            line = self._own(voice, "goal", tuple(goal for goal in context.speaker.goals if is_infinitive(goal)))
        elif chance < 0.50 and context.speaker.archetype is not None and context.speaker.archetype.id not in library():
            line = self._own(voice, "word", context.speaker.archetype.vocabulary)
        else:
            line = ""
        if not line:
            return parts
        return [*parts[:-1], line, parts[-1]] if self._hands_over(parts) and len(parts) > 1 else [*parts, line]

    def _hands_over(self, parts: list[str]) -> bool:
        """Whether the turn ends by giving somebody the word, so that nothing should follow."""
        return parts[-1].endswith("?") or self.plan.steps[-1].move == "turn_to"

    def _example(self, voice: Voice) -> str:
        """A speech example that has not served in this run and names nobody absent and no figure."""
        speaker = self.view.context.speaker
        for number, example in enumerate(speaker.voice.speech_examples):
            device = f"say:{speaker.id}:{number}"
            if voice.used.get(device, 0) or device in voice.barred or not self._sayable(example):
                continue
            if example.lstrip().startswith("You") and self.plan.act != "oppose":
                continue
            voice.devices.append(device)
            return example.strip() if example.strip()[-1:] in ".!?…。！？؟" else example.strip() + "."
        return ""

    def _sayable(self, text: str) -> bool:
        """Whether a phrase of the voice guide gives nothing away: no figures, no names but of those present."""
        words = text.split()
        if not words or len(words) > 16 or text.rstrip().endswith("?") or any(char.isdigit() for char in text):
            return False
        if words[0].endswith(","):
            return False
        sentence_start = True
        for word in words:
            bare = word.strip(".,;:!?\"'’").removesuffix("'s").removesuffix("’s")
            if bare[:1].isupper() and not sentence_start and bare not in self.name_words and not bare.startswith("I"):
                return False
            sentence_start = word[-1:] in ".!?:"
        return True

    def _own(self, voice: Voice, move: str, phrases: tuple[str, ...]) -> str:
        speaker = self.view.context.speaker.id
        for number, phrase in enumerate(phrases):
            device = f"{move}:{speaker}:{number}"
            if voice.used.get(device, 0) or device in voice.barred or not self._sayable(phrase):
                continue
            slot = "g" if move == "goal" else move
            frame = voice.choose(move, SLOT_BIT[slot])
            if frame is None:
                return ""
            voice.devices.append(device)
            return voice.fill(frame, {slot: phrase.strip().rstrip(".").removeprefix("to ")})
        return ""

    def _habit(self, voice: Voice, parts: list[str], attempt: int) -> list[str]:
        """A verbal tic at the head of the turn, seldom."""
        speaker = self.view.context.speaker
        tics = speaker.voice.verbal_tics
        if not tics or not parts or attempt > 1 or self.draws.uniform() > 0.12:
            return parts
        number = self.draws.index(len(tics))
        tic, device = tics[number].strip(), f"tic:{speaker.id}:{number}"
        worn = voice.mine.get(device, 0) > 4 or device in voice.barred
        if worn or len(tic.split()) > 4 or not self._sayable(tic.rstrip(",،、")):
            return parts
        if tic[-1:] in ".!?:":
            voice.devices.append(device)
            return [tic.replace(":", "."), *parts]
        first = parts[0]
        if not fits_inside(first, self.name_words) or lowered(first) == first or first.startswith("No"):
            return parts
        voice.devices.append(device)
        return [f"{tic.rstrip(',،、')}, {lowered(first)}", *parts[1:]]

    def _marked(self, parts: list[str]) -> list[str]:
        """Exclamation where the speaker is aroused, pauses where they are spent; on short sentences only."""
        shout = 1.6 * (self.arousal - 0.55)
        trail = (38.0 - self.energy) / 55.0
        marked = []
        for part in parts:
            stops = part.endswith(".") and not part.endswith("...")
            if stops and len(_CUE.split(part)[-1].split()) <= 9:
                if shout > 0 and self.draws.uniform() < shout:
                    part = part[:-1] + "!"
                elif trail > 0 and self.draws.uniform() < trail:
                    part = part[:-1] + "..."
            marked.append(part)
        return marked

    def _line(self, voice: Voice, move: str) -> str:
        slots: dict[str, str] = {}
        available = 0
        known = voice.partner in self.view.names and voice.partner != self.view.me and bool(voice.plan.to)
        if known and not voice.named and not voice.asks:
            slots["n"] = self.view.names[voice.partner]
            available = SLOT_BIT["n"]
        frame = voice.choose(move, available)
        return voice.fill(frame, slots) if frame is not None else ""

    def _words(self, parts: list[str]) -> int:
        return sum(len(part.split()) for part in parts)


@lru_cache(maxsize=1024)
def style_bits(style: str) -> int:
    """Ways to disagree that a voice guide's words name."""
    folded = style.casefold()
    return sum(BIT[name] for name, cues in _STYLES if any(cue in folded for cue in cues))


@lru_cache(maxsize=1024)
def pace_of(sentence_length: str) -> tuple[float, int]:
    """Share of the usual length, and the longest frame, that a guide's sentence length means."""
    folded = sentence_length.casefold()
    digits = "".join(char if char.isdigit() else " " for char in folded).split()
    mean = int(digits[0]) if digits else 0
    if any(cue in folded for cue in ("short", "terse", "clipped", "brief")) or 0 < mean <= 9:
        return 0.75, 9
    if any(cue in folded for cue in ("long", "winding", "elaborate")) or mean >= 20:
        return 1.25, 40
    return 1.0, 16


def archetype_of(archetype: Archetype | None, role: str) -> str:
    """Whose frames serve: the archetype's own, the built-in one with the nearest tactics, or the role's."""
    return _frames_of(None, (), role) if archetype is None else _frames_of(archetype.id, archetype.tactics, role)


@lru_cache(maxsize=1024)
def _frames_of(archetype: str | None, tactics: tuple[str, ...], role: str) -> str:
    if archetype is not None and archetype in library():
        return archetype
    if tactics:
        from timepoint_pro.records.archetypes import ARCHETYPES

        shares = {name: _overlap(tactics, one.tactics) for name, one in ARCHETYPES.items()}
        best = max(shares, key=lambda name: shares[name])
        return best if shares[best] > 0 else ""
    folded = role.casefold()
    return next((name for name, cues in _ROLES if any(cue in folded for cue in cues)), "")


def _overlap(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    return sum(1.0 / (1 + rank + second.index(name)) for rank, name in enumerate(first) if name in second)
