"""What is said: turns, and the floor that everyone in a scene shares.

The dialog mechanism (M11) proposes turns and the constraint mechanism (M4) admits them; knowledge, feeling,
trust and energy all read the admitted turn. The values stand here so that none of those imports another.
"""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from attrs import frozen

from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.quick import quick
from timepoint_pro.records.timepoint import TimepointOpened

Act = Literal[
    "open", "inform", "answer", "question", "propose", "support", "oppose", "concede", "shift", "close"
]
Tone = Literal[
    "warm", "hopeful", "calm", "neutral", "curious", "urgent", "worried", "tense", "frustrated", "angry", "sad", "weary"
]
Uptake = Literal["open", "taken_up", "dismissed"]

ACTS: tuple[Act, ...] = (
    "open", "inform", "answer", "question", "propose", "support", "oppose", "concede", "shift", "close",
)  # fmt: skip
TONES: tuple[Tone, ...] = (
    "warm", "hopeful", "calm", "neutral", "curious", "urgent", "worried", "tense", "frustrated", "angry",
    "sad", "weary",
)  # fmt: skip
TACTICS: tuple[str, ...] = (
    "data_argument", "authority_appeal", "emotional_appeal", "question", "concession", "deflection", "warning",
    "proposal", "precedent", "procedure", "compromise", "story", "agreement", "challenge", "statement",
)  # fmt: skip

RECENT_TURNS = 12


@quick
@frozen(weakref_slot=False)
class Turn:
    """One turn of a dialog.

    Args:
        id: ``"{timepoint_id}.{n}"``, n counted from 1 in its scene.
        speaker: entity id.
        content: the words said.
        act: what the turn does in the discourse.
        tactic: how it argues (a name of ``TACTICS``, or of the template's own archetypes).
        tone: how it sounds.
        addressed_to: entity ids; empty: everyone present.
        shared: ids of held items that it tells.
        option: option of the scene's question that it speaks for or against; empty where none.
        reply_to: id of the turn that it answers; empty where none.
        said_new: whole statements that it makes which nobody held before.
        devices: names of the phrase patterns used (the built-in model's; empty for others).
    """

    id: str
    speaker: str
    content: str
    act: Act = "inform"
    tactic: str = "statement"
    tone: Tone = "neutral"
    addressed_to: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    option: str = ""
    reply_to: str = ""
    said_new: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()


@frozen
class TurnProposed(Event):
    """A turn that nobody has heard yet.

    Args:
        turn: what would be said.
        call: key of the model call that voiced it.
        attempt: 0 first; higher when it was asked again.
        tokens: of that call, question and answer together, as the model counted them.
    """

    turn: Turn
    call: str
    attempt: int = 0
    tokens: int = 0


@frozen
class TurnAdmitted(Event):
    """The proposed turn is said.

    Args:
        turn_id: which.
        seconds: how long saying it takes in story time.
        also_shared: ids of items that its words tell although its ``shared`` does not list them.
    """

    turn_id: str
    seconds: float
    also_shared: tuple[str, ...] = ()


@frozen
class TurnRefused(Event):
    """The proposed turn is not said; the beat passes in silence or is asked again."""

    turn_id: str
    rule: str
    reason: str
    final: bool


@frozen
class SceneEnded(Event):
    """Nobody speaks any more in this moment."""

    reason: str


@quick
@frozen(weakref_slot=False)
class Floor:
    """The conversation of the moment being played.

    ``turns`` keeps the last ``RECENT_TURNS``; ``spoken`` counts all. ``last`` is the turn of this beat once it
    is admitted, None before that and in a silent beat, with the id of its log entry in ``last_entry``.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (
        TimepointOpened, TurnProposed, TurnAdmitted, TurnRefused, SceneEnded,
    )  # fmt: skip

    turns: tuple[Turn, ...] = ()
    spoken: int = 0
    spoken_by: tuple[tuple[str, int], ...] = ()
    proposed: Turn | None = None
    proposed_entry: str = ""
    attempt: int = 0
    last: Turn | None = None
    last_entry: str = ""
    at: float = 0.0
    silences: int = 0
    ended: str = ""

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case TurnProposed(turn=turn, attempt=attempt):
                return evolve(self, proposed=turn, proposed_entry=entry.id, attempt=attempt, last=None, last_entry="")
            case TurnAdmitted(seconds=seconds, also_shared=also_shared):
                return self._admit(entry, seconds, also_shared)
            case TurnRefused(final=final):
                silences = self.silences + 1 if final else self.silences
                attempt = 0 if final else self.attempt + 1
                return evolve(self, proposed=None, last=None, last_entry="", attempt=attempt, silences=silences)
            case SceneEnded(reason=reason):
                return evolve(self, ended=reason, last=None, last_entry="", proposed=None)
            case TimepointOpened(timepoint=timepoint):
                return type(self)(at=timepoint.at)
        return self

    def _admit(self, entry: Entry, seconds: float, also_shared: tuple[str, ...]) -> Self:
        turn = self.proposed
        assert turn is not None
        if also_shared:
            turn = evolve(turn, shared=(*turn.shared, *also_shared))
        counts = dict(self.spoken_by)
        counts[turn.speaker] = counts.get(turn.speaker, 0) + 1
        return evolve(
            self,
            turns=(*self.turns, turn)[-RECENT_TURNS:],
            spoken=self.spoken + 1,
            spoken_by=tuple(counts.items()),
            proposed=None,
            attempt=0,
            last=turn,
            last_entry=entry.id,
            at=self.at + seconds / 3600.0,
            silences=0,
        )
