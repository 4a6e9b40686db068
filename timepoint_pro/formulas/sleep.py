"""How rested is somebody at an hour of the story, and what does that cost?

Two-process sleep regulation (Borbély 1982; Daan, Beersma, Borbély 1984) in the form of the three-process
model of alertness (Åkerstedt, Folkard; Ingre 2014), with the defaults of the FIPS suite (Wilson 2020). With h
hours awake or asleep and t the hour of the body's own clock:

    awake       S = 2.4 + (S0 - 2.4) * e^(-.0353*h)
    asleep      S = 14.3 - (14.3 - S0) * e^(-.381*h)
    circadian   C = 2.5 * cos(2*pi*(t - 16.8)/24)
    ultradian   U = -.5 + .5*cos(2*pi*(t - 19.8)/12)
    inertia     W = -5.72 * e^(-1.51 * h awake)
    sleepiness  KSS = 10.6 - .6 * (S + C + U + W), within 1 (alert) to 9 (fighting sleep)
    energy      100 * (9 - KSS)/8

S falls while awake: it is the mirror image of Borbély's sleep pressure. Under a regular schedule it has a
closed steady state, so S at any hour costs O(1); `Rhythm.continued` goes on from any other S0, also in O(1).

Hours of the story are counted from a midnight of the place, in hours of 60 minutes. Schedules are read off a
dial of 24 parts a local day, so that "wake at 7" means morning on a Mars sol of 24.66 h too.

>>> rhythm = Rhythm()
>>> noon, night = rhythm.at(12.0), rhythm.at(27.0, awake_since=7.0)
>>> noon.awake, noon.energy > night.energy, rhythm.at(27.0).awake
(True, True, False)
"""

from __future__ import annotations

import math

from attrs import field, frozen

from timepoint_pro.errors import UsageError

MARS_SOL_HOURS = 24.66
"""Length of a solar day on Mars, in hours."""
PENALTY_GAIN = 0.5
"""How much more an effort costs at the circadian low than at the best hour, as a share."""
_TURN = 2.0 * math.pi
# Sums of days of uneven length miss a waking hour by rounding; this is far below any story's resolution.
_ROUNDING_HOURS = 1e-9


def _positive(value: float, name: str) -> None:
    if not 0.0 < value < math.inf:
        raise UsageError(f"sleep: {name}: expected a positive number of hours, found {value!r}")


@frozen
class ThreeProcess:
    """Constants and equations of the three-process model.

    The defaults are those of the FIPS suite. `INGRE_5C` has the other published scale of sleepiness.

    Args:
        lower: S towards which waking falls.
        upper: S towards which sleep recovers.
        waking: S0 on waking, used where nothing else is known.
        fall: rate of S awake, per hour.
        recovery: rate of S asleep, per hour.
        circadian_amplitude, circadian_peak: of C; the peak in hours of the body's clock.
        ultradian_mean, ultradian_amplitude, ultradian_peak: of U, a wave of half a day.
        inertia_depth, inertia_rate: of W; the rate per hour awake.
        kss_intercept, kss_slope: of KSS over S + C + U + W.

    Raises:
        UsageError: a rate is not positive, or upper is not above lower.
    """

    lower: float = 2.4
    upper: float = 14.3
    waking: float = 14.2
    fall: float = 0.0353
    recovery: float = 0.381
    circadian_amplitude: float = 2.5
    circadian_peak: float = 16.8
    ultradian_mean: float = -0.5
    ultradian_amplitude: float = 0.5
    ultradian_peak: float = 19.8
    inertia_depth: float = -5.72
    inertia_rate: float = 1.51
    kss_intercept: float = 10.6
    kss_slope: float = 0.6

    def __attrs_post_init__(self) -> None:
        if not (self.fall > 0.0 and self.recovery > 0.0 and self.inertia_rate > 0.0):
            raise UsageError(
                "sleep: fall, recovery and inertia_rate: expected positive rates per hour, "
                f"found {self.fall!r}, {self.recovery!r}, {self.inertia_rate!r}"
            )
        if not self.upper > self.lower:
            raise UsageError(f"sleep: upper: expected more than lower ({self.lower!r}), found {self.upper!r}")

    def awake(self, level: float, hours: float) -> float:
        """S after some hours awake, from S0 = ``level``."""
        return self.lower + (level - self.lower) * math.exp(-self.fall * hours)

    def asleep(self, level: float, hours: float) -> float:
        """S after some hours asleep, from S0 = ``level``."""
        return self.upper - (self.upper - level) * math.exp(-self.recovery * hours)

    def circadian(self, body_hour: float) -> float:
        """C at an hour in [0, 24) of the body's clock."""
        return self.circadian_amplitude * math.cos(_TURN * (body_hour - self.circadian_peak) / 24.0)

    def ultradian(self, body_hour: float) -> float:
        """U at an hour in [0, 24) of the body's clock."""
        wave = math.cos(_TURN * (body_hour - self.ultradian_peak) / 12.0)
        return self.ultradian_mean + self.ultradian_amplitude * wave

    def inertia(self, hours_awake: float) -> float:
        """W, never positive: the drowsiness after waking, gone within three hours."""
        return self.inertia_depth * math.exp(-self.inertia_rate * hours_awake)

    def kss(self, level: float, body_hour: float, hours_awake: float | None = None) -> float:
        """Karolinska sleepiness, in [1, 9].

        Args:
            level: S.
            body_hour: hour of the body's clock, in [0, 24).
            hours_awake: hours since waking, for sleep inertia; None leaves inertia out.
        """
        alertness = level + self.circadian(body_hour) + self.ultradian(body_hour)
        if hours_awake is not None:
            alertness += self.inertia(hours_awake)
        return min(9.0, max(1.0, self.kss_intercept - self.kss_slope * alertness))

    def circadian_penalty(self, body_hour: float, gain: float = PENALTY_GAIN) -> float:
        """Factor on the energy cost of an effort: 1.0 at the best hour, 1 + gain twelve hours from it.

        It grows as C falls: 1 + gain * (C_max - C)/(2 * amplitude), a cosine over the day.

        Args:
            body_hour: hour of the body's clock, in [0, 24).
            gain: the most that is added, >= 0.
        """
        return 1.0 + gain * 0.5 * (1.0 - math.cos(_TURN * (body_hour - self.circadian_peak) / 24.0))


