"""Who speaks next when nobody was addressed."""

from __future__ import annotations

import pytest

from timepoint_pro.mechanisms.turn_taking import Candidate, Weights, self_select
from timepoint_pro.records.draws import Draws


def spoken(candidates: list[Candidate], turns: int, key: bytes) -> list[str]:
    draws, said = Draws(key), ["", ""]
    for _ in range(turns):
        said.append(self_select(candidates, said[-1], said[-2], draws))
    return said[2:]


def test_six_equals_return_to_the_one_before_last_at_the_golden_rate() -> None:
    """Share of A-B-A among six equals: .445; chance is .2 (mechanisms.md, M11)."""
    equals = [Candidate(name, 0.5, 0.5, 0.5) for name in "abcdef"]
    said = spoken(equals, 40_000, b"six")
    turnovers = [n for n in range(2, len(said)) if said[n - 1] != said[n - 2] and said[n] != said[n - 1]]
    aba = sum(said[n] == said[n - 2] for n in turnovers) / len(turnovers)
    assert aba == pytest.approx(0.445, abs=0.012)


def test_participation_falls_with_what_there_is_to_tell() -> None:
    ranked = [Candidate(name, untold, 0.5, 0.5) for name, untold in zip("abcd", (1.0, 0.7, 0.4, 0.0), strict=True)]
    said = spoken(ranked, 8_000, b"rank")
    counts = [said.count(one.entity) for one in ranked]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 1.5 * counts[-1]


@pytest.mark.parametrize("weight", ["untold", "arousal", "extraversion", "before_last", "just_spoke"])
def test_weights_cannot_be_negative(weight: str) -> None:
    with pytest.raises(ValueError, match=weight):
        Weights(**{weight: -0.1})
