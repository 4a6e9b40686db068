"""Every notebook in examples/ runs from an empty folder and shows what is stored in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from notebook_cells import code_cells, executed, read

EXAMPLES = Path(__file__).parents[3] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))
DRAWN = ("image/svg+xml", "image/png")
"""Pictures depend on the fonts of a machine, so that only their presence is compared."""


def name(path: Path) -> str:
    return path.stem


def comparable(outputs: list[dict[str, Any]]) -> list[Any]:
    """What must be the same on every machine: words said, and values shown by this library."""
    found: list[Any] = []
    for output in outputs:
        if output["output_type"] == "stream":
            found.append("".join(output["text"]))
            continue
        data = output["data"]
        html = "".join(data.get("text/html", ()))
        pandas = 'class="dataframe"' in html
        drawn = [kind for kind in DRAWN if kind in data]
        # How pandas writes a frame differs from version to version, and so does what a figure calls itself.
        found.append(sorted(data) if pandas or drawn else {kind: "".join(text) for kind, text in data.items()})
    return found


def test_there_are_the_three_that_the_page_names() -> None:
    assert [one.stem for one in NOTEBOOKS] == ["counterfactual_study", "dataset_for_a_fine_tune", "first_run"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_it_runs_and_shows_what_is_stored(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("pandas", "matplotlib", "jinja2"):
        pytest.importorskip(package, reason="needs the extras [notebook] and [report]")
    monkeypatch.chdir(tmp_path)
    notebook = read(path)
    shown = executed(notebook, path.name)
    for number, (cell, outputs) in enumerate(zip(code_cells(notebook), shown, strict=True), 1):
        assert comparable(outputs) == comparable(cell["outputs"]), f"{path.name} cell {number}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_it_is_stored_whole(path: Path) -> None:
    notebook = read(path)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    numbers = [cell["execution_count"] for cell in code_cells(notebook)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert sum(bool(cell["outputs"]) for cell in code_cells(notebook)) > len(numbers) / 2
    assert path.stat().st_size < 400_000
    nbformat = pytest.importorskip("nbformat", reason="needs nbformat")
    nbformat.validate(nbformat.read(path, as_version=4))
