"""What ``timepoint validate`` says of story lines and prophecies that never come to bear."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from timepoint_pro.templates.reading import quoted

if TYPE_CHECKING:
    from timepoint_pro.templates.model import Template


def story_remarks(template: Template) -> Iterator[tuple[str, str]]:
    """Pairs of JSON path and remark, for a template in directorial or cyclical mode."""
    mode, last = template.temporal.mode, template.moments - 1
    if mode == "directorial":
        path = "$.metadata.narrative_structure.storylines"
        lines = template.narrative_structure.storylines
        for line in lines:
            if len(set(line.people)) < 2:
                yield path, f"line {quoted(line.id)} follows fewer than two people, so it does not count"
        if len(lines) == 1:
            yield path, "there is nothing beside a single line; name another, or none"
    if mode == "cyclical":
        path = "$.metadata.cyclical_structure.prophecies"
        for one in template.cyclical_structure.prophecies:
            if not one.statement.strip():
                yield path, f"prophecy {quoted(one.id)} has no statement, so it is not spoken"
            elif one.at > last:
                yield path, f"the last moment is {last}; prophecy {quoted(one.id)} is never spoken"
            elif one.due is not None and not one.at <= one.due <= last:
                shown = max(one.at, min(last, one.due))
                yield path, f"prophecy {quoted(one.id)} is due at {one.due}; it shows at {shown}"
