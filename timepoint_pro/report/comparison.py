"""Two runs side by side: what they were given, how their questions came out, how people ended, what was learned."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from timepoint_pro.errors import UsageError
from timepoint_pro.evaluation.convergence import convergence
from timepoint_pro.evaluation.counterfactual import divergence
from timepoint_pro.evaluation.event_graph import event_graph
from timepoint_pro.report.people import Person
from timepoint_pro.report.view import RunView, Scene

ONLY_SHOWN = 12
"""Facts held in one run only that are listed; more are counted."""


@frozen
class Difference:
    """A line of the comparison; ``same`` where both runs have the same."""

    name: str
    first: str
    second: str
    same: bool


@frozen
class PairOfScenes:
    """The same moment in both runs; None where one of them has none."""

    first: Scene | None
    second: Scene | None


@frozen
class Comparison:
    """How two runs differ.

    Args:
        facts: what they were given and what it came to.
        decisions: by question.
        moods: by person, at the end.
        only: statements that somebody held in one run only, for the first and for the second, with how many more.
        likeness: Jaccard similarity of their stories in words; empty where it is undefined.
        fork: what was set otherwise and whom it reached, one sentence each; empty where neither is a fork of the other.
        scenes: moments of the main paths, matched by their key.
    """

    facts: tuple[Difference, ...]
    decisions: tuple[Difference, ...]
    moods: tuple[tuple[Person, str, str], ...]
    only: tuple[tuple[tuple[str, ...], int], tuple[tuple[str, ...], int]]
    likeness: str
    fork: tuple[str, ...]
    scenes: tuple[PairOfScenes, ...]


def compare(first: RunView, second: RunView) -> Comparison:
    """How two runs differ, both read already."""
    return Comparison(
        tuple(_facts(first, second)),
        tuple(_decisions(first, second)),
        tuple(
            (one, _mood(one), _mood(second.people[one.id]))
            for one in first.people.active if one.id in second.people and second.people[one.id].mood
        ),
        (_only(first, second), _only(second, first)),
        _likeness(first, second),
        tuple(_fork(first, second)),
        tuple(_scenes(first, second)),
    )  # fmt: skip


def _facts(first: RunView, second: RunView) -> Iterator[Difference]:
    rows = [
        ("template", [one.run.template_id for one in (first, second)]),
        ("mode", [one.run.mode for one in (first, second)]),
        ("seed", [str(one.run.seed) for one in (first, second)]),
        ("model", [", ".join(one.run.models) or one.run.model for one in (first, second)]),
        ("status", [one.run.status for one in (first, second)]),
        ("mechanisms", [" ".join(one.run.mechanisms) for one in (first, second)]),
        ("moments", [str(len(one.scenes)) for one in (first, second)]),
        ("turns", [str(one.run.turns) for one in (first, second)]),
        ("facts held", [str(len(one.known.facts)) for one in (first, second)]),
        ("broken constraints", [str(len(one.run.violations)) for one in (first, second)]),
        ("cost", [f"${one.run.cost.usd:.4f} ({one.run.cost.source})" for one in (first, second)]),
    ]
    for name, (one, other) in rows:
        yield Difference(name, one, other, one == other)


def _decisions(first: RunView, second: RunView) -> Iterator[Difference]:
    settled = [
        {scene.moment.question.text: scene.decision for scene in _main(one) if scene.moment.question is not None}
        for one in (first, second)
    ]
    for question in dict.fromkeys((*settled[0], *settled[1])):
        one, other = (found.get(question, "not asked") for found in settled)
        yield Difference(question, one, other, one == other)


def _mood(person: Person) -> str:
    valence, arousal, energy = person.valence[1], person.arousal[1], person.energy[1]
    return f"{valence:+.2f}, {arousal:.2f}, {energy:.0f}"


def _only(one: RunView, other: RunView) -> tuple[tuple[str, ...], int]:
    known = {fact.content for fact in other.known.facts}
    found = [fact.content for fact in one.known.facts if fact.content not in known]
    return tuple(found[:ONLY_SHOWN]), max(0, len(found) - ONLY_SHOWN)


def _likeness(first: RunView, second: RunView) -> str:
    found = convergence([event_graph(first.run), event_graph(second.run)])
    if found.jaccard is None:
        return ""
    chance = f"; by chance it would be {found.chance:.2f}" if found.chance is not None else ""
    return f"{found.jaccard:.2f} of 1 (grade {found.grade}){chance}"


def _fork(first: RunView, second: RunView) -> Iterator[str]:
    for parent, fork in ((first, second), (second, first)):
        if not fork.run.parent_run or fork.run.parent_run != parent.run.run_id:
            continue
        try:
            found = divergence(parent.run, fork.run)
        except UsageError:
            continue
        yield f"{fork.run.run_id} is a fork of {parent.run.run_id}. Set otherwise: {found.label}."
        for one in found.cone.entities:
            yield f"Reached {fork.people[one.entity].name} in {one.timepoint_id}: {one.how}."
        outside = [one.name for one in fork.people.active if one.id not in found.cone]
        if outside:
            yield f"Out of its reach: {', '.join(outside)}."


def _main(view: RunView) -> tuple[Scene, ...]:
    """The scenes of the main path."""
    ids = {timepoint for timepoint, _start in view.main_path}
    return tuple(scene for scene in view.scenes if scene.moment.id in ids)


def _scenes(first: RunView, second: RunView) -> Iterator[PairOfScenes]:
    """Scenes by key, side by side; those on other paths than the main one follow."""
    others = {scene.moment.key: scene for scene in _main(second)}
    taken = set()
    for scene in _main(first):
        match = others.get(scene.moment.key)
        taken.add(scene.moment.key)
        yield PairOfScenes(scene, match)
    for scene in _main(second):
        if scene.moment.key not in taken:
            yield PairOfScenes(None, scene)
    mains = [{scene.number for scene in _main(one)} for one in (first, second)]
    for scene in first.scenes:
        if scene.number not in mains[0]:
            yield PairOfScenes(scene, None)
    for scene in second.scenes:
        if scene.number not in mains[1]:
            yield PairOfScenes(None, scene)
