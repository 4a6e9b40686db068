"""What the speaker of a turn has before them: the structured context of dialog prompts, as values.

It has two layers. ``Inner`` shapes the voice but is never said: true feeling, what is held back, what the body does to
the mind. The rest is what the speaker may say or has before their eyes. Nothing else of the world reaches a model.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen
from immutables import Map

from timepoint_pro.prompts.recollection import Memory, Recollection
from timepoint_pro.records.entity import Archetype, Behavior, Voice
from timepoint_pro.records.quick import quick
from timepoint_pro.records.turn import Act, Tone

WITH_WORDS = ("human", "ai")
"""Kinds of speaker who talk; all others are narrated."""

TERSE = ("tensor_only", "scene", "graph")
"""Levels at which a context is put into few words."""


@quick
@frozen(weakref_slot=False)
class Persona:
    """The speaker as they are."""

    id: str
    name: str
    role: str
    kind: str
    archetype: Archetype | None
    traits: tuple[str, ...]
    goals: tuple[str, ...]
    behavior: Behavior
    voice: Voice


@quick
@frozen(weakref_slot=False)
class Feeling:
    """The speaker's state just before the turn.

    Args:
        valence: emotional_valence in [-1, 1].
        arousal: emotional_arousal in [0, 1].
        energy: energy_budget in [0, 100].
        capacity: cognitive capacity in [0, 1]; 1 for a sound and rested body.
        presented_valence: what they let show, in [-1, 1].
        presented_arousal: likewise, in [0, 1].
    """

    valence: float
    arousal: float
    energy: float
    capacity: float = 1.0
    presented_valence: float = 0.0
    presented_arousal: float = 0.0


@quick
@frozen(weakref_slot=False)
class KnownItem:
    """Something that the speaker holds and can recall now.

    Args:
        id, content, category, handle, topic, subject, importance: as in ``records.knowledge.Item``.
        bearing: pairs of option id (of the scene's question) and weight in [-1, 1].
        how, source, timepoint_id, confidence: of the exposure by which it is best known.
        source_name: display name where the source is an entity, else the channel's word.
        common: everyone present is known to the speaker to hold it too; only then may its handle be used
            without telling it.
        exposure: id of that exposure.
        since: when it became known first on its way to the speaker, in hours since the run's start: the time that
            words such as "this morning" in it are meant from.
    """

    id: str
    content: str
    category: str
    handle: str
    topic: str
    subject: str
    importance: float
    bearing: tuple[tuple[str, float], ...]
    how: str
    source: str
    source_name: str
    timepoint_id: str
    confidence: float
    common: bool
    exposure: str = ""
    since: float = 0.0


@quick
@frozen(weakref_slot=False)
class Relation:
    """How the speaker stands to somebody present. trust, affinity and power in [-1, 1].

    ``answers``: whether the other takes turns in words; animals, places and things do not.
    """

    other: str
    name: str
    role: str
    kind: str
    trust: float
    affinity: float
    power: float
    interactions: int
    answers: bool = True


@quick
@frozen(weakref_slot=False)
class Said:
    """A turn of this scene as those present heard it, oldest first in the context."""

    turn_id: str
    speaker: str
    name: str
    content: str
    act: Act
    tactic: str
    tone: Tone
    addressed_to: tuple[str, ...]
    shared: tuple[str, ...]
    option: str


@frozen
class OpenQuestion:
    """A question that nobody has answered yet. ``topic`` and ``item`` may be empty."""

    turn_id: str
    asker: str
    asker_name: str
    addressed_to: tuple[str, ...]
    content: str
    topic: str
    item: str


@quick
@frozen(weakref_slot=False)
class OptionView:
    """One course open to the scene, as the speaker sees it.

    Args:
        id, label, noun: as in ``records.timepoint.Option``.
        lean: how far the speaker is for it, in [-1, 1], from goals and from what they hold.
        proposed_by: who put it forward here, empty if nobody.
        supporters, opposers: entity ids of those who have spoken for or against it here, by their last word.
        quoted: as in ``records.timepoint.Option``.
    """

    id: str
    label: str
    noun: str
    lean: float
    proposed_by: str = ""
    supporters: tuple[str, ...] = ()
    opposers: tuple[str, ...] = ()
    quoted: bool = False


@quick
@frozen(weakref_slot=False)
class Matter:
    """What the scene has to settle, as the speaker sees it."""

    id: str
    text: str
    options: tuple[OptionView, ...]
    topics: tuple[str, ...]
    decides: str


@quick
@frozen(weakref_slot=False)
class ArcEntry:
    """How one tactic of the speaker's has fared so far in the run."""

    tactic: str
    used: int
    taken_up: int
    dismissed: int


@quick
@frozen(weakref_slot=False)
class Setting:
    """The moment.

    Args:
        timepoint_id, timestamp: the latter ISO 8601 with Z, of this turn.
        hour: local hour of day in [0, 24).
        daypart: words (``"late afternoon"``).
        circadian_penalty: factor of energy cost, 1.0 at the best hour.
        location, lighting, confinement: words; empty where unknown.
        tension, group_valence, group_arousal, group_energy: the atmosphere, in the scales of ``records.units``.
        circumstance: what everyone present witnesses.
        present: (id, name, role) of everyone present, the speaker included.
        at: story time of this turn, in hours since the run's start.
        started: the run's start by the local clock, ISO 8601; empty where it is not known.
    """

    timepoint_id: str
    timestamp: str
    hour: float
    daypart: str
    circadian_penalty: float
    location: str
    lighting: str
    confinement: str
    tension: float
    group_valence: float
    group_arousal: float
    group_energy: float
    circumstance: str
    present: tuple[tuple[str, str, str], ...]
    at: float = 0.0
    started: str = ""


@quick
@frozen(weakref_slot=False)
class Inner:
    """What shapes the voice but is not said. Item ids are also in ``knows``."""

    withheld: tuple[str, ...] = ()
    suppressed: tuple[str, ...] = ()
    fears: tuple[str, ...] = ()
    rumination: str = ""
    body: str = ""


@quick
@frozen(weakref_slot=False)
class TurnContext:
    """All that one turn is made from.

    Args:
        position: how many turns of this scene have been spoken.
        limit: the most turns that this scene may have.
        words: how many words the speaker has breath for now.
        closing: the scene is expected to end with this turn or the next.
        history: the moments that led here and that the speaker has a path to, oldest first, in words.
        arc: the speaker's tactics so far.
        recent: the last turns of this scene, oldest first.
        questions: open questions that the speaker has heard, oldest first.
        answering: the turn that addressed the speaker last and has had no reaction, if any (its turn_id).
        told: item ids told in this scene so far, by anyone.
        used: how often each phrase pattern has served in this run (the built-in model's memory of its devices).
        used_by_speaker: the same, this speaker's alone.
        openings: first three words, folded, of recent turns of the run, newest last.
        refused: why earlier attempts at this very turn were refused.
        attempt: 0 first.
        language: BCP 47 tag of the language that people speak.
        detail: name of the speaker's level (M5): how the context is put into words.
        memory: what somebody at ``trained`` has in mind beyond the moment; None at every other level.
        size: about how many characters its prompt has; 0 where nobody has counted.
    """

    speaker: Persona
    feeling: Feeling
    setting: Setting
    matter: Matter | None
    knows: tuple[KnownItem, ...]
    relations: tuple[Relation, ...]
    position: int
    limit: int
    words: int
    closing: bool
    history: tuple[str, ...]
    arc: tuple[ArcEntry, ...]
    recent: tuple[Said, ...]
    questions: tuple[OpenQuestion, ...]
    answering: str
    told: tuple[str, ...]
    inner: Inner
    refused: tuple[str, ...] = ()
    attempt: int = 0
    language: str = "en"
    detail: str = "dialog"
    memory: Memory | None = field(default=None, eq=False, repr=False)
    size: int = field(default=0, eq=False, repr=False)
    used: Mapping[str, int] = field(default=Map(), eq=False, repr=False)
    used_by_speaker: Mapping[str, int] = field(default=Map(), eq=False, repr=False)
    openings: tuple[str, ...] = field(default=(), eq=False, repr=False)

    @property
    def recollection(self) -> Recollection | None:
        """``memory``, worked out; None below ``trained``."""
        return None if self.memory is None else self.memory.recollection
