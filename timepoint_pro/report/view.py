"""All that the report shows of one run, as plain values for the page's template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from attrs import frozen

from timepoint_pro.errors import DataError
from timepoint_pro.evaluation.audit import audit
from timepoint_pro.evaluation.audit_report import TITLES, AuditReport, value_words
from timepoint_pro.reading.summary import summarize
from timepoint_pro.reading.trajectories import trajectory
from timepoint_pro.report.curves import Chart, state_charts, trust_chart
from timepoint_pro.report.knowledge import Flow, KnowledgeView, flow, knowledge_view
from timepoint_pro.report.people import Matrix, People, Person, people_of, trust_matrix
from timepoint_pro.report.storyline import Drawing, Edge, causal_graph, scene_numbers, timeline

if TYPE_CHECKING:
    from timepoint_pro.reading.stored_run import StoredRun
    from timepoint_pro.reading.summary import Summary
    from timepoint_pro.reading.values import SpokenTurn
    from timepoint_pro.records.timepoint import Timepoint

COURSES = 8
"""Paths with curves of their own; the report says how many more there are."""


@frozen
class SaidTurn:
    """A turn with its speaker. ``told``: (number of the fact, its handle or words); ``number``: place in the page."""

    number: int
    turn: SpokenTurn
    speaker: Person
    to: tuple[Person, ...]
    told: tuple[tuple[int, str], ...]


@frozen
class Scene:
    """A moment with its conversation. ``frame`` says where it stands in its mode's own terms; empty in most modes."""

    number: int
    moment: Timepoint
    branch: str
    when: str
    place: str
    present: tuple[Person, ...]
    turns: tuple[SaidTurn, ...]
    ending: str
    decision: str
    frame: str


@frozen
class Course:
    """One path with its curves and tellings.

    Args:
        name: empty where there is only one.
        starts: (timepoint id, turns before it) of its moments.
        charts: valence, arousal, energy, trust.
        flow: its tellings.
    """

    name: str
    starts: tuple[tuple[str, int], ...]
    charts: tuple[Chart, ...]
    flow: Flow


@frozen
class CallRow:
    """Calls of one kind to one model."""

    action: str
    model: str
    calls: int
    tokens_in: int
    tokens_out: int
    usd: float
    source: str


@frozen
class Measure:
    """A measure of the audit; ``state`` is ``"good"``, ``"bad"`` or ``"even"`` where nothing is judged."""

    title: str
    value: str
    state: str
    examples: tuple[str, ...]


@frozen
class RunView:
    """One run, ready for the page. ``key`` begins the ids of its elements, so that two fit into one page.

    ``main_path``: (timepoint id, turns before it) along the main path.
    """

    key: str
    run: StoredRun
    title: str
    summary: Summary
    people: People
    scenes: tuple[Scene, ...]
    scene_numbers: dict[str, int]
    main_path: tuple[tuple[str, int], ...]
    turn_numbers: dict[str, int]
    timeline: Drawing
    courses: tuple[Course, ...]
    courses_left_out: int
    known: KnowledgeView
    trust: Matrix
    graph: Drawing
    edges: tuple[Edge, ...]
    calls: tuple[CallRow, ...]
    measures: tuple[Measure, ...]
    audited: str


def run_view(run: StoredRun, key: str, colours: dict[str, str]) -> RunView:
    """Read a run.

    Args:
        run: finished or not.
        key: beginning of its elements' ids.
        colours: colours of people given so far, by entity id; added to.

    Raises:
        StoreError: the database cannot be read.
    """
    summary = summarize(run)
    people = people_of(summary, colours)
    numbers = scene_numbers(run.timepoints)
    known = knowledge_view(run, people)
    scenes = _scenes(run, summary, people, known)
    turn_numbers = {one.turn.turn_id: one.number for scene in scenes for one in scene.turns}
    graph, edges = causal_graph(run, numbers)
    measures, audited = _audit(run)
    courses = _courses(run, people, known, numbers)
    return RunView(
        key=key, run=run, title=run.template.about.name or run.template_id, summary=summary, people=people,
        scenes=scenes, scene_numbers=numbers, main_path=courses[0].starts if courses else (),
        turn_numbers=turn_numbers, timeline=timeline(run, numbers),
        courses=courses, courses_left_out=max(0, len(run.ends) - COURSES), known=known,
        trust=trust_matrix(run, people), graph=graph, edges=edges, calls=_calls(run), measures=measures,
        audited=audited,
    )  # fmt: skip


