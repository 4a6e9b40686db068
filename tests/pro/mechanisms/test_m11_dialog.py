"""Dialog as it shows in whole runs: who speaks, how scenes end, what becomes of tactics."""

from __future__ import annotations

import pytest

from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.mechanisms.m11_dialog import Dialog
from timepoint_pro.prompts.dialog import DialogTurn, TurnAnswer, TurnContext
from timepoint_pro.run import Run
from timepoint_pro.simulation import Simulation


class Listening(ScriptedBackend):
    """The built-in model, keeping every context that it was shown."""

    def __init__(self) -> None:
        self.contexts: list[TurnContext] = []

    async def complete(self, request: Request, /) -> Completion:
        if isinstance(request.prompt, DialogTurn):
            self.contexts.append(request.prompt.context)
        return await super().complete(request)


class Fixed(ScriptedBackend):
    """Says the same thing in every turn, whoever is asked."""

    async def complete(self, request: Request, /) -> Completion:
        if not isinstance(request.prompt, DialogTurn):
            return await super().complete(request)
        answer = TurnAnswer("The harbour master keeps the second key in a drawer.", "inform", "statement", "calm")
        return Completion(value=answer, model="scripted", cost_usd=0.0)


def play(**arguments: object) -> Run:
    return Simulation.from_template("board_meeting", store=":memory:", **arguments).run()  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def heard() -> tuple[Run, Listening]:
    backend = Listening()
    return play(seed=5, backend=backend), backend


def test_whoever_is_addressed_alone_speaks_next(heard: tuple[Run, Listening]) -> None:
    followed = [
        (turn.addressed_to[0], following.speaker)
        for dialog in heard[0].dialogs
        for turn, following in zip(dialog.turns, dialog.turns[1:], strict=False)
        if len(turn.addressed_to) == 1 and following.act != "close"
    ]
    assert len(followed) > 10
    assert all(addressed == speaker for addressed, speaker in followed)


def test_a_turn_is_made_from_the_state_just_before_it(heard: tuple[Run, Listening]) -> None:
    run, backend = heard
    spoken = [turn for dialog in run.dialogs for turn in dialog.turns]
    seen = {(one.speaker.id, one.feeling.valence, one.feeling.arousal, one.feeling.energy) for one in backend.contexts}
    assert all((turn.speaker, turn.valence, turn.arousal, turn.energy) in seen for turn in spoken)


def test_contexts_show_only_what_the_speaker_holds(heard: tuple[Run, Listening]) -> None:
    run, backend = heard
    held: dict[str, set[str]] = {}
    for exposure in run.exposures:
        held.setdefault(exposure.entity, set()).add(exposure.item)
    for context in backend.contexts:
        assert {item.id for item in context.knows} <= held[context.speaker.id]


def test_arcs_count_what_became_of_tactics(heard: tuple[Run, Listening]) -> None:
    run, backend = heard
    last = {context.speaker.id: context for context in backend.contexts}
    for context in last.values():
        for arc in context.arc:
            mine = [turn for dialog in run.dialogs for turn in dialog.turns if turn.speaker == context.speaker.id]
            assert arc.used <= sum(turn.tactic == arc.tactic for turn in mine)
            assert arc.taken_up + arc.dismissed <= arc.used
    assert any(arc.dismissed for context in last.values() for arc in context.arc)
    assert any(arc.taken_up for context in last.values() for arc in context.arc)


def test_scenes_end_with_a_closing_turn_of_whoever_decides(heard: tuple[Run, Listening]) -> None:
    run = heard[0]
    settled = 0
    for dialog in run.dialogs:
        timepoint = next(one for one in run.timepoints if one.id == dialog.timepoint_id)
        closing, question = dialog.turns[-1], timepoint.question
        if closing.act == "close" and question is not None and question.decides in dialog.participants:
            settled += 1
            assert closing.speaker == question.decides
    assert settled >= 2


@pytest.mark.parametrize("limit", [3, 7])
def test_no_scene_is_longer_than_its_limit(limit: int) -> None:
    run = play(seed=1, mechanisms=[Dialog(max_turns=limit)])
    assert run.turns > 0
    assert all(len(dialog.turns) <= limit for dialog in run.dialogs)


def test_a_model_that_repeats_itself_is_refused_and_the_scene_ends() -> None:
    run = play(seed=1, backend=Fixed())
    assert run.status == "completed"
    assert run.turns == 1
    assert {violation.rule for violation in run.violations} == {"repetition"}


class Worn(Listening):
    """Says one sentence of one pattern in every turn, and keeps every context that it was shown."""

    async def complete(self, request: Request, /) -> Completion:
        if not isinstance(request.prompt, DialogTurn):
            return await super().complete(request)
        self.contexts.append(request.prompt.context)
        answer = TurnAnswer(
            "The harbour master keeps the second key in a drawer.", "inform", "statement", "calm", devices=("key.1",)
        )
        return Completion(value=answer, model="scripted", cost_usd=0.0)


def test_the_pattern_of_a_refused_turn_counts_as_used_at_the_next_attempt() -> None:
    backend = Worn()
    play(seed=1, backend=backend)
    attempts = [context for context in backend.contexts if context.position == 1][:4]
    assert [context.attempt for context in attempts] == [0, 1, 2, 3]
    assert [context.used["key.1"] for context in attempts] == [1, 2, 3, 4]


class Mute(ScriptedBackend):
    """The built-in model, but one person can only repeat one sentence."""

    def __init__(self, mute: str) -> None:
        self.mute = mute
        self.asked: list[str] = []

    async def complete(self, request: Request, /) -> Completion:
        if isinstance(request.prompt, DialogTurn):
            speaker = request.prompt.context.speaker.id
            self.asked.append(speaker)
            if speaker == self.mute:
                answer = TurnAnswer("I have said all that I will say about this.", "inform", "statement", "calm")
                return Completion(value=answer, model="scripted", cost_usd=0.0)
        return await super().complete(request)


def test_a_turn_asked_again_stays_with_its_speaker_and_then_somebody_else_is_asked() -> None:
    backend = Mute("priya_raman")
    run = play(seed=2, backend=backend)
    said = [turn.speaker for dialog in run.dialogs for turn in dialog.turns]
    assert said.count("priya_raman") == 1
    refused = [number for number, speaker in enumerate(backend.asked) if speaker == "priya_raman"][1:]
    assert len(refused) >= 4
    first = refused[0]
    assert backend.asked[first : first + 4] == ["priya_raman"] * 4
    assert backend.asked[first + 4] != "priya_raman"


@pytest.mark.parametrize(("setting", "value"), [("max_turns", 0), ("stale_turns", 0), ("spent", 101.0), ("items", 0)])
def test_settings_out_of_range_are_refused(setting: str, value: float) -> None:
    with pytest.raises(ValueError, match=setting):
        Dialog(**{setting: value})  # type: ignore[arg-type]
