"""The task ``backward_causal``: from an outcome back to what led to it.

By its nature a prompt names the outcome; ``metadata.frame`` repeats that sentence. Kinds (``metadata.act``):

- ``chain``: an outcome, and the whole chain of antecedents of one path that a portal's search found;
- ``step``: a moment of such a path and what comes after it, and the moment that came before;
- ``choice``: several antecedents that were proposed for one moment, and how they were judged, with scores;
- ``trace``: a played moment, and the played moments that led to it by the causal graph;
- ``decision``: what a scene settled, and the turns and facts that led there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from attrs import define, field

from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.tasks.annotation import Annotator, Place
from timepoint_pro.exporters.tasks.causal_words import (
    ASKED,
    INTRODUCED,
    NEVER_PLAYED,
    PLAYED_SINCE,
    carried,
    chain_words,
    edge_words,
    judged_words,
    moment_words,
    named,
    option_words,
    settled_words,
    turn_words,
    way_words,
)
from timepoint_pro.exporters.tasks.choice import number, pick
from timepoint_pro.exporters.tasks.course import Course, Stage
from timepoint_pro.exporters.tasks.example import Example, Section
from timepoint_pro.exporters.tasks.lookups import Lookups
from timepoint_pro.exporters.tasks.wording import capital, one_line, quoted, sentence

TASK = "backward_causal"
FAR_BACK = 3
"""Most moments of a traced chain."""
CHOICES = 4
"""Most candidates of one choice."""
SAID = 8
"""Most turns that a decision is traced to."""

_PATHS = "SELECT path_id, score, chosen, body FROM paths WHERE run_id = ? ORDER BY chosen DESC, score DESC, path_id"
_STEPS = """
SELECT event_id, body FROM events WHERE run_id = ? AND type IN ('PathStepped', 'PathBacktracked') ORDER BY rowid
"""
_JUDGED = """
SELECT body FROM events WHERE run_id = ? AND type IN ('PathStepped', 'PathBacktracked', 'SearchCutShort') ORDER BY rowid
"""
_REVISIONS = "SELECT body FROM events WHERE run_id = ? AND type = 'CauseRevised' ORDER BY rowid"
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


def backward_chains(source: Source) -> Iterator[Example]:
    """Examples of a portal's search where there was one, then of the played moments in story order."""
    historian = _Historian(source, Annotator(source, TASK, "M17", ("M3", "M7", "M11")), Lookups(source), Course(source))
    yield from historian.searched()
    for stage in historian.course.stages.values():
        yield from historian.played(stage)


