"""Words for a plan: frames chosen by state, archetype and use, slots filled, the whole read over once.

State chooses among frames by tags that hold with a probability that grows with the state; so over many turns
each quantity moves its own features of the text: valence the evaluative words, arousal exclamation and urgency,
energy the length and the pauses, trust the vocatives, the hedges and the challenges, capacity the lost threads.
"""

from __future__ import annotations

import re

from timepoint_pro.llm.scripted.grammar import BIT, LEAN_TAGS, SINGULAR_BIT, SLOT_BIT, STATE_TAGS, Frame, pool
from timepoint_pro.llm.scripted.manner import Manner
from timepoint_pro.llm.scripted.person import (
    as_object,
    capital,
    familiar,
    fits_inside,
    is_named,
    lowered,
    spoken,
    word_set,
)
from timepoint_pro.llm.scripted.plan import CORE, Plan, Step
from timepoint_pro.llm.scripted.reading import Reading
from timepoint_pro.llm.scripted.redating import redated
from timepoint_pro.llm.scripted.word_forms import (
    bare_infinitive,
    definite,
    finished,
    is_bad_news,
    is_plural,
    noun_of,
    topic_noun,
)
from timepoint_pro.prompts.dialog import KnownItem, OptionView, TurnAnswer
from timepoint_pro.records.draws import Draws

USE, OWN_USE, MATCH, STYLE, LEANING, TRADE = 10.0, 6.0, 9.0, 5.0, 1.0, 5.0
TRIES = 4
WORTH_VARYING = 4
"""Shorter turns may recur."""
NAMING = word_set("ask_know ask_topic ask_stance ask_sure ask_follow why handover before_we turn_to")
"""Moves that name whom they ask."""


_ALL_OF_THEM = re.compile(r"\b(all (?:two|three|four|five|six)) of them\b")


