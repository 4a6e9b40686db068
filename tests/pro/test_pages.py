"""Every Python example in the README and in docs/ runs, and every page that is linked is there."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from timepoint_pro.exporters import OWN_FORMATS
from timepoint_pro.exporters.tasks.catalogue import TASKS
from timepoint_pro.modes.catalogue import MODES

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^```\w+ title=(\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\(([^)#]+)(?:#[^)]*)?\)")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture(autouse=True)
def _what_a_page_enters_is_taken_out_again() -> Iterator[None]:
    with patch.dict(MODES), patch.dict(TASKS), patch.dict(OWN_FORMATS):
        yield


@pytest.mark.parametrize("page", [page for page in PAGES if BLOCK.search(page.read_text(encoding="utf-8"))], ids=name)
def test_examples_run_in_order(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a page share their names. One with prompts is checked against the output that it shows.

    A block with a title is a file that the others find.
    """
    monkeypatch.chdir(tmp_path)
    for title, content in FILE.findall(page.read_text(encoding="utf-8")):
        (tmp_path / title).write_text(content, encoding="utf-8")
    namespace: dict[str, object] = {"__name__": "example"}
    for number, block in enumerate(BLOCK.findall(page.read_text(encoding="utf-8"))):
        if ">>>" not in block:
            exec(compile(block, name(page), "exec"), namespace)
            continue
        test = doctest.DocTestParser().get_doctest(block, namespace, f"{name(page)} block {number}", name(page), 0)
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        said: list[str] = []
        runner.run(test, out=said.append, clear_globs=False)
        assert not runner.failures, "".join(said)
        namespace.update(test.globs)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{name(page)} links to {target}"


def test_no_page_names_a_machine() -> None:
    for page in PAGES:
        assert not re.search(r"/(?:root|home|work|tmp)/\w", page.read_text(encoding="utf-8")), name(page)