FIPS = ThreeProcess()
INGRE_5C = ThreeProcess(kss_intercept=9.68, kss_slope=0.46)
"""Model 5c of Ingre (2014)."""


def energy(kss: float) -> float:
    """Available energy, in [0, 100], before exertion, at a sleepiness in [1, 9].

    >>> energy(1.0), energy(5.0), energy(9.0)
    (100.0, 50.0, 0.0)
    """
    return 100.0 * (9.0 - kss) / 8.0


@frozen
class Zeitgeber:
    """What sets the body's clock.

    Args:
        day_length: hours of the day to which the clock is entrained (24; a Mars sol 24.66; about 24.2 where
            nothing entrains it, as in polar night), positive.
        chronotype: hours of that clock by which it runs late (evening types positive), added to every peak.

    Raises:
        UsageError: day_length is not positive.
    """

    day_length: float = 24.0
    chronotype: float = 0.0

    def __attrs_post_init__(self) -> None:
        _positive(self.day_length, "day_length")

    def body_hour(self, hour: float) -> float:
        """Hour of the body's clock, in [0, 24), at a story hour."""
        turned = (hour * 24.0 / self.day_length - self.chronotype) % 24.0
        # The remainder of a tiny negative number rounds to the divisor itself.
        return turned if turned < 24.0 else 0.0


def _on_dial(value: float, name: str) -> None:
    if not 0.0 <= value <= 24.0:
        raise UsageError(f"sleep: {name}: expected an hour of the day in 0..24, found {value!r}")


@frozen
class Schedule:
    """When somebody sleeps, the same every local day; night shifts have ``wake`` after ``sleep``.

    Args:
        wake: hour of waking on a dial of 24 parts a day.
        sleep: hour of falling asleep on that dial; not the hour of waking.
        day_length: hours of the local day.

    Raises:
        UsageError: an hour is off the dial, both are one, or day_length is not positive.
    """

    wake: float = 7.0
    sleep: float = 23.0
    day_length: float = 24.0
    waking_hours: float = field(init=False)
    """Hours awake a day."""

    def __attrs_post_init__(self) -> None:
        _positive(self.day_length, "day_length")
        _on_dial(self.wake, "wake")
        _on_dial(self.sleep, "sleep")
        parts = (self.sleep - self.wake) % 24.0
        if parts == 0.0:
            raise UsageError(
                f"sleep: wake and sleep: expected two different hours, found {self.wake!r} for both; "
                "for a night without sleep use Rhythm.at(hour, awake_since=...)"
            )
        object.__setattr__(self, "waking_hours", parts * self.day_length / 24.0)

    def since_waking(self, hour: float) -> float:
        """Hours, in [0, day_length), since the last scheduled waking."""
        return (hour - self.wake * self.day_length / 24.0 + _ROUNDING_HOURS) % self.day_length

    def awake(self, hour: float) -> bool:
        """Whether the schedule has somebody awake at a story hour."""
        return self.since_waking(hour) < self.waking_hours


