"""What a planner sees and what it proposes, as values."""

from __future__ import annotations

from attrs import frozen

from timepoint_pro.records.quick import quick


@quick
@frozen(weakref_slot=False)
class PersonView:
    """Somebody who may take part.

    ``archetype`` and ``location`` may be empty; ``mood`` is words; ``goals`` are the template's. ``expects``: what they
    look forward to or fear, the likeliest first, as it stands after their name ("fears that the pump fails").
    """

    id: str
    name: str
    kind: str
    role: str
    archetype: str
    goals: tuple[str, ...]
    mood: str
    location: str = ""
    expects: tuple[str, ...] = ()


@quick
@frozen(weakref_slot=False)
class FactView:
    """A fact of the scenario that a planner may build on.

    Args:
        id, statement, handle, topic, subject, importance: as in ``records.knowledge.Item``.
        holders: entity ids of those who hold it at the start or by now.
        leads_to: fact ids, or ``"outcome"``, that it is a cause of.
        index: story moment at which it enters; 0 for the start.
        bearing: pairs of ``"question/option"`` and weight in [-1, 1].
    """

    id: str
    statement: str
    handle: str
    topic: str
    importance: float
    holders: tuple[str, ...]
    leads_to: tuple[str, ...]
    index: int
    subject: str = ""
    bearing: tuple[tuple[str, float], ...] = ()


@frozen
class TensionView:
    """A directed tie that strains: trust in [-1, 1], and what the two want that crosses, in words."""

    one: str
    other: str
    trust: float
    over: str


@frozen
class QuestionView:
    """A decision that people of the scenario face.

    Args:
        id, text, topics, decides: as in ``records.timepoint.Question``.
        options: pairs of option id and label (a bare infinitive).
        index: story moment that has to settle it; -1 for any.
        leanings: (entity id, option id, weight in [-1, 1]).
    """

    id: str
    text: str
    topics: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    decides: str
    index: int
    leanings: tuple[tuple[str, str, float], ...] = ()


@frozen
class QuantityView:
    """A number that the story tracks. ``value``: its last reading; ``per_hour``: its drift; both in ``unit``."""

    id: str
    label: str
    unit: str
    value: float
    threshold: float | None
    per_hour: float
    topic: str
    watchers: tuple[str, ...]


@frozen
class ScenarioView:
    """The scenario as a planner sees it. ``circumstances``: what everyone knows of the setting, in sentences."""

    description: str
    people: tuple[PersonView, ...]
    facts: tuple[FactView, ...]
    tensions: tuple[TensionView, ...]
    questions: tuple[QuestionView, ...]
    circumstances: tuple[str, ...]
    language: str = "en"
    quantities: tuple[QuantityView, ...] = ()
    location: str = ""


@frozen
class MomentView:
    """A moment already planned or played.

    Args:
        timepoint_id: its id; empty for a moment that is only planned.
        statement: what happened.
        settled: how its question was settled, in words; empty where it was not.
        asked: id of its question; empty where none.
        facts: ids of the facts that it rests on.
        people: entity ids of those present.
        option: id of the option taken, as played or as planned; empty where none.
        mechanism: the kind of cause that it is, as proposed.
        circumstance: what those present witnessed.
    """

    timepoint_id: str
    statement: str
    settled: str
    asked: str
    facts: tuple[str, ...]
    people: tuple[str, ...]
    option: str = ""
    mechanism: str = ""
    circumstance: str = ""


@frozen
class MomentProposal:
    """What a planner proposes for one moment.

    Args:
        title: a few words.
        description: what happens, one or two sentences, for the audience; may say what nobody present knows.
        circumstance: what everyone present can see or has just been told, one or two sentences. Never a fact
            that only some of them hold, never what comes later.
        people: ids of those present, two at least where the scenario has two.
        question: id of the question that the moment turns on; empty where none.
        facts: ids of the facts that it rests on.
        hours: story time between this moment and its neighbour, in hours, above 0.
        cause: how it leads to its effect, one sentence (portal), or why it follows (forward).
        mechanism: one or two words for the kind of cause (``"withheld warning"``, ``"drift"``, ``"decision"``).
        option: id of the option that the question is settled for in this moment, where what follows needs it.
    """

    title: str
    description: str
    circumstance: str
    people: tuple[str, ...]
    question: str = ""
    facts: tuple[str, ...] = ()
    hours: float = 1.0
    cause: str = ""
    mechanism: str = ""
    option: str = ""


