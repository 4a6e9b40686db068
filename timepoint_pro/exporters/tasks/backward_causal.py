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
from timepoint_pro.exporters.tasks.backward_framing import Backward
from timepoint_pro.exporters.tasks.backward_played import Played
from timepoint_pro.exporters.tasks.causal_words import (
    ASKED,
    NEVER_PLAYED,
    PLAYED_SINCE,
    chain_words,
    judged_words,
    moment_words,
)
from timepoint_pro.exporters.tasks.choice import number, pick
from timepoint_pro.exporters.tasks.course import Course
from timepoint_pro.exporters.tasks.example import Example
from timepoint_pro.exporters.tasks.lookups import Lookups
from timepoint_pro.exporters.tasks.wording import one_line, sentence

TASK = "backward_causal"
CHOICES = 4
"""Most candidates of one choice."""

_PATHS = "SELECT path_id, score, chosen, body FROM paths WHERE run_id = ? ORDER BY chosen DESC, score DESC, path_id"
_STEPS = """
SELECT event_id, body FROM events WHERE run_id = ? AND type IN ('PathStepped', 'PathBacktracked') ORDER BY rowid
"""
_JUDGED = """
SELECT body FROM events WHERE run_id = ? AND type IN ('PathStepped', 'PathBacktracked', 'SearchCutShort') ORDER BY rowid
"""
_REVISIONS = "SELECT body FROM events WHERE run_id = ? AND type = 'CauseRevised' ORDER BY rowid"


def backward_chains(source: Source) -> Iterator[Example]:
    """Examples of a portal's search where there was one, then of the played moments in story order."""
    told = source, Annotator(source, TASK, "M17", ("M3", "M7", "M11")), Lookups(source)
    yield from _Search(*told).examples()
    yield from Played(*told, Course(source)).examples()


@define(slots=False)
class _Search(Backward):
    """Chains, steps and choices of a portal's search."""

    _seen: set[str] = field(factory=set, init=False)

    def examples(self) -> Iterator[Example]:
        """Those of every path, the chosen one first, then the choices; none where nothing was searched."""
        outcome = self.source.template.temporal.portal_description or ""
        if not self.is_portal or not outcome:
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
        return self.example(
            f"chain:{key}", "chain", frame, (begins, _supposed(row), pick(ASKED["chain"], key)),
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
            yield self.example(
                f"step:{one['id']}", "step", frame,
                (known, _supposed(row), pick(ASKED["step"], one["id"]).format(effect=effect)), answer,
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
        return self.example(
            key, "choice", frame,
            (f"Candidates, as the search proposed them: {words}",
             pick(ASKED["choice"], key).format(effect=wanted)),
            judged_words(order, letters, key), tactic=best["proposal"].get("mechanism", ""), frame=frame,
            events=[event], rejected=f"({letters[worst['id']]}) {moment_words(worst)}",
        )  # fmt: skip


def _supposed(row: Mapping[str, Any]) -> str:
    """That a path's moments are suppositions, and whether they were played since."""
    return pick(PLAYED_SINCE if row["chosen"] else NEVER_PLAYED, row["path_id"], "supposed")
