"""What a user sees while a run goes on: a bar on a terminal, plain lines elsewhere. Both go to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from timepoint_pro.cli.console import say

if TYPE_CHECKING:
    from timepoint_pro.simulation import Progress

Listener = Callable[["Progress"], None]


@contextmanager
def watching(moments: int, *, quiet: bool = False) -> Iterator[Listener | None]:
    """A listener for ``Simulation.run``, and the display that it feeds while the block lasts.

    Args:
        moments: how many the template plans, for the length of the bar.
        quiet: show nothing; the listener is None.
    """
    if quiet:
        yield None
    elif sys.stderr.isatty() and os.environ.get("TERM", "dumb") not in ("", "dumb"):
        with _bar(moments) as listener:
            yield listener
    else:
        yield _unbroken(lambda progress: _line(progress, moments))


@contextmanager
def _bar(moments: int) -> Iterator[Listener]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}", markup=False), BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f} timepoints", markup=False),
        TextColumn("{task.fields[figures]}", markup=False), TimeRemainingColumn(),
    )  # fmt: skip
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("planning", total=moments, figures=_figures(0, 0, 0.0))

        def listener(progress: Progress) -> None:
            where = f"{progress.timepoint_id} {progress.title}".strip() or "done"
            total = max(moments, progress.planned, progress.played)
            bar.update(
                task, description=where[:40], total=total, completed=progress.played,
                figures=_figures(progress.turn, progress.turns, progress.cost_usd),
            )  # fmt: skip

        yield _unbroken(listener)


def _figures(turn: int, turns: int, cost_usd: float) -> str:
    """The numbers beside the bar."""
    return f"turn {turn}, {turns} in all, ${cost_usd:.4f}"


def _line(progress: Progress, moments: int) -> None:
    """One line when a timepoint begins, one when it ends."""
    if progress.kind == "timepoint":
        total = max(moments, progress.planned)
        say(f"{progress.timepoint_id} ({progress.played + 1} of {total}) {progress.title}".rstrip(), err=True)
    elif progress.kind == "closed":
        say(
            f"{progress.timepoint_id} closed ({progress.content}): {progress.turns} turns in all, "
            f"${progress.cost_usd:.4f}",
            err=True,
        )


def _unbroken(listener: Listener) -> Listener:
    """``listener`` until nobody reads stderr any more: the run itself must not end for that."""
    gone = False

    def guarded(progress: Progress) -> None:
        nonlocal gone
        if not gone:
            try:
                listener(progress)
            except BrokenPipeError:
                gone = True

    return guarded
