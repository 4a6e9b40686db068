"""What a run would take, against what runs by a model behind the protocol do take."""

from __future__ import annotations

from pathlib import Path

import pytest
from serving import Served

from timepoint_pro import Simulation
from timepoint_pro.errors import TemplateError
from timepoint_pro.estimate import Estimate, first_questions
from timepoint_pro.llm.rehearsal import Rehearsal
from timepoint_pro.templates import load

PRICED = "deepseek/deepseek-chat"


def estimate(template: str, seed: int = 7, **arguments: object) -> Estimate:
    return Simulation.from_template(template, seed=seed, model=PRICED, **arguments).estimate()


@pytest.mark.parametrize(
    ("template", "seeds"),
    [("mars_mission_portal", (1,)), ("board_meeting", (1, 2)), ("convergence/simple", (1, 2, 3, 4)),
     ("vc_pitch_branching", (1,))],
)  # fmt: skip
def test_calls_are_those_of_runs_by_a_model_that_does_as_it_is_told(
    server: Served, template: str, seeds: tuple[int, ...]
) -> None:
    """Of several runs where they are short: when a scene is settled is chance for a model whose stands are."""
    for seed in seeds:
        Simulation.from_template(template, seed=seed, model=PRICED, base_url=server.url, store=":memory:").run()
    assert sum(estimate(template, seed).calls for seed in seeds) == pytest.approx(server.requests, rel=0.25)


def test_tokens_are_those_that_a_server_counts(server: Served) -> None:
    made = estimate("convergence/simple")
    run = Simulation.from_template(
        "convergence/simple", seed=7, model=PRICED, base_url=server.url, store=":memory:"
    ).run()  # fmt: skip
    a_call = (made.tokens_in + made.tokens_out) / made.calls
    assert a_call == pytest.approx(run.cost.tokens / run.cost.calls, rel=0.15)


def test_the_parts_add_up_and_the_price_is_dated() -> None:
    made = estimate("mars_mission_portal")
    assert made.calls == sum(part.calls for part in made.parts)
    assert made.tokens_in == sum(part.tokens_in for part in made.parts)
    assert {part.action for part in made.parts} == {
        "PORTAL_BACKWARD_REASONING", "PORTAL_PATH_SCORING", "DIALOG_SYNTHESIS"
    }  # fmt: skip
    assert made.cost_usd == pytest.approx((0.3 * made.tokens_in + 0.9 * made.tokens_out) / 1e6)
    assert made.cost_source == "estimated price of 2025-06"
    # Three paths are searched at once, so their calls take the time of one.
    assert made.seconds < made.calls + made.tokens_out / 50.0
    assert made == estimate("mars_mission_portal"), "an estimate repeats"


def test_costs_that_nobody_knows_are_not_made_up() -> None:
    unknown = Simulation.from_template("convergence/simple", model="mine").estimate()
    elsewhere = estimate("convergence/simple", base_url="http://127.0.0.1:1/v1")
    for made in (unknown, elsewhere):
        assert (made.cost_usd, made.cost_source) == (None, "unknown")
    assert "No price is known for mine." in unknown.notes
    free = Simulation.from_template("convergence/simple", model="scripted").estimate()
    assert (free.cost_usd, free.cost_source, free.seconds) == (0.0, "free", 0.0)
    local = Simulation.from_template("convergence/simple", model="local/smollm2-135m-instruct").estimate()
    assert (local.cost_usd, local.cost_source) == (0.0, "free")
    assert local.seconds > 60
    thinks = Simulation.from_template("convergence/simple", model="deepseek/deepseek-r1").estimate()
    assert any("reasoning model" in note for note in thinks.notes)


def test_an_estimate_sends_and_writes_nothing(server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    simulation = Simulation.from_template("convergence/simple", model="m", base_url=server.url, max_cost_usd=0.01)
    made = simulation.estimate()
    assert server.requests == 0
    assert list(tmp_path.iterdir()) == []
    assert simulation.max_cost_usd == 0.01
    argued, agreed = (simulation.rehearsed_by(Rehearsal(agreeing)).run().cost.calls for agreeing in (False, True))
    assert (made.calls_least, made.calls_most) == (agreed, argued)
    assert agreed < made.calls < argued


def test_models_of_single_actions_stand_apart() -> None:
    changes = {"llm_config.default_model": PRICED, "llm_config.actions": {"DIALOG_SYNTHESIS": "scripted"}}
    made = Simulation(load("convergence/simple").with_changes(changes)).estimate()
    assert {part.action: part.model for part in made.parts} == {
        "TEMPORAL_REASONING": PRICED, "DIALOG_SYNTHESIS": "scripted"
    }  # fmt: skip
    assert made.cost_usd is not None
    assert made.cost_source == "estimated price of 2025-06 and free"


def test_first_questions_are_in_words() -> None:
    questions = first_questions(Simulation.from_template("mars_mission_portal", seed=7, model=PRICED))
    assert [one.action for one in questions] == [
        "PORTAL_BACKWARD_REASONING", "PORTAL_PATH_SCORING", "DIALOG_SYNTHESIS"
    ]  # fmt: skip
    assert all(one.messages[0].role == "system" and one.schema["type"] == "object" for one in questions)
    assert "Your turn" in questions[-1].messages[-1].content


def test_a_template_that_cannot_run_has_no_estimate() -> None:
    with pytest.raises(TemplateError):
        Simulation({"world_id": "x"}, model=PRICED).estimate()