@frozen
class NextMoment:
    """The answer to ``ProposeNext``."""

    moment: MomentProposal


@frozen
class Direction:
    """What a mode wants of the next moment.

    Args:
        manner: where it stands: an act (``"setup"``, ``"rising"``, ``"climax"``, ``"falling"``, ``"resolution"``), or a
            place in a cycle (``"begins"``, ``"goes_on"``, ``"again"``, ``"ends"``).
        words: the same in whole sentences, for models that read.
        most: people in it at most.
    """

    manner: str
    words: str
    most: int


@frozen
class NextContext:
    """What a forward planner sees.

    Args:
        scenario: the scenario, with what people know by now.
        passed: the moments so far, oldest first.
        index: place of the moment to propose, from 0.
        count: how many moments the run has.
        unit, unit_hours: the template's resolution.
        asked: ids of the questions that moments have already turned on.
        questions: ids of the questions that this moment may turn on; the first one is due now. Empty: none.
        unseen: ids of people who have not been present yet.
        company: ids of those present, where that is settled; empty: the planner says who is.
        direction: what the mode wants of the moment; None where it leaves that to the planner.
        step_hours: length of the step to the moment, where the template fixes it; None: about a unit.
    """

    scenario: ScenarioView
    passed: tuple[MomentView, ...]
    index: int
    count: int
    unit: str
    unit_hours: float
    asked: tuple[str, ...]
    questions: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    direction: Direction | None = None
    step_hours: float | None = None


@frozen
class Antecedents:
    """The answer to ``ProposeAntecedents``: as many candidates as were asked for."""

    candidates: tuple[MomentProposal, ...]


@frozen
class AntecedentContext:
    """What a portal planner sees when it steps back from ``effect``.

    Args:
        scenario: the scenario.
        outcome: what the portal ends in.
        effect: the moment to be explained, the outcome itself at the first step.
        chain: the moments from there to the outcome, nearest first.
        step: 1 for the moment just before the outcome.
        steps: how many there will be; the last is the origin.
        wanted: how many candidates.
        unit, unit_hours: the template's resolution.
        index: place of the wanted moment in story order, from 0 at the origin.
        questions: ids of the questions that this moment may turn on; the first one is due now. Empty: none.
        earlier: the moment before the wanted one, where that has been found first.
        tried: titles proposed so far in this search.
    """

    scenario: ScenarioView
    outcome: str
    effect: MomentView
    chain: tuple[MomentView, ...]
    step: int
    steps: int
    wanted: int
    unit: str
    unit_hours: float
    index: int = 0
    questions: tuple[str, ...] = ()
    earlier: MomentView | None = None
    tried: tuple[str, ...] = ()


@frozen
class Score:
    """A judgement of one candidate, each part in [0, 1], with its reason in a few words."""

    plausibility: float
    causal_necessity: float
    entity_capability: float
    historical_precedent: float
    reason: str


@frozen
class Scores:
    """The answer to ``ScoreAntecedents``, one score a candidate, in order."""

    scores: tuple[Score, ...]


@frozen
class TrialOutcome:
    """What came of a candidate that was played forward from the start of the story, for the judge.

    Args:
        moments: how many were played, the candidate's own first.
        settled: (question id, option id) as the scenes settled them; empty option: left open.
        words: the same in sentences.
        told: ids of facts that somebody came to hold in them.
        said: the last words, each with its speaker's name.
        wellbeing: of those who feel, at the end, in [0, 1].
        tension: of the last scene, in [0, 1].
    """

    moments: int
    settled: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    wellbeing: float = 0.5
    tension: float = 0.0


@frozen
class ScoreContext:
    """What a judge sees: the same as the planner, the candidates, and what came of each where it was played.

    ``played``: what came of them is no trial, but what has happened by now.
    """

    situation: AntecedentContext
    candidates: tuple[MomentProposal, ...]
    trials: tuple[TrialOutcome, ...] = ()
    played: bool = False
