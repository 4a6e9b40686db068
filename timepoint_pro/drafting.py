"""From a description in a sentence to a template: asks a model for an outline and makes a document of it.

``Template.from_description`` and ``timepoint new`` use it. The built-in model drafts by pattern; any other is asked
through the gateway (CONFIG_GENERATION), with the same checks and repairs as every other call.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from attrs import frozen

from timepoint_pro.errors import Problem, TemplateError
from timepoint_pro.llm.gateway import Gateway
from timepoint_pro.llm.model_entry import SCRIPTED
from timepoint_pro.llm.routing import Routing, assign
from timepoint_pro.prompts.base import Sampling
from timepoint_pro.prompts.drafting import Draft, DraftContext, DraftPerson, DraftQuestion, DraftTemplate
from timepoint_pro.templates.vocabulary import RESOLUTIONS

if TYPE_CHECKING:
    from timepoint_pro.llm.base import Backend
    from timepoint_pro.templates.model import Template

ASKED = Sampling(temperature=0.7, max_tokens=6000)
LONGEST = 2000
"""Characters of a description."""
SUPPORTS, OPPOSES, LEANS = 0.4, -0.25, 0.5
START = "2026-05-04T09:00:00Z"
_NOT_IN_IDS = re.compile(r"[^\w]+")


@frozen
class Drafted:
    """A drafted template.

    Args:
        template: the draft.
        not_used: stretches of the description of which the built-in model made nothing; they stay in the scenario's
            text. Empty for other models, which do not say.
    """

    template: Template
    not_used: tuple[str, ...] = ()


def from_description(
    text: str, llm: str | Backend | None = None, *, base_url: str | None = None, seed: int = 0
) -> Template:
    """A template for a situation described in a sentence or two; works inside a running event loop too.

    Args:
        text: up to ``LONGEST`` characters.
        llm: id of a model, or a backend; None: as a run would choose it, the built-in one without a key.
        base_url: an OpenAI-compatible server that has the model.
        seed: of names and of what is left to chance.

    Raises:
        TemplateError: the description is empty or too long.
        ModelError: the model could not be reached, or gave no usable draft.
        UsageError, UnknownNameError: the model cannot be asked from here.
    """
    return drafted(text, llm, base_url=base_url, seed=seed).template


def drafted(text: str, llm: str | Backend | None = None, *, base_url: str | None = None, seed: int = 0) -> Drafted:
    """The same, with what of the description the draft does not use. Arguments and errors as ``from_description``."""
    words = " ".join(text.split())
    if not words or len(words) > LONGEST:
        found = "an empty one" if not words else f"{len(words):,}"
        raise TemplateError("description", [Problem("$", f"a description of 1 to {LONGEST:,} characters", found)])
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _drafted(words, llm, base_url, seed)).result()


async def _drafted(text: str, llm: str | Backend | None, base_url: str | None, seed: int) -> Drafted:
    from timepoint_pro.llm.scripted.drafting_reading import read
    from timepoint_pro.llm.scripted.grammar import library
    from timepoint_pro.templates.model import Template

    backend = None if llm is None or isinstance(llm, str) else llm
    model = llm if isinstance(llm, str) else backend.name if backend is not None else None
    assignment = assign(Template(text), model, base_url)
    routing = Routing(assignment, backend, base_url)
    routing.ready()
    gateway = Gateway(routing)
    archetypes = tuple(sorted(one for one in library() if one))
    try:
        prompt = DraftTemplate(ASKED, DraftContext(text, archetypes, RESOLUTIONS))
        call = await gateway.ask(prompt, "draft", _seed(text, seed))
    finally:
        await gateway.aclose()
        await routing.aclose()
    left = read(text).not_used if assignment.default[0] == SCRIPTED else ()
    return Drafted(Template.from_dict(document(call.answer, text), source="the draft"), left)


def _seed(text: str, seed: int) -> int:
    """A seed that differs from description to description, so that not everybody is called the same."""
    return int.from_bytes(hashlib.sha256(f"{seed}\x1f{text}".encode()).digest()[:6])


def document(draft: Draft, description: str) -> dict[str, Any]:
    """The template's document that an outline makes."""
    ids = _ids([one.name for one in draft.people])
    questions = [_question(one, number, ids, draft.people) for number, one in enumerate(draft.questions)]
    return {
        "scenario_description": draft.scenario,
        "world_id": _slug(draft.name, "draft"),
        "patch": {
            "name": draft.name, "category": "draft", "tags": ["draft"], "version": "0.1", "description": description,
        },
        "entities": {"count": len(draft.people), "types": ["human"], "initial_resolution": "dialog"},
        "timepoints": {"count": len(draft.questions), "start_time": START, "resolution": draft.resolution},
        "temporal": {"mode": "forward"},
        "outputs": {"formats": ["jsonl", "markdown"], "tasks": ["dialog_turn"]},
        "metadata": {
            "mechanisms_featured": ["M3_exposure_events", "M11_dialog_synthesis", "M13_relationships"],
            "location": draft.location,
            "entity_roster": {
                ids[one.name]: _person(one, place, ids, draft, description) for place, one in enumerate(draft.people)
            },
            "facts": _facts(draft, ids, questions),
            "questions": questions,
        },
    }  # fmt: skip


