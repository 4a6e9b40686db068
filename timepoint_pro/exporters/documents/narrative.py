"""The run as a story in Markdown, for readers.

How much it tells follows the template's ``outputs``: ``narrative_detail_level`` minimal has the moments and how they
ended, summary the conversations too, detailed also who learned what and how people stand to each other.
``include_dialogs``, ``include_relationships`` and ``include_knowledge_flow`` leave parts out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson

from timepoint_pro.exporters.contract import Format, Settings, Source
from timepoint_pro.exporters.documents.markup import markdown_text
from timepoint_pro.exporters.documents.story_paths import SUPPOSED
from timepoint_pro.exporters.files import Outbox, Sink
from timepoint_pro.exporters.tasks.lookups import Lookups, Person
from timepoint_pro.exporters.tasks.turns import spoken_lines
from timepoint_pro.exporters.tasks.wording import listed, settled_option, signed
from timepoint_pro.modes.clock import Clock
from timepoint_pro.records.timepoint import SETTLED

FILE = "narrative.md"


def _write(source: Source, _settings: Settings, out: Outbox) -> None:
    with out.file(FILE) as sink:
        for block in _blocks(source):
            _paragraph(sink, block)


def _paragraph(sink: Sink, block: str) -> None:
    sink.write(f"{block}\n\n".encode())


def _blocks(source: Source) -> Iterator[str]:
    row, outputs, lookups = source.row, source.template.outputs, Lookups(source)
    level = outputs.narrative_detail_level
    yield f"# {markdown_text(source.template.about.name or row['template'])}"
    yield markdown_text(row["scenario"])
    yield (
        f"*{markdown_text(row['temporal_mode']).capitalize()} mode, seed {row['seed']}, "
        f"run {markdown_text(source.run_id)}; words by {markdown_text(listed(source.models) or 'nobody')}.*"
    )
    yield "## Cast"
    yield "\n".join(_member(person) for person in lookups.people.values())
    for moment in source.rows("timepoints", "position, timepoint_id"):
        yield from _moment(source, lookups, moment, level)


def _member(person: Person) -> str:
    archetype = f"{person.archetype} archetype" if person.archetype else ""
    about = ", ".join(markdown_text(part) for part in (person.role, archetype) if part)
    return f"- **{markdown_text(person.name)}**{f': {about}' if about else ''}"


def _moment(source: Source, lookups: Lookups, moment: Mapping[str, Any], level: str) -> Iterator[str]:
    outputs, at = source.template.outputs, moment["timepoint_id"]
    title = f"{markdown_text(at)}. {markdown_text(moment['title'] or 'Untitled')}"
    yield f"## {title}"
    people = listed([markdown_text(lookups.name(one)) for one in orjson.loads(moment["entities_present"])])
    place = orjson.loads(moment["scene"] or "{}").get("location", "")
    where = f", {markdown_text(place)}" if place else ""
    yield f"*{markdown_text(_when(source, moment['timestamp']))}{where}. Present: {people or 'nobody'}.*"
    frame = orjson.loads(moment["scene"] or "{}").get("frame", {}).get("words", "")
    if frame:
        yield f"*{markdown_text(frame)}*"
    if moment["description"]:
        # A portal's moments were thought up before any of them was played, and a scene may take another course.
        planned = SUPPOSED if source.row["temporal_mode"] == "portal" else ""
        yield planned + markdown_text(moment["description"])
    if level != "minimal" and outputs.include_dialogs:
        yield from _dialog(source, lookups, at)
    if moment["outcome"]:
        yield f"*Ended: {markdown_text(_ending(moment))}.*"
    if level == "detailed" and outputs.include_knowledge_flow:
        yield from _learned(source, lookups, at)
    if level == "detailed" and outputs.include_relationships:
        yield from _stood(source, lookups, at)


def _when(source: Source, timestamp: str) -> str:
    """The timestamp; where local time is another, that with the time in UTC."""
    clock = Clock.of(source.template)
    shown = clock.stamp((datetime.fromisoformat(timestamp) - clock.start).total_seconds() / 3600.0)
    return shown if shown.endswith(")") else timestamp


def _ending(moment: Mapping[str, Any]) -> str:
    """How the scene ended, with the label of the option that it settled on."""
    option = settled_option(orjson.loads(moment["question"] or "null"), moment["outcome"])
    return f"{SETTLED}{option['label']}" if option is not None else str(moment["outcome"])


def _dialog(source: Source, lookups: Lookups, at: str) -> Iterator[str]:
    for row in spoken_lines(source, at):
        tone = f" ({markdown_text(row['emotional_tone'])})" if row["emotional_tone"] not in ("", "neutral") else ""
        yield f"**{markdown_text(lookups.name(row['speaker']))}**{tone}: {markdown_text(row['content'])}"


def _learned(source: Source, lookups: Lookups, at: str) -> Iterator[str]:
    rows = source.store.query(
        "SELECT entity_id, content, source, confidence FROM exposure_events "
        "WHERE run_id = ? AND timepoint_id = ? AND how = 'told' ORDER BY rowid",
        (source.run_id, at),
    )
    if rows:
        yield "### Who learned what"
        yield "\n".join(
            f"- {markdown_text(lookups.name(row['entity_id']))}, from {markdown_text(lookups.name(row['source']))}: "
            f"{markdown_text(row['content'])} (confidence {row['confidence']:.2f})"
            for row in rows
        )


def _stood(source: Source, lookups: Lookups, at: str) -> Iterator[str]:
    rows = source.store.query(
        "SELECT source, target, kind, trust FROM relationships WHERE run_id = ? AND timepoint_id = ? "
        "ORDER BY source, target",
        (source.run_id, at),
    )
    if rows:
        yield "### How they stand"
        yield "\n".join(
            f"- {markdown_text(lookups.name(row['source']))} to {markdown_text(lookups.name(row['target']))}: "
            f"{signed(row['trust'])} trust ({markdown_text(row['kind'])})"
            for row in rows
        )


MARKDOWN = Format(lambda _source, _settings: (FILE,), _write)
