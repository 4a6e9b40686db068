"""What was said so far in a run and in its present scene, as far as it shapes what is said next."""

from __future__ import annotations

from typing import ClassVar, Self

from attrs import frozen
from immutables import Map

from timepoint_pro.formulas.text import ShingleIndex
from timepoint_pro.records.event import Entry, Event
from timepoint_pro.records.evolving import evolve
from timepoint_pro.records.quick import quick
from timepoint_pro.records.timepoint import PresenceSet, TimepointOpened
from timepoint_pro.records.turn import SceneEnded, Turn, TurnAdmitted, TurnProposed, TurnRefused, Uptake

OPENINGS = 24
IGNORED_AFTER = 3

TAKEN_UP = ("support", "concede", "answer")
DISMISSED = ("oppose", "shift")


@quick
@frozen(weakref_slot=False)
class Arc:
    """How one tactic of somebody's has fared in the run so far."""

    used: int = 0
    taken_up: int = 0
    dismissed: int = 0


@frozen
class Pending:
    """A turn whose reaction is still out; ``age`` counts turns of others since."""

    turn: Turn
    age: int = 0


@frozen
class Stand:
    """The last word of somebody on an option in this scene: +1 for it, -1 against."""

    entity: str
    option: str
    sign: int


@frozen
class Heard:
    """Phrase patterns with how often they served, and how the last turns began, as far as somebody heard."""

    used: Map[str, int]
    openings: tuple[str, ...]


@quick
@frozen(weakref_slot=False)
class Speech:
    """M11's facet. The first group lasts for the run, the second for the scene.

    Args:
        index: three-word shingles of every turn, to find repetitions.
        numbered: number in the index to turn id, and to those who were there.
        used: how often each phrase pattern served in front of those present, or of others who have met them since; one
            whose turn was refused counts too, so that the next attempt takes another.
        used_by: the same for each speaker.
        openings: first three words, folded, of the last turns that they heard.
        heard: ``used`` and ``openings`` of everybody, as of the end of their last scene. People who have met share
            one; so what is said in one room leaves no trace in another, and a counterfactual none outside its cone.
        company: who is present.
        arcs: tactics of each speaker with their fate.
        pending: turns of this scene that wait for a reaction.
        uptakes: fate of this scene's turns, as far as known.
        questions: open questions of this scene, as the turns that asked them.
        proposals: option to who put it forward first in this scene.
        stands: last words for or against options in this scene.
        told: items told in this scene.
        stale: turns since something new was said.
        refusals: why the turn now being asked was refused before.
        asked: who is being asked for it again; empty at the first attempt.
        passed: who let the last beat pass in silence; empty after a turn.
        settled: option that a closing turn committed to.
        closings: closing turns in this scene.
    """

    folds: ClassVar[tuple[type[Event], ...]] = (
        TimepointOpened, PresenceSet, TurnProposed, TurnAdmitted, TurnRefused, SceneEnded,
    )  # fmt: skip

    index: ShingleIndex = ShingleIndex()
    numbered: Map[int, tuple[str, tuple[str, ...]]] = Map()
    used: Map[str, int] = Map()
    used_by: Map[str, Map[str, int]] = Map()
    openings: tuple[str, ...] = ()
    heard: Map[str, Heard] = Map()
    company: tuple[str, ...] = ()
    arcs: Map[str, Map[str, Arc]] = Map()
    proposed: Turn | None = None
    pending: tuple[Pending, ...] = ()
    uptakes: tuple[tuple[str, Uptake], ...] = ()
    questions: tuple[Turn, ...] = ()
    proposals: tuple[tuple[str, str], ...] = ()
    stands: tuple[Stand, ...] = ()
    told: tuple[str, ...] = ()
    stale: int = 0
    refusals: tuple[str, ...] = ()
    asked: str = ""
    passed: str = ""
    settled: str = ""
    closings: int = 0

    def fold(self, entry: Entry, /) -> Self:
        match entry.event:
            case TurnProposed(turn=turn):
                return evolve(self, proposed=turn)
            case TurnAdmitted(also_shared=also):
                assert self.proposed is not None
                turn = self.proposed
                return self._said(evolve(turn, shared=(*turn.shared, *also)) if also else turn)
            case TurnRefused(reason=reason, final=final):
                assert self.proposed is not None
                speaker, used = self.proposed.speaker, _count(self.used, self.proposed.devices)
                if final:
                    return evolve(self, proposed=None, refusals=(), asked="", passed=speaker, used=used)
                return evolve(self, proposed=None, refusals=(*self.refusals, reason), asked=speaker, used=used)
            case SceneEnded():
                return evolve(self, proposed=None, refusals=(), asked="")
            case TimepointOpened(timepoint=timepoint):
                return self._new_scene(timepoint.present)
            case PresenceSet(present=present):
                return self._joined(present)
        return self

    def uptake(self, turn_id: str) -> Uptake:
        """Whether a turn of this scene was taken up or dismissed; ``"open"`` while nobody has reacted."""
        return dict(self.uptakes).get(turn_id, "open")

    def nearest(self, text: str) -> tuple[str, float]:
        """The turn that repeats ``text`` most, and the Jaccard similarity of their word-3-grams.

        Only turns count that somebody who is present heard: what others said among themselves repeats for nobody here.
        """
        here, numbered = frozenset(self.company), self.numbered
        found = self.index.nearest(text, lambda number: not here.isdisjoint(numbered[number][1]))
        return ("", 0.0) if found is None else (numbered[found[0]][0], found[1])

    def _new_scene(self, present: tuple[str, ...]) -> Self:
        last = Heard(self.used, self.openings)
        heard = self.heard.update(dict.fromkeys(self.company, last))
        return evolve(
            self, heard=heard, proposed=None, pending=(), uptakes=(), questions=(), proposals=(), stands=(), told=(),
            stale=0, refusals=(), asked="", passed="", settled="", closings=0,
        )._joined(present)  # fmt: skip

    def _joined(self, present: tuple[str, ...]) -> Self:
        """The scene with these present, before anybody has spoken."""
        known = (self.heard[one] for one in present if one in self.heard)
        before = list({id(one): one for one in known}.values())
        used = before[0].used if before else Map()
        for other in before[1:]:
            used = used.update({device: times for device, times in other.used.items() if times > used.get(device, 0)})
        openings = tuple(dict.fromkeys(opening for one in before for opening in one.openings))
        return evolve(self, used=used, openings=openings[-OPENINGS:], company=present)

    def _said(self, turn: Turn) -> Self:
        stands = _stands_after(self.stands, turn)
        proposals = self.proposals
        if turn.act == "propose" and turn.option and turn.option not in dict(proposals):
            proposals = (*proposals, (turn.option, turn.speaker))
        fresh = tuple(item for item in turn.shared if item not in self.told)
        is_news = bool(fresh) or proposals != self.proposals or stands != self.stands or bool(turn.said_new)
        arcs, pending, uptakes = self._react(turn)
        number = len(self.numbered)
        speaker_used = self.used_by.get(turn.speaker, Map())
        closing = turn.act == "close"
        return evolve(
            self,
            proposed=None,
            refusals=(),
            asked="",
            passed="",
            index=self.index.add(turn.content),
            numbered=self.numbered.set(number, (turn.id, self.company)),
            used=_count(self.used, turn.devices),
            used_by=self.used_by.set(turn.speaker, _count(speaker_used, turn.devices)),
            openings=(*self.openings, opening_of(turn.content))[-OPENINGS:],
            arcs=arcs,
            pending=pending,
            uptakes=uptakes,
            questions=_questions_after(self.questions, turn),
            proposals=proposals,
            stands=stands,
            told=(*self.told, *fresh),
            stale=0 if is_news else self.stale + 1,
            settled=turn.option if closing and turn.option else self.settled,
            closings=self.closings + 1 if closing else self.closings,
        )

    def _react(self, turn: Turn) -> tuple[Map[str, Map[str, Arc]], tuple[Pending, ...], tuple[tuple[str, Uptake], ...]]:
        """What ``turn`` does to the turns that wait for a reaction, and to its speaker's arc."""
        arcs = _arc(self.arcs, turn.speaker, turn.tactic, used=1)
        waiting: list[Pending] = []
        uptakes = self.uptakes
        for pending in self.pending:
            fate = _fate(pending, turn)
            if fate == "open":
                older = pending.age + (turn.speaker != pending.turn.speaker)
                waiting.append(Pending(pending.turn, older))
                continue
            uptakes = (*uptakes, (pending.turn.id, fate))
            arcs = _arc(
                arcs, pending.turn.speaker, pending.turn.tactic,
                taken_up=int(fate == "taken_up"), dismissed=int(fate == "dismissed"),
            )  # fmt: skip
        return arcs, (*waiting, Pending(turn)), uptakes


