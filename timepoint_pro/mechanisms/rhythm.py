"""The hour, and how awake everybody is: the facet of M14 and its events."""

# ruff: noqa: RUF009 -- the defaults are immutable

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar, Self

from attrs import field, frozen
from immutables import Map

from timepoint_pro.errors import MechanismError
from timepoint_pro.formulas import sleep
from timepoint_pro.mechanisms.sleep_schedule import START, Habits, Place
from timepoint_pro.records.entity import Entity, EntityIntroduced
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.quick import quick
from timepoint_pro.records.timepoint import TimepointClosed, TimepointOpened

UP_BETWEEN = 1.0
"""Nobody goes to bed between two moments that lie less than so many hours apart [cal]."""

FATIGUE_EXERTION = 50.0
DAYPARTS = (
    (5.0, "the small hours"), (8.0, "early morning"), (11.0, "morning"), (13.0, "midday"),
    (15.0, "early afternoon"), (18.0, "late afternoon"), (21.0, "evening"), (24.0, "night"),
)  # fmt: skip
TWILIGHT = 0.75


@frozen
class Rested(Event):
    """Time passed since people were last up.

    Args:
        at: story time in hours.
        people: (entity, S of the three-process model, story time of waking, change of exertion).
    """

    at: float
    people: tuple[tuple[str, float, float, float], ...]


@frozen
class EnergySpent(Event):
    """Efforts were made. ``spent``: (entity, change of exertion in points of energy)."""

    at: float
    spent: tuple[tuple[str, float], ...]


@quick
@frozen(weakref_slot=False)
class Vigil:
    """How long somebody has been up, and what it has cost so far.

    Args:
        rhythm: model, inner clock and hours of sleep.
        level: S at story time ``since``; from there they are awake while a moment is played.
        woke: story time of the last waking.
        exertion: points of energy spent and not yet restored.
    """

    rhythm: sleep.Rhythm
    level: float
    since: float
    woke: float
    exertion: float = 0.0


