"""A portal finds what everything came from, by structure alone."""

from __future__ import annotations

from typing import Any

from small_worlds import NAMES, planted
from staged_modes import Run

from timepoint_pro.llm.scripted.planning import answer as scripted
from timepoint_pro.modes.paths import Paths
from timepoint_pro.prompts.base import Prompt
from timepoint_pro.prompts.planning import Score, ScoreAntecedents, Scores
from timepoint_pro.records.draws import Draws
from timepoint_pro.templates import Template

WORLDS = 20


def by_lot(prompt: Prompt[Any], draws: Draws) -> Any:
    if not isinstance(prompt, ScoreAntecedents):
        return scripted(prompt, draws)
    count = len(prompt.context.candidates)
    return Scores(tuple(Score(*(draws.uniform() for _ in range(4)), "by lot") for _ in range(count)))


def _hits(answer: Any) -> int:
    hits = 0
    for seed in range(WORLDS):
        world = planted(seed)
        played = Run(Template.from_dict(world.document), seed=seed, answer=answer).play()
        hits += any(world.cause in node.proposal.facts for node in played.world[Paths].winner)
    return hits


def test_the_winner_rests_on_the_common_cause() -> None:
    assert _hits(scripted) >= 0.9 * WORLDS
    assert _hits(by_lot) <= 0.7 * WORLDS


def test_nothing_but_structure_marks_the_common_cause() -> None:
    """Over many worlds the cause's id, place, importance and holder are those of any other root."""
    places, holders = [], set()
    for seed in range(200):
        world = planted(seed)
        facts = world.document["metadata"]["facts"]
        roots = [fact for fact in facts if not fact["enters"]]
        (cause,) = (fact for fact in roots if fact["id"] == world.cause)
        places.append(roots.index(cause) / (len(roots) - 1))
        holders.update(cause["known_by"])
        assert len({fact["importance"] for fact in facts}) == 1
        assert len({fact["topic"] for fact in facts}) == 1
        assert len({fact["id"] for fact in facts}) == len(facts)
    assert 0.4 < sum(places) / len(places) < 0.6
    assert holders == set(NAMES)
