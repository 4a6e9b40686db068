"""The command line: ``timepoint COMMAND``. One module a command; each only composes the public API."""

from __future__ import annotations

from timepoint_pro.cli.group import main

__all__ = ["main"]