@quick
@frozen(weakref_slot=False)
class Rhythm:
    """The hour and everybody's energy.

    Args:
        start: start time of the run, aware, in UTC.
        place: the local day.
        habits: when people sleep.
        model: constants of the three-process model.
        vigils: by entity.
        opened: story time at which the present moment began.
        now: story time of what was folded last.
        present: entity ids of those in the present moment.
        opening: log entry by which it opened.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (
        TimepointOpened, TimepointClosed, EntityIntroduced, Rested, EnergySpent,
    )  # fmt: skip

    start: datetime = START
    place: Place = Place()
    habits: Habits = Habits()
    model: sleep.ThreeProcess = sleep.FIPS
    vigils: Map[str, Vigil] = Map()
    opened: float = 0.0
    now: float = 0.0
    present: tuple[str, ...] = ()
    opening: str = ""
    _sleepy: dict[str, float] = field(factory=dict, init=False, repr=False, eq=False)
    """KSS now, by entity, as far as it was asked for: a beat asks for the speaker's six times."""

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case EnergySpent(at=at, spent=spent):
                with self.vigils.mutate() as changing:
                    for name, change in spent:
                        v = self.vigil(name)
                        changing[name] = Vigil(v.rhythm, v.level, v.since, v.woke, max(0.0, v.exertion + change))
                    vigils = changing.finish()
                # Five times as fast as evolve, once a beat.
                return type(self)(
                    self.start, self.place, self.habits, self.model, vigils, self.opened, at, self.present, self.opening
                )
            case Rested(at=at, people=people):
                changed = self.vigils
                for name, level, woke, change in people:
                    vigil = self.vigil(name)
                    exertion = max(0.0, vigil.exertion + change)
                    changed = changed.set(name, Vigil(vigil.rhythm, level, at, woke, exertion))
                return evolve(self, vigils=changed, now=at)
            case TimepointOpened(timepoint=timepoint):
                return evolve(
                    self, opened=timepoint.at, now=timepoint.at, present=timepoint.present, opening=entry.id
                )
            case TimepointClosed(at=at):
                return self._closed(at)
            case EntityIntroduced(entity=entity):
                return evolve(self, vigils=self.vigils.set(entity.id, self._newcomer(entity)))
        return self

    def energy(self, entity: str) -> float:
        """energy_budget now, in [0, 100]."""
        return max(0.0, sleep.energy(self.kss(entity)) - self.vigil(entity).exertion)

    def kss(self, entity: str) -> float:
        """Sleepiness now, in [1, 9] (Karolinska scale)."""
        kss = self._sleepy.get(entity)
        if kss is None:
            vigil = self.vigil(entity)
            kss = self._sleepy[entity] = self.sleepiness(vigil, self.body_hour(vigil))
        return kss

    def hour(self, at: float) -> float:
        """What the local clock shows at story time ``at`` (hours), in [0, 24)."""
        return self.place.hour(at)

    def daypart(self, at: float) -> str:
        """The time of day in words, such as ``"late afternoon"``."""
        hour = self.hour(at)
        return next(words for end, words in DAYPARTS if hour < end)

    def daylight(self, at: float) -> str:
        """What the sky gives: ``"day"``, ``"dawn"``, ``"dusk"`` or ``"night"``."""
        place, hour = self.place, self.hour(at)
        if place.light != "sun":
            return "night" if place.light == "dark" else "day"
        for turn, words in ((place.sunrise, "dawn"), (place.sunset, "dusk")):
            if abs((hour - turn + 12.0) % 24.0 - 12.0) <= TWILIGHT:
                return words
        return "day" if (hour - place.sunrise) % 24.0 < (place.sunset - place.sunrise) % 24.0 else "night"

    def penalty(self, entity: str, at: float) -> float:
        """Factor on the energy cost of ``entity``'s efforts at ``at``: 1.0 at the best hour, 1.5 at the worst."""
        rhythm = self.vigil(entity).rhythm
        return rhythm.model.circadian_penalty(rhythm.zeitgeber.body_hour(self.place.since_midnight(at)))

    def timestamp(self, at: float) -> str:
        """Story time ``at`` (hours) as ISO 8601 in UTC, to the second.

        Raises:
            MechanismError: the time lies after the year 9999.
        """
        try:
            moment = self.start + timedelta(seconds=round(at * 3600.0))
        except OverflowError:
            raise MechanismError(
                "M14", f"{at:g} hours after {self.start.isoformat()} no calendar has a date; start earlier"
            ) from None
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def vigil(self, entity: str) -> Vigil:
        """How long ``entity`` has been up; whoever was never introduced keeps the common hours."""
        found = self.vigils.get(entity)
        return self._newcomer(Entity(entity, entity)) if found is None else found

    def roused(self, vigil: Vigil) -> tuple[float, float]:
        """(S, story time of waking) of somebody who has kept their hours until now and is up now."""
        gap, rhythm, place = self.now - vigil.since, vigil.rhythm, self.place
        if gap < UP_BETWEEN:
            return rhythm.model.awake(vigil.level, gap), vigil.woke
        hour = place.since_midnight(self.now)
        level = rhythm.continued(vigil.level, place.since_midnight(vigil.since), hour)
        if rhythm.schedule.awake(hour):
            return level, max(vigil.woke, self.now - rhythm.schedule.since_waking(hour))
        return level, self.now

    def body_hour(self, vigil: Vigil) -> float:
        """What somebody's inner clock shows now, in [0, 24)."""
        return vigil.rhythm.zeitgeber.body_hour(self.place.origin + self.now)

    def sleepiness(self, vigil: Vigil, body_hour: float) -> float:
        """KSS now, in [1, 9], of somebody who is up, at an hour of their inner clock."""
        rhythm = vigil.rhythm
        if vigil.since >= self.opened:
            level, woke = rhythm.model.awake(vigil.level, self.now - vigil.since), vigil.woke
        else:
            level, woke = self.roused(vigil)
        return rhythm.model.kss(level, body_hour, self.now - woke)

    def _newcomer(self, entity: Entity) -> Vigil:
        rhythm = self.habits.rhythm_of(entity.id, self.place, entity.behavior.conscientiousness, self.model)
        hour = self.place.since_midnight(self.now)
        schedule = rhythm.schedule
        woke = self.now - schedule.since_waking(hour) if schedule.awake(hour) else self.now
        return Vigil(rhythm, rhythm.steady(hour), self.now, woke, FATIGUE_EXERTION * entity.body.fatigue)

    def _closed(self, at: float) -> Self:
        """Whoever was present has been awake until now, whatever their hours say."""
        changed = self.vigils
        for name in self.present:
            vigil = self.vigil(name)
            level = vigil.rhythm.model.awake(vigil.level, max(0.0, at - vigil.since))
            changed = changed.set(name, evolve(vigil, level=level, since=at))
        return evolve(self, vigils=changed, now=at)
