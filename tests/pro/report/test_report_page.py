"""The report as a file: it asks for nothing, says what the run says, and takes no text for markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from hostile import ARABIC, CHINESE, HEBREW, IMAGE, STYLE, TEMPLATE_CODE
from markup import Page

from timepoint_pro import Run, RunStore, Simulation
from timepoint_pro.errors import DataError, MissingExtraError, ModelError, OutputExistsError
from timepoint_pro.llm.base import Completion, Request
from timepoint_pro.llm.scripted import ScriptedBackend
from timepoint_pro.report import report_html, write_report

pytest.importorskip("jinja2", reason="needs the extra [report]")

Write = Callable[..., Path]
KINDS = ("simple", "mars", "branching", "hostile", "fork")


@pytest.fixture(params=KINDS)
def any_run(request: pytest.FixtureRequest) -> Run:
    run = request.getfixturevalue(request.param)
    assert isinstance(run, Run)
    return run


class TestSelfContained:
    def test_nothing_leads_out_of_the_file(self, any_run: Run, page: Write) -> None:
        found = Page(page(any_run))
        for name in ("src", "srcset", "data", "action", "formaction", "poster", "ping", "background"):
            assert not found.values(name), name
        assert {one[:5] for one in found.values("href") if not one.startswith("#")} == {"data:"}
        assert not re.search(r"url\(|@import", "".join(text for tag, _attributes, text in found.raw if tag == "style"))

    def test_the_policy_admits_this_page_s_own_style_and_script_only(self, any_run: Run, page: Write) -> None:
        found = Page(page(any_run))
        policy = next(one["content"] or "" for one in found.all("meta") if "http-equiv" in one)
        assert policy.startswith("default-src 'none';")
        styles = [text for tag, _attributes, text in found.raw if tag == "style"]
        scripts = [text for tag, attributes, text in found.raw if tag == "script" and "type" not in attributes]
        assert len(styles) == len(scripts) == 1
        for text in (*styles, *scripts):
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy
        assert "unsafe" not in policy
        assert not found.values("style")
        assert not [name for _tag, attributes in found.elements for name in attributes if name.startswith("on")]

    def test_links_lead_to_elements_and_ids_are_unique(self, any_run: Run, simple: Run, page: Write) -> None:
        for found in (Page(page(any_run)), Page(page(any_run, simple))):
            ids = found.values("id")
            assert len(ids) == len(set(ids))
            assert {one[1:] for one in found.values("href") if one.startswith("#")} <= set(ids)
            for name in ("for", "aria-labelledby"):
                assert set(found.values(name)) <= set(ids)

    def test_the_same_run_gives_the_same_bytes(self, simple: Run) -> None:
        assert report_html(simple) == report_html(simple)


class TestHostileTexts:
    def test_they_stay_text(self, hostile: Run, page: Write) -> None:
        found = Page(page(hostile))
        assert not found.open
        assert not found.all("img")
        assert not found.all("b")
        for words in (IMAGE, STYLE, TEMPLATE_CODE):
            assert words in found.text

    def test_they_end_no_data_block(self, hostile: Run, page: Write) -> None:
        blocks = [text for _tag, one, text in Page(page(hostile)).raw if one.get("type") == "application/json"]
        assert blocks
        for block in blocks:
            assert not re.search("[<>&\u2028\u2029]", block)
            json.loads(block)
        names = {one["name"] for block in blocks for one in json.loads(block)["series"]}
        assert any(IMAGE in name for name in names)

    def test_control_characters_are_replaced(self, hostile: Run, page: Write) -> None:
        assert "\x1b" not in page(hostile).read_text(encoding="utf-8")
        assert "\x00" not in page(hostile).read_text(encoding="utf-8")

    def test_other_scripts_come_out_whole_and_in_their_own_direction(self, hostile: Run, page: Write) -> None:
        found = Page(page(hostile))
        for words in (ARABIC, HEBREW, CHINESE):
            assert words in found.text
        said = [one for one in found.all("p") if one.get("class") == "words"]
        assert said
        assert {one["dir"] for one in said} == {"auto"}

    def test_ids_never_become_paths(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "here").mkdir()
        monkeypatch.chdir(tmp_path / "here")
        monkeypatch.setattr("timepoint_pro.report.report_html", lambda _run, _other: "words")
        for run_id in ("../../up", "/etc/x", "..", "a\\b", "con:1"):
            path = write_report(SimpleNamespace(run_id=run_id), other=SimpleNamespace(run_id=run_id))  # type: ignore[arg-type]
            assert path.resolve().parent.parent == tmp_path / "here" / "output"
        assert [one.name for one in tmp_path.iterdir()] == ["here"]


class TestWhatItSays:
    def test_every_turn_with_its_speaker_s_state(self, mars: Run, page: Write) -> None:
        text = Page(page(mars)).text
        for dialog in mars.dialogs:
            for turn in dialog.turns:
                words = " ".join(turn.content.split())
                assert words in text
                valence = f"{round(turn.valence, 2) + 0.0:+.2f}".replace("-", "−")
                assert f"valence {valence} arousal {turn.arousal:.2f} energy {turn.energy:.0f} {words[:40]}" in text

    def test_every_fact_has_its_way_from_the_roots(self, mars: Run) -> None:
        from timepoint_pro.report.knowledge import knowledge_view
        from timepoint_pro.report.people import people_of

        known = knowledge_view(mars, people_of(mars.summary(), {}))
        assert {fact.content for fact in known.facts} == {item.content for item in mars.items.values()}
        for item, number in known.numbers.items():
            fact = known.facts[number]
            steps, edges, waiting = 0, set(), [(None, step) for step in fact.origins]
            while waiting:
                above, step = waiting.pop()
                steps += 1 + step.others
                if above is not None:
                    edges.add((above.person.id, step.person.id))
                waiting += [(step, below) for below in step.next]
            exposures = [one for one in mars.exposures if one.item == item]
            of = {one.id: one.entity for one in exposures}
            assert steps == len(exposures)
            assert fact.holders == len(mars.who_knows(item))
            assert edges == {
                (of[parent], one.entity) for one in exposures for parent in one.parents[-1:]
            }  # fmt: skip

    def test_a_telling_names_its_turn(self, mars: Run, page: Write) -> None:
        told = next(one for one in mars.exposures if one.how == "told")
        graph = mars.why_knows(told.entity, told.item)
        assert graph.in_degree(told.id) == 1
        steps = re.findall(r'<li><span class="step">.*?</span></span>', Page(page(mars)).source)
        teller = mars.entity(told.source).name
        assert any(f"told by {teller}" in one and 'href="#r0-u' in one for one in steps)

    def test_searched_paths_are_drawn_and_named(self, mars: Run, page: Write) -> None:
        text = Page(page(mars)).text
        for path in mars.paths:
            assert f"score {path.score:.2f}" in text
        assert text.count("not played") >= len(mars.paths) - 1

    def test_each_branch_has_a_lane_and_curves(self, branching: Run, page: Write) -> None:
        text = Page(page(branching)).text
        for path in branching.paths:
            words = path.details["label"] or "trunk"
            assert f"Path: {words}" in text

    def test_cost_models_audit_and_constraints(self, mars: Run, page: Write) -> None:
        text = Page(page(mars)).text
        assert f"{mars.cost.calls:,}" in text
        assert "dialog synthesis scripted" in text
        assert "Every limit is kept." in text
        assert "leak: not held by the speaker ✓ 0 of" in text

    def test_two_runs_side_by_side(self, simple: Run, fork: Run, page: Write) -> None:
        found = Page(page(simple, fork))
        assert f"{fork.run_id} is a fork of {simple.run_id}." in found.text
        assert "Reached" in found.text
        differs = [one for one in found.all("tr") if one.get("class") == "differs"]
        assert differs
        same = Page(page(simple)).text
        assert "is a fork of" not in same

    def test_a_run_that_failed_before_its_first_turn(self, store: RunStore, page: Write) -> None:
        class Broken(ScriptedBackend):
            async def complete(self, request: Request, /) -> Completion:
                raise ModelError("no answer")

        simulation = Simulation.from_template("convergence/simple", store=store, run_id="broken", backend=Broken())
        with pytest.raises(ModelError):
            simulation.run()
        run = store.load("broken")
        text = Page(page(run)).text
        assert "failed" in text
        assert "holds no training record" in text


class TestWriting:
    def test_a_file_that_is_there_stays(self, simple: Run, tmp_path: Path) -> None:
        path = tmp_path / "deep" / "report.html"
        assert simple.report(path) == path
        before = path.read_bytes()
        path.write_bytes(b"mine")
        with pytest.raises(OutputExistsError, match="--force"):
            simple.report(path)
        assert path.read_bytes() == b"mine"
        simple.report(path, force=True)
        assert path.read_bytes() == before
        assert [one.name for one in path.parent.iterdir()] == ["report.html"]

    def test_the_default_place(self, simple: Run, fork: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        assert simple.report() == Path("output/simple/report.html")
        assert simple.report(other=fork) == Path("output/simple/report_forked.html")

    def test_a_place_that_cannot_be_written(self, simple: Run, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        with pytest.raises(DataError, match=r"cannot be written .* give another --out"):
            simple.report(tmp_path / "file" / "report.html")

    def test_a_missing_extra_says_what_to_install(self, simple: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                                  ) -> None:  # fmt: skip
        from timepoint_pro.report.page import _environment

        _environment.cache_clear()
        monkeypatch.setitem(sys.modules, "jinja2", None)
        with pytest.raises(MissingExtraError, match=r"pip install 'timepoint-pro\[report\]'"):
            simple.report(tmp_path / "report.html")
        assert not list(tmp_path.iterdir())