def _person(
    one: DraftPerson, place: int, ids: dict[str, str], draft: Draft, description: str
) -> dict[str, Any]:
    from timepoint_pro.llm.scripted.drafting import private

    known = any(one.name in fact.known_by for fact in draft.facts)
    return {
        "type": "human",
        "name": one.name,
        "role": one.role,
        **({"archetype_id": one.archetype} if one.archetype else {}),
        "personality_traits": list(one.traits),
        "initial_knowledge": [] if known and place else [private(one.name, place, description)],
        "voice_guide": {"sentence_length": ("short", "medium", "long")[place % 3], "never_says": [], "verbal_tics": []},
        "speech_examples": [one.says] if one.says else [],
        "relationships": _ties(one, draft, ids),
        "goals": list(one.wants),
        "body": {"age": one.age, "location": draft.location},
    }


def _ties(one: DraftPerson, draft: Draft, ids: dict[str, str]) -> dict[str, Any]:
    """Trust grows with the courses that two lean towards together, and falls where they lean apart."""
    ties: dict[str, Any] = {}
    for other in draft.people:
        if other.name == one.name:
            continue
        together = apart = 0
        for question in draft.questions:
            mine = {place for place, course in enumerate(question.courses) if one.name in course.supporters}
            theirs = {place for place, course in enumerate(question.courses) if other.name in course.supporters}
            together += bool(mine & theirs)
            apart += bool(mine and theirs and not mine & theirs)
        trust = round(0.1 + 0.15 * together - 0.1 * apart, 2)
        ties[ids[other.name]] = {"type": _tie(one, other), "trust": trust, "affinity": trust, "power": 0.0}
    return ties


def _tie(one: DraftPerson, other: DraftPerson) -> str:
    """What two are to each other: kin by the words of their parts and by one surname, else colleagues."""
    from timepoint_pro.llm.scripted.drafting_reading import KIN

    words = [person.role.split()[-1] for person in (one, other)]
    if not all(word in KIN for word in words) or one.name.split()[-1] != other.name.split()[-1]:
        return "colleague"
    return "sibling" if KIN[words[0]][0] == KIN[words[1]][0] and words[0] not in ("wife", "husband") else "family"


def _question(one: DraftQuestion, number: int, ids: dict[str, str], people: Sequence[DraftPerson]) -> dict[str, Any]:
    options = _ids([course.noun or course.label for course in one.courses])
    names = [options[course.noun or course.label] for course in one.courses]
    leanings = {
        ids[person.name]: {
            name: LEANS for name, course in zip(names, one.courses, strict=True) if person.name in course.supporters
        }
        for person in people
    }
    return {
        "id": f"q{number + 1}",
        "text": one.text,
        "topics": list(dict.fromkeys(one.topics)),
        "options": [
            {"id": name, "label": course.label, "noun": course.noun}
            for name, course in zip(names, one.courses, strict=True)
        ],
        "decides": ids.get(one.decides, ""),
        "at": number,
        "leanings": {who: weights for who, weights in leanings.items() if weights},
    }


def _facts(draft: Draft, ids: dict[str, str], questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    names = _distinct([one.handle for one in draft.facts])
    for place, one in enumerate(draft.facts):
        question = questions[one.question]
        bearing = {}
        for course, weight in ((one.supports, SUPPORTS), (one.opposes, OPPOSES)):
            if 0 <= course < len(question["options"]):
                bearing[question["options"][course]["id"]] = weight
        made.append({
            "id": names[place],
            "statement": one.statement,
            "handle": one.handle,
            "topic": one.topic,
            **({"subject": ids[one.about]} if one.about in ids else {}),
            "known_by": [ids[who] for who in one.known_by] or ["*"],
            "source": "witnessed" if one.about else "briefing",
            "bearing": {question["id"]: bearing} if bearing else {},
            "enters": one.question,
            "importance": 0.7,
        })  # fmt: skip
    return made


def _ids(texts: Sequence[str]) -> dict[str, str]:
    """An id for each text, all different."""
    return dict(zip(texts, _distinct(texts), strict=True))


def _distinct(texts: Sequence[str]) -> list[str]:
    found: list[str] = []
    for number, text in enumerate(texts):
        name = _slug(text, f"n{number + 1}")
        while name in found:
            name = f"{name}_{number + 1}"
        found.append(name)
    return found


def _slug(text: str, otherwise: str) -> str:
    return _NOT_IN_IDS.sub("_", text.casefold()).strip("_")[:48].strip("_") or otherwise
