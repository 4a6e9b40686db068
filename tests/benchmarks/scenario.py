"""A made-up scenario of any size: people, moments, and fresh facts for each moment."""

from __future__ import annotations

from typing import Any

from timepoint_pro.records.draws import Draws

PLACES = ("wall", "pump house", "field", "store", "jetty", "workshop", "orchard", "gate", "mill", "cistern")
KINDS = ("north", "old", "lower", "upper", "stone", "outer", "east", "inner", "small", "river", "long", "second",
         "painted", "burnt", "quiet", "high", "covered", "west", "hollow", "broad")  # fmt: skip
THINGS = ("seal", "ledger", "valve", "crate", "cable", "filter", "lamp", "fence", "tank", "map", "hinge", "ladder",
          "meter", "gauge", "lock", "roof beam", "pipe", "barrel", "winch", "bell", "drain", "stove", "boat", "scale",
          "mast", "trough", "kiln", "hatch", "rope", "floor", "wheel", "sluice")  # fmt: skip
FINDINGS = ("shows a crack as long as {n} matches", "was moved during the night of the {n}th storm",
            "runs dry {n} minutes before noon", "can be opened by {n} people with a second key",
            "fails once in {n} attempts", "took {n} hours of repair last month", "went missing from {n} lists",
            "feeds {n} households", "weighs {n} kilos more than in spring", "was promised to {n} traders",
            "has been painted over {n} times", "leaks {n} litres between dawn and dusk",
            "was inspected by a guild of {n}", "stands {n} paces from where the plan puts it",
            "outlasted {n} winters without care", "earned {n} coins at the fair")  # fmt: skip
ARCHETYPES = ("engineer", "executive", "scientist", "lawyer", "doctor", "safety_officer", "politician",
              "diplomat", "journalist", "military_commander")  # fmt: skip
NAMES = ("Ada", "Bruno", "Carla", "Dmitri", "Esi", "Farid", "Greta", "Hugo", "Imani", "Jonas", "Keiko", "Lars")


def big_template(people: int, moments: int, facts_each: int = 8) -> dict[str, Any]:
    """A forward template: ``people`` present at each of ``moments``, with ``facts_each`` fresh facts a moment."""
    draws = Draws(f"{people} {moments} {facts_each}".encode())
    ids = [f"{NAMES[number % len(NAMES)]}{number // len(NAMES) or ''}" for number in range(people)]
    roster = {
        one: {
            "role": f"keeper {number + 1}",
            "archetype_id": ARCHETYPES[number % len(ARCHETYPES)],
            "traits": {"extraversion": round(draws.uniform(), 2), "neuroticism": round(draws.uniform(), 2)},
            "goals": [f"keep the {draws.choice(PLACES)} running"],
            "relationships": {
                other: {"trust": round(2 * draws.uniform() - 1, 2)} for other in ids[:6] if other != one
            },
        }
        for number, one in enumerate(ids)
    }
    facts, questions = [], []
    for moment in range(moments):
        topic = f"{KINDS[moment % len(KINDS)]} {PLACES[moment // len(KINDS) % len(PLACES)]}"
        questions.append(
            {
                "id": f"q{moment}",
                "text": f"What do we do about the {topic}?",
                "topics": [topic],
                "at": moment,
                "options": [
                    {"id": "close", "label": f"close the {topic}", "noun": "closing it"},
                    {"id": "keep", "label": f"keep the {topic} open", "noun": "keeping it open"},
                ],
            }
        )
        for number, thing in enumerate(draws.shuffled(THINGS)[:facts_each]):
            count = draws.index(90) + 3
            facts.append(
                {
                    "id": f"f{moment}_{number}",
                    "statement": f"The {thing} of the {topic} {draws.choice(FINDINGS).format(n=count)}.",
                    "handle": f"the {thing} of the {topic}",
                    "topic": topic,
                    "known_by": [draws.choice(ids)],
                    "bearing": {f"q{moment}": {"close": round(2 * draws.uniform() - 1, 2)}},
                    "enters": moment,
                }
            )
    return {
        "scenario_description": "A settlement decides, week after week, what to keep.",
        "world_id": f"settlement_{people}_{moments}",
        "timepoints": {"count": moments, "resolution": "day"},
        "metadata": {"entity_roster": roster, "facts": facts, "questions": questions},
    }
