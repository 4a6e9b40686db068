"""Every mechanism changes something that can be counted, and the template that features it shows it."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from timepoint_pro.errors import UnknownNameError, UsageError
from timepoint_pro.evaluation.ablation import ACTING, Ablation, ablate
from timepoint_pro.evaluation.baselines import COMPARED, Baseline, baselines
from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.mechanisms.catalogue import ESSENTIAL, assemble, built_in
from timepoint_pro.mechanisms.m11_dialog import Dialog
from timepoint_pro.mechanisms.neutral import NEUTRAL, meaning, neutral
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template

FEATURED = {
    "hospital_crisis": ("M8", "M14"),
    "board_meeting": ("M11", "M13"),
    "shrine": ("M16",),
    "detective": ("M15",),
}


def short(name: str, moments: int = 2) -> Template:
    return Template.from_template(name).with_changes({"timepoints.count": moments})


@pytest.fixture(scope="module")
def castaway() -> Ablation:
    """All thirteen on the template that features all; up to the moment at which it branches, with few turns."""
    return ablate(short("castaway_colony_branching", 3), seed=7, mechanisms=[Dialog(max_turns=6)])


def test_every_mechanism_that_acts_changes_something(castaway: Ablation) -> None:
    assert tuple(one.code for one in castaway.effects) == ACTING
    for one in castaway.effects:
        assert one.changed, one.code
        assert one.entries, f"{one.code} wrote nothing"
        assert one.off == meaning(one.code)


def test_what_changes_prompts_is_quoted(castaway: Ablation) -> None:
    for one in castaway.effects:
        assert bool(one.first) == bool(one.prompts.differing or one.turns.differing or one.records.differing)
        if one.prompts.differing:
            assert one.example[0] != one.example[1]


@pytest.mark.parametrize(("name", "codes"), FEATURED.items())
def test_a_template_shows_what_it_features(name: str, codes: tuple[str, ...]) -> None:
    found = ablate(short(name, 3), codes, seed=7)
    for code in codes:
        assert {"states", "prompts", "turns", "records", "log"} <= set(found[code].changed), code
    if "M14" in codes:
        assert found["M14"].moved["energy"] > 10.0
        assert found["M8"].moved["capacity"] > 0.05
    if "M13" in codes:
        assert found["M13"].moved["trust"] > 0.02
    if "M15" in codes:
        assert found["M15"].moved["anxiety"] > 0.1


class Repeating(ScriptedBackend):
    """A model that says what it said before, whenever it is asked for the fifth turn and the tenth."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[Any] = []

    async def complete(self, request: Request) -> Completion:
        answer = await super().complete(request)
        if not request.attempt and getattr(request.prompt, "context", None) is not None:
            context = getattr(request.prompt, "context")  # noqa: B009
            if len(self.said) in (5, 10) and not getattr(context, "attempt", 0):
                answer = evolve(answer, value=evolve(answer.value, content=self.said[1]))
            if hasattr(answer.value, "content"):
                self.said.append(answer.value.content)
        return answer


def test_constraints_change_what_is_said_by_a_model_that_breaks_them() -> None:
    def turns(*without: str) -> list[str]:
        run = Simulation(
            short("board_meeting"), seed=7, backend=Repeating(), without=without, store=":memory:"
        ).run()  # fmt: skip
        return [turn.content for dialog in run.dialogs for turn in dialog.turns]

    with_it, without_it = turns(), turns("M4")
    assert len(without_it) != len(set(without_it))
    assert len(with_it) == len(set(with_it))


def test_those_that_others_need_stay_in_their_neutral_form() -> None:
    assert tuple(NEUTRAL) == ESSENTIAL
    for code in ESSENTIAL:
        left = next(one for one in assemble(without=[code]) if one.spec.code == code)
        assert left != next(one for one in built_in() if one.spec.code == code)
    with pytest.raises(UnknownNameError, match="M8"):
        neutral(next(one for one in built_in() if one.spec.code == "M8"))


def test_neutral_forms_do_what_they_say() -> None:
    template = short("hospital_crisis", 3)

    def play(code: str) -> Any:
        return Simulation(template, seed=7, without=[code], store=":memory:", model="scripted").run()

    rested = play("M14")
    levels = {turn.energy for dialog in rested.dialogs for turn in dialog.turns}
    whole = Simulation(template, seed=7, store=":memory:", model="scripted").run()
    assert min(levels) > max(turn.energy for dialog in whole.dialogs for turn in dialog.turns)
    ignorant = play("M3")
    assert {one.timepoint_id for one in ignorant.exposures} == {""}
    strangers = play("M13")
    assert all(one.interactions == 0 for one in strangers.relationships)


@pytest.fixture(scope="module")
def compared() -> dict[str, Baseline]:
    return {one.code: one for one in baselines(short("mars_mission_portal", 2), seed=7)}


def test_a_fork_shares_its_past_and_a_rerun_does_not(compared: dict[str, Baseline]) -> None:
    rows = {row.quantity: row for row in compared["M12"].rows}
    stray = rows["differences that it did not cause"]
    assert stray.with_it == "0"
    assert int(stray.baseline) > 0
    assert int(rows["model calls made"].with_it) < int(rows["model calls made"].baseline)


def test_the_kind_of_time_and_the_choice_of_models_are_compared(compared: dict[str, Baseline]) -> None:
    assert tuple(compared) == COMPARED
    paths = next(row for row in compared["M17"].rows if row.quantity == "paths considered")
    assert int(paths.with_it) > int(paths.baseline) == 0
    score = next(row for row in compared["M18"].rows if row.quantity == "mean score over calls")
    assert float(score.with_it) >= float(score.baseline)


def test_what_cannot_be_played_without_is_told_and_the_rest_goes_on() -> None:
    hall = {"scenario_description": "A hall.", "entities": {"count": 2}, "timepoints": {"count": 1}}
    crowd = Template.from_dict(hall)
    found = ablate(crowd, ["M9", "M10"])
    assert "nobody exists" in found["M9"].stopped
    assert found["M9"].turns.on == found["M9"].turns.differing
    assert found["M9"].turns.off == 0
    assert not found["M10"].stopped


def test_wrong_codes_are_named() -> None:
    with pytest.raises(UsageError, match="M12"):
        ablate("convergence/simple", ["M12"])
    with pytest.raises(UnknownNameError, match="M99"):
        ablate("convergence/simple", ["M99"])
    with pytest.raises(UnknownNameError, match="M8"):
        baselines("convergence/simple", ["M8"])
