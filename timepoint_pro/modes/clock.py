"""When moments happen: steps of the template's resolution, and the hours that people keep.

A resolution of a day or more gives steps of whole days; what is left over moves the hour of the day, within the
waking hours from MARGIN_MORNING after getting up to MARGIN_EVENING before bed [cal]. Finer resolutions follow the
clock, day and night.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from attrs import field, frozen

from timepoint_pro.mechanisms.sleep_schedule import Habits, Place, circadian_of, start_of
from timepoint_pro.templates import Template

UNIT_HOURS = {
    "year": 8766.0, "quarter": 2191.5, "month": 730.5, "week": 168.0, "day": 24.0,
    "hour": 1.0, "minute": 1.0 / 60.0, "second": 1.0 / 3600.0,
}  # fmt: skip
"""Hours of story time in one unit of resolution (Julian year of 365.25 days)."""

SHORTEST, LONGEST = 0.5, 1.5
MARGIN_MORNING, MARGIN_EVENING = 1.0, 2.5
DAY = 24.0
CLOCK_ROUNDING = 0.01
"""Minutes that a time may fall short of the full minute and still show it."""

ROUNDING = 2e-6
"""Hours that rounding to six decimals may take off a time."""


@frozen
class Clock:
    """Story times of a run.

    Args:
        start: the run's start time, aware.
        unit: hours in one unit of resolution.
        steps: lengths of the steps in units, where the template fixes them; the last one repeats.
        place: the local day.
        habits: when people sleep; the common hours count.
        offset: hours that local time is ahead of UTC at the start.
    """

    start: datetime
    unit: float
    steps: tuple[float, ...] = ()
    place: Place = field(factory=Place)
    habits: Habits = field(factory=Habits)
    offset: float = 0.0

    @classmethod
    def of(cls, template: Template) -> Clock:
        """The clock that a template sets.

        Raises:
            TemplateError: when ``metadata.circadian_config`` cannot be read.
        """
        start = start_of(template)
        place, habits = circadian_of(template, start)
        unit = UNIT_HOURS[template.timepoints.resolution]
        offset = float(template.circadian_config.get("utc_offset", 0.0))
        return cls(start, unit, template.temporal.custom_temporal_steps or (), place, habits, offset)

    @property
    def coarse(self) -> bool:
        """Whether a step is a day or more."""
        return self.unit >= DAY

    def step(self, index: int, proposed: float) -> float:
        """Hours of the step that leads to moment ``index`` (1 or more): as fixed, else as proposed, within bounds."""
        if self.steps:
            return self.unit * self.steps[min(index, len(self.steps)) - 1]
        return self.unit * min(LONGEST, max(SHORTEST, proposed / self.unit))

    def settle(self, at: float, after: float) -> float:
        """The time near ``at`` at which people would meet, later than ``after``; all in hours since the start."""
        grid = 0.5 if self.coarse else self.unit / 12.0
        moment = round((self._awake(at, after) if self.coarse else at) / grid) * grid
        if moment <= after + ROUNDING:
            moment = (math.floor((after + ROUNDING) / grid) + 1) * grid
        return round(moment, 6)

    def says(self, at: float) -> str:
        """The local time in words: the hour within the first day of a fine resolution, else with the date."""
        shown = self._local_hour(at)
        if self.unit < UNIT_HOURS["minute"]:
            shown = f"{shown}:{round(at * 3600) % 60:02d}"
        if not self.coarse and at < DAY:
            return f"at {shown}"
        moment = self._local_date(at)
        year = f" {moment.year}" if self.unit > UNIT_HOURS["week"] else ""
        return f"at {shown} on {moment.day} {moment:%B}{year}"

    def stamp(self, at: float) -> str:
        """Date and local time, and where UTC differs also that: ``"2026-03-02 09:47 local (10:30 UTC)"``.

        Args:
            at: story time in hours since the start.
        """
        universal, local = self.start + timedelta(seconds=round(at * 3600.0)), self._local_date(at)
        date, hour = f"{local.date()}", self._local_hour(at)
        if (date, hour) == (f"{universal.date()}", f"{universal:%H:%M}"):
            return f"{date} {hour}"
        other = "" if universal.date() == local.date() else f"{universal.date()} "
        return f"{date} {hour} local ({other}{universal:%H:%M} UTC)"

    def _local_hour(self, at: float) -> str:
        """What the local clock shows, rounded down to the minute as clocks are."""
        minutes = math.floor(self.place.hour(at) * 60.0 + CLOCK_ROUNDING) % (24 * 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"

    def _local_date(self, at: float) -> datetime:
        """The moment on the calendar of the place; of a day of another length than Earth's, the date in UTC."""
        moment = self.start + timedelta(seconds=round(at * 3600.0))
        return moment + timedelta(hours=self.offset) if self.place.day_length == DAY else moment

    def _awake(self, at: float, after: float) -> float:
        """``at`` moved into waking hours, on another local day than ``after``."""
        length = self.place.day_length
        days = max(1, round((at - after) / length))
        usual = (self.place.hour(after) - self.habits.wake) % DAY
        wanted = usual + (at - after - days * length) * DAY / length
        latest = max(MARGIN_MORNING, (self.habits.sleep - self.habits.wake) % DAY - MARGIN_EVENING)
        since_waking = min(latest, max(MARGIN_MORNING, wanted))
        return after + days * length + (since_waking - usual) * length / DAY


def span(template: Template) -> float | None:
    """Hours from the origin to the portal's year; None where the template states no two years that differ."""
    temporal = template.temporal
    known = temporal.origin_year is not None or template.timepoints.starts_at is not None
    start = start_of(template)
    if temporal.portal_year is None or not known or temporal.portal_year <= start.year:
        return None
    day = 28 if (start.month, start.day) == (2, 29) else start.day
    return (start.replace(year=temporal.portal_year, day=day) - start).total_seconds() / 3600.0
