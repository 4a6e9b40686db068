"""Choosing among phrasings by digest: the same record always gets the same words, its neighbour probably others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

from attrs import define, field

T = TypeVar("T")


def number(*key: str) -> int:
    """A whole number in [0, 2^64) that depends on the parts of ``key`` and on nothing else."""
    return int.from_bytes(blake2b("\x1f".join(key).encode(), digest_size=8).digest(), "big")


def pick(options: Sequence[T], *key: str) -> T:
    """One of ``options``, by the digest of ``key``."""
    return options[number(*key) % len(options)]


@define
class LeastUsed:
    """Chooses what was used least so far; among equals, by digest."""

    _uses: Counter[str] = field(factory=Counter, init=False)

    def pick(self, options: Sequence[str], *key: str) -> str:
        """One of ``options``, counted as used.

        Args:
            options: at least one.
            key: decides among those that were used equally often.
        """
        fewest = min(self._uses[one] for one in options)
        chosen = pick([one for one in options if self._uses[one] == fewest], *key)
        self._uses[chosen] += 1
        return chosen
