"""In which order a portal's search fills the places of the story.

Places are in story order, the outcome being place n:
- reverse_chronological: n-1, n-2, ... 0
- oscillating: n-1, 0, n-2, 1, ... from both ends to the middle
- random: any order
- adaptive: oscillating from ``complexity`` steps on, where a search from one end drifts; else reverse chronological
"""

from __future__ import annotations

from timepoint_pro.records.draws import Draws


def order_of(mode: str, steps: int, complexity: int, draws: Draws) -> tuple[int, ...]:
    """The places of ``steps`` antecedents in story order, as the exploration ``mode`` takes them.

    Args:
        mode: as ``temporal.exploration_mode`` names it.
        steps: how many places.
        complexity: steps from which the adaptive mode works from both ends.
        draws: for the random mode.
    """
    backward = list(range(steps - 1, -1, -1))
    if mode == "random":
        return tuple(draws.shuffled(backward))
    if mode == "oscillating" or (mode == "adaptive" and steps >= complexity):
        ends: list[int] = []
        while backward:
            ends.append(backward.pop(0))
            if backward:
                ends.append(backward.pop())
        return tuple(ends)
    return tuple(backward)
