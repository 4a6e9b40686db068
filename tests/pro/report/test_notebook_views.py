"""What a notebook shows of a run: trajectories, frames, plots, and values that display themselves."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hostile import CHINESE, IMAGE

from timepoint_pro import Run
from timepoint_pro.errors import MissingExtraError, UnknownNameError
from timepoint_pro.reading.trajectories import trajectory


class TestTrajectories:
    @pytest.mark.parametrize("kind", ["simple", "mars", "branching", "fork"])
    def test_they_agree_with_what_each_turn_recorded(self, kind: str, request: pytest.FixtureRequest) -> None:
        run: Run = request.getfixturevalue(kind)
        said = {turn.turn_id: turn for dialog in run.dialogs for turn in dialog.turns}
        seen = set()
        for end in run.ends:
            course = trajectory(run, end)
            for place, (turn_id, who) in enumerate(zip(course.turns, course.speakers, strict=True)):
                turn = said[turn_id]
                recorded = turn.speaker, turn.valence, turn.arousal, turn.energy
                curves = course.valence[who], course.arousal[who], course.energy[who]
                assert recorded == (who, *(curve[place] for curve in curves))
            seen.update(course.turns)
        assert seen == set(said)

    def test_who_is_not_there_has_no_value(self, mars: Run) -> None:
        course = trajectory(mars)
        present = {one.id: one.present for one in mars.timepoints}
        bounds = [*(start for _timepoint, start in course.starts), len(course.turns)]
        for (timepoint, start), end in zip(course.starts, bounds[1:], strict=True):
            for who, curve in course.energy.items():
                assert {value is None for value in curve[start:end]} <= {who not in present[timepoint]}
            for (one, other), curve in course.trust.items():
                there = {one, other} <= set(present[timepoint])
                assert {value is None for value in curve[start:end]} <= {not there}

    def test_an_unknown_end_is_refused(self, simple: Run) -> None:
        with pytest.raises(UnknownNameError):
            trajectory(simple, "T99")


class TestFrames:
    def test_a_row_for_each_thing(self, mars: Run) -> None:
        pandas = pytest.importorskip("pandas", reason="needs the extra [notebook]")
        frames = mars.frames()
        assert set(frames) == {"turns", "entities", "states", "exposures", "relationships", "timepoints"}
        turns = frames["turns"]
        assert list(turns["turn_id"]) == [turn.turn_id for dialog in mars.dialogs for turn in dialog.turns]
        assert len(frames["exposures"]) == len(mars.exposures)
        assert list(frames["timepoints"]["timepoint_id"]) == [one.id for one in mars.timepoints]
        assert isinstance(turns["timestamp"].dtype, pandas.DatetimeTZDtype)
        assert turns["addressed_to"].map(type).eq(list).all()
        assert turns["emotional_valence"].between(-1, 1).all()
        last = frames["states"].set_index(["timepoint_id", "entity_id"]).loc[("T5", "Webb")]
        state = mars.state("Webb", "T5")
        assert last["emotional_valence"] == round(state.valence, 4)
        assert last["context_knowledge"] == pytest.approx(state.tensor.context[0], abs=1e-6)
        assert last["behavior_novelty_seeking"] == pytest.approx(state.tensor.behavior[-1], abs=1e-6)

    def test_branches_come_in_story_order(self, branching: Run) -> None:
        pytest.importorskip("pandas", reason="needs the extra [notebook]")
        positions = branching.frames()["timepoints"]["position"]
        assert positions.is_monotonic_increasing

    def test_a_missing_extra_says_what_to_install(self, simple: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "pandas", None)
        with pytest.raises(MissingExtraError, match=r"pip install 'timepoint-pro\[notebook\]'"):
            simple.frames()


class TestPlots:
    def test_states_causes_and_knowledge(self, branching: Run, tmp_path: Path) -> None:
        pytest.importorskip("matplotlib", reason="needs the extra [notebook]")
        loaded = "matplotlib.pyplot" in sys.modules
        figures = branching.plot_states(), branching.plot_causal_graph(), branching.plot_knowledge_flow()
        for number, figure in enumerate(figures):
            figure.savefig(tmp_path / f"{number}.png", dpi=40)
            assert (tmp_path / f"{number}.png").read_bytes()[:4] == b"\x89PNG"
        states = figures[0].axes
        assert [axis.get_ylabel() for axis in states] == ["valence", "arousal", "energy"]
        course = trajectory(branching)
        speakers = set(course.speakers)
        assert {line.get_label() for line in states[0].get_lines() if not str(line.get_label()).startswith("_")} == {
            branching.entity(one).name for one in speakers
        }
        assert ("matplotlib.pyplot" in sys.modules) is loaded

    def test_chosen_people_a_branch_and_one_thing(self, branching: Run) -> None:
        pytest.importorskip("matplotlib", reason="needs the extra [notebook]")
        end = branching.ends[-1]
        who = trajectory(branching, end).speakers[0]
        figure = branching.plot_states([who], at=end)
        lines = [line for line in figure.axes[0].get_lines() if line.get_label() == branching.entity(who).name]
        assert len(lines[0].get_xdata()) == len(trajectory(branching, end).turns)
        told = next(one for one in branching.exposures if one.how == "told")
        labels = [one.get_text() for one in branching.plot_knowledge_flow(told.item).axes[0].get_yticklabels()]
        assert branching.entity(told.source).name in labels
        assert branching.entity(told.entity).name in labels

    def test_a_figure_shows_itself_and_always_the_same(self, simple: Run) -> None:
        pytest.importorskip("matplotlib", reason="needs the extra [notebook]")
        first, second = (simple.plot_states()._repr_svg_() for _ in range(2))  # type: ignore[attr-defined]
        assert first == second
        assert "<svg" in first

    def test_unknown_names_are_refused(self, simple: Run) -> None:
        pytest.importorskip("matplotlib", reason="needs the extra [notebook]")
        with pytest.raises(UnknownNameError):
            simple.plot_states(["nobody"])
        with pytest.raises(UnknownNameError):
            simple.plot_knowledge_flow("a thing that nobody knows")

    def test_a_missing_extra_says_what_to_install(self, simple: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        from timepoint_pro.reading.plots import _kind

        _kind.cache_clear()
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
        with pytest.raises(MissingExtraError, match=r"pip install 'timepoint-pro\[notebook\]'"):
            simple.plot_states()


class TestDisplay:
    @pytest.mark.parametrize("kind", ["simple", "mars", "branching", "hostile"])
    def test_everything_shows_itself_as_a_table(self, kind: str, request: pytest.FixtureRequest) -> None:
        run: Run = request.getfixturevalue(kind)
        shown = [
            run, run.entities, run.timepoints, run.dialogs, run.dialogs[0], run.exposures, run.relationships,
            run.violations, run.paths, run.state(run.entities[0].id), run.summary(),
        ]  # fmt: skip
        for one in shown:
            html = one._repr_html_()
            assert html.startswith("<")
            assert "<img" not in html
            assert "<script" not in html

    def test_hostile_names_stay_text(self, hostile: Run) -> None:
        html = hostile.entities._repr_html_()
        assert IMAGE.split('"')[1][:4] not in html
        assert "&lt;img src=" in html
        assert CHINESE in html

    def test_a_long_table_says_how_much_more_there_is(self, mars: Run) -> None:
        html = mars.exposures._repr_html_()
        assert html.count("<tr>") == 51
        assert f"and {len(mars.exposures) - 50:,} more" in html

    def test_they_stay_plain_tuples(self, mars: Run) -> None:
        assert mars.exposures == tuple(mars.exposures)
        assert isinstance(mars.paths, tuple)
