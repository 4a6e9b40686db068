"""Did the moment just played hold together? The checks of M4 once a moment, each with its explanation.

Every function gives the violations of one rule. Their cost is that of the moment, save for ``acyclic`` and the
ancestors that ``information`` needs, which walk the moments before it once.
"""

from __future__ import annotations

from collections.abc import Iterator

from timepoint_pro.formulas import diffusion, schedule, sleep
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.mechanisms.minds import AffectMoved, Minds
from timepoint_pro.mechanisms.rhythm import Rhythm
from timepoint_pro.mechanisms.violations import Violation, Watch
from timepoint_pro.records.entity import Cast
from timepoint_pro.records.knowledge import Exposure
from timepoint_pro.records.timepoint import Timeline, Timepoint
from timepoint_pro.records.turn import Floor
from timepoint_pro.records.world import World

SAME_TIME = 1e-6
"""Hours by which two times may differ and still be the same."""

ALERTNESS_FALL = 15.0
"""Points of energy that alertness may lose in an hour of its own accord [cal]."""

ROUNDING = 1e-5
"""What rounding in the log may add to a step of feeling."""


def information(world: World) -> Iterator[Violation]:
    """Exposures of the moment without a time-respecting path from a root to the knower."""
    knowledge, timeline = world[Knowledge], world[Timeline]
    timepoint = timeline.current
    reachable = {"", timepoint.id, *_ancestors(timeline, timepoint)}
    for exposure_id in knowledge.here:
        exposure = knowledge.exposure(exposure_id)
        problem = _broken(world, exposure, reachable)
        if problem:
            yield Violation(
                "information", "hard", exposure.entity, timepoint.id,
                f"{exposure.entity} cannot have come to hold {exposure.item} in {timepoint.id}: {problem}",
                (exposure.id, *exposure.parents),
            )  # fmt: skip


def _broken(world: World, exposure: Exposure, reachable: set[str]) -> str:
    """What is wrong with one exposure, in words; empty where nothing is."""
    knowledge = world[Knowledge]
    if exposure.entity not in world[Cast]:
        return f"nobody of that name exists ({exposure.entity})"
    if exposure.at > world[Floor].at + SAME_TIME:
        return f"it dates from hour {exposure.at:g}, which is still to come"
    if exposure.how == "told" and not exposure.parents:
        return f"{exposure.source} is named as the teller, and rests it on nothing"
    for parent_id in exposure.parents:
        parent = knowledge.log.get(parent_id)
        if parent is None:
            return f"it rests on {parent_id}, which never happened on this path"
        if parent.at > exposure.at + SAME_TIME:
            return f"it rests on {parent_id}, which comes later (hour {parent.at:g} after {exposure.at:g})"
        if parent.timepoint_id not in reachable:
            return f"it rests on {parent_id} of {parent.timepoint_id}, from which nothing leads here"
        if exposure.how == "told" and (parent.entity, parent.item) != (exposure.source, exposure.item):
            return f"{exposure.source} is named as the teller, but {parent_id} is {parent.entity}'s of {parent.item}"
    return ""


def flow(world: World) -> Iterator[Violation]:
    """What was told between people who were not together and have no declared channel."""
    knowledge, timepoint, watch, cast = world[Knowledge], world[Timeline].current, world[Watch], world[Cast]
    announced = {news.item.id for news in timepoint.news}
    for exposure_id in knowledge.here:
        one = knowledge.exposure(exposure_id)
        if one.how != "told" or one.item in announced or one.source not in cast:
            continue
        apart = [who for who in (one.source, one.entity) if who not in timepoint.present]
        if apart and not watch.connected(one.source, one.entity):
            yield Violation(
                "flow", "soft", one.entity, timepoint.id,
                f"{one.source} told {one.entity} {one.item}, but {apart[0]} was not present in {timepoint.id} and "
                "no channel between them is declared",
                (one.id,),
            )  # fmt: skip


def energy(world: World) -> Iterator[Violation]:
    """Efforts beyond the energy that there was."""
    if Rhythm not in world:
        return
    rhythm, watch, timepoint = world[Rhythm], world[Watch], world[Timeline].current
    fall = ALERTNESS_FALL * max(0.0, world[Floor].at - timepoint.at) + 0.5
    for entity in timepoint.present:
        level = sleep.energy(rhythm.kss(entity)) - rhythm.vigil(entity).exertion
        overspent = min(-level, watch.spent.get(entity, 0.0)) - fall
        if overspent > 0.0:
            yield Violation(
                "energy", "hard", entity, timepoint.id,
                f"{entity} spent {watch.spent[entity]:.1f} points of energy in {timepoint.id}, "
                f"{-level:.1f} more than there were",
                (timepoint.id,),
            )  # fmt: skip


def place(world: World) -> Iterator[Violation]:
    """Entities in two places at one time."""
    watch, timepoint = world[Watch], world[Timeline].current
    for entity in timepoint.present:
        stay = watch.stays.get(entity)
        if stay is None or not timepoint.location or not stay.location:
            continue
        if timepoint.at < stay.until - SAME_TIME and timepoint.location != stay.location:
            yield Violation(
                "place", "hard", entity, timepoint.id,
                f"{entity} is at {timepoint.location} in {timepoint.id} from hour {timepoint.at:g}, and at "
                f"{stay.location} in {stay.timepoint_id} until hour {stay.until:g}",
                (stay.timepoint_id, timepoint.id),
            )  # fmt: skip


