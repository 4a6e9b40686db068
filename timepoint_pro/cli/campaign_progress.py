"""What a user sees while a campaign goes on: a line that is drawn again on a terminal, plain lines elsewhere, or JSON.

The display goes to stderr, events to stdout.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from timepoint_pro.cli.console import say, shown
from timepoint_pro.cli.progress import unbroken

if TYPE_CHECKING:
    from timepoint_pro.campaign import CampaignProgress

Listener = Callable[["CampaignProgress"], None]

LINES_S = 2.0
"""Least time between two plain lines, in seconds; failures and the end are told at once."""
_CLEAR = "\r\x1b[K"


@contextmanager
def watching(*, quiet: bool, events: bool) -> Iterator[Listener | None]:
    """A listener for ``Campaign.run``, and the display that it feeds while the block lasts.

    Args:
        quiet: show nothing; the listener is None, unless ``events``.
        events: write one JSON object a line to stdout instead.
    """
    if events:
        yield _event
    elif quiet:
        yield None
    elif sys.stderr.isatty() and os.environ.get("TERM", "dumb") not in ("", "dumb"):
        try:
            yield unbroken(_draw)
        finally:
            click.echo(_CLEAR, err=True, nl=False)
    else:
        yield unbroken(_lines())


def line(progress: CampaignProgress) -> str:
    """Where a campaign stands, on one line."""
    failed = f", {progress.failed} failed" if progress.failed else ""
    twins = f", {progress.duplicates} duplicates" if progress.duplicates else ""
    # What matters most stands first: a narrow terminal cuts the rest.
    parts = [
        f"{progress.completed} of {progress.planned} runs{failed}{twins}",
        f"{duration(progress.left_s)} left",
        f"${progress.cost_usd:.4f}",
        f"{progress.in_flight} calls in flight",
        f"{progress.turns} turns",
        f"{progress.rate:.2f} runs/s",
        f"{_short(progress.tokens)} tokens",
        f"{progress.running} under way",
    ]
    return ", ".join(parts)


def duration(seconds: float | None) -> str:
    """A length of time in few letters; a question mark where it is not known."""
    if seconds is None:
        return "?"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _short(count: int) -> str:
    if count < 10_000:
        return str(count)
    return f"{count / 1000:.0f}k" if count < 10_000_000 else f"{count / 1_000_000:.0f}M"


def _draw(progress: CampaignProgress) -> None:
    if progress.kind == "run" and progress.error:
        click.echo(_CLEAR, err=True, nl=False)
        say(f"{progress.run_id} {progress.status}: {progress.error}", err=True)
    room = shutil.get_terminal_size().columns - 1
    click.echo(_CLEAR + shown(line(progress))[:room], err=True, nl=False)


def _lines() -> Listener:
    told = float("-inf")

    def listener(progress: CampaignProgress) -> None:
        nonlocal told
        if progress.kind == "run" and progress.error:
            say(f"{progress.run_id} {progress.status}: {progress.error}", err=True)
        elif progress.kind in ("turn", "run") and time.monotonic() - told < LINES_S:
            return
        told = time.monotonic()
        say(line(progress), err=True)

    return listener


def _event(progress: CampaignProgress) -> None:
    import attrs
    import orjson

    click.echo(orjson.dumps(attrs.asdict(progress)).decode())
