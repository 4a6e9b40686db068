"""The task ``knowledge_boundary``: a question that somebody cannot answer at that time, and their "I don't know".

A prompt is the speaker's own moment, as in ``dialog_turn``, with a question in place of the talk. What is asked for is
held by others, said elsewhere, still to come, or in somebody's head; the question names a matter and never the fact.
About one record in three is a control: a question of the same wording that the speaker can answer, so that a model
learns where the boundary runs and not to refuse. A question of that wording is about one fact, by its handle: what
is answered, or kept from a refusal, is that fact and no other. The fact itself is the ``rejected`` answer of a
preference pair. Beings without words are asked nothing.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import orjson
from attrs import define, field
from orjson import Fragment

from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.tasks.annotation import Annotator, Place
from timepoint_pro.exporters.tasks.boundary_gaps import Gap, Meeting
from timepoint_pro.exporters.tasks.boundary_voice import Voices
from timepoint_pro.exporters.tasks.boundary_words import (
    ARTICLES,
    QUESTIONS,
    about_words,
    gives_away,
    source_words,
    topic_words,
)
from timepoint_pro.exporters.tasks.choice import LeastUsed, number, pick
from timepoint_pro.exporters.tasks.course import Course
from timepoint_pro.exporters.tasks.dialog_turn import Recorder
from timepoint_pro.exporters.tasks.example import Example, Section
from timepoint_pro.exporters.tasks.lookups import Lookups, Person, answers
from timepoint_pro.exporters.tasks.turns import Told, turns
from timepoint_pro.exporters.tasks.wording import capital, listed, one_line, quoted, sentence, settled_option
from timepoint_pro.llm.scripted.person import lowered, spoken
from timepoint_pro.modes.clock import Clock
from timepoint_pro.prompts.relative_time import hangs_on_a_day

TASK = "knowledge_boundary"
FOR_EACH = 2
"""Questions to one person in one moment."""
MISSED_MEETINGS = 8
"""So many of the latest meetings can be asked about by those who were not there."""
CONTROL = "control"

_HELD = "SELECT entity_id, item_id FROM exposure_events WHERE run_id = ? AND timepoint_id = ? ORDER BY rowid"
_SCENE = """
SELECT timepoint_id, timestamp, entities_present, outcome, question FROM timepoints
WHERE run_id = ? AND timepoint_id = ?
"""
_SET_OTHERWISE = "SELECT body FROM events WHERE run_id = ? AND type = 'InterventionSet'"
_ITEMS = "SELECT body FROM events WHERE run_id = ? AND type = 'ItemStated'"


def knowledge_boundaries(source: Source) -> Iterator[Example]:
    """Up to ``FOR_EACH`` examples for each speaker of each moment, in story order.

    Raises:
        DataError: when the run's tables lack what its dialogs name.
    """
    lookups = Lookups(source)
    interviewer = _Interviewer(
        source, Annotator(source, TASK, "M3", ("M4", "M6", "M10", "M13", "M14")), lookups, Recorder(source, lookups)
    )
    interviewer.learn("")
    for moment, told in groupby(turns(source), key=lambda one: one.moment.id):
        interviewer.learn(moment)
        yield from interviewer.examples(list(told))
        interviewer.leave()


@define(slots=False)
class _Interviewer:
    """Asks everyone in a moment what they cannot know; holds who has heard of which topics and meetings, and who
    holds which statement by eight bytes each.

    Paths of a branching run share one account of who has heard of what: whoever has on any of them is not asked.
    """

    source: Source
    notes: Annotator
    lookups: Lookups
    recorder: Recorder
    _topics: dict[str, str] = field(factory=dict, init=False)
    _matters: dict[str, dict[str, str]] = field(factory=dict, init=False)
    _heard: dict[str, Counter[str]] = field(factory=dict, init=False)
    _held: set[int] = field(factory=set, init=False)
    _told: set[tuple[str, str]] = field(factory=set, init=False)
    _meetings: deque[Meeting] = field(factory=lambda: deque(maxlen=MISSED_MEETINGS), init=False)
    _here: Mapping[str, Any] = field(factory=dict, init=False)
    _learned: frozenset[str] = field(default=frozenset(), init=False)
    _path: set[str] = field(factory=set, init=False)
    _before: str = field(default="", init=False)
    _line: str = field(default="", init=False)
    _asked: Counter[str] = field(factory=Counter, init=False)
    _voices: Voices = field(factory=Voices, init=False)
    _questions: LeastUsed = field(factory=LeastUsed, init=False)
    _subjects: LeastUsed = field(factory=LeastUsed, init=False)

    def __attrs_post_init__(self) -> None:
        self._course, self._clock = Course(self.source), Clock.of(self.source.template)
        rows = self.source.store.iterate(_SET_OTHERWISE, (self.source.run_id,))
        # Where an intervention has settled the question beforehand, everyone there knows how it ends.
        self._decided = {orjson.loads(row["body"])["timepoint_id"] for row in rows}
        for row in self.source.store.iterate(_ITEMS, (self.source.run_id,)):
            item = orjson.loads(row["body"])["item"]
            if item.get("topic"):
                self._topics[item["id"]] = item["topic"]
                handle = item.get("handle") or ""
                if handle and not gives_away(handle):
                    self._matters.setdefault(item["topic"], {})[handle] = sentence(item["content"])

    def learn(self, moment: str) -> None:
        """Enter a moment (empty: before the story): what is learned in it counts as known all through it."""
        items = set()
        for row in self.source.store.iterate(_HELD, (self.source.run_id, moment)):
            item, who = row["item_id"], row["entity_id"]
            items.add(item)
            topic, holding = self._topics.get(item), number(who, item)
            if topic and holding not in self._held:
                self._heard.setdefault(who, Counter())[topic] += 1
            self._held.add(holding)
            for meeting in self._meetings:
                if item in meeting.items:
                    self._told.add((who, meeting.id))
        if moment:
            self._learned = frozenset(items)
            self._path = {stage.id for stage in self._course.back_from(moment)}
            self._before = self._course.stages[moment].before
            self._here = self.source.store.query(_SCENE, (self.source.run_id, moment))[0]

    def leave(self) -> None:
        """The moment is over: from now on it is a meeting that others can be asked about."""
        here = self._here
        present = tuple(orjson.loads(here["entities_present"]))
        since_start = datetime.fromisoformat(here["timestamp"]) - self._clock.start
        when = self._clock.says(since_start.total_seconds() / 3600.0)
        self._meetings.append(Meeting(here["timepoint_id"], when, present, self._learned, self._line))
        kept = {meeting.id for meeting in self._meetings}
        self._told = {one for one in self._told if one[1] in kept}

    def examples(self, told: Sequence[Told]) -> Iterator[Example]:
        """Questions to the speakers of one moment, each at one of their turns."""
        by_speaker: dict[str, list[Told]] = {}
        for one in told:
            by_speaker.setdefault(one.row["speaker"], []).append(one)
        last = told[-1].row
        self._line = f"{self._name(last['speaker'])} ended it like this: {quoted(last['content'])}"
        for speaker, own in by_speaker.items():
            if self._answers(speaker):
                yield from self._interview(own, told)

    def _interview(self, own: Sequence[Told], scene: Sequence[Told]) -> Iterator[Example]:
        """Questions to one speaker, each at another of their turns as far as there are so many."""
        order = sorted(own, key=lambda one: number(self.source.run_id, one.row["turn_id"]))
        speaker, kinds = self.lookups.person(order[0].row["speaker"]), set[str]()
        for turn in range(FOR_EACH):
            told = order[turn % len(order)]
            sections, exposures = self.recorder.before(told)
            gaps = [gap for gap in self._gaps(told, scene, sections) if gap.kind not in kinds]
            due = 3 * self._asked[CONTROL] < self._asked.total()
            known = self._control(told, speaker) if turn and due else None
            if known is not None:
                self._asked[CONTROL] += 1
                question, answer, item = known
                yield self._example(told, speaker, sections, exposures, CONTROL, question, answer, "", [item])
                continue
            if not gaps:
                return
            gap = min(gaps, key=lambda gap: (self._asked[gap.kind], number(told.row["turn_id"], gap.kind)))
            kinds.add(gap.kind)
            self._asked[gap.kind] += 1
            key = self.source.run_id, told.row["turn_id"], gap.kind
            question = self._questions.pick(QUESTIONS[gap.kind], *key).format(**gap.words)
            answer = self._voices.refusal(speaker, told.context["feeling"], gap.kind, gap.words, *key)
            yield self._example(told, speaker, sections, exposures, gap.kind, question, answer, gap.fact)

    def _gaps(self, told: Told, scene: Sequence[Told], sections: Sequence[Section]) -> list[Gap]:
        """What the speaker of a turn cannot know, one gap a kind as far as there is one."""
        row, moment, key = told.row, told.moment, f"{self.source.run_id}:{told.row['turn_id']}"
        who, heard = row["speaker"], self._heard.get(row["speaker"], Counter[str]())
        present = orjson.loads(self._here["entities_present"])
        others = [one for one in (*(one.row["speaker"] for one in scene), *present) if one != who]
        others = [one for one in others if self._answers(one)]
        gaps = []
        unheard = self._unheard(who, heard, sections)
        if unheard:
            handle = self._subjects.pick(list(unheard), key, "topic")
            gaps.append(Gap("topic", about_words(handle), unheard[handle]))
        mind = Counter(self._topics.get(known[0], "") for known in told.context["knows"])
        whole = {topic for topic, count in heard.items() if count == mind[topic]}
        theirs = [
            (one.row["speaker"], known) for one in (scene if whole else ()) if one.row["speaker"] != who
            for known in one.context["knows"]
            if self._topics.get(known[0]) in whole and number(who, known[0]) not in self._held
        ]  # fmt: skip
        if theirs:
            other, known = pick(theirs, key, "more")
            words = {**topic_words(self._topics[known[0]]), "other": self._name(other)}
            gaps.append(Gap("more", words, sentence(self.lookups.origin(known[6]).content)))
        missed = [
            one for one in self._meetings
            # What came of the moment before stands in the situation, for everyone to read.
            if one.id in self._path and one.id != self._before and who not in one.present
            and (who, one.id) not in self._told
        ]  # fmt: skip
        if missed:
            meeting = pick(missed, key, "absent")
            people = listed([self._name(one) for one in meeting.present if self._answers(one)])
            gaps.append(Gap("absent", {"absent": people, "scene": meeting.when}, meeting.said))
        open_still = moment.id not in self._decided and row is not scene[-1].row
        settled = settled_option(moment.question, self._here["outcome"])
        if settled is not None and open_still:
            gaps.append(Gap("future", {}, f"It ends with this: we {settled['label']}."))
        if others:
            gaps.append(Gap("mind", {"other": self._name(pick(others, key, "mind"))}, ""))
        return gaps

    def _unheard(self, who: str, heard: Mapping[str, int], sections: Sequence[Section]) -> dict[str, str]:
        """Handles, with their facts, of what somebody never heard of, its topic neither; the prompt is silent on it."""
        topics = [topic for topic in self._matters if topic not in heard]
        if not topics:
            return {}
        prompt = " ".join([section.text() for section in sections]).casefold()
        own = [part.casefold() for part in (self._name(who), *self._name(who).split()) if len(part) > 2]
        return {
            handle: fact for topic in topics for handle, fact in self._matters[topic].items()
            if _bare(handle) not in prompt and not any(part in fact.casefold() for part in own)
        }  # fmt: skip

    def _control(self, told: Told, speaker: Person) -> tuple[str, str, str] | None:
        """A question that the speaker can answer, the answer, and the item that it tells; None where there is none."""
        kept_back = {*told.context["inner"][0]}
        options = [
            known for known in told.context["knows"]
            if known[0] not in kept_back and known[0] in self.lookups.handles
            and not gives_away(self.lookups.handles[known[0]])
            and not self._names_later(known[6], speaker) and not self._is_stale(known[6], told)
        ]  # fmt: skip
        if not options:
            return None
        key = self.source.run_id, told.row["turn_id"], CONTROL
        item, how, source, _at, confidence, _common, exposure = pick(options, *key)
        content = self.lookups.origin(exposure).content
        own = content.startswith(speaker.name)
        fact = spoken(content, speaker.name, speaker.name, "") if own else content
        about = about_words(self.lookups.handles[item])
        question = self._questions.pick(QUESTIONS["topic"], *key).format(**about)
        told_fact = one_line(fact).rstrip(".。")
        words = {
            **about, "fact": lowered(told_fact), "fact_start": capital(told_fact),
            "source": source_words(self.lookups, speaker, how, source, own=own),
        }  # fmt: skip
        return question, self._voices.known(speaker, words, confidence, *key), item

    def _is_stale(self, exposure: str, told: Told) -> bool:
        """Whether a statement's words of time, such as "this morning", hang on another day than that of the turn."""
        origin = self.lookups.origin(exposure)
        return hangs_on_a_day(origin.content) and self.lookups.made(origin)[:10] != told.row["timestamp"][:10]

    def _answers(self, entity: str) -> bool:
        """Whether somebody has words to answer in."""
        person = self.lookups.people.get(entity)
        return person is not None and answers(person)

    def _names_later(self, exposure: str, speaker: Person) -> bool:
        """Whether a statement names the speaker beyond its beginning: they would speak of themselves by name."""
        content = self.lookups.origin(exposure).content.removeprefix(speaker.name)
        return any(part in content for part in (speaker.name, *speaker.name.split()) if len(part) > 2)

    def _name(self, entity: str) -> str:
        return one_line(self.lookups.name(entity))

    def _example(
        self, told: Told, speaker: Person, sections: Sequence[Section], exposures: list[Fragment],
        kind: str, question: str, answer: str, rejected: str, items: Sequence[str] = (),
    ) -> Example:  # fmt: skip
        row, key = told.row, f"{told.row['turn_id']}:{kind}"
        asked = self.source.run_id, key
        request = pick(
            ("Somebody asks you: {q} Answer in your own voice, from what you know at this moment.",
             "{q} Answer as {name}, with what {name} can know now.",
             "You are asked: {q} Give your answer, and nothing that you cannot know."), *asked, "request",
        ).format(q=quoted(question) if number(*asked) % 2 else question, name=one_line(speaker.name))  # fmt: skip
        return self.notes.example(
            key, (*sections, Section("user", request)), capital(answer),
            place=Place(told.moment.id, told.moment.path_id, row["turn_id"], row["timestamp"]),
            person=speaker, state=(row["emotional_valence"], row["emotional_arousal"], row["energy_budget"]),
            act="inform" if kind == CONTROL else "decline", tactic=kind, tone=row["emotional_tone"],
            events=told.events, exposures=exposures, rejected=rejected, items=items,
        )  # fmt: skip


def _bare(handle: str) -> str:
    """A handle without its article, folded."""
    folded = handle.casefold()
    return next((folded.removeprefix(one) for one in ARTICLES if folded.startswith(one)), folded)