class Voice:
    """Chooses and fills the frames of one turn."""

    def __init__(self, view: Reading, plan: Plan, manner: Manner, draws: Draws) -> None:
        self.view, self.plan, self.manner, self.draws = view, plan, manner, draws
        context = view.context
        self.used, self.mine = context.used, context.used_by_speaker
        self.partner = plan.to[0] if len(plan.to) == 1 else plan.partner
        self.asks = any(step.move in NAMING for step in plan.steps)
        self.devices: list[str] = []
        self.named = self.filled = self.thanked = False
        self.barred: set[str] = set()
        self.worn = False

    def answer(self) -> TurnAnswer:
        """The turn in words. Another wording is tried when it starts as a recent turn did or breaks the voice guide.

        ``worn`` says afterwards that no wording was found that has not been heard.
        """
        best: tuple[str, tuple[str, ...], bool] | None = None
        for attempt in range(TRIES):
            self.devices, self.named, self.filled, self.thanked = [], False, False, False
            content = self._compose(attempt)
            self.worn = not content or self._was_heard(content)
            if content or best is None:
                best = (content, tuple(dict.fromkeys(self.devices)), self.named)
            if content and not self.worn and self._sounds_fresh(content):
                break
            self.barred.update(self.devices)
            if not content:
                break
        assert best is not None
        content, devices, named = best
        plan = self.plan
        to = plan.to or ((self.partner,) if named and self.partner and plan.act not in ("close", "answer") else ())
        return TurnAnswer(
            content=content, act=plan.act, tactic=plan.tactic or "statement", tone=self.manner.tone,
            addressed_to=to, knowledge_shared=plan.shared, option=plan.option,
            new_statements=self._decided(), devices=devices,
        )  # fmt: skip

    def _decided(self) -> tuple[str, ...]:
        """The decision of a closing turn whose speaker decides alone, as a statement that can be known.

        What several agree on is common ground by their being there; it needs no statement of its own.
        """
        plan, option = self.plan, self.view.option(self.plan.option)
        matter, speaker = self.view.context.matter, self.view.context.speaker
        if plan.act != "close" or option is None or matter is None or matter.decides != speaker.id:
            return ()
        return (f"{speaker.name} decided to {bare_infinitive(option.label, option.quoted)}.",)

    def _sounds_fresh(self, content: str) -> bool:
        if " ".join(content.casefold().split()[:3]) in self.view.context.openings:
            return False
        folded = content.casefold()
        return not any(phrase and phrase in folded for phrase in self.manner.never)

    def _was_heard(self, content: str) -> bool:
        """Whether the turn is all set phrases, each of them used before: it would be said word for word again."""
        if self.filled or len(content.split()) < WORTH_VARYING:
            return False
        return all(self.used.get(device, 0) for device in self.devices)

    def _compose(self, attempt: int) -> str:
        parts = [part for step in self._affordable() if (part := self._say(step))]
        parts = self.manner.colour(self, parts, attempt)
        return finished(" ".join(part for part in parts if part))

    def _affordable(self) -> tuple[Step, ...]:
        """The steps that the speaker has breath for; the core of the turn always stays."""
        steps = self.plan.steps
        left = self.manner.budget
        for step in steps:
            if step.must or step.move in CORE:
                left -= (len(step.item.content.split()) + 2) if step.item and step.move.startswith("tell") else 7
        kept = []
        for step in steps:
            if not (step.must or step.move in CORE):
                if left < 6:
                    continue
                left -= 7
            kept.append(step)
        return tuple(kept)

    def _say(self, step: Step) -> str:
        move = self.manner.attributed(step, self.view, self.draws) if step.move.startswith("tell") else step.move
        slots, available = self._slots(step)
        extra = BIT["bad"] if step.item is not None and is_bad_news(step.item.content) else 0
        frame = self.choose(move, available, extra)
        if frame is None and move != step.move:
            frame = self.choose(step.move, available, extra)
        if frame is None:
            return ""
        if move.startswith("cite") and step.item is not None:
            self.devices.append(f"cite:{step.item.id}")
        if "f" in slots and "n" in frame.slots and step.item is not None and not self.plan.to:
            slots["f"] = self._lowered(self._sentence(step.item, self.partner))
        return self.fill(frame, slots)

    def choose(self, move: str, available: int, extra: int = 0) -> Frame | None:
        """The least-used frame of a move that fits the state; what matches the state or the trade comes first."""
        frames = pool(move, self.manner.archetype)
        if not frames:
            return None
        active, used, mine, barred = self.manner.active | extra, self.used, self.mine, self.barred
        winding = self.manner.winding
        best: list[Frame] = []
        lowest = 1e9
        for frame in frames:
            if frame.tags & ~active or frame.needs & ~available or frame.id in barred:
                continue
            if (frame.thanks and self.thanked) or (frame.terse and winding):
                continue
            times = used.get(frame.id, 0)
            if frame.plain:
                score = 1.3 * times + 2.0 * mine.get(frame.id, 0)
            else:
                score = USE * times + (OWN_USE * mine.get(frame.id, 0) if times else 0.0)
            if frame.tags:
                score -= MATCH if frame.tags & STATE_TAGS else LEANING if frame.tags & LEAN_TAGS else STYLE
            if frame.own:
                score -= TRADE
            if frame.size > self.manner.long_after:
                score += 3.0
            if score < lowest:
                best, lowest = [frame], score
            elif score == lowest:
                best.append(frame)
        return self.draws.choice(best) if best else None

    def fill(self, frame: Frame, slots: dict[str, str]) -> str:
        """The frame in words; its use is noted."""
        self.devices.append(frame.id)
        if "n" in frame.slots:
            self.named = True
        self.thanked = self.thanked or frame.thanks
        self.filled = self.filled or any(slot != "n" for slot in frame.slots)
        values = {
            slot: capital(slots[slot[0].lower() + slot[1:]]) if slot[0].isupper() else slots[slot]
            for slot in frame.slots
        }
        return frame.text.format_map(values)

    def _slots(self, step: Step) -> tuple[dict[str, str], int]:
        """Values for the slots that this step can fill, and their bits."""
        view = self.view
        slots: dict[str, str] = {}
        available = 0
        if self._may_name(step):
            slots["n"] = view.names[self.partner]
        item = step.item
        if item is not None:
            if step.move.startswith("tell"):
                sentence = self._sentence(item)
                slots["f"] = small = self._lowered(sentence)
                if small != sentence or fits_inside(sentence, self.manner.name_words):
                    slots["fe"] = small
                if item.source in view.names and item.source not in (view.me, self.partner):
                    slots["src"] = view.names[item.source]
            elif item.handle:
                available |= _noun(slots, "h", definite(item.handle))
        if step.second is not None and step.second.handle:
            available |= _noun(slots, "ph", definite(step.second.handle))
        if step.option is not None:
            slots["o"] = self._course(step.option)
            available |= _noun(slots, "on", self._course_noun(step.option, step.who))
        if step.other is not None:
            slots["alt"] = self._course(step.other)
            other = self._course_noun(step.other, step.who)
            if step.move in ("compromise", "concede") and other.startswith(("a ", "an ")):
                other = "the " + other.partition(" ")[2]
            available |= _noun(slots, "altn", other)
        if step.topic:
            slots["t"] = topic_noun(step.topic)
        if step.clause:
            slots["c"] = lowered(step.clause)
        if step.who:
            slots["who"] = view.name(step.who)
        if step.move.startswith("open"):
            self._question(slots)
        for slot in slots:
            available |= SLOT_BIT[slot]
        return slots, available

    def _may_name(self, step: Step) -> bool:
        """Whether the partner's name may stand in this sentence: once a turn, and thanks go to who deserves them."""
        view = self.view
        if self.named or self.partner not in view.names or self.partner == view.me:
            return False
        if self.asks and step.move not in NAMING:
            return False
        last = view.last
        return not step.move.startswith("news") or (last is not None and last.speaker == self.partner)

    def _sentence(self, item: KnownItem, listener: str = "") -> str:
        """What an item says, turned to "you" for ``listener`` or whom the turn is for or has named."""
        names = {one: name for one, name, _ in self.view.context.setting.present}
        to = listener or (self.plan.to[0] if len(self.plan.to) == 1 else self.partner if self.named else "")
        addressee = names.get(to, "") if to != self.view.me else ""
        setting = self.view.context.setting
        text = redated(item.content, item.since, setting.at, setting.started)
        found = _ALL_OF_THEM.search(text)
        if found and not any(len(word) > 3 and word.endswith("s") for word in text[: found.start()].split()):
            text = _ALL_OF_THEM.sub(r"\1 of us", text)  # nothing but the crew can be meant, and they are of it
        text = familiar(text, self._called(to))
        return spoken(text, names.get(item.subject, item.subject), self.view.context.speaker.name, addressee)

    def _course(self, option: OptionView) -> str:
        """A course as a bare infinitive in the speaker's mouth: "let me go on" from whom it names."""
        speaker = self.view.context.speaker.name
        return as_object(familiar(bare_infinitive(option.label, option.quoted), self._called("")), speaker, 0)

    def _course_noun(self, option: OptionView, who: str = "") -> str:
        """The same as a noun phrase; where that is nothing but the name of the speaker or of whom they talk to (or of
        ``who``, whom the sentence addresses), by what is to be done."""
        noun, context = noun_of(option), self.view.context
        others = [name for one, name, _ in context.setting.present if one in (self.partner, who)]
        if is_named(noun, context.speaker.name):
            return f"the plan to {self._course(option)}"
        for name in others:
            if is_named(noun, name):
                return f"the plan to {as_object(self._course(option), name, 1)}"
        return as_object(familiar(noun, self._called("")), context.speaker.name, 0)

    def _called(self, to: str) -> tuple[tuple[str, str], ...]:
        """Those present of whom a sentence to ``to`` speaks in the third person, and what each is called."""
        view = self.view
        return tuple(
            (name, view.names[one]) for one, name, _ in view.context.setting.present
            if one not in (view.me, to) and one not in view.shared_names
        )  # fmt: skip

    def _lowered(self, sentence: str) -> str:
        """The sentence with a small first letter, where its first word is no name or stands small elsewhere."""
        small = lowered(sentence)
        first = sentence.partition(" ")[0]
        if small != sentence or not first.isalpha() or not first[1:].islower() or first in self.manner.name_words:
            return small
        word = f" {first.lower()} "
        if any(word in item.content or word in f" {item.handle} " for item in self.view.context.knows):
            return sentence[0].lower() + sentence[1:]
        return small

    def _question(self, slots: dict[str, str]) -> None:
        matter = self.view.context.matter
        if matter is not None and matter.text:
            text = matter.text.strip()
            slots["q"] = lowered(text if text[-1:] in "?.!؟？。" else text + "?")


def _noun(slots: dict[str, str], slot: str, phrase: str) -> int:
    slots[slot] = phrase
    return 0 if is_plural(phrase) else SINGULAR_BIT[slot]