def _scenes(run: StoredRun, summary: Summary, people: People, known: KnowledgeView) -> tuple[Scene, ...]:
    rows = {
        row["timepoint_id"]: row
        for row in run.store.query("SELECT timepoint_id, scene FROM timepoints WHERE run_id = ?", (run.run_id,))
    }
    dialogs = {dialog.timepoint_id: dialog.turns for dialog in run.dialogs}
    moments = {one.id: one for one in summary.moments}
    decisions = {one.timepoint_id: one.content for one in summary.decisions}
    scenes, spoken = [], 0
    for number, moment in enumerate(run.timepoints):
        turns = []
        for turn in dialogs.get(moment.id, ()):
            told = tuple(
                (known.numbers[item], run.items[item].handle or run.items[item].content)
                for item in turn.shared if item in known.numbers
            )  # fmt: skip
            to = tuple(people[one] for one in turn.addressed_to)
            turns.append(SaidTurn(spoken, turn, people[turn.speaker], to, told))
            spoken += 1
        played = moments[moment.id]
        setting = orjson.loads(rows[moment.id]["scene"] or "{}") if moment.id in rows else {}
        scenes.append(
            Scene(
                number, moment, moment.id.partition(":")[2], played.when, setting.get("location", ""),
                tuple(people[one] for one in moment.present), tuple(turns), moment.ending(played.ending),
                decisions.get(moment.id, ""), str(run.mode_frames.get(moment.id, {}).get("words", "")),
            )
        )  # fmt: skip
    return tuple(scenes)


def _courses(run: StoredRun, people: People, known: KnowledgeView, numbers: dict[str, int]) -> tuple[Course, ...]:
    ends = [run.end, *(one for one in run.ends if one != run.end)] if run.end else []
    labels = {path.path_id: str(path.details.get("label") or path.path_id) for path in run.paths}
    courses = []
    for end in ends[:COURSES]:
        course = trajectory(run, end)
        path = run.timepoint(end).path
        name = "" if len(ends) == 1 else labels.get(path, path) if path != "main" else "trunk"
        charts = (*state_charts(course, people, numbers), trust_chart(course, people, numbers))
        told = flow(run, course, people, known, numbers)
        courses.append(Course(name, course.starts, charts, told))
    return tuple(courses)


def _calls(run: StoredRun) -> tuple[CallRow, ...]:
    rows = run.store.query(
        "SELECT action, model, sum(attempts) AS calls, sum(tokens_in) AS tokens_in, sum(tokens_out) AS tokens_out, "
        "sum(cost_usd) AS usd, group_concat(DISTINCT cost_source) AS sources FROM llm_calls WHERE run_id = ? "
        "GROUP BY action, model ORDER BY sum(cost_usd) DESC, sum(attempts) DESC, action, model",
        (run.run_id,),
    )
    return tuple(
        CallRow(
            row["action"].replace("_", " ").lower(), row["model"], row["calls"], row["tokens_in"], row["tokens_out"],
            row["usd"], (row["sources"] or "").replace(",", " and "),
        )
        for row in rows
    )  # fmt: skip


def _audit(run: StoredRun) -> tuple[tuple[Measure, ...], str]:
    """The measures, and in words whether the data is fit; or why it could not be judged."""
    try:
        report = audit(run)
    except DataError as error:
        return (), str(error)
    verdict = "Every limit is kept." if report.passed else "; ".join(str(one) for one in report.failed)
    return tuple(_measure(report, name) for name in report.findings), verdict


def _measure(report: AuditReport, name: str) -> Measure:
    finding = report.findings[name]
    if finding.value is None or name.startswith("distinct"):
        state = "even"
    elif name == "training_safe":
        state = "good" if finding.value == 1.0 else "bad"
    else:
        state = "bad" if finding.count else "good"
    return Measure(TITLES[name], value_words(finding), state, tuple(finding.examples))