@frozen
class Alertness:
    """How rested somebody is at one hour.

    Args:
        level: S.
        body_hour: hour of the body's clock, in [0, 24).
        awake: whether awake.
        hours: hours since waking, or since falling asleep.
        kss: sleepiness, in [1, 9]; of a sleeper what it would be without inertia, if woken now.
        energy: in [0, 100], before exertion.
        penalty: circadian factor of energy cost, >= 1.
    """

    level: float
    body_hour: float
    awake: bool
    hours: float
    kss: float
    energy: float
    penalty: float


@frozen
class Rhythm:
    """One person's sleep and wake: model, clock and schedule."""

    model: ThreeProcess = FIPS
    zeitgeber: Zeitgeber = Zeitgeber()
    schedule: Schedule = Schedule()

    def at(self, hour: float, awake_since: float | None = None) -> Alertness:
        """Alertness at a story hour, as if the schedule had been kept for ever before.

        Args:
            hour: story hour.
            awake_since: story hour of the waking since which there was no sleep, for a night that was
                skipped; None, or an hour still to come, follows the schedule.
        """
        body_hour = self.zeitgeber.body_hour(hour)
        since = self.schedule.since_waking(hour)
        awake = since < self.schedule.waking_hours
        hours = since if awake else since - self.schedule.waking_hours
        level = self._within(self._level_on_waking(), 0.0, since)
        if awake_since is not None and awake_since <= hour:
            awake, hours = True, hour - awake_since
            level = self.model.awake(self.steady(awake_since), hours)
        return self.alertness(level, body_hour, awake, hours)

    def alertness(self, level: float, body_hour: float, awake: bool, hours: float) -> Alertness:
        """Alertness from a known S, for somebody whose sleep left the schedule.

        Args:
            level: S, see `continued`, `ThreeProcess.awake` and `ThreeProcess.asleep`.
            body_hour: hour of the body's clock, in [0, 24).
            awake: whether awake.
            hours: hours since waking, or since falling asleep.
        """
        kss = self.model.kss(level, body_hour, hours if awake else None)
        penalty = self.model.circadian_penalty(body_hour)
        return Alertness(level, body_hour, awake, hours, kss, energy(kss), penalty)

    def steady(self, hour: float) -> float:
        """S at a story hour when the schedule has always been kept. O(1)."""
        return self._within(self._level_on_waking(), 0.0, self.schedule.since_waking(hour))

    def continued(self, level: float, since: float, until: float) -> float:
        """S at a story hour, from a known S, when the schedule is kept in between. O(1) for any distance.

        Args:
            level: S at ``since``.
            since: story hour.
            until: story hour, not before ``since``.
        """
        day, hours = self.schedule.day_length, until - since
        position = self.schedule.since_waking(since)
        to_waking = day - position
        if hours < to_waking:
            return self._within(level, position, hours)
        on_waking = self._within(level, position, to_waking)
        days, rest = divmod(hours - to_waking, day)
        settled = self._level_on_waking()
        waking = self.schedule.waking_hours
        kept = math.exp(-(self.model.fall * waking + self.model.recovery * (day - waking)) * days)
        return self._within(settled + (on_waking - settled) * kept, 0.0, rest)

    def _level_on_waking(self) -> float:
        """The S on waking that one scheduled day returns to itself."""
        model, waking = self.model, self.schedule.waking_hours
        fallen = math.exp(-model.fall * waking)
        unrecovered = math.exp(-model.recovery * (self.schedule.day_length - waking))
        gained = model.upper * (1.0 - unrecovered) + unrecovered * model.lower * (1.0 - fallen)
        return gained / (1.0 - fallen * unrecovered)

    def _within(self, level: float, position: float, hours: float) -> float:
        """S some hours on, inside one scheduled day that began ``position`` hours ago."""
        awake = min(max(self.schedule.waking_hours - position, 0.0), hours)
        level = self.model.awake(level, awake)
        return self.model.asleep(level, hours - awake) if hours > awake else level
