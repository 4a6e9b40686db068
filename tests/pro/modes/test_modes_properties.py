"""Forward, portal and branching on random configurations, played with everything: what must hold in each."""

from __future__ import annotations

from typing import Any

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staged_modes import document

from timepoint_pro.engine.progress import Progress
from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.mechanisms.knowledge import Knowledge
from timepoint_pro.prompts.dialog import DialogTurn
from timepoint_pro.records.timepoint import key_of
from timepoint_pro.run import Run
from timepoint_pro.run_store import RunStore
from timepoint_pro.simulation import Simulation
from timepoint_pro.templates import Template

OUTCOME = "lower village is flooded"
CONFIGURATIONS = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(("forward", "portal", "branching")),
        "people": st.integers(2, 6),
        "moments": st.integers(1, 3),
        "resolution": st.sampled_from(("hour", "day", "month")),
        "exploration_mode": st.sampled_from(("reverse_chronological", "oscillating", "adaptive", "random")),
        "path_count": st.integers(1, 3),
        "coherence_threshold": st.sampled_from((0.2, 0.6, 0.95)),
        "enable_counterfactuals": st.booleans(),
        "before_count": st.integers(0, 1),
        "seed": st.integers(0, 1000),
    }
)


class Listening(ScriptedBackend):
    """The built-in model, which remembers the turns that it was asked for."""

    def __init__(self) -> None:
        self.told: list[DialogTurn] = []

    async def complete(self, request: Request, /) -> Completion:
        if isinstance(request.prompt, DialogTurn):
            self.told.append(request.prompt)
        return await super().complete(request)


def configured(config: dict[str, Any]) -> Template:
    keys = ("exploration_mode", "path_count", "coherence_threshold", "enable_counterfactuals", "mode")
    base = document(config["people"], backward_steps=config["moments"], **{key: config[key] for key in keys})
    base["timepoints"].update(
        {"count": config["moments"], "resolution": config["resolution"], "before_count": config["before_count"]}
    )
    return Template.from_dict(base)


def play(template: Template, seed: int, store: RunStore, run_id: str, listener: Any = None) -> tuple[Run, Listening]:
    listening = Listening()
    simulation = Simulation(template, seed=seed, store=store, run_id=run_id, backend=listening, model="scripted")
    return simulation.run(listener), listening


@given(CONFIGURATIONS)
@settings(max_examples=9)
def test_every_mode_keeps_time_causes_and_secrets(config: dict[str, Any]) -> None:
    run, listening = play(configured(config), config["seed"], RunStore(":memory:"), "whole")
    at = {one.id: one for one in run.timepoints}
    assert len(at) == len(run.timepoints)
    for one in run.timepoints:
        assert all(at[cause].at < one.at for cause in one.antecedents)
    graph = run.causal_graph
    assert networkx.is_directed_acyclic_graph(graph)
    assert all(at[cause].at < at[effect].at for cause, effect in graph.edges)
    entries = [entry.id for entries in run.log.values() for entry in entries]
    assert len(entries) == len(set(entries))
    turns = [turn.turn_id for dialog in run.dialogs for turn in dialog.turns]
    assert len(turns) == len(set(turns)) == run.turns
    assert not [one for one in run.violations if one.severity == "hard"]
    _nobody_tells_what_they_do_not_hold(run)
    if config["mode"] == "portal":
        last = run.timepoints[-1]
        for prompt in listening.told:
            words = " ".join(message.content for message in prompt.messages())
            assert OUTCOME not in words or last.circumstance in words


def _nobody_tells_what_they_do_not_hold(run: Run) -> None:
    for end in run.ends:
        heard: dict[tuple[str, str], float] = {}
        exposures = sorted(run.world(end)[Knowledge].log.values(), key=lambda one: one.at)
        for one in exposures:
            heard.setdefault((one.entity, one.item), one.at)
        for one in exposures:
            if one.how == "told" and (one.source, one.item) in heard:
                assert heard[one.source, one.item] <= one.at
            elif one.how == "told":
                assert one.source not in run.template.roster or one.timepoint_id.startswith("start")


@given(CONFIGURATIONS)
@settings(max_examples=3)
def test_every_mode_goes_on_from_each_timepoint(config: dict[str, Any]) -> None:
    template, store = configured(config), RunStore(":memory:")
    whole, _ = play(template, config["seed"], store, "whole")
    for stop in range(len(whole.timepoints)):
        closed = 0

        def crash(progress: Progress, stop: int = stop) -> None:
            nonlocal closed
            if progress.kind == "timepoint":
                closed += 1
                if closed > stop:
                    raise RuntimeError

        with pytest.raises(RuntimeError):
            play(template, config["seed"], store, f"stopped-{stop}", crash)
        again = Simulation.resume(f"stopped-{stop}", store, backend=Listening(), model="scripted").run()
        assert dict(again.log) == dict(whole.log)
        assert {key_of(one.id) for one in again.timepoints} == {key_of(one.id) for one in whole.timepoints}
