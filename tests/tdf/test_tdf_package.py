"""The package stands alone, imports little, and its page of the reference runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import timepoint_tdf

ROOT = Path(timepoint_tdf.__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "tdf.md"

ALONE = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "timepoint_pro":
            raise ImportError(f"{name} is not there")

sys.meta_path.insert(0, Refuse())
import timepoint_tdf
loaded = {name.split(".")[0] for name in sys.modules}
import json
document = json.load(sys.stdin)

class Store:
    def tdf_document(self, run_id):
        return document

future = timepoint_tdf.from_pro("run_abc123", Store())
timepoint_tdf.write_tdf_jsonl([future, future.to_record()], sys.argv[1])
kinds = [type(item).__name__ for item in timepoint_tdf.read_tdf_jsonl(sys.argv[1])]
print(json.dumps({"loaded": sorted(loaded), "kinds": kinds}))
"""


def test_it_works_without_timepoint_pro(tmp_path: Path, document: dict[str, Any]) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ALONE, str(tmp_path / "out.jsonl")],
        input=json.dumps(document),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["kinds"] == ["RenderedFuture", "TDFRecord"]
    installed = set(told["loaded"]) - sys.stdlib_module_names - {"__main__"}
    third_party = {name for name in installed if not name.startswith(("_", "sitecustomize", "usercustomize"))}
    assert third_party <= {"timepoint_tdf", "attr", "attrs", "cattr", "cattrs", "orjson", "typing_extensions"}


def test_every_public_name_is_there_and_documented() -> None:
    assert len(set(timepoint_tdf.__all__)) == len(timepoint_tdf.__all__)
    page = PAGE.read_text(encoding="utf-8")
    for name in timepoint_tdf.__all__:
        assert getattr(timepoint_tdf, name) is not None
        assert f"`{name}" in page, f"docs/reference/tdf.md does not mention {name}"


def test_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 4
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names)
        # A comment at the end of a print line states what it prints.
        stated = re.findall(r"^ *print\(.*\)  # (.*)$", block, re.MULTILINE)
        assert capsys.readouterr().out.splitlines() == stated
