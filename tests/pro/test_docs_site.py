"""The site builds without a warning, and the reference of errors is complete."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from timepoint_pro import errors

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `(\w+)` \| (\d+) \|[^|]+\|([^|]*)\|", re.MULTILINE)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sphinx", reason="the extra [docs] is not installed")
    pytest.importorskip("myst_parser", reason="the extra [docs] is not installed")
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-d", folder / "doctrees", ROOT / "docs",
         folder / "html"],
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    return folder / "html"


class Page(HTMLParser):
    """Addresses that a page leads to, and places in it that can be led to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.places.add(value)
            if tag == "a" and name == "href" and value:
                self.links.append(value)


def test_every_link_inside_the_site_leads_somewhere(site: Path) -> None:
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    assert len(pages) > 30
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or link.startswith("//"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.exists(), f"{path.name} links to {link}"
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].places, f"{path.name} links to {link}"


def test_every_error_is_documented_with_its_exit_code_and_attributes() -> None:
    page = (ROOT / "docs/reference/errors.md").read_text(encoding="utf-8")
    rows = {
        name: (int(code), set(re.findall(r"`(\w+)`", cell.split("(each")[0])))
        for name, code, cell in ROW.findall(page)
    }
    kinds = {
        name: kind for name, kind in vars(errors).items()
        if inspect.isclass(kind) and issubclass(kind, errors.TimepointError) and kind is not errors.TimepointError
    }  # fmt: skip
    assert set(rows) == set(kinds)
    for name, kind in kinds.items():
        code, attributes = rows[name]
        assert code == kind.exit_code, name
        source = "".join(inspect.getsource(one) for one in kind.__mro__ if one.__module__ == errors.__name__)
        for attribute in attributes:
            assert f"self.{attribute}" in source, f"{name} has no attribute {attribute}"
