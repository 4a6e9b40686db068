"""The command line as the tests call it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import Result

ROOT = Path(__file__).parents[3]
COMMAND = (sys.executable, "-m", "timepoint_pro.cli")

Timepoint = Callable[..., Result]


SETTINGS = ("TIMEPOINT_", "OPENROUTER_", "OPENAI_", "OXEN_")
"""Beginnings of environment variables that are the tester's own."""


def plain(result: Result) -> str:
    """What went to stdout, of a command that succeeded."""
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def environment(**changes: str) -> dict[str, str]:
    """The environment of a real process: this checkout, and none of the tester's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    kept.pop("NO_COLOR", None)
    kept.pop("FORCE_COLOR", None)
    return {**kept, "PYTHONPATH": str(ROOT), **changes}


def started(folder: Path, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """A real process, its output piped unless ``options`` say otherwise."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment(), **options}
    return subprocess.Popen([*COMMAND, *arguments], cwd=folder, text=True, encoding="utf-8", **pipes)
