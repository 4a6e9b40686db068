"""The task ``dialog_turn``: everything that the speaker has before them, and the turn that they then say.

A prompt is made from the snapshot of that one moment: from what the speaker's own exposures hold, from the
speaker's own view of the others, from what was said in the scene. The one exception is the frame of a portal
("Portal mode: T3 of 5, working backward from ..."), which names the outcome. In directorial and cyclical mode the frame
says where the moment stands ("act 2 of 5", "round 2 of 3") and nothing of what comes. A record's metadata repeats it
under ``frame``, so that it can be taken out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from attrs import define, field
from orjson import Fragment

from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.tasks.example import Example, Section
from timepoint_pro.exporters.tasks.lookups import REMEMBERED, Lookups, Person, answers
from timepoint_pro.exporters.tasks.speaker_words import NOTICED, fared_words, persona, setting_words, state_words
from timepoint_pro.exporters.tasks.turn_facts import TurnFacts, frame_words
from timepoint_pro.exporters.tasks.turns import Moment, Told, turns
from timepoint_pro.exporters.tasks.wording import decimal, listed, one_line, quoted, sentence, signed
from timepoint_pro.llm.model_entry import SCRIPTED
from timepoint_pro.modes.clock import Clock
from timepoint_pro.prompts.relative_time import hangs_on_a_day

HISTORY, SAID, KNOWLEDGE = 1, 2, 3
"""Ranks of the sections that a limit may shorten, the oldest first."""

ACTS = {
    "open": "opening", "inform": "report", "answer": "answer", "question": "question", "propose": "proposal",
    "support": "support", "oppose": "objection", "concede": "concession", "shift": "change of subject",
    "close": "closing words",
}  # fmt: skip
"""What a turn is called when somebody reacts to it, by its act."""

SIDES = {"propose": "of", "support": "for", "oppose": "to", "concede": "on"}
"""Acts that take a side, with the word that leads to the option."""


def dialog_turns(source: Source) -> Iterator[Example]:
    """One example a turn, in story order.

    Raises:
        DataError: when the run's tables lack what its dialogs name.
    """
    recorder = Recorder(source, Lookups(source))
    for told in turns(source):
        yield recorder.example(told)


@define(slots=False)
class Recorder:
    """Makes examples of turns; holds the words of the present scene and what does not change in a run."""

    source: Source
    lookups: Lookups
    _scene: str = field(default="", init=False)
    _circumstance: str = field(default="", init=False)
    _frame: str = field(default="", init=False)
    _situation: Section | None = field(default=None, init=False)
    _heard: dict[str, tuple[str, Told]] = field(factory=dict, init=False)
    _seen: set[str] = field(factory=set, init=False)
    _begun: dict[str, tuple[str, Fragment]] = field(factory=dict, init=False)
    _known: dict[tuple[str, float, int], tuple[str, Fragment]] = field(factory=dict, init=False)
    _tie_words: dict[tuple[str, str], tuple[str, str]] = field(factory=dict, init=False)
    _personas: dict[str, Section] = field(factory=dict, init=False)
    _day: str = field(default="", init=False)
    _passed: tuple[Sequence[str], str, Section | None] = field(default=((), "", None), init=False)

    def __attrs_post_init__(self) -> None:
        self._facts = TurnFacts(self.source)
        self._clock = Clock.of(self.source.template)
        spoken = self.source.template.spoken_language
        self._language = "" if spoken.partition("-")[0] == "en" else f" Speak {spoken}."

    def example(self, told: Told) -> Example:
        """The example of one turn. Turns must come in story order."""
        self._enter(told)
        speaker = self.lookups.person(told.row["speaker"])
        knowledge, exposures = self._knowledge(told)
        sections = self._sections(told, speaker, knowledge)
        metadata = self._facts.metadata(told, speaker, self._frame)
        heard = [one for one in told.context["recent"] if one in self._heard]
        lineage = self._facts.lineage(told, [*exposures, *self._besides(told)], heard)
        self._heard[told.row["turn_id"]] = f"{one_line(speaker.name)}: {quoted(told.row['content'])}", told
        return Example(metadata["record_id"], sections, told.row["content"].strip(), metadata, lineage)

    def before(self, told: Told) -> tuple[tuple[Section, ...], list[Fragment]]:
        """Who the speaker of a turn is, in which state and where, without what is said there; and the exposures.

        Nothing in it says how the story goes on: the frame of a portal is left out. Turns must come in story order.
        """
        self._enter(told)
        context, speaker = told.context, self.lookups.person(told.row["speaker"])
        knowledge, exposures = self._knowledge(told)
        sections = (
            self._persona(speaker),
            Section("system", state_words(context["feeling"])),
            knowledge,
            self._ties(context["ties"]),
            Section("user", setting_words(context, self._day)),
            self._situation,
        )
        return tuple([section for section in sections if section is not None]), exposures

    def _enter(self, told: Told) -> None:
        moment = told.moment
        if moment.id == self._scene:
            return
        self._day = self._date(told.row["timestamp"])
        if not self._scene:
            self.lookups.prepare("start")
        self.lookups.prepare(moment.id)
        self._scene, self._circumstance, self._heard, self._seen = moment.id, moment.circumstance, {}, set()
        self._frame = frame_words(self.source, moment)
        seen = sentence(moment.circumstance)
        self._situation = Section("user", f"Situation: {seen}") if seen else None

    def _sections(self, told: Told, speaker: Person, knowledge: Section | None) -> tuple[Section, ...]:
        context, moment = told.context, told.moment
        present = (
            self._persona(speaker),
            Section("system", state_words(context["feeling"])),
            knowledge,
            self._ties(context["ties"]),
            self._inner(context),
            self._history(context["history"], moment.id),
            Section("user", self._frame) if self._frame else None,
            Section("user", setting_words(context, self._day)),
            self._situation,
            self._matter(context["matter"], moment),
            _arc(context["arc"]),
            self._said(told),
            Section("user", self._request(told, speaker)),
        )
        return tuple([section for section in present if section is not None])

    def _persona(self, speaker: Person) -> Section:
        known = self._personas.get(speaker.id)
        if known is None:
            known = self._personas[speaker.id] = Section("system", persona(speaker))
        return known

    def _history(self, history: Sequence[str], moment_id: str) -> Section | None:
        # The turns of a moment mostly share it.
        passed, at, section = self._passed
        if at != moment_id or passed != history:
            section = _history(history, moment_id)
            self._passed = history, moment_id, section
        return section

    def _knowledge(self, told: Told) -> tuple[Section | None, list[Fragment]]:
        """What the speaker has in mind, and the exposures that it is from.

        What everyone sees right now stands in the prompt once, as the situation.
        """
        knows = told.context["knows"]
        if not knows:
            return None, []
        items, _hows, _sources, _at, confidences, common, exposures = zip(*knows, strict=True)
        keys = zip(exposures, confidences, common, strict=True)
        found = list(map(self._known.get, keys))
        if None in found:
            speaker = told.row["speaker"]
            found = [made or self._known_item(speaker, known) for made, known in zip(found, knows, strict=True)]
        words, shown = zip(*found, strict=True)
        seen = self._seen
        if not seen.isdisjoint(exposures):
            kept = [place for place, exposure in enumerate(exposures) if exposure not in seen]
            if not kept:
                return None, list(shown)
            items, words = tuple([items[place] for place in kept]), tuple([words[place] for place in kept])
        shared = told.shared
        drops = range(len(items) - 1, -1, -1)
        told_of = tuple([place for place in drops if items[place] not in shared] if shared else drops)
        section = Section("system", "Knowledge provenance: ", words, ", ", ".", told_of, KNOWLEDGE)
        return section, list(shown)

    def _known_item(self, speaker: str, known: Sequence[Any]) -> tuple[str, Fragment]:
        """An item's words in the prompt, and its exposure as provenance shows it."""
        _item, how, source, at, confidence, common, exposure = known
        begun = self._begun.get(exposure)
        if begun is None:
            if len(self._begun) >= REMEMBERED:
                self._begun.clear()
            origin = self.lookups.origin(exposure)
            content = one_line(origin.content)
            day = f", of {self._date(self.lookups.made(origin))}" if hangs_on_a_day(content) else ""
            line = f"'{content.rstrip('.')}' ({self._origin_words(how, source, at, speaker)}{day}, confidence "
            begun = self._begun[exposure] = line, Fragment(orjson.dumps(origin.shown))
            if at == self._scene and content in self._circumstance:
                self._seen.add(exposure)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        line, shown = begun
        words = f"{line}{decimal(confidence)}{', known to all here)' if common else ')'}"
        made = self._known[exposure, confidence, common] = words, shown
        return made

    def _date(self, timestamp: str) -> str:
        """The local date of a time, ISO 8601."""
        hours = (datetime.fromisoformat(timestamp) - self._clock.start).total_seconds() / 3600.0
        return self._clock.stamp(hours)[: len("2026-03-02")]

    def _besides(self, told: Told) -> list[Fragment]:
        """Exposures of what the turn tells though it does not stand among what the speaker has in mind.

        Who opens a scene may say what the situation itself says, such as what was decided before.
        """
        if not told.shared:
            return []
        listed_too = {known[0] for known in told.context["knows"]}
        missing = [item for item in told.shared if item not in listed_too]
        held = [self.lookups.held(told.row["speaker"], item, told.moment.id, told.row["timestamp"]) for item in missing]
        return [Fragment(orjson.dumps(origin.shown)) for origin in held if origin is not None]

    def _origin_words(self, how: str, source: str, at: str, speaker: str) -> str:
        """How the speaker came to hold something, as the document words it."""
        person = self.lookups.people.get(source)
        if how == "told":
            return f"learned from {self.lookups.name(source)} at {at}"
        if how == "initial" or not at:
            return f"{source} T0" if source else "known from the start"
        if person is not None:
            own = "own inference" if how == "inferred" else "own words"
            return f"{own if source == speaker else f'from {person.name}'} at {at}"
        return f"{how} at {at}" if source in ("", how, "scene") else f"{source} at {at}"

    def _ties(self, ties: Sequence[Sequence[Any]]) -> Section | None:
        if not ties:
            return None
        items = tuple([self._tie(*tie[:5]) for tie in ties])
        return Section("system", "Relationships: ", items, "; ", ".")

    def _tie(self, other: str, kind: str, trust: float, affinity: float, power: float) -> str:
        name, who = self._tie_words.get((other, kind)) or self._known_tie(other, kind)
        fond = f", {signed(affinity)} affinity" if affinity >= NOTICED or affinity <= -NOTICED else ""
        over = f", {signed(power)} power" if power >= NOTICED or power <= -NOTICED else ""
        return f"{name} {signed(trust)} trust{fond}{over}{who}"

    def _known_tie(self, other: str, kind: str) -> tuple[str, str]:
        """Somebody's name, and what they are to the speaker and by their role."""
        person = self.lookups.person(other)
        who = ", ".join([part for part in (kind, person.role) if part])
        made = self._tie_words[other, kind] = one_line(person.name), f" ({one_line(who)})" if who else ""
        return made

    def _inner(self, context: Mapping[str, Any]) -> Section | None:
        """What shapes the voice and is not said."""
        withheld, suppressed, fears, rumination, body = context["inner"]
        if not (withheld or suppressed or fears or rumination or body):
            return None
        secrets = [self.lookups.origin(known[6]).content for known in context["knows"] if known[0] in withheld]
        lines = [
            f"you hold back {', '.join(quoted(one) for one in secrets)}" if secrets else "",
            f"you keep yourself from this: {'; '.join(map(one_line, suppressed))}" if suppressed else "",
            f"you fear {', '.join(quoted(one) for one in fears)}" if fears else "",
            f"your thoughts return to {quoted(rumination)}" if rumination else "",
            f"body: {one_line(body)}" if body else "",
        ]
        return Section("system", "Unspoken: ", ("; ".join([line for line in lines if line]),), "", ".")

    def _matter(self, matter: Sequence[Any] | None, moment: Moment) -> Section | None:
        question = moment.question
        if matter is None or question is None:
            return None
        name = self.lookups.name
        options = []
        for option_id, lean, proposed_by, supporters, opposers in matter[1]:
            label = moment.options[option_id]["label"] if option_id in moment.options else option_id
            parts = [f"you lean {signed(lean)}"]
            if proposed_by:
                parts.append(f"proposed by {name(proposed_by)}")
            if supporters:
                parts.append(f"for it: {listed([name(one) for one in supporters])}")
            if opposers:
                parts.append(f"against it: {listed([name(one) for one in opposers])}")
            options.append(f"{label} ({', '.join(parts)})")
        decides = question.get("decides")
        end = f" {name(decides)} decides." if decides else ""
        courses = f" Options: {'; '.join(options)}." if options else ""
        return Section("user", f"To settle: {sentence(question['text'])}{courses}{end}")

    def _said(self, told: Told) -> Section | None:
        """What was said last in the scene, and questions from before that are still open."""
        recent = told.context["recent"]
        open_before = [one for one in told.context["questions"] if one not in recent]
        lines = [self._heard[one][0] for one in (*open_before, *recent) if one in self._heard]
        if not lines:
            return None
        answered = self._reacts_to(told)
        places = [*open_before, *recent]
        drops = tuple(index for index, one in enumerate(places[: len(lines)]) if one != answered)
        return Section("user", "Said so far: ", tuple(lines), " ", "", drops, SAID)

    def _reacts_to(self, told: Told) -> str:
        """Id of the turn that this one reacts to; empty where the speaker opens or goes on.

        What a being without words does between two turns is reacted to where the turn is meant for it.
        """
        context = told.context
        if context["answering"] in self._heard:
            return str(context["answering"])
        for last in reversed(context["recent"]):
            if last not in self._heard:
                return ""
            who = self._heard[last][1].row["speaker"]
            if who in told.addressed or answers(self.lookups.person(who)):
                return str(last) if who != told.row["speaker"] else ""
        return ""

    def _request(self, told: Told, speaker: Person) -> str:
        closing = " The scene is about to end: say where things stand." if told.context["position"][3] else ""
        if told.row["model"] != SCRIPTED:  # whose sentences are English in every template
            closing += self._language
        reacts_to = self._reacts_to(told)
        if reacts_to:
            before = self._heard[reacts_to][1]
            who = self.lookups.name(before.row["speaker"])
            about = self._about(before, told)
            act = ACTS.get(before.row["act"], "words")
            return f"Generate your next dialog turn responding to {who}'s {act}{about}.{closing}"
        opening = "" if told.context["recent"] else ", opening the conversation"
        return f"Generate your next dialog turn{opening}.{closing}"

    def _about(self, before: Told, told: Told) -> str:
        """What the turn reacted to was about, in words that the speaker has: an option, or a handle."""
        option = told.moment.options.get(before.row["option"])
        noun = option.get("noun") if option is not None else ""
        if noun and before.row["act"] in SIDES:
            return f" {SIDES[before.row['act']]} {noun}"
        known = {entry[0] for entry in told.context["knows"]}
        for item in before.shared:
            if item in known and item in self.lookups.handles:
                return f" about {self.lookups.handles[item]}"
        return f" about {noun}" if noun else ""


def _history(history: Sequence[str], moment_id: str) -> Section | None:
    if not history:
        return None
    items = tuple([one_line(one).rstrip(".") for one in history])
    return Section(
        "user", "Causal history: ", items, " → ", f" → Current timepoint ({moment_id}).",
        tuple(range(len(items))), HISTORY,
    )  # fmt: skip


def _arc(arc: Sequence[Sequence[Any]]) -> Section | None:
    if not arc:
        return None
    return Section("user", f"Character arc: {'; '.join([fared_words(*entry) for entry in arc])}.")
