"""What of a story may stand in the record of a turn: nothing that the speaker cannot know at that moment.

A ``Story`` holds what there is to compare with: from a run, all of it; from exported records alone, what they
themselves say of the order of moments, of what everybody saw in them, and of who was there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from typing import TYPE_CHECKING, Any

import orjson
from attrs import define, field, frozen

from timepoint_pro.evaluation.samples import Sample

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun

LEAST_OUTCOME = 4
"""Words from which on an outcome is told apart from what people say anyway."""

_SITUATION = re.compile(
    r"Situation: (.+?)(?= To settle: | Character arc: | Said so far: | Generate your next dialog turn)"
)
_FRAME = re.compile(r"working backward from: (.+?)\.?$")
_PERSON = re.compile(r"You are (.+?)(?: \(|\. )")
_TIES = re.compile(r"Relationships: (.+?)\. (?=Unspoken: |Causal history: |Portal mode: |Context: )")
_TIE = re.compile(r"(?:^|; )(.+?) [+-]?\d+\.\d+ trust")
_TOKEN = re.compile(r"\w+")


@frozen
class Leak:
    """Something that should not stand in a record: its kind (knowledge, future, absent) and what it is, in words."""

    kind: str
    what: str


@define
class Story:
    """One run as its records are held against.

    Args:
        moments: timepoint ids with their rank in story order.
        scenes: what everybody saw in a moment, by timepoint id.
        outcome: what a portal runs towards, in words; empty for none.
        names: display names by entity id.
        present: who was there, by timepoint id; None where only the records can say.
        lineages: for each timepoint the moments on the way to it, itself included, and ``""`` for the beginning.
        held: for each (entity, item): (timepoint id, ISO time) of the exposures.
        contents: what the items say, by id.
        turns: for each turn its time and the ids of the items that the speaker was shown.
        said: for each (timepoint id, item) the ISO times at which it was told aloud there.
    """

    moments: dict[str, int] = field(factory=dict)
    scenes: dict[str, str] = field(factory=dict)
    outcome: str = ""
    names: dict[str, str] = field(factory=dict)
    present: dict[str, Set[str]] | None = None
    lineages: dict[str, Set[str]] = field(factory=dict)
    held: dict[tuple[str, str], list[tuple[str, str]]] = field(factory=dict)
    contents: dict[str, str] = field(factory=dict)
    turns: dict[str, tuple[str, tuple[str, ...]]] = field(factory=dict)
    said: dict[tuple[str, str], list[str]] = field(factory=dict)

    @property
    def has_log(self) -> bool:
        """Whether it knows who held what."""
        return bool(self.turns)

    def take_in(self, sample: Sample) -> None:
        """Learn from an exported record."""
        assert sample.metadata is not None
        data = sample.metadata
        moment, speaker = str(data.get("timepoint_id", "")), str(data.get("speaker", ""))
        self.moments.setdefault(moment, len(self.moments))
        if moment not in self.scenes or speaker not in self.names:
            prompt = one_line(sample.prompt)
            seen, named = _SITUATION.search(prompt), _PERSON.search(prompt)
            self.scenes.setdefault(moment, seen[1] if seen else "")
            if named:
                self.names.setdefault(speaker, named[1])
        if not self.outcome:
            framed = _FRAME.search(str(data.get("frame", "")))
            self.outcome = framed[1] if framed else ""

    def leaks(self, sample: Sample) -> Iterator[Leak]:
        """What leaks into a record of this story."""
        assert sample.metadata is not None
        data, prompt = sample.metadata, one_line(sample.prompt)
        frame = one_line(str(data.get("frame", "")))
        shown = prompt.replace(frame, "") if frame else prompt
        yield from self._future(str(data.get("timepoint_id", "")), shown)
        yield from self._absent(data, prompt, sample.completion)
        if self.has_log:
            yield from self._unheld(data, shown, one_line(sample.completion))

    def traced(self, sample: Sample, lineage: Mapping[str, Any]) -> Iterator[Leak]:
        """What leaks into an exported record by the exposures that its line of provenance names."""
        data = sample.metadata or {}
        speaker, moment, exposures = data.get("speaker"), str(data.get("timepoint_id", "")), lineage.get("exposures")
        shown: dict[str, str] = {}
        for exposure in exposures if isinstance(exposures, list) else ():
            if isinstance(exposure, dict):
                shown[str(exposure.get("item_id"))] = str(exposure.get("timepoint_id") or "")
        here = self.moments.get(moment, -1)
        for item, since in shown.items():
            if self.moments.get(since, -1) > here:
                yield Leak("knowledge", f"{speaker} is shown {item} at {moment}, which they come to hold at {since}")
        told = data.get("knowledge_shared")
        for item in told if isinstance(told, list) else ():
            if item not in shown:
                yield Leak("knowledge", f"{speaker} tells {item} at {moment}, and no exposure of theirs is named")

    def _future(self, moment: str, shown: str) -> Iterator[Leak]:
        here = self.moments.get(moment, -1)
        for later, rank in self.moments.items():
            text = self.scenes.get(later, "")
            if rank > here and text and text in shown and text not in self.scenes.get(moment, ""):
                yield Leak("future", f"what everybody sees at {later} stands in a prompt of {moment}")
        last = here == len(self.moments) - 1
        if not last and len(self.outcome.split()) >= LEAST_OUTCOME and self.outcome.casefold() in shown.casefold():
            yield Leak("future", f"the outcome stands in a prompt of {moment}, outside of its frame")

    def _absent(self, data: Mapping[str, Any], prompt: str, completion: str) -> Iterator[Leak]:
        speaker, addressed = str(data.get("speaker", "")), data.get("addressed_to")
        there = self._there(str(data.get("timepoint_id", "")), prompt)
        if there is None:
            return
        for other in addressed if isinstance(addressed, list) else ():
            name = self.names.get(str(other))
            if name is not None and other != speaker and name not in there:
                yield Leak("absent", f"{speaker} addresses {other}, who is not there")
        spoken_to = {name for name in self.names.values() if _is_addressed(name, completion)}
        for name in sorted(spoken_to - there - {self.names.get(speaker, "")}):
            yield Leak("absent", f"{speaker} speaks to {name}, who is not there")

    def _there(self, moment: str, prompt: str) -> Set[str] | None:
        """Names of those present; None where nobody can say."""
        if self.present is not None:
            here = self.present.get(moment)
            return None if here is None else {self.names.get(one, one) for one in here}
        ties = _TIES.search(prompt)
        return set(_TIE.findall(ties[1])) if ties else None

    def _unheld(self, data: Mapping[str, Any], shown: str, completion: str) -> Iterator[Leak]:
        turn, speaker, moment = str(data.get("turn_id")), str(data.get("speaker")), str(data.get("timepoint_id"))
        if turn not in self.turns:
            return
        now, items = self.turns[turn]
        told = data.get("knowledge_shared")
        for item in items:
            if not self.holds(speaker, item, moment, now):
                yield Leak("knowledge", f"{speaker} is shown {item}, which they do not hold at {moment}")
        for item in told if isinstance(told, list) else ():
            if not self.holds(speaker, str(item), moment, now):
                yield Leak("knowledge", f"{speaker} tells {item}, which they do not hold at {moment}")
        for item, content in self.contents.items():
            text = content.rstrip(".")
            if (text in shown or text in completion) and not self._may_read(speaker, item, text, moment, now):
                yield Leak("knowledge", f"the words of {item} stand in a record of {speaker}, who does not hold it")

    def _may_read(self, speaker: str, item: str, text: str, moment: str, now: str) -> bool:
        """Whether the speaker has these words: as the item, in what they saw or heard, or within another item.

        What learns nothing from words, such as a river, is narrated by somebody who heard what was said before it.
        """
        if self.holds(speaker, item, moment, now):
            return True
        if any(when <= now for when in self.said.get((moment, item), ())):
            return True
        present = self.present or {}
        if any(text in self.scenes.get(one, "") for one in self.lineages[moment] if speaker in present.get(one, ())):
            return True
        return any(
            text in self.contents.get(other, "") and self.holds(speaker, other, moment, now)
            for owner, other in self.held
            if owner == speaker
        )

    def holds(self, entity: str, item: str, moment: str, now: str) -> bool:
        """Whether an entity had come to an item by then, on the way to that moment."""
        way = self.lineages.get(moment, frozenset())
        return any(where in way and when <= now for where, when in self.held.get((entity, item), ()))


def story_of(run: StoredRun) -> Story:
    """What a run's records are held against, read from its tables."""
    story = Story(present={}, outcome=str(getattr(run.template.temporal, "portal_description", "") or "").rstrip("."))
    assert story.present is not None
    store, run_id = run.store, run.run_id
    parents = dict(store.chunk_keys(run_id))
    rows = store.query("SELECT * FROM timepoints WHERE run_id = ? ORDER BY position, timepoint_id", (run_id,))
    for rank, row in enumerate(rows):
        moment = row["timepoint_id"]
        story.moments[moment] = rank
        story.scenes[moment] = one_line(row["circumstance"] or "")
        story.present[moment] = frozenset(orjson.loads(row["entities_present"] or "[]"))
        way, chunk = {"", "start"}, moment
        while chunk:
            way.add(chunk)
            chunk = parents.get(chunk, "")
        story.lineages[moment] = frozenset(way)
    for row in store.iterate("SELECT entity_id, name FROM entities WHERE run_id = ?", (run_id,)):
        story.names[row["entity_id"]] = row["name"] or row["entity_id"]
    for row in store.iterate("SELECT * FROM exposure_events WHERE run_id = ?", (run_id,)):
        occasion = (row["timepoint_id"] or "", row["timestamp"])
        story.held.setdefault((row["entity_id"], row["item_id"]), []).append(occasion)
        story.contents[row["item_id"]] = one_line(row["content"])
        if row["how"] == "told":
            story.said.setdefault((row["timepoint_id"] or "", row["item_id"]), []).append(row["timestamp"])
    for row in store.iterate("SELECT turn_id, timestamp, context FROM dialogs WHERE run_id = ?", (run_id,)):
        shown = tuple(known[0] for known in orjson.loads(row["context"])["knows"])
        story.turns[row["turn_id"]] = (row["timestamp"], shown)
    return story


def one_line(text: str) -> str:
    """``text`` without line breaks or runs of spaces."""
    # Most texts are one line already, and looking costs less than splitting.
    if "\n" not in text and "  " not in text and "\t" not in text:
        return text.strip()
    return " ".join(text.split())


def _is_addressed(name: str, completion: str) -> bool:
    """Whether a name is called: at the beginning before a comma, or after one at the end of a question."""
    return f", {name}?" in completion or completion.startswith(f"{name}, ")
