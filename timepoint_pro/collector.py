"""Python's collector of cyclic garbage, slowed down while a run is played or records stream by."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

THRESHOLDS = (50_000, 20, 1_000)
"""New containers between two passes through the young ones, and passes between those through older ones."""


class _Slowed:
    """How many have the collector slowed now, and the thresholds to go back to when the last one is done."""

    def __init__(self) -> None:
        self.lock, self.users, self.before = Lock(), 0, gc.get_threshold()

    def enter(self) -> None:
        with self.lock:
            self.users += 1
            if self.users == 1:
                self.before = gc.get_threshold()
                # Whoever has turned the collector off keeps it off.
                if self.before[0]:
                    gc.set_threshold(*map(max, zip(self.before, THRESHOLDS, strict=True)))

    def leave(self) -> None:
        with self.lock:
            self.users -= 1
            if not self.users:
                gc.set_threshold(*self.before)


_SLOWED = _Slowed()


@contextmanager
def collector_slowed() -> Iterator[None]:
    """Let the collector pass more seldom, for work that holds much and makes few cycles.

    Values and records go as soon as nobody holds them; the collector would only pass through everything that is held,
    again and again, and find next to nothing. A sixth of the time of a run goes into that, a tenth of an export's.
    Several may have it slowed at once; the last to leave sets it as it was before.
    """
    _SLOWED.enter()
    try:
        yield
    finally:
        _SLOWED.leave()
