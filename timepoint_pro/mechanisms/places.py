"""What a place is like, from its name, the hour and the template's words.

``metadata.environment`` is open; these of its keys are read, all of them optional. Where a key is left out, the
place's name decides by the keywords below.

    location       where scenes are that name no place of their own; ``metadata.location`` is the same key
    lighting       words
    temperature    degrees Celsius, in [-150, 150]
    confinement    words (``"open air"``, ``"indoors"``, ``"confined space"``)
    noise          in [0, 1]: 0 silent, .3 an office, .6 a workshop, 1 unbearable
    crowd          {size: people, density: people a square metre, mood: {tone: share}}
    places         {name of a location: {any of the keys above but ``location``}}
"""



from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from timepoint_pro.errors import Problem, TemplateError, nearest
from timepoint_pro.mechanisms.appraisal import TONE_PLACES
from timepoint_pro.templates import Template

PATH = "$.metadata.environment"
OPEN, INDOORS, CONFINED = "open air", "indoors", "confined space"


@frozen
class Environment:
    """A place. lighting, confinement: words; temperature: degrees Celsius; noise: in [0, 1]."""

    location: str = ""
    lighting: str = ""
    temperature: float = 21.0
    confinement: str = INDOORS
    noise: float = 0.2


@frozen
class Crowd:
    """Many people who act as one.

    Args:
        size: people.
        density: people a square metre.
        valence: mean mood, in [-1, 1].
        arousal: mean, internal scale [-1, 1].
        spread: mean square distance of single moods from the mean, in both.
    """

    size: float
    density: float
    valence: float
    arousal: float
    spread: float


@frozen
class Stated:
    """What the template says of a place; None where it says nothing."""

    lighting: str | None = None
    temperature: float | None = None
    confinement: str | None = None
    noise: float | None = None
    crowd: Crowd | None = None


@frozen
class Places:
    """All that the template says of places: everywhere, and of single ones by folded name."""

    location: str = ""
    everywhere: Stated = Stated()
    single: tuple[tuple[str, Stated], ...] = ()

    def at(self, location: str, daylight: str) -> tuple[Environment, Crowd | None]:
        """The place and its crowd.

        Args:
            location: its name; empty: the template's own.
            daylight: ``"day"``, ``"dawn"``, ``"dusk"`` or ``"night"``.
        """
        location = location or self.location
        here = dict(self.single).get(location.casefold(), Stated())
        usual = _usual(location, daylight)
        environment = Environment(
            location=location,
            lighting=_first(here.lighting, self.everywhere.lighting, usual.lighting),
            temperature=_first(here.temperature, self.everywhere.temperature, usual.temperature),
            confinement=_first(here.confinement, self.everywhere.confinement, usual.confinement),
            noise=_first(here.noise, self.everywhere.noise, usual.noise),
        )
        return environment, here.crowd or self.everywhere.crowd


KINDS: tuple[tuple[tuple[str, ...], str, float, float], ...] = (
    (("airlock", "cockpit", "capsule", "habitat", "module", "station", "spacecraft", "submarine", "bunker", "cell",
      "elevator", "lift", "tent", "cabin", "shelter", "vault", "rover", "tunnel", "cave"), CONFINED, 20.0, 0.35),
    (("factory", "engine", "workshop", "hangar", "plant", "foundry", "mill"), INDOORS, 22.0, 0.6),
    (("market", "street", "square", "stadium", "harbour", "harbor", "port"), OPEN, 18.0, 0.6),
    (("beach", "island", "forest", "field", "camp", "jungle", "mountain", "desert", "garden", "yard", "deck", "park",
      "shore", "roof", "outside", "outdoors", "surface", "river", "valley"), OPEN, 18.0, 0.25),
    (("ward", "emergency", "hospital", "clinic", "trauma"), INDOORS, 22.0, 0.45),
    (("library", "archive", "church", "temple", "chapel"), INDOORS, 19.0, 0.05),
)  # fmt: skip
"""Keywords of a place's name: how open it is, its degrees Celsius, its noise. First match counts; else an office."""

OFFICE = (INDOORS, 21.0, 0.2)
COLDER_AT_NIGHT = 7.0
LIGHT = {
    OPEN: {"day": "daylight", "dawn": "dawn light", "dusk": "dusk", "night": "darkness"},
    INDOORS: {"day": "daylight from the windows", "dawn": "first light and lamps", "dusk": "last light and lamps",
              "night": "lamplight"},
    CONFINED: dict.fromkeys(("day", "dawn", "dusk", "night"), "artificial light"),
}  # fmt: skip


