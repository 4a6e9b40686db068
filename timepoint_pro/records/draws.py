"""Random numbers that a fork draws again: each is a digest of what it is for, never of when it was asked.

A key names the original run's seed, the story moment, the mechanism, the entity or pair concerned, the
purpose and the attempt; every key counts its own draws. Run id, branch id and beat number are left out, so a
counterfactual draws the same numbers for everybody and everything that its intervention did not touch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import blake2b
from struct import Struct
from typing import TypeVar

T = TypeVar("T")

_TWO = Struct("<QQ")
_SCALE = 2.0**-53


class Draws:
    """A stream of numbers under one key. Two uniforms cost one digest.

    Args:
        key: the full key, as bytes.
    """

    __slots__ = ("_counter", "_key", "_spare")

    def __init__(self, key: bytes) -> None:
        self._key = blake2b(key, digest_size=32).digest()
        self._counter = 0
        self._spare: float | None = None

    def uniform(self) -> float:
        """A number in [0, 1)."""
        if self._spare is not None:
            spare, self._spare = self._spare, None
            return spare
        digest = blake2b(self._counter.to_bytes(8, "little"), digest_size=16, key=self._key).digest()
        self._counter += 1
        first, second = _TWO.unpack(digest)
        self._spare = (second >> 11) * _SCALE
        return float((first >> 11) * _SCALE)

    def normal(self) -> float:
        """A standard normal number (Box and Muller 1958; one of the pair is used, to keep draws countable)."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self.uniform()))
        return radius * math.cos(2.0 * math.pi * self.uniform())

    def normal_pair(self) -> tuple[float, float]:
        """Two independent standard normal numbers for one digest: both of Box and Muller's pair."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self.uniform()))
        angle = 2.0 * math.pi * self.uniform()
        return radius * math.cos(angle), radius * math.sin(angle)

    def index(self, size: int) -> int:
        """A whole number in [0, size).

        Raises:
            ValueError: when ``size`` is not positive.
        """
        if size < 1:
            raise ValueError(f"size must be at least 1, found {size}")
        return int(self.uniform() * size)

    def choice(self, options: Sequence[T]) -> T:
        """One of ``options``, all equally likely."""
        return options[self.index(len(options))]

    def weighted(self, options: Sequence[T], weights: Sequence[float]) -> T:
        """One of ``options`` with probability proportional to its weight (non-negative, not all zero)."""
        mark = self.uniform() * math.fsum(weights)
        for option, weight in zip(options, weights, strict=True):
            mark -= weight
            if mark < 0:
                return option
        return options[-1]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """A random permutation of ``items`` (Fisher and Yates)."""
        result = list(items)
        for last in range(len(result) - 1, 0, -1):
            other = self.index(last + 1)
            result[last], result[other] = result[other], result[last]
        return result


class Dice:
    """All streams of one story moment. Asking for a key again goes on with its stream.

    Args:
        seed: seed of the original run; a fork keeps it.
        moment: the story moment's shared key, the same in every branch.
    """

    __slots__ = ("_prefix", "_streams")

    def __init__(self, seed: int, moment: str) -> None:
        self._prefix = f"{seed}\x1f{moment}"
        self._streams: dict[tuple[str, ...], Draws] = {}

    def draws(self, *key: str) -> Draws:
        """The stream of ``key``: mechanism code first, then entity or pair, purpose, attempt."""
        stream = self._streams.get(key)
        if stream is None:
            stream = self._streams[key] = Draws("\x1f".join((self._prefix, *key)).encode())
        return stream