def timing(world: World) -> Iterator[Violation]:
    """A moment that begins before one that it follows from has ended."""
    timeline, watch = world[Timeline], world[Watch]
    timepoint, origin = timeline.current, "the run starts"
    begin = f"{timepoint.id} begins"
    demands = [*schedule.between(origin, begin, timepoint.at, timepoint.at, "planned time")]
    for moment in timeline.passed:
        if moment.id in timepoint.antecedents and moment.id in watch.ends:
            end, over = f"{moment.id} ends", watch.ends[moment.id]
            demands += schedule.between(origin, end, over, over, "played time")
            demands += schedule.between(end, begin, 0.0, None, f"{timepoint.id} follows from {moment.id}")
    verdict = schedule.check(demands)
    if not verdict.consistent:
        steps = "; ".join(
            f"{one.later} at most {one.most:g} h after {one.earlier} ({one.reason})" for one in verdict.cycle
        )
        named = {one.earlier for one in verdict.cycle}
        others = tuple(one for one in timepoint.antecedents if f"{one} ends" in named)
        yield Violation(
            "schedule", "hard", "", timepoint.id,
            f"the times contradict one another by {verdict.excess:.3g} h: {steps}", (*others, timepoint.id),
        )  # fmt: skip


def acyclic(world: World) -> Iterator[Violation]:
    """Causes that come after their effect, or lead back to themselves, unless the mode licensed the loop."""
    timeline = world[Timeline]
    timepoint = timeline.current
    known = {one.id: one for one in (*timeline.passed, *timeline.planned, timepoint)}
    passed = {one.id for one in timeline.passed}
    for cause in timepoint.antecedents:
        licensed = cause in known and timepoint.id in known[cause].loops
        if cause in passed or licensed:
            continue
        circle = _way(known, cause, timepoint.id)
        if circle:
            words = f"leads back to itself: {' from '.join((timepoint.id, *circle))}"
        else:
            words = f"follows from {cause}, which has not happened before it"
        yield Violation("acyclic", "hard", "", timepoint.id, f"{timepoint.id} {words}", (cause, timepoint.id))


def inertia(world: World, alpha: float) -> tuple[list[Violation], int]:
    """Steps of feeling that their process and their recorded impulses do not explain, and how many were tested.

    A step is what is left of a change after its impulses; its improbability p under the entity's own
    Ornstein-Uhlenbeck process is two-sided. Flagging p < alpha has false alarms at the rate alpha.
    """
    if Minds not in world:
        return [], 0
    watch, minds, timepoint = world[Watch], world[Minds], world[Timeline].current
    found: list[Violation] = []
    tested = 0
    for entity in timepoint.present:
        if entity not in minds:
            continue
        for entry_id, name, p, z in _steps(world, entity):
            tested += 1
            if p < alpha:
                found.append(
                    Violation(
                        "inertia", "soft", entity, timepoint.id,
                        f"{entity}'s {name} moved {abs(z):.1f} standard deviations beyond what its impulses explain "
                        f"(p = {p:.2g}; false alarms are expected at {alpha:g} a step)",
                        (entry_id,),
                    )
                )  # fmt: skip
    assert watch.now is not None
    return found, tested


def _steps(world: World, entity: str) -> Iterator[tuple[str, str, float, float]]:
    """(entry id, feeling, p, z) of each step of ``entity``'s feelings in the moment, walked back from its end."""
    mind = world[Minds].latent(entity)
    temper, valence, arousal = mind.temper, mind.valence, mind.arousal
    for entry_id, hours, change, impulse in reversed(_changes(world[Watch], entity)):
        before_v, before_a = valence - change[0], arousal - change[1]
        after_v, after_a = valence - impulse[0], arousal - impulse[1]
        for name, before, after, mu, theta, sigma in (
            ("valence", before_v, after_v, temper.valence_mu, temper.valence_theta, temper.valence_sigma),
            ("arousal", before_a, after_a, temper.arousal_mu, temper.arousal_theta, temper.arousal_sigma),
        ):
            if abs(after - diffusion.mean(before, mu, theta, hours)) > ROUNDING:
                z = diffusion.deviation(before, after, mu, theta, sigma, hours)
                yield entry_id, name, diffusion.chance(z), z
        valence, arousal = before_v, before_a


def _changes(watch: Watch, entity: str) -> list[tuple[str, float, tuple[float, float], tuple[float, float]]]:
    """(entry id, hours since the last one, change, impulse in it) of ``entity``'s feelings, in order.

    What stirs feelings outside their process is all impulse and takes no time.
    """
    since, found = watch.felt_until(entity), []
    for entry_id, event in watch.moved:
        if isinstance(event, AffectMoved):
            for name, valence, arousal, push, stir, _ in event.moves:
                if name == entity:
                    found.append((entry_id, max(0.0, event.at - since), (valence, arousal), (push, stir)))
                    since = event.at
        else:
            for name, valence, arousal in event.moves:
                if name == entity:
                    found.append((entry_id, 0.0, (valence, arousal), (valence, arousal)))
    return found


def _ancestors(timeline: Timeline, timepoint: Timepoint) -> set[str]:
    """Ids of all moments from which ``timepoint`` follows, directly or not."""
    passed = {one.id: one for one in timeline.passed}
    found: set[str] = set()
    waiting = list(timepoint.antecedents)
    while waiting:
        one = waiting.pop()
        if one in passed and one not in found:
            found.add(one)
            waiting.extend(passed[one].antecedents)
    return found


def _way(known: dict[str, Timepoint], start: str, end: str) -> tuple[str, ...]:
    """Ids from ``start`` to ``end`` along antecedents, both included; empty where there is no way."""
    came: dict[str, str] = {start: ""}
    waiting = [start]
    while waiting:
        one = waiting.pop()
        if one == end:
            way = [one]
            while came[way[-1]]:
                way.append(came[way[-1]])
            return tuple(reversed(way))
        for cause in known[one].antecedents if one in known else ():
            if cause not in came:
                came[cause] = one
                waiting.append(cause)
    return ()
