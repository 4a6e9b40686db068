"""A found path laid out in story order, as moments that can be played.

T0 is the origin, T(n-1) the last antecedent, Tn the outcome itself, in which people face it. Times: with a portal year
(and an origin), moments are spread between the two by their proposed lengths; else steps follow the resolution.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import field, frozen

from timepoint_pro.modes.base import Drawing
from timepoint_pro.modes.clock import Clock
from timepoint_pro.modes.paths import Antecedent
from timepoint_pro.modes.premise import whole
from timepoint_pro.modes.readings import Readings
from timepoint_pro.modes.scenario import Scenario, allot
from timepoint_pro.modes.staging import Staging
from timepoint_pro.records.event import Event
from timepoint_pro.records.timepoint import Question, Timepoint
from timepoint_pro.records.world import World

OUTCOME_IMPORTANCE = 0.95
SHORT_WORDS = 9


@frozen
class Layout:
    """Lays out paths of one search.

    Args:
        scenario: of the template.
        clock: the run's.
        outcome: what every path ends in.
        steps: antecedents of a whole path, 1 or more.
        span: hours from the origin to the portal; None: as the moments' lengths add up.
        decided: (question id, option id) of what the outcome says is decided; those are not asked in it.
        valence: what the outcome is to those who live it, in [-1, 1].
    """

    scenario: Scenario
    clock: Clock
    outcome: str
    steps: int
    span: float | None = None
    decided: tuple[tuple[str, str], ...] = ()
    valence: float = 0.0
    _due: tuple[tuple[str, ...], ...] = field(init=False, repr=False)

    @_due.default
    def _allotted(self) -> tuple[tuple[str, ...], ...]:
        return allot(self.scenario.questions, self.steps + 1)

    @property
    def places(self) -> tuple[tuple[str, ...], ...]:
        """Ids of the questions due at each place before the outcome."""
        return self._due[: self.steps]

    def lay_out(
        self, world: World, ctx: Drawing, nodes: Sequence[Antecedent], path: str
    ) -> tuple[tuple[Timepoint, ...], tuple[Event, ...]]:
        """The moments of a path with the outcome last, and what is recorded on the way.

        Args:
            world: before anything was played.
            ctx: for the chance part of readings.
            nodes: in story order.
            path: its id.
        """
        view = self.scenario.view(world, (), 0)
        stage = Staging(self.scenario, view.people, view.facts, self.clock, self.outcome)
        times = self._times([node.proposal.hours for node in nodes])
        readings = dict(world[Readings].last.items())
        unseen = [one.id for one in view.people]
        moments: list[Timepoint] = []
        events: list[Event] = []
        for index, at in enumerate(times):
            moment, recorded = self._moment(stage, ctx, nodes, index, at, unseen, readings, path)
            unseen = [one for one in unseen if one not in moment.present]
            moments.append(moment)
            events.extend(recorded)
        return tuple(moments), tuple(events)

    def _moment(
        self, stage: Staging, ctx: Drawing, nodes: Sequence[Antecedent], index: int, at: float,
        unseen: Sequence[str], readings: dict[str, tuple[float, float]], path: str,
    ) -> tuple[Timepoint, tuple[Event, ...]]:  # fmt: skip
        """The moment at ``index``; the one after the last node is the outcome."""
        last = index == len(nodes)
        proposal = None if last else nodes[index].proposal
        before = nodes[index - 1] if index else None
        question = self._question(nodes, index)
        decides = question.decides if question is not None else ""
        proposed = [one.id for one in stage.people] if proposal is None else proposal.people
        present = stage.attendance(proposed, decides, unseen, len(nodes) + 1 - index)
        moment_id = f"T{index}"
        cut: tuple[Event, ...] = ()
        if proposal is None:
            title, description, circumstance = shortened(self.outcome), self.outcome, self.outcome
            importance = OUTCOME_IMPORTANCE
        else:
            guard = stage.guard(present, index, [node.proposal for node in nodes[index + 1 :]])
            circumstance, cut = stage.circumstance(moment_id, proposal.circumstance, guard, present, question)
            title = stage.title(proposal.title, guard, question)
            description = whole(proposal.description)
            importance = round(0.4 + 0.5 * nodes[index].score.causal_necessity, 3)
        news, read = stage.news(index, at, present, circumstance, question, readings, ctx)
        moment = Timepoint(
            id=moment_id,
            key=moment_id,
            index=index,
            at=at,
            antecedents=(f"T{index - 1}",) if index else (),
            path=path,
            title=title,
            description=description,
            circumstance=circumstance,
            present=present,
            location=self.scenario.location,
            question=question,
            importance=importance,
            news=news,
            cause=whole(before.proposal.cause) if before is not None else "",
            mechanism=before.proposal.mechanism if before is not None else "",
            strength=round(before.score.causal_necessity, 3) if before is not None else 0.5,
            valence=self.valence if last else 0.0,
        )
        return moment, (*cut, *read)

    def _question(self, nodes: Sequence[Antecedent], index: int) -> Question | None:
        """The question of the moment at ``index``, each one once a run."""
        used = {node.proposal.question for node in nodes}
        if index < len(nodes):
            mine = nodes[index].proposal.question
            spare = [one for one in self._due[nodes[index].index] if one not in used]
            before = {node.proposal.question for node in nodes[:index]}
            chosen = mine if mine and mine not in before else next(iter(spare), "")
        else:
            used |= {question for question, _ in self.decided}
            chosen = next((one for one in self._due[-1] if one not in used), "")
        return self.scenario.question(chosen)

    def _times(self, hours: Sequence[float]) -> list[float]:
        """Story times of the moments and of the outcome, increasing, in hours since the start."""
        steps = [self.clock.step(index, length) for index, length in enumerate(hours, 1)]
        scale = self.span / sum(steps) if self.span is not None else 1.0
        times = [0.0]
        passed = 0.0
        for index, step in enumerate(steps, 1):
            passed += step * scale
            if self.span is not None and index == len(steps) and self.span > times[-1]:
                times.append(round(self.span, 6))
            else:
                times.append(self.clock.settle(passed, times[-1]))
        return times


def shortened(outcome: str) -> str:
    """The outcome's first clause, ``SHORT_WORDS`` words at most, without a full stop."""
    clause = re.split(r"[:;.!?]\s|,\s(?:and|but|because|so|when|while|after|as)\s", outcome.strip())[0]
    words = clause.rstrip(".!?").split()
    return " ".join(words[:SHORT_WORDS]) + (" ..." if len(words) > SHORT_WORDS else "")