def places_of(template: Template) -> Places:
    """What ``metadata.environment`` says.

    Raises:
        TemplateError: a key holds something else than the module's table says.
    """
    problems: list[Problem] = []
    config = template.metadata.get("environment") or {}
    if not isinstance(config, Mapping):
        raise TemplateError(template.id, [Problem(PATH, "an object", repr(config))])
    single = []
    named = config.get("places") or {}
    if not isinstance(named, Mapping):
        problems.append(Problem(f"{PATH}.places", "an object of places by name", repr(named)))
        named = {}
    for name, keys in named.items():
        if isinstance(keys, Mapping):
            single.append((str(name).casefold(), _stated(keys, f"{PATH}.places.{name}", problems)))
        else:
            problems.append(Problem(f"{PATH}.places.{name}", "an object", repr(keys)))
    location = _text(config, "location", PATH, problems) or _text(template.metadata, "location", "$.metadata", problems)
    places = Places(location or "", _stated(config, PATH, problems), tuple(single))
    if problems:
        raise TemplateError(template.id, problems)
    return places


def _usual(location: str, daylight: str) -> Environment:
    name = set(re.findall(r"\w+", location.casefold()))
    found = ((kind, degrees, loud) for words, kind, degrees, loud in KINDS if not name.isdisjoint(words))
    confinement, temperature, noise = next(found, OFFICE)
    if confinement == OPEN and daylight != "day":
        temperature -= COLDER_AT_NIGHT if daylight == "night" else COLDER_AT_NIGHT / 2.0
    return Environment(location, LIGHT[confinement][daylight], temperature, confinement, noise)


def _stated(keys: Mapping[str, Any], path: str, problems: list[Problem]) -> Stated:
    return Stated(
        lighting=_text(keys, "lighting", path, problems),
        temperature=_number(keys, "temperature", path, problems, -150.0, 150.0),
        confinement=_text(keys, "confinement", path, problems),
        noise=_number(keys, "noise", path, problems, 0.0, 1.0),
        crowd=_crowd(keys.get("crowd"), f"{path}.crowd", problems),
    )


def _crowd(value: object, path: str, problems: list[Problem]) -> Crowd | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        problems.append(Problem(path, "an object {size, density, mood}", repr(value)))
        return None
    size = _number(value, "size", path, problems, 1.0, 1e9)
    density = _number(value, "density", path, problems, 0.0, 10.0)
    mood = value.get("mood") or {"neutral": 1.0}
    shares: list[tuple[float, tuple[float, float]]] = []
    for tone, share in mood.items() if isinstance(mood, Mapping) else ():
        numeric = isinstance(share, (int, float)) and not isinstance(share, bool) and share >= 0
        if tone in TONE_PLACES and numeric:
            shares.append((float(share), TONE_PLACES[tone]))
        else:
            expected = f"shares (numbers from 0) of tones: {', '.join(TONE_PLACES)}"
            problems.append(Problem(f"{path}.mood.{tone}", expected, repr(share), nearest(str(tone), TONE_PLACES)))
    total = sum(share for share, _ in shares)
    if total <= 0.0:
        problems.append(Problem(f"{path}.mood", "shares of tones that are not all 0", repr(mood)))
        return None
    valence = sum(share * place[0] for share, place in shares) / total
    arousal = sum(share * place[1] for share, place in shares) / total
    spread = sum(
        share * ((place[0] - valence) ** 2 + (place[1] - arousal) ** 2) for share, place in shares
    ) / (2.0 * total)
    return Crowd(100.0 if size is None else size, 1.0 if density is None else density, valence, arousal, spread)


def _text(keys: Mapping[str, Any], key: str, path: str, problems: list[Problem]) -> str | None:
    value = keys.get(key)
    if value is None or isinstance(value, str):
        return value
    problems.append(Problem(f"{path}.{key}", "text", repr(value)))
    return None


def _number(
    keys: Mapping[str, Any], key: str, path: str, problems: list[Problem], low: float, high: float
) -> float | None:
    value = keys.get(key)
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    problems.append(Problem(f"{path}.{key}", f"a number from {low:g} to {high:g}", repr(value)))
    return None


def _first(*values: Any) -> Any:
    return next(value for value in values if value is not None)
