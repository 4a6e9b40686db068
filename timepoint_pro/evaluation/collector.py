"""Python's collector of cyclic garbage, slowed down while records stream by."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (50_000, 20, 1_000)
"""New containers between two passes through the young ones, and passes between those through older ones."""


@contextmanager
def collector_slowed() -> Iterator[None]:
    """Let the collector pass more seldom, for work that holds much and makes few cycles.

    Records go as soon as nobody holds them; the collector would only pass through everything that is held, again and
    again, and find next to nothing. A tenth of the time of an export or an audit goes into that.
    """
    before = gc.get_threshold()
    if before[0] == 0:
        yield
        return
    gc.set_threshold(*map(max, zip(before, THRESHOLDS, strict=True)))
    try:
        yield
    finally:
        gc.set_threshold(*before)
