"""What a template will do, in a few sentences: who, when, what comes up where, what is written, what it may take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from timepoint_pro.records.language import is_english
from timepoint_pro.templates.loader import estimate

if TYPE_CHECKING:
    from timepoint_pro.templates.metadata import FactEntry
    from timepoint_pro.templates.model import Template

MODES = {
    "forward": "one moment follows from the other",
    "portal": "the moments before the outcome are found backward, then played forward",
    "branching": "the story parts, and every branch is played to its end",
    "directorial": "acts and tension decide what comes next",
    "cyclical": "the moments come round again",
}
MOST_NAMED = 8


def explain(template: Template) -> tuple[str, ...]:
    """Sentences about a template that loaded, each on one line."""
    return (
        *_time(template), *_people(template), *_facts(template), *_questions(template), *_ways(template),
        *_language(template), *_outcome(template),
    )  # fmt: skip


def _time(template: Template) -> Iterator[str]:
    mode, unit = template.temporal.mode, template.timepoints.resolution
    start = template.timepoints.start_time
    since = f" from {str(start)[:16].replace('T', ' ')} UTC" if start else ""
    count = f"{template.moments} moment{'s' if template.moments != 1 else ''}"
    steps = template.temporal.custom_temporal_steps
    apart = f"{'an' if unit == 'hour' else 'a'} {unit} apart or less"
    if steps:
        apart = f"in steps of {', '.join(f'{one:g}' for one in steps)} {unit}s"
    yield f"{mode} mode: {MODES[mode]}; {count}{since}, {apart}"
    if mode == "portal" and template.temporal.portal_description:
        yield f"outcome: {template.temporal.portal_description}"


def _people(template: Template) -> Iterator[str]:
    named = [f"{one.display_name} ({one.role or one.type})" for one in template.roster.values()]
    more = template.people - len(named)
    shown = named[:MOST_NAMED] + ([f"{len(named) - MOST_NAMED} others"] if len(named) > MOST_NAMED else [])
    if more:
        shown.append(f"{more} made up by the run")
    yield f"{template.people} take part: {', '.join(shown)}"


def _facts(template: Template) -> Iterator[str]:
    facts = template.facts
    if not facts:
        yield "no facts: people know nothing that others do not, and have little to tell"
        return
    start = [fact for fact in facts if fact.is_initial]
    common = sum(fact.is_common for fact in start)
    alone = sum(len(fact.known_by) == 1 and not fact.is_common for fact in facts)
    yield (
        f"{len(facts)} facts: {len(start)} from the start ({common} known to everyone), {len(facts) - len(start)} "
        f"that come up later; {alone} known to one person only"
    )
    for name in template.roster:
        if not any(_holds(fact, name) for fact in facts):
            yield f"{name} knows nothing of their own"


def _holds(fact: FactEntry, name: str) -> bool:
    return name in fact.known_by


def _questions(template: Template) -> Iterator[str]:
    if not template.questions:
        yield "no questions: scenes are talk without a decision"
    for question in template.questions:
        decider = template.roster[question.decides].display_name if question.decides in template.roster else ""
        who = f"{decider} decides" if decider else "they have to agree"
        options = " / ".join(option.label or option.noun or option.id for option in question.options)
        when = f"moment {question.at}" if question.at is not None else "whenever it comes up"
        bearing = sum(question.id in fact.bearing for fact in template.facts)
        facts = "1 fact bears" if bearing == 1 else f"{bearing} facts bear"
        yield f"{when}: {question.text} ({options}; {who}; {facts} on it)"


def _ways(template: Template) -> Iterator[str]:
    if template.temporal.mode != "branching":
        return
    for point in template.branching_points:
        where = "in the middle" if point.day is None else f"on day {point.day:g}"
        if point.timepoint is not None:
            where = f"at moment {point.timepoint}"
        yield f"parts {where}: {' / '.join(branch.label or branch.id for branch in point.branches)}"
    if not any(point.branches for point in template.branching_points):
        yield f"parts in the middle, {template.temporal.path_count} ways that are proposed"


def _language(template: Template) -> Iterator[str]:
    language = template.spoken_language
    if not is_english(language):
        yield (
            f"language {language}: a text model is asked to speak it; the built-in model says names, facts and courses "
            "as they stand, in English sentences"
        )


def _outcome(template: Template) -> Iterator[str]:
    turns, calls = estimate(template)
    yield f"about {turns} dialog turns in {calls} model calls"
    formats = ", ".join(template.outputs.formats)
    if formats:
        data = f" ({', '.join(template.outputs.tasks)})" if "jsonl" in template.outputs.formats else ""
        yield f"writes {formats}{data}"
