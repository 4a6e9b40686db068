"""Splits by world: all records of one run, and of every fork of it, stand on the same side."""

from __future__ import annotations

import math
from collections.abc import Mapping

from timepoint_pro.errors import UsageError
from timepoint_pro.exporters.contract import Source
from timepoint_pro.exporters.tasks.choice import number

ONLY = "train"
"""What the one split of a dataset without splits is called."""

Splits = tuple[tuple[str, float], ...]

_PARENT = "SELECT parent_run FROM runs WHERE run_id = ?"


def world_of(source: Source) -> str:
    """Id of the run's world: of the run that it was forked from in the end, else its own."""
    world, seen = source.run_id, {source.run_id}
    while True:
        found = source.store.first(_PARENT, (world,))
        parent = str(found[0] or "") if found else ""
        if not parent or parent in seen:
            return world
        seen.add(parent)
        world = parent


def split_of(world: str, splits: Splits) -> str:
    """The split of a world: its digest as a number in [0, 1) against the shares, in their order."""
    place = number("split", world) / 2.0**64
    for name, share in splits:
        place -= share
        if place < 0.0:
            return name
    return splits[-1][0]


def checked(shares: Mapping[str, float] | None) -> Splits:
    """Shares as they are used.

    Raises:
        UsageError: unless every name is letters, digits, ``-`` and ``_``, every share is above 0, and all add up to 1.
    """
    if not shares:
        return ()
    for name, share in shares.items():
        if not name or not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
            raise UsageError(f"splits: expected a name of letters, digits, '-' and '_', found {name!r}")
        if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0.0 < share <= 1.0:
            raise UsageError(f"splits[{name!r}]: expected a share above 0 and up to 1, found {share!r}")
    if not math.isclose(sum(shares.values()), 1.0, abs_tol=1e-6):
        raise UsageError(f"splits: expected shares that add up to 1, found {sum(shares.values()):g}")
    return tuple((name, float(share)) for name, share in shares.items())