@define
class _Historian:
    source: Source
    notes: Annotator
    lookups: Lookups
    course: Course
    _seen: set[str] = field(factory=set, init=False)
    _traced: set[str] = field(factory=set, init=False)

    def searched(self) -> Iterator[Example]:
        """Chains, steps and choices of a portal's search."""
        outcome = self.source.template.temporal.portal_description or ""
        if not self._is_portal() or not outcome:
            return
        moments: dict[str, Mapping[str, Any]] = {}
        revised = self._revised()
        for row in self.source.store.iterate(_PATHS, (self.source.run_id,)):
            path = orjson.loads(row["body"])["moments"]
            if row["chosen"]:
                moments.update((one["id"], one) for one in path)
                path = [revised.get(one["id"], one) for one in path]
            if path:
                yield self._chain(row, path, outcome)
                yield from self._steps(path, row, outcome)
                moments.update((one["id"], one) for one in path)
        for row in self.source.store.iterate(_STEPS, (self.source.run_id,)):
            groups: dict[str, list[Mapping[str, Any]]] = {}
            for one in orjson.loads(row["body"]).get("candidates", ()):
                groups.setdefault(one.get("parent", ""), []).append(one)
            for parent, candidates in groups.items():
                if len(candidates) > 1 and (not parent or parent in moments):
                    yield self._choice(moments.get(parent), candidates, outcome, row["event_id"])

    def _revised(self) -> dict[str, Mapping[str, Any]]:
        """The antecedents that took the place of those which the played scenes had refuted, by the id of these."""
        revisions = [orjson.loads(row["body"]) for row in self.source.store.query(_REVISIONS, (self.source.run_id,))]
        if not revisions:
            return {}
        judged = self.source.store.query(_JUDGED, (self.source.run_id,))
        nodes = {one["id"]: one for row in judged for one in orjson.loads(row["body"]).get("candidates", ())}
        return {
            one["instead_of"]: {**nodes[one["node"]], "score": one["score"], "total": one["total"]}
            for one in revisions
        }

    def _chain(self, row: Mapping[str, Any], path: Sequence[Mapping[str, Any]], outcome: str) -> Example:
        key = row["path_id"]
        start = moment_words(path[0])
        frame = f"Outcome: {sentence(outcome)}"
        begins = "" if row["chosen"] else pick(
            ("It has to begin like this: {}", "Take it from this beginning: {}", "Suppose that it began so: {}"), key
        ).format(start)  # fmt: skip
        lowest = min(path, key=lambda one: (one["total"], one["id"]))
        closing = (
            f" Coherence of the chain: {row['score']:.2f}; its weakest link is "
            f"'{one_line(lowest['proposal']['title'])}' ({lowest['total']:.2f})."
        )
        return self._example(
            f"chain:{key}", "chain", frame, (self._scenario(), begins, _supposed(row), pick(ASKED["chain"], key)),
            f"{chain_words(path, key)}{closing}", place=Place(path_id=key), frame=frame,
        )  # fmt: skip

    def _steps(
        self, path: Sequence[Mapping[str, Any]], row: Mapping[str, Any], outcome: str
    ) -> Iterator[Example]:
        frame = f"Outcome: {sentence(outcome)}"
        for place in range(len(path) - 1, -1, -1):
            one, after = path[place], path[place + 1 :]
            if one["id"] in self._seen:
                continue
            self._seen.add(one["id"])
            later = "; then ".join(one_line(step["proposal"]["title"]) for step in after)
            effect = moment_words(after[0]) if after else sentence(outcome)
            known = f"What the path has so far, in story order: {later}; then the outcome." if after else ""
            answer = f"{moment_words(one)} {sentence(one['proposal'].get('cause', ''))}".strip()
            yield self._example(
                f"step:{one['id']}", "step", frame,
                (self._scenario(), known, _supposed(row), pick(ASKED["step"], one["id"]).format(effect=effect)), answer,
                place=Place(path_id=row["path_id"]), tactic=one["proposal"].get("mechanism", ""), frame=frame,
            )  # fmt: skip

    def _choice(
        self, effect: Mapping[str, Any] | None, candidates: Sequence[Mapping[str, Any]], outcome: str, event: str
    ) -> Example:
        ranked = sorted(candidates, key=lambda one: (-one["total"], one["id"]))
        # The best must stay in; of the others any will do.
        shown = sorted([ranked[0], *ranked[1:][-(CHOICES - 1) :]], key=lambda one: number(one["id"], event))
        letters = {one["id"]: "ABCD"[place] for place, one in enumerate(shown)}
        best, worst = ranked[0], ranked[-1]
        key = f"choice:{best['id']}"
        frame = f"Outcome: {sentence(outcome)}"
        words = " ".join(f"({letters[one['id']]}) {moment_words(one)}" for one in shown)
        wanted = moment_words(effect) if effect is not None else sentence(outcome)
        order = sorted(shown, key=lambda one: (-one["total"], one["id"]))
        return self._example(
            key, "choice", frame,
            (self._scenario(), f"Candidates, as the search proposed them: {words}",
             pick(ASKED["choice"], key).format(effect=wanted)),
            judged_words(order, letters, key), tactic=best["proposal"].get("mechanism", ""), frame=frame,
            events=[event], rejected=f"({letters[worst['id']]}) {moment_words(worst)}",
        )  # fmt: skip

    def played(self, stage: Stage) -> Iterator[Example]:
        """A played moment traced back by the causal graph, and what it settled traced to its turns."""
        row = self.source.store.query(_MOMENT, (self.source.run_id, stage.id))[0]
        if stage.before and stage.before not in self._traced:
            # Paths that part at a moment have the same past: it is traced back once.
            self._traced.add(stage.before)
            traced = self._trace(stage, row)
            if traced is not None:
                yield traced
        question = orjson.loads(row["question"] or "null")
        outcome = str(row["outcome"] or "")
        if question and outcome.startswith("settled: "):
            decided = self._decision(stage, row, question, outcome.removeprefix("settled: "))
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
            steps.append(edge_words(self._held, at, above, strong, stated, supposed=self._is_portal()))
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
        return self._example(
            key, "trace", frame, (self._scenario(), self._way(spoken), pick(ASKED["trace"], key).format(at=stage.id)),
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
        if self._is_portal():
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
        if settled not in options:
            return None
        talk = self.source.store.query(_TURNS, (self.source.run_id, stage.id))
        turns = [one for one in talk if one["option"] or (one["knowledge_shared"] != "[]")][-SAID:]
        if len(turns) < 2:
            return None
        key = f"decision:{stage.id}"
        frame = f"Outcome: {settled_words(self.lookups, question, f'settled: {settled}')}"
        asked = f"The question was: {sentence(question['text'])} Options: {option_words(options.values())}."
        steps = [turn_words(self.lookups, one, options, settled) for one in reversed(turns)]
        return self._example(
            key, "decision", frame, (self._scenario(), asked, self._talk(talk, turns), pick(ASKED["decision"], key)),
            " ".join(steps),
            place=Place(stage.id, stage.path_id, turns[-1]["turn_id"], stage.ends_at), frame=frame,
            heard=[one["turn_id"] for one in talk],
            items=list(dict.fromkeys(item for one in turns for item in orjson.loads(one["knowledge_shared"]))),
        )  # fmt: skip

    def _talk(self, talk: Sequence[Mapping[str, Any]], turns: Sequence[Mapping[str, Any]]) -> Section:
        """What was said, turn by turn; a limit on length leaves out those that the answer does not name."""
        named = {one["turn_id"] for one in turns}
        lines = [
            f"{capital(one['turn_id'])}: {one_line(self.lookups.name(one['speaker']))}: {quoted(one['content'])}"
            for one in talk
        ]
        drops = tuple(place for place, one in enumerate(talk) if one["turn_id"] not in named)
        return Section("user", "The talk: ", tuple(lines), " ", "", drops, 1)

    def _is_portal(self) -> bool:
        return bool(self.source.row["temporal_mode"] == "portal")

    def _scenario(self) -> str:
        return f"Story: {sentence(self.source.row['scenario'])}"

    def _example(
        self, key: str, kind: str, outcome: str, user: Sequence[str | Section], completion: str, **more: Any
    ) -> Example:
        story, *rest = user
        sections = (
            Section("system", pick(INTRODUCED[kind], key, "who")),
            story if isinstance(story, Section) else Section("user", story),
            Section("user", outcome),
            *(one if isinstance(one, Section) else Section("user", one) for one in rest if one),
        )
        return self.notes.example(key, sections, completion, act=kind, **more)


def _supposed(row: Mapping[str, Any]) -> str:
    """That a path's moments are suppositions, and whether they were played since."""
    return pick(PLAYED_SINCE if row["chosen"] else NEVER_PLAYED, row["path_id"], "supposed")
