"""Records of the task ``backward_causal`` from played moments: causes by the graph, and what a talk decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import orjson
from attrs import define, field

from timepoint_pro.exporters.tasks.annotation import Place
from timepoint_pro.exporters.tasks.backward_framing import Backward
from timepoint_pro.exporters.tasks.causal_words import (
    ASKED,
    carried,
    edge_words,
    named,
    option_words,
    settled_words,
    turn_words,
    way_words,
)
from timepoint_pro.exporters.tasks.choice import pick
from timepoint_pro.exporters.tasks.course import Course, Stage
from timepoint_pro.exporters.tasks.example import Example, Section
from timepoint_pro.exporters.tasks.wording import capital, one_line, quoted, sentence, settled_option

FAR_BACK = 3
"""Most moments of a traced chain."""
ARGUED = ("propose", "support", "oppose", "concede")
"""Acts that take a side, named or not."""

_SET = "SELECT body FROM events WHERE run_id = ? AND type = 'InterventionSet'"
_EDGES = """
SELECT source, type, strength, mechanism FROM causal_edges WHERE run_id = ? AND target = ? ORDER BY strength DESC, rowid
"""
_STATED = "SELECT event_id, body FROM events WHERE run_id = ? AND chunk = ? AND type = 'EdgesDrawn' ORDER BY seq"
_MOMENT = """
SELECT timepoint_id, path_id, title, circumstance, description, ends_at, question, outcome FROM timepoints
WHERE run_id = ? AND timepoint_id = ?
"""
_TURNS = """
SELECT turn_id, speaker, content, act, option, knowledge_shared FROM dialogs
WHERE run_id = ? AND timepoint_id = ? ORDER BY turn_index
"""


@define(slots=False)
class Played(Backward):
    """Traces and decisions of the moments of a run."""

    course: Course
    _traced: set[str] = field(factory=set, init=False)

    def examples(self) -> Iterator[Example]:
        """Those of every moment, in story order."""
        for stage in self.course.stages.values():
            yield from self._of(stage)

    @cached_property
    def _set_beforehand(self) -> frozenset[str]:
        """The moments whose decision an intervention had made before anybody spoke."""
        bodies = [orjson.loads(row["body"]) for row in self.source.store.query(_SET, (self.source.run_id,))]
        return frozenset(
            body["timepoint_id"] for body in bodies
            if any(one["kind"] == "decision" for one in body.get("interventions") or ())
        )  # fmt: skip

    def _of(self, stage: Stage) -> Iterator[Example]:
        """A played moment traced back by the causal graph, and what it settled traced to its turns."""
        row = self.source.store.query(_MOMENT, (self.source.run_id, stage.id))[0]
        if stage.before and stage.before not in self._traced:
            # Paths that part at a moment have the same past: it is traced back once.
            self._traced.add(stage.before)
            traced = self._trace(stage, row)
            if traced is not None:
                yield traced
        question = orjson.loads(row["question"] or "null")
        settled = settled_option(question, row["outcome"])
        if settled is not None:
            decided = self._decision(stage, row, question, settled["id"])
            if decided is not None:
                yield decided

    def _trace(self, stage: Stage, row: Mapping[str, Any]) -> Example | None:
        steps: list[str] = []
        spoken: dict[str, list[str]] = {}
        at = stage
        while len(steps) < FAR_BACK and at.before:
            edges = self.source.store.query(_EDGES, (self.source.run_id, at.id))
            stated = self._stated(at.id)
            strong = [edge for edge in edges if edge["type"] != "temporal" and edge["source"] in self.course.stages]
            if not strong:
                break
            own = [edge for edge in strong if edge["type"] == "causal"] or strong
            above = self.course.stages[own[0]["source"]]
            steps.append(edge_words(self._held, at, above, strong, stated, supposed=self.is_portal))
            spoken.setdefault(above.id, [])
            for edge in carried(strong):
                spoken.setdefault(edge["source"], []).append(named(self._held, edge["mechanism"]))
                spoken.setdefault(at.id, []).append(named(self._held, edge["mechanism"]))
            at = above
        if not steps:
            return None
        key = f"trace:{stage.id}"
        seen = sentence(row["circumstance"] or row["description"] or "")
        frame = f"Outcome: {stage.id}, '{one_line(stage.title)}'. {seen}".strip()
        return self.example(
            key, "trace", frame, (self._way(spoken), pick(ASKED["trace"], key).format(at=stage.id)),
            " ".join(steps),
            place=Place(stage.id, stage.path_id, "", stage.ends_at), frame=frame,
        )  # fmt: skip

    def _way(self, spoken: Mapping[str, Sequence[str]]) -> str:
        """The moments that a trace names, in story order: how each ended, and what came up in it again later."""
        told = []
        for stage in self.course.stages.values():
            if stage.id in spoken:
                row = self.source.store.query(_MOMENT, (self.source.run_id, stage.id))[0]
                question = orjson.loads(row["question"] or "null")
                settled = settled_words(self.lookups, question, str(row["outcome"] or ""))
                told.append(way_words(stage, settled, list(dict.fromkeys(spoken[stage.id]))))
        return f"The way there: {' '.join(told)}"

    def _stated(self, moment: str) -> dict[str, str]:
        """Why each earlier moment led to this one, in the planner's words.

        None of a portal's: it supposed them before anything was played, and the scenes may tell otherwise.
        """
        found: dict[str, str] = {}
        if self.is_portal:
            return found
        for row in self.source.store.iterate(_STATED, (self.source.run_id, moment)):
            for edge in orjson.loads(row["body"]).get("edges", ()):
                if edge.get("statement") and edge["target"] == moment:
                    found[edge["source"]] = edge["statement"]
        return found

    def _held(self, item: str) -> str:
        """A word of the graph for what was known: a handle as it is, an item's id as its statement."""
        return self.lookups.statements.get(item, item)

    def _decision(
        self, stage: Stage, row: Mapping[str, Any], question: Mapping[str, Any], settled: str
    ) -> Example | None:
        options = {one["id"]: one for one in question.get("options", ())}
        # What was set beforehand, or left no choice, no turn of the talk brought about.
        if len(options) < 2 or stage.id in self._set_beforehand:
            return None
        talk = self.source.store.query(_TURNS, (self.source.run_id, stage.id))
        turns = self._arguments(talk, question["id"])
        if len(turns) < 2:
            return None
        key = f"decision:{stage.id}"
        frame = f"Outcome: {settled_words(self.lookups, question, row['outcome'])}"
        asked = f"The question was: {sentence(question['text'])} Options: {option_words(options.values())}."
        steps = [turn_words(self.lookups, one, options, settled) for one in reversed(turns)]
        return self.example(
            key, "decision", frame, (asked, self._talk(talk, turns), pick(ASKED["decision"], key)),
            " ".join(steps),
            place=Place(stage.id, stage.path_id, turns[-1]["turn_id"], stage.ends_at), frame=frame,
            heard=[one["turn_id"] for one in talk],
            items=list(dict.fromkeys(item for one in turns for item in orjson.loads(one["knowledge_shared"]))),
        )  # fmt: skip

    def _arguments(self, talk: Sequence[Mapping[str, Any]], question: str) -> list[Mapping[str, Any]]:
        """The turns that took a side, or told what bears on the question; anything told, where nothing is said to."""
        bearing = {item for item, questions in self.lookups.bearings.items() if question in questions}
        told = {one["turn_id"]: set(orjson.loads(one["knowledge_shared"])) for one in talk}
        if not any(bearing & items for items in told.values()):
            bearing = set().union(*told.values())
        return [one for one in talk if one["option"] or one["act"] in ARGUED or bearing & told[one["turn_id"]]]

    def _talk(self, talk: Sequence[Mapping[str, Any]], turns: Sequence[Mapping[str, Any]]) -> Section:
        """What was said, turn by turn; a limit on length leaves out those that the answer does not name."""
        named = {one["turn_id"] for one in turns}
        lines = [
            f"{capital(one['turn_id'])}: {one_line(self.lookups.name(one['speaker']))}: {quoted(one['content'])}"
            for one in talk
        ]
        drops = tuple(place for place, one in enumerate(talk) if one["turn_id"] not in named)
        return Section("user", "The talk: ", tuple(lines), " ", "", drops, 1)
