"""Run everything in examples/ and store what it shows: the outputs of notebooks, the last comment of scripts.

    python tests/pro/examples/refresh_examples.py

After a change that moves what the built-in model says. Look at the difference before keeping it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from notebook_cells import refresh
from test_notebooks import NOTEBOOKS
from test_scripts import EXAMPLES, MARK, ROOT, SCRIPTS


def main() -> None:
    for name in SCRIPTS:
        path = EXAMPLES / name
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, str(path)], cwd=folder, capture_output=True, text=True, check=True,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
        code = path.read_text(encoding="utf-8").partition(MARK)[0].rstrip("\n")
        comment = "".join(f"#   {line}\n" for line in done.stdout.splitlines())
        path.write_text(f"{code}\n\n\n{MARK}{comment}", encoding="utf-8")
    for path in NOTEBOOKS:
        refresh(path)


if __name__ == "__main__":
    main()
