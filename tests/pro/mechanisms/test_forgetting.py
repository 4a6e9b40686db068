"""Forgetting: the short way to tell whether something comes to mind agrees with the probability of recall."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.formulas.memory import Trace
from timepoint_pro.formulas.opinion import Opinion
from timepoint_pro.mechanisms.holdings import Forgetting, Holding

hours = st.floats(0.0, 2000.0, allow_nan=False)


@given(st.lists(hours, min_size=1, max_size=9), hours, st.floats(0.0, 1.0), st.floats(-4.0, 0.0), st.floats(1.0, 400.0))
def test_what_is_forgotten_is_less_than_even_to_be_recalled(
    uses: list[float], later: float, importance: float, threshold: float, every: float
) -> None:
    rules = Forgetting(threshold=threshold, rehearsed_every=every)
    uses.sort()
    trace = Trace.begun(uses[0])
    for at in uses[1:]:
        trace = trace.used(at)
    holding = Holding("i", Opinion(0.9, 0.0, 0.1), ("x",), frozenset(("x",)), trace, False, "x", 0.1)
    now = uses[-1] + later
    chance = rules.recall(holding, importance, now)
    if abs(chance - 0.5) > 1e-6:
        assert rules.forgotten(holding, importance, now) == (chance < 0.5)
