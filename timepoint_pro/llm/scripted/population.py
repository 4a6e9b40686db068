"""The built-in model's answer to who somebody is: a name nobody has, a calling that the scenario has room for."""

from __future__ import annotations

import re
from functools import lru_cache

from timepoint_pro.llm.scripted.population_words import (
    ANYBODY,
    FAMILY,
    GIVEN,
    OTHERS,
    PLACED,
    SETTINGS,
    TEMPERS,
)
from timepoint_pro.prompts.population import Newcomer, PopulationContext
from timepoint_pro.records.draws import Draws

YOUNGEST, OLDEST = 19, 71
ARGUING_KINDS = ("human", "ai")
ARTICLES = ("the", "a", "an")
_WORD = re.compile(r"[^\W\d_]+")
_TITLES = {
    "dr": "doctor", "doctor": "doctor", "nurse": "nurse", "captain": "captain", "sergeant": "sergeant",
    "professor": "professor", "prof": "professor", "judge": "judge", "inspector": "inspector", "senator": "senator",
    "father": "priest", "sister": "nun", "officer": "police officer", "colonel": "colonel", "mayor": "mayor",
    "minister": "minister", "ambassador": "ambassador", "lieutenant": "lieutenant", "chief": "chief",
}  # fmt: skip


def describe(context: PopulationContext, draws: Draws) -> Newcomer:
    """Who ``context.reference`` is. A name in it is kept; a word for a calling in it becomes the calling."""
    kind = context.kinds[draws.index(len(context.kinds))]
    words = [word for word in _WORD.findall(context.reference.replace("_", " ")) if word.casefold() not in ARTICLES]
    taken = context.names
    if kind != "human":
        return _thing(context, kind, words, draws)
    roles = roles_of(context.scenario)
    calling, want = roles[draws.index(len(roles))]
    titled = _TITLES.get(words[0].casefold()) if len(words) > 1 else None
    named = tuple(word for word in words if word[0].isupper())
    name = f"{draws.choice(GIVEN)} {draws.choice(FAMILY)}"
    if titled is not None and named:
        calling, want = titled, f"do a {titled}'s part and no more"
    plain = [word.casefold() for word in words]
    if named and len(named) == len(words):
        name = context.reference.replace("_", " ").strip()
    elif plain and plain[-1] not in ANYBODY and not named:
        calling = " ".join(plain)
        want = next((text for role, text in roles if role == calling), f"do a {calling}'s part well")
    while name.casefold() in taken:
        name = f"{draws.choice(GIVEN)} {draws.choice(FAMILY)}"
    return Newcomer(
        exists=True,
        reason=f"{calling}, there as others are",
        name=name,
        kind=kind,
        role=calling,
        archetype="",
        traits=TEMPERS[draws.index(len(TEMPERS))],
        goals=(want, _stake(context, draws)),
        age=float(YOUNGEST + draws.index(OLDEST - YOUNGEST)),
    )


@lru_cache(maxsize=64)
def roles_of(scenario: str) -> tuple[tuple[str, str], ...]:
    """Callings with their wants that fit a scenario: those of the setting whose words it uses most."""
    folded = f" {' '.join(_WORD.findall(scenario.casefold()))} "
    best, most = SETTINGS[-1][2], 0
    for _, signs, roles in SETTINGS:
        found = sum(f" {sign} " in folded or f" {sign}s " in folded for sign in signs)
        if found > most:
            best, most = roles, found
    return best


def _stake(context: PopulationContext, draws: Draws) -> str:
    """What somebody wants of the matter that the others are about."""
    if context.courses and draws.uniform() < 0.6:
        return f"speak {draws.choice(('for', 'against'))} {draws.choice(context.courses)}"
    if context.topics:
        topic = draws.choice(context.topics)
        return draws.choice((f"hear the truth about {topic}", f"not be the last to hear about {topic}"))
    return draws.choice(("be asked before it is decided", "stay out of trouble", "see this through"))


def _thing(context: PopulationContext, kind: str, words: list[str], draws: Draws) -> Newcomer:
    what = draws.choice(OTHERS.get(kind, OTHERS["object"]))
    said = [word for word in words if word.casefold() not in ANYBODY]
    name = " ".join(said) if said else f"the {draws.choice(PLACED)} {what}"
    number = 1
    while name.casefold() in context.names:
        number += 1
        name = f"the {draws.choice(PLACED)} {what}" + (f" {number}" if number > len(PLACED) else "")
    goals = (_stake(context, draws),) if kind in ARGUING_KINDS else ()
    return Newcomer(True, f"{what}, part of the place", name, kind, what, "", (), goals, float(1 + draws.index(40)))
