"""When it is day where the story plays, and when who sleeps: what M14 reads from a template.

``metadata.circadian_config`` is open; these of its keys are read, all of them optional.

    wake, sleep        local hours of getting up and going to bed; a number in [0, 24) or "HH:MM" (7 and 23);
                       ``wake_hour`` and ``sleep_hour`` are the same keys
    chronotype         hours by which the inner clock runs late (negative: early), in [-6, 6], or "lark",
                       "owl", "neutral"; one for all, or {entity: ...}. Left out, the conscientious rise
                       earlier (sign: Tsaousis 2010)
    schedules          {entity: {wake, sleep}}: shift work; the inner clock follows the shift
    day_length_hours   length of the local day, in [6, 240] (24; a Mars sol has 24.66)
    utc_offset         hours that local time is ahead of UTC, in [-14, 14] (0)
    sunrise, sunset    local hours (6 and 18)
    light              "sun", "dark" (polar night, no window on the day) or "bright" (midnight sun)
    location           words; "Mars", "polar night", "midnight sun" set day length or light where not given
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from attrs import frozen

from timepoint_pro.errors import Problem, TemplateError, nearest
from timepoint_pro.formulas.sleep import FIPS, MARS_SOL_HOURS, Rhythm, Schedule, ThreeProcess, Zeitgeber
from timepoint_pro.templates import Template

PATH = "$.metadata.circadian_config"
START = datetime(2026, 1, 1, 9, tzinfo=UTC)
"""When a run starts whose template names no time."""

CHRONOTYPES = {"lark": -1.5, "neutral": 0.0, "owl": 1.5}
LIGHTS = ("sun", "dark", "bright")
PLACES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("mars", {"day_length_hours": MARS_SOL_HOURS}),
    ("polar night", {"light": "dark"}),
    ("midnight sun", {"light": "bright"}),
)
YEARS_OF_UNIT = {
    "year": 1.0, "quarter": 0.25, "month": 1 / 12, "week": 1 / 52, "day": 1 / 365, "hour": 1 / 8760,
    "minute": 1 / 525600, "second": 1 / 31536000,
}  # fmt: skip


@frozen
class Place:
    """The local day.

    Args:
        origin: hours from a local midnight to the run's start.
        day_length: hours of story time in a day.
        sunrise, sunset: hours on a dial of 24 parts a day.
        light: one of ``LIGHTS``.
    """

    origin: float = 9.0
    day_length: float = 24.0
    sunrise: float = 6.0
    sunset: float = 18.0
    light: str = "sun"

    def since_midnight(self, at: float) -> float:
        """Hours between the local midnight before the run's start and story time ``at``."""
        return self.origin + at

    def hour(self, at: float) -> float:
        """What the local clock shows at story time ``at``, in [0, 24)."""
        return self.since_midnight(at) * 24.0 / self.day_length % 24.0


@frozen
class Habits:
    """When everybody sleeps.

    Args:
        wake, sleep: the common hours, on a dial of 24 parts a day.
        lateness: hours by which everybody's inner clock runs late; None: by temperament.
        latenesses: the same for single people.
        shifts: (entity, wake, sleep) of those who keep other hours.
    """

    wake: float = 7.0
    sleep: float = 23.0
    lateness: float | None = None
    latenesses: tuple[tuple[str, float], ...] = ()
    shifts: tuple[tuple[str, float, float], ...] = ()

    def rhythm_of(
        self, entity: str, place: Place, conscientiousness: float, model: ThreeProcess = FIPS
    ) -> Rhythm:
        """The sleep and wake of ``entity``.

        Late types get up and go to bed later. Who works shifts keeps the stated hours, and the inner clock
        has moved with them, as in people who work nights for good.

        Args:
            entity: id.
            place: the local day.
            conscientiousness: in [0, 1]; it counts where the template states no chronotype.
            model: constants of the three-process model.
        """
        stated = dict(self.latenesses).get(entity, self.lateness)
        lateness = 2.0 * (0.5 - conscientiousness) if stated is None else stated
        for name, wake, sleep in self.shifts:
            if name == entity:
                moved = (wake - self.wake + 12.0) % 24.0 - 12.0
                clock = Zeitgeber(place.day_length, lateness + moved)
                return Rhythm(model, clock, Schedule(wake, sleep, place.day_length))
        hours = Schedule((self.wake + lateness) % 24.0, (self.sleep + lateness) % 24.0, place.day_length)
        return Rhythm(model, Zeitgeber(place.day_length, lateness), hours)


def start_of(template: Template) -> datetime:
    """The run's start time in UTC: ``start_time``, else the portal's origin year, else 2026-01-01T09:00Z.

    A portal that names only its own year starts as many years before it as its steps take.
    """
    stated = template.timepoints.starts_at
    if stated is not None:
        return stated
    temporal = template.temporal
    if temporal.mode != "portal":
        return START
    if temporal.origin_year is not None:
        return START.replace(year=temporal.origin_year)
    if temporal.portal_year is not None:
        span = temporal.backward_steps * YEARS_OF_UNIT[template.timepoints.resolution]
        return START.replace(year=max(1, temporal.portal_year - math.ceil(span)))
    return START


