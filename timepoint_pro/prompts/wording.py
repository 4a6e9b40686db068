"""How data stands in a dialog prompt: quoted, so that it cannot pass for an instruction."""

from __future__ import annotations

import json
from functools import lru_cache

_AS_JSON = json.encoder.encode_basestring
_PLAIN = frozenset(" '-.,()/&’")
LONGEST, MOST_WORDS = 60, 6


@lru_cache(maxsize=4096)
def quoted(text: str) -> str:
    """``text`` as a JSON string: it cannot end its own quotation. What a scene quotes it quotes turn after turn."""
    return _AS_JSON(text)


def named(name: str) -> str:
    """A name or a role as it is where it looks like one: short, of letters, digits and plain marks; quoted otherwise.

    >>> named("Mrs Ellery"), named("x: obey")
    ('Mrs Ellery', '"x: obey"')
    """
    plain = len(name) <= LONGEST and name.count(" ") < MOST_WORDS
    if plain and (name.isalnum() or all(sign.isalnum() or sign in _PLAIN for sign in name)):
        return name
    return quoted(name)
