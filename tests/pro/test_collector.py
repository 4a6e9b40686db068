"""The collector of cyclic garbage is as it was before, whoever slowed it and in whatever order they are done."""

from __future__ import annotations

import gc

from timepoint_pro import Simulation
from timepoint_pro.collector import THRESHOLDS, collector_slowed


def test_it_is_slowed_inside_and_as_before_outside() -> None:
    before = gc.get_threshold()
    first, second = collector_slowed(), collector_slowed()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold() == THRESHOLDS
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before


def test_whoever_turned_it_off_keeps_it_off() -> None:
    before = gc.get_threshold()
    gc.set_threshold(0)
    try:
        with collector_slowed():
            assert gc.get_threshold()[0] == 0
        assert gc.get_threshold()[0] == 0
    finally:
        gc.set_threshold(*before)


def test_a_run_leaves_it_as_it_was() -> None:
    before, during = gc.get_threshold(), set()
    Simulation.from_template("convergence/simple", store=":memory:").run(lambda _: during.add(gc.get_threshold()))
    assert during == {THRESHOLDS}
    assert gc.get_threshold() == before
