"""What ``timepoint validate`` says of a template that loads: what cannot run, and what has no effect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from attrs import frozen

from timepoint_pro.errors import Problem, TemplateError, nearest
from timepoint_pro.templates import vocabulary as words
from timepoint_pro.templates.effects import obstacle
from timepoint_pro.templates.metadata import fact_id
from timepoint_pro.templates.model import Template
from timepoint_pro.templates.reading import join, quoted
from timepoint_pro.templates.story_notices import story_remarks
from timepoint_pro.templates.structure import Part, stated

Level = Literal["error", "warning", "note"]


@frozen
class Notice:
    """A remark on a template.

    Args:
        level: ``"error"``: it cannot run so; ``"warning"``: it runs, and a part of it does not do what it
            seems to; ``"note"``: something is kept that nothing reads.
        path: JSON path.
        message: a plain sentence or two.
    """

    level: Level
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.level}: {self.path}: {self.message}"


def check(template: Template) -> list[Notice]:
    """Everything to say of a template that loaded, errors first."""
    found = [*_mode(template), *_words(template), *_story(template), *_idle(template), *_unread(template)]
    order: tuple[Level, ...] = ("error", "warning", "note")
    return sorted(found, key=lambda notice: order.index(notice.level))


def require(template: Template) -> None:
    """Do nothing when the template can run in its mode.

    Raises:
        TemplateError: with the errors that ``check`` finds.
    """
    problems = [
        Problem(notice.path, "a template that can run", notice.message)
        for notice in check(template)
        if notice.level == "error"
    ]
    if problems:
        raise TemplateError(template.id, problems)


def _mode(template: Template) -> Iterator[Notice]:
    temporal = template.temporal
    if temporal.mode != "portal":
        return
    if not (temporal.portal_description or "").strip():
        yield Notice("error", "$.temporal.portal_description", "portal mode starts from an outcome; describe it here")
    if temporal.origin_year and temporal.portal_year and temporal.origin_year > temporal.portal_year:
        message = f"the origin, {temporal.origin_year}, is after the portal, {temporal.portal_year}; exchange them"
        yield Notice("error", "$.temporal.origin_year", message)
    weights = (
        temporal.llm_scoring_weight, temporal.historical_precedent_weight,
        temporal.causal_necessity_weight, temporal.entity_capability_weight,
    )  # fmt: skip
    if not any(weights):
        yield Notice("error", "$.temporal.llm_scoring_weight", "all four scoring weights are 0; raise one of them")


def _words(template: Template) -> Iterator[Notice]:
    """Words outside the lists that the product knows."""
    outputs = template.outputs
    types = template.entities.types
    lists = (
        ("$.entities.types", types, words.ENTITY_TYPES, "entity type", "it behaves as object"),
        ("$.outputs.formats", outputs.formats, words.FORMATS, "output format", "nothing is written for it"),
        (
            "$.outputs.narrative_export_formats", outputs.narrative_export_formats, words.NARRATIVE_FORMATS,
            "narrative format", "nothing is written for it",
        ),
    )  # fmt: skip
    for path, values, known, kind, effect in lists:
        for index, value in enumerate(values):
            yield from _unknown(value, known, kind, effect, f"{path}[{index}]")
    level = outputs.narrative_detail_level
    yield from _unknown(
        level, words.DETAIL_LEVELS, "detail level", "it counts as summary", "$.outputs.narrative_detail_level"
    )
    for name, member in template.roster.items():
        path = join("$.metadata.entity_roster", name) + ".type"
        yield from _unknown(member.type, words.ENTITY_TYPES, "entity type", "it behaves as object", path)
    for index, featured in enumerate(template.mechanisms_featured):
        code = re.split(r"[_\s:.-]", featured, maxsplit=1)[0]
        path = f"$.metadata.mechanisms_featured[{index}]"
        yield from _unknown(code, words.MECHANISMS, "mechanism", "it is listed and stands for nothing", path)


def _unknown(value: str, known: tuple[str, ...], kind: str, effect: str, path: str) -> Iterator[Notice]:
    if value not in known:
        close = nearest(value, known) if len(value) < 80 else None
        advice = f"did you mean {close!r}?" if close else f"known: {', '.join(known)}"
        yield Notice("warning", path, f"unknown {kind} {quoted(value)}; {effect}; {advice}")


def _story(template: Template) -> Iterator[Notice]:
    """Facts, questions and envelopes that can never come to bear."""
    last = template.moments - 1
    holders = {fact.id: fact.known_by for fact in template.facts}
    for index, fact in enumerate(template.view.facts):
        path = f"$.metadata.facts[{index}]"
        if not holders[fact_id(fact)]:
            yield Notice("warning", f"{path}.known_by", "nobody ever holds this fact; name a holder, or * for everyone")
        if (fact.enters or 0) > last:
            yield Notice("warning", f"{path}.enters", f"the last moment is {last}; the fact never enters")
        named = fact.source in words.CHANNELS or fact.source in template.roster or len(fact.source) > 80
        close = None if named else nearest(fact.source, template.roster)
        if close is not None:
            message = f"{quoted(fact.source)} counts as the name of a channel; did you mean {close!r}?"
            yield Notice("note", f"{path}.source", message)
    for index, question in enumerate(template.questions):
        if (question.at or 0) > last:
            path = f"$.metadata.questions[{index}].at"
            yield Notice("warning", path, f"the last moment is {last}; the question never comes up")
    for path, message in story_remarks(template):
        yield Notice("warning", path, message)
    shape = template.entities.envelope
    if shape is not None and shape.attack + shape.decay + shape.release > 1 + 1e-9:
        message = "attack, decay and release together are longer than the run; they are shares of it"
        yield Notice("warning", "$.entities.envelope", message)


def _idle(template: Template) -> Iterator[Notice]:
    """Keys that are stated and have no effect here; of many alike, the first with their number."""
    first: dict[str, str] = {}
    number: dict[str, int] = {}
    for path, pattern in stated(Part(Template), template.to_dict(defaults=False)):
        first.setdefault(pattern, path)
        number[pattern] = number.get(pattern, 0) + 1
    silent: list[str] = []
    for pattern, path in first.items():
        reason = obstacle(template, pattern)
        if reason and not any(pattern.startswith(outer) for outer in silent):
            silent.append(pattern)
            also = f" (and {number[pattern] - 1} more like it)" if number[pattern] > 1 else ""
            yield Notice("warning", path, f"no effect{also}: {reason}")


def _unread(template: Template) -> Iterator[Notice]:
    for item in template.unread:
        meant = f"; did you mean {item.nearest!r}?" if item.nearest else ""
        yield Notice("note", item.path, f"{item.why or 'kept, and read by nothing'}{meant}")
