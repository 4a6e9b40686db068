"""Random small worlds in which the right answer is known.

``planted`` makes a world with one common cause: the only fact from which every way into the outcome can be reached.
Decoys lead to one of those ways, or to two facts that lead nowhere. Ids, words, order, holders and importance carry no
trace of it: what leads to what is the only difference.
"""

from __future__ import annotations

import random
from typing import Any

from attrs import frozen

from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.modes.paths import Paths
from timepoint_pro.prompts.planning import Score, ScoreAntecedents, Scores
from timepoint_pro.run import Run

THINGS = (
    "valve", "ledger", "bridge", "cable", "filter", "pump", "mast", "roof", "gauge", "boiler", "hinge", "fence",
    "drain", "motor", "lamp", "sluice", "anchor", "clamp", "duct", "rail", "winch", "crane", "ramp", "vent",
)  # fmt: skip
STATES = (
    "has been slower than it should be", "was left out of the last report", "shows a change since the spring",
    "was replaced by a cheaper one", "gets less care than the plan says", "has no spare in the store",
)  # fmt: skip
NAMES = ("ana", "bo", "cyd", "dag", "eve", "fin")


@frozen
class Planted:
    """A world and its answer: the document of a template, and the id of the common cause."""

    document: dict[str, Any]
    cause: str


def planted(seed: int, decoys: int = 5, steps: int = 3) -> Planted:
    """A random world for portal mode.

    Args:
        seed: of the world.
        decoys: roots that are not the common cause, 1 or more.
        steps: antecedents of the outcome, 2 or more.
    """
    dice = random.Random(seed)
    things = dice.sample(THINGS, len(THINGS))
    cause, *rest = things
    ways, others, roots = rest[:3], rest[3:7], rest[7 : 7 + decoys]
    leads: dict[str, list[str]] = {cause: list(ways), **{way: ["outcome"] for way in ways}}
    leads.update({one: [] for one in others})
    for number, root in enumerate(roots):
        leads[root] = [dice.choice(ways), dice.choice(others)] if number % 2 else dice.sample(others, 3)
    first = {cause, *roots}
    people = dice.sample(NAMES, 4)
    facts = [
        {
            "id": f"k{dice.randrange(16**6):06x}",
            "thing": thing,
            "statement": f"The {thing} {dice.choice(STATES)}.",
            "handle": f"the state of the {thing}",
            "topic": "works",
            "known_by": [dice.choice(people)],
            "enters": 0 if thing in first else dice.randint(1, steps - 1),
            "importance": 0.5,
        }
        for thing in leads
    ]
    ids = {str(fact.pop("thing")): str(fact["id"]) for fact in facts} | {"outcome": "outcome"}
    for thing, fact in zip(leads, facts, strict=True):
        fact["leads_to"] = dice.sample([ids[one] for one in leads[thing]], len(leads[thing]))
    dice.shuffle(facts)
    document = {
        "scenario_description": "Four people keep an old waterworks running.",
        "world_id": f"works-{seed}",
        "timepoints": {"start_time": "2030-04-01T08:00:00Z", "resolution": "day"},
        "temporal": {
            "mode": "portal", "portal_description": "The works stand still.", "backward_steps": steps,
            "path_count": 3, "candidate_antecedents_per_step": 5, "coherence_threshold": 0.3,
        },
        "metadata": {
            "location": "hall",
            "entity_roster": {name: {"role": "keeper", "goals": ["keep the works running"]} for name in people},
            "facts": facts,
        },
    }  # fmt: skip
    return Planted(document, ids[cause])


def found(run: Run, cause: str) -> bool:
    """Whether the path that won rests on the common cause somewhere."""
    return any(cause in node.proposal.facts for node in run.world()[Paths].winner)


class RandomScorer(ScriptedBackend):
    """The built-in model with a judge that scores by lot: what a search finds without judgement."""

    async def complete(self, request: Request, /) -> Completion:
        if not isinstance(request.prompt, ScoreAntecedents):
            return await super().complete(request)
        dice = random.Random(request.seed)
        scores = tuple(
            Score(dice.random(), dice.random(), dice.random(), dice.random(), "by lot")
            for _ in request.prompt.context.candidates
        )
        return Completion(value=Scores(scores), model=request.model)
