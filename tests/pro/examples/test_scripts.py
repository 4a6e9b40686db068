"""Every script in examples/ runs from an empty folder and prints what it says that it prints."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples"
MARK = "# Expected output:\n"
TESTED_ELSEWHERE = {
    "make_sample_training_data.py": "its file is compared with what it makes",
    "rumour_fatigue.py": "a mechanism of one's own has tests of its own",
}
SCRIPTS = sorted(one.name for one in EXAMPLES.glob("*.py") if one.name not in TESTED_ELSEWHERE)
OF_AN_EXTRA = {"dask_campaign.py": "distributed"}


def expected(name: str) -> str:
    """The comment at the end of a script, without its marks."""
    _code, mark, comment = (EXAMPLES / name).read_text(encoding="utf-8").partition(MARK)
    assert mark, f"{name} does not say what it prints: it needs a block {MARK.strip()!r}"
    lines = comment.splitlines()
    assert all(line.startswith("#   ") for line in lines)
    return "".join(f"{line[4:]}\n" for line in lines)


@pytest.mark.parametrize("name", [one for one in SCRIPTS if one not in OF_AN_EXTRA])
def test_it_prints_what_it_says(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        runpy.run_path(str(EXAMPLES / name), run_name="__main__")
    assert said.getvalue() == expected(name)


@pytest.mark.parametrize("name", OF_AN_EXTRA)
def test_what_an_extra_plays_prints_what_it_says(name: str, tmp_path: Path) -> None:
    if importlib.util.find_spec(OF_AN_EXTRA[name]) is None:
        pytest.skip(f"needs {OF_AN_EXTRA[name]}")
    # In a process of its own: its workers and loops outlive the script by a moment.
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name)], cwd=tmp_path, capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == expected(name)


def test_the_first_scripts_are_those_of_the_document() -> None:
    for name, words in {
        "convert_run_to_tdf.py": ("from timepoint_tdf import from_pro, write_tdf_jsonl", "from_pro(run_id, store)",
                                  'write_tdf_jsonl(tdf_data, "output.jsonl")'),
        "select_training_safe_model.py": ("selector.select_model(", "ActionType.DIALOG_SYNTHESIS,",
                                          "for_training_data=True"),
        "list_training_safe_models.py": ("training_safe = selector.get_training_safe_models()",),
    }.items():  # fmt: skip
        text = (EXAMPLES / name).read_text(encoding="utf-8")
        for one in words:
            assert one in text