def opening_of(content: str) -> str:
    """The first three words, folded: what makes two turns start alike."""
    return " ".join(content.casefold().split()[:3])


def sign_of(turn: Turn) -> int:
    """+1 when the turn speaks for its option, -1 against, 0 when it takes no side."""
    if not turn.option or turn.act == "question":
        return 0
    return -1 if turn.act == "oppose" else 1


def _fate(pending: Pending, turn: Turn) -> Uptake:
    before = pending.turn
    if turn.speaker == before.speaker:
        return "open"
    reacts = turn.reply_to == before.id or before.speaker in turn.addressed_to
    if reacts and turn.act in TAKEN_UP:
        return "taken_up"
    if reacts and turn.act in DISMISSED:
        return "dismissed"
    if reacts and turn.shared:
        return "taken_up"
    return "dismissed" if pending.age + 1 >= IGNORED_AFTER else "open"


def _stands_after(stands: tuple[Stand, ...], turn: Turn) -> tuple[Stand, ...]:
    sign = sign_of(turn)
    if not sign:
        return stands
    kept = tuple(one for one in stands if (one.entity, one.option) != (turn.speaker, turn.option))
    new = Stand(turn.speaker, turn.option, sign)
    return stands if new in stands else (*kept, new)


def _questions_after(questions: tuple[Turn, ...], turn: Turn) -> tuple[Turn, ...]:
    """Open questions after ``turn``: an answer, or what an addressee tells the asker, closes one."""
    kept = tuple(
        one
        for one in questions
        if turn.speaker == one.speaker
        or (one.addressed_to and turn.speaker not in one.addressed_to)
        or not (turn.act == "answer" or (turn.reply_to == one.id and turn.act != "question"))
    )
    return (*kept, turn) if turn.act == "question" else kept


def _count(used: Map[str, int], devices: tuple[str, ...]) -> Map[str, int]:
    for device in devices:
        used = used.set(device, used.get(device, 0) + 1)
    return used


def _arc(
    arcs: Map[str, Map[str, Arc]], speaker: str, tactic: str, *, used: int = 0, taken_up: int = 0, dismissed: int = 0
) -> Map[str, Map[str, Arc]]:
    mine = arcs.get(speaker, Map())
    arc = mine.get(tactic, Arc())
    arc = Arc(arc.used + used, arc.taken_up + taken_up, arc.dismissed + dismissed)
    return arcs.set(speaker, mine.set(tactic, arc))
