"""Pictures of a run for notebooks and papers, drawn by matplotlib.

Each function returns a ``matplotlib.figure.Figure``, which a notebook shows and ``savefig`` writes. None of them
touches pyplot, so nothing has to be closed and no backend is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from timepoint_pro.errors import MissingExtraError, UsageError
from timepoint_pro.reading.trajectories import Trajectory, trajectory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from timepoint_pro.reading.stored_run import StoredRun

SHOWN = 8
"""People and pairs that a picture shows when none are named: those who speak most."""
COLOURS = ("#0b62a8", "#b8430f", "#18794e", "#7a3fc9", "#9a6500", "#b8256f", "#0f7486", "#4a5a68")
EDGE_COLOURS = {"temporal": "#b5bfbb", "causal": "#b3321c", "knowledge": "#0b62a8"}


def plot_states(run: StoredRun, people: Sequence[str] = (), *, at: str = "") -> Figure:
    """Valence, arousal and energy of people over the turns of a path, just before each turn.

    Args:
        run: finished or not.
        people: ids or names; those who speak most when empty.
        at: id of the timepoint at which the path ends; the last of the main path when empty.

    Raises:
        MissingExtraError: the extra ``notebook`` is not installed.
        UnknownNameError: for a person or timepoint that is not there.
        UsageError: nobody has spoken on that path.
    """
    figure = _figure(9.0, 6.0)
    course = trajectory(run, at)
    if not course.turns:
        raise UsageError(f"run {run.run_id!r}: nobody has spoken on this path, so there is nothing to plot")
    names = {one.id: one.name for one in run.entities}
    spoken = {who: course.speakers.count(who) for who in dict.fromkeys(course.speakers)}
    chosen = [run.entity(one).id for one in people] or sorted(spoken, key=lambda who: -spoken[who])[:SHOWN]
    scales = (("valence", course.valence, -1.0, 1.0), ("arousal", course.arousal, 0.0, 1.0),
              ("energy", course.energy, 0.0, 100.0))  # fmt: skip
    axes = figure.subplots(len(scales), 1, sharex=True)
    for axis, (quantity, curves, low, high) in zip(axes, scales, strict=True):
        for number, who in enumerate(chosen):
            curve = [float("nan") if value is None else value for value in curves.get(who, ())]
            axis.plot(
                range(1, len(curve) + 1), curve, color=COLOURS[number % len(COLOURS)], linewidth=1.6, label=names[who]
            )
        axis.set_ylim(low, high)
        axis.set_ylabel(quantity)
        _moments(axis, course)
    axes[-1].set_xlabel("turn")
    axes[0].legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)
    return figure


def plot_causal_graph(run: StoredRun) -> Figure:
    """The timepoints in story order, a row for each path, with what joins them in time, by cause and by knowledge.

    Raises:
        MissingExtraError: the extra ``notebook`` is not installed.
    """
    rows = list(dict.fromkeys(one.path for one in run.timepoints))
    place = {one.id: (float(one.index), -float(rows.index(one.path))) for one in run.timepoints}
    columns = 1 + max((x for x, _y in place.values()), default=0.0)
    figure = _figure(max(6.0, 1.5 * columns), 1.4 + 1.3 * max(1, len(rows)))
    axis = figure.subplots()
    from matplotlib.patches import FancyArrowPatch

    edges = run.store.query(
        "SELECT source, target, type, max(strength) AS strength FROM causal_edges WHERE run_id = ? "
        "GROUP BY source, target, type ORDER BY min(rowid)",
        (run.run_id,),
    )
    bend = {"temporal": 0.0, "causal": -0.28, "knowledge": 0.28}
    for edge in edges:
        if edge["source"] in place and edge["target"] in place:
            axis.add_patch(
                FancyArrowPatch(
                    place[edge["source"]], place[edge["target"]], arrowstyle="-|>", mutation_scale=10,
                    connectionstyle=f"arc3,rad={bend.get(edge['type'], 0.0)}", shrinkA=9, shrinkB=9,
                    color=EDGE_COLOURS.get(edge["type"], "#4a5a68"), linewidth=0.6 + 1.8 * edge["strength"],
                )
            )  # fmt: skip
    for timepoint, (x, y) in place.items():
        axis.plot(x, y, "o", color="#0a6a5c", markersize=9, zorder=3)
        axis.annotate(timepoint, (x, y), (0, 11), textcoords="offset points", ha="center", fontsize=9, zorder=4)
    for kind, colour in EDGE_COLOURS.items():
        axis.plot([], [], color=colour, label=kind)
    axis.set_xlim(-0.5, columns - 0.5)
    axis.set_ylim(-len(rows) + 0.3, 0.7)
    axis.set_axis_off()
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, 0.04), ncols=3, frameon=False)
    return figure


def plot_knowledge_flow(run: StoredRun, item: str = "") -> Figure:
    """Who told whom: how many different things, all in all; or of one thing, in which order it came to whom.

    Args:
        run: finished or not.
        item: id, handle, or words that only one item contains; everything when empty.

    Raises:
        MissingExtraError: the extra ``notebook`` is not installed.
        UnknownNameError: no item, or several, are meant.
        UsageError: nobody has told anybody anything.
    """
    if item:
        return _spread(run, item)
    told: dict[tuple[str, str], set[str]] = {}
    for one in run.exposures:
        if one.how == "told":
            told.setdefault((one.source, one.entity), set()).add(one.item)
    if not told:
        raise UsageError(f"run {run.run_id!r}: nobody has told anybody anything, so there is nothing to plot")
    names = {one.id: one.name for one in run.entities}
    traffic = {who: sum(len(items) for pair, items in told.items() if who in pair) for pair in told for who in pair}
    people = sorted(traffic, key=lambda who: (-traffic[who], who))[: 2 * SHOWN]
    counts = [[len(told.get((one, other), ())) for other in people] for one in people]
    figure = _figure(2.2 + 0.55 * len(people), 1.6 + 0.5 * len(people))
    axis = figure.subplots()
    axis.imshow(counts, cmap="GnBu", vmin=0)
    labels = [names.get(who, who) for who in people]
    axis.set_xticks(range(len(people)), labels, rotation=45, ha="right")
    axis.set_yticks(range(len(people)), labels)
    axis.set_xlabel("heard")
    axis.set_ylabel("told")
    most = max(map(max, counts))
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            if count:
                shade = "white" if count > 0.6 * most else "#15211e"
                axis.text(column, row, str(count), ha="center", va="center", color=shade)
    return figure


def _spread(run: StoredRun, words: str) -> Figure:
    """One item: a row for each holder, in the order in which they came to it, and arrows from teller to hearer."""
    item = run.item(words)
    exposures = [one for one in run.exposures if one.item == item.id]
    names = {one.id: one.name for one in run.entities}
    holders = list(dict.fromkeys(one.entity for one in exposures))
    rows = {who: -number for number, who in enumerate(holders)}
    figure = _figure(9.0, 1.6 + 0.42 * len(holders))
    axis = figure.subplots()
    for one in exposures:
        told = one.how == "told" and one.source in rows
        colour = COLOURS[0] if told else "#9a6500"
        if told:
            axis.annotate(
                "", (one.at, rows[one.entity]), (one.at, rows[one.source]),
                arrowprops={"arrowstyle": "-|>", "color": colour, "shrinkA": 0, "shrinkB": 3},
            )  # fmt: skip
        axis.plot(one.at, rows[one.entity], "o" if told else "D", color=colour, markersize=4 + 4 * one.confidence)
    axis.set_yticks(list(rows.values()), [names.get(who, who) for who in rows])
    axis.set_xlabel("story time, hours")
    axis.set_title(item.content, fontsize=10, loc="left", wrap=True)
    axis.margins(y=0.15 if len(rows) > 1 else 0.6)
    return figure


def _moments(axis: Axes, course: Trajectory) -> None:
    """Mark where each timepoint begins."""
    for timepoint, start in course.starts:
        axis.axvline(start + 0.5, color="#d5ddda", linewidth=0.8, zorder=0)
        axis.annotate(
            timepoint, (start + 0.5, 1.0), (2, -2), xycoords=("data", "axes fraction"), textcoords="offset points",
            fontsize=7, color="#56645f", va="top",
        )  # fmt: skip


def _figure(width: float, height: float) -> Figure:
    """An empty figure, in inches, that a notebook shows by itself."""
    return _kind()(figsize=(width, height), layout="constrained")  # type: ignore[no-any-return]


@cache
def _kind() -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("notebook", "a plot") from error

    class Plot(Figure):
        """A figure that shows itself without pyplot."""

        def _repr_svg_(self) -> str:
            from io import StringIO

            from matplotlib import rc_context

            text = StringIO()
            # No date and fixed ids, so that the same run gives the same picture.
            with rc_context({"svg.hashsalt": "timepoint-pro"}):
                self.savefig(text, format="svg", metadata={"Date": None})
            return text.getvalue()

    return Plot
