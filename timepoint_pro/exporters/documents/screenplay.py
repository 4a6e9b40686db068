"""The run as a screenplay in Fountain (https://fountain.io/syntax).

Action and cues carry Fountain's forcing marks (``!``, ``@``) and headings begin with INT. or EXT., so that each line is
what it is meant to be whatever it says; words of the story are escaped by ``markup.fountain_text``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from timepoint_pro.exporters.contract import Format, Settings, Source
from timepoint_pro.exporters.documents.markup import fountain_name, fountain_text, plain_line
from timepoint_pro.exporters.files import Outbox
from timepoint_pro.exporters.tasks.lookups import Lookups
from timepoint_pro.exporters.tasks.turns import spoken_lines
from timepoint_pro.exporters.tasks.wording import listed

FILE = "screenplay.fountain"
DAYPARTS = ((5.0, "NIGHT"), (8.0, "DAWN"), (12.0, "MORNING"), (17.0, "AFTERNOON"), (21.0, "EVENING"), (24.0, "NIGHT"))


def _write(source: Source, _settings: Settings, out: Outbox) -> None:
    with out.file(FILE) as sink:
        for block in _blocks(source):
            sink.write(f"{block}\n\n".encode())


def _blocks(source: Source) -> Iterator[str]:
    row, lookups = source.row, Lookups(source)
    title = source.template.about.name or row["template"]
    yield "\n".join(
        (
            f"Title: {plain_line(title)}",
            "Credit: simulated by",
            f"Author: {plain_line(row['generator'])}",
            f"Draft date: {(row['updated_at'] or row['created_at'])[:10]}",
            f"Notes: run {plain_line(source.run_id)}, {plain_line(row['temporal_mode'])} mode, seed {row['seed']}, "
            f"words by {plain_line(listed(source.models)) or 'nobody'}",
        )
    )
    yield "!" + fountain_text(row["scenario"])
    for moment in source.rows("timepoints", "position, timepoint_id"):
        yield from _scene(source, lookups, moment)
    yield "> THE END <"


def _scene(source: Source, lookups: Lookups, moment: Mapping[str, Any]) -> Iterator[str]:
    setting = orjson.loads(moment["scene"] or "{}")
    place = _heading(setting.get("location") or "SOMEWHERE")
    inside = "EXT." if setting.get("confinement") == "open air" else "INT."
    context = source.store.query(
        "SELECT context FROM dialogs WHERE run_id = ? AND timepoint_id = ? ORDER BY turn_index LIMIT 1",
        (source.run_id, moment["timepoint_id"]),
    )
    hour = orjson.loads(context[0]["context"])["hour"] if context else None
    yield f"{inside} {place} - {_daypart(hour)}"
    frame = setting.get("frame", {}).get("words", "")
    if frame:
        yield f"[[{plain_line(frame).replace(']]', '')}]]"
    people = [lookups.name(one) for one in orjson.loads(moment["entities_present"])]
    seen = moment["circumstance"] or moment["description"]
    there = f"{listed(people)} {'is' if len(people) == 1 else 'are'} here. " if people else ""
    yield "!" + fountain_text(f"{there}{seen}")
    if source.template.outputs.include_dialogs:
        yield from _dialog(source, lookups, moment["timepoint_id"])


def _dialog(source: Source, lookups: Lookups, at: str) -> Iterator[str]:
    for row in spoken_lines(source, at):
        tone = row["emotional_tone"]
        aside = f"({_heading(tone).lower()})\n" if tone not in ("", "neutral") else ""
        yield f"@{fountain_name(lookups.name(row['speaker']))}\n{aside}{fountain_text(row['content']) or '...'}"


def _daypart(hour: float | None) -> str:
    return "DAY" if hour is None else next(words for end, words in DAYPARTS if hour < end)


def _heading(text: str) -> str:
    """Words of a scene heading; ``#`` would number it, brackets would open a note."""
    plain = "".join(" " if mark in "#[]()*_\\/" else mark for mark in text)
    return plain_line(plain).upper() or "SOMEWHERE"


FOUNTAIN = Format(lambda _source, _settings: (FILE,), _write)
