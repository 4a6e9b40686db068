"""Every mechanism has a page that says what a user has to know, and a file that can be read in one sitting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import timepoint_pro.mechanisms
from timepoint_pro.mechanisms.neutral import NEUTRAL, TAKEN_OUT

DOCS = Path(__file__).parents[3] / "docs" / "mechanisms"
PAGES = sorted(DOCS.glob("m*.md"))
MODULES = sorted(Path(timepoint_pro.mechanisms.__file__).parent.glob("m[0-9]*.py"))
HEADINGS = ("## Inputs and outputs", "## Configuration", "## Replacing it")
MOST_LINES = 250


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_question_in_and_out_numbers_configuration_and_replacement(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").split("\n")
    code = f"M{int(page.stem[1:3])}"
    assert lines[0].startswith(f"# {code} ")
    assert "?" in lines[2], "the question comes first"
    for heading in HEADINGS:
        assert heading in lines, f"{page.name} has no section {heading}"
    assert sum(line.startswith("|---") for line in lines) >= 2, "inputs and outputs, and its behaviour, stand in tables"


def test_the_list_has_every_code_and_every_page() -> None:
    listed = (DOCS / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\bM\d+\b", listed)) == {f"M{number}" for number in range(1, 20)}
    assert set(re.findall(r"\((m\d\d_\w+\.md)\)", listed)) == {page.name for page in PAGES}


def test_every_acting_mechanism_says_what_it_is_to_leave_it_out() -> None:
    pages = (DOCS.parent / "ablation.md").read_text(encoding="utf-8")
    for code, words in {**NEUTRAL, **{code: words for code, words in TAKEN_OUT.items() if code != "M12"}}.items():
        assert f"| {code} | {words} |" in pages


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_a_mechanism_is_short(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").split("\n")) <= MOST_LINES + 1
