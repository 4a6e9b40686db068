"""The task ``counterfactual``: a state and an intervention, and the timeline that diverges from there.

Made from every point at which a path parts from another by an intervention (M12): in a run of branching mode, or in a
fork, whose parent is read from the same database. An intervention that decides what was decided without it is left out:
nothing in it is against the fact. Kinds (``metadata.act``):

- ``timeline``: what follows, moment by moment; the ``rejected`` answer of a preference pair is the course without it;
- ``baseline``: what follows when nothing is set otherwise; rejected is the course under an intervention;
- ``moment``: one later moment with and without it: what is settled and how those present feel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from attrs import define, frozen

from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.tasks.annotation import Annotator, Place
from timepoint_pro.exporters.tasks.choice import pick
from timepoint_pro.exporters.tasks.course import Course
from timepoint_pro.exporters.tasks.divergence_words import (
    ASKED,
    INTRODUCED,
    compared_words,
    differs,
    moment_words,
    state_words,
    supposed_words,
)
from timepoint_pro.exporters.tasks.example import Example, Section
from timepoint_pro.exporters.tasks.lookups import Lookups
from timepoint_pro.exporters.tasks.wording import one_line, quoted, sentence, settled_option

TASK = "counterfactual"
NONE_FOUND = (
    "the run has one path, or its interventions decide what was decided without them: play it in branching mode, or "
    "fork it with run.fork(...) and export the fork"
)  # fmt: skip

UNMOVED = ""
"""Stands for a moment that the intervention does not reach, among those told."""
TOLD = 2
"""Most facts of one moment that are said to come out in it."""

_SET = "SELECT event_id, body FROM events WHERE run_id = ? AND type = 'InterventionSet' ORDER BY rowid"
_RUN = "SELECT run_id FROM runs WHERE run_id = ?"
_MOMENT = """
SELECT timepoint_id, position, path_id, timestamp, ends_at, title, circumstance, entities_present, scene, question,
       outcome
FROM timepoints WHERE run_id = ? AND timepoint_id = ?
"""
_STATES = """
SELECT entity_id, emotional_valence, emotional_arousal, energy_budget FROM states
WHERE run_id = ? AND timepoint_id = ? ORDER BY entity_id
"""
_LEARNED = """
SELECT item_id, content, max(how = 'experienced') AS own FROM exposure_events
WHERE run_id = ? AND timepoint_id = ? AND exposure_id BETWEEN ? AND ? AND how <> 'witnessed'
GROUP BY item_id ORDER BY min(rowid)
"""


@frozen
class Telling:
    """One run's side of a divergence: where its moments are read from."""

    source: Source
    course: Course
    lookups: Lookups

    @classmethod
    def of(cls, source: Source) -> Telling:
        """A run as one side of a divergence."""
        return cls(source, Course(source), Lookups(source))

    def moments(self, path_id: str, since: int) -> list[str]:
        """Ids of the moments of a path from a place in story order on."""
        return [one.id for one in self.course.stages.values() if one.path_id == path_id and one.index >= since]

    def row(self, moment: str) -> Mapping[str, Any]:
        """A moment, its columns read."""
        row = self.source.store.query(_MOMENT, (self.source.run_id, moment))[0]
        states = self.source.store.query(_STATES, (self.source.run_id, moment))
        return {
            **row, "question": orjson.loads(row["question"] or "null"), "scene": orjson.loads(row["scene"] or "{}"),
            "present": orjson.loads(row["entities_present"]), "states": {one["entity_id"]: one for one in states},
        }  # fmt: skip

    def learned(self, moment: str) -> dict[str, str]:
        """What was told or found out in a moment, decisions left out: item ids with what they say."""
        first = f"x:{moment}:"
        rows = self.source.store.iterate(_LEARNED, (self.source.run_id, moment, first, f"{first}\uffff"))
        return {row["item_id"]: one_line(row["content"]) for row in rows if not row["own"]}


@frozen
class Parting:
    """Where one path parts from another by an intervention, with the moments of both from there on."""

    event_id: str
    body: Mapping[str, Any]
    branch: Sequence[str]
    plain: Sequence[str]


def counterfactuals(source: Source) -> Iterator[Example]:
    """Examples of every intervention, in the order in which they were made. None where a run has one path."""
    teller = _Teller.of(source)
    if teller is None:
        return
    told: set[str] = set()
    for parting in teller.partings():
        yield from teller.examples(parting, told)


def _in_play(contents: Iterable[str]) -> str:
    """What may come out, of both timelines alike and in no order of theirs: an answer makes up no fact."""
    listed_once = sorted({one_line(one).rstrip(".") for one in contents})
    return f"This may come out: {'; '.join(quoted(one) for one in listed_once)}." if listed_once else ""


