"""What a user sees while a run goes on: a bar on a terminal, plain lines elsewhere. Both go to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

from timepoint_pro.cli.console import say, shown

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from timepoint_pro.engine.progress import Progress

Listener = Callable[["Progress"], None]
P = TypeVar("P")

LABEL = 32
"""Width of the text before the bar."""


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
        yield unbroken(lambda progress: _line(progress, moments))


@contextmanager
def _bar(moments: int) -> Iterator[Listener]:
    figures = _figures(0, 0, 0.0)
    bar: ProgressBar[int] = click.progressbar(
        length=moments, label=_label("planning"), file=sys.stderr, width=20, show_pos=True,
        item_show_func=lambda _moment: figures,
    )  # fmt: skip
    with bar:

        def listener(progress: Progress) -> None:
            nonlocal figures
            figures = _figures(progress.turn, progress.turns, progress.cost_usd)
            bar.label = _label(f"{progress.timepoint_id} {progress.title}".strip() or "done")
            bar.length = max(moments, progress.planned, progress.played)
            bar.update(progress.played - bar.pos)
            bar.render_progress()

        yield unbroken(listener)


def _label(where: str) -> str:
    """The text before the bar, of one width so that the bar stands still."""
    return shown(where)[:LABEL].ljust(LABEL)


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


def unbroken(listener: Callable[[P], None]) -> Callable[[P], None]:
    """``listener`` until nobody reads stderr any more: what is played must not end for that."""
    gone = False

    def guarded(progress: P) -> None:
        nonlocal gone
        if not gone:
            try:
                listener(progress)
            except BrokenPipeError:
                gone = True

    return guarded
