"""Directorial mode: acts and their curve, irony as computed from M3, parallel lines, and what is kept of it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from attrs import Factory, define
from hypothesis import given, settings
from hypothesis import strategies as st
from staged_modes import document

from timepoint_pro import Intervention, RunStore, Simulation, Template
from timepoint_pro.engine.progress import Progress
from timepoint_pro.errors import TemplateError
from timepoint_pro.evaluation.storytelling import audience, loose_ends
from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.modes.acts import ARCS, FIVE, allotted, arc_of, score
from timepoint_pro.modes.irony import Gap, gaps, mean_irony
from timepoint_pro.prompts.planning import ProposeNext
from timepoint_pro.records.knowledge import Item
from timepoint_pro.records.timepoint import Option, Question
from timepoint_pro.run import Run
from timepoint_pro.templates import check

LINES = {
    "wall": {"people": ["ada", "ben"], "questions": ["level"], "location": "gallery"},
    "gate": {"people": ["cora", "dev"], "questions": ["inspect"], "location": "gate house"},
}


def made(moments: int = 5, told: dict[str, Any] | None = None, **temporal: Any) -> Template:
    given = document(4)
    given["timepoints"]["count"] = moments
    given["temporal"] = {"mode": "directorial", **temporal}
    given["metadata"]["narrative_structure"] = told or {}
    return Template.from_dict(given)


def simulate(template: Template, seed: int = 3, **arguments: Any) -> Run:
    return Simulation(template, seed=seed, store=arguments.pop("store", ":memory:"), **arguments).run()


@pytest.fixture(scope="module")
def parallel() -> Run:
    told = {"storylines": LINES, "audience_knows": ["seep"], "point_of_view": ["ben", "omniscient"]}
    return simulate(made(7, told, dramatic_tension=0.9))


def test_the_tension_of_five_moments_is_the_arc_of_freytag() -> None:
    assert [beat.tension for beat in score(5, height=0.8)] == [0.24, 0.64, 0.8, 0.32, 0.08]
    assert [beat.act.id for beat in score(10)] == [
        "setup", "setup", "rising", "rising", "rising", "climax", "climax", "falling", "falling", "resolution",
    ]  # fmt: skip
    # setup .1 to .3 in two steps, rising .3 to .8 in three, climax .8 to 1 in two, falling 1 to .4 in two, then .1
    assert [beat.tension for beat in score(10)] == [0.2, 0.3, 0.467, 0.633, 0.8, 0.9, 1.0, 0.7, 0.4, 0.1]


def test_few_moments_keep_the_climax_and_counts_go_to_the_ends() -> None:
    assert allotted(1, FIVE) == (0, 0, 1, 0, 0)
    assert allotted(3, FIVE) == (1, 0, 1, 0, 1)
    assert allotted(9, FIVE, before=3, after=3)[0] == 3
    assert allotted(9, FIVE, before=3, after=3)[-1] == 3


@given(st.integers(1, 60), st.floats(0, 1), st.integers(0, 9), st.integers(0, 9), st.sampled_from(sorted(ARCS)))
@settings(max_examples=30)
def test_tension_rises_to_the_height_at_the_end_of_the_climax(
    total: int, height: float, before: int, after: int, arc: str
) -> None:
    template = made(max(1, total), narrative_arc=arc, dramatic_tension=height)
    assert arc_of(arc) == ARCS[arc]
    beats = score(total, FIVE, height=height, before=before, after=after)
    assert len(beats) == total
    assert template.temporal.narrative_arc == arc
    assert all(0.0 <= beat.tension <= round(height, 3) and 6 <= beat.turns <= 18 for beat in beats)
    peak = max(range(total), key=lambda one: beats[one].tension)
    climax = [one for one in range(total) if beats[one].act.id == "climax"]
    assert beats[climax[-1]].tension == beats[peak].tension == pytest.approx(height, abs=6e-4)
    numbers = [beat.number for beat in beats]
    assert numbers == sorted(numbers)


def test_irony_is_the_weighted_share_of_what_bears_and_is_not_held() -> None:
    question = Question("level", "Lower it?", (Option("lower", "lower it"),), ("wall",))
    known = {
        "seep": Item("seep", "It seeps.", topic="wall", importance=0.6),
        "crack": Item("crack", "It cracks.", bearing=(("level/lower", 0.5),), importance=0.2),
        "rain": Item("rain", "It rains.", topic="weather", importance=0.9),
    }
    found = gaps(known, {"ada": ["seep"], "ben": [], "cora": ["seep", "crack"]}, question)
    assert found == (Gap("ada", 0.25, ("crack",)), Gap("ben", 1.0, ("seep", "crack")), Gap("cora", 0.0, ()))
    assert mean_irony(found) == pytest.approx(1.25 / 3, abs=1e-6)
    (alone,) = gaps(known, {"ada": []}, None)
    assert alone == Gap("ada", 1.0, ("rain", "seep"))
    assert gaps({}, {"ada": []}, question) == (Gap("ada", 0.0, ()),)


def test_the_irony_of_a_played_scene_is_what_m3_says() -> None:
    run = simulate(made(2, {"audience_knows": ["seep"], "point_of_view": "external"}))
    first = run.timepoints[0]
    frame = run.mode_frames[first.id]
    assert first.question is not None
    assert first.question.id == "level"
    assert frame["focalization"] == "external"
    lacking = {gap["entity"]: tuple(gap.get("unknown", ())) for gap in frame["gaps"]}
    # Only dev holds the seep from the start.
    assert lacking == {one: () if one == "dev" else ("seep",) for one in first.present}
    assert frame["irony"] == pytest.approx(sum(one != "dev" for one in first.present) / len(first.present), abs=1e-6)


def test_the_audience_learns_what_is_said_and_what_the_point_of_view_holds(parallel: Run) -> None:
    told = {item for dialog in parallel.dialogs for turn in dialog.turns for item in turn.shared}
    learned = audience(parallel)
    assert told <= {*learned, "seep"}
    assert "seep" not in learned
    assert set(learned.values()) <= {moment.id for moment in parallel.timepoints}
    assert set(loose_ends(parallel)) <= {*learned, "seep"}
    # From outside, only what is said is learned; through ada, what she has in mind.
    for point, is_shown in (("external", False), ("ada", True)):
        run = simulate(made(1, {"point_of_view": point}))
        said = any("grease" in turn.shared for dialog in run.dialogs for turn in dialog.turns)
        assert ("grease" in audience(run)) is (is_shown or said)


def test_two_lines_without_common_people_are_at_the_same_time_until_they_meet(parallel: Run) -> None:
    one, other, *rest = parallel.timepoints
    assert (one.at, one.location, other.at, other.location) == (0.0, "gallery", 0.0, "gate house")
    assert one.antecedents == other.antecedents == ()
    assert set(one.present) <= {"ada", "ben"}
    assert set(other.present) <= {"cora", "dev"}
    assert rest[0].antecedents == (one.id, other.id)
    climax = next(moment for moment in rest if parallel.mode_frames[moment.id]["act"] == "climax")
    assert {"ada", "dev"} & set(climax.present)
    assert parallel.mode_frames[climax.id].get("line", "") == ""
    assert not parallel.violations


def test_what_becomes_known_then_reaches_each_person_in_their_own_scene(parallel: Run) -> None:
    present = {moment.id: set(moment.present) for moment in parallel.timepoints}
    together = [moment for moment in parallel.timepoints if moment.at == 0.0]
    for exposure in parallel.exposures:
        for moment in together:
            if exposure.timepoint_id == moment.id and exposure.entity not in present[moment.id]:
                assert all(exposure.entity not in present[other.id] for other in together)


def test_a_scene_of_two_at_the_same_time_can_be_forked(parallel: Run) -> None:
    for at, rest in (("T0", ["T0:low", "T1:low"]), ("T1", ["T0", "T1:low"])):
        fork = parallel.fork(at, Intervention.state("ada", valence=-1.0), branch="low")
        assert [one.id for one in fork.timepoints][:2] == rest
        assert fork.timepoints[2].antecedents == tuple(rest)
        assert len(fork.mode_frames) == len(fork.timepoints) == 7


def test_lines_one_after_the_other_where_the_template_says_so() -> None:
    run = simulate(made(5, {"storylines": LINES, "parallel": False}))
    times = [moment.at for moment in run.timepoints]
    assert len(set(times)) == len(times)


def test_acts_of_the_template_set_importance_turns_company_and_view() -> None:
    acts = {
        "night": {"moments": 1, "tension": 0.2, "density": 0.0, "framing": "close", "point_of_view": "cora"},
        "day": {"tension": 1.0, "density": 1.0, "framing": "wide", "description": "The gate is opened"},
    }
    run = simulate(made(3, {"acts": acts}, dramatic_tension=1.0))
    first, *_, last = run.timepoints
    assert (first.max_turns, last.max_turns) == (6, 18)
    assert len(first.present) <= 3
    assert "cora" in first.present
    assert (first.importance, last.importance) == (0.43, 0.95)
    frame = run.mode_frames[first.id]
    assert (frame["act"], frame["acts"], frame["point_of_view"]) == ("night", 2, "cora")
    scenes = zip(run.dialogs, run.timepoints, strict=True)
    assert all(len(dialog.turns) <= moment.max_turns for dialog, moment in scenes)
    by_hand = simulate(made(3, {"tension": [0.9, 0.1]}))
    assert [frame["tension"] for frame in by_hand.mode_frames.values()] == [0.9, 0.1, 0.1]


def test_the_frame_stands_in_records_tdf_and_story(parallel: Run, tmp_path: Path) -> None:
    parallel.export(tmp_path, formats=["jsonl", "tdf", "markdown", "fountain"])
    words = {name: frame["words"] for name, frame in parallel.mode_frames.items()}
    records = [json.loads(line) for line in (tmp_path / "dialog_turn.jsonl").read_text(encoding="utf-8").splitlines()]
    assert records
    for record in records:
        frame = record["metadata"]["frame"]
        assert frame == words[record["metadata"]["timepoint_id"]]
        assert frame in record["prompt"]
        assert "M17" in record["metadata"]["mechanisms"]
    document = json.loads((tmp_path / "tdf_export.json").read_text(encoding="utf-8"))
    assert [one["scene"]["frame"]["words"] for one in document["timepoints"]] == list(words.values())
    assert "act 1 of 5" in (tmp_path / "narrative.md").read_text(encoding="utf-8")


def test_a_stopped_run_goes_on_to_the_same_story(parallel: Run) -> None:
    store = RunStore(":memory:")
    template = parallel.template
    for stop in (2, 9, 30):
        turns = 0

        def crash(progress: Progress, stop: int = stop) -> None:
            nonlocal turns
            turns += progress.kind == "turn"
            if turns == stop:
                raise RuntimeError

        with pytest.raises(RuntimeError):
            Simulation(template, seed=3, store=store, run_id=f"stopped-{stop}").run(crash)
        again = Simulation.resume(f"stopped-{stop}", store).run()
        assert dict(again.log) == dict(parallel.log)


@define
class Slow:
    """The built-in model with a wait, which counts how many requests are in flight at once."""

    inner: ScriptedBackend = Factory(ScriptedBackend)
    cached: bool = False
    flying: int = 0
    most: int = 0
    plans: list[str] = Factory(list)
    name: str = "slow"

    async def complete(self, request: Request, /) -> Completion:
        self.flying += 1
        self.most = max(self.most, self.flying)
        if isinstance(request.prompt, ProposeNext):
            self.plans.append(request.prompt.messages()[-1].content)
        await asyncio.sleep(0.002)
        self.flying -= 1
        return await self.inner.complete(request)

    async def aclose(self) -> None:
        """There is nothing to let go of."""


def test_two_lines_are_asked_for_and_played_at_the_same_time() -> None:
    apart = {"storylines": LINES, "parallel": False}
    for told, most in (({"storylines": LINES}, 2), (apart, 1)):
        backend = Slow()
        acts = [{"id": "setup", "moments": 2}, "climax"]
        run = simulate(made(5, told | {"acts": acts}), backend=backend, model="slow")
        assert backend.most == most
        wall, gate = backend.plans[:2]
        assert "This is act 1 of 2, setup." in wall
        assert "Present are ada, ben, and nobody else." in wall
        assert "Present are cora, dev, and nobody else." in gate
        # Whoever plans the second scene is told of nothing that happens in the first.
        assert "So far:" not in gate
        assert [one.id for one in run.timepoints] == [f"T{number}" for number in range(5)]


CONFIGURATIONS = st.fixed_dictionaries(
    {
        "moments": st.integers(1, 6),
        "lines": st.booleans(),
        "resolution": st.sampled_from(("minute", "hour", "day", "quarter")),
        "tension": st.floats(0, 1),
        "arc": st.sampled_from((None, "tragedy", "a slow-burn story", "in medias res")),
        "point": st.sampled_from(([], ["omniscient"], ["external", "cora"], "dev")),
        "knows": st.sampled_from(([], ["seep"], ["stiff", "rain"])),
        "seed": st.integers(0, 10_000),
    }
)


@given(CONFIGURATIONS)
@settings(max_examples=8)
def test_any_configuration_keeps_the_order_of_causes(config: dict[str, Any]) -> None:
    told = {"point_of_view": config["point"], "audience_knows": config["knows"]}
    template = made(
        config["moments"], told | ({"storylines": LINES} if config["lines"] else {}),
        narrative_arc=config["arc"], dramatic_tension=config["tension"],
    ).with_changes({"timepoints.resolution": config["resolution"]})  # fmt: skip
    run = simulate(template, config["seed"])
    at = {moment.id: moment.at for moment in run.timepoints}
    assert [moment.id for moment in run.timepoints] == [f"T{number}" for number in range(config["moments"])]
    for moment in run.timepoints:
        assert all(at[cause] < moment.at for cause in moment.antecedents)
        others = [one for one in run.timepoints if one.at == moment.at and one is not moment]
        assert all(set(one.present).isdisjoint(moment.present) for one in others)
        private = [fact for fact in template.facts if not fact.is_common]
        for fact in private:
            if not set(moment.present) <= set(fact.known_by) and not any(
                fact.id in turn.shared for dialog in run.dialogs for turn in dialog.turns
            ):
                assert fact.handle not in moment.circumstance
    ids = [entry.id for entries in run.log.values() for entry in entries]
    assert len(ids) == len(set(ids))
    assert not [one for one in run.violations if one.severity == "hard"]


def test_any_template_can_be_directed() -> None:
    run = simulate(Template.from_template("convergence/simple"), mode="directorial")
    assert run.mode == "directorial"
    assert run.template.narrative_structure.audience_knows
    assert len(run.mode_frames) == len(run.timepoints)


def test_ids_that_name_nothing_are_told() -> None:
    for told in (
        {"storylines": {"l": {"people": ["adaa"]}}},
        {"audience_knows": ["sep"]},
        {"point_of_view": ["omnicient"]},
        {"acts": [{"id": "a"}, {"id": "a"}]},
    ):
        with pytest.raises(TemplateError, match="narrative_structure"):
            made(3, told)


def test_a_line_of_one_does_not_count() -> None:
    told = {"storylines": {"lone": {"people": ["ada"]}, "pair": {"people": ["ben", "cora"]}}}
    template = made(3, told)
    assert any("lone" in one.message for one in check(template))
    run = simulate(template)
    assert not any(frame.get("line") for frame in run.mode_frames.values())


def test_the_shipped_template_plays_in_two_lines() -> None:
    run = simulate(Template.from_template("hound_on_the_moor"), 1)
    assert not run.violations
    assert [moment.at for moment in run.timepoints][:4] == [0.0, 0.0, 4.0, 4.0]
    assert len(run.timepoints[4].present) == 6
    assert [frame["number"] for frame in run.mode_frames.values()] == [1, 1, 2, 2, 3, 3, 4, 5]