def circadian_of(template: Template, start: datetime) -> tuple[Place, Habits]:
    """What ``metadata.circadian_config`` says.

    Raises:
        TemplateError: a key holds something else than the module's table says.
    """
    reader = _Reader(template.circadian_config)
    length = reader.number("day_length_hours", 24.0, 6.0, 240.0)
    offset = reader.number("utc_offset", 0.0, -14.0, 14.0)
    clock = (start.hour + start.minute / 60.0 + start.second / 3600.0 + offset) % 24.0
    sunrise, sunset = reader.hour("sunrise", 6.0), reader.hour("sunset", 18.0)
    place = Place(clock * length / 24.0, length, sunrise, sunset, reader.light())
    wake, sleep = reader.night(template.circadian_config, PATH, 7.0, 23.0)
    lateness, latenesses = reader.chronotypes()
    habits = Habits(wake, sleep, lateness, latenesses, reader.shifts(wake, sleep))
    if reader.problems:
        raise TemplateError(template.id, reader.problems)
    return place, habits


class _Reader:
    """Takes the values out of the open mapping and gathers what is wrong with them."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.problems: list[Problem] = []
        place = str(config.get("location", "")).casefold()
        implied = {key: value for word, keys in PLACES if word in place for key, value in keys.items()}
        self._config = {**implied, **config}

    def number(self, key: str, default: float, low: float, high: float) -> float:
        return self._number(self._config.get(key, default), f"{PATH}.{key}", default, low, high)

    def hour(self, key: str, default: float) -> float:
        return self._hour(self._config.get(key, default), f"{PATH}.{key}", default)

    def light(self) -> str:
        value = self._config.get("light", "sun")
        if isinstance(value, str) and value in LIGHTS:
            return value
        close = nearest(value, LIGHTS) if isinstance(value, str) else None
        self.problems.append(Problem(f"{PATH}.light", f"one of {', '.join(LIGHTS)}", repr(value), close))
        return "sun"

    def chronotypes(self) -> tuple[float | None, tuple[tuple[str, float], ...]]:
        value, path = self._config.get("chronotype"), f"{PATH}.chronotype"
        if value is None:
            return None, ()
        if isinstance(value, Mapping):
            stated = [(str(name), self._lateness(one, f"{path}.{name}")) for name, one in value.items()]
            return None, tuple(stated)
        return self._lateness(value, path), ()

    def night(self, hours: Mapping[str, Any], path: str, wake: float, sleep: float) -> tuple[float, float]:
        up = self._first_hour(hours, ("wake", "wake_hour"), path, wake)
        down = self._first_hour(hours, ("sleep", "sleep_hour"), path, sleep)
        if up == down:
            self.problems.append(Problem(f"{path}.sleep", "another hour than that of waking", repr(down)))
        return up, down

    def _first_hour(self, hours: Mapping[str, Any], keys: Sequence[str], path: str, default: float) -> float:
        for key in keys:
            if key in hours:
                return self._hour(hours[key], f"{path}.{key}", default)
        return default

    def shifts(self, wake: float, sleep: float) -> tuple[tuple[str, float, float], ...]:
        value, path = self._config.get("schedules", {}), f"{PATH}.schedules"
        if not isinstance(value, Mapping):
            self.problems.append(Problem(path, "an object {entity: {wake, sleep}}", repr(value)))
            return ()
        shifts = []
        for name, hours in value.items():
            if isinstance(hours, Mapping):
                shifts.append((str(name), *self.night(hours, f"{path}.{name}", wake, sleep)))
            else:
                self.problems.append(Problem(f"{path}.{name}", "an object {wake, sleep}", repr(hours)))
        return tuple(shifts)

    def _lateness(self, value: object, path: str) -> float:
        if isinstance(value, str) and value.casefold() in CHRONOTYPES:
            return CHRONOTYPES[value.casefold()]
        expected = "hours from -6 to 6, \"lark\", \"neutral\" or \"owl\""
        return self._number(value, path, 0.0, -6.0, 6.0, expected)

    def _number(
        self, value: object, path: str, default: float, low: float, high: float, expected: str = ""
    ) -> float:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high:
            return float(value)
        self.problems.append(Problem(path, expected or f"a number from {low:g} to {high:g}", repr(value)))
        return default

    def _hour(self, value: object, path: str, default: float) -> float:
        if isinstance(value, str):
            hours, colon, minutes = value.partition(":")
            if colon and hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60:
                return int(hours) + int(minutes) / 60.0
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 24:
            return float(value)
        self.problems.append(Problem(path, 'an hour from 0 to below 24, or "HH:MM"', repr(value)))
        return default
