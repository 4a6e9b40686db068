"""A run's summary as text, for terminals and notebooks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from timepoint_pro.llm.model_entry import SCRIPTED
from timepoint_pro.reading.summary import Learned, Moment, Mood, Search, Summary
from timepoint_pro.records.timepoint import BRANCH_MARK
from timepoint_pro.records.units import words_for
from timepoint_pro.templates.vocabulary import mechanism_words

WIDTH = 100
MOST_TRUST = 8
"""Movements of trust that are shown, the furthest first."""
HOW = {
    "told": "told by {}", "witnessed": "saw it ({})", "learned": "by {}", "experienced": "lived through it ({})",
    "inferred": "worked it out ({})",
}  # fmt: skip


def summary_text(summary: Summary, width: int = WIDTH) -> str:
    """The summary as lines of at most ``width`` characters, paths and ids aside."""
    names = {one.id: one.name for one in summary.people}
    parts: list[tuple[str, Iterable[str]]] = [
        ("What led to the outcome" if summary.search else "What happened", _story(summary, width)),
        ("Who was in it", _people(summary)),
        ("What was decided", _decisions(summary, width)),
        (_learned_heading(summary), _learned(summary.learned, names, width)),
        ("How they felt, from before their first turn to the end", _moods(summary.moods, names, width)),
        ("Trust that moved, from -1 to 1", _trust(summary, names)),
        ("Broken constraints", _violations(summary, names, width)),
        ("Files", (f"  {file}" for file in summary.files)),
    ]
    blocks = ["\n".join(_head(summary, width))]
    for heading, lines in parts:
        body = list(lines)
        if body:
            blocks.append("\n".join((heading, *body)))
    blocks.append("\n".join(_model(summary, width)))
    return "\n\n".join(blocks)


def _head(summary: Summary, width: int) -> Iterator[str]:
    yield f"{summary.template}: {summary.mode}, seed {summary.seed}, {summary.status}"
    yield f"run {summary.run_id}: {_count(len(summary.moments), 'moment')}, {_count(summary.turns, 'turn')} spoken"
    yield from _wrapped(f"mechanisms at work: {mechanism_words(summary.mechanisms)}", "", width)


def _story(summary: Summary, width: int) -> Iterator[str]:
    """The moments in story order; branches under the moment that they part from; in portal mode, how it was found."""
    search = summary.search
    last = len(summary.moments) - 1
    if _parts(summary.moments):
        yield from _tree(summary.moments)
    else:
        for place, moment in enumerate(summary.moments):
            is_outcome = search is not None and place == last and summary.status == "completed"
            yield from _moment(moment, "  ", bool(place), "outcome: " if is_outcome else "")
    if search is not None:
        yield from _found(search, width)


def _moment(moment: Moment, indent: str, follows: bool, mark: str = "") -> Iterator[str]:
    arrow = "->" if follows and moment.antecedents else "  "
    yield f"{indent}{arrow} {moment.id}  {moment.when}  {mark}{moment.title or moment.id}"
    ending = "" if moment.ending.startswith("settled") else f", {moment.ending}"
    yield f"{indent}       {_count(moment.turns, 'turn')}{ending}"


def _parts(moments: Sequence[Moment]) -> bool:
    """Whether two moments follow the same one."""
    before = [one for moment in moments for one in moment.antecedents[:1]]
    return len(set(before)) < len(before)


def _tree(moments: Sequence[Moment]) -> Iterator[str]:
    """The trunk, then every branch, each further in than the path that it parts from."""
    paths: dict[str, list[Moment]] = {}
    for moment in moments:
        paths.setdefault(moment.id.partition(BRANCH_MARK)[2], []).append(moment)
    for path in sorted(paths, key=lambda one: (one.count(BRANCH_MARK), list(paths).index(one))):
        first = paths[path][0]
        indent = "  " * (1 + bool(path) + path.count(BRANCH_MARK))
        if path:
            after = f", after {first.antecedents[0]}" if first.antecedents else ""
            yield f"{indent}path {path}{after}"
        for place, moment in enumerate(paths[path]):
            yield from _moment(moment, indent, bool(place or path))


def _found(search: Search, width: int) -> Iterator[str]:
    yield from _wrapped(f"Outcome asked for: {search.outcome}", "  ", width)
    others = len(search.runners_up)
    best = max(search.runners_up, default=0.0)
    rest = "runner-up path" if best <= search.score else "other path"
    runners = f"; {_count(others, rest)}, the best at {best:.2f}" if others else ""
    went_back = f", {_count(search.backtracks, 'backtrack')}" if search.backtracks else ""
    judged = f"{_count(search.candidates, 'antecedent')} judged{went_back}"
    yield from _wrapped(f"Path score {search.score:.2f} of 1{runners}; {judged}", "  ", width)
    for mark in search.overtaken:
        yield from _wrapped(f"At odds with the next moment: {mark}", "  ", width)


def _people(summary: Summary) -> Iterator[str]:
    rows = [
        (one.name, one.role or one.kind, one.archetype, _count(one.turns, "turn")) for one in summary.people
    ]
    return _columns(rows)


def _decisions(summary: Summary, width: int) -> Iterator[str]:
    for one in summary.decisions:
        yield from _wrapped(f"{one.timepoint_id}  {one.question} {one.content}", "  ", width, "      ")


def _learned_heading(summary: Summary) -> str:
    rest = summary.learned_count - len(summary.learned)
    return f"What they learned{f' (the weightiest; {rest} more)' if rest > 0 else ''}"


def _learned(learned: Sequence[Learned], names: Mapping[str, str], width: int) -> Iterator[str]:
    before = ""
    for one in learned:
        if one.entity != before:
            yield f"  {names.get(one.entity, one.entity)}"
            before = one.entity
        way = HOW.get(one.how, "{}").format(names.get(one.source, one.source)).replace(" (witnessed)", "")
        source = f"{way}, {one.timepoint_id} {one.when[11:]}, confidence {one.confidence:.2f}"
        yield from _wrapped(f"- {one.content} [{source}]", "    ", width, "      ")


def _moods(moods: Sequence[Mood], names: Mapping[str, str], width: int) -> Iterator[str]:
    """A line for each person; where that is too long for the page, the figures below the words."""
    rows = [
        (
            names.get(one.entity, one.entity),
            _words(one),
            f"valence {_signed(one.valence[0])} -> {_signed(one.valence[1])}",
            f"arousal {one.arousal[0]:.2f} -> {one.arousal[1]:.2f}",
            f"energy {one.energy[0]:.0f} -> {one.energy[1]:.0f}",
        )
        for one in moods
    ]
    lines = list(_columns(rows))
    if max(map(len, lines), default=0) <= width:
        yield from lines
        return
    figures = _columns([row[2:] for row in rows])
    for who, line in zip(_columns([row[:2] for row in rows]), figures, strict=True):
        yield who
        yield f"    {line}"


def _words(mood: Mood) -> str:
    first, last = (words_for("valence", value) for value in mood.valence)
    return first if first == last else f"{first} -> {last}"


def _trust(summary: Summary, names: Mapping[str, str]) -> Iterator[str]:
    rows = [
        (
            f"{names.get(one.source, one.source)} in {names.get(one.target, one.target)}",
            f"{_signed(one.first)} -> {_signed(one.last)}",
        )
        for one in summary.trust[:MOST_TRUST]
    ]
    yield from _columns(rows)
    if len(summary.trust) > MOST_TRUST:
        yield f"  and {len(summary.trust) - MOST_TRUST} smaller movements"


def _violations(summary: Summary, names: Mapping[str, str], width: int) -> Iterator[str]:
    for one in summary.violations:
        who = f" {names.get(one.entity, one.entity)}:" if one.entity else ""
        text = f"{one.timepoint_id} {one.severity} {one.rule}:{who} {one.explanation}"
        yield from _wrapped(text, "  ", width, "      ")
    if not summary.violations:
        yield "  none"


def _model(summary: Summary, width: int) -> Iterator[str]:
    answered, cost = ", ".join(summary.models) or summary.model, summary.cost
    yield f"Model {answered}; cost ${cost.usd:.4f} ({cost.source}), {_count(cost.calls, 'call')}"
    if SCRIPTED in (summary.models or (summary.model,)):
        yield from _wrapped(
            "scripted is built in, deterministic and offline: the same template and seed give the same words. "
            "It is no language model.", "", width,
        )  # fmt: skip
    elif not summary.training_safe:
        yield "Not training-safe: a model's licence does not let its words train any model."


def _signed(value: float) -> str:
    """Two decimals with a sign, and no negative zero."""
    return f"{round(value, 2) + 0.0:+.2f}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _wrapped(text: str, indent: str, width: int, hanging: str | None = None) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=indent + "  " if hanging is None else hanging,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