@define
class _Teller:
    notes: Annotator
    ours: Telling
    theirs: Telling
    """The side without the intervention: the same run, or a fork's parent."""

    @classmethod
    def of(cls, source: Source) -> _Teller | None:
        ours = Telling.of(source)
        parent = source.row["parent_run"]
        theirs = ours
        if parent:
            if not source.store.query(_RUN, (parent,)):
                return None
            theirs = Telling.of(Source(source.store, parent))
        notes = Annotator(source, TASK, "M12", ("M3", "M6", "M10", "M11", "M13", "M14", "M17"), theirs.source.models)
        return cls(notes, ours, theirs)

    def partings(self) -> Iterator[Parting]:
        """The interventions for which both sides were played."""
        source = self.ours.source
        for row in source.store.iterate(_SET, (source.run_id,)):
            body = orjson.loads(row["body"])
            stage = self.ours.course.stages.get(body["timepoint_id"])
            if stage is None:
                continue
            branch = self.ours.moments(stage.path_id, stage.index)
            side = self.ours if self.ours.moments(body["parent"], stage.index) else self.theirs
            plain = side.moments(body["parent"], stage.index)
            if branch and plain and plain[0] != branch[0]:
                yield Parting(row["event_id"], body, branch, plain)

    def examples(self, parting: Parting, told: set[str]) -> Iterator[Example]:
        ours, other = self.ours, self._other(parting)
        branch, plain = [ours.row(one) for one in parting.branch], [other.row(one) for one in parting.plain]
        if _decided_in_fact(parting.body, plain[0]):
            return
        supposed = supposed_words(ours.lookups, parting.body)
        with_it, came_out = self._told(ours, branch, other, plain, supposed)
        without, came_out_in_fact = self._told(other, plain, ours, branch, supposed)
        start = branch[0]["timepoint_id"]
        story = self._before(start)
        before = (*story, _in_play((*came_out, *came_out_in_fact)))
        yield self._example(
            f"timeline:{start}", "timeline", parting, branch[0],
            (*before, f"Intervention: {supposed}", pick(ASKED["timeline"], start)), with_it, without,
        )  # fmt: skip
        if plain[0]["timepoint_id"] not in told:
            told.add(plain[0]["timepoint_id"])
            yield self._example(
                f"baseline:{start}", "baseline", parting, plain[0], (*before, pick(ASKED["baseline"], start)),
                without, with_it,
            )  # fmt: skip
        later = {row["position"]: row for row in plain}
        for row in branch:
            fact = later.get(row["position"])
            if fact is None:
                continue
            if not differs(row, fact):
                # One moment that no intervention reaches teaches as much as all of them.
                if UNMOVED in told:
                    continue
                told.add(UNMOVED)
            known = tuple(other.learned(fact["timepoint_id"]).values())[:TOLD]
            said, new = moment_words(other.lookups, fact, known), self._news(ours, row, other, fact, supposed)
            numbers = state_words(other.lookups, fact["states"], fact["present"])
            yield self._example(
                f"moment:{row['timepoint_id']}", "moment", parting, row,
                (*story, f"In fact, at {fact['timepoint_id']}: {said} {numbers}", _in_play((*new, *known)),
                 f"Intervention: {supposed}",
                 pick(ASKED["moment"], row["timepoint_id"]).format(at=fact["timepoint_id"])),
                f"{moment_words(ours.lookups, row, new)} "
                f"{compared_words(ours.lookups, row, fact)}",
                "",
            )  # fmt: skip

    def _other(self, parting: Parting) -> Telling:
        return self.ours if parting.plain[0] in self.ours.course.stages else self.theirs

    def _before(self, start: str) -> tuple[str, ...]:
        """The story up to the parting, and the state of those there."""
        ours = self.ours
        way = [stage.id for stage in ours.course.back_from(start)][:0:-1]
        story = f"Story: {sentence(ours.source.row['scenario'])}"
        if not way:
            return (story,)
        rows = [ours.row(one) for one in way]
        passed = " ".join(f"{row['timepoint_id']}: {moment_words(ours.lookups, row)}" for row in rows)
        return story, f"So far: {passed}", state_words(ours.lookups, rows[-1]["states"], rows[-1]["present"])

    def _told(
        self, one: Telling, rows: Sequence[Mapping[str, Any]], other: Telling, others: Sequence[Mapping[str, Any]],
        supposed: str,
    ) -> tuple[str, list[str]]:
        """A timeline in words, with what came out in it and not in the other, each once; and that alone."""
        against = {row["position"]: row for row in others}
        parts: list[str] = []
        came_out: list[str] = []
        for row in rows:
            fact = against.get(row["position"])
            news = self._news(one, row, other, fact, supposed) if fact is not None else ()
            news = tuple([content for content in news if content not in came_out])
            came_out += news
            key = row["timepoint_id"].partition(":")[0]
            parts.append(f"{key}: {moment_words(one.lookups, row, news)}")
        last = rows[-1]
        return f"{' '.join(parts)} {state_words(one.lookups, last['states'], last['present'])}", came_out

    def _news(
        self, one: Telling, row: Mapping[str, Any], other: Telling, fact: Mapping[str, Any], supposed: str
    ) -> tuple[str, ...]:
        """What came out in a moment and not in that of the other side, but for the intervention itself."""
        there = other.learned(fact["timepoint_id"])
        here = one.learned(row["timepoint_id"])
        fresh = [content for item, content in here.items() if item not in there]
        return tuple([content for content in fresh if content.rstrip(".") not in supposed])[:TOLD]

    def _example(
        self, key: str, kind: str, parting: Parting, row: Mapping[str, Any], user: Sequence[str], chosen: str,
        rejected: str,
    ) -> Example:  # fmt: skip
        sections = (
            Section("system", pick(INTRODUCED[kind], key, "who")),
            *(Section("user", words) for words in user if words),
        )
        return self.notes.example(
            key, sections, chosen, rejected=rejected, act=kind, tactic=_kind(parting.body),
            place=Place(row["timepoint_id"], row["path_id"] or "", "", row["ends_at"] or ""), events=[parting.event_id],
        )  # fmt: skip


def _decided_in_fact(body: Mapping[str, Any], plain: Mapping[str, Any]) -> bool:
    """Whether an intervention decides what was decided without it: then nothing in it is against the fact."""
    settled = settled_option(plain["question"], plain["outcome"])
    return settled is not None and any(
        one["kind"] == "decision" and (one["question"], one["option"]) == (plain["question"]["id"], settled["id"])
        for one in body.get("interventions") or ()
    )


def _kind(body: Mapping[str, Any]) -> str:
    made = body.get("interventions") or ()
    return str(made[0]["kind"]) if made else "circumstance"
