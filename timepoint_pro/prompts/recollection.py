"""What somebody who is looked at again and again has in mind beyond the moment: values and their words.

Everything here is from the speaker's own side: what was said where they were, how they came to hold what they hold,
what those present have been to them. It stands in prompts of the level ``trained`` (M2), never in those of a coarser
one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from attrs import frozen

from timepoint_pro.prompts.wording import named, quoted
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.timepoint import key_of
from timepoint_pro.records.turn import Act


@frozen
class Remembered:
    """A turn of an earlier scene, as the speaker heard or said it.

    Args:
        name: who spoke; ``"you"`` for the speaker.
        addressed: names of those addressed, ``"you"`` among them; empty: everyone.
        content: the words.
        act: what it did.
        told: ids of items that it told and that the prompt shows.
        tone: how it sounded.
        stood: the option that it was for or against, in words (``"for the boat"``); empty where none.
        concerns: the speaker said it, was addressed, or something was told or settled by it.
    """

    name: str
    addressed: tuple[str, ...]
    content: str
    act: Act
    told: tuple[str, ...]
    tone: str
    stood: str
    concerns: bool


@frozen
class Episode:
    """A scene that the speaker was in.

    Args:
        timepoint_id, timestamp, location, circumstance, question: of the moment; empty where there is none.
        others: names of the others who were there.
        turns: what was said, oldest first.
        settled: option that the closing turn committed to, in words; empty where none.
        course: how the speaker's own turns fared: (tactic, used, taken up, dismissed).
    """

    timepoint_id: str
    timestamp: str
    location: str
    circumstance: str
    question: str
    others: tuple[str, ...]
    turns: tuple[Remembered, ...]
    settled: str
    course: tuple[tuple[str, int, int, int], ...]


@frozen
class Step:
    """One occasion on which an item reached the speaker; ``confidence`` in [0, 1]: how sure it made them."""

    how: str
    source_name: str
    timepoint_id: str
    confidence: float


@frozen
class Acquaintance:
    """What the speaker has lived through with somebody.

    Args:
        name, role: of the other.
        here: whether they are present.
        met: moments in which both were there.
        told: ids of items that the other told where the speaker was.
        heard: ids of items that the speaker told where the other was.
        stood: what the other was for or against, in words, latest last.
        taken_up, dismissed: how often the other took up or dismissed a turn of the speaker's.
        gave: how often the speaker took up and dismissed one of the other's.
        trusted: trust before anything was experienced, in [-1, 1].
        trust, affinity: now, in [-1, 1].
    """

    name: str
    role: str
    here: bool
    met: tuple[str, ...]
    told: tuple[str, ...]
    heard: tuple[str, ...]
    stood: tuple[str, ...]
    taken_up: int
    dismissed: int
    gave: tuple[int, int]
    trusted: float
    trust: float
    affinity: float


@frozen
class Between:
    """How often ``one`` took up and dismissed turns of ``other``, both names, where the speaker was; in all scenes."""

    one: str
    other: str
    taken_up: int
    dismissed: int


@frozen
class Reason:
    """What the speaker knows that speaks for an option, by weight in [-1, 1]; below 0 against it."""

    option: str
    items: tuple[tuple[str, float], ...]


@frozen
class Expected:
    """Something that the speaker thinks may come: probability in [0, 1], outcome in [-1, 1], days until it shows."""

    statement: str
    probability: float
    outcome: float
    days: float


@frozen
class Recollection:
    """All of it; each part may be empty.

    Args:
        episodes: scenes, oldest first.
        steps: item id and how it reached the speaker, oldest first.
        people: those whom the speaker has met before, those present first.
        between: what the speaker saw of how those present take one another.
        reasons: for each option of the matter.
        expected: what may come, the weightiest first.
        memories: episodes that stay, in words after "remembers".
    """

    episodes: tuple[Episode, ...] = ()
    steps: tuple[tuple[str, tuple[Step, ...]], ...] = ()
    people: tuple[Acquaintance, ...] = ()
    between: tuple[Between, ...] = ()
    reasons: tuple[Reason, ...] = ()
    expected: tuple[Expected, ...] = ()
    memories: tuple[str, ...] = ()


@frozen(slots=False, eq=False)
class Memory:
    """What somebody has in mind, worked out when it is read: only a model that reads words does.

    Args:
        recall: makes it, whole.
        size: about how many characters it takes in words.
        room: most characters that it may take: the oldest episodes are shortened to fit, then left out.
    """

    recall: Callable[[], Recollection]
    size: int
    room: int

    @property
    def length(self) -> int:
        """About how many characters it takes in its room."""
        return min(self.size, self.room)

    @cached_property
    def recollection(self) -> Recollection:
        """All of it that has room."""
        return fitted(self.recall(), self.room)


def fitted(recollection: Recollection, room: int) -> Recollection:
    """``recollection`` cut to ``room`` characters as far as that goes, oldest first.

    An episode loses the turns that did not concern the speaker before it goes as a whole.
    """
    excess = sum([len(line) + 1 for line in recollected(recollection)]) - room
    episodes = list(recollection.episodes)
    for place, episode in enumerate(episodes):
        if excess <= 0:
            break
        episodes[place] = evolve(episode, turns=tuple(one for one in episode.turns if one.concerns))
        excess -= _of_episode(episode) - _of_episode(episodes[place])
    while excess > 0 and episodes:
        excess -= _of_episode(episodes.pop(0))
    return evolve(recollection, episodes=tuple(episodes))


def _of_episode(episode: Episode) -> int:
    return len(episode_text(episode)) + 1


def recollected(recollection: Recollection) -> list[str]:
    """The lines of ``recollection``, section by section."""
    here = [one for one in recollection.people if one.here]
    absent = [one for one in recollection.people if not one.here]
    return [
        *_section("What you remember, oldest first:", episodes_of(recollection)),
        *_section("How it reached you, and how sure that made you:", map(_steps, recollection.steps)),
        *_section("Those present, as you have known them:", map(_acquaintance, here)),
        *_section("Not here, but known to you:", map(_acquaintance, absent)),
        *_section("How they took one another, as far as you saw:", map(_between, recollection.between)),
        *_section("What your facts say of the choice:", map(_reason, recollection.reasons)),
        *_section("What you think may come:", map(_expected, recollection.expected)),
        *_section("What stays with you:", (f"- {quoted(one)}" for one in recollection.memories)),
    ]


def episodes_of(recollection: Recollection) -> Iterator[str]:
    """One text of several lines for each episode."""
    return map(episode_text, recollection.episodes)


def episode_text(episode: Episode) -> str:
    """An episode in words, one line a turn."""
    head = ", ".join(part for part in (key_of(episode.timepoint_id), episode.timestamp, episode.location) if part)
    lines = [f"- {head}; with {', '.join(map(named, episode.others)) or 'nobody'}."]
    if episode.circumstance:
        lines[0] += f" {quoted(episode.circumstance)}"
    if episode.question:
        lines[0] += f" To settle: {quoted(episode.question)}"
    lines += map(_remembered, episode.turns)
    if episode.settled:
        lines.append(f"  it was settled: {episode.settled}")
    if episode.course:
        fared = (f"{used} {tactic} ({up} taken up, {down} dismissed)" for tactic, used, up, down in episode.course)
        lines.append(f"  your own turns: {', '.join(fared)}")
    return "\n".join(lines)


def _remembered(turn: Remembered) -> str:
    to = f" to {', '.join(map(named, turn.addressed))}" if turn.addressed else ""
    marks = "".join(f" [{one}]" for one in turn.told)
    tone = "" if turn.tone == "neutral" else f", {turn.tone}"
    stood = f" ({turn.stood})" if turn.stood else ""
    return f"  {named(turn.name)}{tone}{to}: {quoted(turn.content)}{marks}{stood}"


def _steps(course: tuple[str, tuple[Step, ...]]) -> str:
    item, steps = course
    return f"- [{item}] " + "; then ".join(
        f"{one.how}{f' from {named(one.source_name)}' if one.source_name else ''}"
        f" at {key_of(one.timepoint_id) or 'the start'} ({one.confidence:.2f})"
        for one in steps
    )


def _acquaintance(one: Acquaintance) -> str:
    parts = [f"met at {', '.join(map(key_of, one.met))}"]
    if one.told:
        parts.append("told you " + " ".join(f"[{item}]" for item in one.told))
    if one.heard:
        parts.append("has heard from you " + " ".join(f"[{item}]" for item in one.heard))
    if one.stood:
        parts.append("stood " + ", ".join(one.stood))
    if one.taken_up or one.dismissed:
        parts.append(f"took up {one.taken_up} of your turns and dismissed {one.dismissed}")
    if any(one.gave):
        parts.append(f"you took up {one.gave[0]} of theirs and dismissed {one.gave[1]}")
    parts.append(f"your trust began at {one.trusted:+.2f} and is {one.trust:+.2f}, liking {one.affinity:+.2f}")
    role = f", {named(one.role)}" if one.role and not one.here else ""
    return f"- {named(one.name)}{role}: {'; '.join(parts)}"


def _between(one: Between) -> str:
    return f"- {named(one.one)} took up {one.taken_up} turns of {named(one.other)} and dismissed {one.dismissed}"


def _reason(one: Reason) -> str:
    return f"- [{one.option}]: " + ", ".join(f"[{item}] {weight:+.2f}" for item, weight in one.items)


def _expected(one: Expected) -> str:
    when = f", within {one.days:.0f} days" if one.days >= 1.0 else ""
    return f"- {quoted(one.statement)}: {one.probability:.0%} likely, worth {one.outcome:+.2f} to you{when}"


def _section(heading: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return ["", heading, *found] if found else []
