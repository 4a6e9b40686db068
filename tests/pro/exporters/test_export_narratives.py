"""Markdown and Fountain: a story for readers, whose words are never structure."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from handmade_run import Handmade, write_run
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from timepoint_pro.exporters import export
from timepoint_pro.exporters.documents.markup import fountain_name, fountain_text, markdown_text, plain_line
from timepoint_pro.run import Run
from timepoint_pro.store.database import Store

HOSTILE = (
    "# Heading", "INT. CELLAR - NIGHT", ".FORCED HEADING", "@MALLORY", "> CUT TO:", "~song~", "===", "= synopsis",
    "[[note]]", "/* cut */", "(aside)", "!action", "- item", "1. item", "<script>alert(1)</script>", "[x](http://x)",
    "![x](http://x/y.png)", "```\ncode\n```", "| a | b |", "MALLORY\nI was never here.", "\n\nINT. BANK - DAY\n\n",
    "FADE OUT:", "**bold** _it_ *x*", "&lt;b&gt;", "    indented",
)  # fmt: skip

MARKS = st.sampled_from("#*_[]()<>!@.~=>/-+`|\\&\n aB1")
text_of = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40), st.text(MARKS, max_size=40))


def markdown_of(run: object, folder: Path) -> str:
    (path,) = export(run, folder, ["markdown"])  # type: ignore[arg-type]
    return path.read_text("utf-8")


def fountain_of(run: object, folder: Path) -> str:
    (path,) = export(run, folder, ["fountain"])  # type: ignore[arg-type]
    return path.read_text("utf-8")


@given(text_of)
def test_words_in_markdown_are_words(text: str) -> None:
    words = plain_line(text)
    assert [mark for mark in words if unicodedata.category(mark) == "Cc"] == []
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown_text(text))
    assert [token.type for token in tokens] == (["paragraph_open", "inline", "paragraph_close"] if words else [])
    if words:
        assert {child.type for child in tokens[1].children or ()} <= {"text", "text_special", ""}
        assert "".join(child.content for child in tokens[1].children or ()) == words


def test_a_hostile_story_has_the_structure_of_a_tame_one(store: Store, tmp_path: Path) -> None:
    tame = markdown_of(write_run(store, "run_tame"), tmp_path / "tame")
    shape = [token.type for token in MarkdownIt("commonmark").parse(tame)]
    for number, text in enumerate(HOSTILE):
        run = write_run(
            store, f"run_{number}", names=(f"Webb {text}", "Chen"), contents=(text, text, text, text), circumstance=text
        )
        found = MarkdownIt("commonmark").parse(markdown_of(run, tmp_path / str(number)))
        assert [token.type for token in found] == shape


@pytest.mark.parametrize(
    ("level", "has_dialog", "has_learning"),
    [("minimal", False, False), ("summary", True, False), ("detailed", True, True)],
)
def test_the_level_of_detail_decides_what_is_told(
    store: Store, tmp_path: Path, level: str, has_dialog: bool, has_learning: bool
) -> None:
    text = markdown_of(write_run(store, outputs={"narrative_detail_level": level}), tmp_path / "out")
    assert ("**Chen** (tense): Two sensors agree on 847." in text) == has_dialog
    assert ("- Webb, from Chen: O2 reading 847 ppm. (confidence 0.90)" in text) == has_learning
    assert ("- Webb to Chen: +0.3 trust (colleague)" in text) == has_learning
    assert "## T0. Moment 0" in text
    assert "*Ended: settled: scrub the EVA.*" in text


def blocks(text: str) -> list[list[str]]:
    return [block.split("\n") for block in text.strip("\n").split("\n\n")]


def kind_of(block: list[str]) -> str:
    """What Fountain's syntax makes of a block that stands between blank lines."""
    first = block[0]
    if re.match(r"(?i)(INT|EXT|EST|INT\./EXT|INT/EXT|I/E)[. ]", first) or re.match(r"\.(?!\.)", first):
        return "heading"
    if first.startswith("!"):
        return "action"
    if first.startswith("@"):
        return "dialog" if len(block) > 1 else "action"
    if re.fullmatch(r">.*<", first):
        return "centered"
    if first.startswith(">") or re.fullmatch(r"[A-Z ]+TO:", first):
        return "transition"
    if first == first.upper() and re.search(r"[A-Z]", first) and len(block) > 1:
        return "dialog"
    return "action"


def test_a_screenplay_has_a_title_page_headings_cues_and_lines(mars: Run, tmp_path: Path) -> None:
    title, *body = blocks(fountain_of(mars, tmp_path))
    assert [line.split(":")[0] for line in title] == ["Title", "Credit", "Author", "Draft date", "Notes"]
    kinds = [kind_of(block) for block in body]
    assert kinds.count("heading") == len(mars.timepoints)
    assert kinds.count("dialog") == mars.turns
    assert kinds.count("action") == len(mars.timepoints) + 1
    cues = [block[0] for block in body if kind_of(block) == "dialog"]
    assert set(cues) <= {"@WEBB", "@CHEN", "@OKAFOR", "@REYES"}
    said = [turn.content for dialog in mars.dialogs for turn in dialog.turns]
    assert [block[-1] for block in body if kind_of(block) == "dialog"] == said


def test_no_line_of_a_story_is_a_heading_or_a_cue(store: Store, tmp_path: Path) -> None:
    for number, text in enumerate(HOSTILE):
        run = write_run(
            store, f"run_{number}", names=(text, "Chen"), contents=(text, text, text, text), circumstance=text
        )
        _title, *body = blocks(fountain_of(run, tmp_path / str(number)))
        kinds = [kind_of(block) for block in body]
        assert kinds == [
            "action", "heading", "action", "dialog", "dialog", "dialog", "heading", "action", "dialog", "centered",
        ]  # fmt: skip
        for block in body:
            if kind_of(block) == "dialog":
                cue, aside, line = block
                assert aside == "(tense)"
                assert cue == "@CHEN" or cue == f"@{fountain_name(text)}"
                assert not line.startswith((".", "@", "!", "#", ">", "~", "=", "("))
                assert "[[" not in line
                assert "/*" not in line


@given(text_of)
def test_a_fountain_line_is_one_line_of_plain_words(text: str) -> None:
    line = fountain_text(text)
    assert "\n" not in line
    assert not re.search(r"(?<!\\)[*_]", line)
    assert "[[" not in line
    assert "/*" not in line
    assert not line.startswith((".", "@", "!", "#", ">", "~", "=", "("))


@given(text_of)
def test_a_cue_is_one_name(name: str) -> None:
    cue = fountain_name(name)
    assert cue == " ".join(cue.split())
    assert cue
    assert not set(cue) & set("()[]^*_\\")


def test_what_is_left_out_is_left_out_of_the_story(store: Store, tmp_path: Path) -> None:
    run = write_run(store, outputs={"include_dialogs": False})
    assert "847" not in markdown_of(run, tmp_path / "markdown")
    assert "847" not in fountain_of(run, tmp_path / "fountain")


def test_the_story_names_who_wrote_it(hand: Handmade, tmp_path: Path) -> None:
    assert "words by scripted" in markdown_of(hand, tmp_path / "markdown")
    assert "words by scripted" in fountain_of(hand, tmp_path / "fountain")
